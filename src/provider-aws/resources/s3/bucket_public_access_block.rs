//! `aws_s3_bucket_public_access_block`: keeps a bucket from being opened to the world.

use aws_sdk_s3::types::PublicAccessBlockConfiguration as Told;
use provider::Schema;

use super::setting::{Bucket, Setting};
use crate::client::Place;
use crate::kind::Answer;
use crate::object::Object;
use crate::schema::{flag, switch};

pub(crate) struct PublicAccessBlock;

impl Setting for PublicAccessBlock {
    const NAME: &'static str = "aws_s3_bucket_public_access_block";
    const CHECKS_OWNER: bool = false;
    type Told = Told;

    fn schema() -> Schema {
        Schema::new([
            ("block_public_acls", switch(false)),
            ("block_public_policy", switch(false)),
            ("ignore_public_acls", switch(false)),
            ("restrict_public_buckets", switch(false)),
            ("skip_destroy", flag()),
        ])
        .describe("Keeps a bucket from being opened to the world.")
    }

    async fn get(place: &Place, bucket: Bucket<'_>) -> Answer<Option<Told>> {
        let told = place.s3().get_public_access_block().bucket(bucket.name).send().await?;
        Ok(told.public_access_block_configuration)
    }

    fn observe(told: &Told, object: &mut Object) {
        let on = |flag: Option<bool>| flag.or(Some(false));
        object.set_flag("block_public_acls", on(told.block_public_acls()));
        object.set_flag("block_public_policy", on(told.block_public_policy()));
        object.set_flag("ignore_public_acls", on(told.ignore_public_acls()));
        object.set_flag("restrict_public_buckets", on(told.restrict_public_buckets()));
    }

    async fn put(place: &Place, bucket: Bucket<'_>, object: &Object) -> Answer<()> {
        let block = Told::builder()
            .set_block_public_acls(object.flag("block_public_acls"))
            .set_block_public_policy(object.flag("block_public_policy"))
            .set_ignore_public_acls(object.flag("ignore_public_acls"))
            .set_restrict_public_buckets(object.flag("restrict_public_buckets"))
            .build();
        let call = place.s3().put_public_access_block().bucket(bucket.name);
        call.public_access_block_configuration(block).send().await?;
        Ok(())
    }

    async fn delete(place: &Place, bucket: Bucket<'_>, prior: &Object) -> Answer<()> {
        if !prior.is_on("skip_destroy") {
            place.s3().delete_public_access_block().bucket(bucket.name).send().await?;
        }
        Ok(())
    }
}
