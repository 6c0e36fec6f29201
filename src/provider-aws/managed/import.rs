//! Takes in a thing that exists already.

use lang::Value;
use provider::{OperationError, Schema};

use super::missing;
use super::read::{look, observed};
use crate::client::Aws;
use crate::kind::{Kind, Trace};
use crate::object::Object;
use crate::schema::region_name;
use crate::tags::Mark;

/// Reads the thing of this id, or of this id and region.
pub(super) async fn import<K: Kind>(
    aws: &Aws,
    schema: &Schema,
    id: &str,
) -> Result<Value, OperationError> {
    let (id, region) = split(id);
    let place = aws.place(region.unwrap_or(&aws.region));
    let mut object = with_defaults(schema);
    K::imported(id, &mut object);
    if object.id().is_empty() {
        // The import id says what it joins; the id itself has to be looked up.
        let trace = Trace { mark: Mark::none(), steps: Vec::new() };
        let found = K::find(&place, &object, &trace).await?;
        object.set_text("id", Some(&found.ok_or_else(|| missing(K::NAME, id))?));
    }
    let Some(seen) = look::<K>(&place, &object).await? else {
        return Err(missing(K::NAME, id).into());
    };
    let mut object = observed::<K>(&place, &seen, &object);
    K::complete(&place, &mut object).await?;
    Ok(object.settled().into())
}

/// `ID@REGION`; an id may hold an `@` of its own.
fn split(id: &str) -> (&str, Option<&str>) {
    match id.rsplit_once('@') {
        Some((id, region)) if region_name(&Value::text(region)).is_ok() => (id, Some(region)),
        _ => (id, None),
    }
}

/// An object of the schema with every default set and all else null.
fn with_defaults(schema: &Schema) -> Object {
    let mut object = Object::from(&schema.empty_object());
    for (name, attribute) in &schema.attributes {
        if let Some(default) = &attribute.default {
            object.set(name, default.clone());
        }
    }
    object
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn an_import_id_may_name_a_region() {
        assert_eq!(split("vpc-1@eu-west-1"), ("vpc-1", Some("eu-west-1")));
        assert_eq!(split("vpc-1"), ("vpc-1", None));
        assert_eq!(split("a@b"), ("a@b", None));
    }
}
