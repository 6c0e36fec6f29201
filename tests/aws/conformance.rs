//! What every resource type must do, tried with each type's own values: created, read back, updated attribute by
//! attribute, replaced, found missing, imported, deleted, and killed around each of its writing calls.
//!
//! A new type is one more case in `conformance/cases.rs`. The schema says which attributes there are: one that no
//! case changes fails by name.

mod cases;

use std::collections::BTreeSet;

use serde_json::Value;
use testkit::Project;
use testkit::aws::When;
use testkit::aws::rules::Moment;

use self::cases::{CASES, Case};
use crate::stack::{Stack, say};
use crate::world;

pub(crate) const REGION: &str = "eu-west-1";

/// Arguments of a resource, `name = expression`.
type Arguments = Vec<(String, String)>;

/// What every bucket has, whatever is taken from it: what vanished is another value.
const NEVER_GONE: &[&str] = &["aws_s3_bucket_versioning"];

/// A case on its way through the suite.
struct Trial {
    case: &'static Case,
    stack: Stack,
    address: String,
}

impl Trial {
    fn of(case: &'static Case) -> Self {
        let address = format!("{}.subject", case.resource);
        Self { case, stack: Stack::of("conformance", ""), address }
    }

    fn head(&self) -> String {
        format!(
            "stack {{\n  name = \"conformance\"\n}}\n\nvariable \"prefix\" {{\n  type = string\n}}\n\n\
             provider \"aws\" {{\n  region = \"{REGION}\"\n}}\n{}",
            self.case.needs
        )
    }

    fn base(&self) -> Arguments {
        self.case.base.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
    }

    /// Writes the stack with the subject, and more.
    fn write(&self, arguments: &Arguments, more: &str) {
        let lines: Vec<String> =
            arguments.iter().map(|(name, value)| argument(name, value)).collect();
        let subject = format!(
            "\nresource \"{}\" \"subject\" {{\n{}\n}}\n",
            self.case.resource,
            lines.join("\n")
        );
        self.stack.rewrite(&format!("{}{subject}{more}", self.head()));
    }

    fn without_subject(&self) {
        self.stack.rewrite(&self.head());
    }

    /// Insists that the subject alone changes, in this way, makes the change, and that nothing is to do then.
    #[track_caller]
    fn change(&self, expected: &str, what: &str) {
        let planned = self.stack.planned();
        let action = planned.get(&self.address).map(String::as_str).unwrap_or("no-op");
        assert_eq!(action, expected, "{what}: {planned:?}");
        assert_eq!(planned.len(), 1, "{what}: nothing but the subject changes: {planned:?}");
        self.stack.apply_planned();
        self.assert_settled(what);
    }

    #[track_caller]
    fn assert_settled(&self, what: &str) {
        let plan = self.stack.project.plan();
        assert_eq!(plan.code, 0, "{what}: a plan after it is not empty:\n{}", plan.all());
    }

    #[track_caller]
    fn assert_stable(&self, what: &str) {
        self.assert_settled(what);
        world::assert_one_object_per_address(&self.stack);
    }

    fn values(&self) -> Value {
        let recorded = self.stack.recorded();
        recorded.get(&self.address).cloned().unwrap_or_else(|| panic!("{}", self.address))
    }

    /// Gives the world as it is after the create.
    fn creates_and_updates(&self) -> Vec<String> {
        self.without_subject();
        self.stack.apply();
        self.write(&self.base(), "");
        self.change("create", "create");
        let made = world::shape(&self.stack);
        for (name, value) in self.case.updates {
            self.write(&with(self.base(), name, value), "");
            self.change("update", &format!("update of {name}"));
        }
        self.write(&self.base(), "");
        if !self.case.updates.is_empty() {
            self.change("update", "back to the first values");
        }
        world::assert_one_object_per_address(&self.stack);
        made
    }

    fn replaces(&self) {
        for (name, value) in self.case.replaces {
            self.write(&with(self.base(), name, value), "");
            self.change("replace", &format!("replacement by {name}"));
        }
        self.write(&self.base(), "");
        self.stack.apply();
        world::assert_one_object_per_address(&self.stack);
    }

    fn disappears(&self) {
        (self.case.vanish)(&self.stack.cloud, &self.values());
        let is_never_gone = NEVER_GONE.contains(&self.case.resource);
        self.change(if is_never_gone { "update" } else { "create" }, "disappeared");
        world::assert_one_object_per_address(&self.stack);
    }

    fn is_imported(&self) {
        let Some(import) = self.case.import else { return };
        let id = import(&self.values());
        self.stack.project.run(&["state", "rm", &self.address]).expect_code(0);
        let block = format!("\nimport {{\n  to = {}\n  id = \"{id}\"\n}}\n", self.address);
        self.write(&self.base(), &block);
        let run = self.stack.project.apply();
        assert_eq!(run.code, 0, "import of {id}: {}", run.all());
        self.assert_stable("import");
    }

    fn is_deleted(&self) {
        self.without_subject();
        self.change("delete", "delete");
    }

    /// Kills the create around each of its writing calls, until it has no more of them; what is made then is as if
    /// nothing had happened.
    fn survives_crashes(&self, made: &[String]) -> u64 {
        for number in 1.. {
            for moment in [Moment::BeforeEffect, Moment::AfterEffect] {
                self.write(&self.base(), "");
                let when = When::always().writes().nth(number);
                let apply = ["apply", "-auto-approve"];
                let struck = self.stack.killed(&apply, when, moment);
                let what = format!("killed at write {number}, {moment:?}");
                let run = self.stack.project.apply();
                assert_eq!(run.code, 0, "{what}: {}", run.all());
                self.assert_stable(&what);
                world::assert_same(&world::shape(&self.stack), made, &what);
                self.without_subject();
                self.stack.apply();
                if !struck {
                    return number - 1;
                }
            }
        }
        unreachable!("a create has an end")
    }
}

/// A block is written as it stands, everything else as an attribute.
fn argument(name: &str, value: &str) -> String {
    if value.starts_with("block {") {
        format!("  {name} {}", value.trim_start_matches("block "))
    } else {
        format!("  {name} = {value}")
    }
}

/// The arguments with another value for one of them; `-` takes it away.
fn with(mut arguments: Arguments, name: &str, value: &str) -> Arguments {
    arguments.retain(|(n, _)| n != name);
    if value != "-" {
        arguments.push((name.to_owned(), value.to_owned()));
    }
    arguments
}

/// The whole suite for one type.
fn conforms(resource: &str) {
    let case = CASES.iter().find(|case| case.resource == resource).expect("a case");
    let trial = Trial::of(case);
    let made = trial.creates_and_updates();
    trial.replaces();
    trial.disappears();
    trial.is_imported();
    trial.is_deleted();
    let writes = trial.survives_crashes(&made);
    say(&format!("{resource}: killed before and after each of {writes} writing calls"));
    trial.stack.destroy();
    world::assert_empty(&trial.stack.cloud);
    trial.stack.cloud.assert_no_gap(&[]);
}

macro_rules! conformance {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                conforms(stringify!($name));
            }
        )*

        /// The types that are tried, one test each.
        const TRIED: &[&str] = &[$(stringify!($name)),*];
    };
}

conformance! {
    aws_eip
    aws_iam_instance_profile
    aws_iam_role
    aws_iam_role_policy
    aws_internet_gateway
    aws_kms_alias
    aws_kms_key
    aws_launch_template
    aws_nat_gateway
    aws_route
    aws_route_table
    aws_route_table_association
    aws_s3_bucket
    aws_s3_bucket_lifecycle_configuration
    aws_s3_bucket_policy
    aws_s3_bucket_public_access_block
    aws_s3_bucket_server_side_encryption_configuration
    aws_s3_bucket_versioning
    aws_s3_object
    aws_security_group
    aws_ssm_parameter
    aws_subnet
    aws_vpc
    aws_vpc_security_group_egress_rule
    aws_vpc_security_group_ingress_rule
}

/// Every type that there is.
pub(crate) fn types() -> &'static [&'static str] {
    TRIED
}

/// The schemas of the provider's resource types.
fn schemas() -> Value {
    let project = Project::with_stack("none", "");
    let run = project.artiform(&["providers", "schema", "-json"]).expect_code(0);
    let all: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let providers = all["provider_schemas"].as_object().expect("providers");
    let aws = providers.iter().find(|(address, _)| address.ends_with("/aws"));
    aws.expect("this build has the provider aws").1["resource_schemas"].clone()
}

#[test]
fn every_type_has_a_case_and_a_test() {
    let cases: BTreeSet<&str> = CASES.iter().map(|case| case.resource).collect();
    assert_eq!(cases, TRIED.iter().copied().collect(), "cases and tests");
    let schemas = schemas();
    let types = schemas.as_object().expect("schemas").keys().map(String::as_str).collect();
    assert_eq!(cases, types, "cases and resource types of the provider");
}

/// Attributes of every type that no case needs to name: `tags` of those that have it are changed by the cases.
const EVERYWHERE: &[&str] = &["id", "region", "tags", "tags_all"];

#[test]
fn every_argument_is_changed_by_a_case_or_exempt_with_a_reason() {
    let schemas = schemas();
    let mut findings = Vec::new();
    for case in CASES {
        let block = &schemas[case.resource]["block"];
        let attributes = block["attributes"].as_object().into_iter().flatten();
        let settable = attributes.filter(|(_, a)| a["required"] == true || a["optional"] == true);
        let blocks = block["block_types"].as_object().into_iter().flatten();
        let names = settable.map(|(name, _)| name).chain(blocks.map(|(name, _)| name));
        let changed = |name: &&String| {
            let lists = [case.updates, case.replaces, case.exempt];
            lists.iter().any(|list| list.iter().any(|(n, _)| n == name))
        };
        let missed = names.filter(|name| !EVERYWHERE.contains(&name.as_str()));
        findings.extend(missed.filter(|n| !changed(n)).map(|n| format!("{}.{n}", case.resource)));
    }
    assert!(findings.is_empty(), "arguments that no case changes: {findings:#?}");
}
