//! What the world did meanwhile is seen by plan and mended by apply, with all artifacts there.

use testkit::site::sha256;
use testkit::{Project, port};

use crate::sites::{CATCH_UP, SECOND, Sites};

/// The removal of the repository `files` from the quickstart.
fn without_files(main: String) -> String {
    let removed = main.replace("  repository \"files\" {\n    format = \"generic\"\n  }\n\n", "");
    assert_ne!(removed, main, "the quickstart has a repository `files`");
    removed
}

fn with_north(main: &str, port: u16) -> String {
    format!("{main}\nregion \"north\" {{\n  port = {port}\n}}\n")
}

#[test]
fn a_clean_world_plans_nothing_and_a_killed_server_is_mended() {
    let sites = Sites::start();
    sites.project.plan().expect_code(0);
    sites.east.publish("files/kept", b"kept");
    sites.kill("east");
    sites.project.plan().expect_code(2).expect_words(&["module.site[\"east\"].local_server.this"]);
    sites.project.apply().expect_code(0);
    assert_eq!(sites.east.sha256_of("files/kept"), Some(sha256(b"kept")));
    assert_eq!(sites.project.servers().len(), 2);
    sites.project.plan().expect_code(0);
}

#[test]
fn a_repository_changed_by_hand_is_put_back() {
    let sites = Sites::start();
    sites.east.publish("files/kept", b"kept");
    let path = "/artifactory/api/repositories/files-east";
    let before = sites.east.send("GET", path, b"").json();
    let answer = sites.east.send("POST", path, b"{\"description\": \"changed by hand\"}");
    assert_eq!(answer.status, 200, "{}", answer.text());
    sites.project.plan().expect_code(2).expect_words(&[
        "changed by hand",
        "description",
        "1 to change",
    ]);
    sites.project.apply().expect_code(0);
    let after = sites.east.send("GET", path, b"").json();
    assert_eq!(after["description"], before["description"]);
    assert_eq!(sites.east.sha256_of("files/kept"), Some(sha256(b"kept")));
    sites.project.plan().expect_code(0);
}

#[test]
fn a_repository_deleted_by_hand_is_made_again() {
    let sites = Sites::start();
    let answer = sites.west.send("DELETE", "/artifactory/api/repositories/files", b"");
    assert_eq!(answer.status, 200, "{}", answer.text());
    sites.project.plan().expect_code(2).expect_words(&["1 to add"]);
    sites.project.apply().expect_code(0);
    sites.west.publish("files/again", b"again");
    sites.project.plan().expect_code(0);
}

#[test]
fn a_third_region_joins_and_gets_what_was_there() {
    let sites = Sites::start();
    sites.east.publish("files/old/east", b"from east");
    sites.west.publish("files/old/west", b"from west");
    let port = port::free();
    sites.edit(|main| with_north(&main, port));
    let plan = sites.project.plan().expect_code(2);
    plan.expect_words(&["module.site[\"north\"].local_server.this", "0 to destroy"]);
    sites.project.apply().expect_code(0);
    assert_eq!(sites.project.servers().len(), 3);
    let north = sites.site(port);
    north.await_file("files/old/east", b"from east", CATCH_UP);
    north.await_file("files/old/west", b"from west", CATCH_UP);
    north.publish("files/new", b"from north");
    sites.east.await_file("files/new", b"from north", SECOND);
    sites.west.await_file("files/new", b"from north", SECOND);
    sites.project.plan().expect_code(0);
}

#[test]
fn a_repository_that_is_taken_out_is_planned_as_exactly_its_removal() {
    let sites = Sites::start();
    sites.edit(without_files);
    // In each region: its own, the replica of the other's, the replication, the virtual.
    sites.project.plan().expect_code(2).expect_words(&["0 to add, 0 to change, 8 to destroy"]);
    sites.project.apply().expect_code(0).expect_words(&["0 added, 0 changed, 8 destroyed"]);
    assert_eq!(sites.east.send("GET", "/artifactory/files/x", b"").status, 404);
    sites.project.plan().expect_code(0);
}

#[test]
fn a_repository_that_holds_artifacts_is_not_destroyed() {
    let sites = Sites::start();
    sites.east.publish("files/precious", b"precious");
    sites.west.await_file("files/precious", b"precious", SECOND);
    sites.edit(without_files);
    let run = sites.project.apply().expect_code(1);
    run.expect_words(&["files-east", "force_destroy"]);
    assert_eq!(sites.east.sha256_of("files-east/precious"), Some(sha256(b"precious")));
}

#[test]
fn destroy_leaves_no_process_and_no_resources_and_keeps_the_data() {
    let sites = Sites::start();
    sites.east.publish("files/kept", b"kept");
    sites.project.destroy().expect_code(0);
    assert!(sites.project.servers().is_empty());
    assert!(sites.project.addresses().is_empty());
    let data = |project: &Project, region: &str| project.state_folder().join("sites").join(region);
    for region in ["east", "west"] {
        let folder = data(&sites.project, region);
        assert!(folder.join("blobs").is_dir(), "{} is gone", folder.display());
        assert!(!folder.join("server.hcl").exists(), "secrets are left in {}", folder.display());
    }
}
