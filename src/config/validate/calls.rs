//! Module calls: do the inputs fit the variables.

use super::Validator;
use crate::schema::{self, Shape};
use crate::{CallKey, ModuleCall, Referent};
use diagnostics::{Diagnostic, did_you_mean};

impl Validator<'_> {
    /// Checks the inputs of every module call of the module.
    pub(super) fn calls(&mut self) {
        for call in self.module.calls.values() {
            // What a topology passes to its lowering fits by construction.
            if !call.topology && !call.module.incomplete {
                self.inputs(call);
                self.expected_providers(call);
            }
        }
    }

    /// A module that waits for itself would never begin.
    pub(super) fn depends_on_itself(&mut self, call: &ModuleCall) {
        for traversal in &call.depends_on {
            let named = crate::referent(traversal);
            if matches!(named, Ok((Referent::Module(key), _)) if key == CallKey::module(call.name.clone()))
            {
                let detail =
                    format!("Configuration for module.{} may not refer to itself.", call.name);
                self.report("Self-referential block", detail, traversal.span);
            }
        }
    }

    /// A module that expects configurations of its caller gets them all.
    pub(super) fn expected_providers(&mut self, call: &ModuleCall) {
        let required = call.module.required_providers.values();
        for expected in required.flat_map(|required| &required.configuration_aliases) {
            if call.providers.contains_key(expected) {
                continue;
            }
            let detail = format!(
                "The child module requires an additional configuration for the provider, with the local name \"{expected}\". Refer to the module's documentation to understand the intended purpose of this additional provider configuration, and then add an entry for {expected} in the \"providers\" meta-argument in the module block to choose which provider configuration the module should use for that purpose."
            );
            let found = Diagnostic::error("Missing required provider configuration", detail);
            let hint = format!("add providers = {{ {expected} = ... }}");
            self.diagnostics.push(found.at(call.header_span).hint(hint));
        }
    }

    fn inputs(&mut self, call: &ModuleCall) {
        const NO_BLOCKS: Shape = Shape { required: &[], optional: &[], blocks: &[] };
        for (kind, span) in &call.blocks {
            self.diagnostics.push(schema::unsupported_block(kind, *span, &NO_BLOCKS));
        }
        let variables = &call.module.variables;
        for variable in variables.values().filter(|variable| variable.default.is_none()) {
            if !call.inputs.contains_key(&variable.name) {
                let missing = schema::missing_argument(&variable.name, call.opening);
                self.diagnostics.push(missing);
            }
        }
        for input in call.inputs.values() {
            let known = variables.contains_key(&input.name);
            if known || self.config.may_declare(&call.module, &input.name) {
                continue;
            }
            let mut detail = format!("An argument named \"{}\" is not expected here.", input.name);
            let meta = ["count", "depends_on", "for_each", "providers", "source", "version"];
            let known = variables.keys().map(|name| &**name).chain(meta);
            if let Some(near) = did_you_mean(&input.name, known) {
                detail.push_str(&format!(" Did you mean \"{near}\"?"));
            }
            self.report("Unsupported argument", detail, input.name_span);
        }
    }
}
