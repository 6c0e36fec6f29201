//! Buckets, their settings and their objects: what the types of S3 share.
//!
//! S3 describes neither several buckets nor several settings of one bucket in a call: reading takes one call for
//! each of these resources, and two for an object, whose tags are told apart.

use aws_sdk_s3::types::{Delete, ObjectIdentifier, Tag, Tagging};
use lang::{Type, Value};

use crate::client::Place;
use crate::failure::AwsError;
use crate::kind::Answer;
use crate::tags::Tags;

pub(crate) mod bucket;
pub(crate) mod bucket_lifecycle_configuration;
pub(crate) mod bucket_policy;
pub(crate) mod bucket_public_access_block;
pub(crate) mod bucket_server_side_encryption_configuration;
pub(crate) mod bucket_versioning;
pub(crate) mod object;
mod setting;

/// Deletes every version of every object of a bucket, or of the object with this key.
pub(crate) async fn delete_versions(
    place: &Place,
    bucket: &str,
    key: Option<&str>,
    against_retention: bool,
) -> Answer<()> {
    let is_meant = |found: Option<&str>| key.is_none() || key == found;
    loop {
        let call = place.s3().list_object_versions().bucket(bucket);
        // The object itself is listed before all others whose keys begin with its own.
        let listed = call.set_prefix(key.map(str::to_owned)).send().await?;
        let versions = listed.versions().iter().map(|v| (v.key(), v.version_id()));
        let markers = listed.delete_markers().iter().map(|m| (m.key(), m.version_id()));
        let meant = versions.chain(markers).filter(|(found, _)| is_meant(*found));
        let one = |(key, version): (Option<&str>, Option<&str>)| {
            let one = ObjectIdentifier::builder().key(key.unwrap_or_default());
            Ok(one.set_version_id(version.map(str::to_owned)).build()?)
        };
        let all: Vec<ObjectIdentifier> = meant.map(one).collect::<Answer<_>>()?;
        if all.is_empty() {
            return Ok(());
        }
        let all = Delete::builder().quiet(true).set_objects(Some(all)).build()?;
        let call = place.s3().delete_objects().bucket(bucket).delete(all);
        let call = call.set_bypass_governance_retention(against_retention.then_some(true));
        if let Some(error) = call.send().await?.errors().first() {
            let (code, message) = (error.code().unwrap_or_default(), error.message());
            let message = message.unwrap_or("an object cannot be deleted");
            return Err(AwsError::refused("s3:DeleteObjects", code, message));
        }
    }
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
