//! The execution graph: what apply does, and what each step waits for.

use std::collections::{BTreeSet, HashMap};

use diagnostics::{Diagnostic, Diagnostics};
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use plan::Action;

use crate::dependency::Dependency;
use crate::tables::Ordinal;
use crate::tree::NodeId;
use crate::walk::Run;

/// One step of apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Step {
    /// Evaluates a variable, local or output again, now that what it refers to is made.
    Value(NodeId, Ordinal),
    /// Does nothing: all instances of a resource are through.
    Gather(NodeId, Ordinal),
    /// Does nothing: what refers to the whole resource of the n-th planned instance is destroyed or, if
    /// `true`, does not refer to it any more.
    Released(usize, bool),
    /// Creates, updates or reads the n-th planned instance.
    Apply(usize),
    /// Deletes or forgets the n-th planned instance, or the object that it replaces.
    Destroy(usize),
}

/// Steps and who waits for them.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    pub steps: Vec<Step>,
    /// By step: the steps that wait for it.
    pub dependents: Vec<Vec<usize>>,
    /// By step: how many it waits for.
    pub waiting: Vec<usize>,
    index: HashMap<Step, usize>,
    /// Memory of what a value or resource needs; none where nothing of it changes.
    needs: HashMap<Dependency, Option<usize>>,
    edges: BTreeSet<(usize, usize)>,
    /// Those of the edges that are given up where they would close a circle: that an update, which ends a
    /// reference, comes before what was referred to is destroyed.
    yielding: BTreeSet<(usize, usize)>,
}

/// Builds the execution graph of a plan.
///
/// # Errors
/// A circle of steps, which only create-before-destroy can make.
pub(crate) fn build(run: &Run) -> Result<Steps, Diagnostics> {
    let mut steps = Steps::default();
    // Must come first: edges are drawn only between instances that have steps.
    for (i, instance) in run.instances.iter().enumerate() {
        let action = instance.change.action;
        let only_deposed = instance.change.deposed.is_some();
        if !only_deposed
            && (action.creates()
                || matches!(action, Action::Update | Action::Read | Action::ReadAgain))
        {
            steps.add(Step::Apply(i));
        }
        if action.destroys() || action == Action::Forget {
            steps.add(Step::Destroy(i));
        }
    }
    // Then what each made or changed instance refers to, through values.
    for i in 0..run.instances.len() {
        if let Some(step) = steps.find(Step::Apply(i)) {
            for dependency in run.instances[i].dependencies.iter() {
                if let Some(needed) = steps.need(run, *dependency) {
                    steps.edge(needed, step);
                }
            }
        }
    }
    // Likewise what is destroyed over a connection that apply opens.
    for i in 0..run.instances.len() {
        let instance = &run.instances[i];
        if let Some(step) = steps.find(Step::Destroy(i)).filter(|_| instance.spot.is_none()) {
            for dependency in instance.dependencies.iter() {
                if let Some(needed) = steps.need(run, *dependency) {
                    steps.edge(needed, step);
                }
            }
        }
    }
    steps.order_replacements(run);
    // Last, since it looks at the steps of dependents.
    steps.order_destruction(run);
    steps.order_leftovers(run);
    steps.yield_in_circles();
    steps.check(run)?;
    steps.count();
    Ok(steps)
}

impl Steps {
    fn add(&mut self, step: Step) -> usize {
        if let Some(index) = self.index.get(&step) {
            return *index;
        }
        let index = self.steps.len();
        self.steps.push(step);
        self.index.insert(step, index);
        index
    }

    pub(crate) fn find(&self, step: Step) -> Option<usize> {
        self.index.get(&step).copied()
    }

    /// `later` waits for `earlier`.
    fn edge(&mut self, earlier: usize, later: usize) {
        if earlier != later && !self.edges.insert((earlier, later)) {
            self.yielding.remove(&(earlier, later));
        }
    }

    /// The step that a dependency waits for, if anything about it changes.
    fn need(&mut self, run: &Run, dependency: Dependency) -> Option<usize> {
        if let Dependency::Instance(node, ordinal, index) = dependency {
            let instance = run.by_spot.get(&(node, ordinal, index))?;
            return self.find(Step::Apply(*instance));
        }
        if let Some(known) = self.needs.get(&dependency) {
            return *known;
        }
        let (own, inner) = match dependency {
            Dependency::Value(node, ordinal) => {
                let direct = run.dependencies.of_values.get(&(node, ordinal));
                (Step::Value(node, ordinal), direct.cloned().unwrap_or_default())
            }
            Dependency::Whole(node, ordinal) | Dependency::Instance(node, ordinal, _) => {
                let count = run.tables.resource(node, ordinal).map_or(0, |t| t.values.len());
                let all = (0..crate::walk::to_u32(count))
                    .map(|index| Dependency::Instance(node, ordinal, index));
                (Step::Gather(node, ordinal), all.collect())
            }
            Dependency::Declared(_) => return None,
        };
        let needed: Vec<usize> = inner.into_iter().filter_map(|d| self.need(run, d)).collect();
        let step = (!needed.is_empty()).then(|| self.add(own));
        if let Some(step) = step {
            needed.into_iter().for_each(|earlier| self.edge(earlier, step));
        }
        self.needs.insert(dependency, step);
        step
    }

    /// Delete, then create; or create, then delete.
    fn order_replacements(&mut self, run: &Run) {
        for (i, instance) in run.instances.iter().enumerate() {
            let steps = (self.find(Step::Apply(i)), self.find(Step::Destroy(i)));
            let (Some(create), Some(destroy)) = steps else { continue };
            match instance.change.action {
                Action::CreateThenDelete => self.edge(create, destroy),
                _ => self.edge(destroy, create),
            }
        }
    }

    /// What an earlier replacement left behind goes after what stands in its place is there.
    fn order_leftovers(&mut self, run: &Run) {
        for (i, instance) in run.instances.iter().enumerate() {
            let Some(destroy) = self.find(Step::Destroy(i)) else { continue };
            let current = run.by_address.get(&instance.address);
            let current = current.filter(|_| instance.change.deposed.is_some());
            let made = current.and_then(|current| self.find(Step::Apply(*current)));
            made.into_iter().for_each(|made| self.edge(made, destroy));
        }
    }

    /// What refers to a thing is destroyed, or stops referring to it, before the thing is destroyed.
    fn order_destruction(&mut self, run: &Run) {
        let dependents = run.prior.dependents();
        let mut released: HashMap<(&str, bool), Option<usize>> = HashMap::new();
        for (i, instance) in run.instances.iter().enumerate() {
            let Some(destroy) = self.find(Step::Destroy(i)) else { continue };
            if instance.vanishes {
                self.vanish_after_hosts(run, i, destroy);
                continue;
            }
            let replaced_first = instance.change.action == Action::DeleteThenCreate;
            let named = dependents.get(&instance.address).into_iter().flatten();
            for dependent in named.filter(|dependent| **dependent != instance.address) {
                self.end_before(run, (dependent, !replaced_first), destroy);
            }
            let resource = without_key(&instance.address);
            if let Some(whole) = dependents.get(resource).filter(|_| resource != instance.address) {
                let gather = Step::Released(i, !replaced_first);
                let earlier = released
                    .entry((resource, replaced_first))
                    .or_insert_with(|| self.released(run, gather, (resource, whole)));
                earlier.iter().for_each(|earlier| self.edge(*earlier, destroy));
            }
            if instance.change.unread.is_some() {
                self.destroy_when_reachable(run, i, destroy);
            }
        }
    }

    /// The steps by which an instance ceases to refer to others: its destruction and, `in_place`, its update.
    fn ends_of(&self, run: &Run, address: &str, in_place: bool) -> [Option<usize>; 2] {
        let Some(j) = run.by_address.get(address).copied() else { return [None; 2] };
        let instance = &run.instances[j];
        if instance.vanishes {
            return [None; 2];
        }
        let in_place = in_place && instance.change.action == Action::Update;
        let update = self.find(Step::Apply(j)).filter(|_| in_place);
        [self.find(Step::Destroy(j)), update]
    }

    /// `later` waits until an instance has ceased to refer to others; for an update only where that can be.
    fn end_before(&mut self, run: &Run, (address, in_place): (&str, bool), later: usize) {
        let [destroyed, updated] = self.ends_of(run, address, in_place);
        destroyed.into_iter().for_each(|earlier| self.edge(earlier, later));
        if let Some(earlier) = updated.filter(|earlier| *earlier != later) {
            // What must be is not given up.
            if self.edges.insert((earlier, later)) {
                self.yielding.insert((earlier, later));
            }
        }
    }

    /// One step for all that refers to a whole resource, so that N x N edges never arise.
    fn released(
        &mut self,
        run: &Run,
        gather: Step,
        (resource, dependents): (&str, &[String]),
    ) -> Option<usize> {
        let Step::Released(_, in_place) = gather else { return None };
        let others = dependents.iter().filter(|dependent| without_key(dependent) != resource);
        let has_end = |other: &&String| self.ends_of(run, other, in_place) != [None; 2];
        let ending: Vec<&String> = others.filter(has_end).collect();
        let step = (!ending.is_empty()).then(|| self.add(gather))?;
        ending.into_iter().for_each(|other| self.end_before(run, (other, in_place), step));
        Some(step)
    }

    /// Its record goes when what it lived on is gone.
    fn vanish_after_hosts(&mut self, run: &Run, i: usize, destroy: usize) {
        let Some(resource_type) = run.type_of(i) else { return };
        let hosts = resource_type.host_types();
        for address in &run.instances[i].depends_on {
            for j in run.instances_named(address).iter().copied() {
                let is_host = hosts.contains(&&*run.instances[j].change.address.type_name);
                if let Some(host) = self.find(Step::Destroy(j)).filter(|_| is_host) {
                    self.edge(host, destroy);
                }
            }
        }
    }

    /// What could not be read is deleted after what it lives on is back.
    fn destroy_when_reachable(&mut self, run: &Run, i: usize, destroy: usize) {
        for address in &run.instances[i].depends_on {
            for j in run.instances_named(address).iter().copied() {
                if run.instances[j].change.action == Action::Update
                    && let Some(back) = self.find(Step::Apply(j))
                {
                    self.edge(back, destroy);
                }
            }
        }
    }

    /// The steps that wait for one another, circle by circle.
    fn circles(&self) -> Vec<Vec<usize>> {
        let mut graph: DiGraph<(), ()> = DiGraph::with_capacity(self.steps.len(), self.edges.len());
        self.steps.iter().for_each(|_| {
            graph.add_node(());
        });
        for (earlier, later) in &self.edges {
            graph.add_edge(NodeIndex::new(*earlier), NodeIndex::new(*later), ());
        }
        let circles = kosaraju_scc(&graph).into_iter().filter(|members| members.len() > 1);
        circles.map(|members| members.into_iter().map(NodeIndex::index).collect()).collect()
    }

    /// An instance that moves to another key is destroyed and made anew; what refers to it is updated last of
    /// all, and cannot be waited for where what it refers to itself is replaced.
    fn yield_in_circles(&mut self) {
        if self.yielding.is_empty() {
            return;
        }
        let circles = self.circles();
        let numbered = circles.into_iter().enumerate();
        let circle_of: HashMap<usize, usize> =
            numbered.flat_map(|(n, members)| members.into_iter().map(move |m| (m, n))).collect();
        for (earlier, later) in std::mem::take(&mut self.yielding) {
            let circle = circle_of.get(&earlier);
            if circle.is_some() && circle == circle_of.get(&later) {
                self.edges.remove(&(earlier, later));
            }
        }
    }

    fn check(&self, run: &Run) -> Result<(), Diagnostics> {
        let found: Vec<Diagnostic> = self
            .circles()
            .into_iter()
            .map(|members| {
                let names = members.iter().map(|m| self.describe(run, self.steps[*m]));
                let names: BTreeSet<String> = names.collect();
                let list = names.into_iter().collect::<Vec<_>>().join(", ");
                Diagnostic::error("Cycle", format!("These steps wait for one another: {list}."))
                    .hint("set create_before_destroy alike on all of them")
            })
            .collect();
        if found.is_empty() { Ok(()) } else { Err(found.into()) }
    }

    pub(crate) fn describe(&self, run: &Run, step: Step) -> String {
        match step {
            Step::Value(node, _) | Step::Gather(node, _) => run.tree.describe(node),
            Step::Released(i, _) => {
                format!("all references to {}", without_key(&run.instances[i].address))
            }
            Step::Apply(i) => run.instances[i].address.clone(),
            Step::Destroy(i) => format!("{} (destroy)", run.instances[i].address),
        }
    }

    fn count(&mut self) {
        self.dependents = vec![Vec::new(); self.steps.len()];
        self.waiting = vec![0; self.steps.len()];
        for (earlier, later) in std::mem::take(&mut self.edges) {
            self.dependents[earlier].push(later);
            self.waiting[later] += 1;
        }
        self.needs = HashMap::new();
    }
}

/// `aws_vpc.a[0]` is an instance of `aws_vpc.a`.
pub(crate) fn without_key(address: &str) -> &str {
    if !address.ends_with(']') {
        return address;
    }
    // The key of the last step: keys of modules before it are followed by a full stop.
    let mut in_quotes = false;
    let mut open = None;
    let mut bytes = address.bytes().enumerate().peekable();
    while let Some((i, byte)) = bytes.next() {
        match byte {
            b'\\' if in_quotes => {
                bytes.next();
            }
            b'"' => in_quotes = !in_quotes,
            b'[' if !in_quotes => open = Some(i),
            _ => {}
        }
    }
    open.map_or(address, |open| &address[..open])
}

#[cfg(test)]
mod tests {
    use super::without_key;

    #[test]
    fn the_last_key_is_cut_whatever_it_holds() {
        assert_eq!(without_key("aws_vpc.a"), "aws_vpc.a");
        assert_eq!(without_key("aws_vpc.a[0]"), "aws_vpc.a");
        assert_eq!(without_key("module.m[\"x\"].t.n[\"a[b]\\\"]\"]"), "module.m[\"x\"].t.n");
        assert_eq!(without_key("module.m[\"x\"].t.n"), "module.m[\"x\"].t.n");
    }
}
