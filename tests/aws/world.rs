//! What there is in an account, asked through boto3: every object of every kind that the provider makes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use testkit::aws::Cloud;

use crate::stack::Stack;

/// A kind of object, and how boto3 lists it.
struct Kind {
    /// The resource type that makes it.
    resource: &'static str,
    service: &'static str,
    operation: &'static str,
    list: &'static str,
    id: &'static str,
    /// Whether it is there without anybody having made it, or is gone and still listed.
    is_scenery: fn(&Value) -> bool,
}

const fn kind(
    resource: &'static str,
    service: &'static str,
    (operation, list): (&'static str, &'static str),
    id: &'static str,
    is_scenery: fn(&Value) -> bool,
) -> Kind {
    Kind { resource, service, operation, list, id, is_scenery }
}

fn none(_: &Value) -> bool {
    false
}

const KINDS: &[Kind] = &[
    kind("aws_eip", "ec2", ("describe_addresses", "Addresses"), "AllocationId", none),
    kind(
        "aws_iam_instance_profile",
        "iam",
        ("list_instance_profiles", "InstanceProfiles"),
        "InstanceProfileName",
        none,
    ),
    kind("aws_iam_role", "iam", ("list_roles", "Roles"), "RoleName", none),
    kind(
        "aws_internet_gateway",
        "ec2",
        ("describe_internet_gateways", "InternetGateways"),
        "InternetGatewayId",
        none,
    ),
    kind("aws_kms_alias", "kms", ("list_aliases", "Aliases"), "AliasName", |alias| {
        alias["AliasName"].as_str().is_some_and(|name| name.starts_with("alias/aws/"))
    }),
    kind("aws_kms_key", "kms", ("list_keys", "Keys"), "KeyId", none),
    kind(
        "aws_launch_template",
        "ec2",
        ("describe_launch_templates", "LaunchTemplates"),
        "LaunchTemplateId",
        none,
    ),
    kind(
        "aws_nat_gateway",
        "ec2",
        ("describe_nat_gateways", "NatGateways"),
        "NatGatewayId",
        |gateway| gateway["State"] == "deleted",
    ),
    kind(
        "aws_route_table",
        "ec2",
        ("describe_route_tables", "RouteTables"),
        "RouteTableId",
        |table| {
            table["Associations"]
                .as_array()
                .is_some_and(|all| all.iter().any(|a| a["Main"] == true))
        },
    ),
    kind("aws_s3_bucket", "s3", ("list_buckets", "Buckets"), "Name", none),
    kind(
        "aws_security_group",
        "ec2",
        ("describe_security_groups", "SecurityGroups"),
        "GroupId",
        |group| group["GroupName"] == "default",
    ),
    kind("aws_ssm_parameter", "ssm", ("describe_parameters", "Parameters"), "Name", none),
    kind("aws_subnet", "ec2", ("describe_subnets", "Subnets"), "SubnetId", |subnet| {
        subnet["DefaultForAz"] == true
    }),
    kind("aws_vpc", "ec2", ("describe_vpcs", "Vpcs"), "VpcId", |vpc| vpc["IsDefault"] == true),
];

const GLOBAL: [&str; 2] = ["iam", "s3"];

/// An object of an account.
#[derive(Clone, Debug)]
pub(crate) struct Thing {
    /// The resource type that makes such things.
    pub(crate) resource: &'static str,
    /// Where it was asked for.
    pub(crate) region: String,
    pub(crate) id: String,
    /// As boto3 describes it.
    pub(crate) detail: Value,
}

/// Type, id and region: names may be taken in each region, but for what is listed in all of them.
type Key = (&'static str, String, String);

fn key(resource: &'static str, id: &str, region: &str) -> Key {
    let kind = KINDS.iter().find(|kind| kind.resource == resource);
    let is_everywhere = kind.is_none_or(|kind| GLOBAL.contains(&kind.service));
    (resource, id.to_owned(), if is_everywhere { String::new() } else { region.to_owned() })
}

impl Thing {
    /// What nothing else has.
    fn key(&self) -> Key {
        key(self.resource, &self.id, &self.region)
    }

    /// The value of a tag.
    pub(crate) fn tag(&self, key: &str) -> Option<&str> {
        let tags = self.detail["Tags"].as_array()?;
        tags.iter().find(|tag| tag["Key"] == key)?["Value"].as_str()
    }
}

/// Everything in an account that somebody made, asked for wherever there can be anything.
pub(crate) fn census(cloud: &Cloud) -> Vec<Thing> {
    let places = cloud.places();
    let mut found = Vec::new();
    for kind in KINDS {
        let regions = places.iter().filter(|(service, _)| service == kind.service);
        // What is global is listed everywhere.
        let most = if GLOBAL.contains(&kind.service) { 1 } else { usize::MAX };
        for (_, region) in regions.take(most) {
            let answer = cloud.boto3(kind.service, region, kind.operation, json!({}));
            let items = answer[kind.list].as_array().cloned().unwrap_or_default();
            let made = items.into_iter().filter(|item| !(kind.is_scenery)(item));
            found.extend(made.filter_map(|detail| thing(cloud, kind, region, detail)));
        }
    }
    found
}

/// Describes an item in full; none for a key that waits for its deletion.
fn thing(cloud: &Cloud, kind: &Kind, region: &str, item: Value) -> Option<Thing> {
    let id = item[kind.id].as_str().expect("an id").to_owned();
    let detail = match kind.resource {
        "aws_kms_key" => {
            let described = cloud.boto3("kms", region, "describe_key", json!({"KeyId": id}));
            let pending = described["KeyMetadata"]["KeyState"] == "PendingDeletion";
            (!pending).then(|| described["KeyMetadata"].clone())?
        }
        _ => item,
    };
    Some(Thing { resource: kind.resource, region: region.to_owned(), id, detail })
}

/// Insists that an account holds nothing that anybody made.
#[track_caller]
pub(crate) fn assert_empty(cloud: &Cloud) {
    let left: Vec<String> =
        census(cloud).iter().map(|t| format!("{} {} in {}", t.resource, t.id, t.region)).collect();
    assert!(left.is_empty(), "left in the account: {left:?}");
}

/// What is recorded of a stack beside what there is in its account.
pub(crate) struct World {
    prefix: String,
    account: String,
    recorded: BTreeMap<String, Value>,
    things: Vec<Thing>,
}

impl World {
    pub(crate) fn of(stack: &Stack) -> Self {
        Self {
            prefix: stack.prefix.clone(),
            account: stack.cloud.account().to_owned(),
            recorded: stack.recorded(),
            things: census(&stack.cloud),
        }
    }

    /// Insists that each address of the state owns exactly one object, and that there is no other object.
    #[track_caller]
    pub(crate) fn assert_one_object_per_address(&self) {
        let kinds: BTreeSet<&str> = KINDS.iter().map(|kind| kind.resource).collect();
        let mut owned = BTreeMap::new();
        for (address, values) in &self.recorded {
            let resource = resource_type(address);
            if let Some(kind) = kinds.get(resource) {
                let text = |name: &str| values[name].as_str().unwrap_or_default();
                let twin = owned.insert(key(kind, text("id"), text("region")), address);
                assert!(twin.is_none(), "{twin:?} and {address} own the same object");
            }
        }
        let there: BTreeSet<_> = self.things.iter().map(Thing::key).collect();
        let things = self.things.iter();
        let orphans: Vec<&Thing> = things.filter(|t| !owned.contains_key(&t.key())).collect();
        assert!(orphans.is_empty(), "objects that no address owns: {orphans:#?}");
        let missing: Vec<_> = owned.iter().filter(|(key, _)| !there.contains(key)).collect();
        assert!(missing.is_empty(), "addresses without an object: {missing:?}");
        assert_eq!(self.things.len(), owned.len());
    }

    /// The objects line by line, with addresses in the place of ids, so that two accounts can be compared.
    pub(crate) fn shape(self) -> Vec<String> {
        let mut names: Vec<(String, String)> = Vec::new();
        for (address, values) in &self.recorded {
            let id = values["id"].as_str().unwrap_or_default().to_owned();
            if id.contains('-') && !id.contains(&self.prefix) {
                // It stands inside of JSON.
                names.push((id, format!("<{}>", address.replace('"', "'"))));
            }
        }
        // A longer id may hold a shorter one.
        names.sort_by_key(|(id, _)| std::cmp::Reverse(id.len()));
        names.push((self.prefix, "<prefix>".into()));
        names.push((self.account, "<account>".into()));
        let named = |detail: &Value| {
            let text =
                names.iter().fold(detail.to_string(), |text, (id, name)| text.replace(id, name));
            serde_json::from_str(&text).expect("JSON still")
        };
        let line = |thing: &Thing| {
            format!("{} {} {}", thing.resource, thing.region, stripped(named(&thing.detail)))
        };
        let mut lines: Vec<String> = self.things.iter().map(line).collect();
        lines.sort_unstable();
        lines
    }
}

/// Insists that each address of a stack owns exactly one object, and that there is no other object.
#[track_caller]
pub(crate) fn assert_one_object_per_address(stack: &Stack) {
    World::of(stack).assert_one_object_per_address();
}

/// The world of a stack line by line, to be compared with another.
pub(crate) fn shape(stack: &Stack) -> Vec<String> {
    World::of(stack).shape()
}

/// `module.a["x.y"].aws_vpc.main[0]` is an `aws_vpc`.
pub(crate) fn resource_type(address: &str) -> &str {
    let mut depth = 0_usize;
    let outside = address.split(|c: char| {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == '.' && depth == 0
    });
    let parts: Vec<&str> = outside.collect();
    parts.iter().rev().nth(1).copied().unwrap_or_default()
}

/// Keys of what is described that differ from run to run, or tell the time.
const PASSING: &[&str] = &[
    "Arn",
    "AssociationId",
    // moto keeps the interfaces of gateways that are gone.
    "AvailableIpAddressCount",
    "CreateDate",
    "CreateTime",
    "CreatedBy",
    "CreationDate",
    "InstanceProfileId",
    "LastModifiedDate",
    "LastUpdatedDate",
    "NetworkInterfaceId",
    "NetworkInterfaceOwnerId",
    "OwnerId",
    "PrivateIp",
    "PrivateIpAddress",
    "ProvisionedBandwidth",
    "PublicIp",
    "RoleId",
    "RouteTableAssociationId",
    "SecurityGroupArn",
    "SubnetArn",
    "TagSet",
    "Version",
];

/// Insists that a world is as another, and shows where it is not.
#[track_caller]
pub(crate) fn assert_same(world: &[String], expected: &[String], what: &str) {
    let only = |of: &[String], other: &[String]| {
        let lines = of.iter().filter(|line| !other.contains(line)).cloned();
        lines.collect::<Vec<_>>().join("\n")
    };
    let (more, less) = (only(world, expected), only(expected, world));
    let same = more.is_empty() && less.is_empty() && world.len() == expected.len();
    assert!(same, "{what}: there is\n{more}\nin the place of\n{less}");
}

/// Without what passes; lists in the order of their text.
fn stripped(value: Value) -> Value {
    match value {
        Value::Object(object) => object
            .into_iter()
            .filter(|(key, _)| !PASSING.contains(&key.as_str()))
            .map(|(key, value)| (key, stripped(value)))
            .collect(),
        Value::Array(items) => {
            let is_token = |item: &Value| item["Key"] == "artiform:token";
            let items = items.into_iter().filter(|item| !is_token(item));
            let mut items: Vec<Value> = items.map(stripped).collect();
            items.sort_by_key(Value::to_string);
            Value::Array(items)
        }
        other => other,
    }
}

#[test]
fn a_resource_type_is_read_from_an_address() {
    assert_eq!(resource_type("aws_vpc.main"), "aws_vpc");
    assert_eq!(resource_type("module.a[\"x.y\"].aws_subnet.b[\"c.d\"]"), "aws_subnet");
}
