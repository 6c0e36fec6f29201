//! `import` blocks, the command `import`, and generated configuration, as people type them.

use testkit::Project;

fn project(main: &str) -> Project {
    Project::with_stack("taken", &format!("stack {{\n  name = \"taken\"\n}}\n{main}"))
}

#[test]
fn import_blocks_are_planned_and_applied_in_terraforms_words() {
    let project = project(
        r#"
import {
  for_each = { x = "id-x", y = "id-y" }
  to       = terraform_data.many[each.key]
  id       = each.value
}
import {
  to = terraform_data.one
  id = "the-id"
}
resource "terraform_data" "many" {
  for_each = toset(["x", "y"])
}
resource "terraform_data" "one" {
  input = 1
}
"#,
    );
    project.plan().expect_code(2).expect_words(&[
        "terraform_data.one: Preparing import... [id=the-id]",
        "terraform_data.one will be updated in-place\n  # (imported from \"the-id\")",
        "terraform_data.many[\"x\"] will be imported\n    resource \"terraform_data\" \"many\" {",
        "Plan: 3 to import, 0 to add, 1 to change, 0 to destroy.",
    ]);
    let json = project.run(&["plan", "-json"]).expect_code(0);
    json.expect_words(&["\"action\":\"import\"", "\"importing\":{\"id\":\"id-x\"}"]);
    project.apply().expect_code(0).expect_words(&[
        "terraform_data.many[\"y\"]: Importing... [id=id-y]",
        "terraform_data.many[\"y\"]: Import complete [id=id-y]",
        "Resources: 3 imported, 0 added, 1 changed, 0 destroyed.",
    ]);
    project.plan().expect_code(0).expect_words(&["No changes."]);
}

#[test]
fn the_command_takes_one_thing_into_the_state() {
    let project = project("resource \"random_password\" \"p\" {\n  length = 6\n}\n");
    let run = project.run(&["import", "random_password.p", "secret"]).expect_code(0);
    assert!(!run.stdout.contains("random_password.p: Creating"));
    run.expect_words(&["random_password.p: Import complete", "Import successful!"]);
    assert_eq!(project.addresses(), ["random_password.p"]);
    project.plan().expect_code(0).expect_words(&["No changes."]);
    let again = project.run(&["import", "random_password.p", "other!"]).expect_code(1);
    again.expect_words(&["Resource already managed by artiform"]);
    let run = project.run(&["import", "random_password.q", "x"]).expect_code(1);
    run.expect_words(&["Configuration for import target does not exist", "write its block first"]);
}

#[test]
fn a_saved_plan_takes_in_what_it_generated_configuration_for() {
    let project = project("import {\n  to = terraform_data.a\n  id = \"an-id\"\n}\n");
    let plan = ["plan", "-generate-config-out=generated.hcl", "-out=taken.plan"];
    project.run(&plan).expect_code(0).expect_words(&["Wrote configuration", "Saved the plan"]);
    project.run(&["apply", "taken.plan"]).expect_code(0).expect_words(&["1 imported"]);
    project.plan().expect_code(0);
}

#[test]
fn configuration_is_generated_into_a_new_file() {
    let project = project("import {\n  to = terraform_data.a\n  id = \"an-id\"\n}\n");
    project
        .run(&["plan"])
        .expect_code(1)
        .expect_words(&["Configuration for import target does not exist", "-generate-config-out"]);
    let generate = ["plan", "-generate-config-out=generated.hcl"];
    let plan = project.run(&generate).expect_code(0);
    plan.expect_words(&["# (config will be generated)", "Plan: 1 to import"]);
    let text = project.read("stacks/taken/generated.hcl");
    let expected = "# __generated__ by artiform from \"an-id\"\nresource \"terraform_data\" \"a\" {\n  input            = null\n  triggers_replace = null\n}\n";
    assert!(text.ends_with(expected), "{text}");
    project.run(&generate).expect_code(1).expect_words(&["Target generated file already exists"]);
    project.apply().expect_code(0).expect_words(&["1 imported"]);
    project.plan().expect_code(0);
}
