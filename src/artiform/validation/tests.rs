//! Verdicts on small configurations against those of `terraform validate -json`, which stand in `tests/cases/validate`.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use diagnostics::json;
use serde_json::Value as Json;

/// `error: Summary (main.tf:1:2-1:3)` for each mistake of the stack in a folder.
fn verdict(folder: &Path) -> BTreeSet<String> {
    let loaded = config::load(folder);
    let config = Arc::new(loaded.config);
    let found = super::completed(&config, loaded.diagnostics);
    let found = found.unwrap_or_else(|_| panic!("nothing could be checked"));
    found.iter().map(|one| line(&json::diagnostic(one, &config.sources), folder)).collect()
}

fn line(found: &Json, folder: &Path) -> String {
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let said = format!("{}: {}", text(&found["severity"]), text(&found["summary"]));
    let Some(range) = found.get("range") else { return said };
    let place = |end: &str| format!("{}:{}", range[end]["line"], range[end]["column"]);
    let file = text(&range["filename"]);
    let file = file.strip_prefix(&format!("{}/", folder.display())).unwrap_or(&file).to_owned();
    format!("{said} ({file}:{}-{})", place("start"), place("end"))
}

/// The cases of a file; where the first is a `base` of files, the others say what they change in it: in a file, from
/// a line up to another, to a text or to nothing.
fn cases_of(text: &str) -> Vec<Json> {
    let mut cases: Vec<Json> = serde_json::from_str(text).unwrap();
    if cases[0].get("base").is_none() {
        return cases;
    }
    let base = cases.remove(0)["base"].take();
    for case in &mut cases {
        let change = &case["change"];
        let name = change[0].as_str().unwrap();
        let line = |at: usize| usize::try_from(change[at].as_u64().unwrap()).unwrap();
        let mut lines: Vec<&str> = base[name].as_str().unwrap_or_default().split('\n').collect();
        lines.splice(line(1)..line(2), change[3].as_str());
        let text = lines.join("\n");
        let mut files = base.clone();
        files[name] = Json::from(text);
        case["files"] = files;
    }
    cases
}

#[test]
fn verdicts_places_and_summaries_are_terraforms() {
    let cases = Path::new("../../tests/cases/validate");
    let files = std::fs::read_dir(cases).unwrap();
    let recorded = files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    let cases: Vec<Json> = recorded.flat_map(|text| cases_of(&text)).collect();
    assert!(cases.len() > 500);
    let mut wrong = Vec::new();
    for case in &cases {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in case["files"].as_object().unwrap() {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text.as_str().unwrap()).unwrap();
        }
        let given = verdict(folder.path());
        let expected: BTreeSet<String> = case["diagnostics"]
            .as_array()
            .unwrap()
            .iter()
            .map(|d| d.as_str().unwrap().to_owned())
            .collect();
        if given != expected {
            wrong.push(format!(
                "{}\n  given    {given:#?}\n  expected {expected:#?}",
                case["files"]
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
