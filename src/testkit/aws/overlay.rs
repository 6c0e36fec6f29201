//! What AWS does and moto does not, one file each.

pub mod dependencies;
pub mod nat_gateways;
pub mod quirks;
pub mod tokens;

use std::sync::Arc;

use super::clock::Clock;
use super::rule::Rule;

/// All of it, outermost first.
#[must_use]
pub fn all(clock: &Clock) -> Vec<Arc<dyn Rule>> {
    let gateways = nat_gateways::NatGateways::on(clock.clone());
    vec![
        // Before the states: a replayed answer tells the state as it is now.
        gateways.clone(),
        Arc::new(tokens::Tokens::default()),
        // It judges what would really be done, and asks the gateways for their states.
        Arc::new(dependencies::Dependencies::new(gateways)),
        // Innermost: everything else sees answers as AWS gives them.
        Arc::new(quirks::Quirks),
    ]
}
