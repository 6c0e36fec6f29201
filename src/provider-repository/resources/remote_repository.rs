//! `artiform_remote_repository`: a cache of a repository on another server.

use diagnostics::Diagnostic;
use lang::{Type, Value};
use provider::{Attribute, Finding, PlanRequest, Schema};
use serde_json::Value as Json;

use super::{count, repository_fields as fields, words};
use crate::client::Call;
use crate::kind::Kind;
use crate::object::{self, said_text, text, text_or_empty, with};

/// Numbers: the attribute and the field that it is on the server.
const NUMBERS: [(&str, &str); 3] = [
    ("missed_retrieval_cache_period_secs", "missedRetrievalCachePeriodSecs"),
    ("retrieval_cache_period_secs", "retrievalCachePeriodSecs"),
    ("socket_timeout_millis", "socketTimeoutMillis"),
];
/// Flags, likewise.
const FLAGS: [(&str, &str); 3] = [
    ("allow_private_addresses", "allowPrivateAddresses"),
    ("hard_fail", "hardFail"),
    ("offline", "offline"),
];

pub(crate) struct RemoteRepository;

impl Kind for RemoteRepository {
    const NAME: &'static str = "artiform_remote_repository";
    const NOUN: &'static str = "repository";
    const KEY: &'static str = "key";
    const MISSING: &'static [u16] = fields::MISSING;

    fn schema() -> Schema {
        let number = |words| Attribute::optional(Type::Number).validated(count).describe(words);
        let switch = |words| Attribute::optional(Type::Bool).describe(words);
        let mut schema = Schema::new([
            (
                "allow_private_addresses",
                switch("Lets the server connect to private and loopback addresses for it."),
            ),
            ("hard_fail", switch("An upstream that fails is an error instead of not found.")),
            (
                "missed_retrieval_cache_period_secs",
                number("Seconds for which not found is believed."),
            ),
            ("offline", switch("Serves only what is cached.")),
            ("password", words("Goes with username.").sensitive()),
            ("retrieval_cache_period_secs", number("Seconds for which indexes are fresh.")),
            ("socket_timeout_millis", number("Milliseconds to wait for the upstream.")),
            ("username", words("Sent to the upstream by basic authentication.")),
        ])
        .describe("A cache of a repository on another server.");
        let shared = fields::attributes().into_iter().chain(fields::patterns());
        schema.attributes.extend(shared.map(|(name, attribute)| (name.into(), attribute)));
        let url = Attribute::required(Type::String).describe("The base URL of the upstream.");
        schema.attributes.insert("url".into(), url);
        schema
    }

    fn path(object: &Value) -> String {
        fields::path(object)
    }

    fn settle(object: Value, _url: Option<&str>, _name_seed: &str) -> Value {
        match text(&object, "key") {
            Some(key) => with(&object, [("id", Value::text(key))]),
            None => object,
        }
    }

    fn check(_request: &PlanRequest<'_>, planned: &Value) -> Vec<Finding> {
        if planned.get("url").is_some_and(Value::is_unknown) {
            return Vec::new();
        }
        fields::check(planned, Self::body(planned, None))
    }

    fn body(object: &Value, prior: Option<&Value>) -> Json {
        let mut body = fields::body(object, "remote");
        body["includesPattern"] = Json::from(text(object, "includes_pattern").unwrap_or("**/*"));
        body["excludesPattern"] = Json::from(text_or_empty(object, "excludes_pattern"));
        body["url"] = object::json(object, "url");
        body["username"] = Json::from(text_or_empty(object, "username"));
        for (attribute, field) in NUMBERS.iter().chain(&FLAGS) {
            body[*field] = object::json(object, attribute);
        }
        if prior.is_none_or(|prior| text(prior, "password") != text(object, "password")) {
            body["password"] = Json::from(text_or_empty(object, "password"));
        }
        body
    }

    /// What it holds is a cache, and can be fetched again.
    fn delete_call(object: &Value) -> Call {
        Call::delete(format!("{}?force=true", fields::path(object)))
    }

    fn observe(answer: &Json, recorded: &Value) -> Result<Value, Box<Diagnostic>> {
        let mut observed = fields::observe(answer, recorded, "remote")?;
        let said = [
            ("excludes_pattern", "excludesPattern"),
            ("includes_pattern", "includesPattern"),
            ("url", "url"),
            ("username", "username"),
        ];
        for (attribute, field) in said {
            let value = said_text(answer, field, recorded.get(attribute));
            observed = with(&observed, [(attribute, value)]);
        }
        for (attribute, field) in NUMBERS {
            let number = answer.get(field).and_then(Json::as_i64);
            let value = number.map_or_else(|| Value::null(Type::Number), Value::int);
            observed = with(&observed, [(attribute, value)]);
        }
        for (attribute, field) in FLAGS {
            let flag = answer.get(field).and_then(Json::as_bool);
            let value = flag.map_or_else(|| Value::null(Type::Bool), Value::bool);
            observed = with(&observed, [(attribute, value)]);
        }
        Ok(observed)
    }
}
