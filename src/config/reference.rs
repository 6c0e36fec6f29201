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
    /// `terraform` or `artiform`: `workspace` or `applying` is left over.
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
        "module" => {
            let name = word(traversal, "module")?;
            output_follows(traversal)?;
            Ok((Referent::Module(CallKey::module(name)), 1))
        }
        "topology" => Ok((Referent::Module(CallKey::topology(word(traversal, "topology")?)), 1)),
        "region" => Ok((Referent::Region, 0)),
        "each" => limited(traversal, Referent::Each, &["key", "value"]),
        "count" => limited(traversal, Referent::Count, &["index"]),
        "self" => Ok((Referent::Self_, 0)),
        "path" => limited(traversal, Referent::Path, &["module", "root", "cwd"]),
        "terraform" | "artiform" => {
            limited(traversal, Referent::Terraform, &["workspace", "applying"])
        }
        "data" => resource(traversal, ResourceMode::Data, "data source type"),
        "ephemeral" => Err(ephemeral(traversal)),
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

/// After the key of an instance of a module comes the name of an output.
fn output_follows(traversal: &Traversal) -> Result<(), Box<Diagnostic>> {
    match traversal.steps.get(1..) {
        Some([Step::Index(key, _), Step::Index(again, span), ..])
            if key.as_literal().is_some() && again.as_literal().is_some() =>
        {
            let detail = "Module instance objects do not support this operation.";
            Err(Box::new(Diagnostic::error("Invalid reference", detail).at(*span)))
        }
        _ => Ok(()),
    }
}

/// The one word that must follow `root`.
fn word(traversal: &Traversal, root: &str) -> Result<Name, Box<Diagnostic>> {
    attribute(traversal, 0).cloned().ok_or_else(|| {
        match traversal.steps.first() {
            Some(Step::Index(_, span) | Step::Attribute(_, span)) => {
                let detail = format!("The \"{root}\" object does not support this operation.");
                Box::new(Diagnostic::error("Invalid reference", detail).at(*span))
            }
            None => invalid(traversal, format!("The \"{root}\" object cannot be accessed directly. Instead, access one of its attributes.")),
        }
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
    let near = did_you_mean(&name, known.iter().copied());
    let more = match &**root {
        "count" => "The only supported attribute is count.index, which is the index of each instance of a resource block that has the \"count\" argument set.".into(),
        "each" => "The supported attributes are each.key and each.value, the current key and value pair of the \"for_each\" attribute set.".into(),
        "terraform" => "The only supported attributes are terraform.workspace, the name of the currently-selected workspace, and terraform.applying, a boolean which is true only during apply.".into(),
        _ => near.map(|near| format!("Did you mean \"{near}\"?")).unwrap_or_default(),
    };
    let detail = match (&**root, &*name) {
        ("terraform", "env") => "The terraform.env attribute was deprecated in v0.10 and removed in v0.12. The \"state environment\" concept was renamed to \"workspace\" in v0.12, and so the workspace name can now be accessed using the terraform.workspace attribute.".to_owned(),
        _ => format!("The \"{root}\" object does not have an attribute named \"{name}\". {more}"),
    };
    let detail = detail.trim_end();
    let summary = format!("Invalid \"{root}\" attribute");
    let hint = format!("write {root}.{}", near.unwrap_or(known[0]));
    Err(Box::new(Diagnostic::error(summary, detail).at(named_span(traversal, 1)).hint(hint)))
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
    if let Some(Step::Index(_, span)) = traversal.steps.first() {
        diagnostic.subject = Some(*span);
    }
    if let Some(near) = did_you_mean(&traversal.root, ROOTS) {
        diagnostic.hints.push(format!("did you mean \"{near}\"?"));
    } else if traversal.steps.is_empty() {
        diagnostic.hints.push(format!("put text in quotes: \"{}\"", traversal.root));
    }
    Err(diagnostic)
}

/// There are no ephemeral resources here, so that none is declared.
fn ephemeral(traversal: &Traversal) -> Box<Diagnostic> {
    let (Some(type_name), Some(name)) = (attribute(traversal, 0), attribute(traversal, 1)) else {
        let detail = "The \"ephemeral\" object must be followed by two attribute names: the ephemeral resource type and the resource name.";
        return invalid(traversal, detail.into());
    };
    let detail = format!(
        "An ephemeral resource \"{type_name}\" \"{name}\" has not been declared; this version of artiform has no ephemeral resources."
    );
    let found = Diagnostic::error("Reference to undeclared resource", detail);
    Box::new(
        found
            .at(named_span(traversal, 2))
            .hint("mark a variable or an output as ephemeral instead"),
    )
}

fn reserved(traversal: &Traversal) -> Box<Diagnostic> {
    let detail = format!(
        "The symbol name \"{0}\" is reserved for use in a future Terraform version. If you are using a provider that already uses this as a resource type name, add the prefix \"resource.\" to force interpretation as a resource type name.",
        traversal.root
    );
    Box::new(Diagnostic::error("Reserved symbol name", detail).at(traversal.root_span))
}

fn invalid(traversal: &Traversal, detail: String) -> Box<Diagnostic> {
    Box::new(Diagnostic::error("Invalid reference", detail).at(traversal.span))
}

/// The place of a reference's root and of so many of its steps.
pub fn named_span(traversal: &Traversal, steps: usize) -> Span {
    match steps.checked_sub(1).and_then(|last| traversal.steps.get(last)) {
        Some(Step::Attribute(_, span) | Step::Index(_, span)) => traversal.root_span.to(*span),
        None => traversal.root_span,
    }
}

/// A copy of a reference with every place in it set to one span.
pub(crate) fn relocated(traversal: &Traversal, span: Span) -> Traversal {
    let steps = traversal.steps.iter().map(|step| match step {
        Step::Attribute(name, _) => Step::Attribute(name.clone(), span),
        Step::Index(key, _) => Step::Index(Expr::new(key.kind.clone(), span), span),
    });
    Traversal { root: traversal.root.clone(), root_span: span, steps: steps.collect(), span }
}

/// A copy of a reference that was read from a text by itself, at the place where the text begins.
pub(crate) fn shifted(traversal: &Traversal, begin: u32) -> Traversal {
    let moved = |span: Span| Span { start: span.start + begin, end: span.end + begin, ..span };
    let steps = traversal.steps.iter().map(|step| match step {
        Step::Attribute(name, span) => Step::Attribute(name.clone(), moved(*span)),
        Step::Index(key, span) => {
            Step::Index(Expr::new(key.kind.clone(), moved(key.span)), moved(*span))
        }
    });
    Traversal {
        root: traversal.root.clone(),
        root_span: moved(traversal.root_span),
        steps: steps.collect(),
        span: moved(traversal.span),
    }
}
