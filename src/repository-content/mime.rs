//! Media types by file extension.

/// Extension and media type, by extension.
const TYPES: &[(&str, &str)] = &[
    ("asc", "text/plain"),
    ("bz2", "application/x-bzip2"),
    ("crate", "application/gzip"),
    ("css", "text/css"),
    ("deb", "application/vnd.debian.binary-package"),
    ("ear", "application/java-archive"),
    ("gem", "application/octet-stream"),
    ("gz", "application/x-gzip"),
    ("htm", "text/html"),
    ("html", "text/html"),
    ("jar", "application/java-archive"),
    ("js", "application/javascript"),
    ("json", "application/json"),
    ("md", "text/markdown"),
    ("md5", "application/x-checksum"),
    ("module", "application/json"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("pom", "application/x-maven-pom+xml"),
    ("rpm", "application/x-rpm"),
    ("sha1", "application/x-checksum"),
    ("sha256", "application/x-checksum"),
    ("sha512", "application/x-checksum"),
    ("svg", "image/svg+xml"),
    ("tar", "application/x-tar"),
    ("tgz", "application/x-gzip"),
    ("txt", "text/plain"),
    ("war", "application/java-archive"),
    ("whl", "application/zip"),
    ("xml", "application/xml"),
    ("xz", "application/x-xz"),
    ("yaml", "application/yaml"),
    ("yml", "application/yaml"),
    ("zip", "application/zip"),
    ("zst", "application/zstd"),
];

/// The media type of a file name; bytes where the extension says nothing.
#[must_use]
pub fn media_type(name: &str) -> &'static str {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let extension = extension.to_ascii_lowercase();
    TYPES
        .binary_search_by(|(known, _)| (*known).cmp(&extension))
        .map_or("application/octet-stream", |index| TYPES[index].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_sorted_and_found() {
        assert!(TYPES.is_sorted());
        assert_eq!(media_type("a/b.JAR"), "application/java-archive");
        assert_eq!(media_type("Makefile"), "application/octet-stream");
    }
}
