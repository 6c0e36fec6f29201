//! Numbers as Terraform has them: whole numbers and binary floats of 512 bits.
//!
//! Every number has a precision, as Terraform's have: what is read from text has 512 bits, what a
//! function counts (`length`) has 64, what comes from `f64` has 53. Arithmetic works in the greater
//! precision of its operands and text is the shortest that reads back to the same number in that
//! precision, so `1/3` has 154 digits and `length(a)/length(b)` has twenty.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

mod decimal;
mod float;
mod text;

pub use float::Float;

/// The precision of numbers that are read from text, in bits.
pub const PRECISION: u32 = 512;

/// A number. Equality, order and hash are those of the exact numeric value; `0 == -0`.
#[derive(Clone, Debug)]
pub enum Number {
    /// A whole number that a machine counted, of 64 bits' precision.
    Int(i64),
    /// A whole number read from text, of 512 bits' precision.
    Whole(i64),
    /// Any other number: fractions, great numbers, `-0` and the infinities.
    Big(Box<Float>),
}

/// Why an operation has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    #[error("can't compute sum of opposing infinities")]
    OpposingInfinities,
    #[error("can't subtract infinity from itself")]
    InfinityFromItself,
    #[error("can't multiply zero by infinity")]
    ZeroByInfinity,
    #[error("can't divide zero by zero or infinity by infinity")]
    ZeroByZero,
    #[error("can't use modulo with zero and infinity")]
    ModuloInfinity,
    #[error("a number is required")]
    NotANumber,
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<f64> for Number {
    /// The exact value with 53 bits' precision; NaN, which the language lacks, becomes zero.
    fn from(value: f64) -> Self {
        Self::normalised(Float::from_f64(value))
    }
}

impl From<Float> for Number {
    fn from(value: Float) -> Self {
        Self::normalised(value)
    }
}

impl FromStr for Number {
    type Err = NumberError;

    /// Reads decimal digits with sign, fraction and exponent, and `Inf`, as Terraform does.
    fn from_str(text: &str) -> Result<Self, NumberError> {
        match text.parse::<i64>() {
            Ok(0) if text.starts_with('-') => Ok(Self::negative_zero()),
            Ok(value) => Ok(Self::Whole(value)),
            Err(_) => text::parse(text).map(Self::normalised).ok_or(NumberError::NotANumber),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(value) | Self::Whole(value) => write!(f, "{value}"),
            Self::Big(value) => f.write_str(&text::shortest(value)),
        }
    }
}

impl Number {
    pub const ZERO: Self = Self::Whole(0);

    fn negative_zero() -> Self {
        Self::Big(Box::new(Float::zero(true, PRECISION)))
    }

    /// Positive or negative infinity.
    pub fn infinity(negative: bool) -> Self {
        Self::Big(Box::new(Float::infinity(negative, PRECISION)))
    }

    /// Whole numbers in range of full or counting precision get their short form.
    fn normalised(value: Float) -> Self {
        match (value.to_i64(), value.precision()) {
            (Some(0), _) if value.is_negative() => Self::Big(Box::new(value)),
            (Some(whole), PRECISION) => Self::Whole(whole),
            (Some(whole), 64) => Self::Int(whole),
            _ => Self::Big(Box::new(value)),
        }
    }

    /// The number as a float of its own precision.
    pub fn to_float(&self) -> Float {
        match self {
            Self::Int(value) => Float::from_i64(*value, 64),
            Self::Whole(value) => Float::from_i64(*value, PRECISION),
            Self::Big(value) => (**value).clone(),
        }
    }

    fn small(&self) -> Option<(i64, bool)> {
        match self {
            Self::Int(value) => Some((*value, false)),
            Self::Whole(value) => Some((*value, true)),
            Self::Big(_) => None,
        }
    }

    /// Runs `fast` where both are small and it does not overflow.
    fn quick(&self, other: &Self, fast: impl Fn(i64, i64) -> Option<i64>) -> Option<Self> {
        let ((a, a_whole), (b, b_whole)) = (self.small()?, other.small()?);
        let make = if a_whole || b_whole { Self::Whole } else { Self::Int };
        fast(a, b).map(make)
    }

    /// The number as `i64` where it is whole and in range.
    pub fn to_i64(&self) -> Option<i64> {
        match self {
            Self::Int(value) | Self::Whole(value) => Some(*value),
            Self::Big(value) => value.to_i64(),
        }
    }

    /// The nearest `f64`; infinities where it is too great.
    pub fn to_f64(&self) -> f64 {
        match self {
            #[expect(
                clippy::cast_precision_loss,
                reason = "the nearest float is what is asked for"
            )]
            Self::Int(value) | Self::Whole(value) => *value as f64,
            Self::Big(value) => value.to_f64(),
        }
    }

    pub fn is_whole(&self) -> bool {
        !matches!(self, Self::Big(value) if !value.is_whole())
    }

    pub fn is_infinite(&self) -> bool {
        matches!(self, Self::Big(value) if value.is_infinite())
    }

    /// -1, 0 or 1.
    pub fn signum(&self) -> i32 {
        match self {
            Self::Int(value) | Self::Whole(value) => i32::from(value.signum() as i8),
            Self::Big(value) if value.is_zero() => 0,
            Self::Big(value) if value.is_negative() => -1,
            Self::Big(_) => 1,
        }
    }

    /// The sum.
    pub fn add(&self, other: &Self) -> Result<Self, NumberError> {
        if let Some(sum) = self.quick(other, i64::checked_add) {
            return Ok(sum);
        }
        let sum = self.to_float().add(&other.to_float());
        sum.map(Self::normalised).ok_or(NumberError::OpposingInfinities)
    }

    /// The difference.
    pub fn sub(&self, other: &Self) -> Result<Self, NumberError> {
        if let Some(difference) = self.quick(other, i64::checked_sub) {
            return Ok(difference);
        }
        let difference = self.to_float().add(&other.to_float().negated());
        difference.map(Self::normalised).ok_or(NumberError::InfinityFromItself)
    }

    /// The product, exact where it fits 512 bits.
    pub fn mul(&self, other: &Self) -> Result<Self, NumberError> {
        let exact = |a: i64, b: i64| a.checked_mul(b).filter(|product| *product != 0);
        if let Some(product) = self.quick(other, exact) {
            return Ok(product);
        }
        let product = self.to_float().mul(&other.to_float());
        product.map(Self::normalised).ok_or(NumberError::ZeroByInfinity)
    }

    /// The quotient; division of anything else by zero gives an infinity.
    pub fn div(&self, other: &Self) -> Result<Self, NumberError> {
        let exact = |a: i64, b: i64| (a != 0 && a.checked_rem(b)? == 0).then(|| a / b);
        if let Some(quotient) = self.quick(other, exact) {
            return Ok(quotient);
        }
        let quotient = self.to_float().div(&other.to_float());
        quotient.map(Self::normalised).ok_or(NumberError::ZeroByZero)
    }

    /// The remainder of the division that rounds towards zero; by zero it is the number itself.
    pub fn rem(&self, other: &Self) -> Result<Self, NumberError> {
        if other.signum() == 0 {
            return Ok(self.clone());
        }
        if let (Some((a, whole)), Some((b, _))) = (self.small(), other.small()) {
            let remainder = a.checked_rem(b).unwrap_or(0);
            return Ok(if whole { Self::Whole(remainder) } else { Self::Int(remainder) });
        }
        let remainder = self.to_float().rem(&other.to_float());
        remainder.map(Self::normalised).ok_or(NumberError::ModuloInfinity)
    }

    /// The number with the other sign; of zero it is `-0`.
    #[must_use]
    pub fn neg(&self) -> Self {
        match self {
            Self::Int(value) if *value != 0 && *value != i64::MIN => Self::Int(-value),
            Self::Whole(value) if *value != 0 && *value != i64::MIN => Self::Whole(-value),
            other => Self::normalised(other.to_float().negated()),
        }
    }

    /// The number without its sign.
    #[must_use]
    pub fn abs(&self) -> Self {
        if self.signum() < 0 || matches!(self, Self::Big(value) if value.is_negative()) {
            self.neg()
        } else {
            self.clone()
        }
    }

    /// The greatest whole number that is not greater.
    #[must_use]
    pub fn floor(&self) -> Self {
        self.rounded(Float::floor)
    }

    /// The least whole number that is not less.
    #[must_use]
    pub fn ceil(&self) -> Self {
        self.rounded(Float::ceil)
    }

    /// The whole number towards zero.
    #[must_use]
    pub fn trunc(&self) -> Self {
        self.rounded(Float::trunc)
    }

    fn rounded(&self, round: fn(&Float) -> Float) -> Self {
        match self {
            Self::Big(value) if !value.is_whole() => Self::normalised(round(value)),
            other => other.clone(),
        }
    }

    /// The digits of a whole number without regard to its precision; `None` for a fraction.
    pub fn to_whole_digits(&self) -> Option<String> {
        match self {
            Self::Big(value) => value.to_integer().map(|whole| whole.to_string()),
            small => Some(small.to_string()),
        }
    }

    /// At most `digits` significant digits, in the shorter of plain and exponent form (`%g`).
    pub fn to_general(&self, digits: usize) -> String {
        text::general(&self.to_float(), digits)
    }

    /// Equality of the language: fractions are equal where their texts are.
    pub fn same(&self, other: &Self) -> bool {
        if let (Some((a, _)), Some((b, _))) = (self.small(), other.small()) {
            return a == b;
        }
        self == other
            || (!self.is_whole()
                && !other.is_whole()
                && self.signum() == other.signum()
                && self.to_string() == other.to_string())
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.small(), other.small()) {
            (Some((a, _)), Some((b, _))) => a.cmp(&b),
            _ => self.to_float().compare(&other.to_float()),
        }
    }
}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.to_i64() {
            Some(value) => value.hash(state),
            None => self.to_float().hash_value(state),
        }
    }
}
