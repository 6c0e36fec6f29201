//! `aws_security_group`: who may speak with what is in the group.

use aws_sdk_ec2::types;
use lang::{Type, Value};
use provider::{Attribute, NestedBlock, Nesting, Schema};

use super::{FILTER_VALUES, by_id, tagged, tags_of};
use crate::client::Place;
use crate::failure::AwsError;
use crate::kind::{Answer, Kind, Tagging};
use crate::object::Object;
use crate::schema::{given, switch, text};
use crate::tags::{Mark, Tags};

mod rules;

use rules::Direction;

pub(crate) struct SecurityGroup;

impl Kind for SecurityGroup {
    const NAME: &'static str = "aws_security_group";
    const UNIQUE: &'static [&'static str] = &["vpc_id", "name"];
    const BATCH: usize = FILTER_VALUES;
    const TAGGING: Tagging = Tagging::Ec2;
    const IMPORT_ID: &'static str = "sg-0123456789abcdef0";
    type Seen = types::SecurityGroup;

    fn schema() -> Schema {
        let fixed = || text().or_computed().forces_replacement();
        let description = text().default(Value::string("Managed by Terraform"));
        let rules = || NestedBlock::new(Nesting::Set, rules::schema());
        Schema::new([
            ("arn", given()),
            ("description", description.forces_replacement().validated(words)),
            ("name", fixed().validated(name)),
            ("name_prefix", fixed()),
            ("owner_id", given()),
            ("revoke_rules_on_delete", switch(false)),
            ("vpc_id", Attribute::optional(Type::String).or_computed().forces_replacement()),
        ])
        .block("egress", rules())
        .block("ingress", rules())
        .describe("Who may speak with what is in the group.")
    }

    fn plan(plan: &mut crate::plan::Plan<'_>) {
        plan.settle_name("name", "name_prefix");
    }

    async fn fetch(place: &Place, wanted: &[Object]) -> Answer<Vec<types::SecurityGroup>> {
        let ids = by_id("group-id", wanted);
        let pages = place.ec2().describe_security_groups().filters(ids).into_paginator();
        Ok(pages.items().send().collect::<Result<_, _>>().await?)
    }

    fn key(group: &types::SecurityGroup) -> String {
        group.group_id().unwrap_or_default().to_owned()
    }

    fn observe(place: &Place, group: &types::SecurityGroup, object: &mut Object) {
        let owner = group.owner_id();
        let name = format!("security-group/{}", Self::key(group));
        object.set_text("arn", Some(&place.arn("ec2", owner, &name)));
        object.set_text("description", group.description());
        object.set_text("name", group.group_name());
        object.set_text("owner_id", owner);
        object.set_text("vpc_id", group.vpc_id());
        rules::observe(object, group);
    }

    fn tags(group: &types::SecurityGroup) -> Option<Tags> {
        Some(tags_of(group.tags()))
    }

    async fn create(place: &Place, planned: &Object, mark: &Mark) -> Answer<String> {
        let call = place
            .ec2()
            .create_security_group()
            .group_name(planned.word("name"))
            .description(planned.word("description"))
            .set_vpc_id(planned.owned("vpc_id"))
            .tag_specifications(tagged(types::ResourceType::SecurityGroup, mark, planned));
        Ok(call.send().await?.group_id.unwrap_or_default())
    }

    /// A new group lets everything out; here it lets out what it is told to.
    async fn configure(place: &Place, now: &mut Object, prior: Option<&Object>) -> Answer<()> {
        let fresh;
        let prior = if let Some(prior) = prior {
            prior
        } else {
            fresh = rules::of_new_group();
            &fresh
        };
        rules::change(place, now, prior, Direction::Egress).await?;
        rules::change(place, now, prior, Direction::Ingress).await
    }

    async fn delete(place: &Place, prior: &Object) -> Answer<()> {
        if prior.is_on("revoke_rules_on_delete") {
            rules::revoke_all(place, prior).await?;
        }
        let call = place.ec2().delete_security_group().group_id(prior.id());
        call.send().await.map_err(AwsError::from).map(drop)
    }
}

fn name(value: &Value) -> Result<(), String> {
    let name = value.as_str().unwrap_or_default();
    if name.is_empty() || name.chars().count() > 255 {
        return Err("a name has 1 to 255 characters.".to_owned());
    }
    if name.starts_with("sg-") {
        return Err("a name must not begin with \"sg-\".".to_owned());
    }
    Ok(())
}

fn words(value: &Value) -> Result<(), String> {
    let words = value.as_str().unwrap_or_default();
    let fits = |c: char| c.is_ascii_alphanumeric() || " ._-:/()#,@[]+=&;{}!$*".contains(c);
    if words.is_empty() || words.len() > 255 || !words.chars().all(fits) {
        return Err(
            "a description has 1 to 255 letters, digits, blanks and ._-:/()#,@[]+=&;{}!$*."
                .to_owned(),
        );
    }
    Ok(())
}
