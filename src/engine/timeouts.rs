//! The block `timeouts`: how long an operation may take, handed on to the provider.

use std::time::Duration;

use config::Resource;
use diagnostics::{Diagnostic, Diagnostics};
use lang::convert::convert;
use lang::functions::duration;
use lang::{Body, Type, Value, eval};
use provider::Effect;

use crate::scope::ModuleScope;
use crate::tables::Repetition;
use crate::walk::{Run, Spot};

/// The operations that can have one.
const OPERATIONS: [&str; 4] = ["create", "delete", "read", "update"];

impl Run {
    /// Finds mistakes in the block before anything is done.
    pub(crate) fn check_timeouts(
        &mut self,
        (resource, effect): (&Resource, Effect),
        spot: Spot,
        repetition: &Repetition,
    ) {
        let Some(timeouts) = &resource.timeouts else { return };
        let body = &timeouts.body;
        let mut found = Diagnostics::new();
        if effect == Effect::StateOnly {
            let detail = "Blocks of type \"timeouts\" are not expected here: what is kept in the state alone takes no time.";
            found.push(Diagnostic::error("Unsupported block type", detail).at(timeouts.kind_span));
            self.diagnostics.extend(found);
            return;
        }
        for (name, attribute) in &body.attributes {
            if !OPERATIONS.contains(&&**name) {
                let detail = format!(
                    "An argument named \"{name}\" is not expected here. Timeouts are set for {}.",
                    OPERATIONS.join(", ")
                );
                found.push(
                    Diagnostic::error("Unsupported argument", detail).at(attribute.name_span),
                );
            } else if let Err(mistakes) =
                read(body, name, &self.scope(spot.0, spot.1, Some(repetition)))
            {
                found.extend(mistakes);
            }
        }
        self.diagnostics.extend(found);
    }

    /// How long an operation on a planned instance may take, where its block says so.
    pub(crate) fn timeout_of(&self, i: usize, operation: &str) -> Option<Duration> {
        let instance = &self.instances[i];
        let (node, ordinal) = match instance.spot {
            Some((node, ordinal, _)) => (node, ordinal),
            None => {
                let address = &instance.change.address;
                (self.find_resource(address)?, self.ordinal_of(&address.module)?)
            }
        };
        let declared = self.tree.get(node);
        let crate::tree::NodeKind::Resource(key) = &declared.kind else { return None };
        let resource = self.tree.module(declared.module).config.resources.get(key)?;
        let body = &resource.timeouts.as_ref()?.body;
        let table = self.tables.resource(node, ordinal);
        let repetition =
            instance.spot.zip(table).map(|(spot, t)| t.expansion.repetition(spot.2 as usize));
        let scope = self.scope(node, ordinal, repetition.as_ref());
        read(body, operation, &scope).ok().flatten()
    }
}

fn read(body: &Body, name: &str, scope: &ModuleScope<'_>) -> Result<Option<Duration>, Diagnostics> {
    let Some(attribute) = body.attributes.get(name) else { return Ok(None) };
    let wrong = |why: &str| -> Diagnostics {
        let detail = format!("The timeout \"{name}\" is no length of time: {why}.");
        Diagnostic::error("Invalid timeout", detail)
            .at(attribute.value.span)
            .hint("write it as \"30s\", \"10m\" or \"1h30m\"")
            .into()
    };
    let value: Value = eval::evaluate(&attribute.value, scope)?;
    if value.is_null() || value.is_unknown() {
        return Ok(None);
    }
    let text = convert(&value, &Type::String).map_err(|error| wrong(&error.message))?;
    let nanoseconds =
        duration::parse(text.as_str().unwrap_or_default()).map_err(|why| wrong(&why))?;
    let nanoseconds = u64::try_from(nanoseconds).map_err(|_| wrong("it is negative"))?;
    Ok(Some(Duration::from_nanos(nanoseconds)))
}
