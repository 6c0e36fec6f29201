//! What a finished plan or apply knows: the root module's names, for expressions that look at it later.

use std::fmt;

use diagnostics::Diagnostic;
use lang::functions::FunctionContext;
use lang::{Resolved, Scope, Traversal, Value};

use crate::options::Planned;
use crate::scope::ModuleScope;
use crate::tree::Tree;
use crate::walk::Run;

/// Everything that an apply evaluated.
pub struct Evaluated(pub(crate) Run);

impl fmt::Debug for Evaluated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Evaluated").field(&self.0.stack).finish()
    }
}

impl Evaluated {
    /// The root module's names as they are after apply.
    pub fn root_scope(&self) -> RootScope<'_> {
        RootScope(root(&self.0))
    }
}

impl Planned {
    /// The root module's names as they are planned.
    pub fn root_scope(&self) -> RootScope<'_> {
        RootScope(root(&self.run))
    }
}

/// The root module of a run from inside.
pub(crate) fn root(run: &Run) -> ModuleScope<'_> {
    ModuleScope {
        tables: &run.tables,
        surroundings: &run.surroundings,
        module: Tree::ROOT,
        ordinal: 0,
        repetition: None,
        own: None,
        scoped: None,
    }
}

/// The root module from inside, outputs included.
pub struct RootScope<'a>(ModuleScope<'a>);

impl RootScope<'_> {
    /// All outputs as an object.
    pub fn outputs(&self) -> Value {
        self.0.tables.outputs(Tree::ROOT, 0)
    }
}

impl Scope for RootScope<'_> {
    fn resolve(
        &self,
        traversal: &Traversal,
        keys: &[Option<Value>],
    ) -> Result<Resolved, Box<Diagnostic>> {
        self.0.resolve(traversal, keys)
    }

    fn functions(&self) -> &FunctionContext {
        self.0.functions()
    }
}
