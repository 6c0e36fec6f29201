//! `provisioner "local-exec"`: commands beside creation and destruction, what fails with them, and what survives a kill.

use std::time::Duration;

use serde_json::Value;
use testkit::{Project, patience};

fn project(main: &str) -> Project {
    Project::with_stack("commands", main)
}

/// A creation that succeeds, unless the variable says otherwise, and a destruction likewise.
const FICKLE: &str = r#"
variable "fails" {
  default = ""
}

resource "terraform_data" "a" {
  count = 2
  input = "x${count.index}"

  provisioner "local-exec" {
    command     = "echo made $WHICH >> log; test \"${var.fails}\" != create"
    environment = { WHICH = self.output }
  }
  provisioner "local-exec" {
    when    = destroy
    command = "echo gone ${self.output} ${count.index} >> log; test ! -e stuck"
  }
}

resource "terraform_data" "b" {
  input = terraform_data.a[*].id
}
"#;

fn log(project: &Project) -> String {
    project.read("stacks/commands/log")
}

#[test]
fn commands_run_once_after_creation_and_before_destruction() {
    let project = project(FICKLE);
    project.apply().expect_code(0).expect_words(&[
        "terraform_data.a[0]: Provisioning with 'local-exec'...",
        "terraform_data.a[0] (local-exec): Executing: [\"/bin/sh\" \"-c\"",
    ]);
    let mut lines: Vec<_> = log(&project).lines().map(str::to_owned).collect();
    lines.sort();
    assert_eq!(lines, ["made x0", "made x1"]);
    project.run(&["plan", "-detailed-exitcode"]).expect_code(0);
    // An update runs nothing.
    project.write("stacks/commands/main.hcl", &FICKLE.replace("\"x$", "\"y$"));
    project.apply().expect_code(0).expect_words(&["0 added, 2 changed"]);
    assert_eq!(log(&project).lines().count(), 2);
    project.run(&["destroy", "-auto-approve"]).expect_code(0);
    let log = log(&project);
    assert!(log.contains("gone y0 0") && log.contains("gone y1 1"), "{log}");
}

#[test]
fn a_command_that_fails_taints_what_was_created_and_stops_what_waits_for_it() {
    let project = project(FICKLE);
    project.run(&["apply", "-auto-approve", "-var=fails=create"]).expect_code(1).expect_words(&[
        "Error: local-exec provisioner error",
        "exit status 1",
        "terraform_data.b: Not tried",
        "0 added",
    ]);
    project.run(&["plan"]).expect_code(0).expect_words(&["terraform_data.a[0] is tainted"]);
    project.apply().expect_code(0).expect_words(&["3 added, 0 changed, 2 destroyed"]);
    // Nothing ran before the destruction of what was tainted.
    assert!(!log(&project).contains("gone"), "{}", log(&project));
}

#[test]
fn a_command_that_fails_before_destruction_keeps_the_thing() {
    let project = project(FICKLE);
    project.apply().expect_code(0);
    project.write("stacks/commands/stuck", "");
    project
        .run(&["destroy", "-auto-approve"])
        .expect_code(1)
        .expect_words(&["local-exec provisioner error", "1 destroyed so far"]);
    assert_eq!(project.addresses().len(), 2);
    std::fs::remove_file(project.stack_folder().join("stuck")).expect("the file is there");
    project.run(&["destroy", "-auto-approve"]).expect_code(0);
    assert!(project.addresses().is_empty());
}

#[test]
fn a_removed_block_brings_the_command_of_what_it_removes() {
    let project = project(FICKLE);
    project.apply().expect_code(0);
    let removed = "removed {\n  from = terraform_data.a\n  provisioner \"local-exec\" {\n    when = destroy\n    command = \"echo removed ${self.input} >> log\"\n  }\n}\n";
    project.write("stacks/commands/main.hcl", removed);
    project.apply().expect_code(0);
    let log = log(&project);
    assert!(log.contains("removed x0") && log.contains("removed x1"), "{log}");
    assert!(!log.contains("gone"), "{log}");
}

#[test]
fn a_failure_may_be_passed_over() {
    let project = project(
        "resource \"terraform_data\" \"a\" {\n  provisioner \"local-exec\" {\n    command = \"exit 7\"\n    on_failure = continue\n  }\n  provisioner \"local-exec\" {\n    command = \"echo second\"\n  }\n}\n",
    );
    project.apply().expect_code(0).expect_words(&[
        "(local-exec): failed, and goes on",
        "(local-exec): second",
        "1 added",
    ]);
    project.run(&["plan", "-detailed-exitcode"]).expect_code(0);
}

#[test]
fn secrets_in_a_command_are_told_nowhere() {
    let project = project(
        "resource \"random_password\" \"p\" {\n  length = 24\n  special = false\n  provisioner \"local-exec\" {\n    command = \"echo ${self.result} | tee secret; exit 1\"\n  }\n}\n",
    );
    let run = project.run(&["apply", "-auto-approve", "-json"]).expect_code(1);
    let secret = project.read("stacks/commands/secret");
    assert_eq!(secret.trim().len(), 24);
    assert!(!run.all().contains(secret.trim()), "{}", run.all());
    run.expect_words(&[
        "output suppressed due to sensitive value",
        "\"type\":\"provision_errored\"",
    ]);
}

#[test]
fn what_is_killed_while_its_command_runs_is_made_anew() {
    let project = project(
        "resource \"terraform_data\" \"a\" {\n  provisioner \"local-exec\" {\n    command = \"echo run >> runs; while [ -e hold ]; do sleep 0.05; done\"\n  }\n}\n",
    );
    project.write("stacks/commands/hold", "");
    let mut child = project.start(&["apply", "-auto-approve"]);
    patience::within(Duration::from_secs(30), "the command runs", || {
        project.stack_folder().join("runs").is_file().then_some(())
    });
    child.kill().expect("the command can be killed");
    child.wait().expect("the command can be waited for");
    std::fs::remove_file(project.stack_folder().join("hold")).expect("the file is there");
    let plan = project.run(&["plan", "-json"]).expect_code(0).stdout;
    let mut lines = plan.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let change = lines.find(|line| line["type"] == "planned_change").expect("a change is planned");
    assert_eq!(change["change"]["reason"], "tainted");
    project.apply().expect_code(0).expect_words(&["1 added, 0 changed, 1 destroyed"]);
    assert_eq!(project.read("stacks/commands/runs"), "run\nrun\n");
    project.run(&["plan", "-detailed-exitcode"]).expect_code(0);
}
