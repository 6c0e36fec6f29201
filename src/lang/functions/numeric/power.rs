//! Powers, rounded step by step as Terraform rounds them, so that the last digits are the same.

/// `base` to the power of `exponent`; NaN where that is no real number.
pub(super) fn power(base: f64, exponent: f64) -> f64 {
    let magnitude = exponent.abs();
    let whole = magnitude.trunc();
    if exponent == -0.5 && base > 0.0 && base.is_finite() {
        return 1.0 / base.sqrt();
    }
    let special = base == 0.0
        || !base.is_finite()
        || !exponent.is_finite()
        || matches!(magnitude, 0.0 | 0.5 | 1.0)
        || whole >= 2_f64.powi(62);
    if special {
        return base.powf(exponent);
    }
    let (mut whole, mut fraction) = (whole, magnitude - whole);
    if fraction != 0.0 && base < 0.0 {
        return f64::NAN;
    }
    let mut result = 1.0;
    if fraction != 0.0 {
        if fraction > 0.5 {
            fraction -= 1.0;
            whole += 1.0;
        }
        result = (fraction * super::logarithm::natural(base)).exp();
    }
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and below 2^62")]
    let (mut result, mut scale) = by_squares(base, whole as i64, result);
    if exponent < 0.0 {
        result = 1.0 / result;
        scale = -scale;
    }
    scaled(result, scale)
}

/// `start` times `base` to a whole power, as a number and a power of two.
fn by_squares(base: f64, mut whole: i64, start: f64) -> (f64, i64) {
    let (mut square, mut exponent) = parts(base);
    let (mut result, mut scale) = (start, 0);
    while whole != 0 {
        if exponent.abs() > 1 << 12 {
            // It is too great or too small for any number already.
            scale += exponent;
            break;
        }
        if whole & 1 == 1 {
            result *= square;
            scale += exponent;
        }
        square *= square;
        exponent <<= 1;
        if square < 0.5 {
            square += square;
            exponent -= 1;
        }
        whole >>= 1;
    }
    (result, scale)
}

/// A number as a fraction of at least a half and below one, and a power of two.
pub(super) fn parts(value: f64) -> (f64, i64) {
    let (value, shift) =
        if value.is_subnormal() { (value * 2_f64.powi(54), -54) } else { (value, 0) };
    let bits = value.to_bits();
    let exponent = i64::try_from(bits >> 52 & 0x7ff).unwrap_or_default() - 1022;
    (f64::from_bits(bits & !(0x7ff << 52) | 1022 << 52), exponent + shift)
}

fn scaled(mut value: f64, mut scale: i64) -> f64 {
    scale = scale.clamp(-5000, 5000);
    while scale > 500 {
        value *= 2_f64.powi(500);
        scale -= 500;
    }
    while scale < -500 {
        value *= 2_f64.powi(-500);
        scale += 500;
    }
    value * 2_f64.powi(i32::try_from(scale).unwrap_or_default())
}
