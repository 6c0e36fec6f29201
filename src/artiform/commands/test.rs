//! `test`: runs the stack's test files.

use std::path::Path;

use diagnostics::{Diagnostics, SourceMap};

use super::Verb;
use crate::context::{Context, FAILURE, Failure, Outcome, SUCCESS};
use crate::planning::Session;
use crate::test::{FileSession, Status, TestOptions, TestPath, discover};
use crate::views::json_lines;
use crate::views::test::Report;

/// Run the stack's tests
///
/// Runs every *.tftest.hcl file of the stack's folder and of its folder tests. A test file is a list of run
/// blocks; each plans or applies the stack, or another module, into a state of its own, and checks
/// assertions. What was made is destroyed at the end of each file.
#[derive(Clone, Debug, clap::Args)]
pub struct Test {
    #[command(flatten)]
    options: TestOptions,
}

impl Verb for Test {
    const NAME: &'static str = "test";

    fn run(self, context: &Context) -> Outcome {
        let ui = context.ui.clone().with_json(self.options.json);
        let context = Context { ui, ..context.clone() };
        if context.ui.json {
            context.ui.line(&json_lines::version());
        }
        super::shown(self.execute(&context), &context.ui)
    }
}

impl Test {
    fn execute(&self, context: &Context) -> Outcome {
        let loaded = config::load(&self.options.folder);
        if loaded.diagnostics.has_errors() {
            return Err(Failure::new(loaded.diagnostics, &loaded.config.sources));
        }
        let folder: &Path = &self.options.folder;
        let paths = discover(folder, &self.options.test_directory, &self.options.filter)?;
        let session = Session { quiet: true, ..Session::start(context)? };
        let mut files = Vec::new();
        let mut mistakes = Diagnostics::new();
        for path in &paths {
            let file = FileSession::new(path, &self.options, context, &session)?;
            match file.runs() {
                Ok(runs) => files.push((path, file, runs)),
                Err(failure) => {
                    context.ui.diagnostics(&failure.diagnostics, &failure.sources);
                    mistakes.extend(failure.diagnostics);
                }
            }
        }
        if mistakes.has_errors() {
            return Ok(FAILURE);
        }
        let mut report = Report::new(context.ui.clone());
        report.found(files.iter().map(|(path, _, runs)| (&*path.name, runs.as_slice())));
        for (path, file, runs) in files {
            self.file(path, (file, &runs), &mut report, &session);
        }
        report.end();
        if let Some(file) = &self.options.junit_xml {
            std::fs::write(file, report.junit()).map_err(|error| {
                let detail = format!("The results could not be written to it: {error}.");
                let summary = format!("error saving JUnit XML to file \"{}\"", file.display());
                Failure::error(&summary, detail)
            })?;
        }
        let code = if report.status() <= Status::Skip { SUCCESS } else { FAILURE };
        session.end();
        Ok(code)
    }

    fn file(
        &self,
        path: &TestPath,
        (mut file, runs): (FileSession<'_>, &[lang::Name]),
        report: &mut Report,
        session: &Session,
    ) {
        report.file_starts(&path.name);
        let mut status = Status::Pass;
        for (at, run) in runs.iter().enumerate() {
            if status == Status::Error || *session.stop.borrow() {
                report.run_ends(run, Status::Skip, None);
                let nothing = (&Diagnostics::new(), &SourceMap::new());
                report.run_found(run, (Status::Skip, 0), nothing);
                status = status.max(Status::Skip);
                continue;
            }
            report.run_starts(run);
            let (ended, shown) = match file.run(at) {
                Ok(told) => {
                    let shown = told.ended.shown.clone();
                    let diagnostics = told.ended.diagnostics.clone();
                    ((told.ended.status, diagnostics, told.sources), shown)
                }
                Err(failure) => ((Status::Error, failure.diagnostics, failure.sources), None),
            };
            let (ended, diagnostics, sources) = ended;
            report.run_ends(run, ended, shown.as_deref());
            report.run_found(run, (ended, file.assertions(at)), (&diagnostics, &sources));
            status = status.max(ended);
        }
        report.file_tears_down();
        let cleaned = tear_down(&mut file, report);
        report.file_ends(status.max(cleaned));
    }
}

/// Destroys what the runs made, the last run first.
fn tear_down(file: &mut FileSession<'_>, report: &mut Report) -> Status {
    let mut status = Status::Pass;
    for (run, state) in file.ends() {
        report.run_tears_down(&run);
        match file.destroy(state) {
            Ok((told, leftover)) => {
                report.diagnostics(&told.ended.diagnostics, &told.sources);
                if let Some(leftover) = leftover {
                    report.leftover(&leftover.addresses, &leftover.folder);
                    status = Status::Error;
                }
            }
            Err(failure) => {
                report.diagnostics(&failure.diagnostics, &SourceMap::new());
                status = Status::Error;
            }
        }
    }
    status
}
