//! `aws_s3_bucket`: a bucket; how it is set up stands in resources of its own.

use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use lang::Value;
use provider::Schema;

use super::{delete_versions, retagged, tagging, tags_of};
use crate::client::Place;
use crate::failure::{AwsError, Reason};
use crate::kind::{Answer, Attributes, Kind, Tagging, Trace, named};
use crate::managed::{one_by_one, patiently};
use crate::object::Object;
use crate::plan::Plan;
use crate::schema::{flag, given, switch, text};
use crate::tags::{Mark, Tags};

pub(crate) struct Bucket;

pub(crate) struct Seen {
    name: String,
    tags: Tags,
}

impl Kind for Bucket {
    const NAME: &'static str = "aws_s3_bucket";
    const UNIQUE: &'static [&'static str] = &["bucket"];
    const TAGGING: Tagging = Tagging::Own;
    const IMPORT_ID: &'static str = "my-bucket";
    type Seen = Seen;

    fn schema() -> Schema {
        let fixed = || text().or_computed().forces_replacement();
        Schema::new([
            ("arn", given()),
            ("bucket", fixed().validated(bucket_name)),
            ("bucket_domain_name", given()),
            ("bucket_prefix", fixed()),
            ("bucket_region", given()),
            ("bucket_regional_domain_name", given()),
            ("force_destroy", switch(false)),
            ("hosted_zone_id", given()),
            ("object_lock_enabled", flag().default(Value::bool(false)).forces_replacement()),
        ])
        .describe("A bucket; how it is set up stands in resources of its own.")
    }

    fn plan(plan: &mut Plan<'_>) {
        plan.settle_name("bucket", "bucket_prefix");
        let Some(name) = plan.object.owned("bucket") else { return };
        plan.knows("id", Some(Value::text(&name)));
        let partition = plan.partition();
        let arn = partition.map(|partition| Value::text(&format!("arn:{partition}:s3:::{name}")));
        plan.knows("arn", arn);
        plan.knows("bucket_domain_name", Some(Value::text(&format!("{name}.s3.amazonaws.com"))));
        if let Some(region) = plan.object.owned("region") {
            plan.knows("bucket_region", Some(Value::text(&region)));
            plan.knows("bucket_regional_domain_name", Some(Value::text(&domain(&name, &region))));
        }
    }

    async fn fetch(place: &Place, wanted: &[Object]) -> Answer<Vec<Seen>> {
        one_by_one(wanted, |bucket| async {
            let name = bucket.id().to_owned();
            // That it has no tags is said of a bucket that is there, and only of such.
            let tags = tags(place, &name).await?;
            Ok(Seen { name, tags })
        })
        .await
    }

    fn key(seen: &Seen) -> String {
        seen.name.clone()
    }

    fn observe(place: &Place, seen: &Seen, object: &mut Object) {
        let (name, region) = (&seen.name, &place.region);
        object.set_text("arn", Some(&format!("arn:{}:s3:::{name}", place.partition())));
        object.set_text("bucket", Some(name));
        object.set_text("bucket_domain_name", Some(&format!("{name}.s3.amazonaws.com")));
        object.set_text("bucket_region", Some(region));
        object.set_text("bucket_regional_domain_name", Some(&domain(name, region)));
        object.set_text("hosted_zone_id", hosted_zone(region));
    }

    fn tags(seen: &Seen) -> Option<Tags> {
        Some(seen.tags.clone())
    }

    /// In `us-east-1` a second create is a success, so that only a look before it tells whose it is.
    async fn precede(place: &Place, planned: &Object) -> Answer<()> {
        let name = planned.word("bucket");
        match place.s3().head_bucket().bucket(name).send().await.map_err(AwsError::from) {
            Ok(_) => Err(AwsError::refused(
                "s3:CreateBucket",
                "BucketAlreadyOwnedByYou",
                format!(
                    "The bucket \"{name}\" is there already, and was not made by this resource. Choose another name, or take it over on purpose with an import block"
                ),
            )),
            Err(error) if error.is_not_found() => Ok(()),
            Err(error) if error.reason == Reason::Refused => Err(AwsError::refused(
                "s3:CreateBucket",
                "BucketAlreadyExists",
                format!(
                    "The bucket \"{name}\" is there already: it belongs to somebody else, or lies in another region. Names of buckets are unique in the world. Choose another name"
                ),
            )),
            Err(error) => Err(error),
        }
    }

    async fn create(place: &Place, planned: &Object, mark: &Mark) -> Answer<String> {
        let name = planned.word("bucket");
        let place_of = (place.region != "us-east-1").then(|| {
            let region = BucketLocationConstraint::from(place.region.as_str());
            CreateBucketConfiguration::builder().location_constraint(region).build()
        });
        let call = place
            .s3()
            .create_bucket()
            .bucket(name)
            .set_create_bucket_configuration(place_of)
            .set_object_lock_enabled_for_bucket(
                planned.flag("object_lock_enabled").filter(|on| *on),
            );
        match call.send().await.map_err(AwsError::from) {
            // There was none a moment ago: the answer to an earlier attempt was lost.
            Err(error) if error.code == "BucketAlreadyOwnedByYou" => {}
            result => drop(result?),
        }
        let all = mark.tags(planned);
        patiently(&[], || Box::pin(put_tags(place, name, &all))).await?;
        Ok(name.to_owned())
    }

    async fn delete(place: &Place, prior: &Object) -> Answer<()> {
        if prior.is_on("force_destroy") {
            delete_versions(place, prior.id(), None, false).await?;
        }
        place.s3().delete_bucket().bucket(prior.id()).send().await?;
        Ok(())
    }

    fn natural_id(planned: &Object) -> Option<String> {
        planned.owned("bucket")
    }

    /// A bucket that was not there right before the create is the one that it made where it has no tags yet,
    /// or those of this resource.
    async fn find(place: &Place, planned: &Object, trace: &Trace) -> Answer<Option<String>> {
        let name = planned.word("bucket").to_owned();
        let tags = match tags(place, &name).await {
            Err(error) if error.is_not_found() => return Ok(None),
            tags => tags?,
        };
        let checked = trace.steps.iter().any(|step| step == "checked");
        let new = tags.is_empty() || trace.mark.is_of_same_resource(&tags);
        Ok((trace.mark.is_on(&tags) || (checked && new)).then_some(name))
    }

    async fn retag(place: &Place, object: &Object, set: &Tags, gone: &[String]) -> Answer<()> {
        let now = tags(place, object.id()).await?;
        put_tags(place, object.id(), &retagged(now, set, gone)).await
    }

    fn imported(id: &str) -> Option<Attributes> {
        named(id, bucket_name, &["bucket", "id"])
    }
}

async fn tags(place: &Place, name: &str) -> Answer<Tags> {
    let asked = place.s3().get_bucket_tagging().bucket(name).send().await;
    match asked.map_err(AwsError::from) {
        Ok(answer) => Ok(tags_of(answer.tag_set())),
        Err(error) if error.code == "NoSuchTagSet" => Ok(Tags::new()),
        Err(error) => Err(error),
    }
}

async fn put_tags(place: &Place, name: &str, tags: &Tags) -> Answer<()> {
    if tags.is_empty() {
        place.s3().delete_bucket_tagging().bucket(name).send().await?;
    } else {
        place.s3().put_bucket_tagging().bucket(name).tagging(tagging(tags)?).send().await?;
    }
    Ok(())
}

fn domain(name: &str, region: &str) -> String {
    format!("{name}.s3.{region}.amazonaws.com")
}

/// The hosted zones of the website endpoints, as AWS documents them.
fn hosted_zone(region: &str) -> Option<&'static str> {
    Some(match region {
        "ap-northeast-1" => "Z2M4EHUR26P7ZW",
        "ap-south-1" => "Z11RGJOFQNVJUP",
        "ap-southeast-1" => "Z3O0J2DXBE1FTB",
        "ap-southeast-2" => "Z1WCIGYICN2BYD",
        "ca-central-1" => "Z1QDHH18159H29",
        "eu-central-1" => "Z21DNDUVLTQW6Q",
        "eu-north-1" => "Z3BAZG2TWCNX0D",
        "eu-west-1" => "Z1BKCTXD74EZPE",
        "eu-west-2" => "Z3GKZC51ZF0DB4",
        "eu-west-3" => "Z3R1K369G5AVDG",
        "sa-east-1" => "Z7KQH4QJS55SO",
        "us-east-1" => "Z3AQBSTGFYJSTF",
        "us-east-2" => "Z2O1EMRO9K5GLX",
        "us-west-1" => "Z2F56UZL2M1ACD",
        "us-west-2" => "Z3BJ6K6RIION7M",
        _ => return None,
    })
}

pub(super) fn bucket_name(value: &Value) -> Result<(), String> {
    let name = value.as_str().unwrap_or_default();
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let edges = edge(name.chars().next()) && edge(name.chars().last());
    if (3..=63).contains(&name.len()) && name.chars().all(fits) && edges && !name.contains("..") {
        return Ok(());
    }
    Err(format!(
        "{name:?} is no name of a bucket: 3 to 63 lower-case letters, digits, dots and hyphens, with a letter or digit at both ends."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_buckets_are_checked_at_plan() {
        assert_eq!(bucket_name(&Value::text("artifacts.example-1")), Ok(()));
        for name in ["ab", "Upper", "a_b", "-a1", "a..b", "a-"] {
            assert!(bucket_name(&Value::text(name)).is_err(), "{name}");
        }
    }
}
