//! `graph`: what refers to what, in the language of Graphviz or as a drawing.

use std::collections::{BTreeMap, BTreeSet};

use config::{Module, Referent, ResourceKey};
use lang::{Expr, Name};

use super::Verb;
use crate::context::{Context, Failure, Outcome, SUCCESS};
use crate::planning::StackArgument;

mod svg;

/// Write what refers to what as a graph
///
/// In DOT, for other programs, or as SVG, drawn without one. Resources point to the resources and modules
/// that they need.
#[derive(Clone, Debug, clap::Args)]
pub struct Graph {
    #[command(flatten)]
    stack: StackArgument,
    /// The language of the graph
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "dot")]
    format: Format,
    /// Accepted for habit: there is one kind of graph
    #[arg(long = "type", value_name = "TYPE", hide = true)]
    kind: Option<String>,
}

impl Verb for Graph {
    const NAME: &'static str = "graph";

    fn run(self, context: &Context) -> Outcome {
        let loaded = config::load(&self.stack.folder);
        if loaded.diagnostics.has_errors() {
            return Err(Failure::new(loaded.diagnostics, &loaded.config.sources));
        }
        let mut edges = BTreeMap::new();
        module(&loaded.config.root, &mut edges);
        context.ui.print(&match self.format {
            Format::Dot => dot(&edges),
            Format::Svg => svg::draw(&edges),
        });
        Ok(SUCCESS)
    }
}

/// How a graph is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Dot,
    Svg,
}

type Edges = BTreeMap<String, BTreeSet<String>>;

fn dot(edges: &Edges) -> String {
    let mut text = String::from(
        "digraph G {\n  rankdir = \"RL\";\n  node [shape = rect, fontname = \"sans-serif\"];\n",
    );
    let quoted = lang::display::quoted;
    for name in edges.keys() {
        text.push_str(&format!("  {};\n", quoted(name)));
    }
    for (from, targets) in edges {
        for to in targets {
            text.push_str(&format!("  {} -> {};\n", quoted(from), quoted(to)));
        }
    }
    text + "}\n"
}

fn module(module: &Module, edges: &mut Edges) {
    let path: String = module.path.iter().map(|call| format!("{call}.")).collect();
    for (key, resource) in &module.resources {
        let mut walk = Walk::of(module);
        let own = [&resource.count, &resource.for_each, &resource.region];
        own.into_iter().flatten().for_each(|expr| walk.expression(expr));
        resource.body.for_each_expression(&mut |expr| walk.expression(expr));
        resource.depends_on.iter().for_each(|traversal| {
            if let Ok((referent, _)) = config::referent(traversal) {
                walk.referent(referent);
            }
        });
        edges.insert(format!("{path}{key}"), walk.named(&path));
    }
    for (key, call) in &module.calls {
        let mut walk = Walk::of(module);
        [&call.count, &call.for_each].into_iter().flatten().for_each(|expr| walk.expression(expr));
        call.inputs.values().for_each(|input| walk.expression(&input.value));
        edges.insert(format!("{path}{key}"), walk.named(&path));
        self::module(&call.module, edges);
    }
}

/// Collects what expressions need, by way of locals.
struct Walk<'a> {
    module: &'a Module,
    locals: BTreeSet<Name>,
    found: BTreeSet<String>,
}

impl<'a> Walk<'a> {
    fn of(module: &'a Module) -> Self {
        Self { module, locals: BTreeSet::new(), found: BTreeSet::new() }
    }

    fn expression(&mut self, expr: &Expr) {
        let mut referents = Vec::new();
        expr.for_each_reference(&mut |traversal| {
            referents.extend(config::referent(traversal).ok().map(|(referent, _)| referent));
        });
        referents.into_iter().for_each(|referent| self.referent(referent));
    }

    fn referent(&mut self, referent: Referent) {
        match referent {
            Referent::Resource(key) => {
                let key: ResourceKey = key;
                self.found.insert(key.to_string());
            }
            Referent::Module(key) => {
                self.found.insert(key.to_string());
            }
            Referent::Local(name) => {
                let local = self.module.locals.get(&name);
                if self.locals.insert(name)
                    && let Some(local) = local
                {
                    self.expression(&local.value);
                }
            }
            _ => {}
        }
    }

    fn named(self, path: &str) -> BTreeSet<String> {
        self.found.into_iter().map(|name| format!("{path}{name}")).collect()
    }
}
