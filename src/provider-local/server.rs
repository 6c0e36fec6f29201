//! `local_server`: one repository server as a background process.

use std::time::Duration;

use diagnostics::Diagnostic;
use lang::{Type, Value};
use provider::{
    Connection, CreateRequest, DeleteRequest, FindRequest, Finding, Future, OperationError,
    PlanRequest, Planned, PreflightItem, ReadOutcome, ReadRequest, Report, ResourceType, Schema,
    UpdateRequest,
};

use crate::Command;
use crate::home::{Home, Run};
use crate::launch::{self, Launch, LaunchError};

mod observe;
pub(crate) mod plan;
pub(crate) mod preflight;
mod schema;
pub(crate) mod settings;

use plan::with_attribute;
use settings::Settings;

/// How many random bytes a token has that the user does not set.
const TOKEN_BYTES: usize = 32;

/// The resource type `local_server`.
pub(crate) struct LocalServer {
    schema: Schema,
    command: Command,
}

impl LocalServer {
    pub(crate) fn new(command: Command) -> Self {
        Self { schema: schema::schema(), command }
    }

    async fn start(&self, request: CreateRequest) -> Result<Value, OperationError> {
        let planned = with_token(&request.planned)
            .and_then(|planned| Ok((Settings::read(&planned)?, planned)))
            .map_err(|diagnostic| OperationError::from(diagnostic).without_effect());
        let (settings, planned) = planned?;
        let launch = Launch {
            command: &self.command,
            settings: &settings,
            token: &request.token,
            report: &request.report,
            timeout: request.timeout,
        };
        match launch.start().await {
            Ok(run) => Ok(running(&planned, &run)),
            Err(error) if error.nothing_runs => {
                Err(OperationError::from(error.diagnostic).without_effect())
            }
            Err(error) => Err(OperationError::from(error.diagnostic).leaving(stopped(&planned))),
        }
    }

    async fn change(&self, request: UpdateRequest) -> Result<Value, OperationError> {
        if !plan::restarts(&self.schema, Some(&request.prior), &request.planned) {
            let pid = request.prior.get("pid").cloned();
            let pid = pid.unwrap_or_else(|| Value::null(Type::Number));
            return Ok(with_attribute(&request.planned, "pid", pid));
        }
        let planned = with_token(&request.planned)?;
        let settings = Settings::read(&planned)?;
        let home = Home::new(settings.data_path.clone());
        let recorded = home.run().map(|run| run.instance_token).or_else(|| home.configured_token());
        let token = recorded.unwrap_or(request.token);
        let (report, timeout) = (&request.report, request.timeout);
        let (command, settings) = (&self.command, &settings);
        let launch = Launch { command, settings, token: &token, report, timeout };
        match launch.restart().await {
            Ok(run) => Ok(running(&planned, &run)),
            Err(LaunchError { diagnostic, .. }) => {
                Err(OperationError::from(diagnostic).leaving(stopped(&request.prior)))
            }
        }
    }

    async fn remove(&self, request: DeleteRequest) -> Result<(), OperationError> {
        let Some(path) = settings::data_path(&request.prior) else { return Ok(()) };
        let home = Home::new(path);
        request.report.say("stopping the server");
        launch::stop(&home).await.map_err(|error| error.diagnostic)?;
        if !keeps_data(&request.prior) {
            request.report.say("removing the data folder");
            home.remove()?;
        }
        Ok(())
    }

    /// Adopts what runs with this token; what has died before it was ready was never made.
    async fn recover(&self, request: FindRequest) -> Result<Option<Value>, OperationError> {
        let Some(path) = settings::data_path(&request.planned) else { return Ok(None) };
        let home = Home::new(path);
        let token = home.run().map(|run| run.instance_token).or_else(|| home.configured_token());
        if token.as_deref() != Some(request.token.as_str()) || home.process().is_none() {
            return Ok(None);
        }
        // A token that the provider drew is in the configuration alone: a start with another one
        // would not fit, so that this server is made anew.
        let Ok(settings) = Settings::read(&request.planned) else {
            launch::stop(&home).await.map_err(|error| error.diagnostic)?;
            return Ok(None);
        };
        let launch = Launch {
            command: &self.command,
            settings: &settings,
            token: &request.token,
            report: &Report::silent(),
            timeout: None,
        };
        match launch.start().await {
            Ok(run) => Ok(Some(running(&request.planned, &run))),
            Err(error) if error.nothing_runs => Ok(None),
            Err(error) => Err(error.diagnostic.into()),
        }
    }
}

/// The attributes with a token drawn where the user sets none.
fn with_token(planned: &Value) -> Result<Value, Diagnostic> {
    if crate::text(planned, "admin_token").is_some() {
        return Ok(planned.clone());
    }
    let mut bytes = [0; TOKEN_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| {
        let detail = format!("The operating system gave no random bytes: {error}.");
        Diagnostic::error("Randomness is not available", detail)
    })?;
    let token: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(with_attribute(planned, "admin_token", Value::string(token).sensitive()))
}

fn running(planned: &Value, run: &Run) -> Value {
    let running = with_attribute(planned, "status", Value::string("running"));
    let running = with_attribute(&running, "version", Value::string(run.version.as_str()));
    with_attribute(&running, "pid", Value::int(i64::from(run.process.pid)))
}

fn stopped(attributes: &Value) -> Value {
    let stopped = with_attribute(attributes, "status", Value::string("stopped"));
    with_attribute(&stopped, "pid", Value::null(Type::Number))
}

/// Tells whether the data folder outlives the server.
fn keeps_data(attributes: &Value) -> bool {
    attributes.get("keep_data").and_then(Value::as_bool).unwrap_or(true)
}

impl ResourceType for LocalServer {
    fn name(&self) -> &'static str {
        "local_server"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn loses_data(&self, attributes: &Value) -> bool {
        !keeps_data(attributes)
    }

    fn plan(&self, request: &PlanRequest<'_>) -> Result<Planned, Vec<Finding>> {
        plan::plan(&self.schema, request)
    }

    fn preflight<'a>(
        &'a self,
        _connection: &'a Connection,
        items: &'a [PreflightItem],
    ) -> Future<'a, Vec<(usize, Finding)>> {
        Box::pin(preflight::check(items))
    }

    fn read<'a>(
        &'a self,
        _connection: &'a Connection,
        requests: &'a [ReadRequest],
    ) -> Future<'a, Vec<ReadOutcome>> {
        Box::pin(provider::each(requests.iter().map(|r| observe::observe(&r.attributes))))
    }

    fn create<'a>(
        &'a self,
        _connection: &'a Connection,
        request: CreateRequest,
    ) -> Future<'a, Result<Value, OperationError>> {
        Box::pin(self.start(request))
    }

    fn update<'a>(
        &'a self,
        _connection: &'a Connection,
        request: UpdateRequest,
    ) -> Future<'a, Result<Value, OperationError>> {
        Box::pin(self.change(request))
    }

    fn delete<'a>(
        &'a self,
        _connection: &'a Connection,
        request: DeleteRequest,
    ) -> Future<'a, Result<(), OperationError>> {
        Box::pin(self.remove(request))
    }

    fn find<'a>(
        &'a self,
        _connection: &'a Connection,
        request: FindRequest,
    ) -> Future<'a, Result<Option<Value>, OperationError>> {
        Box::pin(self.recover(request))
    }

    /// The id is the path of the data folder.
    fn import<'a>(
        &'a self,
        _connection: &'a Connection,
        id: &'a str,
    ) -> Future<'a, Result<Value, OperationError>> {
        Box::pin(async move { Ok(observe::import(&self.schema, id).await?) })
    }
}

/// How long a living process may take to answer before it counts as unresponsive.
const ANSWER: Duration = Duration::from_secs(3);

#[cfg(test)]
mod tests;
