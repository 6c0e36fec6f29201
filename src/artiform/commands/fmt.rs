//! `fmt`: lays files out as everybody's are.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::ArgAction;
use diagnostics::{Diagnostic, Diagnostics, SourceMap, Span};
use plan::difference;

use super::Verb;
use crate::context::{Context, Outcome, SUCCESS};
use crate::ui::Ui;

/// Exit code of `--check` when a file is not laid out as it should be.
const UNFORMATTED: u8 = 3;
/// Exit code when a file could not be read as HCL.
const UNREADABLE: u8 = 2;

/// Lay out configuration files in the canonical style
///
/// Files and folders may be named; `-` formats the standard input. Without any, the files of the current
/// folder are formatted.
#[derive(Clone, Debug, clap::Args)]
pub struct Fmt {
    /// Files and folders; `-` for the standard input
    #[arg(value_name = "TARGET", default_value = ".", hide_default_value = true)]
    targets: Vec<PathBuf>,
    /// List the files whose layout differs
    #[arg(long, value_name = "BOOL", default_value_t = true, num_args = 0..=1,
          default_missing_value = "true", require_equals = true, action = ArgAction::Set)]
    list: bool,
    /// Write the files
    #[arg(long, value_name = "BOOL", default_value_t = true, num_args = 0..=1,
          default_missing_value = "true", require_equals = true, action = ArgAction::Set)]
    write: bool,
    /// Show what differs
    #[arg(long)]
    diff: bool,
    /// Write nothing; exit with 3 when a layout differs
    #[arg(long)]
    check: bool,
    /// Format the folders below as well
    #[arg(long)]
    recursive: bool,
}

impl Verb for Fmt {
    const NAME: &'static str = "fmt";

    fn run(self, context: &Context) -> Outcome {
        let mut pass = Pass {
            flags: &self,
            ui: &context.ui,
            sources: SourceMap::new(),
            mistakes: Diagnostics::new(),
            differs: false,
            checked: String::new(),
        };
        if self.targets.iter().any(|target| target.as_os_str() == "-") {
            pass.standard_input();
        } else {
            self.targets.iter().for_each(|target| pass.target(target));
        }
        if self.list && !pass.mistakes.has_errors() {
            context.ui.print(&pass.checked);
        }
        context.ui.diagnostics(&pass.mistakes, &pass.sources);
        Ok(match (pass.mistakes.has_errors(), self.check && pass.differs) {
            (true, _) => UNREADABLE,
            (_, true) => UNFORMATTED,
            _ => SUCCESS,
        })
    }
}

/// One run over all targets.
struct Pass<'a> {
    flags: &'a Fmt,
    ui: &'a Ui,
    sources: SourceMap,
    mistakes: Diagnostics,
    differs: bool,
    /// What a check has to tell: as Terraform's, nothing without a list, nor beside mistakes.
    checked: String,
}

impl Pass<'_> {
    fn standard_input(&mut self) {
        let mut source = String::new();
        if let Err(error) = io::stdin().read_to_string(&mut source) {
            return self.unreadable("the standard input", &error.to_string());
        }
        let Some(formatted) = self.format("<stdin>", &source) else { return };
        self.differs |= formatted != source;
        if self.flags.check {
            return;
        }
        if self.flags.diff {
            self.show_diff("<stdin>", &source, &formatted);
        } else {
            // A file keeps its last line as it is; a stream ends its lines.
            let end = if formatted.ends_with('\n') { "" } else { "\n" };
            self.ui.print(&format!("{formatted}{end}"));
        }
    }

    fn target(&mut self, path: &Path) {
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => self.folder(path),
            Ok(_) if is_formattable(path) => self.file(path),
            Ok(_) => {
                let summary =
                    "Only .tf, .tfvars, and .tftest.hcl files can be processed with artiform fmt";
                let detail = format!("{} is none, nor another .hcl file.", path.display());
                self.mistakes.push(Diagnostic::error(summary, detail));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let summary = format!("No file or directory at {}", path.display());
                self.mistakes.push(Diagnostic::error(summary, ""));
            }
            Err(error) => self.unreadable(&path.display().to_string(), &error.to_string()),
        }
    }

    fn folder(&mut self, folder: &Path) {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => {
                return self.unreadable(&folder.display().to_string(), &error.to_string());
            }
        };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths.into_iter().filter(|path| !is_hidden(path)) {
            if path.is_dir() {
                if self.flags.recursive {
                    self.folder(&path);
                }
            } else if is_formattable(&path) {
                self.file(&path);
            }
        }
    }

    fn file(&mut self, path: &Path) {
        let shown = path.strip_prefix(".").unwrap_or(path).display().to_string();
        let source = match fs::read_to_string(path) {
            Ok(source) => source,
            Err(error) => return self.unreadable(&shown, &error.to_string()),
        };
        let Some(formatted) = self.format(&shown, &source) else { return };
        let silent = !self.flags.list && !self.flags.diff;
        if silent && !self.flags.check && !self.flags.write {
            // Nothing else would tell how the file should be.
            self.ui.print(&formatted);
        }
        if formatted == source {
            return;
        }
        self.differs = true;
        if self.flags.list {
            self.tell(&format!("{shown}\n"));
        }
        if self.flags.diff {
            self.show_diff(&shown, &source, &formatted);
        }
        if self.flags.write
            && !self.flags.check
            && let Err(error) = fs::write(path, formatted)
        {
            let detail = format!("The file {shown} could not be written: {error}.");
            self.mistakes.push(Diagnostic::error("Failed to write file", detail));
        }
    }

    fn format(&mut self, shown: &str, source: &str) -> Option<String> {
        match lang::format::format(source) {
            Ok(formatted) => Some(formatted),
            Err(error) => {
                let file = self.sources.add(shown, source);
                let (_, mistakes) = lang::parse::file(source, file);
                if mistakes.has_errors() {
                    self.mistakes.extend(mistakes);
                    return None;
                }
                let at = byte_at(source, error.line, error.column);
                let diagnostic = Diagnostic::error("Invalid syntax", error.message);
                self.mistakes.push(diagnostic.at(Span::new(file, at, at + 1)));
                None
            }
        }
    }

    fn show_diff(&mut self, shown: &str, source: &str, formatted: &str) {
        let (old, new) = (format!("old/{shown}"), format!("new/{shown}"));
        self.tell(&difference::unified(&old, &new, source, formatted));
    }

    /// Says what differs, or, in a check, keeps it until all is checked.
    fn tell(&mut self, text: &str) {
        if self.flags.check {
            self.checked.push_str(text);
        } else {
            self.ui.print(text);
        }
    }

    fn unreadable(&mut self, shown: &str, why: &str) {
        let detail = format!("{shown} could not be read: {why}.");
        self.mistakes.push(Diagnostic::error("Failed to read file", detail));
    }
}

fn is_formattable(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("hcl" | "tf" | "tfvars"))
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

/// The byte at a line and column that count from one, columns in characters.
fn byte_at(source: &str, line: usize, column: usize) -> usize {
    let before: usize =
        source.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let inside = source[before..].char_indices().nth(column.saturating_sub(1));
    inside.map_or(source.len(), |(byte, _)| before + byte)
}

#[cfg(test)]
mod tests {
    use super::byte_at;

    #[test]
    fn places_are_found_by_line_and_column() {
        assert_eq!(byte_at("a\né x", 2, 3), 5);
        assert_eq!(byte_at("a\n", 9, 9), 2);
    }
}
