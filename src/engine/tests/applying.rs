//! What happens while applying: failures, interrupts, lost answers.

use super::*;

#[test]
fn independent_branches_finish_and_dependents_are_not_tried() {
    let bench = Bench::new(
        r#"
        resource "fake_thing" "bad" { name = "bad" }
        resource "fake_thing" "after" {
          name   = "after"
          refers = fake_thing.bad.id
        }
        resource "fake_thing" "good" { name = "good" }
        "#,
    );
    bench.cloud.failing.lock().unwrap().push("bad".into());
    let applied = bench.try_apply();
    assert_eq!(applied.diagnostics.iter().filter(|d| d.is_error()).count(), 1);
    assert_eq!(bench.things(), ["good"]);
    bench.cloud.failing.lock().unwrap().clear();
    assert_eq!(actions(&bench.plan()), ["fake_thing.after Create", "fake_thing.bad Create"]);
    bench.apply();
    assert_eq!(bench.things(), ["after", "bad", "good"]);
}

#[test]
fn a_lost_answer_leaves_no_twin_and_no_orphan() {
    let bench = Bench::new("resource \"fake_thing\" \"a\" {\n  name = \"a\"\n}\n");
    *bench.cloud.losing.lock().unwrap() = true;
    let applied = bench.try_apply();
    assert!(applied.diagnostics.has_errors());
    *bench.cloud.losing.lock().unwrap() = false;
    bench.calls();
    // The thing is found by its token and taken into the state.
    let plan = bench.plan();
    assert!(!plan.has_changes(), "{:?}", actions(&plan));
    assert!(bench.calls().is_empty(), "a plan finishes nothing");
    bench.apply();
    assert_eq!(bench.calls(), ["claim a"]);
    let store = bench.store();
    assert!(store.pending().is_empty());
    assert_eq!(store.instance("fake_thing.a").unwrap().attributes["id"], "id-a");
}

#[test]
fn told_to_stop_it_starts_nothing_more() {
    let bench = Bench::new("resource \"fake_thing\" \"a\" {\n  name = \"a\"\n}\n");
    let store = bench.store();
    let planned = bench.planning(&store).planned.unwrap();
    let (_keep, stop) = watch::channel(true);
    let options = ApplyOptions { events: Events::silent(), stop };
    let applied = block_on(apply(planned, store, options));
    assert!(applied.interrupted);
    assert!(bench.things().is_empty());
}

#[test]
fn a_thousand_links_are_applied_in_order() {
    let mut source = String::from("resource \"terraform_data\" \"t0\" {\n  input = 1\n}\n");
    for i in 1..300 {
        source.push_str(&format!(
            "resource \"terraform_data\" \"t{i}\" {{\n  input = terraform_data.t{}.output\n}}\n",
            i - 1
        ));
    }
    let bench = Bench::new(&source);
    let applied = bench.apply();
    assert_eq!(applied.added, 300);
    assert!(!bench.plan().has_changes());
    let store = bench.store();
    let last = store.instance("terraform_data.t299").unwrap();
    // Only the direct dependency is recorded, so that state grows linearly with a chain.
    assert_eq!(last.dependencies, ["terraform_data.t298"]);
    drop(last);
}

#[test]
fn an_output_that_is_not_known_yet_keeps_its_recorded_value() {
    let source = |name: &str| {
        format!(
            "resource \"fake_thing\" \"a\" {{\n  name = \"{name}\"\n}}\nresource \"fake_thing\" \"b\" {{\n  name = \"b\"\n}}\noutput \"id\" {{\n  value = fake_thing.a.id\n}}\n"
        )
    };
    let mut bench = Bench::new(&source("one"));
    bench.apply();
    bench.write(&source("two"));
    bench.options.mode = PlanMode::RefreshOnly;
    let applied = bench.apply();
    assert_eq!(applied.outputs[&Name::from("id")].value, "id-one");
    bench.options.mode = PlanMode::Normal;
    assert_eq!(bench.apply().outputs[&Name::from("id")].value, "id-two");
}

#[test]
fn what_refers_to_a_whole_resource_is_destroyed_before_any_of_it() {
    let source = r#"
        resource "fake_thing" "a" {
          count = 3
          name  = "a${count.index}"
        }
        resource "fake_thing" "b" {
          count  = 3
          name   = "b${count.index}"
          refers = join(",", fake_thing.a[*].id)
        }
        "#;
    let mut bench = Bench::new(source);
    bench.apply();
    bench.calls();
    bench.options.mode = PlanMode::Destroy;
    bench.apply();
    let mut calls = bench.calls();
    calls.retain(|call| call.starts_with("delete"));
    assert_eq!(calls.len(), 6, "{calls:?}");
    assert!(calls[..3].iter().all(|call| call.contains('b')), "{calls:?}");
    assert!(bench.things().is_empty());
}

#[test]
fn edges_between_whole_resources_grow_with_their_sum_not_their_product() {
    let source = r#"
        resource "terraform_data" "a" { count = 40 }
        resource "terraform_data" "b" {
          count = 40
          input = length(terraform_data.a)
        }
        "#;
    let mut bench = Bench::new(source);
    let edges = |bench: &Bench| {
        let store = bench.store();
        let planned = bench.planning(&store).planned.unwrap();
        let steps = crate::steps::build(&planned.run).unwrap();
        steps.dependents.iter().map(Vec::len).sum::<usize>()
    };
    assert_eq!(edges(&bench), 80);
    bench.apply();
    bench.options.mode = PlanMode::Destroy;
    assert_eq!(edges(&bench), 80);
}
