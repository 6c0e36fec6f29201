//! Where the console's lines come from: a person, with line editing and a history, or the standard input.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rustyline::Editor;
use rustyline::config::Config;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;

use crate::stack;

/// What a line of an expression starts with, and what one starts with that goes on.
const PROMPTS: [&str; 2] = ["> ", ": "];

/// So many lines are remembered.
const HISTORY_MAX: usize = 1_000;

/// The lines of the console.
pub(super) enum Lines {
    Person(Box<Edited>),
    Input,
}

/// A terminal with an editor, and the file in which its history is kept.
pub(super) struct Edited {
    editor: Editor<(), FileHistory>,
    history: Option<PathBuf>,
}

/// What was read.
pub(super) enum Line {
    Text(String),
    /// The person gave up the expression that was begun.
    GivenUp,
    End,
}

impl Lines {
    /// Lines of a person where one can answer; without an editor they are read as they come.
    pub(super) fn open(interactive: bool, environment: &BTreeMap<String, String>) -> Self {
        if !interactive {
            return Self::Input;
        }
        // What starts with a blank is not remembered, as in a shell.
        let config = Config::builder().history_ignore_space(true).max_history_size(HISTORY_MAX);
        let editor = config.and_then(|config| Editor::with_config(config.build()));
        let Ok(mut editor) = editor else { return Self::Input };
        let history = history_file(environment);
        if let Some(file) = &history {
            // The first time there is none.
            let _ = editor.load_history(file);
        }
        Self::Person(Box::new(Edited { editor, history }))
    }

    /// Reads a line; one that `goes_on` belongs to the expression before it.
    pub(super) fn next(&mut self, goes_on: bool) -> Line {
        match self {
            Self::Input => stack::read_line().map_or(Line::End, Line::Text),
            Self::Person(edited) => edited.next(goes_on),
        }
    }

    /// Remembers an expression, where lines are remembered.
    pub(super) fn remember(&mut self, expression: &str) {
        if let Self::Person(edited) = self {
            edited.remember(expression);
        }
    }
}

impl Edited {
    fn next(&mut self, goes_on: bool) -> Line {
        match self.editor.readline(PROMPTS[usize::from(goes_on)]) {
            Ok(line) => Line::Text(line),
            Err(ReadlineError::Interrupted) if goes_on => Line::GivenUp,
            Err(_) => Line::End,
        }
    }

    /// Remembers an expression for this session and the next ones.
    fn remember(&mut self, expression: &str) {
        // The blank before it, which says that it shall not be remembered, stays.
        let one_line = expression.split('\n').map(str::trim_end).collect::<Vec<_>>().join(" ");
        // An expression that cannot be remembered is evaluated all the same.
        let _ = self.editor.add_history_entry(one_line);
        let Some(file) = &self.history else { return };
        let folder = file.parent().map(std::fs::create_dir_all);
        if matches!(folder, Some(Ok(()))) {
            let _ = self.editor.append_history(file);
        }
    }
}

/// The file of the history, in the person's folder for what programs remember.
fn history_file(environment: &BTreeMap<String, String>) -> Option<PathBuf> {
    let folder = |name: &str| environment.get(name).map(PathBuf::from).filter(|f| f.is_absolute());
    let state = folder("XDG_STATE_HOME").or_else(|| Some(folder("HOME")?.join(".local/state")))?;
    Some(state.join("artiform/console_history"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_history_lies_where_programs_remember_things() {
        let at = |given: &[(&str, &str)]| {
            let given = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            history_file(&given.collect())
        };
        let path = |text: &str| Some(PathBuf::from(text));
        assert_eq!(at(&[("HOME", "/h")]), path("/h/.local/state/artiform/console_history"));
        let both = [("HOME", "/h"), ("XDG_STATE_HOME", "/s")];
        assert_eq!(at(&both), path("/s/artiform/console_history"));
        assert_eq!(at(&[]), None);
    }
}
