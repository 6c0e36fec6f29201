//! Tags: the user's, the provider's defaults, and our own, by which a thing is known again.

use std::collections::BTreeMap;

use crate::object::Object;
use crate::settings::Settings;

/// Tags by key.
pub(crate) type Tags = BTreeMap<String, String>;

/// The create that made a thing.
pub(crate) const TOKEN: &str = "artiform:token";
/// The stack that a thing belongs to.
pub(crate) const STACK: &str = "artiform:stack";
/// The address of the resource that a thing belongs to.
pub(crate) const ADDRESS: &str = "artiform:address";

/// Whose a new thing is.
#[derive(Clone)]
pub(crate) struct Mark {
    pub(crate) token: String,
    pub(crate) stack: String,
    pub(crate) address: String,
}

impl Mark {
    /// The mark of nothing.
    pub(crate) fn none() -> Self {
        Self { token: String::new(), stack: String::new(), address: String::new() }
    }

    /// All tags of a new thing.
    pub(crate) fn tags(&self, planned: &Object) -> Tags {
        let mut tags = planned.pairs("tags_all");
        tags.insert(TOKEN.to_owned(), self.token.clone());
        tags.insert(STACK.to_owned(), fitting(&self.stack));
        tags.insert(ADDRESS.to_owned(), fitting(&self.address));
        tags
    }

    /// Tells whether the create with this token made the thing of these tags.
    pub(crate) fn is_on(&self, tags: &Tags) -> bool {
        tags.get(TOKEN) == Some(&self.token)
    }

    /// Tells whether any create of this resource in this stack made the thing of these tags.
    pub(crate) fn is_of_same_resource(&self, tags: &Tags) -> bool {
        let has =
            |key: &str, value: &str| tags.get(key).is_some_and(|found| *found == fitting(value));
        has(STACK, &self.stack) && has(ADDRESS, &self.address)
    }
}

/// A value that a tag may have: 256 letters, digits and a few signs, of which brackets and quotes are none.
fn fitting(text: &str) -> String {
    let fits = |c: char| c.is_alphanumeric() || " _.:/=+-@".contains(c);
    let open = |c| match c {
        '[' => ':',
        ']' | '"' => '/',
        c if fits(c) => c,
        _ => '_',
    };
    text.chars().map(open).take(256).collect()
}

/// Tags of the user and of the provider block together.
pub(crate) fn merged(defaults: &Tags, own: &Tags) -> Tags {
    defaults.iter().chain(own).map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// Writes the tags that a thing has into `tags` and `tags_all`.
pub(crate) fn observe(settings: &Settings, seen: &Tags, object: &mut Object) {
    let foreign = |key: &str| {
        key.starts_with("aws:")
            || [TOKEN, STACK, ADDRESS].contains(&key)
            || settings.ignored_tags.iter().any(|ignored| ignored == key)
            || settings.ignored_prefixes.iter().any(|prefix| key.starts_with(prefix.as_str()))
    };
    let all: Tags = seen.iter().filter(|(key, _)| !foreign(key)).map(owned).collect();
    let recorded = object.pairs("tags");
    let own = |(key, value): &(&String, &String)| {
        recorded.contains_key(*key) || settings.default_tags.get(*key) != Some(value)
    };
    let own: Tags = all.iter().filter(own).map(owned).collect();
    object.set_pairs("tags_all", &all);
    if !own.is_empty() || object.has("tags") {
        object.set_pairs("tags", &own);
    }
}

fn owned((key, value): (&String, &String)) -> (String, String) {
    (key.clone(), value.clone())
}

/// What has to be set and what has to go, to get from one set of tags to another.
pub(crate) fn difference(before: &Tags, after: &Tags) -> (Tags, Vec<String>) {
    let changed = after.iter().filter(|(key, value)| before.get(*key) != Some(value));
    let gone = before.keys().filter(|key| !after.contains_key(*key));
    (changed.map(owned).collect(), gone.cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use lang::{Type, Value};

    fn tags(pairs: &[(&str, &str)]) -> Tags {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn default_tags_and_our_own_do_not_look_like_the_users() {
        let settings =
            Settings { default_tags: tags(&[("team", "a")]), ..Settings::read(&Value::object([])) };
        let null = Value::null(Type::map(Type::String));
        let mut object = Object::of([("tags", null.clone()), ("tags_all", null)]);
        let seen = tags(&[("team", "a"), (TOKEN, "t"), ("aws:x", "y")]);
        observe(&settings, &seen, &mut object);
        assert!(!object.has("tags"));
        assert_eq!(object.pairs("tags_all"), tags(&[("team", "a")]));
        observe(&settings, &tags(&[("team", "b")]), &mut object);
        assert_eq!(object.pairs("tags"), tags(&[("team", "b")]));
    }

    #[test]
    fn a_difference_names_what_to_set_and_what_goes() {
        let before = tags(&[("a", "1"), ("b", "1"), ("c", "1")]);
        let (set, gone) = difference(&before, &tags(&[("a", "1"), ("b", "2"), ("d", "3")]));
        assert_eq!((set, gone), (tags(&[("b", "2"), ("d", "3")]), vec!["c".to_owned()]));
    }

    #[test]
    fn a_thing_is_known_by_its_create_and_by_its_resource() {
        let mark = |token: &str, address: &str| Mark {
            token: token.into(),
            stack: "network".into(),
            address: address.into(),
        };
        let made = mark("1", "aws_s3_bucket.a[\"x\"]");
        let tags = made.tags(&Object::of([]));
        assert!(made.is_on(&tags) && made.is_of_same_resource(&tags));
        let again = mark("2", "aws_s3_bucket.a[\"x\"]");
        assert!(!again.is_on(&tags) && again.is_of_same_resource(&tags));
        assert!(!mark("2", "aws_s3_bucket.b").is_of_same_resource(&tags));
    }

    #[test]
    fn an_address_fits_into_a_tag() {
        assert_eq!(fitting("module.site[\"eu\"].aws_vpc.a[0]"), "module.site:/eu//.aws_vpc.a:0/");
    }
}
