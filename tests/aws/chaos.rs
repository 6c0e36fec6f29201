//! Everything goes wrong at once, and the apply ends in the same world without twins.

use std::sync::Arc;

use testkit::aws::When;
use testkit::aws::rules::{Delay, Lose, Refuse, Stale};
use testkit::random::Random;

use crate::stack::{Stack, say};
use crate::world;

#[test]
fn an_apply_through_chaos_ends_in_the_same_world() {
    let reference = Stack::small();
    reference.apply();
    let expected = world::shape(&reference);
    let mut random = Random::seeded();
    let stack = Stack::small();
    let proxy = stack.cloud.proxy();
    let mut seed = || random.below(u64::MAX);
    proxy.add(When::always().percent(10, seed()).rule(Delay::between(100..=2000, seed())));
    proxy.add(When::always().percent(20, seed()).rule(Refuse::throttled()));
    proxy.add(When::always().percent(5, seed()).rule(Refuse::failed()));
    proxy.add(When::always().percent(2, seed()).rule(Lose));
    // An answer that is lost may leave an operation for the next run to settle.
    let runs = (1..=3).find(|_| stack.project.apply().code == 0);
    say(&format!("chaos: {} calls, converged in {runs:?} runs", proxy.record().count()));
    assert!(runs.is_some(), "{}", stack.project.apply().all());
    proxy.heal();
    stack.assert_settled();
    world::assert_one_object_per_address(&stack);
    world::assert_same(&world::shape(&stack), &expected, "after chaos");
    stack.cloud.assert_no_gap(&[]);
}

#[test]
fn reads_that_lag_behind_writes_do_not_lead_to_twins() {
    let stack = Stack::small();
    stack.cloud.proxy().add(Arc::new(Stale::for_reads(2)));
    stack.apply();
    stack.cloud.proxy().heal();
    stack.assert_settled();
    world::assert_one_object_per_address(&stack);
}
