//! What is planned, and what is refused.

use super::*;

#[test]
fn everything_new_is_created_and_then_there_is_nothing_to_do() {
    let bench = Bench::new(
        r#"
        variable "sizes" { default = { a = 1, b = 2 } }
        locals { prefix = "p" }
        resource "fake_thing" "all" {
          for_each = var.sizes
          name     = "${local.prefix}-${each.key}"
          size     = each.value
        }
        resource "fake_thing" "one" {
          name   = "one"
          refers = fake_thing.all["a"].id
        }
        output "ids" { value = { for k, t in fake_thing.all : k => t.id } }
        "#,
    );
    let plan = bench.plan();
    let expected =
        ["fake_thing.all[\"a\"] Create", "fake_thing.all[\"b\"] Create", "fake_thing.one Create"];
    assert_eq!(actions(&plan), expected);
    let applied = bench.apply();
    assert_eq!((applied.added, applied.changed, applied.destroyed), (3, 0, 0));
    let ids = &applied.outputs[&Name::from("ids")].value;
    assert_eq!(*ids, serde_json::json!({"a": "id-p-a", "b": "id-p-b"}));
    let plan = bench.plan();
    assert!(!plan.has_changes(), "{:?}", actions(&plan));
}

#[test]
fn a_dependency_is_created_before_what_refers_to_it_and_destroyed_after() {
    let mut bench = Bench::new(
        r#"
        resource "fake_thing" "z" { name = "z" }
        resource "fake_thing" "a" {
          name   = "a"
          refers = fake_thing.z.id
        }
        "#,
    );
    bench.apply();
    assert_eq!(bench.calls(), ["create z", "create a"]);
    bench.options.mode = PlanMode::Destroy;
    let applied = bench.apply();
    assert_eq!(bench.calls(), ["delete a", "delete z"]);
    assert_eq!(applied.destroyed, 2);
    assert!(bench.store().is_empty());
}

#[test]
fn a_change_in_place_an_exchange_and_a_removal_are_told_apart() {
    let bench = Bench::new(
        r#"
        resource "fake_thing" "a" { name = "a" }
        resource "fake_thing" "b" { name = "b" }
        resource "fake_thing" "c" { name = "c" }
        "#,
    );
    bench.apply();
    bench.write(
        r#"
        resource "fake_thing" "a" {
          name = "a"
          size = 3
        }
        resource "fake_thing" "b" { name = "b2" }
        "#,
    );
    let plan = bench.plan();
    let expected = ["fake_thing.a Update", "fake_thing.b DeleteThenCreate", "fake_thing.c Delete"];
    assert_eq!(actions(&plan), expected);
    assert_eq!(plan.changes[1].replace_paths[0].to_string(), "name");
    bench.apply();
    assert_eq!(bench.things(), ["a", "b2"]);
    assert!(!bench.plan().has_changes());
}

#[test]
fn the_new_one_is_made_first_where_that_is_asked_for() {
    let source = |name: &str| {
        format!(
            "resource \"fake_thing\" \"a\" {{\n  name = \"{name}\"\n  lifecycle {{\n    create_before_destroy = true\n  }}\n}}\n"
        )
    };
    let bench = Bench::new(&source("one"));
    bench.apply();
    bench.calls();
    bench.write(&source("two"));
    bench.apply();
    assert_eq!(bench.calls(), ["create two", "delete one"]);
    assert!(!bench.plan().has_changes());
}

#[test]
fn drift_is_found_and_mended() {
    let bench = Bench::new("resource \"fake_thing\" \"a\" {\n  name = \"a\"\n  size = 1\n}\n");
    bench.apply();
    {
        let mut things = bench.cloud.things.lock().unwrap();
        let thing = things.get_mut("a").unwrap();
        let changed = thing.1.entries().unwrap().clone().into_iter();
        thing.1 = Value::object(changed.map(|(name, value)| {
            if &*name == "size" { (name, Value::int(9)) } else { (name, value) }
        }));
    }
    let plan = bench.plan();
    assert_eq!(actions(&plan), ["fake_thing.a Update"]);
    assert!(plan.changes[0].caused_by_drift);
    assert_eq!(plan.drift.len(), 1);
    bench.apply();
    bench.cloud.things.lock().unwrap().clear();
    assert_eq!(actions(&bench.plan()), ["fake_thing.a Create"]);
}

#[test]
fn many_instances_are_read_in_one_call() {
    let bench = Bench::new(
        "resource \"fake_thing\" \"a\" {\n  count = 50\n  name  = \"t${count.index}\"\n}\n",
    );
    bench.apply();
    bench.cloud.calls.lock().unwrap().clear();
    let plan = bench.plan();
    assert_eq!(*bench.cloud.calls.lock().unwrap(), ["read 50"]);
    assert_eq!(plan.reads, 1);
}

#[test]
fn protection_outlives_its_block() {
    let bench = Bench::new(
        "resource \"fake_thing\" \"a\" {\n  name = \"a\"\n  lifecycle {\n    prevent_destroy = true\n  }\n}\n",
    );
    bench.apply();
    bench.write("");
    let mistakes = bench.mistakes();
    assert!(mistakes[0].starts_with("Instance cannot be destroyed"), "{mistakes:?}");
}

#[test]
fn moved_things_keep_their_lives() {
    let bench = Bench::new("resource \"fake_thing\" \"a\" {\n  name = \"a\"\n}\n");
    bench.apply();
    bench.calls();
    bench.write(
        r#"
        resource "fake_thing" "b" {
          count = 1
          name  = "a"
        }
        moved {
          from = fake_thing.a
          to   = fake_thing.b
        }
        "#,
    );
    let plan = bench.plan();
    assert_eq!(actions(&plan), ["fake_thing.b[0] NoOp"]);
    bench.apply();
    assert!(bench.calls().is_empty());
    assert!(bench.store().instance("fake_thing.b[0]").is_some());
    assert!(!bench.plan().has_changes());
}

#[test]
fn a_cycle_names_its_members() {
    let bench = Bench::new("locals {\n  a = local.b\n  b = local.a\n}\n");
    let mistakes = bench.mistakes();
    assert_eq!(mistakes, ["Cycle: local.a refers back to itself: local.a -> local.b -> local.a."]);
}

#[test]
fn unknown_counts_and_keys_are_refused_with_a_way_out() {
    let bench = Bench::new(
        r#"
        resource "fake_thing" "a" { name = "a" }
        resource "fake_thing" "b" {
          for_each = toset([fake_thing.a.id])
          name     = each.key
        }
        resource "fake_thing" "c" {
          count = length(fake_thing.a.id)
          name  = "c"
        }
        "#,
    );
    let mistakes = bench.mistakes();
    assert_eq!(mistakes.len(), 2, "{mistakes:?}");
    assert!(mistakes[0].starts_with("Invalid for_each argument"));
    assert!(mistakes[1].starts_with("Invalid count argument"));
}

#[test]
fn unknown_types_and_arguments_are_found_without_values() {
    let bench = Bench::new(
        r#"
        variable "n" { type = string }
        resource "fake_thin" "a" {
          name = var.n
        }
        resource "fake_thing" "b" {
          nam = var.n
        }
        resource "aws_vpc" "c" {
        }
        "#,
    );
    let found: Vec<String> = bench.validate().iter().map(|d| d.summary.clone()).collect();
    let expected = [
        "Invalid resource type",
        "Missing required argument",
        "Unsupported argument",
        "Invalid resource type",
    ];
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(expected.iter().all(|e| found.iter().any(|f| f == e)), "{found:?}");
}

#[test]
fn what_needs_aws_says_how_to_get_a_build_that_has_it() {
    let bench = Bench::new(
        r#"
        resource "aws_vpc" "a" {
        }
        data "aws_region" "b" {
        }
        resource "other_thing" "c" {
        }
        "#,
    );
    let found = bench.validate();
    let told = |d: &&diagnostics::Diagnostic| {
        let hint = d.hints.iter().any(|hint| hint.contains("--package artiform"));
        assert_eq!(hint, !d.detail.contains("other_thing"), "{d:?}");
        assert!(d.subject.is_some(), "{d:?}");
        hint
    };
    assert_eq!(found.iter().filter(told).count(), 2, "{found:?}");
    // What depends on a provider that is not there is not told as well.
    let bench = Bench::new("provider \"aws\" {\n}\nresource \"aws_vpc\" \"a\" {\n}\n");
    let found = bench.validate();
    assert_eq!((found.len(), found.iter().filter(told).count()), (1, 1), "{found:?}");
}

#[test]
fn sensitive_values_stay_marked_through_state() {
    let bench = Bench::new(
        "resource \"fake_thing\" \"a\" {\n  name   = \"a\"\n  secret = \"hush\"\n}\noutput \"s\" {\n  value     = fake_thing.a.secret\n  sensitive = true\n}\n",
    );
    bench.apply();
    let plan = bench.plan();
    assert!(!plan.has_changes());
    assert!(plan.changes[0].after.as_ref().unwrap().get("secret").unwrap().is_sensitive());
    assert!(!plan::render::text(&plan, plan::render::RenderOptions::default()).contains("hush"));
}

#[test]
fn a_thing_out_of_reach_keeps_its_recorded_values() {
    let bench = Bench::new("resource \"fake_thing\" \"a\" {\n  name = \"a\"\n}\n");
    bench.apply();
    *bench.cloud.down.lock().unwrap() = true;
    let plan = bench.plan();
    assert!(!plan.has_changes());
    assert_eq!(plan.changes[0].unread.as_deref(), Some("the cloud is down"));
    assert_eq!(plan.changes[0].action, Action::NoOp);
}

#[test]
fn modules_and_their_instances_wait_only_for_what_they_name() {
    let bench = Bench::new(
        r#"
        module "m" {
          source   = "./m"
          for_each = { x = "1", y = "2" }
          name     = "${each.key}${each.value}"
        }
        resource "fake_thing" "last" {
          name   = "last"
          refers = module.m["y"].id
        }
        "#,
    );
    bench.write_file(
        "m/main.hcl",
        r#"
        variable "name" { type = string }
        resource "fake_thing" "this" { name = var.name }
        output "id" { value = fake_thing.this.id }
        "#,
    );
    bench.apply();
    let store = bench.store();
    let last = store.instance("fake_thing.last").unwrap();
    assert_eq!(last.dependencies, ["module.m[\"y\"].fake_thing.this"]);
    assert_eq!(last.attributes["refers"], "id-y2");
}

#[test]
fn ephemeral_values_reach_nothing_that_is_kept() {
    let bench = Bench::new(
        r#"
        variable "token" {
          type      = string
          ephemeral = true
        }
        resource "fake_thing" "kept" {
          name = var.token
        }
        resource "fake_thing" "counted" {
          count = length(var.token)
          name  = "a"
        }
        resource "fake_thing" "keyed" {
          for_each = toset([var.token])
          name     = "b"
        }
        output "out" {
          value = var.token
        }
        output "dropped" {
          value = ephemeralasnull(var.token)
        }
        "#,
    );
    let mut found: Vec<String> = bench.validate().iter().map(|d| d.summary.clone()).collect();
    found.sort();
    let expected = [
        "Ephemeral value not allowed",
        "Invalid count argument",
        "Invalid for_each argument",
        "Invalid use of ephemeral value",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_sensitive_number_may_be_a_count_and_null_may_not() {
    let bench = Bench::new(
        r#"
        resource "fake_thing" "a" {
          count = sensitive(2)
          name  = "a${count.index}"
        }
        resource "fake_thing" "b" {
          count = null
          name  = "b"
        }
        resource "fake_thing" "c" {
          for_each = toset([null])
          name     = "c"
        }
        "#,
    );
    let found: Vec<String> = bench.validate().iter().map(|d| d.summary.clone()).collect();
    assert_eq!(found, ["Invalid count argument", "Invalid for_each set argument"]);
}
