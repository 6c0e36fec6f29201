//! Addresses as the command line and the state write them.

use config::MovedEndpoint;
use diagnostics::{Diagnostic, Diagnostics, FileId};
use lang::{ResourceAddress, ResourceMode};

mod syntax;

/// Reads the address of a module, a resource or an instance.
pub fn endpoint(text: &str) -> Result<MovedEndpoint, Diagnostics> {
    let wrong = |summary: &str, detail: &str| -> Diagnostics {
        Diagnostic::error(summary, detail)
            .hint("write it as type.name, type.name[0], type.name[\"key\"] or module.name")
            .hint("put it in single quotes, so that the shell leaves its quotes alone")
            .into()
    };
    syntax::check(text).map_err(|(summary, detail)| wrong(summary, detail))?;
    let expression = lang::parse::expression(text, FileId(0))
        .map_err(|_| wrong("Invalid address", "It does not read as an address."))?;
    config::address::endpoint(&expression).map_err(|mistake| {
        // A key that is a number, and whole, is the only one that is left to be wrong.
        let detail = if mistake.summary == "Invalid expression" {
            "Invalid resource instance key: value must be a whole number, between -9223372036854775808 and 9223372036854775807."
        } else {
            &mistake.detail
        };
        wrong("Invalid address", detail)
    })
}

/// Reads the address of a resource or an instance of one.
pub fn resource(text: &str) -> Result<ResourceAddress, Diagnostics> {
    match endpoint(text)? {
        MovedEndpoint::Resource(address) => Ok(address),
        MovedEndpoint::Module(_) => Err(Diagnostic::error(
            "Invalid address",
            "A resource instance address is required here. The module path must be followed by a resource instance specification.",
        )
        .into()),
    }
}

/// Reads what `-target` or `-exclude` names.
pub fn target(text: &str) -> Result<MovedEndpoint, Diagnostics> {
    endpoint(text).map_err(|found| as_option(found, &format!("Invalid target {text:?}")))
}

/// Reads what `-replace` names.
pub fn replaced(text: &str) -> Result<ResourceAddress, Diagnostics> {
    let summary = format!("Invalid force-replace address {text:?}");
    let address = resource(text).map_err(|found| as_option(found, &summary))?;
    if address.mode == ResourceMode::Managed {
        return Ok(address);
    }
    let detail = "Only managed resources can be used with the -replace=... option.";
    Err(Diagnostic::error(summary, detail).into())
}

/// The mistakes under the summary of the option that they are in.
fn as_option(found: Diagnostics, summary: &str) -> Diagnostics {
    let renamed = |mistake: Diagnostic| Diagnostic { summary: summary.to_owned(), ..mistake };
    found.into_iter().map(renamed).collect::<Vec<_>>().into()
}
