//! `test`: runs the stack's test files.

use config::TestFile;
use diagnostics::{Diagnostics, SourceMap};

use super::Verb;
use crate::context::{Context, FAILURE, Failure, Outcome, SUCCESS};
use crate::planning::Session;
use crate::test::{FileSession, Status, Suite, TestOptions, TestPath};
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
        let Self { options } = self;
        options.check_values()?;
        let suite = Suite::load(&options.folder, &options.test_directory, &options.filter)?;
        let mut report = Report::new(context.ui.clone());
        report.diagnostics(&suite.found, &suite.sources);
        let session = Session { quiet: true, ..Session::start(context)? };
        report.found(suite.files.iter().map(|(path, file)| (&*path.name, file)));
        for test in &suite.files {
            let file = FileSession::new(test, &suite, options, (context, &session));
            run_file(test, (file, &suite), &mut report, &session);
        }
        report.end();
        if let Some(file) = &options.junit_xml {
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
}

/// Executes the runs of a test file, and destroys what they made.
fn run_file(
    (path, test): &(TestPath, TestFile),
    (mut file, suite): (FileSession<'_>, &Suite),
    report: &mut Report,
    session: &Session,
) {
    report.file_starts(&path.name);
    let mut status = Status::Pass;
    for run in &test.runs {
        if status == Status::Error || *session.stop.borrow() {
            report.run_ends(&run.name, Status::Skip, None);
            let nothing = (&Diagnostics::new(), &SourceMap::new());
            report.run_found(&run.name, (Status::Skip, 0), nothing);
            status = status.max(Status::Skip);
            continue;
        }
        report.run_starts(&run.name);
        let (ended, diagnostics, sources) = match file.run(run) {
            Ok(told) => {
                report.run_ends(&run.name, told.ended.status, told.ended.shown);
                (told.ended.status, told.ended.diagnostics, told.sources)
            }
            Err(failure) => {
                report.run_ends(&run.name, Status::Error, None);
                (Status::Error, failure.diagnostics, failure.sources)
            }
        };
        let result = (ended, run.asserts.len());
        report.run_found(&run.name, result, (&diagnostics, &sources));
        status = status.max(ended);
    }
    report.file_tears_down();
    let cleaned = tear_down(&mut file, report);
    report.file_ends(status.max(cleaned));
    report.diagnostics(&suite.stray_overrides(path, test), &suite.sources);
}

/// Destroys what the runs made, the last run first.
fn tear_down(file: &mut FileSession<'_>, report: &mut Report) -> Status {
    let mut status = Status::Pass;
    for (run, state) in file.ends() {
        report.run_tears_down(&run);
        match file.destroy(state) {
            Ok((told, leftover)) => {
                let found = told.ended.diagnostics.sorted();
                report.destroyed((&found, &told.sources), leftover.as_ref());
                if leftover.is_some() || found.has_errors() {
                    status = Status::Error;
                }
            }
            Err(failure) => {
                report.destroyed((&failure.diagnostics, &failure.sources), None);
                status = Status::Error;
            }
        }
    }
    status
}
