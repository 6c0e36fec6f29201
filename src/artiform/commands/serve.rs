//! `serve`: this program as a repository server.

mod config_file;

use std::path::PathBuf;

use repository_server::ServerConfig;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::Verb;
use crate::context::{Context, Failure, Outcome, SUCCESS};
use crate::interrupts::Signals;

/// Run a repository server
///
/// With a configuration file, with options, or with both: options win. It serves until SIGTERM or SIGINT,
/// then finishes the requests under way.
#[derive(Clone, Debug, clap::Args)]
pub struct Serve {
    /// The server's configuration file (HCL, or JSON when it ends in .json)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where catalog, blobs and logs are kept
    #[arg(long, value_name = "DIR", env = "ARTIFORM_DATA_DIR")]
    data_dir: Option<PathBuf>,
    /// Address and port; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// The region's name
    #[arg(long, value_name = "NAME")]
    site: Option<String>,
    /// Let requests without credentials read everything
    #[arg(long)]
    anonymous_read: bool,
}

impl Verb for Serve {
    const NAME: &'static str = "serve";

    fn run(self, context: &Context) -> Outcome {
        log(context);
        let config = self.configuration()?;
        let failed = |summary: &str, error: &dyn std::error::Error| {
            Failure::error(summary, format!("{error}"))
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| failed("Failed to start", &error))?;
        let ui = context.ui.clone();
        let site = config.site.clone();
        runtime.block_on(async {
            // Before the server starts, so that no signal is lost while it does.
            let mut signals = Signals::new().map_err(|error| failed("Failed to start", &error))?;
            let running = repository_server::start(config)
                .await
                .map_err(|error| failed("Server could not start", &error))?;
            ui.line(&format!("artiform serves site \"{site}\" on {}", running.url()));
            signals.next().await;
            ui.note("Stopping: finishing the requests under way.");
            running.stop().await;
            Ok(SUCCESS)
        })
    }
}

impl Serve {
    fn configuration(&self) -> Result<ServerConfig, Box<Failure>> {
        let mut config = match (&self.config, &self.data_dir) {
            (Some(file), _) => config_file::read(file, self.data_dir.as_deref())?,
            (None, Some(folder)) => ServerConfig::new(folder),
            (None, None) => ServerConfig::new("artiform-data"),
        };
        if let Some(listen) = &self.listen {
            config.listen.clone_from(listen);
        }
        if let Some(site) = &self.site {
            config.site.clone_from(site);
        }
        config.anonymous_read |= self.anonymous_read;
        Ok(config)
    }
}

/// Writes what the server says of itself to stderr, as ARTIFORM_LOG asks: `LEVEL`, `TARGET=LEVEL`, with commas between.
fn log(context: &Context) {
    let directives = context.environment.get("ARTIFORM_LOG").map_or("info", String::as_str);
    let filter: Targets =
        directives.parse().unwrap_or_else(|_| Targets::new().with_default(LevelFilter::INFO));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).json();
    // It fails only when there is one already.
    let _ = tracing_subscriber::registry().with(lines).with(filter).try_init();
}
