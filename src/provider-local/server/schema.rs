//! The arguments and attributes of `local_server`.

use lang::{Type, Value};
use provider::{Attribute, Schema};

/// Longest name of a site, in bytes; the server refuses longer ones.
const SITE_BYTES_MAX: usize = 64;

pub(super) fn schema() -> Schema {
    let mut schema = Schema::new([
        (
            "data_dir",
            Attribute::required(Type::String)
                .forces_replacement()
                .validated(data_dir)
                .describe("The folder that the server keeps everything in."),
        ),
        (
            "data_path",
            Attribute::computed(Type::String)
                .describe("The data folder as an absolute path; decided once."),
        ),
        (
            "host",
            Attribute::optional(Type::String)
                .default(Value::string("127.0.0.1"))
                .validated(not_blank)
                .describe("The address or name that the server listens at."),
        ),
        (
            "id",
            Attribute::computed(Type::String).describe("The data path, which is the import id."),
        ),
        (
            "keep_data",
            Attribute::optional(Type::Bool)
                .default(Value::bool(true))
                .describe("Destroy leaves the data folder; false removes it with all artifacts."),
        ),
        ("pid", Attribute::computed(Type::Number).observed().describe("The process.")),
        (
            "port",
            Attribute::required(Type::Number)
                .validated(port)
                .describe("The port, 1 to 65535. A change restarts the server."),
        ),
        (
            "region",
            Attribute::optional(Type::String)
                .describe("The region of the stack that it stands for."),
        ),
        (
            "site",
            Attribute::required(Type::String)
                .validated(site)
                .describe("The name of the site, by which other sites know this one."),
        ),
        (
            "status",
            Attribute::computed(Type::String)
                .describe("running; or, as found by a refresh, stopped or unresponsive."),
        ),
        ("url", Attribute::computed(Type::String).describe("The base URL, http://HOST:PORT.")),
        ("version", Attribute::computed(Type::String).describe("The version that runs.")),
    ])
    .describe("The bundled repository server as a background process on this machine.");
    let administrator = administrator().into_iter();
    schema.attributes.extend(administrator.map(|(name, attribute)| (name.into(), attribute)));
    schema
}

/// The arguments that say who may do everything.
fn administrator() -> [(&'static str, Attribute); 3] {
    [
        (
            "admin_password",
            Attribute::required(Type::String)
                .sensitive()
                .validated(secret)
                .describe("The administrator's password."),
        ),
        (
            "admin_token",
            Attribute::optional(Type::String)
                .or_computed()
                .sensitive()
                .validated(secret)
                .describe("A token that may do everything; drawn at create where it is not set."),
        ),
        (
            "admin_user",
            Attribute::optional(Type::String)
                .default(Value::string("admin"))
                .validated(not_blank)
                .describe("The administrator's name."),
        ),
    ]
}

fn not_blank(value: &Value) -> Result<(), String> {
    let text = value.as_str().unwrap_or_default();
    if text.is_empty() || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(format!("{text:?} is empty or has blanks."));
    }
    Ok(())
}

/// Like [`not_blank`], without showing the value.
fn secret(value: &Value) -> Result<(), String> {
    let text = value.as_str().unwrap_or_default();
    if text.is_empty() || text.chars().any(char::is_control) {
        return Err("it must not be empty, nor have control characters.".to_owned());
    }
    Ok(())
}

fn port(value: &Value) -> Result<(), String> {
    match value.as_i64() {
        Some(1..=65_535) => Ok(()),
        _ => Err("a port is a whole number from 1 to 65535.".to_owned()),
    }
}

fn site(value: &Value) -> Result<(), String> {
    let text = value.as_str().unwrap_or_default();
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let begins = text.starts_with(|c: char| c.is_ascii_alphanumeric());
    if text.len() > SITE_BYTES_MAX || !begins || !text.chars().all(fits) {
        return Err(format!(
            "{text:?} is not a site name: 1 to {SITE_BYTES_MAX} letters, digits, \".\", \"-\" and \"_\", beginning with a letter or a digit."
        ));
    }
    Ok(())
}

fn data_dir(value: &Value) -> Result<(), String> {
    let text = value.as_str().unwrap_or_default();
    if text.is_empty() || text.contains('\0') {
        return Err("it must name a folder.".to_owned());
    }
    if text.chars().all(|c| c == '/' || c == '.') && text.starts_with('/') {
        return Err("the root folder cannot be the data folder.".to_owned());
    }
    Ok(())
}
