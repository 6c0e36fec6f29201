//! How tests are told of: a line for each run and file, and a last one that counts them.

use std::path::Path;
use std::time::Instant;

use diagnostics::{Diagnostic, Diagnostics, SourceMap};
use lang::Name;
use serde_json::{Map, Value, json};

use super::json_lines;
use super::junit::{self, JunitReport};
use crate::test::Status;
use crate::ui::Ui;
use crate::world;

/// Tells what happens and counts it.
pub struct Report {
    ui: Ui,
    file: String,
    run: Option<String>,
    /// When the run began, by the calendar and by the clock.
    began: Option<(String, Instant)>,
    junit: JunitReport,
    status: Status,
    passed: usize,
    failed: usize,
    errored: usize,
    skipped: usize,
}

impl Report {
    pub fn new(ui: Ui) -> Self {
        Self {
            ui,
            file: String::new(),
            run: None,
            began: None,
            junit: JunitReport::default(),
            status: Status::Pass,
            passed: 0,
            failed: 0,
            errored: 0,
            skipped: 0,
        }
    }

    /// The worst that has happened.
    pub fn status(&self) -> Status {
        self.status
    }

    /// Which files and runs there are.
    pub fn found<'a>(&self, files: impl Iterator<Item = (&'a str, &'a [Name])>) {
        if !self.ui.json {
            return;
        }
        let names = |runs: &[Name]| runs.iter().map(|run| Value::from(&**run)).collect::<Vec<_>>();
        let all: Map<String, Value> =
            files.map(|(file, runs)| (file.to_owned(), names(runs).into())).collect();
        let runs: usize = all.values().filter_map(Value::as_array).map(Vec::len).sum();
        let plural = |count: usize, noun: &str| {
            format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
        };
        let message =
            format!("Found {} and {}", plural(all.len(), "file"), plural(runs, "run block"));
        self.line("test_abstract", &message, json!({ "test_abstract": all }));
    }

    pub fn file_starts(&mut self, name: &str) {
        name.clone_into(&mut self.file);
        self.junit.file_starts(name);
        self.file_line("in progress", json!({ "progress": "starting" }));
    }

    pub fn run_starts(&mut self, run: &Name) {
        self.run = Some(run.to_string());
        self.began = Some((world::now(), Instant::now()));
        if self.ui.json {
            let body = json!({ "progress": "starting", "elapsed": 0 });
            self.run_line("in progress", body);
        }
    }

    pub fn run_ends(&mut self, run: &Name, status: Status, shown: Option<&str>) {
        self.run = Some(run.to_string());
        self.status = self.status.max(status);
        match status {
            Status::Pass => self.passed += 1,
            Status::Skip => self.skipped += 1,
            Status::Fail => self.failed += 1,
            Status::Error => self.errored += 1,
        }
        if self.ui.json {
            let body = json!({ "progress": "complete", "status": status.name() });
            self.run_line(status.word(), body);
        } else {
            self.ui.line(&format!("  run \"{run}\"... {}", self.coloured(status)));
        }
        match shown {
            Some(text) if !self.ui.json => {
                self.ui.line(&format!("\n{}\n", text.trim_end_matches('\n')));
            }
            _ => {}
        }
    }

    pub fn file_tears_down(&mut self) {
        self.run = None;
        self.file_line("tearing down", json!({ "progress": "teardown" }));
    }

    pub fn run_tears_down(&mut self, run: &Name) {
        self.run = Some(run.to_string());
        if self.ui.json {
            let body = json!({ "progress": "teardown", "elapsed": 0 });
            self.run_line("tearing down", body);
        }
    }

    pub fn file_ends(&mut self, status: Status) {
        self.run = None;
        self.status = self.status.max(status);
        let status = if status == Status::Skip { Status::Pass } else { status };
        let words = self.coloured(status);
        self.file_line(&words, json!({ "progress": "complete", "status": status.name() }));
    }

    /// The mistakes of a run that ended, which has so many assertions.
    pub fn run_found(
        &mut self,
        run: &Name,
        (status, assertions): (Status, usize),
        found: (&Diagnostics, &SourceMap),
    ) {
        self.diagnostics(found.0, found.1);
        let ran = self.began.take().map(|(at, since)| (at, since.elapsed()));
        self.junit.run_ends(junit::Result { name: run, status, ran, assertions, found });
    }

    /// The results as JUnit XML.
    pub fn junit(&self) -> String {
        self.junit.document()
    }

    /// Mistakes of the run, or of the end of its state.
    pub fn diagnostics(&self, diagnostics: &Diagnostics, sources: &SourceMap) {
        if !self.ui.json {
            self.ui.diagnostics(diagnostics, sources);
            return;
        }
        for diagnostic in diagnostics {
            let line = json_lines::diagnostic(diagnostic, sources);
            let mut object: Value = serde_json::from_str(&line).unwrap_or_default();
            self.place(&mut object);
            self.ui.line(&object.to_string());
        }
    }

    /// What could not be destroyed.
    pub fn leftover(&self, addresses: &[String], folder: &Path) {
        let list: String = addresses.iter().map(|address| format!("\n  - {address}")).collect();
        let detail = format!(
            "artiform left the following resources behind after executing {}, and they need to be cleaned up by hand. Their state is in {}:\n{list}",
            self.file,
            folder.display()
        );
        let diagnostic = Diagnostic::error("Test could not be cleaned up", detail);
        self.diagnostics(&diagnostic.into(), &SourceMap::new());
    }

    /// The last line.
    pub fn end(&mut self) {
        self.file.clear();
        let good = self.status <= Status::Skip;
        let failed = self.failed + self.errored;
        let mut counts = format!("{} passed, {failed} failed", self.passed);
        if self.skipped > 0 {
            counts.push_str(&format!(", {} skipped", self.skipped));
        }
        if self.ui.json {
            let word = if good { "Success!" } else { "Failure!" };
            let body = json!({
                "status": self.status.name(),
                "passed": self.passed,
                "failed": self.failed,
                "errored": self.errored,
                "skipped": self.skipped,
            });
            let message = format!("{word} {counts}.");
            self.line("test_summary", &message, json!({ "test_summary": body }));
            return;
        }
        let word =
            if good { self.ui.success("Success!") } else { self.ui.failure_word("Failure!") };
        self.ui.line(&format!("\n{word} {counts}."));
    }

    fn coloured(&self, status: Status) -> String {
        match status {
            Status::Pass => self.ui.success(status.word()),
            Status::Skip => status.word().to_owned(),
            Status::Fail | Status::Error => self.ui.failure_word(status.word()),
        }
    }

    fn file_line(&self, words: &str, mut body: Value) {
        let message = format!("{}... {words}", self.file);
        if self.ui.json {
            body["path"] = json!(self.file);
            self.line("test_file", &message, json!({ "test_file": body }));
        } else {
            self.ui.line(&message);
        }
    }

    fn run_line(&self, words: &str, mut body: Value) {
        let run = self.run.as_deref().unwrap_or_default();
        body["path"] = json!(self.file);
        body["run"] = json!(run);
        self.line("test_run", &format!("  \"{run}\"... {words}"), json!({ "test_run": body }));
    }

    fn line(&self, kind: &str, message: &str, mut more: Value) {
        self.place(&mut more);
        self.ui.line(&json_lines::line("info", kind, message, more));
    }

    /// The test file and run that a line is about.
    fn place(&self, object: &mut Value) {
        if !self.file.is_empty() {
            object["@testfile"] = json!(self.file);
        }
        if let Some(run) = self.run.as_ref().filter(|_| !self.file.is_empty()) {
            object["@testrun"] = json!(run);
        }
    }
}
