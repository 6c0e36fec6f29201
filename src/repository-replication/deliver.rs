//! One delivery: blobs that the target lacks, then the states that need them.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};
use repository::{Checksums, Properties, ReplicationConfig};
use repository_catalog::{Sequence, Subject, SubjectContent, SubjectState};
use repository_content::Content;

use crate::client::TargetClient;
use crate::error::ReplicationError;
use crate::wire::{Applied, Missing, States};

/// Blobs that are sent at the same time.
const UPLOADS: usize = 8;
/// Bytes of states in one request, roughly: package rows can be large.
const STATES_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Everything that a delivery needs to know.
pub(crate) struct Delivery {
    pub(crate) content: Arc<Content>,
    pub(crate) client: TargetClient,
    pub(crate) config: ReplicationConfig,
    pub(crate) repository: String,
    /// The making of the target's repository that this session speaks to.
    pub(crate) holder: String,
}

impl Delivery {
    /// Reads the present state of subjects and leaves out what is not to be pushed.
    pub(crate) async fn read(
        &self,
        subjects: &[(Subject, Sequence)],
    ) -> Result<Vec<SubjectState>, ReplicationError> {
        let filter = self.config.filter();
        let states = self.content.catalog().states(&self.repository, subjects).await?;
        Ok(states
            .into_iter()
            .filter(|state| match &state.subject {
                Subject::Path(path) => filter.accepts(path),
                Subject::Document(_) => true,
            })
            .filter(|state| state.content.is_some() || self.config.sync_deletes)
            .map(|state| self.strip(state))
            .collect())
    }

    fn strip(&self, mut state: SubjectState) -> SubjectState {
        if let Some(SubjectContent::Node { properties, .. }) = &mut state.content
            && !self.config.sync_properties
        {
            *properties = Properties::new();
        }
        state
    }

    /// Makes the target have these states.
    pub(crate) async fn deliver(
        &self,
        states: Vec<SubjectState>,
    ) -> Result<usize, ReplicationError> {
        let lost = self.send_blobs(&states).await?;
        let mut delivered = 0;
        let mut rest: Vec<_> = states
            .into_iter()
            .filter(|state| state.blob().is_none_or(|blob| !lost.contains(blob)))
            .collect();
        while !rest.is_empty() {
            let next = rest.split_off(fitting(&rest));
            let part = std::mem::replace(&mut rest, next);
            delivered += part.len();
            let answer = self.client.states(&States { states: part }).await?;
            self.check(&answer)?;
        }
        Ok(delivered)
    }

    /// An answer from another making of the repository means that all must be delivered again.
    pub(crate) fn check(&self, answer: &Applied) -> Result<(), ReplicationError> {
        if answer.holder != self.holder {
            return Err(ReplicationError::Remade);
        }
        match answer.missing.len() {
            0 => Ok(()),
            missing => Err(ReplicationError::BlobsMissing(missing)),
        }
    }

    /// Sends what the target lacks; tells which blobs are lost here and can never be sent.
    async fn send_blobs(
        &self,
        states: &[SubjectState],
    ) -> Result<Vec<Checksums>, ReplicationError> {
        let blobs: BTreeMap<_, _> =
            states.iter().filter_map(SubjectState::blob).map(|blob| (blob.sha256, *blob)).collect();
        if blobs.is_empty() {
            return Ok(Vec::new());
        }
        let asked = Missing { digests: blobs.keys().copied().collect() };
        let missing = self.client.missing(&asked).await?.digests;
        let wanted: Vec<Checksums> =
            missing.iter().filter_map(|digest| blobs.get(digest)).copied().collect();
        let lost = stream::iter(wanted)
            .map(|blob| async move {
                Ok::<_, ReplicationError>((!self.send_blob(&blob).await?).then_some(blob))
            })
            .buffer_unordered(UPLOADS)
            .try_filter_map(|lost| async move { Ok(lost) })
            .try_collect()
            .await?;
        Ok(lost)
    }

    async fn send_blob(&self, blob: &Checksums) -> Result<bool, ReplicationError> {
        match self.content.blobs().open(&blob.sha256, 0..u64::MAX).await {
            Ok(bytes) => self.client.blob(blob, bytes).await.map(|()| true),
            Err(error) if error.is_not_found() => {
                // One blob that was lost here must not stop all that comes after it.
                tracing::error!(
                    digest = %blob.sha256,
                    repository = self.repository,
                    "a blob is lost, so the artifacts that have it cannot be replicated"
                );
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// How many states fit into one request; at least one.
fn fitting(states: &[SubjectState]) -> usize {
    let mut bytes = 0;
    let mut count = 0;
    for state in states {
        bytes += size(state);
        if count > 0 && bytes > STATES_BYTES_MAX {
            break;
        }
        count += 1;
    }
    count
}

fn size(state: &SubjectState) -> usize {
    1024 + match &state.content {
        Some(SubjectContent::Node { records, .. }) => {
            records.iter().map(|record| record.body.len()).sum()
        }
        Some(SubjectContent::Document { body, .. }) => body.len(),
        None => 0,
    }
}
