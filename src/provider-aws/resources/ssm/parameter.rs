//! `aws_ssm_parameter`: a value that machines ask for, in the clear or encrypted.

use std::collections::HashMap;

use aws_sdk_ssm::types::{
    Parameter as Told, ParameterMetadata, ParameterStringFilter, ParameterTier, ParameterType,
    ResourceTypeForTagging, Tag,
};
use lang::Value;
use provider::{Attribute, Schema};

use crate::client::Place;
use crate::kind::{Answer, Attributes, Awaited, Kind, Tagging, named};
use crate::managed::one_by_one;
use crate::object::Object;
use crate::plan::Plan;
use crate::schema::{flag, needed, text};
use crate::tags::{Mark, Tags};

pub(crate) struct Parameter;

/// How many values one call gives.
const VALUES: usize = 10;
/// How many descriptions one page holds.
const PAGE: i32 = 50;

pub(crate) struct Seen {
    told: Told,
    about: Option<ParameterMetadata>,
    tags: Tags,
}

/// A change of one of these makes a new version.
const VERSIONED: &[&str] =
    &["allowed_pattern", "description", "insecure_value", "key_id", "tier", "type", "value"];

impl Kind for Parameter {
    const NAME: &'static str = "aws_ssm_parameter";
    const UNIQUE: &'static [&'static str] = &["region", "name"];
    /// As many as a filter takes.
    const BATCH: usize = 50;
    const TAGGING: Tagging = Tagging::Own;
    const IMPORT_ID: &'static str = "/path/of/parameter";
    /// A key that was made a moment ago is not known everywhere.
    const AWAITED: Awaited = &[("InvalidKeyId", "")];
    type Seen = Seen;

    fn schema() -> Schema {
        let own = || text().or_computed();
        Schema::new([
            ("allowed_pattern", text()),
            ("arn", own()),
            ("data_type", own()),
            ("description", text()),
            ("insecure_value", own().recomputed_with(&["type", "value"])),
            ("key_id", own()),
            ("name", needed().forces_replacement().validated(name)),
            ("overwrite", flag()),
            ("tier", text().default(Value::string("Standard"))),
            ("type", needed().validated(kind)),
            ("value", own().sensitive().recomputed_with(&["insecure_value"])),
            ("version", Attribute::computed(lang::Type::Number).recomputed_with(VERSIONED)),
        ])
        .describe("A value that machines ask for, in the clear or encrypted.")
    }

    fn plan(plan: &mut Plan<'_>) {
        plan.needs_one_of(&["insecure_value", "value"]);
        let Some(name) = plan.object.owned("name") else { return };
        plan.knows("id", Some(Value::text(&name)));
        let arn = plan.arn("ssm", &format!("parameter/{}", name.trim_start_matches('/')));
        plan.knows("arn", arn);
    }

    /// Values are told of ten at a time, descriptions of fifty, tags of one.
    async fn fetch(place: &Place, wanted: &[Object]) -> Answer<Vec<Seen>> {
        let (values, about) =
            futures::try_join!(values(place, wanted), descriptions(place, wanted))?;
        let tags = one_by_one(wanted, |parameter| async {
            Ok((parameter.id().to_owned(), tags(place, parameter.id()).await?))
        })
        .await?;
        let mut about: HashMap<_, _> = about.into_iter().map(|a| (a.name.clone(), a)).collect();
        let mut tags: HashMap<String, Tags> = tags.into_iter().collect();
        let seen = values.into_iter().filter_map(|told| {
            // Without tags it was deleted a moment ago, or made a moment ago.
            let tags = tags.remove(told.name()?)?;
            Some(Seen { about: about.remove(&told.name), told, tags })
        });
        Ok(seen.collect())
    }

    fn key(seen: &Seen) -> String {
        seen.told.name().unwrap_or_default().to_owned()
    }

    fn observe(_place: &Place, seen: &Seen, object: &mut Object) {
        let told = &seen.told;
        let secret = told.r#type() == Some(&ParameterType::SecureString);
        object.set_text("arn", told.arn());
        object.set_text("data_type", told.data_type());
        object.set_text("insecure_value", told.value().filter(|_| !secret));
        object.set_text("name", told.name());
        object.set_text("type", told.r#type().map(ParameterType::as_str));
        object.set_text("value", told.value());
        object.set_number("version", Some(told.version()));
        if let Some(value) = object.get("value").cloned() {
            object.set("value", value.sensitive());
        }
        let Some(about) = &seen.about else { return };
        object.set_text("allowed_pattern", about.allowed_pattern().filter(|p| !p.is_empty()));
        object.set_text("description", about.description().filter(|words| !words.is_empty()));
        object.set_text("key_id", about.key_id());
        if let Some(tier) = about.tier() {
            object.set_text("tier", Some(tier.as_str()));
        }
    }

    fn tags(seen: &Seen) -> Option<Tags> {
        Some(seen.tags.clone())
    }

    async fn create(place: &Place, planned: &Object, mark: &Mark) -> Answer<String> {
        let mut call = put(place, planned);
        for (key, value) in mark.tags(planned) {
            call = call.tags(Tag::builder().key(key).value(value).build()?);
        }
        call.overwrite(false).send().await?;
        Ok(planned.word("name").to_owned())
    }

    async fn configure(place: &Place, now: &mut Object, prior: Option<&Object>) -> Answer<()> {
        let changed = |prior: &Object| {
            VERSIONED.iter().any(|name| now.has(name) && now.get(name) != prior.get(name))
                || now.text("description") != prior.text("description")
        };
        if prior.is_some_and(changed) {
            // What is left out of an overwrite stays: a description goes by being empty.
            let words = now.owned("description").unwrap_or_default();
            put(place, now).overwrite(true).description(words).send().await?;
        }
        Ok(())
    }

    async fn delete(place: &Place, prior: &Object) -> Answer<()> {
        place.ssm().delete_parameter().name(prior.id()).send().await?;
        Ok(())
    }

    fn natural_id(planned: &Object) -> Option<String> {
        planned.owned("name")
    }

    async fn retag(place: &Place, object: &Object, set: &Tags, gone: &[String]) -> Answer<()> {
        let kind = ResourceTypeForTagging::Parameter;
        if !gone.is_empty() {
            let call = place.ssm().remove_tags_from_resource().resource_type(kind.clone());
            call.resource_id(object.id()).set_tag_keys(Some(gone.to_vec())).send().await?;
        }
        if !set.is_empty() {
            let mut call = place.ssm().add_tags_to_resource().resource_type(kind);
            for (key, value) in set {
                call = call.tags(Tag::builder().key(key).value(value).build()?);
            }
            call.resource_id(object.id()).send().await?;
        }
        Ok(())
    }

    fn imported(id: &str) -> Option<Attributes> {
        named(id, name, &["id", "name"])
    }
}

fn names(wanted: &[Object]) -> Vec<String> {
    wanted.iter().map(|parameter| parameter.id().to_owned()).collect()
}

async fn values(place: &Place, wanted: &[Object]) -> Answer<Vec<Told>> {
    let mut values = Vec::new();
    for some in wanted.chunks(VALUES) {
        let call = place.ssm().get_parameters().set_names(Some(names(some)));
        values.extend(call.with_decryption(true).send().await?.parameters.unwrap_or_default());
    }
    Ok(values)
}

/// A page may be empty, and another follow: AWS filters what it has put on the page.
async fn descriptions(place: &Place, wanted: &[Object]) -> Answer<Vec<ParameterMetadata>> {
    let by_name = ParameterStringFilter::builder().key("Name").option("Equals");
    let by_name = by_name.set_values(Some(names(wanted))).build()?;
    let call = place.ssm().describe_parameters().parameter_filters(by_name).max_results(PAGE);
    let mut pages = call.into_paginator().send();
    let mut about = Vec::new();
    while let Some(page) = pages.next().await {
        about.extend(page?.parameters.unwrap_or_default());
    }
    Ok(about)
}

async fn tags(place: &Place, name: &str) -> Answer<Tags> {
    let call = place.ssm().list_tags_for_resource();
    let call = call.resource_type(ResourceTypeForTagging::Parameter).resource_id(name);
    let told = call.send().await?;
    Ok(told.tag_list().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect())
}

fn put(
    place: &Place,
    object: &Object,
) -> aws_sdk_ssm::operation::put_parameter::builders::PutParameterFluentBuilder {
    let secret = object.text("type") == Some("SecureString");
    let value = object.text("value").or_else(|| object.text("insecure_value"));
    place
        .ssm()
        .put_parameter()
        .name(object.word("name"))
        .value(value.unwrap_or_default())
        .set_type(object.text("type").map(ParameterType::from))
        .set_allowed_pattern(object.owned("allowed_pattern"))
        .set_data_type(object.owned("data_type"))
        .set_description(object.owned("description"))
        .set_key_id(object.owned("key_id").filter(|_| secret))
        .set_tier(object.text("tier").map(ParameterTier::from))
}

fn name(value: &Value) -> Result<(), String> {
    let name = value.as_str().unwrap_or_default();
    let fits = |c: char| c.is_ascii_alphanumeric() || "_.-/".contains(c);
    if name.is_empty() || name.len() > 1011 || !name.chars().all(fits) {
        return Err("a name has letters, digits and _.-/.".to_owned());
    }
    let start = name.trim_start_matches('/').to_ascii_lowercase();
    if start.starts_with("aws") || start.starts_with("ssm") {
        return Err("a name must not begin with \"aws\" or \"ssm\".".to_owned());
    }
    Ok(())
}

fn kind(value: &Value) -> Result<(), String> {
    match value.as_str() {
        Some("String" | "StringList" | "SecureString") => Ok(()),
        _ => Err("it is \"String\", \"StringList\" or \"SecureString\".".to_owned()),
    }
}
