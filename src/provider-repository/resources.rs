//! Every resource type of the provider, one file each.

use std::sync::Arc;

use lang::{Type, Value};
use provider::{Attribute, ResourceType};
use repository::{PackageType, RepositoryName, SiteName};

use crate::endpoint;
use crate::managed::Managed;

mod group;
mod local_repository;
mod permission;
mod remote_repository;
mod replication;
mod repository_fields;
mod token;
mod user;
mod virtual_repository;

/// The visible list of what the provider offers.
pub(crate) fn all() -> Vec<Arc<dyn ResourceType>> {
    vec![
        Arc::new(Managed::<group::Group>::new()),
        Arc::new(Managed::<local_repository::LocalRepository>::new()),
        Arc::new(Managed::<permission::Permission>::new()),
        Arc::new(Managed::<remote_repository::RemoteRepository>::new()),
        Arc::new(Managed::<replication::Replication>::new()),
        Arc::new(Managed::<token::Token>::new()),
        Arc::new(Managed::<user::User>::new()),
        Arc::new(Managed::<virtual_repository::VirtualRepository>::new()),
    ]
}

/// The argument that says on which server a thing lives.
fn server() -> Attribute {
    Attribute::optional(Type::Dynamic).validated(endpoint::check).describe(
        "The server: { url, token } or { url, username, password }. The provider block's where it is not set.",
    )
}

/// The argument that names a thing on its server.
fn key(ty: Type) -> Attribute {
    Attribute::required(ty).forces_replacement()
}

/// An optional text.
fn words(description: &'static str) -> Attribute {
    Attribute::optional(Type::String).describe(description)
}

/// An optional flag with a default.
fn switch(default: bool, description: &'static str) -> Attribute {
    Attribute::optional(Type::Bool).default(Value::bool(default)).describe(description)
}

fn repository_key(value: &Value) -> Result<(), String> {
    checked(value, |text| RepositoryName::parse(text).map(drop))
}

fn repository_keys(value: &Value) -> Result<(), String> {
    let names = value.elements().unwrap_or_default();
    names.iter().filter(|name| !name.is_null()).try_for_each(repository_key)
}

fn package_type(value: &Value) -> Result<(), String> {
    checked(value, |text| PackageType::parse(text).map(drop))
}

fn site(value: &Value) -> Result<(), String> {
    checked(value, |text| SiteName::parse(text).map(drop))
}

fn checked<E: ToString>(
    value: &Value,
    check: impl Fn(&str) -> Result<(), E>,
) -> Result<(), String> {
    check(value.as_str().unwrap_or_default()).map_err(|error| error.to_string())
}

/// A name of a user, a group or a permission: it stands in a URL.
fn principal(value: &Value) -> Result<(), String> {
    let name = value.as_str().unwrap_or_default();
    let odd = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '/' | '\\' | '?' | '#');
    if name.is_empty() || name.len() > 64 || name.chars().any(odd) || name.starts_with('.') {
        return Err(format!(
            "{name:?} is not a name: 1 to 64 characters without blanks and slashes, not beginning with a dot."
        ));
    }
    Ok(())
}

/// A whole number of at least 0.
fn count(value: &Value) -> Result<(), String> {
    match value.as_i64() {
        Some(0..) => Ok(()),
        _ => Err("it must be a whole number of at least 0.".to_owned()),
    }
}

#[cfg(test)]
mod plan_tests;
