//! Each rule once against the emulator itself, with boto3 as the client.

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::clock::Clock;
use super::cloud::Cloud;
use super::moto::Refusal;
use super::overlay::nat_gateways::{DELETING, PENDING};
use super::record::tally;
use super::rule::When;
use super::rules::{Delay, Kill, Lose, Moment, Refuse, Stale};

const REGION: &str = "eu-west-1";

fn ec2(cloud: &Cloud, operation: &str, parameters: Value) -> Result<Value, Refusal> {
    cloud.through_proxy("ec2", REGION, operation, parameters)
}

/// Makes a thing and gives the id at this place of the answer.
#[track_caller]
fn make(cloud: &Cloud, operation: &str, parameters: Value, id: &str) -> String {
    let answer = ec2(cloud, operation, parameters).expect("it is made");
    answer
        .pointer(id)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("{id} in {answer}"))
        .to_owned()
}

fn vpc(cloud: &Cloud) -> String {
    make(cloud, "create_vpc", json!({"CidrBlock": "10.0.0.0/16"}), "/Vpc/VpcId")
}

fn subnet(cloud: &Cloud, vpc: &str) -> String {
    let parameters = json!({"VpcId": vpc, "CidrBlock": "10.0.1.0/24"});
    make(cloud, "create_subnet", parameters, "/Subnet/SubnetId")
}

/// The account's VPCs but for the one that every region has from the start.
fn count_of_vpcs(cloud: &Cloud) -> usize {
    let found = cloud.boto3("ec2", REGION, "describe_vpcs", json!({}));
    let vpcs = found["Vpcs"].as_array().expect("VPCs");
    vpcs.iter().filter(|vpc| vpc["IsDefault"] != true).count()
}

#[track_caller]
fn assert_refused(answer: Result<Value, Refusal>, code: &str) {
    assert_eq!(answer.expect_err("it is refused").code, code);
}

#[test]
fn calls_are_counted_by_name_and_region() {
    let cloud = Cloud::new();
    vpc(&cloud);
    cloud.through_proxy("s3", "eu-central-1", "list_buckets", json!({})).expect("an answer");
    cloud.through_proxy("ssm", REGION, "describe_parameters", json!({})).expect("an answer");
    cloud.through_proxy("iam", "us-east-1", "list_roles", json!({})).expect("an answer");
    let calls = cloud.proxy().record().since(0);
    let names: Vec<_> =
        tally(&calls).into_keys().map(|(region, name)| format!("{region} {name}")).collect();
    assert_eq!(
        names,
        [
            "eu-central-1 s3:ListBuckets",
            "eu-west-1 ec2:CreateVpc",
            "eu-west-1 ssm:DescribeParameters",
            "us-east-1 iam:ListRoles"
        ]
    );
    assert!(calls.iter().all(|call| call.status == Some(200)), "{calls:?}");
    cloud.assert_no_gap(&[]);
}

#[test]
fn bodies_pass_unchanged() {
    let cloud = Cloud::new();
    let bucket = format!("bodies-{}", cloud.account());
    let send = |operation: &str, parameters| {
        cloud.through_proxy("s3", "us-east-1", operation, parameters).expect("an answer")
    };
    send("create_bucket", json!({"Bucket": bucket}));
    send("put_object", json!({"Bucket": bucket, "Key": "a b/ü", "Body": "hello"}));
    let head = send("head_object", json!({"Bucket": bucket, "Key": "a b/ü"}));
    assert_eq!(head["ContentLength"], 5);
    let found = send("get_object", json!({"Bucket": bucket, "Key": "a b/ü"}));
    assert_eq!(found["Body"], "aGVsbG8=");
    send("delete_object", json!({"Bucket": bucket, "Key": "a b/ü"}));
    send("delete_bucket", json!({"Bucket": bucket}));
}

#[test]
fn refused_calls_have_no_effect() {
    let cloud = Cloud::new();
    cloud.proxy().add(When::action("ec2:CreateVpc").nth(1).rule(Refuse::throttled()));
    cloud.proxy().add(When::action("ec2:CreateVpc").nth(1).rule(Refuse::denied()));
    cloud.proxy().add(When::action("ssm:PutParameter").rule(Refuse::throttled()));
    cloud.proxy().add(When::action("iam:CreateRole").rule(Refuse::denied()));
    let create = || ec2(&cloud, "create_vpc", json!({"CidrBlock": "10.0.0.0/16"}));
    assert_refused(create(), "RequestLimitExceeded");
    assert_refused(create(), "UnauthorizedOperation");
    assert_eq!(count_of_vpcs(&cloud), 0);
    let parameter = json!({"Name": "/a", "Value": "b", "Type": "String"});
    let put = cloud.through_proxy("ssm", REGION, "put_parameter", parameter);
    assert_refused(put, "ThrottlingException");
    let role = json!({"RoleName": "a", "AssumeRolePolicyDocument": "{}"});
    assert_refused(cloud.through_proxy("iam", REGION, "create_role", role), "AccessDenied");
    assert!(create().is_ok());
}

#[test]
fn a_lost_answer_leaves_its_effect() {
    let cloud = Cloud::new();
    cloud.proxy().add(When::action("ec2:CreateVpc").nth(1).rule(Lose));
    let lost = ec2(&cloud, "create_vpc", json!({"CidrBlock": "10.0.0.0/16"}));
    assert_refused(lost, "ConnectionClosedError");
    assert_eq!(count_of_vpcs(&cloud), 1);
}

#[test]
fn a_kill_strikes_before_or_after_the_effect() {
    for (moment, vpcs) in [(Moment::BeforeEffect, 0), (Moment::AfterEffect, 1)] {
        let cloud = Cloud::new();
        let mut client = Command::new("sleep").arg("60").spawn().expect("a process");
        let kill = Kill::at(moment);
        kill.aim(client.id());
        cloud.proxy().add(When::always().nth(1).rule(kill.clone()));
        assert!(ec2(&cloud, "create_vpc", json!({"CidrBlock": "10.0.0.0/16"})).is_err());
        assert!(kill.has_struck());
        assert!(!client.wait().expect("it ended").success());
        assert_eq!(count_of_vpcs(&cloud), vpcs);
    }
}

#[test]
fn a_delayed_call_is_answered_later() {
    let cloud = Cloud::new();
    cloud.proxy().add(When::always().rule(Delay::of(Duration::from_millis(40))));
    vpc(&cloud);
    let took = cloud.proxy().record().since(0)[0].took.expect("an end");
    assert!(took >= Duration::from_millis(40), "{took:?}");
}

#[test]
fn stale_reads_miss_what_is_new() {
    let cloud = Cloud::new();
    cloud.proxy().add(Arc::new(Stale::for_reads(1)));
    let id = vpc(&cloud);
    let read = || ec2(&cloud, "describe_vpcs", json!({"VpcIds": [id]}));
    assert_refused(read(), "InvalidVpcID.NotFound");
    assert!(read().is_ok());
}

#[test]
fn what_the_emulator_lacks_is_told_by_name() {
    let cloud = Cloud::new();
    let answer = cloud.through_proxy(
        "autoscaling",
        REGION,
        "describe_instance_refreshes",
        json!({"AutoScalingGroupName": "a"}),
    );
    assert_refused(answer, "EmulatorGap");
    assert_eq!(cloud.proxy().gaps(), ["autoscaling:DescribeInstanceRefreshes"]);
}

#[test]
fn a_client_token_makes_one_gateway() {
    let cloud = Cloud::new();
    let subnet = subnet(&cloud, &vpc(&cloud));
    let gateway = |token: &str| {
        let parameters =
            json!({"SubnetId": subnet, "ClientToken": token, "ConnectivityType": "private"});
        make(&cloud, "create_nat_gateway", parameters, "/NatGateway/NatGatewayId")
    };
    assert_eq!(gateway("one"), gateway("one"));
    assert_ne!(gateway("one"), gateway("two"));
}

/// A VPC with an internet gateway, and a NAT gateway on an address in its subnet.
struct Network {
    vpc: String,
    subnet: String,
    internet: String,
    address: String,
    gateway: String,
}

fn network(cloud: &Cloud) -> Network {
    let vpc = vpc(cloud);
    let subnet = subnet(cloud, &vpc);
    let internet =
        make(cloud, "create_internet_gateway", json!({}), "/InternetGateway/InternetGatewayId");
    let attach = json!({"InternetGatewayId": internet, "VpcId": vpc});
    ec2(cloud, "attach_internet_gateway", attach).expect("it is attached");
    let address = make(cloud, "allocate_address", json!({"Domain": "vpc"}), "/AllocationId");
    let parameters = json!({"SubnetId": subnet, "AllocationId": address});
    let gateway = make(cloud, "create_nat_gateway", parameters, "/NatGateway/NatGatewayId");
    Network { vpc, subnet, internet, address, gateway }
}

fn state(cloud: &Cloud, gateway: &str) -> String {
    let parameters = json!({"NatGatewayIds": [gateway]});
    make(cloud, "describe_nat_gateways", parameters, "/NatGateways/0/State")
}

#[test]
fn a_gateway_is_pending_until_the_clock_is_turned() {
    let cloud = Cloud::with_clock(Clock::standing());
    let network = network(&cloud);
    assert_eq!(state(&cloud, &network.gateway), "pending");
    cloud.clock().turn(PENDING);
    assert_eq!(state(&cloud, &network.gateway), "available");
    ec2(&cloud, "delete_nat_gateway", json!({"NatGatewayId": network.gateway})).expect("it goes");
    assert_eq!(state(&cloud, &network.gateway), "deleting");
    cloud.clock().turn(DELETING);
    assert_eq!(state(&cloud, &network.gateway), "deleted");
}

#[test]
fn a_network_is_only_taken_down_in_the_right_order() {
    let cloud = Cloud::with_clock(Clock::standing());
    let n = network(&cloud);
    let delete_subnet = || ec2(&cloud, "delete_subnet", json!({"SubnetId": n.subnet}));
    let release = || ec2(&cloud, "release_address", json!({"AllocationId": n.address}));
    let detach = || {
        let parameters = json!({"InternetGatewayId": n.internet, "VpcId": n.vpc});
        ec2(&cloud, "detach_internet_gateway", parameters)
    };
    let delete_internet =
        || ec2(&cloud, "delete_internet_gateway", json!({"InternetGatewayId": n.internet}));
    let delete_vpc = || ec2(&cloud, "delete_vpc", json!({"VpcId": n.vpc}));
    assert_refused(delete_subnet(), "DependencyViolation");
    assert_refused(release(), "InvalidIPAddress.InUse");
    assert_refused(detach(), "DependencyViolation");
    assert_refused(delete_internet(), "DependencyViolation");
    assert_refused(delete_vpc(), "DependencyViolation");
    ec2(&cloud, "delete_nat_gateway", json!({"NatGatewayId": n.gateway})).expect("it goes");
    assert_refused(delete_subnet(), "DependencyViolation");
    cloud.clock().turn(DELETING);
    release().expect("nothing uses it");
    detach().expect("nothing is mapped");
    assert_refused(delete_vpc(), "DependencyViolation");
    delete_internet().expect("it is detached");
    delete_subnet().expect("nothing is in it");
    delete_vpc().expect("it is empty");
    cloud.assert_no_gap(&[]);
}

#[test]
fn a_security_group_stays_while_another_names_it() {
    let cloud = Cloud::new();
    let vpc = vpc(&cloud);
    let group = |name: &str| {
        let parameters = json!({"VpcId": vpc, "GroupName": name, "Description": name});
        make(&cloud, "create_security_group", parameters, "/GroupId")
    };
    let (named, naming) = (group("named"), group("naming"));
    let permission = json!({"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "UserIdGroupPairs": [{"GroupId": named}]});
    let rule = json!({"GroupId": naming, "IpPermissions": [permission]});
    ec2(&cloud, "authorize_security_group_ingress", rule.clone()).expect("a rule");
    let delete = |group: &str| ec2(&cloud, "delete_security_group", json!({"GroupId": group}));
    assert_refused(delete(&named), "DependencyViolation");
    ec2(&cloud, "revoke_security_group_ingress", rule).expect("the rule goes");
    delete(&named).expect("nobody names it");
    delete(&naming).expect("nobody names it");
}
