//! What commands say of wrong flags, addresses, values and names: the cases of `tests/cases/commands`.
//!
//! ```text
//! stack/          the stack that all commands are for
//! messages.json   a list: the command, whether the stack was applied, the exit code, and every message
//! ```
//! Terraform 1.11.4 says the same, word for word, but for its name.

use serde::Deserialize;
use testkit::Project;

#[derive(Deserialize)]
struct Case {
    command: Vec<String>,
    applied: bool,
    code: i32,
    messages: Vec<Message>,
}

#[derive(Deserialize)]
struct Message {
    severity: String,
    summary: String,
    /// `main.tf:5`
    place: Option<String>,
    /// Its words; how they are broken into lines does not matter.
    detail: String,
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Message {
    fn is_in(&self, told: &str) -> bool {
        let headline = format!("{}: {}\n", self.severity, self.summary);
        let place = self.place.as_ref().map(|place| format!("--> {place}:"));
        told.contains(&headline)
            && place.is_none_or(|place| told.contains(&place))
            && words(told).contains(&words(&self.detail))
    }
}

fn project(applied: bool) -> Project {
    let read = |file: &str| {
        std::fs::read_to_string(format!("cases/commands/stack/{file}"))
            .expect("a file of the stack")
    };
    let project = Project::with_stack("commands", "");
    std::fs::remove_file(project.path().join("stacks/commands/main.hcl")).expect("the empty file");
    for file in ["main.tf", "m/main.tf"] {
        project.write(&format!("stacks/commands/{file}"), &read(file));
    }
    if applied {
        project.apply().expect_code(0);
    }
    project
}

#[test]
fn commands_say_what_terraform_says() {
    let text = std::fs::read_to_string("cases/commands/messages.json").unwrap();
    let cases: Vec<Case> = serde_json::from_str(&text).unwrap();
    let projects = [project(false), project(true)];
    let mut wrong = Vec::new();
    for case in &cases {
        let arguments: Vec<&str> = case.command.iter().map(String::as_str).collect();
        let run = projects[usize::from(case.applied)].run(&arguments);
        let severities = ["Error: ", "Warning: "];
        let count: usize = severities
            .iter()
            .map(|word| run.stderr.lines().filter(|line| line.starts_with(word)).count())
            .sum();
        let told = case.messages.iter().all(|message| message.is_in(&run.stderr));
        if run.code != case.code || count != case.messages.len() || !told {
            wrong.push(format!("{arguments:?}: {}, not {}:\n{}", run.code, case.code, run.stderr));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
