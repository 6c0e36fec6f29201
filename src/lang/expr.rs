//! Expressions as a compact tree with a span at every node.

mod start;

use std::sync::Arc;

use diagnostics::Span;

use crate::{Name, Value};

/// An expression and where it stands.
#[derive(Clone, Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum ExprKind {
    Literal(Value),
    /// A string template; `"${x}"` alone is `Wrap`, which keeps the type of `x`.
    Template(Arc<[TemplatePart]>),
    Wrap(Arc<Expr>),
    /// `root.a[0].b`: everything from the root on that is a plain step.
    Reference(Arc<Traversal>),
    /// A variable of an enclosing `for`: by name, the innermost wins.
    Bound(Name),
    /// `(expr).name`, `f(x)[0]`: a step on something that is no reference.
    Step(Arc<Expr>, Arc<Step>),
    /// `source.*.each` (`full` false) or `source[*].each` (`full` true); `each` holds the steps applied to every element.
    ///
    /// A splat inside a full splat is `nested`, whose source is the name [`Expr::SPLAT_ITEM`].
    Splat {
        source: Arc<Expr>,
        each: Arc<[Step]>,
        full: bool,
        nested: Option<Arc<Expr>>,
    },
    Call(Arc<Call>),
    Conditional(Arc<[Expr; 3]>),
    Unary(UnaryOperator, Arc<Expr>),
    Binary(BinaryOperator, Arc<[Expr; 2]>),
    Tuple(Arc<[Expr]>),
    /// Keys are expressions; a bare identifier key is a string literal already.
    Object(Arc<[(Expr, Expr)]>),
    For(Arc<For>),
    Parentheses(Arc<Expr>),
}

/// A root name and the steps after it: `module.site["a"].url` has root `module` and three steps.
#[derive(Clone, Debug)]
pub struct Traversal {
    pub root: Name,
    pub root_span: Span,
    pub steps: Vec<Step>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum Step {
    Attribute(Name, Span),
    /// `[expr]`, and the legacy `.0` as a number literal.
    Index(Expr, Span),
}

#[derive(Clone, Debug)]
pub enum TemplatePart {
    Literal(Arc<str>),
    Interpolation(Expr),
    /// `%{ if condition }then%{ else }otherwise%{ endif }`
    If {
        condition: Expr,
        then: Arc<[Self]>,
        otherwise: Arc<[Self]>,
        span: Span,
    },
    /// `%{ for key, value in collection }body%{ endfor }`
    For {
        key: Option<Name>,
        value: Name,
        collection: Expr,
        body: Arc<[Self]>,
        span: Span,
    },
}

#[derive(Clone, Debug)]
pub struct Call {
    /// As written; `core::name` and `provider::a::b` keep their colons.
    pub name: Name,
    pub name_span: Span,
    pub arguments: Vec<Expr>,
    /// The last argument ends with `...`.
    pub expand_final: bool,
}

#[derive(Clone, Debug)]
pub struct For {
    pub key: Option<Name>,
    pub value: Name,
    pub collection: Expr,
    /// Some for the object form `{for ... : key => value}`.
    pub key_result: Option<Expr>,
    pub value_result: Expr,
    pub condition: Option<Expr>,
    /// `value...` of the object form.
    pub group: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOperator {
    Not,
    Negate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOperator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

impl Expr {
    pub fn new(kind: ExprKind, span: Span) -> Self {
        Self { kind, span }
    }

    pub fn literal(value: Value, span: Span) -> Self {
        Self::new(ExprKind::Literal(value), span)
    }

    /// The value of an expression that is one as it stands.
    pub fn as_literal(&self) -> Option<&Value> {
        match &self.kind {
            ExprKind::Literal(value) => Some(value),
            _ => None,
        }
    }

    /// The name that stands for the current element inside a splat within a splat; no identifier.
    pub const SPLAT_ITEM: &str = "[*]";

    /// Calls `visit` for every reference in it, also inside index keys, templates and `for` bodies.
    pub fn for_each_reference<'a>(&'a self, visit: &mut dyn FnMut(&'a Traversal)) {
        if let ExprKind::Reference(traversal) = &self.kind {
            visit(traversal);
        }
        self.for_each_child(&mut |child| child.for_each_reference(visit));
    }

    /// Calls `visit` for every expression that stands directly in it, in source order.
    pub fn for_each_child<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        match &self.kind {
            ExprKind::Literal(_) | ExprKind::Bound(_) => {}
            ExprKind::Template(parts) => visit_parts(parts, visit),
            ExprKind::Wrap(inner) | ExprKind::Parentheses(inner) | ExprKind::Unary(_, inner) => {
                visit(inner);
            }
            ExprKind::Reference(traversal) => visit_steps(&traversal.steps, visit),
            ExprKind::Step(source, step) => {
                visit(source);
                visit_steps(std::slice::from_ref(&**step), visit);
            }
            ExprKind::Splat { source, each, nested, .. } => {
                visit(source);
                visit_steps(each, visit);
                nested.iter().for_each(|nested| visit(nested));
            }
            ExprKind::Call(call) => call.arguments.iter().for_each(visit),
            ExprKind::Conditional(parts) => parts.iter().for_each(visit),
            ExprKind::Binary(_, sides) => sides.iter().for_each(visit),
            ExprKind::Tuple(items) => items.iter().for_each(visit),
            ExprKind::Object(items) => items.iter().for_each(|(key, value)| {
                visit(key);
                visit(value);
            }),
            ExprKind::For(each) => {
                visit(&each.collection);
                each.key_result.iter().for_each(&mut *visit);
                visit(&each.value_result);
                each.condition.iter().for_each(visit);
            }
        }
    }
}

fn visit_steps<'a>(steps: &'a [Step], visit: &mut dyn FnMut(&'a Expr)) {
    for step in steps {
        if let Step::Index(key, _) = step {
            visit(key);
        }
    }
}

fn visit_parts<'a>(parts: &'a [TemplatePart], visit: &mut dyn FnMut(&'a Expr)) {
    for part in parts {
        match part {
            TemplatePart::Literal(_) => {}
            TemplatePart::Interpolation(expr) => visit(expr),
            TemplatePart::If { condition, then, otherwise, .. } => {
                visit(condition);
                visit_parts(then, visit);
                visit_parts(otherwise, visit);
            }
            TemplatePart::For { collection, body, .. } => {
                visit(collection);
                visit_parts(body, visit);
            }
        }
    }
}
