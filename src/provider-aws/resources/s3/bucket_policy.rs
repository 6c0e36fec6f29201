//! `aws_s3_bucket_policy`: who may do what with a bucket.

use provider::Schema;

use crate::client::Place;
use crate::json::{observe_policy, same_policy};
use crate::kind::{Answer, Kind};
use crate::object::Object;
use crate::schema::{json, needed};
use crate::tags::Mark;

pub(crate) struct BucketPolicy;

pub(crate) struct Seen {
    bucket: String,
    policy: String,
}

impl Kind for BucketPolicy {
    const NAME: &'static str = "aws_s3_bucket_policy";
    const AWAITED: &'static [&'static str] = super::AWAITED;
    type Seen = Seen;

    fn schema() -> Schema {
        Schema::new([
            ("bucket", needed().forces_replacement()),
            ("policy", needed().validated(json).same_when(same_policy)),
        ])
        .describe("Who may do what with a bucket.")
    }

    async fn fetch(place: &Place, wanted: &[Object]) -> Answer<Vec<Seen>> {
        let mut seen = Vec::new();
        for object in wanted {
            let bucket = object.id().to_owned();
            let told = place.s3().get_bucket_policy().bucket(&bucket).send().await?;
            seen.extend(told.policy.map(|policy| Seen { bucket, policy }));
        }
        Ok(seen)
    }

    fn key(seen: &Seen) -> String {
        seen.bucket.clone()
    }

    fn observe(_place: &Place, seen: &Seen, object: &mut Object) {
        object.set_text("bucket", Some(&seen.bucket));
        observe_policy(object, "policy", Some(&seen.policy));
    }

    async fn create(place: &Place, planned: &Object, _mark: &Mark) -> Answer<String> {
        put(place, planned).await?;
        Ok(planned.word("bucket").to_owned())
    }

    async fn configure(place: &Place, now: &mut Object, prior: Option<&Object>) -> Answer<()> {
        if prior.is_some() { put(place, now).await } else { Ok(()) }
    }

    async fn delete(place: &Place, prior: &Object) -> Answer<()> {
        place.s3().delete_bucket_policy().bucket(prior.id()).send().await?;
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
    let call = place.s3().put_bucket_policy().bucket(object.word("bucket"));
    call.policy(object.word("policy")).send().await?;
    Ok(())
}
