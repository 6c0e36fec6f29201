//! What a function is: its parameters, the rule for its result's type, and its body.

use super::FunctionContext;
use crate::{Number, Type, Value};

/// A function of the language.
pub struct Function {
    pub name: &'static str,
    pub parameters: &'static [Parameter],
    /// What further arguments are, where the function takes any number of them.
    pub variadic: Option<Parameter>,
    pub returns: Returns,
    /// What is declared of the result's type, where that is not all that is known of it.
    pub declared: Option<Shape>,
    /// The result is never null, which an unknown result then says of itself.
    pub never_null: bool,
    /// Works only where a person types expressions (`console`), as `type` does.
    pub console_only: bool,
    pub body: Body,
    pub description: &'static str,
}

/// One parameter of a function.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    pub name: &'static str,
    pub shape: Shape,
    pub allow_null: bool,
    /// The body is called even though the argument is unknown.
    pub allow_unknown: bool,
    /// The body sees the argument's marks, and carries them to the result by itself.
    pub allow_marked: bool,
    /// The body is called even though the argument's very type is unknown.
    pub allow_dynamic: bool,
}

/// The types that parameters and results have; constant, unlike [`Type`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Any,
    Bool,
    Number,
    String,
    ListOfAny,
    ListOfBool,
    ListOfLists,
    ListOfNumber,
    ListOfString,
    SetOfAny,
    SetOfString,
    MapOfAny,
    MapOfStringLists,
}

/// How the type of the result follows from the arguments.
#[derive(Clone, Copy)]
pub enum Returns {
    Always(Shape),
    /// Arguments may be unknown here; `Type::Dynamic` says that the type is not known yet.
    Rule(fn(&[Value]) -> Result<Type, FunctionError>),
}

/// A function's body; arguments were converted to the parameters' types.
pub type Body = fn(&Call<'_>) -> Result<Value, FunctionError>;

/// What a body gets.
pub struct Call<'a> {
    pub arguments: &'a [Value],
    /// The type that the result has.
    pub returns: &'a Type,
    pub context: &'a FunctionContext,
}

/// A mistake of a function: which argument, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionError {
    pub argument: Option<usize>,
    pub message: String,
}

impl FunctionError {
    /// A mistake of one argument, counted from zero.
    pub fn argument(index: usize, message: impl Into<String>) -> Self {
        Self { argument: Some(index), message: message.into() }
    }

    /// A mistake of the call as a whole.
    pub fn failed(message: impl Into<String>) -> Self {
        Self { argument: None, message: message.into() }
    }

    /// The summary and the detail of the diagnostic, for a call written as `name`.
    pub fn diagnostic(&self, function: &Function, name: &str) -> (&'static str, String) {
        let parameter = self.argument.and_then(|index| function.parameter(index));
        match parameter {
            Some(parameter) => (
                "Invalid function argument",
                format!("Invalid value for \"{}\" parameter: {}.", parameter.name, self.message),
            ),
            None => (
                "Error in function call",
                format!("Call to function \"{name}\" failed: {}.", self.message),
            ),
        }
    }
}

impl Function {
    /// A function that takes exactly these parameters; its unknown results are never null.
    pub const fn new(
        name: &'static str,
        parameters: &'static [Parameter],
        returns: Returns,
        body: Body,
        description: &'static str,
    ) -> Self {
        Self {
            name,
            parameters,
            variadic: None,
            returns,
            declared: None,
            never_null: true,
            console_only: false,
            body,
            description,
        }
    }

    /// Takes any number of further arguments.
    #[must_use]
    pub const fn and_any_number_of(mut self, parameter: Parameter) -> Self {
        self.variadic = Some(parameter);
        self
    }

    /// What is declared of the type of its result, which a rule finds more exactly.
    #[must_use]
    pub const fn declared(mut self, shape: Shape) -> Self {
        self.declared = Some(shape);
        self
    }

    /// Its result may be null.
    #[must_use]
    pub const fn maybe_null(mut self) -> Self {
        self.never_null = false;
        self
    }

    /// The parameter that takes the argument at an index.
    pub fn parameter(&self, index: usize) -> Option<&Parameter> {
        self.parameters.get(index).or(self.variadic.as_ref())
    }
}

impl Parameter {
    pub const fn new(name: &'static str, shape: Shape) -> Self {
        Self {
            name,
            shape,
            allow_null: false,
            allow_unknown: false,
            allow_marked: false,
            allow_dynamic: false,
        }
    }

    /// Any value of which at least the type is known.
    pub const fn any(name: &'static str) -> Self {
        Self::new(name, Shape::Any)
    }

    pub const fn number(name: &'static str) -> Self {
        Self::new(name, Shape::Number)
    }

    pub const fn string(name: &'static str) -> Self {
        Self::new(name, Shape::String)
    }

    #[must_use]
    pub const fn or_null(mut self) -> Self {
        self.allow_null = true;
        self
    }

    #[must_use]
    pub const fn or_unknown(mut self) -> Self {
        self.allow_unknown = true;
        self
    }

    #[must_use]
    pub const fn with_marks(mut self) -> Self {
        self.allow_marked = true;
        self
    }

    #[must_use]
    pub const fn or_dynamic(mut self) -> Self {
        self.allow_dynamic = true;
        self
    }

    /// Takes everything: null, unknown, of unknown type, marked.
    pub const fn anything(name: &'static str) -> Self {
        Self::any(name).or_null().or_unknown().or_dynamic().with_marks()
    }
}

impl Shape {
    pub fn ty(self) -> Type {
        match self {
            Self::Any => Type::Dynamic,
            Self::Bool => Type::Bool,
            Self::Number => Type::Number,
            Self::String => Type::String,
            Self::ListOfAny => Type::list(Type::Dynamic),
            Self::ListOfBool => Type::list(Type::Bool),
            Self::ListOfLists => Type::list(Type::list(Type::Dynamic)),
            Self::ListOfNumber => Type::list(Type::Number),
            Self::ListOfString => Type::list(Type::String),
            Self::SetOfAny => Type::set(Type::Dynamic),
            Self::SetOfString => Type::set(Type::String),
            Self::MapOfAny => Type::map(Type::Dynamic),
            Self::MapOfStringLists => Type::map(Type::list(Type::String)),
        }
    }
}

impl Call<'_> {
    pub(super) fn text(&self, index: usize) -> &str {
        self.arguments.get(index).and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn number(&self, index: usize) -> Number {
        self.arguments
            .get(index)
            .and_then(Value::as_number)
            .cloned()
            .unwrap_or_else(|| Number::from(0))
    }

    /// The argument as a whole number that a machine word holds.
    pub(super) fn int(&self, index: usize) -> Result<i64, FunctionError> {
        super::arguments::int(&self.arguments[index]).map_err(FunctionError::failed)
    }

    pub(super) fn items(&self, index: usize) -> &[Value] {
        self.arguments.get(index).and_then(Value::elements).unwrap_or_default()
    }

    pub(super) fn unknown(&self) -> Result<Value, FunctionError> {
        Ok(Value::unknown(self.returns.clone()))
    }
}
