//! `version`: which version this is, and for which machine.

use serde_json::json;

use super::Verb;
use crate::context::{Context, Outcome, SUCCESS};

/// Show the version
#[derive(Clone, Debug, clap::Args)]
pub struct Version {
    /// Write it as JSON
    #[arg(long)]
    json: bool,
}

impl Verb for Version {
    const NAME: &'static str = "version";

    fn run(self, context: &Context) -> Outcome {
        let version = env!("CARGO_PKG_VERSION");
        if self.json {
            let answer = json!({
                "version": version,
                // Programs that drive Terraform decide by this what they may use: it is the version whose
                // language and options are spoken here.
                "terraform_version": lang::TERRAFORM_VERSION,
                "platform": platform(),
                "provider_selections": {},
                "terraform_outdated": false,
            });
            context.ui.line(&format!("{answer:#}"));
        } else {
            context.ui.line(&format!("artiform v{version}\non {}", platform()));
        }
        Ok(SUCCESS)
    }
}

/// The operating system and the processor, in the words of Terraform's platforms.
fn platform() -> String {
    let processor = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("{}_{processor}", std::env::consts::OS)
}
