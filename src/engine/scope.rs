//! What names mean inside a module instance.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use config::{Config, Referent, referent};
use diagnostics::{Diagnostic, Span, did_you_mean};
use lang::functions::FunctionContext;
use lang::{Data, Name, Resolved, Scope, Step, Traversal, Type, Value};

use crate::tables::{Expansion, Ordinal, Repetition, Tables};
use crate::tree::{ModuleId, NodeId};

/// What is the same at every place of a run.
#[derive(Clone)]
pub(crate) struct Surroundings {
    pub config: Arc<Config>,
    pub functions: FunctionContext,
    /// The stack's folder: what relative paths start from.
    pub folder: PathBuf,
    pub workspace: Name,
    /// Checking without values: what resources and modules give is not known.
    pub checking: bool,
}

/// One module instance, and one resource instance in it where there is one.
#[derive(Clone, Copy)]
pub(crate) struct ModuleScope<'a> {
    pub tables: &'a Tables,
    pub surroundings: &'a Surroundings,
    pub module: ModuleId,
    pub ordinal: Ordinal,
    pub repetition: Option<&'a Repetition>,
    /// What `self` means, in postconditions.
    pub own: Option<&'a Value>,
    /// The data source of the `check` block around, which nothing else can name.
    pub scoped: Option<&'a (config::ResourceKey, Value)>,
}

type Answer = Result<Resolved, Box<Diagnostic>>;

impl ModuleScope<'_> {
    fn value(&self, node: Option<&NodeId>, steps: usize) -> Answer {
        let value = node.and_then(|node| self.tables.value(*node, self.ordinal)).cloned();
        Ok(Resolved { value: value.unwrap_or_else(|| Value::unknown(Type::Dynamic)), steps })
    }

    /// A resource or one of its instances, which has the attributes that its schema gives it.
    fn resource(
        &self,
        node: Option<&NodeId>,
        steps: usize,
        (traversal, keys): (&Traversal, &[Option<Value>]),
    ) -> Answer {
        if self.surroundings.checking {
            return self.checked(node, steps, traversal);
        }
        let resolved = self.instances(node, steps, keys)?;
        match traversal.steps.get(resolved.steps) {
            Some(Step::Attribute(name, span)) => {
                let mistake = unsupported(&resolved.value, name);
                mistake.map_or(Ok(resolved), |mistake| Err(Box::new(mistake.at(*span))))
            }
            _ => Ok(resolved),
        }
    }

    /// While values do not count, only the schema says what is wrong with a reference to a resource; which
    /// instances there are does not count either.
    fn checked(&self, node: Option<&NodeId>, steps: usize, traversal: &Traversal) -> Answer {
        let unknown =
            Ok(Resolved { value: Value::unknown(Type::Dynamic), steps: traversal.steps.len() });
        let table = node.and_then(|node| self.tables.resource(*node, self.ordinal));
        let Some(mut value) = table.and_then(|table| table.values.first()).cloned() else {
            return unknown;
        };
        let mut rest = &traversal.steps[steps..];
        if let [Step::Index(..), after @ ..] = rest {
            rest = after;
        }
        for (depth, step) in rest.iter().enumerate() {
            let (name, span) = match step {
                Step::Attribute(name, span) => (name, span),
                Step::Index(key, span) if depth == 0 => {
                    let name = key.as_literal().and_then(Value::as_str).unwrap_or("...");
                    return Err(Box::new(only_attributes(name).at(*span)));
                }
                Step::Index(key, span) => {
                    let Some(key) = key.as_literal() else { return unknown };
                    value = lang::operate::index(&value, key).map_err(|error| {
                        Box::new(Diagnostic::error(error.summary, error.detail).at(*span))
                    })?;
                    continue;
                }
            };
            if let Some(mistake) = unsupported(&value, name).filter(|_| depth == 0) {
                return Err(Box::new(mistake.at(*span)));
            }
            value = lang::operate::attribute(&value, name).map_err(|error| {
                Box::new(Diagnostic::error(error.summary, error.detail).at(*span))
            })?;
        }
        unknown
    }

    fn instances(&self, node: Option<&NodeId>, steps: usize, keys: &[Option<Value>]) -> Answer {
        let table = node.and_then(|node| self.tables.resource(*node, self.ordinal));
        let Some(table) = table else {
            return Ok(Resolved { value: Value::unknown(Type::Dynamic), steps });
        };
        if let Some(key) = keys.get(steps).and_then(Option::as_ref)
            && let Some(index) = table.expansion.find(key)
        {
            // An element is answered from storage; the whole list is never built for it.
            let value = table.values[index].clone().with_marks(key.marks);
            return Ok(Resolved { value, steps: steps + 1 });
        }
        Ok(Resolved { value: table.whole(), steps })
    }

    fn call(
        &self,
        child: ModuleId,
        steps: usize,
        (traversal, keys): (&Traversal, &[Option<Value>]),
    ) -> Answer {
        if self.surroundings.checking {
            return Ok(Resolved { value: self.tables.call_type(child), steps });
        }
        let whole = || Ok(Resolved { value: self.tables.call(child, self.ordinal), steps });
        let table = self.tables.module(child);
        let Some((expansion, start)) = table.expansions.get(self.ordinal as usize) else {
            return whole();
        };
        let key = keys.get(steps).and_then(Option::as_ref);
        let (index, consumed) = match (expansion, key) {
            (Expansion::Single, _) => (0, steps),
            (_, Some(key)) => match expansion.find(key) {
                Some(index) => (index, steps + 1),
                None => return whole(),
            },
            _ => return whole(),
        };
        let ordinal = start + u32::try_from(index).unwrap_or(0);
        let Some(Step::Attribute(name, _)) = traversal.steps.get(consumed) else {
            let value = self.tables.outputs(child, ordinal);
            return Ok(Resolved { value, steps: consumed });
        };
        match self.tables.tree.module(child).outputs.get(name) {
            Some(node) => {
                let value = self.tables.value(*node, ordinal).cloned();
                let value = value.unwrap_or_else(|| Value::unknown(Type::Dynamic));
                Ok(Resolved { value, steps: consumed + 1 })
            }
            None => Ok(Resolved { value: self.tables.outputs(child, ordinal), steps: consumed }),
        }
    }

    /// `each.key`, `each.value`, `count.index`: the attribute is answered at once.
    fn repetition(&self, traversal: &Traversal) -> Answer {
        let attribute = match traversal.steps.first() {
            Some(Step::Attribute(name, _)) => &**name,
            _ => "",
        };
        let value = match (self.repetition, &*traversal.root, attribute) {
            (Some(Repetition::Each(key, _)), "each", "key") => key.clone(),
            (Some(Repetition::Each(_, value)), "each", "value") => value.clone(),
            (Some(Repetition::Count(index)), "count", "index") => index.clone(),
            (Some(Repetition::Unknown), "each", "key") => Value::unknown(Type::String),
            (Some(Repetition::Unknown), "count", "index") => Value::unknown(Type::Number),
            (Some(Repetition::Unknown), ..) => Value::unknown(Type::Dynamic),
            _ => return Err(Box::new(out_of_place(traversal))),
        };
        Ok(Resolved { value, steps: 1 })
    }

    fn path(&self, traversal: &Traversal) -> Answer {
        let folder = &self.tables.tree.module(self.module).config.folder;
        let text = match traversal.steps.first() {
            Some(Step::Attribute(name, _)) if &**name == "module" => {
                relative(folder, &self.surroundings.folder)
            }
            Some(Step::Attribute(name, _)) if &**name == "cwd" => self.functions().called_from(),
            _ => ".".to_owned(),
        };
        Ok(Resolved { value: Value::string(text), steps: 1 })
    }
}

/// An attribute that no object of the resource's type has.
fn unsupported(value: &Value, name: &Name) -> Option<Diagnostic> {
    let known: Vec<&str> = match &value.data {
        Data::Object(entries) if !entries.contains_key(name) => {
            entries.keys().map(|known| &**known).collect()
        }
        Data::Unknown(Type::Object(types), _) if !types.contains_key(name) => {
            types.keys().map(|known| &**known).collect()
        }
        _ => return None,
    };
    Some(unsupported_attribute(name, known))
}

/// The mistake of an attribute that is none of those that an object of the resource's type has.
pub fn unsupported_attribute<'a>(
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    let near = did_you_mean(name, known);
    let near = near.map_or(String::new(), |near| format!(" Did you mean \"{near}\"?"));
    let detail = format!(
        "This object has no argument, nested block, or exported attribute named \"{name}\".{near}"
    );
    Diagnostic::error("Unsupported attribute", detail)
}

/// A resource has attributes, and no elements.
fn only_attributes(name: &str) -> Diagnostic {
    let detail = format!(
        "Only attribute access is allowed here. Did you mean to access attribute \"{name}\" using the dot operator?"
    );
    Diagnostic::error("Invalid index operation", detail)
}

/// `terraform.applying`: whether it is so must leave no trace in what is planned.
fn is_applying(traversal: &Traversal) -> bool {
    matches!(traversal.steps.first(), Some(Step::Attribute(name, _)) if &**name == "applying")
}

fn out_of_place(traversal: &Traversal) -> Diagnostic {
    let (root, needs) = match &*traversal.root {
        "each" => ("each", "for_each"),
        _ => ("count", "count"),
    };
    Diagnostic::error(
        format!("Reference to \"{root}\" in context without {needs}"),
        format!("The \"{root}\" object can be used only where the \"{needs}\" argument is set."),
    )
    .at(traversal.span)
}

/// A module's folder as seen from the stack's: `.`, `../modules/site`, or as it is.
fn relative(folder: &Path, base: &Path) -> String {
    // A stack in `.` is in no folder that is named.
    let base: PathBuf = base.components().filter(|part| *part != Component::CurDir).collect();
    let inside = folder.strip_prefix(&base).ok().map(Path::to_path_buf);
    let outside = || {
        let common = folder.components().zip(base.components()).take_while(|(a, b)| a == b).count();
        let up = base.components().skip(common).map(|_| "..");
        let down = folder.components().skip(common).map(|part| part.as_os_str().to_owned());
        up.map(Into::into).chain(down).collect::<PathBuf>()
    };
    let path = inside.unwrap_or_else(outside);
    if path.as_os_str().is_empty() { ".".into() } else { path.to_string_lossy().into_owned() }
}

impl Scope for ModuleScope<'_> {
    fn resolve(&self, traversal: &Traversal, keys: &[Option<Value>]) -> Answer {
        let (referent, steps) = referent(traversal)?;
        let module = self.tables.tree.module(self.module);
        match referent {
            Referent::Variable(name) => self.value(module.variables.get(&name), steps),
            Referent::Local(name) => self.value(module.locals.get(&name), steps),
            Referent::Resource(key) if self.scoped.is_some_and(|(own, _)| *own == key) => {
                let value = self.scoped.map(|(_, value)| value.clone());
                let value = value.unwrap_or_else(|| Value::unknown(Type::Dynamic));
                Ok(Resolved { value, steps })
            }
            Referent::Resource(key) => {
                let whole = module.resources.get(&key);
                self.resource(whole, steps, (traversal, keys))
            }
            Referent::Module(key) => match module.children.get(&key) {
                Some(child) => self.call(*child, steps, (traversal, keys)),
                None => Ok(Resolved { value: Value::unknown(Type::Dynamic), steps }),
            },
            Referent::Region => Ok(Resolved { value: self.tables.regions.clone(), steps: 0 }),
            Referent::Each | Referent::Count => self.repetition(traversal),
            Referent::Self_ => {
                let value = self.own.cloned();
                let value = value.unwrap_or_else(|| Value::unknown(Type::Dynamic));
                Ok(Resolved { value, steps: 0 })
            }
            Referent::Path => self.path(traversal),
            Referent::Terraform if is_applying(traversal) => {
                let value = Value::unknown(Type::Bool).with_marks(lang::Marks::EPHEMERAL);
                Ok(Resolved { value, steps: 1 })
            }
            Referent::Terraform => {
                Ok(Resolved { value: Value::string(self.surroundings.workspace.clone()), steps: 1 })
            }
        }
    }

    fn place(&self, span: Span) -> Option<String> {
        config::place(&self.surroundings.config.sources, span)
    }

    fn functions(&self) -> &FunctionContext {
        &self.surroundings.functions
    }
}
