//! What a type says about a planned change: what is known already, and what is wrong.

use std::collections::BTreeMap;

use lang::{Path, Type, Value};
use provider::{Finding, PlanRequest, Planned, Schema, change};

use crate::client::Aws;
use crate::kind::{Kind, Tagging};
use crate::object::Object;
use crate::regions;
use crate::settings;
use crate::tags;

/// A planned change that a type may complete.
pub(crate) struct Plan<'a> {
    request: &'a PlanRequest<'a>,
    aws: Option<&'a Aws>,
    pub(crate) object: Object,
    replace: Vec<Path>,
    findings: Vec<Finding>,
}

/// Plans a change of a kind.
pub(crate) fn plan<K: Kind>(
    schema: &Schema,
    request: &PlanRequest<'_>,
) -> Result<Planned, Vec<Finding>> {
    let base = change::default_plan(schema, request);
    let aws = request.connection.and_then(|connection| connection.get::<Aws>());
    let mut plan = Plan {
        request,
        aws,
        object: Object::from(&base.value),
        replace: base.replace,
        findings: Vec::new(),
    };
    if !K::GLOBAL {
        plan.settle_region();
    }
    if K::TAGGING != Tagging::None {
        plan.settle_tags();
    }
    K::plan(&mut plan);
    if !plan.findings.is_empty() {
        return Err(plan.findings);
    }
    let value = Value::from(plan.object).with_marks(base.value.marks);
    Ok(Planned { value, replace: plan.replace })
}

/// What keeps a thing from being made while the one that it replaces is there: something that both would
/// have and only one can.
pub(crate) fn excluded<K: Kind>(prior: &Object, planned: &Object) -> Option<Finding> {
    let name = *K::UNIQUE.last()?;
    let shared = |name: &str| planned.has(name) && planned.get(name) == prior.get(name);
    if !K::UNIQUE.iter().all(|name| shared(name)) {
        return None;
    }
    let value = planned.word(name);
    let detail = format!(
        "The replacement is to be created before the old one is destroyed, and both would have the {name} \"{value}\", which AWS gives only one {} at a time.",
        K::NAME
    );
    let finding =
        Finding::error(Path::attribute(name), "Cannot be created before destroying", detail);
    let hint = format!("Choose another {name}, or take create_before_destroy away.");
    Some(Finding { diagnostic: finding.diagnostic.hint(hint), ..finding })
}

impl Plan<'_> {
    /// None for a create.
    pub(crate) fn prior(&self) -> Option<&Value> {
        self.request.prior
    }

    /// Whether the user sets it.
    pub(crate) fn is_set(&self, name: &str) -> bool {
        self.request.config.get(name).is_some_and(|value| !value.is_null())
    }

    /// Tells what an attribute will be, where nothing has decided it yet.
    pub(crate) fn knows(&mut self, name: &str, value: Option<Value>) {
        let open = self.object.get(name).is_some_and(Value::is_unknown);
        if let Some(value) = value.filter(|_| open) {
            self.object.set(name, value);
        }
    }

    /// The attribute will be another one.
    pub(crate) fn forgets(&mut self, name: &str) {
        let ty = self.object.get(name).map(Value::type_of);
        self.object.set(name, Value::unknown(ty.unwrap_or(Type::String)));
    }

    /// Says what is wrong with an attribute.
    pub(crate) fn refuse(&mut self, name: &str, why: &str) {
        let detail = format!("Invalid value for \"{name}\": {why}");
        self.findings.push(Finding::error(Path::attribute(name), "Invalid value", detail));
    }

    /// Says that exactly one of some attributes has to be set.
    pub(crate) fn needs_one_of(&mut self, names: &[&str]) {
        let set: Vec<&str> = names.iter().filter(|name| self.is_set(name)).copied().collect();
        if set.len() != 1 {
            let detail = format!("Exactly one of {} has to be set.", names.join(", "));
            let path = set.last().map_or_else(Path::root, |name| Path::attribute(*name));
            self.findings.push(Finding::error(path, "Invalid combination of arguments", detail));
        }
    }

    /// A name where the user sets none: the prefix, or `artiform-`, and letters that follow from
    /// account, stack, address and generation, so that it is the same again after a crash.
    pub(crate) fn settle_name(&mut self, name: &str, prefix: &str) {
        if !self.object.get(name).is_some_and(Value::is_unknown) {
            return;
        }
        let start = self.object.get(prefix).filter(|value| !value.is_null());
        if start.is_some_and(Value::is_unknown) && self.is_set(prefix) {
            return;
        }
        // Without a connection the account is not known, by which the name is the only one in the world.
        let Some(aws) = self.aws else { return };
        let account = aws.account.as_ref().map_or("", |account| &account.id);
        let start = self.object.text(prefix).unwrap_or("artiform-").to_owned();
        let made = format!("{start}{}", letters(&format!("{account}/{}", self.request.name_seed)));
        self.object.set_text(name, Some(&made));
        if !self.is_set(prefix) {
            self.knows(prefix, Some(Value::null(Type::String)));
        }
    }

    /// An ARN in the region and account of the thing; none while they are not known.
    pub(crate) fn arn(&self, service: &str, resource: &str) -> Option<Value> {
        let region = self.object.text("region")?;
        let account = self.aws?.account.as_ref()?;
        let partition = &account.partition;
        Some(Value::text(&format!("arn:{partition}:{service}:{region}:{}:{resource}", account.id)))
    }

    /// An ARN that names no region.
    pub(crate) fn global_arn(&self, service: &str, resource: &str) -> Option<Value> {
        let account = self.aws?.account.as_ref()?;
        Some(Value::text(&format!(
            "arn:{}:{service}::{}:{resource}",
            account.partition, account.id
        )))
    }

    /// The partition, such as `aws`.
    pub(crate) fn partition(&self) -> Option<String> {
        let account = self.aws?.account.as_ref();
        let known = account.map(|account| account.partition.clone());
        known.or_else(|| Some(regions::partition(self.object.text("region")?).to_owned()))
    }

    /// A thing without region of its own lives in the one of the provider block.
    fn settle_region(&mut self) {
        let Some(aws) = self.aws else { return };
        if self.is_set("region") {
            let name = self.object.text("region").filter(|_| aws.settings.checks_regions());
            self.findings.extend(name.and_then(regions::refusal).map(settings::unknown_region));
            return;
        }
        let recorded = self.prior().and_then(|prior| prior.get("region")?.as_str());
        if recorded.is_some_and(|recorded| recorded != aws.region) {
            self.replace.push(Path::attribute("region"));
        }
        self.object.set_text("region", Some(&aws.region));
    }

    fn settle_tags(&mut self) {
        let Some(own) = self.object.get("tags").cloned() else { return };
        let Some(aws) = self.aws.filter(|_| own.is_wholly_known()) else {
            return self.forgets("tags_all");
        };
        let all: BTreeMap<_, _> =
            tags::merged(&aws.settings.default_tags, &self.object.pairs("tags"));
        self.object.set_pairs("tags_all", &all);
        if let Some(all) = self.object.get("tags_all").cloned() {
            self.object.set("tags_all", all.with_marks(own.deep_marks()));
        }
    }
}

/// Twenty-four letters and digits that follow from a seed: two FNV-1a hashes of 64 bits.
fn letters(seed: &str) -> String {
    let hash = |basis: u64| {
        let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        seed.bytes().fold(basis, step)
    };
    format!("{:016x}{:08x}", hash(0xcbf2_9ce4_8422_2325), hash(0x6c62_272e_07bb_0142) as u32)
}

#[cfg(test)]
mod tests {
    use super::letters;

    #[test]
    fn generated_letters_follow_from_the_seed_alone() {
        assert_eq!(letters("stack/aws_s3_bucket.a"), letters("stack/aws_s3_bucket.a"));
        assert_ne!(letters("stack/aws_s3_bucket.a"), letters("stack/aws_s3_bucket.b"));
        assert_eq!(letters("").len(), 24);
    }
}
