//! `aws_s3_bucket_server_side_encryption_configuration`: with which key a bucket encrypts.

use aws_sdk_s3::types::{
    ServerSideEncryption, ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration,
    ServerSideEncryptionRule,
};
use lang::{Type, Value};
use provider::{NestedBlock, Nesting, Schema};

use super::{no_text, setting};
use crate::client::Place;
use crate::kind::{Answer, Kind};
use crate::object::Object;
use crate::schema::{flag, needed, one, text};
use crate::tags::Mark;

pub(crate) struct BucketEncryption;

pub(crate) struct Seen {
    bucket: String,
    rules: Vec<ServerSideEncryptionRule>,
}

const BY_DEFAULT: &str = "apply_server_side_encryption_by_default";

impl Kind for BucketEncryption {
    const NAME: &'static str = "aws_s3_bucket_server_side_encryption_configuration";
    const AWAITED: &'static [&'static str] = super::AWAITED;
    type Seen = Seen;

    fn schema() -> Schema {
        let algorithm = needed().validated(algorithm);
        let by_default = one([("kms_master_key_id", text()), ("sse_algorithm", algorithm)]);
        let rule = Schema::new([("bucket_key_enabled", flag())]).block(BY_DEFAULT, by_default);
        setting([])
            .block("rule", NestedBlock::new(Nesting::Set, rule).at_least(1))
            .describe("With which key a bucket encrypts.")
    }

    async fn fetch(place: &Place, wanted: &[Object]) -> Answer<Vec<Seen>> {
        let mut seen = Vec::new();
        for object in wanted {
            let bucket = object.id().to_owned();
            // Without one, the code of the error ends in NotFoundError.
            let told = place.s3().get_bucket_encryption().bucket(&bucket).send().await?;
            let told = told.server_side_encryption_configuration;
            seen.push(Seen { bucket, rules: told.map_or_else(Vec::new, |told| told.rules) });
        }
        Ok(seen)
    }

    fn key(seen: &Seen) -> String {
        seen.bucket.clone()
    }

    fn observe(_place: &Place, seen: &Seen, object: &mut Object) {
        object.set_text("bucket", Some(&seen.bucket));
        let recorded = object.blocks("rule");
        let unset = recorded.iter().all(|rule| !rule.has("bucket_key_enabled"));
        let rules = seen.rules.iter().map(|rule| block(rule, unset)).collect();
        object.set_blocks("rule", rules);
    }

    async fn create(place: &Place, planned: &Object, _mark: &Mark) -> Answer<String> {
        put(place, planned).await?;
        Ok(planned.word("bucket").to_owned())
    }

    async fn configure(place: &Place, now: &mut Object, prior: Option<&Object>) -> Answer<()> {
        if prior.is_some() { put(place, now).await } else { Ok(()) }
    }

    async fn delete(place: &Place, prior: &Object) -> Answer<()> {
        place.s3().delete_bucket_encryption().bucket(prior.id()).send().await?;
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
    let mut all = ServerSideEncryptionConfiguration::builder();
    for rule in object.blocks("rule") {
        let by_default = rule.block(BY_DEFAULT).map(|block| {
            ServerSideEncryptionByDefault::builder()
                .sse_algorithm(ServerSideEncryption::from(block.word("sse_algorithm")))
                .set_kms_master_key_id(block.owned("kms_master_key_id"))
                .build()
        });
        let rule = ServerSideEncryptionRule::builder()
            .set_apply_server_side_encryption_by_default(by_default.transpose()?)
            .set_bucket_key_enabled(rule.flag("bucket_key_enabled"));
        all = all.rules(rule.build());
    }
    let call = place.s3().put_bucket_encryption().bucket(object.word("bucket"));
    call.server_side_encryption_configuration(all.build()?).send().await?;
    Ok(())
}

/// AWS says false where nothing was said.
fn block(rule: &ServerSideEncryptionRule, unset: bool) -> Object {
    let key = rule.bucket_key_enabled().filter(|on| *on || !unset);
    let by_default = rule.apply_server_side_encryption_by_default().map(|told| {
        let id = told.kms_master_key_id().filter(|id| !id.is_empty());
        Object::of([
            ("kms_master_key_id", id.map_or_else(no_text, Value::text)),
            ("sse_algorithm", Value::text(told.sse_algorithm().as_str())),
        ])
    });
    let mut block = Object::of([]);
    block.set_flag("bucket_key_enabled", key);
    let element = Type::object([
        ("kms_master_key_id".into(), Type::String),
        ("sse_algorithm".into(), Type::String),
    ]);
    block.set(
        BY_DEFAULT,
        Value::list(element, by_default.into_iter().map(Value::from).collect::<Vec<_>>()),
    );
    block
}

fn algorithm(value: &Value) -> Result<(), String> {
    match value.as_str() {
        Some("AES256" | "aws:kms" | "aws:kms:dsse") => Ok(()),
        _ => Err("it is \"AES256\", \"aws:kms\" or \"aws:kms:dsse\".".to_owned()),
    }
}
