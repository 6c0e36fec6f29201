//! An AWS account on this machine for programs that are not tests: an emulator behind the proxy, until input ends.
//!
//! The first line of output is a JSON object of the variables that lead a command to it, after which each line of
//! input is answered with one JSON object:
//!
//! ```text
//! delay MS     every call takes so long more from now on     {}
//! calls        the calls since this was last asked           {"count": 3, "names": {"ec2:DescribeVpcs": 2, ...}}
//! ```

use std::collections::BTreeMap;
use std::io::{BufRead, Write, stdin, stdout};
use std::time::Duration;

use serde_json::{Value, json};
use testkit::aws::rules::Delay;
use testkit::aws::{Cloud, When};

fn main() {
    let cloud = Cloud::new();
    let environment: BTreeMap<String, String> = cloud.environment().into_iter().collect();
    say(&json!(environment));
    let mut told = 0;
    for line in stdin().lock().lines().map_while(Result::ok) {
        say(&answer(&cloud, &line, &mut told));
    }
}

fn answer(cloud: &Cloud, line: &str, told: &mut u64) -> Value {
    let proxy = cloud.proxy();
    match line.split_once(' ').unwrap_or((line, "")) {
        ("delay", ms) => {
            let time = Duration::from_millis(ms.parse().expect("a number of milliseconds"));
            proxy.heal();
            proxy.add(When::always().rule(Delay::of(time)));
            json!({})
        }
        ("calls", _) => {
            let calls = proxy.record().since(*told);
            *told += calls.len() as u64;
            let mut names: BTreeMap<&str, usize> = BTreeMap::new();
            for call in &calls {
                *names.entry(&call.name).or_default() += 1;
            }
            json!({ "count": calls.len(), "names": names })
        }
        _ => panic!("no such request: {line}"),
    }
}

fn say(value: &Value) {
    let written = writeln!(stdout(), "{value}");
    written.and_then(|()| stdout().flush()).expect("somebody listens");
}
