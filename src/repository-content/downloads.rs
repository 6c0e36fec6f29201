//! Counts downloads in memory, so that a read never costs a write.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use repository_catalog::{Change, Node};

use crate::clock::now_ms;

/// Paths that are counted between two flushes; further ones are not counted.
const PATHS_MAX: usize = 100_000;

#[derive(Default)]
pub(crate) struct Downloads {
    counts: Mutex<HashMap<(String, String), Count>>,
}

struct Count {
    count: i64,
    by: String,
    at: i64,
}

impl Downloads {
    pub(crate) fn note(&self, node: &Node, by: &str) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (node.repository.clone(), node.path.clone());
        if counts.len() >= PATHS_MAX && !counts.contains_key(&key) {
            return;
        }
        let entry =
            counts.entry(key).or_insert_with(|| Count { count: 0, by: String::new(), at: 0 });
        entry.count += 1;
        by.clone_into(&mut entry.by);
        entry.at = now_ms();
    }

    pub(crate) fn take(&self) -> Vec<Change> {
        let counts =
            std::mem::take(&mut *self.counts.lock().unwrap_or_else(PoisonError::into_inner));
        let change = |((repository, path), Count { count, by, at })| Change::CountDownloads {
            repository,
            path,
            count,
            by,
            at,
        };
        counts.into_iter().map(change).collect()
    }
}
