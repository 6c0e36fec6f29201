//! Addresses as the command line and the state write them.

use config::MovedEndpoint;
use diagnostics::{Diagnostic, Diagnostics, FileId};
use lang::ResourceAddress;

/// Reads the address of a module, a resource or an instance.
pub fn endpoint(text: &str) -> Result<MovedEndpoint, Diagnostics> {
    let wrong = |why: &str| -> Diagnostics {
        let detail = format!("\"{text}\" is no address: {why}.");
        Diagnostic::error("Invalid address", detail)
            .hint("write it as type.name, type.name[0], type.name[\"key\"] or module.name")
            .hint("put it in single quotes, so that the shell leaves its quotes alone")
            .into()
    };
    let expression =
        lang::parse::expression(text, FileId(0)).map_err(|_| wrong("it does not read as one"))?;
    config::address::endpoint(&expression)
        .map_err(|mistake| wrong(mistake.detail.trim_end_matches('.')))
}

/// Reads the address of a resource or an instance of one.
pub fn resource(text: &str) -> Result<ResourceAddress, Diagnostics> {
    match endpoint(text)? {
        MovedEndpoint::Resource(address) => Ok(address),
        MovedEndpoint::Module(_) => Err(Diagnostic::error(
            "Invalid address",
            format!("\"{text}\" names a module; a resource instance is required here."),
        )
        .into()),
    }
}
