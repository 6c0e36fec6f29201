//! What one resource type knows that the others do not: its attributes and its part of AWS's API.

use std::future::Future;
use std::time::Duration;

use lang::Value;
use provider::Schema;

use crate::client::Place;
use crate::failure::AwsError;
use crate::object::Object;
use crate::plan::Plan;
use crate::resources::ec2;
use crate::tags::{Mark, Tags};

/// The answer to a call.
pub(crate) type Answer<T> = Result<T, AwsError>;

/// A kind of thing in AWS; [`crate::managed::Managed`] makes a resource type of it. How one is added stands in
/// [`crate::resources`].
///
/// Every call but [`Self::create`] may be repeated, and is, until it worked.
pub(crate) trait Kind: Send + Sync + Sized + 'static {
    /// The type name, such as `aws_vpc`.
    const NAME: &'static str;
    /// Whether it lives in no region, so that it has no attribute of that name.
    const GLOBAL: bool = false;
    /// How many of them are read in one call.
    const BATCH: usize = 1;
    const TAGGING: Tagging = Tagging::None;
    /// Attributes that two of them never have in common: what is replaced must be gone before another
    /// with the same can be made.
    const UNIQUE: &'static [&'static str] = &[];
    /// Whether a deleted thing is there for a while.
    const LINGERS: bool = false;
    /// Other errors than those that say "not found" by which AWS tells that what the thing refers to is not known
    /// everywhere yet: the code, and words of the message.
    const AWAITED: Awaited = &[];
    /// An import id, as an example.
    const IMPORT_ID: &'static str;
    /// How long creating it may take.
    const PATIENCE: Duration = Duration::from_secs(600);

    /// The thing as AWS describes it.
    type Seen: Send + Sync;

    /// The attributes; `id`, `region`, `tags` and `tags_all` are added by themselves.
    fn schema() -> Schema;

    /// Sets what can be known before apply, and finds mistakes that AWS would report only then.
    fn plan(_plan: &mut Plan<'_>) {}

    /// Finds mistakes of several planned things together: the index of each, the attribute and why.
    fn together(_planned: &[Object]) -> Vec<(usize, &'static str, String)> {
        Vec::new()
    }

    /// Describes those of the wanted things that exist, in any order. [`one_by_one`](crate::managed::one_by_one)
    /// does it where a call tells of one.
    fn fetch(
        place: &Place,
        wanted: &[Object],
    ) -> impl Future<Output = Answer<Vec<Self::Seen>>> + Send;

    /// The id of a described thing.
    fn key(seen: &Self::Seen) -> String;

    /// Whether it is ready to be used.
    fn progress(_seen: &Self::Seen) -> Progress {
        Progress::Ready
    }

    /// Writes what is seen into the attributes; what AWS does not say stays as it is.
    fn observe(place: &Place, seen: &Self::Seen, object: &mut Object);

    /// All tags of the thing; none where it has no tags.
    fn tags(_seen: &Self::Seen) -> Option<Tags> {
        None
    }

    /// The one call that makes the thing; gives its id.
    fn create(
        place: &Place,
        planned: &Object,
        mark: &Mark,
    ) -> impl Future<Output = Answer<String>> + Send;

    /// Brings a thing that exists to what is planned. After a create, `prior` is none.
    fn configure(
        _place: &Place,
        _now: &mut Object,
        _prior: Option<&Object>,
    ) -> impl Future<Output = Answer<()>> + Send {
        async { Ok(()) }
    }

    /// Adds what takes calls of its own and never changes, after a create and an import.
    fn complete(_place: &Place, _object: &mut Object) -> impl Future<Output = Answer<()>> + Send {
        async { Ok(()) }
    }

    fn delete(place: &Place, prior: &Object) -> impl Future<Output = Answer<()>> + Send;

    /// The id that a thing with these attributes has, where that follows from them.
    fn natural_id(_planned: &Object) -> Option<String> {
        None
    }

    /// Finds the id of what a create with this mark made; `steps` are those that it had recorded.
    fn find(
        place: &Place,
        planned: &Object,
        trace: &Trace,
    ) -> impl Future<Output = Answer<Option<String>>> + Send {
        crate::managed::find_by_mark::<Self>(place, planned, trace)
    }

    /// What has to be sure before the create: an error keeps it from happening.
    fn precede(_place: &Place, _planned: &Object) -> impl Future<Output = Answer<()>> + Send {
        async { Ok(()) }
    }

    /// Sets and removes tags.
    fn retag(
        place: &Place,
        object: &Object,
        set: &Tags,
        gone: &[String],
    ) -> impl Future<Output = Answer<()>> + Send {
        ec2::retag(place, object.id(), set, gone)
    }

    /// The attributes that an import id says; none where it is not written as [`Self::IMPORT_ID`] is.
    fn imported(id: &str) -> Option<Attributes> {
        let (kind, _) = Self::IMPORT_ID.split_once('-')?;
        let own = id.strip_prefix(kind)?.strip_prefix('-')?;
        let fits = !own.is_empty() && own.chars().all(|c| c.is_ascii_alphanumeric());
        fits.then(|| vec![("id", id.to_owned())])
    }
}

/// Codes of errors, each with words that the message holds.
pub(crate) type Awaited = &'static [(&'static str, &'static str)];

/// Attributes by name.
pub(crate) type Attributes = Vec<(&'static str, String)>;

/// The attributes that all have this value, where it is a name.
pub(crate) fn named(
    value: &str,
    is_name: fn(&Value) -> Result<(), String>,
    attributes: &[&'static str],
) -> Option<Attributes> {
    is_name(&Value::text(value)).ok()?;
    Some(attributes.iter().map(|name| (*name, value.to_owned())).collect())
}

/// Where the tags of a type are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tagging {
    None,
    /// EC2 keeps them; things are found by their values.
    Ec2,
    /// The service of the type keeps them.
    Own,
}

/// What an interrupted create left.
pub(crate) struct Trace {
    pub(crate) mark: Mark,
    pub(crate) steps: Vec<String>,
}

/// How far a thing is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    Ready,
    /// In this state for now.
    Pending(String),
    /// It will never be ready, for this reason.
    Failed(String),
    /// It is described, but there is no more to it.
    Gone,
}
