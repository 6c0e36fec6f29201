//! Schemas: which attributes and nested blocks a block may hold, and how each behaves.

use std::collections::BTreeMap;

use lang::{Name, Path, PathStep, Type, Value};

/// The attributes and nested blocks of a resource type, data source or provider block.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// Raised when recorded attributes of an older version need to be upgraded.
    pub version: u32,
    pub description: &'static str,
    pub attributes: BTreeMap<Name, Attribute>,
    pub blocks: BTreeMap<Name, NestedBlock>,
}

/// One attribute: its type, who sets it and what a change of it means.
#[derive(Clone, Debug)]
pub struct Attribute {
    pub ty: Type,
    pub required: bool,
    pub optional: bool,
    /// The provider may decide the value where the user does not.
    pub computed: bool,
    pub sensitive: bool,
    /// Handed to the provider, never kept in plan or state.
    pub write_only: bool,
    /// A change of it cannot be made in place.
    pub forces_replacement: bool,
    pub class: AttributeClass,
    /// The value where the user sets none and the provider decides nothing.
    pub default: Option<Value>,
    /// Decides its own value anew whenever one of these attributes changes.
    pub recomputed_with: &'static [&'static str],
    pub validator: Option<Validator>,
    /// Tells whether two values mean the same, such as two spellings of one JSON policy.
    pub same: Option<fn(&Value, &Value) -> bool>,
    pub description: &'static str,
}

/// Checks a known, non-null value; the message completes `Invalid value for "name": ...`.
pub type Validator = fn(&Value) -> Result<(), String>;

/// Whose attribute it is, so that drift of what nobody owns makes no noise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttributeClass {
    /// The user's, wherever the user sets it.
    Owned,
    /// Decided once by the provider; a later change in the world is drift.
    Defaulted,
    /// Moves by itself (sizes, times, addresses of instances): never drift.
    Observed,
}

/// A nested block such as `ingress { ... }`.
#[derive(Clone, Debug)]
pub struct NestedBlock {
    pub nesting: Nesting,
    pub schema: Schema,
    pub least: usize,
    /// 0 means without limit.
    pub most: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// An object, null where the block is not there.
    Single,
    List,
    Set,
    /// By its one label.
    Map,
}

impl Attribute {
    /// An attribute that the user must set.
    pub fn required(ty: Type) -> Self {
        Self { required: true, ..Self::new(ty) }
    }

    /// An attribute that the user may set.
    pub fn optional(ty: Type) -> Self {
        Self { optional: true, ..Self::new(ty) }
    }

    /// An attribute that only the provider decides.
    pub fn computed(ty: Type) -> Self {
        Self { computed: true, class: AttributeClass::Defaulted, ..Self::new(ty) }
    }

    fn new(ty: Type) -> Self {
        Self {
            ty,
            required: false,
            optional: false,
            computed: false,
            sensitive: false,
            write_only: false,
            forces_replacement: false,
            class: AttributeClass::Owned,
            default: None,
            recomputed_with: &[],
            validator: None,
            same: None,
            description: "",
        }
    }

    /// The provider decides where the user does not.
    #[must_use]
    pub fn or_computed(self) -> Self {
        Self { computed: true, ..self }
    }

    #[must_use]
    pub fn sensitive(self) -> Self {
        Self { sensitive: true, ..self }
    }

    #[must_use]
    pub fn write_only(self) -> Self {
        Self { write_only: true, ..self }
    }

    #[must_use]
    pub fn forces_replacement(self) -> Self {
        Self { forces_replacement: true, ..self }
    }

    /// Moves by itself, so that a difference is never drift.
    #[must_use]
    pub fn observed(self) -> Self {
        Self { class: AttributeClass::Observed, ..self }
    }

    #[must_use]
    pub fn default(self, value: Value) -> Self {
        Self { default: Some(value), ..self }
    }

    /// Becomes unknown in a plan that changes one of the named attributes.
    #[must_use]
    pub fn recomputed_with(self, names: &'static [&'static str]) -> Self {
        Self { recomputed_with: names, ..self }
    }

    #[must_use]
    pub fn validated(self, validator: Validator) -> Self {
        Self { validator: Some(validator), ..self }
    }

    #[must_use]
    pub fn same_when(self, same: fn(&Value, &Value) -> bool) -> Self {
        Self { same: Some(same), ..self }
    }

    #[must_use]
    pub fn describe(self, description: &'static str) -> Self {
        Self { description, ..self }
    }

    /// Tells whether the user may set it.
    pub fn is_configurable(&self) -> bool {
        self.required || self.optional
    }
}

impl NestedBlock {
    pub fn new(nesting: Nesting, schema: Schema) -> Self {
        Self { nesting, schema, least: 0, most: usize::from(nesting == Nesting::Single) }
    }

    #[must_use]
    pub fn at_least(self, least: usize) -> Self {
        Self { least, ..self }
    }

    #[must_use]
    pub fn at_most(self, most: usize) -> Self {
        Self { most, ..self }
    }
}

impl Schema {
    pub fn new<const N: usize>(attributes: [(&str, Attribute); N]) -> Self {
        let attributes =
            attributes.into_iter().map(|(name, attribute)| (Name::from(name), attribute));
        Self { attributes: attributes.collect(), ..Self::default() }
    }

    #[must_use]
    pub fn describe(self, description: &'static str) -> Self {
        Self { description, ..self }
    }

    #[must_use]
    pub fn block(mut self, name: &str, block: NestedBlock) -> Self {
        self.blocks.insert(name.into(), block);
        self
    }

    /// The type of a decoded block: an object with every attribute and every nested block.
    pub fn object_type(&self) -> Type {
        let attributes = self.attributes.iter().map(|(name, a)| (name.clone(), a.ty.clone()));
        let blocks = self.blocks.iter().map(|(name, block)| (name.clone(), block.value_type()));
        Type::object(attributes.chain(blocks))
    }

    /// An object with every attribute null and every nested block empty.
    pub fn empty_object(&self) -> Value {
        let attributes =
            self.attributes.iter().map(|(name, a)| (name.clone(), Value::null(a.ty.clone())));
        let blocks = self.blocks.iter().map(|(name, block)| (name.clone(), block.empty()));
        Value::object(attributes.chain(blocks))
    }

    /// An object with every default set, all else null and every nested block empty: what a thing is that
    /// nobody has described yet.
    pub fn default_object(&self) -> Value {
        let empty = self.empty_object();
        let entries = empty.entries().cloned().unwrap_or_default();
        let defaults = self.attributes.iter();
        let defaults = defaults.filter_map(|(name, a)| Some((name.clone(), a.default.clone()?)));
        Value::object(entries.into_iter().chain(defaults))
    }

    /// The attribute that a path leads to, through nested blocks.
    pub fn attribute_at(&self, path: &Path) -> Option<&Attribute> {
        let mut schema = self;
        for step in &path.0 {
            let PathStep::Attribute(name) = step else { continue };
            match schema.blocks.get(name) {
                Some(block) => schema = &block.schema,
                None => return schema.attributes.get(name),
            }
        }
        None
    }

    /// The paths of all sensitive attributes that a value holds, as they stand in it.
    pub fn sensitive_paths(&self, value: &Value) -> Vec<Path> {
        let mut paths = Vec::new();
        self.collect_sensitive(value, &Path::root(), &mut paths);
        paths
    }

    fn collect_sensitive(&self, value: &Value, at: &Path, paths: &mut Vec<Path>) {
        for (name, attribute) in &self.attributes {
            let set = value.get(name).is_some_and(|value| !value.is_null());
            if attribute.sensitive && set {
                paths.push(at.then(PathStep::Attribute(name.clone())));
            }
        }
        for (name, block) in &self.blocks {
            let Some(nested) = value.get(name) else { continue };
            let at = at.then(PathStep::Attribute(name.clone()));
            if block.nesting == Nesting::Single {
                block.schema.collect_sensitive(nested, &at, paths);
            }
            for (i, element) in nested.elements().unwrap_or_default().iter().enumerate() {
                let index = lang::Key::Int(i64::try_from(i).unwrap_or(i64::MAX));
                block.schema.collect_sensitive(element, &at.then(PathStep::Index(index)), paths);
            }
        }
    }
}

impl NestedBlock {
    pub(crate) fn value_type(&self) -> Type {
        let object = self.schema.object_type();
        match self.nesting {
            Nesting::Single => object,
            Nesting::List => Type::list(object),
            Nesting::Set => Type::set(object),
            Nesting::Map => Type::map(object),
        }
    }

    fn empty(&self) -> Value {
        let object = self.schema.object_type();
        match self.nesting {
            Nesting::Single => Value::null(object),
            Nesting::List => Value::list(object, []),
            Nesting::Set => lang::Data::Set(object, [].into()).into(),
            Nesting::Map => Value::map(object, BTreeMap::new()),
        }
    }
}
