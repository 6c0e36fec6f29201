//! What `random_password` and `random_string` share: which characters are drawn, and how many.

use diagnostics::Diagnostic;
use lang::{Path, Type, Value};
use provider::{Attribute, Finding, PlanRequest, Schema};

use super::{at_least_one, at_least_zero, keepers, whole};
use crate::entropy;
use crate::state_only::with;

const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const NUMERIC: &str = "0123456789";
const SPECIAL: &str = "!@#$%&*()-_=+[]{}<>:?";

/// More than any password needs, and little enough to draw at once.
const LENGTH_MAX: i64 = 1_000_000;

/// The arguments, with `id` and `result`.
pub(super) fn schema() -> Schema {
    let class = |words| {
        Attribute::optional(Type::Bool)
            .default(Value::bool(true))
            .forces_replacement()
            .describe(words)
    };
    let least = |words| {
        Attribute::optional(Type::Number)
            .default(Value::int(0))
            .forces_replacement()
            .validated(at_least_zero)
            .describe(words)
    };
    Schema::new([
        ("id", Attribute::computed(Type::String)),
        ("keepers", keepers()),
        (
            "length",
            Attribute::required(Type::Number)
                .forces_replacement()
                .validated(at_least_one)
                .describe("How many characters are drawn, 1 or more."),
        ),
        ("lower", class("Draws lower-case letters.")),
        ("min_lower", least("The least number of lower-case letters.")),
        ("min_numeric", least("The least number of digits.")),
        ("min_special", least("The least number of special characters.")),
        ("min_upper", least("The least number of upper-case letters.")),
        (
            "number",
            Attribute::optional(Type::Bool)
                .forces_replacement()
                .describe("The former name of numeric."),
        ),
        ("numeric", class("Draws digits.")),
        (
            "override_special",
            Attribute::optional(Type::String)
                .forces_replacement()
                .describe("The special characters to draw from in place of the default ones."),
        ),
        ("result", Attribute::computed(Type::String).describe("The drawn text.")),
        ("special", class("Draws special characters.")),
        ("upper", class("Draws upper-case letters.")),
    ])
}

/// One class of characters: the argument that switches it on, its least number, its characters.
struct Class {
    enabled: bool,
    least: i64,
    characters: Vec<char>,
}

fn classes(object: &Value) -> [Class; 4] {
    let text =
        |name: &str| object.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let on = |name: &str| object.get(name).and_then(Value::as_bool).unwrap_or(true);
    let class = |name: &str, enabled: bool, characters: &str| Class {
        enabled,
        least: whole(object, &format!("min_{name}"), 0).max(0),
        characters: characters.chars().collect(),
    };
    let numeric = on("numeric") && on("number");
    [
        class("upper", on("upper"), UPPER),
        class("lower", on("lower"), LOWER),
        class("numeric", numeric, NUMERIC),
        class("special", on("special"), text("override_special").unwrap_or(SPECIAL)),
    ]
}

/// Finds arguments that contradict each other.
pub(super) fn check(request: &PlanRequest<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let classes = classes(request.proposed);
    let least: i64 = classes.iter().map(|class| class.least).fold(0, i64::saturating_add);
    let length = request.proposed.get("length").and_then(Value::as_i64);
    if let Some(length) = length.filter(|length| *length < least) {
        let detail = format!(
            "The length is {length}, but min_upper, min_lower, min_numeric and min_special ask for {least} characters together. Raise length or lower the minimums."
        );
        findings.push(Finding::error(Path::attribute("length"), "Invalid attribute value", detail));
    }
    if let Some(length) = length.filter(|length| *length > LENGTH_MAX) {
        let detail = format!("The length is {length}; at most {LENGTH_MAX} characters are drawn.");
        findings.push(Finding::error(Path::attribute("length"), "Invalid attribute value", detail));
    }
    if classes.iter().all(|class| !class.enabled && class.least == 0) && are_known(request) {
        let detail = "All of upper, lower, numeric and special are false, so that there is no character to draw. Set one of them to true.";
        findings.push(Finding::error(Path::attribute("length"), "No characters to draw", detail));
    }
    findings
}

fn are_known(request: &PlanRequest<'_>) -> bool {
    let names = ["upper", "lower", "numeric", "number", "special"];
    names.iter().all(|name| request.proposed.get(name).is_none_or(Value::is_known))
}

/// Draws a text: the least number of each class, the rest from all of them, in random order.
pub(super) fn draw(object: &Value) -> Result<String, Diagnostic> {
    let classes = classes(object);
    let length = usize::try_from(whole(object, "length", 0).clamp(0, LENGTH_MAX)).unwrap_or(0);
    let mut drawn: Vec<char> = Vec::with_capacity(length);
    for class in &classes {
        for _ in 0..class.least {
            drawn.push(pick(&class.characters)?);
        }
    }
    let enabled = classes.iter().filter(|class| class.enabled);
    let all: Vec<char> = enabled.flat_map(|class| class.characters.iter().copied()).collect();
    while drawn.len() < length {
        drawn.push(pick(&all)?);
    }
    entropy::shuffle(&mut drawn)?;
    Ok(drawn.into_iter().collect())
}

fn pick(characters: &[char]) -> Result<char, Diagnostic> {
    if characters.is_empty() {
        let detail = "All classes of characters are switched off. Set one of upper, lower, numeric and special to true.";
        return Err(Diagnostic::error("No characters to draw", detail));
    }
    let index = entropy::below(characters.len() as u64)?;
    Ok(characters[usize::try_from(index).unwrap_or(0)])
}

/// The attributes of a text that exists already: its length, and the defaults for the rest.
pub(super) fn imported(schema: &Schema, text: &str) -> Value {
    let length = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    let defaults =
        schema.attributes.iter().filter_map(|(name, a)| Some((name, a.default.clone()?)));
    let entries = schema.empty_object().entries().cloned().unwrap_or_default();
    let filled = Value::object(entries.into_iter().chain(defaults.map(|(n, v)| (n.clone(), v))));
    with(filled, [("length", Value::int(length)), ("result", Value::string(text))])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(attributes: &[(&str, Value)]) -> Value {
        Value::object(attributes.iter().map(|(name, value)| ((*name).into(), value.clone())))
    }

    #[test]
    fn the_minimums_are_kept_and_the_classes_respected() {
        let object = object(&[
            ("length", Value::int(12)),
            ("min_special", Value::int(5)),
            ("min_numeric", Value::int(4)),
            ("upper", Value::bool(false)),
            ("override_special", Value::string("_-")),
        ]);
        for _ in 0..50 {
            let text = draw(&object).unwrap();
            let count = |set: &str| text.chars().filter(|c| set.contains(*c)).count();
            assert_eq!(text.chars().count(), 12);
            assert!(count("_-") >= 5 && count(NUMERIC) >= 4 && count(UPPER) == 0, "{text}");
        }
    }

    #[test]
    fn contradictions_are_found_at_plan() {
        let table = [
            (object(&[("length", Value::int(2)), ("min_lower", Value::int(3))]), "ask for 3"),
            (
                object(&[
                    ("length", Value::int(2)),
                    ("lower", Value::bool(false)),
                    ("upper", Value::bool(false)),
                    ("numeric", Value::bool(false)),
                    ("special", Value::bool(false)),
                ]),
                "no character",
            ),
        ];
        for (proposed, expected) in table {
            let (config, proposed) = (&proposed, &proposed);
            let (address, name_seed, prior) = ("random_string.a", "", None);
            let request =
                PlanRequest { address, prior, config, proposed, name_seed, connection: None };
            let findings = check(&request);
            assert_eq!(findings.len(), 1);
            assert!(findings[0].diagnostic.detail.contains(expected), "{findings:?}");
        }
    }
}
