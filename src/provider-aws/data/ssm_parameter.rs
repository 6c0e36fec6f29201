//! `aws_ssm_parameter`: the value of a parameter.

use aws_sdk_ssm::types::ParameterType;
use diagnostics::Diagnostic;
use lang::{Type, Value};
use provider::{Attribute, Schema};

use super::Question;
use crate::client::Place;
use crate::failure::AwsError;
use crate::object::Object;
use crate::schema::{flag, given, needed};

pub(crate) struct Parameter;

impl Question for Parameter {
    const NAME: &'static str = "aws_ssm_parameter";

    fn schema() -> Schema {
        Schema::new([
            ("arn", given()),
            ("insecure_value", given()),
            ("name", needed()),
            ("type", given()),
            ("value", given().sensitive()),
            ("version", Attribute::computed(Type::Number)),
            ("with_decryption", flag()),
        ])
        .describe("The value of a parameter.")
    }

    async fn ask(place: &Place, mut asked: Object) -> Result<Object, Diagnostic> {
        let decrypt = asked.flag("with_decryption").unwrap_or(true);
        let call = place.ssm().get_parameter().name(asked.word("name")).with_decryption(decrypt);
        let answer = call.send().await.map_err(AwsError::from)?;
        let Some(told) = answer.parameter else { return Ok(asked) };
        let secret = told.r#type() == Some(&ParameterType::SecureString);
        asked.set_text("arn", told.arn());
        asked.set_text("id", told.name());
        asked.set_text("insecure_value", told.value().filter(|_| !secret));
        asked.set_text("type", told.r#type().map(ParameterType::as_str));
        asked.set("value", Value::text(told.value().unwrap_or_default()).sensitive());
        asked.set_number("version", Some(told.version()));
        Ok(asked)
    }
}
