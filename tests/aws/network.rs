//! The whole life of `stacks/aws-network`: two regions, made, changed, tampered with behind its back, mended, destroyed.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::calls;
use crate::stack::{Stack, say};
use crate::world::{self, World};

const REGIONS: [&str; 2] = ["eu-central-1", "us-east-1"];

const NETWORK: &str = "modules/network/main.hcl";
const STORAGE: &str = "stacks/aws-network/storage.hcl";
const VARIABLES: &str = "stacks/aws-network/variables.hcl";

/// The same action for an address in both regions; `@` stands for the region.
fn in_both(planned: &[(&str, &str)]) -> BTreeMap<String, String> {
    let each = planned.iter().flat_map(|(address, action)| {
        REGIONS.map(|region| (address.replace('@', &format!("{region:?}")), (*action).to_owned()))
    });
    each.collect()
}

#[test]
fn the_network_is_made_changed_in_five_ways_and_destroyed() {
    let stack = Stack::network();
    stack.project.plan().expect_code(2);
    stack.apply();
    calls::assert_few(&stack);
    let world = World::of(&stack);
    say(&format!("the network: {} resources", stack.recorded().len()));
    world.assert_one_object_per_address();

    // Something more, in place, another target, something else in its place, and something less.
    stack.edit(VARIABLES, r#"["192.0.2.0/24"]"#, r#"["192.0.2.0/24", "198.51.100.0/24"]"#);
    stack.edit(VARIABLES, r#""t3.medium""#, r#""t3.large""#);
    let mine = "aws_nat_gateway.this[each.key].id";
    stack.edit(NETWORK, mine, "aws_nat_gateway.this[keys(local.zones)[0]].id");
    stack.edit(STORAGE, r#""/${var.name}/bucket""#, r#""/${var.name}/blobs""#);
    let rule = stack.project.read(STORAGE);
    let lifecycle = "resource \"aws_s3_bucket_lifecycle_configuration\"";
    let at = rule.find(lifecycle).expect("the rules");
    let end = rule[at..].find("\n}\n").map(|end| at + end + 3).expect("their end");
    stack.project.write(STORAGE, &format!("{}{}", &rule[..at], &rule[end..]));

    let mut expected = in_both(&[
        ("aws_launch_template.server[@]", "update"),
        ("aws_s3_bucket_lifecycle_configuration.blobs[@]", "delete"),
        ("aws_ssm_parameter.bucket[@]", "replace"),
        (
            "module.network[@].aws_vpc_security_group_ingress_rule.balancer[\"198.51.100.0/24\"]",
            "create",
        ),
    ]);
    for region in REGIONS {
        for zone in ["b", "c"] {
            let address =
                format!("module.network[{region:?}].aws_route.private[\"{region}{zone}\"]");
            expected.insert(address, "update".into());
        }
    }
    assert_eq!(stack.planned(), expected);
    stack.apply_planned();
    stack.assert_ends_well();
}

#[test]
fn what_was_done_to_the_network_behind_its_back_is_found_exactly_and_mended() {
    let stack = Stack::network();
    stack.apply();
    let expected = world::shape(&stack);
    let recorded = stack.recorded();
    let (here, there) = (REGIONS[0], REGIONS[1]);
    let id = |address: &str| {
        recorded[address]["id"].as_str().unwrap_or_else(|| panic!("{address}")).to_owned()
    };
    let call = |service: &str, region: &str, operation: &str, parameters: Value| {
        let _ = stack.cloud.boto3(service, region, operation, parameters);
    };
    // The database port is opened to the world, a tag is changed, a route goes, versions are kept no more, a
    // parameter is another.
    let group = id("module.network[\"eu-central-1\"].aws_security_group.server");
    let rule = id("module.network[\"eu-central-1\"].aws_vpc_security_group_ingress_rule.server");
    let open = json!({"GroupId": group, "SecurityGroupRules": [{"SecurityGroupRuleId": rule,
        "SecurityGroupRule": {"IpProtocol": "tcp", "FromPort": 0, "ToPort": 8443, "ReferencedGroupId":
            id("module.network[\"eu-central-1\"].aws_security_group.balancer")}}]});
    call("ec2", here, "modify_security_group_rules", open);
    let vpc = id("module.network[\"us-east-1\"].aws_vpc.this");
    let tag = json!({"Resources": [vpc], "Tags": [{"Key": "Name", "Value": "mine"}]});
    call("ec2", there, "create_tags", tag);
    let table = id("module.network[\"us-east-1\"].aws_route_table.public");
    let route = json!({"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0"});
    call("ec2", there, "delete_route", route);
    let bucket = id("aws_s3_bucket.blobs[\"eu-central-1\"]");
    let off = json!({"Bucket": bucket, "VersioningConfiguration": {"Status": "Suspended"}});
    call("s3", here, "put_bucket_versioning", off);
    let stolen = json!({"Name": format!("/{}/database/password", stack.prefix), "Value": "stolen",
        "Type": "SecureString", "Overwrite": true});
    call("ssm", there, "put_parameter", stolen);

    let found = stack.planned();
    let changes = [
        ("aws_s3_bucket_versioning.blobs[\"eu-central-1\"]", "update"),
        ("aws_ssm_parameter.database_password[\"us-east-1\"]", "update"),
        ("module.network[\"eu-central-1\"].aws_vpc_security_group_ingress_rule.server", "update"),
        ("module.network[\"us-east-1\"].aws_route.public", "create"),
        ("module.network[\"us-east-1\"].aws_vpc.this", "update"),
    ];
    assert_eq!(found, changes.map(|(a, action)| (a.to_owned(), action.to_owned())).into());
    stack.apply_planned();
    stack.assert_settled();
    world::assert_same(&world::shape(&stack), &expected, "mended");
}

#[test]
fn a_network_made_by_hand_joins_the_stack() {
    let stack = Stack::network();
    let id = stack.vpc_made_by_hand(REGIONS[1], "10.48.0.0/16");
    stack.apply_with(
        "found.hcl",
        &format!(
            "import {{\n  to = aws_vpc.found\n  id = \"{id}@us-east-1\"\n}}\n\nresource \"aws_vpc\" \"found\" {{\n  \
             region     = \"us-east-1\"\n  cidr_block = \"10.48.0.0/16\"\n  tags       = {{ Name = \"by hand\" }}\n}}\n"
        ),
    );
    assert_eq!(stack.attribute("aws_vpc.found", "id"), id);
    stack.assert_ends_well();
}
