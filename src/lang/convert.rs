//! Conversion between types, and the one type that several values can become.
//!
//! A conversion is first judged by types alone (`can_convert`), so that a message can say which part
//! does not fit without looking at values, and then made (`apply`), which may still fail on a string
//! that is no number.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::{Data, Key, Name, Number, Path, PathStep, Type, Value};

mod mismatch;
mod optional;
mod unify;
mod unknown;

pub use mismatch::mismatch;
pub use optional::Optional;
pub use unify::{unify, unify_safely};

/// Why a value does not convert: where in it, and a phrase such as `a number is required`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConvertError {
    pub path: Path,
    pub message: String,
}

impl ConvertError {
    fn new(message: impl Into<String>) -> Self {
        Self { path: Path::root(), message: message.into() }
    }

    /// The same mistake seen from one level further out.
    fn within(mut self, step: PathStep) -> Self {
        self.path.0.insert(0, step);
        self
    }
}

impl std::fmt::Display for ConvertError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ConvertError {}

/// Converts a value to a type, as Terraform converts; the message says why it cannot be.
pub fn convert(value: &Value, to: &Type) -> Result<Value, ConvertError> {
    convert_with(value, to, Optional::NONE)
}

/// Converts a value to a type whose objects may leave attributes out, which become null.
pub fn convert_with(value: &Value, to: &Type, optional: &Optional) -> Result<Value, ConvertError> {
    if is_quickly_of(value, to) {
        return Ok(value.clone());
    }
    let from = value.type_of();
    if from == *to {
        return Ok(value.clone());
    }
    if !can_convert(&from, to, optional, true) {
        return Err(ConvertError::new(mismatch(&from, to, optional)));
    }
    apply(value, to, optional)
}

fn is_quickly_of(value: &Value, to: &Type) -> bool {
    matches!(
        (&value.data, to),
        (Data::String(_), Type::String)
            | (Data::Number(_), Type::Number)
            | (Data::Bool(_), Type::Bool)
            | (_, Type::Dynamic)
    )
}

/// Tells whether values of one type may convert to another; `lossy` allows what can fail on values.
pub fn can_convert(from: &Type, to: &Type, optional: &Optional, lossy: bool) -> bool {
    match (from, to) {
        (_, Type::Dynamic) => true,
        (Type::Dynamic, _) => lossy,
        (Type::Number | Type::Bool, Type::String) => true,
        (Type::String, Type::Number | Type::Bool) => lossy,
        (Type::Object(from), Type::Object(to)) => {
            to.iter().all(|(name, to)| match from.get(name) {
                Some(from) => fits(from, to, optional.attribute(name), lossy),
                None => optional.is_optional(name),
            })
        }
        (Type::Tuple(from), Type::Tuple(to)) => {
            let mut pairs = (0..).zip(from.iter().zip(to.iter()));
            from.len() == to.len()
                && pairs.all(|(i, (from, to))| fits(from, to, optional.item(i), lossy))
        }
        (Type::List(from) | Type::Set(from), Type::List(to)) | (Type::Set(from), Type::Set(to)) => {
            fits(from, to, optional.element(), lossy)
        }
        (Type::List(from), Type::Set(to)) => lossy && fits(from, to, optional.element(), lossy),
        (Type::Map(from), Type::Map(to)) => fits(from, to, optional.element(), lossy),
        (Type::Tuple(from), Type::List(to) | Type::Set(to)) => {
            all_fit(&from.iter().collect::<Vec<_>>(), to, optional.element(), lossy)
        }
        (Type::Object(from), Type::Map(to)) => {
            all_fit(&from.values().collect::<Vec<_>>(), to, optional.element(), lossy)
        }
        (Type::Map(from), Type::Object(to)) => {
            lossy
                && to.iter().all(|(name, to)| {
                    fits(from, to, optional.attribute(name), lossy) || optional.is_optional(name)
                })
        }
        _ => false,
    }
}

fn fits(from: &Type, to: &Type, optional: &Optional, lossy: bool) -> bool {
    from == to || can_convert(from, to, optional, lossy)
}

/// Elements of a tuple or object that become one collection: `any` asks for one common type.
fn all_fit(from: &[&Type], to: &Type, optional: &Optional, lossy: bool) -> bool {
    if from.is_empty() {
        return true;
    }
    if *to == Type::Dynamic {
        let from: Vec<Type> = from.iter().map(|ty| (*ty).clone()).collect();
        return match unify::unify_types(&from, lossy) {
            Some(Type::Dynamic) => from.iter().all(|ty| *ty == Type::Dynamic),
            found => found.is_some(),
        };
    }
    from.iter().all(|from| fits(from, to, optional, lossy))
}

/// Converts a value whose type was found to fit.
fn apply(value: &Value, to: &Type, optional: &Optional) -> Result<Value, ConvertError> {
    if is_quickly_of(value, to) {
        return Ok(value.clone());
    }
    let converted = match (&value.data, to) {
        (Data::Null(from), _) => Value::null(unknown::replaced(from, to)),
        (Data::Unknown(from, _), _) => unknown::converted(value, from, to),
        (Data::Number(number), Type::String) => Value::string(number.to_string()),
        (Data::Bool(value), Type::String) => Value::string(if *value { "true" } else { "false" }),
        (Data::String(text), Type::Number) => Value::number(read_number(text)?),
        (Data::String(text), Type::Bool) => Value::bool(read_bool(text)?),
        (Data::Object(values), Type::Object(to)) => object(values, to, optional)?,
        (Data::Map(_, values), Type::Object(to)) => map_to_object(values, to, optional)?,
        (Data::Tuple(values), Type::Tuple(to)) => tuple(values, to, optional)?,
        (Data::List(from, values) | Data::Set(from, values), Type::List(to)) => {
            let (values, element) = all(values, from, to, optional.element())?;
            Value::list(element, values)
        }
        (Data::List(from, values) | Data::Set(from, values), Type::Set(to)) => {
            let (values, element) = all(values, from, to, optional.element())?;
            Value::set(element, values)
        }
        (Data::Tuple(values), Type::List(to)) => {
            let (values, element) = tuple_elements(values, to, optional.element())?;
            Value::list(element, values)
        }
        (Data::Tuple(values), Type::Set(to)) => {
            let (values, element) = tuple_elements(values, to, optional.element())?;
            Value::set(element, values)
        }
        (Data::Map(from, values), Type::Map(to)) => {
            let (values, element) = entries(values, Some(from), to, optional.element())?;
            Value::map(element, values)
        }
        (Data::Object(values), Type::Map(to)) => {
            let (values, element) = entries(values, None, to, optional.element())?;
            Value::map(element, values)
        }
        _ => {
            let from = value.type_of();
            if from != *to {
                return Err(ConvertError::new(mismatch(&from, to, optional)));
            }
            value.clone()
        }
    };
    Ok(converted.with_marks(value.marks))
}

fn read_number(text: &str) -> Result<Number, ConvertError> {
    text.parse().map_err(|_| ConvertError::new("a number is required"))
}

fn read_bool(text: &str) -> Result<bool, ConvertError> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => {
            let hint = match text.to_lowercase().as_str() {
                "true" => "; to convert from string, use lowercase \"true\"",
                "false" => "; to convert from string, use lowercase \"false\"",
                _ => "",
            };
            Err(ConvertError::new(format!("a bool is required{hint}")))
        }
    }
}

type Entries = BTreeMap<Name, Value>;
type Attributes = Arc<BTreeMap<Name, Type>>;

fn object(values: &Entries, to: &Attributes, optional: &Optional) -> Result<Value, ConvertError> {
    let attribute = |(name, ty): (&Name, &Type)| {
        let value = match values.get(name) {
            Some(value) => convert_part(value, ty, optional.attribute(name))
                .map_err(|e| e.within(PathStep::Attribute(name.clone())))?,
            None => Value::null(ty.clone()),
        };
        Ok((name.clone(), value))
    };
    Ok(Value::object(to.iter().map(attribute).collect::<Result<Vec<_>, _>>()?))
}

fn map_to_object(
    values: &Entries,
    to: &Attributes,
    optional: &Optional,
) -> Result<Value, ConvertError> {
    let attribute = |(name, ty): (&Name, &Type)| {
        let value = match values.get(name) {
            Some(value) => convert_with(value, ty, optional.attribute(name)).map_err(|error| {
                let inner = optional.attribute(name);
                if can_convert(&value.type_of(), ty, inner, true) {
                    return error.within(PathStep::Index(Key::String(name.clone())));
                }
                let why = mismatch(&value.type_of(), ty, inner);
                let name = crate::display::go_quoted(name);
                ConvertError::new(format!(
                    "map element type is incompatible with attribute {name}: {why}"
                ))
            })?,
            None if optional.is_optional(name) => Value::null(ty.clone()),
            None => {
                let name = crate::display::go_quoted(name);
                return Err(ConvertError::new(format!(
                    "map has no element for required attribute {name}"
                )));
            }
        };
        Ok((name.clone(), value))
    };
    Ok(Value::object(to.iter().map(attribute).collect::<Result<Vec<_>, _>>()?))
}

fn index(i: i64) -> PathStep {
    PathStep::Index(Key::Int(i))
}

fn tuple(values: &[Value], to: &[Type], optional: &Optional) -> Result<Value, ConvertError> {
    let mut converted = Vec::with_capacity(values.len());
    for (i, (value, ty)) in (0i64..).zip(values.iter().zip(to)) {
        let inner = optional.item(usize::try_from(i).unwrap_or(0));
        converted.push(convert_part(value, ty, inner).map_err(|e| e.within(index(i)))?);
    }
    Ok(Value::tuple(converted))
}

fn convert_part(value: &Value, to: &Type, optional: &Optional) -> Result<Value, ConvertError> {
    if *to == Type::Dynamic { Ok(value.clone()) } else { apply(value, to, optional) }
}

/// Elements of a list or set, and their type afterwards.
fn all(
    values: &[Value],
    from: &Type,
    to: &Type,
    optional: &Optional,
) -> Result<(Vec<Value>, Type), ConvertError> {
    if *to == Type::Dynamic || from == to {
        return Ok((values.to_vec(), from.clone()));
    }
    let converted = (0i64..)
        .zip(values)
        .map(|(i, value)| apply(value, to, optional).map_err(|e| e.within(index(i))))
        .collect::<Result<Vec<_>, _>>()?;
    let element = element_type(&converted, to);
    Ok((converted, element))
}

/// Where `any` stands inside the wanted element type, the elements decide.
fn element_type(values: &[Value], to: &Type) -> Type {
    match values.iter().find(|value| !value.is_dynamic()) {
        Some(first) if to.has_dynamic() => first.type_of(),
        _ => to.clone(),
    }
}

fn tuple_elements(
    values: &[Value],
    to: &Type,
    optional: &Optional,
) -> Result<(Vec<Value>, Type), ConvertError> {
    let to = match to {
        Type::Dynamic if !values.is_empty() => {
            let types: Vec<Type> = values.iter().map(Value::type_of).collect();
            &unify(&types).unwrap_or(Type::Dynamic)
        }
        other => other,
    };
    let mut converted = (0i64..)
        .zip(values)
        .map(|(i, value)| convert_part(value, to, optional).map_err(|e| e.within(index(i))))
        .collect::<Result<Vec<_>, _>>()?;
    if !to.has_dynamic() || converted.is_empty() {
        return Ok((converted, to.clone()));
    }
    let types: Vec<Type> = converted.iter().map(Value::type_of).collect();
    let no_common = || ConvertError::new("cannot find a common base type for all elements");
    let common = unify(&types).ok_or_else(no_common)?;
    for (i, value) in (0i64..).zip(&mut converted) {
        *value = convert(value, &common).map_err(|e| e.within(index(i)))?;
    }
    Ok((converted, common))
}

fn entries(
    values: &Entries,
    from: Option<&Type>,
    to: &Type,
    optional: &Optional,
) -> Result<(Entries, Type), ConvertError> {
    let to = match (to, from) {
        (Type::Dynamic, Some(from)) => from,
        (Type::Dynamic, None) if !values.is_empty() => {
            let types: Vec<Type> = values.values().map(Value::type_of).collect();
            &unify(&types).unwrap_or(Type::Dynamic)
        }
        (other, _) => other,
    };
    let step = |name: &Name| PathStep::Index(Key::String(name.clone()));
    let mut converted = Entries::new();
    for (name, value) in values {
        let value = convert_part(value, to, optional).map_err(|e| e.within(step(name)))?;
        converted.insert(name.clone(), value);
    }
    if !to.has_dynamic() || converted.is_empty() {
        return Ok((converted, to.clone()));
    }
    let types: Vec<Type> = converted.values().map(Value::type_of).collect();
    let no_common = || ConvertError::new("cannot find a common base type for all elements");
    let common = unify(&types).ok_or_else(no_common)?;
    for (name, value) in &mut converted {
        *value = convert(value, &common).map_err(|e| e.within(step(name)))?;
    }
    Ok((converted, common))
}
