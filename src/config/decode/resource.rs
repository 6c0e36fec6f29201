//! `resource` and `data`: meta-arguments are lifted out, the rest is left for the provider's schema.

use std::sync::Arc;

use diagnostics::{Diagnostic, Span};
use lang::{Block, Body, Expr, ExprKind, Path, PathStep, ResourceMode, Step, Traversal, Type};

use super::Decoder;
use super::literal::is_null;
use crate::schema::{self, Shape};
use crate::{IgnoreChanges, Lifecycle, Resource, constant};

const LIFECYCLE: Shape = Shape {
    required: &[],
    optional: &[
        "create_before_destroy",
        "ignore_changes",
        "on_destroy",
        "prevent_destroy",
        "replace_triggered_by",
    ],
    blocks: &["postcondition", "precondition"],
};

/// The blocks of a resource that are not its provider's, with their numbers of labels.
const NESTED: [(&str, usize); 5] =
    [("connection", 0), ("dynamic", 1), ("lifecycle", 0), ("provisioner", 1), ("timeouts", 0)];

impl Decoder<'_> {
    pub(super) fn resource_block(&mut self, block: Block) {
        let Some(resource) = self.read_resource(block) else { return };
        let key = resource.key();
        if let Some(first) = self.declared.module.resources.get(&key) {
            let (kind, summary) = match key.mode {
                ResourceMode::Managed => {
                    ("resource", format!("Duplicate resource \"{}\" configuration", key.type_name))
                }
                ResourceMode::Data => {
                    ("data resource", format!("Duplicate data \"{}\" configuration", key.type_name))
                }
            };
            let what =
                format!("A {} {kind} named \"{}\" was already declared", key.type_name, key.name);
            let places = (first.header_span, resource.header_span);
            let rule = "Resource names must be unique per type in each module.";
            self.duplicate(&summary, &what, places, rule);
            return;
        }
        self.declared.module.resources.insert(key, resource);
    }

    /// Reads a resource or data block, also one inside a `check`.
    pub(super) fn read_resource(&mut self, mut block: Block) -> Option<Resource> {
        if !schema::labels(&block, &["type", "name"], self.diagnostics) {
            return None;
        }
        let data = &*block.kind == "data";
        let (mode, word) = if data {
            (ResourceMode::Data, "data source")
        } else {
            (ResourceMode::Managed, "resource")
        };
        let [type_name, name] = [block.labels[0].clone(), block.labels[1].clone()];
        let type_word = if data { "data source type name" } else { "resource type name" };
        schema::identifier(&type_name.text, type_name.span, type_word, self.diagnostics);
        let name_word = format!("{} name", if data { "data resource" } else { "resource" });
        schema::identifier(&name.text, name.span, &name_word, self.diagnostics);
        let body = &mut block.body;
        self.unfold(body, &NESTED);
        let (count, for_each) = self.take_repetition(body, "resources");
        let depends_on = self.take_depends_on(body);
        let provider = self.take_provider(body);
        let region = self.take_expr(body, "region").filter(|value| !is_null(value));
        let lifecycle = self.take_block(body, "lifecycle", word);
        let lifecycle = lifecycle.map(|block| self.lifecycle(block, mode)).unwrap_or_default();
        let timeouts = self.take_block(body, "timeouts", word);
        let provisioners = if data { Vec::new() } else { self.take_provisioners(body, "resource") };
        self.reserved_blocks(body, "resource", &["locals"]);
        self.escaped(body);
        Some(Resource {
            mode,
            type_name: type_name.text,
            type_span: type_name.span,
            name: name.text,
            count,
            for_each,
            depends_on,
            provider,
            region,
            lifecycle,
            timeouts,
            provisioners,
            body: Arc::new(block.body),
            header_span: block.header_span,
            span: block.span,
        })
    }

    fn lifecycle(&mut self, mut block: Block, mode: ResourceMode) -> Lifecycle {
        schema::labels(&block, &[], self.diagnostics);
        let body = &mut block.body;
        self.unfold(body, &[("postcondition", 0), ("precondition", 0)]);
        schema::check(body, &LIFECYCLE, self.diagnostics);
        if mode == ResourceMode::Data {
            self.data_lifecycle(body);
        }
        let preconditions = self.take_blocks(body, "precondition");
        let postconditions = self.take_blocks(body, "postcondition");
        let ignored = self.take_expr(body, "ignore_changes");
        let triggers = self.take_expr(body, "replace_triggered_by");
        let triggers = triggers.map(|triggers| self.items(&triggers)).unwrap_or_default();
        Lifecycle {
            create_before_destroy: self.take_flag(body, "create_before_destroy"),
            on_destroy: self.take_expr(body, "on_destroy").filter(|e| !is_null(e)),
            prevent_destroy: self.take_flag(body, "prevent_destroy"),
            ignore_changes: ignored.map(|value| self.ignore_changes(&value)).unwrap_or_default(),
            replace_triggered_by: triggers.iter().filter_map(|item| self.trigger(item)).collect(),
            preconditions: preconditions.into_iter().filter_map(|rule| self.rule(rule)).collect(),
            postconditions: postconditions.into_iter().filter_map(|rule| self.rule(rule)).collect(),
        }
    }

    fn data_lifecycle(&mut self, body: &mut Body) {
        for name in LIFECYCLE.optional {
            if let Some(attribute) = self.take(body, name) {
                let detail = format!(
                    "The lifecycle argument \"{name}\" is defined only for managed resources (\"resource\" blocks), and is not valid for data resources."
                );
                let summary = "Invalid data resource lifecycle argument";
                self.report(summary, detail, attribute.name_span);
            }
        }
    }

    fn ignore_changes(&mut self, value: &Expr) -> IgnoreChanges {
        let json = self.is_json(value.span);
        let is_all = |expr: &Expr| match &expr.kind {
            ExprKind::Reference(traversal) => {
                &*traversal.root == "all" && traversal.steps.is_empty()
            }
            // In JSON everything is in quotes.
            _ => json && constant::text(expr).as_deref() == Some("all"),
        };
        if is_all(value) {
            return IgnoreChanges::All;
        }
        let items = self.items(value);
        if items.iter().any(|item| constant::text(item).as_deref() == Some("*")) {
            let detail = "The [\"*\"] form of ignore_changes is no longer in use; write \
                          ignore_changes = all.";
            self.report("Invalid ignore_changes wildcard", detail, value.span);
            return IgnoreChanges::All;
        }
        let paths = items.iter().filter_map(|item| {
            let traversal = self.traversal(item)?;
            Some((self.ignored_path(&traversal)?, traversal.root_span))
        });
        let paths: Vec<(Path, Span)> = paths.collect();
        if paths.is_empty() { IgnoreChanges::Nothing } else { IgnoreChanges::Paths(paths) }
    }

    fn ignored_path(&mut self, traversal: &Traversal) -> Option<Path> {
        let mut path = Path::attribute(traversal.root.clone());
        for step in &traversal.steps {
            path.0.push(match step {
                Step::Attribute(name, _) => PathStep::Attribute(name.clone()),
                Step::Index(key, _) => PathStep::Index(self.literal_index(key, traversal.span)?),
            });
        }
        Some(path)
    }

    fn literal_index(&mut self, key: &Expr, span: Span) -> Option<lang::Key> {
        let literal = constant::key(key);
        if literal.is_none() {
            self.report("Invalid expression", super::literal::NOT_STATIC, span);
        }
        literal
    }

    /// A truth value that may refer to something; a literal of another type is a mistake at once.
    fn take_flag(&mut self, body: &mut Body, name: &str) -> Option<Expr> {
        let value = self.take_expr(body, name)?;
        let mut refers = false;
        value.for_each_reference(&mut |_| refers = true);
        let fits = refers || self.literal(&value, &Type::Bool).is_some();
        fits.then_some(value)
    }

    /// One item of `replace_triggered_by`: a reference to a managed resource.
    fn trigger(&mut self, item: &Expr) -> Option<Expr> {
        let item = self.static_expr(item);
        let reference = match &item.kind {
            ExprKind::Reference(traversal) => {
                Some(self.diagnostics.absorb(crate::referent(traversal).map_err(|d| *d))?)
            }
            _ => None,
        };
        let is_managed = matches!(
            reference,
            Some((crate::Referent::Resource(ref key), _)) if key.mode == ResourceMode::Managed
        );
        if !is_managed {
            let detail = "Missing resource reference in replace_triggered_by expression: only references to resources, their instances or attributes can stand here.";
            let found = Diagnostic::error("Invalid replace_triggered_by expression", detail);
            let hint = "put other values into a terraform_data resource and refer to that";
            use crate::Referent::{Count, Each};
            if reference.as_ref().is_some_and(|(named, _)| !matches!(named, Count | Each)) {
                let detail = "Only resources, count.index and each.key may be used in replace_triggered_by expressions.";
                let summary = "Invalid reference in replace_triggered_by expression";
                self.report(summary, detail, item.span);
            }
            self.diagnostics.push(found.at(item.span).hint(hint));
        }
        is_managed.then_some(item)
    }
}
