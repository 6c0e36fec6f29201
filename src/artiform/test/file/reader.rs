//! Reads the blocks of a test file; every mistake is collected with its place.

use config::{CheckRule, ProviderBlock};
use diagnostics::{Diagnostic, Diagnostics, Span, did_you_mean};
use indexmap::IndexMap;
use lang::scope::EmptyScope;
use lang::{Attribute, Block, Body, Expr, ExprKind, Name, Value};
use plan::PlanMode;

use super::{MockProvider, Override, OverrideKind, RunBlock, RunOptions, TestFile};

/// The blocks of a test file.
const BLOCKS: [&str; 8] = [
    "mock_provider",
    "override_data",
    "override_module",
    "override_resource",
    "provider",
    "run",
    "test",
    "variables",
];

/// The blocks of a run block, without the overrides.
const RUN_BLOCKS: [&str; 4] = ["assert", "module", "plan_options", "variables"];

pub(super) struct Reader {
    pub diagnostics: Diagnostics,
    /// The file is JSON, in which keywords are strings.
    pub json: bool,
}

impl Reader {
    pub(super) fn file(&mut self, body: Body) -> TestFile {
        let mut test = TestFile::default();
        self.no_attributes(&body.attributes);
        for block in body.blocks {
            match &*block.kind {
                "variables" => test.variables.extend(block.body.attributes),
                "provider" => test.providers.extend(self.provider(block)),
                "mock_provider" => test.mocks.extend(self.mock_provider(block)),
                "run" => self.run(block, &mut test.runs),
                // Settings of the test itself, of which there are none yet.
                "test" => {}
                kind => match override_kind(kind) {
                    Some(kind) => test.overrides.extend(self.override_block(block, kind)),
                    None => self.unsupported(&block, &BLOCKS),
                },
            }
        }
        test
    }

    fn run(&mut self, mut block: Block, runs: &mut Vec<RunBlock>) {
        let Some(name) = self.label(&block) else { return };
        if lang::parse::identifier(&name).is_none() {
            let detail = "A name must start with a letter or underscore and may contain only letters, digits, underscores, and dashes.";
            self.report("Invalid run block name", detail, block.header_span);
        }
        if runs.iter().any(|run| run.name == name) {
            let detail = format!("This file has a run block named \"{name}\" already.");
            self.report("Duplicate \"run\" block names", detail, block.header_span);
            return;
        }
        let mut run = RunBlock {
            name,
            applies: true,
            variables: IndexMap::new(),
            module: None,
            asserts: Vec::new(),
            expect_failures: Vec::new(),
            options: RunOptions::default(),
            overrides: Vec::new(),
            providers: Vec::new(),
            state_key: None,
            header_span: block.header_span,
        };
        self.run_attributes(&mut block.body.attributes, &mut run);
        for inner in block.body.blocks {
            match &*inner.kind {
                "variables" => run.variables.extend(inner.body.attributes),
                "assert" => run.asserts.extend(self.assert(inner)),
                "module" => run.module = self.module(inner),
                "plan_options" => run.options = self.options(inner),
                kind => match override_kind(kind) {
                    Some(kind) => run.overrides.extend(self.override_block(inner, kind)),
                    None => self.unsupported(&inner, &RUN_BLOCKS),
                },
            }
        }
        runs.push(run);
    }

    fn run_attributes(&mut self, attributes: &mut IndexMap<Name, Attribute>, run: &mut RunBlock) {
        for attribute in std::mem::take(attributes).into_values() {
            match &*attribute.name {
                "command" => match self.keyword(&attribute.value).as_deref() {
                    Some("apply") => run.applies = true,
                    Some("plan") => run.applies = false,
                    _ => {
                        let detail = "The \"command\" argument requires one of the following keywords without quotes: apply or plan.";
                        self.report("Invalid \"command\" keyword", detail, attribute.value.span);
                    }
                },
                "expect_failures" => run.expect_failures = self.list(&attribute.value),
                "providers" => run.providers = self.provider_map(&attribute.value),
                "state_key" => run.state_key = self.text(&attribute.value),
                "parallel" => {}
                _ => self.stray(&attribute),
            }
        }
    }

    fn assert(&mut self, mut block: Block) -> Option<CheckRule> {
        let condition = self.take(&mut block, "condition");
        let error_message = self.take(&mut block, "error_message");
        let condition = condition?;
        let mut refers = false;
        condition.for_each_reference(&mut |_| refers = true);
        if !refers {
            let detail = "The condition expression must refer to at least one object from elsewhere in the configuration, or else its result would not be checking anything.";
            self.report("Invalid assert expression", detail, condition.span);
        }
        let error_message = error_message?;
        self.no_attributes(&block.body.attributes);
        Some(CheckRule {
            condition,
            error_message,
            header_span: block.header_span,
            span: block.span,
        })
    }

    fn module(&mut self, mut block: Block) -> Option<(String, Span)> {
        let source = self.take(&mut block, "source")?;
        if let Some(version) = block.body.attributes.shift_remove("version") {
            let detail = "The module of a run block is a local folder, which has one version.";
            self.report("Invalid module version", detail, version.name_span);
        }
        self.no_attributes(&block.body.attributes);
        Some((self.text(&source)?, source.span))
    }

    fn options(&mut self, block: Block) -> RunOptions {
        let mut options = RunOptions::default();
        let refresh = block.body.attributes.get("refresh").map(|refresh| refresh.name_span);
        for attribute in block.body.attributes.into_values() {
            let value = &attribute.value;
            match &*attribute.name {
                "mode" => match self.keyword(value).as_deref() {
                    Some("normal") => options.mode = PlanMode::Normal,
                    Some("refresh-only") => options.mode = PlanMode::RefreshOnly,
                    _ => {
                        let detail = "The \"mode\" argument requires one of the following keywords without quotes: normal or refresh-only.";
                        self.report("Invalid \"mode\" keyword", detail, value.span);
                    }
                },
                "refresh" => options.refresh = self.flag(value).unwrap_or(true),
                "replace" => options.replace = self.addresses(value),
                "target" => options.targets = self.addresses(value),
                _ => self.stray(&attribute),
            }
        }
        if let Some(refresh) = refresh
            && options.mode == PlanMode::RefreshOnly
            && !options.refresh
        {
            let detail = "The \"refresh\" option cannot be set to false when running a test in \"refresh-only\" mode.";
            self.report("Incompatible plan options", detail, refresh);
        }
        options
    }

    fn addresses(&mut self, list: &Expr) -> Vec<String> {
        let items = self.list(list);
        items.iter().filter_map(|item| self.address(item)).collect()
    }

    /// The address that an expression writes, as the state writes it.
    fn address(&mut self, expr: &Expr) -> Option<String> {
        let endpoint = config::address::endpoint(expr).map_err(|mistake| *mistake);
        Some(match self.diagnostics.absorb(endpoint)? {
            config::MovedEndpoint::Module(module) => module.to_string(),
            config::MovedEndpoint::Resource(resource) => resource.to_string(),
        })
    }

    fn provider(&mut self, mut block: Block) -> Option<ProviderBlock> {
        let name = self.label(&block)?;
        let alias = block.body.attributes.shift_remove("alias");
        let alias = alias.and_then(|alias| self.text(&alias.value)).map(Name::from);
        block.body.attributes.shift_remove("version");
        let (header_span, span) = (block.header_span, block.span);
        Some(ProviderBlock { name, alias, body: block.body, header_span, span })
    }

    fn provider_map(&mut self, expr: &Expr) -> Vec<(String, String)> {
        let ExprKind::Object(items) = &expr.kind else {
            let detail = "A map of provider names is required, as { aws = aws.west }.";
            self.report("Invalid providers argument", detail, expr.span);
            return Vec::new();
        };
        let reference = |expr: &Expr| word(expr).or_else(|| dotted(expr));
        items.iter().filter_map(|(key, value)| Some((reference(key)?, reference(value)?))).collect()
    }

    fn mock_provider(&mut self, mut block: Block) -> Option<MockProvider> {
        let name = self.label(&block)?;
        let mut mock = MockProvider {
            name,
            alias: None,
            source: None,
            resources: IndexMap::new(),
            data: IndexMap::new(),
            overrides: Vec::new(),
            during_plan: false,
        };
        for attribute in std::mem::take(&mut block.body.attributes).into_values() {
            let value = &attribute.value;
            match &*attribute.name {
                "alias" => mock.alias = self.text(value).map(Name::from),
                "source" => mock.source = self.text(value).map(|text| (text, value.span)),
                "override_during" => mock.during_plan = self.during_plan(value).unwrap_or(false),
                _ => self.stray(&attribute),
            }
        }
        self.mocks(block.body, &mut mock);
        Some(mock)
    }

    /// The blocks inside of a mock provider, or of a file of them.
    pub(super) fn mocks(&mut self, body: Body, mock: &mut MockProvider) {
        self.no_attributes(&body.attributes);
        for mut inner in body.blocks {
            let kind = inner.kind.clone();
            if let Some(kind) = override_kind(&kind) {
                mock.overrides.extend(self.override_block(inner, kind));
            } else if matches!(&*kind, "mock_resource" | "mock_data") {
                let Some(type_name) = self.label(&inner) else { continue };
                let defaults = inner.body.attributes.shift_remove("defaults");
                let value = defaults.and_then(|defaults| self.literal(&defaults.value));
                inner.body.attributes.shift_remove("override_during");
                self.no_attributes(&inner.body.attributes);
                let value = value.unwrap_or_else(|| Value::object([]));
                let of_kind =
                    if &*kind == "mock_data" { &mut mock.data } else { &mut mock.resources };
                of_kind.insert(type_name, value);
            } else {
                self.unsupported(&inner, &["mock_data", "mock_resource", "override_resource"]);
            }
        }
    }

    fn override_block(&mut self, mut block: Block, kind: OverrideKind) -> Option<Override> {
        let Some(target) = block.body.attributes.shift_remove("target") else {
            let detail = format!("{} blocks must specify a target address.", block.kind);
            self.report("Missing target attribute", detail, block.header_span);
            return None;
        };
        let target = target.value;
        self.address(&target)?;
        let inner = if kind == OverrideKind::Module { "outputs" } else { "values" };
        let values = block.body.attributes.shift_remove(inner);
        let values = match values {
            Some(values) => self.literal(&values.value)?,
            None => Value::object([]),
        };
        let during = block.body.attributes.shift_remove("override_during");
        let during_plan = during.and_then(|during| self.during_plan(&during.value));
        self.no_attributes(&block.body.attributes);
        Some(Override { kind, target, values, during_plan })
    }

    fn during_plan(&mut self, expr: &Expr) -> Option<bool> {
        match self.keyword(expr).as_deref() {
            Some("plan") => Some(true),
            Some("apply") => Some(false),
            _ => {
                let detail = "What is made up is known during either plan or apply.";
                self.report("Invalid override_during keyword", detail, expr.span);
                None
            }
        }
    }

    fn list(&mut self, expr: &Expr) -> Vec<Expr> {
        let ExprKind::Tuple(items) = &expr.kind else {
            self.report("Invalid expression", "A static list expression is required.", expr.span);
            return Vec::new();
        };
        items.to_vec()
    }

    fn text(&mut self, expr: &Expr) -> Option<String> {
        let value = self.literal(expr)?;
        if value.as_str().is_none() {
            self.report("Invalid value", "A literal string is required here.", expr.span);
        }
        value.as_str().map(str::to_owned)
    }

    fn flag(&mut self, expr: &Expr) -> Option<bool> {
        let value = self.literal(expr)?;
        if value.as_bool().is_none() {
            self.report("Invalid value", "Either true or false is required here.", expr.span);
        }
        value.as_bool()
    }

    fn literal(&mut self, expr: &Expr) -> Option<Value> {
        self.diagnostics.absorb(lang::eval::evaluate(expr, &EmptyScope::new()))
    }

    fn take(&mut self, block: &mut Block, name: &str) -> Option<Expr> {
        let found = block.body.attributes.shift_remove(name);
        if found.is_none() {
            let detail =
                format!("The argument \"{name}\" is required, but no definition was found.");
            self.report("Missing required argument", detail, block.header_span);
        }
        found.map(|attribute| attribute.value)
    }

    fn label(&mut self, block: &Block) -> Option<Name> {
        if let [label] = block.labels.as_slice() {
            return Some(label.text.clone());
        }
        let kind = &block.kind;
        let detail = format!("All {kind} blocks must have 1 labels (name).");
        let summary = if block.labels.is_empty() {
            format!("Missing name for {kind}")
        } else {
            format!("Extraneous label for {kind}")
        };
        self.report(&summary, detail, block.header_span);
        None
    }

    /// A bare word; where nothing can be bare, a string.
    fn keyword(&self, expr: &Expr) -> Option<String> {
        let is_bare = matches!(expr.kind, ExprKind::Reference(_));
        word(expr).filter(|_| is_bare || self.json)
    }

    fn no_attributes(&mut self, attributes: &IndexMap<Name, Attribute>) {
        attributes.values().for_each(|attribute| self.stray(attribute));
    }

    fn stray(&mut self, attribute: &Attribute) {
        let detail = format!("An argument named \"{}\" is not expected here.", attribute.name);
        self.report("Unsupported argument", detail, attribute.name_span);
    }

    fn unsupported(&mut self, block: &Block, known: &[&str]) {
        let detail = format!("Blocks of type \"{}\" are not expected here.", block.kind);
        let diagnostic = Diagnostic::error("Unsupported block type", detail).at(block.kind_span);
        self.diagnostics.push(match did_you_mean(&block.kind, known.iter().copied()) {
            Some(near) => diagnostic.hint(format!("did you mean \"{near}\"?")),
            None => diagnostic,
        });
    }

    fn report(&mut self, summary: &str, detail: impl Into<String>, span: Span) {
        self.diagnostics.push(Diagnostic::error(summary, detail).at(span));
    }
}

fn override_kind(kind: &str) -> Option<OverrideKind> {
    match kind {
        "override_resource" => Some(OverrideKind::Resource),
        "override_data" => Some(OverrideKind::Data),
        "override_module" => Some(OverrideKind::Module),
        _ => None,
    }
}

/// A bare word, or a string.
fn word(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Reference(traversal) if traversal.steps.is_empty() => {
            Some(traversal.root.to_string())
        }
        ExprKind::Literal(value) => value.as_str().map(str::to_owned),
        _ => None,
    }
}

/// `aws.west`
fn dotted(expr: &Expr) -> Option<String> {
    let ExprKind::Reference(traversal) = &expr.kind else { return None };
    let [lang::Step::Attribute(alias, _)] = traversal.steps.as_slice() else { return None };
    Some(format!("{}.{alias}", traversal.root))
}
