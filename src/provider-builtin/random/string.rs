//! `random_string`: a text that is drawn once, for names rather than for secrets.

use diagnostics::Diagnostic;
use lang::Value;
use provider::{Finding, PlanRequest, Planned, Schema, change};

use super::characters;
use crate::state_only::{Recorded, with};

pub(crate) struct RandomString;

impl Recorded for RandomString {
    const NAME: &'static str = "random_string";

    fn schema() -> Schema {
        characters::schema().describe("A random text; for secrets take random_password.")
    }

    fn plan(&self, schema: &Schema, request: &PlanRequest<'_>) -> Result<Planned, Vec<Finding>> {
        let findings = characters::check(request);
        if findings.is_empty() { Ok(change::default_plan(schema, request)) } else { Err(findings) }
    }

    fn complete(&self, planned: &Value) -> Result<Value, Diagnostic> {
        if planned.get("result").is_some_and(|result| result.as_str().is_some()) {
            return Ok(planned.clone());
        }
        let text = Value::string(characters::draw(planned)?);
        Ok(with(planned.clone(), [("id", text.clone()), ("result", text)]))
    }

    fn import(&self, schema: &Schema, id: &str) -> Result<Value, Diagnostic> {
        Ok(with(characters::imported(schema, id), [("id", Value::string(id))]))
    }
}
