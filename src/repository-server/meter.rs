//! Counts requests, and draws the metrics page in Prometheus' text format.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use repository_replication::RepositoryStatus;
use repository_storage::StorageCounters;

/// Upper bounds of the latency histogram, in milliseconds.
const BOUNDS_MS: [u64; 9] = [1, 5, 10, 50, 100, 500, 1000, 5000, 30_000];
const METHODS: [&str; 6] = ["GET", "HEAD", "PUT", "POST", "DELETE", "OTHER"];

/// Counters of one server.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    // By method and by the first digit of the status.
    requests: [[AtomicU64; 6]; METHODS.len()],
    latency: [AtomicU64; BOUNDS_MS.len() + 1],
    latency_us: AtomicU64,
    connections: AtomicU64,
}

impl Meter {
    pub(crate) fn request(&self, method: &str, status: u16, took: Duration) {
        let method = METHODS.iter().position(|known| *known == method).unwrap_or(5);
        let class = usize::from(status / 100).min(5);
        self.requests[method][class].fetch_add(1, Ordering::Relaxed);
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let bucket = BOUNDS_MS.iter().position(|bound| ms <= *bound).unwrap_or(BOUNDS_MS.len());
        self.latency[bucket].fetch_add(1, Ordering::Relaxed);
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.latency_us.fetch_add(us, Ordering::Relaxed);
    }

    pub(crate) fn connection_opened(&self) {
        self.connections.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn connection_closed(&self) {
        self.connections.fetch_sub(1, Ordering::Relaxed);
    }

    pub(crate) fn page(&self, storage: &StorageCounters, replication: &RepositoryStatus) -> String {
        let mut page = String::new();
        self.requests_section(&mut page);
        storage_section(&mut page, storage);
        replication_section(&mut page, replication);
        page
    }

    fn requests_section(&self, page: &mut String) {
        head(page, "artiform_http_requests_total", "counter", "Requests by method and status.");
        for (method, classes) in METHODS.iter().zip(&self.requests) {
            for (class, count) in classes.iter().enumerate() {
                let count = count.load(Ordering::Relaxed);
                if count > 0 {
                    let labels = format!("{{method=\"{method}\",status=\"{class}xx\"}}");
                    line(page, "artiform_http_requests_total", &labels, count);
                }
            }
        }
        let name = "artiform_http_request_duration_seconds";
        head(page, name, "histogram", "Time until the response began.");
        let mut total = 0;
        for (index, count) in self.latency.iter().enumerate() {
            total += count.load(Ordering::Relaxed);
            let bound = BOUNDS_MS.get(index).map_or("+Inf".to_owned(), |ms| {
                Duration::from_millis(*ms).as_secs_f64().to_string()
            });
            line(page, &format!("{name}_bucket"), &format!("{{le=\"{bound}\"}}"), total);
        }
        let sum = Duration::from_micros(self.latency_us.load(Ordering::Relaxed)).as_secs_f64();
        line(page, &format!("{name}_sum"), "", sum);
        line(page, &format!("{name}_count"), "", total);
        head(page, "artiform_connections", "gauge", "Open connections.");
        line(page, "artiform_connections", "", self.connections.load(Ordering::Relaxed));
    }
}

fn storage_section(page: &mut String, storage: &StorageCounters) {
    for (name, help, counter) in [
        ("artiform_blob_bytes_written_total", "Bytes staged.", &storage.bytes_written),
        ("artiform_blob_bytes_read_total", "Bytes read.", &storage.bytes_read),
        ("artiform_blobs_kept_total", "Blobs stored.", &storage.blobs_kept),
        ("artiform_blobs_deleted_total", "Blobs removed.", &storage.blobs_deleted),
        ("artiform_blob_failures_total", "Failed blob operations.", &storage.failures),
    ] {
        head(page, name, "counter", help);
        line(page, name, "", counter.load(Ordering::Relaxed));
    }
}

fn replication_section(page: &mut String, replication: &RepositoryStatus) {
    let labels = |target: &repository_replication::TargetStatus| {
        let quote = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
        format!(
            "{{repository=\"{}\",replication=\"{}\"}}",
            quote(&target.repo_key),
            quote(&target.replication_key)
        )
    };
    head(page, "artiform_replication_lag_events", "gauge", "Changes that a target lacks.");
    for target in &replication.targets {
        line(page, "artiform_replication_lag_events", &labels(target), target.lag_events);
    }
    head(page, "artiform_replication_lag_seconds", "gauge", "Age of the oldest such change.");
    for target in &replication.targets {
        line(page, "artiform_replication_lag_seconds", &labels(target), target.lag_seconds);
    }
    head(page, "artiform_replication_failing", "gauge", "1 while the last attempt failed.");
    for target in &replication.targets {
        let failing = u8::from(target.last_error.is_some());
        line(page, "artiform_replication_failing", &labels(target), failing);
    }
    head(page, "artiform_replication_delivered_total", "counter", "Changes delivered.");
    for target in &replication.targets {
        line(page, "artiform_replication_delivered_total", &labels(target), target.delivered);
    }
}

fn head(page: &mut String, name: &str, kind: &str, help: &str) {
    // Writing into a text cannot fail.
    let _ = write!(page, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
}

fn line(page: &mut String, name: &str, labels: &str, value: impl std::fmt::Display) {
    // Writing into a text cannot fail.
    let _ = writeln!(page, "{name}{labels} {value}");
}
