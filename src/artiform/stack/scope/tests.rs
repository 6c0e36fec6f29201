//! The console's view of modules: their outputs, instance by instance, without a plan.

use indexmap::IndexMap;
use lang::display;

use super::StackScope;

const ROOT: &str = r#"
module "one" {
  source = "./m"
  x      = "in"
}
module "many" {
  source   = "./m"
  for_each = { a = 1, b = 2 }
  x        = "${each.key}${each.value}"
}
module "numbered" {
  source = "./m"
  count  = 2
  x      = count.index
}
locals {
  loop  = local.other
  other = local.loop
}
"#;

const MODULE: &str = r#"
variable "x" { type = string }
variable "y" {
  type    = number
  default = 7
}
resource "terraform_data" "i" { input = var.x }
locals { text = "p-${var.x}-${var.y}" }
output "plain" { value = local.text }
output "later" { value = terraform_data.i.id }
output "secret" {
  value     = var.x
  sensitive = true
}
"#;

/// What the console prints, or the first mistake.
fn answers(expressions: &[&str]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("m")).unwrap();
    std::fs::write(folder.path().join("main.tf"), ROOT).unwrap();
    std::fs::write(folder.path().join("m/main.tf"), MODULE).unwrap();
    let config = config::load(folder.path()).config;
    let scope = StackScope::new(&config, IndexMap::new(), None);
    let answer = |text: &&str| {
        let expr = lang::parse::expression(text, diagnostics::FileId(0)).unwrap();
        match lang::eval::evaluate(&expr, &scope) {
            Ok(value) => display::console(&value).replace(['\n', ' '], ""),
            Err(mistakes) => mistakes.iter().next().unwrap().summary.clone(),
        }
    };
    expressions.iter().map(answer).collect()
}

#[test]
fn outputs_of_modules_are_evaluated_instance_by_instance() {
    let given = answers(&[
        "module.one",
        "module.many[\"a\"].plain",
        "module.many.b.plain",
        "module.numbered[1].plain",
        "[for name, m in module.many : m.plain]",
        "module.many[\"c\"]",
        "module.one.nope",
    ]);
    let expected = [
        "{\"later\"=(knownafterapply)\"plain\"=\"p-in-7\"\"secret\"=(sensitivevalue)}",
        "\"p-a1-7\"",
        "\"p-b2-7\"",
        "\"p-1-7\"",
        "[\"p-a1-7\",\"p-b2-7\",]",
        "Invalid index",
        "Unsupported attribute",
    ];
    assert_eq!(given, expected);
}

#[test]
fn a_circle_of_locals_ends() {
    assert_eq!(answers(&["local.loop"]), ["Cycle of references"]);
}
