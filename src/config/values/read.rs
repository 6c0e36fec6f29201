//! Reads values from the environment, files, options and answers.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use diagnostics::{Diagnostic, Diagnostics, SourceMap, did_you_mean};
use indexmap::IndexMap;
use lang::{Attribute, Name, Value};

use super::Found;
use crate::{Variable, constant, files};

/// Prefixes of environment variables, the strongest last.
const PREFIXES: [&str; 2] = ["TF_VAR_", "ARTIFORM_VAR_"];

/// Collects values; later ones replace earlier ones.
pub(super) struct Reader<'a> {
    pub variables: &'a IndexMap<Name, Variable>,
    pub sources: &'a mut SourceMap,
    pub found: IndexMap<Name, Found>,
    /// Variables whose value was given and could not be read.
    pub spoilt: HashSet<Name>,
    /// Values in files that no variable asks for.
    pub undeclared: usize,
    pub diagnostics: Diagnostics,
}

/// So many values that no variable asks for are told one by one.
const UNDECLARED_MAX: usize = 2;

impl Reader<'_> {
    /// Reads the environment; names that are no variables of this stack are for another one.
    pub(super) fn environment(&mut self, environment: &BTreeMap<String, String>) {
        for prefix in PREFIXES {
            for (key, text) in environment {
                let variable = key.strip_prefix(prefix).and_then(|name| self.variables.get(name));
                if let Some(variable) = variable {
                    self.text(variable, text, format!("using the {key} environment variable"));
                }
            }
        }
    }

    /// Reads `NAME=VALUE`.
    pub(super) fn assignment(&mut self, text: &str) {
        let Some((name, value)) = text.split_once('=') else {
            let detail = format!(
                "The given -var option {text:?} is not correctly specified. Must be a variable name and value separated by an equals sign, like -var=\"key=value\"."
            );
            self.diagnostics.push(Diagnostic::error("Invalid -var option", detail));
            return;
        };
        if name.ends_with(' ') {
            let (plain, value) = (name.trim_end(), value.trim_start());
            let detail = format!(
                "Variable name {name:?} is invalid due to trailing space. Did you mean -var=\"{plain}={value}\"?"
            );
            self.diagnostics.push(Diagnostic::error("Invalid -var option", detail));
            return;
        }
        match self.variables.get(name) {
            Some(variable) => {
                self.text(variable, value, format!("using -var=\"{name}=...\""));
            }
            None => {
                let detail = format!(
                    "A variable named \"{name}\" was assigned on the command line, but the root module does not declare a variable of that name. To use this value, add a \"variable\" block to the configuration."
                );
                let diagnostic = Diagnostic::error("Value for undeclared variable", detail);
                self.diagnostics.push(self.suggested(diagnostic, name));
            }
        }
    }

    /// Reads a file of values.
    pub(super) fn file(&mut self, path: &Path) {
        let text = match files::read_text(path) {
            Ok(text) => text,
            Err(diagnostic) => {
                let detail = if path.exists() {
                    diagnostic.detail
                } else {
                    format!("Given variables file {} does not exist.", path.display())
                };
                let unread = Diagnostic::error("Failed to read variables file", detail);
                let hint = "check the path; it is relative to the folder where the command runs";
                self.diagnostics.push(unread.hint(hint));
                return;
            }
        };
        let shown = path.to_string_lossy();
        if shown.ends_with(".json") {
            self.json(path, &text);
            return;
        }
        let file = self.sources.add(&*shown, text.as_str());
        let (body, diagnostics) = lang::parse::file(&text, file);
        self.diagnostics.extend(diagnostics);
        for block in &body.blocks {
            if &*block.kind == "variable" {
                let name = block.labels.first().map_or("NAME", |label| &*label.text);
                let detail = format!(
                    "A .tfvars file is used to assign values to variables that have already been declared in .tf files, not to declare new variables. To declare variable \"{name}\", place this block in one of your .tf files, such as variables.tf.\n\nTo set a value for this variable in {shown}, use the definition syntax instead:\n    {name} = <value>"
                );
                let diagnostic = Diagnostic::error("Variable declaration in .tfvars file", detail);
                let hint = format!("write {name} = <value>");
                self.diagnostics.push(diagnostic.at(block.kind_span).hint(hint));
                continue;
            }
            let summary = format!("Unexpected \"{}\" block", block.kind);
            let diagnostic = Diagnostic::error(summary, "Blocks are not allowed here.");
            self.diagnostics.push(diagnostic.at(block.kind_span));
        }
        for attribute in body.attributes.values() {
            self.attribute(attribute, &shown);
        }
    }

    fn attribute(&mut self, attribute: &Attribute, file: &str) {
        if !self.declares(&attribute.name, file, Some(attribute)) {
            return;
        }
        let Some(value) = self.diagnostics.absorb(constant::literal(&attribute.value)) else {
            self.spoilt.insert(attribute.name.clone());
            return;
        };
        let span = Some(attribute.value.span);
        let found = Found { value, origin: format!("the file {file}"), span };
        self.found.insert(attribute.name.clone(), found);
    }

    fn json(&mut self, path: &Path, text: &str) {
        let shown = path.to_string_lossy();
        let file = self.sources.add(&*shown, text);
        let (body, mistakes) = lang::parse::json_values(text, file);
        let unread = mistakes.has_errors();
        self.diagnostics.extend(mistakes);
        let values = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text);
        let Ok(mut values) = values.map_err(|_| ()) else { return };
        if unread {
            self.spoilt.extend(values.keys().map(|name| name.as_str().into()));
            return;
        }
        for attribute in body.attributes.values() {
            if !self.declares(&attribute.name, &shown, Some(attribute)) {
                continue;
            }
            let Some(value) = values.remove(&*attribute.name) else { continue };
            match lang::json::from_json(&value, &lang::Type::Dynamic) {
                Ok(value) => {
                    let (origin, span) = (format!("the file {shown}"), Some(attribute.value.span));
                    self.found.insert(attribute.name.clone(), Found { value, origin, span });
                }
                Err(message) => {
                    let detail = format!(
                        "The value of \"{}\" in {shown} cannot be read: {message}.",
                        attribute.name
                    );
                    let diagnostic = Diagnostic::error("Invalid JSON", detail);
                    self.diagnostics.push(diagnostic.at(attribute.value.span));
                }
            }
        }
    }

    /// Warns of a value in a file that no variable asks for.
    fn declares(&mut self, name: &str, file: &str, attribute: Option<&Attribute>) -> bool {
        if self.variables.contains_key(name) {
            return true;
        }
        self.undeclared += 1;
        if self.undeclared > UNDECLARED_MAX {
            return false;
        }
        let detail = format!(
            "The root module does not declare a variable named \"{name}\" but a value was found in file \"{file}\". If you meant to use this value, add a \"variable\" block to the configuration.\n\nTo silence these warnings, use TF_VAR_... environment variables to provide certain \"global\" settings to all configurations in your organization. To reduce the verbosity of these warnings, use the -compact-warnings option."
        );
        let diagnostic = Diagnostic::warning("Value for undeclared variable", detail);
        let diagnostic = diagnostic.at_or(attribute.map(|attribute| attribute.name_span));
        self.diagnostics.push(self.suggested(diagnostic, name));
        false
    }

    /// Warns of all the values in files that no variable asks for and that were not told yet.
    pub(super) fn summarise_undeclared(&mut self) {
        let others = self.undeclared.saturating_sub(UNDECLARED_MAX);
        if others > 0 {
            let detail = format!(
                "In addition to the other similar warnings shown, {others} other variable(s) defined without being declared."
            );
            self.diagnostics.push(Diagnostic::warning("Values for undeclared variables", detail));
        }
    }

    fn suggested(&self, diagnostic: Diagnostic, name: &str) -> Diagnostic {
        match did_you_mean(name, self.variables.keys().map(|name| &**name)) {
            Some(near) => diagnostic.hint(format!("did you mean \"{near}\"?")),
            None => diagnostic,
        }
    }

    /// Asks for every variable that has neither a value nor a default.
    pub(super) fn questions(&mut self, ask: &mut super::Ask<'_>) {
        for variable in self.variables.values() {
            let missing = variable.default.is_none() && !self.found.contains_key(&variable.name);
            let answer = if missing { ask(variable) } else { None };
            if let Some(text) = answer {
                self.text(variable, &text, "using interactive input".into());
            }
        }
    }

    /// Reads text: as it stands for a string, a number or a boolean, else as an expression.
    fn text(&mut self, variable: &Variable, text: &str, origin: String) {
        let value = if variable.parse_literally {
            Some(Value::string(text))
        } else {
            let file = self.sources.add(format!("<value for var.{}>", variable.name), text);
            let parsed = lang::parse::expression(text, file);
            match parsed.and_then(|expr| constant::literal(&expr)) {
                Ok(value) => Some(value),
                Err(mistakes) => {
                    self.spoilt.insert(variable.name.clone());
                    self.extend_unseen(variable, mistakes);
                    None
                }
            }
        };
        if let Some(value) = value {
            self.found.insert(variable.name.clone(), Found { value, origin, span: None });
        }
    }

    /// Collects mistakes; of a sensitive variable without the source that they point to.
    fn extend_unseen(&mut self, variable: &Variable, mistakes: Diagnostics) {
        for mut mistake in mistakes {
            if variable.sensitive {
                mistake.subject = Some(variable.header_span);
                mistake.detail = format!("The value of var.{} is no expression.", variable.name);
            }
            self.diagnostics.push(mistake);
        }
    }
}
