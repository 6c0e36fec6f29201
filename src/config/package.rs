//! Module packages: what a source names that has to be fetched, where it is put, and how it is checked.
//!
//! ```text
//! <stack>/.artiform.lock.hcl                     the checksum of every package: kept in version control
//! <stack>/.artiform/modules/<name>-<digest>/     a package as it was fetched
//! ```

mod checksum;
mod lock;

use std::path::{Path, PathBuf};

use diagnostics::{Diagnostic, Span};
use sha2::{Digest, Sha256};

pub use checksum::checksum;
pub use lock::{LockFile, Locked};

/// Everything that is fetched as one, and the folder in it that a source means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    pub origin: Origin,
    /// Relative, without `..`; empty for the package's own folder.
    pub folder: String,
}

/// Where a package comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    Git { url: String, reference: Option<String> },
    Archive { url: String, kind: ArchiveKind },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArchiveKind {
    Zip,
    Tar,
    TarGz,
}

/// A package that a configuration needs.
#[derive(Clone, Debug)]
pub struct PackageUse {
    pub package: Package,
    /// The module's name in the place that calls it.
    pub module: String,
    pub state: PackageState,
    /// The source in the call.
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackageState {
    /// It is there, and as the lock file says.
    Ready,
    Missing,
    /// It is there, and the lock file does not know it so.
    Changed,
}

impl Package {
    /// Reads a source that names a repository or an archive; `None` for every other source.
    ///
    /// # Errors
    /// It names one in a way that cannot be.
    pub fn parse(source: &str) -> Result<Option<Self>, Box<Diagnostic>> {
        let (forced, rest) = match source.split_once("::") {
            Some((forced, rest)) => (Some(forced), rest),
            None => (None, source),
        };
        let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (url, folder) = split_folder(address);
        if folder.split('/').any(|part| part == "..") {
            return Err(wrong(source, "its folder leads out of the package"));
        }
        let folder = folder.trim_matches('/').to_owned();
        let origin = match forced {
            Some("git") => Some(git(source, &git_url(url), query)?),
            Some("http" | "https" | "file") | None => plain(source, url, query)?,
            Some(other) => {
                let why = format!("packages of the kind \"{other}\" cannot be fetched");
                return Err(wrong(source, &why));
            }
        };
        Ok(origin.map(|origin| Self { origin, folder }))
    }

    /// The address of the package without the folder in it: what the lock file calls it.
    pub fn address(&self) -> String {
        match &self.origin {
            Origin::Git { url, reference: Some(reference) } => {
                format!("git::{url}?ref={reference}")
            }
            Origin::Git { url, reference: None } => format!("git::{url}"),
            Origin::Archive { url, .. } => url.clone(),
        }
    }

    /// Where the package of the stack in `stack` is put.
    pub fn home(&self, stack: &Path) -> PathBuf {
        let digest = Sha256::digest(self.address().as_bytes());
        let digest: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let url = match &self.origin {
            Origin::Git { url, .. } | Origin::Archive { url, .. } => url,
        };
        let last = url.trim_end_matches('/').rsplit(['/', ':']).next().unwrap_or_default();
        let is_plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let name: String = last.chars().filter(is_plain).take(40).collect();
        packages(stack).join(format!("{}-{digest}", name.trim_start_matches('.')))
    }

    /// What an installed package is compared with.
    pub(crate) fn state(&self, stack: &Path, lock: &LockFile) -> PackageState {
        let home = self.home(stack);
        if !home.is_dir() {
            return PackageState::Missing;
        }
        let locked = lock.packages.get(&self.address());
        let same = locked.is_some_and(|locked| {
            checksum(&home).is_ok_and(|checksum| checksum == locked.checksum)
        });
        if same { PackageState::Ready } else { PackageState::Changed }
    }
}

/// The folder of a stack's packages.
pub fn packages(stack: &Path) -> PathBuf {
    stack.join(".artiform").join("modules")
}

/// Splits at the `//` after the scheme's own: the package, and the folder in it.
fn split_folder(address: &str) -> (&str, &str) {
    let start = address.find("://").map_or(0, |at| at + 3);
    // `file:///a//b` has three slashes after its colon.
    let start = start + usize::from(address[start..].starts_with('/'));
    match address[start..].find("//") {
        Some(at) => (&address[..start + at], &address[start + at + 2..]),
        None => (address, ""),
    }
}

/// The URL of `git@host:path`, which git reads as it is; of a path, as a file.
fn git_url(url: &str) -> String {
    if url.starts_with('/') { format!("file://{url}") } else { url.to_owned() }
}

fn git(source: &str, url: &str, query: &str) -> Result<Origin, Box<Diagnostic>> {
    let mut reference = None;
    for (name, value) in pairs(query) {
        match name {
            "ref" => reference = Some(value.to_owned()),
            // A shallow clone gives the same files.
            "depth" => {}
            other => return Err(wrong(source, &format!("git takes no option \"{other}\""))),
        }
    }
    let is_option = |text: &str| text.starts_with('-') || text.is_empty();
    if is_option(url) || reference.as_deref().is_some_and(is_option) {
        return Err(wrong(source, "neither URL nor ref may be empty or start with a dash"));
    }
    Ok(Origin::Git { url: url.to_owned(), reference })
}

/// A source without `kind::`: well-known hosts of repositories, `git@`, and archives.
fn plain(source: &str, url: &str, query: &str) -> Result<Option<Origin>, Box<Diagnostic>> {
    let hosts = ["github.com/", "gitlab.com/", "bitbucket.org/"];
    if hosts.iter().any(|host| url.starts_with(host)) {
        let url = format!("https://{}.git", url.trim_end_matches(".git"));
        return git(source, &url, query).map(Some);
    }
    if url.starts_with("git@") {
        return git(source, url, query).map(Some);
    }
    let is_remote = ["http://", "https://", "file://"].iter().any(|scheme| url.starts_with(scheme));
    if !is_remote {
        return Ok(None);
    }
    let mut named = None;
    let mut kept = Vec::new();
    for (name, value) in pairs(query) {
        if name == "archive" { named = Some(value) } else { kept.push(format!("{name}={value}")) }
    }
    let ends: [(&str, ArchiveKind); 4] = [
        (".zip", ArchiveKind::Zip),
        (".tar.gz", ArchiveKind::TarGz),
        (".tgz", ArchiveKind::TarGz),
        (".tar", ArchiveKind::Tar),
    ];
    let kind = ends.iter().find(|(end, _)| match named {
        Some(named) => end.strip_prefix('.') == Some(named),
        None => url.ends_with(end),
    });
    let Some((_, kind)) = kind else {
        return Err(wrong(
            source,
            "an archive ends with .zip, .tar.gz, .tgz or .tar, or says ?archive=zip",
        ));
    };
    let query = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
    Ok(Some(Origin::Archive { url: format!("{url}{query}"), kind: *kind }))
}

fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|p| p.split_once('=').unwrap_or((p, "")))
}

fn wrong(source: &str, why: &str) -> Box<Diagnostic> {
    let detail = format!("The module source \"{source}\" cannot be used: {why}.");
    Box::new(Diagnostic::error("Invalid module source address", detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn parsed(source: &str) -> Package {
        Package::parse(source).unwrap().unwrap()
    }

    #[test]
    fn git_sources_have_a_url_a_folder_and_a_ref() {
        let package = parsed("git::file:///srv/r.git//a/b?ref=v1.0");
        let reference = Some("v1.0".to_owned());
        assert_eq!(package.origin, Origin::Git { url: "file:///srv/r.git".into(), reference });
        assert_eq!(package.folder, "a/b");
        assert_eq!(package.address(), "git::file:///srv/r.git?ref=v1.0");
        let hub = parsed("github.com/example/r//x");
        assert_eq!(hub.address(), "git::https://github.com/example/r.git");
        let ssh = parsed("git::ssh://git@example.com/r.git");
        assert_eq!(
            (ssh.address().as_str(), ssh.folder.as_str()),
            ("git::ssh://git@example.com/r.git", "")
        );
        assert_eq!(parsed("git@example.com:r.git").address(), "git::git@example.com:r.git");
    }

    #[test]
    fn archives_are_known_by_their_end_or_by_name() {
        let kind = |source: &str| match parsed(source).origin {
            Origin::Archive { kind, .. } => kind,
            Origin::Git { .. } => panic!("no archive"),
        };
        assert_eq!(kind("https://example.com/a.zip"), ArchiveKind::Zip);
        assert_eq!(kind("file:///srv/a.tgz//inner"), ArchiveKind::TarGz);
        assert_eq!(kind("https://example.com/a?archive=tar.gz&token=1"), ArchiveKind::TarGz);
        assert!(Package::parse("https://example.com/a").is_err());
    }

    #[test]
    fn local_paths_are_no_packages_and_wrong_ones_are_refused() {
        for source in ["./a", "../a", "site-local", "/srv/a", "hashicorp/consul/aws"] {
            assert_eq!(Package::parse(source).unwrap(), None, "{source}");
        }
        for source in [
            "s3::https://example.com/a.zip",
            "git::https://example.com/r//../x",
            "git::https://example.com/r?ref=--upload-pack=x",
            "git::--upload-pack=x",
        ] {
            assert!(Package::parse(source).is_err(), "{source}");
        }
    }
}
