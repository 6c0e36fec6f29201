//! Plan, apply, outputs, state and destroy, as people type them.

use testkit::Project;

const MAIN: &str = r#"
variable "greeting" {
  type    = string
  default = "hello"
}

resource "terraform_data" "first" {
  input = var.greeting
}

resource "terraform_data" "many" {
  for_each = toset(["a", "b"])
  input    = "${terraform_data.first.output}-${each.key}"
}

resource "random_password" "secret" {
  length = 20
}

output "greeting" {
  value = terraform_data.first.output
}

output "many" {
  value = { for key, one in terraform_data.many : key => one.output }
}

output "secret" {
  value     = random_password.secret.result
  sensitive = true
}
"#;

fn project() -> Project {
    Project::with_stack("words", &format!("stack {{\n  name = \"words\"\n}}\n{MAIN}"))
}

#[test]
fn plan_apply_plan_ends_with_two_zero_zero() {
    let project = project();
    project.plan().expect_code(2).expect_words(&["Plan: 4 to add, 0 to change, 0 to destroy."]);
    project.apply().expect_code(0).expect_words(&["Apply complete! Resources: 4 added"]);
    project.plan().expect_code(0).expect_words(&["No changes."]);
    project.run(&["plan"]).expect_code(0);
    project.apply().expect_code(0).expect_words(&["0 added, 0 changed, 0 destroyed"]);
}

#[test]
fn one_dash_two_dashes_folder_and_chdir_mean_the_same() {
    let project = project();
    for arguments in [
        &["-chdir=stacks/words", "plan", "-detailed-exitcode"][..],
        &["--chdir=stacks/words", "plan", "--detailed-exitcode"],
        &["-chdir", "stacks/words", "plan", "-detailed-exitcode", "-input=false", "-no-color"],
        &["plan", "-detailed-exitcode", "stacks/words"],
    ] {
        project.artiform(arguments).expect_code(2);
    }
    project.artiform(&["apply", "--auto-approve", "stacks/words"]).expect_code(0);
    project.artiform(&["plan", "--detailed-exitcode", "stacks/words"]).expect_code(0);
    project.artiform(&["destroy", "--auto-approve", "stacks/words"]).expect_code(0);
}

#[test]
fn outputs_are_told_raw_and_as_json_and_secrets_only_when_asked_for() {
    let project = project();
    let apply = project.apply().expect_code(0);
    assert_eq!(project.output("greeting"), "hello");
    let secret = project.output("secret");
    assert_eq!(secret.chars().count(), 20);
    let many = project.run(&["output", "-json", "many"]).expect_code(0).stdout;
    let many: serde_json::Value = serde_json::from_str(&many).unwrap();
    assert_eq!(many, serde_json::json!({"a": "hello-a", "b": "hello-b"}));
    let all = project.run(&["output", "-json"]).expect_code(0).stdout;
    let all: serde_json::Value = serde_json::from_str(&all).unwrap();
    assert_eq!(all["secret"]["sensitive"], true);
    assert_eq!(all["secret"]["value"], secret.as_str());
    assert_eq!(all["greeting"]["value"], "hello");
    let shown = project.run(&["output"]).expect_code(0);
    let show = project.run(&["show"]).expect_code(0);
    for run in [&apply, &shown, &show, &project.plan()] {
        assert!(!run.all().contains(&secret), "`{}` shows a secret", run.command);
    }
    assert!(shown.stdout.contains("secret = <sensitive>"), "{}", shown.stdout);
}

#[test]
fn the_state_is_listed_shown_moved_and_forgotten() {
    let project = project();
    project.apply().expect_code(0);
    let mut expected = vec![
        "random_password.secret",
        "terraform_data.first",
        "terraform_data.many[\"a\"]",
        "terraform_data.many[\"b\"]",
    ];
    assert_eq!(project.addresses(), expected);
    project.run(&["state", "show", "terraform_data.first"]).expect_code(0).expect_words(&["hello"]);
    project.run(&["state", "rm", "terraform_data.many[\"b\"]"]).expect_code(0);
    expected.pop();
    assert_eq!(project.addresses(), expected);
    project.plan().expect_code(2).expect_words(&["Plan: 1 to add, 0 to change, 0 to destroy."]);
}

#[test]
fn a_variable_changes_only_what_depends_on_it() {
    let project = project();
    project.apply().expect_code(0);
    let secret = project.output("secret");
    let run = project.run(&["apply", "-auto-approve", "-var", "greeting=good day"]);
    run.expect_code(0).expect_words(&["0 added, 3 changed, 0 destroyed"]);
    assert_eq!(project.output("greeting"), "good day");
    assert_eq!(project.output("secret"), secret);
}

#[test]
fn a_saved_plan_is_applied_once_and_refused_when_it_is_stale() {
    let project = project();
    project.run(&["plan", "-out=first.plan"]).expect_code(0);
    project.run(&["show", "first.plan"]).expect_code(0).expect_words(&["4 to add"]);
    let json = project.run(&["show", "-json", "first.plan"]).expect_code(0).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["resource_changes"].as_array().map(Vec::len), Some(4), "{json}");
    project.run(&["apply", "first.plan"]).expect_code(0);
    let stale = project.run(&["apply", "first.plan"]).expect_code(1);
    assert!(stale.stderr.to_lowercase().contains("stale"), "{}", stale.stderr);
    project.plan().expect_code(0);
}

#[test]
fn a_saved_plan_is_refused_when_the_configuration_has_changed() {
    let project = project();
    project.run(&["plan", "-out=first.plan"]).expect_code(0);
    project.write("stacks/words/more.hcl", "resource \"terraform_data\" \"more\" {}\n");
    project.run(&["apply", "first.plan"]).expect_code(1).expect_words(&["stale", "configuration"]);
    assert!(project.addresses().is_empty());
}

#[test]
fn a_saved_plan_keeps_given_values_and_holds_no_secret() {
    let project = project();
    project.write(
        "stacks/words/secret.hcl",
        "variable \"secret\" {\n  sensitive = true\n}\nvariable \"list\" {\n  type = list(string)\n}\n\
         resource \"terraform_data\" \"given\" {\n  input = [var.secret, var.list]\n}\n\
         output \"list\" {\n  value = var.list\n}\n",
    );
    let (secret, list) = ("-var=secret=hush-hush", "-var=list=[\"$${a}\"]");
    project.run(&["plan", "-out=first.plan", secret, list]).expect_code(0);
    let file = std::fs::read_to_string(project.stack_folder().join("first.plan")).unwrap();
    assert!(!file.contains("hush-hush"), "{file}");
    project.run(&["apply", "first.plan"]).expect_code(1).expect_words(&["secret"]);
    project
        .run(&["apply", "-var=secret=other", "first.plan"])
        .expect_code(1)
        .expect_words(&["stale"]);
    project.run(&["apply", secret, "first.plan"]).expect_code(0).expect_words(&["${a}"]);
}

#[test]
fn secrets_are_shown_where_they_are_asked_for() {
    let project = Project::with_stack(
        "words",
        "variable \"secret\" {\n  sensitive = true\n}\n\
         resource \"terraform_data\" \"a\" {\n  input = [var.secret]\n}\n\
         output \"o\" {\n  value     = var.secret\n  sensitive = true\n}\n",
    );
    project.write("stacks/words/secret.auto.tfvars", "secret = \"hush-hush\"\n");
    let shows = |arguments: &[&str], asked: bool| {
        let run = project.run(arguments);
        assert_eq!(run.stdout.contains("hush-hush"), asked, "{}", run.all());
    };
    let flag = "-show-sensitive";
    shows(&["plan"], false);
    shows(&["plan", flag, "-out=told.plan"], true);
    shows(&["show", "told.plan"], false);
    shows(&["show", flag, "told.plan"], true);
    shows(&["show", "-json", flag, "told.plan"], true);
    project.run(&["plan", "-out=secret.plan"]).expect_code(0);
    let show = project.run(&["show", flag, "-json", "secret.plan"]).expect_code(0);
    assert!(show.stderr.contains("Sensitive values are not in the plan file"), "{}", show.stderr);
    assert!(!show.stdout.contains("hush-hush"));
    shows(&["apply", "-auto-approve"], false);
    shows(&["apply", "-auto-approve", flag, "-replace=terraform_data.a"], true);
    shows(&["show"], false);
    shows(&["show", flag], true);
}

#[test]
fn a_plan_with_mistakes_is_shown_and_saved_and_never_applied() {
    let project = Project::with_stack(
        "words",
        "resource \"terraform_data\" \"a\" {\n  input = 1\n}\n\
         resource \"terraform_data\" \"b\" {\n  count = length(terraform_data.a.id)\n}\n",
    );
    let plan = project.run(&["plan", "-out=partial.plan"]).expect_code(1);
    assert!(plan.stdout.contains("but then encountered a problem"), "{}", plan.stdout);
    assert!(plan.stdout.contains("Plan: 1 to add, 0 to change, 0 to destroy."), "{}", plan.stdout);
    let json = project.run(&["show", "-json", "partial.plan"]).expect_code(0).stdout;
    assert!(json.contains("\"errored\":true"), "{json}");
    project
        .run(&["apply", "partial.plan"])
        .expect_code(1)
        .expect_words(&["Cannot apply incomplete plan"]);
}

#[test]
fn destroy_leaves_an_empty_state() {
    let project = project();
    project.apply().expect_code(0);
    project.run(&["plan", "-destroy"]).expect_code(0).expect_words(&["4 to destroy"]);
    project.destroy().expect_code(0).expect_words(&["Destroy complete! Resources: 4 destroyed."]);
    assert!(project.addresses().is_empty());
    project.plan().expect_code(2).expect_words(&["4 to add"]);
}

#[test]
fn apply_without_a_terminal_and_without_approval_changes_nothing() {
    let project = project();
    let run = project.run(&["apply"]);
    assert_eq!(run.code, 1, "{}", run.all());
    assert!(project.addresses().is_empty());
}

#[test]
fn a_failed_condition_keeps_what_was_there() {
    let project = project();
    project.apply().expect_code(0);
    let checked = MAIN.replace(
        "  input = var.greeting\n",
        "  input = var.greeting\n  lifecycle {\n    precondition {\n      condition     = var.greeting == \"never\"\n      \
         error_message = \"The greeting must be never.\"\n    }\n  }\n",
    );
    project.write("stacks/words/main.hcl", &format!("stack {{\n  name = \"words\"\n}}\n{checked}"));
    let before = project.addresses();
    let run = project.apply().expect_code(1);
    run.expect_words(&["The greeting must be never.", "main.hcl:"]);
    assert_eq!(project.addresses(), before);
}

#[test]
fn an_empty_or_torn_state_is_an_error_and_never_no_state() {
    for text in ["", "{\"format_version\": 1, \"st"] {
        let project = project();
        project.apply().expect_code(0);
        project.write("state/words/state.json", text);
        for verb in [
            &["plan"][..],
            &["apply", "-auto-approve"],
            &["destroy", "-auto-approve"],
            &["state", "list"],
        ] {
            let run = project.run(verb);
            assert_eq!(run.code, 1, "{verb:?} on {text:?}:\n{}", run.all());
            assert!(run.stderr.contains("state.json"), "{verb:?}:\n{}", run.stderr);
        }
        assert_eq!(project.read("state/words/state.json"), text);
    }
}
