//! `aws_launch_template`: how a machine is started.

use std::collections::HashMap;

use aws_sdk_ec2::types;
use lang::{Type, Value};
use provider::{Attribute, Schema};

use super::{FILTER_VALUES, filter, tagged, tags_of};
use crate::client::Place;
use crate::kind::{Answer, Kind, Tagging};
use crate::object::Object;
use crate::plan::Plan;
use crate::schema::{flag, given, text};
use crate::tags::{Mark, Tags};

mod machine;

pub(crate) struct LaunchTemplate;

/// How many templates or versions one answer may hold; without saying it AWS gives as many, and others fewer.
const PAGE: i32 = 200;

pub(crate) struct Seen {
    template: types::LaunchTemplate,
    latest: Option<types::LaunchTemplateVersion>,
}

impl Kind for LaunchTemplate {
    const NAME: &'static str = "aws_launch_template";
    const UNIQUE: &'static [&'static str] = &["region", "name"];
    const BATCH: usize = FILTER_VALUES;
    const TAGGING: Tagging = Tagging::Ec2;
    const IMPORT_ID: &'static str = "lt-0123456789abcdef0";
    type Seen = Seen;

    fn schema() -> Schema {
        let fixed = || text().or_computed().forces_replacement();
        let mut schema = machine::schema();
        let own = [
            ("arn", given()),
            ("default_version", Attribute::optional(Type::Number).or_computed()),
            ("description", text()),
            (
                "latest_version",
                Attribute::computed(Type::Number).recomputed_with(machine::ATTRIBUTES),
            ),
            ("name", fixed()),
            ("name_prefix", fixed()),
            ("update_default_version", flag()),
        ];
        schema.attributes.extend(own.map(|(name, attribute)| (name.into(), attribute)));
        schema.describe("How a machine is started.")
    }

    fn plan(plan: &mut Plan<'_>) {
        plan.settle_name("name", "name_prefix");
        let changed =
            plan.prior().is_some_and(|prior| machine::differs(&Object::from(prior), &plan.object));
        if changed {
            plan.forgets("latest_version");
            if plan.object.is_on("update_default_version") && !plan.is_set("default_version") {
                plan.forgets("default_version");
            }
        }
    }

    async fn fetch(place: &Place, wanted: &[Object]) -> Answer<Vec<Seen>> {
        let names: Vec<String> =
            wanted.iter().filter_map(|template| template.owned("name")).collect();
        let ec2 = place.ec2();
        let call = ec2.describe_launch_templates();
        // There is no filter by id. What is imported has no name yet.
        let call = match names.len() == wanted.len() {
            true => call.filters(filter("launch-template-name", names)).max_results(PAGE),
            false => call
                .set_launch_template_ids(Some(wanted.iter().map(|t| t.id().to_owned()).collect())),
        };
        let templates: Vec<types::LaunchTemplate> =
            call.into_paginator().items().send().collect::<Result<_, _>>().await?;
        let mut latest = latest_versions(place, &templates).await?;
        let seen = templates.into_iter().map(|template| {
            let latest = latest.remove(template.launch_template_id().unwrap_or_default());
            Seen { template, latest }
        });
        Ok(seen.collect())
    }

    fn key(seen: &Seen) -> String {
        seen.template.launch_template_id().unwrap_or_default().to_owned()
    }

    fn observe(place: &Place, seen: &Seen, object: &mut Object) {
        let template = &seen.template;
        let name = format!("launch-template/{}", Self::key(seen));
        object.set_text("arn", Some(&place.arn("ec2", None, &name)));
        object.set_number("default_version", template.default_version_number());
        object.set_number("latest_version", template.latest_version_number());
        object.set_text("name", template.launch_template_name());
        let Some(latest) = &seen.latest else { return };
        object.set_text(
            "description",
            latest.version_description().filter(|words| !words.is_empty()),
        );
        if let Some(data) = latest.launch_template_data() {
            machine::observe(object, data);
        }
    }

    fn tags(seen: &Seen) -> Option<Tags> {
        Some(tags_of(seen.template.tags()))
    }

    async fn create(place: &Place, planned: &Object, mark: &Mark) -> Answer<String> {
        let call = place
            .ec2()
            .create_launch_template()
            .client_token(&mark.token)
            .launch_template_name(planned.word("name"))
            .set_version_description(planned.owned("description"))
            .launch_template_data(machine::request(planned))
            .tag_specifications(tagged(types::ResourceType::LaunchTemplate, mark, planned));
        let made = call.send().await?.launch_template;
        Ok(made.and_then(|template| template.launch_template_id).unwrap_or_default())
    }

    /// A change is a new version; the old ones stay.
    async fn configure(place: &Place, now: &mut Object, prior: Option<&Object>) -> Answer<()> {
        let Some(prior) = prior else { return Ok(()) };
        let mut default =
            now.number("default_version").filter(|n| Some(*n) != prior.number("default_version"));
        if machine::differs(prior, now) {
            let call = place
                .ec2()
                .create_launch_template_version()
                .launch_template_id(now.id())
                .set_version_description(now.owned("description"))
                .launch_template_data(machine::request(now));
            let made = call.send().await?.launch_template_version;
            let number = made.and_then(|version| version.version_number);
            if now.is_on("update_default_version") {
                default = number;
            }
        }
        if let Some(version) = default {
            let call = place.ec2().modify_launch_template().launch_template_id(now.id());
            call.default_version(version.to_string()).send().await?;
        }
        Ok(())
    }

    async fn delete(place: &Place, prior: &Object) -> Answer<()> {
        place.ec2().delete_launch_template().launch_template_id(prior.id()).send().await?;
        Ok(())
    }
}

/// The latest version of each template, by its id. AWS tells those of one template, or those of all that
/// there are in the region.
async fn latest_versions(
    place: &Place,
    templates: &[types::LaunchTemplate],
) -> Answer<HashMap<String, types::LaunchTemplateVersion>> {
    let call = place.ec2().describe_launch_template_versions().versions("$Latest");
    let call = match templates {
        [] => return Ok(HashMap::new()),
        [only] => call.set_launch_template_id(only.launch_template_id().map(str::to_owned)),
        _ => call.max_results(PAGE),
    };
    let versions: Vec<types::LaunchTemplateVersion> =
        call.into_paginator().items().send().collect::<Result<_, _>>().await?;
    let by_id = |version: types::LaunchTemplateVersion| {
        (version.launch_template_id().unwrap_or_default().to_owned(), version)
    };
    Ok(versions.into_iter().map(by_id).collect())
}

/// No value of this type.
fn nothing(ty: Type) -> Value {
    Value::null(ty)
}
