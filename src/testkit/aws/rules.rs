//! The faults, one file each.

mod delay;
mod kill;
mod lose;
mod refuse;
mod stale;

pub use delay::Delay;
pub use kill::{Kill, Moment};
pub use lose::Lose;
pub use refuse::Refuse;
pub use stale::Stale;
