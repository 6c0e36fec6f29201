//! `artiform_user`: a person or a machine that signs in.

use diagnostics::Diagnostic;
use lang::{Type, Value};
use provider::{Attribute, Schema};
use repository::percent::encode_component;
use serde_json::{Value as Json, json};

use super::{key, principal, server, switch, words};
use crate::kind::Kind;
use crate::object::{flag, said_flag, said_set, said_text, text, text_or_empty, texts, with};

pub(crate) struct User;

impl Kind for User {
    const NAME: &'static str = "artiform_user";
    const NOUN: &'static str = "user";
    const KEY: &'static str = "name";

    fn schema() -> Schema {
        Schema::new([
            ("admin", switch(false, "May do everything.")),
            ("email", words("The e-mail address.")),
            (
                "groups",
                Attribute::optional(Type::set(Type::String))
                    .describe("The names of the groups that the user belongs to."),
            ),
            ("id", Attribute::computed(Type::String).describe("The name.")),
            ("name", key(Type::String).validated(principal).describe("The name to sign in with.")),
            (
                "password",
                words("The password; a user without one signs in with tokens only.").sensitive(),
            ),
            ("server", server()),
        ])
        .describe("A person or a machine that signs in.")
    }

    fn path(object: &Value) -> String {
        let name = encode_component(text_or_empty(object, "name"));
        format!("/artifactory/api/security/users/{name}")
    }

    fn settle(object: Value, _url: Option<&str>, _name_seed: &str) -> Value {
        named(object)
    }

    fn body(object: &Value, prior: Option<&Value>) -> Json {
        let mut body = json!({
            "name": text(object, "name"),
            "email": text_or_empty(object, "email"),
            "admin": flag(object, "admin"),
            "groups": texts(object, "groups"),
        });
        let password = text(object, "password");
        match prior {
            Some(prior) if text(prior, "password") == password => {}
            _ => {
                body["internalPasswordDisabled"] = Json::from(password.is_none());
                if let Some(password) = password {
                    body["password"] = Json::from(password);
                }
            }
        }
        body
    }

    fn observe(answer: &Json, recorded: &Value) -> Result<Value, Box<Diagnostic>> {
        Ok(with(
            recorded,
            [
                ("admin", said_flag(answer, "admin")),
                ("email", said_text(answer, "email", recorded.get("email"))),
                ("groups", said_set(answer.get("groups"), recorded.get("groups"))),
            ],
        ))
    }
}

/// Sets `id`, which is the name.
pub(super) fn named(object: Value) -> Value {
    match text(&object, "name") {
        Some(name) => with(&object, [("id", Value::text(name))]),
        None => object,
    }
}
