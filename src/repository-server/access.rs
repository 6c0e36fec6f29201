//! Who asks, and what they may do: users, groups, permissions and tokens.

mod authentication;
mod directory;
mod passwords;
mod tokens;

use std::sync::{Arc, PoisonError, RwLock};

use repository::{Action, RepositoryConfig, RepositoryReference, Subject};
use repository_catalog::{Catalog, CatalogError, Change, ObjectKind};

pub(crate) use authentication::authenticate;
pub(crate) use directory::{Directory, Group, User};
pub(crate) use passwords::{PasswordError, Passwords};
pub(crate) use tokens::{NewToken, hash_of, new_secret};

/// The name of requests without credentials.
pub(crate) const ANONYMOUS: &str = "anonymous";
/// The scope of a token that may push into replicas, and do nothing else.
pub(crate) const REPLICATION_SCOPE: &str = "artiform:replication";
/// The scope of a token that may do everything.
pub(crate) const ADMIN_SCOPE: &str = "applied-permissions/admin";
/// The scope of a token that may do what its user may.
pub(crate) const USER_SCOPE: &str = "applied-permissions/user";

/// Who a request comes from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Identity {
    /// The user's name.
    pub(crate) name: String,
    /// The groups that it acts with.
    pub(crate) groups: Vec<String>,
    /// Whether it may do everything.
    pub(crate) admin: bool,
    /// Whether it may push into replicas.
    pub(crate) replication: bool,
    /// Whether there were no credentials.
    pub(crate) anonymous: bool,
    /// The token that was used.
    pub(crate) token: Option<String>,
}

/// Users, groups, permissions and tokens of this server.
pub(crate) struct Access {
    catalog: Arc<dyn Catalog>,
    // Invariant: what a reader sees here is durable in the catalog.
    directory: RwLock<Arc<Directory>>,
    pub(crate) passwords: Passwords,
    anonymous_read: bool,
    changing: tokio::sync::Mutex<()>,
}

impl Access {
    pub(crate) async fn load(
        catalog: Arc<dyn Catalog>,
        anonymous_read: bool,
    ) -> Result<Self, CatalogError> {
        let directory = Directory::read(catalog.as_ref()).await?;
        Ok(Self {
            catalog,
            directory: RwLock::new(Arc::new(directory)),
            passwords: Passwords::default(),
            anonymous_read,
            changing: tokio::sync::Mutex::default(),
        })
    }

    pub(crate) fn directory(&self) -> Arc<Directory> {
        Arc::clone(&self.directory.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Writes users, groups, permissions or tokens, and reads them all again.
    pub(crate) async fn commit(&self, changes: Vec<Change>) -> Result<usize, CatalogError> {
        let _one = self.changing.lock().await;
        let committed = self.catalog.commit(changes).await?;
        let fresh = Directory::read(self.catalog.as_ref()).await?;
        *self.directory.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
        Ok(committed.changed)
    }

    /// Writes one user.
    pub(crate) async fn put_user(&self, user: &User) -> Result<usize, CatalogError> {
        self.commit(vec![Change::PutObject {
            kind: ObjectKind::User,
            name: user.name.clone(),
            body: serde_json::to_string(user).unwrap_or_default(),
        }])
        .await
    }

    /// Whether an action on a path of a repository is allowed.
    pub(crate) fn allows(
        &self,
        identity: &Identity,
        action: Action,
        repository: &RepositoryConfig,
        path: &str,
    ) -> bool {
        self.allows_at_all(identity, action)
            || (!identity.replication
                && self.directory().matcher.allows(
                    subject(identity),
                    action,
                    reference(repository),
                    path,
                ))
    }

    /// Whether an action is allowed somewhere in a repository.
    pub(crate) fn allows_somewhere(
        &self,
        identity: &Identity,
        action: Action,
        repository: &RepositoryConfig,
    ) -> bool {
        self.allows_at_all(identity, action)
            || (!identity.replication
                && self.directory().matcher.allows_somewhere(
                    subject(identity),
                    action,
                    reference(repository),
                ))
    }

    fn allows_at_all(&self, identity: &Identity, action: Action) -> bool {
        identity.admin || (action == Action::Read && self.anonymous_read && !identity.replication)
    }
}

fn subject(identity: &Identity) -> Subject<'_> {
    Subject { user: &identity.name, groups: &identity.groups, is_admin: identity.admin }
}

fn reference(repository: &RepositoryConfig) -> RepositoryReference<'_> {
    RepositoryReference { key: repository.key.as_str(), class: repository.rclass }
}
