//! `aws_kms_alias`: a name for a key.

use aws_sdk_kms::types::AliasListEntry;
use lang::Value;
use provider::{Attribute, Schema};

use crate::client::Place;
use crate::kind::{Answer, Attributes, Kind, named};
use crate::object::Object;
use crate::plan::Plan;
use crate::schema::{given, text};
use crate::tags::Mark;

pub(crate) struct Alias;

/// The most aliases that one page of a listing holds.
const PAGE: i32 = 100;

impl Kind for Alias {
    const NAME: &'static str = "aws_kms_alias";
    const UNIQUE: &'static [&'static str] = &["region", "name"];
    /// They are listed, all together.
    const BATCH: usize = usize::MAX;
    const IMPORT_ID: &'static str = "alias/my-key";
    type Seen = AliasListEntry;

    fn schema() -> Schema {
        let fixed = || text().or_computed().forces_replacement();
        let target = Attribute::required(lang::Type::String).same_when(same_key);
        Schema::new([
            ("arn", given()),
            ("name", fixed().validated(name)),
            ("name_prefix", fixed()),
            ("target_key_arn", given().recomputed_with(&["target_key_id"])),
            ("target_key_id", target),
        ])
        .describe("A name for a key.")
    }

    fn plan(plan: &mut Plan<'_>) {
        if !plan.is_set("name") && !plan.is_set("name_prefix") {
            plan.refuse("name", "it has to be set, or name_prefix.");
        }
        plan.settle_name("name", "name_prefix");
        let Some(name) = plan.object.owned("name") else { return };
        plan.knows("id", Some(Value::text(&name)));
        let arn = plan.arn("kms", &name);
        plan.knows("arn", arn);
    }

    async fn fetch(place: &Place, _wanted: &[Object]) -> Answer<Vec<AliasListEntry>> {
        let mut pages = place.kms().list_aliases().limit(PAGE).into_paginator().send();
        let mut all = Vec::new();
        while let Some(page) = pages.next().await {
            all.extend(page?.aliases.unwrap_or_default());
        }
        Ok(all)
    }

    fn key(alias: &AliasListEntry) -> String {
        alias.alias_name().unwrap_or_default().to_owned()
    }

    fn observe(place: &Place, alias: &AliasListEntry, object: &mut Object) {
        object.set_text("arn", alias.alias_arn());
        object.set_text("name", alias.alias_name());
        let key = alias.target_key_id().unwrap_or_default();
        object.set_text("target_key_arn", Some(&place.arn("kms", None, &format!("key/{key}"))));
        let seen = Value::text(key);
        if !object.get("target_key_id").is_some_and(|recorded| same_key(recorded, &seen)) {
            object.set("target_key_id", seen);
        }
    }

    async fn create(place: &Place, planned: &Object, _mark: &Mark) -> Answer<String> {
        let name = planned.word("name");
        let call = place.kms().create_alias().alias_name(name);
        call.target_key_id(planned.word("target_key_id")).send().await?;
        Ok(name.to_owned())
    }

    async fn configure(place: &Place, now: &mut Object, prior: Option<&Object>) -> Answer<()> {
        let key = now.word("target_key_id");
        if prior.is_some_and(|prior| prior.text("target_key_id") != Some(key)) {
            place.kms().update_alias().alias_name(now.id()).target_key_id(key).send().await?;
        }
        Ok(())
    }

    async fn delete(place: &Place, prior: &Object) -> Answer<()> {
        place.kms().delete_alias().alias_name(prior.id()).send().await?;
        Ok(())
    }

    fn natural_id(planned: &Object) -> Option<String> {
        planned.owned("name")
    }

    fn imported(id: &str) -> Option<Attributes> {
        named(id, name, &["id", "name"])
    }
}

/// A key is named by its id or by its ARN, which ends in it.
fn same_key(a: &Value, b: &Value) -> bool {
    let id = |value: &Value| {
        let text = value.as_str()?;
        Some(text.rsplit('/').next().unwrap_or(text).to_owned())
    };
    id(a).is_some() && id(a) == id(b)
}

fn name(value: &Value) -> Result<(), String> {
    let name = value.as_str().unwrap_or_default();
    let rest = name.strip_prefix("alias/").unwrap_or_default();
    let fits = |c: char| c.is_ascii_alphanumeric() || "/_-".contains(c);
    if rest.is_empty() || rest.starts_with("aws/") || !rest.chars().all(fits) {
        return Err(
            "a name is \"alias/\" and letters, digits and /_-, but not \"alias/aws/\".".to_owned()
        );
    }
    Ok(())
}
