//! Opens what a server needs, in an order in which each failure leaves nothing behind, and runs it.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use repository::{Redacted, SiteName};
use repository_catalog::{Catalog, Change, SqliteCatalog, Token};
use repository_content::{Content, now_ms};
use repository_replication::Replications;
use repository_storage::{BlobStore, FilesystemBlobStore, MeteredBlobStore, StorageCounters};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::access::{ADMIN_SCOPE, Access, User, hash_of, new_secret};
use crate::config::ServerConfig;
use crate::data_folder::DataFolder;
use crate::error::ServerError;
use crate::logs::LogFile;
use crate::meter::Meter;
use crate::state::App;
use crate::{listener, routes, stack};

/// How often counted downloads are written.
const FLUSH_INTERVAL: Duration = Duration::from_secs(5);
/// How often delivered events are removed.
const PRUNE_INTERVAL: Duration = Duration::from_secs(60);
/// How long a replica remembers what was deleted; longer than a target may be cut off.
const TOMBSTONES_MS: i64 = 30 * 24 * 3600 * 1000;
/// The identifier of the token that the configuration gives.
const BOOTSTRAP_TOKEN: &str = "bootstrap";

/// A server that serves.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    app: Arc<App>,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
    periodic: JoinHandle<()>,
    // Last, so that the folder is free only after everything above has let go of it.
    _folder: DataFolder,
}

impl Running {
    /// `http://<address>`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops: refuses new connections, finishes the requests under way, writes what is in memory.
    pub async fn stop(self) {
        self.app.draining.store(true, Ordering::Relaxed);
        self.stop.send_replace(true);
        if let Err(error) = self.serving.await {
            tracing::error!(%error, "the connection loop stopped early");
        }
        self.periodic.abort();
        self.app.replications.stop();
        if let Err(error) = self.app.content.flush_downloads().await {
            tracing::warn!(%error, "the last downloads were not counted");
        }
    }
}

/// Serves until `shutdown` is ready, then drains.
pub async fn run(
    config: ServerConfig,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServerError> {
    let running = start(config).await?;
    shutdown.await;
    running.stop().await;
    Ok(())
}

/// Starts a server; it serves when this returns.
pub async fn start(config: ServerConfig) -> Result<Running, ServerError> {
    let site = SiteName::parse(&config.site)?;
    let folder = DataFolder::open(&config.data_dir)?;
    let (content, storage) = open_content(&folder, &site).await?;
    let access = Access::load(Arc::clone(content.catalog()), config.anonymous_read).await?;
    ensure_administrator(&access, &config, &folder).await?;
    // Bound before replication starts: a server that cannot listen must not send either.
    let listener = bind(&config.listen).await?;
    let address = listener
        .local_addr()
        .map_err(|source| ServerError::Bind { address: config.listen.clone(), source })?;
    let replications = Replications::start(Arc::clone(&content)).await?;
    let open_log = |name: &str, enabled| {
        LogFile::open(folder.log(name), config.log.file_bytes_max, enabled)
            .map_err(|source| ServerError::DataFolder { folder: config.data_dir.clone(), source })
    };
    let app = Arc::new(App {
        access_log: open_log("access.log", config.log.access)?,
        audit_log: open_log("audit.log", config.log.audit)?,
        config,
        content,
        replications,
        access,
        meter: Meter::default(),
        storage,
        draining: AtomicBool::new(false),
    });
    let router = stack::wrap(routes::all(), &app);
    let (stop, stopped) = watch::channel(false);
    let serving = tokio::spawn(listener::serve(listener, router, Arc::clone(&app), stopped));
    let periodic = tokio::spawn(periodic(Arc::clone(&app)));
    tracing::info!(%address, site = app.config.site, "serving");
    Ok(Running { address, app, stop, serving, periodic, _folder: folder })
}

async fn open_content(
    folder: &DataFolder,
    site: &SiteName,
) -> Result<(Arc<Content>, Arc<StorageCounters>), ServerError> {
    let blobs = MeteredBlobStore::new(FilesystemBlobStore::open(&folder.blobs())?);
    let counters = blobs.counters();
    let catalog: Arc<dyn Catalog> =
        Arc::new(SqliteCatalog::open(&folder.catalog(), site.as_str())?);
    let blobs: Arc<dyn BlobStore> = Arc::new(blobs);
    Ok((Arc::new(Content::open(catalog, blobs).await?), counters))
}

async fn bind(address: &str) -> Result<TcpListener, ServerError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| ServerError::Bind { address: address.to_owned(), source })
}

/// Makes the first administrator, or gives it the configured password, and registers the
/// configured token. Doing it again changes nothing.
async fn ensure_administrator(
    access: &Access,
    config: &ServerConfig,
    folder: &DataFolder,
) -> Result<(), ServerError> {
    let failed = |error: &dyn std::fmt::Display| ServerError::Administrator(error.to_string());
    let known = access.directory().users.get(&config.admin_user).cloned();
    let password = match (&config.admin_password, &known) {
        (Some(password), known) => {
            let hash = known.as_ref().and_then(|user| user.password_hash.as_deref());
            let same = access.passwords.verify(password.reveal(), hash).await;
            (!same).then(|| password.clone())
        }
        (None, Some(_)) => None,
        (None, None) => Some(generate_password(folder)?),
    };
    if password.is_some() || known.as_ref().is_none_or(|user| !user.admin) {
        let mut user = known.unwrap_or_else(|| User {
            name: config.admin_user.clone(),
            profile_updatable: true,
            ..User::default()
        });
        user.admin = true;
        user.internal_password_disabled = false;
        if let Some(password) = &password {
            user.password_hash =
                Some(access.passwords.hash(password).await.map_err(|error| failed(&error))?);
        }
        access.put_user(&user).await?;
    }
    let bootstrap = match &config.admin_token {
        Some(secret) => Change::PutToken(Box::new(bootstrap_token(config, secret))),
        // A token that is configured no longer must not open the door any longer.
        None => Change::DeleteToken { id: BOOTSTRAP_TOKEN.to_owned() },
    };
    access.commit(vec![bootstrap]).await?;
    Ok(())
}

fn generate_password(folder: &DataFolder) -> Result<Redacted<String>, ServerError> {
    let password = new_secret().map_err(|error| ServerError::Administrator(error.message))?;
    folder
        .write_password(password.reveal())
        .map_err(|error| ServerError::Administrator(error.to_string()))?;
    Ok(password)
}

fn bootstrap_token(config: &ServerConfig, secret: &Redacted<String>) -> Token {
    Token {
        id: BOOTSTRAP_TOKEN.to_owned(),
        hash: hash_of(secret.reveal()),
        subject: config.admin_user.clone(),
        scope: ADMIN_SCOPE.to_owned(),
        description: "given by the server's configuration".to_owned(),
        created: now_ms(),
        expires: None,
        refresh: None,
    }
}

/// What happens beside the requests.
async fn periodic(app: Arc<App>) {
    let mut flush = tokio::time::interval(FLUSH_INTERVAL);
    let mut prune = tokio::time::interval(PRUNE_INTERVAL);
    loop {
        tokio::select! {
            _ = flush.tick() => {
                if let Err(error) = app.content.flush_downloads().await {
                    tracing::warn!(%error, "downloads were not counted");
                }
            }
            _ = prune.tick() => {
                let change = Change::Prune { before: now_ms() - TOMBSTONES_MS };
                if let Err(error) = app.content.catalog().commit(vec![change]).await {
                    tracing::warn!(%error, "delivered events were not removed");
                }
            }
        }
    }
}
