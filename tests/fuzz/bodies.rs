//! What every fuzz target does with its bytes; the properties hold for any.

use diagnostics::FileId;
use lang::functions::FunctionContext;
use lang::scope::ObjectScope;
use lang::{Value, display, eval, format, json, parse};
use plan::file::PlanFile;
use plan::json::PlanDocument;

/// Expressions and templates are evaluated or refused; what they give can be printed and written.
pub fn evaluator(bytes: &[u8]) {
    let source = String::from_utf8_lossy(bytes);
    let variables = [
        ("a".into(), Value::tuple([Value::int(1), Value::string("x")])),
        ("b".into(), Value::object([("a".into(), Value::int(1))])),
        ("s".into(), Value::string("hush").sensitive()),
        ("u".into(), Value::unknown(lang::Type::Dynamic)),
    ];
    let scope = ObjectScope::new(variables.into(), FunctionContext::nowhere());
    for expr in [parse::expression(&source, FileId(0)), parse::template(&source, FileId(0))] {
        let Ok(expr) = expr else { continue };
        if let Ok(value) = eval::evaluate(&expr, &scope) {
            let _ = (display::console(&value), json::to_text(&value));
        }
    }
}

/// What can be formatted is formatted once and for all, and declares the same as before.
pub fn formatter(bytes: &[u8]) {
    let source = String::from_utf8_lossy(bytes);
    let Ok(once) = format::format(&source) else { return };
    let twice = format::format(&once);
    assert_eq!(twice.as_ref(), Ok(&once), "formatting again changes something");
    let (before, mistakes) = parse::file(&source, FileId(0));
    let (after, more) = parse::file(&once, FileId(0));
    if !mistakes.has_errors() {
        assert!(!more.has_errors(), "formatting breaks the source: {more:?}");
        assert_eq!(outline(&before), outline(&after), "formatting changes what is declared");
    }
}

/// The names of arguments and blocks, level by level.
fn outline(body: &lang::Body) -> String {
    let attributes = body.attributes.keys().map(|name| format!("{name} "));
    let blocks = body.blocks.iter().map(|block| {
        let labels: Vec<_> = block.labels.iter().map(|label| &*label.text).collect();
        format!("{} {labels:?} {{ {}}} ", block.kind, outline(&block.body))
    });
    attributes.chain(blocks).collect()
}

/// JSON configuration is read or refused, and so is any JSON as a value.
pub fn json_syntax(bytes: &[u8]) {
    let source = String::from_utf8_lossy(bytes);
    let _ = parse::json_file(&source, FileId(0));
    if let Ok(value) = json::decode(&source) {
        let written = json::encode(&value);
        let read = json::decode(&written).map(|value| json::encode(&value));
        assert_eq!(read.ok().as_ref(), Some(&written), "JSON does not survive being written");
    }
}

/// Configuration is read or refused, whole or in parts.
pub fn parser(bytes: &[u8]) {
    let source = String::from_utf8_lossy(bytes);
    let (body, mistakes) = parse::file(&source, FileId(0));
    let end = u32::try_from(source.len()).unwrap_or(u32::MAX);
    for mistake in mistakes.iter() {
        let placed = mistake.subject.is_none_or(|span| span.start <= span.end && span.end <= end);
        assert!(placed, "a mistake lies outside of the text: {mistake:?}");
    }
    body.for_each_expression(&mut |expr| expr.for_each_reference(&mut |_| {}));
}

/// A saved plan and plan JSON are read or refused; what was read survives being written.
pub fn plan_reader(bytes: &[u8]) {
    if let Ok(file) = PlanFile::parse(bytes) {
        let written = file.to_bytes().expect("a plan file can be written");
        let again = PlanFile::parse(&written).expect("and read again");
        assert_eq!(again.to_bytes().expect("as it was"), written);
    }
    if let Ok(document) = serde_json::from_slice::<PlanDocument>(bytes) {
        let written = serde_json::to_vec(&document).expect("plan JSON can be written");
        let again: PlanDocument = serde_json::from_slice(&written).expect("and read again");
        assert_eq!(again, document);
    }
}

/// A snapshot or a state of Terraform is read or refused.
pub fn state_reader(bytes: &[u8]) {
    let _ = state::import_terraform(bytes);
    if let Ok(snapshot) = serde_json::from_slice::<state::Snapshot>(bytes) {
        let written = serde_json::to_vec(&snapshot).expect("a snapshot can be written");
        let again: state::Snapshot = serde_json::from_slice(&written).expect("and read again");
        assert_eq!(again.instances.len(), snapshot.instances.len());
    }
}
