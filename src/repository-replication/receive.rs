//! The receiving side: a read-only replica takes over what its owner says, and from no one else.

use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};
use repository::{ArtifactPath, Digest, RepositoryClass, RepositoryConfig};
use repository_catalog::{Change, Reconciliation, Subject, SubjectState};
use repository_content::{BodyStream, Content, now_ms};
use repository_formats::ErrorKind;

use crate::error::ReplicationError;
use crate::wire::{Applied, Hello, Missing, Span, States};

/// Blobs that are looked up at the same time.
const LOOKUPS: usize = 16;

/// One request of a sender: where it goes and whom it comes from.
pub struct Receiver<'a> {
    content: &'a Content,
    repository: Arc<RepositoryConfig>,
    incarnation: String,
}

impl<'a> Receiver<'a> {
    /// Admits a sender. The repository must be a read-only replica that belongs to the site that
    /// sends: nothing else can ever be written this way.
    pub fn admit(
        content: &'a Content,
        repository: &str,
        origin: &str,
        incarnation: &str,
    ) -> Result<Self, ReplicationError> {
        let found = content.repositories().get(repository).ok_or_else(|| {
            let message = format!("There is no repository '{repository}' here to replicate to.");
            ReplicationError::refused(ErrorKind::NotFound, message)
        })?;
        let owner = found.owner_site.as_ref().map(|site| site.as_str());
        if found.rclass != RepositoryClass::Local || !found.read_only || owner != Some(origin) {
            let owner = owner.unwrap_or("no other site");
            return Err(ReplicationError::refused(
                ErrorKind::Forbidden,
                format!(
                    "'{repository}' takes no replication from '{origin}': here it belongs to \
                     {owner}. A target must be a local repository with readOnly and with \
                     ownerSite '{origin}'."
                ),
            ));
        }
        if origin.is_empty() || incarnation.is_empty() || origin == content.catalog().site().name {
            let message = "A sender must be another site and say its incarnation.";
            return Err(ReplicationError::refused(ErrorKind::Invalid, message));
        }
        Ok(Self { content, repository: found, incarnation: incarnation.to_owned() })
    }

    fn key(&self) -> &str {
        self.repository.key.as_str()
    }

    async fn holder(&self) -> Result<String, ReplicationError> {
        Ok(self.content.repositories().making(self.key()).await?)
    }

    /// Answers a greeting.
    pub async fn hello(&self) -> Result<Hello, ReplicationError> {
        let site = self.content.catalog().site().name.clone();
        Ok(Hello { site, holder: self.holder().await? })
    }

    /// Which of the blobs are not here.
    pub async fn missing(&self, asked: Missing) -> Result<Missing, ReplicationError> {
        let digests = stream::iter(asked.digests)
            .map(|digest| async move {
                let found = self.content.blobs().stat(&digest).await?;
                Ok::<_, ReplicationError>(found.is_none().then_some(digest))
            })
            .buffered(LOOKUPS)
            .try_filter_map(|missing| async move { Ok(missing) })
            .try_collect()
            .await?;
        Ok(Missing { digests })
    }

    /// Takes the bytes of one blob. They become visible only if they have the digest.
    pub async fn blob(&self, digest: Digest, mut body: BodyStream) -> Result<(), ReplicationError> {
        let mut staging = self.content.blobs().stage().await?;
        while let Some(piece) = body.next().await {
            let piece = piece.map_err(repository_content::ContentError::from)?;
            staging.write(piece).await?;
        }
        let sealed = staging.seal().await?;
        let found = sealed.checksums().sha256;
        if found != digest {
            return Err(ReplicationError::refused(
                ErrorKind::ChecksumMismatch,
                format!("The blob {digest} arrived as {found}. Nothing was stored."),
            ));
        }
        Ok(sealed.keep().await?)
    }

    /// Applies states, each at most once, unless a blob is missing: then none.
    pub async fn states(&self, sent: States) -> Result<Applied, ReplicationError> {
        let holder = self.holder().await?;
        sent.states.iter().try_for_each(check)?;
        let digests =
            sent.states.iter().filter_map(SubjectState::blob).map(|blob| blob.sha256).collect();
        let missing = self.missing(Missing { digests }).await?.digests;
        if !missing.is_empty() {
            return Ok(Applied { holder, applied: 0, missing });
        }
        let change = Change::Apply {
            repository: self.key().to_owned(),
            incarnation: self.incarnation.clone(),
            states: sent.states,
            at: now_ms(),
        };
        let applied = self.content.catalog().commit(vec![change]).await?.changed;
        Ok(Applied { holder, applied, missing })
    }

    /// Removes what the owner no longer has in a span of paths.
    pub async fn span(&self, span: Span) -> Result<Applied, ReplicationError> {
        let holder = self.holder().await?;
        let reconciliation = Reconciliation {
            incarnation: self.incarnation.clone(),
            after: span.after,
            through: span.through,
            keep: span.keep,
            up_to: span.up_to,
        };
        let change = Change::Reconcile {
            repository: self.key().to_owned(),
            reconciliation: Box::new(reconciliation),
        };
        let applied = self.content.catalog().commit(vec![change]).await?.changed;
        Ok(Applied { holder, applied, missing: Vec::new() })
    }
}

/// Paths of another site are checked like those of any client.
fn check(state: &SubjectState) -> Result<(), ReplicationError> {
    let Subject::Path(path) = &state.subject else { return Ok(()) };
    ArtifactPath::parse(path)
        .map(|_| ())
        .map_err(|error| ReplicationError::refused(ErrorKind::Invalid, error.to_string()))
}
