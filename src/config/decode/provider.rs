//! `provider`: the configuration of a provider, by default or under an alias.

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
        let alias = self.take(&mut block.body, "alias");
        let alias = alias.and_then(|alias| {
            let span = alias.value.span;
            let text = crate::constant::text(&alias.value);
            match &text {
                Some(text) => {
                    schema::identifier(
                        text,
                        span,
                        "provider configuration alias",
                        self.diagnostics,
                    );
                }
                None => self.not_literal(&alias.value, "string"),
            }
            text
        });
        self.take_text(&mut block.body, "version");
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
