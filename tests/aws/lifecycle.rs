//! A network's whole life: made, changed, tampered with behind its back, mended, destroyed.

use std::collections::BTreeMap;

use serde_json::json;

use crate::stack::{Stack, small};
use crate::world;

const REGION: &str = "eu-west-1";

fn planned(expected: &[(&str, &str)]) -> BTreeMap<String, String> {
    expected.iter().map(|(address, action)| ((*address).into(), (*action).into())).collect()
}

#[test]
fn an_applied_stack_needs_nothing_and_its_destruction_leaves_nothing() {
    let stack = Stack::small();
    stack.project.plan().expect_code(2);
    stack.apply();
    stack.assert_settled();
    stack.project.apply().expect_code(0).expect_words(&["0 added, 0 changed, 0 destroyed"]);
    stack.assert_ends_well();
}

#[test]
fn the_small_stack_has_one_of_every_type() {
    let text = small();
    for case in crate::conformance::types() {
        assert!(text.contains(&format!("resource \"{case}\" ")), "{case}");
    }
}

#[test]
fn everything_that_has_tags_says_whose_it_is() {
    let stack = Stack::small();
    stack.apply();
    let tagged = ["aws_eip", "aws_internet_gateway", "aws_nat_gateway", "aws_subnet", "aws_vpc"];
    for thing in world::census(&stack.cloud) {
        if tagged.contains(&thing.resource) {
            assert_eq!(thing.tag("artiform:stack"), Some("small"), "{thing:?}");
            let address = thing.tag("artiform:address").unwrap_or_else(|| panic!("{thing:?}"));
            assert_eq!(stack.attribute(address, "id"), thing.id);
        }
    }
}

#[test]
fn changes_of_different_kinds_are_planned_and_made() {
    let stack = Stack::small();
    stack.apply();
    let main = small()
        .replace("{ Name = var.prefix }", "{ Name = \"changed\" }")
        .replace("cidr_block        = \"10.20.1.0/24\"", "cidr_block        = \"10.20.2.0/24\"")
        .replace("value  = \"parameter-value\"", "value  = \"another-value\"")
        .replace("[\"s3:GetObject\"]", "[\"s3:GetObject\", \"s3:PutObject\"]")
        .replace("resource \"aws_subnet\" \"public\"", "resource \"aws_eip\" \"more\" {\n  domain = \"vpc\"\n}\n\nresource \"aws_subnet\" \"public\"");
    let egress = main.find("resource \"aws_vpc_security_group_egress_rule\"").expect("the rule");
    let after = main[egress..].find("\n}\n").map(|end| egress + end + 3).expect("its end");
    stack.rewrite(&format!("{}{}", &main[..egress], &main[after..]));
    let expected = planned(&[
        ("aws_eip.more", "create"),
        ("aws_iam_role_policy.server", "update"),
        ("aws_route_table_association.private", "replace"),
        ("aws_ssm_parameter.secret", "update"),
        ("aws_subnet.private", "replace"),
        ("aws_vpc.main", "update"),
        ("aws_vpc_security_group_egress_rule.all", "delete"),
    ]);
    assert_eq!(stack.planned(), expected);
    stack.apply();
    stack.assert_settled();
    world::assert_one_object_per_address(&stack);
    let parameter = json!({"Name": format!("/{}/secret", stack.prefix), "WithDecryption": true});
    let found = stack.cloud.boto3("ssm", REGION, "get_parameter", parameter);
    assert_eq!(found["Parameter"]["Value"], "another-value");
    stack.destroy();
    world::assert_empty(&stack.cloud);
}

#[test]
fn what_was_tampered_with_is_found_exactly_and_mended() {
    let stack = Stack::small();
    stack.apply();
    let expected = world::shape(&stack);
    let tamper = |service: &str, operation: &str, parameters| {
        let _ = stack.cloud.boto3(service, REGION, operation, parameters);
    };
    let vpc = stack.attribute("aws_vpc.main", "id");
    tamper(
        "ec2",
        "modify_vpc_attribute",
        json!({"VpcId": vpc, "EnableDnsHostnames": {"Value": false}}),
    );
    let table = stack.attribute("aws_route_table.private", "id");
    tamper(
        "ec2",
        "delete_route",
        json!({"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0"}),
    );
    let subnet = stack.attribute("aws_subnet.public", "id");
    tamper(
        "ec2",
        "create_tags",
        json!({"Resources": [subnet], "Tags": [{"Key": "Name", "Value": "mine"}]}),
    );
    let bucket = stack.attribute("aws_s3_bucket.blobs", "id");
    tamper("s3", "delete_public_access_block", json!({"Bucket": bucket}));
    let name = format!("/{}/secret", stack.prefix);
    tamper(
        "ssm",
        "put_parameter",
        json!({"Name": name, "Value": "stolen", "Type": "SecureString", "Overwrite": true}),
    );
    let found = stack.planned();
    let addresses: Vec<&str> = found.keys().map(String::as_str).collect();
    assert_eq!(
        addresses,
        [
            "aws_route.through_nat",
            "aws_s3_bucket_public_access_block.blobs",
            "aws_ssm_parameter.secret",
            "aws_subnet.public",
            "aws_vpc.main"
        ]
    );
    stack.apply();
    stack.assert_settled();
    world::assert_same(&world::shape(&stack), &expected, "mended");
}

#[test]
fn what_was_deleted_behind_its_back_is_made_again() {
    let stack = Stack::small();
    stack.apply();
    let expected = world::shape(&stack);
    let address = stack.attribute("aws_internet_gateway.main", "id");
    let profile = stack.attribute("aws_iam_instance_profile.server", "name");
    let role = stack.attribute("aws_iam_role.server", "name");
    let call = |service: &str, operation: &str, parameters| {
        let _ = stack.cloud.boto3(service, REGION, operation, parameters);
    };
    let member = json!({"InstanceProfileName": profile, "RoleName": role});
    call("iam", "remove_role_from_instance_profile", member);
    call("iam", "delete_instance_profile", json!({"InstanceProfileName": profile}));
    let template = stack.attribute("aws_launch_template.server", "id");
    call("ec2", "delete_launch_template", json!({"LaunchTemplateId": template}));
    let found = stack.planned();
    assert_eq!(found.get("aws_iam_instance_profile.server").map(String::as_str), Some("create"));
    assert_eq!(found.get("aws_launch_template.server").map(String::as_str), Some("create"));
    assert_eq!(found.len(), 2, "{found:?} (the gateway {address} is untouched)");
    stack.apply();
    stack.assert_settled();
    world::assert_one_object_per_address(&stack);
    assert_eq!(world::shape(&stack).len(), expected.len());
}

#[test]
fn a_vpc_made_by_hand_is_imported() {
    let stack = Stack::of("found", "");
    let id = stack.vpc_made_by_hand(REGION, "10.30.0.0/16");
    stack.rewrite(&format!(
        r#"
stack {{
  name = "found"
}}

provider "aws" {{
  region = "{REGION}"
}}

import {{
  to = aws_vpc.mine
  id = "{id}"
}}

resource "aws_vpc" "mine" {{
  cidr_block = "10.30.0.0/16"
  tags       = {{ Name = "by hand" }}
}}
"#
    ));
    stack.apply();
    assert_eq!(stack.attribute("aws_vpc.mine", "id"), id);
    stack.assert_ends_well();
}
