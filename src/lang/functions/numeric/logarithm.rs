//! Logarithms, rounded step by step as Terraform rounds them, so that the last digits are the same.

use super::power::parts;

/// The natural logarithm; NaN of a negative number.
pub(super) fn natural(value: f64) -> f64 {
    if !value.is_finite() || value <= 0.0 {
        return value.ln();
    }
    let (mut fraction, mut exponent) = parts(value);
    if fraction < std::f64::consts::FRAC_1_SQRT_2 {
        fraction *= 2.0;
        exponent -= 1;
    }
    let f = fraction - 1.0;
    #[expect(clippy::cast_precision_loss, reason = "the exponent of a float is small")]
    let k = exponent as f64;
    let s = f / (2.0 + f);
    let s2 = s * s;
    let s4 = s2 * s2;
    // The polynomial that the reduced argument calls for, its even and odd terms apart.
    let odd = s2
        * (6.666_666_666_666_735e-1
            + s4 * (2.857_142_874_366_239e-1
                + s4 * (1.818_357_216_161_805e-1 + s4 * 1.479_819_860_511_658_6e-1)));
    let even = s4
        * (3.999_999_999_940_942e-1
            + s4 * (2.222_219_843_214_978_4e-1 + s4 * 1.531_383_769_920_937_3e-1));
    let rest = odd + even;
    let half_square = 0.5 * f * f;
    // The logarithm of two in two parts, of which the first has room for a product without loss.
    let (high, low) = (6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10);
    k * high - ((half_square - (s * (half_square + rest) + k * low)) - f)
}
