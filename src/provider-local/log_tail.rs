//! The last lines that a server wrote before it died.

use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

const BYTES_MAX: u64 = 8192;
const LINES_MAX: usize = 12;

/// The last lines that were written after the first `from` bytes of the log.
pub(crate) fn read(log: &Path, from: u64) -> String {
    let read = || -> std::io::Result<Vec<u8>> {
        let mut file = std::fs::File::open(log)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(from.max(length.saturating_sub(BYTES_MAX))))?;
        let mut bytes = Vec::new();
        file.take(BYTES_MAX).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = read().unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(LINES_MAX)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_new_and_last_lines_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("server.log");
        assert_eq!(read(&log, 0), "");
        let lines: Vec<String> = (0..30).map(|i| format!("line {i}")).collect();
        std::fs::write(&log, lines.join("\n")).unwrap();
        assert!(read(&log, 0).starts_with("line 18\n") && read(&log, 0).ends_with("line 29"));
        let length = std::fs::metadata(&log).unwrap().len();
        assert_eq!(read(&log, length - 7), "line 29");
    }
}
