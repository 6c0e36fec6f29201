//! How everything in AWS is planned, read, made, found again, changed, waited for and removed.

use std::marker::PhantomData;

use diagnostics::Diagnostic;
use lang::{Path, Value};
use provider::{
    ClaimRequest, Connection, CreateRequest, DeleteRequest, FindRequest, Finding, Future,
    OperationError, PlanRequest, Planned, PreflightItem, ReadOutcome, ReadRequest, ResourceType,
    Schema, UpdateRequest,
};

use crate::calls::of_type;
use crate::client::{Aws, Place};
use crate::kind::{Answer, Kind, Tagging, Trace};
use crate::object::Object;
use crate::plan;
use crate::schema;
use crate::tags;

mod import;
mod make;
mod read;
mod remove;
mod settle;
#[cfg(test)]
mod tests;

pub(crate) use make::patiently;
pub(crate) use read::{observed, one_by_one};

/// A resource type made of a [`Kind`].
pub(crate) struct Managed<K> {
    schema: Schema,
    kind: PhantomData<K>,
}

impl<K: Kind> Managed<K> {
    pub(crate) fn new() -> Self {
        Self { schema: full_schema::<K>(), kind: PhantomData }
    }

    async fn change(&self, aws: &Aws, request: UpdateRequest) -> Result<Value, OperationError> {
        let prior = Object::from(&request.prior);
        let place = aws.place_of(&prior);
        let planned = Object::from(&request.planned);
        let mut now = planned.clone();
        now.set("id", request.prior.get("id").cloned().unwrap_or_else(|| Value::text("")));
        make::configure::<K>(&place, &mut now, Some(&prior)).await?;
        let (set, gone) = tags::difference(&prior.pairs("tags_all"), &planned.pairs("tags_all"));
        if K::TAGGING != Tagging::None && !(set.is_empty() && gone.is_empty()) {
            make::retag::<K>(&place, &now, &set, &gone).await?;
        }
        let settled = settle::settle::<K>(&place, now, &planned, &request.report, request.timeout);
        Ok(settled.await?.into())
    }

    /// What an interrupted create made, read as it is now.
    async fn recover(
        &self,
        aws: &Aws,
        request: FindRequest,
    ) -> Result<Option<Value>, OperationError> {
        let mut planned = Object::from(&request.planned);
        let place = aws.place_of(&planned);
        let mark = aws.mark(request.token, request.address);
        let trace = Trace { mark, steps: request.steps };
        let Some(id) = K::find(&place, &planned, &trace).await? else { return Ok(None) };
        planned.set_text("id", Some(&id));
        let report = provider::Report::silent();
        let mut found = settle::until_ready::<K>(&place, planned, &report, None).await?;
        make::complete::<K>(&place, &mut found).await?;
        Ok(Some(found.settled().into()))
    }

    /// Brings what an interrupted create made to what it was to be, and tags it where a call of its own does
    /// that: every such call may be repeated.
    async fn finish(&self, aws: &Aws, request: ClaimRequest) -> Result<Value, OperationError> {
        let found = Object::from(&request.found);
        let place = aws.place_of(&found);
        let mark = aws.mark(request.token, request.address);
        let mut now = Object::from(&request.planned);
        now.set_text("id", Some(found.id()));
        make::configure::<K>(&place, &mut now, None).await?;
        let tags = read::look::<K>(&place, &now).await?.as_ref().and_then(K::tags);
        if tags.is_some_and(|tags| !mark.is_on(&tags)) {
            make::retag::<K>(&place, &now, &mark.tags(&now), &[]).await?;
        }
        let report = provider::Report::silent();
        let mut finished = settle::until_ready::<K>(&place, now, &report, None).await?;
        make::complete::<K>(&place, &mut finished).await?;
        Ok(finished.settled().into())
    }
}

/// The attributes of a kind together with those that all have.
fn full_schema<K: Kind>() -> Schema {
    let mut full = K::schema();
    let mut add = |name: &str, attribute| {
        full.attributes.entry(name.into()).or_insert(attribute);
    };
    add("id", schema::given());
    if !K::GLOBAL {
        let region = schema::text().or_computed().forces_replacement();
        add("region", region.validated(schema::region_name).describe("The region it lives in."));
    }
    if K::TAGGING != Tagging::None {
        let map = lang::Type::map(lang::Type::String);
        add("tags", provider::Attribute::optional(map.clone()));
        add("tags_all", provider::Attribute::computed(map));
    }
    full
}

/// Finds what a create made by its mark: by its tags, or where it has none, by its id and attributes.
pub(crate) async fn find_by_mark<K: Kind>(
    place: &Place,
    planned: &Object,
    trace: &Trace,
) -> Answer<Option<String>> {
    if K::TAGGING == Tagging::Ec2 {
        return crate::resources::ec2::find_by_token(place, &trace.mark.token).await;
    }
    let Some(id) = K::natural_id(planned) else { return Ok(None) };
    let mut wanted = planned.clone();
    wanted.set_text("id", Some(&id));
    let Some(seen) = read::look::<K>(place, &wanted).await? else { return Ok(None) };
    let ours = match K::tags(&seen) {
        Some(tags) => trace.mark.is_on(&tags),
        None => settle::is_as_planned(planned, &observed::<K>(place, &seen, &wanted)),
    };
    Ok(ours.then_some(id))
}

impl<K: Kind> ResourceType for Managed<K> {
    fn name(&self) -> &'static str {
        K::NAME
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn plan(&self, request: &PlanRequest<'_>) -> Result<Planned, Vec<Finding>> {
        plan::plan::<K>(&self.schema, request)
    }

    fn excludes(&self, prior: &Value, planned: &Value) -> Option<Finding> {
        plan::excluded::<K>(&Object::from(prior), &Object::from(planned))
    }

    fn preflight<'a>(
        &'a self,
        _connection: &'a Connection,
        items: &'a [PreflightItem],
    ) -> Future<'a, Vec<(usize, Finding)>> {
        let planned: Vec<Object> = items.iter().map(|item| Object::from(&item.planned)).collect();
        let found = K::together(&planned).into_iter().map(|(index, name, why)| {
            let detail = format!("Invalid value for \"{name}\": {why}");
            (index, Finding::error(Path::attribute(name), "Invalid value", detail))
        });
        let found = found.collect();
        Box::pin(async move { found })
    }

    fn read<'a>(
        &'a self,
        connection: &'a Connection,
        requests: &'a [ReadRequest],
    ) -> Future<'a, Vec<ReadOutcome>> {
        Box::pin(async move {
            match connection.required::<Aws>() {
                Ok(aws) => of_type(K::NAME, read::read::<K>(aws, requests)).await,
                Err(diagnostic) => ReadOutcome::all_failed(requests.len(), &diagnostic),
            }
        })
    }

    fn create<'a>(
        &'a self,
        connection: &'a Connection,
        request: CreateRequest,
    ) -> Future<'a, Result<Value, OperationError>> {
        Box::pin(
            async move { of_type(K::NAME, make::make::<K>(connection.required()?, request)).await },
        )
    }

    fn update<'a>(
        &'a self,
        connection: &'a Connection,
        request: UpdateRequest,
    ) -> Future<'a, Result<Value, OperationError>> {
        Box::pin(
            async move { of_type(K::NAME, self.change(connection.required()?, request)).await },
        )
    }

    fn delete<'a>(
        &'a self,
        connection: &'a Connection,
        request: DeleteRequest,
    ) -> Future<'a, Result<(), OperationError>> {
        Box::pin(async move {
            of_type(K::NAME, remove::remove::<K>(connection.required()?, request)).await
        })
    }

    fn find<'a>(
        &'a self,
        connection: &'a Connection,
        request: FindRequest,
    ) -> Future<'a, Result<Option<Value>, OperationError>> {
        Box::pin(
            async move { of_type(K::NAME, self.recover(connection.required()?, request)).await },
        )
    }

    fn claim<'a>(
        &'a self,
        connection: &'a Connection,
        request: ClaimRequest,
    ) -> Future<'a, Result<Value, OperationError>> {
        Box::pin(
            async move { of_type(K::NAME, self.finish(connection.required()?, request)).await },
        )
    }

    /// The id of the thing, or `ID@REGION`.
    fn import<'a>(
        &'a self,
        connection: &'a Connection,
        id: &'a str,
    ) -> Future<'a, Result<Value, OperationError>> {
        Box::pin(async move {
            let aws = connection.required()?;
            of_type(K::NAME, import::import::<K>(aws, &self.schema, id)).await
        })
    }
}

/// Says that a thing is not there.
fn missing(name: &str, id: &str) -> Diagnostic {
    Diagnostic::error("Not found in AWS", format!("There is no {name} with the id \"{id}\"."))
}
