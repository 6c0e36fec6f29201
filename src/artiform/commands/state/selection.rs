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
    Ok(match address::endpoint(text)? {
        MovedEndpoint::Module(module) => module.to_string(),
        MovedEndpoint::Resource(resource) => resource.to_string(),
    })
}

/// Tells whether an address is `prefix`, an instance of it, or inside of it.
pub fn is_within(address: &str, prefix: &str) -> bool {
    let rest = address.strip_prefix(prefix);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// Nothing is recorded under this address.
pub fn missing(text: &str, snapshot: &Snapshot) -> Box<Failure> {
    let detail = format!(
        "The state holds nothing at \"{text}\". `artiform state list` shows what it holds."
    );
    let diagnostic = Diagnostic::error("No such resource instance in the state", detail);
    let known = snapshot.instances.keys().map(String::as_str);
    match diagnostics::did_you_mean(text, known) {
        Some(near) => diagnostic.hint(format!("did you mean {near}?")).into(),
        None => diagnostic.into(),
    }
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
