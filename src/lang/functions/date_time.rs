//! Functions on time.

use chrono::{Datelike, Timelike};

use super::arguments::{quoted, text};
use super::timestamp::{self, Timestamp};
use super::{Call, Function, FunctionError, Parameter, Returns, Shape, duration};
use crate::Value;

const STRING: Returns = Returns::Always(Shape::String);

pub(super) static FORMATDATE: Function = Function::new(
    "formatdate",
    &[Parameter::string("format"), Parameter::string("time")],
    STRING,
    format_date,
    "Writes a timestamp in another form.",
);

pub(super) static PLANTIMESTAMP: Function = Function::new(
    "plantimestamp",
    &[],
    STRING,
    |call| {
        let time = &call.context.plan_time;
        if time.is_empty() { call.unknown() } else { Ok(text(time)) }
    },
    "Returns the time of the plan.",
);

pub(super) static TIMEADD: Function = Function::new(
    "timeadd",
    &[Parameter::string("timestamp"), Parameter::string("duration")],
    STRING,
    time_add,
    "Adds a duration to a timestamp.",
);

pub(super) static TIMECMP: Function = Function::new(
    "timecmp",
    &[Parameter::string("timestamp_a"), Parameter::string("timestamp_b")],
    Returns::Always(Shape::Number),
    |call| Ok(Value::int(instant(call, 0)?.cmp(&instant(call, 1)?) as i64)),
    "Returns -1, 0 or 1: whether a timestamp is before, at or after another.",
);

pub(super) static TIMESTAMP: Function = Function::new(
    "timestamp",
    &[],
    STRING,
    |call| call.context.world.now().map_or_else(|| call.unknown(), |now| Ok(text(now))),
    "Returns the time now; the result differs each time.",
);

fn time(call: &Call<'_>, index: usize) -> Result<Timestamp, FunctionError> {
    timestamp::parse(call.text(index)).map_err(|error| FunctionError::argument(index, error))
}

/// A point in time that is only compared.
fn instant(call: &Call<'_>, index: usize) -> Result<Timestamp, FunctionError> {
    timestamp::parse_leniently(call.text(index))
        .map_err(|error| FunctionError::argument(index, error))
}

fn time_add(call: &Call<'_>) -> Result<Value, FunctionError> {
    let time = timestamp::parse(call.text(0)).map_err(FunctionError::failed)?;
    let nanoseconds = duration::parse(call.text(1)).map_err(FunctionError::failed)?;
    timestamp::later(time, nanoseconds)
        .map(|time| text(timestamp::write(&time)))
        .ok_or_else(|| FunctionError::failed("the resulting time is out of range"))
}

fn format_date(call: &Call<'_>) -> Result<Value, FunctionError> {
    let time = time(call, 1)?;
    let mut out = String::new();
    let mut rest = call.text(0);
    let refuse = |message: String| FunctionError::argument(0, message);
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' => {
                let (literal, length) =
                    literal(rest).ok_or_else(|| refuse("unterminated literal '".to_owned()))?;
                out.push_str(&literal);
                length
            }
            letter if letter.is_ascii_alphabetic() => {
                let count = rest.chars().take_while(|other| *other == letter).count();
                out.push_str(&verb(letter, count, &time).map_err(refuse)?);
                count
            }
            other => {
                out.push(other);
                other.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    Ok(text(out))
}

/// The text between quotes, in which two quotes stand for one, and how much of the source it took.
fn literal(source: &str) -> Option<(String, usize)> {
    if source.starts_with("''") {
        return Some(("'".to_owned(), 2));
    }
    let mut out = String::new();
    let mut characters = source.char_indices().skip(1).peekable();
    while let Some((offset, character)) = characters.next() {
        if character != '\'' {
            out.push(character);
        } else if characters.next_if(|(_, next)| *next == '\'').is_some() {
            out.push('\'');
        } else {
            return Some((out, offset + 1));
        }
    }
    None
}

fn verb(letter: char, count: usize, time: &Timestamp) -> Result<String, String> {
    let number = |value: u32| match count {
        1 => Some(value.to_string()),
        2 => Some(format!("{value:02}")),
        _ => None,
    };
    let (result, rule) = match letter {
        'Y' => (year(time.year(), count), "year must either be \"YY\" or \"YYYY\""),
        'M' => (
            number(time.month()).or_else(|| named(time, "%B", count, 3, 4)),
            "month must be \"M\", \"MM\", \"MMM\", or \"MMMM\"",
        ),
        'D' => (number(time.day()), "day of month must either be \"D\" or \"DD\""),
        'E' => (named(time, "%A", count, 3, 4), "day of week must either be \"EEE\" or \"EEEE\""),
        'h' => (number(time.hour()), "24-hour must either be \"h\" or \"hh\""),
        'H' => (number(time.hour12().1), "12-hour must either be \"H\" or \"HH\""),
        'A' => ((count == 2).then(|| half(time, "AM", "PM")), "must be \"AA\""),
        'a' => ((count == 2).then(|| half(time, "am", "pm")), "must be \"aa\""),
        'm' => (number(time.minute()), "minute must either be \"m\" or \"mm\""),
        's' => (number(time.second()), "second must either be \"s\" or \"ss\""),
        'Z' => (zone(time, count), "timezone must be Z, ZZZZ, or ZZZZZ"),
        _ => (None, ""),
    };
    result.ok_or_else(|| {
        let verb = quoted(&String::from(letter).repeat(count));
        let rule = if rule.is_empty() { String::new() } else { format!(": {rule}") };
        format!("invalid date format verb {verb}{rule}")
    })
}

fn year(year: i32, count: usize) -> Option<String> {
    match count {
        2 => Some(format!("{:02}", year.rem_euclid(100))),
        4 => Some(format!("{year:04}")),
        _ => None,
    }
}

fn named(
    time: &Timestamp,
    pattern: &str,
    count: usize,
    short: usize,
    long: usize,
) -> Option<String> {
    let name = time.format(pattern).to_string();
    match count {
        _ if count == long => Some(name),
        _ if count == short => name.get(..3).map(str::to_owned),
        _ => None,
    }
}

fn half(time: &Timestamp, before: &str, after: &str) -> String {
    if time.hour() < 12 { before.to_owned() } else { after.to_owned() }
}

fn zone(time: &Timestamp, count: usize) -> Option<String> {
    let utc = time.offset().local_minus_utc() == 0;
    let pattern = match count {
        1 if utc => return Some("Z".to_owned()),
        3 if utc => return Some("UTC".to_owned()),
        1 | 5 => "%:z",
        3 | 4 => "%z",
        _ => return None,
    };
    Some(time.format(pattern).to_string())
}
