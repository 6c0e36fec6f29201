//! Links of upstream indexes made absolute, and text made safe inside HTML and XML.

/// Makes `link`, found in the page at `base`, absolute. None for links that are not HTTP.
pub fn resolve(base: &str, link: &str) -> Option<String> {
    let lower = link.to_ascii_lowercase();
    if lower.starts_with("http://") || lower.starts_with("https://") {
        return Some(link.to_owned());
    }
    let (scheme, rest) = base.split_once("://")?;
    if let Some(rest) = link.strip_prefix("//") {
        return Some(format!("{scheme}://{rest}"));
    }
    // "mailto:x" has its colon before any slash; "a:b/c" as a relative link is not valid either.
    if link.split(['/', '?', '#']).next().is_some_and(|first| first.contains(':')) {
        return None;
    }
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, page) = rest.split_once('/').unwrap_or((rest, ""));
    let (path, tail) = match link.find(['?', '#']) {
        Some(at) => link.split_at(at),
        None => (link, ""),
    };
    let mut segments: Vec<&str> = match path.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => page.rsplit_once('/').map_or(Vec::new(), |(folder, _)| folder.split('/').collect()),
    };
    for segment in path.trim_start_matches('/').split('/') {
        match segment {
            "." => {}
            ".." => drop(segments.pop()),
            _ => segments.push(segment),
        }
    }
    Some(format!("{scheme}://{host}/{}{tail}", segments.join("/")))
}

/// Text as it may stand between tags or inside a quoted attribute.
pub fn escape_markup(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // XML 1.0 has no spelling for these at all.
            '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' => escaped.push('\u{fffd}'),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// Takes back what [`escape_markup`] and other servers write; unknown entities stay.
pub fn unescape_markup(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.find(';').filter(|end| *end <= 10);
        match end.and_then(|end| entity(&rest[1..end]).map(|character| (character, end))) {
            Some((character, end)) => {
                plain.push(character);
                rest = &rest[end + 1..];
            }
            None => {
                plain.push('&');
                rest = &rest[1..];
            }
        }
    }
    plain.push_str(rest);
    plain
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn links_are_resolved_as_browsers_do() {
        let base = "https://h.example.com/simple/foo/";
        let table = [
            (
                "../../packages/f.whl#sha256=1",
                Some("https://h.example.com/packages/f.whl#sha256=1"),
            ),
            ("f.whl", Some("https://h.example.com/simple/foo/f.whl")),
            ("/p/f.whl", Some("https://h.example.com/p/f.whl")),
            ("//cdn.example.com/f", Some("https://cdn.example.com/f")),
            ("http://x.example.com/f", Some("http://x.example.com/f")),
            ("../../../../f", Some("https://h.example.com/f")),
            ("javascript:alert(1)", None),
        ];
        for (link, expected) in table {
            assert_eq!(resolve(base, link).as_deref(), expected, "{link}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn escaping_round_trips_and_leaves_no_markup(text in "[ -~ä日]{0,40}") {
            let escaped = escape_markup(&text);
            prop_assert!(!escaped.contains(['<', '>', '"', '\'']));
            prop_assert_eq!(unescape_markup(&escaped), text);
        }

        #[test]
        fn nothing_panics(base in "\\PC{0,30}", link in "\\PC{0,30}|[a:/.?#&;x0-9]{0,30}") {
            let _ = resolve(&base, &link);
            let _ = resolve("http://h/a/b", &link);
            let _ = unescape_markup(&link);
        }
    }
}
