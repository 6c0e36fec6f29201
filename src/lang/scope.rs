//! What names mean: the seam between the evaluator and whoever evaluates.

use diagnostics::Diagnostic;

use crate::functions::FunctionContext;
use crate::{Traversal, Value};

/// Knows what references mean at one place (a module instance, a resource instance).
pub trait Scope {
    /// Resolves the root of a reference and as many of its steps as it knows.
    ///
    /// `keys` holds, for each leading `Step::Index`, the evaluated key (one entry a step, `None` for
    /// attribute steps), so that `a[0].x` can be answered from storage without building `a`.
    /// The evaluator applies the steps that are left over.
    fn resolve(
        &self,
        traversal: &Traversal,
        keys: &[Option<Value>],
    ) -> Result<Resolved, Box<Diagnostic>>;

    /// What impure functions may see: base path, clock and so on.
    fn functions(&self) -> &FunctionContext;
}

/// A value, and how many steps of the reference it answers.
#[derive(Clone, Debug)]
pub struct Resolved {
    pub value: Value,
    pub steps: usize,
}
