//! `moved` blocks and the moves between `count` and none: recorded instances get their new addresses.

use config::{CallKey, MovedEndpoint};
use diagnostics::Diagnostic;
use lang::{Key, ModuleAddress, ModuleStep, ResourceAddress};

use crate::walk::Run;

impl Run {
    /// Renames recorded instances as the `moved` blocks say, one block after the other.
    pub(crate) fn apply_moves(&mut self) {
        let blocks: Vec<(Vec<CallKey>, config::Moved)> = self
            .tree
            .modules
            .iter()
            .flat_map(|module| {
                let path = module.config.path.clone();
                module.config.moved.iter().map(move |moved| (path.clone(), moved.clone()))
            })
            .collect();
        // A chain a -> b -> c may be written in any order.
        for _ in 0..blocks.len() {
            let mut moved_any = false;
            for (prefix, moved) in &blocks {
                moved_any |= self.apply_move(prefix, moved);
            }
            if !moved_any {
                break;
            }
        }
        self.tell_of_occupied(&blocks);
        self.move_by_count();
    }

    /// Names what could not move, because something else is where it would go.
    fn tell_of_occupied(&mut self, blocks: &[(Vec<CallKey>, config::Moved)]) {
        let recorded = &self.prior.instances;
        let stuck = |(prefix, moved): &(Vec<CallKey>, config::Moved)| {
            let ends = (&moved.from, &moved.to);
            let targets = renamed(recorded.keys(), prefix, ends);
            let occupied = targets.filter(|(from, to)| from != to && recorded.contains_key(to));
            occupied.map(|(from, to)| format!("\n  - {from} could not move to {to}")).collect()
        };
        let list: String = blocks.iter().map(stuck).collect::<Vec<String>>().concat();
        if list.is_empty() {
            return;
        }
        let detail = format!(
            "artiform tried to adjust resource instance addresses in the prior state based on change information recorded in the configuration, but some adjustments did not succeed due to existing objects already at the intended addresses:{list}\n\nartiform has planned to destroy these objects. If that is not what you want, resolve the conflicts with the \"artiform state\" subcommands first, and then create a new plan."
        );
        let summary = "Unresolved resource instance address changes";
        self.diagnostics.push(Diagnostic::warning(summary, detail));
    }

    fn apply_move(&mut self, prefix: &[CallKey], moved: &config::Moved) -> bool {
        let ends = (&moved.from, &moved.to);
        let renamed: Vec<(String, String)> =
            renamed(self.prior.instances.keys(), prefix, ends).collect();
        let mut any = false;
        for (from, to) in renamed {
            any |= self.rename_prior(&from, &to);
        }
        any
    }

    /// Gives a recorded instance another address, unless something is recorded there already.
    pub(crate) fn rename_prior(&mut self, from: &str, to: &str) -> bool {
        if from == to || self.prior.instances.contains_key(to) {
            return false;
        }
        let Some(mut instance) = self.prior.instances.remove(from) else { return false };
        instance.previous = Some(instance.previous.unwrap_or_else(|| from.to_owned()));
        self.prior.instances.insert(to.to_owned(), instance);
        true
    }

    /// `a` becomes `a[0]` when `count` is added, and `a[0]` becomes `a` when it is taken away.
    fn move_by_count(&mut self) {
        let may_move = |name: &&String| name.ends_with("[0]") || !name.ends_with(']');
        let moves: Vec<(String, String)> = self
            .prior
            .instances
            .keys()
            .filter(may_move)
            .filter_map(|name| Some((name.clone(), self.counted_anew(name)?.to_string())))
            .collect();
        for (from, to) in moves {
            self.rename_prior(&from, &to);
        }
    }

    /// The address of a recorded instance with the key that its block has it have.
    fn counted_anew(&self, name: &str) -> Option<ResourceAddress> {
        let address: ResourceAddress = name.parse().ok()?;
        let node = self.tree.get(self.find_resource(&address)?);
        let crate::tree::NodeKind::Resource(key) = &node.kind else { return None };
        let resource = self.tree.module(node.module).config.resources.get(key)?;
        let key = match (&address.key, &resource.count, &resource.for_each) {
            (None, Some(_), _) => Some(Key::Int(0)),
            (Some(Key::Int(0)), None, None) => None,
            _ => return None,
        };
        Some(ResourceAddress { key, ..address })
    }
}

/// Of these addresses those that a move concerns, each with its new one.
fn renamed<'a>(
    names: impl Iterator<Item = &'a String>,
    prefix: &[CallKey],
    ends: (&MovedEndpoint, &MovedEndpoint),
) -> impl Iterator<Item = (String, String)> {
    names.filter_map(move |name| {
        let target = rename(prefix, ends, &name.parse().ok()?)?;
        Some((name.clone(), target.to_string()))
    })
}

/// The new address of a resource instance, if the move concerns it.
fn rename(
    prefix: &[CallKey],
    (from, to): (&MovedEndpoint, &MovedEndpoint),
    address: &ResourceAddress,
) -> Option<ResourceAddress> {
    let steps = &address.module.0;
    let declared_in = steps.get(..prefix.len())?;
    let same = |(step, call): (&ModuleStep, &CallKey)| {
        step.topology == call.topology && step.name == call.name
    };
    if !declared_in.iter().zip(prefix).all(same) {
        return None;
    }
    let inner = &steps[prefix.len()..];
    let joined =
        |rest: Vec<ModuleStep>| ModuleAddress(declared_in.iter().cloned().chain(rest).collect());
    match (from, to) {
        (MovedEndpoint::Resource(from), MovedEndpoint::Resource(to)) => {
            if inner != from.module.0.as_slice()
                || (from.mode, &from.type_name, &from.name)
                    != (address.mode, &address.type_name, &address.name)
            {
                return None;
            }
            let key = match (&from.key, &to.key) {
                (None, None) => address.key.clone(),
                (from, to) if *from == address.key => to.clone(),
                _ => return None,
            };
            Some(ResourceAddress { module: joined(to.module.0.clone()), key, ..to.clone() })
        }
        (MovedEndpoint::Module(from), MovedEndpoint::Module(to)) => {
            let head = inner.get(..from.0.len())?;
            let (last, before) = head.split_last()?;
            let (from_last, from_before) = from.0.split_last()?;
            let (to_last, to_before) = to.0.split_last()?;
            let fits = before == from_before
                && (last.topology, &last.name) == (from_last.topology, &from_last.name)
                && (from_last.key.is_none() || from_last.key == last.key);
            if !fits {
                return None;
            }
            let key = if from_last.key.is_none() && to_last.key.is_none() {
                last.key.clone()
            } else {
                to_last.key.clone()
            };
            let moved = ModuleStep { key, ..to_last.clone() };
            let rest = inner[from.0.len()..].iter().cloned();
            let steps = to_before.iter().cloned().chain([moved]).chain(rest).collect();
            Some(ResourceAddress { module: joined(steps), ..address.clone() })
        }
        _ => None,
    }
}
