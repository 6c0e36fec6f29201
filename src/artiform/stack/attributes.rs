//! Attributes that no object of a resource's type has: told by the type alone, whatever the values are.

use config::{Config, Referent};
use diagnostics::{Diagnostic, Diagnostics};
use lang::{Expr, ResourceMode, Step, Traversal};
use provider::{Registry, Schema};

/// Reports the attributes of resources that an expression asks for and their types do not have.
pub fn unsupported(config: &Config, registry: &Registry, expr: &Expr) -> Diagnostics {
    let mut found = Diagnostics::new();
    expr.for_each_reference(&mut |traversal| found.extend(mistake(config, registry, traversal)));
    found
}

fn mistake(config: &Config, registry: &Registry, traversal: &Traversal) -> Option<Diagnostic> {
    let (referent, steps) = config::referent(traversal).ok()?;
    let Referent::Resource(key) = referent else { return None };
    config.root.resources.get(&key)?;
    let mut rest = traversal.steps.iter().skip(steps);
    let mut next = rest.next()?;
    if matches!(next, Step::Index(..)) {
        next = rest.next()?;
    }
    let Step::Attribute(name, span) = next else { return None };
    let of = |schema: &Schema| {
        let names = schema.attributes.keys().chain(schema.blocks.keys());
        let is_known = names.clone().any(|known| known == name);
        (!is_known).then(|| engine::unsupported_attribute(name, names.map(|known| &**known)))
    };
    let mistake = match key.mode {
        ResourceMode::Data => of(registry.data_source(&key.type_name)?.1.schema())?,
        ResourceMode::Managed => of(registry.resource_type(&key.type_name)?.1.schema())?,
    };
    Some(mistake.at(*span))
}
