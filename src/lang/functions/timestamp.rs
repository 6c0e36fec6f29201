//! Points in time as RFC 3339 writes them, and what is wrong with a text that is none.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, TimeDelta};

use super::arguments::quoted;

/// A point in time with the offset that it was written with.
pub(super) type Timestamp = DateTime<FixedOffset>;

/// Reads a timestamp; the error is a phrase that says which part is wrong.
pub(super) fn parse(text: &str) -> Result<Timestamp, String> {
    Reader { rest: text }.timestamp().map_err(|why| format!("not a valid RFC3339 timestamp: {why}"))
}

/// Writes a timestamp to the second.
pub(super) fn write(time: &Timestamp) -> String {
    let offset = if time.offset().local_minus_utc() == 0 {
        "Z".to_owned()
    } else {
        time.format("%:z").to_string()
    };
    // Years of five digits would come with a sign.
    format!("{:04}-{}{offset}", time.year(), time.format("%m-%dT%H:%M:%S"))
}

/// The time that many nanoseconds later.
pub(super) fn later(time: Timestamp, nanoseconds: i64) -> Option<Timestamp> {
    time.checked_add_signed(TimeDelta::nanoseconds(nanoseconds))
}

struct Reader<'a> {
    rest: &'a str,
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
        let minute = self.part("minute", true, 0..=59)?;
        self.separator(":")?;
        let second = self.part("second", true, 0..=59)?;
        let nanosecond = self.fraction()?;
        let offset = self.offset()?;
        if !self.rest.is_empty() {
            return Err(format!("cannot use {} as timestamp segment", quoted(self.rest)));
        }
        NaiveDate::from_ymd_opt(year, month, day)
            .and_then(|date| date.and_hms_nano_opt(hour, minute, second, nanosecond))
            .and_then(|time| time.and_local_timezone(offset).single())
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
        let hour = self.digits(false).ok_or_else(|| self.wrong("hour"))?;
        if hour > 23 {
            return Err("hour must be between 0 and 23 inclusive".to_owned());
        }
        if start.len() - self.rest.len() < 2 {
            return Err("hour must have exactly two digits".to_owned());
        }
        Ok(hour)
    }

    fn fraction(&mut self) -> Result<u32, String> {
        if self.rest.starts_with(',') && self.rest[1..].starts_with(|c: char| c.is_ascii_digit()) {
            return Err("cannot use \",\" as timestamp segment".to_owned());
        }
        let Some(after) = self.rest.strip_prefix('.') else { return Ok(0) };
        let count = after.bytes().take_while(u8::is_ascii_digit).count();
        if count == 0 {
            return Ok(0);
        }
        self.rest = &after[count..];
        let digits = format!("{:0<9}", &after[..count.min(9)]);
        Ok(digits.parse().unwrap_or_default())
    }

    fn offset(&mut self) -> Result<FixedOffset, String> {
        let wrong = self.wrong("UTC offset");
        let seconds = if let Some(rest) = self.rest.strip_prefix('Z') {
            self.rest = rest;
            Some(0)
        } else {
            self.signed_offset()
        };
        seconds.and_then(FixedOffset::east_opt).ok_or(wrong)
    }

    fn signed_offset(&mut self) -> Option<i32> {
        let sign = match self.rest.as_bytes().first()? {
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        self.rest = &self.rest[1..];
        let hours = self.digits(true).filter(|hours| *hours < 24)?;
        self.rest = self.rest.strip_prefix(':')?;
        let minutes = self.digits(true).filter(|minutes| *minutes < 60)?;
        i32::try_from(hours * 3600 + minutes * 60).ok().map(|seconds| sign * seconds)
    }
}
