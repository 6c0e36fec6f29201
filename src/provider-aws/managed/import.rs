//! Takes in a thing that exists already.

use diagnostics::Diagnostic;
use lang::Value;
use provider::{OperationError, Schema};

use super::read::{look, observed};
use super::{make, missing};
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
    let mut object = Object::from(&schema.default_object());
    let attributes = K::imported(id).ok_or_else(|| malformed::<K>(id))?;
    for (name, value) in attributes {
        object.set_text(name, Some(&value));
    }
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
    make::complete::<K>(&place, &mut object).await?;
    Ok(object.settled().into())
}

/// `ID@REGION`; an id may hold an `@` of its own.
fn split(id: &str) -> (&str, Option<&str>) {
    match id.rsplit_once('@') {
        Some((id, region)) if region_name(&Value::text(region)).is_ok() => (id, Some(region)),
        _ => (id, None),
    }
}

/// AWS need not be asked for what cannot be.
fn malformed<K: Kind>(id: &str) -> Diagnostic {
    let (name, example) = (K::NAME, K::IMPORT_ID);
    let elsewhere = format!(", or \"{example}@eu-central-1\" in a region of its own");
    let elsewhere = if K::GLOBAL { "" } else { &elsewhere };
    let detail =
        format!("\"{id}\" is not an import id of {name}. One is \"{example}\"{elsewhere}.");
    Diagnostic::error("Malformed import id", detail)
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
