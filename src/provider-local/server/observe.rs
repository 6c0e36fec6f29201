//! What is left of a server in the world: its folder, its process, its answers.

use std::time::Duration;

use diagnostics::Diagnostic;
use lang::{Type, Value};
use provider::{ReadOutcome, Schema};
use tokio::time::Instant;

use super::plan::with_attribute;
use super::{ANSWER, settings, stopped};
use crate::home::Home;
use crate::process::Identity;
use crate::{readiness, text};

/// Compares a recorded server with the world.
///
/// A server whose process is gone is `stopped` as long as its folder is there; without either it
/// is missing. A process that lives and does not answer is `unresponsive`.
pub(super) async fn observe(recorded: &Value) -> ReadOutcome {
    let Some(path) = settings::data_path(recorded) else {
        return ReadOutcome::Failed(Box::new(Diagnostic::error(
            "Recorded server is incomplete",
            "The state holds no data folder for the server, so that it cannot be found.",
        )));
    };
    let home = Home::new(path);
    let Some(process) = home.process() else {
        let exists = home.exists();
        return if exists { ReadOutcome::Found(stopped(recorded)) } else { ReadOutcome::Missing };
    };
    let token = home.run().map(|run| run.instance_token).or_else(|| home.configured_token());
    // A folder that was removed under a running server leaves no token to know it by.
    let answers = match token.filter(|_| home.exists()) {
        Some(token) => answers(recorded, &process, &token).await,
        None => false,
    };
    let status = if answers { "running" } else { "unresponsive" };
    let found = with_attribute(recorded, "status", Value::string(status));
    let found = with_attribute(&found, "pid", Value::int(i64::from(process.pid)));
    let version = home.run().map(|run| Value::string(run.version));
    ReadOutcome::Found(match version {
        Some(version) => with_attribute(&found, "version", version),
        None => found,
    })
}

/// Asks until the server is ready, the process ends or the time is up.
async fn answers(recorded: &Value, process: &Identity, token: &str) -> bool {
    let (Some(host), Some(port)) = (text(recorded, "host"), settings::port(recorded)) else {
        return false;
    };
    let url = settings::url(host, port);
    let started = Instant::now();
    while !readiness::is_ready(&url, token).await {
        if started.elapsed() >= ANSWER || !process.is_alive() {
            return false;
        }
        provider::pause(Duration::from_millis(100)).await;
    }
    true
}

/// Reads a server that was started before, by its data folder.
pub(super) async fn import(schema: &Schema, id: &str) -> Result<Value, Diagnostic> {
    let home = Home::new(settings::absolute(id));
    let Some(run) = home.run() else {
        let detail = format!(
            "The folder {} holds no record of a server that artiform started. The import id of a local_server is the path of its data folder.",
            home.path().display()
        );
        return Err(Diagnostic::error("Server was not found", detail));
    };
    let entries = schema.empty_object().entries().cloned().unwrap_or_default();
    let path = home.path().display().to_string();
    let known = [
        ("admin_user", Value::string(run.admin_user)),
        ("data_dir", Value::string(path.as_str())),
        ("data_path", Value::string(path.as_str())),
        ("id", Value::string(path)),
        ("url", Value::string(settings::url(&run.host, run.port))),
        ("host", Value::string(run.host)),
        ("keep_data", Value::bool(true)),
        ("pid", Value::null(Type::Number)),
        ("port", Value::int(i64::from(run.port))),
        ("site", Value::string(run.site)),
        ("status", Value::string("stopped")),
        ("version", Value::string(run.version)),
    ];
    let known = known.into_iter().map(|(name, value)| (name.into(), value));
    match observe(&Value::object(entries.into_iter().chain(known))).await {
        ReadOutcome::Found(found) => Ok(found),
        _ => Err(Diagnostic::error(
            "Server was not found",
            format!("The folder {} vanished while it was read.", home.path().display()),
        )),
    }
}
