//! Folders: made, and listed over all members of a virtual repository.

use std::collections::BTreeMap;
use std::sync::Arc;

use repository::RepositoryConfig;
use repository_catalog::{Change, Node};

use crate::clock::now_ms;
use crate::content::Content;
use crate::error::ContentError;

/// One entry of a listing.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its last path segment.
    pub name: String,
    /// The file; `None` for a folder.
    pub file: Option<Node>,
}

impl Content {
    /// The entries of a folder, sorted by name; the first member's file stands for all. `None`
    /// when no member has the folder. The root of a repository is always there.
    pub async fn list(
        &self,
        repository: &Arc<RepositoryConfig>,
        folder: &str,
    ) -> Result<Option<Vec<Entry>>, ContentError> {
        let mut entries = BTreeMap::new();
        let mut exists = folder.is_empty();
        for member in self.repositories.members(repository) {
            let key = member.key.as_str();
            let children = self.catalog.children(key, folder).await?;
            if !exists && children.is_empty() {
                let node = self.catalog.node(key, folder).await?;
                exists = node.is_some_and(|node| node.is_folder());
            }
            for child in children {
                exists = true;
                entries.entry(child.name).or_insert(child.file);
            }
        }
        let entry = |(name, file)| Entry { name, file };
        Ok(exists.then(|| entries.into_iter().map(entry).collect()))
    }

    /// Makes a folder; tells whether it is new.
    pub async fn create_folder(
        &self,
        repository: &RepositoryConfig,
        path: &str,
        by: &str,
    ) -> Result<bool, ContentError> {
        if repository.read_only {
            return Err(ContentError::read_only(repository));
        }
        let change = Change::PutFolder {
            repository: repository.key.to_string(),
            path: path.to_owned(),
            by: by.to_owned(),
            at: now_ms(),
        };
        Ok(self.catalog.commit(vec![change]).await?.changed > 0)
    }
}
