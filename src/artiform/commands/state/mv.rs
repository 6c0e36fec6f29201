//! `state mv`: gives recorded instances another address.

use std::sync::Arc;

use config::MovedEndpoint;
use diagnostics::Diagnostic;
use lang::{Key, ModuleAddress, ResourceAddress};
use serde_json::{Value, json};
use state::{Change, InstanceState, Move, Snapshot};

use super::edit::{self, Edit};
use super::selection;
use crate::address;
use crate::context::{Context, Failure, Outcome, SUCCESS};

/// Give what the state holds another address
///
/// For a module, a resource with all its instances, or one instance. The configuration must say the
/// same; a `moved` block in it does this without a command.
#[derive(Clone, Debug, clap::Args)]
pub struct Mv {
    /// Where it is
    #[arg(value_name = "FROM")]
    from: String,
    /// Where it will be
    #[arg(value_name = "TO")]
    to: String,
    /// Only say what would be moved
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    edit: Edit,
}

impl Mv {
    pub fn run(&self, context: &Context) -> Outcome {
        let (from, to) = (address::endpoint(&self.from)?, address::endpoint(&self.to)?);
        let store = self.edit.open("state mv", context)?;
        let snapshot = store.snapshot();
        let moves = self.moves((&from, &to), &snapshot)?;
        if let Some(step) = moves.iter().find(|step| snapshot.instance(&step.to).is_some()) {
            let detail = format!(
                "Cannot move to {}: there is already a resource instance at that address in the current state.",
                step.to
            );
            return Err(Failure::error("Invalid target address", detail));
        }
        let verb = if self.dry_run { "Would move" } else { "Move" };
        let lines: Vec<String> =
            moves.iter().map(|s| format!("{verb} \"{}\" to \"{}\"", s.from, s.to)).collect();
        if !self.dry_run {
            let referring = referring(&moves, &snapshot);
            let moved = moves.into_iter().map(|step| Change::MoveInstance(Box::new(step)));
            edit::commit(store, referring.into_iter().chain(moved).collect())?;
        }
        lines.iter().for_each(|line| context.ui.line(line));
        if !self.dry_run {
            context.ui.line(&format!("Successfully moved {} object(s).", lines.len()));
        }
        Ok(SUCCESS)
    }

    fn moves(
        &self,
        (from, to): (&MovedEndpoint, &MovedEndpoint),
        snapshot: &Snapshot,
    ) -> Result<Vec<Move>, Box<Failure>> {
        let mut moves = Vec::new();
        for instance in snapshot.instances.values() {
            let Ok(old) = address::resource(&instance.address) else { continue };
            match (from, to) {
                (MovedEndpoint::Module(from), MovedEndpoint::Module(to)) => {
                    if let Some(module) = within(&old.module, from, to) {
                        moves.push(step(instance, &ResourceAddress { module, ..old }));
                    }
                }
                (MovedEndpoint::Resource(from), MovedEndpoint::Resource(to)) => {
                    self.same_kind(from, to)?;
                    if let Some(new) = renamed(&old, from, to) {
                        moves.push(step(instance, &new));
                    }
                }
                (MovedEndpoint::Module(_), _) => return Err(self.unlike("a module")),
                (MovedEndpoint::Resource(_), _) => return Err(self.unlike("a resource instance")),
            }
        }
        if moves.is_empty() { Err(self.missing(from, snapshot)) } else { Ok(moves) }
    }

    fn missing(&self, from: &MovedEndpoint, snapshot: &Snapshot) -> Box<Failure> {
        let detail = match from {
            MovedEndpoint::Resource(instance) if instance.key.is_some() => {
                format!("The current state does not contain {}.", self.from)
            }
            _ => {
                format!("Cannot move {}: does not match anything in the current state.", self.from)
            }
        };
        let diagnostic = Diagnostic::error("Invalid source address", detail);
        selection::suggested(diagnostic, &self.from, snapshot)
    }

    fn unlike(&self, kind: &str) -> Box<Failure> {
        let Self { from, to, .. } = self;
        let detail = format!("Cannot move {from} to {to}: the target must also be {kind}.");
        Failure::error("Invalid target address", detail)
    }

    fn same_kind(&self, from: &ResourceAddress, to: &ResourceAddress) -> Result<(), Box<Failure>> {
        if from.mode == to.mode && from.type_name == to.type_name {
            return Ok(());
        }
        let detail =
            format!("Cannot move {} to {}: resource types don't match.", self.from, self.to);
        Err(Failure::error("Invalid state move request", detail))
    }
}

/// The module after its leading part `from` has become `to`.
fn within(
    module: &ModuleAddress,
    from: &ModuleAddress,
    to: &ModuleAddress,
) -> Option<ModuleAddress> {
    let depth = from.0.len();
    let head = module.0.get(..depth)?;
    let mut steps = to.0.clone();
    // Without a key the last step means every instance of the call, and each one keeps its key.
    for (i, (step, wanted)) in head.iter().zip(&from.0).enumerate() {
        let every = i + 1 == depth && wanted.key.is_none();
        let named = (step.topology, &step.name) == (wanted.topology, &wanted.name);
        if !named || (!every && step.key != wanted.key) {
            return None;
        }
        if every
            && step.key.is_some()
            && let Some(last) = steps.last_mut().filter(|last| last.key.is_none())
        {
            last.key.clone_from(&step.key);
        }
    }
    steps.extend_from_slice(&module.0[depth..]);
    Some(ModuleAddress(steps))
}

/// The address after the resource or instance `from` has become `to`.
fn renamed(
    old: &ResourceAddress,
    from: &ResourceAddress,
    to: &ResourceAddress,
) -> Option<ResourceAddress> {
    let resource = |address: &ResourceAddress| ResourceAddress { key: None, ..address.clone() };
    if resource(old) != resource(from) || (from.key.is_some() && old.key != from.key) {
        return None;
    }
    let key = if from.key.is_none() && to.key.is_none() { old.key.clone() } else { to.key.clone() };
    Some(ResourceAddress { key, ..to.clone() })
}

fn step(instance: &InstanceState, new: &ResourceAddress) -> Move {
    Move {
        from: instance.address.clone(),
        to: new.to_string(),
        module: new.module.to_string(),
        type_name: new.type_name.to_string(),
        name: new.name.to_string(),
        index: new.key.as_ref().map(index),
    }
}

fn index(key: &Key) -> Value {
    match key {
        Key::Int(index) => json!(index),
        Key::String(text) => json!(&**text),
    }
}

/// The instances that refer to what moves, with the new addresses.
fn referring(moves: &[Move], snapshot: &Snapshot) -> Vec<Change> {
    let new = |address: &String| moves.iter().find(|step| step.from == *address).map(|s| &s.to);
    let mut changes = Vec::new();
    for instance in snapshot.instances.values() {
        if instance.dependencies.iter().any(|dependency| new(dependency).is_some()) {
            let mut changed = (**instance).clone();
            for dependency in &mut changed.dependencies {
                if let Some(to) = new(dependency) {
                    *dependency = to.clone();
                }
            }
            changed.dependencies.sort();
            changes.push(Change::PutInstance(Arc::new(changed)));
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(text: &str) -> ResourceAddress {
        address::resource(text).unwrap()
    }

    #[test]
    fn a_resource_moves_with_its_keys_and_an_instance_alone() {
        let renamed = |old: &str, from: &str, to: &str| {
            renamed(&resource(old), &resource(from), &resource(to)).map(|new| new.to_string())
        };
        assert_eq!(renamed("a.b[0]", "a.b", "a.c").as_deref(), Some("a.c[0]"));
        assert_eq!(renamed("a.b[0]", "a.b[0]", "a.c").as_deref(), Some("a.c"));
        assert_eq!(renamed("a.b", "a.b", "module.m.a.b").as_deref(), Some("module.m.a.b"));
        assert_eq!(renamed("a.b[1]", "a.b[0]", "a.c"), None);
    }

    #[test]
    fn a_module_moves_with_everything_inside() {
        let module = |text: &str| match address::endpoint(text).unwrap() {
            MovedEndpoint::Module(module) => module,
            MovedEndpoint::Resource(_) => panic!("no module"),
        };
        let moved = |old: &str, from: &str, to: &str| {
            within(&module(old), &module(from), &module(to)).map(|new| new.to_string())
        };
        assert_eq!(
            moved("module.a[0].module.x", "module.a", "module.b").as_deref(),
            Some("module.b[0].module.x")
        );
        assert_eq!(moved("module.a[0]", "module.a[0]", "module.b").as_deref(), Some("module.b"));
        assert_eq!(moved("module.z", "module.a", "module.b"), None);
    }
}
