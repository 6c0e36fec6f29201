//! `moved`, `removed` and `import`: how state follows the configuration.

use diagnostics::{Diagnostic, Span};
use lang::{Block, Body, Expr, ExprKind, ResourceMode, Step};

use super::Decoder;
use crate::schema::{self, Shape};
use crate::{Import, Moved, MovedEndpoint, ProviderRef, Removed, Target, address};

const MOVED: Shape = Shape { required: &["from", "to"], optional: &[], blocks: &[] };
const REMOVED: Shape = Shape {
    required: &["from"],
    optional: &[],
    blocks: &["connection", "lifecycle", "provisioner"],
};
const REMOVED_LIFECYCLE: Shape = Shape { required: &[], optional: &["destroy"], blocks: &[] };
const IMPORT: Shape =
    Shape { required: &["id", "to"], optional: &["for_each", "provider"], blocks: &[] };

impl Decoder<'_> {
    pub(super) fn moved_block(&mut self, mut block: Block) {
        schema::labels(&block, &[], self.diagnostics);
        schema::check(&block.body, &MOVED, self.diagnostics);
        let from = self.take_endpoint(&mut block.body, "from");
        let to = self.take_endpoint(&mut block.body, "to");
        let (Some(from), Some(to)) = (from, to) else { return };
        let same_kind = matches!(
            (&from, &to),
            (MovedEndpoint::Module(_), MovedEndpoint::Module(_))
                | (MovedEndpoint::Resource(_), MovedEndpoint::Resource(_))
        );
        if !same_kind {
            let detail = "The \"from\" and \"to\" addresses must either both refer to resources \
                          or both refer to modules.";
            self.report("Invalid \"moved\" addresses", detail, block.header_span);
            return;
        }
        self.declared.module.moved.push(Moved { from, to, span: block.header_span });
    }

    pub(super) fn removed_block(&mut self, mut block: Block) {
        schema::labels(&block, &[], self.diagnostics);
        self.unfold(&mut block.body, &[("connection", 0), ("lifecycle", 0), ("provisioner", 1)]);
        schema::check(&block.body, &REMOVED, self.diagnostics);
        let provisioners = self.take_provisioners(&mut block.body, "removed block");
        let mut destroy = true;
        if let Some(mut lifecycle) = self.take_block(&mut block.body, "lifecycle", "removed block")
        {
            schema::labels(&lifecycle, &[], self.diagnostics);
            schema::check(&lifecycle.body, &REMOVED_LIFECYCLE, self.diagnostics);
            destroy = self.take_bool(&mut lifecycle.body, "destroy").unwrap_or(true);
        }
        let from_value = block.body.attributes.get("from").map(|from| from.value.clone());
        let Some(from) = self.take_endpoint(&mut block.body, "from") else { return };
        if let Some(mistake) = instance_key(&from, from_value.as_ref()) {
            self.diagnostics.push(mistake);
            return;
        }
        let span = block.header_span;
        self.declared.module.removed.push(Removed { from, destroy, provisioners, span });
    }

    pub(super) fn import_block(&mut self, mut block: Block) {
        schema::labels(&block, &[], self.diagnostics);
        if let Some(identity) = self.take(&mut block.body, "identity") {
            let detail = "An import by identity is not supported; name the thing by \"id\".";
            self.report("Unsupported argument", detail, identity.name_span);
            return;
        }
        schema::check(&block.body, &IMPORT, self.diagnostics);
        let for_each = self.take_expr(&mut block.body, "for_each");
        let argument = block.body.attributes.get("provider").map(|provider| provider.span);
        let provider = self.take_provider(&mut block.body);
        let provider = provider.map(|p| ProviderRef { span: argument.unwrap_or(p.span), ..p });
        let to_span = block.body.attributes.get("to").map_or(block.header_span, |to| to.span);
        let to = self.take_expr(&mut block.body, "to").map(|to| self.static_expr(&to));
        let id = self.take_expr(&mut block.body, "id");
        let (Some(to), Some(id)) = (to, id) else { return };
        let target = address::target(&to);
        let Some(to) = self.diagnostics.absorb(target.map_err(|d| *d)) else {
            let detail = "The address of what is imported could not be read.";
            self.report("Invalid import address", detail, to_span);
            return;
        };
        if to.resource.mode == ResourceMode::Data {
            let detail = "Only managed resources can be imported.";
            self.report("Invalid import address", detail, to_span);
            return;
        }
        if self.is_imported_twice(&to, to.span) || self.is_no_id(&id) {
            return;
        }
        self.declared.module.imports.push(Import {
            to,
            id,
            for_each,
            provider,
            span: block.header_span,
        });
    }

    /// An address with literal keys can be imported once.
    fn is_imported_twice(&mut self, to: &Target, again: Span) -> bool {
        let imports = &self.declared.module.imports;
        let Some(name) = to.literal_name() else { return false };
        let same = |other: &&Import| other.to.literal_name().as_ref() == Some(&name);
        let Some(first) = imports.iter().find(same).map(|first| first.span) else { return false };
        let summary = format!("Duplicate import configuration for \"{name}\"");
        let what = format!("An import block for the resource \"{name}\" was already declared");
        let rule = "A resource can have only one import block.";
        self.duplicate(&summary, &what, (first, again), rule);
        true
    }

    /// Tells whether an identifier is literally none.
    fn is_no_id(&mut self, id: &Expr) -> bool {
        let detail = match &id.kind {
            ExprKind::Literal(value) if value.is_null() => "The import ID cannot be null.",
            ExprKind::Literal(value) if value.as_str() == Some("") => {
                "The import ID value evaluates to an empty string, please provide a non-empty value."
            }
            ExprKind::Tuple(_) | ExprKind::Object(_) => {
                let detail = "Invalid expression value: string required.";
                self.report("Incorrect value type", detail, id.span);
                return true;
            }
            _ => return false,
        };
        self.report("Invalid import id argument", detail, id.span);
        true
    }

    fn take_endpoint(&mut self, body: &mut Body, name: &str) -> Option<MovedEndpoint> {
        let removed = !body.attributes.contains_key("to") && name == "from";
        let value = self.take_expr(body, name)?;
        let value = self.static_expr(&value);
        let read = if removed { address::removed(&value) } else { address::endpoint(&value) };
        let endpoint = self.diagnostics.absorb(read.map_err(|d| *d))?;
        let is_data =
            matches!(&endpoint, MovedEndpoint::Resource(r) if r.mode == ResourceMode::Data);
        if is_data && removed {
            let detail = "Data sources are never destroyed, so they are not valid targets of removed blocks. To remove the data source from state, remove the data source block from configuration.";
            self.report("Data source address not allowed", detail, value.span);
        }
        // Data sources are read anew each time, so that there is nothing to move.
        (!is_data).then_some(endpoint)
    }
}

/// The first instance key of what is removed: whole resources and modules are.
fn instance_key(endpoint: &MovedEndpoint, written: Option<&Expr>) -> Option<Diagnostic> {
    let keyed_module = |module: &lang::ModuleAddress| module.0.iter().any(|s| s.key.is_some());
    let (of_module, of_resource) = match endpoint {
        MovedEndpoint::Module(module) => (keyed_module(module), false),
        MovedEndpoint::Resource(resource) => {
            (keyed_module(&resource.module), resource.key.is_some())
        }
    };
    let (summary, detail) = match (of_module, of_resource) {
        (true, _) => (
            "Module instance keys not allowed",
            "Module address must be a module (e.g. \"module.foo\"), not a module instance (e.g. \"module.foo[1]\").",
        ),
        (false, true) => (
            "Resource instance keys not allowed",
            "Resource address must be a resource (e.g. \"test_instance.foo\"), not a resource instance (e.g. \"test_instance.foo[1]\").",
        ),
        (false, false) => return None,
    };
    let steps = match &written?.kind {
        ExprKind::Reference(traversal) => traversal.steps.as_slice(),
        _ => &[],
    };
    let key = steps.iter().find_map(|step| match step {
        Step::Index(_, span) => Some(*span),
        Step::Attribute(..) => None,
    });
    Some(Diagnostic::error(summary, detail).at(key.unwrap_or(written?.span)))
}
