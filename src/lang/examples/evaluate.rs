//! Evaluates an object of expressions for so many instances of a resource, for `tests/bench/lang`: `evaluate N OBJECT`.
//!
//! The object is read once, as a plan reads it, and evaluated for each `count.index`; every value is kept, as a
//! plan keeps it. Nothing is printed: the run of the whole process is what is measured.

use std::collections::BTreeMap;
use std::process::ExitCode;

use diagnostics::{Diagnostic, FileId};
use lang::functions::FunctionContext;
use lang::scope::ObjectScope;
use lang::{Name, Resolved, Scope, Traversal, Value};

/// What a resource of a module sees: the module's names, and the index of the instance.
struct Instance<'a> {
    module: &'a ObjectScope,
    count: Value,
}

impl Scope for Instance<'_> {
    fn resolve(
        &self,
        traversal: &Traversal,
        keys: &[Option<Value>],
    ) -> Result<Resolved, Box<Diagnostic>> {
        if &*traversal.root == "count" {
            return Ok(Resolved { value: self.count.clone(), steps: 1 });
        }
        self.module.resolve(traversal, keys)
    }

    fn functions(&self) -> &FunctionContext {
        self.module.functions()
    }
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let n = arguments.next().and_then(|n| n.parse().ok());
    match n.zip(arguments.next()).and_then(|(n, object)| evaluate(n, &object)) {
        Some(values) if values.iter().all(Value::is_wholly_known) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

fn evaluate(n: i64, object: &str) -> Option<Vec<Value>> {
    let of = |name: &str, value: Value| Value::object([(Name::from(name), value)]);
    let words = Value::tuple(vec![Value::string("one"), Value::string("two")]);
    let names = BTreeMap::from([
        (Name::from("var"), of("name", Value::string("stack"))),
        (Name::from("local"), of("words", words)),
    ]);
    let module = ObjectScope::new(names, FunctionContext::nowhere());
    let expression = lang::parse::expression(object.trim(), FileId(0)).ok()?;
    let instance = |index| {
        let instance = Instance { module: &module, count: Value::int(index) };
        lang::eval::evaluate(&expression, &instance).ok()
    };
    (0..n).map(instance).collect()
}
