//! `stack`, and `terraform`, which is read as the same block.

use diagnostics::{Diagnostic, Span};
use lang::{Attribute, Block, Body, ExprKind, Name};

use super::Decoder;
use crate::schema::{self, Shape};
use crate::version::VersionConstraint;
use crate::{Backend, RequiredProvider, constant};

const STACK: Shape = Shape {
    required: &[],
    optional: &["experiments", "name", "required_version"],
    blocks: &["backend", "cloud", "encryption", "provider_meta", "required_providers"],
};

/// The blocks of a stack that have a label.
const LABELLED: [&str; 2] = ["backend", "provider_meta"];

impl Decoder<'_> {
    pub(super) fn stack_block(&mut self, mut block: Block) {
        schema::labels(&block, &[], self.diagnostics);
        let kinds = STACK.blocks.iter().map(|kind| (*kind, LABELLED.contains(kind).into()));
        self.unfold(&mut block.body, &kinds.collect::<Vec<_>>());
        schema::check(&block.body, &STACK, self.diagnostics);
        self.declared.stack.span.get_or_insert(block.header_span);
        let own = &*block.kind == "stack";
        if let Some(attribute) = self.take(&mut block.body, "name") {
            self.stack_name(&attribute);
        }
        if let Some(attribute) = self.take(&mut block.body, "required_version") {
            self.required_version(&attribute, own);
        }
        let mut requirements = None;
        for inner in std::mem::take(&mut block.body.blocks) {
            match &*inner.kind {
                "backend" => self.backend(inner),
                "encryption" => self.encryption(inner),
                "required_providers" => {
                    schema::no_blocks(&inner.body, self.diagnostics);
                    match requirements {
                        None => requirements = Some(inner.header_span),
                        Some(first) => {
                            let what = "A module may have only one required providers configuration. The required providers were previously configured";
                            let summary = "Duplicate required providers configuration";
                            self.duplicate(summary, what, (first, inner.header_span), "");
                        }
                    }
                    self.required_providers(inner.body);
                }
                "cloud" => self.report(
                    "Unsupported block type",
                    "State cannot be kept in HCP Terraform. Use the backend \"local\" or \"s3\".",
                    inner.header_span,
                ),
                _ => {}
            }
        }
    }

    fn stack_name(&mut self, attribute: &Attribute) {
        let Some(name) = constant::text(&attribute.value) else {
            self.not_literal(&attribute.value, "string");
            return;
        };
        schema::identifier(&name, attribute.value.span, "stack name", self.diagnostics);
        if self.declared.stack.name.is_some() {
            let detail = "The stack has a name already; a stack has one name.";
            self.report("Duplicate stack name", detail, attribute.span);
        }
        self.declared.stack.name = Some(name);
    }

    /// Checks the constraint; one in a `terraform` block speaks of another program's versions.
    fn required_version(&mut self, attribute: &Attribute, own: bool) {
        let Some(text) = self.text(&attribute.value) else { return };
        let constraint = match VersionConstraint::parse(&text) {
            Ok(constraint) => constraint,
            Err(message) => {
                self.report("Invalid version constraint", message, attribute.value.span);
                return;
            }
        };
        let version = env!("CARGO_PKG_VERSION");
        if own && !constraint.allows(version) {
            let detail = format!(
                "This configuration does not support artiform version {version}: it requires {text}. Use a version that it allows, or change required_version."
            );
            self.report("Unsupported artiform version", detail, attribute.value.span);
        }
        if own {
            self.declared.stack.required_version = Some(text);
        }
    }

    fn backend(&mut self, block: Block) {
        if !schema::labels(&block, &["type"], self.diagnostics) {
            return;
        }
        if !self.root {
            let detail = "Any selected backend applies to the entire configuration, so only the \
                          stack's own folder can set one. This one is ignored.";
            let warning = Diagnostic::warning("Backend configuration ignored", detail);
            self.diagnostics.push(warning.at(block.header_span));
            return;
        }
        if let Some(first) = &self.declared.stack.backend {
            let places = (first.header_span, block.header_span);
            let what = "A backend was already configured";
            let rule = "A stack has one backend.";
            self.duplicate("Duplicate backend configuration", what, places, rule);
            return;
        }
        let label = block.labels[0].clone();
        self.literal_references(&block.body, "A backend is opened");
        self.declared.stack.backend = Some(Backend {
            kind: label.text,
            kind_span: label.span,
            body: block.body,
            header_span: block.header_span,
        });
    }

    /// State is opened before anything else is known, so nothing can be referred to there.
    fn literal_references(&mut self, body: &Body, what: &str) {
        let mut spans: Vec<Span> = Vec::new();
        body.for_each_expression(&mut |expr| {
            expr.for_each_reference(&mut |traversal| spans.push(traversal.span));
        });
        for span in spans {
            let detail = format!(
                "{what} before anything is evaluated, so variables may not be used here. Write the value itself."
            );
            self.report("Variables not allowed", detail, span);
        }
    }

    fn encryption(&mut self, block: Block) {
        if !self.root {
            let detail = "State belongs to the stack, so only the stack's own folder can say how \
                          it is encrypted.";
            self.report("Encryption configured in a module", detail, block.header_span);
        } else if self.declared.stack.encryption.is_some() {
            let detail = "Encryption was configured already; a stack has one encryption block.";
            self.report("Duplicate encryption configuration", detail, block.header_span);
        } else {
            self.literal_references(&block.body, "Encrypted state is opened");
            self.declared.stack.encryption = Some(block.body);
        }
    }

    fn required_providers(&mut self, body: Body) {
        for (name, attribute) in body.attributes {
            let mut required = RequiredProvider {
                name: name.clone(),
                source: None,
                version: None,
                configuration_aliases: Vec::new(),
                span: attribute.span,
            };
            self.provider_requirement(&attribute, &mut required);
            if self.declared.module.required_providers.insert(name.clone(), required).is_some() {
                let detail = format!("The provider \"{name}\" is required already.");
                self.report("Duplicate required provider", detail, attribute.span);
            }
        }
    }

    fn provider_requirement(&mut self, attribute: &Attribute, required: &mut RequiredProvider) {
        if let Some(version) = constant::text(&attribute.value) {
            required.version = Some(version);
            return;
        }
        let ExprKind::Object(items) = &attribute.value.kind else {
            let detail = "Required providers are objects with source and version.";
            self.report("Invalid required_providers object", detail, attribute.value.span);
            return;
        };
        for (key, value) in items.iter() {
            let text: Option<Name> = constant::text(value);
            match constant::text(key).as_deref() {
                Some("source") => required.source = text,
                Some("version") => required.version = text,
                Some("configuration_aliases") => {
                    let items = self.items(value);
                    required.configuration_aliases =
                        items.iter().filter_map(|item| self.provider_reference(item)).collect();
                }
                _ => {
                    let detail = "required_providers objects can only contain \"version\", \
                                  \"source\" and \"configuration_aliases\" attributes.";
                    self.report("Invalid required_providers object", detail, key.span);
                }
            }
        }
    }
}
