//! A setting of a bucket: a bucket has one of its kind or none, which is put whole and goes with the bucket.

use provider::Schema;

use super::bucket::bucket_name;
use crate::client::Place;
use crate::kind::{Answer, Attributes, Kind, named};
use crate::object::Object;
use crate::schema::{needed, text};
use crate::tags::Mark;

/// A kind of setting; every such is a [`Kind`].
pub(crate) trait Setting: Send + Sync + Sized + 'static {
    /// The type name, such as `aws_s3_bucket_policy`.
    const NAME: &'static str;
    /// Whether it can be said whose bucket it has to be, so that nobody else's is written to.
    const CHECKS_OWNER: bool = true;

    /// What S3 tells of it.
    type Told: Send + Sync;

    /// The attributes; those that say which bucket are added by themselves.
    fn schema() -> Schema;

    /// The setting of a bucket; none where it has none.
    fn get(
        place: &Place,
        bucket: Bucket<'_>,
    ) -> impl Future<Output = Answer<Option<Self::Told>>> + Send;

    /// Writes what is told into the attributes.
    fn observe(told: &Self::Told, object: &mut Object);

    fn put(
        place: &Place,
        bucket: Bucket<'_>,
        object: &Object,
    ) -> impl Future<Output = Answer<()>> + Send;

    fn delete(
        place: &Place,
        bucket: Bucket<'_>,
        prior: &Object,
    ) -> impl Future<Output = Answer<()>> + Send;
}

/// Which bucket is meant.
#[derive(Clone, Copy)]
pub(crate) struct Bucket<'a> {
    pub(crate) name: &'a str,
    owner: Option<&'a str>,
}

impl<'a> Bucket<'a> {
    fn of(object: &'a Object) -> Self {
        Self { name: object.word("bucket"), owner: object.text("expected_bucket_owner") }
    }

    /// The account that it has to belong to, as calls take it.
    pub(crate) fn owner(self) -> Option<String> {
        self.owner.map(str::to_owned)
    }

    /// The id of its settings: its name, with the owner behind it where one is expected.
    fn id(self) -> String {
        let owner = self.owner.map_or_else(String::new, |owner| format!(",{owner}"));
        format!("{}{owner}", self.name)
    }
}

/// A setting as it was found.
pub(crate) struct Found<T> {
    id: String,
    bucket: String,
    told: T,
}

impl<S: Setting> Kind for S {
    const NAME: &'static str = <S as Setting>::NAME;
    const IMPORT_ID: &'static str = "my-bucket";
    type Seen = Found<S::Told>;

    fn schema() -> Schema {
        let mut schema = <S as Setting>::schema();
        schema.attributes.insert("bucket".into(), needed().forces_replacement());
        if S::CHECKS_OWNER {
            let owner = text().forces_replacement();
            schema.attributes.insert("expected_bucket_owner".into(), owner);
        }
        schema
    }

    async fn fetch(place: &Place, wanted: &[Object]) -> Answer<Vec<Self::Seen>> {
        let mut found = Vec::new();
        for object in wanted {
            let bucket = Bucket::of(object);
            let told = S::get(place, bucket).await?;
            let (id, bucket) = (bucket.id(), bucket.name.to_owned());
            found.extend(told.map(|told| Found { id, bucket, told }));
        }
        Ok(found)
    }

    fn key(found: &Self::Seen) -> String {
        found.id.clone()
    }

    fn observe(_place: &Place, found: &Self::Seen, object: &mut Object) {
        object.set_text("bucket", Some(&found.bucket));
        <S as Setting>::observe(&found.told, object);
    }

    async fn create(place: &Place, planned: &Object, _mark: &Mark) -> Answer<String> {
        let bucket = Bucket::of(planned);
        S::put(place, bucket, planned).await?;
        Ok(bucket.id())
    }

    async fn configure(place: &Place, now: &mut Object, prior: Option<&Object>) -> Answer<()> {
        if prior.is_some() { S::put(place, Bucket::of(now), now).await } else { Ok(()) }
    }

    async fn delete(place: &Place, prior: &Object) -> Answer<()> {
        <S as Setting>::delete(place, Bucket::of(prior), prior).await
    }

    fn natural_id(planned: &Object) -> Option<String> {
        planned.owned("bucket").map(|_| Bucket::of(planned).id())
    }

    /// `BUCKET`, or `BUCKET,ACCOUNT`.
    fn imported(id: &str) -> Option<Attributes> {
        let (bucket, owner) = id.split_once(',').map_or((id, None), |(b, owner)| (b, Some(owner)));
        let mut attributes = named(bucket, bucket_name, &["bucket"])?;
        attributes.push(("id", id.to_owned()));
        attributes.extend(owner.map(|owner| ("expected_bucket_owner", owner.to_owned())));
        (owner.is_none() || S::CHECKS_OWNER).then_some(attributes)
    }
}
