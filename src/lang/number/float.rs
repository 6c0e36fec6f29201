//! A binary float of chosen precision that rounds half to even, with signed zero and infinities.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use dashu_int::UBig;
use dashu_int::ops::BitTest;

/// A float: its sign, its magnitude and the precision in bits that it was rounded to.
#[derive(Clone, Debug)]
pub struct Float {
    negative: bool,
    magnitude: Magnitude,
    precision: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Magnitude {
    Zero,
    /// `mantissa * 2^exponent`. Invariant: the mantissa is odd, so that equal numbers look equal.
    Finite {
        mantissa: UBig,
        exponent: i64,
    },
    Infinite,
}

/// The greatest binary exponent; beyond it a number is infinite, below its negative it is zero.
const EXPONENT_MAX: i64 = i32::MAX as i64;

impl Float {
    pub fn zero(negative: bool, precision: u32) -> Self {
        Self { negative, magnitude: Magnitude::Zero, precision }
    }

    pub fn infinity(negative: bool, precision: u32) -> Self {
        Self { negative, magnitude: Magnitude::Infinite, precision }
    }

    pub fn from_i64(value: i64, precision: u32) -> Self {
        Self::rounded(value < 0, UBig::from(value.unsigned_abs()), 0, precision)
    }

    /// A whole number of any size, rounded to the precision.
    pub fn from_integer(negative: bool, mantissa: UBig, precision: u32) -> Self {
        Self::rounded(negative, mantissa, 0, precision)
    }

    pub fn from_f64(value: f64) -> Self {
        if value.is_infinite() {
            return Self::infinity(value < 0.0, 53);
        }
        if value == 0.0 || value.is_nan() {
            return Self::zero(value.is_sign_negative() && !value.is_nan(), 53);
        }
        let bits = value.to_bits();
        let fraction = bits & ((1 << 52) - 1);
        let biased = i64::try_from((bits >> 52) & 0x7ff).unwrap_or(0);
        let (mantissa, exponent) = match biased {
            0 => (fraction, -1074),
            _ => (fraction | (1 << 52), biased - 1075),
        };
        Self::rounded(value.is_sign_negative(), UBig::from(mantissa), exponent, 53)
    }

    /// Rounds `mantissa * 2^exponent` half to even.
    pub(super) fn rounded(negative: bool, mantissa: UBig, exponent: i64, precision: u32) -> Self {
        let excess = mantissa.bit_len().saturating_sub(precision as usize);
        if excess == 0 {
            return Self::trimmed(negative, mantissa, exponent, precision);
        }
        let half = mantissa.bit(excess - 1);
        let sticky =
            excess > 1 && mantissa.trailing_zeros().is_some_and(|zeros| zeros < excess - 1);
        let mut kept = mantissa >> excess;
        if half && (sticky || kept.bit(0)) {
            kept += UBig::ONE;
        }
        let shifted = exponent.saturating_add(i64::try_from(excess).unwrap_or(i64::MAX));
        Self::trimmed(negative, kept, shifted, precision)
    }

    fn trimmed(negative: bool, mantissa: UBig, exponent: i64, precision: u32) -> Self {
        let Some(zeros) = mantissa.trailing_zeros() else { return Self::zero(negative, precision) };
        let length = i64::try_from(mantissa.bit_len()).unwrap_or(i64::MAX);
        match exponent.saturating_add(length) {
            top if top > EXPONENT_MAX => Self::infinity(negative, precision),
            top if top < -EXPONENT_MAX => Self::zero(negative, precision),
            _ => {
                let exponent = exponent + i64::try_from(zeros).unwrap_or(0);
                let magnitude = Magnitude::Finite { mantissa: mantissa >> zeros, exponent };
                Self { negative, magnitude, precision }
            }
        }
    }

    pub fn precision(&self) -> u32 {
        self.precision
    }

    pub fn is_negative(&self) -> bool {
        self.negative
    }

    pub fn is_zero(&self) -> bool {
        self.magnitude == Magnitude::Zero
    }

    pub fn is_infinite(&self) -> bool {
        self.magnitude == Magnitude::Infinite
    }

    pub fn is_whole(&self) -> bool {
        match &self.magnitude {
            Magnitude::Zero => true,
            Magnitude::Finite { exponent, .. } => *exponent >= 0,
            Magnitude::Infinite => false,
        }
    }

    /// The odd mantissa and its binary exponent, of a finite number that is not zero.
    pub(super) fn parts(&self) -> Option<(&UBig, i64)> {
        match &self.magnitude {
            Magnitude::Finite { mantissa, exponent } => Some((mantissa, *exponent)),
            _ => None,
        }
    }

    /// The whole number with sign, where it is one.
    pub fn to_integer(&self) -> Option<dashu_int::IBig> {
        let sign =
            if self.negative { dashu_int::Sign::Negative } else { dashu_int::Sign::Positive };
        match &self.magnitude {
            Magnitude::Zero => Some(dashu_int::IBig::ZERO),
            Magnitude::Finite { mantissa, exponent } if *exponent >= 0 => {
                let whole = mantissa << usize::try_from(*exponent).ok()?;
                Some(dashu_int::IBig::from_parts(sign, whole))
            }
            _ => None,
        }
    }

    pub fn to_i64(&self) -> Option<i64> {
        match &self.magnitude {
            Magnitude::Zero => Some(0),
            Magnitude::Finite { exponent, .. } if (0..64).contains(exponent) => {
                i64::try_from(self.to_integer()?).ok()
            }
            _ => None,
        }
    }

    pub fn to_f64(&self) -> f64 {
        let magnitude = match &self.magnitude {
            Magnitude::Zero => 0.0,
            Magnitude::Infinite => f64::INFINITY,
            // Decimal text is read back correctly rounded, also where the result is subnormal.
            Magnitude::Finite { .. } => {
                super::text::scientific(&self.magnitude_only()).parse().unwrap_or(f64::INFINITY)
            }
        };
        if self.negative { -magnitude } else { magnitude }
    }

    fn magnitude_only(&self) -> Self {
        Self { negative: false, ..self.clone() }
    }

    #[must_use]
    pub fn negated(&self) -> Self {
        Self { negative: !self.negative, ..self.clone() }
    }

    /// The sum in the greater precision; `None` for opposing infinities.
    pub fn add(&self, other: &Self) -> Option<Self> {
        let precision = self.precision.max(other.precision);
        match (&self.magnitude, &other.magnitude) {
            (Magnitude::Infinite, Magnitude::Infinite) if self.negative != other.negative => None,
            (Magnitude::Infinite, _) => Some(Self { precision, ..self.clone() }),
            (_, Magnitude::Infinite) => Some(Self { precision, ..other.clone() }),
            (Magnitude::Zero, Magnitude::Zero) => {
                Some(Self::zero(self.negative && other.negative, precision))
            }
            (Magnitude::Zero, _) => Some(other.with_precision(precision)),
            (_, Magnitude::Zero) => Some(self.with_precision(precision)),
            (
                Magnitude::Finite { mantissa: a, exponent: ae },
                Magnitude::Finite { mantissa: b, exponent: be },
            ) => {
                let sides = ((self.negative, a, *ae), (other.negative, b, *be));
                Some(Self::add_finite(sides.0, sides.1, precision))
            }
        }
    }

    fn add_finite(a: (bool, &UBig, i64), b: (bool, &UBig, i64), precision: u32) -> Self {
        let ((high_negative, high, he), (low_negative, low, le)) =
            if a.2 >= b.2 { (a, b) } else { (b, a) };
        let gap = usize::try_from(he - le).unwrap_or(usize::MAX);
        // A number so far below the other only tells which way to round.
        let limit = low.bit_len() + precision as usize + 4;
        let (shift, low, exponent) = if gap > limit.max(high.bit_len() + 8) + precision as usize {
            let shift = precision as usize + 4;
            (shift, UBig::ONE, he - i64::try_from(shift).unwrap_or(0))
        } else {
            (gap, low.clone(), le)
        };
        let high = high << shift;
        let (negative, sum) = match (high_negative == low_negative, high.cmp(&low)) {
            (true, _) => (high_negative, high + low),
            (false, Ordering::Greater) => (high_negative, high - low),
            (false, Ordering::Less) => (low_negative, low - high),
            (false, Ordering::Equal) => return Self::zero(false, precision),
        };
        Self::rounded(negative, sum, exponent, precision)
    }

    fn with_precision(&self, precision: u32) -> Self {
        match self.parts() {
            Some((mantissa, exponent)) => {
                Self::rounded(self.negative, mantissa.clone(), exponent, precision)
            }
            None => Self { precision, ..self.clone() },
        }
    }

    /// The product in 512 bits, cut to the precision of the operands where it stays exact.
    pub fn mul(&self, other: &Self) -> Option<Self> {
        let product = self.mul_in(other, super::PRECISION.max(self.precision))?;
        let needed = product.parts().map_or(0, |(mantissa, _)| mantissa.bit_len());
        let needed = u32::try_from(needed).unwrap_or(super::PRECISION);
        let precision = needed.max(self.precision).max(other.precision);
        Some(Self { precision, ..product })
    }

    /// The product rounded to a precision; `None` for zero by infinity.
    pub(super) fn mul_in(&self, other: &Self, precision: u32) -> Option<Self> {
        let negative = self.negative != other.negative;
        match (&self.magnitude, &other.magnitude) {
            (Magnitude::Zero, Magnitude::Infinite) | (Magnitude::Infinite, Magnitude::Zero) => None,
            (Magnitude::Infinite, _) | (_, Magnitude::Infinite) => {
                Some(Self::infinity(negative, precision))
            }
            (Magnitude::Zero, _) | (_, Magnitude::Zero) => Some(Self::zero(negative, precision)),
            (
                Magnitude::Finite { mantissa: a, exponent: ae },
                Magnitude::Finite { mantissa: b, exponent: be },
            ) => Some(Self::rounded(negative, a * b, ae.saturating_add(*be), precision)),
        }
    }

    /// The quotient in the greater precision; `None` for zero by zero and infinity by infinity.
    pub fn div(&self, other: &Self) -> Option<Self> {
        self.div_in(other, self.precision.max(other.precision))
    }

    pub(super) fn div_in(&self, other: &Self, precision: u32) -> Option<Self> {
        let negative = self.negative != other.negative;
        match (&self.magnitude, &other.magnitude) {
            (Magnitude::Zero, Magnitude::Zero) | (Magnitude::Infinite, Magnitude::Infinite) => None,
            (Magnitude::Zero, _) | (_, Magnitude::Infinite) => {
                Some(Self::zero(negative, precision))
            }
            (_, Magnitude::Zero) | (Magnitude::Infinite, _) => {
                Some(Self::infinity(negative, precision))
            }
            (
                Magnitude::Finite { mantissa: a, exponent: ae },
                Magnitude::Finite { mantissa: b, exponent: be },
            ) => {
                // Two bits more than asked for, then a sticky bit for what is left.
                let shift = (precision as usize + 2 + b.bit_len()).saturating_sub(a.bit_len());
                let dividend = a << shift;
                let quotient = &dividend / b;
                let rest = dividend - &quotient * b;
                let sticky = if rest.is_zero() { UBig::ZERO } else { UBig::ONE };
                let exponent = ae - be - i64::try_from(shift).unwrap_or(0) - 1;
                Some(Self::rounded(negative, (quotient << 1) + sticky, exponent, precision))
            }
        }
    }

    /// What is left of a division that rounds towards zero, in the precision of the first number.
    pub fn rem(&self, other: &Self) -> Option<Self> {
        if self.is_infinite() {
            return None;
        }
        if other.is_infinite() {
            return Some(self.clone());
        }
        let whole = self.div(other)?.trunc().with_precision(self.precision);
        let product = other.mul_in(&whole, self.precision)?;
        let difference = self.add(&product.negated())?;
        Some(difference.with_precision(self.precision))
    }

    #[must_use]
    pub fn trunc(&self) -> Self {
        match self.parts() {
            Some((mantissa, exponent)) if exponent < 0 => {
                let cut = usize::try_from(-exponent).unwrap_or(usize::MAX);
                if cut >= mantissa.bit_len() {
                    return Self::zero(self.negative, self.precision);
                }
                Self::rounded(self.negative, mantissa >> cut, 0, self.precision)
            }
            _ => self.clone(),
        }
    }

    #[must_use]
    pub fn floor(&self) -> Self {
        self.away(self.negative)
    }

    #[must_use]
    pub fn ceil(&self) -> Self {
        self.away(!self.negative)
    }

    fn away(&self, away_from_zero: bool) -> Self {
        let cut = self.trunc();
        if self.is_whole() || self.is_infinite() {
            return self.clone();
        }
        let zero_is_plain =
            |value: Self| if value.is_zero() { Self::zero(false, value.precision) } else { value };
        if !away_from_zero {
            return zero_is_plain(cut);
        }
        let one = Self::rounded(self.negative, UBig::ONE, 0, self.precision);
        zero_is_plain(cut.add(&one).unwrap_or(cut))
    }

    pub fn compare(&self, other: &Self) -> Ordering {
        let sign = |value: &Self| match (value.is_zero(), value.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let by_sign = sign(self).cmp(&sign(other));
        if by_sign != Ordering::Equal || self.is_zero() {
            return by_sign;
        }
        let by_size = self.compare_magnitude(other);
        if self.negative { by_size.reverse() } else { by_size }
    }

    fn compare_magnitude(&self, other: &Self) -> Ordering {
        let (Some((a, ae)), Some((b, be))) = (self.parts(), other.parts()) else {
            return self.is_infinite().cmp(&other.is_infinite());
        };
        let top =
            |m: &UBig, e: i64| e.saturating_add(i64::try_from(m.bit_len()).unwrap_or(i64::MAX));
        top(a, ae).cmp(&top(b, be)).then_with(|| {
            let gap = usize::try_from((ae - be).unsigned_abs()).unwrap_or(0);
            if ae >= be { (a << gap).cmp(b) } else { a.cmp(&(b << gap)) }
        })
    }

    pub(super) fn hash_value<H: Hasher>(&self, state: &mut H) {
        match &self.magnitude {
            Magnitude::Zero => 0u8.hash(state),
            Magnitude::Infinite => (1u8, self.negative).hash(state),
            Magnitude::Finite { mantissa, exponent } => {
                (2u8, self.negative, exponent).hash(state);
                mantissa.hash(state);
            }
        }
    }
}
