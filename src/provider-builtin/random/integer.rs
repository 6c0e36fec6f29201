//! `random_integer`: a number of a range that is drawn once.

use diagnostics::Diagnostic;
use lang::{Path, Type, Value};
use provider::{Attribute, Finding, PlanRequest, Planned, Schema, change};

use super::{keepers, whole};
use crate::entropy;
use crate::state_only::{Recorded, with};

pub(crate) struct RandomInteger;

impl Recorded for RandomInteger {
    const NAME: &'static str = "random_integer";

    fn schema() -> Schema {
        let bound = |words| {
            Attribute::required(Type::Number)
                .forces_replacement()
                .validated(is_whole)
                .describe(words)
        };
        let seed = Attribute::optional(Type::String)
            .forces_replacement()
            .describe("A change of it draws anew. The number itself does not follow from it.");
        Schema::new([
            ("id", Attribute::computed(Type::String)),
            ("keepers", keepers()),
            ("max", bound("The greatest number that may be drawn.")),
            ("min", bound("The least number that may be drawn.")),
            ("result", Attribute::computed(Type::Number).describe("The drawn number.")),
            ("seed", seed),
        ])
        .describe("A random whole number from min to max, both included.")
    }

    fn plan(&self, schema: &Schema, request: &PlanRequest<'_>) -> Result<Planned, Vec<Finding>> {
        let bound = |name: &str| request.proposed.get(name).and_then(Value::as_i64);
        if let (Some(min), Some(max)) = (bound("min"), bound("max"))
            && min > max
        {
            let detail = format!("min is {min} and max is {max}; min must not be above max.");
            let path = Path::attribute("min");
            return Err(vec![Finding::error(path, "Invalid attribute value", detail)]);
        }
        Ok(change::default_plan(schema, request))
    }

    fn complete(&self, planned: &Value) -> Result<Value, Diagnostic> {
        if planned.get("result").is_some_and(|result| result.as_i64().is_some()) {
            return Ok(planned.clone());
        }
        let (min, max) = (whole(planned, "min", 0), whole(planned, "max", 0));
        let width = max.abs_diff(min);
        let offset = match width.checked_add(1) {
            Some(count) => entropy::below(count)?,
            None => entropy::below(u64::MAX)?,
        };
        let drawn = min.wrapping_add_unsigned(offset);
        let id = Value::string(drawn.to_string());
        Ok(with(planned.clone(), [("id", id), ("result", Value::int(drawn))]))
    }
}

fn is_whole(value: &Value) -> Result<(), String> {
    value.as_i64().map(|_| ()).ok_or_else(|| "it must be a whole number.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_of_the_range_are_drawn() {
        let planned = Value::object([
            ("min".into(), Value::int(-1)),
            ("max".into(), Value::int(1)),
            ("result".into(), Value::unknown(Type::Number)),
        ]);
        let draw = |_| RandomInteger.complete(&planned).unwrap().get("result").unwrap().as_i64();
        let drawn: std::collections::BTreeSet<i64> = (0..200).filter_map(draw).collect();
        assert_eq!(drawn, [-1, 0, 1].into());
    }
}
