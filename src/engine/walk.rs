//! The walk over all declarations in dependency order: it evaluates values and plans instances.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use config::Config;
use diagnostics::{Diagnostic, Diagnostics};
use indexmap::IndexMap;
use lang::functions::FunctionContext;
use lang::{Name, Value};
use plan::{PlanMode, ResourceChange};
use provider::{Connection, Limits, Registry};
use state::{InstanceState, PendingOperation};

use crate::blocked::Blocked;
use crate::conditions::Judgements;
use crate::dependency::{Dependencies, Dependency, Place};
use crate::events::Events;
use crate::graph::Graph;
use crate::instance::Block;
use crate::options::{PlanInput, PlanOptions};
use crate::prior::{Prior, PriorInstance};
use crate::scope::{ModuleScope, Surroundings};
use crate::selection::Selection;
use crate::steps::without_key;
use crate::tables::{Ordinal, Repetition, Tables};
use crate::tree::{NodeId, NodeKind, Tree};

/// Where an instance stands: its resource, the module instance, and the place among the instances.
pub(crate) type Spot = (NodeId, Ordinal, u32);

/// One instance with all that apply needs to know.
#[derive(Clone, Debug)]
pub(crate) struct PlannedInstance {
    /// None for what is no longer in the configuration.
    pub spot: Option<Spot>,
    pub address: String,
    pub change: ResourceChange,
    pub dependencies: Rc<[Dependency]>,
    /// The addresses it will be recorded to depend on.
    pub depends_on: Vec<String>,
    /// Apart, since most instances of a large plan are new.
    pub prior: Option<Box<PriorInstance>>,
    pub create_before_destroy: bool,
    pub prevent_destroy: bool,
    pub on_destroy: crate::lifecycle::OnDestroy,
    /// It ceases to exist with what it lives on: nothing needs to be called.
    pub vanishes: bool,
    /// Targets and exclusions leave it in the plan.
    pub selected: bool,
}

/// A run of the engine: configuration, everything evaluated, everything planned.
pub(crate) struct Run {
    pub config: Arc<Config>,
    pub registry: Registry,
    pub options: PlanOptions,
    pub events: Events,
    pub stack: Name,
    pub tree: Arc<Tree>,
    pub graph: Rc<Graph>,
    pub selection: Selection,
    pub tables: Tables,
    pub surroundings: Surroundings,
    pub prior: Prior,
    pub connections: HashMap<String, Connection>,
    /// Calls in flight, while planning and while applying.
    pub limits: Arc<Limits>,
    pub blocks: HashMap<NodeId, Block>,
    pub dependencies: Dependencies,
    pub instances: Vec<PlannedInstance>,
    pub by_spot: HashMap<Spot, usize>,
    pub by_address: HashMap<String, usize>,
    /// By the address of a resource without instance key: its planned instances.
    pub by_resource: HashMap<String, Vec<usize>>,
    pub resolutions: Vec<crate::pending::Resolution>,
    /// A provider could not be connected, which was told: what is not known because of that is no mistake.
    pub disconnected: bool,
    /// Addresses that the configuration has, even those that could not be planned.
    pub declared: HashSet<String>,
    /// Instances that their type refused to plan, and the addresses that they refer to.
    pub failed: HashMap<String, Vec<String>>,
    pub blocked: Blocked,
    pub pending: HashMap<String, PendingOperation>,
    /// By address: what is to be imported and was not yet.
    pub imports: BTreeMap<String, crate::import::Request>,
    pub judgements: Judgements,
    /// What the data sources of `check` blocks read, by check and module instance.
    pub scoped: HashMap<(NodeId, Ordinal), (config::ResourceKey, Value)>,
    /// What checks read, by the check.
    pub scoped_reads: Vec<(NodeId, ResourceChange)>,
    /// The records of the data sources that were read, and their values.
    pub data: Vec<(InstanceState, Value)>,
    /// Provider configurations that only apply can know, and connect.
    pub deferred_providers: HashSet<String>,
    pub variables: IndexMap<Name, Value>,
    /// Checking without values: nothing is read, what is not known is unknown.
    pub checking: bool,
    /// Apply is under way: nothing that is read waits for it any more.
    pub applying: bool,
    pub diagnostics: Diagnostics,
}

impl Run {
    /// Prepares a run; nothing is read yet. With a cycle it only checks.
    pub(crate) fn new(input: PlanInput, checking: bool) -> Self {
        let tree = Arc::new(Tree::new(&input.config));
        let graph = Rc::new(Graph::new(&tree));
        let dependencies = Dependencies::new(graph.clone());
        let mut diagnostics = graph.cycles.clone();
        if !checking {
            diagnostics.extend(graph.self_references.clone());
        }
        let checking = checking || diagnostics.has_errors();
        let prior = Prior::load(&input.prior, &input.registry, &mut diagnostics);
        let selection = Selection::new(&input.options, &tree, &graph, &prior);
        let folder = input.config.folder.clone();
        let functions = FunctionContext {
            // Absolute, so that nothing depends on the folder that the command was called from.
            base: folder.canonicalize().unwrap_or_else(|_| folder.clone()),
            plan_time: input.options.timestamp.as_str().into(),
            world: input.world,
            console: false,
        };
        let workspace = input.options.workspace.as_str().into();
        let limits = Arc::new(Limits::new(input.options.parallelism));
        let pending = input.pending.into_iter().map(|p| (p.begin.address.clone(), p)).collect();
        Self {
            stack: input.config.name(),
            config: input.config.clone(),
            registry: input.registry,
            options: input.options,
            events: input.events,
            tables: Tables::new(tree.clone()),
            tree,
            graph,
            selection,
            surroundings: Surroundings {
                config: input.config,
                functions,
                folder,
                workspace,
                checking,
            },
            prior,
            connections: HashMap::new(),
            limits,
            blocks: HashMap::new(),
            dependencies,
            instances: Vec::new(),
            by_spot: HashMap::new(),
            by_address: HashMap::new(),
            by_resource: HashMap::new(),
            resolutions: Vec::new(),
            disconnected: false,
            declared: HashSet::new(),
            failed: HashMap::new(),
            blocked: Blocked::default(),
            pending,
            imports: BTreeMap::new(),
            judgements: Judgements::default(),
            scoped: HashMap::new(),
            scoped_reads: Vec::new(),
            data: Vec::new(),
            deferred_providers: HashSet::new(),
            variables: input.variables,
            checking,
            applying: false,
            diagnostics,
        }
    }

    /// Evaluates and plans everything in order.
    pub(crate) async fn walk(&mut self) {
        self.set_root_variables();
        self.set_regions();
        self.connect_defaults().await;
        let graph = self.graph.clone();
        for node in &graph.order {
            if self.selection.visits(*node) {
                self.note_blocked(*node);
                // A plan tells all mistakes at once; who checks knows less, and would tell what only follows.
                if self.checking && self.is_behind(*node) {
                    continue;
                }
                let told = self.diagnostics.len();
                self.visit(*node).await;
                if self.mistakes_after(told) {
                    self.blocked.is_mistaken(*node);
                }
            }
        }
    }

    async fn visit(&mut self, node: NodeId) {
        let kind = self.tree.get(node).kind.clone();
        let module = self.tree.get(node).module;
        let ordinals = 0..self.tables.module(module).instances.len();
        match kind {
            NodeKind::Provider(index) => self.visit_provider(index).await,
            NodeKind::Resource(key) => self.visit_resource(node, &key).await,
            NodeKind::Call(key) => {
                let child = self.tree.module(module).children[&key];
                for ordinal in ordinals {
                    self.visit_call((node, to_u32(ordinal)), &key, child);
                }
            }
            // What is about to go is held against nothing.
            NodeKind::Check(_) if self.is_destroying() || self.is_behind(node) => {}
            NodeKind::Check(_) => self.visit_checks(node).await,
            _ => ordinals.for_each(|ordinal| self.visit_value(node, to_u32(ordinal))),
        }
    }

    /// A check in every module instance.
    pub(crate) async fn visit_checks(&mut self, node: NodeId) {
        let module = self.tree.get(node).module;
        let NodeKind::Check(index) = self.tree.get(node).kind else { return };
        let config = self.tree.module(module).config.clone();
        for ordinal in 0..to_u32(self.tables.module(module).instances.len()) {
            self.visit_check(node, ordinal, &config.checks[index]).await;
        }
    }

    /// A variable, local or output in one module instance.
    pub(crate) fn visit_value(&mut self, node: NodeId, ordinal: Ordinal) {
        let module = self.tree.get(node).module;
        let direct = crate::dependency::direct(self.place(node, ordinal, None));
        self.dependencies.of_values.insert((node, ordinal), direct);
        let config = self.tree.module(module).config.clone();
        match self.tree.get(node).kind.clone() {
            NodeKind::Variable(name) => {
                // Those of the root module were handed in.
                if module != Tree::ROOT {
                    self.visit_variable(node, ordinal, &config.variables[&name]);
                }
                self.check_variable(node, ordinal, &config.variables[&name]);
                if module != Tree::ROOT && self.checking {
                    self.forget_value(node, ordinal, &config.variables[&name]);
                }
            }
            NodeKind::Local(name) => {
                let value = self.evaluate(&config.locals[&name].value, node, ordinal);
                self.tables.set_value(node, ordinal, value);
            }
            NodeKind::Output(name) => self.visit_output(node, ordinal, &config.outputs[&name]),
            _ => {}
        }
    }

    fn visit_output(&mut self, node: NodeId, ordinal: Ordinal, output: &config::Output) {
        let address = self.named(node, ordinal, &format!("output.{}", output.name));
        let summary = "Module output value precondition failed";
        // What is about to go is held against nothing.
        if !self.is_destroying() {
            self.check_rules(
                &output.preconditions,
                (node, ordinal, None),
                (&address, "output_value", summary),
            );
        }
        let value = self.evaluate(&output.value, node, ordinal);
        if !output.ephemeral && value.deep_marks().contains(lang::Marks::EPHEMERAL) {
            let detail = "This output value is not declared as returning an ephemeral value, so it cannot be set to a result derived from an ephemeral value.";
            let diagnostic = Diagnostic::error("Ephemeral value not allowed", detail);
            self.diagnostics.push(diagnostic.at(output.value.span));
        }
        let root = self.tree.get(node).module == Tree::ROOT;
        let known_not = self.checking && !root && !value.is_unknown();
        if known_not && output.ephemeral && !value.deep_marks().contains(lang::Marks::EPHEMERAL) {
            let detail = "This output value is declared as returning an ephemeral value, so it can only be set to an ephemeral value.";
            let diagnostic = Diagnostic::error("Value not allowed in ephemeral output", detail);
            self.diagnostics.push(diagnostic.at(output.value.span));
        }
        if root && !output.sensitive && value.deep_marks().contains(lang::Marks::SENSITIVE) {
            let detail = "To reduce the risk of accidentally exporting sensitive data that was intended to be only internal, artiform requires that any root module output containing sensitive data be explicitly marked as sensitive, to confirm your intent.\n\nIf you do intend to export this data, annotate the output value as sensitive by adding the following argument:\n    sensitive = true";
            let diagnostic = Diagnostic::error("Output refers to sensitive values", detail);
            self.diagnostics.push(diagnostic.at(output.header_span));
        }
        let value = if output.sensitive { value.sensitive() } else { value };
        self.tables.set_value(node, ordinal, value);
    }

    /// Evaluates an expression where a node stands; a mistake is collected and gives an unknown.
    pub(crate) fn evaluate(&mut self, expr: &lang::Expr, node: NodeId, ordinal: Ordinal) -> Value {
        let result = lang::eval::evaluate(expr, &self.scope(node, ordinal, None));
        let value = self.diagnostics.absorb(result);
        value.unwrap_or_else(|| Value::unknown(lang::Type::Dynamic))
    }

    /// The scope in which a node's own expressions stand.
    pub(crate) fn scope<'a>(
        &'a self,
        node: NodeId,
        ordinal: Ordinal,
        repetition: Option<&'a Repetition>,
    ) -> ModuleScope<'a> {
        ModuleScope {
            tables: &self.tables,
            surroundings: &self.surroundings,
            module: self.tree.get(node).module,
            ordinal,
            repetition,
            own: None,
            scoped: self.scoped.get(&(node, ordinal)),
        }
    }

    pub(crate) fn place<'a>(
        &'a self,
        node: NodeId,
        ordinal: Ordinal,
        repetition: Option<&'a Repetition>,
    ) -> Place<'a> {
        let (tables, graph) = (&self.tables, &*self.graph);
        Place { tables, graph, surroundings: &self.surroundings, node, ordinal, repetition }
    }

    /// An address inside a module instance: `module.a["x"].output.url`.
    pub(crate) fn named(&self, node: NodeId, ordinal: Ordinal, name: &str) -> String {
        let module = &self.tables.instance(self.tree.get(node).module, ordinal).address;
        if module.0.is_empty() { name.to_owned() } else { format!("{module}.{name}") }
    }

    /// Keeps a planned instance.
    pub(crate) fn keep(&mut self, instance: PlannedInstance) {
        let index = self.instances.len();
        if let Some(spot) = instance.spot {
            self.by_spot.insert(spot, index);
            if instance.change.is_change() {
                self.dependencies.mark_changed(spot);
            }
        }
        if instance.change.address.key.is_some() {
            let resource = without_key(&instance.address);
            match self.by_resource.get_mut(resource) {
                Some(members) => members.push(index),
                None => drop(self.by_resource.insert(resource.to_owned(), vec![index])),
            }
        }
        self.by_address.insert(instance.address.clone(), index);
        self.instances.push(instance);
    }

    pub(crate) fn is_destroying(&self) -> bool {
        self.options.mode == PlanMode::Destroy
    }

    /// What names generated for a new object of an instance are derived from.
    pub(crate) fn name_seed(&self, address: &str) -> String {
        match self.next_generation(address) {
            0 => format!("{}/{address}", self.stack),
            generation => format!("{}/{address}/{generation}", self.stack),
        }
    }

    /// The generation of the next object of an instance: another than that of the object which it replaces or
    /// which moved away, and that of an interrupted create again.
    pub(crate) fn next_generation(&self, address: &str) -> u64 {
        let begun = self.pending.get(address).map(|pending| &pending.begin);
        let begun = begun.filter(|begin| begin.action == state::OperationAction::Create);
        if let Some(begun) = begun {
            return begun.context["generation"].as_u64().unwrap_or(0);
        }
        self.prior.next_generation(address)
    }
}

pub(crate) fn to_u32(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
