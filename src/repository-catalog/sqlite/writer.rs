//! The one thread that writes: it commits all transactions that wait with one fsync.

use std::thread::JoinHandle;

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, oneshot, watch};

use super::apply;
use crate::change::{Change, Committed};
use crate::error::CatalogError;

/// Transactions that one fsync makes durable at most; bounds the time that the first one waits.
const GROUP_MAX: usize = 256;
/// Transactions that may wait; more of them wait at the door, which slows down their clients.
const QUEUE_MAX: usize = 1024;

struct Job {
    changes: Vec<Change>,
    answer: oneshot::Sender<Result<Committed, CatalogError>>,
}

pub(super) struct Writer {
    // Invariant: `None` only while it is dropped; the thread ends when this does.
    jobs: Option<mpsc::Sender<Job>>,
    committed: watch::Receiver<u64>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(connection: Connection) -> Result<Self, CatalogError> {
        let (jobs, queue) = mpsc::channel(QUEUE_MAX);
        let (tick, committed) = watch::channel(0);
        let thread = std::thread::Builder::new()
            .name("catalog-writer".to_owned())
            .spawn(move || run(connection, queue, &tick))
            .map_err(|error| CatalogError::Unavailable(format!("no thread to write: {error}")))?;
        Ok(Self { jobs: Some(jobs), committed, thread: Some(thread) })
    }

    pub(super) fn watch(&self) -> watch::Receiver<u64> {
        self.committed.clone()
    }

    pub(super) async fn commit(&self, changes: Vec<Change>) -> Result<Committed, CatalogError> {
        let stopped = || CatalogError::Unavailable("its writer has stopped".to_owned());
        let (answer, result) = oneshot::channel();
        let jobs = self.jobs.as_ref().ok_or_else(stopped)?;
        jobs.send(Job { changes, answer }).await.map_err(|_| stopped())?;
        result.await.map_err(|_| stopped())?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was answered to its callers as "stopped".
            let _ = thread.join();
        }
    }
}

fn run(mut connection: Connection, mut queue: mpsc::Receiver<Job>, tick: &watch::Sender<u64>) {
    while let Some(first) = queue.blocking_recv() {
        let mut group = vec![first];
        while group.len() < GROUP_MAX {
            match queue.try_recv() {
                Ok(job) => group.push(job),
                Err(_) => break,
            }
        }
        commit_group(&mut connection, group, tick);
    }
}

fn commit_group(connection: &mut Connection, group: Vec<Job>, tick: &watch::Sender<u64>) {
    let (changes, answers): (Vec<_>, Vec<_>) =
        group.into_iter().map(|job| (job.changes, job.answer)).unzip();
    match write_group(connection, &changes) {
        Ok(results) => {
            tick.send_modify(|count| *count += 1);
            for (answer, result) in answers.into_iter().zip(results) {
                // Whoever asked may be gone; the commit stands all the same.
                let _ = answer.send(result);
            }
        }
        Err(error) => {
            tracing::error!(%error, "a group of transactions was not committed");
            for answer in answers {
                let _ = answer.send(Err(CatalogError::Unavailable(error.to_string())));
            }
        }
    }
}

/// Each transaction of the group is a savepoint: one that is refused takes no other with it.
fn write_group(
    connection: &mut Connection,
    group: &[Vec<Change>],
) -> Result<Vec<Result<Committed, CatalogError>>, rusqlite::Error> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut results = Vec::with_capacity(group.len());
    for changes in group {
        transaction.execute_batch("SAVEPOINT job")?;
        let result = apply::changes(&transaction, changes);
        if result.is_err() {
            transaction.execute_batch("ROLLBACK TO job")?;
        }
        transaction.execute_batch("RELEASE job")?;
        results.push(result);
    }
    transaction.commit()?;
    Ok(results)
}
