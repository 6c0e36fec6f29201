//! `provider`: the configuration of a provider, by default or under an alias.

use diagnostics::Diagnostic;
use lang::Block;

use super::Decoder;
use crate::ProviderBlock;
use crate::schema;

impl Decoder<'_> {
    pub(super) fn provider_block(&mut self, mut block: Block) {
        if !schema::labels(&block, &["name"], self.diagnostics) {
            return;
        }
        let label = block.labels[0].clone();
        schema::identifier(&label.text, label.span, "provider name", self.diagnostics);
        if label.text.chars().any(char::is_uppercase) {
            let detail = format!(
                "Provider names must be normalized. Replace \"{}\" with \"{}\" to fix this error.",
                label.text,
                label.text.to_lowercase()
            );
            self.report("Invalid provider local name", detail, block.header_span);
        }
        let alias = self.take(&mut block.body, "alias").and_then(|alias| {
            let word = "provider configuration alias";
            let Some(text) = self.text(&alias.value) else {
                let detail =
                    "An alias is a name: letters, digits, underscores and dashes, in quotes.";
                self.report(&format!("Invalid {word}"), detail, alias.value.span);
                return None;
            };
            schema::identifier(&text, alias.value.span, word, self.diagnostics);
            Some(text)
        });
        if let Some(version) = self.take(&mut block.body, "version") {
            self.provider_version(&version);
        }
        self.escaped(&mut block.body);
        self.reserved_blocks(&mut block.body, "provider", &["lifecycle", "locals"]);
        for name in ["count", "depends_on", "for_each", "source"] {
            if let Some(attribute) = self.take(&mut block.body, name) {
                let detail = format!(
                    "The provider argument name \"{name}\" is reserved; a provider block configures one provider once."
                );
                let summary = "Reserved argument name in provider block";
                self.report(summary, detail, attribute.name_span);
            }
        }
        let provider = ProviderBlock {
            name: label.text,
            alias,
            body: block.body,
            header_span: block.header_span,
            span: block.span,
        };
        self.add_provider(provider);
    }

    /// Versions belong into `required_providers`; one that stands here says nothing.
    fn provider_version(&mut self, version: &lang::Attribute) {
        let detail = "A version constraint inside a provider block is deprecated. Move it into the required_providers block.";
        let summary = "Version constraints inside provider configuration blocks are deprecated";
        self.diagnostics.push(Diagnostic::warning(summary, detail).at(version.value.span));
        self.version_constraint(version);
    }

    fn add_provider(&mut self, provider: ProviderBlock) {
        let same =
            |other: &&ProviderBlock| other.name == provider.name && other.alias == provider.alias;
        let Some(first) = self.declared.module.providers.iter().find(same) else {
            self.declared.module.providers.push(provider);
            return;
        };
        let places = (first.header_span, provider.header_span);
        let name = &provider.name;
        let (what, rule) = match &provider.alias {
            None => (
                format!(
                    "A default (non-aliased) provider configuration for \"{name}\" was already given"
                ),
                "If multiple configurations are required, set the \"alias\" argument for alternative configurations.",
            ),
            Some(alias) => (
                format!(
                    "A provider configuration for \"{name}\" with alias \"{alias}\" was already given"
                ),
                "Each configuration for the same provider must have a distinct alias.",
            ),
        };
        self.duplicate("Duplicate provider configuration", &what, places, rule);
    }
}
