//! `explain`: the way from root causes to the thing, with places.

use testkit::Project;

const MAIN: &str = r#"
variable "size" {
  type    = number
  default = 1
}

resource "terraform_data" "root" {
  triggers_replace = var.size
  input            = "kept"
}

locals {
  label = "on-${terraform_data.root.id}"
}

module "inner" {
  source = "./inner"
  label  = local.label
}

resource "terraform_data" "aside" {
  input = terraform_data.root.input
}

output "label" {
  value = module.inner.label
}
"#;

const INNER: &str = r#"
variable "label" {
  type = string
}

resource "terraform_data" "leaf" {
  input = var.label
}

output "label" {
  value = terraform_data.leaf.output
}
"#;

fn project() -> Project {
    let project = Project::with_stack("why", MAIN);
    project.write("stacks/why/inner/main.hcl", INNER);
    project
}

/// The places of words in a text, in the order of the words.
#[track_caller]
fn assert_in_order(text: &str, words: &[&str]) {
    let mut rest = text;
    for word in words {
        let found = rest.find(word);
        let at = found.unwrap_or_else(|| panic!("no {word:?} (in this order) in:\n{text}"));
        rest = &rest[at + word.len()..];
    }
}

#[test]
fn the_chain_starts_at_the_root_cause_and_names_every_reference() {
    let project = project();
    project.apply().expect_code(0);
    let run = project
        .run(&["explain", "module.inner.terraform_data.leaf", "-var", "size=2"])
        .expect_code(0);
    assert_in_order(
        &run.stdout,
        &[
            "module.inner.terraform_data.leaf will be updated in-place:",
            "1. terraform_data.root must be replaced",
            "triggers_replace: the configuration, or the value of var.size, differs",
            "main.hcl:8:22: var.size",
            "2. local.label is known after apply",
            "refers to terraform_data.root",
            "main.hcl:13:17: terraform_data.root.id",
            "3. module.inner.var.label is known after apply",
            "refers to local.label",
            "main.hcl:18:12: local.label",
            "4. module.inner.terraform_data.leaf will be updated in-place",
            "input: refers to module.inner.var.label",
            "main.hcl:7:11: var.label",
        ],
    );
    let output = project.run(&["explain", "output.label", "-var=size=2"]).expect_code(0);
    assert_in_order(&output.stdout, &["1. terraform_data.root", "5. module.inner.output.label"]);
}

#[test]
fn a_reference_to_an_attribute_that_stays_is_no_cause() {
    let project = project();
    project.apply().expect_code(0);
    let run = project.run(&["explain", "terraform_data.aside", "-var=size=2"]).expect_code(0);
    assert_eq!(run.stdout, "terraform_data.aside stays as it is, and is known.\n");
}

#[test]
fn what_is_new_unknown_or_gone_says_so() {
    let project = project();
    project
        .run(&["explain", "terraform_data.root"])
        .expect_code(0)
        .expect_words(&["is in the configuration and not yet in the state", "main.hcl:7:1"]);
    project.run(&["explain", "var.size"]).expect_code(0).expect_words(&["stays as it is"]);
    project.apply().expect_code(0);
    project.write("stacks/why/main.hcl", "");
    project
        .run(&["explain", "module.inner.terraform_data.leaf"])
        .expect_code(0)
        .expect_words(&["will be destroyed", "is no longer in the configuration"]);
}

#[test]
fn the_answer_is_json_on_request() {
    let project = project();
    let run = project.run(&["explain", "-json", "output.label"]).expect_code(0);
    let answer: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    let links = answer["explanations"][0]["links"].as_array().expect("links");
    assert_eq!(links[0]["address"], "terraform_data.root");
    assert_eq!(links[0]["action"], "create");
    assert_eq!(links[0]["causes"][0]["kind"], "new");
    let last = links.last().expect("a last link");
    assert_eq!((&last["address"], &last["unknown"]), (&"output.label".into(), &true.into()));
    assert_eq!(last["causes"][0]["to"], "module.inner.output.label");
    assert_eq!(last["causes"][0]["range"]["start"]["line"], 26);
}

#[test]
fn an_address_that_names_nothing_is_a_mistake() {
    project()
        .run(&["explain", "terraform_data.rot"])
        .expect_code(1)
        .expect_words(&["Address matches nothing", "did you mean terraform_data.root?"]);
}
