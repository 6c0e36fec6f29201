//! `moved`, `removed` and `import`: how state follows the configuration.

use diagnostics::{Diagnostic, Span};
use lang::{Block, Body, ResourceMode};

use super::Decoder;
use crate::schema::{self, Shape};
use crate::{Import, Moved, MovedEndpoint, Removed, Target, address};

const MOVED: Shape = Shape { required: &["from", "to"], optional: &[], blocks: &[] };
const REMOVED: Shape = Shape {
    required: &["from"],
    optional: &[],
    blocks: &["connection", "lifecycle", "provisioner"],
};
const REMOVED_LIFECYCLE: Shape = Shape { required: &["destroy"], optional: &[], blocks: &[] };
const IMPORT: Shape =
    Shape { required: &["id", "to"], optional: &["for_each", "provider"], blocks: &[] };

impl Decoder<'_> {
    pub(super) fn moved_block(&mut self, mut block: Block) {
        schema::labels(&block, &[], self.diagnostics);
        schema::check(&block.body, &MOVED, block.header_span, self.diagnostics);
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
        if from == to {
            let detail = "The \"from\" and \"to\" addresses are the same, so nothing would move.";
            self.report("Redundant move statement", detail, block.header_span);
            return;
        }
        self.declared.module.moved.push(Moved { from, to, span: block.header_span });
    }

    pub(super) fn removed_block(&mut self, mut block: Block) {
        schema::labels(&block, &[], self.diagnostics);
        self.unfold(&mut block.body, &[("lifecycle", 0)]);
        schema::check(&block.body, &REMOVED, block.header_span, self.diagnostics);
        self.refuse_provisioners(&mut block.body);
        let mut destroy = true;
        if let Some(mut lifecycle) = self.take_block(&mut block.body, "lifecycle", "removed block")
        {
            let owner = lifecycle.header_span;
            schema::check(&lifecycle.body, &REMOVED_LIFECYCLE, owner, self.diagnostics);
            destroy = self.take_bool(&mut lifecycle.body, "destroy").unwrap_or(true);
        }
        let Some(from) = self.take_endpoint(&mut block.body, "from") else { return };
        if has_key(&from) {
            let detail = match from {
                MovedEndpoint::Module(_) => {
                    "Module address must be a module (e.g. \"module.foo\"), not a module instance (e.g. \"module.foo[1]\")."
                }
                MovedEndpoint::Resource(_) => {
                    "Resource address must be a resource (e.g. \"test_instance.foo\"), not a resource instance (e.g. \"test_instance.foo[1]\")."
                }
            };
            self.report("Resource instance keys not allowed", detail, block.header_span);
            return;
        }
        self.declared.module.removed.push(Removed { from, destroy, span: block.header_span });
    }

    pub(super) fn import_block(&mut self, mut block: Block) {
        schema::labels(&block, &[], self.diagnostics);
        if let Some(identity) = self.take(&mut block.body, "identity") {
            let detail = "An import by identity is not supported; name the thing by \"id\".";
            self.report("Unsupported argument", detail, identity.name_span);
            return;
        }
        schema::check(&block.body, &IMPORT, block.header_span, self.diagnostics);
        let for_each = self.take_expr(&mut block.body, "for_each");
        let provider = self.take_provider(&mut block.body);
        let to = self.take_expr(&mut block.body, "to").map(|to| self.static_expr(&to));
        let id = self.take_expr(&mut block.body, "id");
        let (Some(to), Some(id)) = (to, id) else { return };
        let target = address::target(&to);
        let Some(to) = self.diagnostics.absorb(target.map_err(|d| *d)) else { return };
        if to.resource.mode == ResourceMode::Data {
            let detail = "Only managed resources can be imported.";
            self.report("Invalid import address", detail, to.span);
            return;
        }
        if self.is_imported_twice(&to, block.header_span) {
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

    fn take_endpoint(&mut self, body: &mut Body, name: &str) -> Option<MovedEndpoint> {
        let value = self.take_expr(body, name)?;
        let value = self.static_expr(&value);
        let endpoint = self.diagnostics.absorb(address::endpoint(&value).map_err(|d| *d))?;
        let is_data =
            matches!(&endpoint, MovedEndpoint::Resource(r) if r.mode == ResourceMode::Data);
        if is_data {
            let detail = "Data sources are read anew each time and have nothing to keep; name a \
                          resource or a module.";
            let diagnostic = Diagnostic::error("Invalid address", detail).at(value.span);
            self.diagnostics.push(diagnostic);
        }
        (!is_data).then_some(endpoint)
    }
}

fn has_key(endpoint: &MovedEndpoint) -> bool {
    match endpoint {
        MovedEndpoint::Module(module) => module.0.iter().any(|step| step.key.is_some()),
        MovedEndpoint::Resource(resource) => {
            resource.key.is_some() || resource.module.0.iter().any(|step| step.key.is_some())
        }
    }
}
