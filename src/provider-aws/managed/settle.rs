//! Waits until a thing is ready, and until what is described is what was asked for.

use std::time::Duration;

use diagnostics::Diagnostic;
use lang::{Path, Value};
use provider::{OperationError, Report, change};

use super::read::{look, observed};
use crate::backoff::Backoff;
use crate::client::Place;
use crate::kind::{Kind, Progress};
use crate::object::Object;

/// How long descriptions may lag behind what was made and changed; those of IAM and S3 take longest.
const LAG: Duration = Duration::from_secs(120);

/// Tells whether everything that was planned is so.
pub(super) fn is_as_planned(planned: &Object, observed: &Object) -> bool {
    difference(planned, observed).is_none()
}

/// The first attribute that is another one than planned.
fn difference(planned: &Object, observed: &Object) -> Option<Path> {
    let (planned, observed) = (Value::from(planned.clone()), Value::from(observed.clone()));
    change::keeps_promises(&planned, &observed).err()
}

/// Waits until the thing is ready and is as planned, and gives its attributes.
///
/// # Errors
/// What is not as planned in the end, with what was seen in its place.
pub(super) async fn settle<K: Kind>(
    place: &Place,
    now: Object,
    planned: &Object,
    report: &Report,
    timeout: Option<Duration>,
) -> Result<Object, OperationError> {
    let mut lag = Backoff::new(timeout.unwrap_or(LAG).min(LAG));
    // An update may have changed the id.
    let mut planned = planned.clone();
    planned.set("id", now.get("id").cloned().unwrap_or_else(|| Value::text("")));
    loop {
        let ready = until_ready::<K>(place, now.clone(), report, timeout).await?;
        let Some(path) = difference(&planned, &ready) else { return Ok(ready.settled()) };
        report.say(&format!("AWS does not show {path} of {} as it was set yet", now.id()));
        if !lag.pause().await {
            return Err(shown_otherwise::<K>(&planned, ready, path));
        }
    }
}

/// AWS took what was set, and shows something else.
fn shown_otherwise<K: Kind>(planned: &Object, ready: Object, path: Path) -> OperationError {
    let (wanted, seen) = (Value::from(planned.clone()), Value::from(ready.clone()));
    let detail = format!(
        "The {} {} was made or changed, and every call for it was accepted, but AWS shows {path} as {} where {} was set. It is recorded as AWS shows it.",
        K::NAME,
        ready.id(),
        written(&path, &seen),
        written(&path, &wanted),
    );
    let diagnostic = Diagnostic::error("AWS shows something else than was set", detail)
        .hint("Plan again: what AWS still shows otherwise then is planned as a change.");
    OperationError::from(diagnostic).leaving(ready.settled().into()).whole().at(path)
}

/// A value as a message may show it.
fn written(path: &Path, object: &Value) -> String {
    match path.find(object) {
        Some(value) if object.is_sensitive() || !value.deep_marks().is_empty() => {
            "(sensitive value)".to_owned()
        }
        Some(value) => lang::json::to_json(value).to_string(),
        None => "nothing".to_owned(),
    }
}

/// Waits until the thing is ready.
pub(super) async fn until_ready<K: Kind>(
    place: &Place,
    object: Object,
    report: &Report,
    timeout: Option<Duration>,
) -> Result<Object, OperationError> {
    let mut backoff = Backoff::new(timeout.unwrap_or(K::PATIENCE));
    let mut unseen = Backoff::new(timeout.unwrap_or(LAG).min(LAG));
    loop {
        let seen = match look::<K>(place, &object).await {
            Ok(seen) => seen,
            Err(error) if backoff.bears(&error).await => continue,
            Err(error) => return Err(error.into()),
        };
        let (state, patience) = match seen.as_ref().map(K::progress) {
            Some(Progress::Ready) => {
                return Ok(seen.map_or(object.clone(), |s| observed::<K>(place, &s, &object)));
            }
            Some(Progress::Pending(state)) => (state, &mut backoff),
            Some(Progress::Failed(why)) => return Err(failed::<K>(&object, &why)),
            Some(Progress::Gone) => return Err(failed::<K>(&object, "It was deleted.")),
            None => ("not visible yet".to_owned(), &mut unseen),
        };
        report.say(&format!("{} is {state}", object.id()));
        if !patience.pause().await {
            return Err(failed::<K>(&object, &format!("It is {state} still.")));
        }
    }
}

fn failed<K: Kind>(object: &Object, why: &str) -> OperationError {
    let detail = format!("The {} {} did not become ready. {why}", K::NAME, object.id());
    let error = OperationError::from(Diagnostic::error("It did not become ready", detail));
    error.leaving(object.clone().settled().into())
}
