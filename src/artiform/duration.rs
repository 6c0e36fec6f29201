//! Durations as Terraform's users write and read them: `10s`, `1m30s`.

use std::time::Duration;

/// Reads `10s`, `1h30m`, `1.5s`, `500ms`; a bare `0` is zero.
pub fn parse(text: &str) -> Result<Duration, String> {
    let wrong = || format!("\"{text}\" is no duration; write it as 10s, 5m or 1h30m");
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    let mut rest = text;
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(wrong)?;
        let number: f64 = rest[..digits].parse().map_err(|_| wrong())?;
        let unit_end = rest[digits..]
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .map_or(rest.len(), |end| digits + end);
        seconds += number * unit(&rest[digits..unit_end]).ok_or_else(wrong)?;
        rest = &rest[unit_end..];
    }
    if text.is_empty() {
        Err(wrong())
    } else {
        Duration::try_from_secs_f64(seconds).map_err(|_| wrong())
    }
}

fn unit(name: &str) -> Option<f64> {
    match name {
        "h" => Some(3600.0),
        "m" => Some(60.0),
        "s" => Some(1.0),
        "ms" => Some(0.001),
        _ => None,
    }
}

/// Writes a duration in whole seconds, rounded: `0s`, `1m30s`, `1h0m5s`.
pub fn rounded(duration: Duration) -> String {
    let seconds = (duration.as_millis() + 500) / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds}s"),
        (0, _) => format!("{minutes}m{seconds}s"),
        _ => format!("{hours}h{minutes}m{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_go_writes_them() {
        assert_eq!(parse("10s"), Ok(Duration::from_secs(10)));
        assert_eq!(parse("1h30m"), Ok(Duration::from_secs(5400)));
        assert_eq!(parse("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse("0"), Ok(Duration::ZERO));
        for wrong in ["", "10", "s", "1d", "-1s", "1.2.3s"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn durations_are_written_in_whole_seconds() {
        assert_eq!(rounded(Duration::from_millis(499)), "0s");
        assert_eq!(rounded(Duration::from_millis(1500)), "2s");
        assert_eq!(rounded(Duration::from_secs(90)), "1m30s");
        assert_eq!(rounded(Duration::from_secs(3605)), "1h0m5s");
    }
}
