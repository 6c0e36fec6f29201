//! Which recorded instances an address means.

use std::sync::Arc;

use config::MovedEndpoint;
use diagnostics::Diagnostic;
use state::{InstanceState, Snapshot};

use crate::address;
use crate::context::Failure;

/// The instances that an address of a module, a resource or an instance means, in order of address.
pub fn instances(text: &str, snapshot: &Snapshot) -> Result<Vec<Arc<InstanceState>>, Box<Failure>> {
    let prefix = canonical(text)?;
    let named = |instance: &&Arc<InstanceState>| is_within(&instance.address, &prefix);
    Ok(snapshot.instances.values().filter(named).cloned().collect())
}

/// The address as the state writes it.
pub fn canonical(text: &str) -> Result<String, Box<Failure>> {
    Ok(address::endpoint(text)?.to_string())
}

/// Tells whether an address is `prefix`, an instance of it, or inside of it.
pub fn is_within(address: &str, prefix: &str) -> bool {
    let rest = address.strip_prefix(prefix);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// Nothing is recorded under an address that `state list` was given.
pub fn unknown(text: &str, snapshot: &Snapshot) -> Box<Failure> {
    let (summary, detail) = match address::endpoint(text) {
        Err(mistakes) => return mistakes.into(),
        Ok(MovedEndpoint::Module(module)) => (
            "Unknown module",
            format!(
                "The current state contains no module at {module}. If you've just added this module to the configuration, you must run \"artiform apply\" first to create the module's entry in the state."
            ),
        ),
        Ok(MovedEndpoint::Resource(resource)) if resource.key.is_none() => (
            "Unknown resource",
            format!(
                "The current state contains no resource {resource}. If you've just added this resource to the configuration, you must run \"artiform apply\" first to create the resource's entry in the state."
            ),
        ),
        Ok(MovedEndpoint::Resource(instance)) => (
            "Unknown resource instance",
            format!(
                "The current state contains no resource instance {instance}. If you've just added its resource to the configuration or have changed the count or for_each arguments, you must run \"artiform apply\" first to update the resource's entry in the state."
            ),
        ),
    };
    suggested(Diagnostic::error(summary, detail), text, snapshot)
}

/// Adds the recorded address that is near to what was typed.
pub fn suggested(diagnostic: Diagnostic, text: &str, snapshot: &Snapshot) -> Box<Failure> {
    let known = snapshot.instances.keys().map(String::as_str);
    match diagnostics::nearest_address(text, known) {
        Some(near) => diagnostic.hint(format!("did you mean {near}?")).into(),
        None => diagnostic.into(),
    }
}

/// Sorts as people list: the root module first, then modules by name, keys by number.
pub fn in_order<'a>(instances: impl Iterator<Item = &'a Arc<InstanceState>>) -> Vec<&'a str> {
    let mut addresses: Vec<&str> = instances.map(|instance| &*instance.address).collect();
    addresses.sort_by_cached_key(|text| (address::resource(text).ok(), *text));
    addresses
}

#[cfg(test)]
mod tests {
    use super::is_within;

    #[test]
    fn an_address_holds_its_instances_and_what_is_inside() {
        assert!(is_within("a.b[0]", "a.b"));
        assert!(is_within("module.m[\"x\"].a.b", "module.m"));
        assert!(is_within("a.b", "a.b"));
        assert!(!is_within("a.bc", "a.b"));
    }
}
