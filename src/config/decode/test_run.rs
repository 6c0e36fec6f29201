//! The run blocks of a test file.

use std::path::Path;

use lang::{Block, Body, Type};

use super::Decoder;
use crate::schema::{self, Shape};
use crate::test_file::{RunBlock, RunModule, RunOptions};
use crate::{MovedEndpoint, files};

const RUN: Shape = Shape {
    required: &[],
    optional: &["command", "expect_failures", "providers", "state_key"],
    blocks: &[
        "assert",
        "module",
        "override_data",
        "override_module",
        "override_resource",
        "plan_options",
        "variables",
    ],
};

const OPTIONS: Shape =
    Shape { required: &[], optional: &["mode", "refresh", "replace", "target"], blocks: &[] };

const MODULE: Shape = Shape { required: &[], optional: &["source", "version"], blocks: &[] };

impl Decoder<'_> {
    pub(super) fn run_block(&mut self, mut block: Block, stack: &Path, runs: &mut Vec<RunBlock>) {
        if !schema::labels(&block, &["name"], self.diagnostics) {
            return;
        }
        let label = block.labels[0].clone();
        schema::identifier(&label.text, label.span, "run block name", self.diagnostics);
        let kinds: Vec<_> = RUN.blocks.iter().map(|kind| (*kind, 0)).collect();
        self.unfold(&mut block.body, &kinds);
        schema::check(&block.body, &RUN, self.diagnostics);
        let body = &mut block.body;
        let mut run = RunBlock {
            name: label.text,
            applies: self.take_command(body),
            variables: self.take_variables(body, "run block"),
            module: self.take_run_module(body, stack),
            asserts: Vec::new(),
            expect_failures: self.take_references(body, "expect_failures"),
            options: self.take_run_options(body),
            overrides: Vec::new(),
            providers: self.take_providers(body),
            state_key: self.take_text(body, "state_key"),
            header_span: block.header_span,
        };
        for assert in self.take_blocks(body, "assert") {
            run.asserts.extend(self.rule(assert));
        }
        for inner in block.body.blocks {
            self.override_block(inner, &mut run.overrides);
        }
        if let Some(first) = runs.iter().find(|other| other.name == run.name) {
            let what = format!("This test file already has a run named {} block defined", run.name);
            let places = (first.header_span, run.header_span);
            self.duplicate("Duplicate \"run\" block names", &what, places, "");
            return;
        }
        runs.push(run);
    }

    fn take_command(&mut self, body: &mut Body) -> bool {
        let Some(command) = self.take_expr(body, "command") else { return true };
        let word = self.bare_word(&command);
        if !matches!(word.as_deref(), Some("apply" | "plan")) {
            let detail = "The \"command\" argument requires one of the following keywords without quotes: apply or plan.";
            self.report("Invalid \"command\" keyword", detail, command.span);
        }
        word.as_deref() != Some("plan")
    }

    fn take_run_module(&mut self, body: &mut Body, stack: &Path) -> Option<RunModule> {
        let mut block = self.take_only(body, "module", "run block")?;
        schema::check(&block.body, &MODULE, self.diagnostics);
        let version = self.take(&mut block.body, "version");
        let Some(source) = self.take(&mut block.body, "source") else {
            let detail = "You must specify a source attribute when executing alternate modules during test executions.";
            let summary = "Missing \"source\" attribute for module block";
            self.report(summary, detail, block.header_span);
            return None;
        };
        let text = self.text(&source.value)?;
        let module =
            RunModule { source: text, header_span: block.header_span, source_span: source.span };
        self.check_run_module(&module, version.is_some(), stack);
        Some(module)
    }

    /// The module of a run is a folder that is there.
    fn check_run_module(&mut self, module: &RunModule, has_version: bool, stack: &Path) {
        let source = &module.source;
        let is_local = source.starts_with("./") || source.starts_with("../");
        if has_version {
            let detail = format!(
                "Failed to parse module registry address: can't use local directory \"{source}\" as a module registry address.\n\nartiform assumed that you intended a module registry source address because you also set the argument \"version\", which applies only to registry modules."
            );
            let summary = "Invalid registry module source address";
            self.report(summary, detail, module.source_span);
        } else if !is_local {
            let detail = "Only local module sources are supported from within test run blocks.";
            self.report("Invalid module source address", detail, module.source_span);
        } else if !files::is_folder(&stack.join(&**source)) {
            let detail = format!(
                "This module's local directory {source} could not be read. The path is relative to the stack's folder."
            );
            self.report("Module not installed", detail, module.header_span);
        }
    }

    fn take_run_options(&mut self, body: &mut Body) -> RunOptions {
        let mut options = RunOptions::default();
        let Some(mut block) = self.take_only(body, "plan_options", "run block") else {
            return options;
        };
        let body = &mut block.body;
        schema::check(body, &OPTIONS, self.diagnostics);
        if let Some(mode) = self.take_expr(body, "mode") {
            match self.bare_word(&mode).as_deref() {
                Some("normal") => {}
                Some("refresh-only") => options.refresh_only = true,
                _ => {
                    let detail = "The \"mode\" argument requires one of the following keywords without quotes: normal or refresh-only";
                    self.report("Invalid \"mode\" keyword", detail, mode.span);
                }
            }
        }
        options.replace = self.take_endpoints(body, "replace");
        options.targets = self.take_endpoints(body, "target");
        let Some(refresh) = self.take(body, "refresh") else { return options };
        let value = self.literal(&refresh.value, &Type::Bool);
        options.refresh = value.and_then(|value| value.as_bool()).unwrap_or(true);
        if !options.refresh && options.refresh_only {
            let detail = "The \"refresh\" option cannot be set to false when running a test in \"refresh-only\" mode.";
            self.report("Incompatible plan options", detail, refresh.span);
        }
        options
    }

    fn take_endpoints(&mut self, body: &mut Body, name: &str) -> Vec<MovedEndpoint> {
        let Some(list) = self.take_expr(body, name) else { return Vec::new() };
        let items = self.items(&list);
        items.iter().filter_map(|item| self.endpoint(item)).collect()
    }
}
