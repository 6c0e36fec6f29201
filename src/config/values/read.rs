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
    pub diagnostics: Diagnostics,
}

impl Reader<'_> {
    /// Reads the environment; names that are no variables of this stack are for another one.
    pub(super) fn environment(&mut self, environment: &BTreeMap<String, String>) {
        for prefix in PREFIXES {
            for (key, text) in environment {
                let variable = key.strip_prefix(prefix).and_then(|name| self.variables.get(name));
                if let Some(variable) = variable {
                    self.text(variable, text, format!("the environment variable {key}"));
                }
            }
        }
    }

    /// Reads `NAME=VALUE`.
    pub(super) fn assignment(&mut self, text: &str) {
        let Some((name, value)) = text.split_once('=') else {
            let detail = format!(
                "The given --var option \"{text}\" is not correctly specified. Must be a variable name and value separated by an equals sign, like --var=\"key=value\"."
            );
            self.diagnostics.push(Diagnostic::error("Invalid --var option", detail));
            return;
        };
        if name.trim() != name {
            let detail = format!(
                "Variable name \"{name}\" is invalid due to a space beside the equals sign. Write --var=\"{}=...\".",
                name.trim()
            );
            self.diagnostics.push(Diagnostic::error("Invalid --var option", detail));
            return;
        }
        match self.variables.get(name) {
            Some(variable) => {
                self.text(variable, value, format!("the option --var=\"{name}=...\""));
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
                let detail = diagnostic.detail;
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
                    "A .tfvars file is used to assign values to variables that have already been declared in configuration files, not to declare new variables. To declare variable \"{name}\", place this block in one of your configuration files. To set a value for this variable in {shown}, use the definition syntax instead: {name} = <value>"
                );
                let diagnostic = Diagnostic::error("Variable declaration in .tfvars file", detail);
                let hint = format!("write {name} = <value>");
                self.diagnostics.push(diagnostic.at(block.kind_span).hint(hint));
                continue;
            }
            let detail = format!(
                "Blocks of type \"{}\" are not expected here. A file of values holds only \"name = value\".",
                block.kind
            );
            let diagnostic = Diagnostic::error("Unsupported block type", detail);
            self.diagnostics.push(diagnostic.at(block.header_span));
        }
        for attribute in body.attributes.values() {
            self.attribute(attribute, &shown);
        }
    }

    fn attribute(&mut self, attribute: &Attribute, file: &str) {
        if !self.declares(&attribute.name, file, Some(attribute)) {
            return;
        }
        let Some(value) = self.diagnostics.absorb(constant::value(&attribute.value)) else {
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
        let parsed = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text);
        let object = match parsed {
            Ok(object) => object,
            Err(error) => {
                let before: usize = text
                    .split_inclusive('\n')
                    .take(error.line().saturating_sub(1))
                    .map(str::len)
                    .sum();
                let at = before + error.column().saturating_sub(1);
                let detail =
                    format!("A JSON object of variable names and values is expected: {error}.");
                let diagnostic = Diagnostic::error("Invalid JSON", detail);
                let span = diagnostics::Span::new(file, at, at + 1);
                self.diagnostics.push(diagnostic.at(span));
                return;
            }
        };
        for (name, value) in object {
            if !self.declares(&name, &shown, None) {
                continue;
            }
            match lang::json::from_json(&value, &lang::Type::Dynamic) {
                Ok(value) => {
                    let origin = format!("the file {shown}");
                    self.found.insert(name.into(), Found { value, origin, span: None });
                }
                Err(message) => {
                    let detail =
                        format!("The value of \"{name}\" in {shown} cannot be read: {message}.");
                    self.diagnostics.push(Diagnostic::error("Invalid JSON", detail));
                }
            }
        }
    }

    /// Warns of a value in a file that no variable asks for.
    fn declares(&mut self, name: &str, file: &str, attribute: Option<&Attribute>) -> bool {
        if self.variables.contains_key(name) {
            return true;
        }
        let detail = format!(
            "The root module does not declare a variable named \"{name}\" but a value was found in file \"{file}\". If you meant to use this value, add a \"variable\" block to the configuration. To give values to many stacks at once, use the environment: TF_VAR_{name} is read only where it is declared."
        );
        let diagnostic = Diagnostic::warning("Value for undeclared variable", detail);
        let diagnostic = diagnostic.at_or(attribute.map(|attribute| attribute.name_span));
        self.diagnostics.push(self.suggested(diagnostic, name));
        false
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
                self.text(variable, &text, "your answer".into());
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
            match parsed.and_then(|expr| constant::value(&expr)) {
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
