//! How many calls it takes to find out that there is nothing to do: in proportion to types and regions, never to things.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::conformance;
use crate::stack::{Stack, say};
use crate::world::{self, resource_type};

/// Calls per type and region, unless AWS tells of such things only one at a time.
const MOST: usize = 3;

/// Types of which AWS tells one thing at a time, or something about each.
const ONE_AT_A_TIME: &[&str] = &[
    "aws_iam_instance_profile",
    "aws_kms_key",
    "aws_s3_bucket",
    "aws_s3_bucket_lifecycle_configuration",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_bucket_versioning",
    "aws_s3_object",
    "aws_ssm_parameter",
    "aws_vpc",
];

/// How many calls it takes to read so many things of a type in a region; the table in `src/README.md` says why.
fn calls_to_read(resource: &str, count: usize) -> usize {
    let by = |batch: usize| count.div_ceil(batch);
    match resource {
        "aws_iam_role" if count > 3 => 2,
        "aws_iam_role_policy" if count > 3 => 1,
        "aws_iam_role" | "aws_iam_role_policy" | "aws_iam_instance_profile" => count,
        "aws_kms_alias" => 1,
        "aws_kms_key" => 4 * count,
        "aws_launch_template" => 2 * by(200),
        "aws_s3_object" => 2 * count,
        // AWS puts up to fifty descriptions on a page, the emulator ten.
        "aws_ssm_parameter" => 2 * by(10) + count,
        "aws_vpc" => by(200) + 2 * count,
        _ if resource.starts_with("aws_s3_") => count,
        _ => by(200),
    }
}

/// A type and a region; what is global is read in none of its own.
type Pair = (String, Option<String>);

/// How many things of each type there are in each region.
fn present(stack: &Stack) -> BTreeMap<Pair, usize> {
    let mut present = BTreeMap::new();
    for (address, values) in stack.recorded() {
        let resource = resource_type(&address).to_owned();
        if resource.starts_with("aws_") {
            let region = values["region"].as_str().map(str::to_owned);
            *present.entry((resource, region)).or_default() += 1;
        }
    }
    present
}

/// How many calls a plan that has nothing to do says that it made.
fn calls_of_a_plan(stack: &Stack) -> BTreeMap<Pair, usize> {
    let earlier = stack.cloud.proxy().record().count();
    let run = stack.project.run(&["plan", "-json", "-detailed-exitcode"]).expect_code(0);
    let calls = stack.cloud.proxy().record().since(earlier);
    let writes: Vec<_> = calls.iter().filter(|call| call.is_write).map(|call| &call.name).collect();
    assert!(writes.is_empty(), "a plan changes nothing: {writes:?}");
    let lines = run.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let told = lines.into_iter().find(|line| line["type"] == "api_calls").expect("the calls");
    assert_eq!(told["total"], calls.len(), "what is told, and what the proxy counted");
    let mut counts = BTreeMap::new();
    for count in told["calls"].as_array().expect("counts") {
        let name = count["resource_type"].as_str().unwrap_or("the connection").to_owned();
        let region = count["region"].as_str().map(str::to_owned);
        let region = region.filter(|_| !name.starts_with("aws_iam_"));
        let calls = count["calls"].as_u64().expect("a number");
        *counts.entry((name, region)).or_default() += usize::try_from(calls).expect("few");
    }
    counts
}

/// Insists that a plan that has nothing to do makes as many calls for each type and region as are documented.
#[track_caller]
pub(crate) fn assert_few(stack: &Stack) {
    let (present, calls) = (present(stack), calls_of_a_plan(stack));
    for (pair, things) in &present {
        let expected = calls_to_read(&pair.0, *things);
        let region = pair.1.as_deref().unwrap_or("no region");
        say(&format!("{expected:4} {} in {region}, {things} things", pair.0));
        assert_eq!(calls.get(pair), Some(&expected), "{things} things of {pair:?}");
        let is_bounded = expected <= MOST || ONE_AT_A_TIME.contains(&pair.0.as_str());
        assert!(is_bounded, "{expected} calls for {pair:?}");
    }
    let total: usize = calls.values().sum();
    say(&format!("{total} calls for {} pairs of type and region", present.len()));
}

#[test]
fn the_calls_of_every_type_are_documented() {
    let readme = testkit::binary::repository().join("src/README.md");
    let readme = std::fs::read_to_string(readme).expect("the code map");
    for resource in conformance::types() {
        assert!(readme.contains(&format!("`{resource}`")), "{resource} in the table of calls");
    }
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
            calls_of_a_plan(&stack).values().sum()
        })
        .into();
    assert_eq!(calls[0], calls[1], "calls for 2 and for 60 subnets and rules");
}

/// More of each than one call tells of, or than are asked for one by one.
const BATCHES: &str = r#"
stack {
  name = "batches"
}

variable "prefix" {
  type = string
}

provider "aws" {
  region = "eu-west-1"
}

resource "aws_iam_role" "many" {
  count                = 4
  name                 = "${var.prefix}-${count.index}"
  description          = "one of many"
  max_session_duration = 7200
  permissions_boundary = "arn:aws:iam::123456789012:policy/limits"
  tags                 = { Name = "many" }
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "many" {
  count = 4
  name  = "policy-${count.index}"
  role  = aws_iam_role.many[count.index].id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }]
  })
}

resource "aws_ssm_parameter" "many" {
  count       = 12
  name        = "/${var.prefix}/${count.index}"
  description = "one of many"
  type        = "String"
  value       = "value"
}
"#;

#[test]
fn drift_is_found_where_many_are_read_at_once() {
    let stack = Stack::of("batches", BATCHES);
    stack.apply();
    assert_few(&stack);
    let role = |number: usize| format!("{}-{number}", stack.prefix);
    let call = |service: &str, operation: &str, parameters| {
        let _ = stack.cloud.boto3(service, "eu-west-1", operation, parameters);
    };
    let words = json!({"RoleName": role(0), "Description": "other", "MaxSessionDuration": 7200});
    call("iam", "update_role", words);
    let tag = json!({"RoleName": role(1), "Tags": [{"Key": "More", "Value": "tags"}]});
    call("iam", "tag_role", tag);
    call("iam", "delete_role_permissions_boundary", json!({"RoleName": role(2)}));
    let policy = json!({"RoleName": role(3), "PolicyName": "policy-3"});
    call("iam", "delete_role_policy", policy);
    call("ssm", "delete_parameter", json!({"Name": format!("/{}/11", stack.prefix)}));
    let found = stack.planned();
    let changes = [
        ("aws_iam_role.many[0]", "update"),
        ("aws_iam_role.many[1]", "update"),
        ("aws_iam_role.many[2]", "update"),
        ("aws_iam_role_policy.many[3]", "create"),
        ("aws_ssm_parameter.many[11]", "create"),
    ];
    assert_eq!(found, changes.map(|(a, action)| (a.to_owned(), action.to_owned())).into());
    stack.apply_planned();
    stack.assert_settled();
    stack.destroy();
    world::assert_empty(&stack.cloud);
}
