//! What is said of a configuration before any value counts.

use super::*;

const REPEATED: &str = r#"
    resource "fake_thing" "counted" {
      count = 3
      name  = "a"
      tyop  = 1
    }
    resource "fake_thing" "keyed" {
      for_each = { p = { a = 1 }, q = { a = 2 } }
      name     = each.value.nope
    }
    resource "fake_thing" "none" {
      count = 0
      size  = count.index.nope
    }
    module "none" {
      source = "./child"
      count  = 0
    }
    "#;

fn summaries(found: &Diagnostics) -> Vec<(String, Option<String>)> {
    found.iter().map(|d| (d.summary.clone(), d.address.clone())).collect()
}

fn told(summary: &str, address: &str) -> (String, Option<String>) {
    (summary.into(), Some(address.into()))
}

#[test]
fn a_block_is_looked_at_once_however_many_instances_it_has() {
    let bench = Bench::new(REPEATED);
    bench.write_file("child/main.hcl", "resource \"fake_thing\" \"a\" {\n  name = {}.nope\n}\n");
    let expected = [
        told("Unsupported argument", "fake_thing.counted"),
        told("Unsupported attribute", "fake_thing.none"),
        told("Missing required argument", "fake_thing.none"),
        told("Unsupported attribute", "module.none.fake_thing.a"),
    ];
    let mut found = summaries(&bench.validate());
    found.sort_by_key(|told| expected.iter().position(|expected| expected == told));
    assert_eq!(found, expected);
}

#[test]
fn a_plan_tells_what_is_wrong_with_a_block_before_what_is_wrong_with_its_values() {
    let bench = Bench::new(REPEATED);
    bench.write_file("child/main.hcl", "");
    let planning = bench.planning(&bench.store());
    assert!(planning.planned.is_none());
    let found = summaries(&planning.diagnostics);
    assert_eq!(found, summaries(&bench.validate()));
    assert!(!found.iter().any(|(_, at)| at.as_ref().is_some_and(|at| at.contains("keyed"))));
    assert!(bench.cloud.calls.lock().unwrap().is_empty());
    let values = REPEATED.replace("tyop  = 1", "").replace("size  = count.index.nope", "name = 1");
    bench.write(&values);
    let found = summaries(&bench.planning(&bench.store()).diagnostics);
    let expected = ["p", "q"]
        .map(|key| told("Unsupported attribute", &format!("fake_thing.keyed[\"{key}\"]")));
    assert_eq!(found, expected);
}

#[test]
fn a_mistake_in_a_block_without_instances_refuses_the_plan() {
    let bench = Bench::new("resource \"fake_thing\" \"none\" {\n  count = 0\n  tyop  = 1\n}\n");
    let planning = bench.planning(&bench.store());
    assert!(planning.planned.is_none());
    let expected = ["Missing required argument", "Unsupported argument"];
    let mut found: Vec<_> = planning.diagnostics.iter().map(|d| d.summary.as_str()).collect();
    found.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn nothing_is_blamed_for_what_a_missing_module_lacks() {
    let bench = Bench::new(
        r#"
        module "gone" {
          source = "./nowhere"
        }
        resource "fake_thing" "a" {
          name = module.gone.name
        }
        output "all" {
          value = module.gone
        }
        "#,
    );
    let config = Arc::new(config::load(bench.folder.path()).config);
    let input = PlanInput { config, ..Bench::new("").input(&bench.store()) };
    assert_eq!(summaries(&block_on(validate(input, diagnostics::Diagnostics::new()))), []);
}

#[test]
fn a_block_that_refers_to_its_siblings_knows_their_attributes() {
    let bench = Bench::new(
        "resource \"fake_thing\" \"a\" {\n  count = 2\n  name  = fake_thing.a[0].nope\n}\n",
    );
    let expected = [told("Unsupported attribute", "fake_thing.a")];
    assert_eq!(summaries(&bench.validate()), expected);
}
