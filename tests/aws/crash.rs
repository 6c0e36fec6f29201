//! The crash sweep: apply is killed at its Nth call, before and after the effect, and its answers are lost. The next
//! apply ends in the world of an uninterrupted one.
//!
//! A bounded sample, evenly spread over the calls, is tried; `ARTIFORM_SWEEP=all` tries every call.

use testkit::aws::When;
use testkit::aws::rules::{Lose, Moment};

use crate::stack::{Stack, say};
use crate::world;

/// How many calls of a sweep are tried unless all are asked for.
const SAMPLE: u64 = 10;

/// The numbers of the calls to try, 1 to `count`.
fn points(count: u64) -> Vec<u64> {
    let all = std::env::var("ARTIFORM_SWEEP").is_ok_and(|sweep| sweep == "all");
    let most = if all { count } else { SAMPLE.min(count) };
    (0..most).map(|i| 1 + i * count / most).collect()
}

/// An uninterrupted apply: how many calls it makes, how many of them write, and its world.
fn reference() -> (u64, u64, Vec<String>) {
    let stack = Stack::small();
    stack.apply();
    let calls = stack.cloud.proxy().record().since(0);
    let writes = calls.iter().filter(|call| call.is_write).count() as u64;
    let shape = world::shape(&stack);
    stack.assert_settled();
    world::assert_one_object_per_address(&stack);
    (calls.len() as u64, writes, shape)
}

/// After whatever happened: the next apply converges, with one object for each address and nothing to do.
#[track_caller]
fn assert_converges(stack: &Stack, expected: &[String], what: &str) {
    stack.cloud.proxy().heal();
    let run = stack.project.apply();
    assert_eq!(run.code, 0, "{what}: {}", run.all());
    world::assert_one_object_per_address(stack);
    let plan = stack.project.plan();
    assert_eq!(plan.code, 0, "{what}: {}", plan.all());
    world::assert_same(&world::shape(stack), expected, what);
    stack.cloud.assert_no_gap(&[]);
}

/// Kills an apply at this call; tells whether it came so far.
fn killed_at(stack: &Stack, number: u64, moment: Moment) -> bool {
    stack.killed(&["apply", "-auto-approve"], When::always().nth(number), moment)
}

fn sweep(moment: Moment) {
    let (count, _, shape) = reference();
    let points = points(count);
    let mut struck = 0;
    for number in &points {
        let stack = Stack::small();
        struck += usize::from(killed_at(&stack, *number, moment));
        assert_converges(&stack, &shape, &format!("killed at call {number}, {moment:?}"));
    }
    say(&format!(
        "{moment:?}: {} of {count} calls tried, {struck} killed, all converged",
        points.len()
    ));
    // How calls interleave differs from run to run, so that the last ones may not come to pass.
    assert!(struck + 1 >= points.len(), "{struck} of {} were killed", points.len());
}

#[test]
fn an_apply_that_is_killed_before_an_effect_is_finished_by_the_next() {
    sweep(Moment::BeforeEffect);
}

#[test]
fn an_apply_that_is_killed_after_an_effect_is_finished_by_the_next() {
    sweep(Moment::AfterEffect);
}

#[test]
fn a_lost_answer_makes_no_twin() {
    let (_, writes, shape) = reference();
    let points = points(writes);
    let mut at_once = 0;
    for number in &points {
        let stack = Stack::small();
        stack.cloud.proxy().add(When::always().writes().nth(*number).rule(Lose));
        at_once += usize::from(stack.project.apply().code == 0);
        assert_converges(&stack, &shape, &format!("the answer to write {number} is lost"));
    }
    say(&format!(
        "lost answers: {} of {writes} writes tried, {at_once} ended at once, all converged",
        points.len()
    ));
}

#[test]
fn a_destroy_that_is_killed_is_finished_by_the_next() {
    for number in [3, 25, 60] {
        let stack = Stack::small();
        stack.apply();
        let when = When::always().nth(number);
        let killed = stack.killed(&["destroy", "-auto-approve"], when, Moment::AfterEffect);
        assert!(killed, "a destroy makes more than {number} calls");
        stack.destroy();
        world::assert_empty(&stack.cloud);
    }
}
