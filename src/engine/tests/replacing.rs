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
