//! Starting, stopping and starting again.

use std::os::unix::fs::PermissionsExt;

use repository::Redacted;
use repository_server::{ServerConfig, ServerError, start};

use crate::site::{Site, config};

#[tokio::test]
async fn everything_survives_a_restart() {
    let mut site = Site::start("east").await;
    site.local("files", "generic").await;
    site.deploy("/artifactory/files/a;k=v", "a").await;
    site.restart().await;
    assert_eq!(site.text("/artifactory/files/a").await, "a");
    let properties = site.json("/artifactory/api/storage/files/a?properties").await;
    assert_eq!(properties["properties"]["k"][0], "v");
}

#[tokio::test]
async fn a_second_server_on_the_same_folder_or_port_is_refused() {
    let site = Site::start("east").await;
    let same_folder = start(config("east", site.folder.path(), "127.0.0.1:0")).await;
    let error = same_folder.err().unwrap();
    assert!(matches!(error, ServerError::DataFolderLocked { .. }), "{error}");
    let other = tempfile::tempdir().unwrap();
    let address = site.url("").trim_start_matches("http://").to_owned();
    let same_port = start(config("east", other.path(), &address)).await.err().unwrap();
    assert!(matches!(same_port, ServerError::Bind { .. }), "{same_port}");
    assert!(same_port.to_string().contains(&address), "{same_port}");
}

#[tokio::test]
async fn a_password_is_generated_once_when_none_is_configured() {
    let folder = tempfile::tempdir().unwrap();
    let config =
        || ServerConfig { listen: "127.0.0.1:0".into(), ..ServerConfig::new(folder.path()) };
    let running = start(config()).await.unwrap();
    let file = folder.path().join("admin-password");
    let first = std::fs::read_to_string(&file).unwrap();
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client
        .get(format!("{}/artifactory/api/security/users", running.url()))
        .basic_auth("admin", Some(first.trim()))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    running.stop().await;
    start(config()).await.unwrap().stop().await;
    assert_eq!(std::fs::read_to_string(&file).unwrap(), first);
}

#[tokio::test]
async fn a_configured_password_and_token_replace_those_before() {
    let folder = tempfile::tempdir().unwrap();
    let with = |password: &str, token: Option<&str>| ServerConfig {
        listen: "127.0.0.1:0".into(),
        admin_password: Some(Redacted::new(password.to_owned())),
        admin_token: token.map(|token| Redacted::new(token.to_owned())),
        ..ServerConfig::new(folder.path())
    };
    start(with("one", Some("token-one"))).await.unwrap().stop().await;
    let running = start(with("two", Some("token-two"))).await.unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let get = || client.get(format!("{}/artifactory/api/security/users", running.url()));
    let statuses = [
        get().basic_auth("admin", Some("two")),
        get().bearer_auth("token-two"),
        get().basic_auth("admin", Some("one")),
        get().bearer_auth("token-one"),
    ];
    let mut found = Vec::new();
    for request in statuses {
        found.push(request.send().await.unwrap().status().as_u16());
    }
    assert_eq!(found, [200, 200, 401, 401]);
    running.stop().await;
}
