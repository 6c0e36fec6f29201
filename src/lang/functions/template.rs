//! Templates that are read from files or given as strings.

use std::cell::Cell;

use super::{Call, Function, FunctionError, Parameter, Returns};
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
    &[Parameter::string("template"), Parameter::any("vars")],
    Returns::Rule(|_| Ok(Type::String)),
    |call| render(call, call.text(0), "<template>"),
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

fn render(call: &Call<'_>, _source: &str, _name: &str) -> Result<Value, FunctionError> {
    let Some(_rendering) = Rendering::begin() else { return Err(recursion("templatestring")) };
    let variables = call.arguments[1]
        .entries()
        .ok_or_else(|| FunctionError::argument(1, "invalid vars value: must be a map"))?;
    for name in variables.keys() {
        if !is_identifier(name) {
            let name = super::arguments::quoted(name);
            return Err(FunctionError::argument(
                1,
                format!(
                    "invalid template variable name {name}: must start with a letter, followed by \
                     zero or more letters, digits, and underscores"
                ),
            ));
        }
    }
    Err(FunctionError::failed("templates cannot be rendered yet"))
}

fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && characters.all(|next| next.is_alphanumeric() || matches!(next, '_' | '-'))
}
