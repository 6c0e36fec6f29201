//! `aws_ami`: an image that machines are started from.

use aws_sdk_ec2::types::{Filter, Image};
use diagnostics::Diagnostic;
use lang::Type;
use provider::{Attribute, NestedBlock, Nesting, Schema};

use super::Question;
use super::availability_zones::filter_of;
use crate::client::Place;
use crate::failure::AwsError;
use crate::object::Object;
use crate::resources::ec2::tags_of;
use crate::schema::{flag, given, needed, text};

pub(crate) struct Ami;

impl Question for Ami {
    const NAME: &'static str = "aws_ami";

    fn schema() -> Schema {
        let list = || Attribute::optional(Type::list(Type::String));
        let values = Attribute::required(Type::set(Type::String));
        let filter = Schema::new([("name", needed()), ("values", values)]);
        Schema::new([
            ("architecture", given()),
            ("arn", given()),
            ("creation_date", given()),
            ("deprecation_time", given()),
            ("description", given()),
            ("ena_support", Attribute::computed(Type::Bool)),
            ("executable_users", list()),
            ("hypervisor", given()),
            ("image_id", given()),
            ("image_location", given()),
            ("image_owner_alias", given()),
            ("image_type", given()),
            ("imds_support", given()),
            ("include_deprecated", flag()),
            ("most_recent", flag()),
            ("name", given()),
            ("name_regex", text()),
            ("owner_id", given()),
            ("owners", list()),
            ("platform_details", given()),
            ("public", Attribute::computed(Type::Bool)),
            ("root_device_name", given()),
            ("root_device_type", given()),
            ("state", given()),
            ("tags", Attribute::optional(Type::map(Type::String)).or_computed()),
            ("virtualization_type", given()),
        ])
        .block("filter", NestedBlock::new(Nesting::Set, filter))
        .describe("An image that machines are started from.")
    }

    async fn ask(place: &Place, mut asked: Object) -> Result<Object, Diagnostic> {
        let filters: Vec<Filter> = asked.blocks("filter").iter().map(filter_of).collect();
        let list = |name: &str| Some(asked.texts(name)).filter(|texts| !texts.is_empty());
        let call = place
            .ec2()
            .describe_images()
            .set_owners(list("owners"))
            .set_executable_users(list("executable_users"))
            .set_include_deprecated(asked.flag("include_deprecated"))
            .set_filters(Some(filters).filter(|filters| !filters.is_empty()));
        let answer = call.send().await.map_err(AwsError::from)?;
        let mut images = answer.images.unwrap_or_default();
        if let Some(pattern) = asked.text("name_regex") {
            let pattern = regex::Regex::new(pattern).map_err(|error| {
                let detail = format!("Invalid value for \"name_regex\": {error}.");
                Diagnostic::error("Invalid value", detail)
            })?;
            images.retain(|image| pattern.is_match(image.name().unwrap_or_default()));
        }
        images.sort_by(|a, b| b.creation_date().cmp(&a.creation_date()));
        let image = choose(&images, asked.is_on("most_recent"))?;
        describe(place, image, &mut asked);
        Ok(asked)
    }
}

fn choose(images: &[Image], most_recent: bool) -> Result<&Image, Diagnostic> {
    match images {
        [] => Err(Diagnostic::error("No image found", "No image fits all that is asked for.")
            .hint("Ask for less: check owners, filter and name_regex.")),
        [_, _, ..] if !most_recent => {
            let detail = format!("{} images fit all that is asked for.", images.len());
            Err(Diagnostic::error("More than one image found", detail)
                .hint("Ask for more, or set most_recent to true."))
        }
        [image, ..] => Ok(image),
    }
}

fn describe(place: &Place, image: &Image, found: &mut Object) {
    let id = image.image_id();
    let arn = place.arn("ec2", Some(""), &format!("image/{}", id.unwrap_or_default()));
    let texts = [
        ("architecture", image.architecture().map(|a| a.as_str())),
        ("arn", Some(arn.as_str())),
        ("creation_date", image.creation_date()),
        ("deprecation_time", image.deprecation_time()),
        ("description", image.description()),
        ("hypervisor", image.hypervisor().map(|h| h.as_str())),
        ("id", id),
        ("image_id", id),
        ("image_location", image.image_location()),
        ("image_owner_alias", image.image_owner_alias()),
        ("image_type", image.image_type().map(|t| t.as_str())),
        ("imds_support", image.imds_support().map(|s| s.as_str())),
        ("name", image.name()),
        ("owner_id", image.owner_id()),
        ("platform_details", image.platform_details()),
        ("root_device_name", image.root_device_name()),
        ("root_device_type", image.root_device_type().map(|t| t.as_str())),
        ("state", image.state().map(|s| s.as_str())),
        ("virtualization_type", image.virtualization_type().map(|t| t.as_str())),
    ];
    for (name, text) in texts {
        found.set_text(name, text);
    }
    found.set_flag("ena_support", image.ena_support());
    found.set_flag("public", image.public());
    found.set_pairs("tags", &tags_of(image.tags()));
}
