//! How many calls each type makes in each region: a plan costs calls in proportion to these, never to things.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use provider::CallCount;

tokio::task_local! {
    /// The type whose calls are under way.
    static TYPE: &'static str;
}

/// Runs what makes calls for a type, so that they count as its own.
pub(crate) async fn of_type<T>(name: &'static str, calling: impl Future<Output = T>) -> T {
    TYPE.scope(name, calling).await
}

/// The calls of all connections of a provider, by type and region; what no type asks for comes first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Calls(Arc<Mutex<Counts>>);

type Counts = BTreeMap<(Option<&'static str>, String), usize>;

impl Calls {
    /// Counts one attempt.
    pub(crate) fn count(&self, region: &str) {
        let name = TYPE.try_with(|name| *name).ok();
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry((name, region.to_owned())).or_default() += 1;
    }

    pub(crate) fn so_far(&self) -> Vec<CallCount> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = |((type_name, region), calls): (&(Option<&'static str>, String), &usize)| {
            CallCount { type_name: *type_name, region: region.clone(), calls: *calls }
        };
        counts.iter().map(count).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn calls_count_for_the_type_that_makes_them() {
        let calls = Calls::default();
        calls.count("eu-west-1");
        of_type("aws_vpc", async {
            calls.count("eu-west-1");
            calls.count("eu-west-1");
            calls.count("us-east-1");
        })
        .await;
        let told: Vec<_> = calls.so_far().into_iter().map(|c| (c.type_name, c.calls)).collect();
        assert_eq!(told, [(None, 1), (Some("aws_vpc"), 2), (Some("aws_vpc"), 1)]);
    }
}
