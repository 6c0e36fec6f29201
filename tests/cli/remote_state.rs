//! `terraform_remote_state`: one stack reads what another one put out.

use testkit::Project;

const READER: &str = r#"
data "terraform_remote_state" "network" {
  backend  = "local"
  config   = { path = "../../state/network" }
  defaults = { zone = "a" }
}

resource "terraform_data" "a" {
  input = data.terraform_remote_state.network.outputs.cidr
}

output "zone" {
  value = data.terraform_remote_state.network.outputs.zone
}
"#;

/// A project with two stacks, the one that puts out not yet applied.
fn project() -> Project {
    let project = Project::with_stack("reader", READER);
    let network = "output \"cidr\" {\n  value = \"10.0.0.0/16\"\n}\noutput \"key\" {\n  value = \"hunter2\"\n  sensitive = true\n}\n";
    project.write("stacks/network/main.hcl", network);
    project
}

fn apply_network(project: &Project) {
    project.artiform(&["-chdir=stacks/network", "apply", "-auto-approve"]).expect_code(0);
}

#[test]
fn outputs_of_another_stack_are_read_when_planning() {
    let project = project();
    let run = project.run(&["plan"]).expect_code(1);
    run.expect_words(&["Unable to find remote state", "apply the other stack first"]);
    apply_network(&project);
    project.apply().expect_code(0).expect_words(&["zone = \"a\""]);
    // Its path starts from the stack's folder, wherever the command is called.
    project.artiform(&["plan", "-detailed-exitcode", "stacks/reader"]).expect_code(0);
    let network = project.read("stacks/network/main.hcl").replace("10.0", "10.1");
    project.write("stacks/network/main.hcl", &network);
    apply_network(&project);
    project
        .run(&["plan", "-detailed-exitcode"])
        .expect_code(2)
        .expect_words(&["\"10.0.0.0/16\" -> \"10.1.0.0/16\""]);
}

#[test]
fn a_sensitive_output_stays_sensitive_in_the_stack_that_reads_it() {
    let project = project();
    apply_network(&project);
    project.write("stacks/reader/main.hcl", &READER.replace("outputs.cidr", "outputs.key"));
    let run = project.apply().expect_code(0);
    let run = run.expect_words(&["(sensitive value)"]);
    assert!(!run.all().contains("hunter2"), "{}", run.all());
}

#[test]
fn a_workspace_of_the_other_stack_can_be_named() {
    let project = project();
    project.artiform(&["-chdir=stacks/network", "workspace", "new", "blue"]).expect_code(0);
    apply_network(&project);
    let named = READER.replace("config   =", "workspace = \"blue\"\n  config =");
    project.write("stacks/reader/main.hcl", &named);
    project.apply().expect_code(0);
    project.write("stacks/reader/main.hcl", &named.replace("blue", "green"));
    project.run(&["plan"]).expect_code(1).expect_words(&["Unable to find remote state"]);
}

#[test]
fn a_state_of_terraform_is_read_as_well() {
    let project = project();
    let state = r#"{"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x", "resources": [], "check_results": null,
        "outputs": {"cidr": {"value": {"v4": "10.0.0.0/8", "n": [1, true]}, "type": ["object", {"v4": "string", "n": ["tuple", ["number", "bool"]]}]}}}"#;
    project.write("other/terraform.tfstate", state);
    let reader = READER.replace("../../state/network", "../../other/terraform.tfstate");
    let reader = reader.replace("outputs.cidr", "outputs.cidr.v4");
    project.write("stacks/reader/main.hcl", &reader);
    project.apply().expect_code(0).expect_words(&["\"10.0.0.0/8\""]);
    project.write("other/terraform.tfstate", "{}");
    project.run(&["plan"]).expect_code(1).expect_words(&["it has no \"version\""]);
}

#[test]
fn a_backend_that_only_apply_knows_is_checked_by_apply() {
    let project = project();
    apply_network(&project);
    let kind = "resource \"terraform_data\" \"kind\" {\n  input = \"s3\"\n}\n";
    let named = READER.replace("\"local\"", "terraform_data.kind.output");
    project.write("stacks/reader/main.hcl", &format!("{kind}{named}"));
    project.run(&["apply", "-auto-approve"]).expect_code(1).expect_words(&[
        "Invalid backend configuration",
        "There is no backend type named \"s3\".",
        "hint: states are read from backend \"local\"",
    ]);
}
