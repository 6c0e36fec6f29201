//! What goes wrong is told clearly, by the earliest command that can know, at the place in the stack.

use testkit::aws::When;
use testkit::aws::rules::Refuse;

use crate::stack::Stack;
use crate::world;

const VPC: &str = r#"
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}
"#;

fn stack(region: &str, resources: &str) -> Stack {
    let head = format!(
        "stack {{\n  name = \"wrong\"\n}}\n\nprovider \"aws\" {{\n  region = \"{region}\"\n}}\n"
    );
    Stack::of("wrong", &format!("{head}{resources}"))
}

/// Runs a plan with other variables in its environment.
fn plan_with(stack: &Stack, variables: &[(&str, &str)]) -> testkit::Run {
    let mut command = stack.project.command(&["-chdir=stacks/wrong", "plan"]);
    command.envs(variables.iter().copied());
    let output = command.output().expect("the command starts");
    testkit::Run::of("artiform plan".into(), &output)
}

#[test]
fn credentials_that_aws_does_not_know_are_told_by_plan() {
    let stack = stack("eu-west-1", VPC);
    stack.apply();
    let message = "The security token included in the request is invalid.";
    stack.cloud.proxy().add(When::always().rule(Refuse::code(403, "AuthFailure", message)));
    let run = stack.project.plan().expect_code(1);
    run.expect_words(&["AuthFailure"]);
}

#[test]
fn missing_credentials_are_told_with_the_ways_to_give_them() {
    let stack = stack("eu-west-1", VPC);
    let none = [("AWS_ACCESS_KEY_ID", ""), ("AWS_SECRET_ACCESS_KEY", "")];
    let run = plan_with(&stack, &none).expect_code(1);
    run.expect_words(&["credentials", "AWS_ACCESS_KEY_ID"]);
}

#[test]
fn a_plan_that_reads_nothing_needs_credentials_all_the_same_and_loses_nothing() {
    let stack = stack("eu-west-1", VPC);
    stack.apply();
    let mut command = stack.project.command(&["-chdir=stacks/wrong", "plan", "-refresh=false"]);
    command.envs([("AWS_ACCESS_KEY_ID", ""), ("AWS_SECRET_ACCESS_KEY", "")]);
    let output = command.output().expect("the command starts");
    let run = testkit::Run::of("artiform plan -refresh=false".into(), &output).expect_code(1);
    run.expect_words(&["No AWS credentials", "provider \"aws\""]);
    assert!(stack.recorded().contains_key("aws_vpc.main"));
    stack.assert_settled();
}

#[test]
fn an_endpoint_that_nobody_listens_on_is_named() {
    let stack = stack("eu-west-1", VPC);
    stack.apply();
    let run = plan_with(&stack, &[("AWS_ENDPOINT_URL", "http://127.0.0.1:9")]).expect_code(1);
    run.expect_words(&["127.0.0.1:9"]);
}

#[test]
fn a_region_that_does_not_exist_is_told_before_any_call() {
    let stack = stack("mars-north-1", VPC);
    let run = stack.project.plan().expect_code(1);
    run.expect_words(&["mars-north-1", "main.hcl"]);
    assert_eq!(stack.cloud.proxy().record().count(), 0);
}

#[test]
fn a_cidr_that_is_none_is_told_by_plan_at_its_place() {
    let stack = stack("eu-west-1", &VPC.replace("10.0.0.0/16", "10.0.0.0/99"));
    let run = stack.project.plan().expect_code(1);
    run.expect_words(&["main.hcl", "cidr_block", "10.0.0.0/99"]);
    assert!(world::census(&stack.cloud).is_empty());
}

#[test]
fn names_that_aws_would_refuse_are_told_by_plan_at_their_place() {
    let wrong = r#"
resource "aws_s3_bucket" "wrong" {
  bucket = "No Such Name"
}
resource "aws_security_group" "wrong" {
  name   = "sg-wrong"
  vpc_id = aws_vpc.main.id
}
"#;
    let stack = stack("eu-west-1", &format!("{VPC}{wrong}"));
    let run = stack.project.plan().expect_code(1);
    run.expect_words(&["main.hcl", "aws_s3_bucket.wrong", "bucket", "aws_security_group.wrong"]);
    assert!(world::census(&stack.cloud).is_empty());
}

#[test]
fn a_type_that_is_misspelt_is_not_blamed_on_the_build() {
    let stack = stack("eu-west-1", &VPC.replace("aws_vpc", "aws_vcp"));
    let run = stack.project.plan().expect_code(1);
    let run = run.expect_words(&["main.hcl", "aws_vcp", "did you mean \"aws_vpc\"?"]);
    assert!(!run.all().contains("cargo feature"), "{}", run.all());
}

#[test]
fn an_import_of_what_is_not_there_names_the_resource_and_the_id() {
    let import = "\nimport {\n  to = aws_vpc.main\n  id = \"vpc-0123456789abcdef0\"\n}\n";
    let stack = stack("eu-west-1", &format!("{VPC}{import}"));
    let run = stack.project.plan().expect_code(1);
    run.expect_words(&["aws_vpc.main", "vpc-0123456789abcdef0"]);
}

#[test]
fn a_read_that_is_refused_names_what_could_not_be_read() {
    let subnet = "\nresource \"aws_subnet\" \"main\" {\n  vpc_id     = aws_vpc.main.id\n  cidr_block = \"10.0.1.0/24\"\n}\n";
    let stack = stack("eu-west-1", &format!("{VPC}{subnet}"));
    stack.apply();
    stack.cloud.proxy().add(When::action("ec2:DescribeSubnets").rule(Refuse::denied()));
    let run = stack.project.plan().expect_code(1);
    run.expect_words(&["aws_subnet.main", "ec2:DescribeSubnets", "not authorized"]);
    stack.cloud.proxy().heal();
    stack.assert_settled();
}

#[test]
fn credentials_that_end_during_an_apply_lose_nothing() {
    let stack = Stack::small();
    let message = "The security token included in the request is expired";
    let expired = Refuse::code(403, "ExpiredToken", message);
    stack.cloud.proxy().add(When::always().writes().after(12).rule(expired));
    let run = stack.project.apply().expect_code(1);
    let run = run.expect_words(&["ExpiredToken"]);
    assert!(stack.recorded().contains_key("aws_vpc.main"), "{}", run.stderr);
    stack.cloud.proxy().heal();
    stack.apply();
    stack.assert_settled();
    world::assert_one_object_per_address(&stack);
}

#[test]
fn one_refused_call_stops_only_what_needs_it() {
    let stack = Stack::small();
    stack.cloud.proxy().add(When::action("ec2:CreateInternetGateway").rule(Refuse::denied()));
    let run = stack.project.apply().expect_code(1);
    let run = run.expect_words(&["aws_internet_gateway", "main.hcl", "not authorized"]);
    let recorded = stack.recorded();
    for done in
        ["aws_vpc.main", "aws_subnet.private", "aws_s3_object.hello", "aws_launch_template.server"]
    {
        assert!(recorded.contains_key(done), "{done} is independent: {}", run.all());
    }
    assert!(!recorded.contains_key("aws_nat_gateway.main"));
    stack.cloud.proxy().heal();
    stack.apply();
    stack.assert_settled();
    world::assert_one_object_per_address(&stack);
}

#[test]
fn an_id_that_is_gone_is_named_with_its_resource() {
    let subnet = r#"
resource "aws_subnet" "lost" {
  vpc_id     = "vpc-0123456789abcdef0"
  cidr_block = "10.0.1.0/24"

  # What a thing refers to may have been made a moment ago, so that it is waited for.
  timeouts {
    create = "2s"
  }
}
"#;
    let stack = stack("eu-west-1", &format!("{VPC}{subnet}"));
    let run = stack.project.apply().expect_code(1);
    run.expect_words(&["aws_subnet", "main.hcl", "InvalidVpcID.NotFound", "vpc-0123456789abcdef0"]);
    assert!(stack.recorded().contains_key("aws_vpc.main"));
}
