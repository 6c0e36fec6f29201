//! `aws_kms_key`: a key that never leaves AWS.

use aws_sdk_kms::types::{KeyMetadata, KeySpec, KeyState, KeyUsageType, Tag};
use lang::Value;
use provider::Schema;

use crate::client::Place;
use crate::failure::AwsError;
use crate::json::{observe_policy, same_policy};
use crate::kind::{Answer, Attributes, Awaited, Kind, Progress, Tagging, Trace};
use crate::managed::one_by_one;
use crate::object::Object;
use crate::schema::{flag, given, json, number, switch, text};
use crate::tags::{Mark, Tags};

pub(crate) struct Key;

pub(crate) struct Seen {
    about: KeyMetadata,
    policy: Option<String>,
    /// Whether it is renewed by itself, and every how many days.
    rotation: (bool, Option<i32>),
    tags: Tags,
}

const SPEC: &str = "customer_master_key_spec";
/// The most keys that one page of a listing holds.
const PAGE: i32 = 1000;
/// What KMS answers where it is asked for the rotation of a key that has none.
const UNROTATED: [&str; 2] = ["UnsupportedOperationException", "KMSInvalidStateException"];

impl Kind for Key {
    const NAME: &'static str = "aws_kms_key";
    const TAGGING: Tagging = Tagging::Own;
    const IMPORT_ID: &'static str = "01234567-89ab-cdef-0123-456789abcdef";
    /// A principal that was made a moment ago is not known everywhere.
    const AWAITED: Awaited = &[("MalformedPolicyDocumentException", "")];
    type Seen = Seen;

    fn schema() -> Schema {
        let fixed = |value: &'static str| text().default(Value::string(value)).forces_replacement();
        Schema::new([
            ("arn", given()),
            ("bypass_policy_lockout_safety_check", switch(false)),
            (SPEC, fixed("SYMMETRIC_DEFAULT")),
            ("deletion_window_in_days", number().validated(window)),
            ("description", text().or_computed()),
            ("enable_key_rotation", switch(false)),
            ("is_enabled", switch(true)),
            ("key_id", given()),
            ("key_usage", fixed("ENCRYPT_DECRYPT")),
            ("multi_region", flag().or_computed().forces_replacement()),
            ("policy", text().or_computed().validated(json).same_when(same_policy)),
            ("rotation_period_in_days", number().or_computed()),
        ])
        .describe("A key that never leaves AWS.")
    }

    /// KMS tells of one key at a time, and its policy, rotation and tags by calls of their own.
    async fn fetch(place: &Place, wanted: &[Object]) -> Answer<Vec<Seen>> {
        one_by_one(wanted, |key| look(place, key)).await
    }

    fn key(seen: &Seen) -> String {
        seen.about.key_id().to_owned()
    }

    fn progress(seen: &Seen) -> Progress {
        match seen.about.key_state() {
            Some(KeyState::PendingDeletion | KeyState::PendingReplicaDeletion) => Progress::Gone,
            Some(state @ (KeyState::Creating | KeyState::Updating)) => {
                Progress::Pending(state.as_str().to_owned())
            }
            _ => Progress::Ready,
        }
    }

    fn observe(_place: &Place, seen: &Seen, object: &mut Object) {
        let about = &seen.about;
        object.set_text("arn", about.arn());
        object.set_text(SPEC, about.key_spec().map(KeySpec::as_str));
        object.set_text("description", Some(about.description().unwrap_or_default()));
        object.set_flag("enable_key_rotation", Some(seen.rotation.0));
        object.set_flag("is_enabled", Some(about.enabled()));
        object.set_text("key_id", Some(about.key_id()));
        object.set_text("key_usage", about.key_usage().map(KeyUsageType::as_str));
        object.set_flag("multi_region", Some(about.multi_region().unwrap_or(false)));
        observe_policy(object, "policy", seen.policy.as_deref());
        if let Some(days) = seen.rotation.1 {
            object.set_number("rotation_period_in_days", Some(days));
        }
    }

    fn tags(seen: &Seen) -> Option<Tags> {
        Some(seen.tags.clone())
    }

    async fn create(place: &Place, planned: &Object, mark: &Mark) -> Answer<String> {
        let mut call = place
            .kms()
            .create_key()
            .set_description(planned.owned("description"))
            .set_key_spec(planned.text(SPEC).map(KeySpec::from))
            .set_key_usage(planned.text("key_usage").map(KeyUsageType::from))
            .set_multi_region(planned.flag("multi_region"))
            .set_policy(planned.owned("policy"))
            .bypass_policy_lockout_safety_check(
                planned.is_on("bypass_policy_lockout_safety_check"),
            );
        for (key, value) in mark.tags(planned) {
            call = call.tags(Tag::builder().tag_key(key).tag_value(value).build()?);
        }
        let made = call.send().await?.key_metadata;
        Ok(made.map(|about| about.key_id).unwrap_or_default())
    }

    async fn configure(place: &Place, now: &mut Object, prior: Option<&Object>) -> Answer<()> {
        let (kms, id) = (place.kms(), now.id());
        let was = |name: &str, new: bool| prior.map_or(new, |prior| prior.is_on(name));
        // A disabled key can be changed in no other way: it is enabled first and disabled last.
        if now.is_on("is_enabled") && !was("is_enabled", true) {
            kms.enable_key().key_id(id).send().await?;
        }
        let rotates = now.is_on("enable_key_rotation");
        let days = now.small("rotation_period_in_days");
        let same_days = prior.is_none_or(|prior| days == prior.small("rotation_period_in_days"));
        if rotates && !(was("enable_key_rotation", false) && same_days) {
            let call = kms.enable_key_rotation().key_id(id).set_rotation_period_in_days(days);
            call.send().await?;
        } else if !rotates && was("enable_key_rotation", false) {
            kms.disable_key_rotation().key_id(id).send().await?;
        }
        if let Some(prior) = prior {
            let changed = |name: &str| now.has(name) && now.get(name) != prior.get(name);
            if changed("description") {
                let words = now.word("description");
                kms.update_key_description().key_id(id).description(words).send().await?;
            }
            if changed("policy") {
                kms.put_key_policy().key_id(id).policy(now.word("policy")).send().await?;
            }
        }
        if !now.is_on("is_enabled") && was("is_enabled", true) {
            kms.disable_key().key_id(id).send().await?;
        }
        Ok(())
    }

    async fn delete(place: &Place, prior: &Object) -> Answer<()> {
        let days = prior.small("deletion_window_in_days").unwrap_or(30);
        let call = place.kms().schedule_key_deletion().key_id(prior.id());
        match call.pending_window_in_days(days).send().await.map_err(AwsError::from) {
            // It is scheduled already.
            Err(error) if error.code == "KMSInvalidStateException" => Ok(()),
            result => result.map(drop),
        }
    }

    /// Keys have neither names nor a search by tags: all are looked at, once after a crash.
    async fn find(place: &Place, _planned: &Object, trace: &Trace) -> Answer<Option<String>> {
        let mut pages = place.kms().list_keys().limit(PAGE).into_paginator().send();
        while let Some(page) = pages.next().await {
            for key in page?.keys() {
                let id = key.key_id().unwrap_or_default();
                // Keys of AWS itself cannot be asked for their tags.
                let tags = match tags(place, id).await {
                    Err(error) if error.is_without_effect() && !error.may_pass() => continue,
                    tags => tags?,
                };
                if trace.mark.is_on(&tags) {
                    return Ok(Some(id.to_owned()));
                }
            }
        }
        Ok(None)
    }

    /// The id, also of a key for several regions, or the ARN.
    fn imported(id: &str) -> Option<Attributes> {
        let id = id.rsplit_once(":key/").map_or(id, |(_, id)| id);
        let digits = id.strip_prefix("mrk-").unwrap_or(id);
        let fits = digits.len() >= 32 && digits.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
        fits.then(|| vec![("id", id.to_owned())])
    }

    async fn retag(place: &Place, object: &Object, set: &Tags, gone: &[String]) -> Answer<()> {
        if !gone.is_empty() {
            let call = place.kms().untag_resource().key_id(object.id());
            call.set_tag_keys(Some(gone.to_vec())).send().await?;
        }
        if !set.is_empty() {
            let mut call = place.kms().tag_resource().key_id(object.id());
            for (key, value) in set {
                call = call.tags(Tag::builder().tag_key(key).tag_value(value).build()?);
            }
            call.send().await?;
        }
        Ok(())
    }
}

/// All about a key, told by four calls at once.
async fn look(place: &Place, key: &Object) -> Answer<Seen> {
    let (kms, id) = (place.kms(), key.id());
    // Other keys have nothing to be renewed by, and KMS refuses to speak of it.
    let is_symmetric = key.text(SPEC).is_none_or(|spec| spec == "SYMMETRIC_DEFAULT");
    let (about, policy, rotation, tags) = futures::try_join!(
        async { Ok::<_, AwsError>(kms.describe_key().key_id(id).send().await?.key_metadata) },
        async {
            let call = kms.get_key_policy().key_id(id).policy_name("default");
            Ok(call.send().await?.policy)
        },
        async { if is_symmetric { rotation(place, id).await } else { Ok((false, None)) } },
        tags(place, id),
    )?;
    let gone = || AwsError::refused("kms:DescribeKey", "NotFoundException", "no key");
    Ok(Seen { about: about.ok_or_else(gone)?, policy, rotation, tags })
}

/// Whether a key is renewed by itself, and every how many days.
async fn rotation(place: &Place, id: &str) -> Answer<(bool, Option<i32>)> {
    let told = place.kms().get_key_rotation_status().key_id(id).send().await;
    match told.map_err(AwsError::from) {
        Ok(told) => Ok((told.key_rotation_enabled(), told.rotation_period_in_days())),
        // A key of another kind, or one that waits for its deletion.
        Err(error) if UNROTATED.contains(&error.code.as_str()) => Ok((false, None)),
        Err(error) => Err(error),
    }
}

async fn tags(place: &Place, id: &str) -> Answer<Tags> {
    let told = place.kms().list_resource_tags().key_id(id).send().await?;
    let tag = |tag: &Tag| (tag.tag_key().to_owned(), tag.tag_value().to_owned());
    Ok(told.tags().iter().map(tag).collect())
}

fn window(value: &Value) -> Result<(), String> {
    match value.as_i64() {
        Some(7..=30) => Ok(()),
        _ => Err("it is from 7 to 30 days.".to_owned()),
    }
}
