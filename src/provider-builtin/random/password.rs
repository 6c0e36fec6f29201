//! `random_password`: a text that is drawn once and kept secret.

use diagnostics::Diagnostic;
use lang::{Type, Value};
use provider::{Attribute, Finding, PlanRequest, Planned, Schema, change};

use super::characters;
use crate::state_only::{Recorded, with};

/// The work factor that the random provider uses.
const BCRYPT_COST: u32 = 10;
/// bcrypt reads no more of a password.
const BCRYPT_BYTES_MAX: usize = 72;

pub(crate) struct RandomPassword;

impl Recorded for RandomPassword {
    const NAME: &'static str = "random_password";

    fn schema() -> Schema {
        let mut schema = characters::schema()
            .describe("A random text that never shows in plans, logs or terminals.");
        let hash = Attribute::computed(Type::String)
            .sensitive()
            .describe("The bcrypt hash of the result.");
        schema.attributes.insert("bcrypt_hash".into(), hash);
        let result = Attribute::computed(Type::String).sensitive().describe("The drawn text.");
        schema.attributes.insert("result".into(), result);
        schema
    }

    fn plan(&self, schema: &Schema, request: &PlanRequest<'_>) -> Result<Planned, Vec<Finding>> {
        let findings = characters::check(request);
        if !findings.is_empty() {
            return Err(findings);
        }
        let mut planned = change::default_plan(schema, request);
        if request.prior.is_none() || !planned.replace.is_empty() {
            planned.value = with(planned.value, [("id", Value::string("none"))]);
        }
        Ok(planned)
    }

    fn complete(&self, planned: &Value) -> Result<Value, Diagnostic> {
        if planned.get("result").is_some_and(|result| result.as_str().is_some()) {
            return Ok(planned.clone());
        }
        finish(planned, characters::draw(planned)?)
    }

    fn import(&self, schema: &Schema, id: &str) -> Result<Value, Diagnostic> {
        finish(&characters::imported(schema, id), id.to_owned())
    }
}

fn finish(object: &Value, text: String) -> Result<Value, Diagnostic> {
    let hash = Value::string(hash(&text)?).sensitive();
    let result = Value::string(text).sensitive();
    Ok(with(
        object.clone(),
        [("bcrypt_hash", hash), ("id", Value::string("none")), ("result", result)],
    ))
}

fn hash(text: &str) -> Result<String, Diagnostic> {
    let read = &text.as_bytes()[..text.len().min(BCRYPT_BYTES_MAX)];
    bcrypt::hash(read, BCRYPT_COST).map_err(|error| {
        let detail = format!("The bcrypt hash of the password could not be computed: {error}.");
        Diagnostic::error("Password could not be hashed", detail)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use lang::Path;
    use provider::change::propose;

    fn plan(prior: Option<&Value>, config: &Value) -> Planned {
        let schema = RandomPassword::schema();
        let proposed = propose(&schema, prior, config);
        let (proposed, address, name_seed) = (&proposed, "random_password.a", "");
        let request = PlanRequest { address, prior, config, proposed, name_seed, connection: None };
        RandomPassword.plan(&schema, &request).unwrap()
    }

    #[test]
    fn the_result_is_secret_and_kept() {
        let schema = RandomPassword::schema();
        let config = with(schema.empty_object(), [("length", Value::int(80))]);
        let made = RandomPassword.complete(&plan(None, &config).value).unwrap();
        let text = made.get("result").unwrap();
        assert!(text.is_sensitive() && text.as_str().unwrap().len() == 80);
        let hash = made.get("bcrypt_hash").unwrap();
        let read = &text.as_str().unwrap().as_bytes()[..72];
        assert!(bcrypt::verify(read, hash.as_str().unwrap()).unwrap());
        assert_eq!(schema.sensitive_paths(&made).len(), 2);
        assert!(made.is_wholly_known());

        let again = plan(Some(&made), &config);
        assert_eq!(again.replace, []);
        assert_eq!(RandomPassword.complete(&again.value).unwrap(), made);
    }

    #[test]
    fn another_length_draws_anew() {
        let schema = RandomPassword::schema();
        let config = |length| with(schema.empty_object(), [("length", Value::int(length))]);
        let made = RandomPassword.complete(&plan(None, &config(8)).value).unwrap();
        let planned = plan(Some(&made), &config(9));
        assert_eq!(planned.replace, [Path::attribute("length")]);
        assert!(planned.value.get("result").unwrap().is_unknown());
    }
}
