//! Push replication between sites, with everything that can go wrong in between.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::site::{Site, eventually, mesh};

#[tokio::test]
async fn what_is_published_at_one_site_is_readable_at_the_other_within_a_second() {
    let (east, west) = (Site::start("east").await, Site::start("west").await);
    mesh(&[&east, &west], "files", "generic").await;
    let started = Instant::now();
    east.deploy("/artifactory/files/a/b.txt;stage=prod", "from east").await;
    assert_eq!(west.eventually("/artifactory/files/a/b.txt").await, "from east");
    let took = started.elapsed();
    assert!(took < Duration::from_secs(1), "took {took:?}");
    let (here, there) = (
        east.json("/artifactory/api/storage/files-east/a/b.txt").await,
        west.json("/artifactory/api/storage/files-east/a/b.txt").await,
    );
    for field in ["checksums", "created", "createdBy", "lastModified", "modifiedBy", "size"] {
        assert_eq!(here[field], there[field], "{field}");
    }
    let properties = west.json("/artifactory/api/storage/files-east/a/b.txt?properties").await;
    assert_eq!(properties["properties"], json!({"stage": ["prod"]}));
    west.deploy("/artifactory/files/c.txt", "from west").await;
    assert_eq!(east.eventually("/artifactory/files/c.txt").await, "from west");
}

#[tokio::test]
async fn a_delete_here_is_a_delete_there() {
    let (east, west) = (Site::start("east").await, Site::start("west").await);
    mesh(&[&east, &west], "files", "generic").await;
    for name in ["d/1", "d/2", "keep"] {
        east.deploy(&format!("/artifactory/files/{name}"), name.to_owned()).await;
    }
    west.eventually("/artifactory/files/keep").await;
    west.eventually("/artifactory/files/d/2").await;
    assert_eq!(east.status("DELETE", "/artifactory/files/d").await, 204);
    west.eventually_status("/artifactory/files/d/1", 404).await;
    west.eventually_status("/artifactory/files/d/2", 404).await;
    assert_eq!(west.text("/artifactory/files/keep").await, "keep");
}

#[tokio::test]
async fn a_replica_refuses_users_and_names_its_owner() {
    let (east, west) = (Site::start("east").await, Site::start("west").await);
    mesh(&[&east, &west], "files", "generic").await;
    east.deploy("/artifactory/files/x", "x").await;
    west.eventually("/artifactory/files-east/x").await;
    let expected = "Repository 'files-east' is a read-only replica here; region 'east' owns it: \
                    publish there";
    for (method, path) in [
        ("PUT", "/artifactory/files-east/y"),
        ("PUT", "/artifactory/files-east/folder/"),
        ("DELETE", "/artifactory/files-east/x"),
        ("DELETE", "/artifactory/files/x"),
        ("PUT", "/artifactory/api/storage/files-east/x?properties=a=b"),
    ] {
        let answer = west.request(method, path).body("refused").send().await.unwrap();
        assert_eq!(answer.status(), 403, "{method} {path}");
        let body: serde_json::Value = answer.json().await.unwrap();
        assert_eq!(body["errors"][0]["message"], expected, "{method} {path}");
        assert_eq!(body["errors"][0]["status"], 403);
    }
    assert_eq!(west.text("/artifactory/files-east/x").await, "x");
}

#[tokio::test]
async fn a_site_that_was_down_catches_up_by_itself_with_nothing_lost_or_doubled() {
    let (mut east, mut west) = (Site::start("east").await, Site::start("west").await);
    mesh(&[&east, &west], "files", "generic").await;
    east.deploy("/artifactory/files/before", "1").await;
    west.eventually("/artifactory/files/before").await;
    west.stop().await;
    for number in 0..40 {
        east.deploy(&format!("/artifactory/files/n/{number}"), number.to_string()).await;
    }
    east.deploy("/artifactory/files/n/7", "overwritten").await;
    assert_eq!(east.status("DELETE", "/artifactory/files/before").await, 204);
    let status = eventually("the failure is told", || async {
        let status = east.json("/artifactory/api/replication/files-east").await;
        (status["status"] == "error").then_some(status)
    })
    .await;
    assert!(status["targets"][0]["lagEvents"].as_i64().unwrap() > 0, "{status}");
    // The sender is restarted too: its cursor is on disk.
    east.restart().await;
    west.restart().await;
    eventually("caught up", || async {
        let status = east.json("/artifactory/api/replication/files-east").await;
        (status["status"] == "ok").then_some(())
    })
    .await;
    let list = west.json("/artifactory/api/storage/files-east?list&deep=1").await;
    assert_eq!(list["files"].as_array().unwrap().len(), 40, "{list}");
    assert_eq!(west.text("/artifactory/files/n/7").await, "overwritten");
    assert_eq!(west.status("GET", "/artifactory/files/before").await, 404);
}

#[tokio::test]
async fn a_third_site_receives_what_was_there_before_it() {
    let (east, west) = (Site::start("east").await, Site::start("west").await);
    mesh(&[&east, &west], "files", "generic").await;
    for number in 0..600 {
        east.deploy(&format!("/artifactory/files/{number:04}"), format!("#{number}")).await;
    }
    let north = Site::start("north").await;
    north.replica("files-east", "generic", "east").await;
    east.replicate("files-east", &north).await;
    // A change while the backlog is on its way.
    east.deploy("/artifactory/files/0000", "new").await;
    eventually("the backlog arrived", || async {
        let list = north.json("/artifactory/api/storage/files-east?list&deep=1").await;
        (list["files"].as_array().unwrap().len() == 600).then_some(())
    })
    .await;
    assert_eq!(north.text("/artifactory/files-east/0599").await, "#599");
    eventually("the change arrived", || async {
        (north.text("/artifactory/files-east/0000").await == "new").then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_target_that_was_made_anew_is_filled_again() {
    let (east, west) = (Site::start("east").await, Site::start("west").await);
    mesh(&[&east, &west], "files", "generic").await;
    east.deploy("/artifactory/files/a", "a").await;
    west.eventually("/artifactory/files/a").await;
    let path = "/artifactory/api/repositories/files";
    let body = json!({"repositories": ["files-west"]});
    assert_eq!(west.request("POST", path).json(&body).send().await.unwrap().status(), 200);
    let path = "/artifactory/api/repositories/files-east?force=true";
    assert_eq!(west.status("DELETE", path).await, 200);
    west.replica("files-east", "generic", "east").await;
    // Nothing tells the sender until it speaks to the target again.
    east.deploy("/artifactory/files/b", "b").await;
    west.eventually("/artifactory/files-east/b").await;
    west.eventually("/artifactory/files-east/a").await;
}

#[tokio::test]
async fn only_the_owner_can_push_and_only_into_its_replica() {
    let west = Site::start("west").await;
    west.replica("files-east", "generic", "east").await;
    west.local("files-west", "generic").await;
    let hello = |repository: &'static str, origin: &'static str| {
        west.request("GET", &format!("/artifactory/api/artiform/replication/v1/{repository}"))
            .header("x-artiform-origin", origin)
            .header("x-artiform-incarnation", "i")
            .send()
    };
    assert_eq!(hello("files-east", "east").await.unwrap().status(), 200);
    assert_eq!(hello("files-east", "north").await.unwrap().status(), 403);
    assert_eq!(hello("files-west", "east").await.unwrap().status(), 403);
    assert_eq!(hello("absent", "east").await.unwrap().status(), 404);
    let without = west
        .client
        .get(west.url("/artifactory/api/artiform/replication/v1/files-east"))
        .header("x-artiform-origin", "east")
        .send();
    assert_eq!(without.await.unwrap().status(), 401);
    let blob =
        format!("/artifactory/api/artiform/replication/v1/files-east/blobs/{}", "0".repeat(64));
    let lie = west
        .request("PUT", &blob)
        .header("x-artiform-origin", "east")
        .header("x-artiform-incarnation", "i")
        .body("not that");
    assert_eq!(lie.send().await.unwrap().status(), 409);
}

#[tokio::test]
async fn large_blobs_travel_beside_small_ones() {
    let (east, west) = (Site::start("east").await, Site::start("west").await);
    mesh(&[&east, &west], "files", "generic").await;
    let large = vec![42_u8; 20 << 20];
    east.deploy("/artifactory/files/large.bin", large.clone()).await;
    east.deploy("/artifactory/files/small.txt", "small").await;
    west.eventually("/artifactory/files/small.txt").await;
    west.eventually_status("/artifactory/files/large.bin", 200).await;
    let bytes = west.get("/artifactory/files/large.bin").await.bytes().await.unwrap();
    assert!(bytes == large);
    eventually("caught up", || async {
        let status = east.json("/artifactory/api/replication/files-east").await;
        (status["status"] == "ok" && status["targets"][0]["lagEvents"] == 0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn replications_are_configured_and_told_without_secrets() {
    let (east, west) = (Site::start("east").await, Site::start("west").await);
    east.local("files-east", "generic").await;
    west.replica("files-east", "generic", "east").await;
    let path = "/artifactory/api/replications/files-east";
    assert_eq!(east.status("GET", path).await, 404);
    east.replicate("files-east", &west).await;
    east.replicate("files-east", &west).await;
    let found = east.json(path).await;
    assert_eq!(found.as_array().unwrap().len(), 1, "sent twice is one: {found}");
    assert!(found[0].get("token").is_none(), "{found}");
    assert_eq!(found[0]["repoKey"], "files-east");
    let body = json!({"url": west.url("/artifactory/files-east"), "syncDeletes": true});
    let update = east.request("POST", path).json(&body).send().await.unwrap();
    assert_eq!(update.status(), 200, "the token stays");
    east.deploy("/artifactory/files-east/x", "x").await;
    west.eventually("/artifactory/files-east/x").await;
    let page = east.text("/metrics").await;
    assert!(page.contains("artiform_replication_lag_events{repository=\"files-east\""), "{page}");
    let refused = west.put_json(path, body).await;
    assert_eq!(refused.status(), 400, "a replica has nothing of its own to push");
    assert_eq!(east.status("DELETE", path).await, 200);
    assert_eq!(east.status("DELETE", path).await, 404);
}
