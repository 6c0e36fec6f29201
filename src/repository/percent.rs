//! Percent-encoding of paths and query values, strict about what it decodes.

/// Why an encoded text could not be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PercentError {
    /// A `%` that two hexadecimal digits do not follow.
    #[error(
        "A percent sign is not followed by two hexadecimal digits. Write a literal one as %25."
    )]
    Digits,
    /// The decoded bytes are no UTF-8.
    #[error("The decoded text is not UTF-8. Encode it as UTF-8 before percent-encoding it.")]
    Utf8,
}

/// Decodes `%XX`; a `+` stays a plus, as it must in paths.
pub fn decode(text: &str) -> Result<String, PercentError> {
    if !text.contains('%') {
        return Ok(text.to_owned());
    }
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut position = 0;
    while position < bytes.len() {
        if bytes[position] == b'%' {
            let pair = bytes.get(position + 1..position + 3).ok_or(PercentError::Digits)?;
            decoded.push(digit(pair[0])? << 4 | digit(pair[1])?);
            position += 3;
        } else {
            decoded.push(bytes[position]);
            position += 1;
        }
    }
    String::from_utf8(decoded).map_err(|_| PercentError::Utf8)
}

/// Decodes a value of a query or a form, where `+` is a space.
pub fn decode_form(text: &str) -> Result<String, PercentError> {
    decode(&text.replace('+', " "))
}

/// Splits a query or a form into its decoded pairs; pairs that cannot be decoded are an error.
pub fn parse_query(query: &str) -> Result<Vec<(String, String)>, PercentError> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode_form(key)?, decode_form(value)?))
        })
        .collect()
}

/// Encodes a decoded path for a URL: slashes stay, so do unreserved characters, `@`, `+` and `~`.
pub fn encode_path(path: &str) -> String {
    encode(path, b"/@+!$'()*,:=")
}

/// Encodes one segment or query value: everything but unreserved characters is escaped.
pub fn encode_component(text: &str) -> String {
    encode(text, b"")
}

fn encode(text: &str, kept: &[u8]) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || kept.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push(char::from(HEX[usize::from(byte >> 4)]));
            encoded.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    encoded
}

fn digit(byte: u8) -> Result<u8, PercentError> {
    match byte {
        b'0'..=b'9' => Ok(byte - b'0'),
        b'a'..=b'f' => Ok(byte - b'a' + 10),
        b'A'..=b'F' => Ok(byte - b'A' + 10),
        _ => Err(PercentError::Digits),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plus_is_literal_in_paths_and_a_space_in_queries() {
        assert_eq!(decode("a+b%20c").unwrap(), "a+b c");
        assert_eq!(decode_form("a+b%2Bc").unwrap(), "a b+c");
    }

    #[test]
    fn broken_escapes_are_errors() {
        for text in ["%", "%4", "%zz", "a%", "%+1"] {
            assert_eq!(decode(text), Err(PercentError::Digits), "{text}");
        }
        assert_eq!(decode("%ff"), Err(PercentError::Utf8));
    }

    #[test]
    fn encoding_round_trips() {
        for text in ["a/b c;d=e#?%", "grüße/日本", "@scope/name-1.0+x.tgz"] {
            assert_eq!(decode(&encode_path(text)).unwrap(), text);
            assert_eq!(decode(&encode_component(text)).unwrap(), text);
        }
        assert_eq!(encode_path("a;b?c#d"), "a%3Bb%3Fc%23d");
        assert_eq!(encode_component("@s/n"), "%40s%2Fn");
    }
}
