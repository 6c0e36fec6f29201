//! The configuration of a run: the stack or another module, with the test's providers and stand-ins in it.

use std::collections::BTreeSet;
use std::sync::Arc;

use config::{
    CallKey, Config, MockProvider, Module, MovedEndpoint, Override, OverrideKind, ProviderBlock,
    RunBlock, TestFile,
};
use diagnostics::{Diagnostic, Diagnostics, Span};
use lang::{Expr, ModuleAddress, Name, Value};

/// Puts the provider blocks of the test in the place of the configuration's own; what a run does not use is
/// left out.
pub fn set_providers(config: &mut Config, file: &TestFile, run: &RunBlock) -> Diagnostics {
    let used = providers_used(&config.root);
    let root = Arc::make_mut(&mut config.root);
    let mut found = Diagnostics::new();
    if run.providers.is_empty() {
        for block in file.providers.iter().filter(|block| used.contains(&*block.name)) {
            set_provider(root, block.clone());
        }
        return found;
    }
    for (inside, outside) in &run.providers {
        let is_it =
            |name: &Name, alias: &Option<Name>| *name == outside.name && *alias == outside.alias;
        let (name, alias) = (inside.name.clone(), inside.alias.clone());
        if let Some(block) = file.providers.iter().find(|block| is_it(&block.name, &block.alias)) {
            set_provider(root, ProviderBlock { name, alias, ..block.clone() });
        } else if !file.mocks.iter().any(|mock| is_it(&mock.name, &mock.alias)) {
            let detail =
                "This provider block references a provider definition that does not exist.";
            let summary = format!("Missing provider definition for {outside}");
            let name_end = outside.span.start + outside.name.len() as u32;
            let place = Span { end: name_end, ..outside.span };
            found.push(Diagnostic::error(summary, detail).at(place));
        }
    }
    found
}

/// The mock providers that a run uses, under the names that its module has for them. A type has one stand-in:
/// an aliased one only where there is no other.
pub fn mocks(file: &TestFile, run: &RunBlock, module: &Module) -> Vec<MockProvider> {
    let mut mocks: Vec<MockProvider> = Vec::new();
    if run.providers.is_empty() {
        let is_used = |mock: &&MockProvider| {
            mock.alias.is_none()
                || module.providers.iter().any(|p| p.name == mock.name && p.alias == mock.alias)
        };
        mocks.extend(file.mocks.iter().filter(is_used).cloned());
    }
    for (inside, outside) in &run.providers {
        let is_it = |m: &&MockProvider| m.name == outside.name && m.alias == outside.alias;
        let mock = file.mocks.iter().find(is_it).cloned();
        let (name, alias) = (inside.name.clone(), inside.alias.clone());
        mocks.extend(mock.map(|mock| MockProvider { name, alias, ..mock }));
    }
    mocks.sort_by_key(|mock| mock.alias.is_some());
    mocks
}

fn set_provider(root: &mut Module, block: ProviderBlock) {
    root.providers.retain(|own| own.name != block.name || own.alias != block.alias);
    root.providers.push(block);
}

/// The names of the providers that a module and the modules it calls use.
pub fn providers_used(module: &Module) -> BTreeSet<String> {
    let mut names: BTreeSet<String> =
        module.providers.iter().map(|block| block.name.to_string()).collect();
    for resource in module.resources.values() {
        let of_type = || resource.type_name.split('_').next().unwrap_or_default().to_owned();
        let named = resource.provider.as_ref().map(|provider| provider.name.to_string());
        names.insert(named.unwrap_or_else(of_type));
    }
    for call in module.calls.values() {
        names.extend(providers_used(&call.module));
    }
    names
}

/// Warnings of stand-ins for what none of the modules declares.
pub fn stray_overrides<'a>(
    overrides: impl Iterator<Item = &'a Override>,
    modules: &[Arc<Module>],
) -> Diagnostics {
    let is_stray =
        |one: &&Override| !modules.iter().any(|module| config::declares(module, &one.target));
    let warning = |one: &Override| {
        let detail = format!(
            "The override target {} does not exist within the configuration under test. This could indicate a typo in the target address or an unnecessary override.",
            one.target
        );
        Diagnostic::warning("Invalid override target", detail).at(one.target_span)
    };
    overrides.filter(is_stray).map(warning).collect::<Vec<_>>().into()
}

/// Replaces the modules that `override_module` names by what it says of their outputs.
pub fn override_modules<'a>(config: &mut Config, overrides: impl Iterator<Item = &'a Override>) {
    for one in overrides.filter(|one| one.kind == OverrideKind::Module) {
        if let MovedEndpoint::Module(address) = &one.target {
            replace(Arc::make_mut(&mut config.root), address, one);
        }
    }
}

fn replace(module: &mut Module, address: &ModuleAddress, stand_in: &Override) {
    let Some((first, rest)) = address.0.split_first() else { return };
    let key = CallKey { topology: first.topology, name: first.name.clone() };
    let Some(call) = module.calls.get_mut(&key) else { return };
    let inner = Arc::make_mut(&mut call.module);
    if !rest.is_empty() {
        replace(inner, &ModuleAddress(rest.to_vec()), stand_in);
        return;
    }
    inner.resources.clear();
    inner.calls.clear();
    inner.checks.clear();
    inner.locals.clear();
    for (name, output) in &mut inner.outputs {
        let value = stand_in.values.get(name).cloned();
        let value = value.unwrap_or_else(|| Value::null(lang::Type::Dynamic));
        output.value = Expr::literal(value, stand_in.target_span);
        output.preconditions.clear();
        output.depends_on.clear();
    }
    for variable in inner.variables.values_mut() {
        variable.validations.clear();
    }
}
