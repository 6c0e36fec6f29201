//! The top of a test file, and the stand-ins of its providers.

use std::path::Path;

use diagnostics::Diagnostics;
use lang::{Block, Body, Expr, Name, Type, Value};

use super::Decoder;
use crate::schema::{self, Shape};
use crate::test_file::{MockDefaults, MockProvider, Override, OverrideKind, TestFile};
use crate::{MovedEndpoint, ProviderBlock, address, constant};

const TOP: Shape = Shape {
    required: &[],
    optional: &[],
    blocks: &[
        "mock_provider",
        "override_data",
        "override_module",
        "override_resource",
        "provider",
        "run",
        "variables",
    ],
};

const MOCK_PROVIDER: Shape =
    Shape { required: &[], optional: &["alias", "override_during", "source"], blocks: MOCKS };

const MOCK_FILE: Shape = Shape { required: &[], optional: &[], blocks: MOCKS };

const MOCKS: &[&str] = &["mock_data", "mock_resource", "override_data", "override_resource"];

const DEFAULTS: Shape =
    Shape { required: &[], optional: &["defaults", "override_during"], blocks: &[] };

const OVERRIDE: Shape =
    Shape { required: &[], optional: &["override_during", "target", "values"], blocks: &[] };

const OVERRIDE_MODULE: Shape =
    Shape { required: &[], optional: &["outputs", "override_during", "target"], blocks: &[] };

/// The blocks of a JSON file, with the number of their labels.
const UNFOLDED: [(&str, usize); 7] = [
    ("mock_provider", 1),
    ("override_data", 0),
    ("override_module", 0),
    ("override_resource", 0),
    ("provider", 1),
    ("run", 1),
    ("variables", 0),
];

impl Decoder<'_> {
    pub(crate) fn test_file(&mut self, mut body: Body, stack: &Path) -> TestFile {
        let mut test = TestFile::default();
        self.unfold(&mut body, &UNFOLDED);
        schema::check(&body, &TOP, self.diagnostics);
        test.variables = self.take_variables(&mut body, "test file");
        for block in body.blocks {
            match &*block.kind {
                "mock_provider" => {
                    if let Some(mock) = self.mock_provider(block, &test.mocks) {
                        test.mocks.push(mock);
                    }
                }
                "provider" => self.provider_block(block),
                "run" => self.run_block(block, stack, &mut test.runs),
                _ => self.override_block(block, &mut test.overrides),
            }
        }
        let providers = std::mem::take(&mut self.declared.module.providers);
        test.providers = providers.into_iter().filter(|block| !is_mocked(block, &test)).collect();
        test
    }

    /// Takes the one block `variables`, whose values are evaluated when a run needs them.
    pub(super) fn take_variables(
        &mut self,
        body: &mut Body,
        owner: &str,
    ) -> indexmap::IndexMap<Name, lang::Attribute> {
        let Some(block) = self.take_only(body, "variables", owner) else {
            return Default::default();
        };
        schema::no_blocks(&block.body, self.diagnostics);
        block.body.attributes
    }

    /// Takes the one block of a kind that a test file or a run block may have.
    pub(super) fn take_only(&mut self, body: &mut Body, kind: &str, owner: &str) -> Option<Block> {
        let mut blocks = self.take_blocks(body, kind);
        blocks.retain(|block| schema::labels(block, &[], self.diagnostics));
        let mut blocks = blocks.into_iter();
        let first = blocks.next()?;
        for other in blocks {
            let what = format!("This {owner} already has a {kind} block defined");
            let places = (first.header_span, other.header_span);
            self.duplicate(&format!("Multiple \"{kind}\" blocks"), &what, places, "");
        }
        Some(first)
    }

    fn mock_provider(&mut self, mut block: Block, others: &[MockProvider]) -> Option<MockProvider> {
        if !schema::labels(&block, &["name"], self.diagnostics) {
            return None;
        }
        self.unfold_mocks(&mut block.body);
        schema::check(&block.body, &MOCK_PROVIDER, self.diagnostics);
        let label = &block.labels[0];
        let mut mock = MockProvider {
            name: label.text.clone(),
            alias: self.take_text(&mut block.body, "alias"),
            source: None,
            name_span: label.span,
            defaults: Vec::new(),
            overrides: Vec::new(),
            during_plan: self.take_during(&mut block.body).unwrap_or(false),
        };
        if let Some(source) = self.take(&mut block.body, "source") {
            mock.source = self.text(&source.value).map(|text| (text, block.header_span));
        }
        self.mock_blocks(block.body, &mut mock);
        let same = |other: &&MockProvider| other.name == mock.name && other.alias == mock.alias;
        let Some(first) = others.iter().find(same) else { return Some(mock) };
        let name = match &mock.alias {
            Some(alias) => format!("{}.{alias}", mock.name),
            None => mock.name.to_string(),
        };
        let what = format!("A provider for {name} is already defined");
        let places = (first.name_span, block.header_span);
        self.duplicate("Duplicate provider block", &what, places, "");
        None
    }

    /// Adds the stand-ins of a file of them, where there are none yet.
    pub(crate) fn mocks(&mut self, mut body: Body, mock: &mut MockProvider) {
        self.unfold_mocks(&mut body);
        schema::check(&body, &MOCK_FILE, self.diagnostics);
        let mut found =
            MockProvider { defaults: Vec::new(), overrides: Vec::new(), ..mock.clone() };
        self.mock_blocks(body, &mut found);
        let known = |one: &MockDefaults| mock.defaults.iter().any(|other| is_same(other, one));
        found.defaults.retain(|one| !known(one));
        found.overrides.retain(|one| !mock.overrides.iter().any(|o| o.target == one.target));
        mock.defaults.append(&mut found.defaults);
        mock.overrides.append(&mut found.overrides);
    }

    fn unfold_mocks(&mut self, body: &mut Body) {
        let kinds = MOCKS.iter().map(|kind| (*kind, usize::from(kind.starts_with("mock_"))));
        self.unfold(body, &kinds.collect::<Vec<_>>());
    }

    fn mock_blocks(&mut self, body: Body, mock: &mut MockProvider) {
        for block in body.blocks {
            match &*block.kind {
                "mock_data" | "mock_resource" => self.mock_defaults(block, &mut mock.defaults),
                _ => self.override_block(block, &mut mock.overrides),
            }
        }
    }

    fn mock_defaults(&mut self, mut block: Block, all: &mut Vec<MockDefaults>) {
        if !schema::labels(&block, &["type"], self.diagnostics) {
            return;
        }
        schema::check(&block.body, &DEFAULTS, self.diagnostics);
        let values = self.take_expr(&mut block.body, "defaults");
        let values = values.and_then(|values| self.value(&values));
        let label = &block.labels[0];
        let one = MockDefaults {
            data: &*block.kind == "mock_data",
            type_name: label.text.clone(),
            values: values.unwrap_or_else(|| Value::object([])),
            during_plan: self.take_during(&mut block.body),
            header_span: block.header_span,
        };
        let Some(first) = all.iter().find(|other| is_same(other, &one)) else {
            all.push(one);
            return;
        };
        let (kind, name) = (&block.kind, &one.type_name);
        let what = format!("A {kind} block for {name} has already been defined");
        let places = (first.header_span, label.span);
        self.duplicate(&format!("Duplicate {kind} block"), &what, places, "");
    }

    pub(super) fn override_block(&mut self, mut block: Block, all: &mut Vec<Override>) {
        let Some(kind) = OverrideKind::of(&block.kind) else { return };
        let is_module = kind == OverrideKind::Module;
        let (shape, name) =
            if is_module { (&OVERRIDE_MODULE, "outputs") } else { (&OVERRIDE, "values") };
        schema::labels(&block, &[], self.diagnostics);
        schema::check(&block.body, shape, self.diagnostics);
        let target = self.override_target(&mut block, kind);
        let values = self.override_values(&mut block, name);
        let during_plan = self.take_during(&mut block.body);
        let Some((target, target_span)) = target else { return };
        let values = values.unwrap_or_else(|| Value::object([]));
        if let Some(first) = all.iter().find(|other| other.target == target) {
            let kind = &block.kind;
            let what = format!("An {kind} block targeting {target} has already been defined");
            let places = (first.header_span, block.header_span);
            self.duplicate(&format!("Duplicate {kind} block"), &what, places, "");
            return;
        }
        let header_span = block.header_span;
        all.push(Override { kind, target, values, during_plan, header_span, target_span });
    }

    fn override_target(
        &mut self,
        block: &mut Block,
        kind: OverrideKind,
    ) -> Option<(MovedEndpoint, diagnostics::Span)> {
        let Some(attribute) = self.take(&mut block.body, "target") else {
            let detail = format!("{} blocks must specify a target address.", block.kind);
            self.report("Missing target attribute", detail, block.header_span);
            return None;
        };
        let target = self.endpoint(&attribute.value)?;
        let is_data =
            |resource: &lang::ResourceAddress| matches!(resource.mode, lang::ResourceMode::Data);
        let (fits, kinds) = match (kind, &target) {
            (OverrideKind::Module, target) => {
                (matches!(target, MovedEndpoint::Module(_)), "modules")
            }
            (OverrideKind::Resource, MovedEndpoint::Resource(it)) => (!is_data(it), "resources"),
            (OverrideKind::Data, MovedEndpoint::Resource(it)) => (is_data(it), "data sources"),
            (OverrideKind::Resource, MovedEndpoint::Module(_)) => (false, "resources"),
            (OverrideKind::Data, MovedEndpoint::Module(_)) => (false, "data sources"),
        };
        if !fits {
            let kind = &block.kind;
            let detail = format!("You can only target {kinds} from {kind} blocks, not {target}.");
            self.report("Invalid override target", detail, attribute.span);
            return None;
        }
        Some((target, attribute.span))
    }

    fn override_values(&mut self, block: &mut Block, name: &str) -> Option<Value> {
        let Some(attribute) = self.take(&mut block.body, name) else {
            return Some(Value::object([]));
        };
        let value = self.value(&attribute.value)?;
        if !matches!(value.type_of(), Type::Object(_)) {
            let article = if name == "outputs" { "an" } else { "a" };
            let kind = &block.kind;
            let detail =
                format!("{kind} blocks must specify {article} {name} attribute that is an object.");
            self.report(&format!("Invalid {name} attribute"), detail, attribute.span);
            return None;
        }
        Some(value)
    }

    /// Takes `override_during`: whether what is made up is known when planning.
    fn take_during(&mut self, body: &mut Body) -> Option<bool> {
        let attribute = self.take(body, "override_during")?;
        match self.bare_word(&attribute.value).as_deref() {
            Some("plan") => Some(true),
            Some("apply") => Some(false),
            _ => {
                let detail = "The override_during attribute must be a value of plan or apply.";
                self.report("Invalid override_during value", detail, attribute.span);
                None
            }
        }
    }

    /// A bare word; in JSON, where nothing is bare, a string.
    pub(super) fn bare_word(&self, expr: &Expr) -> Option<Name> {
        match &expr.kind {
            lang::ExprKind::Reference(reference) if reference.steps.is_empty() => {
                Some(reference.root.clone())
            }
            _ if self.is_json(expr.span) => constant::text(expr),
            _ => None,
        }
    }

    /// The address that an expression writes.
    pub(super) fn endpoint(&mut self, expr: &Expr) -> Option<MovedEndpoint> {
        let expr = self.static_expr(expr);
        let endpoint = address::endpoint(&expr).map_err(|mistake| *mistake);
        self.diagnostics.absorb(endpoint)
    }

    /// The value of an expression that refers to nothing.
    fn value(&mut self, expr: &Expr) -> Option<Value> {
        let refers = self.refers(expr, "write the value itself");
        let value = |diagnostics: &mut Diagnostics| diagnostics.absorb(constant::value(expr));
        (!refers).then(|| value(self.diagnostics)).flatten()
    }
}

fn is_same(one: &MockDefaults, other: &MockDefaults) -> bool {
    one.data == other.data && one.type_name == other.type_name
}

/// A provider that is made up is not configured besides.
fn is_mocked(block: &ProviderBlock, test: &TestFile) -> bool {
    test.mocks.iter().any(|mock| mock.name == block.name && mock.alias == block.alias)
}
