//! Networks: what the types of EC2 share.

use aws_sdk_ec2::types::{Filter, ResourceType, RouteTable, Tag, TagSpecification};

use crate::client::Place;
use crate::kind::Answer;
use crate::object::Object;
use crate::tags::{Mark, TOKEN, Tags};

pub(crate) mod eip;
pub(crate) mod internet_gateway;
pub(crate) mod launch_template;
pub(crate) mod nat_gateway;
pub(crate) mod route;
pub(crate) mod route_table;
pub(crate) mod route_table_association;
pub(crate) mod security_group;
pub(crate) mod security_group_rule;
pub(crate) mod subnet;
pub(crate) mod vpc;

/// How many values a filter takes.
pub(crate) const FILTER_VALUES: usize = 200;

/// A filter by some values.
pub(crate) fn filter(name: &str, values: Vec<String>) -> Filter {
    Filter::builder().name(name).set_values(Some(values)).build()
}

/// A filter by ids: unlike the parameter for ids it is no error that one of them is gone.
pub(crate) fn by_id(name: &str, wanted: &[Object]) -> Filter {
    filter(name, wanted.iter().map(|object| object.id().to_owned()).collect())
}

/// The route tables that a filter lets through.
pub(crate) async fn route_tables(place: &Place, which: Filter) -> Answer<Vec<RouteTable>> {
    let pages = place.ec2().describe_route_tables().filters(which).into_paginator();
    Ok(pages.items().send().collect::<Result<_, _>>().await?)
}

/// The tags of a new thing, set by the call that makes it.
pub(crate) fn tagged(kind: ResourceType, mark: &Mark, planned: &Object) -> TagSpecification {
    let tags = mark.tags(planned).iter().map(|(key, value)| tag(key, value)).collect();
    TagSpecification::builder().resource_type(kind).set_tags(Some(tags)).build()
}

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build()
}

/// Tags as EC2 lists them.
pub(crate) fn tags_of(tags: &[Tag]) -> Tags {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    tags.iter().map(|tag| (text(tag.key()), text(tag.value()))).collect()
}

/// Sets and removes the tags of a thing of EC2.
pub(crate) async fn retag(place: &Place, id: &str, set: &Tags, gone: &[String]) -> Answer<()> {
    if !gone.is_empty() {
        let tags = gone.iter().map(|key| Tag::builder().key(key).build()).collect();
        place.ec2().delete_tags().resources(id).set_tags(Some(tags)).send().await?;
    }
    if !set.is_empty() {
        let tags = set.iter().map(|(key, value)| tag(key, value)).collect();
        place.ec2().create_tags().resources(id).set_tags(Some(tags)).send().await?;
    }
    Ok(())
}

/// The thing that the create with this token made: no other has it.
pub(crate) async fn find_by_token(place: &Place, token: &str) -> Answer<Option<String>> {
    let filters = [filter("key", vec![TOKEN.to_owned()]), filter("value", vec![token.to_owned()])];
    let call = place.ec2().describe_tags().set_filters(Some(filters.into()));
    // A page may be empty, and the thing on the next.
    let found = call.into_paginator().items().send().next().await.transpose()?;
    Ok(found.and_then(|tag| tag.resource_id))
}

impl Place {
    /// The ARN of a thing in this region and account.
    pub(crate) fn arn(&self, service: &str, owner: Option<&str>, resource: &str) -> String {
        let account = self.account.as_ref().map(|account| account.id.as_str());
        let account = owner.or(account).unwrap_or_default();
        format!("arn:{}:{service}:{}:{account}:{resource}", self.partition(), self.region)
    }
}
