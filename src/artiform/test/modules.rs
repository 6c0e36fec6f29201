//! The configuration of a run: the stack or another module, with the test's providers and stand-ins in it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use config::{CallKey, Config, Module, MovedEndpoint, ProviderBlock};
use diagnostics::{Diagnostic, Span};
use lang::{Expr, ModuleAddress, Name, Value};

use super::file::{Override, OverrideKind, RunBlock, TestFile};

/// The folder of the module that a run block names; relative paths start from the stack.
pub fn folder(stack: &Path, source: &str, span: Span) -> Result<PathBuf, Box<Diagnostic>> {
    let folder = stack.join(source);
    if folder.is_dir() {
        return Ok(folder);
    }
    let detail = format!(
        "The module source \"{source}\" of a run block must be a local folder, and {} is none.",
        folder.display()
    );
    Err(Box::new(Diagnostic::error("Unreadable module directory", detail).at(span)))
}

/// Puts the provider blocks of the test in the place of the configuration's own.
pub fn set_providers(config: &mut Config, file: &TestFile, run: &RunBlock) {
    let root = Arc::make_mut(&mut config.root);
    let name = |block: &ProviderBlock| match &block.alias {
        Some(alias) => format!("{}.{alias}", block.name),
        None => block.name.to_string(),
    };
    for block in &file.providers {
        root.providers.retain(|own| name(own) != name(block));
        root.providers.push(block.clone());
    }
    for (inside, outside) in &run.providers {
        let Some(found) = root.providers.iter().find(|block| name(block) == *outside) else {
            continue;
        };
        let (own, alias) = match inside.split_once('.') {
            Some((own, alias)) => (own, Some(Name::from(alias))),
            None => (inside.as_str(), None),
        };
        let block = ProviderBlock { name: own.into(), alias, ..found.clone() };
        root.providers.retain(|own| name(own) != *inside);
        root.providers.push(block);
    }
}

/// Replaces the modules that `override_module` names by what it says of their outputs.
pub fn override_modules(config: &mut Config, overrides: &[Override]) {
    for one in overrides.iter().filter(|one| one.kind == OverrideKind::Module) {
        if let Ok(MovedEndpoint::Module(address)) = config::address::endpoint(&one.target) {
            replace(Arc::make_mut(&mut config.root), &address, one);
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
        output.value = Expr::literal(value, stand_in.target.span);
        output.preconditions.clear();
        output.depends_on.clear();
    }
    for variable in inner.variables.values_mut() {
        variable.validations.clear();
    }
}
