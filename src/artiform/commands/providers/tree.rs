//! The providers that a configuration asks for, drawn as Terraform draws them: module by module.

use std::collections::BTreeMap;

use config::{Module, RequiredProvider};
use provider::Registry;

/// What stands before an address that names no host.
const DEFAULT_HOST: &str = "registry.terraform.io";

/// One line and what hangs below it.
struct Branch {
    label: String,
    below: Vec<Self>,
}

/// A test file: its name without its end, and of each run block of another module its name and that module.
pub struct TestModules {
    pub name: String,
    pub runs: Vec<(String, std::sync::Arc<Module>)>,
}

/// The tree of a root module and of its tests.
pub fn draw(root: &Module, tests: &[TestModules], registry: &Registry) -> String {
    let mut below = providers(root, registry);
    below.extend(tests.iter().map(|test| {
        Branch {
            label: format!("test.{}", test.name),
            below: test
                .runs
                .iter()
                .map(|(run, module)| Branch {
                    label: format!("run.{run}"),
                    below: branches(module, registry),
                })
                .collect(),
        }
    }));
    below.extend(modules(root, registry));
    let mut text = String::from(".\n");
    hang(&below, "", &mut text);
    text
}

fn hang(branches: &[Branch], indent: &str, text: &mut String) {
    for (at, branch) in branches.iter().enumerate() {
        let is_last = at + 1 == branches.len();
        let (mark, deeper) =
            if is_last { ("└── ", "    ") } else { ("├── ", "│   ") };
        text.push_str(&format!("{indent}{mark}{}\n", branch.label));
        hang(&branch.below, &format!("{indent}{deeper}"), text);
    }
}

fn branches(module: &Module, registry: &Registry) -> Vec<Branch> {
    let mut branches = providers(module, registry);
    branches.extend(modules(module, registry));
    branches
}

/// The modules that are called, by name.
fn modules(module: &Module, registry: &Registry) -> Vec<Branch> {
    let calls: BTreeMap<String, _> =
        module.calls.iter().map(|(key, call)| (key.to_string(), call)).collect();
    calls
        .into_iter()
        .map(|(label, call)| Branch { label, below: branches(&call.module, registry) })
        .collect()
}

/// What a module itself asks for: by `required_providers`, by a block, or by a resource.
fn providers(module: &Module, registry: &Registry) -> Vec<Branch> {
    let address = |name: &str| match module.required_providers.get(name) {
        Some(required) => source(required, registry),
        None => registry.provider_address(name),
    };
    let mut wanted: BTreeMap<String, String> = BTreeMap::new();
    for required in module.required_providers.values() {
        let version = required.version.as_deref().map(constraints).unwrap_or_default();
        wanted.insert(source(required, registry), version);
    }
    let of_blocks = module.providers.iter().map(|block| block.name.clone());
    let of_resources = module.resources.values().map(config::Resource::provider_name);
    for name in of_blocks.chain(of_resources) {
        wanted.entry(address(&name)).or_default();
    }
    let label = |(address, version): (String, String)| {
        format!("provider[{address}] {version}").trim_end().to_owned()
    };
    wanted.into_iter().map(|entry| Branch { label: label(entry), below: Vec::new() }).collect()
}

/// The whole address of a required provider.
fn source(required: &RequiredProvider, registry: &Registry) -> String {
    match required.source.as_deref() {
        None => registry.provider_address(&required.name),
        Some(source) => match source.matches('/').count() {
            0 => format!("{DEFAULT_HOST}/hashicorp/{source}"),
            1 => format!("{DEFAULT_HOST}/{source}"),
            _ => source.to_owned(),
        },
    }
}

/// Version constraints in one spelling, the lowest version first: `>=1, < 2` is `>= 1.0.0, < 2.0.0`.
fn constraints(text: &str) -> String {
    let mut all: Vec<_> = text.split(',').map(|one| constraint(one.trim())).collect();
    all.sort();
    let spelled: Vec<String> = all.into_iter().map(|(_, spelled)| spelled).collect();
    spelled.join(", ")
}

/// One constraint, and what it is ordered by.
fn constraint(text: &str) -> (Vec<u64>, String) {
    let digit = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
    let (operator, version) = text.split_at(digit);
    let operator = operator.trim().trim_start_matches('v').trim();
    let (numbers, rest) = match version.find(['-', '+']) {
        Some(at) => version.split_at(at),
        None => (version, ""),
    };
    let numbers: Vec<u64> = numbers.split('.').map(|n| n.parse().unwrap_or(0)).collect();
    // How many numbers are written means something to `~>` alone.
    let written = if operator == "~>" { numbers.len() } else { numbers.len().max(3) };
    let padded = numbers.iter().copied().chain(std::iter::repeat(0));
    let spelled: Vec<String> = padded.clone().take(written).map(|n| n.to_string()).collect();
    let operator = if operator.is_empty() || operator == "=" { "" } else { operator };
    let spelled = format!("{operator} {}{rest}", spelled.join(".")).trim_start().to_owned();
    (padded.take(3).collect(), spelled)
}

#[cfg(test)]
mod tests {
    use super::constraints;

    #[test]
    fn constraints_have_one_spelling() {
        for (written, spelled) in [
            ("1.0", "1.0.0"),
            (">=2.0,<3.0", ">= 2.0.0, < 3.0.0"),
            ("~> 4.0", "~> 4.0"),
            ("~> 1.2.3", "~> 1.2.3"),
            ("= 2, 1.2-beta , != 1.5", "1.2.0-beta, != 1.5.0, 2.0.0"),
        ] {
            assert_eq!(constraints(written), spelled);
        }
    }
}
