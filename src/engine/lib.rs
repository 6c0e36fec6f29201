//! The graph that turns configuration and state into a plan, and a plan into the world.
//!
//! [`plan`] walks all declarations in dependency order ([`walk`]), reads what is recorded in batches
//! ([`prior`]) and decides what happens to each instance ([`instance`]). [`apply`] builds the execution
//! graph ([`steps`]) and obeys it: each change is durable in the journal before the next step starts.

mod apply;
mod blocked;
mod conditions;
mod deferred;
mod dependency;
mod evaluated;
mod events;
mod expand;
mod explain;
mod graph;
mod import;
mod instance;
mod lifecycle;
mod moves;
mod operation;
mod options;
mod pending;
mod perform;
mod planning;
mod prior;
mod provision;
mod record;
mod refreshed;
mod relevant;
mod removal;
mod renew;
mod resources;
mod rules;
mod scope;
mod scoped;
mod selection;
mod steps;
mod tables;
#[cfg(test)]
mod tests;
mod timeouts;
mod tree;
mod trigger;
mod values;
mod walk;

pub use apply::{Applied, ApplyOptions, apply};
pub use evaluated::{Evaluated, RootScope};
pub use events::{Event, Events, ImportStage, Named, ProvisionStage};
pub use explain::{Cause, Explanation, Link, Outcome, Why, explain};
pub use options::{ImportTarget, PlanInput, PlanOptions, Planned, Planning, Selector};
pub use planning::{plan, validate};
pub use rules::is_of_check;
pub use scope::unsupported_attribute;
