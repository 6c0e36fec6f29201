//! Numbers to text and back.

use dashu_int::UBig;

use super::decimal::Decimal;
use super::{Float, PRECISION};

/// Exponents beyond this are refused: the number's digits would fill the memory.
const EXPONENT_LIMIT: i64 = 1_000_000;

/// Reads `[+-]digits[.digits][e[+-]digits]` or `[+-]Inf`.
pub(super) fn parse(text: &str) -> Option<Float> {
    let (negative, rest) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "Inf" || rest == "inf" {
        return Some(Float::infinity(negative, PRECISION));
    }
    let (mantissa, exponent) = match rest.find(['e', 'E']) {
        Some(at) => (&rest[..at], read_exponent(&rest[at + 1..])?),
        None => (rest, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let digits = UBig::from_str_radix(std::str::from_utf8(&digits).ok()?, 10).ok()?;
    let exponent = exponent.saturating_sub(i64::try_from(fraction.len()).ok()?);
    scaled(negative, digits, exponent)
}

fn read_exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// `digits * 10^exponent`, rounded the way Terraform rounds: the power of five carries 64 bits more.
fn scaled(negative: bool, digits: UBig, exponent: i64) -> Option<Float> {
    if digits.is_zero() {
        return Some(Float::zero(negative, PRECISION));
    }
    if exponent.abs() > EXPONENT_LIMIT {
        return None;
    }
    if exponent == 0 {
        return Some(Float::from_integer(negative, digits, PRECISION));
    }
    // The mantissa is exact here; only the last step rounds to the precision.
    let width = u32::try_from(dashu_int::ops::BitTest::bit_len(&digits)).ok()?.max(1);
    let exact = Float::rounded(negative, digits, exponent, width);
    let power = power_of_five(exponent.unsigned_abs(), PRECISION + 64)?;
    if exponent < 0 { exact.div_in(&power, PRECISION) } else { exact.mul_in(&power, PRECISION) }
}

fn power_of_five(n: u64, precision: u32) -> Option<Float> {
    /// The greatest power of five that fits 64 bits.
    const DIRECT: u64 = 27;
    let power = |n: u64| UBig::from(5u8).pow(usize::try_from(n).unwrap_or(0));
    let mut result = Float::from_integer(false, power(n.min(DIRECT)), precision);
    let mut rest = n.saturating_sub(DIRECT);
    let mut factor = Float::from_integer(false, UBig::from(5u8), precision + 64);
    while rest > 0 {
        if rest & 1 == 1 {
            result = result.mul_in(&factor, precision)?;
        }
        factor = factor.mul_in(&factor, precision + 64)?;
        rest >>= 1;
    }
    Some(result)
}

fn sign(value: &Float) -> &'static str {
    if value.is_negative() { "-" } else { "" }
}

fn infinite(value: &Float) -> String {
    if value.is_negative() { "-Inf".into() } else { "+Inf".into() }
}

/// The plain decimal text that is the shortest to read back to the same number.
pub(super) fn shortest(value: &Float) -> String {
    if value.is_infinite() {
        return infinite(value);
    }
    let decimal = Decimal::shortest(value);
    let fraction = usize::try_from(decimal.exponent).map_or_else(
        |_| decimal.digits.len() + usize::try_from(-decimal.exponent).unwrap_or(0),
        |whole| decimal.digits.len().saturating_sub(whole),
    );
    format!("{}{}", sign(value), plain(&decimal, fraction))
}

/// `d.ddde±x` with enough digits to tell any `f64`.
pub(super) fn scientific(value: &Float) -> String {
    let decimal = Decimal::of(value);
    if decimal.digits.is_empty() {
        return "0".into();
    }
    let digits = String::from_utf8_lossy(&decimal.digits);
    format!("{}0.{digits}e{}", sign(value), decimal.exponent)
}

/// `%g` with so many significant digits.
pub(super) fn general(value: &Float, precision: usize) -> String {
    if value.is_infinite() {
        return infinite(value);
    }
    let mut decimal = Decimal::of(value);
    decimal.round(precision);
    let length = i64::try_from(decimal.digits.len()).unwrap_or(0);
    let wanted = i64::try_from(precision).unwrap_or(0);
    let limit = if wanted > length && length >= decimal.exponent { length } else { wanted };
    let exponent = decimal.exponent - 1;
    let body = if exponent < -4 || exponent >= limit {
        exponent_form(&decimal, exponent)
    } else {
        let kept = if wanted > decimal.exponent { length } else { wanted };
        plain(&decimal, usize::try_from(kept - decimal.exponent).unwrap_or(0))
    };
    format!("{}{body}", sign(value))
}

fn exponent_form(decimal: &Decimal, exponent: i64) -> String {
    let Some((first, rest)) = decimal.digits.split_first() else { return "0e+00".into() };
    let rest = String::from_utf8_lossy(rest);
    let point = if rest.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}{point}{rest}e{sign}{:02}", char::from(*first), exponent.unsigned_abs())
}

fn plain(decimal: &Decimal, fraction: usize) -> String {
    let digit = |at: i64| {
        let index = usize::try_from(at).ok();
        char::from(index.and_then(|i| decimal.digits.get(i)).copied().unwrap_or(b'0'))
    };
    let mut text = String::new();
    if decimal.exponent > 0 {
        text.extend((0..decimal.exponent).map(digit));
    } else {
        text.push('0');
    }
    if fraction > 0 {
        text.push('.');
        let count = i64::try_from(fraction).unwrap_or(0);
        text.extend((0..count).map(|i| digit(decimal.exponent + i)));
    }
    text
}
