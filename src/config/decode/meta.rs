//! Meta-arguments and sub-blocks that several kinds of blocks share.

use std::sync::Arc;

use diagnostics::{Diagnostic, Span};
use lang::convert::convert;
use lang::{Attribute, Block, Body, Expr, ExprKind, Name, Step, Traversal, Type};

use super::Decoder;
use crate::schema::{self, Shape};
use crate::version::VersionConstraint;
use crate::{CheckRule, ProviderRef, constant};

const RULE: Shape = Shape { required: &["condition", "error_message"], optional: &[], blocks: &[] };

impl Decoder<'_> {
    /// Takes `count` and `for_each`, which exclude each other.
    pub(crate) fn take_repetition(
        &mut self,
        body: &mut Body,
        what: &str,
    ) -> (Option<Expr>, Option<Expr>) {
        let count = self.take(body, "count");
        let for_each = self.take(body, "for_each");
        if let (Some(_), Some(for_each)) = (&count, &for_each) {
            let detail = format!(
                "The \"count\" and \"for_each\" meta-arguments are mutually-exclusive, only one should be used to be explicit about the number of {what} to be created."
            );
            let summary = "Invalid combination of \"count\" and \"for_each\"";
            self.report(summary, detail, for_each.name_span);
        }
        let value = |attribute: Option<lang::Attribute>| attribute.map(|attribute| attribute.value);
        (value(count), value(for_each))
    }

    /// Takes `depends_on`: references that are not evaluated.
    pub(crate) fn take_depends_on(&mut self, body: &mut Body) -> Vec<Traversal> {
        let references = self.take_references(body, "depends_on");
        references.into_iter().map(Arc::unwrap_or_clone).collect()
    }

    /// Takes a list of references that are not evaluated.
    pub(crate) fn take_references(&mut self, body: &mut Body, name: &str) -> Vec<Arc<Traversal>> {
        let Some(list) = self.take_expr(body, name) else { return Vec::new() };
        let items = self.items(&list);
        items.iter().filter_map(|item| self.traversal(item)).collect()
    }

    /// Takes `provider = aws.west`.
    pub(crate) fn take_provider(&mut self, body: &mut Body) -> Option<ProviderRef> {
        let value = self.take_expr(body, "provider")?;
        self.provider_reference(&value)
    }

    /// Reads the name of a provider configuration.
    pub(crate) fn provider_reference(&mut self, expr: &Expr) -> Option<ProviderRef> {
        const WRONG: &str = "Invalid provider configuration reference";
        if !matches!(expr.kind, ExprKind::Reference(_)) && constant::text(expr).is_none() {
            let detail = "The provider argument requires a provider type name, optionally followed by a period and then a configuration alias.";
            self.report(WRONG, detail, expr.span);
            return None;
        }
        let traversal = self.traversal(expr)?;
        let name = traversal.root.clone();
        match &*traversal.steps {
            [] => Some(ProviderRef { name, alias: None, span: expr.span }),
            [Step::Attribute(alias, _)] => {
                Some(ProviderRef { name, alias: Some(alias.clone()), span: expr.span })
            }
            _ => {
                let detail = "Provider name must either stand alone or be followed by a period and then a configuration alias.";
                let rest = traversal.steps.iter().map(|step| match step {
                    Step::Attribute(_, span) | Step::Index(_, span) => *span,
                });
                self.report(WRONG, detail, rest.reduce(Span::to).unwrap_or(expr.span));
                None
            }
        }
    }

    /// Reads `validation`, `precondition`, `postcondition` or `assert`.
    pub(crate) fn rule(&mut self, mut block: Block) -> Option<CheckRule> {
        schema::labels(&block, &[], self.diagnostics);
        schema::check(&block.body, &RULE, self.diagnostics);
        let condition = self.take_expr(&mut block.body, "condition")?;
        self.refers_elsewhere(&condition, &block.kind);
        let error_message = self.take_expr(&mut block.body, "error_message")?;
        let (header_span, span) = (block.header_span, block.span);
        Some(CheckRule { condition, error_message, header_span, span })
    }

    /// A condition that refers to nothing is always true or always false.
    fn refers_elsewhere(&mut self, condition: &Expr, kind: &str) {
        let mut refers = false;
        condition.for_each_reference(&mut |_| refers = true);
        if !refers {
            let detail = "The condition expression must refer to at least one object from elsewhere in the configuration, or else its result would not be checking anything.";
            let summary = format!("Invalid {kind} expression");
            let hint = "refer to what the condition is about, or remove the block";
            self.diagnostics.push(Diagnostic::error(summary, detail).at(condition.span).hint(hint));
        }
    }

    /// Merges what stands in `_` blocks into a body, where names mean what the schema says.
    pub(crate) fn escaped(&mut self, body: &mut Body) {
        for block in self.take_blocks(body, "_") {
            body.attributes.extend(block.body.attributes);
            body.blocks.extend(block.body.blocks);
        }
    }

    /// Takes the nested blocks whose names mean something else, and says so.
    pub(crate) fn reserved_blocks(&mut self, body: &mut Body, owner: &str, names: &[&str]) {
        for block in body.blocks.extract_if(.., |block| names.contains(&&*block.kind)) {
            let detail = format!("The block type name \"{}\" is reserved.", block.kind);
            let summary = format!("Reserved block type name in {owner} block");
            self.diagnostics.push(Diagnostic::error(summary, detail).at(block.kind_span));
        }
    }

    /// Reads a version constraint; null is none.
    pub(crate) fn version_constraint(
        &mut self,
        attribute: &Attribute,
    ) -> Option<(Name, VersionConstraint)> {
        let (name, place) = (&attribute.name, attribute.value.span);
        if self.refers(&attribute.value, "write the constraint itself") {
            return None;
        }
        let value = self.diagnostics.absorb(constant::value(&attribute.value))?;
        if value.is_null() {
            return None;
        }
        let text =
            convert(&value, &Type::String).ok().and_then(|text| text.as_str().map(Name::from));
        let Some(text) = text else {
            let detail = format!("A string value is required for {name}.");
            self.report("Invalid version constraint", detail, place);
            return None;
        };
        match VersionConstraint::parse(&text) {
            Ok(constraint) => Some((text, constraint)),
            Err(message) => {
                self.report("Invalid version constraint", message, place);
                None
            }
        }
    }

    /// Takes the nested blocks of a kind out of a body.
    pub(crate) fn take_blocks(&mut self, body: &mut Body, kind: &str) -> Vec<Block> {
        body.blocks.extract_if(.., |block| &*block.kind == kind).collect()
    }

    /// Takes the one nested block of a kind; more than one is reported.
    pub(crate) fn take_block(&mut self, body: &mut Body, kind: &str, owner: &str) -> Option<Block> {
        let mut blocks = self.take_blocks(body, kind).into_iter();
        let first = blocks.next()?;
        for other in blocks {
            let at = schema::place(self.sources, first.header_span);
            let detail = format!("This {owner} already has a {kind} block at {at}.");
            self.report(&format!("Duplicate {kind} block"), detail, other.header_span);
        }
        Some(first)
    }

    /// Reports a name that was taken before, with the place where.
    pub(crate) fn duplicate(
        &mut self,
        summary: &str,
        what: &str,
        places: (Span, Span),
        rule: &str,
    ) {
        let (first, again) = places;
        let at = schema::place(self.sources, first);
        self.report(summary, format!("{what} at {at}. {rule}").trim_end(), again);
    }
}
