//! The lines of a journal: how they are framed, and what damage to them means.
//!
//! ```text
//! journal
//!   <crc32c> <length> <sequence> 0 {"format_version":1,"stack":...,"lineage":...,"follows":<serial>,...}
//!   <crc32c> <length> <sequence> <batch> {"begin":{...}}
//!   <crc32c> <length> <sequence> <batch> {"commit":{...}}
//!   zero bytes, to where the file was allocated
//! ```
//! The checksum (8 hexadecimal digits) covers the rest of the line; the length is that of the payload in
//! bytes. Sequence numbers go up by one from that of the header, which counts for no record. A batch is named by the sequence of its first record; it is
//! written at once, and no record of it is acknowledged, and no other batch written, before it is durable.
//! An encrypted payload is base64 instead of JSON; the first line is always in the clear.
//!
//! **What may be dropped.** Only the last batch can be incomplete after a crash, and then something of it
//! is missing: the file ends, or whole sectors are still zero. Such a tail was never acknowledged. Any
//! other damage is an error, because an acknowledged record may be behind it.

use serde::{Deserialize, Serialize};

/// Disks write sectors of this many bytes, or multiples, whole or not at all.
const SECTOR: usize = 512;

/// The first line of a journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Header {
    pub(crate) format_version: u64,
    pub(crate) stack: String,
    pub(crate) lineage: String,
    /// The serial of the snapshot that this journal follows.
    pub(crate) follows: u64,
    /// The sequence in that snapshot.
    pub(crate) after: u64,
}

/// One framed record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line<'a> {
    pub(crate) sequence: u64,
    pub(crate) batch: u64,
    pub(crate) payload: &'a [u8],
}

/// What the bytes of a journal hold.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Scan<'a> {
    /// All lines, the header's first.
    pub(crate) lines: Vec<Line<'a>>,
    /// The bytes that these lines take.
    pub(crate) length: usize,
    /// How many bytes of an unacknowledged batch follow them.
    pub(crate) torn: usize,
}

/// Damage to what was durable.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Damage {
    pub(crate) offset: usize,
    pub(crate) reason: String,
}

/// Appends one line to `out`.
pub(crate) fn write_line(out: &mut Vec<u8>, line: Line<'_>) {
    let body = format!("{} {} {} ", line.payload.len(), line.sequence, line.batch);
    let checksum = crc32c::crc32c_append(crc32c::crc32c(body.as_bytes()), line.payload);
    out.extend_from_slice(format!("{checksum:08x} ").as_bytes());
    out.extend_from_slice(body.as_bytes());
    out.extend_from_slice(line.payload);
    out.push(b'\n');
}

/// Reads all lines, tells a torn tail from damage, and holds on to everything that was acknowledged.
pub(crate) fn scan(bytes: &[u8]) -> Result<Scan<'_>, Damage> {
    let mut scan = Scan { lines: Vec::new(), length: 0, torn: 0 };
    while !is_blank(&bytes[scan.length..]) {
        let rest = &bytes[scan.length..];
        let damage = |reason: &str| Damage { offset: scan.length, reason: reason.into() };
        match read_line(rest) {
            Some((line, length)) => {
                follows(scan.lines.last(), &line).map_err(|reason| damage(&reason))?;
                scan.lines.push(line);
                scan.length += length;
            }
            // The header is renamed into place whole, so that it cannot be torn.
            None if scan.lines.is_empty() => return Err(damage("its first line is not readable")),
            None => {
                let next = scan.lines.last().map_or(0, |line| line.sequence) + 1;
                check_torn(bytes, scan.length, next).map_err(|reason| damage(&reason))?;
                scan.torn = trimmed_length(rest);
                return Ok(scan);
            }
        }
    }
    if scan.lines.is_empty() {
        return Err(Damage { offset: 0, reason: "it is empty".into() });
    }
    Ok(scan)
}

/// Whether nothing was ever written from here on.
fn is_blank(rest: &[u8]) -> bool {
    rest.first().is_none_or(|byte| *byte == 0) && rest.iter().all(|byte| *byte == 0)
}

fn trimmed_length(rest: &[u8]) -> usize {
    rest.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1)
}

/// The line at the start of `rest` and its length with the line feed, if it is whole and sound.
fn read_line(rest: &[u8]) -> Option<(Line<'_>, usize)> {
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let text = &rest[..end];
    let (checksum, body) = (text.get(..8)?, text.get(9..)?);
    // Compared as text, so that there is one way only to write a line.
    if text[8] != b' ' || format!("{:08x}", crc32c::crc32c(body)).as_bytes() != checksum {
        return None;
    }
    let mut fields = body.splitn(4, |byte| *byte == b' ');
    let mut number = || std::str::from_utf8(fields.next()?).ok()?.parse::<u64>().ok();
    let (length, sequence, batch) = (number()?, number()?, number()?);
    let payload = fields.next()?;
    (payload.len() as u64 == length).then_some((Line { sequence, batch, payload }, end + 1))
}

/// Lines must count up and stand in their batch; else one of them is gone or came back.
fn follows(before: Option<&Line<'_>>, line: &Line<'_>) -> Result<(), String> {
    let Some(before) = before else {
        return if line.batch == 0 { Ok(()) } else { Err("its header is missing".into()) };
    };
    if line.sequence != before.sequence + 1 {
        let (before, after) = (before.sequence, line.sequence);
        return Err(format!("record {before} is followed by record {after}"));
    }
    if line.batch != line.sequence && (line.batch != before.batch || line.batch == 0) {
        return Err(format!("record {} stands in the wrong batch", line.sequence));
    }
    Ok(())
}

/// Whether what stands at `at`, which is no sound line, can be part of a batch that a crash cut off.
/// `next` is the sequence of the record that should be there.
fn check_torn(bytes: &[u8], at: usize, next: u64) -> Result<(), String> {
    let rest = &bytes[at..];
    if let Some(later) = later_lines(rest).find(|line| line.batch > next || line.sequence <= next) {
        return Err(format!(
            "record {next} is not readable, but record {}, which was written after it, is",
            later.sequence
        ));
    }
    let hole = rest.iter().position(|byte| *byte == 0).unwrap_or(rest.len());
    let text = &rest[..hole];
    if text.contains(&b'\n') || has_other_end(text) {
        return Err(format!("record {next} is complete, but not what was written"));
    }
    if hole < rest.len() && !is_unwritten(bytes, at, at + hole) {
        return Err(format!("record {next} has a zero byte in it"));
    }
    Ok(())
}

/// All sound lines after the first line feed or zero byte.
fn later_lines(rest: &[u8]) -> impl Iterator<Item = Line<'_>> {
    let starts = rest.windows(2).enumerate().filter_map(|(at, pair)| {
        (matches!(pair[0], b'\n' | 0) && !matches!(pair[1], b'\n' | 0)).then_some(at + 1)
    });
    starts.filter_map(|at| read_line(&rest[at..]).map(|(line, _)| line))
}

/// Whether all of the payload is there and then something else than the line feed.
fn has_other_end(text: &[u8]) -> bool {
    let mut fields = text.splitn(5, |byte| *byte == b' ');
    let length = fields.nth(1).and_then(|length| std::str::from_utf8(length).ok()?.parse().ok());
    match (length, fields.nth(2)) {
        (Some(length), Some(payload)) => payload.len() > length,
        _ => false,
    }
}

/// Whether the zero bytes at `hole` are sectors that never reached the disk, and no damage to a byte: they
/// start where a sector or the batch starts, and go on to the end of a sector or of the file.
fn is_unwritten(bytes: &[u8], batch: usize, hole: usize) -> bool {
    let end = (hole + 1).next_multiple_of(SECTOR).min(bytes.len());
    let starts = hole == batch || hole.is_multiple_of(SECTOR);
    starts && bytes[hole..end].iter().all(|byte| *byte == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header and then batches of records, some longer than a sector.
    fn journal(batches: &[&[usize]]) -> (Vec<u8>, Vec<usize>) {
        let mut bytes = Vec::new();
        write_line(&mut bytes, Line { sequence: 0, batch: 0, payload: b"{\"header\":1}" });
        let mut ends = vec![bytes.len()];
        let mut sequence = 0;
        for batch in batches {
            let first = sequence + 1;
            for length in *batch {
                sequence += 1;
                let payload = format!("{{\"text\":\"{}\"}}", "J x".repeat(*length));
                let payload = payload.as_bytes();
                write_line(&mut bytes, Line { sequence, batch: first, payload });
                ends.push(bytes.len());
            }
        }
        (bytes, ends)
    }

    const BATCHES: &[&[usize]] = &[&[3, 300], &[5], &[400, 7, 200], &[9]];

    #[test]
    fn reads_what_was_written() {
        let (mut bytes, ends) = journal(BATCHES);
        assert_eq!(scan(&bytes).unwrap().lines.len(), ends.len());
        bytes.resize(bytes.len() + 3000, 0);
        let read = scan(&bytes).unwrap();
        assert_eq!((read.lines.len(), read.torn, read.length), (ends.len(), 0, ends[7]));
    }

    #[test]
    fn truncation_at_every_byte_keeps_the_prefix() {
        let (bytes, ends) = journal(BATCHES);
        for cut in 0..=bytes.len() {
            let whole = ends.iter().filter(|end| **end <= cut).count();
            match scan(&bytes[..cut]) {
                Ok(read) => {
                    assert_eq!(read.lines.len(), whole, "cut at {cut}");
                    assert_eq!(read.torn, cut - ends[whole - 1], "cut at {cut}");
                }
                Err(damage) => assert_eq!(whole, 0, "cut at {cut}: {damage:?}"),
            }
        }
    }

    #[test]
    fn every_flipped_bit_is_an_error() {
        let (bytes, _) = journal(BATCHES);
        let mut padded = bytes.clone();
        padded.resize(padded.len() + 700, 0);
        for at in 0..bytes.len() {
            for bit in 0..8 {
                padded[at] ^= 1 << bit;
                assert!(scan(&padded).is_err(), "bit {bit} of byte {at}");
                assert!(
                    scan(&padded[..bytes.len()]).is_err(),
                    "bit {bit} of byte {at}, no padding"
                );
                padded[at] ^= 1 << bit;
            }
        }
    }

    #[test]
    fn flipped_bit_behind_the_end_loses_nothing() {
        let (bytes, ends) = journal(BATCHES);
        let mut padded = bytes.clone();
        padded.resize(padded.len() + 1500, 0);
        for at in bytes.len()..padded.len() {
            padded[at] ^= 1;
            if let Ok(read) = scan(&padded) {
                assert_eq!(read.lines.len(), ends.len());
            }
            padded[at] ^= 1;
        }
    }

    /// Any subset of the last batch's sectors may have reached the disk.
    #[test]
    fn unwritten_sectors_of_the_last_batch_are_a_torn_tail() {
        let (bytes, ends) = journal(&[&[3, 300], &[5], &[400, 7, 200]]);
        let start = ends[3];
        let first_sector = start / SECTOR;
        let sectors = bytes.len().div_ceil(SECTOR) - first_sector;
        for written in 0..(1_u32 << sectors) {
            let mut torn = bytes.clone();
            torn.resize(torn.len().next_multiple_of(SECTOR) + SECTOR, 0);
            for sector in (0..sectors).filter(|sector| written & (1 << sector) == 0) {
                let from = ((first_sector + sector) * SECTOR).max(start);
                torn[from..(first_sector + sector + 1) * SECTOR].fill(0);
            }
            let read = scan(&torn).unwrap_or_else(|damage| panic!("{written:b}: {damage:?}"));
            assert!((4..=7).contains(&read.lines.len()), "{written:b}");
            assert_eq!(bytes[..read.length], torn[..read.length]);
        }
    }

    #[test]
    fn unwritten_sectors_of_an_earlier_batch_are_damage() {
        let (bytes, ends) = journal(BATCHES);
        for sector in 1..ends[6] / SECTOR {
            let mut torn = bytes.clone();
            torn[sector * SECTOR..(sector + 1) * SECTOR].fill(0);
            assert!(scan(&torn).is_err(), "sector {sector}");
        }
    }

    #[test]
    fn missing_and_repeated_lines_are_damage() {
        let (bytes, ends) = journal(BATCHES);
        let without = [&bytes[..ends[2]], &bytes[ends[3]..]].concat();
        assert!(scan(&without).unwrap_err().reason.contains("is followed by"));
        let twice = [&bytes[..ends[3]], &bytes[ends[2]..]].concat();
        assert!(scan(&twice).unwrap_err().reason.contains("is followed by"));
    }
}
