//! `stack`, and `terraform`, which is read as the same block.

use diagnostics::{Diagnostic, Span};
use lang::{Attribute, Block, Body, Expr, ExprKind, Name};

use super::Decoder;
use super::literal::NOT_STATIC;
use crate::schema::{self, Shape};
use crate::validate::bare_word;
use crate::version::VersionConstraint;
use crate::{Backend, ProviderRef, RequiredProvider, constant};

const STACK: Shape = Shape {
    required: &[],
    optional: &["experiments", "language", "name", "required_version"],
    blocks: &["backend", "cloud", "encryption", "provider_meta", "required_providers"],
};

/// The blocks of a stack that have a label.
const LABELLED: [&str; 2] = ["backend", "provider_meta"];

/// The version of the language that a `terraform` block is asked about: what Terraform of this version reads, we read.
const LANGUAGE_VERSION: &str = "1.11.4";

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
        if let Some(attribute) = self.take(&mut block.body, "experiments") {
            let detail = "Experimental features are intended only for gathering early feedback on new language designs; this version of artiform has none.";
            self.report("Module uses experimental features", detail, attribute.name_span);
        }
        if let Some(attribute) = self.take(&mut block.body, "language") {
            self.language(&attribute.value);
        }
        for inner in std::mem::take(&mut block.body.blocks) {
            match &*inner.kind {
                "backend" => self.backend(inner),
                "encryption" => self.encryption(inner),
                "required_providers" => self.required_providers_block(inner),
                "cloud" => self.cloud(&inner),
                "provider_meta" => {
                    schema::labels(&inner, &["provider"], self.diagnostics);
                }
                _ => {}
            }
        }
    }

    fn stack_name(&mut self, attribute: &Attribute) {
        let Some(name) = self.text(&attribute.value) else { return };
        schema::identifier(&name, attribute.value.span, "stack name", self.diagnostics);
        if self.declared.stack.name.is_some() {
            let detail = "The stack has a name already; a stack has one name.";
            self.report("Duplicate stack name", detail, attribute.span);
        }
        self.declared.stack.name = Some(name);
    }

    /// Checks the constraint; one in a `terraform` block speaks of the language's version, not of ours.
    fn required_version(&mut self, attribute: &Attribute, own: bool) {
        let Some((text, constraint)) = self.version_constraint(attribute) else { return };
        if let Some(prerelease) = constraint.prerelease().filter(|_| !own) {
            let detail = format!(
                "Prerelease version constraints are not supported: {prerelease}. Remove the prerelease information from the constraint."
            );
            self.report("Invalid required_version constraint", detail, attribute.span);
            return;
        }
        let (program, version) = match own {
            true => ("artiform", env!("CARGO_PKG_VERSION")),
            false => ("Terraform Core", LANGUAGE_VERSION),
        };
        if !constraint.allows(version) {
            let detail = if own {
                format!(
                    "This configuration does not support artiform version {version}: it requires {text}. Use a version that it allows, or change required_version."
                )
            } else {
                format!(
                    "This configuration does not support Terraform version {version}, whose language artiform reads: it requires {text}. To proceed, change this version constraint."
                )
            };
            let found = Diagnostic::error(format!("Unsupported {program} version"), detail);
            self.declared.versions_unsupported.push(found.at(attribute.span));
        }
        if own {
            self.declared.stack.required_version = Some(text);
        }
    }

    /// Checks the edition of the language, of which there is one.
    fn language(&mut self, edition: &Expr) {
        match bare_word(edition).map(|word| &**word) {
            Some("TF2021") => {}
            Some(_) => {
                let detail = "artiform reads the language edition TF2021, which is the default.";
                self.report("Unsupported language edition", detail, edition.span);
            }
            None => {
                let detail = "The language argument expects a bare language edition keyword; TF2021 is the only one, and the default.";
                self.report("Invalid language edition", detail, edition.span);
            }
        }
    }

    fn required_providers_block(&mut self, block: Block) {
        schema::labels(&block, &[], self.diagnostics);
        schema::no_blocks(&block.body, self.diagnostics);
        if let Some(first) = self.declared.requirements {
            let what = "A module may have only one required providers configuration. The required providers were previously configured";
            let summary = "Duplicate required providers configuration";
            self.duplicate(summary, what, (first, block.header_span), "");
        }
        self.declared.requirements.get_or_insert(block.header_span);
        self.required_providers(block.body);
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
        // As in Terraform, which checks without opening the state.
        self.declared.state_unopened.extend(references(&block.body, "A backend is opened"));
        self.declared.stack.backend = Some(Backend {
            kind: label.text,
            kind_span: label.span,
            body: block.body,
            header_span: block.header_span,
        });
    }

    /// HCP Terraform keeps no state of ours; as Terraform, only those who open the state are told.
    fn cloud(&mut self, block: &Block) {
        let detail = "State cannot be kept in HCP Terraform, so nothing can be planned here.";
        let hint = "remove the block; without one, state is kept beside the stacks";
        let found = Diagnostic::error("HCP Terraform is not supported", detail).hint(hint);
        if self.root {
            self.declared.state_unopened.push(found.at(block.header_span));
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
            self.diagnostics.extend(references(&block.body, "Encrypted state is opened"));
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
            if name.chars().any(char::is_uppercase) {
                let lower = name.to_lowercase();
                let detail = format!(
                    "Provider names must be normalized. Replace \"{name}\" with \"{lower}\" to fix this error."
                );
                self.report("Invalid provider local name", detail, attribute.value.span);
            }
            self.declared.module.required_providers.entry(name).or_insert(required);
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
                Some("source") => {
                    self.provider_source(value, text.as_ref());
                    required.source = text;
                }
                Some("version") => {
                    self.requirement_version(value, text.as_ref());
                    required.version = text;
                }
                Some("configuration_aliases") => {
                    let items = self.items(value);
                    required.configuration_aliases = items
                        .iter()
                        .filter_map(|item| self.configuration_alias(item, &required.name))
                        .collect();
                }
                _ => {
                    let detail = "required_providers objects can only contain \"version\", \
                                  \"source\" and \"configuration_aliases\" attributes.";
                    self.report("Invalid required_providers object", detail, key.span);
                }
            }
        }
    }

    fn provider_source(&mut self, value: &Expr, text: Option<&Name>) {
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
        let is_part = |part: &str| !part.is_empty() && part.chars().all(plain);
        match text {
            None => {
                self.report("Invalid source", "Source must be specified as a string.", value.span);
            }
            Some(text) if text.split('/').count() > 3 || !text.split('/').all(is_part) => {
                let detail = "The \"source\" attribute must be in the format \"[hostname/][namespace/]name\".";
                self.report("Invalid provider source string", detail, value.span);
            }
            Some(_) => {}
        }
    }

    fn requirement_version(&mut self, value: &Expr, text: Option<&Name>) {
        let why = match text {
            None => "Version must be specified as a string.".into(),
            Some(text) => match VersionConstraint::parse(text) {
                Ok(_) => return,
                Err(message) => message,
            },
        };
        self.report("Invalid version constraint", why, value.span);
    }

    /// Reads one of the configurations that a module expects of its caller.
    fn configuration_alias(&mut self, item: &Expr, provider: &Name) -> Option<ProviderRef> {
        if !matches!(item.kind, ExprKind::Reference(_)) && !self.is_json(item.span) {
            self.report("Invalid expression", NOT_STATIC, item.span);
            return None;
        }
        let reference = self.provider_reference(item)?;
        if reference.name != *provider {
            let detail = format!(
                "Configuration aliases must be prefixed with the provider name. Expected \"{provider}\", but found \"{}\".",
                reference.name
            );
            self.report("Invalid configuration_aliases value", detail, item.span);
            return None;
        }
        Some(reference)
    }
}

/// State is opened before anything else is known, so nothing can be referred to there.
fn references(body: &Body, what: &str) -> Vec<Diagnostic> {
    let mut spans: Vec<Span> = Vec::new();
    body.for_each_expression(&mut |expr| {
        expr.for_each_reference(&mut |traversal| spans.push(traversal.span));
    });
    let detail = format!(
        "{what} before anything is evaluated, so variables may not be used here. Write the value itself."
    );
    let mistake = |span| Diagnostic::error("Variables not allowed", detail.as_str()).at(span);
    spans.into_iter().map(mistake).collect()
}
