//! Properties of files and folders, and documents of packages.

use repository::{Properties, RepositoryConfig};
use repository_catalog::Change;

use crate::clock::now_ms;
use crate::content::Content;
use crate::error::ContentError;
use crate::index::document_name;

/// What is to become of properties.
#[derive(Debug, Clone, Copy)]
pub struct PropertyChange<'a> {
    /// Keys to set, with all their values.
    pub set: &'a Properties,
    /// Keys to remove.
    pub remove: &'a [String],
    /// Who changes them.
    pub by: &'a str,
    /// Whether everything below the path is changed too.
    pub recursive: bool,
}

/// Paths that one transaction changes at most.
const PATHS_PER_COMMIT: usize = 1000;

impl Content {
    /// Sets and removes properties of a path.
    pub async fn change_properties(
        &self,
        repository: &RepositoryConfig,
        path: &str,
        change: PropertyChange<'_>,
    ) -> Result<(), ContentError> {
        if repository.read_only {
            return Err(ContentError::read_only(repository));
        }
        let key = repository.key.as_str();
        let node = self.catalog.node(key, path).await?;
        let node = node.ok_or_else(|| ContentError::not_found(key, path))?;
        let mut paths = vec![path.to_owned()];
        if change.recursive && node.is_folder() {
            let below = self.catalog.subtree(key, path, "", usize::MAX).await?;
            paths.extend(below.into_iter().map(|node| node.path).filter(|found| found != path));
        }
        let step = |path: &String| Change::SetProperties {
            repository: key.to_owned(),
            path: path.clone(),
            set: change.set.clone(),
            remove: change.remove.to_vec(),
            by: change.by.to_owned(),
            at: now_ms(),
        };
        for some in paths.chunks(PATHS_PER_COMMIT) {
            self.catalog.commit(some.iter().map(step).collect()).await?;
        }
        Ok(())
    }

    /// Sets a document of a package, or removes it where there is no value.
    pub async fn set_document(
        &self,
        repository: &RepositoryConfig,
        package: &str,
        name: &str,
        value: Option<serde_json::Value>,
    ) -> Result<(), ContentError> {
        if repository.read_only {
            return Err(ContentError::read_only(repository));
        }
        let change = Change::PutDocument {
            repository: repository.key.to_string(),
            name: document_name(package, name),
            body: value.map(|value| value.to_string()),
            at: now_ms(),
        };
        self.catalog.commit(vec![change]).await?;
        Ok(())
    }
}
