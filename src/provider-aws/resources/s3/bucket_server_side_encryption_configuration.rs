//! `aws_s3_bucket_server_side_encryption_configuration`: with which key a bucket encrypts.

use aws_sdk_s3::types::{
    ServerSideEncryption, ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration,
    ServerSideEncryptionRule,
};
use lang::{Type, Value};
use provider::{NestedBlock, Nesting, Schema};

use super::no_text;
use super::setting::{Bucket, Setting};
use crate::client::Place;
use crate::kind::Answer;
use crate::object::Object;
use crate::schema::{flag, needed, one, text};

pub(crate) struct BucketEncryption;

const BY_DEFAULT: &str = "apply_server_side_encryption_by_default";

impl Setting for BucketEncryption {
    const NAME: &'static str = "aws_s3_bucket_server_side_encryption_configuration";
    type Told = Vec<ServerSideEncryptionRule>;

    fn schema() -> Schema {
        let algorithm = needed().validated(algorithm);
        let by_default = one([("kms_master_key_id", text()), ("sse_algorithm", algorithm)]);
        let rule = Schema::new([("bucket_key_enabled", flag())]).block(BY_DEFAULT, by_default);
        Schema::new([])
            .block("rule", NestedBlock::new(Nesting::Set, rule).at_least(1))
            .describe("With which key a bucket encrypts.")
    }

    /// Without one, the code of the error ends in NotFoundError.
    async fn get(place: &Place, bucket: Bucket<'_>) -> Answer<Option<Self::Told>> {
        let call = place.s3().get_bucket_encryption().bucket(bucket.name);
        let told = call.set_expected_bucket_owner(bucket.owner()).send().await?;
        Ok(told.server_side_encryption_configuration.map(|told| told.rules))
    }

    fn observe(rules: &Self::Told, object: &mut Object) {
        let recorded = object.blocks("rule");
        let unset = recorded.iter().all(|rule| !rule.has("bucket_key_enabled"));
        object.set_blocks("rule", rules.iter().map(|rule| block(rule, unset)).collect());
    }

    async fn put(place: &Place, bucket: Bucket<'_>, object: &Object) -> Answer<()> {
        let mut all = ServerSideEncryptionConfiguration::builder();
        for rule in object.blocks("rule") {
            all = all.rules(encryption(&rule)?);
        }
        let call = place.s3().put_bucket_encryption().bucket(bucket.name);
        let call = call.set_expected_bucket_owner(bucket.owner());
        call.server_side_encryption_configuration(all.build()?).send().await?;
        Ok(())
    }

    async fn delete(place: &Place, bucket: Bucket<'_>, _prior: &Object) -> Answer<()> {
        let call = place.s3().delete_bucket_encryption().bucket(bucket.name);
        call.set_expected_bucket_owner(bucket.owner()).send().await?;
        Ok(())
    }
}

fn encryption(rule: &Object) -> Answer<ServerSideEncryptionRule> {
    let by_default = rule.block(BY_DEFAULT).map(|block| {
        ServerSideEncryptionByDefault::builder()
            .sse_algorithm(ServerSideEncryption::from(block.word("sse_algorithm")))
            .set_kms_master_key_id(block.owned("kms_master_key_id"))
            .build()
    });
    Ok(ServerSideEncryptionRule::builder()
        .set_apply_server_side_encryption_by_default(by_default.transpose()?)
        .set_bucket_key_enabled(rule.flag("bucket_key_enabled"))
        .build())
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
