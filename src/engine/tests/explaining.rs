//! Why things change: causes that only a world can give.

use super::*;
use crate::{Outcome, Why, explain};

impl Bench {
    /// The causes of an instance, as facts.
    fn causes(&self, address: &str) -> Vec<Vec<(Outcome, Why)>> {
        let planned = self.planning(&self.store()).planned.expect("a plan");
        let explained = explain(&planned, address).expect("an explanation");
        let links = explained.into_iter().flat_map(|one| one.links);
        let facts = |link: crate::Link| {
            link.causes.into_iter().map(move |cause| (link.outcome, cause.why)).collect()
        };
        links.map(facts).collect()
    }
}

const SOURCE: &str = r#"
    resource "fake_thing" "a" {
      name = "a"
      size = 1
    }
    resource "fake_thing" "b" {
      name   = "b"
      refers = fake_thing.a.id
    }
"#;

#[test]
fn what_was_changed_outside_is_put_right_and_says_so() {
    let bench = Bench::new(SOURCE);
    bench.apply();
    {
        let mut things = bench.cloud.things.lock().unwrap();
        let thing = things.get_mut("a").unwrap();
        let mut entries = thing.1.entries().cloned().unwrap_or_default();
        entries.insert("size".into(), Value::int(7));
        thing.1 = Value::object(entries);
    }
    let update = Outcome::Action(Action::Update);
    assert_eq!(bench.causes("fake_thing.a"), [[(update, Why::Drift)]]);
    assert!(bench.causes("fake_thing.b").is_empty());
}

#[test]
fn what_was_deleted_outside_is_the_root_cause_of_what_refers_to_it() {
    let bench = Bench::new(SOURCE);
    bench.apply();
    bench.cloud.things.lock().unwrap().remove("a");
    let causes = bench.causes("fake_thing.b");
    let create = Outcome::Action(Action::Create);
    let decided = Why::Provider { attributes: vec!["id".into()] };
    assert_eq!(causes[0], [(create, Why::Missing), (create, decided)]);
    let to = "fake_thing.a".to_owned();
    assert_eq!(causes[1], [(Outcome::Action(Action::Update), Why::Reference { to })]);
}

#[test]
fn a_long_chain_is_followed_to_its_start() {
    let link = |i: usize| {
        let refers =
            if i == 0 { "var.first".into() } else { format!("fake_thing.n{}.refers", i - 1) };
        format!("resource \"fake_thing\" \"n{i}\" {{\n  name = \"n{i}\"\n  refers = {refers}\n}}\n")
    };
    let chain = |first: &str| {
        let variable = format!("variable \"first\" {{\n  default = \"{first}\"\n}}\n");
        variable + &(0..300).map(link).collect::<String>()
    };
    let bench = Bench::new(&chain("x"));
    bench.apply();
    bench.write(&chain("y"));
    let causes = bench.causes("fake_thing.n299");
    assert_eq!(causes.len(), 300);
    let inputs = vec!["var.first".to_owned()];
    assert_eq!(causes[0][0].1, Why::Configuration { inputs });
}
