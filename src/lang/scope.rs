//! What names mean: the seam between the evaluator and whoever evaluates.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use diagnostics::{Diagnostic, Span};

use crate::functions::{FunctionContext, World};
use crate::{Name, Traversal, Value};

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

    /// A place as messages name it, such as `main.tf:3,5-9`, where the scope knows its files.
    fn place(&self, _span: Span) -> Option<String> {
        None
    }

    /// What impure functions may see: base path, clock and so on.
    fn functions(&self) -> &FunctionContext;
}

/// A value, and how many steps of the reference it answers.
#[derive(Clone, Debug)]
pub struct Resolved {
    pub value: Value,
    pub steps: usize,
}

/// A scope in which no name means anything, for expressions that must be constant.
pub struct EmptyScope {
    functions: FunctionContext,
}

impl EmptyScope {
    /// Functions find an empty world: no files, no time, no chance.
    pub fn new() -> Self {
        Self { functions: FunctionContext::nowhere() }
    }
}

impl Default for EmptyScope {
    fn default() -> Self {
        Self::new()
    }
}

impl Scope for EmptyScope {
    fn resolve(
        &self,
        traversal: &Traversal,
        _keys: &[Option<Value>],
    ) -> Result<Resolved, Box<Diagnostic>> {
        let diagnostic =
            Diagnostic::error("Variables not allowed", "Variables may not be used here.");
        Err(Box::new(diagnostic.at(traversal.root_span)))
    }

    fn functions(&self) -> &FunctionContext {
        &self.functions
    }
}

/// A scope of plain variables: templates, tests, the values of one object.
pub struct ObjectScope {
    pub variables: BTreeMap<Name, Value>,
    functions: FunctionContext,
}

impl ObjectScope {
    pub fn new(variables: BTreeMap<Name, Value>, functions: FunctionContext) -> Self {
        Self { variables, functions }
    }
}

impl Scope for ObjectScope {
    fn resolve(
        &self,
        traversal: &Traversal,
        _keys: &[Option<Value>],
    ) -> Result<Resolved, Box<Diagnostic>> {
        let root = &*traversal.root;
        if let Some(value) = self.variables.get(root) {
            return Ok(Resolved { value: value.clone(), steps: 0 });
        }
        let names = self.variables.keys().map(|name| &**name);
        let near = diagnostics::did_you_mean(root, names);
        let near = near.map_or(String::new(), |near| format!(" Did you mean \"{near}\"?"));
        let detail = format!("There is no variable named \"{root}\".{near}");
        Err(Box::new(Diagnostic::error("Unknown variable", detail).at(traversal.root_span)))
    }

    fn functions(&self) -> &FunctionContext {
        &self.functions
    }
}

impl FunctionContext {
    /// A context without any world: files are missing, time and randomness unknown.
    pub fn nowhere() -> Self {
        let (plan_time, world) = (Arc::from(""), Arc::new(Nowhere));
        Self { base: PathBuf::from("."), plan_time, world, console: true }
    }
}

struct Nowhere;

impl World for Nowhere {
    fn read(&self, _: &Path) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn is_file(&self, _: &Path) -> io::Result<bool> {
        Ok(false)
    }

    fn list(&self, _: &Path) -> io::Result<Vec<String>> {
        Ok(Vec::new())
    }

    fn home(&self) -> Option<PathBuf> {
        None
    }

    fn called_from(&self) -> Option<PathBuf> {
        None
    }

    fn now(&self) -> Option<String> {
        None
    }

    fn random(&self, _: usize) -> Option<Vec<u8>> {
        None
    }
}
