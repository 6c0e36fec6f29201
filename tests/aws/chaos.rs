//! Everything goes wrong at once, and the apply ends in the same world without twins.

use std::sync::Arc;

use testkit::aws::When;
use testkit::aws::rules::{Delay, Lose, Refuse, Stale};
use testkit::random::Random;

use crate::stack::{Stack, say};
use crate::world;

/// Delays, throttling, mistakes inside AWS and lost answers, in the shares that the issue asks for.
fn break_loose(stack: &Stack) {
    let mut random = Random::seeded();
    let mut seed = || random.below(u64::MAX);
    let proxy = stack.cloud.proxy();
    proxy.add(When::always().percent(25, seed()).rule(Delay::between(100..=2000, seed())));
    proxy.add(When::always().percent(20, seed()).rule(Refuse::throttled()));
    proxy.add(When::always().percent(5, seed()).rule(Refuse::failed()));
    proxy.add(When::always().percent(2, seed()).rule(Lose));
}

#[test]
fn an_apply_of_the_network_through_chaos_ends_in_the_same_world() {
    let reference = Stack::network();
    reference.apply();
    let expected = world::shape(&reference);
    let stack = Stack::network();
    break_loose(&stack);
    // An answer that is lost may leave an operation for the next run to settle.
    let runs = (1..=3).find(|_| stack.project.apply().code == 0);
    let proxy = stack.cloud.proxy();
    say(&format!("chaos: {} calls, converged in {runs:?} runs", proxy.record().count()));
    proxy.heal();
    assert!(runs.is_some(), "{}", stack.project.apply().all());
    stack.assert_settled();
    let world = world::World::of(&stack);
    world.assert_one_object_per_address();
    world::assert_same(&world.shape(), &expected, "after chaos");
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
