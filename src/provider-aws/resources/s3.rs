//! Buckets, their settings and their objects: what the types of S3 share.

use aws_sdk_s3::types::{Tag, Tagging};
use lang::{Type, Value};
use provider::{Attribute, Schema};

use crate::kind::Answer;
use crate::object::Object;
use crate::schema::{needed, text};
use crate::tags::Tags;

pub(crate) mod bucket;
pub(crate) mod bucket_lifecycle_configuration;
pub(crate) mod bucket_policy;
pub(crate) mod bucket_public_access_block;
pub(crate) mod bucket_server_side_encryption_configuration;
pub(crate) mod bucket_versioning;
pub(crate) mod object;

/// What is set on a bucket, and lives as long as it.
pub(crate) const AWAITED: &[&str] = &["NoSuchBucket"];

/// The schema of settings of a bucket: the bucket, and what is set.
pub(crate) fn setting<const N: usize>(attributes: [(&str, Attribute); N]) -> Schema {
    let mut schema = Schema::new(attributes);
    schema.attributes.insert("bucket".into(), needed().forces_replacement());
    schema.attributes.insert("expected_bucket_owner".into(), text().forces_replacement());
    schema
}

/// Settings have the id of their bucket.
pub(crate) fn imported(id: &str, object: &mut Object) {
    object.set_text("id", Some(id));
    object.set_text("bucket", Some(id));
}

/// Tags as S3 takes them: all at once.
pub(crate) fn tagging(tags: &Tags) -> Answer<Tagging> {
    let tag = |(key, value)| Ok(Tag::builder().key(key).value(value).build()?);
    let all: Answer<Vec<Tag>> = tags.iter().map(tag).collect();
    Ok(Tagging::builder().set_tag_set(Some(all?)).build()?)
}

/// Tags as S3 lists them.
pub(crate) fn tags_of(tags: &[Tag]) -> Tags {
    tags.iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect()
}

/// Changed tags among those that are there already.
pub(crate) fn retagged(mut now: Tags, set: &Tags, gone: &[String]) -> Tags {
    now.retain(|key, _| !gone.contains(key));
    now.extend(set.clone());
    now
}

/// No text at all.
pub(crate) fn no_text() -> Value {
    Value::null(Type::String)
}
