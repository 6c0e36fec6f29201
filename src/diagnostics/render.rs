//! Draws diagnostics for people: headline, place, source line with the span underlined, detail, hints.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::{Diagnostic, Diagnostics, Severity, SourceFile, SourceMap, Span};

/// How many lines around the place are handed to the renderer.
const CONTEXT_LINES: usize = 2;

/// Draws all diagnostics, each followed by a blank line.
pub fn all(diagnostics: &Diagnostics, sources: &SourceMap, colour: bool) -> String {
    diagnostics.iter().map(|d| one(d, sources, colour) + "\n").collect()
}

/// Draws one diagnostic; without `colour` the meaning stands in words and carets alone.
pub fn one(diagnostic: &Diagnostic, sources: &SourceMap, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR.with_name("Error"),
        Severity::Warning => Level::WARNING.with_name("Warning"),
    };
    let place = diagnostic.subject.and_then(|s| Some((sources.file(s.file)?, s)));
    let excerpt = place.map(|(file, span)| Excerpt::around(file, span));
    let mut group = Group::with_title(level.primary_title(diagnostic.summary.as_str()));
    if let Some(excerpt) = &excerpt {
        group = group.element(
            Snippet::source(excerpt.text)
                .path(excerpt.path)
                .line_start(excerpt.first_line)
                .annotation(AnnotationKind::Primary.span(excerpt.start..excerpt.end)),
        );
    }
    let mut drawn = renderer.render(&[group]).clone();
    drawn.push('\n');
    drawn.push_str(&words(diagnostic, sources));
    drawn
}

/// Everything that is said in words below the drawing.
fn words(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let mut words = String::new();
    if let Some(address) = &diagnostic.address {
        words.push_str(&format!("  with {address}\n"));
    }
    if let Some(called) = &diagnostic.called {
        words.push_str(&format!("  while calling {called}\n"));
    }
    for value in &diagnostic.values {
        words.push_str(&format!("  {value}\n"));
    }
    if !diagnostic.detail.is_empty() {
        words.push_str(&format!("\n{}\n", diagnostic.detail_in(sources).trim_end()));
    }
    for (index, hint) in diagnostic.advice().enumerate() {
        let gap = if index == 0 { "\n" } else { "" };
        words.push_str(&format!("{gap}hint: {hint}\n"));
    }
    words
}

/// The few lines around a span, so that a renderer never counts the lines of a whole file.
struct Excerpt<'a> {
    path: &'a str,
    text: &'a str,
    first_line: usize,
    start: usize,
    end: usize,
}

impl<'a> Excerpt<'a> {
    fn around(file: &'a SourceFile, span: Span) -> Self {
        let (start, end) = (file.position(span.start as usize), file.position(span.end as usize));
        let last = end.line.min(start.line + CONTEXT_LINES);
        let begin = file.text[..start.byte].rfind('\n').map_or(0, |newline| newline + 1);
        let finish = (start.line..=last).fold(begin, |at, _| {
            file.text[at..].find('\n').map_or(file.text.len(), |n| at + n + 1)
        });
        let text = file.text[begin..finish].trim_end_matches(['\n', '\r']);
        let low = (start.byte - begin).min(text.len());
        let high = (end.byte - begin).clamp(low, text.len());
        Self { path: &file.path, text, first_line: start.line, start: low, end: high }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_underlined_and_hints_follow() {
        let mut sources = SourceMap::new();
        let file = sources.add("main.hcl", "a = 1\nb = nope.x\n");
        let d = Diagnostic::error("Reference to undeclared resource", "It is not declared.")
            .at(Span::new(file, 10, 16))
            .hint("did you mean \"note\"?");
        let drawn = one(&d, &sources, false);
        assert_eq!(
            drawn,
            "Error: Reference to undeclared resource\n --> main.hcl:2:5\n  |\n2 | b = nope.x\n  |     ^^^^^^\n\nIt is not declared.\n\nhint: did you mean \"note\"?\n"
        );
    }
}
