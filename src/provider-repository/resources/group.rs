//! `artiform_group`: users who are given permissions together.

use diagnostics::Diagnostic;
use lang::{Type, Value};
use provider::{Attribute, Schema};
use repository::percent::encode_component;
use serde_json::{Value as Json, json};

use super::user::named;
use super::{key, principal, server, switch, words};
use crate::kind::Kind;
use crate::object::{flag, said_flag, said_text, text, text_or_empty, with};

pub(crate) struct Group;

impl Kind for Group {
    const NAME: &'static str = "artiform_group";
    const NOUN: &'static str = "group";
    const KEY: &'static str = "name";

    fn schema() -> Schema {
        Schema::new([
            ("admin_privileges", switch(false, "Its members may do everything.")),
            ("auto_join", switch(false, "New users belong to it.")),
            ("description", words("For people.")),
            ("id", Attribute::computed(Type::String).describe("The name.")),
            ("name", key(Type::String).validated(principal).describe("The name of the group.")),
            ("server", server()),
        ])
        .describe("Users who are given permissions together.")
    }

    fn path(object: &Value) -> String {
        let name = encode_component(text_or_empty(object, "name"));
        format!("/artifactory/api/security/groups/{name}")
    }

    fn settle(object: Value, _url: Option<&str>, _name_seed: &str) -> Value {
        named(object)
    }

    fn body(object: &Value, _prior: Option<&Value>) -> Json {
        json!({
            "name": text(object, "name"),
            "description": text_or_empty(object, "description"),
            "autoJoin": flag(object, "auto_join"),
            "adminPrivileges": flag(object, "admin_privileges"),
        })
    }

    fn observe(answer: &Json, recorded: &Value) -> Result<Value, Box<Diagnostic>> {
        Ok(with(
            recorded,
            [
                ("admin_privileges", said_flag(answer, "adminPrivileges")),
                ("auto_join", said_flag(answer, "autoJoin")),
                ("description", said_text(answer, "description", recorded.get("description"))),
            ],
        ))
    }
}
