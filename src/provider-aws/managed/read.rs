//! Reads many things at once: by region, as many in one call as the API takes.

use std::collections::{BTreeMap, HashMap};

use lang::Value;
use provider::{ReadOutcome, ReadRequest, each};

use crate::client::{Aws, Place};
use crate::failure::AwsError;
use crate::kind::{Answer, Kind, Progress};
use crate::object::Object;
use crate::tags;

/// Reads all requests; the outcomes stand in their order.
pub(super) async fn read<K: Kind>(aws: &Aws, requests: &[ReadRequest]) -> Vec<ReadOutcome> {
    let objects: Vec<Object> = requests.iter().map(|r| Object::from(&r.attributes)).collect();
    let mut regions: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, object) in objects.iter().enumerate() {
        let region = object.text("region").unwrap_or(&aws.region);
        regions.entry(region).or_default().push(index);
    }
    let mut batches = Vec::new();
    for (region, indexes) in regions {
        for batch in indexes.chunks(K::BATCH) {
            let place = aws.place(region);
            let batch = batch.iter().map(|i| (*i, objects[*i].clone())).collect();
            batches.push(read_batch::<K>(place, batch));
        }
    }
    let mut outcomes: Vec<ReadOutcome> = requests.iter().map(|_| ReadOutcome::Missing).collect();
    for (index, outcome) in each(batches).await.into_iter().flatten() {
        outcomes[index] = outcome;
    }
    outcomes
}

async fn read_batch<K: Kind>(
    place: std::sync::Arc<Place>,
    batch: Vec<(usize, Object)>,
) -> Vec<(usize, ReadOutcome)> {
    let wanted: Vec<Object> = batch.iter().map(|(_, object)| object.clone()).collect();
    let fetched = fetch::<K>(&place, &wanted).await;
    let outcome = |(index, object): (usize, Object)| match &fetched {
        Ok(seen) => (index, outcome::<K>(&place, seen.get(object.id()), &object)),
        Err(error) => (index, ReadOutcome::Failed(Box::new(error.clone().into()))),
    };
    batch.into_iter().map(outcome).collect()
}

fn outcome<K: Kind>(place: &Place, seen: Option<&K::Seen>, object: &Object) -> ReadOutcome {
    match seen {
        Some(seen) if K::progress(seen) != Progress::Gone => {
            let value: Value = observed::<K>(place, seen, object).settled().into();
            ReadOutcome::Found(value)
        }
        _ => ReadOutcome::Missing,
    }
}

/// Describes things, by id. That there is none of them is no error.
async fn fetch<K: Kind>(place: &Place, wanted: &[Object]) -> Answer<HashMap<String, K::Seen>> {
    match K::fetch(place, wanted).await {
        Ok(seen) => Ok(seen.into_iter().map(|seen| (K::key(&seen), seen)).collect()),
        Err(error) if error.is_not_found() => Ok(HashMap::new()),
        Err(error) => Err(error),
    }
}

/// Describes things whose kind AWS tells of one at a time, several at once. What is not there is left out, so that
/// one that is gone does not hide the others.
pub(crate) async fn one_by_one<'a, T, F>(
    wanted: &'a [Object],
    look: impl Fn(&'a Object) -> F,
) -> Answer<Vec<T>>
where
    F: Future<Output = Answer<T>>,
{
    let looked: Vec<Answer<T>> = each(wanted.iter().map(look)).await;
    let is_there = |answer: &Answer<T>| !answer.as_ref().is_err_and(AwsError::is_not_found);
    looked.into_iter().filter(is_there).collect()
}

/// Describes one thing.
pub(super) async fn look<K: Kind>(place: &Place, object: &Object) -> Answer<Option<K::Seen>> {
    let mut seen = fetch::<K>(place, std::slice::from_ref(object)).await?;
    Ok(seen.remove(object.id()))
}

/// The attributes of a thing as it is seen.
pub(crate) fn observed<K: Kind>(place: &Place, seen: &K::Seen, object: &Object) -> Object {
    let mut object = object.clone();
    if !K::GLOBAL {
        object.set_text("region", Some(&place.region));
    }
    K::observe(place, seen, &mut object);
    if let Some(tags) = K::tags(seen) {
        tags::observe(&place.settings, &tags, &mut object);
    }
    object
}
