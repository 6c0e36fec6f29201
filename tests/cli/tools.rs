//! `graph`, `providers schema`, `state replace-provider`, and options that are refused with a word.

use testkit::Project;

const MAIN: &str = "resource \"terraform_data\" \"a\" {\n}\nresource \"terraform_data\" \"b\" {\n  input = terraform_data.a.id\n}\n";

#[test]
fn the_graph_is_drawn_without_another_program() {
    let project = Project::with_stack("drawn", MAIN);
    let dot = project.run(&["graph"]).expect_code(0);
    assert!(dot.stdout.starts_with("digraph G {"), "{}", dot.stdout);
    let svg = project.run(&["graph", "-format=svg"]).expect_code(0).stdout;
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"), "{svg}");
    assert_eq!(svg.matches("<title>").count(), 2, "{svg}");
    assert_eq!(svg.matches("marker-end").count(), 1, "{svg}");
}

#[test]
fn schemas_are_written_in_terraforms_form() {
    let project = Project::with_stack("any", MAIN);
    let run = project.run(&["providers", "schema", "-json"]).expect_code(0);
    let answer: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(answer["format_version"], "1.0");
    let data = &answer["provider_schemas"]["terraform.io/builtin/terraform"]["resource_schemas"]["terraform_data"];
    assert_eq!(data["version"], 0);
    let id = serde_json::json!({ "type": "string", "description_kind": "plain", "computed": true });
    let attribute = &data["block"]["attributes"]["id"];
    for (name, value) in id.as_object().expect("an object") {
        assert_eq!(&attribute[name], value, "{name}");
    }
    let built_in = project.run(&["providers", "-built-in"]).expect_code(0);
    built_in.expect_words(&["resource terraform_data"]);
    for verb in ["lock", "mirror"] {
        let refused = project.run(&["providers", verb, "-platform=linux_amd64"]).expect_code(1);
        refused.expect_words(&["Command is not supported"]);
    }
    project.run(&["providers", "schema"]).expect_code(1).expect_words(&["one argument: -json"]);
}

#[test]
fn providers_are_drawn_module_by_module() {
    let main = "terraform {\n  required_providers {\n    other = {\n      source  = \"example.com/acme/other\"\n      version = \">=1.0,<2\"\n    }\n  }\n}\nresource \"terraform_data\" \"a\" {\n}\nmodule \"m\" {\n  source = \"./m\"\n}\n";
    let project = Project::with_stack("drawn", main);
    project.write("stacks/drawn/m/main.tf", "resource \"terraform_data\" \"b\" {\n}\n");
    let test = "run \"one\" {\n  module {\n    source = \"./m\"\n  }\n}\nrun \"two\" {}\n";
    project.write("stacks/drawn/tests/t.tftest.hcl", test);
    assert_eq!(
        project.run(&["providers"]).expect_code(0).stdout,
        "\nProviders required by configuration:\n.\n├── provider[example.com/acme/other] >= 1.0.0, < 2.0.0\n├── provider[terraform.io/builtin/terraform]\n├── test.tests.t\n│   └── run.one\n│       └── provider[terraform.io/builtin/terraform]\n└── module.m\n    └── provider[terraform.io/builtin/terraform]\n\n"
    );
}

#[test]
fn the_version_tells_whose_language_is_spoken() {
    let run = Project::with_stack("any", MAIN).run(&["version", "-json"]).expect_code(0);
    let answer: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(answer["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(answer["terraform_version"], lang::TERRAFORM_VERSION);
}

#[test]
fn instances_are_put_under_another_provider() {
    let project = Project::with_stack("any", MAIN);
    project.apply().expect_code(0);
    let replace = ["state", "replace-provider", "-auto-approve", "hashicorp/terraform", "random"];
    project.run(&replace).expect_code(0).expect_words(&[
        "    - terraform\n    + random\n",
        "  terraform_data.a\n  terraform_data.b\n",
        "Successfully replaced provider for 2 resources.",
    ]);
    assert!(project.run(&["state", "pull"]).stdout.contains("\"provider\": \"random\""));
    project.run(&replace).expect_code(0).expect_words(&["No matching resources found."]);
    project
        .run(&["state", "replace-provider", "random", "nothing"])
        .expect_code(1)
        .expect_words(&["has no provider \"nothing\""]);
}

#[test]
fn options_that_are_not_there_say_what_to_do() {
    let project = Project::with_stack("any", MAIN);
    for arguments in [&["plan", "-state=x"][..], &["apply", "-backup", "x"], &["graph", "-plan=x"]]
    {
        project.run(arguments).expect_code(1).expect_words(&["Option is not supported"]);
    }
    project
        .run(&["plan", "-nonsense"])
        .expect_code(1)
        .expect_words(&["flag provided but not defined: -nonsense"]);
}

#[test]
fn a_state_of_terraform_is_taken_over_once() {
    let project = Project::with_stack(
        "taken",
        "resource \"terraform_data\" \"a\" {\n  input = { x = [1, null] }\n}\n",
    );
    let recorded = r#"{
  "version": 4, "terraform_version": "1.11.4", "serial": 3, "lineage": "6a7f", "outputs": {},
  "resources": [{
    "mode": "managed", "type": "terraform_data", "name": "a",
    "provider": "provider[\"terraform.io/builtin/terraform\"]",
    "instances": [{
      "schema_version": 0,
      "attributes": {
        "id": "an-id",
        "input": {"value": {"x": [1, null]}, "type": ["object", {"x": ["tuple", ["number", "dynamic"]]}]},
        "output": {"value": {"x": [1, null]}, "type": ["object", {"x": ["tuple", ["number", "dynamic"]]}]},
        "triggers_replace": null
      },
      "sensitive_attributes": []
    }]
  }],
  "check_results": null
}"#;
    project.write("stacks/taken/terraform.tfstate", recorded);
    let take = ["state", "import-terraform", "terraform.tfstate"];
    project.run(&take).expect_code(0).expect_words(&["1 resource instance(s)"]);
    project.plan().expect_code(0).expect_words(&["No changes."]);
    project.run(&take).expect_code(1).expect_words(&["State is not empty"]);
    assert_eq!(project.addresses(), ["terraform_data.a"]);
}

/// What the console writes to stdout for lines of expressions.
fn console(project: &Project, options: &[&str], lines: &str) -> String {
    project.write("lines.txt", lines);
    let lines = std::fs::File::open(project.path().join("lines.txt")).expect("the lines");
    let stack = format!("-chdir={}", project.stack_folder().display());
    let mut command = project.command(&[&[&*stack, "console"], options].concat());
    let output = command.stdin(lines).output().expect("the command starts");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn the_console_evaluates_what_is_planned() {
    let main = "variable \"size\" {\n  type = number\n}\nresource \"terraform_data\" \"a\" {\n  count = var.size\n  input = \"n${count.index}\"\n}\n";
    let project = Project::with_stack("planned", main);
    project.run(&["apply", "-auto-approve", "-var=size=1"]).expect_code(0);
    let lines = "length(terraform_data.a)\nterraform_data.a[1].output\ntype(terraform_data.a[1].id)\n\"${terraform_data.a[1].id}\" == null\n\"x${terraform_data.a[1].id}\" == \"y\"\n\"x-${terraform_data.a[1].id}\" == \"y\"\n";
    let planned = console(&project, &["-plan", "-var=size=2"], lines);
    assert_eq!(planned, "2\n(known after apply)\nstring\nfalse\n(known after apply)\nfalse\n");
    let recorded = console(&project, &["-var=size=2"], "terraform_data.a[0].output\n");
    assert_eq!(recorded, "\"n0\"\n");
}

#[test]
fn the_console_tells_what_keeps_a_plan_from_being_made() {
    let project = Project::with_stack("broken", "locals {\n  x = 1 + []\n}\n");
    assert_eq!(console(&project, &["-plan"], "1 + 1\n"), "");
}

#[test]
fn the_working_folder_is_where_the_command_was_called() {
    let main = "output \"at\" {\n  value = path.cwd\n}\n";
    let project = Project::with_stack("called", main);
    let called_from = project.path().canonicalize().expect("the folder");
    project.apply().expect_code(0);
    assert_eq!(project.output("at").trim_matches('"'), called_from.display().to_string());
    let told = console(&project, &[], "path.cwd\n");
    assert_eq!(told, format!("\"{}\"\n", called_from.display()));
}
