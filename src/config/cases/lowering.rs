//! Evaluates what topologies with literal servers are lowered to: every instance and its keys.

use std::collections::BTreeMap;
use std::fmt::Write;

use diagnostics::Diagnostic;
use lang::functions::FunctionContext;
use lang::{Expr, Name, Resolved, Scope, Step, Traversal, Value};

use crate::{ModuleCall, Referent, Resource, referent};

/// Writes every instance of every lowered resource, where the inputs are literal.
pub(super) fn write(call: &ModuleCall, out: &mut String) {
    let Some(inputs) = inputs(call) else { return };
    writeln!(out, "\ninstances of topology.{}", call.name).unwrap();
    let place = Place { call, inputs: &inputs, each: None, functions: FunctionContext::nowhere() };
    for resource in call.module.resources.values() {
        for (key, value) in place.instances(resource) {
            let at = Place {
                each: Some((key.clone(), value)),
                functions: FunctionContext::nowhere(),
                ..place
            };
            write!(out, "  {}[{key:?}]", resource.key()).unwrap();
            for (name, attribute) in &resource.body.attributes {
                let value = at.evaluate(&attribute.value);
                let value = value.get("url").cloned().unwrap_or(value);
                let shown = lang::display::console(&value).replace('\n', "").replace("  ", "");
                write!(out, " {name}={shown}").unwrap();
            }
            out.push('\n');
        }
    }
}

/// The inputs converted by their variables, if they are all literal.
fn inputs(call: &ModuleCall) -> Option<BTreeMap<Name, Value>> {
    let input = |(name, attribute): (&Name, &lang::Attribute)| {
        let value = crate::constant::value(&attribute.value).ok()?;
        let value = call.module.variables[name].constraint.apply(&value).ok()?;
        Some((name.clone(), value))
    };
    call.inputs.iter().map(input).collect()
}

/// A resource instance of a lowering, as a scope.
struct Place<'a> {
    call: &'a ModuleCall,
    inputs: &'a BTreeMap<Name, Value>,
    each: Option<(Name, Value)>,
    functions: FunctionContext,
}

impl Place<'_> {
    fn evaluate(&self, expr: &Expr) -> Value {
        lang::eval::evaluate(expr, self).unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
    }

    fn instances(&self, resource: &Resource) -> Vec<(Name, Value)> {
        let value = self.evaluate(resource.for_each.as_ref().unwrap());
        match (value.entries(), value.elements()) {
            (Some(entries), _) => entries.iter().map(|(k, v)| (k.clone(), v.clone())).collect(),
            (_, Some(keys)) => {
                keys.iter().map(|k| (k.as_str().unwrap().into(), k.clone())).collect()
            }
            _ => panic!("{value:?}"),
        }
    }

    fn key_of(&self, resource: &Resource, key: &str) -> Value {
        let instances = self.instances(resource);
        let (key, value) = instances.into_iter().find(|(k, _)| &**k == key).unwrap();
        let functions = FunctionContext::nowhere();
        let at = Place { each: Some((key, value)), functions, ..*self };
        at.evaluate(&resource.body.attributes["key"].value)
    }
}

impl Scope for Place<'_> {
    fn resolve(
        &self,
        traversal: &Traversal,
        keys: &[Option<Value>],
    ) -> Result<Resolved, Box<Diagnostic>> {
        let (named, steps) = referent(traversal)?;
        let resolved = |value, steps| Ok(Resolved { value, steps });
        match named {
            Referent::Variable(name) => resolved(self.inputs[&name].clone(), steps),
            Referent::Local(name) => {
                resolved(self.evaluate(&self.call.module.locals[&name].value), steps)
            }
            Referent::Each => {
                let (key, value) = self.each.clone().unwrap();
                match &traversal.steps[0] {
                    Step::Attribute(name, _) if &**name == "key" => resolved(Value::string(key), 1),
                    _ => resolved(value, 1),
                }
            }
            Referent::Resource(key) => {
                let index = keys[steps].as_ref().and_then(Value::as_str).unwrap();
                let value = self.key_of(&self.call.module.resources[&key], index);
                resolved(Value::object([("key".into(), value)]), steps + 1)
            }
            other => panic!("{other:?}"),
        }
    }

    fn functions(&self) -> &FunctionContext {
        &self.functions
    }
}
