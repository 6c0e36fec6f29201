//! The providers of this build.

use std::sync::Arc;

use provider::{Provider, Registry};

use crate::world;

/// Every provider of this build, by name.
pub fn registry() -> Registry {
    let mut providers = provider_builtin::providers();
    #[cfg(feature = "aws")]
    providers.push(Arc::new(provider_aws::AwsProvider::new()));
    let local: Arc<dyn Provider> =
        Arc::new(provider_local::LocalProvider::new(world::executable()));
    providers.push(local);
    providers.push(Arc::new(provider_repository::RepositoryProvider::new()));
    providers.sort_by_key(|provider| provider.name());
    Registry::new(providers)
}
