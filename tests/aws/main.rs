//! The AWS provider, through the built command, against an emulator that others wrote and a proxy that injects faults.

mod calls;
mod chaos;
mod conformance;
mod crash;
mod credentials;
mod fates;
mod lifecycle;
mod mistakes;
mod network;
mod stack;
mod throttling;
mod world;
