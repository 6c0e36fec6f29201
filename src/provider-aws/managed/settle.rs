//! Waits until a thing is ready, and until what is described is what was asked for.

use std::time::Duration;

use diagnostics::Diagnostic;
use lang::Value;
use provider::{OperationError, Report, change};

use super::read::{look, observed};
use crate::backoff::Backoff;
use crate::client::Place;
use crate::kind::{Kind, Progress};
use crate::object::Object;

/// How long descriptions may lag behind a change.
const LAG: Duration = Duration::from_secs(20);

/// Tells whether everything that was planned is so.
pub(super) fn is_as_planned(planned: &Object, observed: &Object) -> bool {
    let (planned, observed) = (Value::from(planned.clone()), Value::from(observed.clone()));
    change::keeps_promises(&planned, &observed).is_ok()
}

/// Waits until the thing is ready and is as planned, and gives its attributes. What is not as planned
/// in the end is given as it is.
pub(super) async fn settle<K: Kind>(
    place: &Place,
    now: Object,
    planned: &Object,
    report: &Report,
    timeout: Option<Duration>,
) -> Result<Object, OperationError> {
    let mut lag = Backoff::new(LAG);
    // An update may have changed the id.
    let mut planned = planned.clone();
    planned.set("id", now.get("id").cloned().unwrap_or_else(|| Value::text("")));
    loop {
        let ready = until_ready::<K>(place, now.clone(), report, timeout).await?;
        if is_as_planned(&planned, &ready) || !lag.pause().await {
            return Ok(ready.settled());
        }
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
    loop {
        let seen = match look::<K>(place, &object).await {
            Ok(seen) => seen,
            Err(error) if error.may_pass() && backoff.pause().await => continue,
            Err(error) => return Err(error.into()),
        };
        let state = match seen.as_ref().map(K::progress) {
            Some(Progress::Ready) => {
                return Ok(seen.map_or(object.clone(), |s| observed::<K>(place, &s, &object)));
            }
            Some(Progress::Pending(state)) => state,
            Some(Progress::Failed(why)) => return Err(failed::<K>(&object, &why)),
            Some(Progress::Gone) => return Err(failed::<K>(&object, "It was deleted.")),
            None => "not visible yet".to_owned(),
        };
        report.say(&format!("{} is {state}", object.id()));
        if !backoff.pause().await {
            return Err(failed::<K>(&object, &format!("It is {state} still.")));
        }
    }
}

fn failed<K: Kind>(object: &Object, why: &str) -> OperationError {
    let detail = format!("The {} {} did not become ready. {why}", K::NAME, object.id());
    let error = OperationError::from(Diagnostic::error("It did not become ready", detail));
    error.leaving(object.clone().settled().into())
}
