//! Provider configurations that are named: do they exist.

use super::Validator;
use crate::ProviderRef;

impl Validator<'_> {
    /// Checks every provider configuration that the module names by an alias.
    pub(super) fn provider_references(&mut self) {
        let module = self.module;
        let resources = module.resources.values().filter_map(|resource| resource.provider.as_ref());
        let passed = module.calls.values().flat_map(|call| call.providers.values());
        let imports = module.imports.iter().filter_map(|import| import.provider.as_ref());
        let named: Vec<&ProviderRef> = resources.chain(passed).chain(imports).collect();
        for reference in named {
            if reference.alias.is_some() && !self.is_configured(reference) {
                self.report_missing(reference);
            }
        }
    }

    fn is_configured(&self, reference: &ProviderRef) -> bool {
        let module = self.module;
        let declared = module
            .providers
            .iter()
            .any(|block| block.name == reference.name && block.alias == reference.alias);
        let expected = module
            .required_providers
            .values()
            .any(|required| required.configuration_aliases.contains(reference));
        declared || expected || self.config.may_declare(module, &reference.name)
    }

    fn report_missing(&mut self, reference: &ProviderRef) {
        let alias = reference.alias.as_deref().unwrap_or_default();
        let name = &reference.name;
        let detail = if self.module.path.is_empty() {
            format!(
                "No provider configuration \"{reference}\" is declared in the root module. Declare it with a provider \"{name}\" block that sets alias = \"{alias}\"."
            )
        } else {
            format!(
                "No provider configuration \"{reference}\" is declared in {}. A module that is given a configuration by its caller names it in required_providers, in configuration_aliases = [{reference}].",
                self.module.display_name()
            )
        };
        self.report("Provider configuration not present", detail, reference.span);
    }
}
