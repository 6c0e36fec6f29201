//! How many calls it takes to find out that there is nothing to do: in proportion to types and regions, never to things.

use std::collections::BTreeSet;

use testkit::aws::record::{Recorded, tally};

use crate::stack::{Stack, say};
use crate::world::resource_type;

/// Calls per type and region.
const MOST: usize = 3;

/// The calls of a plan that has nothing to do.
fn calls_of_a_plan(stack: &Stack) -> Vec<Recorded> {
    let earlier = stack.cloud.proxy().record().count();
    stack.assert_settled();
    let calls = stack.cloud.proxy().record().since(earlier);
    let writes: Vec<_> = calls.iter().filter(|call| call.is_write).map(|call| &call.name).collect();
    assert!(writes.is_empty(), "a plan changes nothing: {writes:?}");
    calls
}

/// Insists that a plan that has nothing to do makes few calls for the types and regions of a stack.
#[track_caller]
pub(crate) fn assert_few(stack: &Stack) {
    let recorded = stack.recorded();
    let present: BTreeSet<(String, String)> = recorded
        .iter()
        .filter(|(address, _)| resource_type(address).starts_with("aws_"))
        .map(|(address, values)| {
            let region = values["region"].as_str().unwrap_or_default().to_owned();
            (resource_type(address).to_owned(), region)
        })
        .collect();
    let calls = calls_of_a_plan(stack);
    for ((region, name), count) in tally(&calls) {
        say(&format!("{count:4} {name} in {region}"));
    }
    let (count, places) = (calls.len(), present.len());
    say(&format!("{count} calls for {places} pairs of type and region, {} things", recorded.len()));
    assert!(count <= MOST * places, "{count} calls for {places} pairs of type and region");
}

#[test]
fn a_plan_without_changes_makes_few_calls() {
    let stack = Stack::small();
    stack.apply();
    assert_few(&stack);
}

/// Subnets and rules over two regions, so many of each in all.
fn many(count: usize) -> String {
    format!(
        r#"
stack {{
  name = "many"
}}

provider "aws" {{
  region = "eu-west-1"
}}

region "eu-west-1" {{}}

region "us-east-1" {{}}

resource "aws_vpc" "main" {{
  for_each   = region
  region     = each.key
  cidr_block = "10.0.0.0/16"
}}

resource "aws_security_group" "main" {{
  for_each = region
  region   = each.key
  vpc_id   = aws_vpc.main[each.key].id
}}

locals {{
  regions = keys(region)
  halves  = [for i in range({count}) : {{ region = local.regions[i % 2], number = floor(i / 2) }}]
}}

resource "aws_subnet" "many" {{
  count      = {count}
  region     = local.halves[count.index].region
  vpc_id     = aws_vpc.main[local.halves[count.index].region].id
  cidr_block = cidrsubnet("10.0.0.0/16", 12, local.halves[count.index].number)
}}

resource "aws_vpc_security_group_ingress_rule" "many" {{
  count             = {count}
  region            = local.halves[count.index].region
  security_group_id = aws_security_group.main[local.halves[count.index].region].id
  cidr_ipv4         = cidrsubnet("10.0.0.0/8", 16, local.halves[count.index].number)
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
            let stack = Stack::of("many", &many(count));
            stack.apply();
            calls_of_a_plan(&stack).len()
        })
        .into();
    assert_eq!(calls[0], calls[1], "calls for 2 and for 60 subnets and rules");
}
