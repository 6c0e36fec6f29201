//! `artiform_virtual_repository`: several repositories under one key.

use diagnostics::Diagnostic;
use lang::{Type, Value};
use provider::{Attribute, Finding, PlanRequest, Schema};
use serde_json::Value as Json;

use super::{repository_fields as fields, repository_key, repository_keys, words};
use crate::kind::Kind;
use crate::object::{said_text, said_texts, text_or_empty, texts, with};

pub(crate) struct VirtualRepository;

impl Kind for VirtualRepository {
    const NAME: &'static str = "artiform_virtual_repository";
    const NOUN: &'static str = "repository";
    const KEY: &'static str = "key";
    const MISSING: &'static [u16] = fields::MISSING;

    fn schema() -> Schema {
        let mut schema = Schema::new([
            (
                "default_deployment_repository",
                words("The member that deploys go to.").validated(repository_key),
            ),
            (
                "repositories",
                Attribute::required(Type::list(Type::String))
                    .validated(repository_keys)
                    .describe("The keys of its members, in the order in which they are asked."),
            ),
        ])
        .describe("Several repositories under one key.");
        let shared = fields::attributes().into_iter();
        schema.attributes.extend(shared.map(|(name, attribute)| (name.into(), attribute)));
        schema
    }

    fn path(object: &Value) -> String {
        fields::path(object)
    }

    fn settle(object: Value, url: Option<&str>, _name_seed: &str) -> Value {
        fields::settle(object, url)
    }

    fn check(_request: &PlanRequest<'_>, planned: &Value) -> Vec<Finding> {
        fields::check(planned, Self::body(planned, None))
    }

    fn body(object: &Value, _prior: Option<&Value>) -> Json {
        let mut body = fields::body(object, "virtual");
        body["repositories"] = Json::from(texts(object, "repositories"));
        body["defaultDeploymentRepo"] =
            Json::from(text_or_empty(object, "default_deployment_repository"));
        body
    }

    fn observe(answer: &Json, recorded: &Value) -> Result<Value, Box<Diagnostic>> {
        let observed = fields::observe(answer, recorded, "virtual")?;
        let target = recorded.get("default_deployment_repository");
        let target = said_text(answer, "defaultDeploymentRepo", target);
        let members = Value::list(Type::String, said_texts(answer.get("repositories")));
        Ok(with(&observed, [("default_deployment_repository", target), ("repositories", members)]))
    }
}
