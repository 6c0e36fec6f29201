//! Variables, regions, module calls and provider blocks: everything of the walk that is no resource.

use config::{CallKey, Variable};
use diagnostics::{Diagnostic, Diagnostics, Span};
use lang::{ModuleStep, Name, Type, Value, eval};
use provider::{Stack, decode};

use crate::expand::expand;
use crate::rules;
use crate::tables::Ordinal;
use crate::tree::{ModuleId, NodeId, NodeKind, Tree};
use crate::walk::Run;

impl Run {
    pub(crate) fn set_root_variables(&mut self) {
        let root = self.tree.module(Tree::ROOT);
        let nodes: Vec<(Name, NodeId)> =
            root.variables.iter().map(|(name, node)| (name.clone(), *node)).collect();
        let config = root.config.clone();
        for (name, node) in nodes {
            let variable = &config.variables[&name];
            let given = self.variables.get(&name).cloned();
            let value = match given {
                Some(value) => variable.marked(value),
                None => variable.marked(Value::unknown(variable.constraint.ty.clone())),
            };
            self.tables.set_value(node, 0, value);
        }
    }

    /// Regions may refer to variables only, since everything may refer to regions.
    pub(crate) fn set_regions(&mut self) {
        let config = self.config.clone();
        let mut regions = Vec::new();
        for (name, region) in &config.regions {
            let mut attributes = vec![(Name::from("name"), Value::string(name.clone()))];
            for (attribute, expr) in &region.attributes {
                let root = NodeId(0);
                let value = if self.tree.nodes.is_empty() {
                    Value::unknown(Type::Dynamic)
                } else {
                    self.evaluate(&expr.value, root, 0)
                };
                attributes.push((attribute.clone(), value));
            }
            regions.push((name.clone(), Value::object(attributes)));
        }
        self.tables.regions = Value::object(regions);
    }

    pub(crate) fn visit_variable(&mut self, node: NodeId, ordinal: Ordinal, variable: &Variable) {
        let module = self.tree.get(node).module;
        self.renew_call(module, ordinal);
        let Some((parent, call)) = self.tree.call_of(module) else { return };
        let input = call.inputs.get(&variable.name).cloned();
        let instance = self.tables.instance(module, ordinal);
        let (parent_ordinal, repetition) = (instance.parent, instance.repetition.clone());
        let given = input.as_ref().map(|input| {
            let scope = crate::scope::ModuleScope {
                tables: &self.tables,
                surroundings: &self.surroundings,
                module: parent,
                ordinal: parent_ordinal,
                repetition: Some(&repetition),
                own: None,
                scoped: None,
            };
            let result = eval::evaluate(&input.value, &scope);
            let failed = || Value::unknown(variable.constraint.ty.clone());
            self.diagnostics.absorb(result).unwrap_or_else(failed)
        });
        // What is missing was told when the call was read.
        let missing = given.is_none() && variable.default.is_none() && self.checking;
        let given =
            given.or_else(|| missing.then(|| Value::unknown(variable.constraint.ty.clone())));
        let span = input.as_ref().map_or(variable.header_span, |input| input.value.span);
        let value = self.accepted(variable, given, (node, ordinal, span));
        self.tables.set_value(node, ordinal, value);
    }

    /// Forgets the value that a call gives: a module is checked for every value that it may be given.
    pub(crate) fn forget_value(&mut self, node: NodeId, ordinal: Ordinal, variable: &Variable) {
        let any = variable.marked(Value::unknown(variable.constraint.ty.clone()));
        self.tables.set_value(node, ordinal, any);
    }

    /// The value that a module's variable has; one that does not fit is told and is unknown.
    fn accepted(
        &mut self,
        variable: &Variable,
        given: Option<Value>,
        (node, ordinal, span): (NodeId, Ordinal, diagnostics::Span),
    ) -> Value {
        let ephemeral = |value: &Value| value.deep_marks().contains(lang::Marks::EPHEMERAL);
        let was_given = given.is_some();
        let mistake = if !variable.ephemeral && given.as_ref().is_some_and(ephemeral) {
            let detail = "This input variable is not declared as accepting a ephemeral values, so it cannot be set to a result derived from an ephemeral value.";
            Diagnostic::error("Ephemeral value not allowed", detail)
        } else {
            let name = self.named(node, ordinal, &format!("var.{}", variable.name));
            let place = config::place(&self.config.sources, variable.header_span);
            let place = place.unwrap_or_default();
            match variable.accept(given) {
                Ok(value) if was_given && value.is_null() && !variable.nullable => {
                    let detail = format!(
                        "The given value is not suitable for {name} defined at {place}: required variable may not be set to null."
                    );
                    Diagnostic::error("Required variable not set", detail)
                }
                Ok(value) => return value,
                Err(error) => {
                    let detail = format!(
                        "The given value is not suitable for {name} declared at {place}: {}.",
                        describe(&error)
                    );
                    Diagnostic::error("Invalid value for input variable", detail)
                }
            }
        };
        self.diagnostics.push(mistake.at(span));
        variable.marked(Value::unknown(variable.constraint.ty.clone()))
    }

    /// Evaluates the validations of a variable; a false condition points at the value's place.
    pub(crate) fn check_variable(&mut self, node: NodeId, ordinal: Ordinal, variable: &Variable) {
        let mut found = Diagnostics::new();
        let address = self.named(node, ordinal, &format!("var.{}", variable.name));
        let call = self.tree.call_of(self.tree.get(node).module).map(|(_, call)| call);
        let input = call.and_then(|call| call.inputs.get(&variable.name));
        let of_root = || self.options.places.get(&variable.name).copied();
        let given = match (call, input) {
            (None, _) => of_root(),
            (Some(_), input) => input.map(|input| input.value.span),
        };
        let given = given.unwrap_or(variable.header_span);
        for rule in &variable.validations {
            let scope = self.scope(node, ordinal, None);
            let outcome = rules::check(rule, &scope, "Invalid value for variable");
            self.judgements.note(&address, &outcome);
            for mut diagnostic in outcome.diagnostics {
                if outcome.problem.is_some() {
                    let place = self.config.sources.file(rule.header_span.file).map(|file| {
                        let at = |byte: u32| file.position(byte as usize);
                        let (start, end) = (at(rule.header_span.start), at(rule.header_span.end));
                        format!("{}:{},{}-{}", file.path, start.line, start.column, end.column)
                    });
                    diagnostic.detail.push_str(&format!(
                        "\n\nThis was checked by the validation rule at {}.",
                        place.unwrap_or_default()
                    ));
                    diagnostic.subject = Some(given);
                }
                found.push(diagnostic);
            }
        }
        self.diagnostics.extend(found);
    }

    pub(crate) fn visit_call(
        &mut self,
        (node, ordinal): (NodeId, Ordinal),
        key: &CallKey,
        child: ModuleId,
    ) {
        let module = self.tree.get(node).module;
        let config = self.tree.module(module).config.clone();
        let call = &config.calls[key];
        let scope = self.scope(node, ordinal, None);
        let lenient = self.checking || self.disconnected || self.is_destroying();
        let result = expand(call.count.as_ref(), call.for_each.as_ref(), &scope, lenient);
        let expansion = self.expanded(result);
        let step = ModuleStep { topology: key.topology, name: key.name.clone(), key: None };
        self.tables.expand_call(child, &step, (module, ordinal), expansion);
    }

    /// Connects the providers that have no block of their own.
    pub(crate) async fn connect_defaults(&mut self) {
        let configured = &self.tree.module(Tree::ROOT).config.providers;
        let plain: Vec<&str> = configured
            .iter()
            .filter(|block| block.alias.is_none())
            .map(|block| &*block.name)
            .collect();
        let providers = self.registry.providers().to_vec();
        let missing: Vec<_> = providers.iter().filter(|p| !plain.contains(&p.name())).collect();
        for provider in missing {
            if !self.checking && self.is_used(provider.name()) {
                let config = provider.schema().empty_object();
                let name = provider.name();
                self.connect((name, name), &config, None).await;
            }
        }
    }

    /// Tells whether configuration or state has anything of a provider.
    fn is_used(&self, name: &str) -> bool {
        let in_state = self.prior.instances.values().any(|i| i.state.provider == name);
        let types = self.tree.nodes.iter().any(|node| match &node.kind {
            NodeKind::Resource(key) => {
                let managed = self.registry.resource_type(&key.type_name);
                let data = self.registry.data_source(&key.type_name);
                managed.map(|(p, _)| p).or(data.map(|(p, _)| p)).is_some_and(|p| p.name() == name)
            }
            NodeKind::Check(i) => {
                let data = self.tree.module(node.module).config.checks[*i].data.as_ref();
                let found = data.and_then(|data| self.registry.data_source(&data.type_name));
                found.is_some_and(|(provider, _)| provider.name() == name)
            }
            _ => false,
        });
        let imports = self.tree.module(Tree::ROOT).config.imports.iter().any(|import| {
            let found = self.registry.resource_type(&import.to.resource.type_name);
            found.is_some_and(|(provider, _)| provider.name() == name)
        });
        in_state || types || imports
    }

    pub(crate) async fn visit_provider(&mut self, index: usize) {
        let config = self.tree.module(Tree::ROOT).config.clone();
        let block = &config.providers[index];
        let Some(provider) = self.registry.provider(&block.name).cloned() else {
            let detail = format!("This build of artiform has no provider \"{}\".", block.name);
            let diagnostic = Diagnostic::error("Invalid provider configuration", detail);
            self.diagnostics.push(crate::instance::build_hint(
                diagnostic.at(block.header_span),
                &format!("{}_", block.name),
                &self.registry,
            ));
            return;
        };
        let node = self.tree.providers[index];
        let decoded = decode::decode(&block.body, provider.schema(), &self.scope(node, 0, None));
        let Some(value) = self.diagnostics.absorb(decoded) else { return };
        let name = self.provider_configuration(index);
        let direct = crate::dependency::direct(self.place(node, 0, None));
        self.dependencies.of_values.insert((node, 0), direct);
        let findings = provider.check(&value);
        if !findings.is_empty() {
            self.diagnostics.extend(findings.into_iter().map(|finding| {
                let place = decode::locate(&block.body, &finding.path);
                finding.diagnostic.at_or(place.or(Some(block.header_span)))
            }));
            self.disconnected = true;
            return;
        }
        if !self.checking && !value.is_wholly_known() {
            self.defer_provider(&name);
        } else if !self.checking {
            self.connect((provider.name(), &name), &value, Some(block.header_span)).await;
        }
    }

    /// Opens a connection, and reads everything recorded that goes over it. The block that configures it is
    /// the place of what goes wrong.
    async fn connect(
        &mut self,
        (provider, name): (&str, &str),
        config: &Value,
        block: Option<Span>,
    ) {
        let Some(provider) = self.registry.provider(provider).cloned() else { return };
        let stack = Stack { name: &self.stack, folder: &self.surroundings.folder };
        let configuring = provider.configure(config, stack);
        let result = self.limits.of(name, None).run(configuring).await;
        let placed = |found: Diagnostics| -> Diagnostics {
            found.into_iter().map(|d| d.at_or(block)).collect::<Vec<_>>().into()
        };
        let result = result.map_err(placed);
        let Some(connection) = self.diagnostics.absorb(result) else {
            self.disconnected = true;
            return;
        };
        self.adopt_pending(name, &connection).await;
        if self.options.refresh {
            let skipped = self.skipped_addresses();
            let world = (&self.registry, &*self.limits, &self.events);
            let found = self.prior.refresh(name, &connection, world, &skipped).await;
            self.diagnostics.extend(found);
        }
        self.connections.insert(name.to_owned(), connection);
    }
}

/// A conversion error as messages say it: `attribute "port": a number is required`.
pub(crate) fn describe(error: &lang::convert::ConvertError) -> String {
    let message = error.message.trim_end_matches('.');
    if error.path.0.is_empty() { message.to_owned() } else { format!("{}: {message}", error.path) }
}
