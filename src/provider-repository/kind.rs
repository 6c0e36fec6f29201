//! What one resource type knows that the others do not: its attributes and its part of the API.

use diagnostics::Diagnostic;
use lang::Value;
use provider::{Finding, Future, PlanRequest, Schema};
use serde_json::Value as Json;

use crate::client::{Call, Client, Patience};
use crate::failure::RestError;
use crate::object;

/// A kind of thing on a server; [`crate::managed::Managed`] makes a resource type of it.
pub(crate) trait Kind: Send + Sync + 'static {
    /// The type name, such as `artiform_user`.
    const NAME: &'static str;
    /// What people call it, such as `user`.
    const NOUN: &'static str;
    /// The attribute that names it on its server.
    const KEY: &'static str;
    /// The answers by which the server says that there is no such thing.
    const MISSING: &'static [u16] = &[404];
    /// Attributes that the server is not told: a change of them alone makes no call.
    const UNTOLD: &'static [&'static str] = &[];

    /// Tells whether deleting it deletes content too.
    fn loses_data(_object: &Value) -> bool {
        false
    }
    /// Whether it stays what it is when its server gets another URL.
    const FOLLOWS_SERVER: bool = true;
    /// Whether what an interrupted create made can be known again and used.
    const ADOPTABLE: bool = true;

    fn schema() -> Schema;

    /// The path of the thing on its server.
    fn path(object: &Value) -> String;

    /// Sets what can be known before apply; `url` is that of the server, where it is known.
    fn settle(object: Value, _url: Option<&str>, _name_seed: &str) -> Value {
        object
    }

    /// Finds mistakes that the server would report only at apply.
    fn check(_request: &PlanRequest<'_>, _planned: &Value) -> Vec<Finding> {
        Vec::new()
    }

    /// The body that makes the thing, or changes it from `prior`.
    fn body(object: &Value, prior: Option<&Value>) -> Json;

    fn create_call(object: &Value, body: Json) -> Call {
        Call::put(Self::path(object), body)
    }

    fn update_call(object: &Value, body: Json) -> Call {
        Call::post(Self::path(object), body)
    }

    fn delete_call(object: &Value) -> Call {
        Call::delete(Self::path(object))
    }

    /// The attributes after a create that was answered so.
    fn created(object: Value, _answer: &Json) -> Value {
        object
    }

    /// The attributes as the server says; what it does not say is as recorded.
    ///
    /// # Errors
    /// When the thing of that name is of another kind.
    fn observe(answer: &Json, recorded: &Value) -> Result<Value, Box<Diagnostic>>;

    /// Where all things of a server are listed whole, if that can be had in one call.
    const LIST: Option<&'static str> = None;

    /// The thing among all of its server.
    fn pick(_list: &Json, _object: &Value) -> Option<Json> {
        None
    }

    /// Says why the server did not remove the thing.
    fn explain_conflict<'a>(
        _client: &'a Client,
        _object: &'a Value,
        error: RestError,
    ) -> Future<'a, Diagnostic> {
        Box::pin(async move { error.into() })
    }

    /// Says why the thing must not be removed, where that is certain before anything is done.
    fn protects<'a>(_client: &'a Client, _object: &'a Value) -> Future<'a, Option<Diagnostic>> {
        Box::pin(async { None })
    }

    /// The attributes that an import id without its URL says.
    fn imported(id: &str) -> Vec<(&'static str, Value)> {
        vec![(Self::KEY, Value::text(id))]
    }

    /// Asks for one thing; none when there is none.
    fn fetch<'a>(
        client: &'a Client,
        object: &'a Value,
        patience: &'a Patience,
    ) -> Future<'a, Result<Option<Json>, RestError>> {
        Box::pin(async move {
            if let Some(list) = Self::LIST {
                let list = client.send(&Call::get(list), patience).await?.json();
                return Ok(Self::pick(&list, object));
            }
            match client.send(&Call::get(Self::path(object)), patience).await {
                Ok(reply) => Ok(Some(reply.json())),
                Err(error) if error.status().is_some_and(|s| Self::MISSING.contains(&s)) => {
                    Ok(None)
                }
                Err(error) => Err(error),
            }
        })
    }

    /// The thing as people name it, such as `user "ann"`.
    fn called(object: &Value) -> String {
        format!("{} \"{}\"", Self::NOUN, object::text_or_empty(object, Self::KEY))
    }
}
