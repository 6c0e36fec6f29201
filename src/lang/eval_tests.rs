//! What is unknown or sensitive goes through every kind of expression, and no secret reaches a message.

use std::collections::BTreeMap;

use crate::functions::FunctionContext;
use crate::scope::ObjectScope;
use crate::testing::{constant, evaluate};
use crate::{Marks, Name, Type, Value, display};

fn scope() -> ObjectScope {
    let object = |entries: &[(&str, Type)]| {
        Type::object(entries.iter().map(|(name, ty)| (Name::from(*name), ty.clone())))
    };
    let variables: BTreeMap<Name, Value> = [
        ("any", Value::unknown(Type::Dynamic)),
        ("text", Value::unknown(Type::String)),
        ("sure", Value::unknown_not_null(Type::String)),
        ("number", Value::unknown(Type::Number)),
        ("flag", Value::unknown(Type::Bool)),
        ("list", Value::unknown(Type::list(Type::String))),
        ("map", Value::unknown(Type::map(Type::Number))),
        ("thing", Value::unknown(object(&[("id", Type::String)]))),
        ("things", Value::unknown(Type::list(object(&[("id", Type::String)])))),
        (
            "part",
            Value::object([
                ("a".into(), Value::int(1)),
                ("b".into(), Value::unknown(Type::String)),
            ]),
        ),
        ("secret", constant("\"hunter2\"").sensitive()),
        ("pin", constant("1234").sensitive()),
        ("secrets", constant("{ hunter2 = \"hunter2\" }").sensitive()),
        ("token", constant("\"t\"").with_marks(Marks::EPHEMERAL)),
    ]
    .map(|(name, value)| (Name::from(name), value))
    .into();
    ObjectScope::new(variables, FunctionContext::nowhere())
}

/// The value in short: its console form, its type where it is unknown, and what else is known.
fn short(source: &str) -> String {
    let value = match evaluate(source, &scope()) {
        Ok(value) => value,
        Err(found) => return format!("error: {}", found.iter().next().unwrap().summary),
    };
    let marks = if value.marks.is_empty() { "" } else { " marked" };
    if value.is_unknown() {
        let known = value.refinement();
        let sure = if known.is_some_and(|known| known.not_null) { "!" } else { "" };
        let prefix = known.and_then(|known| known.prefix.as_deref()).unwrap_or("");
        let prefix = if prefix.is_empty() { String::new() } else { format!(" {prefix}...") };
        return format!("{}{sure}{prefix}{marks}", display::type_expression(&value.type_of()));
    }
    display::console(&value).replace('\n', "").replace("  ", "") + marks
}

#[test]
fn unknown_goes_through_with_the_best_type() {
    for (source, want) in [
        ("any", "any"),
        ("any.x[0]", "any"),
        ("any + 1", "number!"),
        ("text == \"a\"", "bool!"),
        ("sure == null", "false"),
        ("text == null", "bool!"),
        ("text == 1", "false"),
        ("number < 5", "bool!"),
        ("-number", "number!"),
        ("!flag", "bool!"),
        ("flag && false", "bool!"),
        ("flag || true", "bool!"),
        ("true || flag", "bool!"),
        ("flag ? 1 : 1", "1"),
        ("sort([\"b\", text])", "tolist([(known after apply),(known after apply),])"),
        ("length(sort([\"b\", text]))", "2"),
        ("provider::terraform(1)", "error: Unknown provider function"),
        ("setunion([\"a\"], [text])", "toset([\"a\",(known after apply),])"),
        ("flag && true", "bool!"),
        ("\"a-${text}\"", "string! a-..."),
        ("\"${text}-a\"", "string!"),
        ("\"${text}\"", "string"),
        ("flag ? 1 : 2", "number!"),
        ("flag ? 1 : \"a\"", "string!"),
        ("flag ? \"a\" : null", "string"),
        ("flag ? null : null", "null"),
        ("true ? text : \"a\"", "string"),
        ("list[0]", "string"),
        ("map.x", "number"),
        ("map[\"x\"]", "number"),
        ("thing.id", "string"),
        ("thing.nope", "error: Unsupported attribute"),
        ("things[*].id", "list(string)!"),
        ("things[0].id", "string"),
        ("[for x in list : x]", "any"),
        ("{for k, v in map : k => v}", "any"),
        ("[for x in [1] : x if flag]", "any"),
        ("[text, 1]", "[(known after apply),1,]"),
        ("{ (text) = 1 }", "any"),
        ("part.a", "1"),
        ("part == part", "bool!"),
        ("length([text, 1])", "2"),
        ("upper(text)", "string!"),
        ("max(any...)", "any"),
        ("try(text, 1)", "any"),
        ("try(part, 1)", "any"),
        ("can(text)", "bool"),
        ("thing[*]", "any"),
        ("text[*]", "any"),
        ("\"%{ if flag }a%{ endif }\"", "string!"),
        ("\"%{ for x in list }a%{ endfor }\"", "string!"),
        ("text.x", "error: Unsupported attribute"),
        ("[for x in text : x]", "error: Iteration over non-iterable value"),
        ("toset([text, \"a\"])", "toset([\"a\",(known after apply),])"),
    ] {
        assert_eq!(short(source), want, "{source}");
    }
}

#[test]
fn marks_go_through_everything() {
    for (source, want) in [
        ("secret", "(sensitive value) marked"),
        ("pin + 1", "(sensitive value) marked"),
        ("pin == 1234", "(sensitive value) marked"),
        ("pin == 1234 ? 1 : 2", "(sensitive value) marked"),
        ("\"x-${secret}\"", "(sensitive value) marked"),
        ("\"${text}${secret}\"", "string! marked"),
        ("secrets.hunter2", "(sensitive value) marked"),
        ("[1, 2][pin - 1233]", "(sensitive value) marked"),
        ("[secret, 1]", "[(sensitive value),1,]"),
        ("{ (secret) = 1 }", "(sensitive value) marked"),
        ("[for k, v in secrets : 1]", "(sensitive value) marked"),
        ("[for x in [1] : x if pin > 1]", "(sensitive value) marked"),
        ("{for x in [1] : secret => x}", "(sensitive value) marked"),
        ("secrets[*].hunter2", "(sensitive value) marked"),
        ("toset([secret])", "(sensitive value) marked"),
        ("\"%{ if pin > 1 }a%{ endif }\"", "(sensitive value) marked"),
        ("\"%{ for k, v in secrets }a%{ endfor }\"", "(sensitive value) marked"),
        ("upper(secret)", "(sensitive value) marked"),
        ("flag ? secret : \"a\"", "string! marked"),
        ("token", "(ephemeral value) marked"),
        ("\"${token}${secret}\"", "(sensitive value) marked"),
    ] {
        assert_eq!(short(source), want, "{source}");
    }
}

#[test]
fn secrets_never_reach_a_message() {
    for source in [
        "secret + 1",
        "[1][pin]",
        "{a = 1}[secret]",
        "secrets.nope",
        "secrets[\"hunter\"]",
        "secrets.hunter2.x",
        "{for x in [1, 2] : secret => x}",
        "tonumber(secret)",
        "[for x in secret : x]",
        "secret ? 1 : 2",
        "\"a${secrets}\"",
        "[for s in [secret] : s + 1]",
        "try(secret + 1)",
        "upper(secrets)",
        "-secret",
        "true ? secrets : secret",
    ] {
        let found = evaluate(source, &scope()).unwrap_err();
        let text = format!("{found:?}");
        assert!(!text.contains("hunter2\"") || source.contains("hunter2"), "{source}: {text}");
        assert!(!text.contains("\\\"hunter2") && !text.contains("1234"), "{source}: {text}");
    }
}

#[test]
fn messages_name_the_values_they_are_about() {
    let values = |source: &str| {
        let found = evaluate(source, &scope()).unwrap_err();
        let first = found.iter().next().unwrap();
        first.values.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(values("secret + 1"), [""; 0]);
    assert_eq!(values("part.a.x"), ["part.a is 1"]);
    assert_eq!(values("[for x in [\"a\"] : x + 1]"), ["x is \"a\""]);
    assert_eq!(values("thing.nope"), [""; 0]);
}

#[test]
fn independent_mistakes_are_told_together() {
    let summaries = |source: &str| evaluate(source, &scope()).unwrap_err().len();
    assert_eq!(summaries("[1 + \"a\", {}.b, nope]"), 3);
    assert_eq!(summaries("upper([]) == lower({})"), 2);
    assert_eq!(summaries("\"${nope}${[].x}\""), 2);
    assert_eq!(summaries("{ a = nope, (nah) = 1 }"), 2);
}
