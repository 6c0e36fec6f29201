//! What is said to the person or program at the other end: data to stdout, talk to stderr.

use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, OnceLock};

use anstream::ColorChoice;
use diagnostics::{Diagnostics, Severity, SourceMap, render};

use crate::views::json_lines;

/// How the command talks. Clones share the first failure to write.
#[derive(Clone, Debug)]
pub struct Ui {
    /// Colour on stdout.
    pub colour: bool,
    colour_error: bool,
    /// One JSON object a line instead of text.
    pub json: bool,
    /// Warnings are named, not explained.
    pub compact_warnings: bool,
    failure: Arc<OnceLock<io::Error>>,
}

impl Ui {
    /// Decides on colours: `--no-color`, `NO_COLOR`, `CLICOLOR` and whether a terminal is there.
    pub fn new(no_color: bool) -> Self {
        let colour = |choice: ColorChoice| !no_color && choice != ColorChoice::Never;
        Self {
            colour: colour(anstream::AutoStream::choice(&io::stdout())),
            colour_error: colour(anstream::AutoStream::choice(&io::stderr())),
            json: false,
            compact_warnings: false,
            failure: Arc::default(),
        }
    }

    #[must_use]
    pub fn with_json(mut self, json: bool) -> Self {
        self.json = json;
        if json {
            self.colour = false;
        }
        self
    }

    #[must_use]
    pub fn with_compact_warnings(mut self, compact: bool) -> Self {
        self.compact_warnings = compact;
        self
    }

    /// Tells whether a person sees stdout.
    pub fn is_terminal(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Tells whether a person can answer.
    pub fn can_ask(&self) -> bool {
        io::stdin().is_terminal() && !self.json
    }

    /// Writes text to stdout as it is.
    pub fn print(&self, text: &str) {
        let mut out = io::stdout().lock();
        let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        self.keep_failure(written);
    }

    /// Writes a line to stdout.
    pub fn line(&self, text: &str) {
        self.print(&format!("{text}\n"));
    }

    /// Writes a line to stderr.
    pub fn note(&self, text: &str) {
        let written = io::stderr().lock().write_all(format!("{text}\n").as_bytes());
        self.keep_failure(written);
    }

    /// Writes text in bold where there is colour.
    pub fn bold(&self, text: &str) -> String {
        self.styled(anstyle::Style::new().bold(), text)
    }

    /// Writes text dimmed where there is colour.
    pub fn dim(&self, text: &str) -> String {
        self.styled(anstyle::Style::new().dimmed(), text)
    }

    /// Writes text in bold green where there is colour.
    pub fn success(&self, text: &str) -> String {
        self.styled(anstyle::AnsiColor::Green.on_default().bold(), text)
    }

    /// Writes text in bold red where there is colour.
    pub fn failure_word(&self, text: &str) -> String {
        self.styled(anstyle::AnsiColor::Red.on_default().bold(), text)
    }

    fn styled(&self, style: anstyle::Style, text: &str) -> String {
        if self.colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// Shows mistakes on stderr; as JSON lines on stdout.
    pub fn diagnostics(&self, diagnostics: &Diagnostics, sources: &SourceMap) {
        if self.json {
            for diagnostic in diagnostics {
                self.line(&json_lines::diagnostic(diagnostic, sources));
            }
            return;
        }
        let (warnings, errors): (Vec<_>, Vec<_>) =
            diagnostics.iter().cloned().partition(|d| d.severity == Severity::Warning);
        let compact = self.compact_warnings && errors.is_empty();
        if compact && !warnings.is_empty() {
            self.note(&compact_warnings(&warnings));
        } else {
            let all = Diagnostics::from([warnings, errors].concat());
            let drawn = render::all(&all, sources, self.colour_error);
            let written = io::stderr().lock().write_all(drawn.as_bytes());
            self.keep_failure(written);
        }
    }

    /// Mistakes as they look on stdout.
    pub fn drawn(&self, diagnostics: &Diagnostics, sources: &SourceMap) -> String {
        render::all(diagnostics, sources, self.colour)
    }

    /// Keeps the first failure to write; a reader that has gone away is none.
    fn keep_failure(&self, written: io::Result<()>) {
        if let Err(error) = written
            && error.kind() != io::ErrorKind::BrokenPipe
        {
            // A later failure says nothing new.
            let _ = self.failure.set(error);
        }
    }

    /// Why something could not be written, if so.
    pub fn failure(&self) -> Option<&io::Error> {
        self.failure.get()
    }
}

fn compact_warnings(warnings: &[diagnostics::Diagnostic]) -> String {
    let mut text = String::from("Warnings:\n");
    for warning in warnings {
        text.push_str(&format!("\n- {}", warning.summary));
        if let Some(address) = &warning.address {
            text.push_str(&format!(" ({address})"));
        }
    }
    text + "\n\nTo see the full warning notes, run artiform without -compact-warnings.\n"
}
