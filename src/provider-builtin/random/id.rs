//! `random_id`: random bytes that are drawn once, in the spellings that names need.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use diagnostics::Diagnostic;
use lang::{Path, Type, Value};
use provider::{Attribute, Finding, PlanRequest, Planned, Schema, change};

use super::{at_least_one, keepers, whole};
use crate::entropy;
use crate::state_only::{Recorded, with};

/// Far more than a name holds.
const BYTES_MAX: i64 = 4096;

pub(crate) struct RandomId;

impl Recorded for RandomId {
    const NAME: &'static str = "random_id";

    fn schema() -> Schema {
        let spelling = |words| Attribute::computed(Type::String).describe(words);
        Schema::new([
            ("b64_std", spelling("The bytes in base64, after the prefix.")),
            ("b64_url", spelling("The bytes in base64 for URLs, after the prefix.")),
            (
                "byte_length",
                Attribute::required(Type::Number)
                    .forces_replacement()
                    .validated(at_least_one)
                    .describe("How many bytes are drawn, 1 or more."),
            ),
            ("dec", spelling("The bytes as a decimal number, after the prefix.")),
            ("hex", spelling("The bytes in lower-case hexadecimal, after the prefix.")),
            ("id", spelling("The bytes in base64 for URLs.")),
            ("keepers", keepers()),
            (
                "prefix",
                Attribute::optional(Type::String)
                    .forces_replacement()
                    .describe("A text put before every spelling but id."),
            ),
        ])
        .describe("Random bytes for unique names.")
    }

    fn plan(&self, schema: &Schema, request: &PlanRequest<'_>) -> Result<Planned, Vec<Finding>> {
        let length = whole(request.proposed, "byte_length", 1);
        if length > BYTES_MAX {
            let detail =
                format!("The byte_length is {length}; at most {BYTES_MAX} bytes are drawn.");
            let path = Path::attribute("byte_length");
            return Err(vec![Finding::error(path, "Invalid attribute value", detail)]);
        }
        Ok(change::default_plan(schema, request))
    }

    fn complete(&self, planned: &Value) -> Result<Value, Diagnostic> {
        if planned.get("id").is_some_and(|id| id.as_str().is_some()) {
            return Ok(planned.clone());
        }
        let length = whole(planned, "byte_length", 1).clamp(1, BYTES_MAX);
        let bytes = entropy::bytes(usize::try_from(length).unwrap_or(1))?;
        Ok(spelled(planned, &bytes))
    }

    /// The id is `base64` or `prefix,base64`.
    fn import(&self, schema: &Schema, id: &str) -> Result<Value, Diagnostic> {
        let (prefix, text) = match id.rsplit_once(',') {
            Some((prefix, text)) => (Value::string(prefix), text),
            None => (Value::null(Type::String), id),
        };
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|error| {
            let detail = format!(
                "The id must be base64 for URLs without padding, or a prefix, a comma and that: {error}."
            );
            Diagnostic::error("Invalid import id", detail)
        })?;
        let length = Value::int(i64::try_from(bytes.len()).unwrap_or(i64::MAX));
        let object = with(schema.empty_object(), [("byte_length", length), ("prefix", prefix)]);
        Ok(spelled(&object, &bytes))
    }
}

fn spelled(object: &Value, bytes: &[u8]) -> Value {
    let prefix = object.get("prefix").and_then(Value::as_str).unwrap_or_default();
    let prefixed = |text: String| Value::string(format!("{prefix}{text}"));
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let url = URL_SAFE_NO_PAD.encode(bytes);
    with(
        object.clone(),
        [
            ("b64_std", prefixed(STANDARD.encode(bytes))),
            ("b64_url", prefixed(url.clone())),
            ("dec", prefixed(decimal(bytes))),
            ("hex", prefixed(hex)),
            ("id", Value::string(url)),
        ],
    )
}

/// The bytes as one big-endian number in decimal.
fn decimal(bytes: &[u8]) -> String {
    let mut digits: Vec<u8> = vec![0];
    for byte in bytes {
        let mut carry = u32::from(*byte);
        for digit in &mut digits {
            let number = u32::from(*digit) * 256 + carry;
            *digit = u8::try_from(number % 10).unwrap_or_default();
            carry = number / 10;
        }
        while carry > 0 {
            digits.push(u8::try_from(carry % 10).unwrap_or_default());
            carry /= 10;
        }
    }
    digits.iter().rev().map(|digit| char::from(b'0' + digit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_says_the_same_bytes() {
        let schema = RandomId::schema();
        let object = with(
            schema.empty_object(),
            [("byte_length", Value::int(4)), ("prefix", Value::string("p-"))],
        );
        let made = spelled(&object, &[0xde, 0xad, 0xbe, 0xef]);
        let text = |name: &str| made.get(name).unwrap().as_str().unwrap().to_owned();
        assert_eq!(text("hex"), "p-deadbeef");
        assert_eq!(text("dec"), "p-3735928559");
        assert_eq!(text("b64_std"), "p-3q2+7w==");
        assert_eq!(text("b64_url"), "p-3q2-7w");
        assert_eq!(text("id"), "3q2-7w");
    }

    #[test]
    fn import_reads_prefix_and_bytes() {
        let made = RandomId.import(&RandomId::schema(), "p-,3q2-7w").unwrap();
        assert_eq!(made.get("hex").unwrap().as_str(), Some("p-deadbeef"));
        assert_eq!(made.get("byte_length").unwrap().as_i64(), Some(4));
        assert!(RandomId.import(&RandomId::schema(), "!").is_err());
    }

    #[test]
    fn drawn_bytes_have_the_length() {
        let planned = Value::object([
            ("byte_length".into(), Value::int(8)),
            ("id".into(), Value::unknown(Type::String)),
        ]);
        let made = RandomId.complete(&planned).unwrap();
        assert_eq!(made.get("hex").unwrap().as_str().unwrap().len(), 16);
    }
}
