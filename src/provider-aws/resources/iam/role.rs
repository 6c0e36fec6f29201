//! `aws_iam_role`: permissions that somebody or something takes on.

use aws_sdk_iam::types;
use lang::{Type, Value};
use provider::{Attribute, Schema};

use super::{decoded, name, tag_list, tags_of};
use crate::client::Place;
use crate::failure::AwsError;
use crate::json::{observe_policy, same_policy};
use crate::kind::{Answer, Attributes, Awaited, Kind, Tagging, named};
use crate::managed::one_by_one;
use crate::object::Object;
use crate::plan::Plan;
use crate::schema::{given, json, needed, switch, text};
use crate::tags::{Mark, Tags};

pub(crate) struct Role;

impl Kind for Role {
    const NAME: &'static str = "aws_iam_role";
    const UNIQUE: &'static [&'static str] = &["name"];
    const GLOBAL: bool = true;
    const TAGGING: Tagging = Tagging::Own;
    /// As many as there are: two calls tell of all of an account.
    const BATCH: usize = usize::MAX;
    const IMPORT_ID: &'static str = "my-role";
    /// A principal that was made a moment ago is not known everywhere.
    const AWAITED: Awaited = &[("MalformedPolicyDocument", "Invalid principal")];
    type Seen = types::Role;

    fn schema() -> Schema {
        let fixed = || text().or_computed().forces_replacement();
        let duration = Attribute::optional(Type::Number).default(Value::int(3600));
        Schema::new([
            ("arn", given()),
            ("assume_role_policy", needed().validated(json).same_when(same_policy)),
            ("create_date", given()),
            ("description", text()),
            ("force_detach_policies", switch(false)),
            ("max_session_duration", duration),
            ("name", fixed().validated(name)),
            ("name_prefix", fixed()),
            ("path", text().default(Value::string("/")).forces_replacement()),
            ("permissions_boundary", text()),
            ("unique_id", given()),
        ])
        .describe("Permissions that somebody or something takes on.")
    }

    fn plan(plan: &mut Plan<'_>) {
        plan.settle_name("name", "name_prefix");
        let Some(name) = plan.object.owned("name") else { return };
        plan.knows("id", Some(Value::text(&name)));
        if let Some(path) = plan.object.owned("path") {
            let arn = plan.global_arn("iam", &format!("role{path}{name}"));
            plan.knows("arn", arn);
        }
    }

    async fn fetch(place: &Place, wanted: &[Object]) -> Answer<Vec<types::Role>> {
        if let Some(all) = super::where_many(wanted, all(place)).await? {
            return Ok(all);
        }
        one_by_one(wanted, |role| async {
            let told = place.iam().get_role().role_name(role.id()).send().await?.role;
            told.ok_or_else(|| AwsError::refused("iam:GetRole", "NoSuchEntity", "no role"))
        })
        .await
    }

    fn key(role: &types::Role) -> String {
        role.role_name().to_owned()
    }

    fn observe(_place: &Place, role: &types::Role, object: &mut Object) {
        object.set_text("arn", Some(role.arn()));
        let policy = role.assume_role_policy_document().map(decoded);
        observe_policy(object, "assume_role_policy", policy.as_deref());
        object.set_text("create_date", Some(&role.create_date().to_string()));
        object.set_text("description", role.description().filter(|words| !words.is_empty()));
        object.set_number("max_session_duration", role.max_session_duration().or(Some(3600)));
        object.set_text("name", Some(role.role_name()));
        object.set_text("path", Some(role.path()));
        let boundary = role.permissions_boundary().and_then(|b| b.permissions_boundary_arn());
        object.set_text("permissions_boundary", boundary);
        object.set_text("unique_id", Some(role.role_id()));
    }

    fn tags(role: &types::Role) -> Option<Tags> {
        Some(tags_of(role.tags()))
    }

    async fn create(place: &Place, planned: &Object, mark: &Mark) -> Answer<String> {
        let call = place
            .iam()
            .create_role()
            .role_name(planned.word("name"))
            .assume_role_policy_document(planned.word("assume_role_policy"))
            .set_description(planned.owned("description"))
            .set_max_session_duration(planned.small("max_session_duration"))
            .set_path(planned.owned("path"))
            .set_permissions_boundary(planned.owned("permissions_boundary"))
            .set_tags(Some(tag_list(&mark.tags(planned))?));
        call.send().await?;
        Ok(planned.word("name").to_owned())
    }

    async fn configure(place: &Place, now: &mut Object, prior: Option<&Object>) -> Answer<()> {
        let Some(prior) = prior else { return Ok(()) };
        let (iam, name) = (place.iam(), now.id());
        let changed = |attribute: &str| now.get(attribute) != prior.get(attribute);
        if changed("assume_role_policy") {
            let policy = now.word("assume_role_policy");
            iam.update_assume_role_policy().role_name(name).policy_document(policy).send().await?;
        }
        if changed("description") || changed("max_session_duration") {
            let call = iam.update_role().role_name(name).description(now.word("description"));
            call.set_max_session_duration(now.small("max_session_duration")).send().await?;
        }
        match now.text("permissions_boundary") {
            Some(boundary) if changed("permissions_boundary") => {
                let call = iam.put_role_permissions_boundary().role_name(name);
                call.permissions_boundary(boundary).send().await?;
            }
            None if prior.has("permissions_boundary") => {
                iam.delete_role_permissions_boundary().role_name(name).send().await?;
            }
            _ => {}
        }
        Ok(())
    }

    async fn delete(place: &Place, prior: &Object) -> Answer<()> {
        if prior.is_on("force_detach_policies") {
            detach_policies(place, prior.id()).await?;
        }
        place.iam().delete_role().role_name(prior.id()).send().await?;
        Ok(())
    }

    fn natural_id(planned: &Object) -> Option<String> {
        planned.owned("name")
    }

    async fn retag(place: &Place, object: &Object, set: &Tags, gone: &[String]) -> Answer<()> {
        if !gone.is_empty() {
            let call = place.iam().untag_role().role_name(object.id());
            call.set_tag_keys(Some(gone.to_vec())).send().await?;
        }
        if !set.is_empty() {
            let call = place.iam().tag_role().role_name(object.id());
            call.set_tags(Some(tag_list(set)?)).send().await?;
        }
        Ok(())
    }

    fn imported(id: &str) -> Option<Attributes> {
        named(id, name, &["id", "name"])
    }
}

/// Every role of the account: one listing knows description and duration, the other boundary and tags.
async fn all(place: &Place) -> Answer<Vec<types::Role>> {
    let listed = async {
        let pages = place.iam().list_roles().max_items(super::PAGE).into_paginator();
        Ok::<_, AwsError>(pages.items().send().collect::<Result<Vec<_>, _>>().await?)
    };
    let (mut roles, details) = futures::try_join!(listed, super::details(place))?;
    for role in &mut roles {
        let detail = details.iter().find(|detail| detail.role_id() == Some(role.role_id()));
        role.permissions_boundary = detail.and_then(|detail| detail.permissions_boundary.clone());
        role.tags = detail.and_then(|detail| detail.tags.clone());
    }
    Ok(roles)
}

/// Takes from a role what would keep it from going. What somebody else takes from it meanwhile is no error, and
/// says nothing about the role itself.
async fn detach_policies(place: &Place, role: &str) -> Answer<()> {
    let gone = |error: AwsError| if error.is_not_found() { Ok(()) } else { Err(error) };
    let attached = place.iam().list_attached_role_policies().role_name(role).into_paginator();
    for policy in attached.items().send().collect::<Result<Vec<_>, _>>().await? {
        let call = place.iam().detach_role_policy().role_name(role);
        let call = call.set_policy_arn(policy.policy_arn).send().await;
        call.map(drop).map_err(AwsError::from).or_else(gone)?;
    }
    let inline = place.iam().list_role_policies().role_name(role).into_paginator();
    for policy in inline.items().send().collect::<Result<Vec<_>, _>>().await? {
        let call = place.iam().delete_role_policy().role_name(role).policy_name(policy);
        call.send().await.map(drop).map_err(AwsError::from).or_else(gone)?;
    }
    Ok(())
}
