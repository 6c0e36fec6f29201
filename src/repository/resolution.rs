//! In which order the members of a virtual repository are asked.

use crate::config::{RepositoryClass, RepositoryConfig};
use crate::name::RepositoryName;

/// How deep virtual repositories may hold each other.
pub const NESTING_MAX: usize = 16;

/// Why the members of a virtual repository are refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResolutionError {
    /// A member that does not exist.
    #[error(
        "The virtual repository \"{key}\" lists \"{member}\", which does not exist. Create it first, or remove it from \"repositories\"."
    )]
    MemberMissing { key: RepositoryName, member: RepositoryName },
    /// A member of another format.
    #[error(
        "The virtual repository \"{key}\" holds {expected} packages, but its member \"{member}\" holds {found}. Use members of one package type."
    )]
    PackageType { key: RepositoryName, member: RepositoryName, expected: String, found: String },
    /// A deploy target without content of its own.
    #[error(
        "The default deployment repository \"{target}\" of \"{key}\" is not local. Choose a local member."
    )]
    DeploymentNotLocal { key: RepositoryName, target: RepositoryName },
    /// Virtual repositories that hold each other.
    #[error(
        "The virtual repository \"{key}\" holds itself through \"{member}\". Remove one of the links."
    )]
    Circle { key: RepositoryName, member: RepositoryName },
}

/// The local and remote repositories behind `config`, in the order in which they are asked:
/// members with priority first, then locals, then remotes, each in list order. Nested virtual
/// repositories are opened where they stand; a repository that is reached twice is asked once.
/// Members that do not exist or that are blacked out are left out. A local or remote
/// repository gives itself.
pub fn resolution_order<'a>(
    config: &'a RepositoryConfig,
    lookup: &impl Fn(&RepositoryName) -> Option<&'a RepositoryConfig>,
) -> Vec<&'a RepositoryConfig> {
    let mut leaves: Vec<&RepositoryConfig> = Vec::new();
    let mut seen: Vec<&RepositoryName> = Vec::new();
    collect(config, lookup, &mut seen, &mut leaves);
    // A stable sort keeps list order within each rank.
    leaves.sort_by_key(|leaf| (!leaf.priority_resolution, leaf.rclass == RepositoryClass::Remote));
    leaves
}

fn collect<'a>(
    config: &'a RepositoryConfig,
    lookup: &impl Fn(&RepositoryName) -> Option<&'a RepositoryConfig>,
    seen: &mut Vec<&'a RepositoryName>,
    leaves: &mut Vec<&'a RepositoryConfig>,
) {
    if seen.contains(&&config.key) || config.blacked_out {
        return;
    }
    seen.push(&config.key);
    if config.rclass != RepositoryClass::Virtual {
        leaves.push(config);
        return;
    }
    for member in config.repositories.iter().filter_map(lookup) {
        collect(member, lookup, seen, leaves);
    }
}

/// Checks a virtual repository against the repositories that exist; others pass.
pub fn check_members<'a>(
    config: &'a RepositoryConfig,
    lookup: &impl Fn(&RepositoryName) -> Option<&'a RepositoryConfig>,
) -> Result<(), ResolutionError> {
    for name in &config.repositories {
        let Some(member) = lookup(name) else {
            let (key, member) = (config.key.clone(), name.clone());
            return Err(ResolutionError::MemberMissing { key, member });
        };
        if member.package_type != config.package_type {
            return Err(ResolutionError::PackageType {
                key: config.key.clone(),
                member: name.clone(),
                expected: config.package_type.to_string(),
                found: member.package_type.to_string(),
            });
        }
        if reaches(member, &config.key, lookup, 0) {
            let (key, member) = (config.key.clone(), name.clone());
            return Err(ResolutionError::Circle { key, member });
        }
    }
    let target = config.default_deployment_repo.as_ref();
    match target.and_then(lookup) {
        Some(found) if found.rclass != RepositoryClass::Local => {
            let (key, target) = (config.key.clone(), found.key.clone());
            Err(ResolutionError::DeploymentNotLocal { key, target })
        }
        _ => Ok(()),
    }
}

fn reaches<'a>(
    from: &'a RepositoryConfig,
    goal: &RepositoryName,
    lookup: &impl Fn(&RepositoryName) -> Option<&'a RepositoryConfig>,
    depth: usize,
) -> bool {
    from.key == *goal
        || depth >= NESTING_MAX
        || from
            .repositories
            .iter()
            .filter_map(lookup)
            .any(|member| reaches(member, goal, lookup, depth + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::PackageType;

    fn make(key: &str, class: RepositoryClass, members: &[&str]) -> RepositoryConfig {
        let package_type = PackageType::parse("npm").unwrap();
        let mut config = RepositoryConfig::new(key.parse().unwrap(), class, package_type);
        config.repositories = members.iter().map(|member| member.parse().unwrap()).collect();
        config
    }

    fn order(configs: &[RepositoryConfig], key: &str) -> String {
        let lookup = |name: &RepositoryName| configs.iter().find(|config| config.key == *name);
        let start = lookup(&key.parse().unwrap()).unwrap();
        let found = resolution_order(start, &lookup);
        found.iter().map(|config| config.key.as_str()).collect::<Vec<_>>().join(" ")
    }

    use RepositoryClass::{Local, Remote, Virtual};

    #[test]
    fn locals_come_before_remotes_and_priority_before_both() {
        let mut configs = vec![
            make("v", Virtual, &["r1", "l1", "r2", "l2", "gone"]),
            make("r1", Remote, &[]),
            make("r2", Remote, &[]),
            make("l1", Local, &[]),
            make("l2", Local, &[]),
        ];
        assert_eq!(order(&configs, "v"), "l1 l2 r1 r2");
        configs[2].priority_resolution = true;
        assert_eq!(order(&configs, "v"), "r2 l1 l2 r1");
        configs[3].blacked_out = true;
        assert_eq!(order(&configs, "v"), "r2 l2 r1");
    }

    #[test]
    fn nested_and_circular_virtuals_end() {
        let configs = [
            make("v", Virtual, &["w", "l1"]),
            make("w", Virtual, &["l2", "v", "l1"]),
            make("l1", Local, &[]),
            make("l2", Local, &[]),
        ];
        assert_eq!(order(&configs, "v"), "l2 l1");
        assert_eq!(order(&configs, "l1"), "l1");
    }

    #[test]
    fn refused_members_are_named() {
        let mut configs = [
            make("v", Virtual, &["w"]),
            make("w", Virtual, &["v"]),
            make("x", Virtual, &["gone"]),
            make("y", Virtual, &["r"]),
            make("r", Remote, &[]),
        ];
        configs[3].default_deployment_repo = Some("r".parse().unwrap());
        let lookup = |name: &RepositoryName| configs.iter().find(|config| config.key == *name);
        let check = |index: usize| check_members(&configs[index], &lookup).unwrap_err();
        assert!(matches!(check(0), ResolutionError::Circle { .. }));
        assert!(matches!(check(2), ResolutionError::MemberMissing { .. }));
        assert!(matches!(check(3), ResolutionError::DeploymentNotLocal { .. }));
    }
}
