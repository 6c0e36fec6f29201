//! `-target`, `-exclude` and their globs, as people type them.

use testkit::Project;

const MAIN: &str = r#"
resource "terraform_data" "base" {
  input = "base"
}

resource "terraform_data" "many" {
  for_each = toset(["a", "b"])
  input    = "${terraform_data.base.output}-${each.key}"
}

resource "terraform_data" "other" {
  input = "other"
}

output "base" {
  value = terraform_data.base.output
}

output "other" {
  value = terraform_data.other.output
}
"#;

fn project() -> Project {
    Project::with_stack("parts", &format!("stack {{\n  name = \"parts\"\n}}\n{MAIN}"))
}

#[test]
fn a_target_is_applied_with_its_dependencies_and_a_warning() {
    let project = project();
    let plan = project.run(&["plan", "-target=terraform_data.many[\"a\"]"]).expect_code(0);
    plan.expect_words(&["Plan: 2 to add", "base = ", "Resource targeting is in effect"]);
    let apply = project.run(&["apply", "-auto-approve", "-target", "terraform_data.many[\"a\"]"]);
    apply.expect_code(0).expect_words(&["2 added", "Applied changes may be incomplete"]);
    assert_eq!(project.output("base"), "base");
    project.plan().expect_words(&["Plan: 2 to add", "other = "]);
}

#[test]
fn only_and_except_take_globs() {
    let project = project();
    let plan = project.run(&["plan", "--only=terraform_data.ma*", "--except=*[\"b\"]"]);
    plan.expect_code(0).expect_words(&["Plan: 2 to add", "terraform_data.many[\"a\"] will be"]);
    let plan = project.run(&["plan", "-exclude=terraform_data.base"]).expect_code(0);
    plan.expect_words(&["Plan: 1 to add", "terraform_data.other will be created"]);
}

#[test]
fn a_selector_that_names_nothing_says_what_is_near() {
    let project = project();
    let plan = project.run(&["plan", "-target=terraform_data.bas"]).expect_code(1);
    plan.expect_words(&["Address matches nothing", "did you mean terraform_data.base?"]);
    let plan = project.run(&["plan", "-exclude=*.nothing"]).expect_code(1);
    plan.expect_words(&["-exclude=*.nothing"]);
    let plan = project.run(&["plan", "-replace=terraform_data.many[\"c\"]"]).expect_code(1);
    plan.expect_words(&["did you mean terraform_data.many[\"a\"]?"]);
}
