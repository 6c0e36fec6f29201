//! `aws_iam_role_policy`: permissions that stand in a role itself.

use aws_sdk_iam::operation::get_role_policy::GetRolePolicyOutput;
use lang::Value;
use provider::Schema;

use super::{decoded, name};
use crate::client::Place;
use crate::failure::AwsError;
use crate::json::{observe_policy, same_policy};
use crate::kind::{Answer, Kind};
use crate::object::Object;
use crate::plan::Plan;
use crate::schema::{json, needed, text};
use crate::tags::Mark;

pub(crate) struct RolePolicy;

impl Kind for RolePolicy {
    const NAME: &'static str = "aws_iam_role_policy";
    const UNIQUE: &'static [&'static str] = &["role", "name"];
    const GLOBAL: bool = true;
    const AWAITED: &'static [&'static str] = &["NoSuchEntity"];
    type Seen = GetRolePolicyOutput;

    fn schema() -> Schema {
        let fixed = || text().or_computed().forces_replacement();
        Schema::new([
            ("name", fixed().validated(name)),
            ("name_prefix", fixed()),
            ("policy", needed().validated(json).same_when(same_policy)),
            ("role", needed().forces_replacement()),
        ])
        .describe("Permissions that stand in a role itself.")
    }

    fn plan(plan: &mut Plan<'_>) {
        plan.settle_name("name", "name_prefix");
        let id = Self::natural_id(&plan.object);
        plan.knows("id", id.as_deref().map(Value::text));
    }

    async fn fetch(place: &Place, wanted: &[Object]) -> Answer<Vec<GetRolePolicyOutput>> {
        let mut seen = Vec::new();
        for policy in wanted {
            let call = place.iam().get_role_policy().role_name(policy.word("role"));
            seen.push(call.policy_name(policy.word("name")).send().await?);
        }
        Ok(seen)
    }

    fn key(seen: &GetRolePolicyOutput) -> String {
        format!("{}:{}", seen.role_name(), seen.policy_name())
    }

    fn observe(_place: &Place, seen: &GetRolePolicyOutput, object: &mut Object) {
        object.set_text("name", Some(seen.policy_name()));
        observe_policy(object, "policy", Some(&decoded(seen.policy_document())));
        object.set_text("role", Some(seen.role_name()));
    }

    /// Writing a policy overwrites one of the same name without a word.
    async fn precede(place: &Place, planned: &Object) -> Answer<()> {
        match Self::fetch(place, std::slice::from_ref(planned)).await {
            Err(error) if error.is_not_found() => Ok(()),
            Err(error) => Err(error),
            Ok(_) => Err(AwsError::refused(
                "iam:PutRolePolicy",
                "EntityAlreadyExists",
                format!(
                    "The role \"{}\" has a policy \"{}\" already, which was not made by this resource. Choose another name, or take it over on purpose with an import block",
                    planned.word("role"),
                    planned.word("name")
                ),
            )),
        }
    }

    async fn create(place: &Place, planned: &Object, _mark: &Mark) -> Answer<String> {
        put(place, planned).await?;
        Ok(Self::natural_id(planned).unwrap_or_default())
    }

    async fn configure(place: &Place, now: &mut Object, prior: Option<&Object>) -> Answer<()> {
        if prior.is_some() { put(place, now).await } else { Ok(()) }
    }

    async fn delete(place: &Place, prior: &Object) -> Answer<()> {
        let call = place.iam().delete_role_policy().role_name(prior.word("role"));
        call.policy_name(prior.word("name")).send().await?;
        Ok(())
    }

    fn natural_id(planned: &Object) -> Option<String> {
        Some(format!("{}:{}", planned.text("role")?, planned.text("name")?))
    }

    /// `ROLE:NAME`.
    fn imported(id: &str, object: &mut Object) {
        let (role, name) = id.split_once(':').unwrap_or((id, ""));
        object.set_text("id", Some(id));
        object.set_text("role", Some(role));
        object.set_text("name", Some(name));
    }
}

async fn put(place: &Place, object: &Object) -> Answer<()> {
    let call = place.iam().put_role_policy().role_name(object.word("role"));
    let call = call.policy_name(object.word("name")).policy_document(object.word("policy"));
    call.send().await?;
    Ok(())
}
