//! The functions against answers of Terraform, which stand in `tests/cases/functions`.

use std::path::PathBuf;

use diagnostics::FileId;
use serde_json::{Value as Json, json};

use super::testing::FakeWorld;
use crate::scope::ObjectScope;
use crate::{Value, display, eval, parse};

mod calls;

/// The files that the expressions of the cases read.
fn world() -> FakeWorld {
    FakeWorld::new()
        .with_home("/home/me")
        .with_file("/stack/hello.txt", "Hello, world!\n")
        .with_file("/stack/data/a.json", "{\"a\":1}")
        .with_file("/stack/data/b.json", "{\"b\":[1,2]}")
        .with_file("/stack/data/sub/c.txt", "c")
        .with_file("/stack/data/sub/deep/d.json", "{}")
        .with_file("/stack/data/.hidden", "h")
        .with_file("/stack/binary.bin", vec![0xff, 0xfe, 0x00, 0x01])
        .with_file("/stack/greet.tftpl", "Hello ${name}%{ if loud }!%{ endif }\n")
        .with_file("/stack/list.tftpl", "%{ for x in xs ~}\n- ${x}\n%{ endfor ~}\n")
        .with_file("/stack/empty.txt", "")
        .with_file("/stack/alone.tftpl", "${x}")
        .with_file("/stack/bad.tftpl", "${x")
        .with_file("/stack/self.tftpl", "${templatefile(\"self.tftpl\", {})}")
}

fn evaluate(expression: &str, world: FakeWorld) -> Result<Value, String> {
    let scope = ObjectScope::new(Default::default(), world.context());
    parse::expression(expression, FileId(0)).and_then(|expr| eval::evaluate(&expr, &scope)).map_err(
        |found| {
            let texts: Vec<_> =
                found.iter().map(|one| format!("{} {}", one.summary, one.detail)).collect();
            texts.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
        },
    )
}

/// What the console prints, or the mistake on one line.
fn answer(expression: &str) -> Result<String, String> {
    let value = evaluate(expression, world())?;
    match value.as_str() {
        // The console prints the answer of `type` as it is.
        Some(text) if expression.starts_with("type(") => Ok(text.to_owned()),
        _ => Ok(display::console(&value)),
    }
}

fn check(family: &str) {
    let folder = PathBuf::from("../../tests/cases/functions");
    let text = std::fs::read_to_string(folder.join(format!("{family}.json"))).unwrap();
    let cases: Vec<Json> = serde_json::from_str(&text).unwrap();
    let mut wrong = Vec::new();
    for case in &cases {
        let expression = case["expression"].as_str().unwrap();
        let expected = match (case["console"].as_str(), case["error"].as_str()) {
            (Some(text), None) => Ok(text.to_owned()),
            (None, Some(text)) => Err(text.to_owned()),
            _ => panic!("{expression} has neither an answer nor an error, or both"),
        };
        let given = answer(expression);
        if given != expected {
            wrong.push(format!("{expression}\n  given    {given:?}\n  expected {expected:?}"));
        }
    }
    let count = wrong.len();
    assert!(wrong.is_empty(), "{count} of {} answers differ:\n{}", cases.len(), wrong.join("\n"));
}

/// Names and types of parameters and results are those of Terraform 1.11.4's `metadata functions -json`.
#[test]
fn functions_are_declared_as_terraform_declares_them() {
    let text = std::fs::read_to_string("../../tests/cases/signatures.json").unwrap();
    let expected: std::collections::BTreeMap<String, Json> = serde_json::from_str(&text).unwrap();
    let parameter = |one: &super::Parameter| json!([one.name, one.shape.json()]);
    let declared = super::signatures().into_iter().map(|signature| {
        let parameters: Vec<Json> = signature.parameters.iter().map(parameter).collect();
        let mut object = json!({ "parameters": parameters, "returns": signature.returns.json() });
        if let Some(variadic) = &signature.variadic {
            object["variadic"] = parameter(variadic);
        }
        (signature.name.to_owned(), object)
    });
    let declared: std::collections::BTreeMap<String, Json> = declared.collect();
    let wrong: Vec<_> = expected
        .iter()
        // Its template may be of any type until it is seen which reference it is.
        .filter(|(name, one)| *name != "templatestring" && declared.get(*name) != Some(one))
        .map(|(name, one)| format!("{name}: {one}\n  not {:?}", declared.get(name)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

macro_rules! families {
    ($($family:ident)*) => {
        $(
            #[test]
            fn $family() {
                check(stringify!($family));
            }
        )*

        #[test]
        fn every_family_of_cases_is_checked() {
            let folder =
                PathBuf::from("../../tests/cases/functions");
            let mut files: Vec<_> = std::fs::read_dir(folder)
                .unwrap()
                .map(|file| file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
                .collect();
            files.sort();
            assert_eq!(files, [$(stringify!($family)),*]);
        }
    };
}

families! {
    collection
    conversion
    csv
    date_time
    edges
    encoding
    everyday
    filesystem
    format
    hash
    json
    list
    map
    mixed
    network
    numeric
    random
    regular
    rsa
    sensitive
    set
    string
    template
    text_encoding
    tfvars
    yaml
}
