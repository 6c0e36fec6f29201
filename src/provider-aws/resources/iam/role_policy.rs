//! `aws_iam_role_policy`: permissions that stand in a role itself.

use aws_sdk_iam::operation::get_role_policy::GetRolePolicyOutput;
use lang::Value;
use provider::Schema;

use super::{decoded, name};
use crate::client::Place;
use crate::failure::AwsError;
use crate::json::{observe_policy, same_policy};
use crate::kind::{Answer, Attributes, Kind, named};
use crate::managed::one_by_one;
use crate::object::Object;
use crate::plan::Plan;
use crate::schema::{json, needed, text};
use crate::tags::Mark;

pub(crate) struct RolePolicy;

impl Kind for RolePolicy {
    const NAME: &'static str = "aws_iam_role_policy";
    const UNIQUE: &'static [&'static str] = &["role", "name"];
    const GLOBAL: bool = true;
    /// As many as there are: one call tells of all of an account.
    const BATCH: usize = usize::MAX;
    const IMPORT_ID: &'static str = "my-role:my-policy";
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
        if let Some(all) = super::where_many(wanted, all(place)).await? {
            return Ok(all);
        }
        one_by_one(wanted, |policy| async {
            let call = place.iam().get_role_policy().role_name(policy.word("role"));
            Ok(call.policy_name(policy.word("name")).send().await?)
        })
        .await
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
        if Self::fetch(place, std::slice::from_ref(planned)).await?.is_empty() {
            return Ok(());
        }
        let why = format!(
            "The role \"{}\" has a policy \"{}\" already, which was not made by this resource. Choose another name, or take it over on purpose with an import block",
            planned.word("role"),
            planned.word("name")
        );
        Err(AwsError::refused("iam:PutRolePolicy", "EntityAlreadyExists", why))
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
    fn imported(id: &str) -> Option<Attributes> {
        let (role, policy) = id.split_once(':')?;
        let mut attributes = named(role, name, &["role"])?;
        attributes.extend(named(policy, name, &["name"])?);
        attributes.push(("id", id.to_owned()));
        Some(attributes)
    }
}

/// Every policy that stands in a role of the account.
async fn all(place: &Place) -> Answer<Vec<GetRolePolicyOutput>> {
    let mut all = Vec::new();
    for role in super::details(place).await? {
        for policy in role.role_policy_list() {
            let one = GetRolePolicyOutput::builder()
                .set_role_name(role.role_name.clone())
                .set_policy_name(policy.policy_name.clone())
                .set_policy_document(policy.policy_document.clone());
            all.push(one.build()?);
        }
    }
    Ok(all)
}

async fn put(place: &Place, object: &Object) -> Answer<()> {
    let call = place.iam().put_role_policy().role_name(object.word("role"));
    let call = call.policy_name(object.word("name")).policy_document(object.word("policy"));
    call.send().await?;
    Ok(())
}
