//! A Python program of the environment that `tests/run` makes for AWS: it is talked to line by line and ends
//! with the test process, however that ends.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::clients;

/// A running program; its standard error goes to a log.
#[derive(Debug)]
pub(crate) struct Python {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    log: PathBuf,
    name: &'static str,
}

impl Drop for Python {
    fn drop(&mut self) {
        // Its own pid, held since it was started; one that has ended already is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Python {
    /// Starts a program given as text, logging below `folder`.
    ///
    /// # Panics
    /// When the environment is missing or the program cannot be started.
    pub(crate) fn start(name: &'static str, program: &str, folder: &Path) -> Self {
        let log = folder.join(format!("{name}.log"));
        let errors = File::create(&log).expect("a log file");
        let child = Command::new(clients::python_for_aws())
            .args(["-u", "-c", program])
            .current_dir(folder)
            .env("HOME", folder)
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn();
        let mut child = child.expect("Python starts");
        let input = child.stdin.take().expect("a standard input");
        let output = BufReader::new(child.stdout.take().expect("a standard output"));
        Self { child, input, output, log, name }
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// The next line that it writes.
    ///
    /// # Panics
    /// When it ends instead.
    pub(crate) fn read_line(&mut self) -> String {
        let mut line = String::new();
        let length = self.output.read_line(&mut line).unwrap_or(0);
        assert!(length > 0, "{} ended:\n{}", self.name, self.log());
        line.trim_end().to_owned()
    }

    /// Writes a line to it and reads the line that it answers.
    ///
    /// # Panics
    /// When it ends instead.
    pub(crate) fn ask(&mut self, line: &str) -> String {
        let sent = writeln!(self.input, "{line}").and_then(|()| self.input.flush());
        sent.unwrap_or_else(|error| {
            panic!("{} does not listen ({error}): {}", self.name, self.log())
        });
        self.read_line()
    }
}
