//! A part of a body as a body of its own.

use crate::ReadSeek;
use std::io::{self, Read, Seek, SeekFrom};

/// Bytes `offset .. offset + length` of another body.
pub struct Window<'a> {
    body: &'a mut dyn ReadSeek,
    offset: u64,
    length: u64,
    position: u64,
}

impl<'a> Window<'a> {
    /// Opens a part; reading starts at its beginning.
    pub fn new(body: &'a mut dyn ReadSeek, offset: u64, length: u64) -> Self {
        Self { body, offset, length, position: 0 }
    }
}

impl Read for Window<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.length.saturating_sub(self.position);
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 {
            return Ok(0);
        }
        self.body.seek(SeekFrom::Start(self.offset + self.position))?;
        let length = self.body.read(&mut buffer[..most])?;
        self.position += length as u64;
        Ok(length)
    }
}

impl Seek for Window<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::Current(step) => self.position.checked_add_signed(step),
            SeekFrom::End(step) => self.length.checked_add_signed(step),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_shows_its_part_only() {
        let mut body = io::Cursor::new(b"0123456789".to_vec());
        let mut window = Window::new(&mut body, 2, 5);
        let mut text = String::new();
        window.read_to_string(&mut text).unwrap();
        assert_eq!(text, "23456");
        window.seek(SeekFrom::End(-2)).unwrap();
        text.clear();
        window.read_to_string(&mut text).unwrap();
        assert_eq!(text, "56");
        assert!(window.seek(SeekFrom::End(-6)).is_err());
    }
}
