//! `variable`: its type, its default and the conditions that its value must meet.

use diagnostics::Span;
use lang::constraint::Constraint;
use lang::{Block, Body, Expr, Name, Value};

use super::Decoder;
use super::literal::is_null;
use crate::constant;
use crate::schema::{self, Shape};
use crate::{CheckRule, Referent, Variable};

const SHAPE: Shape = Shape {
    required: &[],
    optional: &["default", "description", "ephemeral", "nullable", "sensitive", "type"],
    blocks: &["validation"],
};

/// Names that mean something else inside a module block.
const RESERVED: [&str; 9] = [
    "count",
    "depends_on",
    "for_each",
    "lifecycle",
    "locals",
    "provider",
    "providers",
    "source",
    "version",
];

impl Decoder<'_> {
    pub(super) fn variable_block(&mut self, mut block: Block) {
        if !schema::labels(&block, &["name"], self.diagnostics) {
            return;
        }
        let label = block.labels[0].clone();
        let name = label.text.clone();
        self.variable_name(&name, label.span);
        self.unfold(&mut block.body, &[("validation", 0)]);
        schema::check(&block.body, &SHAPE, self.diagnostics);
        let validations = self.take_blocks(&mut block.body, "validation");
        let typed = block.body.attributes.contains_key("type");
        let constraint = self.constraint(&mut block.body);
        let nullable = self.take_bool(&mut block.body, "nullable").unwrap_or(true);
        let default = self.take_expr(&mut block.body, "default");
        let default_value =
            default.as_ref().and_then(|default| self.default_value(default, &constraint, nullable));
        let variable = Variable {
            name: name.clone(),
            parse_literally: !typed || constraint.ty.is_primitive(),
            constraint,
            default,
            default_value,
            validations: self.validations(validations, &name),
            sensitive: self.take_bool(&mut block.body, "sensitive").unwrap_or(false),
            nullable,
            ephemeral: self.take_bool(&mut block.body, "ephemeral").unwrap_or(false),
            description: self.take_text(&mut block.body, "description"),
            header_span: block.header_span,
            span: block.span,
        };
        if let Some(first) = self.declared.module.variables.get(&name) {
            let what = format!("A variable named \"{name}\" was already declared");
            let places = (first.header_span, block.header_span);
            let rule = "Variable names must be unique within a module.";
            self.duplicate("Duplicate variable declaration", &what, places, rule);
            return;
        }
        self.declared.module.variables.insert(name, variable);
    }

    /// Reads the conditions of a variable, each of which must be about its value.
    fn validations(&mut self, blocks: Vec<Block>, name: &Name) -> Vec<CheckRule> {
        let rules: Vec<_> = blocks.into_iter().filter_map(|block| self.rule(block)).collect();
        for rule in rules.iter().filter(|rule| !refers_to(&rule.condition, name)) {
            let detail = format!(
                "The condition for variable \"{name}\" must refer to var.{name} in order to test incoming values."
            );
            self.report("Invalid variable validation condition", detail, rule.condition.span);
        }
        rules
    }

    fn variable_name(&mut self, name: &Name, span: Span) {
        schema::identifier(name, span, "variable name", self.diagnostics);
        if RESERVED.contains(&&**name) {
            let detail = format!(
                "The variable name \"{name}\" is reserved due to its special meaning inside module blocks."
            );
            self.report("Invalid variable name", detail, span);
        }
    }

    fn constraint(&mut self, body: &mut Body) -> Constraint {
        let Some(mut ty) = self.take_expr(body, "type") else { return Constraint::any() };
        // JSON has no bare words, so there the type is a string that holds an expression.
        if let (true, Some(text)) = (self.is_json(ty.span), constant::text(&ty))
            && let Ok(parsed) = lang::parse::expression(&text, ty.span.file)
        {
            ty = Expr::new(parsed.kind, ty.span);
        }
        match Constraint::parse(&ty) {
            Ok(constraint) => constraint,
            Err(diagnostic) => {
                self.diagnostics.push(diagnostic.at_or(Some(ty.span)));
                Constraint::any()
            }
        }
    }

    /// Evaluates the default, which refers to nothing, and converts it to the type.
    fn default_value(
        &mut self,
        default: &Expr,
        constraint: &Constraint,
        nullable: bool,
    ) -> Option<Value> {
        if self.refers(default, "move the expression into locals, which may refer to anything") {
            return None;
        }
        if is_null(default) && !nullable {
            let detail = "A null default value is not valid when nullable=false.";
            self.report("Invalid default value for variable", detail, default.span);
            return None;
        }
        let value = self.diagnostics.absorb(constant::value(default))?;
        match constraint.apply(&value) {
            Ok(value) => Some(value),
            Err(error) => {
                let detail = format!(
                    "This default value is not compatible with the variable's type constraint: {}.",
                    crate::values::default_message(&error)
                );
                self.report("Invalid default value for variable", detail, default.span);
                None
            }
        }
    }
}

fn refers_to(expr: &Expr, variable: &Name) -> bool {
    let mut found = false;
    expr.for_each_reference(&mut |traversal| {
        let named = crate::referent(traversal);
        found |= matches!(named, Ok((Referent::Variable(name), _)) if name == *variable);
    });
    found
}
