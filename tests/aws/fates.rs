//! What becomes of real things that are replaced, kept and destroyed, as `lifecycle` says it.

use crate::stack::Stack;
use crate::world;

const HEAD: &str =
    "stack {\n  name = \"fates\"\n}\n\nprovider \"aws\" {\n  region = \"eu-west-1\"\n}\n";

fn address(lifecycle: &str) -> String {
    format!("{HEAD}\nresource \"aws_eip\" \"one\" {{\n  lifecycle {{\n    {lifecycle}\n  }}\n}}\n")
}

#[test]
fn a_snapshot_of_what_leaves_none_is_refused_before_anything_is_done() {
    let stack = Stack::of("fates", &address("on_destroy = \"snapshot\""));
    let run = stack.project.plan().expect_code(1);
    run.expect_words(&["aws_eip.one", "cannot leave a snapshot behind", "main.hcl"]);
    assert!(world::census(&stack.cloud).is_empty());
}

#[test]
fn what_is_retained_is_forgotten_and_stays_in_aws() {
    let stack = Stack::of("fates", &address("on_destroy = \"retain\""));
    stack.apply();
    let id = stack.attribute("aws_eip.one", "id");
    stack.destroy();
    assert!(stack.recorded().is_empty());
    let left: Vec<String> = world::census(&stack.cloud).into_iter().map(|thing| thing.id).collect();
    assert_eq!(left, [id]);
}

/// A network with a group that is replaced by another of the same name, or by one of a new name.
fn group(named: &str, description: &str) -> String {
    format!(
        r#"{HEAD}
resource "aws_vpc" "main" {{
  cidr_block = "10.0.0.0/16"
}}

resource "aws_security_group" "one" {{
  {named}
  description = "{description}"
  vpc_id      = aws_vpc.main.id

  lifecycle {{
    create_before_destroy = true
  }}
}}
"#
    )
}

#[test]
fn two_of_a_name_cannot_be_there_at_once_and_generated_names_differ() {
    let named = "name        = \"one\"";
    let stack = Stack::of("fates", &group(named, "first"));
    stack.apply();
    stack.rewrite(&group(named, "second"));
    let run = stack.project.plan().expect_code(1);
    run.expect_words(&[
        "Cannot be created before destroying",
        "aws_security_group.one",
        "name \"one\"",
        "create_before_destroy",
    ]);
    stack.rewrite(&group("name_prefix = \"one-\"", "second"));
    stack.apply();
    stack.assert_settled();
    world::assert_one_object_per_address(&stack);
}
