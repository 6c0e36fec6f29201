//! Every data source of the provider, one file each.

use std::marker::PhantomData;
use std::sync::Arc;

use diagnostics::Diagnostic;
use lang::Value;
use provider::{Connection, DataSource, Future, OperationError, Schema};

use crate::calls::of_type;
use crate::client::{Aws, Place};
use crate::object::Object;
use crate::schema::{given, region_name, text};

mod ami;
mod availability_zones;
mod caller_identity;
mod iam_policy_document;
mod partition;
mod region;
mod ssm_parameter;

/// The visible list of what can be asked.
pub(crate) fn all() -> Vec<Arc<dyn DataSource>> {
    vec![
        Arc::new(Source::<ami::Ami>::new()),
        Arc::new(Source::<availability_zones::AvailabilityZones>::new()),
        Arc::new(Source::<caller_identity::CallerIdentity>::new()),
        Arc::new(Source::<iam_policy_document::PolicyDocument>::new()),
        Arc::new(Source::<partition::Partition>::new()),
        Arc::new(Source::<region::Region>::new()),
        Arc::new(Source::<ssm_parameter::Parameter>::new()),
    ]
}

/// What one data source knows that the others do not.
pub(crate) trait Question: Send + Sync + 'static {
    const NAME: &'static str;
    /// Whether its answer depends on the region.
    const REGIONAL: bool = true;

    /// The attributes; `id` and `region` are added by themselves.
    fn schema() -> Schema;

    /// Answers by the configured attributes.
    fn ask(
        place: &Place,
        asked: Object,
    ) -> impl std::future::Future<Output = Result<Object, Diagnostic>> + Send;
}

/// A data source made of a [`Question`].
struct Source<Q> {
    schema: Schema,
    question: PhantomData<Q>,
}

impl<Q: Question> Source<Q> {
    fn new() -> Self {
        let mut schema = Q::schema();
        schema.attributes.entry("id".into()).or_insert_with(given);
        if Q::REGIONAL {
            let region = text().or_computed().validated(region_name);
            schema.attributes.entry("region".into()).or_insert(region);
        }
        Self { schema, question: PhantomData }
    }
}

impl<Q: Question> DataSource for Source<Q> {
    fn name(&self) -> &'static str {
        Q::NAME
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn read<'a>(
        &'a self,
        connection: &'a Connection,
        config: &'a Value,
    ) -> Future<'a, Result<Value, OperationError>> {
        Box::pin(async move {
            let aws = connection.required::<Aws>()?;
            let mut asked = Object::from(config);
            let place = aws.place_of(&asked);
            if Q::REGIONAL {
                asked.set_text("region", Some(&place.region));
            }
            Ok(of_type(Q::NAME, Q::ask(&place, asked)).await?.settled().into())
        })
    }
}
