//! What `-json` tells beside a mistake in an expression: the cases of `tests/cases/commands/snippets.json`.
//!
//! Each is the value of an output behind the declarations of `snippets.tf`. Summaries, details, columns, the values
//! that are named and the function that was called are what Terraform 1.11.4 tells.

use serde::Deserialize;
use serde_json::Value;
use testkit::Project;

#[derive(Deserialize)]
struct Case {
    expression: String,
    /// What the output says of itself.
    sensitive: bool,
    diagnostics: Vec<Told>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Told {
    summary: String,
    detail: String,
    /// The first column that is underlined, and the one after the last.
    from: u64,
    to: u64,
    values: Value,
    #[serde(default)]
    function_call: Value,
}

impl Told {
    fn of(diagnostic: &Value) -> Self {
        let text = |name: &str| diagnostic[name].as_str().unwrap_or_default().to_owned();
        let column = |end: &str| diagnostic["range"][end]["column"].as_u64().unwrap_or_default();
        Self {
            summary: text("summary"),
            detail: text("detail"),
            from: column("start"),
            to: column("end"),
            values: diagnostic["snippet"]["values"].clone(),
            function_call: diagnostic["snippet"]["function_call"].clone(),
        }
    }
}

#[test]
fn snippets_name_the_values_and_the_function_that_terraform_names() {
    let read = |file: &str| std::fs::read_to_string(format!("cases/commands/{file}")).unwrap();
    let cases: Vec<Case> = serde_json::from_str(&read("snippets.json")).unwrap();
    let declarations = read("snippets.tf");
    let project = Project::with_stack("snippets", &declarations);
    let mut wrong = Vec::new();
    for Case { expression, sensitive, diagnostics } in &cases {
        let output =
            format!("output \"o\" {{\n  value     = {expression}\n  sensitive = {sensitive}\n}}\n");
        project.write("stacks/snippets/output.tf", &output);
        let run = project.run(&["plan", "-json"]);
        let lines = run.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let told = lines.filter(|line| line["type"] == "diagnostic");
        let told: Vec<Told> = told.map(|line| Told::of(&line["diagnostic"])).collect();
        if told != *diagnostics {
            wrong.push(format!("{expression}\n  told {told:?}\n  not  {diagnostics:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
