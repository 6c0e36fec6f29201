//! Asks a server at `/readyz` whether it is ready, and who it is.

use std::sync::LazyLock;
use std::time::Duration;

use serde::Deserialize;

/// How long one question may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a server says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Answer {
    /// Whether it takes requests; set from the status of the answer.
    #[serde(skip)]
    pub(crate) ready: bool,
    /// The token of the create that started it.
    pub(crate) instance_token: Option<String>,
    pub(crate) pid: Option<u32>,
    pub(crate) version: Option<String>,
}

static CLIENT: LazyLock<Option<reqwest::Client>> = LazyLock::new(|| {
    // A proxy has no business between this program and a server on the same machine.
    reqwest::Client::builder().no_proxy().timeout(PATIENCE).pool_max_idle_per_host(0).build().ok()
});

/// Asks once; none when nothing answers.
pub(crate) async fn ask(url: &str) -> Option<Answer> {
    let client = CLIENT.as_ref()?;
    let answer = client.get(format!("{url}/readyz")).send().await.ok()?;
    let ready = answer.status().is_success();
    let said: Answer = answer.json().await.unwrap_or_default();
    Some(Answer { ready, ..said })
}

/// Tells whether the server there is ready and is the one that was started with this token.
pub(crate) async fn is_ready(url: &str, token: &str) -> bool {
    let answer = ask(url).await;
    answer.is_some_and(|a| a.ready && a.instance_token.as_deref() == Some(token))
}
