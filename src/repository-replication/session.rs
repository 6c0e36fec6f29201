//! A conversation with one target, from greeting to failure: live events and, beside them, the
//! backlog of what was there before the replication.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use repository_catalog::{Change, Event, Sequence, Subject, SubjectState};
use repository_content::now_ms;
use tokio::task::JoinSet;

use crate::deliver::Delivery;
use crate::error::ReplicationError;
use crate::status::Progress;
use crate::wire::Span;

/// Events that are read at a time.
const EVENTS_PER_BATCH: usize = 256;
/// Paths of the backlog that are read at a time.
const BACKLOG_PER_BATCH: usize = 256;
/// Larger blobs travel beside the small ones, so that they hold nobody up.
const LARGE_BYTES: u64 = 8 * 1024 * 1024;
/// Large blobs under way at the same time.
const LARGE_MAX: usize = 3;
/// Without event replication, changes are looked for this often.
const COMPARISON_INTERVAL: Duration = Duration::from_secs(60);

pub(crate) struct Session {
    pub(crate) delivery: Arc<Delivery>,
    pub(crate) target: String,
    pub(crate) progress: Arc<Progress>,
}

/// Where the cursor is: everything up to `taken` is delivered, but for what is in `outstanding`.
#[derive(Default)]
struct Window {
    taken: Sequence,
    outstanding: BTreeSet<Sequence>,
}

impl Window {
    /// The last event up to which nothing is missing.
    fn acknowledged(&self) -> Sequence {
        self.outstanding.first().map_or(self.taken, |first| first - 1)
    }
}

impl Session {
    /// Delivers until something fails; it never ends well.
    pub(crate) async fn run(&self) -> Result<(), ReplicationError> {
        tokio::try_join!(self.events(), self.backlog()).map(|_| ())
    }

    async fn events(&self) -> Result<(), ReplicationError> {
        let catalog = self.delivery.content.catalog();
        let mut ticks = catalog.watch();
        let start = catalog.target(&self.target).await?.map_or(0, |found| found.acknowledged);
        let mut window = Window { taken: start, outstanding: BTreeSet::new() };
        let mut large = JoinSet::new();
        loop {
            ticks.borrow_and_update();
            let events =
                catalog.events(&self.delivery.repository, window.taken, EVENTS_PER_BATCH).await?;
            if events.is_empty() {
                self.wait(&mut ticks, &mut large, &mut window).await?;
                continue;
            }
            self.batch(events, &mut window, &mut large).await?;
            while large.len() >= LARGE_MAX {
                self.large_done(large.join_next().await, &mut window).await?;
            }
        }
    }

    async fn wait(
        &self,
        ticks: &mut tokio::sync::watch::Receiver<u64>,
        large: &mut JoinSet<Result<Sequence, ReplicationError>>,
        window: &mut Window,
    ) -> Result<(), ReplicationError> {
        if large.is_empty() && !self.delivery.config.enable_event_replication {
            tokio::time::sleep(COMPARISON_INTERVAL).await;
            return Ok(());
        }
        tokio::select! {
            // The sender lives as long as the catalog, which this session holds.
            _ = ticks.changed() => Ok(()),
            Some(done) = large.join_next() => self.large_done(Some(done), window).await,
        }
    }

    async fn large_done(
        &self,
        done: Option<Result<Result<Sequence, ReplicationError>, tokio::task::JoinError>>,
        window: &mut Window,
    ) -> Result<(), ReplicationError> {
        match done {
            Some(Ok(result)) => {
                window.outstanding.remove(&result?);
                self.acknowledge(window, 1).await
            }
            Some(Err(error)) => Err(ReplicationError::Unreachable {
                during: "sending a large blob",
                cause: error.to_string(),
            }),
            None => Ok(()),
        }
    }

    async fn batch(
        &self,
        events: Vec<Event>,
        window: &mut Window,
        large: &mut JoinSet<Result<Sequence, ReplicationError>>,
    ) -> Result<(), ReplicationError> {
        let last = events.last().map_or(window.taken, |event| event.seq);
        let states = self.delivery.read(&newest_of_each(events)).await?;
        let is_large =
            |state: &SubjectState| state.blob().is_some_and(|blob| blob.size > LARGE_BYTES);
        let (big, small): (Vec<_>, Vec<_>) = states.into_iter().partition(is_large);
        let delivered = self.delivery.deliver(small).await?;
        for state in big {
            // The number by which the window waits is one of this batch, even when the state is
            // newer: its own event comes later and finds it delivered.
            let number = state.seq.min(last);
            window.outstanding.insert(number);
            let delivery = Arc::clone(&self.delivery);
            large.spawn(async move { delivery.deliver(vec![state]).await.map(|_| number) });
        }
        window.taken = last;
        self.acknowledge(window, delivered).await
    }

    async fn acknowledge(&self, window: &Window, delivered: usize) -> Result<(), ReplicationError> {
        let (target, seq) = (self.target.clone(), window.acknowledged());
        let change = Change::Acknowledge { target, seq, at: now_ms() };
        self.delivery.content.catalog().commit(vec![change]).await?;
        self.progress.succeeded(delivered);
        Ok(())
    }

    /// Delivers what was there when the replication began, path by path, and lets the target
    /// drop what is not there any more.
    async fn backlog(&self) -> Result<(), ReplicationError> {
        let catalog = self.delivery.content.catalog();
        let found = catalog.target(&self.target).await?;
        let Some(mut after) = found.and_then(|found| found.snapshot_after) else { return Ok(()) };
        let repository = self.delivery.repository.as_str();
        if after.is_empty() {
            self.documents().await?;
        }
        loop {
            let up_to = catalog.last_sequence(repository).await?;
            let nodes = catalog.subtree(repository, "", &after, BACKLOG_PER_BATCH).await?;
            let through = match nodes.len() {
                BACKLOG_PER_BATCH => nodes.last().map(|node| node.path.clone()),
                _ => None,
            };
            let keep: Vec<_> = nodes.iter().map(|node| node.path.clone()).collect();
            let subjects: Vec<_> =
                nodes.into_iter().map(|node| (Subject::Path(node.path), node.seq)).collect();
            let states = self.delivery.read(&subjects).await?;
            let delivered = self.delivery.deliver(states).await?;
            if self.delivery.config.sync_deletes {
                let span = Span { after: after.clone(), through: through.clone(), keep, up_to };
                let answer = self.delivery.client.span(&span).await?;
                self.delivery.check(&answer)?;
            }
            let progress =
                Change::SnapshotProgress { target: self.target.clone(), after: through.clone() };
            catalog.commit(vec![progress]).await?;
            self.progress.succeeded(delivered);
            match through {
                Some(last) => after = last,
                None => return Ok(()),
            }
        }
    }

    async fn documents(&self) -> Result<(), ReplicationError> {
        let catalog = self.delivery.content.catalog();
        let documents = catalog.documents(&self.delivery.repository, "").await?;
        let subjects: Vec<_> = documents
            .into_iter()
            .map(|document| (Subject::Document(document.name), document.seq))
            .collect();
        let states = self.delivery.read(&subjects).await?;
        self.delivery.deliver(states).await.map(|_| ())
    }
}

/// A subject that changed several times travels once, with its last number.
fn newest_of_each(events: Vec<Event>) -> Vec<(Subject, Sequence)> {
    let mut seen = std::collections::HashSet::new();
    let mut newest: Vec<_> = events
        .into_iter()
        .rev()
        .filter(|event| seen.insert(event.subject.clone()))
        .map(|event| (event.subject, event.seq))
        .collect();
    newest.reverse();
    newest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_travels_once_with_its_last_number() {
        let event = |seq, path: &str| Event { seq, subject: Subject::Path(path.into()), at: 0 };
        let newest = newest_of_each(vec![event(1, "a"), event(2, "b"), event(3, "a")]);
        assert_eq!(newest, [(Subject::Path("b".into()), 2), (Subject::Path("a".into()), 3)]);
    }

    #[test]
    fn the_cursor_stops_before_the_oldest_that_is_under_way() {
        let mut window = Window { taken: 9, outstanding: [4, 7].into() };
        assert_eq!(window.acknowledged(), 3);
        window.outstanding.remove(&4);
        assert_eq!(window.acknowledged(), 6);
        window.outstanding.clear();
        assert_eq!(window.acknowledged(), 9);
    }
}
