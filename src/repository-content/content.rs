//! The room's one object: a catalog, a blob store, and the repositories that they hold.

use std::sync::Arc;

use repository::RepositoryConfig;
use repository_catalog::Catalog;
use repository_formats::{ErrorKind, PackageFormat, by_name};
use repository_storage::BlobStore;

use crate::downloads::Downloads;
use crate::error::ContentError;
use crate::index::IndexCache;
use crate::repositories::Repositories;

/// Uploads whose packages are taken apart at the same time, each on a thread of its own.
const INSPECTIONS_MAX: usize = 32;

/// Everything that can be done with artifacts. It asks for no permission: its callers do.
pub struct Content {
    pub(crate) catalog: Arc<dyn Catalog>,
    pub(crate) blobs: Arc<dyn BlobStore>,
    pub(crate) repositories: Repositories,
    pub(crate) indexes: IndexCache,
    pub(crate) downloads: Downloads,
    pub(crate) inspections: tokio::sync::Semaphore,
}

impl Content {
    /// Loads the repositories of a catalog.
    pub async fn open(
        catalog: Arc<dyn Catalog>,
        blobs: Arc<dyn BlobStore>,
    ) -> Result<Self, ContentError> {
        let repositories = Repositories::load(Arc::clone(&catalog)).await?;
        Ok(Self {
            catalog,
            blobs,
            repositories,
            indexes: IndexCache::default(),
            downloads: Downloads::default(),
            inspections: tokio::sync::Semaphore::new(INSPECTIONS_MAX),
        })
    }

    /// The catalog below.
    #[must_use]
    pub fn catalog(&self) -> &Arc<dyn Catalog> {
        &self.catalog
    }

    /// The blob store below.
    #[must_use]
    pub fn blobs(&self) -> &Arc<dyn BlobStore> {
        &self.blobs
    }

    /// The repositories.
    #[must_use]
    pub fn repositories(&self) -> &Repositories {
        &self.repositories
    }

    /// A repository by its key; one that is blacked out answers as if it were gone.
    pub fn repository(&self, key: &str) -> Result<Arc<RepositoryConfig>, ContentError> {
        self.repositories
            .get(key)
            .filter(|found| !found.blacked_out)
            .ok_or_else(|| ContentError::no_repository(key))
    }

    /// The format that a repository speaks.
    pub fn format(
        &self,
        repository: &RepositoryConfig,
    ) -> Result<&'static dyn PackageFormat, ContentError> {
        let package_type = repository.package_type.as_str();
        by_name(package_type).ok_or_else(|| {
            ContentError::new(
                ErrorKind::Internal,
                format!("This server does not speak the package type '{package_type}'."),
            )
        })
    }

    /// Writes what was counted in memory since the last time.
    pub async fn flush_downloads(&self) -> Result<(), ContentError> {
        let changes = self.downloads.take();
        if !changes.is_empty() {
            self.catalog.commit(changes).await?;
        }
        Ok(())
    }
}
