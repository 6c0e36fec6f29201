//! Moments as formats spell them, from and to milliseconds since 1970, always UTC.

/// Year, month, day, hour, minute, second and millisecond.
type Parts = (i64, u32, u32, u32, u32, u32, u32);

fn parts(milliseconds: i64) -> Parts {
    let (days, rest) = (milliseconds.div_euclid(86_400_000), milliseconds.rem_euclid(86_400_000));
    // Days are counted from 1 March of year 0, so that the leap day ends a year.
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let small = |number: i64| u32::try_from(number).unwrap_or(0);
    (
        year,
        small(month),
        small(day),
        small(rest / 3_600_000),
        small(rest / 60_000 % 60),
        small(rest / 1000 % 60),
        small(rest % 1000),
    )
}

/// `2026-01-02T03:04:05.678Z`
pub fn iso8601(milliseconds: i64) -> String {
    let (year, month, day, hour, minute, second, milli) = parts(milliseconds);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
}

/// `20260102030405`, as Maven's `lastUpdated`.
pub fn compact(milliseconds: i64) -> String {
    let (year, month, day, hour, minute, second, _) = parts(milliseconds);
    format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}")
}

/// Reads either spelling above, with or without the fraction; none for anything else.
pub fn parse(text: &str) -> Option<i64> {
    let zulu = text.strip_suffix('Z').unwrap_or(text);
    let (whole, fraction) = zulu.split_once('.').unwrap_or((zulu, "0"));
    if !whole.is_ascii() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits: String = whole.chars().filter(char::is_ascii_digit).collect();
    if digits.len() != 14
        || whole.chars().any(|one| !matches!(one, '0'..='9' | '-' | ':' | 'T' | ' '))
    {
        return None;
    }
    let number = |from: usize, to: usize| digits[from..to].parse::<i64>().ok();
    let (year, month, day) = (number(0, 4)?, number(4, 6)?, number(6, 8)?);
    let (hour, minute, second) = (number(8, 10)?, number(10, 12)?, number(12, 14)?);
    if !(1..=12).contains(&month)
        || !(1..=31).contains(&day)
        || hour > 23
        || minute > 59
        || second > 60
    {
        return None;
    }
    let milli: i64 = format!("{fraction:0<3}")[..3].parse().ok()?;
    let days = days_since_1970(year, month, day);
    Some(((days * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + milli)
}

fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (shifted_year.div_euclid(400), shifted_year.rem_euclid(400));
    let shifted_month = (month + 9) % 12;
    let of_year = (153 * shifted_month + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_moments_are_spelled() {
        assert_eq!(iso8601(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(iso8601(951_782_399_999), "2000-02-28T23:59:59.999Z");
        assert_eq!(compact(1_767_322_860_000), "20260102030100");
        assert_eq!(parse("20260102030100"), Some(1_767_322_860_000));
        assert_eq!(parse("2026-01-02T03:01:00.5Z"), Some(1_767_322_860_500));
        for text in
            ["", "2026", "2026-13-02T03:01:00Z", "2026-01-02T03:01:00+01:00", "ä0260102030100"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn spelling_round_trips(milliseconds in 0_i64..253_402_300_799_999) {
            prop_assert_eq!(parse(&iso8601(milliseconds)), Some(milliseconds));
            prop_assert_eq!(parse(&compact(milliseconds)), Some(milliseconds / 1000 * 1000));
        }

        #[test]
        fn parsing_never_panics(text in "\\PC{0,30}|[0-9TZ:. -]{0,30}") {
            let _ = parse(&text);
        }
    }
}
