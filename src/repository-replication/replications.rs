//! The configured replications: kept in the catalog, one delivery task each.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use repository::{ReplicationConfig, RepositoryName};
use repository_catalog::{Change, ObjectKind};
use repository_content::{Content, now_ms};
use repository_formats::ErrorKind;
use serde_json::Value;
use tokio::task::JoinHandle;

use crate::backoff::Backoff;
use crate::client::TargetClient;
use crate::deliver::Delivery;
use crate::error::ReplicationError;
use crate::session::Session;
use crate::status::{Progress, RepositoryStatus, TargetStatus};

/// How long a connection to a target may take to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// All replications of this site.
pub struct Replications {
    content: Arc<Content>,
    http: reqwest::Client,
    // Invariant: holds exactly the replications that are durable in the catalog, by target.
    running: Mutex<BTreeMap<String, Running>>,
    changing: tokio::sync::Mutex<()>,
}

struct Running {
    config: ReplicationConfig,
    progress: Arc<Progress>,
    task: Option<JoinHandle<()>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

/// Names the cursor of a replication.
fn target_name(config: &ReplicationConfig) -> String {
    format!("{}/{}", repository_of(config), config.replication_key)
}

fn repository_of(config: &ReplicationConfig) -> &str {
    config.repo_key.as_ref().map_or("", RepositoryName::as_str)
}

impl Replications {
    /// Loads the replications of the catalog and goes on delivering where they were.
    pub async fn start(content: Arc<Content>) -> Result<Self, ReplicationError> {
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .tcp_nodelay(true)
            .pool_idle_timeout(Duration::from_secs(60))
            // Sites speak to each other directly; a proxy of the environment is for people.
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| ReplicationError::unreachable("preparing to send", error))?;
        let replications = Self {
            content,
            http,
            running: Mutex::default(),
            changing: tokio::sync::Mutex::default(),
        };
        let stored = replications.content.catalog().objects(ObjectKind::Replication).await?;
        for object in stored {
            let config = serde_json::from_str(&object.body)
                .ok()
                .and_then(|body| ReplicationConfig::from_stored_json(body).ok());
            match config {
                Some(config) => replications.launch(config),
                None => tracing::error!(name = object.name, "a replication could not be read"),
            }
        }
        Ok(replications)
    }

    fn running(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All replications, or those of one repository.
    #[must_use]
    pub fn list(&self, repository: Option<&str>) -> Vec<ReplicationConfig> {
        self.running()
            .values()
            .map(|running| running.config.clone())
            .filter(|config| repository.is_none_or(|wanted| wanted == repository_of(config)))
            .collect()
    }

    /// Reads what a client sent for a repository. Secrets that it left out are kept from the
    /// replication of the same key.
    pub fn parse(
        &self,
        repository: &str,
        body: Value,
    ) -> Result<ReplicationConfig, ReplicationError> {
        let refused = |kind, message: String| Err(ReplicationError::refused(kind, message));
        let Some(found) = self.content.repositories().get(repository) else {
            let message = format!("Not Found: there is no repository with the key '{repository}'.");
            return refused(ErrorKind::NotFound, message);
        };
        if found.rclass != repository::RepositoryClass::Local || found.read_only {
            return refused(
                ErrorKind::Invalid,
                format!(
                    "The repository '{repository}' cannot be replicated from here: only a local \
                     read/write repository has changes of its own to push."
                ),
            );
        }
        let mut config = ReplicationConfig::from_json(&found.key, body)
            .map_err(|error| ReplicationError::refused(ErrorKind::Invalid, error.to_string()))?;
        if let Some(known) = self.running().get(&target_name(&config))
            && config.token.is_none()
            && config.password.is_none()
        {
            config.token.clone_from(&known.config.token);
            config.password.clone_from(&known.config.password);
        }
        Ok(config)
    }

    /// Whether a replication of this repository and key exists.
    #[must_use]
    pub fn contains(&self, config: &ReplicationConfig) -> bool {
        self.running().contains_key(&target_name(config))
    }

    /// Adds a replication, or replaces the one of the same key. A new one, and one that now goes
    /// somewhere else, begins with everything that the repository holds.
    pub async fn put(&self, config: ReplicationConfig) -> Result<(), ReplicationError> {
        let _one = self.changing.lock().await;
        let target = target_name(&config);
        let moved = self
            .running()
            .get(&target)
            .is_some_and(|known| known.config.target() != config.target());
        let mut changes = Vec::new();
        if moved {
            changes.push(Change::DropTarget { target: target.clone() });
        }
        changes.push(Change::PutObject {
            kind: ObjectKind::Replication,
            name: target.clone(),
            body: config.to_stored_json().to_string(),
        });
        let repository = repository_of(&config).to_owned();
        changes.push(Change::StartTarget { target, repository });
        self.content.catalog().commit(changes).await?;
        self.launch(config);
        Ok(())
    }

    /// Removes the replications of a repository that `matches`; gives their number.
    pub async fn remove(
        &self,
        repository: &str,
        matches: impl Fn(&ReplicationConfig) -> bool,
    ) -> Result<usize, ReplicationError> {
        let _one = self.changing.lock().await;
        let gone: Vec<_> =
            self.list(Some(repository)).into_iter().filter(|config| matches(config)).collect();
        for config in &gone {
            let target = target_name(config);
            let object =
                Change::DeleteObject { kind: ObjectKind::Replication, name: target.clone() };
            let cursor = Change::DropTarget { target: target.clone() };
            self.content.catalog().commit(vec![object, cursor]).await?;
            self.running().remove(&target);
        }
        Ok(gone.len())
    }

    /// How the replications of a repository, or all of them, are doing.
    pub async fn status(
        &self,
        repository: Option<&str>,
    ) -> Result<RepositoryStatus, ReplicationError> {
        let running: Vec<_> = self
            .running()
            .iter()
            .filter(|(_, one)| repository.is_none_or(|wanted| wanted == repository_of(&one.config)))
            .map(|(target, one)| (target.clone(), one.config.clone(), Arc::clone(&one.progress)))
            .collect();
        let mut targets = Vec::with_capacity(running.len());
        for (target, config, progress) in running {
            targets.push(self.target_status(&target, &config, &progress).await?);
        }
        Ok(RepositoryStatus::of(targets))
    }

    async fn target_status(
        &self,
        target: &str,
        config: &ReplicationConfig,
        progress: &Progress,
    ) -> Result<TargetStatus, ReplicationError> {
        let (lag_events, oldest) = self.content.catalog().lag(target).await?;
        let state = self.content.catalog().target(target).await?;
        let backlog = state.as_ref().is_some_and(|state| state.snapshot_after.is_some());
        let stored = state.and_then(|state| state.acknowledged_at);
        let last_completed_ms = progress.last_success().or(stored);
        let last_error = progress.last_error();
        let status = match (config.enabled, &last_error) {
            (false, _) => "disabled",
            (true, Some(_)) => "error",
            (true, None) if lag_events > 0 || backlog => "incomplete",
            (true, None) if last_completed_ms.is_none() => "never_run",
            (true, None) => "ok",
        };
        let age = oldest.map_or(0, |oldest| (now_ms() - oldest).max(0));
        Ok(TargetStatus {
            replication_key: config.replication_key.clone(),
            repo_key: repository_of(config).to_owned(),
            url: config.url.clone(),
            status,
            last_completed_ms,
            lag_events,
            lag_seconds: Duration::from_millis(age.unsigned_abs()).as_secs_f64(),
            last_error,
            delivered: progress.delivered(),
        })
    }

    /// Stops all deliveries; what is outstanding is delivered after the next start.
    pub fn stop(&self) {
        for running in self.running().values_mut() {
            if let Some(task) = running.task.take() {
                task.abort();
            }
        }
    }

    fn launch(&self, config: ReplicationConfig) {
        let target = target_name(&config);
        let progress = Arc::<Progress>::default();
        let task = config.enabled.then(|| {
            let sender = Sender {
                content: Arc::clone(&self.content),
                http: self.http.clone(),
                config: config.clone(),
                target: target.clone(),
                progress: Arc::clone(&progress),
            };
            tokio::spawn(sender.run())
        });
        // What ran under this name before is dropped, which aborts it.
        self.running().insert(target, Running { config, progress, task });
    }
}

/// One delivery task: session after session, for as long as the replication is configured.
struct Sender {
    content: Arc<Content>,
    http: reqwest::Client,
    config: ReplicationConfig,
    target: String,
    progress: Arc<Progress>,
}

impl Sender {
    async fn run(self) {
        let mut backoff = Backoff::default();
        let mut told = String::new();
        loop {
            let before = self.progress.delivered();
            let Err(error) = self.session().await else { continue };
            if self.progress.delivered() > before {
                backoff.reset();
            }
            let text = error.to_string();
            if told != text {
                // Said once, not with every attempt: a target can be down for days.
                tracing::warn!(target = self.target, error = text, "replication is waiting");
                told.clone_from(&text);
            }
            self.progress.failed(&text);
            tokio::time::sleep(backoff.next()).await;
        }
    }

    async fn session(&self) -> Result<(), ReplicationError> {
        let client =
            TargetClient::new(self.http.clone(), &self.config, self.content.catalog().site())?;
        let hello = client.hello().await?;
        let holder = hello.holder;
        let meet = Change::MeetTarget { target: self.target.clone(), holder: holder.clone() };
        self.content.catalog().commit(vec![meet]).await?;
        self.progress.succeeded(0);
        let delivery = Delivery {
            content: Arc::clone(&self.content),
            client,
            config: self.config.clone(),
            repository: repository_of(&self.config).to_owned(),
            holder,
        };
        let session = Session {
            delivery: Arc::new(delivery),
            target: self.target.clone(),
            progress: Arc::clone(&self.progress),
        };
        session.run().await
    }
}
