//! One run of a command: how it ended and what it wrote.

use std::process::Output;

/// What a finished command left.
#[derive(Clone, Debug)]
pub struct Run {
    /// The command line, for messages.
    pub command: String,
    /// The exit code; `-1` where a signal ended it.
    pub code: i32,
    /// What it wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
}

impl Run {
    /// Reads a finished process.
    #[must_use]
    pub fn of(command: String, output: &Output) -> Self {
        Self {
            command,
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Both streams, standard output first.
    #[must_use]
    pub fn all(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// Insists on an exit code.
    ///
    /// # Panics
    /// When it is another one.
    #[track_caller]
    pub fn expect_code(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "`{}` ended with {}, not {code}\n--- standard output\n{}\n--- standard error\n{}",
            self.command, self.code, self.stdout, self.stderr
        );
        self
    }

    /// Insists on words somewhere in what was written.
    ///
    /// # Panics
    /// When one of them is missing.
    #[track_caller]
    pub fn expect_words(self, words: &[&str]) -> Self {
        let all = self.all();
        for word in words {
            assert!(all.contains(word), "`{}` does not say {word:?}:\n{all}", self.command);
        }
        self
    }
}
