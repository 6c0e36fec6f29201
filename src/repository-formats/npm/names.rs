//! Names of npm packages and tags.

use crate::FormatError;

/// Longest name, in bytes.
pub const NAME_BYTES_MAX: usize = 214;

/// Checks a package name: `name` or `@scope/name`, of characters that stand in a URL.
pub fn check(name: &str) -> Result<(), FormatError> {
    let refused = |why: &str| {
        let shown: String = name.chars().take(80).collect();
        Err(FormatError::invalid(format!("The package name {shown:?} is not valid: {why}.")))
    };
    if name.len() > NAME_BYTES_MAX {
        return refused("it is longer than 214 characters");
    }
    let (scope, bare) = match name.strip_prefix('@') {
        Some(scoped) => match scoped.split_once('/') {
            Some((scope, bare)) => (Some(scope), bare),
            None => return refused("a scope needs a name after it"),
        },
        None => (None, name),
    };
    if [Some(bare), scope].into_iter().flatten().any(|part| !is_plain(part)) {
        return refused(
            "use letters, digits, \".\", \"-\", \"_\" and \"~\", not beginning with a dot",
        );
    }
    Ok(())
}

fn is_plain(part: &str) -> bool {
    // Old packages have capitals and other characters that need no escaping in a URL.
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!'()*".contains(&byte);
    !part.is_empty() && !part.starts_with('.') && part.bytes().all(plain)
}

/// The name without its scope.
pub fn bare(name: &str) -> &str {
    name.rsplit_once('/').map_or(name, |(_, bare)| bare)
}

/// Checks a tag: it must not read as a version or hold what a URL would need escaped.
pub fn check_tag(tag: &str) -> Result<(), FormatError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let version = semver::Version::parse(tag.trim_start_matches('v')).is_ok();
    if tag.is_empty() || tag.len() > NAME_BYTES_MAX || version || !tag.bytes().all(plain) {
        let shown: String = tag.chars().take(80).collect();
        return Err(FormatError::invalid(format!(
            "The tag {shown:?} is not valid: use letters, digits, \".\", \"-\" and \"_\", and no version."
        )));
    }
    Ok(())
}

/// Checks a version and gives it in its normal form.
pub fn check_version(version: &str) -> Result<String, FormatError> {
    let clean = version.trim().trim_start_matches(['v', '=']).trim();
    match semver::Version::parse(clean) {
        Ok(parsed) if clean.len() <= 256 => Ok(parsed.to_string()),
        _ => {
            let shown: String = version.chars().take(80).collect();
            Err(FormatError::invalid(format!("The version {shown:?} is no semantic version.")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_would_need_escaping_are_refused() {
        for name in ["lodash", "@scope/name", "JSONStream", "a.b-c_d", "@a/b.c"] {
            assert!(check(name).is_ok(), "{name}");
        }
        for name in
            ["", "@scope", "@/x", "@a/", "a/b", "a b", "..", ".x", "a/../b", "@a/..", "ä", "a%"]
        {
            assert!(check(name).is_err(), "{name}");
        }
    }

    #[test]
    fn tags_are_no_versions() {
        assert!(check_tag("latest").is_ok() && check_tag("next-11").is_ok());
        assert!(
            check_tag("1.0.0").is_err()
                && check_tag("v1.0.0").is_err()
                && check_tag("a/b").is_err()
        );
    }
}
