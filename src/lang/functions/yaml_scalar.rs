//! What a YAML scalar means: the core schema as Terraform reads it.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::{NaiveDate, NaiveDateTime};

use super::arguments::{number, quoted, text};
use super::timestamp;
use crate::{Number, Type, Value};

/// The start of the names of YAML's own tags.
pub(super) const CORE: &str = "tag:yaml.org,2002:";

/// Finds the value of a scalar by its tag, which may be empty, its text and whether it is plain:
/// neither in quotes nor a block.
pub(super) fn resolve(tag: &str, source: &str, is_plain: bool) -> Result<Value, String> {
    let kind = tag.strip_prefix(CORE).unwrap_or(tag);
    if !matches!(kind, "" | "str" | "bool" | "int" | "float" | "null" | "timestamp" | "binary") {
        return Err(format!("unsupported tag {}", quoted(tag)));
    }
    if special(source) && !matches!(kind, "str" | "binary") {
        if !is_plain {
            return Ok(text(source));
        }
        if let Some(value) = word(source) {
            return Ok(value);
        }
        if kind.is_empty() && matches!(source, ".nan" | ".NaN" | ".NAN") {
            return Err("floating point NaN is not supported".to_owned());
        }
        if let Some(value) = plain(kind, source) {
            return Ok(value);
        }
    }
    tagged(tag, kind, source)
}

/// Tells whether a scalar of this text may be anything but a string.
fn special(source: &str) -> bool {
    source.bytes().next().is_none_or(|first| b"+-0123456789yYnNtTfFoO~.".contains(&first))
}

fn word(source: &str) -> Option<Value> {
    Some(match source {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Value::bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Value::bool(false)
        }
        "" | "~" | "null" | "Null" | "NULL" => Value::null(Type::Dynamic),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => number(Number::infinity(false)),
        "-.inf" | "-.Inf" | "-.INF" => number(Number::infinity(true)),
        _ => return None,
    })
}

/// The value of a scalar that begins like a number or a date, if it is one.
fn plain(kind: &str, source: &str) -> Option<Value> {
    if source.starts_with('.') {
        return decimal(source).map(number);
    }
    if !source.starts_with(|first: char| first.is_ascii_digit() || "+-".contains(first)) {
        return None;
    }
    if matches!(kind, "" | "timestamp")
        && let Some(time) = time(source)
    {
        return Some(text(time));
    }
    decimal(source).or_else(|| based(source, &[("0o", 8), ("0x", 16)])).map(number)
}

fn tagged(tag: &str, kind: &str, source: &str) -> Result<Value, String> {
    let wrong = || format!("cannot parse {} as {tag}", quoted(source));
    match kind {
        "binary" if BASE64_STANDARD.decode(source).is_err() => {
            Err(format!("{}: not valid base64", wrong()))
        }
        "" | "str" | "binary" => Ok(text(source)),
        "null" => Ok(Value::null(Type::Dynamic)),
        "timestamp" => time(source).map(text).ok_or_else(wrong),
        "int" | "float" => {
            let digits = source.replace('_', "");
            decimal(&digits)
                .or_else(|| based(&digits, &[("0o", 8), ("0x", 16), ("0b", 2)]))
                .map(number)
                .ok_or_else(wrong)
        }
        _ => Err(wrong()),
    }
}

/// A number in decimal digits, with neither letters for infinity nor separators.
fn decimal(source: &str) -> Option<Number> {
    let digits = source.strip_prefix(['+', '-']).unwrap_or(source);
    let allowed = digits.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    let begins = digits.starts_with(|first: char| first.is_ascii_digit() || first == '.');
    if !(allowed && begins) {
        return None;
    }
    source.strip_prefix('+').unwrap_or(source).parse().ok()
}

fn based(source: &str, bases: &[(&str, u32)]) -> Option<Number> {
    bases.iter().find_map(|(prefix, radix)| {
        let value = u64::from_str_radix(source.strip_prefix(prefix)?, *radix).ok()?;
        value.to_string().parse().ok()
    })
}

/// A point in time, as RFC 3339 writes it, from one of the forms that YAML has.
fn time(source: &str) -> Option<String> {
    let year = source.bytes().take_while(u8::is_ascii_digit).count();
    if year != 4 || source.as_bytes().get(4) != Some(&b'-') {
        return None;
    }
    if let Ok(date) = NaiveDate::parse_from_str(source, "%Y-%m-%d") {
        return Some(format!("{}T00:00:00Z", date.format("%Y-%m-%d")));
    }
    if let Ok(time) = NaiveDateTime::parse_from_str(source, "%Y-%m-%d %H:%M:%S%.f") {
        return Some(time.format("%Y-%m-%dT%H:%M:%SZ").to_string());
    }
    let normal = source.replacen('t', "T", 1);
    let (day, clock) = normal.split_once('T')?;
    let offset = clock.find(['Z', '+', '-'])?;
    let day = NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()?;
    let time = chrono::NaiveTime::parse_from_str(&clock[..offset], "%H:%M:%S%.f").ok()?;
    let moment = NaiveDateTime::new(day, time).format("%Y-%m-%dT%H:%M:%S");
    let parsed = timestamp::parse(&format!("{moment}{}", &clock[offset..])).ok()?;
    Some(timestamp::write(&parsed))
}
