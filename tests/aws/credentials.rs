//! Whose credentials are used: those of the environment, of a profile, of a role that is taken on.

use serde_json::json;

use crate::stack::Stack;
use crate::world;

/// A stack that says who it is, with this provider block.
fn stack(provider: &str) -> Stack {
    let stack = Stack::of(
        "who",
        &format!(
            r#"
stack {{
  name = "who"
}}

provider "aws" {{
  {provider}
}}

data "aws_caller_identity" "me" {{}}

resource "aws_eip" "one" {{}}

output "who" {{
  value = data.aws_caller_identity.me.arn
}}
"#
        ),
    );
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}]});
    let role = json!({"RoleName": "deployer", "AssumeRolePolicyDocument": trust.to_string()});
    let _ = stack.cloud.boto3("iam", "us-east-1", "create_role", role);
    stack
}

fn role_of(stack: &Stack) -> String {
    format!("arn:aws:iam::{}:role/deployer", stack.cloud.account())
}

/// The parameters with which roles were taken on.
fn roles_taken(stack: &Stack) -> Vec<Vec<(String, String)>> {
    let calls = stack.cloud.proxy().record().since(0).into_iter();
    calls.filter(|call| call.name == "sts:AssumeRole").map(|call| call.parameters).collect()
}

#[track_caller]
fn assert_taken(stack: &Stack, expected: &[(&str, &str)]) {
    let taken = roles_taken(stack);
    let parameters = taken.first().expect("a role is taken on");
    for (name, value) in expected {
        let found = parameters.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
        assert_eq!(found, Some(*value), "{name} in {parameters:?}");
    }
}

#[test]
fn a_role_is_taken_on_with_what_the_provider_block_says() {
    let stack = stack(
        "region = \"eu-west-1\"\n  assume_role {\n    role_arn = var.role\n    session_name = \"nightly\"\n    external_id = \"agreed\"\n    duration = \"1h\"\n  }\n}\n\nvariable \"role\" {\n  type = string",
    );
    let role = role_of(&stack);
    let variable = format!("-var=role={role}");
    stack.project.run(&["apply", "-auto-approve", &variable]).expect_code(0);
    assert_taken(
        &stack,
        &[
            ("RoleArn", &role),
            ("RoleSessionName", "nightly"),
            ("ExternalId", "agreed"),
            ("DurationSeconds", "3600"),
        ],
    );
    let who = stack.project.run(&["output", "-raw", "who"]).expect_code(0).stdout;
    assert!(who.contains("assumed-role/deployer/nightly"), "{who}");
    let things = world::census(&stack.cloud);
    assert!(things.iter().any(|thing| thing.resource == "aws_eip"), "{things:?}");
}

/// A file of profiles in the project, and the environment that leads to it.
fn with_profiles(stack: &mut Stack, text: &str) {
    stack.project.write("profiles", text);
    let path = stack.project.path().join("profiles").display().to_string();
    let mut environment = stack.cloud.environment();
    for (name, value) in &mut environment {
        if name == "AWS_CONFIG_FILE" {
            value.clone_from(&path);
        }
    }
    let project = std::mem::replace(&mut stack.project, testkit::Project::with_stack("none", ""));
    stack.project = project.with_environment(environment);
}

#[test]
fn a_profile_that_the_provider_block_names_goes_before_the_environment() {
    let mut stack = stack("profile = \"deploy\"");
    let role = role_of(&stack);
    let profiles = format!(
        "[profile base]\naws_access_key_id = AKIABASE\naws_secret_access_key = secret\n\n\
         [profile deploy]\nsource_profile = base\nrole_arn = {role}\nrole_session_name = laptop\nregion = eu-west-1\n"
    );
    with_profiles(&mut stack, &profiles);
    stack.apply();
    assert_taken(&stack, &[("RoleArn", &role), ("RoleSessionName", "laptop")]);
    assert_eq!(stack.attribute("aws_eip.one", "region"), "eu-west-1");
}

#[test]
fn who_has_not_signed_in_is_told_to() {
    let mut stack = stack("profile = \"sso\"\n  region = \"eu-west-1\"");
    let profiles = "[profile sso]\nsso_session = work\nsso_account_id = 123456789012\nsso_role_name = deployer\n\n\
        [sso-session work]\nsso_region = eu-west-1\nsso_start_url = https://example.com/start\n";
    with_profiles(&mut stack, profiles);
    let run = stack.project.plan().expect_code(1);
    run.expect_words(&["credentials", "aws sso login"]);
}
