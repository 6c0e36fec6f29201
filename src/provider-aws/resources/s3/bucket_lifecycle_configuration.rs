//! `aws_s3_bucket_lifecycle_configuration`: what a bucket moves and forgets by itself.

use aws_sdk_s3::types::{
    AbortIncompleteMultipartUpload, BucketLifecycleConfiguration, ExpirationStatus,
    LifecycleExpiration, LifecycleRule, LifecycleRuleFilter, NoncurrentVersionExpiration,
    Transition, TransitionStorageClass,
};
use lang::{Type, Value};
use provider::{NestedBlock, Nesting, Schema};

use super::no_text;
use super::setting::{Bucket, Setting};
use crate::client::Place;
use crate::kind::Answer;
use crate::object::Object;
use crate::schema::{flag, needed, number, one, text};

pub(crate) struct BucketLifecycle;

const ABORT: &str = "abort_incomplete_multipart_upload";
const NONCURRENT: &str = "noncurrent_version_expiration";

impl Setting for BucketLifecycle {
    const NAME: &'static str = "aws_s3_bucket_lifecycle_configuration";
    type Told = Vec<LifecycleRule>;

    fn schema() -> Schema {
        Schema::new([])
            .block("rule", NestedBlock::new(Nesting::List, rule_schema()).at_least(1))
            .describe("What a bucket moves and forgets by itself.")
    }

    async fn get(place: &Place, bucket: Bucket<'_>) -> Answer<Option<Self::Told>> {
        let call = place.s3().get_bucket_lifecycle_configuration().bucket(bucket.name);
        let told = call.set_expected_bucket_owner(bucket.owner()).send().await?;
        Ok(Some(told.rules.unwrap_or_default()))
    }

    /// Rules that do the same keep the blocks that they are written in.
    fn observe(told: &Self::Told, object: &mut Object) {
        let plain = |rules: &[LifecycleRule]| rules.iter().cloned().map(normal).collect::<Vec<_>>();
        if rules(object).is_ok_and(|recorded| plain(&recorded) == plain(told)) {
            return;
        }
        let shape = rule_schema().empty_object();
        object.set_blocks("rule", told.iter().map(|rule| block(rule, &shape)).collect());
    }

    async fn put(place: &Place, bucket: Bucket<'_>, object: &Object) -> Answer<()> {
        let all =
            BucketLifecycleConfiguration::builder().set_rules(Some(rules(object)?)).build()?;
        let call = place.s3().put_bucket_lifecycle_configuration().bucket(bucket.name);
        let call = call.set_expected_bucket_owner(bucket.owner());
        call.lifecycle_configuration(all).send().await?;
        Ok(())
    }

    async fn delete(place: &Place, bucket: Bucket<'_>, _prior: &Object) -> Answer<()> {
        let call = place.s3().delete_bucket_lifecycle().bucket(bucket.name);
        call.set_expected_bucket_owner(bucket.owner()).send().await?;
        Ok(())
    }
}

fn rule_schema() -> Schema {
    let transition = Schema::new([("days", number()), ("storage_class", needed())]);
    Schema::new([("id", needed()), ("prefix", text()), ("status", needed().validated(status))])
        .block(ABORT, one([("days_after_initiation", number())]))
        .block("expiration", one([("days", number()), ("expired_object_delete_marker", flag())]))
        .block("filter", one([("prefix", text())]))
        .block(
            NONCURRENT,
            one([("newer_noncurrent_versions", number()), ("noncurrent_days", number())]),
        )
        .block("transition", NestedBlock::new(Nesting::Set, transition))
}

fn rules(object: &Object) -> Answer<Vec<LifecycleRule>> {
    object.blocks("rule").iter().map(rule).collect()
}

fn rule(block: &Object) -> Answer<LifecycleRule> {
    // Without a filter a rule is about everything.
    let prefix = block.block("filter").and_then(|filter| filter.owned("prefix"));
    let prefix = prefix.or_else(|| block.owned("prefix")).unwrap_or_default();
    let abort = block.block(ABORT).map(|abort| {
        let days = abort.small("days_after_initiation");
        AbortIncompleteMultipartUpload::builder().set_days_after_initiation(days).build()
    });
    let expiration = block.block("expiration").map(|expiration| {
        let marker = expiration.flag("expired_object_delete_marker").filter(|on| *on);
        LifecycleExpiration::builder()
            .set_days(expiration.small("days").filter(|days| *days > 0))
            .set_expired_object_delete_marker(marker)
            .build()
    });
    let noncurrent = block.block(NONCURRENT).map(|noncurrent| {
        NoncurrentVersionExpiration::builder()
            .set_noncurrent_days(noncurrent.small("noncurrent_days"))
            .set_newer_noncurrent_versions(noncurrent.small("newer_noncurrent_versions"))
            .build()
    });
    let transitions: Vec<Transition> = block.blocks("transition").iter().map(transition).collect();
    Ok(LifecycleRule::builder()
        .id(block.word("id"))
        .status(ExpirationStatus::from(block.word("status")))
        .filter(LifecycleRuleFilter::builder().prefix(prefix).build())
        .set_abort_incomplete_multipart_upload(abort)
        .set_expiration(expiration)
        .set_noncurrent_version_expiration(noncurrent)
        .set_transitions(Some(transitions).filter(|all| !all.is_empty()))
        .build()?)
}

fn transition(block: &Object) -> Transition {
    Transition::builder()
        .set_days(block.small("days"))
        .storage_class(TransitionStorageClass::from(block.word("storage_class")))
        .build()
}

/// One spelling of what means the same.
fn normal(mut rule: LifecycleRule) -> LifecycleRule {
    let filter = rule.filter.take();
    let whole = |filter: &LifecycleRuleFilter| filter.prefix().unwrap_or_default().is_empty();
    rule.filter = filter
        .filter(|filter| !(whole(filter) && filter.tag().is_none() && filter.and().is_none()));
    if let Some(expiration) = &mut rule.expiration {
        expiration.expired_object_delete_marker =
            expiration.expired_object_delete_marker.filter(|on| *on);
    }
    rule.transitions = rule.transitions.take().filter(|all| !all.is_empty());
    rule.noncurrent_version_transitions =
        rule.noncurrent_version_transitions.take().filter(|all| !all.is_empty());
    rule
}

fn block(rule: &LifecycleRule, shape: &Value) -> Object {
    let number =
        |n: Option<i32>| n.map_or_else(|| Value::null(Type::Number), |n| Value::int(n.into()));
    let mut block = Object::from(shape);
    block.set_text("id", rule.id());
    block.set_text("status", Some(rule.status().as_str()));
    if let Some(prefix) = rule.filter().and_then(|filter| filter.prefix()) {
        block.set_blocks("filter", vec![Object::of([("prefix", Value::text(prefix))])]);
    }
    if let Some(abort) = rule.abort_incomplete_multipart_upload() {
        let days = [("days_after_initiation", number(abort.days_after_initiation()))];
        block.set_blocks(ABORT, vec![Object::of(days)]);
    }
    if let Some(expiration) = rule.expiration() {
        let marker = expiration.expired_object_delete_marker();
        let marker = marker.map_or_else(|| Value::null(Type::Bool), Value::bool);
        let told = [("days", number(expiration.days())), ("expired_object_delete_marker", marker)];
        block.set_blocks("expiration", vec![Object::of(told)]);
    }
    if let Some(noncurrent) = rule.noncurrent_version_expiration() {
        let told = [
            ("newer_noncurrent_versions", number(noncurrent.newer_noncurrent_versions())),
            ("noncurrent_days", number(noncurrent.noncurrent_days())),
        ];
        block.set_blocks(NONCURRENT, vec![Object::of(told)]);
    }
    let transitions = rule.transitions().iter().map(|told| {
        let class = told.storage_class().map(TransitionStorageClass::as_str);
        let class = class.map_or_else(no_text, Value::text);
        Object::of([("days", number(told.days())), ("storage_class", class)])
    });
    block.set_blocks("transition", transitions.collect());
    block
}

fn status(value: &Value) -> Result<(), String> {
    match value.as_str() {
        Some("Enabled" | "Disabled") => Ok(()),
        _ => Err("it is \"Enabled\" or \"Disabled\".".to_owned()),
    }
}
