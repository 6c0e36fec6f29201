//! `fmt`: what it says of files, and with which code it ends.

use testkit::Project;

fn project() -> Project {
    let project = Project::with_stack("tried", "a = 1\n");
    project.write("stacks/tried/b.tf", "b=1\n");
    project
}

#[test]
fn a_check_tells_what_differs_and_writes_nothing() {
    let project = project();
    assert_eq!(project.run(&["fmt", "-check"]).expect_code(3).stdout, "b.tf\n");
    let run = project.run(&["fmt", "-check", "-diff"]).expect_code(3);
    assert_eq!(run.stdout, "b.tf\n--- old/b.tf\n+++ new/b.tf\n@@ -1 +1 @@\n-b=1\n+b = 1\n");
    for quiet in [&["fmt", "-check", "-list=false"][..], &["fmt", "-check", "-list=false", "-diff"]]
    {
        assert_eq!(project.run(quiet).expect_code(3).stdout, "");
    }
    assert_eq!(project.read("stacks/tried/b.tf"), "b=1\n");
}

#[test]
fn mistakes_of_syntax_are_told_as_validate_tells_them() {
    let project = project();
    project.write("stacks/tried/c.tf", "c = \n");
    let run = project.run(&["fmt"]).expect_code(2).expect_words(&["Error: Invalid expression"]);
    assert_eq!(run.stdout, "b.tf\n");
    assert_eq!(project.read("stacks/tried/b.tf"), "b = 1\n");
    project.write("stacks/tried/b.tf", "b=1\n");
    assert_eq!(project.run(&["fmt", "-check"]).expect_code(2).stdout, "");
}

#[test]
fn what_is_no_file_of_configuration_is_refused() {
    let project = project();
    project.write("stacks/tried/note.txt", "a=1\n");
    project
        .run(&["fmt", "none.tf"])
        .expect_code(2)
        .expect_words(&["No file or directory at none.tf"]);
    project.run(&["fmt", "note.txt"]).expect_code(2).expect_words(&["can be processed with"]);
}
