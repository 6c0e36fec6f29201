//! Request bodies: bounded in size, and in the time that they may stand still.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures::{StreamExt, stream};
use http_body_util::BodyExt;
use repository_content::{BodyError, BodyStream};

use crate::config::Limits;

/// What is read of a body that nobody wants, so that the client reads the answer instead of a
/// broken connection.
const DISCARDED_BYTES_MAX: u64 = 64 << 20;
const DISCARDED_TIME_MAX: Duration = Duration::from_secs(5);

/// The pieces of a body; more than `bytes_max`, or no piece for too long, is an error.
pub(crate) fn pieces(body: Body, bytes_max: u64, limits: &Limits) -> BodyStream {
    let idle = limits.body_idle_seconds_max;
    let state = (Some(body.into_data_stream()), 0_u64);
    stream::unfold(state, move |(body, seen)| async move {
        let mut body = body?;
        let next = tokio::time::timeout(Duration::from_secs(idle), body.next()).await;
        let failed = |error| Some((Err(error), (None, 0)));
        match next {
            Err(_) => failed(BodyError::Slow(idle)),
            Ok(None) => None,
            Ok(Some(Err(error))) => failed(BodyError::Broken(error.to_string())),
            Ok(Some(Ok(piece))) => {
                let seen = seen + piece.len() as u64;
                if seen > bytes_max {
                    return failed(BodyError::TooLarge(bytes_max));
                }
                Some((Ok(piece), (Some(body), seen)))
            }
        }
    })
    .boxed()
}

/// A whole body of the administration API.
pub(crate) async fn whole(body: Body, limits: &Limits) -> Result<Bytes, BodyError> {
    let mut pieces = pieces(body, limits.json_bytes_max, limits);
    let mut whole = Vec::new();
    while let Some(piece) = pieces.next().await {
        whole.extend_from_slice(&piece?);
    }
    Ok(whole.into())
}

/// Reads a body to its end, within reason, and forgets it.
pub(crate) async fn discard(body: Body) {
    let reading = async {
        let mut body = body;
        let mut seen = 0;
        while let Some(Ok(frame)) = body.frame().await {
            seen += frame.data_ref().map_or(0, |data| data.len() as u64);
            if seen > DISCARDED_BYTES_MAX {
                break;
            }
        }
    };
    // Late or not: the answer is sent in either case.
    let _ = tokio::time::timeout(DISCARDED_TIME_MAX, reading).await;
}
