//! Permission targets compiled for the question that every request asks.

use super::{Action, ActionSet, PermissionTarget};
use crate::config::RepositoryClass;
use crate::pattern::PathFilter;
use std::collections::HashMap;

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The name of the user; `anonymous` for requests without credentials.
    pub user: &'a str,
    /// The groups that the user is in.
    pub groups: &'a [String],
    /// Administrators may do everything.
    pub is_admin: bool,
}

/// Where it is asked for.
#[derive(Clone, Copy, Debug)]
pub struct RepositoryReference<'a> {
    /// The key.
    pub key: &'a str,
    /// Local, remote or virtual.
    pub class: RepositoryClass,
}

/// All permission targets, indexed by who they speak of.
#[derive(Debug, Default)]
pub struct PermissionMatcher {
    places: Vec<Place>,
    users: HashMap<String, Vec<(usize, ActionSet)>>,
    groups: HashMap<String, Vec<(usize, ActionSet)>>,
}

#[derive(Debug)]
struct Place {
    repositories: Vec<String>,
    filter: PathFilter,
}

impl Place {
    fn holds_repository(&self, repository: RepositoryReference<'_>) -> bool {
        self.repositories.iter().any(|name| match name.as_str() {
            "ANY" => true,
            "ANY LOCAL" => repository.class == RepositoryClass::Local,
            "ANY REMOTE" => repository.class == RepositoryClass::Remote,
            // The cache of a remote is addressed by its own name in permission targets.
            key => {
                key == repository.key
                    || (repository.class == RepositoryClass::Remote
                        && key.strip_suffix("-cache") == Some(repository.key))
            }
        })
    }
}

impl PermissionMatcher {
    /// Compiles the targets; later questions do not parse patterns again.
    pub fn compile(targets: &[PermissionTarget]) -> Self {
        let mut matcher = Self::default();
        for (index, target) in targets.iter().enumerate() {
            let includes = target.includes.iter().map(String::as_str);
            let excludes = target.excludes.iter().map(String::as_str);
            matcher.places.push(Place {
                repositories: target.repositories.clone(),
                filter: PathFilter::new(includes, excludes),
            });
            for (who, actions) in &target.users {
                matcher.users.entry(who.clone()).or_default().push((index, *actions));
            }
            for (who, actions) in &target.groups {
                matcher.groups.entry(who.clone()).or_default().push((index, *actions));
            }
        }
        matcher
    }

    /// Whether the subject may do this to the path.
    pub fn allows(
        &self,
        subject: Subject<'_>,
        action: Action,
        repository: RepositoryReference<'_>,
        path: &str,
    ) -> bool {
        subject.is_admin
            || self.grants(subject).any(|(place, actions)| {
                actions.contains(action)
                    && place.holds_repository(repository)
                    && place.filter.accepts(path)
            })
    }

    /// Whether the subject may do this to some path of the repository, known or not.
    pub fn allows_somewhere(
        &self,
        subject: Subject<'_>,
        action: Action,
        repository: RepositoryReference<'_>,
    ) -> bool {
        subject.is_admin
            || self.grants(subject).any(|(place, actions)| {
                actions.contains(action) && place.holds_repository(repository)
            })
    }

    /// Whether the subject may see the folder: it, or something below it, may be read.
    pub fn allows_below(
        &self,
        subject: Subject<'_>,
        action: Action,
        repository: RepositoryReference<'_>,
        folder: &str,
    ) -> bool {
        subject.is_admin
            || self.grants(subject).any(|(place, actions)| {
                actions.contains(action)
                    && place.holds_repository(repository)
                    && (place.filter.may_accept_below(folder) || place.filter.accepts(folder))
            })
    }

    /// Everything that the subject may do to the path.
    pub fn actions(
        &self,
        subject: Subject<'_>,
        repository: RepositoryReference<'_>,
        path: &str,
    ) -> ActionSet {
        if subject.is_admin {
            return ActionSet::ALL;
        }
        self.grants(subject)
            .filter(|(place, _)| place.holds_repository(repository) && place.filter.accepts(path))
            .fold(ActionSet::EMPTY, |all, (_, actions)| all.union(actions))
    }

    fn grants<'a>(
        &'a self,
        subject: Subject<'a>,
    ) -> impl Iterator<Item = (&'a Place, ActionSet)> + 'a {
        let own = self.users.get(subject.user).into_iter().flatten();
        let shared = subject.groups.iter().filter_map(|group| self.groups.get(group)).flatten();
        own.chain(shared).map(|(index, actions)| (&self.places[*index], *actions))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const LIBS: RepositoryReference<'static> =
        RepositoryReference { key: "libs", class: RepositoryClass::Local };
    const UPSTREAM: RepositoryReference<'static> =
        RepositoryReference { key: "up", class: RepositoryClass::Remote };

    fn matcher() -> PermissionMatcher {
        let dev = json!({"includesPattern": "org/**", "excludesPattern": "org/secret/**",
            "repositories": ["libs"], "principals": {"users": {"ann": ["r", "w"]}}});
        let all = json!({"repositories": ["ANY REMOTE"], "principals": {"groups": {"all": ["r"]}}});
        PermissionMatcher::compile(&[
            PermissionTarget::from_first_json("dev", dev).unwrap(),
            PermissionTarget::from_first_json("all", all).unwrap(),
        ])
    }

    fn subject<'a>(user: &'a str, groups: &'a [String]) -> Subject<'a> {
        Subject { user, groups, is_admin: false }
    }

    #[test]
    fn nothing_is_allowed_that_is_not_granted() {
        let (matcher, ann) = (matcher(), subject("ann", &[]));
        assert!(matcher.allows(ann, Action::Write, LIBS, "org/a.jar"));
        assert!(!matcher.allows(ann, Action::Delete, LIBS, "org/a.jar"));
        assert!(!matcher.allows(ann, Action::Write, LIBS, "com/a.jar"));
        assert!(!matcher.allows(ann, Action::Read, LIBS, "org/secret/a.jar"));
        assert!(!matcher.allows(ann, Action::Read, UPSTREAM, "org/a.jar"));
        assert!(!matcher.allows(subject("bob", &[]), Action::Read, LIBS, "org/a.jar"));
        assert!(!PermissionMatcher::default().allows(ann, Action::Read, LIBS, "org/a.jar"));
    }

    #[test]
    fn groups_classes_and_administrators_count() {
        let (matcher, groups) = (matcher(), ["all".to_owned()]);
        let bob = subject("bob", &groups);
        assert!(matcher.allows(bob, Action::Read, UPSTREAM, "x"));
        assert!(!matcher.allows(bob, Action::Read, LIBS, "org/a.jar"));
        let root = Subject { user: "root", groups: &[], is_admin: true };
        assert!(matcher.allows(root, Action::Manage, LIBS, "anything"));
    }

    #[test]
    fn folders_above_a_grant_can_be_seen() {
        let (matcher, ann) = (matcher(), subject("ann", &[]));
        assert!(matcher.allows_below(ann, Action::Read, LIBS, ""));
        assert!(matcher.allows_below(ann, Action::Read, LIBS, "org/deep"));
        assert!(!matcher.allows_below(ann, Action::Read, LIBS, "com"));
        assert!(matcher.allows_somewhere(ann, Action::Write, LIBS));
    }
}
