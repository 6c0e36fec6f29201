//! What this machine refuses is told by the plan, before anything is started.

use std::net::TcpListener;

use testkit::{Project, port};

/// A `local_server` of this name.
fn server(name: &str, port: u16, data_dir: &str) -> String {
    format!(
        "resource \"local_server\" \"{name}\" {{\n  site = \"{name}\"\n  port = {port}\n  data_dir = {data_dir}\n  \
         admin_user = \"admin\"\n  admin_password = \"a-long-password\"\n  \
         admin_token = \"0123456789012345678901234567890123456789\"\n}}\n"
    )
}

#[test]
fn two_servers_on_one_port_are_told() {
    let port = port::free();
    let folder = |name: &str| format!("abspath(\"${{path.root}}/data/{name}\")");
    let main = server("east", port, &folder("east")) + &server("west", port, &folder("west"));
    let project = Project::with_stack("ports", &main);
    for verb in [&["plan"][..], &["apply", "-auto-approve"]] {
        project.run(verb).expect_code(1).expect_words(&[
            "Port is used twice",
            "main.hcl:11:",
            &format!("port = {port}"),
            "local_server.east",
            "hint:",
        ]);
    }
    assert!(project.servers().is_empty());
    assert!(project.addresses().is_empty());
}

#[test]
fn two_regions_on_one_port_are_told_at_their_module() {
    let port = port::free();
    let project = Project::quickstart((port, port), |main| main);
    project.apply().expect_code(1).expect_words(&[
        "Port is used twice",
        "main.hcl:",
        &port.to_string(),
        "module.site",
        "hint:",
    ]);
    assert!(project.servers().is_empty());
    assert!(project.addresses().is_empty());
}

#[test]
fn a_port_in_use_and_a_folder_that_cannot_be_written_are_told_together() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a listener");
    let taken = (taken.local_addr().expect("its address").port(), taken);
    let main = server("east", taken.0, "abspath(\"${path.root}/data/east\")")
        + &server("west", port::free(), "\"/dev/null/west\"");
    let project = Project::with_stack("refused", &main);
    for verb in [&["plan"][..], &["apply", "-auto-approve"]] {
        project.run(verb).expect_code(1).expect_words(&[
            "Port is in use",
            "main.hcl:3:",
            &format!("Port {}", taken.0),
            "hint:",
            "Data folder is not usable",
            "main.hcl:12:",
            "/dev/null/west",
        ]);
    }
    assert!(project.servers().is_empty());
    assert!(!project.stack_folder().join("data").exists());
    assert!(project.addresses().is_empty());
}

#[test]
fn a_server_is_started_seen_restarted_and_stopped() {
    let port = port::free();
    let main = server("east", port, "abspath(\"${path.root}/data\")");
    let project = Project::with_stack("one", &main);
    project.plan().expect_code(2);
    project.apply().expect_code(0);
    let first = project.servers();
    assert_eq!(first.len(), 1);
    project.plan().expect_code(0);
    testkit::processes::kill(first[0]);
    project.plan().expect_code(2).expect_words(&["local_server.east"]);
    project.apply().expect_code(0);
    let second = project.servers();
    assert_eq!(second.len(), 1);
    assert_ne!(first, second);
    project.plan().expect_code(0);
    project.destroy().expect_code(0);
    assert!(project.servers().is_empty());
    assert!(project.addresses().is_empty());
}
