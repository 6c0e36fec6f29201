//! Targets and exclusions: what comes with them, what stays, and selectors that name nothing.

use super::*;
use crate::Selector;

const CHAIN: &str = r#"
    resource "fake_thing" "a" { name = "a" }
    resource "fake_thing" "b" {
      name   = "b"
      refers = fake_thing.a.id
    }
    resource "fake_thing" "c" {
      name   = "c"
      refers = local.b
    }
    resource "fake_thing" "z" { name = "z" }
    locals { b = fake_thing.b.id }
    output "b" { value = local.b }
    output "mixed" { value = "${local.b}${fake_thing.z.id}" }
    output "constant" { value = 1 }
"#;

fn selectors(texts: &[&str]) -> Vec<Selector> {
    texts.iter().map(|text| Selector((*text).into())).collect()
}

impl Bench {
    fn targeting(mut self, targets: &[&str]) -> Self {
        self.options.targets = selectors(targets);
        self
    }

    fn excluding(mut self, excludes: &[&str]) -> Self {
        self.options.excludes = selectors(excludes);
        self
    }

    fn destroying(mut self) -> Self {
        self.options.mode = PlanMode::Destroy;
        self
    }
}

#[test]
fn a_target_brings_what_it_depends_on_and_nothing_else() {
    let bench = Bench::new(CHAIN).targeting(&["fake_thing.b"]);
    let plan = bench.plan();
    assert_eq!(actions(&plan), ["fake_thing.a Create", "fake_thing.b Create"]);
    assert_eq!(plan.changes.len(), 2);
    // Only what is made of targets is a new output; the others are not spoken of.
    assert_eq!(plan.outputs.keys().map(|name| &**name).collect::<Vec<_>>(), ["b"]);
    let applied = bench.apply();
    assert_eq!(bench.things(), ["a", "b"]);
    assert_eq!(applied.outputs.keys().map(|name| &**name).collect::<Vec<_>>(), ["b"]);
    assert!(applied.diagnostics.iter().any(|d| d.summary == "Applied changes may be incomplete"));
}

#[test]
fn an_exclusion_takes_along_what_depends_on_it() {
    let bench = Bench::new(CHAIN).excluding(&["fake_thing.b"]);
    let plan = bench.plan();
    assert_eq!(actions(&plan), ["fake_thing.a Create", "fake_thing.z Create"]);
    assert_eq!(plan.outputs.keys().map(|name| &**name).collect::<Vec<_>>(), ["constant"]);
    bench.apply();
    assert_eq!(bench.things(), ["a", "z"]);
}

#[test]
fn destroying_a_target_takes_along_what_depends_on_it() {
    let bench = Bench::new(CHAIN);
    bench.apply();
    let bench = bench.targeting(&["fake_thing.b"]).destroying();
    assert_eq!(actions(&bench.plan()), ["fake_thing.b Delete", "fake_thing.c Delete"]);
    let applied = bench.apply();
    assert_eq!(bench.things(), ["a", "z"]);
    let kept: Vec<_> = applied.outputs.keys().map(|name| &**name).collect();
    assert_eq!(kept, ["b", "constant", "mixed"]);
}

#[test]
fn destroying_all_but_an_exclusion_keeps_what_that_depends_on() {
    let bench = Bench::new(CHAIN);
    bench.apply();
    let bench = bench.excluding(&["fake_thing.b"]).destroying();
    assert_eq!(actions(&bench.plan()), ["fake_thing.c Delete", "fake_thing.z Delete"]);
}

#[test]
fn what_is_gone_from_the_configuration_is_removed_only_if_it_is_named() {
    let bench = Bench::new(CHAIN);
    bench.apply();
    bench.write("resource \"fake_thing\" \"z\" {\n  name = \"z\"\n}\n");
    let bench = bench.targeting(&["fake_thing.c"]);
    assert_eq!(actions(&bench.plan()), ["fake_thing.c Delete"]);
    bench.apply();
    assert_eq!(bench.things(), ["a", "b", "z"]);
    let store = bench.store();
    assert!(store.instance("fake_thing.b").is_some());
}

#[test]
fn an_instance_brings_all_of_what_its_block_needs_and_a_glob_only_what_it_refers_to() {
    let bench = Bench::new(
        r#"
        resource "fake_thing" "a" {
          count = 3
          name  = "a${count.index}"
        }
        resource "fake_thing" "b" {
          count  = 3
          name   = "b${count.index}"
          refers = fake_thing.a[count.index].id
        }
        "#,
    );
    let bench = bench.targeting(&["fake_thing.b[1]"]);
    let all = ["fake_thing.a[0]", "fake_thing.a[1]", "fake_thing.a[2]", "fake_thing.b[1]"];
    assert_eq!(actions(&bench.plan()), all.map(|address| format!("{address} Create")));
    let bench = bench.targeting(&["*.b[1]"]);
    assert_eq!(actions(&bench.plan()), ["fake_thing.a[1] Create", "fake_thing.b[1] Create"]);
    let bench = bench.targeting(&[]).excluding(&["fake_thing.a[1]"]);
    let expected = ["fake_thing.a[0]", "fake_thing.a[2]", "fake_thing.b[0]", "fake_thing.b[2]"];
    let expected = expected.map(|address| format!("{address} Create"));
    assert_eq!(actions(&bench.plan()), expected);
}

#[test]
fn a_target_gets_past_a_count_that_only_apply_can_know() {
    let bench = Bench::new(
        r#"
        resource "fake_thing" "a" { name = "a" }
        resource "fake_thing" "b" {
          count = length(fake_thing.a.id)
          name  = "b${count.index}"
        }
        "#,
    );
    assert!(bench.mistakes()[0].starts_with("Invalid count argument"));
    let mut bench = bench.targeting(&["fake_thing.a"]);
    bench.apply();
    bench.options.targets.clear();
    bench.apply();
    assert_eq!(bench.things(), ["a", "b0", "b1", "b2", "b3"]);
    let bench = bench.excluding(&["fake_thing.b"]);
    assert!(bench.mistakes().iter().all(|mistake| mistake.starts_with("Resource targeting")));
}

#[test]
fn globs_choose_across_modules() {
    let bench = Bench::new(
        r#"
        module "site" {
          source   = "./site"
          for_each = toset(["eu", "us"])
          name     = each.key
        }
        resource "fake_thing" "hub" { name = "hub" }
        "#,
    );
    bench.write_file(
        "site/main.hcl",
        r#"
        variable "name" { type = string }
        resource "fake_thing" "db" { name = "db-${var.name}" }
        resource "fake_thing" "web" {
          name   = "web-${var.name}"
          refers = fake_thing.db.id
        }
        "#,
    );
    let bench = bench.targeting(&["*.web"]);
    let expected = ["eu", "us"].map(|site| {
        ["db", "web"].map(|name| format!("module.site[\"{site}\"].fake_thing.{name} Create"))
    });
    assert_eq!(actions(&bench.plan()), expected.concat());
    let bench = bench.targeting(&["module.site[\"e?\"].fake_thing.d*"]);
    assert_eq!(actions(&bench.plan()), ["module.site[\"eu\"].fake_thing.db Create"]);
    let bench = bench.targeting(&["module.site"]).excluding(&["*[\"us\"]*"]);
    assert_eq!(actions(&bench.plan()), expected[0]);
}

#[test]
fn what_is_not_selected_is_neither_read_nor_changed_in_the_state() {
    let bench = Bench::new(CHAIN);
    bench.apply();
    bench.write(&CHAIN.replace("name = \"z\"", "name = \"y\""));
    bench.cloud.things.lock().unwrap().remove("z");
    let before = bench.store().instance("fake_thing.z").unwrap();
    let bench = bench.targeting(&["fake_thing.a"]);
    bench.cloud.calls.lock().unwrap().clear();
    let plan = bench.plan();
    assert_eq!(*bench.cloud.calls.lock().unwrap(), ["read 1"]);
    assert!(plan.drift.is_empty() && actions(&plan).is_empty());
    bench.apply();
    assert_eq!(bench.store().instance("fake_thing.z").unwrap(), before);
}

#[test]
fn a_selector_that_names_nothing_is_refused_with_what_is_near() {
    let hints = |bench: &Bench| -> Vec<String> {
        let planning = bench.planning(&bench.store());
        let errors = planning.diagnostics.iter().filter(|d| d.is_error());
        errors.flat_map(|d| d.hints.iter().cloned()).collect()
    };
    let bench = Bench::new(CHAIN).targeting(&["fake_thng.a"]);
    assert_eq!(hints(&bench), ["did you mean fake_thing.a?"]);
    let bench = Bench::new(CHAIN).excluding(&["fake_thing.a[0]"]);
    assert_eq!(hints(&bench), ["did you mean fake_thing.a?"]);
    let bench = Bench::new(CHAIN).targeting(&["module.*"]);
    assert!(bench.mistakes()[0].starts_with("Address matches nothing"));
    // A declaration without instances is there all the same.
    let bench = Bench::new("resource \"fake_thing\" \"a\" {\n  count = 0\n  name  = \"a\"\n}\n");
    let bench = bench.targeting(&["fake_thing.a"]);
    assert!(actions(&bench.plan()).is_empty());
}

#[test]
fn a_move_cannot_be_left_out() {
    let bench = Bench::new(CHAIN);
    bench.apply();
    let moved = CHAIN.replace("\"z\" {", "\"y\" {").replace("fake_thing.z.", "fake_thing.y.");
    bench.write(&format!("{moved}\nmoved {{\n  from = fake_thing.z\n  to   = fake_thing.y\n}}\n"));
    let bench = bench.targeting(&["fake_thing.a"]);
    let mistakes = bench.mistakes();
    let refused = "Moved resource instances excluded by targeting";
    assert!(mistakes.iter().any(|mistake| mistake.starts_with(refused)), "{mistakes:?}");
    let bench = bench.targeting(&["fake_thing.a", "fake_thing.y"]);
    assert_eq!(actions(&bench.plan()), ["fake_thing.y NoOp"]);
}
