//! Repositories, users, groups, permissions and tokens, with the status codes that clients assert.

use serde_json::{Value, json};

use crate::site::{Site, TOKEN, eventually};

#[tokio::test]
async fn repositories_live_by_the_documented_status_codes() {
    let site = Site::start("east").await;
    let path = "/artifactory/api/repositories/libs";
    assert_eq!(site.status("GET", path).await, 400);
    assert_eq!(site.status("HEAD", path).await, 400);
    assert_eq!(site.put_json(path, json!({"packageType": "maven"})).await.status(), 400);
    let unknown = json!({"rclass": "local", "packageType": "floppy"});
    assert_eq!(site.put_json(path, unknown).await.status(), 400);
    let created = site
        .put_json(
            path,
            json!({"rclass": "local", "packageType": "maven",
        "description": "d", "somethingElse": 7}),
        )
        .await;
    assert_eq!(created.status(), 200);
    assert!(created.text().await.unwrap().contains("Successfully created repository 'libs'"));
    let again = site.put_json(path, json!({"rclass": "local", "packageType": "maven"})).await;
    assert_eq!(again.status(), 400);
    let found = site.json(path).await;
    assert_eq!((&found["rclass"], &found["packageType"]), (&json!("local"), &json!("maven")));
    assert_eq!((&found["description"], &found["somethingElse"]), (&json!("d"), &json!(7)));
    assert_eq!(site.status("HEAD", path).await, 200);
    let update = json!({"description": "new"});
    assert_eq!(site.request("POST", path).json(&update).send().await.unwrap().status(), 200);
    assert_eq!(site.json(path).await["description"], "new");
    let list = site.json("/artifactory/api/repositories?type=local&packageType=maven").await;
    assert_eq!((&list[0]["key"], &list[0]["type"]), (&json!("libs"), &json!("LOCAL")));
    assert_eq!(site.json("/artifactory/api/repositories?type=virtual").await, json!([]));
    assert_eq!(site.status("DELETE", path).await, 200);
    assert_eq!(site.status("DELETE", path).await, 400);
}

#[tokio::test]
async fn a_repository_that_holds_artifacts_goes_only_by_force() {
    let site = Site::start("east").await;
    site.local("files", "generic").await;
    let virtual_body =
        json!({"rclass": "virtual", "packageType": "generic", "repositories": ["files"]});
    site.repository("all", virtual_body).await;
    let path = "/artifactory/api/repositories/files";
    assert_eq!(site.status("DELETE", &format!("{path}?force=true")).await, 409, "a member");
    assert_eq!(site.status("DELETE", "/artifactory/api/repositories/all").await, 200);
    site.deploy("/artifactory/files/a", "a").await;
    let refused = site.request("DELETE", path).send().await.unwrap();
    assert_eq!(refused.status(), 409);
    assert!(refused.text().await.unwrap().contains("force=true"));
    assert_eq!(site.text("/artifactory/files/a").await, "a");
    assert_eq!(site.status("DELETE", &format!("{path}?force=true")).await, 200);
    assert_eq!(site.status("GET", "/artifactory/files/a").await, 404);
    site.local("files", "generic").await;
    assert_eq!(site.status("GET", "/artifactory/files/a").await, 404, "made anew is empty");
}

#[tokio::test]
async fn remote_repositories_keep_their_password_to_themselves() {
    let site = Site::start("east").await;
    let body = json!({"rclass": "remote", "packageType": "npm", "url": "https://npm.example.com",
        "username": "u", "password": "s3cret"});
    site.repository("up", body).await;
    let text = site.text("/artifactory/api/repositories/up").await;
    assert!(text.contains("https://npm.example.com") && !text.contains("s3cret"), "{text}");
}

#[tokio::test]
async fn users_and_groups_live_by_the_documented_status_codes() {
    let site = Site::start("east").await;
    let (group, user) =
        ("/artifactory/api/security/groups/team", "/artifactory/api/security/users/ann");
    assert_eq!(site.status("GET", group).await, 404);
    assert_eq!(site.put_json(group, json!({"description": "d"})).await.status(), 201);
    assert_eq!(site.request("POST", group).json(&json!({})).send().await.unwrap().status(), 200);
    assert_eq!(site.status("GET", user).await, 404);
    assert_eq!(site.put_json(user, json!({"email": "a@example.com"})).await.status(), 400);
    let body = json!({"email": "a@example.com", "password": "pw", "groups": ["team"]});
    assert_eq!(site.put_json(user, body).await.status(), 201);
    let found = site.json(user).await;
    assert_eq!((&found["groups"], &found["admin"]), (&json!(["team"]), &json!(false)));
    assert!(!found.to_string().contains("argon2"), "{found}");
    let members = site.json(&format!("{group}?includeUsers=true")).await;
    assert_eq!(members["userNames"], json!(["ann"]));
    let update = json!({"email": "b@example.com"});
    assert_eq!(site.request("POST", user).json(&update).send().await.unwrap().status(), 200);
    let ping = site.client.get(site.url(user)).basic_auth("ann", Some("pw"));
    assert_eq!(ping.send().await.unwrap().status(), 200, "the password stays, and is one's own");
    assert_eq!(site.status("DELETE", group).await, 200);
    assert_eq!(site.json(user).await["groups"], json!([]));
    assert_eq!(site.status("DELETE", user).await, 200);
    assert_eq!(site.status("DELETE", user).await, 404);
    assert_eq!(site.status("DELETE", "/artifactory/api/security/users/admin").await, 400);
}

#[tokio::test]
async fn permissions_decide_by_group_and_path_in_both_spellings() {
    let site = Site::start("east").await;
    site.local("files", "generic").await;
    site.deploy("/artifactory/files/in/a", "a").await;
    site.deploy("/artifactory/files/out/a", "a").await;
    site.put_json("/artifactory/api/security/groups/team", json!({})).await;
    let body = json!({"email": "a@example.com", "password": "pw", "groups": ["team"]});
    site.put_json("/artifactory/api/security/users/ann", body).await;
    let read = |path: &str| {
        let request = site.client.get(site.url(path)).basic_auth("ann", Some("pw")).send();
        async { request.await.unwrap().status().as_u16() }
    };
    assert_eq!(read("/artifactory/files/in/a").await, 403);
    let second = json!({"repo": {"include-patterns": ["in/**"], "repositories": ["files"],
        "actions": {"groups": {"team": ["read"]}}}});
    let path = "/artifactory/api/v2/security/permissions/p";
    assert_eq!(site.request("POST", path).json(&second).send().await.unwrap().status(), 201);
    assert_eq!(site.request("POST", path).json(&second).send().await.unwrap().status(), 409);
    assert_eq!(read("/artifactory/files/in/a").await, 200);
    assert_eq!(read("/artifactory/files/out/a").await, 403);
    let first = site.json("/artifactory/api/security/permissions/p").await;
    assert_eq!(first["principals"]["groups"], json!({"team": ["r"]}));
    assert_eq!(site.status("DELETE", path).await, 200);
    assert_eq!(read("/artifactory/files/in/a").await, 403);
}

#[tokio::test]
async fn tokens_are_issued_used_and_revoked() {
    let site = Site::start("east").await;
    site.local("files", "generic").await;
    site.deploy("/artifactory/files/a", "a").await;
    let base = "/access/api/v1/tokens";
    let body = json!({"username": "ci", "scope": "applied-permissions/admin", "token_id": "ci-1"});
    let answer = site.request("POST", base).json(&body).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let issued: Value = answer.json().await.unwrap();
    let secret = issued["access_token"].as_str().unwrap();
    let url = site.url("/artifactory/files/a");
    let uses = [
        site.client.get(&url).bearer_auth(secret),
        site.client.get(&url).basic_auth("anything", Some(secret)),
        site.client.get(&url).header("x-jfrog-art-api", secret),
    ];
    for request in uses {
        assert_eq!(request.send().await.unwrap().status(), 200);
    }
    let shown = site.text(&format!("{base}/ci-1")).await;
    assert!(shown.contains("\"ci\"") && !shown.contains(secret), "{shown}");
    assert_eq!(site.status("DELETE", &format!("{base}/ci-1")).await, 200);
    assert_eq!(site.status("GET", &format!("{base}/ci-1")).await, 404);
    let revoked = site.client.get(&url).bearer_auth(secret).send().await.unwrap();
    assert_eq!(revoked.status(), 401);
    assert!(revoked.headers().contains_key("www-authenticate"));
}

#[tokio::test]
async fn a_replication_token_can_do_nothing_else() {
    let site = Site::start("west").await;
    site.replica("files-east", "generic", "east").await;
    site.local("own", "generic").await;
    site.deploy("/artifactory/own/a", "a").await;
    let body = json!({"username": "east", "scope": "artiform:replication"});
    let issued: Value = site
        .request("POST", "/access/api/v1/tokens")
        .json(&body)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let secret = issued["access_token"].as_str().unwrap();
    let get = |path: &str| {
        let request = site
            .client
            .get(site.url(path))
            .bearer_auth(secret)
            .header("x-artiform-origin", "east")
            .header("x-artiform-incarnation", "i")
            .send();
        async { request.await.unwrap().status().as_u16() }
    };
    assert_eq!(get("/artifactory/api/artiform/replication/v1/files-east").await, 200);
    assert_eq!(get("/artifactory/own/a").await, 403);
    assert_eq!(get("/artifactory/api/security/users").await, 403);
}

#[tokio::test]
async fn nothing_but_liveness_is_told_to_strangers() {
    let site = Site::start("east").await;
    site.local("files", "generic").await;
    site.deploy("/artifactory/files/a", "a").await;
    let open = ["/livez", "/readyz", "/artifactory/api/system/ping"];
    let closed = [
        "/artifactory/files/a",
        "/artifactory/files/",
        "/artifactory/absent/a",
        "/artifactory/api/storage/files/a",
        "/artifactory/api/repositories",
        "/artifactory/api/repositories/files",
        "/artifactory/api/search/artifact?name=a",
        "/artifactory/api/security/users",
        "/artifactory/api/replications",
        "/artifactory/api/storageinfo",
        "/access/api/v1/tokens",
    ];
    let status = |path: &str| {
        let request = site.client.get(site.url(path)).send();
        async { request.await.unwrap().status().as_u16() }
    };
    for path in open {
        assert_eq!(status(path).await, 200, "{path}");
    }
    for path in closed {
        assert_eq!(status(path).await, 401, "{path}");
    }
    for password in ["wrong", ""] {
        let wrong = site.client.get(site.url("/artifactory/files/a"));
        let wrong = wrong.basic_auth("admin", Some(password)).send().await.unwrap();
        assert_eq!(wrong.status(), 401);
    }
    let right = site.client.get(site.url("/artifactory/files/a"));
    let right = right.basic_auth("admin", Some("password")).send().await.unwrap();
    assert_eq!(right.status(), 200);
}

#[tokio::test]
async fn the_server_says_honestly_what_it_is() {
    let site = Site::start("east").await;
    let version = site.json("/artifactory/api/system/version").await;
    assert_eq!(
        (&version["product"], &version["license"]),
        (&json!("artiform"), &json!("Apache-2.0"))
    );
    let ready = site.json("/readyz").await;
    assert_eq!((&ready["site"], &ready["status"]), (&json!("east"), &json!("ready")));
    assert_eq!(ready["instance_token"], "instance of east");
    site.local("files", "generic").await;
    site.deploy("/artifactory/files/a", "12345").await;
    let info = site.json("/artifactory/api/storageinfo").await;
    let rows = info["repositoriesSummaryList"].as_array().unwrap();
    let row = rows.iter().find(|row| row["repoKey"] == "files").unwrap();
    assert_eq!((&row["filesCount"], &row["usedSpace"]), (&json!(1), &json!("5 bytes")));
    let page = site.text("/metrics").await;
    assert!(page.contains("artiform_http_requests_total{method=\"PUT\",status=\"2xx\"}"), "{page}");
    // The log is written on a thread of its own, after the answer.
    let audit = eventually("the audit log tells of files/a", || async {
        let log = std::fs::read_to_string(site.folder.path().join("logs/audit.log")).unwrap();
        log.contains("files/a").then_some(log)
    })
    .await;
    assert!(!audit.contains(TOKEN), "{audit}");
}
