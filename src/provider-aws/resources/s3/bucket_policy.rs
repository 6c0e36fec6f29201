//! `aws_s3_bucket_policy`: who may do what with a bucket.

use provider::Schema;

use super::setting::{Bucket, Setting};
use crate::client::Place;
use crate::json::{observe_policy, same_policy};
use crate::kind::Answer;
use crate::object::Object;
use crate::schema::{json, needed};

pub(crate) struct BucketPolicy;

impl Setting for BucketPolicy {
    const NAME: &'static str = "aws_s3_bucket_policy";
    const CHECKS_OWNER: bool = false;
    type Told = String;

    fn schema() -> Schema {
        let policy = needed().validated(json).same_when(same_policy);
        Schema::new([("policy", policy)]).describe("Who may do what with a bucket.")
    }

    async fn get(place: &Place, bucket: Bucket<'_>) -> Answer<Option<String>> {
        Ok(place.s3().get_bucket_policy().bucket(bucket.name).send().await?.policy)
    }

    fn observe(told: &String, object: &mut Object) {
        observe_policy(object, "policy", Some(told));
    }

    async fn put(place: &Place, bucket: Bucket<'_>, object: &Object) -> Answer<()> {
        let call = place.s3().put_bucket_policy().bucket(bucket.name);
        call.policy(object.word("policy")).send().await?;
        Ok(())
    }

    async fn delete(place: &Place, bucket: Bucket<'_>, _prior: &Object) -> Answer<()> {
        place.s3().delete_bucket_policy().bucket(bucket.name).send().await?;
        Ok(())
    }
}
