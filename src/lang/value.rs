//! Values: known, null or unknown, with marks that travel through every operation.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::BitOr;
use std::sync::Arc;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::{Name, Number, Type};

mod marking;
mod set;

/// A value of the language. Cloning is cheap: composite data is shared.
#[derive(Clone, PartialEq)]
pub struct Value {
    pub data: Data,
    /// Marks of this very value; the values inside a composite carry their own.
    pub marks: Marks,
}

/// What a value is, apart from its marks.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    Null(Type),
    Unknown(Type, Option<Arc<Refinement>>),
    Bool(bool),
    Number(Number),
    /// Normalised to NFC.
    String(Arc<str>),
    /// The element type and the elements.
    List(Type, Arc<[Value]>),
    /// The element type and the elements, sorted and without repeats (see `Value::set`).
    Set(Type, Arc<[Value]>),
    Tuple(Arc<[Value]>),
    /// The element type and the elements by key.
    Map(Type, Arc<BTreeMap<Name, Value>>),
    Object(Arc<BTreeMap<Name, Value>>),
}

/// A list of unknown elements is at most so long, lest a few numbers take all memory.
const ELEMENTS_MAX: usize = 100_000;

/// What is known of an unknown value besides its type.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Refinement {
    pub not_null: bool,
    /// The text that an unknown string is known to start with.
    pub prefix: Option<Arc<str>>,
    /// The least and greatest length of an unknown collection.
    pub length: (Option<u64>, Option<u64>),
    /// The least and greatest value of an unknown number, inclusive.
    pub bounds: (Option<Number>, Option<Number>),
}

impl Refinement {
    /// The value that the bounds leave no choice about.
    fn settled(&self, ty: &Type) -> Option<Value> {
        if !self.not_null {
            return None;
        }
        if let (Some(low), Some(high)) = &self.bounds {
            return (low == high).then(|| Value::number(low.clone()));
        }
        let (Some(length), Some(most)) = self.length else { return None };
        let elements = |element: &Arc<Type>, length| {
            std::iter::repeat_n(Value::unknown(element.as_ref().clone()), length)
        };
        let length = usize::try_from(length).ok().filter(|_| length == most)?;
        match (ty, length) {
            (Type::List(element), _) if length <= ELEMENTS_MAX => {
                let elements = elements(element, length).collect::<Vec<_>>();
                Some(Value::list(element.as_ref().clone(), elements))
            }
            (Type::Set(element), 0 | 1) => {
                let elements = elements(element, length).collect::<Vec<_>>();
                Some(Value::set(element.as_ref().clone(), elements))
            }
            (Type::Map(element), 0) => Some(Value::map(element.as_ref().clone(), BTreeMap::new())),
            _ => None,
        }
    }
}

/// A set of marks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Marks(u8);

impl Marks {
    pub const NONE: Self = Self(0);
    /// Never shown to people, never written to a log or a plan in the clear.
    pub const SENSITIVE: Self = Self(1);
    /// Never written to plan or state at all.
    pub const EPHEMERAL: Self = Self(2);

    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

impl BitOr for Marks {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl fmt::Debug for Value {
    /// A sensitive value does not show itself to logs either.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_sensitive() {
            return f.write_str("(sensitive value)");
        }
        f.debug_struct("Value").field("data", &self.data).field("marks", &self.marks).finish()
    }
}

impl From<Data> for Value {
    fn from(data: Data) -> Self {
        Self { data, marks: Marks::NONE }
    }
}

impl Value {
    pub fn null(ty: Type) -> Self {
        Data::Null(ty).into()
    }

    pub fn unknown(ty: Type) -> Self {
        Data::Unknown(ty, None).into()
    }

    pub fn bool(value: bool) -> Self {
        Data::Bool(value).into()
    }

    pub fn int(value: i64) -> Self {
        Data::Number(Number::from(value)).into()
    }

    /// A string from text that is in NFC already (ASCII, or the result of normalising).
    pub fn string(value: impl Into<Arc<str>>) -> Self {
        Data::String(value.into()).into()
    }

    /// A string from any text: it is normalised to NFC, as every string of the language is.
    pub fn text(value: &str) -> Self {
        if value.is_ascii() || is_nfc(value) {
            Self::string(value)
        } else {
            Self::string(value.nfc().collect::<String>())
        }
    }

    pub fn number(value: impl Into<Number>) -> Self {
        Data::Number(value.into()).into()
    }

    /// An unknown value of which it is known that it is not null.
    pub fn unknown_not_null(ty: Type) -> Self {
        Self::unknown_refined(ty, Refinement { not_null: true, ..Refinement::default() })
    }

    /// An unknown value and what is known of it; of an unknown type nothing can be known.
    pub fn unknown_refined(ty: Type, refinement: Refinement) -> Self {
        if let Some(known) = refinement.settled(&ty) {
            return known;
        }
        if ty == Type::Dynamic || refinement == Refinement::default() {
            return Self::unknown(ty);
        }
        Data::Unknown(ty, Some(Arc::new(refinement))).into()
    }

    /// What is known of an unknown value, if anything.
    pub fn refinement(&self) -> Option<&Refinement> {
        if let Data::Unknown(_, refinement) = &self.data { refinement.as_deref() } else { None }
    }

    /// Tells whether it cannot turn out to be null.
    pub fn is_definitely_not_null(&self) -> bool {
        match &self.data {
            Data::Null(_) => false,
            Data::Unknown(_, refinement) => refinement.as_ref().is_some_and(|r| r.not_null),
            _ => true,
        }
    }

    /// The number of elements or entries of a known collection, tuple or object.
    pub fn length(&self) -> Option<usize> {
        self.elements().map(<[Self]>::len).or_else(|| self.entries().map(BTreeMap::len))
    }

    /// A list of elements that have the type `element` already.
    pub fn list(element: Type, values: impl Into<Arc<[Self]>>) -> Self {
        Data::List(element, values.into()).into()
    }

    pub fn tuple(values: impl Into<Arc<[Self]>>) -> Self {
        Data::Tuple(values.into()).into()
    }

    /// A map of elements that have the type `element` already.
    pub fn map(element: Type, values: BTreeMap<Name, Self>) -> Self {
        Data::Map(element, Arc::new(values)).into()
    }

    pub fn object(values: impl IntoIterator<Item = (Name, Self)>) -> Self {
        Data::Object(Arc::new(values.into_iter().collect())).into()
    }

    #[must_use]
    pub fn with_marks(mut self, marks: Marks) -> Self {
        self.marks = self.marks | marks;
        self
    }

    #[must_use]
    pub fn sensitive(self) -> Self {
        self.with_marks(Marks::SENSITIVE)
    }

    pub fn is_null(&self) -> bool {
        matches!(self.data, Data::Null(_))
    }

    pub fn is_unknown(&self) -> bool {
        matches!(self.data, Data::Unknown(..))
    }

    pub fn is_known(&self) -> bool {
        !self.is_unknown()
    }

    pub fn is_sensitive(&self) -> bool {
        self.marks.contains(Marks::SENSITIVE)
    }

    pub fn as_bool(&self) -> Option<bool> {
        if let Data::Bool(value) = self.data { Some(value) } else { None }
    }

    pub fn as_str(&self) -> Option<&str> {
        if let Data::String(value) = &self.data { Some(value) } else { None }
    }

    pub fn as_number(&self) -> Option<&Number> {
        if let Data::Number(value) = &self.data { Some(value) } else { None }
    }

    /// The number as `i64` where it is a whole number in range.
    pub fn as_i64(&self) -> Option<i64> {
        self.as_number().and_then(Number::to_i64)
    }

    /// The elements of a list, set or tuple.
    pub fn elements(&self) -> Option<&[Self]> {
        match &self.data {
            Data::List(_, values) | Data::Set(_, values) | Data::Tuple(values) => Some(values),
            _ => None,
        }
    }

    /// The entries of a map or object, in key order.
    pub fn entries(&self) -> Option<&BTreeMap<Name, Self>> {
        match &self.data {
            Data::Map(_, values) | Data::Object(values) => Some(values),
            _ => None,
        }
    }

    /// The attribute of an object or the element of a map, without marks of the whole.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.entries().and_then(|entries| entries.get(name))
    }

    /// The type; of a list its element type is as recorded, of a tuple or object as the elements have.
    pub fn type_of(&self) -> Type {
        match &self.data {
            Data::Null(ty) | Data::Unknown(ty, _) => ty.clone(),
            Data::Bool(_) => Type::Bool,
            Data::Number(_) => Type::Number,
            Data::String(_) => Type::String,
            Data::List(element, _) => Type::list(element.clone()),
            Data::Set(element, _) => Type::set(element.clone()),
            Data::Map(element, _) => Type::map(element.clone()),
            Data::Tuple(values) => {
                Type::tuple(values.iter().map(Self::type_of).collect::<Vec<_>>())
            }
            Data::Object(values) => {
                Type::object(values.iter().map(|(name, value)| (name.clone(), value.type_of())))
            }
        }
    }

    /// Tells whether its type is not known either: then it is null or unknown. Unlike [`Self::type_of`]
    /// it looks at no element.
    pub fn is_dynamic(&self) -> bool {
        matches!(self.data, Data::Null(Type::Dynamic) | Data::Unknown(Type::Dynamic, _))
    }

    /// Tells whether nothing in it is unknown.
    pub fn is_wholly_known(&self) -> bool {
        match &self.data {
            Data::Unknown(..) => false,
            Data::List(_, values) | Data::Set(_, values) | Data::Tuple(values) => {
                values.iter().all(Self::is_wholly_known)
            }
            Data::Map(_, values) | Data::Object(values) => {
                values.values().all(Self::is_wholly_known)
            }
            _ => true,
        }
    }

    /// The marks of it and of everything inside, together.
    pub fn deep_marks(&self) -> Marks {
        let inner = match &self.data {
            Data::List(_, values) | Data::Set(_, values) | Data::Tuple(values) => {
                values.iter().fold(Marks::NONE, |marks, value| marks | value.deep_marks())
            }
            Data::Map(_, values) | Data::Object(values) => {
                values.values().fold(Marks::NONE, |marks, value| marks | value.deep_marks())
            }
            _ => Marks::NONE,
        };
        self.marks | inner
    }
}
