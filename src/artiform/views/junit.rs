//! Results of tests as JUnit XML, in the form that `terraform test -junit-xml` writes.

use std::fmt::Write;
use std::time::Duration;

use diagnostics::{Diagnostic, Diagnostics, SourceMap, render};

use crate::test::Status;

/// The results of all test files so far.
#[derive(Default)]
pub struct JunitReport {
    suites: Vec<(String, Vec<Case>)>,
}

/// One run block.
struct Case {
    name: String,
    status: Status,
    /// When it began, and how long it took; nothing of one that was skipped.
    ran: Option<(String, Duration)>,
    assertions: usize,
    /// The messages of the assertions that do not hold.
    failed: Vec<String>,
    /// Mistakes and warnings as people read them.
    text: String,
}

/// How a run block went.
pub struct Result<'a> {
    pub name: &'a str,
    pub status: Status,
    pub ran: Option<(String, Duration)>,
    /// How many assertions it has.
    pub assertions: usize,
    pub found: (&'a Diagnostics, &'a SourceMap),
}

impl JunitReport {
    pub fn file_starts(&mut self, name: &str) {
        self.suites.push((name.to_owned(), Vec::new()));
    }

    pub fn run_ends(&mut self, result: Result<'_>) {
        let Some((_, cases)) = self.suites.last_mut() else { return };
        let (found, sources) = result.found;
        let is_failed = |found: &&Diagnostic| found.summary == "Test assertion failed";
        cases.push(Case {
            name: result.name.to_owned(),
            status: result.status,
            ran: result.ran,
            assertions: result.assertions,
            failed: found.iter().filter(is_failed).map(|failed| failed.detail.clone()).collect(),
            text: render::all(found, sources, false),
        });
    }

    /// The whole document.
    pub fn document(&self) -> String {
        let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?><testsuites>\n");
        for (name, cases) in &self.suites {
            let name = attribute(name);
            let count = |status| cases.iter().filter(|case| case.status == status).count();
            let _ = writeln!(
                text,
                "  <testsuite name=\"{name}\" tests=\"{}\" skipped=\"{}\" failures=\"{}\" errors=\"{}\">",
                cases.len(),
                count(Status::Skip),
                count(Status::Fail),
                count(Status::Error)
            );
            let mut stopped_by = None;
            for case in cases {
                case.write(&mut text, &name, stopped_by);
                if case.status == Status::Error {
                    stopped_by = Some(&*case.name);
                }
            }
            text.push_str("  </testsuite>\n");
        }
        text + "</testsuites>"
    }
}

impl Case {
    fn write(&self, text: &mut String, file: &str, stopped_by: Option<&str>) {
        let _ =
            write!(text, "    <testcase name=\"{}\" classname=\"{file}\"", attribute(&self.name));
        if let Some((at, took)) = &self.ran {
            let _ = write!(text, " time=\"{}\" timestamp=\"{at}\"", took.as_secs_f64());
        }
        match self.outcome(stopped_by) {
            None => text.push_str("></testcase>\n"),
            Some(outcome) => {
                let _ = write!(text, ">\n      {outcome}\n    </testcase>\n");
            }
        }
    }

    /// What stands inside of the element; nothing where all is well.
    fn outcome(&self, stopped_by: Option<&str>) -> Option<String> {
        let body = cdata(&format!("\n{}", self.text));
        Some(match self.status {
            Status::Skip => {
                let (message, body) = skipped(stopped_by);
                format!("<skipped message=\"{message}\">{}</skipped>", cdata(&body))
            }
            Status::Fail => format!(
                "<failure message=\"{}\">{body}</failure>",
                attribute(&failed(&self.failed, self.assertions))
            ),
            Status::Error => format!("<error message=\"Encountered an error\">{body}</error>"),
            Status::Pass if self.text.is_empty() => return None,
            Status::Pass => format!("<system-err>{body}</system-err>"),
        })
    }
}

fn skipped(stopped_by: Option<&str>) -> (&'static str, String) {
    match stopped_by {
        Some(run) => (
            "Testcase skipped due to a previous testcase error",
            format!(
                "Previous testcase {run:?} ended in error, which caused the remaining tests in the file to be skipped"
            ),
        ),
        None => (
            "Testcase skipped due to an interrupt",
            "The tests were interrupted, which caused the remaining tests to be skipped".to_owned(),
        ),
    }
}

fn failed(failed: &[String], assertions: usize) -> String {
    let count = format!("{} of {assertions} assertions failed", failed.len());
    match failed {
        [] => count,
        [one] => format!("{count}: {one}"),
        [first, ..] => format!("{count}, including: {first}"),
    }
}

fn cdata(text: &str) -> String {
    format!("<![CDATA[{}]]>", text.replace("]]>", "]]]]><![CDATA[>"))
}

fn attribute(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&#34;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' | '\r' | '\t' => {
                let _ = write!(escaped, "&#x{:X};", u32::from(character));
            }
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_never_ends_its_element() {
        assert_eq!(cdata("a ]]> b"), "<![CDATA[a ]]]]><![CDATA[> b]]>");
        assert_eq!(attribute("<a> & \"b\"\n"), "&lt;a&gt; &amp; &#34;b&#34;&#xA;");
    }

    #[test]
    fn the_message_of_a_failure_counts() {
        let of = |messages: &[&str], assertions| {
            failed(&messages.iter().map(|m| (*m).to_owned()).collect::<Vec<_>>(), assertions)
        };
        assert_eq!(of(&["no"], 1), "1 of 1 assertions failed: no");
        assert_eq!(of(&["no", "nor"], 3), "2 of 3 assertions failed, including: no");
    }
}
