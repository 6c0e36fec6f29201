//! `random_uuid`: a random UUID that is drawn once.

use diagnostics::Diagnostic;
use lang::{Type, Value};
use provider::{Attribute, Schema};

use super::keepers;
use crate::entropy;
use crate::state_only::{Recorded, with};

pub(crate) struct RandomUuid;

impl Recorded for RandomUuid {
    const NAME: &'static str = "random_uuid";

    fn schema() -> Schema {
        Schema::new([
            ("id", Attribute::computed(Type::String)),
            ("keepers", keepers()),
            ("result", Attribute::computed(Type::String).describe("The UUID.")),
        ])
        .describe("A random UUID.")
    }

    fn complete(&self, planned: &Value) -> Result<Value, Diagnostic> {
        if planned.get("result").is_some_and(|result| result.as_str().is_some()) {
            return Ok(planned.clone());
        }
        let uuid = Value::string(entropy::uuid()?);
        Ok(with(planned.clone(), [("id", uuid.clone()), ("result", uuid)]))
    }

    fn import(&self, schema: &Schema, id: &str) -> Result<Value, Diagnostic> {
        let shape: Vec<usize> = id.split('-').map(str::len).collect();
        let digits = id.chars().all(|c| c == '-' || c.is_ascii_hexdigit());
        if shape != [8, 4, 4, 4, 12] || !digits {
            let detail = format!("The id \"{id}\" is not a UUID.");
            return Err(Diagnostic::error("Invalid import id", detail));
        }
        let uuid = Value::string(id);
        Ok(with(schema.empty_object(), [("id", uuid.clone()), ("result", uuid)]))
    }
}
