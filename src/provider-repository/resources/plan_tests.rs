//! What is known, refused and replaced at plan, without any server.

use lang::{Path, Type, Value};
use provider::change::propose;
use provider::{Finding, PlanRequest, Planned, ResourceType};

use super::*;
use crate::object::{text, with};

fn kind(name: &str) -> Arc<dyn ResourceType> {
    all().into_iter().find(|kind| kind.name() == name).unwrap()
}

fn plan_of(
    kind: &dyn ResourceType,
    prior: Option<&Value>,
    config: &Value,
) -> Result<Planned, Vec<Finding>> {
    let proposed = propose(kind.schema(), prior, config);
    let (proposed, address, name_seed) = (&proposed, "artiform.a", "stack/artiform.a/0");
    kind.plan(&PlanRequest { address, prior, config, proposed, name_seed, connection: None })
}

fn config<const N: usize>(kind: &dyn ResourceType, attributes: [(&str, Value); N]) -> Value {
    with(&kind.schema().empty_object(), attributes)
}

fn on(url: Value) -> Value {
    Value::object([("url".into(), url), ("token".into(), Value::string("secret"))])
}

fn local<const N: usize>(attributes: [(&str, Value); N]) -> Value {
    let kind = kind("artiform_local_repository");
    let base = config(
        &*kind,
        [
            ("server", on(Value::string("http://a.example.com"))),
            ("key", Value::string("libs")),
            ("format", Value::string("maven")),
        ],
    );
    with(&base, attributes)
}

#[test]
fn names_are_unique_and_sorted() {
    let names: Vec<_> = all().iter().map(|kind| kind.name()).collect();
    assert!(names.is_sorted() && names.len() == 8, "{names:?}");
}

#[test]
fn a_repository_is_wholly_known_and_its_token_secret() {
    let kind = kind("artiform_local_repository");
    let planned = plan_of(&*kind, None, &local([])).unwrap().value;
    assert!(planned.is_wholly_known());
    assert_eq!(text(&planned, "id"), Some("libs"));
    assert_eq!(text(&planned, "url"), Some("http://a.example.com/artifactory/libs"));
    let server = planned.get("server").unwrap();
    assert!(server.get("token").unwrap().is_sensitive() && !server.is_sensitive());
}

#[test]
fn a_server_that_is_not_known_yet_leaves_only_the_url_unknown() {
    let kind = kind("artiform_local_repository");
    let unknown = local([("server", on(Value::unknown(Type::String)))]);
    let planned = plan_of(&*kind, None, &unknown).unwrap().value;
    assert!(planned.get("url").unwrap().is_unknown());
    assert_eq!(text(&planned, "id"), Some("libs"));
}

#[test]
fn keys_and_formats_replace_and_servers_do_not() {
    let kind = kind("artiform_local_repository");
    let prior = plan_of(&*kind, None, &local([])).unwrap().value;
    let again = plan_of(&*kind, Some(&prior), &local([])).unwrap();
    assert_eq!(again, Planned { value: prior.clone(), replace: Vec::new() });

    let other = plan_of(&*kind, Some(&prior), &local([("key", Value::string("b"))])).unwrap();
    assert_eq!(other.replace, [Path::attribute("key")]);
    let moved = local([("server", on(Value::string("http://b.example.com")))]);
    let moved = plan_of(&*kind, Some(&prior), &moved).unwrap();
    assert!(moved.replace.is_empty());
    assert_eq!(text(&moved.value, "url"), Some("http://b.example.com/artifactory/libs"));
}

#[test]
fn mistakes_are_found_where_they_are() {
    let kind = kind("artiform_local_repository");
    let members = |names: &[&str]| {
        Value::list(Type::String, names.iter().map(|n| Value::string(*n)).collect::<Vec<_>>())
    };
    let view = self::kind("artiform_virtual_repository");
    let virtual_repository = |names: &[&str], target: &str| {
        let base = [
            ("key", Value::string("libs")),
            ("format", Value::string("maven")),
            ("repositories", members(names)),
            ("default_deployment_repository", Value::string(target)),
        ];
        plan_of(&*view, None, &config(&*view, base))
    };
    let odd_server = Value::object([("uri".into(), Value::string("x"))]);
    let table = [
        (plan_of(&*kind, None, &local([("key", Value::string("a/b"))])), "key"),
        (plan_of(&*kind, None, &local([("server", odd_server)])), "server"),
        (
            plan_of(&*kind, None, &local([("source_repository", Value::string("x"))])),
            "source_repository",
        ),
        (virtual_repository(&["a"], "b"), "default_deployment_repository"),
        (virtual_repository(&["a", "a"], "a"), "repositories"),
    ];
    for (planned, at) in table {
        let findings = planned.unwrap_err();
        assert_eq!(findings[0].path, Path::attribute(at), "{findings:?}");
    }
}

#[test]
fn a_replication_knows_its_id_and_refuses_itself() {
    let kind = kind("artiform_replication");
    let to = |url: &str, region: Value| {
        config(
            &*kind,
            [
                ("server", on(Value::string("http://a.example.com"))),
                ("target", on(Value::string(url.to_owned()))),
                ("repository", Value::string("libs-a")),
                ("to_region", region),
            ],
        )
    };
    let planned = plan_of(&*kind, None, &to("http://b.example.com", Value::string("b"))).unwrap();
    assert_eq!(text(&planned.value, "id"), Some("libs-a_to_b"));
    assert!(planned.value.is_wholly_known());
    assert!(planned.value.get("target").unwrap().get("token").unwrap().is_sensitive());
    let null = || Value::null(Type::String);
    let planned = plan_of(&*kind, None, &to("http://b.example.com:81", null())).unwrap();
    assert_eq!(text(&planned.value, "id"), Some("libs-a_to_b.example.com_81"));
    let itself = plan_of(&*kind, None, &to("http://a.example.com/", null())).unwrap_err();
    assert_eq!(itself[0].diagnostic.summary, "Replication to itself");
}

#[test]
fn a_token_has_a_known_id_and_is_bound_to_its_server() {
    let kind = kind("artiform_token");
    let on_server = |url: &str| {
        let server = on(Value::string(url.to_owned()));
        config(&*kind, [("server", server), ("username", Value::string("ci"))])
    };
    let planned = plan_of(&*kind, None, &on_server("http://a.example.com")).unwrap().value;
    let id = text(&planned, "id").unwrap();
    assert!(id.starts_with("artiform-") && id.len() == 41, "{id}");
    assert!(planned.get("access_token").unwrap().is_unknown());
    let prior = with(&planned, [("access_token", Value::string("s").sensitive())]);
    let moved = plan_of(&*kind, Some(&prior), &on_server("http://b.example.com")).unwrap();
    assert_eq!(moved.replace.len(), 1);
}
