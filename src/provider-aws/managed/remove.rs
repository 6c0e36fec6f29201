//! Removes a thing, and waits until it is gone.

use std::time::Duration;

use diagnostics::Diagnostic;
use provider::{DeleteRequest, OperationError};

use super::read::look;
use crate::backoff::Backoff;
use crate::client::{Aws, Place};
use crate::kind::{Kind, Progress};
use crate::object::Object;

/// How long what still uses a thing may take to go.
const IN_USE: Duration = Duration::from_secs(180);

/// Removes the thing; one that is gone already is a success.
pub(super) async fn remove<K: Kind>(
    aws: &Aws,
    request: DeleteRequest,
) -> Result<(), OperationError> {
    let prior = Object::from(&request.prior);
    let place = aws.place_of(&prior);
    let mut backoff = Backoff::new(request.timeout.unwrap_or(K::PATIENCE));
    let mut in_use = Backoff::new(request.timeout.unwrap_or(IN_USE));
    loop {
        match K::delete(&place, &prior).await {
            Ok(()) => break,
            Err(error) if error.is_not_found() => return Ok(()),
            Err(error) if error.is_in_use() => {
                request.report.say(&format!("{} is in use: {}", prior.id(), error.code));
                if !in_use.pause().await {
                    return Err(error.into());
                }
            }
            Err(error) if backoff.bears(&error).await => {}
            Err(error) => return Err(error.into()),
        }
    }
    if K::LINGERS { until_gone::<K>(&place, &prior, &request, backoff).await } else { Ok(()) }
}

/// Waits until a deleted thing is there no more.
async fn until_gone<K: Kind>(
    place: &Place,
    prior: &Object,
    request: &DeleteRequest,
    mut backoff: Backoff,
) -> Result<(), OperationError> {
    loop {
        match look::<K>(place, prior).await {
            Ok(None) => return Ok(()),
            Ok(Some(seen)) => match K::progress(&seen) {
                Progress::Gone => return Ok(()),
                Progress::Pending(state) => {
                    request.report.say(&format!("{} is {state}", prior.id()));
                }
                Progress::Ready | Progress::Failed(_) => {}
            },
            Err(error) if backoff.bears(&error).await => continue,
            Err(error) => return Err(error.into()),
        }
        if !backoff.pause().await {
            let detail = format!("The {} {} is there still.", K::NAME, prior.id());
            return Err(Diagnostic::error("It was not removed", detail).into());
        }
    }
}
