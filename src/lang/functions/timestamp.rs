//! Points in time as RFC 3339 writes them, and what is wrong with a text that is none.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, TimeDelta};

use super::arguments::quoted;

/// A point in time with the offset that it was written with.
pub(super) type Timestamp = DateTime<FixedOffset>;

/// Reads a timestamp; the error is a phrase that says which part is wrong.
pub(super) fn parse(text: &str) -> Result<Timestamp, String> {
    read(Reader { rest: text, strict: true })
}

/// Reads a timestamp that need not be quite as RFC 3339 has it: hours of one digit, a comma before the
/// fraction, an offset of up to 24 hours and 60 minutes.
pub(super) fn parse_leniently(text: &str) -> Result<Timestamp, String> {
    read(Reader { rest: text, strict: false })
}

fn read(reader: Reader<'_>) -> Result<Timestamp, String> {
    reader.timestamp().map_err(|why| format!("not a valid RFC3339 timestamp: {why}"))
}

/// Writes a timestamp to the second.
pub(super) fn write(time: &Timestamp) -> String {
    let offset = if time.offset().local_minus_utc() == 0 {
        "Z".to_owned()
    } else {
        time.format("%:z").to_string()
    };
    // Years of five digits would come with a sign.
    let (sign, year) = (if time.year() < 0 { "-" } else { "" }, time.year().abs());
    format!("{sign}{year:04}-{}{offset}", time.format("%m-%dT%H:%M:%S"))
}

/// The time that many nanoseconds later.
pub(super) fn later(time: Timestamp, nanoseconds: i64) -> Option<Timestamp> {
    time.checked_add_signed(TimeDelta::nanoseconds(nanoseconds))
}

struct Reader<'a> {
    rest: &'a str,
    strict: bool,
}

impl Reader<'_> {
    fn timestamp(mut self) -> Result<Timestamp, String> {
        let year = self.year()?;
        self.separator("-")?;
        let month = self.part("month", true, 1..=12)?;
        self.separator("-")?;
        let day = self.part("day of month", true, 0..=99)?;
        self.separator("T")?;
        let hour = self.hour()?;
        self.separator(":")?;
        let minute = self.minute()?;
        self.separator(":")?;
        let second = self.part("second", true, 0..=59)?;
        let nanosecond = self.fraction()?;
        let zone = self.rest;
        let offset = self.offset()?;
        if !self.rest.is_empty() {
            return Err(format!("cannot use {} as timestamp segment", quoted(self.rest)));
        }
        let Some(offset) = offset.seconds(self.strict) else {
            return Err(format!("cannot use {} as UTC offset", quoted(zone)));
        };
        NaiveDate::from_ymd_opt(year, month, day)
            .and_then(|date| date.and_hms_nano_opt(hour, minute, second, nanosecond))
            .and_then(|time| placed(time, offset))
            .ok_or_else(|| "day out of range".to_owned())
    }

    fn wrong(&self, what: &str) -> String {
        if self.rest.is_empty() {
            format!("end of string before {what}")
        } else {
            format!("cannot use {} as {what}", quoted(self.rest))
        }
    }

    fn separator(&mut self, separator: &str) -> Result<(), String> {
        if let Some(rest) = self.rest.strip_prefix(separator) {
            self.rest = rest;
            return Ok(());
        }
        Err(match (separator, self.rest) {
            ("T", _) => "missing required time introducer 'T'".to_owned(),
            (_, "") => format!("end of string where {} is expected", quoted(separator)),
            (_, rest) => format!("found {} where {} is expected", quoted(rest), quoted(separator)),
        })
    }

    /// One or two digits, of which one is enough unless `exact`.
    fn digits(&mut self, exact: bool) -> Option<u32> {
        let bytes = self.rest.as_bytes();
        let count = bytes.iter().take(2).take_while(|byte| byte.is_ascii_digit()).count();
        if count == 0 || (exact && count < 2) {
            return None;
        }
        let (digits, rest) = self.rest.split_at(count);
        self.rest = rest;
        digits.parse().ok()
    }

    fn year(&mut self) -> Result<i32, String> {
        let year = self.rest.get(..4).filter(|year| year.bytes().all(|byte| byte.is_ascii_digit()));
        let year =
            year.ok_or_else(|| self.wrong("year"))?.parse().map_err(|_| self.wrong("year"))?;
        self.rest = &self.rest[4..];
        Ok(year)
    }

    fn part(
        &mut self,
        what: &str,
        exact: bool,
        range: std::ops::RangeInclusive<u32>,
    ) -> Result<u32, String> {
        let value = self.digits(exact).ok_or_else(|| self.wrong(what))?;
        if range.contains(&value) { Ok(value) } else { Err(self.wrong(what)) }
    }

    fn hour(&mut self) -> Result<u32, String> {
        let start = self.rest;
        match self.part("hour", false, 0..=23) {
            Ok(_) if self.strict && start.as_bytes().get(1) == Some(&b':') => {
                Err("hour must have exactly two digits".to_owned())
            }
            Err(_) if self.strict && self.rest.len() == 1 => {
                Err("hour must have exactly two digits".to_owned())
            }
            Err(_) if self.strict && !self.rest.is_empty() => {
                Err("hour must be between 0 and 23 inclusive".to_owned())
            }
            other => other,
        }
    }

    fn minute(&mut self) -> Result<u32, String> {
        match self.part("minute", true, 0..=59) {
            Err(_) if self.strict && !self.rest.is_empty() => {
                Err("minute must have exactly two digits".to_owned())
            }
            other => other,
        }
    }

    fn fraction(&mut self) -> Result<u32, String> {
        let Some(after) = self.rest.strip_prefix(['.', ',']) else { return Ok(0) };
        let count = after.bytes().take_while(u8::is_ascii_digit).count();
        if count == 0 {
            return Ok(0);
        }
        if self.strict && self.rest.starts_with(',') {
            return Err("cannot use \",\" as timestamp segment".to_owned());
        }
        self.rest = &after[count..];
        let digits = format!("{:0<9}", &after[..count.min(9)]);
        Ok(digits.parse().unwrap_or_default())
    }

    fn offset(&mut self) -> Result<Offset, String> {
        if let Some(rest) = self.rest.strip_prefix('Z') {
            self.rest = rest;
            return Ok(Offset { sign: 1, hours: 0, minutes: 0 });
        }
        let wrong = self.wrong("UTC offset");
        let offset = self.signed_offset().ok_or(wrong)?;
        // What lies far outside is told by what stands after it.
        if offset.hours > 24 || offset.minutes > 60 {
            Err(self.wrong("UTC offset"))
        } else {
            Ok(offset)
        }
    }

    fn signed_offset(&mut self) -> Option<Offset> {
        let sign = match self.rest.as_bytes().first()? {
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        self.rest = &self.rest[1..];
        let hours = self.digits(true)?;
        self.rest = self.rest.strip_prefix(':')?;
        let minutes = self.digits(true)?;
        Some(Offset { sign, hours, minutes })
    }
}

/// How far a clock is from UTC.
struct Offset {
    sign: i32,
    hours: u32,
    minutes: u32,
}

impl Offset {
    /// The whole in seconds; strictly, an offset is less than a day.
    fn seconds(&self, strict: bool) -> Option<i32> {
        if strict && (self.hours > 23 || self.minutes > 59) {
            return None;
        }
        i32::try_from(self.hours * 3600 + self.minutes * 60).ok().map(|seconds| self.sign * seconds)
    }
}

/// The point in time that a clock showed; that of an offset of a day or more is told in UTC.
fn placed(time: NaiveDateTime, offset: i32) -> Option<Timestamp> {
    match FixedOffset::east_opt(offset) {
        Some(zone) => time.and_local_timezone(zone).single(),
        None => time
            .checked_sub_signed(TimeDelta::seconds(i64::from(offset)))
            .map(|time| time.and_utc().fixed_offset()),
    }
}
