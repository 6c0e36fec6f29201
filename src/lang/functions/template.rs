//! Templates that are read from files or given as strings.

use std::cell::Cell;

use diagnostics::{FileId, Span};

use super::{Call, Function, FunctionError, Parameter, Returns};
use crate::convert::convert;
use crate::eval::{TemplateError, template_with_variables};
use crate::graphemes::graphemes;
use crate::{Type, Value};

pub(super) static TEMPLATEFILE: Function = Function::new(
    "templatefile",
    &[Parameter::string("path").with_marks(), Parameter::any("vars")],
    Returns::Rule(|_| Ok(Type::Dynamic)),
    template_file,
    "Reads a file and renders it as a template with the given variables.",
)
.maybe_null();

pub(super) static TEMPLATESTRING: Function = Function::new(
    "templatestring",
    &[Parameter::any("template").or_null(), Parameter::any("vars")],
    Returns::Rule(|_| Ok(Type::String)),
    template_string,
    "Renders a string that was made elsewhere as a template with the given variables.",
)
.maybe_null();

fn template_file(call: &Call<'_>) -> Result<Value, FunctionError> {
    if RENDERING.get() {
        return Err(recursion("templatefile"));
    }
    let source = super::filesystem::contents(call)?;
    let value = render(call, &source, call.text(0))?;
    Ok(value.with_marks(call.arguments[0].marks))
}

/// How messages name the text that was given.
const GIVEN: &str = "<templatestring argument>";

/// Unlike a template in a file, this one always gives a string.
fn template_string(call: &Call<'_>) -> Result<Value, FunctionError> {
    let Some(source) = call.arguments[0].as_str() else {
        let message = "invalid template value: a string is required";
        return Err(FunctionError::argument(0, message));
    };
    let value = render(call, source, GIVEN)?;
    if value.is_null() {
        let place = place(GIVEN, source, Span::new(FileId(0), 0, source.len()));
        return Err(FunctionError::failed(format!(
            "{place}: Template result is null; The result of the template is null, which is not a valid result for a templatestring call."
        )));
    }
    convert(&value, &Type::String).map_err(|error| {
        FunctionError::failed(format!("invalid template result: {}", error.message))
    })
}

thread_local! {
    /// A template is being rendered on this thread, so that no other may be: it could be the same.
    static RENDERING: Cell<bool> = const { Cell::new(false) };
}

struct Rendering;

impl Rendering {
    fn begin() -> Option<Self> {
        (!RENDERING.replace(true)).then_some(Self)
    }
}

impl Drop for Rendering {
    fn drop(&mut self) {
        RENDERING.set(false);
    }
}

fn recursion(name: &str) -> FunctionError {
    FunctionError::failed(format!(
        "cannot recursively call {name} from inside another template function"
    ))
}

/// Renders a template, which `name` is the file of.
fn render(call: &Call<'_>, source: &str, name: &str) -> Result<Value, FunctionError> {
    let Some(_rendering) = Rendering::begin() else { return Err(recursion("templatestring")) };
    let variables = call.arguments[1]
        .entries()
        .ok_or_else(|| FunctionError::argument(1, "invalid vars value: must be a map"))?;
    for variable in variables.keys() {
        if !is_identifier(variable) {
            let name = super::arguments::quoted(variable);
            return Err(FunctionError::argument(
                1,
                format!(
                    "invalid template variable name {name}: must start with a letter, followed by \
                     zero or more letters, digits, and underscores"
                ),
            ));
        }
    }
    template_with_variables(source, variables, call.context)
        .map_err(|error| complaint(&error, source, name))
}

fn complaint(error: &TemplateError, source: &str, name: &str) -> FunctionError {
    let found = match error {
        TemplateError::Missing { name: variable, span } => {
            let variable = super::arguments::quoted(variable);
            let place = place(name, source, *span);
            let message =
                format!("vars map does not contain key {variable}, referenced at {place}");
            return FunctionError::argument(1, message);
        }
        TemplateError::Syntax(found) | TemplateError::Evaluation(found) => found,
    };
    let mut mistakes = found.iter().map(|one| {
        let at = one.subject.map(|span| format!("{}: ", place(name, source, span)));
        let at = at.unwrap_or_default();
        format!("{at}{}; {}", one.summary, one.detail)
    });
    let first = mistakes.next().unwrap_or_default();
    match mistakes.count() {
        0 => FunctionError::failed(first),
        more => FunctionError::failed(format!("{first}, and {more} other diagnostic(s)")),
    }
}

/// A place in a file as `name:line,column-column`, counted from one.
fn place(name: &str, source: &str, span: Span) -> String {
    let position = |offset: u32| {
        let end = usize::try_from(offset).unwrap_or(usize::MAX).min(source.len());
        let before = source.get(..end).unwrap_or(source);
        let line = before.rfind('\n').map_or(0, |end| end + 1);
        (before.matches('\n').count() + 1, graphemes(&before[line..]).count() + 1)
    };
    let ((line, column), (last_line, last_column)) = (position(span.start), position(span.end));
    if line == last_line {
        format!("{name}:{line},{column}-{last_column}")
    } else {
        format!("{name}:{line},{column}-{last_line},{last_column}")
    }
}

fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && characters.all(|next| next.is_alphanumeric() || matches!(next, '_' | '-'))
}
