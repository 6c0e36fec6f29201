//! Makes a thing exactly once, whatever becomes of the answers.

use std::time::Duration;

use diagnostics::Diagnostic;
use lang::Value;
use provider::{CreateRequest, Future, OperationError};

use super::settle;
use crate::backoff::Backoff;
use crate::client::{Aws, Place};
use crate::failure::AwsError;
use crate::kind::{Answer, Awaited, Kind, Trace};
use crate::object::Object;
use crate::tags::Tags;

/// How often something whose create went unanswered is looked for before it is made again: a
/// description may lag behind.
const LOOKS: usize = 3;
/// How long what a thing refers to may take to be known everywhere, where this run made it.
const REFERENCES: Duration = Duration::from_secs(60);
/// How long it is waited for where this run did not: most likely it is not there at all.
const STRANGERS: Duration = Duration::from_secs(3);
/// How long a repeatable call is repeated.
const REPEATS: Duration = Duration::from_secs(120);

/// Makes the thing, brings it to what is planned and waits until it is so.
pub(super) async fn make<K: Kind>(
    aws: &Aws,
    request: CreateRequest,
) -> Result<Value, OperationError> {
    let planned = Object::from(&request.planned);
    let place = aws.place_of(&planned);
    let mark = aws.mark(request.token.clone(), request.address.clone());
    K::precede(&place, &planned).await?;
    request.steps.record("checked", &Value::from(planned.clone().settled())).await?;
    let trace = Trace { mark, steps: vec!["checked".to_owned()] };
    let id = create_once::<K>(aws, &planned, &trace, &request).await?;
    aws.made(&id);
    let mut now = planned.clone();
    now.set_text("id", Some(&id));
    let left = Value::from(now.clone().settled());
    request.steps.record("made", &left).await?;
    let leaving = |error: OperationError| {
        let state = error.state.clone().unwrap_or_else(|| left.clone());
        OperationError { nothing_made: false, ..error }.leaving(state)
    };
    let configured = configure::<K>(&place, &mut now, None).await;
    configured.map_err(|error| leaving(error.into()))?;
    let settled = settle::settle::<K>(&place, now, &planned, &request.report, request.timeout);
    let mut settled = settled.await.map_err(leaving)?;
    let completed = complete::<K>(&place, &mut settled).await;
    completed.map_err(|error| leaving(error.into()).whole())?;
    Ok(settled.settled().into())
}

async fn create_once<K: Kind>(
    aws: &Aws,
    planned: &Object,
    trace: &Trace,
    request: &CreateRequest,
) -> Result<String, OperationError> {
    let place = aws.place_of(planned);
    let mut backoff = Backoff::new(request.timeout.unwrap_or(K::PATIENCE));
    let wait = if aws.has_made_a_part_of(planned) { REFERENCES } else { STRANGERS };
    let mut references = Backoff::new(request.timeout.map_or(wait, |limit| limit.min(wait)));
    loop {
        let error = match K::create(&place, planned, &trace.mark).await {
            Ok(id) => return Ok(id),
            Err(error) => error,
        };
        let awaited = error.is_not_found() || error.is_one_of(K::AWAITED);
        if awaited && references.pause().await {
            request
                .report
                .say(&format!("AWS does not know yet what it refers to ({})", error.code));
            continue;
        }
        if error.is_taken() && !awaited {
            let found = K::find(&place, planned, trace).await;
            return found.map_err(undecided)?.ok_or_else(|| taken::<K>(planned, error));
        }
        if !backoff.bears(&error).await {
            return Err(error.into());
        }
        if !error.is_without_effect()
            && let Some(id) = look_for_twin::<K>(&place, planned, trace).await?
        {
            return Ok(id);
        }
    }
}

/// Looks for what a call made whose answer was lost.
async fn look_for_twin<K: Kind>(
    place: &Place,
    planned: &Object,
    trace: &Trace,
) -> Result<Option<String>, OperationError> {
    let mut backoff = Backoff::new(REFERENCES);
    for _ in 0..LOOKS {
        let found = patiently(&[], || Box::pin(K::find(place, planned, trace))).await;
        if let Some(id) = found.map_err(undecided)? {
            return Ok(Some(id));
        }
        backoff.pause().await;
    }
    Ok(None)
}

/// It cannot be told now whether something was made: the next run decides.
fn undecided(error: AwsError) -> OperationError {
    OperationError { nothing_made: false, ..OperationError::from(error) }
}

fn taken<K: Kind>(planned: &Object, error: AwsError) -> OperationError {
    let id = K::natural_id(planned);
    let diagnostic = Diagnostic::from(error);
    let name = id.map_or_else(String::new, |id| format!(" \"{id}\""));
    let detail = format!(
        "{} What is there was not made by this resource, and is not taken over.",
        diagnostic.detail
    );
    let hint = format!(
        "Choose another name, or take it over on purpose with an import block for the {}{name}.",
        K::NAME
    );
    OperationError::from(Diagnostic::error("It exists already", detail).hint(hint)).without_effect()
}

/// Brings the thing to what is planned.
pub(super) async fn configure<K: Kind>(
    place: &Place,
    now: &mut Object,
    prior: Option<&Object>,
) -> Answer<()> {
    let start = now.clone();
    let done = patiently(K::AWAITED, || {
        let mut now = start.clone();
        Box::pin(async move { K::configure(place, &mut now, prior).await.map(|()| now) })
    });
    *now = done.await?;
    Ok(())
}

/// Adds what takes calls of its own and never changes.
pub(super) async fn complete<K: Kind>(place: &Place, object: &mut Object) -> Answer<()> {
    let start = object.clone();
    let done = patiently(&[], || {
        let mut object = start.clone();
        Box::pin(async move { K::complete(place, &mut object).await.map(|()| object) })
    });
    *object = done.await?;
    Ok(())
}

/// Sets and removes tags.
pub(super) async fn retag<K: Kind>(
    place: &Place,
    object: &Object,
    set: &Tags,
    gone: &[String],
) -> Answer<()> {
    patiently(&[], || Box::pin(K::retag(place, object, set, gone))).await
}

/// Makes a call that can be repeated until it is answered, or refused for good. What was made a moment
/// ago is not known everywhere at once.
pub(crate) async fn patiently<'a, T>(
    awaited: Awaited,
    mut call: impl FnMut() -> Future<'a, Answer<T>> + Send,
) -> Answer<T> {
    let mut backoff = Backoff::new(REPEATS);
    let mut references = Backoff::new(Duration::from_secs(15));
    loop {
        match call().await {
            Err(error)
                if (error.is_not_found() || error.is_one_of(awaited))
                    && references.pause().await => {}
            Err(error) if backoff.bears(&error).await => {}
            result => return result,
        }
    }
}
