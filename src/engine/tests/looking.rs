//! Data sources, check blocks, timeouts and providers that only apply can connect.

use super::*;

impl Bench {
    fn looks(&self) -> Vec<String> {
        self.calls().into_iter().filter(|call| call.starts_with("look")).collect()
    }
}

#[test]
fn a_known_data_source_is_read_while_planning_and_recorded() {
    let source = r#"
        resource "fake_thing" "a" { name = "a" }
        data "fake_thing" "a" {
          name       = "a"
          depends_on = [fake_thing.a]
        }
        output "id" { value = data.fake_thing.a.id }
    "#;
    let mut bench = Bench::new(source);
    // What it waits for is made by this plan, so that apply reads it.
    let plan = bench.plan();
    assert_eq!(actions(&plan), ["data.fake_thing.a Read", "fake_thing.a Create"]);
    assert_eq!(plan.changes[0].reason, Some(plan::Reason::ReadBecauseDependencyPending));
    assert_eq!(bench.apply().outputs[&Name::from("id")].value, "id-a");
    let recorded = bench.store().instance("data.fake_thing.a").unwrap();
    assert_eq!((recorded.mode, &recorded.attributes["id"]), (state::Mode::Data, &"id-a".into()));
    assert_eq!(recorded.dependencies, ["fake_thing.a"]);
    bench.calls();
    let plan = bench.plan();
    assert!(!plan.has_changes() && plan.changes.len() == 1);
    assert_eq!(bench.looks(), ["look a"]);
    bench.write("resource \"fake_thing\" \"a\" {\n  name = \"a\"\n}\n");
    bench.apply();
    assert!(bench.store().instance("data.fake_thing.a").is_none());
    bench.write(source);
    bench.apply();
    assert!(bench.store().instance("data.fake_thing.a").is_some());
    bench.options.mode = PlanMode::Destroy;
    bench.apply();
    assert!(bench.store().is_empty());
}

#[test]
fn what_a_data_source_multiplies_is_destroyed_without_reading_it() {
    let thing = "resource \"fake_thing\" \"a\" {\n  name = \"a\"\n}\n";
    let mut bench = Bench::new(thing);
    bench.apply();
    let each = r#"
        data "fake_thing" "a" { name = "a" }
        locals {
          keys = toset([data.fake_thing.a.id])
        }
        resource "fake_thing" "b" {
          for_each = local.keys
          name     = "b"
          refers   = fake_thing.a.id
        }
        resource "fake_thing" "c" {
          count = length(local.keys)
          name  = "c"
        }
        "#;
    bench.write(&format!("{thing}{each}"));
    bench.apply();
    assert!(bench.store().instance("fake_thing.b[\"id-a\"]").is_some());
    bench.calls();
    bench.options.mode = PlanMode::Destroy;
    bench.apply();
    let mut calls = bench.calls();
    calls.retain(|call| call.starts_with("delete"));
    assert_eq!((calls.len(), calls.last().map(String::as_str)), (3, Some("delete a")));
    assert!(bench.things().is_empty() && bench.store().is_empty());
}

#[test]
fn what_an_unknown_argument_names_is_read_by_apply() {
    let bench = Bench::new(
        r#"
        resource "fake_thing" "a" { name = "id-b" }
        resource "fake_thing" "b" { name = "b" }
        data "fake_thing" "a" {
          name       = fake_thing.b.id
          depends_on = [fake_thing.a]
        }
        resource "fake_thing" "c" {
          name   = "c"
          refers = data.fake_thing.a.id
        }
        "#,
    );
    let plan = bench.plan();
    let read = &plan.changes[0];
    assert_eq!(read.reason, Some(plan::Reason::ReadBecauseConfigUnknown));
    bench.apply();
    assert_eq!(bench.store().instance("fake_thing.c").unwrap().attributes["refers"], "id-id-b");
}

#[test]
fn conditions_of_data_sources_hold_too() {
    let bench = Bench::new(
        r#"
        resource "fake_thing" "a" { name = "a" }
        data "fake_thing" "a" {
          name = substr(fake_thing.a.id, 3, 1)
          lifecycle {
            postcondition {
              condition     = self.id == "id-b"
              error_message = "Not b."
            }
          }
        }
        resource "fake_thing" "after" {
          name   = "after"
          refers = data.fake_thing.a.id
        }
        "#,
    );
    let applied = bench.try_apply();
    let summaries: Vec<_> = applied.diagnostics.iter().map(|d| d.summary.as_str()).collect();
    assert_eq!(summaries, ["Resource postcondition failed"]);
    assert_eq!(bench.things(), ["a"]);
}

#[test]
fn a_check_reads_its_own_data_source_and_only_warns() {
    let source = |name: &str, wanted: &str| {
        format!(
            r#"
            resource "fake_thing" "a" {{ name = "a" }}
            check "health" {{
              data "fake_thing" "it" {{
                name       = "{name}"
                depends_on = [fake_thing.a]
              }}
              assert {{
                condition     = data.fake_thing.it.id == "{wanted}"
                error_message = "It is ${{data.fake_thing.it.id}}."
              }}
            }}
            "#
        )
    };
    let bench = Bench::new(&source("a", "id-a"));
    let plan = bench.plan();
    assert_eq!(plan.checks[0].status, plan::CheckStatus::Unknown);
    assert!(bench.looks().is_empty());
    assert!(bench.apply().diagnostics.iter().next().is_none());
    assert_eq!(bench.plan().checks[0].status, plan::CheckStatus::Pass);
    bench.write(&source("a", "other"));
    let warnings = |planning: Planning| -> Vec<String> {
        assert!(!planning.diagnostics.has_errors());
        planning.diagnostics.iter().map(|d| format!("{}: {}", d.summary, d.detail)).collect()
    };
    let found = warnings(bench.planning(&bench.store()));
    assert_eq!(found, ["Check block assertion failed: It is id-a."]);
    bench.write(&source("nobody", "x"));
    let found = warnings(bench.planning(&bench.store()));
    assert_eq!(found, ["No such thing: There is no nobody."]);
    assert_eq!(bench.plan().checks[0].status, plan::CheckStatus::Fail);
    assert!(!bench.apply().diagnostics.has_errors());
}

#[test]
fn timeouts_reach_the_provider() {
    let source = r#"
        variable "patience" { default = "1h30m" }
        resource "fake_thing" "a" {
          name = "a"
          timeouts {
            create = var.patience
            delete = "45s"
          }
        }
    "#;
    let mut bench = Bench::new(source);
    bench.apply();
    assert_eq!(*bench.cloud.timeouts.lock().unwrap(), ["create a 5400s"]);
    bench.write(&source.replace("45s", "soon").replace("create =", "creation ="));
    let mistakes = bench.mistakes();
    assert_eq!(mistakes.len(), 2, "{mistakes:?}");
    bench.write(source);
    bench.options.mode = PlanMode::Destroy;
    bench.apply();
    assert_eq!(bench.cloud.timeouts.lock().unwrap()[1], "delete a 45s");
}

#[test]
fn a_provider_that_only_apply_can_configure_is_connected_then() {
    let source = r#"
        resource "terraform_data" "account" { input = "acc" }
        provider "fake" { account = terraform_data.account.id }
        resource "fake_thing" "a" { name = "a" }
        data "fake_thing" "a" {
          name       = "a"
          depends_on = [fake_thing.a]
        }
    "#;
    let mut bench = Bench::new(source);
    let expected =
        ["data.fake_thing.a Read", "fake_thing.a Create", "terraform_data.account Create"];
    assert_eq!(actions(&bench.plan()), expected);
    bench.apply();
    assert_eq!(bench.things(), ["a"]);
    assert!(!bench.plan().has_changes());
    // What is recorded cannot be read before the connection is there again, and is read then.
    let address = "terraform_data.account".parse().unwrap();
    bench.options.replace = vec![address];
    let plan = bench.plan();
    let thing = plan.changes.iter().find(|c| c.address.to_string() == "fake_thing.a").unwrap();
    assert_eq!(thing.action, Action::ReadAgain);
    assert!(thing.unread.as_deref().unwrap().contains("known only after apply"));
    bench.apply();
    // Destroyed before what its provider is configured with.
    bench.options.replace.clear();
    bench.options.mode = PlanMode::Destroy;
    bench.apply();
    assert!(bench.store().is_empty() && bench.things().is_empty());
}

#[test]
fn a_data_source_that_is_stood_in_for_is_never_read() {
    for waits in ["", "depends_on = [fake_thing.a]"] {
        let mut bench = Bench::new(&format!(
            r#"
            resource "fake_thing" "a" {{ name = "a" }}
            data "fake_thing" "it" {{
              name = "nowhere"
              {waits}
            }}
            output "id" {{ value = data.fake_thing.it.id }}
            "#
        ));
        bench.data_stand_in = Some(Arc::new(|address, proposed| {
            let name = proposed.get("name")?.clone();
            let id = Value::string(format!("made up for {address}"));
            Some(Value::object([("id".into(), id), ("name".into(), name)]))
        }));
        let applied = bench.apply();
        let id = &applied.outputs[&Name::from("id")].value;
        assert_eq!(id, "made up for data.fake_thing.it", "{waits}");
        assert!(bench.looks().is_empty(), "{waits}");
    }
}

#[test]
fn for_each_values_that_only_apply_knows_reach_resources_and_modules() {
    let bench = Bench::new(
        r#"
        resource "fake_thing" "a" { name = "a" }
        resource "fake_thing" "b" {
          for_each = { x = fake_thing.a.id }
          name     = each.key
          refers   = each.value
        }
        module "m" {
          source   = "./m"
          for_each = { y = fake_thing.a.id }
          refers   = each.value
        }
        output "all" { value = { for k, m in module.m : k => m.refers } }
        "#,
    );
    bench.write_file(
        "m/main.hcl",
        "variable \"refers\" {\n  type = string\n}\nresource \"fake_thing\" \"c\" {\n  name   = \"c\"\n  refers = var.refers\n}\noutput \"refers\" {\n  value = fake_thing.c.refers\n}\n",
    );
    let applied = bench.apply();
    assert_eq!(applied.outputs[&Name::from("all")].value, serde_json::json!({"y": "id-a"}));
    let refers =
        |address: &str| bench.store().instance(address).unwrap().attributes["refers"].clone();
    assert_eq!(refers("fake_thing.b[\"x\"]"), "id-a");
    assert_eq!(refers("module.m[\"y\"].fake_thing.c"), "id-a");
    assert!(!bench.plan().has_changes());
}
