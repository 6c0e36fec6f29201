//! The door to the world: process, environment, files, clock and randomness.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use lang::functions::World;

/// The arguments after the program's name.
pub fn arguments() -> Vec<OsString> {
    std::env::args_os().skip(1).collect()
}

/// The environment; entries that are not Unicode are left out.
pub fn environment() -> BTreeMap<String, String> {
    let text = |(name, value): (OsString, OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    std::env::vars_os().filter_map(text).collect()
}

/// This program's own file, which `local_server` starts as a server.
pub fn executable() -> PathBuf {
    std::env::current_exe().unwrap_or_else(|_| PathBuf::from("artiform"))
}

/// The folder that the command was called from, once another one took its place.
static CALLED_FROM: OnceLock<PathBuf> = OnceLock::new();

/// Makes `folder` the one that relative paths start from.
pub fn change_folder(folder: &Path) -> io::Result<()> {
    let called_from = std::env::current_dir()?;
    CALLED_FROM.get_or_init(|| called_from);
    std::env::set_current_dir(folder)
}

/// The time as RFC 3339 in UTC, to the second.
pub fn now() -> String {
    time().to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// The time as RFC 3339 in UTC with microseconds, for streams of events.
pub fn now_exactly() -> String {
    time().to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}

fn time() -> chrono::DateTime<chrono::Utc> {
    std::time::SystemTime::now().into()
}

/// Ends the process at once, without waiting for anything that is under way.
#[expect(
    clippy::exit,
    reason = "a second interrupt must not wait for what the first one waits for"
)]
pub fn exit_now(code: i32) -> ! {
    std::process::exit(code)
}

/// What the functions of the language see.
///
/// While a plan is made there is no present time and no randomness, because both would be others when the
/// plan is applied: `timestamp()` and `uuid()` are then unknown.
#[derive(Debug, Default)]
pub struct ProcessWorld {
    settled: AtomicBool,
}

impl ProcessWorld {
    /// A world in which values are final, as the console has it.
    pub fn settled() -> Self {
        Self { settled: AtomicBool::new(true) }
    }

    /// From now on values are final: apply begins.
    pub fn settle(&self) {
        self.settled.store(true, Ordering::SeqCst);
    }

    fn is_settled(&self) -> bool {
        self.settled.load(Ordering::SeqCst)
    }
}

impl World for ProcessWorld {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn is_file(&self, path: &Path) -> io::Result<bool> {
        match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            Ok(metadata) => Ok(metadata.is_file()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let mut found = Vec::new();
        let mut open = vec![(folder.to_path_buf(), String::new())];
        while let Some((folder, prefix)) = open.pop() {
            for entry in std::fs::read_dir(&folder)? {
                let entry = entry?;
                let relative = format!("{prefix}{}", entry.file_name().to_string_lossy());
                // Links to folders are not followed: they may lead in a circle.
                if entry.file_type()?.is_dir() {
                    open.push((entry.path(), relative + "/"));
                } else if entry.path().is_file() {
                    found.push(relative);
                }
            }
        }
        found.sort();
        Ok(found)
    }

    fn home(&self) -> Option<PathBuf> {
        std::env::home_dir()
    }

    fn called_from(&self) -> Option<PathBuf> {
        CALLED_FROM.get().cloned().or_else(|| std::env::current_dir().ok())
    }

    fn now(&self) -> Option<String> {
        self.is_settled().then(now)
    }

    fn random(&self, length: usize) -> Option<Vec<u8>> {
        if !self.is_settled() {
            return None;
        }
        let mut bytes = vec![0; length];
        getrandom::fill(&mut bytes).ok().map(|()| bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_listed_by_relative_path_and_folders_are_not() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("a/b")).unwrap();
        std::fs::write(folder.path().join("a/b/c.txt"), "").unwrap();
        std::fs::write(folder.path().join("z.txt"), "").unwrap();
        let listed = ProcessWorld::default().list(folder.path()).unwrap();
        assert_eq!(listed, ["a/b/c.txt", "z.txt"]);
    }

    #[test]
    fn a_world_has_no_present_until_it_is_settled() {
        let world = ProcessWorld::default();
        assert_eq!((world.now(), world.random(4)), (None, None));
        world.settle();
        assert!(world.now().is_some());
        assert_eq!(world.random(4).map(|bytes| bytes.len()), Some(4));
    }
}
