//! Diagnostics as Terraform writes them in `validate -json` and in its machine-readable UI; our hints are added as `hints`.

use serde_json::{Value, json};

use crate::{Diagnostic, Diagnostics, Involved, Severity, SourceFile, SourceMap, Span};

/// Writes one diagnostic: severity, summary, detail, address, range and snippet.
pub fn diagnostic(diagnostic: &Diagnostic, sources: &SourceMap) -> Value {
    let mut object = json!({
        "severity": severity(diagnostic.severity),
        "summary": diagnostic.summary,
        "detail": diagnostic.detail_in(sources),
    });
    let hints: Vec<&str> = diagnostic.advice().collect();
    if !hints.is_empty() {
        object["hints"] = json!(hints);
    }
    if let Some(address) = &diagnostic.address {
        object["address"] = json!(address);
    }
    if let Some((file, span)) = diagnostic.subject.and_then(|s| Some((sources.file(s.file)?, s))) {
        object["range"] = range(file, span);
        object["snippet"] = snippet(file, span, diagnostic);
    }
    object
}

/// Writes the answer of `validate -json`: valid, counts and all diagnostics.
pub fn validation(diagnostics: &Diagnostics, sources: &SourceMap) -> Value {
    let errors = diagnostics.iter().filter(|d| d.is_error()).count();
    json!({
        "format_version": "1.0",
        "valid": errors == 0,
        "error_count": errors,
        "warning_count": diagnostics.len() - errors,
        "diagnostics": diagnostics.iter().map(|d| diagnostic(d, sources)).collect::<Vec<_>>(),
    })
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// A place as file, start and end, each with line, column and byte; one without extent is one byte wide.
pub fn range(file: &SourceFile, span: Span) -> Value {
    let place = |byte: u32, beyond: usize| {
        let p = file.position(byte as usize);
        json!({"line": p.line, "column": p.column + beyond, "byte": p.byte + beyond})
    };
    let beyond = usize::from(span.start == span.end);
    json!({"filename": &*file.path, "start": place(span.start, 0), "end": place(span.end, beyond)})
}

fn snippet(file: &SourceFile, span: Span, diagnostic: &Diagnostic) -> Value {
    // Shown are the lines of what is underlined, and of what it is a part of.
    let around = diagnostic.context.filter(|context| context.file == span.file);
    let shown = around.map_or(span, |context| context.to(span));
    let start = file.position(shown.start as usize);
    let code = code(file, shown);
    let line_start = line_offset(file, start.byte);
    let offset = |byte: u32| (byte as usize).saturating_sub(line_start).min(code.len());
    let value = |one: &Involved| json!({"traversal": one.name, "statement": one.statement});
    let values = diagnostic.values.iter().filter(|one| one.is_reference()).map(value);
    let mut snippet = json!({
        "context": context(file, span),
        "code": code,
        "start_line": start.line,
        "highlight_start_offset": offset(span.start),
        "highlight_end_offset": offset(span.end),
        "values": values.collect::<Vec<_>>(),
    });
    if let Some(called) = &diagnostic.called {
        snippet["function_call"] = called.json();
    }
    snippet
}

/// The lines of a place; those between that are empty are left out.
fn code(file: &SourceFile, span: Span) -> String {
    let (first, last) = (span.start as usize, span.end as usize);
    let lines = file.position(first).line..=file.position(last).line;
    let mut lines: Vec<&str> = lines.map(|line| file.line(line)).collect();
    if lines.len() > 1 {
        lines.retain(|line| !line.is_empty());
    }
    lines.join("\n")
}

/// The header of the block of the file that a place is in: `resource "aws_vpc" "main"`.
fn context(file: &SourceFile, span: Span) -> Option<String> {
    let before = &file.text[..line_offset(file, span.start as usize)];
    // What starts at the left edge of its line is not inside of a block that starts there too.
    let is_inside = before.len() < span.start as usize;
    let own = file.text[before.len()..].lines().next().filter(|_| is_inside);
    // Blocks of a file start and end at the left edge; what else stands there is text of a heredoc.
    let is_edge = |line: &&str| line.starts_with('}') || header(line).is_some();
    let edge = match own.filter(is_edge) {
        Some(own) => own,
        None => {
            before.lines().rev().find(is_edge).filter(|line| !line.trim_end().ends_with('}'))?
        }
    };
    Some(header(edge)?.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// What stands before the brace of a line that begins a block.
fn header(line: &str) -> Option<&str> {
    let (header, _) = line.split_once('{')?;
    // Labels in quotes may hold anything.
    let bare: String = header.split('"').step_by(2).collect();
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ' | '\t');
    let begins = header.starts_with(|c: char| c.is_alphabetic() || c == '_');
    (begins && bare.chars().all(is_word)).then_some(header)
}

/// The byte at which the line of `byte` starts.
fn line_offset(file: &SourceFile, byte: usize) -> usize {
    file.text[..byte].rfind('\n').map_or(0, |newline| newline + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagnostic_names_its_range_and_snippet() {
        let mut sources = SourceMap::new();
        let file = sources.add("main.hcl", "a = 1\nb = nope.x\n");
        let d = Diagnostic::error("Reference to undeclared resource", "No such thing.")
            .at(Span::new(file, 10, 16));
        let value = diagnostic(&d, &sources);
        assert_eq!(value["detail"], "No such thing.");
        assert_eq!(
            value["hints"],
            json!(["declare it by a block of its own, or correct the name"])
        );
        assert_eq!(value["range"]["start"], json!({"line": 2, "column": 5, "byte": 10}));
        assert_eq!(value["snippet"]["code"], "b = nope.x");
        assert_eq!(value["snippet"]["highlight_start_offset"], 4);
        assert_eq!(value["snippet"]["highlight_end_offset"], 10);
    }

    #[test]
    fn a_place_that_the_detail_mentions_has_the_name_of_its_file() {
        let mut sources = SourceMap::new();
        let file = sources.add("main.hcl", "a = 1\na = 2\n");
        let d = Diagnostic::error("Attribute redefined", "Set at line 1, column 1 already.")
            .at(Span::new(file, 6, 7))
            .mentioning(Span::new(file, 0, 1), "line 1, column 1");
        assert_eq!(diagnostic(&d, &sources)["detail"], "Set at main.hcl:1,1-2 already.");
        assert_eq!(d.detail_in(&SourceMap::new()), "Set at line 1, column 1 already.");
    }
}
