//! Servers started, adopted, lost and stopped, with a small stand-in for the real program.

use std::net::TcpListener;
use std::path::Path as FilePath;
use std::sync::Arc;

use lang::{Path, Value};
use provider::change::propose;
use provider::{
    Connection, CreateRequest, DeleteRequest, FindRequest, OperationError, PlanRequest,
    PreflightItem, ReadOutcome, ReadRequest, Report, ResourceType, StepRecorder, UpdateRequest,
};

use super::plan::with_attribute;
use super::*;
use crate::process::Identity;

/// Does what the real server does for a provisioner: reads its configuration, holds the lock,
/// answers `/readyz`. The site names `fails` and `slow` do what they say.
const STAND_IN: &str = r#"
import fcntl, http.server, json, os, re, sys, time
text = open(sys.argv[-1]).read()
config = {k: json.loads(v) for k, v in re.findall(r'^(\w+) = (".*")$', text, re.M)}
if config["site"] == "fails":
    print("the disk is on fire", flush=True)
    sys.exit(3)
lock = open(os.path.join(config["data_dir"], "lock"), "a")
fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
if config["site"] == "slow":
    time.sleep(0.4)
host, port = config["listen"].rsplit(":", 1)
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"instance_token": config["instance_token"], "pid": os.getpid()}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *arguments):
        pass
http.server.ThreadingHTTPServer((host, int(port)), Handler).serve_forever()
"#;

struct NoSteps;

impl StepRecorder for NoSteps {
    fn record<'a>(
        &'a self,
        _step: &'a str,
        _attributes: &'a Value,
    ) -> Future<'a, Result<(), OperationError>> {
        Box::pin(async { Ok(()) })
    }
}

/// A folder with the stand-in; what still runs in it is ended with the test.
struct World {
    folder: tempfile::TempDir,
    kind: LocalServer,
    connection: Connection,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("stand_in.py");
        std::fs::write(&script, STAND_IN).unwrap();
        let arguments = vec![script.into_os_string(), "serve".into(), "--config".into()];
        let kind = LocalServer::new(Command { program: "python3".into(), arguments });
        Self { folder, kind, connection: Connection::new(()) }
    }

    fn home(&self) -> Home {
        Home::new(self.folder.path().join("data"))
    }

    fn config(&self, attributes: &[(&str, Value)]) -> Value {
        let base = [
            ("site", Value::string("east")),
            ("port", Value::int(i64::from(free_port()))),
            ("data_dir", Value::string(self.home().path().display().to_string())),
            ("admin_password", Value::string("pass${word}").sensitive()),
        ];
        let start = base.iter().chain(attributes);
        let empty = self.kind.schema().empty_object();
        start.fold(empty, |object, (name, value)| with_attribute(&object, name, value.clone()))
    }

    fn plan(&self, prior: Option<&Value>, config: &Value) -> Value {
        let proposed = propose(self.kind.schema(), prior, config);
        let (proposed, address, name_seed) = (&proposed, "local_server.a", "");
        let request = PlanRequest { address, prior, config, proposed, name_seed, connection: None };
        self.kind.plan(&request).unwrap().value
    }

    async fn create(&self, config: &Value, token: &str) -> Result<Value, OperationError> {
        let request = CreateRequest {
            address: "local_server.a".into(),
            token: token.into(),
            planned: self.plan(None, config),
            config: config.clone(),
            steps: Arc::new(NoSteps),
            report: Report::silent(),
            timeout: None,
        };
        self.kind.create(&self.connection, request).await
    }

    async fn update(&self, prior: &Value, config: &Value) -> Result<Value, OperationError> {
        let request = UpdateRequest {
            address: "local_server.a".into(),
            token: "update".into(),
            prior: prior.clone(),
            planned: self.plan(Some(prior), config),
            config: config.clone(),
            steps: Arc::new(NoSteps),
            report: Report::silent(),
            timeout: None,
        };
        self.kind.update(&self.connection, request).await
    }

    async fn read(&self, attributes: &Value) -> ReadOutcome {
        let attributes = attributes.clone();
        let requests = [ReadRequest { address: "local_server.a".into(), attributes }];
        self.kind.read(&self.connection, &requests).await.remove(0)
    }

    async fn find(&self, config: &Value, token: &str) -> Option<Value> {
        let (address, token) = ("local_server.a".into(), token.into());
        let request =
            FindRequest { address, token, planned: self.plan(None, config), steps: Vec::new() };
        self.kind.find(&self.connection, request).await.unwrap()
    }

    async fn delete(&self, prior: &Value) {
        let (address, report) = ("local_server.a".into(), Report::silent());
        let prior = prior.clone();
        let request = DeleteRequest { address, prior, snapshot: false, report, timeout: None };
        self.kind.delete(&self.connection, request).await.unwrap();
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(process) = self.home().process() {
            end(&process);
        }
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn pid(value: &Value) -> u32 {
    u32::try_from(value.get("pid").and_then(Value::as_i64).unwrap()).unwrap()
}

fn status(outcome: &ReadOutcome) -> &str {
    match outcome {
        ReadOutcome::Found(found) => text(found, "status").unwrap(),
        ReadOutcome::Missing => "missing",
        _ => "unexpected",
    }
}

fn end(process: &Identity) {
    let pid = rustix::process::Pid::from_raw(i32::try_from(process.pid).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    while process.is_alive() {
        std::thread::sleep(Duration::from_millis(5));
    }
}

use crate::text;

#[tokio::test]
async fn create_starts_and_delete_stops() {
    let world = World::new();
    let config = world.config(&[]);
    let made = world.create(&config, "t1").await.unwrap();
    assert!(made.is_wholly_known());
    assert_eq!(text(&made, "admin_token").unwrap().len(), 64);
    let read = world.read(&made).await;
    assert_eq!(read, ReadOutcome::Found(made.clone()));
    assert_eq!(world.plan(Some(&made), &config), made, "the next plan is empty");

    let process = world.home().process().unwrap();
    world.delete(&made).await;
    assert!(!process.is_alive());
    assert!(world.home().exists() && !world.home().config().exists());
    world.delete(&made).await;
}

#[tokio::test]
async fn delete_removes_the_data_when_told_so() {
    let world = World::new();
    let made = world.create(&world.config(&[("keep_data", Value::bool(false))]), "t1").await;
    world.delete(&made.unwrap()).await;
    assert!(!world.home().exists());
}

#[tokio::test]
async fn a_second_create_adopts_the_first() {
    let world = World::new();
    let config = world.config(&[
        ("site", Value::string("slow")),
        ("admin_token", Value::string("known").sensitive()),
    ]);
    assert_eq!(world.find(&config, "t1").await, None);
    let first = world.create(&config, "t1").await.unwrap();
    let second = world.create(&config, "t1").await.unwrap();
    assert_eq!(first, second);
    // As after a crash between the start and its record.
    std::fs::remove_file(world.home().path().join("run.json")).unwrap();
    assert_eq!(world.find(&config, "t1").await, Some(first.clone()));
    assert_eq!(world.find(&config, "t2").await, None);

    let other = world.create(&config, "t2").await.unwrap_err();
    assert_eq!(other.diagnostic.summary, "Data folder is in use");
    assert!(other.nothing_made);
    assert_eq!(status(&world.read(&first).await), "running");
}

#[tokio::test]
async fn a_dead_server_is_drift_and_is_started_again() {
    let world = World::new();
    let config = world.config(&[]);
    let made = world.create(&config, "t1").await.unwrap();
    end(&world.home().process().unwrap());
    let ReadOutcome::Found(found) = world.read(&made).await else { panic!("not found") };
    assert_eq!(text(&found, "status"), Some("stopped"));

    let again = world.update(&found, &config).await.unwrap();
    assert_ne!(pid(&again), pid(&made));
    assert_eq!(status(&world.read(&again).await), "running");
    assert_eq!(world.home().run().unwrap().instance_token, "t1");

    end(&world.home().process().unwrap());
    std::fs::remove_dir_all(world.home().path()).unwrap();
    assert_eq!(world.read(&again).await, ReadOutcome::Missing);
}

#[tokio::test]
async fn a_server_whose_folder_was_removed_is_replaced_by_an_update() {
    let world = World::new();
    let config = world.config(&[]);
    let made = world.create(&config, "t1").await.unwrap();
    std::fs::remove_dir_all(world.home().path()).unwrap();
    let ReadOutcome::Found(found) = world.read(&made).await else { panic!("not found") };
    assert_eq!(text(&found, "status"), Some("unresponsive"));
    let again = world.update(&found, &config).await.unwrap();
    assert_ne!(pid(&again), pid(&made));
    assert_eq!(status(&world.read(&again).await), "running");
}

#[tokio::test]
async fn a_port_is_changed_by_a_restart() {
    let world = World::new();
    let made = world.create(&world.config(&[]), "t1").await.unwrap();
    let moved = world.update(&made, &world.config(&[])).await.unwrap();
    assert_ne!(made.get("port"), moved.get("port"));
    assert_ne!(pid(&made), pid(&moved));
    assert_eq!(status(&world.read(&moved).await), "running");
}

#[tokio::test]
async fn a_failed_start_shows_the_log_and_leaves_no_secrets() {
    let world = World::new();
    let config = world.config(&[("site", Value::string("fails"))]);
    let error = world.create(&config, "t1").await.unwrap_err();
    assert_eq!(error.diagnostic.summary, "Server did not start");
    assert!(error.diagnostic.detail.contains("the disk is on fire"), "{error:?}");
    assert!(error.nothing_made && !world.home().config().exists());
}

#[tokio::test]
async fn a_failed_restart_leaves_a_stopped_server() {
    let world = World::new();
    let made = world.create(&world.config(&[]), "t1").await.unwrap();
    let broken = world.config(&[("site", Value::string("fails"))]);
    let error = world.update(&made, &broken).await.unwrap_err();
    let left = error.state.unwrap();
    assert_eq!((text(&left, "status"), text(&left, "site")), (Some("stopped"), Some("east")));
    assert_eq!(status(&world.read(&left).await), "stopped");
}

#[tokio::test]
async fn import_reads_a_data_folder() {
    let world = World::new();
    let made = world.create(&world.config(&[]), "t1").await.unwrap();
    let id = world.home().path().display().to_string();
    let imported = world.kind.import(&world.connection, &id).await.unwrap();
    for name in ["port", "site", "status", "pid", "id", "data_path", "url"] {
        assert_eq!(imported.get(name), made.get(name), "{name}");
    }
    let stray = world.kind.import(&world.connection, "/nowhere").await.unwrap_err();
    assert_eq!(stray.diagnostic.summary, "Server was not found");
}

fn item(world: &World, address: &str, config: &Value, prior: Option<&Value>) -> PreflightItem {
    let planned = world.plan(prior, config);
    PreflightItem { address: address.into(), prior: prior.cloned(), planned, unchanged: false }
}

async fn preflight(world: &World, items: &[PreflightItem]) -> Vec<(usize, String, Path)> {
    let found = world.kind.preflight(&world.connection, items).await;
    found.into_iter().map(|(i, finding)| (i, finding.diagnostic.summary, finding.path)).collect()
}

#[tokio::test]
async fn collisions_are_found_before_anything_is_done() {
    let world = World::new();
    let port = |number: u16| ("port", Value::int(i64::from(number)));
    let folder = |path: &FilePath| ("data_dir", Value::string(path.display().to_string()));
    let (shared, root) = (free_port(), world.folder.path());

    let a = item(&world, "a", &world.config(&[port(shared)]), None);
    assert_eq!(preflight(&world, std::slice::from_ref(&a)).await, []);
    let b = item(&world, "b", &world.config(&[port(shared), folder(&root.join("b"))]), None);
    let c = item(&world, "c", &world.config(&[]), None);
    let found = preflight(&world, &[a, b, c]).await;
    let expected = [
        (1, "Port is used twice".to_owned(), Path::attribute("port")),
        (2, "Data folder is used twice".to_owned(), Path::attribute("data_dir")),
    ];
    assert_eq!(found, expected);

    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = port(holder.local_addr().unwrap().port());
    let inside_a_file = folder(&root.join("stand_in.py/data"));
    let d = item(&world, "d", &world.config(&[taken, inside_a_file]), None);
    let found = preflight(&world, &[d]).await;
    let expected = [
        (0, "Data folder is not usable".to_owned(), Path::attribute("data_dir")),
        (0, "Port is in use".to_owned(), Path::attribute("port")),
    ];
    assert_eq!(found, expected);
    assert!(!world.home().exists(), "preflight changes nothing");
}

#[tokio::test]
async fn a_port_held_by_the_server_itself_is_no_collision() {
    let world = World::new();
    let config = world.config(&[]);
    let made = world.create(&config, "t1").await.unwrap();
    let renamed = with_attribute(&config, "site", Value::string("north"));
    let same = item(&world, "a", &renamed, Some(&made));
    assert_eq!(preflight(&world, &[same]).await, []);

    let stranger =
        item(&world, "b", &with_attribute(&config, "data_dir", Value::string("/b")), None);
    assert_eq!(preflight(&world, &[stranger]).await[0].1, "Port is in use");
}
