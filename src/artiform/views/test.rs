//! How tests are told of: a line for each run and file, and a last one that counts them.

use std::time::Instant;

use config::TestFile;
use diagnostics::{Diagnostics, SourceMap};
use lang::Name;
use serde_json::{Map, Value, json};

use super::json_lines;
use super::junit::{self, JunitReport};
use crate::test::{Leftover, Shown, Status};
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
    pub fn found<'a>(&mut self, files: impl Iterator<Item = (&'a str, &'a TestFile)>) {
        let files: Vec<_> = files.collect();
        if !self.ui.json {
            return;
        }
        let names = |file: &TestFile| match &*file.runs {
            [] => Value::Null,
            runs => runs.iter().map(|run| Value::from(&*run.name)).collect(),
        };
        let all: Map<String, Value> =
            files.iter().map(|(name, file)| ((*name).to_owned(), names(file))).collect();
        let runs: usize = files.iter().map(|(_, file)| file.runs.len()).sum();
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

    pub fn run_ends(&mut self, run: &Name, status: Status, shown: Option<Shown>) {
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
            Some(shown) if self.ui.json => {
                let kind = format!("test_{}", shown.kind);
                let mut body = Map::new();
                body.insert(kind.clone(), shown.json);
                let message = format!("-verbose flag enabled, printing {}", shown.kind);
                self.line(&kind, &message, Value::Object(body));
            }
            Some(shown) => {
                self.ui.line(&format!("\n{}\n", shown.text.trim_end_matches('\n')));
            }
            None => {}
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

    /// Mistakes of the run, or of the end of its state: warnings among the results, errors apart.
    pub fn diagnostics(&self, diagnostics: &Diagnostics, sources: &SourceMap) {
        if !self.ui.json {
            let (warnings, errors): (Vec<_>, Vec<_>) =
                diagnostics.iter().cloned().partition(|found| !found.is_error());
            if !warnings.is_empty() {
                self.ui.print(&format!("\n{}", self.ui.drawn(&warnings.into(), sources)));
            }
            self.ui.diagnostics(&errors.into(), sources);
            return;
        }
        for diagnostic in diagnostics {
            let line = json_lines::diagnostic(diagnostic, sources);
            let mut object: Value = serde_json::from_str(&line).unwrap_or_default();
            self.place(&mut object);
            self.ui.line(&object.to_string());
        }
    }

    /// How the destruction of what a run made went.
    pub fn destroyed(&self, found: (&Diagnostics, &SourceMap), leftover: Option<&Leftover>) {
        let run = self.run.as_deref().unwrap_or_default();
        let place = format!("{}/{run}", self.file);
        if self.ui.json {
            if let Some(leftover) = leftover {
                self.left_over(&place, leftover);
            }
            self.diagnostics(found.0, found.1);
            return;
        }
        if found.0.has_errors() {
            self.ui.note(&format!(
                "artiform encountered an error destroying resources created while executing {place}."
            ));
        }
        self.diagnostics(found.0, found.1);
        if let Some(leftover) = leftover {
            self.ui.note(&format!(
                "\nartiform left the following resources in state after executing {place}, and they need to be cleaned up manually:"
            ));
            leftover.addresses.iter().for_each(|one| self.ui.note(&format!("  - {one}")));
            let folder = leftover.folder.display();
            self.ui.note(&format!("Their state is in {folder}."));
        }
    }

    fn left_over(&self, place: &str, leftover: &Leftover) {
        let resources = leftover.addresses.iter().map(|one| json!({ "instance": one }));
        let body = json!({
            "failed_resources": resources.collect::<Vec<_>>(),
            "state_folder": leftover.folder,
        });
        let message = format!(
            "artiform left some resources in state after executing {place}, they need to be cleaned up manually."
        );
        let mut more = json!({ "test_cleanup": body });
        self.place(&mut more);
        self.ui.line(&json_lines::line("error", "test_cleanup", &message, more));
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
