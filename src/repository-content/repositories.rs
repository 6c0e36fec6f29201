//! The repositories, in memory for every request and in the catalog for every restart.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use repository::resolution::{check_members, resolution_order};
use repository::{RepositoryConfig, RepositoryName};
use repository_catalog::{Catalog, Change, ObjectKind};
use repository_formats::{ErrorKind, by_name};
use serde_json::Value;

use crate::clock::now_ms;
use crate::error::ContentError;

type Table = BTreeMap<String, Arc<RepositoryConfig>>;

/// Every repository by its key.
pub struct Repositories {
    catalog: Arc<dyn Catalog>,
    // Invariant: what a reader sees here is durable in the catalog.
    table: RwLock<Arc<Table>>,
    /// One change at a time, so that each is checked against what it will meet.
    changing: tokio::sync::Mutex<()>,
}

impl Repositories {
    pub(crate) async fn load(catalog: Arc<dyn Catalog>) -> Result<Self, ContentError> {
        let mut table = Table::new();
        for object in catalog.objects(ObjectKind::Repository).await? {
            let config = serde_json::from_str(&object.body)
                .map_err(|error| error.to_string())
                .and_then(|stored| {
                    RepositoryConfig::from_stored_json(stored).map_err(|error| error.to_string())
                })
                .map_err(|error| {
                    ContentError::new(
                        ErrorKind::Internal,
                        format!("The repository '{}' could not be read: {error}", object.name),
                    )
                })?;
            table.insert(object.name, Arc::new(config));
        }
        Ok(Self {
            catalog,
            table: RwLock::new(Arc::new(table)),
            changing: tokio::sync::Mutex::default(),
        })
    }

    /// All of them as they are now, sorted by key.
    #[must_use]
    pub fn all(&self) -> Arc<BTreeMap<String, Arc<RepositoryConfig>>> {
        Arc::clone(&self.table.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// One by its key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Arc<RepositoryConfig>> {
        self.all().get(key).cloned()
    }

    /// The local and remote repositories behind one, in the order in which they are asked.
    #[must_use]
    pub fn members(&self, repository: &Arc<RepositoryConfig>) -> Vec<Arc<RepositoryConfig>> {
        if repository.rclass != repository::RepositoryClass::Virtual {
            return vec![Arc::clone(repository)];
        }
        let table = self.all();
        let lookup = |name: &RepositoryName| table.get(name.as_str()).map(Arc::as_ref);
        resolution_order(repository, &lookup)
            .into_iter()
            .filter_map(|leaf| table.get(leaf.key.as_str()).cloned())
            .collect()
    }

    /// Makes a repository of what a client sent.
    pub async fn create(&self, key: &str, body: Value) -> Result<(), ContentError> {
        let _one = self.changing.lock().await;
        let name = RepositoryName::parse(key).map_err(refused)?;
        let taken = self.all().keys().find(|known| known.eq_ignore_ascii_case(key)).cloned();
        if let Some(taken) = taken {
            return Err(refused(format!(
                "There is a repository with the key '{taken}' already (case does not tell \
                 keys apart). Update it with POST, or choose another key."
            )));
        }
        let config = RepositoryConfig::from_json(&name, body).map_err(refused)?;
        // Tells this making of the repository apart from one that was deleted before it.
        let made = Change::PutObject {
            kind: ObjectKind::Setting,
            name: made_setting(key),
            body: now_ms().to_string(),
        };
        self.store(config, vec![made]).await
    }

    /// Changes the fields that a client sent.
    pub async fn update(&self, key: &str, body: Value) -> Result<(), ContentError> {
        let _one = self.changing.lock().await;
        let known = self.get(key).ok_or_else(|| unknown(key))?;
        self.store(known.updated(body).map_err(refused)?, Vec::new()).await
    }

    /// Removes a repository. One that holds artifacts goes only by force, one that a virtual
    /// repository lists does not go at all.
    pub async fn delete(&self, key: &str, force: bool) -> Result<(), ContentError> {
        let _one = self.changing.lock().await;
        self.get(key).ok_or_else(|| unknown(key))?;
        let table = self.all();
        if let Some(holder) = table.values().find(|config| {
            config.repositories.iter().any(|member| member.as_str() == key)
                || config.default_deployment_repo.as_ref().is_some_and(|name| name.as_str() == key)
        }) {
            return Err(ContentError::new(
                ErrorKind::AlreadyExists,
                format!(
                    "The repository '{key}' is a member of the virtual repository '{}'. Remove \
                     it there first.",
                    holder.key
                ),
            ));
        }
        if !force && !self.catalog.is_empty(key).await? {
            return Err(ContentError::new(
                ErrorKind::AlreadyExists,
                format!(
                    "The repository '{key}' holds artifacts. Delete them first, or add \
                     ?force=true to destroy the repository with all that it holds."
                ),
            ));
        }
        let object = Change::DeleteObject { kind: ObjectKind::Repository, name: key.to_owned() };
        let content = Change::DropRepository { repository: key.to_owned() };
        self.catalog.commit(vec![object, content]).await?;
        self.replace(|table| {
            table.remove(key);
        });
        Ok(())
    }

    /// Names this making of a repository: it differs from that of a repository of the same key on
    /// another site, before a rebuild, or before it was deleted and made again.
    pub async fn making(&self, key: &str) -> Result<String, ContentError> {
        let made = self.catalog.object(ObjectKind::Setting, &made_setting(key)).await?;
        let incarnation = &self.catalog.site().incarnation;
        Ok(format!("{incarnation}:{}", made.unwrap_or_default()))
    }

    async fn store(
        &self,
        config: RepositoryConfig,
        mut changes: Vec<Change>,
    ) -> Result<(), ContentError> {
        if by_name(config.package_type.as_str()).is_none() {
            let known: Vec<_> =
                repository_formats::ALL.iter().map(|format| format.name()).collect();
            return Err(refused(format!(
                "This server does not speak the package type '{}'. It speaks {}.",
                config.package_type,
                known.join(", ")
            )));
        }
        {
            let table = self.all();
            let lookup = |name: &RepositoryName| table.get(name.as_str()).map(Arc::as_ref);
            check_members(&config, &lookup).map_err(refused)?;
        }
        let change = Change::PutObject {
            kind: ObjectKind::Repository,
            name: config.key.to_string(),
            body: config.to_stored_json().to_string(),
        };
        changes.push(change);
        self.catalog.commit(changes).await?;
        self.replace(|table| {
            table.insert(config.key.to_string(), Arc::new(config));
        });
        Ok(())
    }

    fn replace(&self, change: impl FnOnce(&mut Table)) {
        let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        change(Arc::make_mut(&mut table));
    }
}

fn made_setting(key: &str) -> String {
    format!("made/{key}")
}

fn refused(error: impl std::fmt::Display) -> ContentError {
    ContentError::new(ErrorKind::Invalid, error.to_string())
}

fn unknown(key: &str) -> ContentError {
    ContentError::new(
        ErrorKind::Invalid,
        format!("Not Found: there is no repository with the key '{key}'."),
    )
}
