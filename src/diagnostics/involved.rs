//! What a mistake in an expression is about: the values of its references, and the function that was called.

use std::fmt;

use serde_json::{Value, json};

/// A reference and what it stands for, such as `var.port` and `is 80`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Involved {
    pub name: String,
    pub statement: String,
}

impl Involved {
    /// The variable of a `for` has a name alone; programs that read Terraform's form do not expect it.
    pub fn is_reference(&self) -> bool {
        self.name.contains(['.', '['])
    }
}

impl fmt::Display for Involved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.statement)
    }
}

/// A function whose call went wrong, as it was written and as it is declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalledFunction {
    /// The name as it was called, such as `core::upper`.
    pub called_as: String,
    pub name: &'static str,
    pub parameters: Vec<CalledParameter>,
    /// What takes any number of further arguments.
    pub variadic: Option<CalledParameter>,
    /// The type of the result, as JSON writes types.
    pub returns: Value,
}

/// A parameter's name and its type, as JSON writes types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalledParameter {
    pub name: &'static str,
    pub value_type: Value,
}

impl CalledFunction {
    /// `function_call` of a snippet.
    pub(crate) fn json(&self) -> Value {
        let parameter = |one: &CalledParameter| json!({"name": one.name, "type": one.value_type});
        let parameters: Vec<Value> = self.parameters.iter().map(parameter).collect();
        let mut signature =
            json!({ "name": self.name, "params": parameters, "return_type": self.returns });
        if let Some(variadic) = &self.variadic {
            signature["variadic_param"] = parameter(variadic);
        }
        json!({ "called_as": self.called_as, "signature": signature })
    }
}

/// `join(separator, lists...)`.
impl fmt::Display for CalledFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = self.parameters.iter().map(|parameter| parameter.name.to_owned());
        let further = self.variadic.iter().map(|parameter| format!("{}...", parameter.name));
        let names: Vec<String> = plain.chain(further).collect();
        write!(f, "{}({})", self.called_as, names.join(", "))
    }
}
