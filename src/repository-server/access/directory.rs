//! Users, groups and permission targets as they are stored, and all of them in memory.

use std::collections::BTreeMap;

use repository::{PermissionMatcher, PermissionTarget};
use repository_catalog::{Catalog, CatalogError, ObjectKind};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A user as it is stored.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) admin: bool,
    pub(crate) groups: Vec<String>,
    pub(crate) profile_updatable: bool,
    #[serde(rename = "disableUIAccess")]
    pub(crate) disable_ui_access: bool,
    pub(crate) internal_password_disabled: bool,
    /// The argon2id hash, in PHC form; never leaves the server.
    pub(crate) password_hash: Option<String>,
}

/// A group as it is stored.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) auto_join: bool,
    pub(crate) admin_privileges: bool,
    pub(crate) realm_attributes: Option<String>,
    pub(crate) external_id: Option<String>,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    pub(crate) users: BTreeMap<String, User>,
    pub(crate) groups: BTreeMap<String, Group>,
    pub(crate) permissions: BTreeMap<String, PermissionTarget>,
    pub(crate) matcher: PermissionMatcher,
}

impl Directory {
    pub(crate) async fn read(catalog: &dyn Catalog) -> Result<Self, CatalogError> {
        let mut permissions = BTreeMap::new();
        for object in catalog.objects(ObjectKind::Permission).await? {
            let body = parse(&object.name, "permission target", &object.body)?;
            let target = PermissionTarget::from_second_json(&object.name, body)
                .map_err(|error| unreadable("permission target", &object.name, error))?;
            permissions.insert(object.name, target);
        }
        let targets: Vec<_> = permissions.values().cloned().collect();
        Ok(Self {
            users: read_all(catalog, ObjectKind::User, "user").await?,
            groups: read_all(catalog, ObjectKind::Group, "group").await?,
            permissions,
            matcher: PermissionMatcher::compile(&targets),
        })
    }

    /// The user's groups, and whether one of them, or the user itself, administers.
    pub(crate) fn rights(&self, user: &User) -> (Vec<String>, bool) {
        let joined = self.groups.values().filter(|group| group.auto_join);
        let mut groups = user.groups.clone();
        groups.extend(joined.map(|group| group.name.clone()));
        groups.sort();
        groups.dedup();
        let administers =
            |name: &String| self.groups.get(name).is_some_and(|group| group.admin_privileges);
        let admin = user.admin || groups.iter().any(administers);
        (groups, admin)
    }
}

async fn read_all<T: DeserializeOwned>(
    catalog: &dyn Catalog,
    kind: ObjectKind,
    what: &'static str,
) -> Result<BTreeMap<String, T>, CatalogError> {
    let mut all = BTreeMap::new();
    for object in catalog.objects(kind).await? {
        let value = parse(&object.name, what, &object.body)?;
        all.insert(object.name, value);
    }
    Ok(all)
}

fn parse<T: DeserializeOwned>(
    name: &str,
    what: &'static str,
    body: &str,
) -> Result<T, CatalogError> {
    serde_json::from_str(body).map_err(|error| unreadable(what, name, error))
}

fn unreadable(what: &'static str, name: &str, error: impl std::fmt::Display) -> CatalogError {
    CatalogError::Unreadable { what, why: format!("\"{name}\": {error}") }
}
