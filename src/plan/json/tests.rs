//! What is written can be read back, secrets are never written, and lists stand in Terraform's order.

use std::collections::HashMap;
use std::sync::Arc;

use lang::{Type, Value};
use proptest::prelude::*;
use provider::Registry;
use serde_json::json;

use super::{PlanDocument, View, change::Change, values};
use crate::{Action, Plan, PlanMode, ResourceChange, Secrets};

fn registry() -> Registry {
    Registry::new(provider_builtin::providers())
}

fn view(registry: &Registry) -> View<'_> {
    View { registry, secrets: Secrets::Hidden }
}

fn plan_of(changes: Vec<ResourceChange>) -> Plan {
    Plan {
        mode: PlanMode::Normal,
        timestamp: "2026-01-01T00:00:00Z".into(),
        prior: Arc::new(state::Snapshot::new("stack")),
        changes,
        drift: Vec::new(),
        outputs: Default::default(),
        checks: Vec::new(),
        left_out: Vec::new(),
        is_partial: false,
        variables: Default::default(),
        errored: false,
        reads: 0,
    }
}

fn change(address: &str, before: Option<Value>, after: Option<Value>) -> ResourceChange {
    let change = ResourceChange::no_op(address.parse().unwrap(), "terraform");
    ResourceChange { action: Action::Update, before, after, ..change }
}

fn document(plan: &Plan) -> PlanDocument {
    let folder = tempfile::tempdir().unwrap();
    let config = config::load(folder.path()).config;
    let origin = super::Origin {
        config: &config,
        registry: &registry(),
        relevant: Vec::new(),
        dependencies: HashMap::new(),
        secrets: Secrets::Hidden,
    };
    super::document(plan, &origin)
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::null(Type::String)),
        Just(Value::unknown(Type::String)),
        Just(Value::unknown(Type::list(Type::Bool))),
        any::<bool>().prop_map(Value::bool),
        any::<i64>().prop_map(Value::int),
        "[a-z ]{0,4}".prop_map(|text| Value::text(&text)),
        Just(Value::string("hush").sensitive()),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::tuple),
            prop::collection::btree_map("[a-c]", inner, 0..4).prop_map(|entries| {
                Value::object(entries.into_iter().map(|(n, v)| (n.as_str().into(), v)))
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn plan_json_round_trips_and_holds_no_secret(before in value(), after in value()) {
        let object = |value: Value| Some(Value::object([("input".into(), value)]));
        let changes = ["terraform_data.a", "module.m[\"x\"].module.n.terraform_data.b[3]"];
        let changes = changes.map(|a| change(a, object(before.clone()), object(after.clone())));
        let written = document(&plan_of(changes.into()));
        let text = serde_json::to_string(&written).unwrap();
        let read: PlanDocument = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&serde_json::to_string(&read).unwrap(), &text);
        prop_assert_eq!(read, written);
        prop_assert!(!text.contains("hush"), "{}", text);
    }
}

#[test]
fn secrets_and_unknown_values_are_marked_and_not_written() {
    let after = Value::object([
        ("id".into(), Value::unknown(Type::String)),
        ("list".into(), Value::tuple([Value::int(1), Value::unknown(Type::Number)])),
        ("later".into(), Value::unknown(Type::list(Type::String))),
        ("password".into(), Value::string("hush").sensitive()),
    ]);
    let written = document(&plan_of(vec![change("terraform_data.a", None, Some(after))]));
    let Change { before, after, after_unknown, after_sensitive, .. } =
        written.resource_changes[0].change.clone();
    assert_eq!(before, Some(json!(null)));
    assert_eq!(after, Some(json!({ "list": [1, null], "password": null })));
    assert_eq!(after_unknown, json!({ "id": true, "later": true, "list": [false, true] }));
    let masks = json!({ "later": [], "list": [false, false], "password": true });
    assert_eq!(after_sensitive, masks);
}

#[test]
fn modules_hold_their_own_and_number_keys_count() {
    let addresses = ["module.a[0].terraform_data.x[10]", "module.a[0].terraform_data.x[9]"];
    let deeper = "module.b.module.c.terraform_data.y";
    let object = || Some(Value::object([]));
    let changes = [addresses[0], addresses[1], deeper].map(|a| change(a, None, object()));
    let plan = plan_of(changes.into());
    let planned = values::planned(&plan, view(&registry())).root_module;
    let of_a = planned.child_modules[0].resources.iter().map(|r| r.address.as_str());
    assert_eq!(of_a.collect::<Vec<_>>(), addresses);
    let before = |change: &ResourceChange| ResourceChange { before: object(), ..change.clone() };
    let changes = plan.changes.iter().map(before).collect();
    let prior = super::state::prior(&plan_of(changes), &HashMap::new(), view(&registry()))
        .and_then(|s| s.values);
    let root = prior.unwrap_or_default().root_module;
    let [a, b] = root.child_modules.as_slice() else { panic!("{root:?}") };
    let of_a: Vec<&str> = a.resources.iter().map(|r| r.address.as_str()).collect();
    assert_eq!(of_a, [addresses[1], addresses[0]]);
    assert_eq!((b.address.as_str(), b.resources.len()), ("module.b", 0));
    assert_eq!(b.child_modules[0].resources[0].address, deeper);
}
