//! `aws_s3_bucket_versioning`: whether a bucket keeps what is overwritten and deleted.

use aws_sdk_s3::types::{BucketVersioningStatus, MfaDelete, VersioningConfiguration};
use lang::Value;
use provider::Schema;

use super::setting;
use crate::client::Place;
use crate::kind::{Answer, Kind};
use crate::object::Object;
use crate::schema::{needed, one, text};
use crate::tags::Mark;

pub(crate) struct BucketVersioning;

pub(crate) struct Seen {
    bucket: String,
    status: String,
    mfa_delete: Option<String>,
}

impl Kind for BucketVersioning {
    const NAME: &'static str = "aws_s3_bucket_versioning";
    const AWAITED: &'static [&'static str] = super::AWAITED;
    type Seen = Seen;

    fn schema() -> Schema {
        let status = needed().validated(status);
        let versioning = one([("mfa_delete", text().or_computed()), ("status", status)]);
        setting([("mfa", text())])
            .block("versioning_configuration", versioning.at_least(1))
            .describe("Whether a bucket keeps what is overwritten and deleted.")
    }

    async fn fetch(place: &Place, wanted: &[Object]) -> Answer<Vec<Seen>> {
        let mut seen = Vec::new();
        for object in wanted {
            let bucket = object.id().to_owned();
            let told = place.s3().get_bucket_versioning().bucket(&bucket).send().await?;
            // A bucket that never had versions has no status at all.
            let status = told.status().map_or("Disabled", |status| status.as_str()).to_owned();
            let mfa_delete = told.mfa_delete().map(|mfa| mfa.as_str().to_owned());
            seen.push(Seen { bucket, status, mfa_delete });
        }
        Ok(seen)
    }

    fn key(seen: &Seen) -> String {
        seen.bucket.clone()
    }

    fn observe(_place: &Place, seen: &Seen, object: &mut Object) {
        object.set_text("bucket", Some(&seen.bucket));
        let mfa = seen.mfa_delete.as_deref().map_or_else(super::no_text, Value::text);
        let block = [("mfa_delete", mfa), ("status", Value::text(&seen.status))];
        object.set_blocks("versioning_configuration", vec![Object::of(block)]);
    }

    async fn create(place: &Place, planned: &Object, _mark: &Mark) -> Answer<String> {
        put(place, planned).await?;
        Ok(planned.word("bucket").to_owned())
    }

    async fn configure(place: &Place, now: &mut Object, prior: Option<&Object>) -> Answer<()> {
        if prior.is_some() { put(place, now).await } else { Ok(()) }
    }

    /// What was on cannot be made as if it never was.
    async fn delete(place: &Place, prior: &Object) -> Answer<()> {
        let block = prior.block("versioning_configuration");
        if block.is_some_and(|block| block.text("status") == Some("Enabled")) {
            let off = VersioningConfiguration::builder().status(BucketVersioningStatus::Suspended);
            let call = place.s3().put_bucket_versioning().bucket(prior.id());
            call.versioning_configuration(off.build()).send().await?;
        }
        Ok(())
    }

    fn natural_id(planned: &Object) -> Option<String> {
        planned.owned("bucket")
    }

    fn imported(id: &str, object: &mut Object) {
        super::imported(id, object);
    }
}

async fn put(place: &Place, object: &Object) -> Answer<()> {
    let Some(block) = object.block("versioning_configuration") else { return Ok(()) };
    if block.text("status") == Some("Disabled") {
        return Ok(());
    }
    let configuration = VersioningConfiguration::builder()
        .set_status(block.text("status").map(BucketVersioningStatus::from))
        .set_mfa_delete(block.text("mfa_delete").map(MfaDelete::from))
        .build();
    let call = place.s3().put_bucket_versioning().bucket(object.word("bucket"));
    let call = call.versioning_configuration(configuration).set_mfa(object.owned("mfa"));
    call.send().await?;
    Ok(())
}

fn status(value: &Value) -> Result<(), String> {
    match value.as_str() {
        Some("Enabled" | "Suspended" | "Disabled") => Ok(()),
        _ => Err("it is \"Enabled\", \"Suspended\" or \"Disabled\".".to_owned()),
    }
}
