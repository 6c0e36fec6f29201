//! `state replace-provider`: puts instances under another provider.

use std::sync::Arc;

use diagnostics::{Diagnostic, did_you_mean};
use state::{Change, InstanceState};

use super::edit::{self, Edit};
use crate::context::{Context, FAILURE, Failure, Outcome, SUCCESS};
use crate::{providers, stack};

/// Put what one provider manages under another one
///
/// A provider is its name, as in the configuration; of an address such as hashicorp/aws the last part
/// counts. Aliases stay.
#[derive(Clone, Debug, clap::Args)]
pub struct ReplaceProvider {
    /// The provider that the state names now
    #[arg(value_name = "FROM")]
    from: String,
    /// The provider that takes its place
    #[arg(value_name = "TO")]
    to: String,
    /// Do not ask before changing the state
    #[arg(long)]
    auto_approve: bool,
    #[command(flatten)]
    edit: Edit,
}

impl ReplaceProvider {
    pub fn run(&self, context: &Context) -> Outcome {
        let (from, to) = (name(&self.from), name(&self.to));
        check(to)?;
        let store = self.edit.open("state replace-provider", context)?;
        let snapshot = store.snapshot();
        let changed: Vec<InstanceState> =
            snapshot.instances.values().filter_map(|one| replaced(one, (from, to))).collect();
        let ui = &context.ui;
        if changed.is_empty() {
            ui.line("No matching resources found.");
            return Ok(SUCCESS);
        }
        let list: String = changed.iter().map(|one| format!("  {}\n", one.address)).collect();
        let count = changed.len();
        ui.print(&format!(
            "artiform will perform the following actions:\n\n  ~ Updating provider:\n    - {from}\n    + {to}\n\nChanging {count} resources:\n\n{list}"
        ));
        if !self.approved(context)? {
            ui.line("Cancelled replacing providers.");
            return Ok(FAILURE);
        }
        let changes = changed.into_iter().map(|one| Change::PutInstance(Arc::new(one)));
        edit::commit(store, changes.collect())?;
        ui.line(&format!("\nSuccessfully replaced provider for {count} resources."));
        Ok(SUCCESS)
    }

    fn approved(&self, context: &Context) -> Result<bool, Box<Failure>> {
        if self.auto_approve {
            return Ok(true);
        }
        if !context.ui.can_ask() {
            let detail = "Nobody can be asked, because the standard input is not a terminal. Confirm beforehand with --auto-approve.";
            return Err(Failure::error("Approval is required", detail));
        }
        context.ui.print(
            "\nDo you want to make these changes?\nOnly 'yes' will be accepted to continue.\n\nEnter a value: ",
        );
        Ok(stack::read_line().as_deref() == Some("yes"))
    }
}

/// The provider's name in an address: `registry.example.com/hashicorp/aws` means `aws`.
fn name(text: &str) -> &str {
    text.rsplit('/').next().unwrap_or(text)
}

fn check(name: &str) -> Result<(), Box<Failure>> {
    let registry = providers::registry();
    if registry.provider(name).is_some() {
        return Ok(());
    }
    let detail = format!("This build of artiform has no provider \"{name}\".");
    let diagnostic = Diagnostic::error("Unknown provider", detail);
    let known = registry.providers().iter().map(|provider| provider.name());
    Err(match did_you_mean(name, known) {
        Some(near) => diagnostic.hint(format!("did you mean {near}?")).into(),
        None => diagnostic.hint("`artiform providers` lists those that it has").into(),
    })
}

/// The instance under the other provider, if it was under the one.
fn replaced(instance: &InstanceState, (from, to): (&str, &str)) -> Option<InstanceState> {
    let alias = instance.provider.strip_prefix(from)?;
    if !alias.is_empty() && !alias.starts_with('.') {
        return None;
    }
    Some(InstanceState { provider: format!("{to}{alias}"), ..instance.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_stay_and_other_providers_too() {
        let instance = |provider: &str| InstanceState {
            provider: provider.into(),
            ..InstanceState::default()
        };
        let after = |provider: &str| {
            replaced(&instance(provider), ("aws", "other")).map(|instance| instance.provider)
        };
        assert_eq!(after("aws").as_deref(), Some("other"));
        assert_eq!(after("aws.west").as_deref(), Some("other.west"));
        assert_eq!(after("awsome"), None);
        assert_eq!(name("registry.example.com/hashicorp/aws"), "aws");
    }
}
