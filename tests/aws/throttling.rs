//! Too many calls: fewer are in flight from then on, and more again as they succeed.

use std::time::Duration;

use testkit::aws::When;
use testkit::aws::record::Recorded;
use testkit::aws::rules::{Delay, Refuse};

use crate::stack::{Stack, say};
use crate::world;

const ADDRESSES: usize = 60;

/// How many calls may be in flight in a region at first.
const AT_FIRST: usize = 10;

/// How many of the calls are in flight when this one arrives, itself among them.
fn in_flight(calls: &[Recorded], at: &Recorded) -> usize {
    let is_under_way = |call: &&Recorded| {
        let ends = call.arrived + call.took.expect("every call is answered");
        call.arrived <= at.arrived && at.arrived < ends
    };
    calls.iter().filter(is_under_way).count()
}

#[test]
fn throttled_calls_become_fewer_and_recover() {
    let main = format!(
        "stack {{\n  name = \"throttled\"\n}}\n\nprovider \"aws\" {{\n  region = \"eu-west-1\"\n}}\n\n\
         resource \"aws_eip\" \"many\" {{\n  count = {ADDRESSES}\n}}\n"
    );
    let stack = Stack::of("throttled", &main);
    let proxy = stack.cloud.proxy();
    let refused = AT_FIRST as u64;
    proxy.add(When::always().rule(Delay::of(Duration::from_millis(200))));
    proxy.add(When::action("ec2:AllocateAddress").first(refused).rule(Refuse::throttled()));
    stack.apply();
    let mut calls = proxy.record().since(0);
    calls.retain(|call| call.name.starts_with("ec2:"));
    let throttled = calls.iter().filter(|call| call.status == Some(503));
    let last = throttled.map(|call| call.arrived + call.took.expect("an answer")).max();
    let last = last.expect("some were throttled");
    let (before, after): (Vec<_>, Vec<_>) = calls.iter().partition(|call| call.arrived <= last);
    let counts: Vec<usize> = after.iter().map(|call| in_flight(&calls, call)).collect();
    let most = before.iter().map(|call| in_flight(&calls, call)).max().unwrap_or_default();
    let soon = counts.iter().take(5).max().copied().unwrap_or_default();
    let later = counts.iter().max().copied().unwrap_or_default();
    say(&format!("in flight: {most}, throttled to {soon}, then {later} again"));
    assert!(most <= AT_FIRST && most > AT_FIRST / 2, "{most} before");
    assert!(soon <= AT_FIRST / 2, "{soon} right after: {counts:?}");
    assert!(later > soon && later <= AT_FIRST, "{later} in the end: {counts:?}");
    proxy.heal();
    stack.assert_settled();
    world::assert_one_object_per_address(&stack);
}
