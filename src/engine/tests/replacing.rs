//! What replaces what: names of generations, what cannot be there beside what it replaces, and lost answers.

use super::*;

fn first(name: &str) -> String {
    format!(
        "resource \"fake_thing\" \"a\" {{\n  name = \"{name}\"\n  lifecycle {{\n    create_before_destroy = true\n  }}\n}}\n"
    )
}

fn recorded(bench: &Bench, attribute: &str) -> String {
    let store = bench.store();
    let instance = store.instance("fake_thing.a").unwrap();
    instance.attributes[attribute].as_str().unwrap_or_default().to_owned()
}

#[test]
fn names_are_derived_from_the_generation_too() {
    let bench = Bench::new(&first("one"));
    bench.apply();
    let seed = recorded(&bench, "seed");
    bench.apply();
    assert_eq!(recorded(&bench, "seed"), seed, "nothing was replaced");
    bench.write(&first("two"));
    bench.apply();
    let next = recorded(&bench, "seed");
    assert_ne!(next, seed);
    bench.write(&first("three"));
    bench.apply();
    assert!(![seed, next].contains(&recorded(&bench, "seed")));
}

#[test]
fn an_interrupted_create_has_its_names_again() {
    let bench = Bench::new(&first("one"));
    bench.apply();
    bench.write(&first("two"));
    *bench.cloud.losing.lock().unwrap() = true;
    assert!(bench.try_apply().diagnostics.has_errors());
    *bench.cloud.losing.lock().unwrap() = false;
    // What it made is lost too, so that it has to be made again.
    let made = bench.cloud.things.lock().unwrap().remove("two").unwrap().1;
    bench.apply();
    assert_eq!(Some(recorded(&bench, "seed").as_str()), made.get("seed").and_then(Value::as_str));
}

#[test]
fn a_lost_answer_of_a_replacement_does_not_lose_what_it_replaces() {
    let bench = Bench::new(&first("one"));
    bench.apply();
    bench.write(&first("two"));
    *bench.cloud.losing.lock().unwrap() = true;
    assert!(bench.try_apply().diagnostics.has_errors());
    *bench.cloud.losing.lock().unwrap() = false;
    assert_eq!(bench.things(), ["one", "two"]);
    bench.apply();
    assert_eq!(bench.things(), ["two"]);
    assert_eq!(recorded(&bench, "id"), "id-two");
    assert!(!bench.plan().has_changes());
}

#[test]
fn what_cannot_be_there_beside_the_old_one_is_not_created_first() {
    let tenant = |first: bool| {
        format!(
            "resource \"fake_tenant\" \"a\" {{\n  name = \"a\"\n  refers = fake_thing.a.id\n  lifecycle {{\n    create_before_destroy = {first}\n  }}\n}}\nresource \"fake_thing\" \"a\" {{\n  name = \"host\"\n}}\n"
        )
    };
    let mut bench = Bench::new(&tenant(true));
    bench.apply();
    bench.options.replace = vec!["fake_tenant.a".parse().unwrap()];
    assert_eq!(bench.mistakes()[0], "Name is taken: The old one has it.");
    bench.write(&tenant(false));
    assert_eq!(actions(&bench.plan()), ["fake_tenant.a DeleteThenCreate"]);
}

#[test]
fn what_gets_another_key_is_destroyed_before_what_it_refers_to_is_replaced() {
    let source = |name: &str, repeated: &str, one: &str| {
        format!(
            r#"
            resource "fake_thing" "base" {{ name = "{name}" }}
            resource "fake_thing" "middle" {{
              {repeated}
              name   = "middle"
              refers = fake_thing.base.id
            }}
            resource "fake_thing" "top" {{
              name   = "top"
              size   = {}
              refers = fake_thing.middle{one}.id
            }}
            "#,
            one.len()
        )
    };
    let bench = Bench::new(&source("old", "for_each = toset([\"k\"])", "[\"k\"]"));
    bench.apply();
    bench.calls();
    bench.write(&source("new", "", ""));
    bench.apply();
    assert_eq!(
        bench.calls(),
        ["delete middle", "delete old", "create new", "create middle", "update top"]
    );
    assert!(!bench.plan().has_changes());
}

#[test]
fn what_is_made_where_something_moved_away_has_names_of_its_own() {
    let seed = |bench: &Bench, address: &str| {
        let store = bench.store();
        store.instance(address).unwrap().attributes["seed"].as_str().unwrap().to_owned()
    };
    let thing = |name: &str, size: u32| {
        format!("resource \"fake_thing\" \"{name}\" {{\n  name = \"{name}{size}\"\n}}\n")
    };
    let moved = "moved {\n  from = fake_thing.a\n  to   = fake_thing.b\n}\n";
    let bench = Bench::new(&thing("a", 1));
    bench.apply();
    let first = seed(&bench, "fake_thing.a");
    bench.write(&format!("{}{}{moved}", thing("a", 2), thing("b", 0).replace("b0", "a1")));
    // Refused at first, so that it is made by the next run, when the move is recorded already.
    bench.cloud.failing.lock().unwrap().push("a2".into());
    bench.try_apply();
    bench.cloud.failing.lock().unwrap().clear();
    assert_eq!(
        bench.store().instance("fake_thing.b").unwrap().made_at.as_deref(),
        Some("fake_thing.a")
    );
    bench.apply();
    assert_eq!(seed(&bench, "fake_thing.b"), first);
    let second = seed(&bench, "fake_thing.a");
    assert_ne!(second, first);
    // What is changed in place keeps its name; what replaces it is named after where it is.
    bench.write(&format!("{}{}", thing("a", 2), thing("b", 0)));
    bench.apply();
    assert!(bench.store().instance("fake_thing.b").unwrap().made_at.is_none());
    assert!(![first, second].contains(&seed(&bench, "fake_thing.b")));
}

#[test]
fn what_is_made_where_a_leftover_was_made_has_names_of_its_own() {
    let thing = |name: &str, thing: &str| {
        format!("resource \"fake_thing\" \"{name}\" {{\n  name = \"{thing}\"\n}}\n")
    };
    let moved = "moved {\n  from = fake_thing.a\n  to   = fake_thing.b\n}\n";
    let bench = Bench::new(&thing("a", "one"));
    bench.apply();
    let first = recorded(&bench, "seed");
    bench.write(&format!("{}{moved}", thing("b", "one")));
    bench.apply();
    let store = bench.store();
    let mut state = (*store.instance("fake_thing.b").unwrap()).clone();
    let replacement = state.attributes.clone();
    state.depose("00aabbcc");
    state.attributes = replacement;
    assert_eq!(state.deposed[0].made_at.as_deref(), Some("fake_thing.a"));
    assert!(state.made_at.is_none());
    let put = state::Change::put(state);
    block_on(store.append(state::Record::changes(vec![put]))).unwrap();
    drop(store);
    bench.write(&format!("{}{}", thing("a", "two"), thing("b", "one")));
    bench.apply();
    assert_ne!(recorded(&bench, "seed"), first);
}

#[test]
fn what_was_replaced_is_not_forgotten_with_what_replaced_it() {
    let bench = Bench::new(&first("one"));
    bench.apply();
    let store = bench.store();
    let mut state = (*store.instance("fake_thing.a").unwrap()).clone();
    let mut replacement = state.attributes.clone();
    replacement["id"] = "id-gone".into();
    state.depose("00aabbcc");
    state.attributes = replacement;
    let put = state::Change::put(state);
    block_on(store.append(state::Record::changes(vec![put]))).unwrap();
    let planned = bench.planning(&store).planned.unwrap();
    // Stopped before it does anything but write down what it found.
    let (_keep, stop) = watch::channel(true);
    let options = ApplyOptions { events: Events::silent(), stop };
    block_on(apply(planned, store.clone(), options));
    let now = store.instance("fake_thing.a").unwrap();
    assert!(!now.has_current());
    assert_eq!(now.deposed[0].key, "00aabbcc");
}
