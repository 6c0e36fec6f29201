//! Functions of chance, and names made by hashing.

use super::arguments::text;
use super::{Call, Function, FunctionError, Parameter, Returns, Shape};
use crate::Value;

const STRING: Returns = Returns::Always(Shape::String);

pub(super) static BCRYPT: Function = Function::new(
    "bcrypt",
    &[Parameter::string("str")],
    STRING,
    bcrypt,
    "Hashes a password with a fresh salt; the result differs each time.",
)
.and_any_number_of(Parameter::number("cost"));

pub(super) static UUID: Function =
    Function::new("uuid", &[], STRING, uuid, "Makes a random UUID; the result differs each time.");

pub(super) static UUIDV5: Function = Function::new(
    "uuidv5",
    &[Parameter::string("namespace"), Parameter::string("name")],
    STRING,
    uuid_v5,
    "Makes a UUID of a namespace and a name.",
);

const COST: i64 = 10;
const COST_MIN: i64 = 4;
const COST_MAX: i64 = 31;
/// The longest password that the algorithm takes into account.
const PASSWORD_MAX: usize = 72;

fn bcrypt(call: &Call<'_>) -> Result<Value, FunctionError> {
    let cost = match call.arguments.len() {
        1 => COST,
        2 => call.int(1)?,
        _ => return Err(FunctionError::failed("bcrypt() takes no more than two arguments")),
    };
    let failed =
        |why: &str| FunctionError::failed(format!("error occurred generating password {why}"));
    if call.text(0).len() > PASSWORD_MAX {
        return Err(failed("bcrypt: password length exceeds 72 bytes"));
    }
    if cost > COST_MAX {
        return Err(failed(&format!("crypto/bcrypt: cost {cost} is outside allowed range (4,31)")));
    }
    // A cost below the least means the usual one.
    let cost = if cost < COST_MIN { COST } else { cost };
    let Some(random) = call.context.world.random(16) else { return call.unknown() };
    let salt = <[u8; 16]>::try_from(random.as_slice()).map_err(|_| failed("no randomness"))?;
    let cost = u32::try_from(cost).map_err(|error| failed(&error.to_string()))?;
    let hash = ::bcrypt::hash_with_salt(call.text(0), cost, salt)
        .map_err(|error| failed(&error.to_string()))?;
    Ok(text(hash.format_for_version(::bcrypt::Version::TwoA)))
}

fn uuid(call: &Call<'_>) -> Result<Value, FunctionError> {
    let Some(random) = call.context.world.random(16) else { return call.unknown() };
    let bytes = <[u8; 16]>::try_from(random.as_slice())
        .map_err(|_| FunctionError::failed("no randomness"))?;
    Ok(text(::uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()))
}

fn uuid_v5(call: &Call<'_>) -> Result<Value, FunctionError> {
    let namespace = match call.text(0) {
        "dns" => ::uuid::Uuid::NAMESPACE_DNS,
        "url" => ::uuid::Uuid::NAMESPACE_URL,
        "oid" => ::uuid::Uuid::NAMESPACE_OID,
        "x500" => ::uuid::Uuid::NAMESPACE_X500,
        other => ::uuid::Uuid::parse_str(other).map_err(|_| {
            FunctionError::failed(format!(
                "uuidv5() doesn't support namespace {other} ({})",
                why(other)
            ))
        })?,
    };
    Ok(text(::uuid::Uuid::new_v5(&namespace, call.text(1).as_bytes()).to_string()))
}

fn why(text: &str) -> String {
    if matches!(text.len(), 32 | 36 | 38 | 45) {
        "invalid UUID format".to_owned()
    } else {
        format!("invalid UUID length: {}", text.len())
    }
}
