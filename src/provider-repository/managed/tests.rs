//! Every kind of thing on a real server: made, read, changed, adopted, moved and removed.

use std::path::Path as FilePath;
use std::sync::Arc;

use lang::{Type, Value};
use provider::change::{propose, same_value};
use provider::{
    Connection, CreateRequest, DeleteRequest, FindRequest, Future, OperationError, PlanRequest,
    ReadOutcome, ReadRequest, Report, ResourceType, StepRecorder, UpdateRequest,
};
use repository_server::{Running, ServerConfig};

use crate::Servers;
use crate::object::{text, with};
use crate::resources;

const TOKEN: &str = "an-administrators-token-for-tests";

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

async fn start(folder: &FilePath, site: &str) -> Running {
    let mut config = ServerConfig::new(folder);
    config.site = site.into();
    config.listen = "127.0.0.1:0".into();
    config.admin_password = Some("a long password".to_owned().into());
    config.admin_token = Some(TOKEN.to_owned().into());
    repository_server::start(config).await.unwrap()
}

/// A server and the resource types that are tried on it.
struct World {
    folder: tempfile::TempDir,
    server: Running,
    connection: Connection,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = start(folder.path(), "east").await;
        let connection = Connection::new(Servers::configure(&Value::object([])).unwrap());
        Self { folder, server, connection }
    }

    fn on_server(&self) -> Value {
        server(&self.server.url(), TOKEN)
    }

    fn config<const N: usize>(&self, kind: &str, attributes: [(&str, Value); N]) -> Thing {
        let kind = resources::all().into_iter().find(|k| k.name() == kind).unwrap();
        let base = with(&kind.schema().empty_object(), [("server", self.on_server())]);
        Thing { config: with(&base, attributes), kind }
    }

    fn local<const N: usize>(&self, attributes: [(&str, Value); N]) -> Thing {
        let base = [("key", string("libs")), ("format", string("generic"))];
        let thing = self.config("artiform_local_repository", base);
        Thing { config: with(&thing.config, attributes), ..thing }
    }

    async fn create(&self, thing: &Thing, token: &str) -> Result<Value, OperationError> {
        self.create_at("artiform.a", thing, token).await
    }

    async fn create_at(
        &self,
        address: &str,
        thing: &Thing,
        token: &str,
    ) -> Result<Value, OperationError> {
        let request = CreateRequest {
            address: address.into(),
            token: token.into(),
            planned: thing.plan(None),
            config: thing.config.clone(),
            steps: Arc::new(NoSteps),
            report: Report::silent(),
            timeout: None,
        };
        thing.kind.create(&self.connection, request).await
    }

    async fn update(&self, thing: &Thing, prior: &Value) -> Result<Value, OperationError> {
        let request = UpdateRequest {
            address: "artiform.a".into(),
            token: "update".into(),
            prior: prior.clone(),
            planned: thing.plan(Some(prior)),
            config: thing.config.clone(),
            steps: Arc::new(NoSteps),
            report: Report::silent(),
            timeout: None,
        };
        thing.kind.update(&self.connection, request).await
    }

    async fn read(&self, thing: &Thing, attributes: &Value) -> ReadOutcome {
        let attributes = attributes.clone();
        let requests = [ReadRequest { address: "artiform.a".into(), attributes }];
        thing.kind.read(&self.connection, &requests).await.remove(0)
    }

    async fn delete(&self, thing: &Thing, prior: &Value) -> Result<(), OperationError> {
        let (address, report) = ("artiform.a".into(), Report::silent());
        let prior = prior.clone();
        let request = DeleteRequest { address, prior, snapshot: false, report, timeout: None };
        thing.kind.delete(&self.connection, request).await
    }

    /// Makes, reads, changes and removes; every step leaves an empty plan.
    async fn live(&self, first: &Thing, second: &Thing) {
        let name = first.kind.name();
        let made = self.create(first, "t1").await.unwrap();
        assert!(made.is_wholly_known(), "{name}");
        self.assert_settled(first, &made).await;
        let changed = self.update(second, &made).await.unwrap();
        assert!(!same_value(&made, &changed), "{name}");
        self.assert_settled(second, &changed).await;
        self.delete(first, &changed).await.unwrap();
        assert_eq!(self.read(first, &changed).await, ReadOutcome::Missing, "{name}");
        self.delete(first, &changed).await.unwrap();
    }

    async fn assert_settled(&self, thing: &Thing, made: &Value) {
        let name = thing.kind.name();
        assert_eq!(self.read(thing, made).await, ReadOutcome::Found(made.clone()), "{name}");
        assert_eq!(&thing.plan(Some(made)), made, "{name}");
    }
}

/// A resource as it is configured.
struct Thing {
    kind: Arc<dyn ResourceType>,
    config: Value,
}

impl Thing {
    fn plan(&self, prior: Option<&Value>) -> Value {
        let proposed = propose(self.kind.schema(), prior, &self.config);
        let (config, proposed) = (&self.config, &proposed);
        let (address, name_seed) = ("artiform.a", "stack/artiform.a/0");
        let request = PlanRequest { address, prior, config, proposed, name_seed, connection: None };
        self.kind.plan(&request).unwrap().value
    }

    fn with<const N: usize>(&self, attributes: [(&str, Value); N]) -> Self {
        Self { kind: Arc::clone(&self.kind), config: with(&self.config, attributes) }
    }
}

fn string(text: &str) -> Value {
    Value::text(text)
}

fn server(url: &str, token: &str) -> Value {
    Value::object([("url".into(), string(url)), ("token".into(), string(token).sensitive())])
}

fn set(texts: &[&str]) -> Value {
    Value::set(Type::String, texts.iter().map(|text| string(text)))
}

async fn upload(world: &World, path: &str) {
    let url = format!("{}/artifactory/{path}", world.server.url());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.put(url).bearer_auth(TOKEN).body("content").send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 201);
}

#[tokio::test]
async fn repositories_live_and_end() {
    let world = World::new().await;
    let first = world.local([("description", string("libraries"))]);
    let changed = [("description", string("more")), ("excludes_pattern", string("tmp/**"))];
    world.live(&first, &first.with(changed)).await;

    let replica = [
        ("read_only", Value::bool(true)),
        ("owner_region", string("west")),
        ("key", string("libs-west")),
    ];
    let replica = world.local(replica);
    world.live(&replica, &replica.with([("source_repository", string("libs-b"))])).await;

    let remote = [
        ("key", string("npm")),
        ("format", string("npm")),
        ("url", string("https://npm.example.com")),
        ("username", string("ann")),
        ("password", string("s3cret").sensitive()),
        ("offline", Value::bool(true)),
    ];
    let remote = world.config("artiform_remote_repository", remote);
    let changed =
        [("retrieval_cache_period_secs", Value::int(60)), ("password", string("x").sensitive())];
    world.live(&remote, &remote.with(changed)).await;
}

#[tokio::test]
async fn virtual_repositories_live_and_end() {
    let world = World::new().await;
    for key in ["a", "b"] {
        world.create(&world.local([("key", string(key))]), key).await.unwrap();
    }
    let members = |names: &[&str]| {
        Value::list(Type::String, names.iter().map(|name| string(name)).collect::<Vec<_>>())
    };
    let attributes = [
        ("key", string("all")),
        ("format", string("generic")),
        ("repositories", members(&["b", "a"])),
        ("default_deployment_repository", string("a")),
    ];
    let first = world.config("artiform_virtual_repository", attributes);
    let none = Value::null(Type::String);
    let second = [("repositories", members(&["a"])), ("default_deployment_repository", none)];
    world.live(&first, &first.with(second)).await;
}

#[tokio::test]
async fn replications_live_and_leave_others_alone() {
    let world = World::new().await;
    world.create(&world.local([]), "libs").await.unwrap();
    let to = |region: &str| {
        let attributes = [
            ("repository", string("libs")),
            ("target", server("http://127.0.0.1:9", "other")),
            ("from_region", string("east")),
            ("to_region", string(region)),
        ];
        world.config("artiform_replication", attributes)
    };
    let other = world.create(&to("north"), "north").await.unwrap();
    let west = to("west");
    let moved =
        [("target", server("http://127.0.0.1:10", "other")), ("enabled", Value::bool(false))];
    world.live(&west, &west.with(moved)).await;
    world.assert_settled(&to("north"), &other).await;
}

#[tokio::test]
async fn people_and_permissions_live_and_end() {
    let world = World::new().await;
    world.create(&world.local([]), "libs").await.unwrap();
    let group = [("name", string("team")), ("description", string("The team."))];
    let group = world.config("artiform_group", group);
    let kept = [("name", string("others"))];
    world.create(&world.config("artiform_group", kept), "others").await.unwrap();
    world.live(&group, &group.with([("auto_join", Value::bool(true))])).await;

    let user = [
        ("name", string("ann")),
        ("email", string("ann@example.com")),
        ("password", string("a long password").sensitive()),
    ];
    let user = world.config("artiform_user", user);
    world.create(&user.with([("name", string("bob"))]), "bob").await.unwrap();
    world.live(&user, &user.with([("groups", set(&["others"]))])).await;

    let grants = |actions: &[&str]| {
        let entries = [("bob".into(), set(actions))].into_iter().collect();
        Value::map(Type::set(Type::String), entries)
    };
    let permission = [
        ("name", string("readers")),
        ("repositories", set(&["libs"])),
        ("users", grants(&["read"])),
    ];
    let permission = world.config("artiform_permission", permission);
    world.live(&permission, &permission.with([("users", grants(&["read", "write"]))])).await;
}

#[tokio::test]
async fn a_token_signs_in_until_it_is_removed() {
    let world = World::new().await;
    let scope = string("applied-permissions/admin");
    let token = [("username", string("admin")), ("scope", scope)];
    let token = world.config("artiform_token", token);
    let made = world.create(&token, "t1").await.unwrap();
    world.assert_settled(&token, &made).await;
    let again = world.create(&token, "t1").await.unwrap();
    assert_eq!(text(&made, "id"), text(&again, "id"));

    let secret = text(&again, "access_token").unwrap();
    let with_it = world.local([("server", server(&world.server.url(), secret))]);
    let repository = world.create(&with_it, "t2").await.unwrap();
    world.delete(&token, &again).await.unwrap();
    assert_eq!(world.read(&token, &again).await, ReadOutcome::Missing);
    let ReadOutcome::Failed(refused) = world.read(&with_it, &repository).await else {
        panic!("still signed in")
    };
    assert_eq!(refused.summary, "Server refused the credentials");
    assert!(!format!("{refused:?}").contains(secret));
}

#[tokio::test]
async fn what_a_create_made_is_adopted_and_nothing_else() {
    let world = World::new().await;
    let thing = world.local([]);
    let first = world.create(&thing, "t1").await.unwrap();
    assert_eq!(world.create(&thing, "t1").await.unwrap(), first);
    let find = |token: &str| {
        let (address, token) = ("artiform.a".into(), token.into());
        let request = FindRequest { address, token, planned: thing.plan(None), steps: Vec::new() };
        thing.kind.find(&world.connection, request)
    };
    assert_eq!(find("t1").await.unwrap(), Some(first));
    assert_eq!(find("t2").await.unwrap(), None);
    // The same address takes up what a kept data folder holds; another one does not.
    world.create(&thing, "t3").await.unwrap();
    let refused = world.create_at("artiform.b", &thing, "t2").await.unwrap_err();
    assert_eq!(refused.diagnostic.summary, "Already exists");
    assert!(refused.nothing_made);
}

#[tokio::test]
async fn artifacts_are_not_lost_by_accident() {
    let world = World::new().await;
    let thing = world.local([]);
    let made = world.create(&thing, "t1").await.unwrap();
    upload(&world, "libs/a.txt").await;
    upload(&world, "libs/b.txt").await;
    let refused = world.delete(&thing, &made).await.unwrap_err();
    assert_eq!(refused.diagnostic.summary, "Repository holds artifacts");
    assert!(refused.diagnostic.detail.contains("2 artifacts"), "{refused:?}");

    let forced = thing.with([("force_destroy", Value::bool(true))]);
    let forced_state = world.update(&forced, &made).await.unwrap();
    world.delete(&forced, &forced_state).await.unwrap();
    assert_eq!(world.read(&thing, &made).await, ReadOutcome::Missing);
}

#[tokio::test]
async fn a_dead_server_is_unreachable_and_new_credentials_need_no_call() {
    let world = World::new().await;
    let thing = world.local([]);
    let made = world.create(&thing, "t1").await.unwrap();
    let World { server: running, connection, folder } = world;
    let url = running.url();
    running.stop().await;
    let requests = [0, 1].map(|_| ReadRequest { address: "a".into(), attributes: made.clone() });
    for outcome in thing.kind.read(&connection, &requests).await {
        let ReadOutcome::Unreachable(why) = outcome else { panic!("{outcome:?}") };
        assert!(why.starts_with(&format!("server {url} does not answer")), "{why}");
    }
    // The server starts again, elsewhere, with another token in the meantime.
    let server_again = start(folder.path(), "east").await;
    let world = World { server: server_again, connection, folder };
    let rotated = thing.with([("server", server(&url, "rotated"))]);
    world.update(&rotated, &made).await.unwrap();
}

#[tokio::test]
async fn a_server_that_moved_keeps_its_repositories() {
    let world = World::new().await;
    let thing = world.local([]);
    let made = world.create(&thing, "t1").await.unwrap();
    upload(&world, "libs/a.txt").await;
    let World { server: running, connection, folder } = world;
    running.stop().await;
    let world = World { server: start(folder.path(), "east").await, connection, folder };
    let there = thing.with([("server", world.on_server())]);
    let moved = world.update(&there, &made).await.unwrap();
    world.assert_settled(&there, &moved).await;
    assert!(world.delete(&there, &moved).await.is_err(), "the artifact is still there");
}

#[tokio::test]
async fn another_server_gets_the_repository_and_the_former_loses_it() {
    let (from, to) = (World::new().await, World::new().await);
    let thing = from.local([]);
    let made = from.create(&thing, "t1").await.unwrap();
    let there = thing.with([("server", to.on_server())]);
    let moved = from.update(&there, &made).await.unwrap();
    to.assert_settled(&there, &moved).await;
    assert_eq!(from.read(&thing, &made).await, ReadOutcome::Missing);
}

#[tokio::test]
async fn import_reads_what_is_there() {
    let world = World::new().await;
    let thing = world.local([("description", string("libraries"))]);
    world.create(&thing, "t1").await.unwrap();
    let config = Value::object([("token".into(), string(TOKEN))]);
    let signed_in = Connection::new(Servers::configure(&config).unwrap());
    let id = format!("libs@{}", world.server.url());
    let imported = thing.kind.import(&signed_in, &id).await.unwrap();
    assert_eq!(text(&imported, "description"), Some("libraries"));
    assert!(imported.is_wholly_known());
    let adopted = world.update(&thing, &imported).await.unwrap();
    world.assert_settled(&thing, &adopted).await;

    let missing = thing.kind.import(&signed_in, &id.replace("libs", "nothing")).await.unwrap_err();
    assert_eq!(missing.diagnostic.summary, "Cannot import what does not exist");
}

#[tokio::test]
async fn drift_is_seen() {
    let world = World::new().await;
    let thing = world.local([]);
    let made = world.create(&thing, "t1").await.unwrap();
    let tampered = thing.with([("description", string("tampered"))]);
    world.update(&tampered, &made).await.unwrap();
    let ReadOutcome::Found(found) = world.read(&thing, &made).await else { panic!("not found") };
    assert_eq!(text(&found, "description"), Some("tampered"));
    assert_eq!(thing.plan(Some(&found)), made);
}
