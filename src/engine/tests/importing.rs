//! `import` blocks and the command `import`: what is there already comes under management.

use super::*;
use crate::{ImportTarget, Selector};

/// Makes things that no state knows.
fn with_strangers(source: &str, names: &[&str]) -> Bench {
    let makers = names.iter().map(|name| {
        format!("resource \"fake_thing\" \"{name}\" {{\n  name = \"{name}\"\n  size = 1\n}}\n")
    });
    let mut bench = Bench::new(&makers.collect::<String>());
    bench.apply();
    bench.calls();
    let strangers = bench.cloud.clone();
    bench = Bench::new(source);
    bench.cloud = strangers;
    bench
}

fn imports(plan: &Plan) -> Vec<String> {
    let importing = |change: &plan::ResourceChange| {
        let id = change.importing.as_ref()?.id.clone();
        Some(format!("{} {:?} {id}", change.address, change.action))
    };
    plan.changes.iter().filter_map(importing).collect()
}

#[test]
fn what_is_there_is_imported_and_then_differs_in_nothing() {
    let bench = with_strangers(
        r#"
        import {
          to = fake_thing.a
          id = "a"
        }
        resource "fake_thing" "a" {
          name = "a"
          size = 1
        }
        "#,
        &["a"],
    );
    let plan = bench.plan();
    assert_eq!(imports(&plan), ["fake_thing.a NoOp a"]);
    assert_eq!((plan.summary().import, plan.summary().change), (1, 0));
    let applied = bench.apply();
    assert_eq!(applied.imported, 1);
    assert!(bench.calls().is_empty());
    assert_eq!(bench.store().instance("fake_thing.a").unwrap().attributes["id"], "id-a");
    // The block may stay: it says what is so already.
    let plan = bench.plan();
    assert!(!plan.has_changes(), "{:?}", actions(&plan));
}

#[test]
fn what_differs_from_its_block_is_changed_by_the_same_apply() {
    let bench = with_strangers(
        r#"
        import {
          to = fake_thing.a
          id = "a"
        }
        resource "fake_thing" "a" {
          name = "a"
          size = 2
        }
        "#,
        &["a"],
    );
    assert_eq!(imports(&bench.plan()), ["fake_thing.a Update a"]);
    let applied = bench.apply();
    assert_eq!((applied.imported, applied.changed), (1, 1));
    assert_eq!(bench.calls(), ["update a"]);
    assert!(!bench.plan().has_changes());
}

#[test]
fn for_each_imports_instances_inside_of_module_instances() {
    let bench = with_strangers(
        r#"
        locals { sites = { eu = "a", us = "b" } }
        import {
          for_each = local.sites
          to       = module.site[each.key].fake_thing.this["x"]
          id       = each.value
        }
        module "site" {
          source   = "./site"
          for_each = local.sites
          name     = each.value
        }
        "#,
        &["a", "b"],
    );
    bench.write_file(
        "site/main.hcl",
        "variable \"name\" {\n  type = string\n}\nresource \"fake_thing\" \"this\" {\n  for_each = toset([\"x\"])\n  name     = var.name\n  size     = 1\n}\n",
    );
    let expected = [("eu", "a"), ("us", "b")]
        .map(|(site, id)| format!("module.site[\"{site}\"].fake_thing.this[\"x\"] NoOp {id}"));
    assert_eq!(imports(&bench.plan()), expected);
    bench.apply();
    assert!(!bench.plan().has_changes());
}

#[test]
fn imports_that_cannot_be_are_refused_together() {
    let bench = with_strangers(
        r#"
        import {
          to = fake_thing.nowhere
          id = "a"
        }
        import {
          to = fake_thing.many["z"]
          id = "a"
        }
        import {
          to = fake_thing.one
          id = join("", [])
        }
        import {
          to = fake_thing.two
          id = "nothing"
        }
        import {
          to = fake_thing.three
          id = fake_thing.new.id
        }
        resource "fake_thing" "many" {
          for_each = toset(["x"])
          name     = each.key
        }
        resource "fake_thing" "one" { name = "one" }
        resource "fake_thing" "two" { name = "two" }
        resource "fake_thing" "three" { name = "three" }
        resource "fake_thing" "new" { name = "new" }
        "#,
        &["a"],
    );
    let mistakes = bench.mistakes();
    let summaries = |start: &str| mistakes.iter().filter(|m| m.starts_with(start)).count();
    assert_eq!(summaries("Configuration for import target does not exist"), 2, "{mistakes:#?}");
    assert_eq!(summaries("Invalid import id argument"), 2, "{mistakes:#?}");
    assert_eq!(summaries("No such thing"), 1, "{mistakes:#?}");
    assert_eq!(mistakes.len(), 5);
}

#[test]
fn configuration_is_generated_for_a_target_without_a_block() {
    let source = "import {\n  to = fake_thing.a\n  id = \"a\"\n}\n";
    let mut bench = with_strangers(source, &["a"]);
    bench.options.generate_config = true;
    let plan = bench.plan();
    assert_eq!(imports(&plan), ["fake_thing.a NoOp a"]);
    let text = plan::render::text(&plan, plan::render::RenderOptions::default());
    assert!(
        text.contains("fake_thing.a will be imported\n  # (config will be generated)"),
        "{text}"
    );
    let import = plan.changes[0].importing.clone().unwrap();
    bench.write_file("generated.hcl", &import.generated_config.unwrap());
    bench.options.generate_config = false;
    assert_eq!(imports(&bench.plan()), ["fake_thing.a NoOp a"]);
    bench.apply();
    assert!(!bench.plan().has_changes());
}

#[test]
fn the_command_imports_one_thing_and_changes_nothing_else() {
    let source = "resource \"fake_thing\" \"a\" {\n  name = \"a\"\n  size = 5\n}\nresource \"fake_thing\" \"b\" {\n  name = \"b\"\n}\n";
    let mut bench = with_strangers(source, &["a"]);
    let address: lang::ResourceAddress = "fake_thing.a".parse().unwrap();
    let before = bench.options.clone();
    bench.options = PlanOptions {
        mode: PlanMode::RefreshOnly,
        refresh: false,
        targets: vec![Selector("fake_thing.a".into())],
        imports: vec![ImportTarget { address, id: "a".into() }],
        ..PlanOptions::default()
    };
    let applied = bench.apply();
    assert!(applied.diagnostics.iter().next().is_none());
    assert!(bench.calls().is_empty());
    bench.options = before;
    assert_eq!(actions(&bench.plan()), ["fake_thing.a Update", "fake_thing.b Create"]);
    let missing = ImportTarget { address: "fake_thing.c".parse().unwrap(), id: "a".into() };
    bench.options.imports = vec![missing];
    assert!(bench.mistakes()[0].starts_with("Configuration for import target does not exist"));
}
