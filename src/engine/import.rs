//! Things that exist already and come under management: `import` blocks, and the command `import`.

mod generate;

use std::rc::Rc;
use std::sync::Arc;

use config::{Import, ResourceKey};
use diagnostics::{Diagnostic, Diagnostics, Span};
use lang::convert::convert;
use lang::{Data, Expr, Key, ModuleAddress, ModuleStep, ResourceAddress, Type, Value, eval};
use plan::{PlannedImport, ResourceChange};
use provider::{OperationError, ResourceType};
use state::InstanceState;

use crate::events::{Event, ImportStage, Named};
use crate::expand::expand;
use crate::lifecycle::OnDestroy;
use crate::prior::PriorInstance;
use crate::scope::ModuleScope;
use crate::tables::Repetition;
use crate::tree::{ModuleId, Tree};
use crate::walk::{PlannedInstance, Run};

const NO_CONFIGURATION: &str = "Configuration for import target does not exist";

/// One thing to be taken into the state.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub address: ResourceAddress,
    pub id: String,
    /// Of the import block; none from the command line.
    pub span: Option<Span>,
}

impl Run {
    /// Evaluates what is said of one resource, before its instances are planned.
    pub(crate) fn read_imports(&mut self, module: ModuleId, key: &ResourceKey) {
        let path = self.tree.module(module).config.path.clone();
        if self.options.mode == plan::PlanMode::Normal {
            let root = self.tree.module(Tree::ROOT).config.clone();
            let named = |import: &&Import| {
                import.to.resource == *key && import.to.module.iter().map(|s| &s.call).eq(&path)
            };
            root.imports.iter().filter(named).for_each(|import| self.read_import(import));
        }
        let calls = |address: &ResourceAddress| {
            let calls = address
                .module
                .0
                .iter()
                .map(|step| config::CallKey { topology: step.topology, name: step.name.clone() });
            calls.eq(path.iter().cloned())
        };
        for target in self.options.imports.clone() {
            let address = &target.address;
            let same = (&address.type_name, &address.name) == (&key.type_name, &key.name);
            if same && address.mode == key.mode && calls(address) {
                self.add_import(Request { address: target.address, id: target.id, span: None });
            }
        }
    }

    fn read_import(&mut self, import: &Import) {
        let expansion = expand(None, import.for_each.as_ref(), &self.root_scope(None), false);
        let Some(expansion) = self.diagnostics.absorb(expansion) else { return };
        for index in 0..expansion.len() {
            let repetition = expansion.repetition(index);
            let request = self.request(import, &repetition);
            if let Some(request) = self.diagnostics.absorb(request) {
                self.add_import(request);
            }
        }
    }

    fn add_import(&mut self, request: Request) {
        let name = request.address.to_string();
        if self.imports.contains_key(&name) {
            let detail = format!("More than one import block names {name}; one thing can be it.");
            let summary = format!("Duplicate import configuration for \"{name}\"");
            self.diagnostics.push(Diagnostic::error(summary, detail).at_or(request.span));
            return;
        }
        self.imports.insert(name, request);
    }

    fn root_scope<'a>(&'a self, repetition: Option<&'a Repetition>) -> ModuleScope<'a> {
        let (tables, surroundings) = (&self.tables, &self.surroundings);
        ModuleScope {
            tables,
            surroundings,
            module: Tree::ROOT,
            ordinal: 0,
            repetition,
            own: None,
            scoped: None,
        }
    }

    fn request(&self, import: &Import, repetition: &Repetition) -> Result<Request, Diagnostics> {
        let scope = self.root_scope(Some(repetition));
        let key = |index: &Option<Expr>| -> Result<Option<Key>, Diagnostics> {
            index.as_ref().map(|expr| instance_key(expr, &scope)).transpose()
        };
        let mut module = Vec::new();
        for step in &import.to.module {
            let (topology, name) = (step.call.topology, step.call.name.clone());
            module.push(ModuleStep { topology, name, key: key(&step.index)? });
        }
        let resource = &import.to.resource;
        let address = ResourceAddress {
            module: ModuleAddress(module),
            mode: resource.mode,
            type_name: resource.type_name.clone(),
            name: resource.name.clone(),
            key: key(&import.to.index)?,
        };
        Ok(Request { address, id: import_id(&import.id, &scope)?, span: Some(import.to.span) })
    }

    /// Reads the thing that a block is to manage from now on. What is recorded already stays as it is.
    pub(crate) async fn import_instance(
        &mut self,
        name: &str,
        (provider, resource_type): (&str, &dyn ResourceType),
    ) {
        let Some(request) = self.imports.remove(name) else { return };
        if self.prior.instances.contains_key(name) {
            return;
        }
        let Some(value) = self.read_existing(&request, (provider, resource_type)).await else {
            return;
        };
        let provider = provider.to_owned();
        let state = InstanceState { address: name.to_owned(), provider, ..Default::default() };
        let instance = PriorInstance {
            state: Arc::new(state),
            recorded: Some(value.clone()),
            current: Some(value),
            unread: None,
            previous: None,
            imported: Some(request.id),
        };
        self.prior.instances.insert(name.to_owned(), instance);
    }

    async fn read_existing(
        &mut self,
        request: &Request,
        (provider, resource_type): (&str, &dyn ResourceType),
    ) -> Option<Value> {
        let (address, id) = (request.address.to_string(), request.id.clone());
        let Some(connection) = self.connections.get(provider).cloned() else {
            let detail = format!("The provider \"{provider}\" is not connected.");
            let diagnostic = Diagnostic::error("Provider is not configured", detail);
            self.diagnostics.push(diagnostic.at_or(request.span).on(&address));
            return None;
        };
        let stage = ImportStage::Preparing;
        self.events.send(Event::Import { address: address.clone(), id, stage });
        self.prior.reads += 1;
        let importing = resource_type.import(&connection, &request.id);
        let result = self.limits.of(provider, None).run(importing).await;
        let placed = |error: OperationError| error.diagnostic.at_or(request.span).on(&address);
        let value = self.diagnostics.absorb(result.map_err(placed))?;
        // The import has read the thing already.
        let id = crate::perform::id_of(&value);
        let instances: Arc<[Named]> = Arc::new([Named { address, id }]);
        self.events.send(Event::RefreshStarted { instances: instances.clone() });
        let type_name = request.address.type_name.to_string();
        self.events.send(Event::Refreshed { type_name, instances });
        Some(value)
    }

    /// Imports of instances that the configuration does not have.
    pub(crate) fn refuse_leftover_imports(&mut self, key: &ResourceKey) {
        let leftover = self.imports.extract_if(.., |_, request| {
            (&request.address.type_name, &request.address.name) == (&key.type_name, &key.name)
        });
        let leftover: Vec<(String, Request)> = leftover.collect();
        for (name, request) in leftover {
            let detail = format!(
                "The configuration for the given import {name} does not exist. All target instances must have an associated configuration to be imported."
            );
            let diagnostic = Diagnostic::error(NO_CONFIGURATION, detail);
            self.diagnostics.push(diagnostic.at_or(request.span));
        }
    }

    /// Import targets without a resource block: configuration is generated for them, or they are refused.
    pub(crate) async fn import_without_block(&mut self) {
        for target in self.options.imports.clone() {
            if self.find_resource(&target.address).is_none() {
                let (type_name, name) = (&target.address.type_name, &target.address.name);
                let detail = format!("The configuration has no resource {}.", target.address);
                let diagnostic = Diagnostic::error(NO_CONFIGURATION, detail);
                self.diagnostics.push(diagnostic.hint(format!(
                    "write its block first:\n    resource \"{type_name}\" \"{name}\" {{\n    }}"
                )));
            }
        }
        if self.options.mode != plan::PlanMode::Normal || !self.selection.is_everything() {
            return;
        }
        let root = self.tree.module(Tree::ROOT).config.clone();
        for import in &root.imports {
            let calls = import.to.module.iter().map(|step| &step.call);
            if self.tree.find(calls, &import.to.resource).is_none() {
                self.generate_block(import).await;
            }
        }
    }

    async fn generate_block(&mut self, import: &Import) {
        let resource = &import.to.resource;
        let plain = import.for_each.is_none() && import.to.index.is_none();
        if !self.options.generate_config || !import.to.module.is_empty() || !plain {
            let diagnostic = no_block(import, self.options.generate_config);
            self.diagnostics.push(diagnostic.at(import.to.span));
            return;
        }
        let request = self.request(import, &Repetition::None);
        let Some(request) = self.diagnostics.absorb(request) else { return };
        let Some((provider, resource_type)) = self.registry.resource_type(&resource.type_name)
        else {
            let detail = format!("This build of artiform has no type \"{}\".", resource.type_name);
            let diagnostic = Diagnostic::error("Invalid resource type", detail);
            self.diagnostics.push(diagnostic.at(import.to.span));
            return;
        };
        let (name, resource_type) = (provider.name(), resource_type.clone());
        let alias = import.provider.as_ref().and_then(|p| p.alias.as_ref());
        let provider = alias.map_or_else(|| name.to_owned(), |alias| format!("{name}.{alias}"));
        let address = request.address.to_string();
        if self.prior.instances.contains_key(&address) {
            return;
        }
        let read = self.read_existing(&request, (&provider, &*resource_type)).await;
        let Some(value) = read else { return };
        let block =
            generate::block(&request, resource_type.schema(), &value, alias.map(|_| &*provider));
        let mut change = ResourceChange::no_op(request.address, provider);
        change.before = Some(value.clone());
        change.after = Some(value);
        change.importing = Some(PlannedImport { id: request.id, generated_config: Some(block) });
        self.keep(PlannedInstance {
            spot: None,
            address,
            change,
            dependencies: Rc::new([]),
            depends_on: Vec::new(),
            prior: None,
            create_before_destroy: false,
            prevent_destroy: false,
            on_destroy: OnDestroy::Delete,
            vanishes: false,
            selected: true,
        });
    }
}

fn no_block(import: &Import, generating: bool) -> Diagnostic {
    let target = &import.to.resource;
    if generating {
        let detail = "Configuration is generated for single resources of the root module: not for instances of count or for_each, nor inside of modules.";
        return Diagnostic::error("Configuration cannot be generated", detail)
            .hint("write the resource block yourself; the import fills the state");
    }
    let detail = format!(
        "The configuration for the given import target {target} does not exist. If you wish to automatically generate config for this resource, use the -generate-config-out option within artiform plan. Otherwise, make sure the target resource exists within your configuration. For example:\n\n  artiform plan -generate-config-out=generated.tf"
    );
    Diagnostic::error(NO_CONFIGURATION, detail)
}

fn instance_key(expr: &Expr, scope: &ModuleScope<'_>) -> Result<Key, Diagnostics> {
    let value = eval::evaluate(expr, scope)?;
    let key = match &value.data {
        Data::String(text) => Some(Key::String(text.clone())),
        Data::Number(_) => value.as_i64().map(Key::Int),
        _ => None,
    };
    key.filter(|_| !value.is_sensitive()).ok_or_else(|| {
        let detail = "The instance key must be a whole number or a string that is known before apply and not sensitive.";
        Diagnostic::error("Invalid import address", detail).at(expr.span).into()
    })
}

fn import_id(expr: &Expr, scope: &ModuleScope<'_>) -> Result<String, Diagnostics> {
    let invalid = |detail: &str| -> Diagnostics {
        Diagnostic::error("Invalid import id argument", detail).at(expr.span).into()
    };
    let value = eval::evaluate(expr, scope)?;
    if value.is_unknown() {
        return Err(invalid(
            "The import block \"id\" argument depends on resource attributes that cannot be determined until apply, so artiform cannot plan to import this resource.",
        ));
    }
    if value.is_null() {
        return Err(invalid("The import ID cannot be null."));
    }
    if value.is_sensitive() {
        return Err(invalid("The import ID cannot be sensitive: it is shown in plans."));
    }
    let text = convert(&value, &Type::String);
    match text.as_ref().ok().and_then(|text| text.as_str()) {
        Some("") => Err(invalid("The import ID is an empty string; it must name something.")),
        Some(text) => Ok(text.to_owned()),
        None => Err(invalid("The import ID value is unsuitable: a string is required.")),
    }
}
