//! Who holds the lock of a stack's state.

use serde::{Deserialize, Serialize};

/// The holder of a lock, in the fields that Terraform writes, and the process.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LockInfo {
    /// Random; names the lock for `force-unlock`.
    #[serde(rename = "ID")]
    pub id: String,
    /// What the holder does: `apply`, `import`, `state mv`.
    pub operation: String,
    /// Anything else worth knowing.
    #[serde(default)]
    pub info: String,
    /// `user@host`.
    pub who: String,
    /// The process on that host.
    pub pid: u32,
    /// The version of the program that holds the lock.
    pub version: String,
    /// When it was taken, RFC 3339 in UTC.
    pub created: String,
    /// Where the state is.
    pub path: String,
}

impl LockInfo {
    /// Describes this process as a holder, with a new id.
    pub fn of_this_process(
        operation: impl Into<String>,
        version: impl Into<String>,
        path: impl Into<String>,
    ) -> Self {
        Self {
            id: uuid::Uuid::new_v4().to_string(),
            operation: operation.into(),
            info: String::new(),
            who: format!("{}@{}", user(), host()),
            pid: std::process::id(),
            version: version.into(),
            created: now(),
            path: path.into(),
        }
    }
}

/// The holder as the lines that Terraform prints.
impl std::fmt::Display for LockInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "Lock Info:")?;
        writeln!(f, "  ID:        {}", self.id)?;
        writeln!(f, "  Path:      {}", self.path)?;
        writeln!(f, "  Operation: {}", self.operation)?;
        writeln!(f, "  Who:       {}", self.who)?;
        writeln!(f, "  Pid:       {}", self.pid)?;
        writeln!(f, "  Version:   {}", self.version)?;
        writeln!(f, "  Created:   {}", self.created)?;
        write!(f, "  Info:      {}", self.info)
    }
}

fn user() -> String {
    let named = ["USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok());
    named
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| format!("uid {}", rustix::process::getuid().as_raw()))
}

fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// The present as RFC 3339 in UTC, to the second.
pub(crate) fn now() -> String {
    let now: chrono::DateTime<chrono::Utc> = std::time::SystemTime::now().into();
    now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
