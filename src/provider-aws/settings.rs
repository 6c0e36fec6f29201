//! The provider block: where AWS is, who speaks to it, and what every resource is tagged with.

use std::collections::BTreeMap;

use lang::{Path, Type, Value};
use provider::{Attribute, Finding, NestedBlock, Nesting, Schema};

use crate::client::SERVICES;
use crate::object::Object;
use crate::regions;
use crate::schema::{flag, region_name, text};

/// The schema of `provider "aws"`.
pub(crate) fn schema() -> Schema {
    let list = || Attribute::optional(Type::list(Type::String));
    let secret = || text().sensitive();
    let schema = Schema::new([
        ("access_key", secret().describe("In place of the credentials of the environment.")),
        ("allowed_account_ids", Attribute::optional(Type::set(Type::String))),
        ("forbidden_account_ids", Attribute::optional(Type::set(Type::String))),
        ("max_retries", Attribute::optional(Type::Number).describe("Attempts per call less one.")),
        ("profile", text().describe("A profile of the shared configuration files.")),
        ("region", text().validated(region_name).describe("Where resources without region live.")),
        ("s3_use_path_style", flag().describe("On by itself where an endpoint is set.")),
        ("secret_key", secret()),
        ("shared_config_files", list()),
        ("shared_credentials_files", list()),
        ("skip_credentials_validation", flag()),
        ("skip_region_validation", flag().describe("For regions newer than this program.")),
        ("skip_requesting_account_id", flag()),
        ("token", secret()),
        ("use_dualstack_endpoint", flag()),
        ("use_fips_endpoint", flag()),
    ]);
    let map = || Attribute::optional(Type::map(Type::String));
    let role = Schema::new([
        ("duration", text().describe("Such as 1h.")),
        ("external_id", secret()),
        ("policy", text()),
        ("policy_arns", Attribute::optional(Type::set(Type::String))),
        ("role_arn", text()),
        ("session_name", text()),
        ("tags", map()),
    ]);
    let mut endpoints = Schema::new([]);
    endpoints.attributes.extend(SERVICES.iter().map(|service| ((*service).into(), text())));
    schema
        .describe("Amazon Web Services.")
        .block("assume_role", NestedBlock::new(Nesting::List, role))
        .block(
            "default_tags",
            NestedBlock::new(Nesting::List, Schema::new([("tags", map())])).at_most(1),
        )
        .block("endpoints", NestedBlock::new(Nesting::Set, endpoints))
        .block(
            "ignore_tags",
            NestedBlock::new(
                Nesting::List,
                Schema::new([
                    ("key_prefixes", Attribute::optional(Type::set(Type::String))),
                    ("keys", Attribute::optional(Type::set(Type::String))),
                ]),
            )
            .at_most(1),
        )
}

/// A role to be taken on, one after the other.
pub(crate) struct Role {
    pub(crate) arn: String,
    pub(crate) session_name: Option<String>,
    pub(crate) external_id: Option<String>,
    pub(crate) policy: Option<String>,
    pub(crate) policy_arns: Vec<String>,
    pub(crate) duration: Option<std::time::Duration>,
    pub(crate) tags: BTreeMap<String, String>,
}

/// What a provider block says, read.
pub(crate) struct Settings {
    pub(crate) block: Object,
    pub(crate) roles: Vec<Role>,
    pub(crate) endpoints: BTreeMap<&'static str, String>,
    pub(crate) default_tags: BTreeMap<String, String>,
    pub(crate) ignored_tags: Vec<String>,
    pub(crate) ignored_prefixes: Vec<String>,
}

/// Mistakes of a provider block that can be told before anything is called.
pub(crate) fn check(config: &Value) -> Vec<Finding> {
    let settings = Settings::read(config);
    let region = settings.block.text("region").filter(|_| settings.checks_regions());
    let unknown = region.and_then(regions::refusal);
    unknown.map(unknown_region).into_iter().collect()
}

/// The finding that the attribute `region` names none.
pub(crate) fn unknown_region(why: String) -> Finding {
    let finding = Finding::error(Path::attribute("region"), "Unknown AWS region", why);
    Finding { diagnostic: finding.diagnostic.hint(regions::NEWER), ..finding }
}

impl Settings {
    /// Whether only regions are to be used that are known.
    pub(crate) fn checks_regions(&self) -> bool {
        let skipped = self.block.get("skip_region_validation").and_then(Value::as_bool);
        skipped != Some(true)
    }

    pub(crate) fn read(config: &Value) -> Self {
        let block = Object::from(config);
        let roles = block.blocks("assume_role").iter().filter_map(role).collect();
        let sets = block.blocks("endpoints");
        let endpoint = |name: &'static str| {
            let set = sets.iter().find_map(|set| set.text(name).filter(|url| !url.is_empty()));
            set.map(|url| (name, url.to_owned()))
        };
        let tags = block.blocks("default_tags");
        let ignored = block.blocks("ignore_tags");
        let all = |name| ignored.iter().flat_map(|ignored| ignored.texts(name)).collect();
        Self {
            endpoints: SERVICES.iter().copied().filter_map(endpoint).collect(),
            default_tags: tags.iter().flat_map(|block| block.pairs("tags")).collect(),
            ignored_tags: all("keys"),
            ignored_prefixes: all("key_prefixes"),
            roles,
            block,
        }
    }
}

fn role(block: &Object) -> Option<Role> {
    let text = |name| block.text(name).map(str::to_owned);
    Some(Role {
        arn: text("role_arn")?,
        session_name: text("session_name"),
        external_id: text("external_id"),
        policy: text("policy"),
        policy_arns: block.texts("policy_arns"),
        duration: block.text("duration").and_then(duration),
        tags: block.pairs("tags"),
    })
}

/// A duration such as `1h30m` or `900s`.
fn duration(text: &str) -> Option<std::time::Duration> {
    let mut seconds = 0u64;
    let mut digits = String::new();
    for c in text.chars() {
        let unit = match c {
            '0'..='9' => {
                digits.push(c);
                continue;
            }
            'h' => 3600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(digits.parse::<u64>().ok()?.checked_mul(unit)?)?;
        digits.clear();
    }
    (digits.is_empty() && seconds > 0).then(|| std::time::Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(attributes: [(&str, Value); 2]) -> Vec<String> {
        let block = Value::from(Object::of(attributes));
        check(&block).into_iter().map(|finding| finding.diagnostic.detail).collect()
    }

    #[test]
    fn an_unknown_region_is_found_unless_regions_are_not_checked() {
        let skip = |skip| ("skip_region_validation", skip);
        let mars = || ("region", Value::text("mars-north-1"));
        let told = found([mars(), skip(Value::bool(false))]);
        assert!(told[0].starts_with("AWS has no region \"mars-north-1\"."), "{told:?}");
        assert!(found([mars(), skip(Value::bool(true))]).is_empty());
        let later = ("region", Value::unknown(Type::String));
        assert!(found([later, skip(Value::bool(false))]).is_empty());
    }
}
