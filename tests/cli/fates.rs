//! How long operations may take, and what becomes of things that are destroyed, as people meet it.

use testkit::{Project, port};

fn server(arguments: &str) -> String {
    format!(
        r#"
resource "local_server" "east" {{
  site           = "east"
  port           = {}
  data_dir       = abspath("${{path.root}}/data")
  admin_user     = "admin"
  admin_password = "a-long-password"
{arguments}
}}
"#,
        port::free()
    )
}

#[test]
fn a_create_that_takes_longer_than_its_timeout_fails_and_leaves_nothing() {
    let main = server("  timeouts {\n    create = \"1ms\"\n  }\n");
    let project = Project::with_stack("hasty", &main);
    project.apply().expect_code(1).expect_words(&[
        "local_server.east: Creating...",
        "Error: Server did not become ready",
        "with local_server.east",
        "main.hcl:2:1",
        "was not ready at http://127.0.0.1:",
        "within 1 ms",
        "timeouts { create = \"5m\" }",
        "Apply did not complete. Resources: 0 added",
    ]);
    assert!(project.addresses().is_empty() && project.servers().is_empty());
    project.plan().expect_code(2).expect_words(&["1 to add"]);
    project.write("stacks/hasty/main.hcl", &main.replace("1ms", "5m"));
    project.apply().expect_code(0);
    assert_eq!(project.servers().len(), 1);
    project.destroy().expect_code(0);
}

#[test]
fn a_timeout_that_is_none_is_told_before_anything_is_done() {
    let project =
        Project::with_stack("wrong", &server("  timeouts {\n    create = \"soon\"\n  }\n"));
    project.apply().expect_code(1).expect_words(&["Invalid timeout", "write it as \"30s\""]);
    assert!(project.servers().is_empty());
}

#[test]
fn what_is_retained_is_forgotten_and_lives_on() {
    let retained = server("  lifecycle {\n    on_destroy = \"retain\"\n  }\n");
    let project = Project::with_stack("kept", &retained);
    project.apply().expect_code(0);
    let running = project.servers();
    assert_eq!(running.len(), 1);
    project.run(&["plan", "-destroy"]).expect_code(0).expect_words(&[
        "local_server.east",
        "will no longer be managed by artiform, but will not be destroyed",
        "0 to destroy",
    ]);
    project.destroy().expect_code(0);
    assert_eq!(project.servers(), running);
    assert!(project.addresses().is_empty());
    let folder = project.stack_folder().join("data").display().to_string();
    project.run(&["import", "local_server.east", &folder]).expect_code(0);
    project.write("stacks/kept/main.hcl", &retained.replace("\"retain\"", "\"delete\""));
    project.apply().expect_code(0);
    project.destroy().expect_code(0);
    assert!(project.servers().is_empty());
}

#[test]
fn a_snapshot_of_what_has_none_is_refused_at_its_place() {
    let project = Project::with_stack(
        "saved",
        &server("  lifecycle {\n    on_destroy = \"snapshot\"\n  }\n"),
    );
    project.plan().expect_code(1).expect_words(&[
        "Error: Invalid on_destroy argument",
        "main.hcl:9:18",
        "on_destroy = \"snapshot\"",
        "Things of the type local_server cannot leave a snapshot behind.",
    ]);
}

#[test]
fn what_a_failed_replacement_leaves_is_shown_and_destroyed_by_the_next_apply() {
    let stack = |word: &str, limit: u32| {
        format!(
            r#"
resource "terraform_data" "a" {{
  input            = "{word}"
  triggers_replace = "{word}"
  lifecycle {{
    create_before_destroy = true
  }}
}}

resource "terraform_data" "b" {{
  input = terraform_data.a.id
  lifecycle {{
    precondition {{
      condition     = length(terraform_data.a.output) <= {limit}
      error_message = "too long"
    }}
  }}
}}
"#
        )
    };
    let project = Project::with_stack("left", &stack("one", 3));
    project.apply().expect_code(0);
    project.write("stacks/left/main.hcl", &stack("three", 3));
    let failed = project.apply().expect_code(1);
    failed.expect_words(&[
        "Resource precondition failed",
        "Apply did not complete. Resources: 1 added",
    ]);
    let shown = project.run(&["show"]).expect_code(0);
    let shown =
        shown.expect_words(&["# terraform_data.a: (deposed object ", "\"one\"", "\"three\""]);
    let key = shown.stdout.split("(deposed object ").nth(1).and_then(|rest| rest.split(')').next());
    let deposed = format!("terraform_data.a (deposed object {})", key.expect("its key"));
    project.write("stacks/left/main.hcl", &stack("three", 5));
    project.plan().expect_code(2).expect_words(&[
        &format!("# {deposed} will be destroyed"),
        "# (left over from a partially-failed replacement of this instance)",
        "Plan: 0 to add, 1 to change, 1 to destroy.",
    ]);
    let applied =
        project.apply().expect_code(0).expect_words(&[&format!("{deposed}: Destroying...")]);
    let at = |words: &str| applied.stdout.find(words).expect("it says so");
    assert!(at("terraform_data.b: Modifications complete") < at(&format!("{deposed}: Destroying")));
    project.plan().expect_code(0);
    assert!(!project.run(&["show"]).stdout.contains("deposed"));
}
