//! `workspace`: several states of one stack, each on its own.

use testkit::Project;

const MAIN: &str = "resource \"terraform_data\" \"a\" {\n  input = terraform.workspace\n}\noutput \"o\" {\n  value = terraform_data.a.output\n}\n";

fn project() -> Project {
    Project::with_stack("many", MAIN)
}

#[test]
fn workspaces_keep_states_of_their_own() {
    let project = project();
    project.apply().expect_code(0);
    project
        .run(&["workspace", "new", "blue"])
        .expect_code(0)
        .expect_words(&["Created and switched to workspace \"blue\"!", "new, empty workspace"]);
    assert!(project.addresses().is_empty());
    project.apply().expect_code(0).expect_words(&["o = \"blue\""]);
    assert!(project.path().join("state/many@blue/state.json").is_file());
    let list = project.run(&["workspace", "list"]).expect_code(0);
    assert_eq!(list.stdout, "  default\n* blue\n\n");
    assert_eq!(project.run(&["workspace", "show"]).expect_code(0).stdout, "blue\n");
    project
        .run(&["workspace", "select", "default"])
        .expect_code(0)
        .expect_words(&["Switched to workspace \"default\"."]);
    assert_eq!(project.output("o"), "default");
    project.run(&["plan", "-detailed-exitcode"]).expect_code(0);
}

#[test]
fn the_environment_selects_for_one_command() {
    let project = project();
    let with = |arguments: &[&str]| {
        let mut command = project.command(arguments);
        command.env("TF_WORKSPACE", "green").current_dir(project.stack_folder());
        let output = command.output().expect("the command starts");
        testkit::Run::of(arguments.join(" "), &output)
    };
    with(&["apply", "-auto-approve"]).expect_code(0).expect_words(&["o = \"green\""]);
    assert_eq!(project.run(&["workspace", "show"]).stdout, "default\n");
    with(&["workspace", "list"])
        .expect_code(0)
        .expect_words(&["* green", "overridden using the TF_WORKSPACE"]);
    with(&["workspace", "select", "default"])
        .expect_code(1)
        .expect_words(&["TF_WORKSPACE environment variable"]);
}

#[test]
fn a_workspace_that_tracks_something_is_not_deleted_silently() {
    let project = project();
    project.run(&["workspace", "new", "blue"]).expect_code(0);
    project.apply().expect_code(0);
    project
        .run(&["workspace", "delete", "blue"])
        .expect_code(1)
        .expect_words(&["active workspace"]);
    project.run(&["workspace", "select", "default"]).expect_code(0);
    project
        .run(&["workspace", "delete", "blue"])
        .expect_code(1)
        .expect_words(&["Workspace is not empty", "  - terraform_data.a"]);
    project
        .run(&["workspace", "delete", "-force", "blue"])
        .expect_code(0)
        .expect_words(&["Deleted workspace \"blue\"!", "WARNING: \"blue\" was non-empty."]);
    assert!(!project.path().join("state/many@blue").exists());
}

#[test]
fn names_that_are_wrong_unknown_or_taken_are_refused() {
    let project = project();
    for (arguments, words) in [
        (&["workspace", "select", "nope"][..], "Workspace \"nope\" doesn't exist."),
        (&["workspace", "delete", "nope"], "Workspace \"nope\" doesn't exist."),
        (&["workspace", "new", "a/b"], "The workspace name \"a/b\" is not allowed."),
        (&["workspace", "new", "default"], "Workspace \"default\" already exists."),
        (&["workspace", "delete", "default"], "is your active workspace"),
    ] {
        project.run(arguments).expect_code(1).expect_words(&[words]);
    }
    project
        .run(&["workspace", "select", "-or-create", "new"])
        .expect_code(0)
        .expect_words(&["Created and switched"]);
}
