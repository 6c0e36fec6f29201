//! How a replication is doing, for people, metrics and alarms.

use std::sync::{Mutex, PoisonError};

use repository_content::now_ms;
use serde::Serialize;

/// What a delivery task says of itself.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default, Clone)]
struct Inner {
    last_error: Option<String>,
    last_success: Option<i64>,
    delivered: u64,
}

impl Progress {
    fn change(&self, change: impl FnOnce(&mut Inner)) {
        change(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(crate) fn failed(&self, error: &str) {
        self.change(|inner| inner.last_error = Some(error.to_owned()));
    }

    pub(crate) fn succeeded(&self, delivered: usize) {
        self.change(|inner| {
            inner.last_error = None;
            inner.last_success = Some(now_ms());
            inner.delivered += delivered as u64;
        });
    }

    pub(crate) fn last_error(&self) -> Option<String> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).last_error.clone()
    }

    pub(crate) fn last_success(&self) -> Option<i64> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).last_success
    }

    pub(crate) fn delivered(&self) -> u64 {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).delivered
    }
}

/// How one target is doing.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TargetStatus {
    /// The replication.
    pub replication_key: String,
    /// The repository here.
    pub repo_key: String,
    /// The repository there.
    pub url: String,
    /// `ok`, `incomplete`, `error`, `never_run` or `disabled`.
    pub status: &'static str,
    /// When the target last took anything, in milliseconds since 1970.
    #[serde(skip)]
    pub last_completed_ms: Option<i64>,
    /// Changes that the target lacks, and backlog that is not delivered yet.
    pub lag_events: i64,
    /// Age of the oldest of them, in seconds.
    pub lag_seconds: f64,
    /// Why the last attempt failed; absent when it did not.
    pub last_error: Option<String>,
    /// Changes delivered since the server started.
    pub delivered: u64,
}

/// How all targets of a repository are doing.
#[derive(Debug, Clone, PartialEq)]
pub struct RepositoryStatus {
    /// The worst of its targets.
    pub status: &'static str,
    /// Each target.
    pub targets: Vec<TargetStatus>,
}

impl RepositoryStatus {
    pub(crate) fn of(targets: Vec<TargetStatus>) -> Self {
        let has = |word: &str| targets.iter().any(|target| target.status == word);
        let worst = ["error", "incomplete", "ok"].into_iter().find(|word| has(word));
        Self { status: worst.unwrap_or("never_run"), targets }
    }
}
