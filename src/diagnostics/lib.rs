//! What went wrong, where in which file, how to mend it; and how that is drawn.
//!
//! Every room reports mistakes as [`Diagnostic`] values and collects them in [`Diagnostics`];
//! only the front door draws them ([`render`]) or writes them as JSON ([`json`]).

mod advice;
mod involved;
pub mod json;
pub mod render;
mod source;
mod suggest;

pub use involved::{CalledFunction, CalledParameter, Involved};
pub use source::{FileId, Position, SourceFile, SourceMap, Span};
pub use suggest::{did_you_mean, nearest_address};

/// How bad it is: an error stops the command, a warning does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
}

/// One mistake: a fixed summary, a detail in full sentences, the place, and hints to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub severity: Severity,
    /// Short, fixed words without names of the user's and without a full stop.
    pub summary: String,
    /// What, why and how to mend it, in full sentences.
    pub detail: String,
    /// The place that is underlined.
    pub subject: Option<Span>,
    /// A wider place around the subject, such as the block that holds it.
    pub context: Option<Span>,
    /// The address of the resource instance that it concerns.
    pub address: Option<String>,
    /// The references that were involved and their values, in order of name.
    pub values: Vec<Involved>,
    /// The function whose call it is about.
    pub called: Option<Box<CalledFunction>>,
    /// Another place that the detail speaks of, and the words in which it does while its file has no name.
    pub mentioned: Option<(Span, String)>,
    /// Imperative advice for this very mistake; without any, its kind has some ([`Diagnostic::advice`]).
    pub hints: Vec<String>,
}

impl Diagnostic {
    /// Makes an error; `summary` is fixed text, `detail` full sentences.
    pub fn error(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(Severity::Error, summary.into(), detail.into())
    }

    /// Makes a warning.
    pub fn warning(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(Severity::Warning, summary.into(), detail.into())
    }

    fn new(severity: Severity, summary: String, detail: String) -> Self {
        Self {
            severity,
            summary,
            detail,
            subject: None,
            context: None,
            address: None,
            values: Vec::new(),
            called: None,
            mentioned: None,
            hints: Vec::new(),
        }
    }

    /// Sets the place that is underlined.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.subject = Some(span);
        self
    }

    /// Sets the wider place around what is underlined.
    #[must_use]
    pub fn within(mut self, span: Span) -> Self {
        self.context = Some(span);
        self
    }

    /// Sets the place unless one is set already.
    #[must_use]
    pub fn at_or(mut self, span: Option<Span>) -> Self {
        self.subject = self.subject.or(span);
        self
    }

    /// Names the resource instance that it concerns.
    #[must_use]
    pub fn on(mut self, address: impl Into<String>) -> Self {
        self.address = Some(address.into());
        self
    }

    /// Says which words of the detail stand for another place.
    #[must_use]
    pub fn mentioning(mut self, span: Span, words: impl Into<String>) -> Self {
        self.mentioned = Some((span, words.into()));
        self
    }

    /// The detail with the file's name in the place that it mentions: `main.tf:2,3-9`.
    pub fn detail_in(&self, sources: &SourceMap) -> String {
        let named = self.mentioned.as_ref().and_then(|(span, words)| {
            let file = sources.file(span.file)?;
            let (start, end) =
                (file.position(span.start as usize), file.position(span.end as usize));
            let line =
                if start.line == end.line { String::new() } else { format!("{},", end.line) };
            let (from, to) = (start.column, end.column);
            let place = format!("{}:{},{from}-{line}{to}", file.path, start.line);
            Some(self.detail.replacen(words, &place, 1))
        });
        named.unwrap_or_else(|| self.detail.clone())
    }

    /// Adds a hint, an imperative sentence.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// How to mend it: the hints given, or else what helps with mistakes of its kind; each is drawn on a line `hint: ...`.
    pub fn advice(&self) -> impl Iterator<Item = &str> {
        let general = self.hints.is_empty().then(|| advice::of(&self.summary)).flatten();
        self.hints.iter().map(String::as_str).chain(general)
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Mistakes collected together, in the order they were found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    pub fn has_errors(&self) -> bool {
        self.0.iter().any(Diagnostic::is_error)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// Keeps the value of a result, or collects its mistakes and gives `None`.
    pub fn absorb<T>(&mut self, result: Result<T, impl Into<Self>>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(diagnostics) => {
                self.extend(diagnostics.into());
                None
            }
        }
    }

    /// Adds what is told of other places. A place that has a mistake already gets no second one, which would
    /// most often follow from the first.
    #[must_use]
    pub fn and_elsewhere(mut self, more: Self) -> Self {
        let told: Vec<Span> =
            self.0.iter().filter(|d| d.is_error()).filter_map(|d| d.subject).collect();
        let is_told = |place: Span| told.iter().any(|span| span.touches(place));
        self.0.extend(more.0.into_iter().filter(|d| !d.subject.is_some_and(is_told)));
        self
    }

    /// Sorts by place, the narrower first where two start together, and drops exact repeats; mistakes
    /// without a place come last.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        let key =
            |d: &Diagnostic| d.subject.map_or((u32::MAX, 0, 0), |s| (s.file.0, s.start, s.end));
        self.0.sort_by_key(key);
        let mut seen: Vec<Diagnostic> = Vec::new();
        for diagnostic in self.0 {
            let repeated = seen.iter().rev().take_while(|d| key(d) == key(&diagnostic));
            if !repeated.into_iter().any(|d| *d == diagnostic) {
                seen.push(diagnostic);
            }
        }
        Self(seen)
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl From<Vec<Diagnostic>> for Diagnostics {
    fn from(diagnostics: Vec<Diagnostic>) -> Self {
        Self(diagnostics)
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, iter: I) {
        self.0.extend(iter);
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
