//! References, bound names and steps into them.

use diagnostics::{Diagnostic, Span};

use super::Evaluator;
use crate::expr::Traversal;
use crate::{Expr, ExprKind, Name, Step, Value};

/// Keys of a reference that has only attribute steps, which is most of them.
static NO_KEYS: [Option<Value>; 16] = [const { None }; 16];

impl Evaluator<'_> {
    pub(super) fn reference(&mut self, traversal: &Traversal) -> Value {
        let keys = self.keys(&traversal.steps);
        let result = match &keys {
            Some(keys) => self.resolve(traversal, keys),
            None => self.resolve(traversal, &NO_KEYS[..traversal.steps.len()]),
        };
        match result {
            Ok(value) => value,
            Err(mut diagnostic) => {
                if !self.quiet && diagnostic.values.is_empty() {
                    diagnostic.values = self.involved_in(traversal);
                }
                self.found.push(*diagnostic);
                Self::unknown()
            }
        }
    }

    fn keys(&mut self, steps: &[Step]) -> Option<Vec<Option<Value>>> {
        let plain = steps.iter().all(|step| matches!(step, Step::Attribute(..)));
        if plain && steps.len() <= NO_KEYS.len() {
            return None;
        }
        let key = |step: &Step| match step {
            Step::Attribute(..) => None,
            Step::Index(key, _) => Some(self.value(key)),
        };
        Some(steps.iter().map(key).collect())
    }

    pub(super) fn resolve(
        &self,
        traversal: &Traversal,
        keys: &[Option<Value>],
    ) -> Result<Value, Box<Diagnostic>> {
        let resolved = self
            .scope
            .resolve(traversal, keys)
            .map_err(|diagnostic| Box::new(diagnostic.at_or(Some(traversal.span))))?;
        let rest = traversal.steps.iter().zip(keys).skip(resolved.steps);
        let mut value = resolved.value;
        for (step, key) in rest {
            let taken = match (step, key) {
                (Step::Index(_, span), Some(key)) => {
                    crate::operate::index(&value, key).map_err(|error| (error, *span))
                }
                (Step::Attribute(name, span), _) => {
                    crate::operate::attribute(&value, name).map_err(|error| (error, *span))
                }
                (Step::Index(..), None) => Ok(Self::unknown()),
            };
            value = taken.map_err(|(error, span)| Box::new(Self::step_error(error, span)))?;
        }
        Ok(value)
    }

    pub(super) fn bound(&mut self, name: &Name, span: Span) -> Value {
        match self.bound.iter().rev().find(|(bound, _)| bound == name) {
            Some((_, value)) => value.clone(),
            // The parser makes bound names only inside the `for` that binds them.
            None => {
                let detail = format!("There is no variable named \"{name}\".");
                self.found.push(Diagnostic::error("Unknown variable", detail).at(span));
                Self::unknown()
            }
        }
    }

    /// A chain of steps on something that is no reference, without recursion over its length.
    pub(super) fn stepped(&mut self, expr: &Expr) -> Value {
        let mut steps = Vec::new();
        let mut source = expr;
        while let ExprKind::Step(inner, step) = &source.kind {
            steps.push((source, step));
            source = inner;
        }
        let mut value = self.value(source);
        for (so_far, step) in steps.into_iter().rev() {
            match self.step(&value, step) {
                Ok(next) => value = next,
                Err(diagnostic) => {
                    self.report(*diagnostic, so_far);
                    value = Self::unknown();
                }
            }
        }
        value
    }
}
