//! The publish body read in one pass: JSON in memory, tarballs left where they lie.
//!
//! `_attachments.<file>.data` is base64 of any length. The scanner notes where each one lies in
//! the staged body and puts an empty text in its place, so that memory is bounded by the rest.

use crate::mutation::BodySource;
use crate::mutation::limits::{ARTIFACTS_MAX, METADATA_BYTES_MAX};
use crate::{FormatError, ReadSeek};
use serde_json::Value;
use std::io::{BufReader, Read, SeekFrom};

/// Deepest nesting of objects and arrays.
const DEPTH_MAX: usize = 100;

/// The body without its attachments, and where those lie.
#[derive(Debug)]
pub struct Body {
    /// The JSON; `data` of every attachment is empty.
    pub json: Value,
    /// File name and base64 text of every attachment.
    pub attachments: Vec<(String, BodySource)>,
}

/// Reads a staged body from its start.
pub fn read(body: &mut dyn ReadSeek) -> Result<Body, FormatError> {
    body.seek(SeekFrom::Start(0))?;
    let reader = BufReader::with_capacity(64 * 1024, body);
    let mut scanner =
        Scanner { offset: 0, skeleton: Vec::new(), frames: Vec::new(), attachments: Vec::new() };
    scanner.scan(&mut reader.bytes())?;
    let json = serde_json::from_slice(&scanner.skeleton)
        .map_err(|error| FormatError::invalid(format!("The body is not valid JSON: {error}.")))?;
    Ok(Body { json, attachments: scanner.attachments })
}

struct Scanner {
    /// Bytes taken so far.
    offset: u64,
    skeleton: Vec<u8>,
    frames: Vec<Frame>,
    attachments: Vec<(String, BodySource)>,
}

/// An open object or array, and the key whose value is being read.
struct Frame {
    is_object: bool,
    expects_key: bool,
    key: String,
}

type Bytes<'a> = dyn Iterator<Item = std::io::Result<u8>> + 'a;

impl Scanner {
    fn scan(&mut self, bytes: &mut Bytes<'_>) -> Result<(), FormatError> {
        while let Some(byte) = self.next(bytes)? {
            match byte {
                b'"' => self.text(bytes)?,
                b'{' | b'[' => {
                    let is_object = byte == b'{';
                    if self.frames.len() >= DEPTH_MAX {
                        return Err(FormatError::invalid("The body is nested too deeply."));
                    }
                    let key = String::new();
                    self.frames.push(Frame { is_object, expects_key: is_object, key });
                    self.keep(byte)?;
                }
                _ => {
                    match (byte, self.frames.last_mut()) {
                        (b'}' | b']', _) => drop(self.frames.pop()),
                        (b',', Some(frame)) => frame.expects_key = frame.is_object,
                        (b':', Some(frame)) => frame.expects_key = false,
                        _ => {}
                    }
                    self.keep(byte)?;
                }
            }
        }
        Ok(())
    }

    fn next(&mut self, bytes: &mut Bytes<'_>) -> Result<Option<u8>, FormatError> {
        let byte = bytes.next().transpose()?;
        self.offset += u64::from(byte.is_some());
        Ok(byte)
    }

    fn keep(&mut self, byte: u8) -> Result<(), FormatError> {
        if self.skeleton.len() as u64 >= METADATA_BYTES_MAX {
            return Err(FormatError::too_large(format!(
                "The package's metadata is larger than {METADATA_BYTES_MAX} bytes."
            )));
        }
        self.skeleton.push(byte);
        Ok(())
    }

    /// Takes a text whose opening quote was just read.
    fn text(&mut self, bytes: &mut Bytes<'_>) -> Result<(), FormatError> {
        if let Some(name) = self.attachment_name() {
            return self.attachment(name, bytes);
        }
        let from = self.skeleton.len();
        self.keep(b'"')?;
        loop {
            let Some(byte) = self.next(bytes)? else { return Ok(()) };
            self.keep(byte)?;
            match byte {
                b'"' => break,
                b'\\' => {
                    if let Some(escaped) = self.next(bytes)? {
                        self.keep(escaped)?;
                    }
                }
                _ => {}
            }
        }
        if let Some(frame) = self.frames.last_mut().filter(|frame| frame.expects_key) {
            frame.key = serde_json::from_slice(&self.skeleton[from..]).unwrap_or_default();
        }
        Ok(())
    }

    /// The name of the attachment whose data comes next, where it does.
    fn attachment_name(&self) -> Option<String> {
        let [top, file, entry] = self.frames.as_slice() else { return None };
        let objects = top.is_object && file.is_object && entry.is_object;
        let is_data = objects && !entry.expects_key && entry.key == "data";
        (top.key == "_attachments" && is_data).then(|| file.key.clone())
    }

    fn attachment(&mut self, name: String, bytes: &mut Bytes<'_>) -> Result<(), FormatError> {
        if self.attachments.len() >= ARTIFACTS_MAX {
            return Err(FormatError::too_large(format!(
                "The body has more than {ARTIFACTS_MAX} attachments."
            )));
        }
        let offset = self.offset;
        loop {
            match self.next(bytes)? {
                None => return Err(FormatError::invalid("The body ends inside an attachment.")),
                Some(b'"') => break,
                Some(_) => {}
            }
        }
        let length = self.offset - offset - 1;
        self.keep(b'"')?;
        self.keep(b'"')?;
        self.attachments.retain(|(known, _)| *known != name);
        self.attachments.push((name, BodySource::Base64 { offset, length }));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Cursor;

    fn decode(body: &str, source: &BodySource) -> String {
        let mut cursor = Cursor::new(body.as_bytes().to_vec());
        let mut text = String::new();
        source.open(&mut cursor).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn attachments_stay_in_the_body() {
        let body = r#"{"name":"a","_attachments":{"a-1.tgz":{"data":"aGVs\/bG8=","length":5},
            "b":{"content_type":"x","data":"aGk="}},"data":"kept","x":{"y":{"data":"kept"}}}"#;
        let body = body.replace("\\/", "");
        let read = read(&mut Cursor::new(body.clone().into_bytes())).unwrap();
        assert_eq!(read.json["_attachments"]["a-1.tgz"]["data"], "");
        assert_eq!(read.json["x"]["y"]["data"], "kept");
        let texts: Vec<_> =
            read.attachments.iter().map(|(_, source)| decode(&body, source)).collect();
        assert_eq!(texts, ["hello", "hi"]);
    }

    #[test]
    fn escaped_slashes_inside_base64_are_read() {
        let body = r#"{"_attachments":{"a":{"data":"\/\/79"}}}"#;
        let read = read(&mut Cursor::new(body.as_bytes().to_vec())).unwrap();
        let mut bytes = Vec::new();
        let mut cursor = Cursor::new(body.as_bytes().to_vec());
        read.attachments[0].1.open(&mut cursor).unwrap().read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes, [0xff, 0xfe, 0xfd]);
    }

    #[test]
    fn deep_and_large_bodies_are_refused() {
        let deep = "[".repeat(1_000_000);
        assert!(read(&mut Cursor::new(deep.into_bytes())).is_err());
        let size = usize::try_from(METADATA_BYTES_MAX).unwrap();
        let large = format!("{{\"a\":\"{}\"}}", "x".repeat(size));
        let error = read(&mut Cursor::new(large.into_bytes())).unwrap_err();
        assert_eq!(error.kind, crate::ErrorKind::TooLarge);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_scanner_agrees_with_a_json_parser(key in "[a-z\\\\\"é]{0,6}", value in "\\PC{0,20}", depth in 0_usize..5) {
            let mut json = serde_json::json!({key.clone(): value, "n": [1, null, {"data": "x"}]});
            for _ in 0..depth {
                json = serde_json::json!({key.clone(): json, "_attachments": ["q", {"data": "y"}]});
            }
            let read = read(&mut Cursor::new(json.to_string().into_bytes())).unwrap();
            prop_assert_eq!(read.json, json);
        }

        #[test]
        fn arbitrary_bytes_never_panic(text in "[{}\\[\\]\":,a\\\\]{0,80}|\\PC{0,60}") {
            let _ = read(&mut Cursor::new(text.clone().into_bytes()));
            let inside = format!("{{\"_attachments\":{{\"a\":{{\"data\":\"{text}");
            let _ = read(&mut Cursor::new(inside.into_bytes()));
        }
    }
}
