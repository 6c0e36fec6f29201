//! The digits of a number, all of them or rounded.

use dashu_int::{IBig, UBig};

use crate::Number;
use crate::number::Float;

/// Digits `0.d1d2d3...` times ten to the power of `point`; zero has none.
pub(super) struct Decimal {
    pub(super) digits: Vec<u8>,
    pub(super) point: i64,
}

impl Decimal {
    /// The fewest digits that read back to the same number.
    pub(super) fn shortest(number: &Number) -> Self {
        Self::of_text(&number.abs().to_string())
    }

    /// Every digit; the fraction of a binary number ends.
    pub(super) fn exact(number: &Number) -> Self {
        let mut scaled = number.abs();
        let mut bits = 0_u32;
        // A power of two moves the point only, so that nothing is rounded here.
        let step = Number::from(Float::from_integer(false, UBig::ONE << 64, 512));
        while !scaled.is_whole() && bits < 1 << 16 {
            scaled = scaled.mul(&step).unwrap_or(Number::ZERO);
            bits += 64;
        }
        let whole: IBig =
            scaled.to_whole_digits().and_then(|digits| digits.parse().ok()).unwrap_or(IBig::ZERO);
        let power = IBig::from(5).pow(bits as usize);
        let mut decimal = Self::of_text(&(whole * power).to_string());
        decimal.point -= i64::from(bits);
        decimal
    }

    fn of_text(text: &str) -> Self {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        let leading = digits.iter().take_while(|digit| **digit == b'0').count();
        let mut decimal =
            Self { digits: digits[leading..].to_vec(), point: size(whole.len()) - size(leading) };
        decimal.trim();
        decimal
    }

    fn trim(&mut self) {
        while self.digits.last() == Some(&b'0') {
            self.digits.pop();
        }
        if self.digits.is_empty() {
            self.point = 0;
        }
    }

    /// Keeps that many digits; a half goes to the even digit.
    pub(super) fn round(&mut self, count: i64) {
        let Ok(keep) = usize::try_from(count) else {
            self.digits.clear();
            self.point = 0;
            return;
        };
        if keep >= self.digits.len() {
            return;
        }
        let half = self.digits[keep] == b'5' && keep + 1 == self.digits.len();
        let up = if half {
            keep > 0 && self.digits[keep - 1] % 2 == 1
        } else {
            self.digits[keep] >= b'5'
        };
        self.digits.truncate(keep);
        if up {
            self.carry();
        }
        self.trim();
    }

    fn carry(&mut self) {
        while let Some(last) = self.digits.pop() {
            if last < b'9' {
                self.digits.push(last + 1);
                return;
            }
        }
        self.digits.push(b'1');
        self.point += 1;
    }

    /// The digit at a place counted from the first.
    pub(super) fn digit(&self, place: i64) -> char {
        let digit = usize::try_from(place).ok().and_then(|place| self.digits.get(place));
        digit.map_or('0', |digit| char::from(*digit))
    }

    pub(super) fn len(&self) -> i64 {
        size(self.digits.len())
    }
}

pub(super) fn size(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}
