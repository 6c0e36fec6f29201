//! A stack with an account of its own to be applied to.

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::{Value, json};
use testkit::aws::rules::{Kill, Moment};
use testkit::aws::{Cloud, When};
use testkit::{Project, Run, binary};

use crate::world;

/// A project whose commands reach one account through one proxy.
pub(crate) struct Stack {
    pub(crate) project: Project,
    pub(crate) cloud: Cloud,
    /// What distinguishes this account's globally unique names.
    pub(crate) prefix: String,
}

impl Stack {
    /// A stack of one file in an empty account.
    pub(crate) fn of(name: &str, main: &str) -> Self {
        Self::in_account(name, main, Cloud::new())
    }

    /// A stack of one file in this account.
    pub(crate) fn in_account(name: &str, main: &str, cloud: Cloud) -> Self {
        Self::reaching(cloud, Project::with_stack(name, main))
    }

    fn reaching(cloud: Cloud, project: Project) -> Self {
        let prefix = format!("t{}", &cloud.account()[3..]);
        let mut environment = cloud.environment();
        for variable in ["TF_VAR_name", "TF_VAR_prefix"] {
            environment.push((variable.into(), prefix.clone()));
        }
        let project = project.with_environment(environment);
        Self { project, cloud, prefix }
    }

    /// The small stack of these tests, which has one of everything.
    pub(crate) fn small() -> Self {
        Self::of("small", &small())
    }

    /// The repository's own network in two regions.
    pub(crate) fn network() -> Self {
        Self::reaching(Cloud::new(), Project::copy_of("aws-network", |main| main))
    }

    /// Changes a text in a file of the project, which must hold it.
    #[track_caller]
    pub(crate) fn edit(&self, file: &str, from: &str, to: &str) {
        let text = self.project.read(file);
        assert!(text.contains(from), "{file} holds {from:?}");
        self.project.write(file, &text.replace(from, to));
    }

    /// Replaces the stack's main file.
    pub(crate) fn rewrite(&self, main: &str) {
        let folder = self.project.stack_folder();
        let name = folder.file_name().and_then(|name| name.to_str()).expect("a name");
        self.project.write(&format!("stacks/{name}/main.hcl"), main);
    }

    /// Applies; the exit code must be 0.
    #[track_caller]
    pub(crate) fn apply(&self) -> Run {
        self.project.apply().expect_code(0)
    }

    /// Applies with one more file; the exit code must be 0.
    #[track_caller]
    pub(crate) fn apply_with(&self, file: &str, text: &str) {
        let folder = self.project.stack_folder();
        let name = folder.file_name().and_then(|name| name.to_str()).expect("a name");
        self.project.write(&format!("stacks/{name}/{file}"), text);
        self.apply();
    }

    /// Destroys; the exit code must be 0.
    #[track_caller]
    pub(crate) fn destroy(&self) -> Run {
        self.project.destroy().expect_code(0)
    }

    /// Runs a command that is killed at a call, and then takes all faults away; tells whether it came to it.
    pub(crate) fn killed(&self, arguments: &[&str], when: When, moment: Moment) -> bool {
        let kill = Kill::at(moment);
        let proxy = self.cloud.proxy();
        proxy.add(when.rule(kill.clone()));
        let mut child = self.project.start(arguments);
        kill.aim(child.id());
        child.wait().expect("the command ends");
        // What it left under way happens all the same, as it would in AWS.
        proxy.settle();
        proxy.heal();
        kill.has_struck()
    }

    /// Insists that there is nothing to do.
    #[track_caller]
    pub(crate) fn assert_settled(&self) {
        self.project.plan().expect_code(0);
    }

    /// How a whole life ends: nothing is to do, each address has its one object, and a destroy leaves nothing.
    #[track_caller]
    pub(crate) fn assert_ends_well(&self) {
        self.assert_settled();
        world::assert_one_object_per_address(self);
        self.destroy();
        world::assert_empty(&self.cloud);
        self.cloud.assert_no_gap(&[]);
    }

    /// A VPC that somebody made by hand; gives its id.
    pub(crate) fn vpc_made_by_hand(&self, region: &str, network: &str) -> String {
        let vpc = json!({"CidrBlock": network, "TagSpecifications": [
            {"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": "by hand"}]}
        ]});
        let made = self.cloud.boto3("ec2", region, "create_vpc", vpc);
        made["Vpc"]["VpcId"].as_str().expect("an id").to_owned()
    }

    /// What a plan would do, by address, without what it leaves alone: `create`, `update`, `replace`, `delete`, `import`.
    #[track_caller]
    pub(crate) fn planned(&self) -> BTreeMap<String, String> {
        let run = self.project.run(&["plan", "-json", "-out=changes.plan"]).expect_code(0);
        let lines = run.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let changes = lines.filter(|line| line["type"] == "planned_change");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let all = changes.map(|line| {
            (text(&line["change"]["resource"]["addr"]), text(&line["change"]["action"]))
        });
        all.filter(|(_, action)| action != "noop" && action != "read").collect()
    }

    /// Makes the changes that were planned last; the exit code must be 0.
    #[track_caller]
    pub(crate) fn apply_planned(&self) {
        let _ = self.project.run(&["apply", "changes.plan"]).expect_code(0);
    }

    /// The attributes of everything in the state, by address.
    pub(crate) fn recorded(&self) -> BTreeMap<String, Value> {
        let text = self.project.run(&["show", "-json"]).expect_code(0).stdout;
        let shown: Value = serde_json::from_str(&text).expect("JSON");
        let mut found = BTreeMap::new();
        collect(&shown["values"]["root_module"], &mut found);
        found
    }

    /// An attribute of what is recorded under an address.
    #[track_caller]
    pub(crate) fn attribute(&self, address: &str, name: &str) -> String {
        let recorded = self.recorded();
        let values = recorded.get(address).unwrap_or_else(|| panic!("{address} in {recorded:?}"));
        values[name].as_str().unwrap_or_else(|| panic!("{name} in {values}")).to_owned()
    }
}

fn collect(module: &Value, found: &mut BTreeMap<String, Value>) {
    for resource in module["resources"].as_array().into_iter().flatten() {
        if resource["mode"] != "data" {
            let address = resource["address"].as_str().expect("an address").to_owned();
            found.insert(address, resource["values"].clone());
        }
    }
    for child in module["child_modules"].as_array().into_iter().flatten() {
        collect(child, found);
    }
}

/// Tells a figure even where the test passes: the runner shows what a passed test prints to nobody.
pub(crate) fn say(words: &str) {
    let _ = writeln!(std::io::stderr(), "{words}");
}

/// The text of the small stack.
pub(crate) fn small() -> String {
    let path = binary::repository().join("tests/aws/stacks/small/main.hcl");
    std::fs::read_to_string(path).expect("the small stack")
}
