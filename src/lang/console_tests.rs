//! Recorded answers of `terraform console` are ours too.

use diagnostics::FileId;
use serde_json::Value as Json;

use crate::display;
use crate::testing::{case_file, scope};
use crate::{eval, parse};

/// The variables that the recorded expressions use.
const VARIABLES: &[(&str, &str)] = &[(
    "var",
    r#"{
        n = 3
        names = ["b", "a", "c"]
        m = { zeta = 1, alpha = 2, mid = 3 }
        objs = [{ id = "i-1", tags = { Name = "x" } }, { id = "i-2", tags = { Name = "y" } }]
        nul = null
        set = toset(["q", "p", "q"])
        secret = sensitive("s3cret")
    }"#,
)];

/// Terraform tells the same mistake again for every element; once is enough.
fn once(mistakes: impl Iterator<Item = Json>) -> Json {
    let mut told = Vec::new();
    for mistake in mistakes {
        if !told.contains(&mistake) {
            told.push(mistake);
        }
    }
    Json::from(told)
}

/// Compares every case of a file; gives the differences in words.
fn differences(file: &str) -> Vec<String> {
    let cases: Vec<Json> = serde_json::from_str(&case_file(file)).unwrap();
    let scope = scope(VARIABLES);
    let mut wrong = Vec::new();
    for case in &cases {
        let source = case["expr"].as_str().unwrap();
        let answer = parse::expression(source, FileId(0))
            .and_then(|expr| display::console_answer(&expr, &eval::evaluate(&expr, &scope)?));
        let got = match answer {
            Ok(answer) => Json::from(answer),
            Err(found) => {
                let found = found.sorted();
                once(found.iter().map(|d| serde_json::json!([d.summary, d.detail])))
            }
        };
        let want = match case.get("out").filter(|out| !out.is_null()) {
            Some(out) => out.clone(),
            None => once(case["errors"].as_array().into_iter().flatten().cloned()),
        };
        if got != want {
            wrong.push(format!("{source}\n   got: {got}\n  want: {want}"));
        }
    }
    assert!(!cases.is_empty());
    wrong
}

#[test]
fn expressions_answer_as_in_the_console() {
    let mut wrong = differences("console.json");
    wrong.extend(differences("expressions.json"));
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn mistakes_point_to_where_terraform_points() {
    let cases: Vec<Json> = serde_json::from_str(&case_file("places.json")).unwrap();
    let scope = scope(VARIABLES);
    let mut wrong = Vec::new();
    for case in &cases {
        let source = case["expr"].as_str().unwrap();
        let answer =
            parse::expression(source, FileId(0)).and_then(|expr| eval::evaluate(&expr, &scope));
        let found = answer.map_or_else(|found| found, |_| diagnostics::Diagnostics::new());
        let column = |byte: u32| source[..byte as usize].chars().count() + 1;
        let got = found.iter().next().and_then(|d| {
            let span = d.subject?;
            Some((d.summary.as_str(), format!("{}-{}", column(span.start), column(span.end))))
        });
        let want = (case["summary"].as_str().unwrap(), case["at"].as_str().unwrap());
        if got.as_ref().map(|(summary, at)| (*summary, at.as_str())) != Some(want) {
            wrong.push(format!("{source}\n   got: {got:?}\n  want: {want:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}
