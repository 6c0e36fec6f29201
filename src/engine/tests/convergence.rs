//! Whatever a stack is and is changed to: once it is applied, nothing is left to do, also where applying failed
//! or was killed on the way.

use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use tokio::sync::Notify;

use super::*;
use crate::Event;

mod stacks;

use stacks::Declaration;

/// How the first attempt to apply a stack goes.
#[derive(Clone, Debug)]
enum Accident {
    None,
    /// Some things refuse to be made.
    Refused(Vec<usize>),
    /// Things are made, and nobody hears of it.
    AnswersLost,
    /// The process ends after so many events.
    Killed(usize),
}

fn accident() -> impl Strategy<Value = Accident> {
    prop_oneof![
        1 => Just(Accident::None),
        1 => prop::collection::vec(0..7usize, 1..4).prop_map(Accident::Refused),
        1 => Just(Accident::AnswersLost),
        2 => (0..16usize).prop_map(Accident::Killed),
    ]
}

impl Bench {
    fn declare(&self, stack: &[Declaration]) {
        for (name, text) in stacks::files(stack) {
            self.write_file(&name, &text);
        }
    }

    fn source(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("main.hcl")).unwrap()
    }

    /// Applies until so many events have happened, and leaves everything as it is then.
    fn apply_until_killed(&self, events: usize) {
        let store = self.store();
        let planning = self.planning(&store);
        let killed = Arc::new(Notify::new());
        let (told, kill) = (Arc::new(AtomicUsize::new(0)), killed.clone());
        let count = move |_: Event| {
            if told.fetch_add(1, Ordering::SeqCst) >= events {
                kill.notify_one();
            }
        };
        let (_keep, stop) = watch::channel(false);
        let options = ApplyOptions { events: Events(Arc::new(count)), stop };
        let planned = planning.planned.expect("a plan");
        let applying = Box::pin(apply(planned, store.clone(), options));
        let ended = block_on(async {
            tokio::select! {
                biased;
                () = killed.notified() => false,
                _ = applying => true,
            }
        });
        if ended {
            store.commit_snapshot().unwrap();
        }
    }

    /// Lets apply come on so many times, and leaves everything as it is then; whether it ended by itself.
    fn apply_step_by_step(&self, steps: usize) -> bool {
        let store = self.store();
        let planned = self.planning(&store).planned.expect("a plan");
        let (_keep, stop) = watch::channel(false);
        let options = ApplyOptions { events: Events::silent(), stop };
        let mut applying = Box::pin(apply(planned, store.clone(), options));
        let mut left = steps;
        let coming_on = std::future::poll_fn(|context| {
            if left == 0 {
                return std::task::Poll::Ready(false);
            }
            left -= 1;
            applying.as_mut().poll(context).map(|_| true)
        });
        let ended = block_on(coming_on);
        if ended {
            store.commit_snapshot().unwrap();
        }
        ended
    }

    fn meet(&self, accident: &Accident) {
        match accident {
            Accident::None => {}
            Accident::Refused(ids) => {
                let keys = ["", "-0", "-1", "-k0", "-k2"];
                let refused = ids.iter().flat_map(|id| keys.map(|key| format!("d{id}{key}")));
                self.cloud.failing.lock().unwrap().extend(refused);
                self.try_apply();
                self.cloud.failing.lock().unwrap().clear();
            }
            Accident::AnswersLost => {
                *self.cloud.losing.lock().unwrap() = true;
                self.try_apply();
                *self.cloud.losing.lock().unwrap() = false;
            }
            Accident::Killed(events) => self.apply_until_killed(*events),
        }
    }

    /// What the recorded things of the fake provider are known by.
    fn recorded_things(&self) -> Vec<String> {
        let store = self.store();
        let snapshot = store.snapshot();
        let things = snapshot.instances.values().filter(|i| i.type_name == "fake_thing");
        let ids = things.map(|thing| thing.attributes["id"].as_str().unwrap().to_owned());
        let mut keys: Vec<String> = ids.map(|id| id.replacen("id-", "", 1)).collect();
        keys.sort();
        keys
    }

    #[track_caller]
    fn assert_settled(&self) {
        let plan = self.plan();
        assert!(!plan.has_changes(), "{:?}\n{}", actions(&plan), self.source());
        assert_eq!(self.things(), self.recorded_things(), "{}", self.source());
    }
}

/// Apply waits for the journal before and after everything that it does: it is left at each of these moments.
#[test]
fn a_replacement_that_is_created_first_survives_a_kill_at_any_moment() {
    let stack = |generation: u32| {
        let first = "lifecycle {\n    create_before_destroy = true\n  }";
        format!(
            "resource \"fake_thing\" \"a\" {{\n  name = \"a{generation}\"\n}}\nresource \"fake_thing\" \"b\" {{\n  name = \"b{generation}\"\n  refers = fake_thing.a.id\n  {first}\n}}\nresource \"fake_thing\" \"c\" {{\n  name = \"c\"\n  refers = fake_thing.b.id\n}}\n"
        )
    };
    let mut moments = 0;
    loop {
        let bench = Bench::new(&stack(1));
        bench.apply();
        bench.write(&stack(2));
        let planned = ["fake_thing.a CreateThenDelete", "fake_thing.b CreateThenDelete"];
        assert_eq!(actions(&bench.plan())[..2], planned);
        let ended = bench.apply_step_by_step(moments);
        bench.apply();
        bench.assert_settled();
        assert_eq!(bench.things(), ["a2", "b2", "c"], "killed at moment {moments}");
        let store = bench.store();
        let leftovers = store.snapshot().instances.values().any(|i| !i.deposed.is_empty());
        assert!(!leftovers && store.pending().is_empty(), "killed at moment {moments}");
        if ended {
            break;
        }
        moments += 1;
    }
    assert!(moments > 8, "apply waited only {moments} times");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_applied_leaves_nothing_to_do(
        (first, second) in stacks::stack_and_change(),
        accidents in [accident(), accident()],
    ) {
        let bench = Bench::new("");
        for (stack, accident) in [first, second].iter().zip(&accidents) {
            bench.declare(stack);
            bench.meet(accident);
            bench.apply();
            bench.assert_settled();
        }
        bench.write("");
        bench.apply();
        bench.assert_settled();
        prop_assert!(bench.things().is_empty());
    }
}
