//! Multipart forms read in one pass: fields in memory, the file left where it lies.

use crate::mutation::limits::METADATA_BYTES_MAX;
use crate::{FormatError, ReadSeek};
use std::io::SeekFrom;

/// Most parts of a form; uploads send one per classifier and requirement.
const PARTS_MAX: usize = 10_000;
/// Most bytes of a part's headers.
const HEADER_BYTES_MAX: usize = 16 * 1024;
/// Longest boundary that RFC 2046 allows.
const BOUNDARY_BYTES_MAX: usize = 70;

/// A form.
#[derive(Debug, Default)]
pub struct Form {
    fields: Vec<(String, String)>,
    /// The parts that are files.
    pub files: Vec<FilePart>,
}

/// A file inside a staged body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePart {
    /// The name of the field.
    pub field: String,
    /// The name of the file, as it was sent.
    pub file_name: String,
    /// Where the content begins, in bytes.
    pub offset: u64,
    /// How long it is, in bytes.
    pub length: u64,
}

impl Form {
    /// The first value of a field; empty when it was not sent.
    pub fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// All values of a field.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.fields.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The boundary that a `Content-Type` header names.
pub fn boundary(content_type: Option<&str>) -> Result<String, FormatError> {
    let header = content_type.unwrap_or_default();
    let is_form = header.trim_start().to_ascii_lowercase().starts_with("multipart/form-data");
    let value = if is_form { parameter(header, "boundary") } else { None };
    match value {
        Some(value) if !value.is_empty() && value.len() <= BOUNDARY_BYTES_MAX => Ok(value),
        _ => Err(FormatError::invalid(
            "The upload is no multipart form. Send it as multipart/form-data with a boundary.",
        )),
    }
}

/// A parameter of a header value, quoted or not.
fn parameter(header: &str, name: &str) -> Option<String> {
    let mut rest = header.split_once(';')?.1;
    loop {
        let (key, after) = rest.split_once('=')?;
        let (value, next) = match after.trim_start().strip_prefix('"') {
            Some(quoted) => {
                let end = quoted.find('"')?;
                (&quoted[..end], &quoted[end + 1..])
            }
            None => after.split_at(after.find(';').unwrap_or(after.len())),
        };
        if key.trim_matches([' ', ';', '\t']).eq_ignore_ascii_case(name) {
            return Some(value.trim().to_owned());
        }
        rest = next;
    }
}

/// Reads a staged body from its start.
pub fn read(body: &mut dyn ReadSeek, boundary: &str) -> Result<Form, FormatError> {
    body.seek(SeekFrom::Start(0))?;
    let mut reader = Scanner::new(body, format!("\r\n--{boundary}").into_bytes());
    let (mut form, mut memory) = (Form::default(), 0_u64);
    // The first boundary has no line before it; what comes earlier is a preamble.
    if !reader.starts_with(format!("--{boundary}").as_bytes())? {
        reader.skip_to_boundary(None)?;
    }
    for _ in 0..PARTS_MAX {
        if reader.ends_here()? {
            return Ok(form);
        }
        let (field, file_name) = part_names(&reader.headers()?)?;
        let offset = reader.position;
        match file_name {
            Some(file_name) => {
                let length = reader.skip_to_boundary(None)?;
                form.files.push(FilePart { field, file_name, offset, length });
            }
            None => {
                let mut value = Vec::new();
                reader.skip_to_boundary(Some((&mut value, METADATA_BYTES_MAX - memory)))?;
                memory += value.len() as u64 + field.len() as u64;
                if memory > METADATA_BYTES_MAX {
                    return Err(too_large());
                }
                form.fields.push((field, String::from_utf8_lossy(&value).into_owned()));
            }
        }
    }
    Err(FormatError::too_large(format!("The form has more than {PARTS_MAX} parts.")))
}

fn too_large() -> FormatError {
    FormatError::too_large(format!("The form's fields are larger than {METADATA_BYTES_MAX} bytes."))
}

/// The field's name and, for a file, the file's name.
fn part_names(headers: &str) -> Result<(String, Option<String>), FormatError> {
    let disposition = headers.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("content-disposition").then_some(value)
    });
    let name = disposition.and_then(|value| parameter(value, "name"));
    match (disposition, name) {
        (Some(value), Some(name)) => Ok((name, parameter(value, "filename"))),
        _ => Err(FormatError::invalid("A part of the form has no name.")),
    }
}

/// Reads forward with one block in memory, looking for the boundary.
struct Scanner<'a> {
    body: &'a mut dyn ReadSeek,
    delimiter: Vec<u8>,
    /// Bytes that were read and not taken yet; they begin at `position` of the body.
    buffer: Vec<u8>,
    position: u64,
    is_at_end: bool,
}

impl<'a> Scanner<'a> {
    fn new(body: &'a mut dyn ReadSeek, delimiter: Vec<u8>) -> Self {
        Self { body, delimiter, buffer: Vec::new(), position: 0, is_at_end: false }
    }

    /// Reads one block more; false when there is none.
    fn fill(&mut self) -> Result<bool, FormatError> {
        let mut block = vec![0; 64 * 1024];
        let length = self.body.read(&mut block)?;
        self.is_at_end = length == 0;
        self.buffer.extend_from_slice(&block[..length]);
        Ok(!self.is_at_end)
    }

    fn fill_to(&mut self, length: usize) -> Result<bool, FormatError> {
        while self.buffer.len() < length {
            if !self.fill()? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn take(&mut self, length: usize) {
        self.buffer.drain(..length);
        self.position += length as u64;
    }

    /// Takes `text` where the body goes on with it.
    fn starts_with(&mut self, text: &[u8]) -> Result<bool, FormatError> {
        let matches = self.fill_to(text.len())? && self.buffer.starts_with(text);
        if matches {
            self.take(text.len());
        }
        Ok(matches)
    }

    /// After a boundary: two hyphens end the form, a line break opens a part.
    fn ends_here(&mut self) -> Result<bool, FormatError> {
        if self.starts_with(b"--")? {
            return Ok(true);
        }
        while self.starts_with(b" ")? || self.starts_with(b"\t")? {}
        match self.starts_with(b"\r\n")? {
            true => Ok(false),
            false => {
                Err(FormatError::invalid("A boundary of the form does not end in a line break."))
            }
        }
    }

    /// Takes a part's headers and the empty line after them.
    fn headers(&mut self) -> Result<String, FormatError> {
        loop {
            // A part without headers begins with the empty line itself.
            let at = match self.buffer.starts_with(b"\r\n") {
                true => Some(0),
                false => find(&self.buffer, b"\r\n\r\n").map(|at| at + 2),
            };
            if let Some(at) = at.filter(|at| *at <= HEADER_BYTES_MAX) {
                let text = String::from_utf8_lossy(&self.buffer[..at]).into_owned();
                self.take(at + 2);
                return Ok(text);
            }
            if self.buffer.len() > HEADER_BYTES_MAX {
                return Err(FormatError::too_large(
                    "The headers of a part of the form are too long.",
                ));
            }
            if !self.fill()? {
                return Err(FormatError::invalid("The form ends inside the headers of a part."));
            }
        }
    }

    /// Takes everything up to and with the next boundary; gives how much came before it, and
    /// that itself to `keep`, of which at most so many bytes.
    fn skip_to_boundary(
        &mut self,
        mut keep: Option<(&mut Vec<u8>, u64)>,
    ) -> Result<u64, FormatError> {
        let mut length = 0_u64;
        loop {
            let found = find(&self.buffer, &self.delimiter);
            // A boundary may straddle two blocks, so the last bytes of one stay.
            let safe = self.buffer.len().saturating_sub(self.delimiter.len());
            let count = found.unwrap_or(safe);
            if let Some((kept, most)) = &mut keep {
                if kept.len() as u64 + count as u64 > *most {
                    return Err(too_large());
                }
                kept.extend_from_slice(&self.buffer[..count]);
            }
            length += count as u64;
            self.take(count);
            if found.is_some() {
                self.take(self.delimiter.len());
                return Ok(length);
            }
            if !self.fill()? {
                return Err(FormatError::invalid("The form ends before its last boundary."));
            }
        }
    }
}

/// Where `needle`, which begins with a carriage return, stands first.
fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    while let Some(step) = haystack[from..].iter().position(|byte| *byte == first) {
        let at = from + step;
        if haystack[at..].starts_with(needle) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Cursor;

    fn part(name: &str, file: Option<&str>, content: &[u8]) -> Vec<u8> {
        let file = file.map_or(String::new(), |file| format!("; filename=\"{file}\""));
        let mut bytes =
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n")
                .into_bytes();
        bytes.extend_from_slice(content);
        bytes.extend_from_slice(b"\r\n");
        bytes
    }

    fn form(parts: &[Vec<u8>]) -> Vec<u8> {
        [parts.concat(), b"--b--\r\n".to_vec()].concat()
    }

    #[test]
    fn boundaries_are_read_from_the_header() {
        let read = |text| boundary(Some(text)).ok();
        assert_eq!(read("multipart/form-data; boundary=abc"), Some("abc".to_owned()));
        assert_eq!(read("Multipart/Form-Data; x=1; Boundary=\"a;b\"; y=2"), Some("a;b".to_owned()));
        for text in
            ["", "text/plain; boundary=x", "multipart/form-data", "multipart/form-data; boundary="]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn fields_and_files_are_found() {
        let bytes = form(&[
            part("a", None, b"1"),
            part("a", None, b"2"),
            part("f", Some("x"), b"\r\n-\r\n"),
        ]);
        let read = read(&mut Cursor::new(bytes.clone()), "b").unwrap();
        assert_eq!(read.all("a").collect::<Vec<_>>(), ["1", "2"]);
        let file = &read.files[0];
        let (from, length) = (file.offset as usize, file.length as usize);
        assert_eq!(&bytes[from..from + length], b"\r\n-\r\n");
    }

    #[test]
    fn incomplete_and_oversized_forms_are_refused() {
        let whole = form(&[part("a", None, b"1"), part("f", Some("x"), b"content")]);
        for end in 0..whole.len() - 4 {
            assert!(read(&mut Cursor::new(whole[..end].to_vec()), "b").is_err(), "{end}");
        }
        let most = usize::try_from(METADATA_BYTES_MAX).unwrap();
        let large = form(&[part("a", None, &vec![b'x'; most + 1])]);
        let error = read(&mut Cursor::new(large), "b").unwrap_err();
        assert_eq!(error.kind, crate::ErrorKind::TooLarge);
        let many = form(&vec![part("a", None, b""); PARTS_MAX + 1]);
        assert!(read(&mut Cursor::new(many), "b").is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_content_is_framed_exactly(content in proptest::collection::vec(proptest::sample::select(b"\r\n-bx".to_vec()), 0..60), filler in 0_usize..3) {
            prop_assume!(find(&content, b"\r\n--b").is_none());
            // Push the part over the edge of a block.
            let early = vec![b'.'; filler * (64 * 1024 - 100)];
            let bytes = form(&[part("e", Some("e"), &early), part("f", Some("x"), &content)]);
            if let Ok(read) = read(&mut Cursor::new(bytes.clone()), "b") {
                let file = &read.files[1];
                let (from, length) = (file.offset as usize, file.length as usize);
                prop_assert_eq!(&bytes[from..from + length], content.as_slice());
            } else {
                // Only content that makes a boundary with what follows may fail.
                prop_assert!(false, "{:?}", content);
            }
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100), header in "\\PC{0,40}|[a-z;=\" /-]{0,40}") {
            let _ = boundary(Some(&header));
            let _ = boundary(Some(&format!("multipart/form-data;{header}")));
            let framed = [b"--b\r\n".to_vec(), bytes.clone()].concat();
            let _ = read(&mut Cursor::new(bytes), "b");
            let _ = read(&mut Cursor::new(framed), "b");
        }
    }
}
