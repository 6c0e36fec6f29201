//! A server in a temporary folder, and short words for what tests say to it.

use std::future::Future;
use std::path::Path;
use std::time::{Duration, Instant};

use repository::Redacted;
use repository_server::{Running, ServerConfig, start};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use tempfile::TempDir;

pub const TOKEN: &str = "test-admin-token";

/// One region's server.
pub struct Site {
    pub name: String,
    pub folder: TempDir,
    pub client: Client,
    running: Option<Running>,
    address: String,
}

pub fn config(name: &str, folder: &Path, listen: &str) -> ServerConfig {
    ServerConfig {
        site: name.to_owned(),
        listen: listen.to_owned(),
        admin_password: Some(Redacted::new("password".to_owned())),
        admin_token: Some(Redacted::new(TOKEN.to_owned())),
        instance_token: Some(format!("instance of {name}")),
        ..ServerConfig::new(folder)
    }
}

impl Site {
    pub async fn start(name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let running = start(config(name, folder.path(), "127.0.0.1:0")).await.unwrap();
        let address = running.address.to_string();
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self { name: name.to_owned(), folder, client, running: Some(running), address }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }

    /// Starts again on the same address and folder.
    pub async fn restart(&mut self) {
        self.stop().await;
        let config = config(&self.name, self.folder.path(), &self.address);
        self.running = Some(start(config).await.unwrap());
    }

    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        self.client.request(method, self.url(path)).bearer_auth(TOKEN)
    }

    pub async fn get(&self, path: &str) -> Response {
        self.request("GET", path).send().await.unwrap()
    }

    pub async fn text(&self, path: &str) -> String {
        self.get(path).await.text().await.unwrap()
    }

    pub async fn json(&self, path: &str) -> Value {
        self.get(path).await.json().await.unwrap()
    }

    pub async fn status(&self, method: &str, path: &str) -> u16 {
        self.request(method, path).send().await.unwrap().status().as_u16()
    }

    pub async fn put(&self, path: &str, body: impl Into<reqwest::Body>) -> Response {
        self.request("PUT", path).body(body).send().await.unwrap()
    }

    pub async fn put_json(&self, path: &str, body: Value) -> Response {
        self.request("PUT", path).json(&body).send().await.unwrap()
    }

    pub async fn deploy(&self, path: &str, body: impl Into<reqwest::Body>) {
        let answer = self.put(path, body).await;
        let status = answer.status().as_u16();
        assert_eq!(status, 201, "{path}: {}", answer.text().await.unwrap());
    }

    pub async fn repository(&self, key: &str, body: Value) {
        let answer = self.put_json(&format!("/artifactory/api/repositories/{key}"), body).await;
        let status = answer.status().as_u16();
        assert_eq!(status, 200, "{key}: {}", answer.text().await.unwrap());
    }

    pub async fn local(&self, key: &str, package_type: &str) {
        self.repository(key, json!({"rclass": "local", "packageType": package_type})).await;
    }

    pub async fn replica(&self, key: &str, package_type: &str, owner: &str) {
        let body = json!({
            "rclass": "local", "packageType": package_type, "readOnly": true, "ownerSite": owner,
            "forSource": key,
        });
        self.repository(key, body).await;
    }

    pub async fn replicate(&self, key: &str, to: &Self) {
        let body = json!({
            "url": to.url(&format!("/artifactory/{key}")), "token": TOKEN, "syncDeletes": true,
        });
        let path = format!("/artifactory/api/replications/{key}");
        assert_eq!(self.put_json(&path, body).await.status(), 201);
    }

    /// What `get` gives once it is 200.
    pub async fn eventually(&self, path: &str) -> String {
        eventually(path, || async {
            let answer = self.get(path).await;
            match answer.status().as_u16() {
                200 => Some(answer.text().await.unwrap()),
                _ => None,
            }
        })
        .await
    }

    pub async fn eventually_status(&self, path: &str, status: u16) {
        eventually(path, || async {
            (self.get(path).await.status().as_u16() == status).then_some(())
        })
        .await;
    }
}

/// Asks until there is an answer; ten seconds without one is a failure.
pub async fn eventually<T, F: Future<Output = Option<T>>>(
    what: &str,
    mut ask: impl FnMut() -> F,
) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(started.elapsed() < Duration::from_secs(10), "never: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A mesh of sites that share the virtual repository `name`, as the topology block makes it.
pub async fn mesh(sites: &[&Site], name: &str, package_type: &str) {
    for site in sites {
        for owner in sites {
            let key = format!("{name}-{}", owner.name);
            if owner.name == site.name {
                site.local(&key, package_type).await;
            } else {
                site.replica(&key, package_type, &owner.name).await;
            }
        }
        let own = format!("{name}-{}", site.name);
        let mut members = vec![own.clone()];
        members.extend(
            sites.iter().map(|site| format!("{name}-{}", site.name)).filter(|key| *key != own),
        );
        let body = json!({
            "rclass": "virtual", "packageType": package_type, "repositories": members,
            "defaultDeploymentRepo": own,
        });
        site.repository(name, body).await;
    }
    for site in sites {
        for other in sites.iter().filter(|other| other.name != site.name) {
            site.replicate(&format!("{name}-{}", site.name), other).await;
        }
    }
}
