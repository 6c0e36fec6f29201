//! A float's digits in base ten, and how they are cut to the fewest that still mean it.

use dashu_int::UBig;
use dashu_int::ops::BitTest;

use super::Float;

/// The number `0.DIGITS * 10^exponent`. Invariant: no leading or trailing zero among the digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    pub(super) digits: Vec<u8>,
    pub(super) exponent: i64,
}

impl Decimal {
    /// All digits of `mantissa * 2^shift`.
    fn exact(mantissa: &UBig, shift: i64) -> Self {
        let size = usize::try_from(shift.unsigned_abs()).unwrap_or(0);
        // Below one, m / 2^k is m * 5^k / 10^k.
        let (whole, point) = if shift >= 0 {
            (mantissa << size, 0)
        } else {
            let zeros = mantissa.trailing_zeros().unwrap_or(0).min(size);
            let size = size - zeros;
            ((mantissa >> zeros) * UBig::from(5u8).pow(size), i64::try_from(size).unwrap_or(0))
        };
        let mut digits = whole.to_string().into_bytes();
        let exponent = i64::try_from(digits.len()).unwrap_or(0) - point;
        let kept = digits.iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1);
        digits.truncate(kept);
        Self { digits, exponent }
    }

    /// All digits of a finite number; zero has none.
    pub(super) fn of(value: &Float) -> Self {
        value.parts().map_or(Self { digits: Vec::new(), exponent: 0 }, |(mantissa, exponent)| {
            Self::exact(mantissa, exponent)
        })
    }

    /// The fewest digits that read back to the same number in its precision.
    pub(super) fn shortest(value: &Float) -> Self {
        let mut all = Self::of(value);
        let Some((mantissa, exponent)) = value.parts() else { return all };
        // One bit more than the precision, so that the last bit is half a unit.
        let shift = (value.precision() as usize + 1).saturating_sub(mantissa.bit_len());
        let mantissa = mantissa << shift;
        let exponent = exponent - i64::try_from(shift).unwrap_or(0);
        let lower = Self::exact(&(&mantissa - UBig::ONE), exponent);
        let upper = Self::exact(&(&mantissa + UBig::ONE), exponent);
        let inclusive = !mantissa.bit(1);
        let at = |digits: &[u8], i: usize| digits.get(i).copied().unwrap_or(b'0');
        for i in 0..all.digits.len() {
            let (low, digit, high) = (at(&lower.digits, i), all.digits[i], at(&upper.digits, i));
            let down = low != digit || (inclusive && i + 1 == lower.digits.len());
            let up = digit != high && (inclusive || digit + 1 < high || i + 1 < upper.digits.len());
            match (down, up) {
                (true, true) => all.round(i + 1),
                (true, false) => all.round_down(i + 1),
                (false, true) => all.round_up(i + 1),
                (false, false) => continue,
            }
            break;
        }
        all
    }

    /// Keeps `count` digits, rounding half to even.
    pub(super) fn round(&mut self, count: usize) {
        if count >= self.digits.len() {
            return;
        }
        let next = self.digits[count];
        let up = if next == b'5' && count + 1 == self.digits.len() {
            count > 0 && self.digits[count - 1] % 2 == 1
        } else {
            next >= b'5'
        };
        if up { self.round_up(count) } else { self.round_down(count) }
    }

    fn round_up(&mut self, count: usize) {
        if count >= self.digits.len() {
            return;
        }
        match self.digits[..count].iter().rposition(|digit| *digit < b'9') {
            Some(last) => {
                self.digits[last] += 1;
                self.digits.truncate(last + 1);
            }
            None => {
                self.digits = vec![b'1'];
                self.exponent += 1;
            }
        }
    }

    fn round_down(&mut self, count: usize) {
        self.digits.truncate(count);
        let kept = self.digits.iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1);
        self.digits.truncate(kept);
    }
}
