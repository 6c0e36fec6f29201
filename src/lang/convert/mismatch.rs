//! Why one type cannot become another, as a phrase.

use std::collections::BTreeMap;

use super::{Optional, can_convert};
use crate::display::{constraint_name, friendly_type, go_quoted};
use crate::{Name, Type};

/// Says what would be needed, such as `string required` or `attribute "a" is required`.
pub fn mismatch(got: &Type, want: &Type, optional: &Optional) -> String {
    let any = |element: &Type| *element == Type::Dynamic;
    match (got, want) {
        (Type::Object(got), Type::Object(want)) => objects(got, want, optional),
        (Type::Tuple(_), Type::List(element)) if any(element) => {
            "all list elements must have the same type".into()
        }
        (Type::Tuple(_), Type::Set(element)) if any(element) => {
            "all set elements must have the same type".into()
        }
        (Type::Object(_), Type::Map(element)) if any(element) => {
            "all map elements must have the same type".into()
        }
        (Type::Tuple(got), Type::List(element) | Type::Set(element)) => {
            let named = got.iter().enumerate().map(|(i, got)| (i.to_string(), got));
            elements(named, element, optional.element())
        }
        (Type::Object(got), Type::Map(element)) => {
            let named = got.iter().map(|(name, got)| (go_quoted(name), got));
            elements(named, element, optional.element())
        }
        (Type::List(got) | Type::Set(got), Type::List(want)) => {
            let why = mismatch(got, want, optional.element());
            format!("incorrect list element type: {why}")
        }
        (Type::List(got) | Type::Set(got), Type::Set(want)) => {
            let why = mismatch(got, want, optional.element());
            format!("incorrect set element type: {why}")
        }
        (Type::Map(got), Type::Map(want)) => {
            let why = mismatch(got, want, optional.element());
            format!("incorrect map element type: {why}")
        }
        (got, want) if has_to_name_both(got, want) => {
            format!("{} required, but have {}", friendly_type(want), friendly_type(got))
        }
        _ => format!("{} required", constraint_name(want)),
    }
}

/// Terraform 1.11 names only what is wanted; kept apart so that a later rule has its place.
fn has_to_name_both(_got: &Type, _want: &Type) -> bool {
    false
}

fn elements<'a>(
    mut got: impl Iterator<Item = (String, &'a Type)>,
    want: &Type,
    optional: &Optional,
) -> String {
    let misfit = |got: &Type| got != want && !can_convert(got, want, optional, true);
    match got.find(|(_, got)| misfit(got)) {
        Some((name, got)) => format!("element {name}: {}", mismatch(got, want, optional)),
        None => format!("all elements must be {}", constraint_name(want)),
    }
}

fn objects(got: &BTreeMap<Name, Type>, want: &BTreeMap<Name, Type>, optional: &Optional) -> String {
    let absent = |name: &&Name| !got.contains_key(*name) && !optional.is_optional(name);
    let missing: Vec<String> = want.keys().filter(absent).map(|name| go_quoted(name)).collect();
    if let Some((last, others)) = missing.split_last() {
        return match others {
            [] => format!("attribute {last} is required"),
            [first] => format!("attributes {first} and {last} are required"),
            _ => format!("attributes {}, and {last} are required", others.join(", ")),
        };
    }
    for lossy in [true, false] {
        for (name, want) in want {
            let Some(got) = got.get(name) else { continue };
            let inner = optional.attribute(name);
            if got != want && !can_convert(got, want, inner, lossy) {
                return format!("attribute {}: {}", go_quoted(name), mismatch(got, want, inner));
            }
        }
    }
    "incorrect object attributes".into()
}
