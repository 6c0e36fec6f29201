//! A module: everything that one folder declares, and the modules that it calls.

use std::path::PathBuf;
use std::sync::Arc;

use diagnostics::Span;
use indexmap::IndexMap;
use lang::constraint::Constraint;
use lang::convert::ConvertError;
use lang::{Attribute, Body, Expr, Marks, ModuleAddress, Name, ResourceAddress, Traversal, Value};

use crate::{Provisioner, Resource, ResourceKey, Target};

/// What one folder declares. Every map is in source order, file after file.
#[derive(Clone, Debug, Default)]
pub struct Module {
    /// The calls from the root to here, without instance keys; empty in the root module.
    pub path: Vec<CallKey>,
    /// The folder that `path.module` names; of a topology the folder of the module that has it.
    pub folder: PathBuf,
    /// Set when it is the lowering of a topology block, which was generated and not read.
    pub generated: bool,
    /// Set when some of it could not be read, so that a name it lacks may be no mistake.
    pub incomplete: bool,
    pub variables: IndexMap<Name, Variable>,
    pub locals: IndexMap<Name, Local>,
    pub outputs: IndexMap<Name, Output>,
    /// Resources and data sources.
    pub resources: IndexMap<ResourceKey, Resource>,
    /// Module calls and topologies.
    pub calls: IndexMap<CallKey, ModuleCall>,
    pub providers: Vec<ProviderBlock>,
    pub required_providers: IndexMap<Name, RequiredProvider>,
    pub moved: Vec<Moved>,
    pub removed: Vec<Removed>,
    pub imports: Vec<Import>,
    pub checks: Vec<Check>,
}

/// The key of a module call: `module.NAME`, or `topology.NAME`, which is lowered into a module.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallKey {
    pub topology: bool,
    pub name: Name,
}

/// `module "NAME" { ... }`, or the call that a topology is lowered into.
#[derive(Clone, Debug)]
pub struct ModuleCall {
    pub name: Name,
    /// Set for a topology.
    pub topology: bool,
    /// The source as written; of a topology `topology "NAME"`.
    pub source: Name,
    pub source_span: Span,
    /// The values of the module's variables, to be evaluated in the calling module.
    pub inputs: IndexMap<Name, Attribute>,
    pub count: Option<Expr>,
    pub for_each: Option<Expr>,
    pub depends_on: Vec<Traversal>,
    /// The kinds of nested blocks, of which a call has none.
    pub blocks: Vec<(Name, Span)>,
    /// What the called module's provider names mean in the calling module.
    pub providers: IndexMap<ProviderRef, ProviderRef>,
    pub module: Arc<Module>,
    pub header_span: Span,
    /// The brace with which the block opens, where arguments are missing.
    pub opening: Span,
    pub span: Span,
}

/// `variable "NAME" { ... }`
#[derive(Clone, Debug)]
pub struct Variable {
    pub name: Name,
    pub constraint: Constraint,
    /// Text from the command line or the environment is the value itself and no expression.
    pub parse_literally: bool,
    /// The default as written; it refers to nothing.
    pub default: Option<Expr>,
    /// The default, converted by the constraint.
    pub default_value: Option<Value>,
    pub validations: Vec<CheckRule>,
    pub sensitive: bool,
    /// True unless `nullable = false`: a null value then means the default.
    pub nullable: bool,
    pub ephemeral: bool,
    pub description: Option<Name>,
    pub header_span: Span,
    pub span: Span,
}

impl Variable {
    /// A variable of any type that no block declares: what only the tests of a stack know.
    pub fn free(name: Name, place: Span) -> Self {
        Self {
            name,
            constraint: Constraint::any(),
            parse_literally: false,
            default: None,
            default_value: Some(Value::null(lang::Type::Dynamic)),
            validations: Vec::new(),
            sensitive: false,
            nullable: true,
            ephemeral: false,
            description: None,
            header_span: place,
            span: place,
        }
    }

    /// The value that a module's caller gives it, or its default, converted by its constraint.
    ///
    /// # Errors
    /// The value does not fit the type.
    pub fn accept(&self, given: Option<Value>) -> Result<Value, ConvertError> {
        let default = || self.default_value.clone();
        let value = match given {
            Some(value) if value.is_null() && !self.nullable => default().unwrap_or(value),
            Some(value) => value,
            None => default().unwrap_or_else(|| Value::null(self.constraint.ty.clone())),
        };
        Ok(self.marked(self.constraint.apply(&value)?))
    }

    /// The marks that the declaration gives to every value.
    #[must_use]
    pub fn marked(&self, value: Value) -> Value {
        let sensitive = if self.sensitive { Marks::SENSITIVE } else { Marks::NONE };
        let ephemeral = if self.ephemeral { Marks::EPHEMERAL } else { Marks::NONE };
        value.with_marks(sensitive | ephemeral)
    }
}

/// One attribute of a `locals` block.
#[derive(Clone, Debug)]
pub struct Local {
    pub name: Name,
    pub value: Expr,
    pub name_span: Span,
    pub span: Span,
}

/// `output "NAME" { ... }`
#[derive(Clone, Debug)]
pub struct Output {
    pub name: Name,
    pub value: Expr,
    pub sensitive: bool,
    pub ephemeral: bool,
    pub description: Option<Name>,
    pub preconditions: Vec<CheckRule>,
    pub depends_on: Vec<Traversal>,
    pub header_span: Span,
    pub span: Span,
}

/// `validation`, `precondition`, `postcondition` or `assert`: a condition and what to say when it is false.
#[derive(Clone, Debug)]
pub struct CheckRule {
    pub condition: Expr,
    pub error_message: Expr,
    pub header_span: Span,
    pub span: Span,
}

/// `check "NAME" { ... }`
#[derive(Clone, Debug)]
pub struct Check {
    pub name: Name,
    /// A data source that is read for this check alone and may fail with a warning.
    pub data: Option<Resource>,
    pub assertions: Vec<CheckRule>,
    pub header_span: Span,
    pub span: Span,
}

/// `provider "NAME" { ... }`
#[derive(Clone, Debug)]
pub struct ProviderBlock {
    pub name: Name,
    pub alias: Option<Name>,
    /// Everything but `alias` and `version`.
    pub body: Body,
    pub header_span: Span,
    pub span: Span,
}

/// The name of a provider configuration: `aws`, or `aws.west` with an alias.
#[derive(Clone, Debug)]
pub struct ProviderRef {
    pub name: Name,
    pub alias: Option<Name>,
    pub span: Span,
}

/// An entry of `required_providers`.
#[derive(Clone, Debug)]
pub struct RequiredProvider {
    pub name: Name,
    pub source: Option<Name>,
    pub version: Option<Name>,
    pub configuration_aliases: Vec<ProviderRef>,
    pub span: Span,
}

/// `moved { from = ... to = ... }`, both relative to the declaring module.
#[derive(Clone, Debug)]
pub struct Moved {
    pub from: MovedEndpoint,
    pub to: MovedEndpoint,
    pub span: Span,
}

/// One end of a `moved` block, or what a `removed` block names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum MovedEndpoint {
    /// A module call or one instance of it.
    Module(ModuleAddress),
    /// A resource (key none) or one instance of it.
    Resource(ResourceAddress),
}

impl std::fmt::Display for MovedEndpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Module(module) => write!(f, "{module}"),
            Self::Resource(resource) => write!(f, "{resource}"),
        }
    }
}

/// `removed { from = ... lifecycle { destroy = false } }`
#[derive(Clone, Debug)]
pub struct Removed {
    /// Without instance keys, relative to the declaring module.
    pub from: MovedEndpoint,
    /// False means: forget it and let it live.
    pub destroy: bool,
    /// What runs before what it names is destroyed.
    pub provisioners: Vec<Provisioner>,
    pub span: Span,
}

/// `import { to = ... id = ... }`
#[derive(Clone, Debug)]
pub struct Import {
    pub to: Target,
    pub id: Expr,
    pub for_each: Option<Expr>,
    pub provider: Option<ProviderRef>,
    pub span: Span,
}

impl Module {
    /// Names the module as messages do: `the root module`, `module.network`.
    pub fn display_name(&self) -> String {
        if self.path.is_empty() {
            return "the root module".into();
        }
        self.path.iter().map(CallKey::to_string).collect::<Vec<_>>().join(".")
    }
}

impl CallKey {
    pub fn module(name: impl Into<Name>) -> Self {
        Self { topology: false, name: name.into() }
    }

    pub fn topology(name: impl Into<Name>) -> Self {
        Self { topology: true, name: name.into() }
    }
}

impl std::fmt::Display for CallKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", if self.topology { "topology" } else { "module" }, self.name)
    }
}

impl ProviderRef {
    /// The name and alias, apart from the place where they stand.
    fn names(&self) -> (&Name, Option<&Name>) {
        (&self.name, self.alias.as_ref())
    }
}

impl PartialEq for ProviderRef {
    fn eq(&self, other: &Self) -> bool {
        self.names() == other.names()
    }
}

impl Eq for ProviderRef {}

impl std::hash::Hash for ProviderRef {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.names().hash(state);
    }
}

impl std::fmt::Display for ProviderRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.name)?;
        self.alias.iter().try_for_each(|alias| write!(f, ".{alias}"))
    }
}
