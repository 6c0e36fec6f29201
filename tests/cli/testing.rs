//! `test`: run blocks, their states, stand-ins, and what is said of them.

use testkit::Project;

const MAIN: &str = r#"
variable "x" {
  type    = string
  default = "a"
  validation {
    condition     = length(var.x) < 8
    error_message = "too long"
  }
}

resource "terraform_data" "a" {
  input = var.x
}

module "inner" {
  source = "./inner"
  y      = terraform_data.a.output
}

output "o" {
  value = terraform_data.a.output
}

output "id" {
  value = terraform_data.a.id
}

output "z" {
  value = module.inner.z
}

check "c" {
  assert {
    condition     = var.x != "zz"
    error_message = "is zz"
  }
}
"#;

const INNER: &str = r#"
variable "y" {}

resource "terraform_data" "in" {
  input = var.y
}

output "z" {
  value = "inner-${terraform_data.in.output}"
}
"#;

fn project(file: &str, text: &str) -> Project {
    let project = Project::with_stack("tried", MAIN);
    project.write("stacks/tried/inner/main.hcl", INNER);
    project.write(&format!("stacks/tried/{file}"), text);
    project
}

/// Nothing of a test stays: its states were its own.
#[track_caller]
fn assert_no_state(project: &Project) {
    assert!(!project.state_folder().join("state.json").exists());
}

#[test]
fn runs_share_a_state_and_failures_are_told_run_by_run() {
    let text = r#"
variables {
  x = "file"
}
run "first" {
  assert {
    condition     = output.o == "file"
    error_message = "not from the file"
  }
}
run "planned" {
  command = plan
  variables {
    x = run.first.o
  }
  assert {
    condition     = terraform_data.a.id == run.first.id
    error_message = "the state is not shared"
  }
  assert {
    condition     = terraform_data.a.input == "nope"
    error_message = "input is wrong"
  }
}
run "helper" {
  module {
    source = "./inner"
  }
  variables {
    y = "q"
  }
  assert {
    condition     = output.z == "inner-q"
    error_message = "no"
  }
}
run "unknown" {
  command = plan
  variables {
    y = "other"
  }
  module {
    source = "./inner"
  }
  assert {
    condition     = output.z == "inner-other"
    error_message = "no"
  }
}
run "skipped" {
  command = plan
}
"#;
    let project = project("main.tftest.hcl", text);
    let run = project.run(&["test"]).expect_code(1);
    assert_eq!(
        run.stdout,
        "main.tftest.hcl... in progress\n  run \"first\"... pass\n  run \"planned\"... fail\n  run \"helper\"... pass\n  run \"unknown\"... fail\n  run \"skipped\"... skip\nmain.tftest.hcl... tearing down\nmain.tftest.hcl... fail\n\nFailure! 2 passed, 2 failed, 1 skipped.\n"
    );
    assert!(run.stderr.contains("input is wrong") && run.stderr.contains("main.tftest.hcl:21:"));
    assert!(run.stderr.contains("Error: Unknown condition value"), "{}", run.stderr);
    assert!(!run.stderr.contains("not shared"), "{}", run.stderr);
    assert_no_state(&project);
}

#[test]
fn expected_failures_pass_and_missing_ones_fail() {
    let expected = r#"
run "variable" {
  command = plan
  variables {
    x = "much too long"
  }
  expect_failures = [var.x]
}
run "check" {
  variables {
    x = "zz"
  }
  expect_failures = [check.c]
}
"#;
    project("main.tftest.hcl", expected)
        .run(&["test"])
        .expect_code(0)
        .expect_words(&["Success! 2 passed, 0 failed.\n"]);
    let missing = "run \"m\" {\n  expect_failures = [check.c]\n}\nrun \"n\" {\n}\n";
    project("main.tftest.hcl", missing).run(&["test"]).expect_code(1).expect_words(&[
        "Missing expected failure",
        "check.c, was expected",
        "run \"n\"... skip",
    ]);
    let stopped = "run \"m\" {\n  variables {\n    x = \"much too long\"\n  }\n  expect_failures = [var.x]\n}\n";
    project("main.tftest.hcl", stopped)
        .run(&["test"])
        .expect_code(1)
        .expect_words(&["Expected failure while planning", "too long"]);
    let failed = "run \"m\" {\n  variables {\n    x = \"zz\"\n  }\n}\n";
    project("main.tftest.hcl", failed)
        .run(&["test"])
        .expect_code(1)
        .expect_words(&["Error: Check block assertion failed", "is zz"]);
}

#[test]
fn stand_ins_take_the_place_of_providers_resources_and_modules() {
    let text = r#"
mock_provider "terraform" {
  source = "./mocks"
}
override_module {
  target  = module.inner
  outputs = { z = "over" }
}
run "mocked" {
  assert {
    condition     = output.id == "mock-id" && output.z == "over"
    error_message = "no: ${output.id} ${output.z}"
  }
}
run "overridden" {
  state_key = "other"
  override_resource {
    target = terraform_data.a
    values = { id = "zero" }
  }
  assert {
    condition     = output.id == "zero"
    error_message = "no: ${output.id}"
  }
}
run "known_when_planning" {
  command   = plan
  state_key = "third"
  override_resource {
    target          = terraform_data.a
    values          = { id = "planned" }
    override_during = plan
  }
  assert {
    condition     = output.id == "planned"
    error_message = "no"
  }
}
"#;
    let project = project("tests/main.tftest.hcl", text);
    let mocks = "mock_resource \"terraform_data\" {\n  defaults = { id = \"mock-id\" }\n}\n";
    project.write("stacks/tried/mocks/all.tfmock.hcl", mocks);
    project.run(&["test"]).expect_code(0).expect_words(&["Success! 3 passed, 0 failed."]);
    assert_no_state(&project);
}

#[test]
fn options_choose_files_and_what_is_shown() {
    let project = project("a.tftest.hcl", "run \"one\" {\n}\n");
    project.write("stacks/tried/other/b.tftest.hcl", "run \"two\" {\n  command = plan\n}\n");
    let run = project.run(&["test"]).expect_code(0);
    assert!(run.stdout.contains("one") && !run.stdout.contains("two"), "{}", run.stdout);
    let run = project
        .run(&["test", "-test-directory=other", "-filter=other/b.tftest.hcl", "-verbose"])
        .expect_code(0)
        .expect_words(&["run \"two\"... pass", "terraform_data.a will be created"]);
    assert!(!run.stdout.contains("one"), "{}", run.stdout);
    project
        .run(&["test", "-filter=no.tftest.hcl"])
        .expect_code(0)
        .expect_words(&["Success! 0 passed, 0 failed."]);
    project
        .run(&["test", "-test-directory=nowhere"])
        .expect_code(0)
        .expect_words(&["Warning: Test directory does not exist"]);
    project
        .run(&["test", "-test-directory=../other"])
        .expect_code(1)
        .expect_words(&["Error: Invalid testing directory"]);
    project
        .run(&["test", "-verbose", "-var=x=given"])
        .expect_code(0)
        .expect_words(&["o = \"given\""]);
}

#[test]
fn json_lines_name_file_and_run() {
    let project = project(
        "a.tftest.hcl",
        "run \"one\" {\n  assert {\n    condition = var.x == null\n    error_message = \"no\"\n  }\n}\n",
    );
    let run = project.run(&["test", "-json"]).expect_code(1);
    let lines: Vec<serde_json::Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let kinds: Vec<&str> = lines.iter().filter_map(|line| line["type"].as_str()).collect();
    assert_eq!(
        kinds,
        [
            "version",
            "test_abstract",
            "test_file",
            "test_run",
            "test_run",
            "diagnostic",
            "test_file",
            "test_run",
            "test_file",
            "test_summary"
        ]
    );
    assert_eq!(lines[4]["test_run"]["status"], "fail");
    assert_eq!(
        (&lines[5]["@testfile"], &lines[5]["@testrun"]),
        (&"a.tftest.hcl".into(), &"one".into())
    );
    assert_eq!(lines[9]["test_summary"]["failed"], 1);
}

#[test]
fn mistakes_in_a_test_file_stop_everything_before_it_starts() {
    let text = "run \"one\" {\n  comand = plan\n}\nrun \"one\" {\n}\nrunn \"x\" {\n}\n";
    let run = project("a.tftest.hcl", text).run(&["test"]).expect_code(1).expect_words(&[
        "Unsupported argument",
        "a.tftest.hcl:2:3",
        "Did you mean \"run\"?",
    ]);
    assert!(!run.stdout.contains("in progress"), "{}", run.stdout);
}

#[test]
fn names_that_the_module_does_not_declare_are_told() {
    let text = "run \"one\" {\n  variables {\n    nosuch = 1\n  }\n  assert {\n    condition     = local.nosuch == 1\n    error_message = \"no\"\n  }\n}\n";
    project("a.tftest.hcl", text).run(&["test"]).expect_code(1).expect_words(&[
        "Warning: Value for undeclared variable",
        "Error: Reference to undeclared local value",
        "a.tftest.hcl:6:21",
    ]);
}

#[test]
fn without_test_files_there_is_nothing_to_do() {
    let run = Project::with_stack("tried", "").run(&["test"]).expect_code(0);
    assert_eq!(run.stdout, "\nSuccess! 0 passed, 0 failed.\n");
}

#[test]
fn what_can_be_told_without_running_is_told_first() {
    let text = r#"
run "two words" {}
run {}
run "one" {
  command = "plan"
  module {
    source = "./nowhere"
  }
  plan_options {
    mode    = refresh-only
    refresh = false
  }
  assert {
    condition     = upper("a") == "A"
    error_message = "never"
  }
}
override_resource {
  values = {}
}
"#;
    let run = project("a.tftest.hcl", text).run(&["test"]).expect_code(1).expect_words(&[
        "Error: Invalid run block name",
        "Error: Missing name for run",
        "Error: Invalid \"command\" keyword",
        "Error: Incompatible plan options",
        "Error: Missing target attribute",
    ]);
    assert!(!run.stdout.contains("in progress"), "{}", run.stdout);
    let text = "run \"one\" {\n  module {\n    source = \"./nowhere\"\n  }\n}\n";
    let run = project("a.tftest.hcl", text).run(&["test"]).expect_code(1);
    assert!(run.stderr.contains("Module not installed"), "{}", run.stderr);
    assert!(!run.stdout.contains("in progress"), "{}", run.stdout);
}

#[test]
fn the_folder_of_tests_has_values_of_its_own() {
    let text = "run \"one\" {\n  assert {\n    condition     = output.o == \"mine\"\n    error_message = \"it is ${output.o}\"\n  }\n}\n";
    let project = project("tests/a.tftest.hcl", text);
    project.write("stacks/tried/terraform.tfvars", "x = \"stack\"\n");
    project.write("stacks/tried/tests/terraform.tfvars", "x = \"mine\"\n");
    // A value for a variable that only a test knows is none of the stack's.
    project.run(&["test", "-var=nosuch=1"]).expect_code(0);
    project.write("stacks/tried/b.tftest.hcl", text);
    project.run(&["test"]).expect_code(1).expect_words(&["it is stack"]);
}

#[test]
fn assertions_name_what_there_is() {
    for (condition, said) in [
        ("output.nosuch == 1", "Reference to undeclared output value"),
        ("var.nosuch == 1", "Reference to undeclared input variable"),
        ("run.nosuch.x == 1", "Reference to undeclared run block"),
        ("run.two.x == 1", "Reference to unevaluated run block"),
    ] {
        let text = format!(
            "run \"one\" {{\n  command = plan\n  assert {{\n    condition     = {condition}\n    error_message = \"no\"\n  }}\n}}\nrun \"two\" {{}}\n"
        );
        project("a.tftest.hcl", &text).run(&["test"]).expect_code(1).expect_words(&[said]);
    }
}

#[test]
fn results_are_written_as_junit_xml() {
    let text = r#"
run "good" {
  command = plan
}
run "bad" {
  command = plan
  assert {
    condition     = var.x == "b"
    error_message = "not <b>"
  }
}
run "broken" {
  command = plan
  variables {
    x = "much too long"
  }
}
run "late" {}
"#;
    let project = project("a.tftest.hcl", text);
    project.run(&["test", "-junit-xml=out.xml"]).expect_code(1);
    let written = project.read("stacks/tried/out.xml");
    for part in [
        "<testsuite name=\"a.tftest.hcl\" tests=\"4\" skipped=\"1\" failures=\"1\" errors=\"1\">",
        "<testcase name=\"good\" classname=\"a.tftest.hcl\" time=\"",
        "<failure message=\"1 of 1 assertions failed: not &lt;b&gt;\"><![CDATA[\nError: Test",
        "<error message=\"Encountered an error\"><![CDATA[\nError: Invalid value for variable",
        "<skipped message=\"Testcase skipped due to a previous testcase error\">",
    ] {
        assert!(written.contains(part), "{part} in:\n{written}");
    }
}

#[test]
fn validate_reads_test_files_and_the_modules_that_only_they_use() {
    let text = r#"
run "setup" {
  module {
    source = "./setup"
  }
}
run "one" {
  expect_failures = [local.x]
  override_resource {
    target = terraform_data.nosuch
  }
}
"#;
    let project = project("tests/a.tftest.hcl", text);
    project.write("stacks/tried/setup/main.hcl", "output \"o\" {\n  value = var.nosuch\n}\n");
    let told = project.run(&["validate"]).expect_code(1);
    told.expect_words(&[
        "Invalid `expect_failures` reference",
        "tests/a.tftest.hcl:8:22",
        "Invalid override target",
        "tests/a.tftest.hcl:10:5",
        "Reference to undeclared input variable",
        "setup/main.hcl:2:11",
    ]);
    project.run(&["validate", "-no-tests"]).expect_code(0);
    project
        .run(&["validate", "-test-directory=elsewhere"])
        .expect_code(0)
        .expect_words(&["Test directory does not exist"]);
    project.write("stacks/tried/tests/a.tftest.hcl", "run \"one\" {\n  comand = plan\n}\n");
    project.run(&["validate"]).expect_code(1).expect_words(&["tests/a.tftest.hcl:2:3"]);
}
