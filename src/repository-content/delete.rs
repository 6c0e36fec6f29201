//! Deletes files, folders and packages.

use std::sync::Arc;

use repository::{RepositoryClass, RepositoryConfig};
use repository_catalog::Change;

use crate::clock::now_ms;
use crate::content::Content;
use crate::error::ContentError;
use crate::index::document_prefix;

/// What a delete removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deleted {
    /// Files and folders.
    pub paths: usize,
}

impl Content {
    /// The repository in which a delete of `path` through `repository` takes effect. A virtual
    /// deletes where it deploys, else in the first member that holds the path.
    pub async fn deletion_target(
        &self,
        repository: &Arc<RepositoryConfig>,
        path: &str,
    ) -> Result<Arc<RepositoryConfig>, ContentError> {
        let mut members = self.repositories.members(repository);
        let preferred = repository.default_deployment_repo.as_ref();
        members.sort_by_key(|member| Some(&member.key) != preferred);
        for member in members {
            if self.catalog.node(member.key.as_str(), path).await?.is_none() {
                continue;
            }
            if member.read_only {
                return Err(ContentError::read_only(&member));
            }
            return Ok(member);
        }
        if repository.read_only {
            return Err(ContentError::read_only(repository));
        }
        if repository.rclass == RepositoryClass::Remote {
            return Err(ContentError::not_found(repository.key.as_str(), path));
        }
        Err(ContentError::not_found(repository.key.as_str(), path))
    }

    /// Deletes a file, or a folder with everything below it, from a repository that
    /// [`Content::deletion_target`] gave.
    pub async fn delete(
        &self,
        repository: &RepositoryConfig,
        path: &str,
    ) -> Result<Deleted, ContentError> {
        if repository.read_only {
            return Err(ContentError::read_only(repository));
        }
        let change = Change::DeleteTree {
            repository: repository.key.to_string(),
            path: path.to_owned(),
            at: now_ms(),
        };
        match self.catalog.commit(vec![change]).await?.changed {
            0 => Err(ContentError::not_found(repository.key.as_str(), path)),
            paths => Ok(Deleted { paths }),
        }
    }

    /// Deletes every artifact and document of a package, all at once.
    pub async fn delete_package(
        &self,
        repository: &RepositoryConfig,
        package: &str,
    ) -> Result<Deleted, ContentError> {
        if repository.read_only {
            return Err(ContentError::read_only(repository));
        }
        let (key, at) = (repository.key.to_string(), now_ms());
        let rows = self.catalog.records(&key, Some(package)).await?;
        let documents = self.catalog.documents(&key, &document_prefix(package)).await?;
        if rows.is_empty() && documents.is_empty() {
            return Err(ContentError::not_found(&key, package));
        }
        let paths = rows.len();
        let files = rows.into_iter().map(|row| Change::DeleteTree {
            repository: key.clone(),
            path: row.node.path,
            at,
        });
        let documents = documents.into_iter().map(|document| Change::PutDocument {
            repository: key.clone(),
            name: document.name,
            body: None,
            at,
        });
        self.catalog.commit(files.chain(documents).collect()).await?;
        Ok(Deleted { paths })
    }
}
