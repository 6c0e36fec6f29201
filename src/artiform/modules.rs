//! Installs the packages that modules come from, and locks what they are.

mod archive;
mod download;
mod git;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use config::Loaded;
use config::package::{self, LockFile, Locked, Origin, Package, PackageState, PackageUse};
use diagnostics::{Diagnostic, Diagnostics, SourceMap, Span};

use crate::context::Failure;
use crate::ui::Ui;
use crate::views::json_lines;

/// Installs what the stack in a folder needs and does not have, and gives the stack loaded.
///
/// With `upgrade` everything is fetched again, and the lock file follows; without it, what is fetched must
/// be what was locked.
///
/// # Errors
/// A package cannot be fetched, or is not what was locked.
pub fn install(folder: &Path, upgrade: bool, ui: &Ui) -> Result<Loaded, Box<Failure>> {
    let mut lock = read_lock(folder)?;
    if upgrade {
        lock = LockFile::default();
    }
    let mut done = BTreeSet::new();
    let mut announced = false;
    // A package may call for more: as long as something new is needed, it is fetched and read.
    loop {
        let loaded = config::load(folder);
        let is_needed = |one: &&PackageUse| {
            let fetched = done.contains(&one.package.address());
            !fetched && (upgrade || one.state != PackageState::Ready)
        };
        let Some(needed) = loaded.packages.iter().find(is_needed).cloned() else {
            keep_used(&mut lock, &loaded, folder)?;
            return Ok(loaded);
        };
        if !std::mem::replace(&mut announced, true) {
            let what = if upgrade { "Upgrading modules..." } else { "Initializing modules..." };
            say(ui, &ui.bold(what));
        }
        say(ui, &format!("Downloading {} for {}...", needed.package.address(), needed.module));
        let locked = fetch(&needed.package, folder, lock.packages.get(&needed.package.address()))
            .map_err(|why| failed(&why, &needed, &loaded))?;
        done.insert(needed.package.address());
        lock.packages.insert(needed.package.address(), locked);
        write_lock(&lock, folder)?;
    }
}

/// Tells what is under way, in the form that was asked for.
fn say(ui: &Ui, text: &str) {
    if ui.json {
        ui.line(&json_lines::line("info", "log", text, serde_json::json!({})));
    } else {
        ui.line(text);
    }
}

fn read_lock(folder: &Path) -> Result<LockFile, Box<Failure>> {
    let mut sources = SourceMap::new();
    LockFile::read(folder, &mut sources).map_err(|mistakes| Failure::new(mistakes, &sources))
}

fn write_lock(lock: &LockFile, folder: &Path) -> Result<(), Box<Failure>> {
    lock.write(folder).map_err(|error| {
        let detail = format!("The file .artiform.lock.hcl could not be written: {error}.");
        Failure::error("Failed to write lock file", detail)
    })
}

/// Forgets what no module names any more, where everything could be read.
fn keep_used(lock: &mut LockFile, loaded: &Loaded, folder: &Path) -> Result<(), Box<Failure>> {
    if loaded.diagnostics.has_errors() {
        return Ok(());
    }
    let used: BTreeSet<String> = loaded.packages.iter().map(|one| one.package.address()).collect();
    let before = lock.packages.len();
    lock.packages.retain(|address, _| used.contains(address));
    if lock.packages.len() == before { Ok(()) } else { write_lock(lock, folder) }
}

fn failed(why: &Refusal, needed: &PackageUse, loaded: &Loaded) -> Box<Failure> {
    let place: Span = needed.span;
    let detail = format!(
        "The package {} of module \"{}\" was not installed: {}.",
        needed.package.address(),
        needed.module,
        why.0
    );
    let diagnostic = Diagnostic::error("Failed to download module", detail).at(place);
    let diagnostic = why.1.iter().fold(diagnostic, |d, hint| d.hint(*hint));
    Failure::new(Diagnostics::from(diagnostic), &loaded.config.sources)
}

/// Why a package was not installed, and what can be done.
pub(super) struct Refusal(String, Option<&'static str>);

impl Refusal {
    fn new(why: impl Into<String>) -> Self {
        Self(why.into(), None)
    }

    fn io(what: &str, path: &Path, error: &std::io::Error) -> Self {
        Self::new(format!("{} could not be {what}: {error}", path.display()))
    }
}

/// Fetches a package beside its place, checks it, and only then puts it there.
fn fetch(package: &Package, stack: &Path, locked: Option<&Locked>) -> Result<Locked, Refusal> {
    let folder = package::packages(stack);
    std::fs::create_dir_all(&folder).map_err(|error| Refusal::io("made", &folder, &error))?;
    let unfinished = tempfile::Builder::new().prefix(".unfinished-").tempdir_in(&folder);
    let unfinished = unfinished.map_err(|error| Refusal::io("written to", &folder, &error))?;
    let content: PathBuf = unfinished.path().join("package");
    let commit = match &package.origin {
        Origin::Git { url, reference } => {
            let locked = locked.and_then(|locked| locked.commit.as_deref());
            Some(git::fetch(url, reference.as_deref(), locked, &content)?)
        }
        Origin::Archive { url, kind } => {
            archive::unpack(&download::bytes(url)?, *kind, &content)?;
            None
        }
    };
    let checksum = package::checksum(&content);
    let checksum = checksum.map_err(|error| Refusal::io("read", &content, &error))?;
    if let Some(locked) = locked.filter(|locked| locked.checksum != checksum) {
        let why =
            format!("it has the checksum {checksum}, and the lock file says {}", locked.checksum);
        let hint = "if the change is wanted, run `artiform init -upgrade`";
        return Err(Refusal(why, Some(hint)));
    }
    let home = package.home(stack);
    match std::fs::remove_dir_all(&home) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(Refusal::io("removed", &home, &error));
        }
        _ => {}
    }
    std::fs::rename(&content, &home).map_err(|error| Refusal::io("made", &home, &error))?;
    Ok(Locked { checksum, commit })
}
