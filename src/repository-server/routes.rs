//! Every route, by what it is about: one file per noun, listed alphabetically.

mod call;
mod content;
mod groups;
mod health;
mod permissions;
mod replication_target;
mod replications;
mod repositories;
mod search;
mod storage;
mod system;
mod tokens;
mod users;

use std::sync::Arc;

use axum::Router;

use crate::state::App;

/// All routes. What none of them takes is content: a path below a repository.
pub(crate) fn all() -> Router<Arc<App>> {
    Router::new()
        .merge(groups::routes())
        .merge(health::routes())
        .merge(permissions::routes())
        .merge(replication_target::routes())
        .merge(replications::routes())
        .merge(repositories::routes())
        .merge(search::routes())
        .merge(storage::routes())
        .merge(system::routes())
        .merge(tokens::routes())
        .merge(users::routes())
        .fallback(content::dispatch)
}
