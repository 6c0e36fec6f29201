//! `aws_iam_instance_profile`: the role that a machine takes on.

use aws_sdk_iam::types;
use lang::Value;
use provider::Schema;

use super::{name, tag_list, tags_of};
use crate::client::Place;
use crate::failure::AwsError;
use crate::kind::{Answer, Attributes, Kind, Tagging, named};
use crate::managed::one_by_one;
use crate::object::Object;
use crate::plan::Plan;
use crate::schema::{given, text};
use crate::tags::{Mark, Tags};

pub(crate) struct InstanceProfile;

impl Kind for InstanceProfile {
    const NAME: &'static str = "aws_iam_instance_profile";
    const UNIQUE: &'static [&'static str] = &["name"];
    const GLOBAL: bool = true;
    const TAGGING: Tagging = Tagging::Own;
    const IMPORT_ID: &'static str = "my-profile";
    type Seen = types::InstanceProfile;

    fn schema() -> Schema {
        let fixed = || text().or_computed().forces_replacement();
        Schema::new([
            ("arn", given()),
            ("create_date", given()),
            ("name", fixed().validated(name)),
            ("name_prefix", fixed()),
            ("path", text().default(Value::string("/")).forces_replacement()),
            ("role", text()),
            ("unique_id", given()),
        ])
        .describe("The role that a machine takes on.")
    }

    fn plan(plan: &mut Plan<'_>) {
        plan.settle_name("name", "name_prefix");
        let Some(name) = plan.object.owned("name") else { return };
        plan.knows("id", Some(Value::text(&name)));
        if let Some(path) = plan.object.owned("path") {
            let arn = plan.global_arn("iam", &format!("instance-profile{path}{name}"));
            plan.knows("arn", arn);
        }
    }

    async fn fetch(place: &Place, wanted: &[Object]) -> Answer<Vec<types::InstanceProfile>> {
        one_by_one(wanted, |profile| async {
            let call = place.iam().get_instance_profile().instance_profile_name(profile.id());
            let gone = || AwsError::refused("iam:GetInstanceProfile", "NoSuchEntity", "no profile");
            call.send().await?.instance_profile.ok_or_else(gone)
        })
        .await
    }

    fn key(profile: &types::InstanceProfile) -> String {
        profile.instance_profile_name().to_owned()
    }

    fn observe(_place: &Place, profile: &types::InstanceProfile, object: &mut Object) {
        object.set_text("arn", Some(profile.arn()));
        object.set_text("create_date", Some(&profile.create_date().to_string()));
        object.set_text("name", Some(profile.instance_profile_name()));
        object.set_text("path", Some(profile.path()));
        object.set_text("role", profile.roles().first().map(types::Role::role_name));
        object.set_text("unique_id", Some(profile.instance_profile_id()));
    }

    fn tags(profile: &types::InstanceProfile) -> Option<Tags> {
        Some(tags_of(profile.tags()))
    }

    async fn create(place: &Place, planned: &Object, mark: &Mark) -> Answer<String> {
        let call = place
            .iam()
            .create_instance_profile()
            .instance_profile_name(planned.word("name"))
            .set_path(planned.owned("path"))
            .set_tags(Some(tag_list(&mark.tags(planned))?));
        call.send().await?;
        Ok(planned.word("name").to_owned())
    }

    async fn configure(place: &Place, now: &mut Object, prior: Option<&Object>) -> Answer<()> {
        let was = prior.and_then(|prior| prior.text("role"));
        let (iam, name) = (place.iam(), now.id());
        if now.text("role") == was {
            return Ok(());
        }
        if let Some(role) = was {
            remove(place, name, role).await?;
        }
        let Some(role) = now.text("role") else { return Ok(()) };
        let call = iam.add_role_to_instance_profile().instance_profile_name(name).role_name(role);
        match call.send().await.map_err(AwsError::from) {
            // The one role that it may have is there: the answer to an earlier attempt was lost.
            Err(error) if error.code.starts_with("LimitExceeded") => Ok(()),
            result => result.map(drop),
        }
    }

    async fn delete(place: &Place, prior: &Object) -> Answer<()> {
        if let Some(role) = prior.text("role") {
            remove(place, prior.id(), role).await?;
        }
        let call = place.iam().delete_instance_profile().instance_profile_name(prior.id());
        call.send().await?;
        Ok(())
    }

    fn natural_id(planned: &Object) -> Option<String> {
        planned.owned("name")
    }

    fn imported(id: &str) -> Option<Attributes> {
        named(id, name, &["id", "name"])
    }

    async fn retag(place: &Place, object: &Object, set: &Tags, gone: &[String]) -> Answer<()> {
        if !gone.is_empty() {
            let call = place.iam().untag_instance_profile().instance_profile_name(object.id());
            call.set_tag_keys(Some(gone.to_vec())).send().await?;
        }
        if !set.is_empty() {
            let call = place.iam().tag_instance_profile().instance_profile_name(object.id());
            call.set_tags(Some(tag_list(set)?)).send().await?;
        }
        Ok(())
    }
}

async fn remove(place: &Place, profile: &str, role: &str) -> Answer<()> {
    let call = place.iam().remove_role_from_instance_profile();
    let call = call.instance_profile_name(profile).role_name(role);
    match call.send().await.map_err(AwsError::from) {
        Err(error) if error.is_not_found() => Ok(()),
        result => result.map(drop),
    }
}
