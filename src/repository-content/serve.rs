//! Finds and opens artifacts; a virtual repository asks its members in order.

use std::ops::Range;
use std::sync::Arc;

use repository::{ArtifactPath, MatrixParameters, RepositoryClass, RepositoryConfig};
use repository_catalog::Node;
use repository_formats::ErrorKind;
use repository_storage::BlobStream;

use crate::content::Content;
use crate::error::ContentError;

/// A file, and the repository that really holds it.
#[derive(Debug, Clone)]
pub struct Found {
    /// The local repository, or the cache of the remote one.
    pub repository: Arc<RepositoryConfig>,
    /// The file.
    pub node: Node,
}

impl Content {
    /// Finds a file or folder, in resolution order. `None` when no member has it.
    pub async fn find(
        &self,
        repository: &Arc<RepositoryConfig>,
        path: &str,
        wanted: Option<&MatrixParameters>,
    ) -> Result<Option<Found>, ContentError> {
        let mut folder = None;
        for member in self.repositories.members(repository) {
            if !repository.filter().accepts(path) || !member.filter().accepts(path) {
                continue;
            }
            let Some(node) = self.catalog.node(member.key.as_str(), path).await? else { continue };
            if node.is_folder() {
                // A file of a later member is what a download means, so folders wait.
                folder.get_or_insert(Found { repository: member, node });
                continue;
            }
            if self.is_wanted(&node, wanted).await? {
                return Ok(Some(Found { repository: member, node }));
            }
        }
        Ok(folder)
    }

    async fn is_wanted(
        &self,
        node: &Node,
        wanted: Option<&MatrixParameters>,
    ) -> Result<bool, ContentError> {
        let Some(wanted) = wanted.filter(|wanted| !wanted.is_empty()) else { return Ok(true) };
        let properties = self.catalog.properties(&node.repository, &node.path).await?;
        Ok(wanted.accepts(&properties))
    }

    /// Finds a file; a folder or nothing is "not found" in words that clients look for.
    pub async fn find_file(
        &self,
        repository: &Arc<RepositoryConfig>,
        path: &ArtifactPath,
        wanted: Option<&MatrixParameters>,
    ) -> Result<Found, ContentError> {
        let found = self.find(repository, path.as_str(), wanted).await?;
        found
            .filter(|found| !found.node.is_folder())
            .ok_or_else(|| ContentError::not_found(repository.key.as_str(), path.as_str()))
    }

    /// Streams a range of a file and counts the download.
    pub async fn read(
        &self,
        node: &Node,
        range: Range<u64>,
        reader: &str,
    ) -> Result<BlobStream, ContentError> {
        let Some(blob) = &node.blob else {
            return Err(ContentError::not_found(&node.repository, &node.path));
        };
        let stream = self.blobs.open(&blob.sha256, range).await.map_err(|error| {
            // The catalog promised these bytes: their absence is our failure, not the client's.
            tracing::error!(%error, repository = node.repository, path = node.path, "blob lost");
            ContentError {
                source: Some(Box::new(error)),
                ..ContentError::new(ErrorKind::Internal, "The content could not be read.")
            }
        })?;
        self.downloads.note(node, reader);
        Ok(stream)
    }

    /// The repository that a deploy to `repository` goes to: itself, or a virtual's default.
    pub fn deployment_target(
        &self,
        repository: &Arc<RepositoryConfig>,
    ) -> Result<Arc<RepositoryConfig>, ContentError> {
        let target = match repository.rclass {
            RepositoryClass::Local => Arc::clone(repository),
            RepositoryClass::Remote => {
                return Err(ContentError::not_deployable(repository, "it is remote"));
            }
            RepositoryClass::Virtual => {
                let name = repository.default_deployment_repo.as_ref().ok_or_else(|| {
                    let why = "it is virtual and has no default deployment repository";
                    ContentError::not_deployable(repository, why)
                })?;
                self.repository(name.as_str())?
            }
        };
        if target.read_only {
            return Err(ContentError::read_only(&target));
        }
        if target.rclass != RepositoryClass::Local {
            let why = "its default deployment repository is not local";
            return Err(ContentError::not_deployable(repository, why));
        }
        Ok(target)
    }
}
