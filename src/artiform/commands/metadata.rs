//! `metadata`: what this program knows of its language, for editors and other programs.

use clap::Subcommand;
use lang::functions::{self, Parameter, Signature};
use serde_json::{Map, Value, json};

use super::Verb;
use crate::context::{Context, Outcome, SUCCESS};

/// Show what is known of the language, for programs
#[derive(Clone, Debug, clap::Args)]
pub struct Metadata {
    #[command(subcommand)]
    verb: MetadataVerb,
}

/// The commands below `metadata`.
#[derive(Clone, Debug, Subcommand)]
enum MetadataVerb {
    /// The functions that expressions may call
    Functions {
        /// Write JSON, which is the only form there is
        #[arg(long, required = true)]
        json: bool,
    },
}

impl Verb for Metadata {
    const NAME: &'static str = "metadata";

    fn run(self, context: &Context) -> Outcome {
        let MetadataVerb::Functions { .. } = self.verb;
        let mut signatures = Map::new();
        for one in functions::signatures() {
            for name in [one.name.to_owned(), format!("core::{}", one.name)] {
                signatures.insert(name, signature(&one));
            }
        }
        let answer = json!({ "format_version": "1.0", "function_signatures": signatures });
        context.ui.line(&answer.to_string());
        Ok(SUCCESS)
    }
}

fn signature(one: &Signature) -> Value {
    let mut object = json!({ "description": one.description, "return_type": one.returns.json() });
    if !one.parameters.is_empty() {
        object["parameters"] = one.parameters.iter().map(parameter).collect();
    }
    if let Some(variadic) = &one.variadic {
        object["variadic_parameter"] = parameter(variadic);
    }
    object
}

fn parameter(one: &Parameter) -> Value {
    let mut object = json!({ "name": one.name, "type": one.shape.json() });
    if one.allow_null {
        object["is_nullable"] = json!(true);
    }
    object
}
