//! What becomes of things: retained, saved, protected, gone with what they lived on.

use super::*;

const HOSTED: &str = r#"
    resource "fake_thing" "host" { name = "host" }
    resource "fake_tenant" "guest" {
      name   = "guest"
      refers = fake_thing.host.id
    }
"#;

fn thing(lifecycle: &str) -> String {
    format!(
        "variable \"fate\" {{\n  default = \"retain\"\n}}\nvariable \"yes\" {{\n  default = true\n}}\nresource \"fake_thing\" \"a\" {{\n  name = \"a\"\n  lifecycle {{\n    {lifecycle}\n  }}\n}}\n"
    )
}

#[test]
fn what_is_retained_leaves_the_state_and_lives_on() {
    let mut bench = Bench::new(&thing("on_destroy = var.fate"));
    bench.apply();
    assert_eq!(
        bench.store().instance("fake_thing.a").unwrap().on_destroy.as_deref(),
        Some("retain")
    );
    bench.calls();
    bench.options.mode = PlanMode::Destroy;
    assert_eq!(actions(&bench.plan()), ["fake_thing.a Forget"]);
    // It is remembered when the block is gone.
    bench.options.mode = PlanMode::Normal;
    bench.write("");
    assert_eq!(actions(&bench.plan()), ["fake_thing.a Forget"]);
    let applied = bench.apply();
    assert_eq!((applied.forgotten, applied.destroyed), (1, 0));
    assert!(bench.calls().is_empty() && bench.store().is_empty());
    assert_eq!(bench.things(), ["a"]);
}

#[test]
fn what_is_retained_is_not_replaced_either() {
    let bench = Bench::new(&thing("on_destroy = \"retain\""));
    bench.apply();
    bench.write(&thing("on_destroy = \"retain\"").replace("\"a\"\n", "\"b\"\n"));
    assert!(bench.mistakes()[0].starts_with("Instance cannot be replaced"));
    bench.write(&thing("on_destroy = \"delete\"").replace("\"a\"\n", "\"b\"\n"));
    bench.apply();
    assert_eq!(bench.things(), ["b"]);
}

#[test]
fn a_snapshot_is_left_where_the_type_can() {
    let source = "resource \"fake_tenant\" \"a\" {\n  name = \"a\"\n  lifecycle {\n    on_destroy = \"snapshot\"\n  }\n}\n";
    let mut bench = Bench::new(source);
    bench.apply();
    bench.cloud.things.lock().unwrap().clear();
    bench.options.refresh = false;
    bench.options.mode = PlanMode::Destroy;
    bench.calls();
    bench.apply();
    assert_eq!(bench.calls(), ["snapshot and delete a"]);
    let bench = Bench::new(&source.replace("fake_tenant", "fake_thing"));
    assert!(bench.mistakes()[0].contains("fake_thing cannot leave a snapshot behind"));
    let bench = Bench::new(&thing("on_destroy = \"keep\""));
    assert!(bench.mistakes()[0].starts_with("Invalid on_destroy argument"));
}

#[test]
fn lifecycle_arguments_may_use_variables() {
    let source = thing("prevent_destroy = var.yes\n    create_before_destroy = var.yes");
    let bench = Bench::new(&source);
    bench.apply();
    let recorded = bench.store().instance("fake_thing.a").unwrap();
    assert!(recorded.prevent_destroy && recorded.create_before_destroy);
    bench.write(
        &source
            .replace("default = true", "default = false")
            .replace("name = \"a\"", "name = \"b\""),
    );
    bench.calls();
    bench.apply();
    assert_eq!(bench.calls(), ["delete a", "create b"]);
    bench.write(&source.replace("default = true", "default = []"));
    let mistakes = bench.mistakes();
    let invalid = |m: &&String| m.starts_with("Invalid ") && m.contains("true or false");
    assert_eq!(mistakes.iter().filter(invalid).count(), 2, "{mistakes:?}");
}

#[test]
fn what_lives_on_a_destroyed_thing_goes_with_it_without_a_call() {
    let mut bench = Bench::new(HOSTED);
    bench.apply();
    bench.calls();
    bench.options.mode = PlanMode::Destroy;
    bench.apply();
    assert_eq!(bench.calls(), ["delete host"]);
    assert!(bench.store().is_empty());
}

#[test]
fn what_lived_on_a_thing_that_an_earlier_run_destroyed_is_gone_with_it() {
    let bench = Bench::new(HOSTED);
    bench.apply();
    bench.calls();
    // A destroy was killed after the host was deleted and before its guest left the state.
    bench.cloud.things.lock().unwrap().remove("host");
    let store = bench.store();
    let gone = state::Change::RemoveInstance("fake_thing.host".into());
    store.append_blocking(&state::Record::changes(vec![gone])).unwrap();
    drop(store);
    bench.write("");
    assert_eq!(actions(&bench.plan()), ["fake_tenant.guest Delete"]);
    bench.apply();
    assert!(bench.calls().is_empty());
    assert!(bench.store().is_empty());
}

#[test]
fn what_is_out_of_reach_on_a_living_host_is_not_given_up() {
    let bench = Bench::new(HOSTED);
    bench.apply();
    bench.calls();
    *bench.cloud.down.lock().unwrap() = true;
    bench.write("resource \"fake_thing\" \"host\" {\n  name = \"host\"\n}\n");
    bench.apply();
    assert_eq!(bench.calls(), ["delete guest"]);
}

#[test]
fn what_a_create_first_thing_depends_on_is_created_first_too() {
    let source = |name: &str| {
        format!(
            "resource \"fake_thing\" \"a\" {{\n  name = \"{name}\"\n}}\nresource \"fake_thing\" \"b\" {{\n  name   = \"b\"\n  refers = fake_thing.a.id\n  lifecycle {{\n    create_before_destroy = true\n  }}\n}}\n"
        )
    };
    let bench = Bench::new(&source("one"));
    bench.apply();
    assert!(bench.store().instance("fake_thing.a").unwrap().create_before_destroy);
    bench.calls();
    // The dependent only changes in place: the order is asked for all the same.
    bench.write(&source("two"));
    assert_eq!(actions(&bench.plan()), ["fake_thing.a CreateThenDelete", "fake_thing.b Update"]);
    bench.apply();
    assert_eq!(bench.calls(), ["create two", "update b", "delete one"]);
    // What its block no longer asks for is no longer done.
    bench.write(&source("three").replace("create_before_destroy = true", ""));
    assert_eq!(actions(&bench.plan()), ["fake_thing.a DeleteThenCreate", "fake_thing.b Update"]);
}

#[test]
fn ignored_keys_of_maps_stay_as_they_were() {
    let source = |input: &str| {
        format!(
            "resource \"terraform_data\" \"a\" {{\n  input = tomap({input})\n  lifecycle {{\n    ignore_changes = [input[\"x\"]]\n  }}\n}}\n"
        )
    };
    let bench = Bench::new(&source("{ x = 1, y = 2 }"));
    bench.apply();
    for same in ["{ y = 2 }", "{ x = 9, y = 2 }"] {
        bench.write(&source(same));
        assert!(!bench.plan().has_changes(), "{same}");
    }
    bench.write(&source("{ x = 9, y = 3 }"));
    bench.apply();
    let recorded = bench.store().instance("terraform_data.a").unwrap();
    assert_eq!(recorded.attributes["input"]["value"], serde_json::json!({"x": 1, "y": 3}));
    let bench = Bench::new(&source("{ y = 2 }"));
    bench.apply();
    bench.write(&source("{ x = 9, y = 2 }"));
    assert!(!bench.plan().has_changes());
}
