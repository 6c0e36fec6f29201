//! How many calls it takes to find out that there is nothing to do: in proportion to types and regions, never to things.

use std::collections::BTreeSet;

use testkit::aws::record::tally;

use crate::stack::{Stack, say};
use crate::world::resource_type;

/// Calls per type and region.
const MOST: usize = 3;

/// The calls of a plan that has nothing to do.
fn calls_of_a_plan(stack: &Stack) -> usize {
    let earlier = stack.cloud.proxy().record().count();
    stack.assert_settled();
    let calls = stack.cloud.proxy().record().since(earlier);
    for ((region, name), count) in tally(&calls) {
        say(&format!("{count:4} {name} in {region}"));
    }
    let writes: Vec<_> = calls.iter().filter(|call| call.is_write).map(|call| &call.name).collect();
    assert!(writes.is_empty(), "a plan changes nothing: {writes:?}");
    calls.len()
}

#[test]
fn a_plan_without_changes_makes_few_calls() {
    let stack = Stack::small();
    stack.apply();
    let types: BTreeSet<String> =
        stack.recorded().keys().map(|address| resource_type(address).to_owned()).collect();
    let calls = calls_of_a_plan(&stack);
    say(&format!("{calls} calls for {} types in one region", types.len()));
    assert!(calls <= MOST * types.len(), "{calls} calls for {} types", types.len());
}

fn subnets(count: usize) -> String {
    format!(
        r#"
stack {{
  name = "many"
}}

provider "aws" {{
  region = "eu-west-1"
}}

resource "aws_vpc" "main" {{
  cidr_block = "10.0.0.0/16"
}}

resource "aws_security_group" "main" {{
  vpc_id = aws_vpc.main.id
}}

resource "aws_subnet" "many" {{
  count      = {count}
  vpc_id     = aws_vpc.main.id
  cidr_block = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
}}

resource "aws_vpc_security_group_ingress_rule" "many" {{
  count             = {count}
  security_group_id = aws_security_group.main.id
  cidr_ipv4         = "10.0.${{count.index}}.0/24"
  from_port         = 443
  to_port           = 443
  ip_protocol       = "tcp"
}}
"#
    )
}

#[test]
fn many_things_are_read_with_as_many_calls_as_few() {
    let calls: Vec<usize> = [2, 60]
        .map(|count| {
            let stack = Stack::of("many", &subnets(count));
            stack.apply();
            calls_of_a_plan(&stack)
        })
        .into();
    assert_eq!(calls[0], calls[1], "calls for 2 and for 60 subnets and rules");
}
