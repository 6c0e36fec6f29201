//! Processes of this machine: who a pid is, and how it is ended without hitting a stranger.

use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde::{Deserialize, Serialize};

/// How long a server may drain after SIGTERM before it is killed: more than it gives itself.
const DRAIN: Duration = Duration::from_secs(25);
/// How long the kernel may take to end what was killed.
const KILL: Duration = Duration::from_secs(5);

/// A process that cannot be confused with a later one of the same number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub(crate) pid: u32,
    /// Clock ticks between boot and the start of the process (`/proc/PID/stat`).
    pub(crate) started_ticks: u64,
    /// The boot in which it started, since pids and ticks begin anew with each.
    pub(crate) boot: String,
}

impl Identity {
    /// The living process of this number, if there is one.
    pub(crate) fn of(pid: u32) -> Option<Self> {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let started_ticks = parse_stat(&stat)?;
        Some(Self { pid, started_ticks, boot: boot() })
    }

    /// Tells whether it still runs; a zombie does not.
    pub(crate) fn is_alive(&self) -> bool {
        Self::of(self.pid).as_ref() == Some(self)
    }

    fn signal(&self, signal: Signal) -> bool {
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw);
        let Some(pid) = pid.filter(|_| self.is_alive()) else { return true };
        kill_process(pid, signal).is_ok()
    }

    async fn is_gone_within(&self, limit: Duration) -> bool {
        let started = tokio::time::Instant::now();
        let mut pause = Duration::from_millis(10);
        while self.is_alive() {
            if started.elapsed() >= limit {
                return false;
            }
            provider::pause(pause).await;
            pause = (pause * 2).min(Duration::from_millis(200));
        }
        true
    }

    /// Ends the process: SIGTERM, time to drain, then SIGKILL. Gone already is a success.
    ///
    /// # Errors
    /// A phrase that says why it still runs.
    pub(crate) async fn stop(&self) -> Result<(), String> {
        if !self.signal(Signal::TERM) {
            return Err(format!("the process {} could not be signalled", self.pid));
        }
        if self.is_gone_within(DRAIN).await {
            return Ok(());
        }
        self.signal(Signal::KILL);
        if self.is_gone_within(KILL).await {
            return Ok(());
        }
        Err(format!("the process {} does not end, even after SIGKILL", self.pid))
    }
}

/// Reads the start time out of `/proc/PID/stat`; none for a process that has ended.
///
/// The second field is the program's name in parentheses, which may hold blanks and parentheses.
fn parse_stat(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace();
    let state = fields.next()?;
    if matches!(state, "Z" | "X" | "x") {
        return None;
    }
    // The state is field 3 and the start time field 22.
    fields.nth(18)?.parse().ok()
}

fn boot() -> String {
    let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    id.trim().to_owned()
}

/// Finds the server that was started with `--config PATH`.
///
/// An editor that has the file open is no server: the option must stand before the path.
pub(crate) fn find_by_config(path: &Path) -> Option<Identity> {
    let folders = std::fs::read_dir("/proc").ok()?;
    let pids = folders.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    let wanted = path.as_os_str().as_encoded_bytes();
    let matches = |pid: &u32| {
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let arguments: Vec<&[u8]> = line.split(|byte| *byte == 0).collect();
        arguments.windows(2).any(|pair| pair == [b"--config".as_slice(), wanted])
    };
    pids.filter(|pid| *pid != std::process::id() && matches(pid)).find_map(Identity::of)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sleeper(argument: &str) -> std::process::Child {
        std::process::Command::new("sleep").arg(argument).spawn().unwrap()
    }

    #[test]
    fn the_start_time_is_read_past_odd_names() {
        let rest = "S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20";
        assert_eq!(parse_stat(&format!("12 (a) b) {rest}")), Some(4711));
        assert_eq!(parse_stat(&format!("12 (a) Z{}", &rest[1..])), None);
        assert_eq!(parse_stat("nonsense"), None);
    }

    #[tokio::test]
    async fn stop_ends_a_process_and_is_repeatable() {
        let mut child = sleeper("60");
        let identity = Identity::of(child.id()).unwrap();
        assert!(identity.is_alive());
        identity.stop().await.unwrap();
        // Not reaped yet: the zombie counts as gone.
        assert!(!identity.is_alive());
        child.wait().unwrap();
        identity.stop().await.unwrap();
    }

    #[tokio::test]
    async fn a_reused_pid_is_never_signalled() {
        let mut child = sleeper("60");
        let mut stranger = Identity::of(child.id()).unwrap();
        stranger.started_ticks += 1;
        assert!(!stranger.is_alive());
        stranger.stop().await.unwrap();
        assert!(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
    }

    #[test]
    fn a_server_is_found_by_its_configuration() {
        let path = Path::new("/nowhere/found_by_its_configuration.hcl");
        let script = "import time; time.sleep(60)";
        let start = |option: &str| {
            let arguments = ["-c", script, option, path.to_str().unwrap()];
            std::process::Command::new("python3").args(arguments).spawn().unwrap()
        };
        let mut editor = start("--edit");
        let mut server = start("--config");
        let look = || {
            std::thread::sleep(Duration::from_millis(5));
            find_by_config(path)
        };
        let found = std::iter::repeat_with(look).take(400).flatten().next();
        assert_eq!(found.unwrap().pid, server.id());
        server.kill().unwrap();
        server.wait().unwrap();
        // A launcher script that stands for python3 may leave a child with its arguments for a moment.
        assert!(std::iter::repeat_with(look).take(400).any(|found| found.is_none()));
        editor.kill().unwrap();
        editor.wait().unwrap();
    }
}
