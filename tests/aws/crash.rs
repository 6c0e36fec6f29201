//! The crash sweep: apply is killed at its Nth call, before and after the effect, and its answers are lost. The next
//! apply ends in the world of an uninterrupted one.
//!
//! Every call that writes is tried, and of those that read every sixth; `ARTIFORM_SWEEP=all` tries every call,
//! `ARTIFORM_SWEEP=20` so many, evenly spread, and `ARTIFORM_SWEEP_STACK=network` does so with the whole network in two
//! regions.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use testkit::aws::When;
use testkit::aws::rules::{Lose, Moment};

use crate::stack::{Stack, say};
use crate::world::{self, World};

/// Of calls that read, one in so many is tried unless all are asked for.
const READS: usize = 6;

/// How many points of a sweep are tried at once: most of the time of each is spent waiting.
const AT_ONCE: usize = 2;

/// What is killed at its calls.
fn subject() -> Stack {
    match std::env::var("ARTIFORM_SWEEP_STACK").as_deref() {
        Ok("network") => Stack::network(),
        _ => Stack::small(),
    }
}

/// An uninterrupted apply: whether each of its calls writes, and its world.
struct Reference {
    writes: Vec<bool>,
    shape: Vec<String>,
}

impl Reference {
    fn made() -> Self {
        let stack = subject();
        stack.apply();
        let calls = stack.cloud.proxy().record().since(0);
        stack.assert_settled();
        let world = World::of(&stack);
        world.assert_one_object_per_address();
        Self { writes: calls.iter().map(|call| call.is_write).collect(), shape: world.shape() }
    }

    /// The numbers of the calls to try, 1 for the first.
    fn points(&self) -> Vec<usize> {
        let all: Vec<usize> = (1..=self.writes.len()).collect();
        if let Some(points) = asked_for(&all) {
            return points;
        }
        let mut reads = 0;
        let tried = |number: &usize| {
            let writes = self.writes[number - 1];
            reads += usize::from(!writes);
            writes || reads % READS == 1
        };
        all.into_iter().filter(tried).collect()
    }
}

/// Those of the points that the environment asks for; none where it does not say.
fn asked_for(all: &[usize]) -> Option<Vec<usize>> {
    let sweep = std::env::var("ARTIFORM_SWEEP").ok()?;
    let most = sweep.parse().unwrap_or(all.len()).min(all.len());
    Some((0..most).map(|i| all[i * all.len() / most]).collect())
}

/// Tries each point, and gives how many of them came to pass.
fn try_each(points: &[usize], attempt: impl Fn(usize) -> bool + Sync) -> usize {
    let (next, passed) = (Mutex::new(points.iter()), AtomicUsize::new(0));
    let worker = || {
        loop {
            let point = next.lock().expect("no panic while it is held").next().copied();
            let Some(point) = point else { return };
            passed.fetch_add(usize::from(attempt(point)), Ordering::Relaxed);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(worker);
        }
    });
    passed.into_inner()
}

/// After whatever happened: the next apply converges, with one object for each address and nothing to do.
#[track_caller]
fn assert_converges(stack: &Stack, expected: &[String], what: &str) {
    stack.cloud.proxy().heal();
    let run = stack.project.apply();
    assert_eq!(run.code, 0, "{what}: {}", run.stderr);
    let plan = stack.project.plan();
    assert_eq!(plan.code, 0, "{what}: {}", plan.all());
    let world = World::of(stack);
    world.assert_one_object_per_address();
    world::assert_same(&world.shape(), expected, what);
    stack.cloud.assert_no_gap(&[]);
}

/// Kills an apply at this call; tells whether it came so far.
fn killed_at(stack: &Stack, number: usize, moment: Moment) -> bool {
    stack.killed(&["apply", "-auto-approve"], When::always().nth(number as u64), moment)
}

fn sweep(moment: Moment) {
    let reference = Reference::made();
    let points = reference.points();
    let struck = try_each(&points, |number| {
        let stack = subject();
        let struck = killed_at(&stack, number, moment);
        assert_converges(&stack, &reference.shape, &format!("killed at call {number}, {moment:?}"));
        struck
    });
    let (tried, calls) = (points.len(), reference.writes.len());
    say(&format!(
        "{moment:?}: {tried} of {calls} calls tried, {struck} killed, all {tried} converged"
    ));
    // How calls interleave differs from run to run, so that the last ones may not come to pass.
    assert!(struck + 2 >= tried, "{struck} of {tried} were killed");
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
    let reference = Reference::made();
    let writes = reference.writes.iter().filter(|writes| **writes).count();
    let all: Vec<usize> = (1..=writes).collect();
    let points = asked_for(&all).unwrap_or(all);
    let tried = points.len();
    let at_once = try_each(&points, |number| {
        let stack = subject();
        stack.cloud.proxy().add(When::always().writes().nth(number as u64).rule(Lose));
        let at_once = stack.project.apply().code == 0;
        let what = format!("the answer to write {number} is lost");
        assert_converges(&stack, &reference.shape, &what);
        at_once
    });
    say(&format!(
        "lost answers: {tried} of {writes} writes tried, {at_once} ended at once, all {tried} converged"
    ));
}

#[test]
fn a_destroy_that_is_killed_is_finished_by_the_next() {
    let struck = try_each(&[3, 10, 17, 25, 33, 41, 50, 60], |number| {
        let stack = Stack::small();
        stack.apply();
        let when = When::always().nth(number as u64);
        let killed = stack.killed(&["destroy", "-auto-approve"], when, Moment::AfterEffect);
        stack.destroy();
        world::assert_empty(&stack.cloud);
        killed
    });
    assert_eq!(struck, 8, "a destroy makes more than 60 calls");
}
