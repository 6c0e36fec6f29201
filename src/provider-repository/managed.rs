//! How everything on a server is planned, read, made, adopted, changed, moved and removed.

use std::marker::PhantomData;

use diagnostics::Diagnostic;
use lang::{Path, Value};
use provider::{
    Connection, CreateRequest, DeleteRequest, FindRequest, Finding, Future, OperationError,
    PlanRequest, Planned, ReadOutcome, ReadRequest, ResourceType, Schema, UpdateRequest, change,
};
use serde_json::Value as Json;

use crate::at;
use crate::client::{Client, Patience};
use crate::connection::{self, Servers};
use crate::endpoint;
use crate::failure::RestError;
use crate::kind::Kind;
use crate::mark::{self, Mark};
use crate::object::with;

mod read;

/// A resource type made of a [`Kind`].
pub(crate) struct Managed<K> {
    schema: Schema,
    kind: PhantomData<K>,
}

impl<K: Kind> Managed<K> {
    pub(crate) fn new() -> Self {
        Self { schema: K::schema(), kind: PhantomData }
    }

    async fn make(
        &self,
        servers: &Servers,
        request: CreateRequest,
    ) -> Result<Value, OperationError> {
        let client = servers.client_of(&request.planned).map_err(untouched)?;
        let patience = Patience::for_change(&request.report, request.timeout);
        let planned = K::settle(request.planned.clone(), Some(client.url()), "");
        let found = K::fetch(&client, &planned, &patience).await;
        let found = found.map_err(|error| untouched(error.into()))?;
        let mark = Mark { address: &request.address, token: Some(&request.token) };
        match found {
            // Ours by token (an interrupted create) or by address (a data folder that outlived its server).
            Some(there)
                if K::ADOPTABLE
                    && !mark::is_made_by(&there, &request.token)
                    && !mark::belongs_to(&there, &request.address) =>
            {
                Err(untouched(already_exists::<K>(&client, &planned, &request.address)))
            }
            Some(_) if K::ADOPTABLE => {
                let body = mark.put_on(K::body(&planned, None));
                let call = K::update_call(&planned, body);
                client.send(&call, &patience).await.map_err(Diagnostic::from)?;
                Ok(planned)
            }
            _ => self.put(&client, planned, &mark, &patience).await,
        }
    }

    async fn put(
        &self,
        client: &Client,
        planned: Value,
        mark: &Mark<'_>,
        patience: &Patience,
    ) -> Result<Value, OperationError> {
        let call = K::create_call(&planned, mark.put_on(K::body(&planned, None)));
        match client.send(&call, patience).await {
            Ok(reply) => Ok(K::created(planned, &reply.json())),
            Err(error) if error.is_without_effect() => Err(untouched(error.into())),
            Err(error) => Err(Diagnostic::from(error).into()),
        }
    }

    async fn change(
        &self,
        servers: &Servers,
        request: UpdateRequest,
    ) -> Result<Value, OperationError> {
        let client = servers.client_of(&request.planned)?;
        let planned = K::settle(request.planned.clone(), Some(client.url()), "");
        if connection::moves(&request.prior, &planned) {
            return self.follow(servers, &client, planned, &request).await;
        }
        let changed = change::changed_attributes(&self.schema, &request.prior, &planned);
        let told = |name: &lang::Name| **name != *"server" && !K::UNTOLD.contains(&&**name);
        if !changed.iter().any(told) {
            return Ok(planned);
        }
        self.update(&client, planned, &request).await
    }

    async fn update(
        &self,
        client: &Client,
        planned: Value,
        request: &UpdateRequest,
    ) -> Result<Value, OperationError> {
        let patience = Patience::for_change(&request.report, request.timeout);
        let mark = Mark { address: &request.address, token: None };
        let body = mark.put_on(K::body(&planned, Some(&request.prior)));
        client.send(&K::update_call(&planned, body), &patience).await.map_err(Diagnostic::from)?;
        Ok(planned)
    }

    /// The server has another URL: it moved with everything on it, or it is another server.
    async fn follow(
        &self,
        servers: &Servers,
        client: &Client,
        planned: Value,
        request: &UpdateRequest,
    ) -> Result<Value, OperationError> {
        let patience = Patience::for_change(&request.report, request.timeout);
        let there = K::fetch(client, &planned, &patience).await.map_err(Diagnostic::from)?;
        let former = servers.client_of(&request.prior)?;
        let left = K::fetch(&former, &request.prior, &Patience::none()).await;
        match (there, left) {
            (Some(there), _) if mark::belongs_to(&there, &request.address) => {
                self.update(client, planned, request).await
            }
            // The old URL is dead and the new one has the thing: that is the same server.
            (Some(_), Err(error)) if error.is_server_down() => {
                self.update(client, planned, request).await
            }
            (Some(_), _) => Err(already_exists::<K>(client, &planned, &request.address).into()),
            (None, left) => {
                if matches!(left, Ok(Some(_))) {
                    request.report.say("removing it from its former server");
                    self.remove_from(&former, &request.prior, &patience).await?;
                }
                let mark = Mark { address: &request.address, token: Some(&request.token) };
                self.put(client, planned, &mark, &patience).await
            }
        }
    }

    async fn remove_from(
        &self,
        client: &Client,
        object: &Value,
        patience: &Patience,
    ) -> Result<(), OperationError> {
        let Err(error) = client.send(&K::delete_call(object), patience).await else {
            return Ok(());
        };
        match error.status() {
            Some(404) => Ok(()),
            Some(409) => Err(K::explain_conflict(client, object, error).await.into()),
            // 400 stands both for what is not there and for what is refused.
            Some(400) => match K::fetch(client, object, patience).await {
                Ok(None) => Ok(()),
                _ => Err(Diagnostic::from(error).into()),
            },
            _ if error.is_server_down() => Err(unreachable(error).into()),
            _ => Err(Diagnostic::from(error).into()),
        }
    }

    async fn recover(
        &self,
        servers: &Servers,
        request: FindRequest,
    ) -> Result<Option<Value>, OperationError> {
        if !K::ADOPTABLE {
            return Ok(None);
        }
        let client = servers.client_of(&request.planned)?;
        let planned = K::settle(request.planned.clone(), Some(client.url()), "");
        let found = K::fetch(&client, &planned, &Patience::none()).await;
        match found.map_err(Diagnostic::from)? {
            Some(answer) if mark::is_made_by(&answer, &request.token) => {
                Ok(Some(K::observe(&answer, &planned).map_err(|d| *d)?))
            }
            _ => Ok(None),
        }
    }

    async fn take_over(&self, servers: &Servers, id: &str) -> Result<Value, OperationError> {
        let (name, url) = connection::split_import_id(id);
        let mut object = self.schema.default_object();
        for (attribute, value) in K::imported(name) {
            object = with(&object, [(attribute, value)]);
        }
        let object = with(&object, [("server", Servers::imported_server(url))]);
        let client = servers.client_of(&object)?;
        let object = K::settle(object, Some(client.url()), "");
        let found = K::fetch(&client, &object, &Patience::none()).await;
        let Some(answer) = found.map_err(Diagnostic::from)? else {
            let detail = format!(
                "The server {} has no {}. The import id is the {}, and @URL after it where the provider block does not name the server.",
                client.url(),
                K::called(&object),
                K::KEY
            );
            return Err(Diagnostic::error("Cannot import what does not exist", detail).into());
        };
        Ok(K::observe(&answer, &object).map_err(|d| *d)?)
    }
}

/// Nothing can be removed from a server that is down: what it holds would be there again later.
fn unreachable(error: RestError) -> Diagnostic {
    Diagnostic::from(error)
        .hint("Start the server first: apply starts a local_server that is dead.")
        .hint("If its data is gone for good, drop the resource with: artiform state rm ADDRESS")
}

fn untouched(diagnostic: Diagnostic) -> OperationError {
    OperationError::from(diagnostic).without_effect()
}

fn already_exists<K: Kind>(client: &Client, object: &Value, address: &str) -> Diagnostic {
    let called = K::called(object);
    let detail = format!(
        "The server {} has the {called} already, and {address} did not make it. Things that exist are never taken over silently: import it, or choose another {}.",
        client.url(),
        K::KEY
    );
    let key = object.get(K::KEY).and_then(Value::as_str).unwrap_or("ID");
    let import = format!("artiform import '{address}' '{key}@{}'", client.url());
    Diagnostic::error("Already exists", detail).hint(import)
}

impl<K: Kind> ResourceType for Managed<K> {
    fn name(&self) -> &'static str {
        K::NAME
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn host_types(&self) -> &'static [&'static str] {
        &["local_server"]
    }

    /// What a server keeps ends with the server; with its data folder it waits for the next one.
    fn vanishes_with(&self, attributes: &Value, host: &Value) -> bool {
        let url =
            |value: Option<&Value>| value.and_then(|v| v.get("url")?.as_str().map(str::to_owned));
        let server = url(attributes.get("server"));
        server.is_some() && server == url(Some(host))
    }

    fn loses_data(&self, attributes: &Value) -> bool {
        K::loses_data(attributes)
    }

    fn preflight_delete<'a>(
        &'a self,
        connection: &'a Connection,
        objects: &'a [Value],
    ) -> Future<'a, Vec<(usize, Finding)>> {
        Box::pin(async move {
            let mut findings = Vec::new();
            let Some(servers) = connection.get::<Servers>() else { return findings };
            for (index, object) in objects.iter().enumerate() {
                let Ok(client) = servers.client_of(object) else { continue };
                if let Some(diagnostic) = K::protects(&client, object).await {
                    findings.push((index, Finding { path: Path::root(), diagnostic }));
                }
            }
            findings
        })
    }

    fn plan(&self, request: &PlanRequest<'_>) -> Result<Planned, Vec<Finding>> {
        let mut planned = change::default_plan(&self.schema, request);
        let mut findings = Vec::new();
        for name in ["server", "target"] {
            let Some(value) = planned.value.get(name).cloned() else { continue };
            if let Err(why) = endpoint::check(&value) {
                let detail = format!("Invalid value for \"{name}\": {why}");
                findings.push(Finding::error(at(name), "Invalid server", detail));
            }
            planned.value = with(&planned.value, [(name, endpoint::with_secrets_marked(&value))]);
        }
        if let Some(prior) = request.prior
            && !K::FOLLOWS_SERVER
            && connection::moves(prior, &planned.value)
        {
            planned.replace.push(at("server").then(lang::PathStep::Attribute("url".into())));
        }
        let url = endpoint::known_url(planned.value.get("server")).map(str::to_owned);
        planned.value = K::settle(planned.value, url.as_deref(), request.name_seed);
        findings.extend(K::check(request, &planned.value));
        if findings.is_empty() { Ok(planned) } else { Err(findings) }
    }

    fn read<'a>(
        &'a self,
        connection: &'a Connection,
        requests: &'a [ReadRequest],
    ) -> Future<'a, Vec<ReadOutcome>> {
        Box::pin(async move {
            match connection.required::<Servers>() {
                Ok(servers) => read::read::<K>(servers, requests).await,
                Err(diagnostic) => ReadOutcome::all_failed(requests.len(), &diagnostic),
            }
        })
    }

    fn create<'a>(
        &'a self,
        connection: &'a Connection,
        request: CreateRequest,
    ) -> Future<'a, Result<Value, OperationError>> {
        Box::pin(async move { self.make(connection.required::<Servers>()?, request).await })
    }

    fn update<'a>(
        &'a self,
        connection: &'a Connection,
        request: UpdateRequest,
    ) -> Future<'a, Result<Value, OperationError>> {
        Box::pin(async move { self.change(connection.required::<Servers>()?, request).await })
    }

    fn delete<'a>(
        &'a self,
        connection: &'a Connection,
        request: DeleteRequest,
    ) -> Future<'a, Result<(), OperationError>> {
        Box::pin(async move {
            let client = connection.required::<Servers>()?.client_of(&request.prior)?;
            let patience = Patience::for_removal(&request.report, request.timeout);
            self.remove_from(&client, &request.prior, &patience).await
        })
    }

    fn find<'a>(
        &'a self,
        connection: &'a Connection,
        request: FindRequest,
    ) -> Future<'a, Result<Option<Value>, OperationError>> {
        Box::pin(async move { self.recover(connection.required::<Servers>()?, request).await })
    }

    /// The id is the name of the thing, or `NAME@URL`.
    fn import<'a>(
        &'a self,
        connection: &'a Connection,
        id: &'a str,
    ) -> Future<'a, Result<Value, OperationError>> {
        Box::pin(async move { self.take_over(connection.required::<Servers>()?, id).await })
    }
}

/// The answer of a server as attributes; a mistake in it is the mistake of the thing.
fn found<K: Kind>(answer: &Json, recorded: &Value, url: &str) -> ReadOutcome {
    match K::observe(answer, recorded) {
        Ok(observed) => ReadOutcome::Found(K::settle(observed, Some(url), "")),
        Err(diagnostic) => ReadOutcome::Failed(diagnostic),
    }
}

/// The path of an attribute of the argument `target`.
pub(crate) fn target_at(name: &str) -> Path {
    at("target").then(lang::PathStep::Attribute(name.into()))
}

#[cfg(test)]
mod tests;
