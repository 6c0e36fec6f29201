//! Module calls outside of a plan: their instances, and the outputs of each.

use std::rc::Rc;

use config::{CallKey, ModuleCall, Referent, Variable};
use diagnostics::{Diagnostic, Span};
use indexmap::IndexMap;
use lang::convert::convert;
use lang::functions::FunctionContext;
use lang::{Data, Key, ModuleStep, Name, Resolved, Scope, Traversal, Type, Value};

use super::{Answer, Evaluated, StackScope, evaluate, first_attribute, unknown};

/// More instances than these are not looked into.
const INSTANCES_MAX: i64 = 100_000;

/// The key of an instance, and what `each.value` is there.
type Instance = (Option<Key>, Value);

impl StackScope<'_> {
    /// What `module.NAME` means: the outputs, of each instance where there are several.
    pub(super) fn call(&self, key: &CallKey) -> Evaluated {
        let Some(call) = self.module.calls.get(key) else { return Ok(unknown()) };
        // Two modules may take from each other what does not depend on what they give: not looked into.
        self.once(&self.calls, key, Ok(unknown()), || self.instances(key, call))
    }

    fn instances(&self, key: &CallKey, call: &ModuleCall) -> Evaluated {
        if let Some(count) = &call.count {
            let number = convert(&self.evaluate(count)?, &Type::Number).ok();
            let number = number.and_then(|number| number.as_i64());
            let Some(number @ 0..=INSTANCES_MAX) = number else { return Ok(unknown()) };
            let each = |i| self.outputs(key, call, &(Some(Key::Int(i)), Value::int(i)));
            return Ok(Value::tuple((0..number).map(each).collect::<Result<Vec<_>, _>>()?));
        }
        let Some(for_each) = &call.for_each else {
            return self.outputs(key, call, &(None, unknown()));
        };
        let Some(entries) = entries(&self.evaluate(for_each)?) else { return Ok(unknown()) };
        let each = |(name, value): (Name, Value)| {
            let outputs = self.outputs(key, call, &(Some(Key::String(name.clone())), value))?;
            Ok((name, outputs))
        };
        let all: Result<Vec<_>, Box<Diagnostic>> = entries.into_iter().map(each).collect();
        Ok(Value::object(all?))
    }

    /// The outputs of one instance as an object.
    fn outputs(&self, key: &CallKey, call: &ModuleCall, instance: &Instance) -> Evaluated {
        let inside = CallScope { outside: self, instance };
        let mut variables = IndexMap::new();
        for (name, variable) in &call.module.variables {
            let input = call.inputs.get(name).map(|input| evaluate(&input.value, &inside));
            variables.insert(name.clone(), accepted(variable, input.transpose()?));
        }
        let step =
            ModuleStep { topology: key.topology, name: key.name.clone(), key: instance.0.clone() };
        let dot = if self.address.is_empty() { "" } else { "." };
        let address = format!("{}{dot}{step}", self.address);
        let surroundings = Rc::clone(&self.surroundings);
        let child = StackScope::of(surroundings, &call.module, address, variables);
        let output = |output: &config::Output| {
            let value = child.evaluate(&output.value)?;
            Ok((output.name.clone(), if output.sensitive { value.sensitive() } else { value }))
        };
        let outputs: Result<Vec<_>, Box<Diagnostic>> =
            call.module.outputs.values().map(output).collect();
        Ok(Value::object(outputs?))
    }
}

/// A value that does not fit is unknown here; `plan` says what is wrong with it.
fn accepted(variable: &Variable, given: Option<Value>) -> Value {
    let misfit = |_| variable.marked(Value::unknown(variable.constraint.ty.clone()));
    variable.accept(given).unwrap_or_else(misfit)
}

/// The keys and values that a `for_each` goes over; `None` where they are not known.
fn entries(value: &Value) -> Option<Vec<(Name, Value)>> {
    match &value.data {
        Data::Map(_, entries) | Data::Object(entries) => {
            Some(entries.iter().map(|(name, value)| (name.clone(), value.clone())).collect())
        }
        Data::Set(_, values) => {
            values.iter().map(|value| Some((Name::from(value.as_str()?), value.clone()))).collect()
        }
        _ => None,
    }
}

/// The calling module, where `each` and `count` mean the instance that is called.
struct CallScope<'s, 'a> {
    outside: &'s StackScope<'a>,
    instance: &'s Instance,
}

impl Scope for CallScope<'_, '_> {
    fn resolve(&self, traversal: &Traversal, keys: &[Option<Value>]) -> Answer {
        let value = match config::referent(traversal)?.0 {
            Referent::Count => self.instance.1.clone(),
            Referent::Each if first_attribute(traversal) == "value" => self.instance.1.clone(),
            Referent::Each => match &self.instance.0 {
                Some(Key::String(name)) => Value::string(name.clone()),
                _ => unknown(),
            },
            _ => return self.outside.resolve(traversal, keys),
        };
        Ok(Resolved { value, steps: 1 })
    }

    fn place(&self, span: Span) -> Option<String> {
        self.outside.place(span)
    }

    fn functions(&self) -> &FunctionContext {
        self.outside.functions()
    }
}
