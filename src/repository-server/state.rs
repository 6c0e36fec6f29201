//! What every request can reach.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use repository_content::{Content, now_ms};
use repository_formats::time::iso8601;
use repository_replication::Replications;
use repository_storage::StorageCounters;
use serde_json::json;

use crate::access::{Access, Identity};
use crate::config::ServerConfig;
use crate::logs::LogFile;
use crate::meter::Meter;

/// The server's parts, shared by all requests.
pub(crate) struct App {
    pub(crate) config: ServerConfig,
    pub(crate) content: Arc<Content>,
    pub(crate) replications: Replications,
    pub(crate) access: Access,
    pub(crate) meter: Meter,
    pub(crate) storage: Arc<StorageCounters>,
    pub(crate) access_log: LogFile,
    pub(crate) audit_log: LogFile,
    pub(crate) draining: AtomicBool,
}

impl App {
    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Notes a change or a refusal, with who did it to what.
    pub(crate) fn audit(&self, identity: &Identity, action: &str, target: &str, result: u16) {
        self.audit_log.write(&json!({
            "at": iso8601(now_ms()),
            "user": identity.name,
            "token": identity.token,
            "action": action,
            "target": target,
            "status": result,
        }));
    }
}
