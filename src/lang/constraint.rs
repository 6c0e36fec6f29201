//! Type constraints of variables: `list(object({ name = string, port = optional(number, 80) }))`.

use diagnostics::Diagnostic;

use crate::convert::{ConvertError, Optional, convert_with};
use crate::{Expr, Type, Value};

mod defaults;
mod read;

use defaults::Defaults;

/// A type and the attributes of its objects that may be left out, with their defaults.
#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    pub ty: Type,
    optional: Optional,
    defaults: Defaults,
}

impl Constraint {
    /// Accepts everything.
    pub fn any() -> Self {
        Self::of(Type::Dynamic)
    }

    /// Accepts what converts to a type, whose objects leave nothing out.
    pub fn of(ty: Type) -> Self {
        Self { ty, optional: Optional::default(), defaults: Defaults::default() }
    }

    /// Reads a type expression.
    pub fn parse(expr: &Expr) -> Result<Self, Box<Diagnostic>> {
        read::top(expr)
    }

    /// Converts a value, filling in the defaults of optional attributes.
    ///
    /// Defaults also stand in for attributes that are null; null as a whole and unknown stay.
    pub fn apply(&self, value: &Value) -> Result<Value, ConvertError> {
        convert_with(&self.defaults.apply(value), &self.ty, &self.optional)
    }
}

#[cfg(test)]
mod tests {
    use diagnostics::FileId;

    use super::*;
    use crate::display::{console, type_expression};
    use crate::testing::constant;

    fn parse(source: &str) -> Result<Constraint, String> {
        let expr = crate::parse::expression(source, FileId(0)).unwrap();
        Constraint::parse(&expr).map_err(|diagnostic| diagnostic.detail)
    }

    fn check(constraint: &str, value: &str, want: &str) {
        let value = parse(constraint).unwrap().apply(&constant(value)).unwrap();
        assert_eq!(console(&value), console(&constant(want)), "{constraint}");
    }

    #[test]
    fn types_are_read_and_written() {
        for source in [
            "any",
            "string",
            "list(number)",
            "set(bool)",
            "map(any)",
            "tuple([string, number])",
            "object({ a = string, b = list(object({ c = bool })) })",
            "object({})",
        ] {
            assert_eq!(type_expression(&parse(source).unwrap().ty), source);
        }
        assert_eq!(parse("list").unwrap().ty, Type::list(Type::Dynamic));
    }

    #[test]
    fn defaults_fill_in_at_every_depth() {
        let ports = "list(object({ name = string, port = optional(number, 80) }))";
        check(ports, r#"[{ name = "a" }]"#, r#"tolist([{ name = "a", port = 80 }])"#);
        check(ports, r#"[{ name = "a", port = null }]"#, r#"tolist([{ name = "a", port = 80 }])"#);
        check("object({ a = optional(string) })", "{}", "{ a = tostring(null) }");
        let nested = r#"object({ a = optional(object({ b = optional(string, "x") }), {}) })"#;
        check(nested, "{}", r#"{ a = { b = "x" } }"#);
        check("map(object({ n = optional(number, 1) }))", "{ k = {} }", "tomap({ k = { n = 1 } })");
        check("object({ a = string })", r#"{ a = 1, b = 2 }"#, r#"{ a = "1" }"#);
    }

    #[test]
    fn mistakes_in_types_are_explained() {
        for (source, part) in [
            ("strin", "The keyword \"strin\" is not a valid type specification."),
            ("list(string, number)", "requires one argument specifying the element type"),
            ("foo(string)", "Keyword \"foo\" is not a valid type constructor."),
            ("1", "A type specification is either a primitive type keyword"),
            ("optional(string)", "is valid only as a modifier for object type attributes"),
            ("object({ a = optional(number, \"x\") })", "a number is required"),
        ] {
            let detail = parse(source).unwrap_err();
            assert!(detail.contains(part), "{source}: {detail}");
        }
    }

    #[test]
    fn values_that_do_not_fit_say_where() {
        let error = |constraint: &str, value: &str| {
            let error = parse(constraint).unwrap().apply(&constant(value)).unwrap_err();
            (error.path.to_string(), error.message)
        };
        let message = |m: &str| (String::new(), m.to_string());
        assert_eq!(error("object({ a = string })", "{}"), message("attribute \"a\" is required"));
        assert_eq!(error("list(number)", "\"x\""), message("list of number required"));
        assert_eq!(error("list(number)", "[{}]"), message("element 0: number required"));
        assert_eq!(error("list(number)", "[\"x\"]"), ("[0]".into(), "a number is required".into()));
    }
}
