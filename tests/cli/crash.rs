//! Apply is killed at any moment, again and again: the next apply ends where an uninterrupted one does.

use std::io::Write;
use std::net::TcpStream;
use std::process::Child;
use std::time::{Duration, Instant};

use serde_json::Value;
use testkit::random::Random;
use testkit::{Project, Site, port};

/// How often each stack's apply is killed.
const KILLS: usize = 50;

/// A hundred things that depend on each other in groups, so that there is always something under way.
const HUNDRED: &str = r#"
stack {
  name = "hundred"
}

resource "terraform_data" "base" {
  count = 20
  input = "base-${count.index}"
}

resource "terraform_data" "leaf" {
  count = 80
  input = "${terraform_data.base[count.index % 20].output}-${count.index}"
}

output "leaves" {
  value = terraform_data.leaf[*].output
}
"#;

/// Kills a started command after this time, unless it ended before; tells whether it was killed.
fn kill_after(mut child: Child, delay: Duration) -> bool {
    std::thread::sleep(delay);
    let ended = child.try_wait().expect("the command can be waited for").is_some();
    if !ended {
        child.kill().expect("the command can be killed");
        child.wait().expect("the command can be waited for");
    }
    !ended
}

/// Everything that is recorded, without what differs from run to run.
fn outputs(project: &Project) -> Value {
    let json = project.run(&["output", "-json"]).expect_code(0).stdout;
    serde_json::from_str(&json).expect("outputs are JSON")
}

/// The state on disk is whole or absent: it opens, and no snapshot is empty or torn.
#[track_caller]
fn assert_state_is_whole(project: &Project) {
    let snapshot = project.state_folder().join("state.json");
    if let Ok(bytes) = std::fs::read(&snapshot) {
        let whole = serde_json::from_slice::<Value>(&bytes);
        assert!(whole.is_ok(), "a torn state.json: {}", String::from_utf8_lossy(&bytes));
    }
    let _ = project.addresses();
}

/// How long one apply of a fresh project takes.
fn duration(project: &Project) -> Duration {
    let started = Instant::now();
    project.apply().expect_code(0);
    started.elapsed()
}

#[test]
fn fifty_kills_of_an_apply_of_a_hundred_things_leave_the_same_end() {
    let mut random = Random::seeded();
    let reference = Project::with_stack("hundred", HUNDRED);
    let took = duration(&reference);
    let (addresses, expected) = (reference.addresses(), outputs(&reference));
    let mut killed = 0;
    while killed < KILLS {
        // Now and then a fresh project, and in between the same one is hit several times.
        let project = Project::with_stack("hundred", HUNDRED);
        for _ in 0..3 {
            let span = u64::try_from(took.as_micros()).expect("a short time");
            let delay = Duration::from_micros(random.below(span));
            killed += usize::from(kill_after(project.start(&["apply", "-auto-approve"]), delay));
            assert_state_is_whole(&project);
        }
        project.apply().expect_code(0);
        assert_eq!(project.addresses(), addresses);
        assert_eq!(outputs(&project), expected);
        project.plan().expect_code(0);
    }
}

#[test]
fn fifty_kills_of_an_apply_of_two_sites_leave_two_servers_and_no_orphan() {
    let mut random = Random::seeded();
    let reference = Project::quickstart((port::free(), port::free()), |main| main);
    let took = duration(&reference);
    let addresses = reference.addresses();
    reference.destroy().expect_code(0);
    drop(reference);
    let mut killed = 0;
    while killed < KILLS {
        let project = Project::quickstart((port::free(), port::free()), |main| main);
        for _ in 0..3 {
            let span = u64::try_from(took.as_micros()).expect("a short time");
            let delay = Duration::from_micros(random.below(span));
            killed += usize::from(kill_after(project.start(&["apply", "-auto-approve"]), delay));
            assert_state_is_whole(&project);
            assert!(project.servers().len() <= 2, "a second server: {:?}", project.servers());
        }
        project.apply().expect_code(0);
        assert_eq!(project.addresses(), addresses);
        assert_eq!(project.servers().len(), 2, "{:?}", project.servers());
        project.plan().expect_code(0);
        project.destroy().expect_code(0);
        assert!(project.servers().is_empty(), "an orphan: {:?}", project.servers());
    }
}

/// One server is gone already and the other is still finishing a request when the destroy is killed.
#[test]
fn what_went_with_its_server_is_not_asked_for_again() {
    let ports = (port::free(), port::free());
    let project = Project::quickstart(ports, |main| main);
    project.apply().expect_code(0);
    let site =
        Site { port: ports.0, user: "admin".into(), password: project.output("admin_password") };
    let mut slow = TcpStream::connect(("127.0.0.1", site.port)).expect("the server listens");
    let head = format!(
        "PUT /artifactory/files/slow HTTP/1.1\r\nHost: east\r\nAuthorization: Basic {}\r\nContent-Length: 9\r\n\r\nabc",
        site.basic()
    );
    slow.write_all(head.as_bytes()).expect("the server reads");
    kill_after(project.start(&["destroy", "-auto-approve"]), Duration::from_secs(2));
    drop(slow);
    assert_state_is_whole(&project);
    project.destroy().expect_code(0);
    assert!(project.servers().is_empty(), "an orphan: {:?}", project.servers());
    assert!(project.addresses().is_empty());
}

#[test]
fn a_destroy_that_is_killed_is_finished_by_the_next() {
    let mut random = Random::seeded();
    for _ in 0..5 {
        let project = Project::quickstart((port::free(), port::free()), |main| main);
        project.apply().expect_code(0);
        let delay = Duration::from_millis(random.below(600));
        kill_after(project.start(&["destroy", "-auto-approve"]), delay);
        assert_state_is_whole(&project);
        project.destroy().expect_code(0);
        assert!(project.servers().is_empty(), "an orphan: {:?}", project.servers());
        assert!(project.addresses().is_empty());
    }
}
