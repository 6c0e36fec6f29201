//! Selectors that name nothing, and moves that a selection would tear apart.

use diagnostics::{Diagnostic, Diagnostics};

use super::pattern::{Declared, Pattern};
use super::resources;
use crate::options::Selector;
use crate::tree::NodeId;
use crate::walk::Run;

impl Run {
    /// A target, exclusion or replacement that matches nothing is a mistake, not silence.
    pub(crate) fn check_selectors(&mut self) {
        let options = &self.options;
        let nothing_named = self.selection.is_everything() && options.replace.is_empty();
        if nothing_named || !options.imports.is_empty() {
            return;
        }
        let declared: Vec<(NodeId, Declared)> = resources(&self.tree).collect();
        let mut found = Diagnostics::new();
        let named = [("target", &options.targets), ("exclude", &options.excludes)];
        for (flag, selectors) in named {
            for selector in selectors.iter().filter(|selector| !self.is_there(selector, &declared))
            {
                found.push(self.no_match(flag, &selector.0, &declared));
            }
        }
        for address in &options.replace {
            let address = address.to_string();
            if !self.by_address.contains_key(&address) && !self.is_skipped(&address) {
                found.push(self.no_match("replace", &address, &declared));
            }
        }
        self.diagnostics.extend(found);
    }

    /// A plan or apply of a part leaves the rest as it is, and says so.
    pub(crate) fn planning_partially(&self) -> Option<Diagnostic> {
        let flag = self.partial_by()?;
        let detail = format!(
            "You are creating a plan with the {flag} option, which means that the result of this plan may not represent all of the changes requested by the current configuration.\n\nThe {flag} option is not for routine use, and is provided only for exceptional situations such as recovering from errors or mistakes, or when artiform specifically suggests to use it as part of an error message."
        );
        Some(Diagnostic::warning("Resource targeting is in effect", detail))
    }

    /// Warns after an apply of a part that there may be more to do.
    pub(crate) fn applied_partially(&self) -> Option<Diagnostic> {
        let flag = self.partial_by()?;
        let detail = format!(
            "The plan was created with the {flag} option in effect, so some changes requested in the configuration may have been ignored and the output values may not be fully updated. Run the following command to verify that no other changes are pending:\n    artiform plan\n\nNote that the {flag} option is not suitable for routine use, and is provided only for exceptional situations such as recovering from errors or mistakes, or when artiform specifically suggests to use it as part of an error message."
        );
        Some(Diagnostic::warning("Applied changes may be incomplete", detail))
    }

    /// The option by which a part is planned.
    fn partial_by(&self) -> Option<&'static str> {
        let whole = self.selection.is_everything() || !self.options.imports.is_empty();
        let flag = if self.selection.has_targets() { "-target" } else { "-exclude" };
        (!whole).then_some(flag)
    }

    /// Whether a selector names an instance, or a declaration that has none right now.
    fn is_there(&self, selector: &Selector, declared: &[(NodeId, Declared)]) -> bool {
        let pattern = Pattern::new(selector);
        let names = |(node, declared): &(NodeId, Declared)| {
            let skipped = !self.selection.visits(*node);
            pattern.must_match(declared) || (skipped && pattern.may_match(declared))
        };
        declared.iter().any(names)
            || self.spots().iter().any(|(_, address)| pattern.matches(address))
            || self
                .prior
                .instances
                .keys()
                .any(|address| address.parse().is_ok_and(|address| pattern.matches(&address)))
    }

    fn no_match(&self, flag: &str, selector: &str, declared: &[(NodeId, Declared)]) -> Diagnostic {
        let detail =
            format!("Nothing in the configuration or the state matches -{flag}={selector}.");
        let diagnostic = Diagnostic::error("Address matches nothing", detail);
        let spots = self.spots();
        let instances = spots.iter().map(|(_, address)| address.to_string());
        let resources = declared.iter().map(|(_, declared)| declared.address.to_string());
        let modules = declared.iter().map(|(_, declared)| declared.address.module.to_string());
        let known: Vec<String> = instances
            .chain(resources)
            .chain(modules)
            .chain(self.prior.instances.keys().cloned())
            .filter(|name| !name.is_empty())
            .collect();
        match diagnostics::nearest_address(selector, known.iter().map(String::as_str)) {
            Some(near) => diagnostic.hint(format!("did you mean {near}?")),
            None => diagnostic.hint("list what there is with: artiform state list"),
        }
    }

    /// What moved must be planned at its new address: else the move would be lost or half done.
    pub(crate) fn refuse_unselected_moves(&self) -> Option<Diagnostic> {
        let planned = |address: &String| {
            self.by_address.get(address).is_some_and(|i| self.instances[*i].selected)
        };
        let moved = self.prior.instances.iter().filter(|(_, prior)| prior.previous.is_some());
        let missing: Vec<&String> =
            moved.map(|(address, _)| address).filter(|address| !planned(address)).collect();
        if self.selection.is_everything() || missing.is_empty() {
            return None;
        }
        let list: String = missing.iter().map(|address| format!("\n    {address}")).collect();
        let detail = format!(
            "These instances have moved to new addresses, and the selection leaves them out, so that their moves would be forgotten:{list}"
        );
        let diagnostic =
            Diagnostic::error("Moved resource instances excluded by targeting", detail);
        Some(diagnostic.hint("plan without -target and -exclude, or add them"))
    }
}
