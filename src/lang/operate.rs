//! What operators and steps do to values: unknown and marks travel through.

mod arithmetic;
mod equality;
mod step;

pub use arithmetic::{and, arithmetic, compare, negate, not, or};
pub use equality::equal;
pub use step::{StepError, attribute, index};
