//! Attributes by name: what the language's values look like from a resource type.

use std::collections::BTreeMap;

use lang::{Name, Type, Value};

/// The attributes of one thing. Unknown and null read as nothing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Object(BTreeMap<Name, Value>);

impl From<&Value> for Object {
    fn from(value: &Value) -> Self {
        Self(value.entries().cloned().unwrap_or_default())
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::object(object.0)
    }
}

impl Object {
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Known, and not null.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| value.is_known() && !value.is_null())
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    /// A text that is there in every object of the type; empty where it is not.
    pub(crate) fn word(&self, name: &str) -> &str {
        self.text(name).unwrap_or_default()
    }

    /// A text for a builder that takes an option of a string. Empty counts as not set.
    pub(crate) fn owned(&self, name: &str) -> Option<String> {
        self.text(name).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    pub(crate) fn id(&self) -> &str {
        self.word("id")
    }

    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.0.get(name)?.as_bool()
    }

    pub(crate) fn is_on(&self, name: &str) -> bool {
        self.flag(name) == Some(true)
    }

    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.0.get(name)?.as_i64()
    }

    pub(crate) fn small(&self, name: &str) -> Option<i32> {
        self.number(name).and_then(|number| i32::try_from(number).ok())
    }

    /// The texts of a list or set.
    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        let elements = self.0.get(name).and_then(Value::elements).unwrap_or_default();
        elements.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect()
    }

    /// The entries of a map of texts.
    pub(crate) fn pairs(&self, name: &str) -> BTreeMap<String, String> {
        let entries = self.0.get(name).and_then(Value::entries).into_iter().flatten();
        entries
            .filter_map(|(key, value)| Some((key.to_string(), value.as_str()?.to_owned())))
            .collect()
    }

    /// The nested blocks of a list or set.
    pub(crate) fn blocks(&self, name: &str) -> Vec<Self> {
        let elements = self.0.get(name).and_then(Value::elements).unwrap_or_default();
        elements.iter().map(Self::from).collect()
    }

    /// The only nested block of a name.
    pub(crate) fn block(&self, name: &str) -> Option<Self> {
        self.blocks(name).into_iter().next()
    }

    /// Tells whether any text in it, however deep, is such.
    pub(crate) fn any_text(&self, is_such: &mut impl FnMut(&str) -> bool) -> bool {
        fn search(value: &Value, is_such: &mut impl FnMut(&str) -> bool) -> bool {
            if let Some(text) = value.as_str() {
                return is_such(text);
            }
            let mut parts = value.elements().into_iter().flatten();
            let mut entries = value.entries().into_iter().flat_map(|entries| entries.values());
            parts.any(|part| search(part, is_such)) || entries.any(|part| search(part, is_such))
        }
        self.0.values().any(|value| search(value, is_such))
    }

    pub(crate) fn set(&mut self, name: &str, value: Value) {
        self.0.insert(name.into(), value);
    }

    pub(crate) fn set_text(&mut self, name: &str, text: Option<&str>) {
        self.set(name, text.map_or_else(|| Value::null(Type::String), Value::text));
    }

    pub(crate) fn set_flag(&mut self, name: &str, flag: Option<bool>) {
        self.set(name, flag.map_or_else(|| Value::null(Type::Bool), Value::bool));
    }

    pub(crate) fn set_number(&mut self, name: &str, number: Option<impl Into<i64>>) {
        let value = number.map(|number| Value::int(number.into()));
        self.set(name, value.unwrap_or_else(|| Value::null(Type::Number)));
    }

    pub(crate) fn set_pairs(&mut self, name: &str, pairs: &BTreeMap<String, String>) {
        let entry =
            |(key, value): (&String, &String)| (Name::from(key.as_str()), Value::text(value));
        self.set(name, Value::map(Type::String, pairs.iter().map(entry).collect()));
    }

    /// A set of texts; an empty one stays null where it was null.
    pub(crate) fn set_texts<T: AsRef<str>>(
        &mut self,
        name: &str,
        texts: impl IntoIterator<Item = T>,
    ) {
        let texts: Vec<Value> = texts.into_iter().map(|text| Value::text(text.as_ref())).collect();
        if texts.is_empty() && !self.has(name) {
            return self.set(name, Value::null(Type::set(Type::String)));
        }
        self.set(name, Value::set(Type::String, texts));
    }

    /// Nested blocks as a list, of one type each; they keep the type of the attribute where there are none.
    pub(crate) fn set_blocks(&mut self, name: &str, blocks: Vec<Self>) {
        let element = self.0.get(name).and_then(|old| old.type_of().element().cloned());
        let is_set = self.0.get(name).is_some_and(|old| matches!(old.type_of(), Type::Set(_)));
        let blocks: Vec<Value> = blocks.into_iter().map(Value::from).collect();
        let element = blocks.first().map(Value::type_of).or(element).unwrap_or(Type::Dynamic);
        let value = if is_set { Value::set(element, blocks) } else { Value::list(element, blocks) };
        self.set(name, value);
    }

    /// An object of these attributes, for a nested block.
    pub(crate) fn of<const N: usize>(attributes: [(&str, Value); N]) -> Self {
        Self(attributes.into_iter().map(|(name, value)| (Name::from(name), value)).collect())
    }

    /// What nobody has told by now is nothing.
    pub(crate) fn settled(self) -> Self {
        let known = |value: Value| {
            if value.is_unknown() { Value::null(value.type_of()) } else { value }
        };
        let settled = self.0.into_iter();
        Self(settled.map(|(name, value)| (name, value.map_deep(&mut |v| known(v)))).collect())
    }
}
