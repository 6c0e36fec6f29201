//! `test` against what Terraform 1.11.4 answered for the same stacks: `tests/cases/testing.json`.

use serde_json::Value;
use testkit::Project;

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// One line of the stream: its message, the status that it tells, or all of a mistake.
fn told(line: &Value) -> String {
    let mistake = &line["diagnostic"];
    if mistake.is_null() {
        let status = ["test_run", "test_file", "test_summary"].map(|kind| &line[kind]["status"]);
        let status = status.into_iter().find_map(Value::as_str);
        return text(&line["@message"]) + &status.map(|s| format!(" [{s}]")).unwrap_or_default();
    }
    let mut told = format!("{}: {}", text(&mistake["severity"]), text(&mistake["summary"]));
    if let Some(range) = mistake.get("range") {
        let at = |place: &Value| format!("{}:{}", place["line"], place["column"]);
        let (start, end) = (at(&range["start"]), at(&range["end"]));
        told.push_str(&format!(" @ {}:{start}-{end}", text(&range["filename"])));
    }
    told.push_str(&format!(" | {}", text(&mistake["detail"])));
    for value in mistake["snippet"]["values"].as_array().into_iter().flatten() {
        let (name, is) = (text(&value["traversal"]), text(&value["statement"]));
        told.push_str(&format!(" {{{name} {is}}}"));
    }
    told
}

/// Mistakes that follow one another stand in no particular order.
fn ordered(lines: Vec<String>) -> Vec<String> {
    let mut ordered = Vec::new();
    let mut mistakes = Vec::new();
    for line in lines {
        if line.starts_with("error: ") || line.starts_with("warning: ") {
            mistakes.push(line);
            continue;
        }
        mistakes.sort();
        ordered.append(&mut mistakes);
        ordered.push(line);
    }
    mistakes.sort();
    ordered.append(&mut mistakes);
    ordered
}

fn run(case: &Value) -> (i64, Vec<String>) {
    let environment = case.get("environment").and_then(Value::as_object).into_iter().flatten();
    let environment = environment.map(|(name, value)| (name.clone(), text(value)));
    let project = Project::with_stack("tried", "").with_environment(environment.collect());
    for (path, content) in case["files"].as_object().into_iter().flatten() {
        project.write(&format!("stacks/tried/{path}"), &text(content));
    }
    let given = case["arguments"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let arguments: Vec<&str> = ["test"].into_iter().chain(given).collect();
    let run = project.run(&arguments);
    let lines = run.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let lines = lines.filter(|line| line["type"] != "version").map(|line| told(&line));
    (i64::from(run.code), ordered(lines.collect()))
}

#[test]
fn stacks_are_tested_as_terraform_tests_them() {
    let text = include_str!("../cases/testing.json");
    let cases: Vec<Value> = serde_json::from_str(text).expect("the cases are JSON");
    let mut differing = String::new();
    for case in &cases {
        let expected: Vec<&str> =
            case["lines"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let (code, lines) = run(case);
        if Some(code) != case["code"].as_i64() || lines != expected {
            differing.push_str(&format!(
                "{}: {code}\n  {}\nexpected: {}\n  {}\n",
                case["name"],
                lines.join("\n  "),
                case["code"],
                expected.join("\n  ")
            ));
        }
    }
    assert!(differing.is_empty(), "{differing}");
}
