//! Reads many things at once: by server, and a server that is down is asked only once.

use std::collections::HashMap;

use lang::Value;
use provider::{Future, ReadOutcome, ReadRequest, each};
use serde_json::Value as Json;

use super::found;
use crate::client::{Call, Client, Patience};
use crate::connection::Servers;
use crate::endpoint::Endpoint;
use crate::failure::RestError;
use crate::kind::Kind;

/// Reads all requests; the outcomes stand in their order.
pub(super) async fn read<K: Kind>(servers: &Servers, requests: &[ReadRequest]) -> Vec<ReadOutcome> {
    let mut by_server: HashMap<Endpoint, Vec<usize>> = HashMap::new();
    let mut outcomes: Vec<Option<ReadOutcome>> = vec![None; requests.len()];
    for (index, request) in requests.iter().enumerate() {
        match servers.endpoint(&request.attributes) {
            Ok(endpoint) => by_server.entry(endpoint).or_default().push(index),
            Err(diagnostic) => outcomes[index] = Some(ReadOutcome::Failed(Box::new(diagnostic))),
        }
    }
    let groups = by_server.into_iter().map(|(endpoint, indexes)| async move {
        let objects: Vec<&Value> = indexes.iter().map(|i| &requests[*i].attributes).collect();
        let read = read_server::<K>(&servers.client(endpoint), &objects).await;
        indexes.into_iter().zip(read).collect::<Vec<_>>()
    });
    for (index, outcome) in each(groups).await.into_iter().flatten() {
        outcomes[index] = Some(outcome);
    }
    outcomes.into_iter().map(|outcome| outcome.unwrap_or(ReadOutcome::Missing)).collect()
}

async fn read_server<K: Kind>(client: &Client, objects: &[&Value]) -> Vec<ReadOutcome> {
    if let Some(list) = K::LIST {
        let listed = client.send(&Call::get(list), &Patience::none()).await;
        let listed = listed.map(|reply| reply.json());
        let pick = |object: &&Value| match &listed {
            Ok(list) => outcome::<K>(client, object, Ok(K::pick(list, object))),
            Err(error) => outcome::<K>(client, object, Err(error.clone())),
        };
        return objects.iter().map(pick).collect();
    }
    let Some((first, rest)) = objects.split_first() else { return Vec::new() };
    let first_outcome = read_one::<K>(client, first).await;
    if let ReadOutcome::Unreachable(_) = &first_outcome {
        return vec![first_outcome; objects.len()];
    }
    let calls: Vec<Future<'_, ReadOutcome>> =
        rest.iter().map(|object| read_one::<K>(client, object)).collect();
    std::iter::once(first_outcome).chain(each(calls).await).collect()
}

fn read_one<'a, K: Kind>(client: &'a Client, object: &'a Value) -> Future<'a, ReadOutcome> {
    Box::pin(async move {
        let fetched = K::fetch(client, object, &Patience::none()).await;
        outcome::<K>(client, object, fetched)
    })
}

fn outcome<K: Kind>(
    client: &Client,
    object: &Value,
    fetched: Result<Option<Json>, RestError>,
) -> ReadOutcome {
    match fetched {
        Ok(Some(answer)) => found::<K>(&answer, object, client.url()),
        Ok(None) => ReadOutcome::Missing,
        Err(error) if error.is_server_down() => ReadOutcome::Unreachable(error.words()),
        Err(error) => ReadOutcome::Failed(Box::new(error.into())),
    }
}
