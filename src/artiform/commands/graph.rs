//! `graph`: what refers to what, in the language of Graphviz or as a drawing.

use std::collections::{BTreeMap, BTreeSet};

use super::Verb;
use resources::{Edges, Node};

use crate::context::{Context, Failure, Outcome, SUCCESS};
use crate::planning::StackArgument;

mod resources;
mod svg;

/// Write what refers to what as a graph
///
/// In DOT, for other programs, or as SVG, drawn without one. Resources point to the resources that they
/// need, also by way of locals and modules; what follows from other arrows has none of its own.
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
    /// Accepted for habit: a cycle is a mistake, which is told with the references that make it
    #[arg(long, hide = true)]
    draw_cycles: bool,
}

impl Verb for Graph {
    const NAME: &'static str = "graph";

    fn run(self, context: &Context) -> Outcome {
        if self.kind.as_deref().is_some_and(|kind| !KINDS.contains(&kind)) {
            let detail = "The -type=... argument must be either \"plan\", \"plan-refresh-only\", \"plan-destroy\", or \"apply\".";
            return Err(Failure::error("Unsupported graph type", detail));
        }
        let loaded = config::load(&self.stack.folder);
        if loaded.diagnostics.has_errors() {
            return Err(Failure::new(loaded.diagnostics, &loaded.config.sources));
        }
        let edges = resources::edges(&loaded.config.root);
        context.ui.print(&match self.format {
            Format::Dot => dot(&edges),
            Format::Svg => svg::draw(&named(&edges)),
        });
        Ok(SUCCESS)
    }
}

/// The graphs that Terraform draws.
const KINDS: [&str; 4] = ["apply", "plan", "plan-destroy", "plan-refresh-only"];

/// How a graph is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Dot,
    Svg,
}

/// The graph in Terraform's words: a cluster for each module, and every arrow.
fn dot(edges: &Edges) -> String {
    let quoted = lang::display::quoted;
    let mut text = String::from(
        "digraph G {\n  rankdir = \"RL\";\n  node [shape = rect, fontname = \"sans-serif\"];\n",
    );
    let mut modules: BTreeMap<&[String], Vec<&Node>> = BTreeMap::new();
    for node in edges.keys() {
        modules.entry(&node.module).or_default().push(node);
    }
    for (module, nodes) in modules {
        let inner = if module.is_empty() { "  " } else { "    " };
        if !module.is_empty() {
            let path = module.join(".");
            let cluster = quoted(&format!("cluster_{path}"));
            text.push_str(&format!("  subgraph {cluster} {{\n    label = {}\n", quoted(&path)));
            text.push_str("    fontname = \"sans-serif\"\n");
        }
        for node in nodes {
            let (address, label) = (quoted(&node.address()), quoted(&node.name));
            text.push_str(&format!("{inner}{address} [label={label}];\n"));
        }
        if !module.is_empty() {
            text.push_str("  }\n");
        }
    }
    for (from, targets) in edges {
        for to in targets {
            let (from, to) = (quoted(&from.address()), quoted(&to.address()));
            text.push_str(&format!("  {from} -> {to};\n"));
        }
    }
    text + "}\n"
}

fn named(edges: &Edges) -> BTreeMap<String, BTreeSet<String>> {
    let arrows = edges
        .iter()
        .map(|(from, targets)| (from.address(), targets.iter().map(Node::address).collect()));
    arrows.collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn resources_are_joined_through_locals_and_modules_as_terraform_joins_them() {
        let case = Path::new("../../tests/cases/graph/modules");
        let expected = std::fs::read_to_string(case.join("expected.dot")).unwrap();
        let loaded = config::load(case);
        assert_eq!(super::dot(&super::resources::edges(&loaded.config.root)), expected);
    }
}
