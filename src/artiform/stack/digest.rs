//! Digests by which a saved plan tells that something has changed.

use diagnostics::SourceMap;
use sha2::{Digest, Sha256};

/// The digest of several texts in their order; no two lists of texts have the same.
pub fn texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hasher = Sha256::new();
    for text in texts {
        hasher.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        hasher.update(text.as_bytes());
    }
    hex::encode(hasher.finalize())
}

/// The digest of all files of a configuration, wherever it lies.
pub fn sources(sources: &SourceMap) -> String {
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let files: Vec<_> = sources.files().iter().map(|file| (name(&file.path), &file.text)).collect();
    texts(files.iter().flat_map(|(name, text)| [name.as_str(), &***text]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_tells_texts_apart_and_not_where_they_lie() {
        assert_ne!(texts(["ab", "c"]), texts(["a", "bc"]));
        let map = |path: &str, text: &str| {
            let mut map = SourceMap::new();
            map.add(path, text);
            sources(&map)
        };
        assert_eq!(map("a/main.hcl", "x"), map("/b/main.hcl", "x"));
        assert_ne!(map("main.hcl", "x"), map("main.hcl", "y"));
    }
}
