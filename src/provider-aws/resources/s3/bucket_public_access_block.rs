//! `aws_s3_bucket_public_access_block`: keeps a bucket from being opened to the world.

use aws_sdk_s3::types::PublicAccessBlockConfiguration;
use provider::Schema;

use super::setting;
use crate::client::Place;
use crate::kind::{Answer, Kind};
use crate::object::Object;
use crate::schema::{flag, switch};
use crate::tags::Mark;

pub(crate) struct PublicAccessBlock;

pub(crate) struct Seen {
    bucket: String,
    block: PublicAccessBlockConfiguration,
}

impl Kind for PublicAccessBlock {
    const NAME: &'static str = "aws_s3_bucket_public_access_block";
    const AWAITED: &'static [&'static str] = super::AWAITED;
    type Seen = Seen;

    fn schema() -> Schema {
        let mut schema = setting([
            ("block_public_acls", switch(false)),
            ("block_public_policy", switch(false)),
            ("ignore_public_acls", switch(false)),
            ("restrict_public_buckets", switch(false)),
            ("skip_destroy", flag()),
        ]);
        schema.attributes.remove("expected_bucket_owner");
        schema.describe("Keeps a bucket from being opened to the world.")
    }

    async fn fetch(place: &Place, wanted: &[Object]) -> Answer<Vec<Seen>> {
        let mut seen = Vec::new();
        for object in wanted {
            let bucket = object.id().to_owned();
            let told = place.s3().get_public_access_block().bucket(&bucket).send().await?;
            let told = told.public_access_block_configuration;
            seen.extend(told.map(|block| Seen { bucket, block }));
        }
        Ok(seen)
    }

    fn key(seen: &Seen) -> String {
        seen.bucket.clone()
    }

    fn observe(_place: &Place, seen: &Seen, object: &mut Object) {
        let on = |flag: Option<bool>| flag.or(Some(false));
        object.set_text("bucket", Some(&seen.bucket));
        object.set_flag("block_public_acls", on(seen.block.block_public_acls()));
        object.set_flag("block_public_policy", on(seen.block.block_public_policy()));
        object.set_flag("ignore_public_acls", on(seen.block.ignore_public_acls()));
        object.set_flag("restrict_public_buckets", on(seen.block.restrict_public_buckets()));
    }

    async fn create(place: &Place, planned: &Object, _mark: &Mark) -> Answer<String> {
        put(place, planned).await?;
        Ok(planned.word("bucket").to_owned())
    }

    async fn configure(place: &Place, now: &mut Object, prior: Option<&Object>) -> Answer<()> {
        if prior.is_some() { put(place, now).await } else { Ok(()) }
    }

    async fn delete(place: &Place, prior: &Object) -> Answer<()> {
        if !prior.is_on("skip_destroy") {
            place.s3().delete_public_access_block().bucket(prior.id()).send().await?;
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
    let block = PublicAccessBlockConfiguration::builder()
        .set_block_public_acls(object.flag("block_public_acls"))
        .set_block_public_policy(object.flag("block_public_policy"))
        .set_ignore_public_acls(object.flag("ignore_public_acls"))
        .set_restrict_public_buckets(object.flag("restrict_public_buckets"))
        .build();
    let call = place.s3().put_public_access_block().bucket(object.word("bucket"));
    call.public_access_block_configuration(block).send().await?;
    Ok(())
}
