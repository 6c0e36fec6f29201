//! Files that are easy to read wrongly are read as Terraform reads them.

use diagnostics::FileId;
use serde_json::Value as Json;

use crate::functions::FunctionContext;
use crate::scope::{ObjectScope, Resolved, Scope};
use crate::testing::case_file;
use crate::{Body, Name, Step, Traversal, Value, eval, json, parse};

/// `local.x` and `var.x`, evaluated from the bodies whenever they are asked for.
struct Locals<'a> {
    body: &'a Body,
    functions: FunctionContext,
}

impl Scope for Locals<'_> {
    fn resolve(
        &self,
        traversal: &Traversal,
        keys: &[Option<Value>],
    ) -> Result<Resolved, Box<diagnostics::Diagnostic>> {
        let missing = || {
            let detail = "There is no such thing.";
            Box::new(diagnostics::Diagnostic::error("Reference to undeclared local value", detail))
        };
        let Some(Step::Attribute(name, _)) = traversal.steps.first() else {
            return ObjectScope::new(Default::default(), FunctionContext::nowhere())
                .resolve(traversal, keys);
        };
        let value = |expr| eval::evaluate(expr, self).map_err(|_| missing());
        for block in &self.body.blocks {
            let is_variable =
                &*block.kind == "variable" && block.labels.iter().any(|l| l.text == *name);
            let wanted: Name = if is_variable { "default".into() } else { name.clone() };
            if is_variable || &*block.kind == "locals" {
                if let Some(attribute) = block.body.attributes.get(&wanted) {
                    return Ok(Resolved { value: value(&attribute.value)?, steps: 1 });
                }
            }
        }
        Err(missing())
    }

    fn functions(&self) -> &FunctionContext {
        &self.functions
    }
}

/// The value of `local.x`, or the summaries of the mistakes.
fn read(source: &str) -> Result<Json, Vec<String>> {
    let (body, found) = parse::file(source, FileId(0));
    let summaries = |found: diagnostics::Diagnostics| {
        found.sorted().iter().map(|d| d.summary.clone()).collect::<Vec<_>>()
    };
    if found.has_errors() {
        return Err(summaries(found));
    }
    let scope = Locals { body: &body, functions: FunctionContext::nowhere() };
    let expr = parse::expression("local.x", FileId(1)).map_err(summaries)?;
    let mut blocks = body.blocks.iter().filter(|block| &*block.kind == "locals");
    let expr = blocks.find_map(|block| block.body.attributes.get("x")).map_or(&expr, |a| &a.value);
    eval::evaluate(expr, &scope).map(|value| json::to_json(&value)).map_err(summaries)
}

#[test]
fn files_are_read_as_terraform_reads_them() {
    let cases: Vec<Json> = serde_json::from_str(&case_file("syntax.json")).unwrap();
    let mut wrong = Vec::new();
    for case in &cases {
        let got = match read(case["source"].as_str().unwrap()) {
            Ok(value) => value,
            Err(summaries) => summaries.into(),
        };
        let errors = case["errors"].as_array().is_some_and(|errors| !errors.is_empty());
        let want = if errors { &case["errors"] } else { &case["value"] };
        if got != *want {
            wrong.push(format!("{}\n   got: {got}\n  want: {want}", case["name"]));
        }
    }
    assert!(!cases.is_empty());
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}
