//! What holds for every function: arity, null, unknown, marks, and that none panics.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::Config;

use super::super::testing::FakeWorld;
use super::super::{ALL, FunctionContext, arity, call, lookup};
use crate::value::Refinement;
use crate::{Data, Marks, Type, Value};

fn applying() -> FunctionContext {
    FakeWorld::new().applying("2024-03-01T00:00:00Z", 7).context()
}

#[test]
fn the_list_is_alphabetical_so_that_lookup_finds_all() {
    assert!(ALL.is_sorted_by(|a, b| a.name < b.name));
    for function in ALL {
        assert_eq!(lookup(function.name).map(|found| found.name), Some(function.name));
        let namespaced = format!("core::{}", function.name);
        assert_eq!(lookup(&namespaced).map(|found| found.name), Some(function.name));
        assert!(function.description.ends_with('.'), "{}", function.name);
    }
    assert!(lookup("nope").is_none());
    let console_only = ALL.iter().filter(|function| function.console_only).count();
    assert_eq!(super::super::signatures().len(), ALL.len() - console_only + 2);
}

#[test]
fn too_few_and_too_many_arguments_are_told_apart() {
    let substr = lookup("substr").unwrap();
    let (summary, detail) = arity(substr, 1).unwrap_err().diagnostic("substr");
    assert_eq!(summary, "Not enough function arguments");
    assert!(detail.ends_with("Missing value for \"offset\"."), "{detail}");
    let (summary, _) = arity(substr, 4).unwrap_err().diagnostic("substr");
    assert_eq!(summary, "Too many function arguments");
    assert!(arity(lookup("max").unwrap(), 0).is_ok());
}

#[test]
fn unknown_arguments_give_unknown_results_of_the_right_type() {
    let unknown = |ty| Value::unknown(ty);
    let cases: Vec<(&str, Vec<Value>, Type)> = vec![
        ("upper", vec![unknown(Type::String)], Type::String),
        ("length", vec![unknown(Type::list(Type::String))], Type::Number),
        ("element", vec![unknown(Type::list(Type::Bool)), Value::int(0)], Type::Bool),
        ("keys", vec![unknown(Type::map(Type::Bool))], Type::list(Type::String)),
        ("values", vec![unknown(Type::map(Type::Bool))], Type::list(Type::Bool)),
        ("jsondecode", vec![unknown(Type::String)], Type::Dynamic),
        ("merge", vec![unknown(Type::map(Type::Bool))], Type::map(Type::Bool)),
        ("toset", vec![unknown(Type::list(Type::String))], Type::set(Type::String)),
        ("flatten", vec![unknown(Type::list(Type::list(Type::String)))], Type::Dynamic),
        ("regex", vec![Value::text("(a)"), unknown(Type::String)], Type::tuple([Type::String])),
    ];
    for (name, arguments, expected) in cases {
        let result = call(lookup(name).unwrap(), &arguments, &applying()).unwrap();
        assert!(result.is_unknown(), "{name}");
        assert_eq!(result.type_of(), expected, "{name}");
    }
}

#[test]
fn a_length_is_known_where_the_type_tells_it() {
    let tuple = Value::unknown(Type::tuple([Type::String, Type::Bool]));
    let result = call(lookup("length").unwrap(), &[tuple], &applying()).unwrap();
    assert_eq!(result.as_i64(), Some(2));
}

#[test]
fn what_precedes_an_unknown_part_stays_known() {
    let arguments = [Value::text("arn:aws:%s"), Value::unknown(Type::String)];
    let result = call(lookup("format").unwrap(), &arguments, &applying()).unwrap();
    let Data::Unknown(_, Some(known)) = &result.data else { panic!("{result:?}") };
    assert_eq!(known.prefix.as_deref(), Some("arn:aws:"));
    let starts = call(lookup("startswith").unwrap(), &[result, Value::text("arn:")], &applying());
    assert_eq!(starts.unwrap().as_bool(), Some(true));
}

#[test]
fn known_elements_stay_known_beside_unknown_ones() {
    let known = Value::tuple([Value::text("a"), Value::unknown(Type::String)]);
    let result = call(lookup("concat").unwrap(), &[known.clone(), known], &applying()).unwrap();
    assert_eq!(result.elements().unwrap()[2].as_str(), Some("a"));
}

#[test]
fn impure_functions_are_unknown_while_planning() {
    let planning = FakeWorld::new().context();
    for (name, arguments) in
        [("timestamp", vec![]), ("uuid", vec![]), ("bcrypt", vec![Value::text("x")])]
    {
        let function = lookup(name).unwrap();
        let result = call(function, &arguments, &planning).unwrap();
        assert_eq!(result.data, Value::unknown_not_null(Type::String).data, "{name}");
    }
}

#[test]
fn impure_functions_answer_while_applying() {
    let result = |name: &str, arguments: &[Value]| {
        call(lookup(name).unwrap(), arguments, &applying()).unwrap().as_str().unwrap().to_owned()
    };
    assert_eq!(result("timestamp", &[]), "2024-03-01T00:00:00Z");
    assert_eq!(result("plantimestamp", &[]), "2024-02-29T12:00:00Z");
    assert_eq!(result("uuid", &[]), "07070707-0707-4707-8707-070707070707");
    let hash = result("bcrypt", &[Value::text("secret"), Value::int(4)]);
    assert!(hash.starts_with("$2a$04$"), "{hash}");
    assert!(bcrypt::verify("secret", &hash).unwrap());
}

proptest! {
    #![proptest_config(Config { cases: 60, failure_persistence: None, ..Config::default() })]

    #[test]
    fn gzip_gives_back_what_was_put_in(words in prop::collection::vec("[a-c]{1,9}|[ -~é☃]{0,300}", 0..300)) {
        use std::io::Read;
        let plain = words.concat();
        let encoded = call(lookup("base64gzip").unwrap(), &[Value::text(&plain)], &applying());
        let encoded = encoded.unwrap();
        let bytes = super::super::encoding::decode(encoded.as_str().unwrap()).unwrap();
        let mut text = String::new();
        flate2::read::GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
        prop_assert_eq!(text, plain);
    }
}

#[test]
fn ephemeral_values_become_null() {
    let value = Value::object([
        ("a".into(), Value::text("x").with_marks(Marks::EPHEMERAL)),
        ("b".into(), Value::text("y")),
    ]);
    let result = call(lookup("ephemeralasnull").unwrap(), &[value], &applying()).unwrap();
    assert!(result.get("a").unwrap().is_null());
    assert!(result.deep_marks().is_empty());
    assert_eq!(result.get("b").unwrap().as_str(), Some("y"));
}

#[test]
fn sensitive_text_stays_out_of_messages() {
    let secret = Value::text("hunter2").sensitive();
    for name in ["base64decode", "jsondecode", "csvdecode", "file", "yamldecode", "cidrnetmask"] {
        if let Err(error) = call(lookup(name).unwrap(), std::slice::from_ref(&secret), &applying())
        {
            assert!(!error.message.contains("hunter2"), "{name}: {}", error.message);
        }
    }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-z0-9%${}()\\[\\]*?+./:'\" -]{0,12}",
        Just("10.0.0.0/8".to_owned()),
        Just("2020-01-02T03:04:05Z".to_owned()),
        Just("%[2]5.1f|%s|%v".to_owned()),
        Just("utf-16".to_owned()),
    ]
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        text().prop_map(|text| Value::text(&text)),
        any::<i64>().prop_map(Value::int),
        (-40_i64..400).prop_map(Value::int),
        any::<f64>().prop_map(Value::number),
        any::<bool>().prop_map(Value::bool),
        Just(Value::null(Type::Dynamic)),
        Just(Value::null(Type::String)),
        Just(Value::unknown(Type::Dynamic)),
        Just(Value::unknown(Type::String)),
        Just(Value::unknown(Type::list(Type::String))),
        Just(Value::unknown(Type::map(Type::Number))),
        Just(Value::unknown(Type::tuple([Type::Bool, Type::Dynamic]))),
        Just(Value::unknown_refined(
            Type::String,
            Refinement { prefix: Some("{\"a".into()), ..Refinement::default() }
        )),
        Just(Value::number(crate::Number::infinity(false))),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = (scalar(), any::<bool>())
        .prop_map(|(value, marked)| if marked { value.sensitive() } else { value });
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::tuple),
            prop::collection::vec(inner.clone(), 0..4).prop_map(|values| {
                crate::convert::convert(&Value::tuple(values), &Type::list(Type::Dynamic))
                    .unwrap_or_else(|_| Value::list(Type::String, Vec::new()))
            }),
            prop::collection::vec(text(), 0..4).prop_map(|texts| Value::set(
                Type::String,
                texts.iter().map(|text| Value::text(text))
            )),
            prop::collection::btree_map("[a-z]{0,2}", inner, 0..3).prop_map(|entries| {
                Value::object(entries.into_iter().map(|(key, value)| (key.as_str().into(), value)))
            }),
            prop::collection::btree_map("[a-z]{0,2}", text(), 0..3).prop_map(|entries| {
                let entries: BTreeMap<_, _> = entries
                    .into_iter()
                    .map(|(key, text)| (key.as_str().into(), Value::text(&text)))
                    .collect();
                Value::map(Type::String, entries)
            }),
        ]
    })
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, cases: 400, ..Config::default() })]

    #[test]
    fn no_function_panics(values in prop::collection::vec(value(), 1..5)) {
        let context = applying();
        for function in ALL {
            // What takes a while on purpose is tested apart.
            if function.name == "bcrypt" {
                continue;
            }
            let least = function.parameters.len();
            let most = if function.variadic.is_some() { values.len() } else { least };
            let arguments: Vec<_> =
                values.iter().cycle().take(least.max(most)).cloned().collect();
            let result = call(function, &arguments, &context);
            let marked = arguments.iter().any(|value| value.deep_marks().contains(Marks::SENSITIVE));
            if let Ok(result) = result
                && !marked
                && function.name != "sensitive"
            {
                prop_assert!(result.deep_marks().is_empty(), "{} made up marks", function.name);
            }
        }
    }

    #[test]
    fn json_and_yaml_give_back_what_was_put_in(value in value()) {
        let value = value.unmark_deep().0;
        if value.is_wholly_known() && !super::super::json::has_infinity(&value) {
            let context = applying();
            for (write, read) in [("jsonencode", "jsondecode"), ("yamlencode", "yamldecode")] {
                let text = call(lookup(write).unwrap(), std::slice::from_ref(&value), &context).unwrap();
                let back = call(lookup(read).unwrap(), std::slice::from_ref(&text), &context).unwrap();
                let again = call(lookup(write).unwrap(), &[back], &context).unwrap();
                prop_assert_eq!(text, again, "{}", write);
            }
        }
    }
}
