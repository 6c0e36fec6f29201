//! What a reference refers to, by its words alone.

use diagnostics::{Diagnostic, Span, did_you_mean};
use lang::{Expr, Name, ResourceMode, Step, Traversal};

use crate::{CallKey, ResourceKey};

/// What the first words of a reference name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Referent {
    /// `var.NAME`
    Variable(Name),
    /// `local.NAME`
    Local(Name),
    /// `TYPE.NAME`, `resource.TYPE.NAME` or `data.TYPE.NAME`
    Resource(ResourceKey),
    /// `module.NAME` or `topology.NAME`; the instance key and the output are left over.
    Module(CallKey),
    /// `region`: the map of the stack's regions, of which no step is consumed.
    Region,
    /// `each`: `key` or `value` is left over.
    Each,
    /// `count`: `index` is left over.
    Count,
    /// `self`
    Self_,
    /// `path`: `module`, `root` or `cwd` is left over.
    Path,
    /// `terraform` or `artiform`: `workspace` is left over.
    Terraform,
}

/// Words that can start a reference, besides resource types.
const ROOTS: [&str; 13] = [
    "artiform",
    "count",
    "data",
    "each",
    "local",
    "module",
    "path",
    "region",
    "resource",
    "self",
    "terraform",
    "topology",
    "var",
];

/// Finds what a reference names and how many of its steps the name consumes.
pub fn referent(traversal: &Traversal) -> Result<(Referent, usize), Box<Diagnostic>> {
    let managed = ResourceMode::Managed;
    match &*traversal.root {
        "var" => Ok((Referent::Variable(word(traversal, "var")?), 1)),
        "local" => Ok((Referent::Local(word(traversal, "local")?), 1)),
        "module" => Ok((Referent::Module(CallKey::module(word(traversal, "module")?)), 1)),
        "topology" => Ok((Referent::Module(CallKey::topology(word(traversal, "topology")?)), 1)),
        "region" => Ok((Referent::Region, 0)),
        "each" => limited(traversal, Referent::Each, &["key", "value"]),
        "count" => limited(traversal, Referent::Count, &["index"]),
        "self" => Ok((Referent::Self_, 0)),
        "path" => limited(traversal, Referent::Path, &["module", "root", "cwd"]),
        "terraform" | "artiform" => limited(traversal, Referent::Terraform, &["workspace"]),
        "data" => resource(traversal, ResourceMode::Data, "data source type"),
        "resource" => resource(traversal, managed, "resource type"),
        "template" | "lazy" | "arg" => Err(reserved(traversal)),
        _ => bare_resource(traversal),
    }
}

fn attribute(traversal: &Traversal, at: usize) -> Option<&Name> {
    match traversal.steps.get(at) {
        Some(Step::Attribute(name, _)) => Some(name),
        _ => None,
    }
}

/// The one word that must follow `root`.
fn word(traversal: &Traversal, root: &str) -> Result<Name, Box<Diagnostic>> {
    attribute(traversal, 0).cloned().ok_or_else(|| {
        let detail = if traversal.steps.is_empty() {
            format!("The \"{root}\" object cannot be accessed directly. Instead, access one of its attributes.")
        } else {
            format!("The \"{root}\" object does not support this operation.")
        };
        invalid(traversal, detail)
    })
}

/// An object with few, fixed attributes; these are left over for the one who evaluates.
fn limited(
    traversal: &Traversal,
    referent: Referent,
    known: &[&str],
) -> Result<(Referent, usize), Box<Diagnostic>> {
    let root = &traversal.root;
    let name = word(traversal, root)?;
    if known.contains(&&*name) {
        return Ok((referent, 0));
    }
    let supported: Vec<String> = known.iter().map(|known| format!("{root}.{known}")).collect();
    let detail = format!(
        "The \"{root}\" object does not have an attribute named \"{name}\". It has {}.",
        supported.join(", ")
    );
    let mut diagnostic =
        Diagnostic::error(format!("Invalid \"{root}\" attribute"), detail).at(traversal.span);
    if let Some(near) = did_you_mean(&name, known.iter().copied()) {
        diagnostic = diagnostic.hint(format!("did you mean {root}.{near}?"));
    }
    Err(Box::new(diagnostic))
}

fn resource(
    traversal: &Traversal,
    mode: ResourceMode,
    what: &str,
) -> Result<(Referent, usize), Box<Diagnostic>> {
    match (attribute(traversal, 0), attribute(traversal, 1)) {
        (Some(type_name), Some(name)) => {
            let key = ResourceKey { mode, type_name: type_name.clone(), name: name.clone() };
            Ok((Referent::Resource(key), 2))
        }
        _ => Err(invalid(
            traversal,
            format!(
                "The \"{}\" object must be followed by two attribute names: the {what} and the resource name.",
                traversal.root
            ),
        )),
    }
}

fn bare_resource(traversal: &Traversal) -> Result<(Referent, usize), Box<Diagnostic>> {
    if let Some(name) = attribute(traversal, 0) {
        let type_name = traversal.root.clone();
        let key = ResourceKey { mode: ResourceMode::Managed, type_name, name: name.clone() };
        return Ok((Referent::Resource(key), 1));
    }
    let mut diagnostic = invalid(
        traversal,
        "A reference to a resource type must be followed by at least one attribute access, specifying the resource name.".into(),
    );
    if let Some(near) = did_you_mean(&traversal.root, ROOTS) {
        diagnostic.hints.push(format!("did you mean \"{near}\"?"));
    } else if traversal.steps.is_empty() {
        diagnostic.hints.push(format!("put text in quotes: \"{}\"", traversal.root));
    }
    Err(diagnostic)
}

fn reserved(traversal: &Traversal) -> Box<Diagnostic> {
    let detail = format!(
        "The symbol name \"{0}\" is reserved. If you intended to refer to a resource type of this \
         name, write resource.{0} instead.",
        traversal.root
    );
    Box::new(Diagnostic::error("Reserved symbol name", detail).at(traversal.span))
}

fn invalid(traversal: &Traversal, detail: String) -> Box<Diagnostic> {
    Box::new(Diagnostic::error("Invalid reference", detail).at(traversal.span))
}

/// A copy of a reference with every place in it set to one span.
pub(crate) fn relocated(traversal: &Traversal, span: Span) -> Traversal {
    let steps = traversal.steps.iter().map(|step| match step {
        Step::Attribute(name, _) => Step::Attribute(name.clone(), span),
        Step::Index(key, _) => Step::Index(Expr::new(key.kind.clone(), span), span),
    });
    Traversal { root: traversal.root.clone(), root_span: span, steps: steps.collect(), span }
}
