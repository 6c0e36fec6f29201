//! `artiform_permission`: who may do what in which repositories.

use std::collections::BTreeMap;

use diagnostics::Diagnostic;
use lang::{Type, Value};
use provider::{Attribute, Schema};
use repository::Action;
use repository::percent::encode_component;
use serde_json::{Value as Json, json};

use super::user::named;
use super::{key, principal, server};
use crate::client::Call;
use crate::kind::Kind;
use crate::object::{self, said_set, said_texts, text, text_or_empty, texts, with};

pub(crate) struct Permission;

impl Kind for Permission {
    const NAME: &'static str = "artiform_permission";
    const NOUN: &'static str = "permission";
    const KEY: &'static str = "name";

    fn schema() -> Schema {
        let grants = |words| {
            Attribute::optional(Type::map(Type::set(Type::String)))
                .validated(actions)
                .describe(words)
        };
        let patterns = |words| Attribute::optional(Type::set(Type::String)).describe(words);
        Schema::new([
            ("excludes_patterns", patterns("Paths that it does not cover.")),
            ("groups", grants("By group: read, annotate, write, delete, manage.")),
            ("id", Attribute::computed(Type::String).describe("The name.")),
            (
                "includes_patterns",
                patterns("Paths that it covers; all by default.")
                    .default(Value::set(Type::String, [Value::string("**")])),
            ),
            ("name", key(Type::String).validated(principal).describe("The name.")),
            (
                "repositories",
                Attribute::required(Type::set(Type::String))
                    .describe("The keys of the repositories, or ANY, ANY LOCAL, ANY REMOTE."),
            ),
            ("server", server()),
            ("users", grants("By user: read, annotate, write, delete, manage.")),
        ])
        .describe("Who may do what in which repositories.")
    }

    fn path(object: &Value) -> String {
        let name = encode_component(text_or_empty(object, "name"));
        format!("/artifactory/api/v2/security/permissions/{name}")
    }

    fn settle(object: Value, _url: Option<&str>, _name_seed: &str) -> Value {
        named(object)
    }

    fn body(object: &Value, _prior: Option<&Value>) -> Json {
        let grants = |name| match object::json(object, name) {
            Json::Null => json!({}),
            grants => grants,
        };
        json!({
            "name": text(object, "name"),
            "repo": {
                "include-patterns": texts(object, "includes_patterns"),
                "exclude-patterns": texts(object, "excludes_patterns"),
                "repositories": texts(object, "repositories"),
                "actions": {"users": grants("users"), "groups": grants("groups")},
            },
        })
    }

    fn update_call(object: &Value, body: Json) -> Call {
        Call::put(Self::path(object), body)
    }

    fn observe(answer: &Json, recorded: &Value) -> Result<Value, Box<Diagnostic>> {
        let said = |pointer: &str| answer.pointer(pointer);
        let set = |pointer: &str, name: &str| said_set(said(pointer), recorded.get(name));
        Ok(with(
            recorded,
            [
                ("excludes_patterns", set("/repo/exclude-patterns", "excludes_patterns")),
                ("groups", grants(said("/repo/actions/groups"), recorded.get("groups"))),
                ("includes_patterns", set("/repo/include-patterns", "includes_patterns")),
                ("repositories", set("/repo/repositories", "repositories")),
                ("users", grants(said("/repo/actions/users"), recorded.get("users"))),
            ],
        ))
    }
}

fn actions(value: &Value) -> Result<(), String> {
    for (name, actions) in value.entries().into_iter().flatten() {
        principal(&Value::text(name))?;
        for action in actions.elements().unwrap_or_default() {
            let action = action.as_str().unwrap_or_default();
            if !Action::ALL.iter().any(|known| known.word() == action) {
                return Err(format!(
                    "{action:?} is no action; use read, annotate, write, delete or manage."
                ));
            }
        }
    }
    Ok(())
}

/// What the server says who may do; null where nobody may and nothing was recorded.
fn grants(said: Option<&Json>, recorded: Option<&Value>) -> Value {
    let set = Type::set(Type::String);
    let said = said.and_then(Json::as_object);
    let entries: BTreeMap<lang::Name, Value> = said
        .into_iter()
        .flatten()
        .map(|(name, actions)| {
            (name.as_str().into(), Value::set(Type::String, said_texts(Some(actions))))
        })
        .collect();
    if entries.is_empty() && recorded.is_none_or(Value::is_null) {
        return Value::null(Type::map(set));
    }
    Value::map(set, entries)
}
