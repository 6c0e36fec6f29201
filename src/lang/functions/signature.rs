//! How functions are declared, for people and programs that read about them.

use diagnostics::{CalledFunction, CalledParameter};
use serde_json::Value as Json;

use super::{ALL, Function, Parameter, Returns, Shape, lookup};
use crate::Type;
use crate::json::type_to_json;

/// A function's name, what it takes and what it gives.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    pub name: &'static str,
    pub parameters: &'static [Parameter],
    pub variadic: Option<Parameter>,
    pub returns: Shape,
    pub description: &'static str,
}

/// The functions that the evaluator answers itself.
const EVALUATED: [Signature; 2] = [
    Signature {
        name: "can",
        parameters: &[Parameter::any("expression")],
        variadic: None,
        returns: Shape::Bool,
        description: "Tells whether an expression gives a value without mistakes.",
    },
    Signature {
        name: "try",
        parameters: &[],
        variadic: Some(Parameter::any("expressions")),
        returns: Shape::Any,
        description: "Gives the first of its arguments that can be evaluated without mistakes.",
    },
];

/// Every function that a configuration may call, in alphabetical order.
pub fn signatures() -> Vec<Signature> {
    let plain = ALL.iter().filter(|function| !function.console_only).map(|f| f.signature());
    let mut all: Vec<Signature> = plain.chain(EVALUATED).collect();
    all.sort_by_key(|signature| signature.name);
    all
}

/// The declaration of the function that is called by a name, plain or as `core::name`.
pub fn called(called_as: &str) -> Option<CalledFunction> {
    let plain = called_as.strip_prefix("core::").unwrap_or(called_as);
    let evaluated = EVALUATED.into_iter().find(|signature| signature.name == plain);
    let signature = evaluated.or_else(|| lookup(called_as).map(Function::signature))?;
    Some(CalledFunction {
        called_as: called_as.to_owned(),
        name: signature.name,
        parameters: signature.parameters.iter().map(Parameter::called).collect(),
        variadic: signature.variadic.as_ref().map(Parameter::called),
        returns: signature.returns.json(),
    })
}

impl Function {
    /// What is declared of it.
    pub fn signature(&self) -> Signature {
        Signature {
            name: self.name,
            parameters: self.parameters,
            variadic: self.variadic,
            returns: match (self.declared, self.returns) {
                (Some(declared), _) => declared,
                (None, Returns::Always(shape)) => shape,
                (None, Returns::Rule(_)) => Shape::Any,
            },
            description: self.description,
        }
    }
}

impl Parameter {
    fn called(&self) -> CalledParameter {
        CalledParameter { name: self.name, value_type: self.shape.json() }
    }
}

impl Shape {
    /// The type as JSON writes it.
    pub fn json(self) -> Json {
        match self.ty() {
            Type::Dynamic => Json::from("dynamic"),
            ty => type_to_json(&ty),
        }
    }
}
