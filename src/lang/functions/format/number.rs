//! Numbers as the verbs of a format string write them.

use dashu_int::IBig;

use super::decimal::{Decimal, size};
use super::verb::Verb;
use crate::Number;

/// The digits after the point where a verb says nothing.
const PRECISION: i64 = 6;

/// The shortest form that reads back the same: plain, or with an exponent for the very great or small.
pub(super) fn shortest(number: &Number) -> String {
    let (negative, digits) = general(number, None, 'e');
    let sign = match (negative, number.is_infinite()) {
        (true, _) => "-",
        (false, true) => "+",
        (false, false) => "",
    };
    format!("{sign}{digits}")
}

/// A whole number in the verb's base; `None` for a fraction.
pub(super) fn integer(verb: &Verb<'_>, number: &Number) -> Option<String> {
    let whole: IBig = number.to_whole_digits()?.parse().ok()?;
    let negative = whole < IBig::ZERO;
    let magnitude = if negative { -whole } else { whole };
    let (radix, prefix) = match verb.mode {
        'b' => (2, "0b"),
        'o' => (8, "0"),
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        _ => (10, ""),
    };
    let mut digits = magnitude.in_radix(radix).to_string();
    if verb.mode == 'X' {
        digits = digits.to_uppercase();
    }
    if verb.precision == Some(0) && digits == "0" {
        return Some(String::new());
    }
    let least = verb.precision.unwrap_or(0);
    digits = format!("{}{digits}", "0".repeat(least.saturating_sub(digits.len())));
    let prefix = if verb.sharp { prefix } else { "" };
    let zeros = verb.zero && verb.precision.is_none();
    Some(fill(verb, &format!("{}{prefix}", sign(verb, negative)), &digits, zeros))
}

/// A number as `%e`, `%f` or `%g` write it.
pub(super) fn float(verb: &Verb<'_>, number: &Number) -> String {
    let precision = verb.precision.map(size);
    let (negative, digits) = match verb.mode {
        _ if number.is_infinite() => (number.signum() < 0, "Inf".to_owned()),
        'f' => fixed(number, precision.unwrap_or(PRECISION)),
        mode @ ('e' | 'E') => scientific(number, precision.unwrap_or(PRECISION), mode),
        mode => general(number, precision, if mode == 'G' { 'E' } else { 'e' }),
    };
    let mut sign = sign(verb, negative);
    if number.is_infinite() && sign.is_empty() {
        sign = "+";
    }
    fill(verb, sign, &digits, verb.zero && !number.is_infinite())
}

fn sign(verb: &Verb<'_>, negative: bool) -> &'static str {
    match (negative, verb.plus, verb.space) {
        (true, ..) => "-",
        (_, true, _) => "+",
        (_, _, true) => " ",
        _ => "",
    }
}

/// Fills up to the verb's width: zeros go between sign and digits, spaces outside.
fn fill(verb: &Verb<'_>, sign: &str, digits: &str, zeros: bool) -> String {
    let missing = verb.width.unwrap_or(0).saturating_sub(sign.len() + digits.len());
    match (verb.minus, zeros) {
        (true, _) => format!("{sign}{digits}{}", " ".repeat(missing)),
        (_, true) => format!("{sign}{}{digits}", "0".repeat(missing)),
        _ => format!("{}{sign}{digits}", " ".repeat(missing)),
    }
}

fn is_negative(number: &Number) -> bool {
    number.to_float().is_negative()
}

fn fixed(number: &Number, precision: i64) -> (bool, String) {
    let mut decimal = Decimal::exact(number);
    decimal.round(decimal.point + precision);
    (is_negative(number), plain(&decimal, precision))
}

fn scientific(number: &Number, precision: i64, letter: char) -> (bool, String) {
    let mut decimal = Decimal::exact(number);
    decimal.round(precision + 1);
    (is_negative(number), exponent(&decimal, precision, letter))
}

fn general(number: &Number, precision: Option<i64>, letter: char) -> (bool, String) {
    if number.is_infinite() {
        return (number.signum() < 0, "Inf".to_owned());
    }
    let mut decimal = match precision {
        None => Decimal::shortest(number),
        Some(_) => Decimal::exact(number),
    };
    let mut limit = PRECISION;
    let mut digits = decimal.len();
    if let Some(precision) = precision {
        digits = precision.max(1);
        decimal.round(digits);
        limit = if digits > decimal.len() && decimal.len() >= decimal.point {
            decimal.len()
        } else {
            digits
        };
    }
    let power = decimal.point - 1;
    let text = if power < -4 || power >= limit {
        exponent(&decimal, digits.min(decimal.len()) - 1, letter)
    } else {
        let shown = if digits > decimal.point { decimal.len() } else { digits };
        plain(&decimal, (shown - decimal.point).max(0))
    };
    (is_negative(number), text)
}

fn plain(decimal: &Decimal, precision: i64) -> String {
    let mut out = String::new();
    if decimal.point > 0 {
        out.extend((0..decimal.point).map(|place| decimal.digit(place)));
    } else {
        out.push('0');
    }
    if precision > 0 {
        out.push('.');
        out.extend((0..precision).map(|place| decimal.digit(decimal.point + place)));
    }
    out
}

fn exponent(decimal: &Decimal, precision: i64, letter: char) -> String {
    let mut out = String::from(decimal.digit(0));
    if precision > 0 {
        out.push('.');
        out.extend((1..=precision).map(|place| decimal.digit(place)));
    }
    let power = if decimal.digits.is_empty() { 0 } else { decimal.point - 1 };
    let sign = if power < 0 { '-' } else { '+' };
    out.push_str(&format!("{letter}{sign}{:02}", power.abs()));
    out
}
