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
            let counts = is_variable || &*block.kind == "locals";
            if let Some(attribute) = block.body.attributes.get(&wanted).filter(|_| counts) {
                return Ok(Resolved { value: value(&attribute.value)?, steps: 1 });
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

/// The summaries of the mistakes in a file, with the line of each.
fn mistakes(source: &str) -> Vec<String> {
    let (_, found) = parse::file(source, FileId(0));
    let line = |at: u32| source[..at as usize].matches('\n').count() + 1;
    found.iter().map(|d| format!("{}: {}", line(d.subject.unwrap().start), d.summary)).collect()
}

#[test]
fn one_mistake_hides_no_other() {
    let source = "locals {\n  a = 1 +\n  b = [1 2]\n  c = \"x${}\"\n  d = 2\n}\n\n\
        resource \"a\" \"b\" {\n  x = {\n    y = \n  }\n  z = 1 1\n}\n\noutput \"o\" {\n  value = )\n}\n";
    let found = mistakes(source);
    let lines: Vec<&str> = found.iter().map(|text| text.split(':').next().unwrap()).collect();
    assert_eq!(lines, ["2", "3", "4", "10", "12", "16"], "{found:#?}");
}

#[test]
fn a_block_that_is_not_closed_goes_on_to_the_end() {
    let source = "resource \"a\" \"b\" {\n  x = 1\n\nresource \"c\" \"d\" {\n  y = 2\n}\n\nlocals {\n  z = 1\n}\n";
    assert_eq!(mistakes(source), ["1: Unclosed configuration block"]);
    let (body, _) = parse::file(source, FileId(0));
    assert_eq!((body.blocks.len(), body.blocks[0].body.blocks.len()), (1, 2));
}

#[test]
fn what_is_no_block_hides_no_block() {
    let source = "}\nfoo\nlocals {\n  z = = 1\n}\n";
    let found = ["1: Argument or block definition required", "4: Invalid expression"];
    assert_eq!(mistakes(source), found);
}

#[test]
fn what_is_never_closed_is_named_where_it_opens() {
    for (source, want) in [
        (
            "a = \"x\nb = 2\nc = 1 1\n",
            vec![
                "1: Invalid multi-line string",
                "1: Unterminated template string",
                "2: Invalid multi-line string",
                "3: Invalid multi-line string",
            ],
        ),
        // What is missing there is missing at the end.
        ("a = <<EOT\nfoo\nb {\n  c = 1\n}\n", vec!["6: Unterminated template string"]),
        ("a = [1,\nb = 2\nc = ?\n", vec!["2: Missing item separator"]),
        ("a = foo(1\nb = 2\n", vec!["2: Missing argument separator"]),
        ("a = 1\n}\nb = )\n", vec!["2: Argument or block definition required"]),
        ("/* a\nb = )\n", vec!["1: Argument or block definition required"]),
    ] {
        assert_eq!(mistakes(source), want, "{source}");
    }
}

#[test]
fn json_files_give_the_blocks_of_native_ones() {
    let source = r#"{
        "//": "a comment",
        "variable": { "n": { "default": 3, "type": "number" } },
        "resource": { "a": { "b": [{ "x": "${var.n + 1}", "y": ["p"] }, { "//": 1 }] } },
        "locals": { "s": "a${var.n}b", "t": "plain" },
        "output": { "o": { "value": "${1 +}" } }
    }"#;
    let (body, found) = parse::json_file(source, FileId(0));
    let kinds: Vec<String> = body
        .blocks
        .iter()
        .map(|block| {
            let labels = block.labels.iter().map(|label| format!(".{}", label.text));
            format!("{}{}", block.kind, labels.collect::<String>())
        })
        .collect();
    assert_eq!(kinds, ["variable.n", "resource.a.b", "resource.a.b", "locals", "output.o"]);
    let x = &body.blocks[1].body.attributes["x"];
    let mut roots = Vec::new();
    x.value.for_each_reference(&mut |t| {
        roots.push(&source[t.span.start as usize..t.span.end as usize]);
    });
    assert_eq!(roots, ["var.n"]);
    let found: Vec<_> = found
        .iter()
        .map(|d| (d.summary.as_str(), &source[d.subject.unwrap().start as usize..][..1]))
        .collect();
    assert_eq!(found, [("Invalid expression", "}")]);
    let (_, found) = parse::json_file("{ \"a\": }", FileId(0));
    assert_eq!(found.iter().next().unwrap().summary, "Invalid JSON syntax");
}

#[test]
fn deep_nesting_is_refused_and_long_chains_are_not() {
    let read = |source: String| parse::expression(&source, FileId(0));
    for (open, close) in [
        ("[", "]"),
        ("(", ")"),
        ("{a=", "}"),
        ("f(", ")"),
        ("!", ""),
        ("\"${", "}\""),
        ("x[", "]"),
        ("true?1:", ""),
    ] {
        let deep = |n: usize| format!("{}1{}", open.repeat(n), close.repeat(n));
        assert!(read(deep(60)).is_ok(), "{open}");
        let found = read(deep(100_000)).unwrap_err();
        assert!(found.iter().any(|d| d.summary == "Nesting too deep"), "{open}");
    }
    let chain = read(format!("1{}", " + 1".repeat(900))).unwrap();
    let value = eval::evaluate(&chain, &crate::testing::scope(&[])).unwrap();
    assert_eq!(value.as_i64(), Some(901));
    assert!(read(format!("1{}", " + 1".repeat(100_000))).is_err());
    assert!(read(format!("x{}", ".a".repeat(100_000))).is_err());
    let (_, found) = parse::file(&"a {\n".repeat(100_000), FileId(0));
    assert!(found.has_errors());
}
