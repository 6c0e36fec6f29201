//! Evaluates an object of expressions for so many instances of a resource, for `tests/bench/lang`: `evaluate N < object`.
//!
//! The object is read once, as a plan reads it, and evaluated for each `count.index`; every value is kept, as a
//! plan keeps it. The seconds that evaluation took are written to the standard output.

use std::collections::BTreeMap;
use std::io::Read;
use std::process::ExitCode;
use std::time::Instant;

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
    let n = std::env::args().nth(1).and_then(|n| n.parse().ok());
    let mut text = String::new();
    let (Some(n), Ok(_)) = (n, std::io::stdin().read_to_string(&mut text)) else {
        return ExitCode::FAILURE;
    };
    match seconds(n, &text) {
        Some(seconds) => {
            println!("{seconds}");
            ExitCode::SUCCESS
        }
        None => ExitCode::FAILURE,
    }
}

fn seconds(n: i64, text: &str) -> Option<f64> {
    let object = |entries: &[(&str, Value)]| {
        Value::object(entries.iter().map(|(name, value)| (Name::from(*name), value.clone())))
    };
    let words = Value::tuple(vec![Value::string("one"), Value::string("two")]);
    let names = BTreeMap::from([
        (Name::from("var"), object(&[("name", Value::string("stack"))])),
        (Name::from("local"), object(&[("words", words)])),
    ]);
    let module = ObjectScope::new(names, FunctionContext::nowhere());
    let expression = lang::parse::expression(text.trim(), FileId(0)).ok()?;
    let started = Instant::now();
    let mut values = Vec::new();
    for index in 0..n {
        let instance = Instance { module: &module, count: Value::int(index) };
        values.push(lang::eval::evaluate(&expression, &instance).ok()?);
    }
    let seconds = started.elapsed().as_secs_f64();
    values.iter().all(Value::is_wholly_known).then_some(seconds)
}
