//! `module`: the call of another folder.

use std::sync::Arc;

use diagnostics::{Diagnostic, Span};
use indexmap::IndexMap;
use lang::{Block, Body, Expr, ExprKind};

use super::Decoder;
use crate::schema;
use crate::{CallKey, Module, ModuleCall, ProviderRef};

impl Decoder<'_> {
    pub(super) fn module_block(&mut self, mut block: Block) {
        if !schema::labels(&block, &["name"], self.diagnostics) {
            return;
        }
        let label = block.labels[0].clone();
        let name = label.text.clone();
        schema::identifier(&name, label.span, "module instance name", self.diagnostics);
        schema::require(&block.body, &["source"], self.diagnostics);
        let source_span = block.body.attributes.get("source").map(|a| a.value.span);
        let source = self.take_text(&mut block.body, "source");
        if let (Some(span), Some("")) = (source_span, source.as_deref()) {
            let detail = "The source of a module is a folder, a repository or an archive; this one is empty.";
            self.report("Invalid module source address", detail, span);
        }
        if let Some(version) = self.take(&mut block.body, "version") {
            self.declared.versions.push((name.clone(), version));
        }
        let (count, for_each) = self.take_repetition(&mut block.body, "modules");
        let depends_on = self.take_depends_on(&mut block.body);
        let providers = self.take_providers(&mut block.body);
        self.reserved_blocks(&mut block.body, "module", &["lifecycle", "locals"]);
        self.escaped(&mut block.body);
        let call = ModuleCall {
            name: name.clone(),
            topology: false,
            source: source.unwrap_or_default(),
            source_span: source_span.unwrap_or(block.header_span),
            opening: schema::opening(&block.body),
            inputs: block.body.attributes,
            count,
            for_each,
            depends_on,
            blocks: block.body.blocks.iter().map(|b| (b.kind.clone(), b.kind_span)).collect(),
            providers,
            module: Arc::new(Module::default()),
            header_span: block.header_span,
            span: block.span,
        };
        let key = CallKey::module(name);
        if let Some(first) = self.declared.module.calls.get(&key) {
            let places = (first.header_span, block.header_span);
            let what = format!("A module call named \"{}\" was already defined", key.name);
            let rule = "Module calls must have unique names within a module.";
            self.duplicate("Duplicate module call", &what, places, rule);
            return;
        }
        self.declared.module.calls.insert(key, call);
    }

    /// Takes `providers = { aws.peer = aws.west }`.
    pub(super) fn take_providers(&mut self, body: &mut Body) -> IndexMap<ProviderRef, ProviderRef> {
        let mut providers = IndexMap::new();
        let Some(value) = self.take_expr(body, "providers") else { return providers };
        let ExprKind::Object(items) = &value.kind else {
            let mistake =
                Diagnostic::error("Invalid expression", "A static map expression is required.")
                    .at(value.start_span())
                    .hint("write a map of names, such as { aws = aws.west }");
            self.diagnostics.push(mistake);
            return providers;
        };
        for (inside, outside) in items.iter() {
            let inside = self.provider_key(inside);
            let outside = self.provider_reference(outside);
            let (Some(inside), Some(outside)) = (inside, outside) else { continue };
            let place = outside.span;
            if let Some((first, _)) = providers.get_key_value(&inside) {
                self.duplicate_mapping(first, place);
                continue;
            }
            providers.insert(inside, outside);
        }
        providers
    }

    fn duplicate_mapping(&mut self, first: &ProviderRef, again: Span) {
        let what = format!("A provider configuration was already passed to {first}");
        let rule = "Each child provider configuration can be assigned only once.";
        self.duplicate("Duplicate provider address", &what, (first.span, again), rule);
    }

    /// The key of an object: a bare word arrives as a string, `aws.peer` as a reference.
    fn provider_key(&mut self, key: &Expr) -> Option<ProviderRef> {
        let Some(text) = crate::constant::text(key) else { return self.provider_reference(key) };
        let (name, alias) = match text.split_once('.') {
            Some((name, alias)) => (name.into(), Some(alias.into())),
            None => (text, None),
        };
        Some(ProviderRef { name, alias, span: key.span })
    }
}
