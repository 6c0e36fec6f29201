//! `aws_s3_bucket_versioning`: whether a bucket keeps what is overwritten and deleted.

use aws_sdk_s3::operation::get_bucket_versioning::GetBucketVersioningOutput as Told;
use aws_sdk_s3::types::{BucketVersioningStatus, MfaDelete, VersioningConfiguration};
use lang::Value;
use provider::Schema;

use super::no_text;
use super::setting::{Bucket, Setting};
use crate::client::Place;
use crate::kind::Answer;
use crate::object::Object;
use crate::schema::{needed, one, text};

pub(crate) struct BucketVersioning;

impl Setting for BucketVersioning {
    const NAME: &'static str = "aws_s3_bucket_versioning";
    type Told = Told;

    fn schema() -> Schema {
        let status = needed().validated(status);
        let versioning = one([("mfa_delete", text().or_computed()), ("status", status)]);
        Schema::new([("mfa", text())])
            .block("versioning_configuration", versioning.at_least(1))
            .describe("Whether a bucket keeps what is overwritten and deleted.")
    }

    async fn get(place: &Place, bucket: Bucket<'_>) -> Answer<Option<Told>> {
        let call = place.s3().get_bucket_versioning().bucket(bucket.name);
        Ok(Some(call.set_expected_bucket_owner(bucket.owner()).send().await?))
    }

    fn observe(told: &Told, object: &mut Object) {
        // A bucket that never had versions has no status at all.
        let status = told.status().map_or("Disabled", BucketVersioningStatus::as_str);
        let mfa = told.mfa_delete().map_or_else(no_text, |mfa| Value::text(mfa.as_str()));
        let block = Object::of([("mfa_delete", mfa), ("status", Value::text(status))]);
        object.set_blocks("versioning_configuration", vec![block]);
    }

    async fn put(place: &Place, bucket: Bucket<'_>, object: &Object) -> Answer<()> {
        let Some(block) = object.block("versioning_configuration") else { return Ok(()) };
        if block.text("status") == Some("Disabled") {
            return Ok(());
        }
        let configuration = VersioningConfiguration::builder()
            .set_status(block.text("status").map(BucketVersioningStatus::from))
            .set_mfa_delete(block.text("mfa_delete").map(MfaDelete::from))
            .build();
        let call = place.s3().put_bucket_versioning().bucket(bucket.name);
        let call = call.set_expected_bucket_owner(bucket.owner()).set_mfa(object.owned("mfa"));
        call.versioning_configuration(configuration).send().await?;
        Ok(())
    }

    /// What was on cannot be made as if it never was.
    async fn delete(place: &Place, bucket: Bucket<'_>, prior: &Object) -> Answer<()> {
        let block = prior.block("versioning_configuration");
        if block.is_some_and(|block| block.text("status") == Some("Enabled")) {
            let off = VersioningConfiguration::builder().status(BucketVersioningStatus::Suspended);
            let call = place.s3().put_bucket_versioning().bucket(bucket.name);
            let call = call.set_expected_bucket_owner(bucket.owner());
            call.versioning_configuration(off.build()).send().await?;
        }
        Ok(())
    }
}

fn status(value: &Value) -> Result<(), String> {
    match value.as_str() {
        Some("Enabled" | "Suspended" | "Disabled") => Ok(()),
        _ => Err("it is \"Enabled\", \"Suspended\" or \"Disabled\".".to_owned()),
    }
}
