//! `aws_s3_object`: an object in a bucket, streamed from a file or written from a text.

use std::path::Path;
use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ServerSideEncryption, StorageClass};
use lang::{Type, Value};
use provider::{Attribute, Schema};

use super::bucket::bucket_name;
use super::{delete_versions, retagged, tagging, tags_of};
use crate::client::Place;
use crate::failure::{AwsError, Reason};
use crate::kind::{self, Answer, Kind, Tagging, named};
use crate::managed::one_by_one;
use crate::object::Object as Attributes;
use crate::plan::Plan;
use crate::schema::{flag, given, needed, switch, text};
use crate::tags::{Mark, Tags};

pub(crate) struct Object;

pub(crate) struct Seen {
    bucket: String,
    key: String,
    head: HeadObjectOutput,
    tags: Tags,
}

/// A change of one of these is another content.
const CONTENT: &[&str] = &["content", "content_base64", "etag", "source", "source_hash"];
/// How long an upload may take.
const UPLOAD: Duration = Duration::from_secs(3600);

impl Kind for Object {
    const NAME: &'static str = "aws_s3_object";
    const UNIQUE: &'static [&'static str] = &["bucket", "key"];
    const TAGGING: Tagging = Tagging::Own;
    const IMPORT_ID: &'static str = "my-bucket/path/of/object";
    type Seen = Seen;

    fn schema() -> Schema {
        Schema::new([
            ("arn", given()),
            ("bucket", needed().forces_replacement()),
            ("bucket_key_enabled", flag().or_computed()),
            ("cache_control", text()),
            ("content", text()),
            ("content_base64", text()),
            ("content_disposition", text()),
            ("content_encoding", text()),
            ("content_language", text()),
            ("content_type", text().or_computed()),
            ("etag", text().or_computed().recomputed_with(CONTENT)),
            ("force_destroy", switch(false)),
            ("key", needed().forces_replacement()),
            ("kms_key_id", text().or_computed()),
            ("metadata", Attribute::optional(Type::map(Type::String))),
            ("server_side_encryption", text().or_computed()),
            ("source", text()),
            ("source_hash", text()),
            ("storage_class", text().or_computed()),
            ("version_id", given().recomputed_with(CONTENT)),
            ("website_redirect", text()),
        ])
        .describe("An object in a bucket, streamed from a file or written from a text.")
    }

    fn plan(plan: &mut Plan<'_>) {
        let set = CONTENT.iter().filter(|name| !["etag", "source_hash"].contains(name));
        if set.filter(|name| plan.is_set(name)).count() > 1 {
            plan.refuse("source", "only one of content, content_base64 and source can be set.");
        }
        let id = plan.object.owned("key");
        plan.knows("id", id.as_deref().map(Value::text));
        if let (Some(bucket), Some(key)) = (plan.object.owned("bucket"), id) {
            let arn =
                plan.partition().map(|p| Value::text(&format!("arn:{p}:s3:::{bucket}/{key}")));
            plan.knows("arn", arn);
        }
    }

    async fn fetch(place: &Place, wanted: &[Attributes]) -> Answer<Vec<Seen>> {
        one_by_one(wanted, |object| async {
            let (bucket, key) = (object.word("bucket").to_owned(), object.word("key").to_owned());
            let head = place.s3().head_object().bucket(&bucket).key(&key).send();
            let head = async { head.await.map_err(AwsError::from) };
            let (head, tags) = futures::try_join!(head, tags(place, object))?;
            Ok(Seen { bucket, key, head, tags })
        })
        .await
    }

    fn key(seen: &Seen) -> String {
        seen.key.clone()
    }

    fn observe(place: &Place, seen: &Seen, object: &mut Attributes) {
        let (head, bucket, key) = (&seen.head, &seen.bucket, &seen.key);
        let arn = format!("arn:{}:s3:::{bucket}/{key}", place.partition());
        object.set_text("arn", Some(&arn));
        object.set_flag("bucket_key_enabled", head.bucket_key_enabled().or(Some(false)));
        object.set_text("cache_control", head.cache_control());
        object.set_text("content_disposition", head.content_disposition());
        object.set_text("content_encoding", head.content_encoding().filter(|e| !e.is_empty()));
        object.set_text("content_language", head.content_language());
        object.set_text("content_type", head.content_type());
        object.set_text("etag", head.e_tag().map(|etag| etag.trim_matches('"')));
        object.set_text("kms_key_id", head.ssekms_key_id());
        let metadata: Tags =
            head.metadata().into_iter().flatten().map(|(k, v)| (k.clone(), v.clone())).collect();
        if !metadata.is_empty() || object.has("metadata") {
            object.set_pairs("metadata", &metadata);
        }
        let encryption = head.server_side_encryption().map(ServerSideEncryption::as_str);
        object.set_text("server_side_encryption", encryption);
        let class = head.storage_class().map_or("STANDARD", StorageClass::as_str);
        object.set_text("storage_class", Some(class));
        object.set_text("version_id", head.version_id());
        object.set_text("website_redirect", head.website_redirect_location());
    }

    fn tags(seen: &Seen) -> Option<Tags> {
        Some(seen.tags.clone())
    }

    /// What is there already is not overwritten.
    async fn create(place: &Place, planned: &Attributes, mark: &Mark) -> Answer<String> {
        let call = upload(place, planned, &mark.tags(planned)).await?.if_none_match("*");
        match send(call).await {
            Err(error) if error.code == "PreconditionFailed" => {
                Err(AwsError::refused(&error.action, "ObjectAlreadyExists", error.message))
            }
            result => result.map(|()| planned.word("key").to_owned()),
        }
    }

    async fn configure(
        place: &Place,
        now: &mut Attributes,
        prior: Option<&Attributes>,
    ) -> Answer<()> {
        let Some(prior) = prior else { return Ok(()) };
        let ignored = ["force_destroy", "id", "tags", "tags_all", "version_id"];
        let mut watched =
            Self::schema().attributes.into_keys().filter(|n| !ignored.contains(&&**n));
        if watched.all(|name| now.get(&name) == prior.get(&name)) {
            return Ok(());
        }
        // Writing an object anew would take its tags away.
        let tags = tags(place, now).await?;
        send(upload(place, now, &tags).await?).await
    }

    /// Deleting the object of a bucket that keeps versions, or ever kept them, would hide them all and remove
    /// none, and leave a bucket that cannot be deleted: every version goes, where listing them is allowed.
    async fn delete(place: &Place, prior: &Attributes) -> Answer<()> {
        let (bucket, key) = (prior.word("bucket"), prior.word("key"));
        match delete_versions(place, bucket, Some(key), prior.is_on("force_destroy")).await {
            Err(error) if error.reason == Reason::Denied => {
                place.s3().delete_object().bucket(bucket).key(key).send().await?;
                Ok(())
            }
            result => result,
        }
    }

    fn natural_id(planned: &Attributes) -> Option<String> {
        planned.owned("key")
    }

    async fn retag(place: &Place, object: &Attributes, set: &Tags, gone: &[String]) -> Answer<()> {
        let all = retagged(tags(place, object).await?, set, gone);
        let call = place.s3().put_object_tagging().bucket(object.word("bucket"));
        call.key(object.word("key")).tagging(tagging(&all)?).send().await?;
        Ok(())
    }

    /// `BUCKET/KEY`, or `s3://BUCKET/KEY`.
    fn imported(id: &str) -> Option<kind::Attributes> {
        let (bucket, key) = id.strip_prefix("s3://").unwrap_or(id).split_once('/')?;
        let mut attributes = named(bucket, bucket_name, &["bucket"])?;
        attributes.extend([("key", key.to_owned()), ("id", key.to_owned())]);
        (!key.is_empty()).then_some(attributes)
    }
}

async fn tags(place: &Place, object: &Attributes) -> Answer<Tags> {
    let call = place.s3().get_object_tagging().bucket(object.word("bucket"));
    Ok(tags_of(call.key(object.word("key")).send().await?.tag_set()))
}

/// The call that writes an object; the SDK adds a checksum that S3 verifies.
async fn upload(place: &Place, object: &Attributes, tags: &Tags) -> Answer<PutObjectFluentBuilder> {
    let encoded: Vec<String> =
        tags.iter().map(|(key, value)| format!("{}={}", encode(key), encode(value))).collect();
    let metadata = object.has("metadata").then(|| object.pairs("metadata").into_iter().collect());
    Ok(place
        .s3()
        .put_object()
        .bucket(object.word("bucket"))
        .key(object.word("key"))
        .body(body(&place.folder, object).await?)
        .tagging(encoded.join("&"))
        .set_bucket_key_enabled(object.flag("bucket_key_enabled").filter(|on| *on))
        .set_cache_control(object.owned("cache_control"))
        .set_content_disposition(object.owned("content_disposition"))
        .set_content_encoding(object.owned("content_encoding"))
        .set_content_language(object.owned("content_language"))
        .content_type(object.text("content_type").unwrap_or("application/octet-stream"))
        .set_metadata(metadata)
        .set_server_side_encryption(
            object.text("server_side_encryption").map(ServerSideEncryption::from),
        )
        .set_ssekms_key_id(object.owned("kms_key_id"))
        .set_storage_class(object.text("storage_class").map(StorageClass::from))
        .set_website_redirect_location(object.owned("website_redirect")))
}

async fn send(call: PutObjectFluentBuilder) -> Answer<()> {
    let patient =
        TimeoutConfig::builder().operation_attempt_timeout(UPLOAD).operation_timeout(UPLOAD);
    let patient = aws_sdk_s3::config::Builder::new().timeout_config(patient.build());
    call.customize().config_override(patient).send().await?;
    Ok(())
}

/// A relative path starts from the stack's folder.
async fn body(folder: &Path, object: &Attributes) -> Answer<ByteStream> {
    if let Some(path) = object.text("source") {
        let opened = ByteStream::from_path(folder.join(path)).await;
        return opened.map_err(|error| {
            let why = format!("The file \"{path}\" cannot be read: {error}");
            AwsError::refused("s3:PutObject", "", why)
        });
    }
    if let Some(encoded) = object.text("content_base64") {
        let decoded = aws_smithy_types::base64::decode(encoded);
        let decoded = decoded
            .map_err(|_| AwsError::refused("s3:PutObject", "", "content_base64 is not base64"))?;
        return Ok(ByteStream::from(decoded));
    }
    Ok(ByteStream::from(object.word("content").as_bytes().to_vec()))
}

/// Percent-encodes everything but letters, digits and `-._~`.
fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
