//! The built command in folders of its own: what people type, what it says, what it leaves.

mod crash;
mod explain;
mod fates;
mod formatting;
mod importing;
mod interrupts;
mod messages;
mod mistakes;
mod modules;
mod provisioners;
mod remote_state;
mod selecting;
mod servers;
mod snippets;
mod testing;
mod testing_cases;
mod tools;
mod workflow;
mod workspaces;
