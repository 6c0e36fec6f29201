//! Starts and stops a server: at most one per data folder, whoever asks, however often.

use std::process::Stdio;
use std::time::Duration;

use diagnostics::Diagnostic;
use provider::Report;
use tokio::process::Child;
use tokio::time::Instant;

use crate::home::{Home, Run};
use crate::port::{self, Obstacle};
use crate::process::Identity;
use crate::server::plan::VERSION;
use crate::server::settings::{self, Settings};
use crate::{Command, log_tail, readiness};

/// How long a server may take until it is ready, where no timeout is set.
const START: Duration = Duration::from_secs(60);
/// How long a port may still be held by a server that is on its way out.
const PORT: Duration = Duration::from_secs(10);
/// How long another provisioner may hold the folder: it may be waiting for a start itself.
const LOCK: Duration = Duration::from_secs(90);

/// One start: what with, by which create, and whom to tell.
pub(crate) struct Launch<'a> {
    pub(crate) command: &'a Command,
    pub(crate) settings: &'a Settings,
    /// The token of the create, which the server shows at `/readyz`.
    pub(crate) token: &'a str,
    pub(crate) report: &'a Report,
    pub(crate) timeout: Option<Duration>,
}

/// A start that failed, and whether a process is left.
pub(crate) struct LaunchError {
    pub(crate) diagnostic: Diagnostic,
    pub(crate) nothing_runs: bool,
}

impl From<Diagnostic> for LaunchError {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostic, nothing_runs: true }
    }
}

impl Launch<'_> {
    /// Starts the server, or adopts the one that this very token has started already.
    pub(crate) async fn start(&self) -> Result<Run, LaunchError> {
        let home = self.home();
        home.prepare()?;
        let _lock = home.lock_start(LOCK).await?;
        if let Some(run) = self.adopt(&home).await? {
            return Ok(run);
        }
        self.spawn(&home).await
    }

    /// Stops what runs and starts it anew with the settings.
    pub(crate) async fn restart(&self) -> Result<Run, LaunchError> {
        let home = self.home();
        home.prepare()?;
        let _lock = home.lock_start(LOCK).await?;
        self.report.say("stopping the server");
        end(&home).await?;
        self.spawn(&home).await
    }

    fn home(&self) -> Home {
        Home::new(self.settings.data_path.clone())
    }

    fn url(&self) -> String {
        settings::url(&self.settings.host, self.settings.port)
    }

    fn limit(&self) -> Duration {
        self.timeout.unwrap_or(START)
    }

    /// Takes over a process that an interrupted start with this token left behind.
    async fn adopt(&self, home: &Home) -> Result<Option<Run>, LaunchError> {
        let Some(process) = home.process() else {
            return if home.is_served() { Err(self.in_use(home, None).into()) } else { Ok(None) };
        };
        let recorded = home.run().map(|run| run.instance_token).or_else(|| home.configured_token());
        if recorded.as_deref() != Some(self.token) {
            return Err(self.in_use(home, Some(process.pid)).into());
        }
        let run = self.record(home, process)?;
        self.report.say("adopting the server that an interrupted apply started");
        self.wait_until_ready(&run, None).await?;
        Ok(Some(run))
    }

    fn in_use(&self, home: &Home, pid: Option<u32>) -> Diagnostic {
        let who = pid.map_or_else(String::new, |pid| format!(" (process {pid})"));
        let folder = home.path().display();
        let detail = format!(
            "Another server{who} runs in the data folder {folder} already. Two servers cannot share one folder: stop that one, or choose another data_dir."
        );
        Diagnostic::error("Data folder is in use", detail)
            .hint("Take the running server over with: artiform import ADDRESS DATA_DIR")
    }

    async fn spawn(&self, home: &Home) -> Result<Run, LaunchError> {
        let (host, number) = (&self.settings.host, self.settings.port);
        port::wait_until_free(host, number, PORT).await.map_err(|o| obstacle(&o, host, number))?;
        home.write_config(self.settings, self.token)?;
        let (log, log_start) = home.open_log()?;
        self.report.say("starting the server");
        let mut child = self.spawn_process(home, log)?;
        let Some(process) = child.id().and_then(Identity::of) else {
            let status = child.wait().await.ok();
            return Err(self.died(home, log_start, status).into());
        };
        let run = match self.record(home, process.clone()) {
            Ok(run) => run,
            Err(diagnostic) => {
                // Without its record the process would be a stranger later.
                let nothing_runs = process.stop().await.is_ok();
                return Err(LaunchError { diagnostic, nothing_runs });
            }
        };
        self.wait_until_ready(&run, Some((&mut child, log_start))).await?;
        Ok(run)
    }

    /// Starts the process in a group of its own, so that neither Ctrl-C nor the end of the terminal
    /// reaches it.
    fn spawn_process(&self, home: &Home, log: std::fs::File) -> Result<Child, Diagnostic> {
        let program = self.command.program.display();
        let failed = |error: std::io::Error| {
            let detail = format!("The program {program} could not be started: {error}.");
            Diagnostic::error("Server could not be started", detail)
        };
        let errors = log.try_clone().map_err(failed)?;
        tokio::process::Command::new(&self.command.program)
            .args(&self.command.arguments)
            .arg(home.config())
            .current_dir(home.path())
            // It would win over the folder of the configuration.
            .env_remove("ARTIFORM_DATA_DIR")
            .process_group(0)
            .kill_on_drop(false)
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            .spawn()
            .map_err(failed)
    }

    fn record(&self, home: &Home, process: Identity) -> Result<Run, Diagnostic> {
        let run = Run {
            process,
            instance_token: self.token.to_owned(),
            version: VERSION.to_owned(),
            site: self.settings.site.clone(),
            host: self.settings.host.clone(),
            port: self.settings.port,
            admin_user: self.settings.admin_user.clone(),
        };
        home.write_run(&run)?;
        Ok(run)
    }

    /// Waits for the health check; a server that dies or does not get ready is cleared away.
    async fn wait_until_ready(
        &self,
        run: &Run,
        mut child: Option<(&mut Child, u64)>,
    ) -> Result<(), LaunchError> {
        let (home, url) = (self.home(), self.url());
        let started = Instant::now();
        let mut pause = Duration::from_millis(10);
        let mut told_seconds = 0;
        while !readiness::is_ready(&url, self.token).await {
            let status = child.as_mut().and_then(|(child, _)| child.try_wait().ok().flatten());
            let log_start = child.as_ref().map_or(0, |(_, log_start)| *log_start);
            if status.is_some() || !run.process.is_alive() {
                let diagnostic = self.died(&home, log_start, status);
                home.forget_start();
                return Err(diagnostic.into());
            }
            if started.elapsed() >= self.limit() {
                let diagnostic = self.not_ready(&home, log_start);
                let nothing_runs = run.process.stop().await.is_ok();
                if nothing_runs {
                    home.forget_start();
                }
                return Err(LaunchError { diagnostic, nothing_runs });
            }
            if started.elapsed().as_secs() > told_seconds {
                told_seconds = started.elapsed().as_secs();
                self.report.say(&format!("waiting for {url}/readyz"));
            }
            provider::pause(pause).await;
            pause = (pause * 2).min(Duration::from_millis(200));
        }
        Ok(())
    }

    fn died(
        &self,
        home: &Home,
        log_start: u64,
        status: Option<std::process::ExitStatus>,
    ) -> Diagnostic {
        let how = status.map_or_else(|| "ended".to_owned(), |status| format!("ended ({status})"));
        let log = home.log();
        let detail = format!(
            "The server for the site \"{}\" {how} before it was ready at {}. {}",
            self.settings.site,
            self.url(),
            last_lines(&log, log_start)
        );
        Diagnostic::error("Server did not start", detail)
    }

    fn not_ready(&self, home: &Home, log_start: u64) -> Diagnostic {
        let detail = format!(
            "The server for the site \"{}\" was not ready at {}/readyz within {}. {}",
            self.settings.site,
            self.url(),
            described(self.limit()),
            last_lines(&home.log(), log_start)
        );
        Diagnostic::error("Server did not become ready", detail)
            .hint("Set a longer time with timeouts { create = \"5m\" } if the machine is slow.")
    }
}

/// A length of time in the words of a sentence.
fn described(time: Duration) -> String {
    match time.as_secs() {
        0 => format!("{} ms", time.as_millis()),
        1 => "one second".to_owned(),
        seconds => format!("{seconds} seconds"),
    }
}

fn last_lines(log: &std::path::Path, log_start: u64) -> String {
    let lines = log_tail::read(log, log_start);
    if lines.is_empty() {
        return format!("It wrote nothing to {}.", log.display());
    }
    format!("The last lines of {}:\n{lines}", log.display())
}

fn obstacle(obstacle: &Obstacle, host: &str, port: u16) -> Diagnostic {
    crate::server::preflight::obstacle(obstacle, host, port).1
}

/// Stops the server of a folder and removes the record of its start.
///
/// The caller holds the start lock, or the folder is gone.
async fn end(home: &Home) -> Result<(), LaunchError> {
    if let Some(process) = home.process() {
        process.stop().await.map_err(|why| LaunchError {
            diagnostic: Diagnostic::error(
                "Server could not be stopped",
                format!("The server in {} could not be stopped: {why}.", home.path().display()),
            ),
            nothing_runs: false,
        })?;
    }
    home.forget_start();
    Ok(())
}

/// Stops the server of a folder; one that is stopped already is a success.
pub(crate) async fn stop(home: &Home) -> Result<(), LaunchError> {
    // A folder that was removed by hand may still have its process, and needs no lock.
    let _lock = if home.exists() { Some(home.lock_start(LOCK).await?) } else { None };
    end(home).await
}
