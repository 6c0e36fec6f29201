//! The data folder of a server, as far as the provisioner writes it.
//!
//! ```text
//! <data_path>/
//!   server.hcl       the server's configuration, with its secrets (mode 0600)
//!   run.json         which process serves the folder, and who started it
//!   start.lock       held by the provisioner that starts or stops the server
//!   lock             held by the server while it runs
//!   log/server.log   what the server prints
//!   ...              everything else is the server's own
//! ```

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use diagnostics::Diagnostic;
use serde::{Deserialize, Serialize};

use crate::process::{self, Identity};
use crate::server::settings::{Settings, listen_address};

/// The data folder of one server.
#[derive(Clone, Debug)]
pub(crate) struct Home(PathBuf);

/// Which process serves a folder. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Run {
    pub(crate) process: Identity,
    /// The token of the create that made the server.
    pub(crate) instance_token: String,
    pub(crate) version: String,
    pub(crate) site: String,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) admin_user: String,
}

impl Home {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.0.join("server.hcl")
    }

    fn run_file(&self) -> PathBuf {
        self.0.join("run.json")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.0.join("log/server.log")
    }

    pub(crate) fn exists(&self) -> bool {
        self.0.is_dir()
    }

    /// Makes the folders that are missing, for this user alone.
    pub(crate) fn prepare(&self) -> Result<(), Diagnostic> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(self.0.join("log"));
        made.map_err(|error| self.failed("be created", &error))
    }

    fn failed(&self, what: &str, error: &std::io::Error) -> Diagnostic {
        let folder = self.0.display();
        Diagnostic::error(
            "Data folder is not usable",
            format!("The data folder {folder} could not {what}: {error}."),
        )
    }

    /// Takes the lock that keeps two provisioners from starting one server; waits while another
    /// holds it. It is released when the file is dropped.
    pub(crate) async fn lock_start(&self, limit: Duration) -> Result<File, Diagnostic> {
        let path = self.0.join("start.lock");
        let open = || OpenOptions::new().create(true).append(true).mode(0o600).open(&path);
        let file = open().map_err(|error| self.failed("be locked", &error))?;
        let started = tokio::time::Instant::now();
        while file.try_lock().is_err() {
            if started.elapsed() >= limit {
                let detail = format!(
                    "Another process has been starting or stopping the server in {} for {} seconds. Wait until it has finished, then apply again.",
                    self.0.display(),
                    limit.as_secs()
                );
                return Err(Diagnostic::error("Data folder is locked", detail));
            }
            provider::pause(Duration::from_millis(50)).await;
        }
        Ok(file)
    }

    /// Tells whether a server, of whomever, runs in this folder now.
    pub(crate) fn is_served(&self) -> bool {
        let lock = File::open(self.0.join("lock"));
        lock.is_ok_and(|lock| matches!(lock.try_lock(), Err(std::fs::TryLockError::WouldBlock)))
    }

    /// What was recorded of the last start, whether or not it still runs.
    pub(crate) fn run(&self) -> Option<Run> {
        serde_json::from_slice(&std::fs::read(self.run_file()).ok()?).ok()
    }

    /// The living process that serves the folder: as recorded, or, where no record is left of it
    /// (a crash between start and record, a folder removed by hand), the one that was started with
    /// its configuration file.
    pub(crate) fn process(&self) -> Option<Identity> {
        let recorded = self.run().map(|run| run.process).filter(Identity::is_alive);
        recorded.or_else(|| process::find_by_config(&self.config()))
    }

    /// The token in the configuration that was written last.
    pub(crate) fn configured_token(&self) -> Option<String> {
        let text = std::fs::read_to_string(self.config()).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("instance_token = \""))?;
        line.strip_suffix('"').map(str::to_owned)
    }

    pub(crate) fn write_run(&self, run: &Run) -> Result<(), Diagnostic> {
        let text = serde_json::to_vec_pretty(run).unwrap_or_default();
        self.write(&self.run_file(), &text)
    }

    pub(crate) fn write_config(&self, settings: &Settings, token: &str) -> Result<(), Diagnostic> {
        self.write(&self.config(), config_text(settings, token).as_bytes())
    }

    /// Writes a file that only this user may read, whole or not at all.
    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
        let draft = path.with_extension("new");
        let write = || -> std::io::Result<()> {
            // A leftover may have other permissions: it is removed, never reused.
            if let Err(error) = std::fs::remove_file(&draft)
                && error.kind() != std::io::ErrorKind::NotFound
            {
                return Err(error);
            }
            let mut file =
                OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            std::fs::rename(&draft, path)
        };
        write().map_err(|error| self.failed("be written", &error))
    }

    /// Removes what was written for a start: the secrets and the record of the process.
    pub(crate) fn forget_start(&self) {
        for file in [self.config(), self.run_file()] {
            // What is not there is forgotten already.
            let _ = std::fs::remove_file(file);
        }
    }

    /// Opens the log to append to it, and gives its length so far.
    pub(crate) fn open_log(&self) -> Result<(File, u64), Diagnostic> {
        let open = || -> std::io::Result<(File, u64)> {
            let log = OpenOptions::new().create(true).append(true).mode(0o600).open(self.log())?;
            let length = log.metadata()?.len();
            Ok((log, length))
        };
        open().map_err(|error| self.failed("be written", &error))
    }

    /// Removes the folder with everything in it.
    pub(crate) fn remove(&self) -> Result<(), Diagnostic> {
        match std::fs::remove_dir_all(&self.0) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(self.failed("be removed", &error))
            }
            _ => Ok(()),
        }
    }
}

/// The configuration as the server reads it.
fn config_text(settings: &Settings, token: &str) -> String {
    let data_path = settings.data_path.display().to_string();
    let listen = listen_address(&settings.host, settings.port);
    let arguments = [
        ("site", settings.site.as_str()),
        ("listen", &listen),
        ("data_dir", &data_path),
        ("admin_user", &settings.admin_user),
        ("admin_password", &settings.admin_password),
        ("admin_token", &settings.admin_token),
        ("instance_token", token),
    ];
    let header = "# Written by artiform for local_server; changed by apply, not by hand.\n";
    let lines = arguments.iter().map(|(name, text)| format!("{name} = {}\n", quoted(text)));
    std::iter::once(header.to_owned()).chain(lines).collect()
}

/// The text as a quoted HCL string in which nothing is a template.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            // An escape rather than a doubled sign, so that no reader takes it for a template.
            '$' | '%' if letters.peek() == Some(&'{') => {
                quoted.push_str(&format!("\\u{:04x}", u32::from(letter)));
            }
            letter if letter.is_control() => {
                quoted.push_str(&format!("\\u{:04x}", u32::from(letter)));
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn settings(path: &Path, password: &str) -> Settings {
        Settings {
            site: "east".into(),
            host: "127.0.0.1".into(),
            port: 8081,
            data_path: path.to_owned(),
            admin_user: "admin".into(),
            admin_password: password.into(),
            admin_token: "t".into(),
        }
    }

    #[test]
    fn text_is_quoted_so_that_nothing_in_it_is_a_template() {
        let table = [
            ("plain $5 %", "\"plain $5 %\""),
            ("a\"b\\c\n", "\"a\\\"b\\\\c\\n\""),
            ("${x} %{if}", "\"\\u0024{x} \\u0025{if}\""),
            ("ä\u{7}", "\"ä\\u0007\""),
        ];
        for (text, expected) in table {
            assert_eq!(quoted(text), expected);
        }
    }

    #[test]
    fn the_configuration_is_secret_and_names_its_token() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::new(folder.path().join("a/b"));
        home.prepare().unwrap();
        home.write_config(&settings(home.path(), "pass\"word"), "token-1").unwrap();
        let mode = std::fs::metadata(home.config()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(home.configured_token().as_deref(), Some("token-1"));
        let text = std::fs::read_to_string(home.config()).unwrap();
        assert!(text.contains("listen = \"127.0.0.1:8081\"\n"), "{text}");
        assert!(text.contains("admin_password = \"pass\\\"word\"\n"), "{text}");
        home.forget_start();
        assert_eq!(home.configured_token(), None);
    }

    #[tokio::test]
    async fn one_provisioner_at_a_time_starts_a_server() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::new(folder.path().to_owned());
        let held = home.lock_start(Duration::ZERO).await.unwrap();
        let refused = home.lock_start(Duration::from_millis(60)).await.unwrap_err();
        assert_eq!(refused.summary, "Data folder is locked");
        drop(held);
        // A process that another test forks holds the file until it becomes another program.
        home.lock_start(Duration::from_secs(5)).await.unwrap();
    }

    #[test]
    fn a_held_lock_tells_that_the_folder_is_served() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::new(folder.path().to_owned());
        assert!(!home.is_served());
        let lock = File::create(folder.path().join("lock")).unwrap();
        assert!(!home.is_served());
        lock.lock().unwrap();
        assert!(home.is_served());
    }
}
