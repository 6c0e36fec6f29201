//! `artiform_token`: a secret with which a user's programs sign in.

use diagnostics::Diagnostic;
use lang::{Type, Value};
use provider::{Attribute, Schema};
use repository::percent::encode_component;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use super::{count, key, principal, server, words};
use crate::client::Call;
use crate::kind::Kind;
use crate::object::{self, text, text_or_empty, with};

const PATH: &str = "/access/api/v1/tokens";

pub(crate) struct Token;

impl Kind for Token {
    const NAME: &'static str = "artiform_token";
    const NOUN: &'static str = "token";
    const KEY: &'static str = "id";
    // The secret is shown once: what cannot be read again is made again, under the same id.
    const ADOPTABLE: bool = false;
    const FOLLOWS_SERVER: bool = false;

    fn schema() -> Schema {
        Schema::new([
            ("access_token", Attribute::computed(Type::String).sensitive().describe("The secret.")),
            ("description", words("For people.").forces_replacement()),
            (
                "expires_in",
                Attribute::optional(Type::Number)
                    .default(Value::int(0))
                    .forces_replacement()
                    .validated(count)
                    .describe("Seconds after which it ends; 0 is never."),
            ),
            ("id", Attribute::computed(Type::String).describe("The public id of the token.")),
            (
                "scope",
                words("What it may do, such as applied-permissions/admin.")
                    .default(Value::string("applied-permissions/user"))
                    .forces_replacement(),
            ),
            ("server", server()),
            (
                "username",
                key(Type::String).validated(principal).describe("The user that it stands for."),
            ),
        ])
        .describe("A secret with which a user's programs sign in.")
    }

    fn path(object: &Value) -> String {
        format!("{PATH}/{}", encode_component(text_or_empty(object, "id")))
    }

    /// The id follows from the name that the engine gives, so that a create that was interrupted
    /// makes the same token again instead of a second one.
    fn settle(object: Value, _url: Option<&str>, name_seed: &str) -> Value {
        if name_seed.is_empty() || text(&object, "id").is_some() {
            return object;
        }
        let digest = Sha256::digest(name_seed.as_bytes());
        let digits: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        with(&object, [("id", Value::string(format!("artiform-{digits}")))])
    }

    fn body(object: &Value, _prior: Option<&Value>) -> Json {
        json!({
            "token_id": text(object, "id"),
            "username": text(object, "username"),
            "scope": text(object, "scope"),
            "expires_in": object::json(object, "expires_in"),
            "description": text_or_empty(object, "description"),
            "refreshable": false,
        })
    }

    fn create_call(_object: &Value, body: Json) -> Call {
        Call::post(PATH, body)
    }

    fn created(object: Value, answer: &Json) -> Value {
        let secret = answer.get("access_token").and_then(Json::as_str).unwrap_or_default();
        let secret = Value::text(secret).sensitive();
        match answer.get("token_id").and_then(Json::as_str) {
            Some(id) => with(&object, [("access_token", secret), ("id", Value::text(id))]),
            None => with(&object, [("access_token", secret)]),
        }
    }

    fn observe(_answer: &Json, recorded: &Value) -> Result<Value, Box<Diagnostic>> {
        Ok(recorded.clone())
    }
}
