//! What is made of answers that a real cloud gives seldom: unreadable, throttled, none at all, many at once.

use std::sync::atomic::{AtomicUsize, Ordering};

use diagnostics::Diagnostic;
use lang::Value;
use provider::{Connection, Limits, Report};

use super::read::look;
use super::settle;
use crate::kind::{Attributes, Kind};
use crate::object::Object;
use crate::resources::ec2::find_by_token;
use crate::resources::ec2::launch_template::LaunchTemplate;
use crate::resources::ec2::route_table_association::RouteTableAssociation;
use crate::resources::ec2::subnet::Subnet;
use crate::resources::ec2::vpc::Vpc;
use crate::resources::iam::role::Role;
use crate::resources::kms::key::Key;
use crate::resources::ssm::parameter::Parameter;
use crate::resources::{self, s3};
use crate::stub::{Stub, connect};

const NO_SUBNETS: &str = "<DescribeSubnetsResponse><subnetSet/></DescribeSubnetsResponse>";

fn subnet() -> Object {
    let mut object = Object::of([]);
    object.set_text("id", Some("subnet-1"));
    object
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_asked_for_a_few_times_and_then_told() {
    let stub = Stub::answering(|_| {
        (200, "<DescribeSubnetsResponse><subnetSet><item><mapPublicIpOnLaunch>perhaps</mapPublicIpOnLaunch></item></subnetSet></DescribeSubnetsResponse>".into())
    });
    let aws = stub.connect().await;
    let place = aws.place("eu-west-1");
    let waited = settle::until_ready::<Subnet>(&place, subnet(), &Report::silent(), None).await;
    let told = waited.expect_err("an error").diagnostic;
    assert_eq!(told.summary, "Unreadable answer from AWS");
    assert!(told.detail.contains("ec2:DescribeSubnets"), "{}", told.detail);
    assert_eq!(stub.asked().len(), 3);
}

#[tokio::test]
async fn throttling_slows_down_though_the_call_works_in_the_end() {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    let stub = Stub::answering(|_| {
        match ASKED.fetch_add(1, Ordering::SeqCst) {
        0 => (503, "<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>Slow</Message></Error></Errors></Response>".into()),
        _ => (200, NO_SUBNETS.into()),
    }
    });
    let aws = stub.connect().await;
    let place = aws.place("eu-west-1");
    let limit = Limits::new(8).of("aws", Some("eu-west-1"));
    let seen = limit.run(look::<Subnet>(&place, &subnet())).await;
    assert!(seen.expect("an answer").is_none());
    assert_eq!((limit.size(), stub.asked().len()), (4, 2));
}

#[tokio::test]
async fn an_endpoint_that_nobody_answers_at_is_named() {
    // The port was free a moment ago, and nobody listens on it any more.
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let endpoint = format!("http://{}", free.local_addr().expect("an address"));
    drop(free);
    let aws = connect(&endpoint).await;
    let looked = look::<Subnet>(&aws.place("eu-west-1"), &subnet()).await;
    let error = looked.map(drop).expect_err("nobody answers");
    let told = Diagnostic::from(error);
    assert_eq!(told.summary, "AWS cannot be reached");
    assert!(told.detail.contains(&endpoint), "{}", told.detail);
}

#[tokio::test]
async fn the_versions_of_many_templates_are_asked_for_together() {
    let stub = Stub::answering(|asks| {
        let item = |id: &str| {
            format!(
                "<item><launchTemplateId>{id}</launchTemplateId><launchTemplateName>{id}</launchTemplateName><versionNumber>7</versionNumber></item>"
            )
        };
        let items = format!("{}{}", item("lt-1"), item("lt-2"));
        match asks.contains("DescribeLaunchTemplateVersions") {
            true => (
                200,
                format!("<R><launchTemplateVersionSet>{items}</launchTemplateVersionSet></R>")
                    .replace("R>", "DescribeLaunchTemplateVersionsResponse>"),
            ),
            false => (
                200,
                format!("<R><launchTemplates>{items}</launchTemplates></R>")
                    .replace("R>", "DescribeLaunchTemplatesResponse>"),
            ),
        }
    });
    let aws = stub.connect().await;
    let wanted = ["lt-1", "lt-2"].map(|id| {
        let mut object = Object::of([]);
        object.set_text("id", Some(id));
        object.set_text("name", Some(id));
        object
    });
    let seen = LaunchTemplate::fetch(&aws.place("eu-west-1"), &wanted).await.expect("templates");
    assert_eq!(seen.iter().map(LaunchTemplate::key).collect::<Vec<_>>(), ["lt-1", "lt-2"]);
    assert_eq!(stub.asked().len(), 2, "{:?}", stub.asked());
}

/// Objects of these names, as they are recorded.
fn named<const N: usize>(names: [&str; N]) -> [Object; N] {
    names.map(|name| Object::of([("id", Value::text(name)), ("name", Value::text(name))]))
}

#[tokio::test]
async fn a_page_may_be_empty_and_what_is_wanted_on_the_next() {
    let stub = Stub::answering(|asks| {
        let answer = match asks {
            asks if asks.contains("GetParameters") => r#"{"Parameters":[{"Name":"/a"}]}"#,
            asks if asks.contains("ListTags") => r#"{"TagList":[{"Key":"k","Value":"v"}]}"#,
            asks if asks.contains("NextToken") => {
                r#"{"Parameters":[{"Name":"/a","Description":"about"}]}"#
            }
            _ => r#"{"Parameters":[],"NextToken":"next"}"#,
        };
        (200, answer.into())
    });
    let place = stub.connect().await.place("eu-west-1");
    let [wanted] = named(["/a"]);
    let seen = look::<Parameter>(&place, &wanted).await.expect("an answer").expect("a parameter");
    let mut object = wanted;
    Parameter::observe(&place, &seen, &mut object);
    assert_eq!(object.text("description"), Some("about"));
    assert_eq!(Parameter::tags(&seen).map(|tags| tags.len()), Some(1));
}

#[tokio::test]
async fn what_a_create_made_is_found_behind_an_empty_page() {
    let stub = Stub::answering(|asks| {
        let answer = match asks.contains("NextToken") {
            true => "<tagSet><item><resourceId>vpc-1</resourceId></item></tagSet>",
            false => "<tagSet/><nextToken>next</nextToken>",
        };
        (200, format!("<DescribeTagsResponse>{answer}</DescribeTagsResponse>"))
    });
    let place = stub.connect().await.place("eu-west-1");
    let found = find_by_token(&place, "token").await.expect("an answer");
    assert_eq!(found.as_deref(), Some("vpc-1"));
}

/// What IAM says of a role.
fn role(asks: &str) -> (u16, String) {
    let name = asks.split("RoleName=").nth(1).unwrap_or_default();
    let name = name.split('&').next().unwrap_or_default();
    let error = |status, code| {
        let error = format!("<Error><Type>Sender</Type><Code>{code}</Code></Error>");
        (status, format!("<ErrorResponse>{error}</ErrorResponse>"))
    };
    match asks {
        asks if asks.contains("Action=GetRole&") && name == "gone" => error(404, "NoSuchEntity"),
        asks if asks.contains("Action=GetRole&") => (
            200,
            format!(
                "<GetRoleResponse><GetRoleResult><Role><Path>/</Path><RoleName>{name}</RoleName><RoleId>{name}</RoleId><Arn>{name}</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate></Role></GetRoleResult></GetRoleResponse>"
            ),
        ),
        asks if asks.contains("Action=ListAttachedRolePolicies") => (
            200,
            "<ListAttachedRolePoliciesResponse><ListAttachedRolePoliciesResult><AttachedPolicies><member><PolicyArn>arn</PolicyArn></member></AttachedPolicies></ListAttachedRolePoliciesResult></ListAttachedRolePoliciesResponse>".into(),
        ),
        asks if asks.contains("Action=ListRolePolicies") => (
            200,
            "<ListRolePoliciesResponse><ListRolePoliciesResult><PolicyNames/></ListRolePoliciesResult></ListRolePoliciesResponse>".into(),
        ),
        asks if asks.contains("Action=DetachRolePolicy") => error(404, "NoSuchEntity"),
        asks if asks.contains("Action=DeleteRole&") => {
            (200, "<DeleteRoleResponse></DeleteRoleResponse>".into())
        }
        _ => error(403, "AccessDenied"),
    }
}

#[tokio::test]
async fn who_may_not_list_asks_one_by_one_and_one_that_is_gone_hides_no_other() {
    let stub = Stub::answering(role);
    let place = stub.connect().await.place("eu-west-1");
    let wanted = named(["a", "gone", "b", "c"]);
    let mut seen: Vec<String> =
        Role::fetch(&place, &wanted).await.expect("roles").iter().map(Role::key).collect();
    seen.sort_unstable();
    assert_eq!(seen, ["a", "b", "c"]);
}

#[tokio::test]
async fn a_policy_that_is_gone_does_not_keep_its_role() {
    let stub = Stub::answering(role);
    let place = stub.connect().await.place("eu-west-1");
    let [mut prior] = named(["a"]);
    prior.set_flag("force_detach_policies", Some(true));
    Role::delete(&place, &prior).await.expect("it is deleted");
    assert!(stub.asked().iter().any(|asks| asks.contains("Action=DeleteRole&")));
}

#[tokio::test]
async fn the_defaults_of_a_network_are_waited_for() {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    let stub = Stub::answering(|asks| {
        let answer = |name: &str, set: &str, id: &str| {
            (200, format!("<{name}Response><{set}><item>{id}</item></{set}></{name}Response>"))
        };
        match asks {
            asks if asks.contains("DescribeRouteTables") => {
                match ASKED.fetch_add(1, Ordering::SeqCst) {
                    0 => (200, "<DescribeRouteTablesResponse><routeTableSet/></DescribeRouteTablesResponse>".into()),
                    _ => answer("DescribeRouteTables", "routeTableSet", "<routeTableId>rtb-1</routeTableId>"),
                }
            }
            asks if asks.contains("DescribeSecurityGroups") => {
                answer("DescribeSecurityGroups", "securityGroupInfo", "<groupId>sg-1</groupId>")
            }
            _ => {
                answer("DescribeNetworkAcls", "networkAclSet", "<networkAclId>acl-1</networkAclId>")
            }
        }
    });
    let place = stub.connect().await.place("eu-west-1");
    let [mut vpc] = named(["vpc-1"]);
    super::make::complete::<Vpc>(&place, &mut vpc).await.expect("it is complete");
    assert_eq!(vpc.text("main_route_table_id"), Some("rtb-1"));
    assert_eq!(vpc.text("default_network_acl_id"), Some("acl-1"));
}

#[tokio::test]
async fn an_import_id_that_is_none_is_told_with_an_example_and_without_a_call() {
    let stub = Stub::answering(|_| (500, String::new()));
    let connection = Connection::new(stub.connect().await);
    for kind in resources::all() {
        let refused = kind.import(&connection, "?!").await.expect_err(kind.name()).diagnostic;
        assert_eq!(refused.summary, "Malformed import id", "{}", kind.name());
        assert!(refused.detail.contains(kind.name()), "{}", refused.detail);
    }
    assert!(stub.asked().is_empty(), "{:?}", stub.asked());
}

#[test]
fn import_ids_are_written_as_their_examples_and_in_the_other_ways_that_are_documented() {
    let says = |attributes: Option<Attributes>| {
        let each = attributes.unwrap_or_default().into_iter();
        each.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(says(Vpc::imported(Vpc::IMPORT_ID)), format!("id={}", Vpc::IMPORT_ID));
    assert_eq!(says(Vpc::imported("subnet-1")), "");
    assert_eq!(
        says(RouteTableAssociation::imported("igw-1/rtb-1")),
        "gateway_id=igw-1 route_table_id=rtb-1"
    );
    assert_eq!(says(RouteTableAssociation::imported("rtbassoc-1")), "id=rtbassoc-1");
    assert_eq!(
        says(s3::object::Object::imported("s3://bucket/a/b")),
        "bucket=bucket key=a/b id=a/b"
    );
    assert_eq!(
        says(s3::bucket_versioning::BucketVersioning::imported("bucket,123456789012")),
        "bucket=bucket id=bucket,123456789012 expected_bucket_owner=123456789012"
    );
    assert_eq!(says(s3::bucket_policy::BucketPolicy::imported("bucket,123456789012")), "");
    let arn = format!("arn:aws:kms:eu-west-1:1:key/{}", Key::IMPORT_ID);
    assert_eq!(says(Key::imported(&arn)), format!("id={}", Key::IMPORT_ID));
}

#[tokio::test]
async fn a_network_that_is_to_be_measured_is_asked_whether_it_is() {
    let stub = Stub::answering(|asks| {
        let answer = match asks {
            asks if asks.contains("DescribeVpcs") => {
                "<DescribeVpcsResponse><vpcSet><item><vpcId>vpc-1</vpcId></item></vpcSet></DescribeVpcsResponse>"
            }
            asks if asks.contains("enableNetworkAddressUsageMetrics") => {
                "<DescribeVpcAttributeResponse><enableNetworkAddressUsageMetrics><value>false</value></enableNetworkAddressUsageMetrics></DescribeVpcAttributeResponse>"
            }
            _ => "<DescribeVpcAttributeResponse/>",
        };
        (200, answer.into())
    });
    let place = stub.connect().await.place("eu-west-1");
    let name = "enable_network_address_usage_metrics";
    for (is_on, calls) in [(false, 3), (true, 4)] {
        let [mut vpc] = named(["vpc-1"]);
        vpc.set_flag(name, Some(is_on));
        let asked = stub.asked().len();
        let seen = look::<Vpc>(&place, &vpc).await.expect("an answer").expect("a network");
        Vpc::observe(&place, &seen, &mut vpc);
        assert_eq!((vpc.flag(name), stub.asked().len() - asked), (Some(false), calls));
    }
}
