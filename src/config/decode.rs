//! Blocks become declarations: one file for each kind of block, listed in [`Decoder::block`].

mod check;
mod json;
mod literal;
mod meta;
mod module_call;
mod output;
mod provider;
mod provisioner;
mod refactor;
mod region;
mod resource;
mod stack;
mod test_file;
mod test_run;
mod variable;

pub(crate) use literal::NOT_STATIC;

use diagnostics::{Diagnostic, Diagnostics, SourceMap, Span};
use indexmap::IndexMap;
use lang::{Attribute, Block, Name};

use crate::schema::{self, Shape};
use crate::topology::TopologyBlock;
use crate::{Local, Module, RegionBlock, Stack};

/// What the files of one folder declare; calls hold no modules yet.
#[derive(Default)]
pub(crate) struct Declarations {
    pub module: Module,
    pub stack: Stack,
    pub regions: IndexMap<Name, RegionBlock>,
    /// Attributes of module calls that only the loader reads, by the call's place in `module.calls`.
    pub topologies: Vec<TopologyBlock>,
    /// The `version` arguments of module calls.
    pub versions: Vec<(Name, Attribute)>,
    /// The first `required_providers` block.
    pub requirements: Option<Span>,
    /// What asks for another version of a program; told only where all else could be read, since what
    /// could not may be of that version's language.
    pub versions_unsupported: Vec<Diagnostic>,
    /// Why the state cannot be opened, which is nothing to those who only check.
    pub state_unopened: Vec<Diagnostic>,
}

/// Reads blocks of one module.
pub(crate) struct Decoder<'a> {
    pub sources: &'a SourceMap,
    pub diagnostics: &'a mut Diagnostics,
    /// Set in the stack's own folder, where regions and backends may stand.
    pub root: bool,
    pub declared: Declarations,
}

/// The kinds of blocks that stand at the top of a file.
pub(crate) const TOP: Shape = Shape {
    required: &[],
    optional: &[],
    blocks: &[
        "check",
        "data",
        "import",
        "locals",
        "module",
        "moved",
        "output",
        "provider",
        "region",
        "removed",
        "resource",
        "stack",
        "terraform",
        "topology",
        "variable",
    ],
};

impl<'a> Decoder<'a> {
    pub(crate) fn new(
        sources: &'a SourceMap,
        diagnostics: &'a mut Diagnostics,
        root: bool,
    ) -> Self {
        Self { sources, diagnostics, root, declared: Declarations::default() }
    }

    /// Reads one block at the top of a file.
    pub(crate) fn block(&mut self, block: Block) {
        match &*block.kind {
            "check" => self.check_block(block),
            "data" | "resource" => self.resource_block(block),
            "import" => self.import_block(block),
            "locals" => self.locals_block(block),
            "module" => self.module_block(block),
            "moved" => self.moved_block(block),
            "output" => self.output_block(block),
            "provider" => self.provider_block(block),
            "region" => self.region_block(block),
            "removed" => self.removed_block(block),
            "stack" | "terraform" => self.stack_block(block),
            "topology" => self.topology_block(block),
            "variable" => self.variable_block(block),
            _ => self.unknown_block(&block),
        }
    }

    fn unknown_block(&mut self, block: &Block) {
        let mut diagnostic = schema::unsupported_block(&block.kind, block.kind_span, &TOP);
        let advice = match &*block.kind {
            "ephemeral" => Some("mark a variable or an output as ephemeral instead"),
            "backend" | "encryption" | "required_providers" => Some("put it into a stack block"),
            "repository" | "remote" | "virtual" => Some("put it into a topology block"),
            "local" => Some("write locals { ... }"),
            "variables" | "outputs" | "resources" | "modules" => {
                Some("write one block for each of them")
            }
            _ => None,
        };
        diagnostic.hints.extend(advice.map(String::from));
        self.diagnostics.push(diagnostic);
    }

    /// Reads the attributes that stand outside of all blocks, which there should be none of.
    pub(crate) fn stray_attribute(&mut self, attribute: &Attribute) {
        let name = &*attribute.name;
        if self.is_json(attribute.span) {
            self.diagnostics.push(schema::extraneous_property(name, attribute.name_span));
            return;
        }
        let mut diagnostic = schema::unsupported_argument(name, attribute.name_span, &TOP);
        if !TOP.blocks.contains(&name) {
            let hint = "values of variables belong into a .tfvars file, named values into locals";
            diagnostic.hints.push(hint.into());
        }
        self.diagnostics.push(diagnostic);
    }

    fn locals_block(&mut self, block: Block) {
        schema::labels(&block, &[], self.diagnostics);
        schema::no_blocks(&block.body, self.diagnostics);
        for (name, attribute) in block.body.attributes {
            schema::identifier(&name, attribute.name_span, "local value name", self.diagnostics);
            if let Some(first) = self.declared.module.locals.get(&name) {
                let at = schema::place(self.sources, first.span);
                let detail = format!(
                    "A local value named \"{name}\" was already defined at {at}. Local value names must be unique within a module."
                );
                self.report("Duplicate local value definition", detail, attribute.span);
                continue;
            }
            let local = Local {
                name: name.clone(),
                value: attribute.value,
                name_span: attribute.name_span,
                span: attribute.span,
            };
            self.declared.module.locals.insert(name, local);
        }
    }

    fn topology_block(&mut self, block: Block) {
        if !schema::labels(&block, &["name"], self.diagnostics) {
            return;
        }
        let label = &block.labels[0];
        schema::identifier(&label.text, label.span, "topology name", self.diagnostics);
        if let Some(first) =
            self.declared.topologies.iter().find(|t| t.block.labels[0].text == label.text)
        {
            let at = schema::place(self.sources, first.block.header_span);
            let detail = format!(
                "A topology named \"{}\" was already defined at {at}. Topologies must have unique names within a module.",
                label.text
            );
            self.report("Duplicate topology definition", detail, block.header_span);
            return;
        }
        self.declared.topologies.push(TopologyBlock { block });
    }

    /// Reports an error.
    pub(crate) fn report(&mut self, summary: &str, detail: impl Into<String>, span: Span) {
        self.diagnostics.push(Diagnostic::error(summary, detail).at(span));
    }

    fn is_json(&self, span: Span) -> bool {
        self.sources.file(span.file).is_some_and(|file| file.path.ends_with(".json"))
    }
}
