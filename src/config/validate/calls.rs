//! Module calls: do the inputs fit the variables.

use diagnostics::did_you_mean;
use lang::Name;

use super::Validator;
use crate::{ModuleCall, schema};

impl Validator<'_> {
    /// Checks the inputs of every module call of the module.
    pub(super) fn calls(&mut self) {
        for call in self.module.calls.values() {
            // What a topology passes to its lowering fits by construction.
            if !call.topology && !call.module.incomplete {
                self.inputs(call);
            }
        }
    }

    fn inputs(&mut self, call: &ModuleCall) {
        let variables = &call.module.variables;
        for variable in variables.values().filter(|variable| variable.default.is_none()) {
            if !call.inputs.contains_key(&variable.name) {
                let missing = schema::missing_argument(&variable.name, call.opening);
                self.diagnostics.push(missing);
            }
        }
        let unknown = |name: &Name| {
            !variables.contains_key(name) && !self.config.may_declare(&call.module, name)
        };
        let unknown: Vec<_> = call.inputs.values().filter(|input| unknown(&input.name)).collect();
        for input in unknown {
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
