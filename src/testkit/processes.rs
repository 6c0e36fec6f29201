//! Processes of this machine that a test has to do with: found by what they were started with, ended by pid.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::patience;

/// Living processes whose command line names something inside `folder`, with their command lines.
#[must_use]
pub fn naming(folder: &Path) -> Vec<(u32, String)> {
    let needle = folder.display().to_string();
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let own = std::process::id();
    pids.filter(|pid| *pid != own)
        .filter_map(|pid| {
            let bytes = std::fs::read(format!("/proc/{pid}/cmdline")).ok()?;
            let line = String::from_utf8_lossy(&bytes).replace('\0', " ");
            line.contains(&needle).then_some((pid, line))
        })
        .collect()
}

/// Servers (`artiform serve`) of a data folder inside `folder`.
#[must_use]
pub fn servers(folder: &Path) -> Vec<u32> {
    let found = naming(folder).into_iter();
    found.filter(|(_, line)| line.contains(" serve ")).map(|(pid, _)| pid).collect()
}

/// Ends a process at once, and waits until it is gone.
///
/// # Panics
/// When it does not go.
pub fn kill(pid: u32) {
    signal(pid);
    patience::within(Duration::from_secs(10), &format!("process {pid} is gone"), || {
        (!is_alive(pid)).then_some(())
    });
}

/// Sends SIGKILL. A process that is gone already is fine.
pub fn signal(pid: u32) {
    let _ = Command::new("kill").args(["-9", &pid.to_string()]).output();
}

/// Tells whether it runs; a zombie does not.
#[must_use]
pub fn is_alive(pid: u32) -> bool {
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else { return false };
    let state = stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
    !matches!(state, None | Some('Z' | 'X'))
}
