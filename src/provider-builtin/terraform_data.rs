//! `terraform_data`: keeps a value, and is replaced when another value changes.

use diagnostics::Diagnostic;
use lang::{Path, Type, Value};
use provider::change::same_value;
use provider::{Attribute, Finding, PlanRequest, Planned, Schema};

use crate::entropy;
use crate::state_only::{Recorded, with};

pub(crate) struct TerraformData;

impl Recorded for TerraformData {
    const NAME: &'static str = "terraform_data";

    fn schema() -> Schema {
        Schema::new([
            ("id", Attribute::computed(Type::String).describe("A generated identifier.")),
            (
                "input",
                Attribute::optional(Type::Dynamic)
                    .describe("A value that is kept, and given back as output after apply."),
            ),
            ("output", Attribute::computed(Type::Dynamic).describe("The input, once applied.")),
            (
                "triggers_replace",
                Attribute::optional(Type::Dynamic)
                    .forces_replacement()
                    .describe("A change of this value replaces the resource."),
            ),
        ])
        .describe("Keeps a value in the state and is replaced when its triggers change.")
    }

    fn plan(&self, _schema: &Schema, request: &PlanRequest<'_>) -> Result<Planned, Vec<Finding>> {
        let input = attribute(request.proposed, "input");
        let planned = |output: Value, replace: bool| {
            let mut value = with(request.proposed.clone(), [("output", output)]);
            if replace || request.prior.is_none() {
                value = with(value, [("id", Value::unknown_not_null(Type::String))]);
            }
            let because = replace.then(|| Path::attribute("triggers_replace"));
            Planned { value, replace: because.into_iter().collect() }
        };
        let Some(prior) = request.prior else { return Ok(planned(future_output(&input), false)) };
        let triggers = attribute(request.proposed, "triggers_replace");
        if !same_value(&attribute(prior, "triggers_replace"), &triggers) {
            return Ok(planned(future_output(&input), true));
        }
        if !same_value(&attribute(prior, "input"), &input) {
            let output = Value::unknown(input.type_of()).with_marks(input.marks);
            return Ok(planned(output, false));
        }
        Ok(planned(attribute(prior, "output"), false))
    }

    fn complete(&self, planned: &Value) -> Result<Value, Diagnostic> {
        let output = attribute(planned, "input");
        let id = match planned.get("id").filter(|id| id.as_str().is_some()) {
            Some(id) => id.clone(),
            None => Value::string(entropy::uuid()?),
        };
        Ok(with(planned.clone(), [("id", id), ("output", output)]))
    }

    /// The output of a secret input is one too, even where Terraform recorded it as none.
    fn seen(&self, recorded: &Value) -> Value {
        let input = attribute(recorded, "input");
        let hides = !input.deep_marks().is_empty();
        if hides && same_value(&input, &attribute(recorded, "output")) {
            return with(recorded.clone(), [("output", input)]);
        }
        recorded.clone()
    }

    fn import(&self, schema: &Schema, id: &str) -> Result<Value, Diagnostic> {
        Ok(with(schema.empty_object(), [("id", Value::string(id))]))
    }
}

fn attribute(object: &Value, name: &str) -> Value {
    object.get(name).cloned().unwrap_or_else(|| Value::null(Type::Dynamic))
}

/// The output as it is known before apply: null stays null, all else is unknown of its type. A secret
/// within the input is none of the whole; apply finds it in its place.
fn future_output(input: &Value) -> Value {
    if input.is_null() {
        return input.clone();
    }
    Value::unknown(input.type_of()).with_marks(input.marks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use provider::change::propose;

    fn config(input: Value, triggers: Value) -> Value {
        with(
            TerraformData::schema().empty_object(),
            [("input", input), ("triggers_replace", triggers)],
        )
    }

    fn plan(prior: Option<&Value>, config: &Value) -> Planned {
        let schema = TerraformData::schema();
        let proposed = propose(&schema, prior, config);
        let address = "terraform_data.a";
        let (proposed, name_seed) = (&proposed, "seed");
        let request = PlanRequest { address, prior, config, proposed, name_seed, connection: None };
        TerraformData.plan(&schema, &request).unwrap()
    }

    fn null() -> Value {
        Value::null(Type::Dynamic)
    }

    #[test]
    fn create_knows_a_null_output_and_no_id() {
        let planned = plan(None, &config(null(), null()));
        assert!(planned.value.get("id").unwrap().is_unknown());
        assert!(planned.value.get("output").unwrap().is_null());
        let planned = plan(None, &config(Value::int(3), null()));
        assert_eq!(planned.value.get("output"), Some(&Value::unknown(Type::Number)));
    }

    #[test]
    fn create_completes_what_was_unknown() {
        let planned = plan(None, &config(Value::string("x"), null()));
        let made = TerraformData.complete(&planned.value).unwrap();
        assert_eq!(made.get("output"), Some(&Value::string("x")));
        assert_eq!(made.get("id").unwrap().as_str().unwrap().len(), 36);
        assert!(made.is_wholly_known());
    }

    #[test]
    fn nothing_changes_without_a_cause() {
        let config = config(Value::string("x"), Value::int(1));
        let made = TerraformData.complete(&plan(None, &config).value).unwrap();
        let again = plan(Some(&made), &config);
        assert_eq!(again, Planned { value: made, replace: Vec::new() });
    }

    #[test]
    fn triggers_replace_and_inputs_update() {
        let first = config(Value::string("x"), Value::int(1));
        let made = TerraformData.complete(&plan(None, &first).value).unwrap();

        let replaced = plan(Some(&made), &config(Value::string("x"), Value::int(2)));
        assert_eq!(replaced.replace, [Path::attribute("triggers_replace")]);
        assert!(replaced.value.get("id").unwrap().is_unknown());
        assert!(replaced.value.get("output").unwrap().is_unknown());

        let updated = plan(Some(&made), &config(Value::string("y"), Value::int(1)));
        assert!(updated.replace.is_empty());
        assert_eq!(updated.value.get("id"), made.get("id"));
        assert!(updated.value.get("output").unwrap().is_unknown());
    }

    #[test]
    fn sensitive_input_makes_sensitive_output() {
        let planned = plan(None, &config(Value::string("x").sensitive(), null()));
        assert!(planned.value.get("output").unwrap().is_sensitive());
    }

    #[test]
    fn a_secret_within_the_input_is_one_within_the_output() {
        let input = [Value::string("x").sensitive(), Value::int(1)];
        let planned = plan(None, &config(Value::tuple(input), null()));
        assert!(planned.value.get("output").unwrap().deep_marks().is_empty());
        let made = TerraformData.complete(&planned.value).unwrap();
        let elements = made.get("output").unwrap().elements().unwrap();
        assert_eq!((elements[0].is_sensitive(), elements[1].is_sensitive()), (true, false));
    }
}
