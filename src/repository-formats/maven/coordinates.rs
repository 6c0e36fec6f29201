//! Coordinates read from a path of the Maven 2 layout.

use repository::ArtifactPath;

/// Timestamp and build number of a unique snapshot.
pub type Stamp = (String, u64);

/// What a path says: `org/example/lib/1.0/lib-1.0-sources.jar`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coordinates {
    /// `org.example`
    pub group: String,
    /// `lib`
    pub artifact: String,
    /// The version of the folder: `1.0`, `1.1-SNAPSHOT`.
    pub version: String,
    /// The version in the file name: that of the folder, or `1.1-20260102.030405-6`.
    pub file_version: String,
    /// Timestamp and build number of a unique snapshot.
    pub snapshot: Option<Stamp>,
    /// `sources`; empty for the main artifact.
    pub classifier: String,
    /// `jar`, `tar.gz`, `jar.asc`
    pub extension: String,
}

impl Coordinates {
    /// Reads a path; none for files that do not follow the layout.
    pub fn parse(path: &ArtifactPath) -> Option<Self> {
        let segments: Vec<&str> = path.segments().collect();
        let [group @ .., artifact, version, file] = segments.as_slice() else { return None };
        if group.is_empty() {
            return None;
        }
        let rest = file.strip_prefix(artifact)?.strip_prefix('-')?;
        let (file_version, snapshot, rest) = split_version(rest, version)?;
        let (classifier, extension) = split_classifier(rest)?;
        Some(Self {
            group: group.join("."),
            artifact: (*artifact).to_owned(),
            version: (*version).to_owned(),
            file_version,
            snapshot,
            classifier,
            extension,
        })
    }

    /// `org.example:lib`
    pub fn package(&self) -> String {
        format!("{}:{}", self.group, self.artifact)
    }

    /// Whether the version is a snapshot.
    pub fn is_snapshot(&self) -> bool {
        self.version.ends_with("-SNAPSHOT")
    }
}

/// Takes the version off `1.1-20260102.030405-6-sources.jar`.
fn split_version<'a>(rest: &'a str, version: &str) -> Option<(String, Option<Stamp>, &'a str)> {
    if let Some(after) = rest.strip_prefix(version)
        && after.starts_with(['-', '.'])
    {
        return Some((version.to_owned(), None, after));
    }
    let base = version.strip_suffix("-SNAPSHOT")?;
    let stamped = rest.strip_prefix(base)?.strip_prefix('-')?;
    let timestamp = stamped.get(..15).filter(|text| is_timestamp(text))?;
    let numbered = stamped[15..].strip_prefix('-')?;
    let digits = numbered.len() - numbered.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let build = numbered[..digits].parse().ok()?;
    let after = &numbered[digits..];
    let file_version = &rest[..rest.len() - after.len()];
    Some((file_version.to_owned(), Some((timestamp.to_owned(), build)), after))
}

/// `20260102.030405`
fn is_timestamp(text: &str) -> bool {
    text.bytes().enumerate().all(|(index, byte)| match index {
        8 => byte == b'.',
        _ => byte.is_ascii_digit(),
    })
}

/// Splits `-sources.jar` or `.tar.gz`; a classifier may hold dots, an extension may too.
fn split_classifier(rest: &str) -> Option<(String, String)> {
    if let Some(extension) = rest.strip_prefix('.') {
        return (!extension.is_empty()).then(|| (String::new(), extension.to_owned()));
    }
    let rest = rest.strip_prefix('-')?;
    // A signature belongs to the extension before it, and so does a compression.
    let signature = [".asc", ".sig", ".sigstore"].into_iter().find(|end| rest.ends_with(end));
    let unsigned = &rest[..rest.len() - signature.unwrap_or_default().len()];
    let last = unsigned.rfind('.')?;
    let at = unsigned[..last].strip_suffix(".tar").map_or(last, str::len);
    let (classifier, extension) = (&rest[..at], &rest[at + 1..]);
    (!classifier.is_empty() && !extension.is_empty())
        .then(|| (classifier.to_owned(), extension.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn show(path: &str) -> String {
        match Coordinates::parse(&ArtifactPath::parse(path).unwrap()) {
            None => "none".to_owned(),
            Some(c) => format!(
                "{} {} {} [{}] {}",
                c.package(),
                c.version,
                c.file_version,
                c.classifier,
                c.extension
            ),
        }
    }

    #[test]
    fn paths_are_read() {
        let table = [
            ("org/example/lib/1.0/lib-1.0.jar", "org.example:lib 1.0 1.0 [] jar"),
            ("g/lib/1.0/lib-1.0-sources.jar", "g:lib 1.0 1.0 [sources] jar"),
            ("g/lib/1.0/lib-1.0.tar.gz", "g:lib 1.0 1.0 [] tar.gz"),
            ("g/lib/1.0/lib-1.0-bin.tar.gz", "g:lib 1.0 1.0 [bin] tar.gz"),
            ("g/lib/1.0/lib-1.0-bin.tar.gz.asc", "g:lib 1.0 1.0 [bin] tar.gz.asc"),
            ("g/lib/1.0/lib-1.0-sources.jar.asc", "g:lib 1.0 1.0 [sources] jar.asc"),
            ("g/lib/1.0/lib-1.0.jar.asc", "g:lib 1.0 1.0 [] jar.asc"),
            ("g/lib/1.0/lib-1.0-linux-2.5.so", "g:lib 1.0 1.0 [linux-2.5] so"),
            ("g/a-b/1.0-rc-1/a-b-1.0-rc-1.pom", "g:a-b 1.0-rc-1 1.0-rc-1 [] pom"),
            ("g/lib/1.1-SNAPSHOT/lib-1.1-SNAPSHOT.jar", "g:lib 1.1-SNAPSHOT 1.1-SNAPSHOT [] jar"),
            (
                "g/lib/1.1-SNAPSHOT/lib-1.1-20260102.030405-6-tests.jar",
                "g:lib 1.1-SNAPSHOT 1.1-20260102.030405-6 [tests] jar",
            ),
            ("g/lib/1.1-SNAPSHOT/lib-1.1-20260102.030405.jar", "none"),
            ("g/lib/1.0/other-1.0.jar", "none"),
            ("g/lib/1.0/lib-1.01.jar", "none"),
            ("g/lib/1.0/lib-1.0", "none"),
            ("lib/1.0/lib-1.0.jar", "none"),
            ("archetype-catalog.xml", "none"),
        ];
        for (path, expected) in table {
            assert_eq!(show(path), expected, "{path}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_path_is_read_without_panic(rest in "[-.0-9a-zSNAPHOT日]{0,40}") {
            for path in [format!("g/lib/1.0/lib-1.0{rest}"), format!("g/lib/1-SNAPSHOT/lib-1-{rest}"), rest] {
                let _ = ArtifactPath::parse(&path).ok().as_ref().and_then(Coordinates::parse);
            }
        }
    }
}
