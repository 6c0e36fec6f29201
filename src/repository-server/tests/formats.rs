//! Packages through their own protocols, published at one site and installed at another.

use base64::Engine;
use serde_json::{Value, json};

use crate::site::{Site, eventually, mesh};

/// A gzipped tar with one file.
fn tarball(name: &str, content: &str) -> Vec<u8> {
    let mut archive =
        tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    let mut header = tar::Header::new_gnu();
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    archive.append_data(&mut header, name, content.as_bytes()).unwrap();
    archive.into_inner().unwrap().finish().unwrap()
}

fn npm_publication(version: &str) -> (Value, Vec<u8>) {
    let manifest = json!({"name": "@acme/tool", "version": version});
    let bytes = tarball("package/package.json", &manifest.to_string());
    let file = format!("tool-{version}.tgz");
    let body = json!({
        "_id": "@acme/tool", "name": "@acme/tool", "dist-tags": {"latest": version},
        "versions": {version: {"name": "@acme/tool", "version": version, "dist": {}}},
        "_attachments": {format!("@acme/{file}"): {
            "content_type": "application/octet-stream",
            "data": base64::engine::general_purpose::STANDARD.encode(&bytes),
            "length": bytes.len(),
        }},
    });
    (body, bytes)
}

#[tokio::test]
async fn an_npm_package_published_here_installs_there() {
    let (east, west) = (Site::start("east").await, Site::start("west").await);
    mesh(&[&east, &west], "js", "npm").await;
    let (body, bytes) = npm_publication("1.0.0");
    let published = east.put_json("/artifactory/api/npm/js/@acme%2ftool", body.clone()).await;
    let status = published.status();
    assert!(status.is_success(), "{status}: {}", published.text().await.unwrap());
    let packument = "/artifactory/api/npm/js/@acme%2ftool";
    let found: Value = serde_json::from_str(&west.eventually(packument).await).unwrap();
    assert_eq!(found["dist-tags"]["latest"], "1.0.0", "{found}");
    let link = found["versions"]["1.0.0"]["dist"]["tarball"].as_str().unwrap();
    assert!(link.starts_with(&west.url("/artifactory/api/npm/js/")), "{link}");
    let path = link.strip_prefix(&west.url("")).unwrap();
    assert!(west.get(path).await.bytes().await.unwrap() == bytes);
    let again = east.put_json(packument, body).await;
    assert_eq!(again.status(), 403, "a version is published once");
    let (second, _) = npm_publication("1.1.0");
    assert!(east.put_json(packument, second).await.status().is_success());
    eventually("the second version is there", || async {
        let found = west.json(packument).await;
        (found["dist-tags"]["latest"] == "1.1.0" && found["versions"].get("1.0.0").is_some())
            .then_some(())
    })
    .await;
    let replica = west.put_json("/artifactory/api/npm/js-east/@acme%2ftool", json!({})).await;
    assert_eq!(replica.status(), 403);
    assert!(replica.text().await.unwrap().contains("region 'east' owns it"));
}

fn wheel() -> Vec<u8> {
    use std::io::Write;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    archive.start_file("demo_pkg-1.0.dist-info/METADATA", options).unwrap();
    archive.write_all(b"Metadata-Version: 2.1\nName: demo-pkg\nVersion: 1.0\n").unwrap();
    archive.finish().unwrap().into_inner()
}

/// The form that twine sends.
fn twine_form(bytes: &[u8]) -> (String, Vec<u8>) {
    let boundary = "0123456789abcdef";
    let mut body = Vec::new();
    for (name, value) in [
        (":action", "file_upload"),
        ("protocol_version", "1"),
        ("filetype", "bdist_wheel"),
        ("pyversion", "py3"),
        ("metadata_version", "2.1"),
        ("name", "demo-pkg"),
        ("version", "1.0"),
    ] {
        body.extend_from_slice(
            format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            )
            .as_bytes(),
        );
    }
    body.extend_from_slice(
        format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"content\"; \
             filename=\"demo_pkg-1.0-py3-none-any.whl\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        )
        .as_bytes(),
    );
    body.extend_from_slice(bytes);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

#[tokio::test]
async fn a_python_package_uploaded_here_installs_there() {
    let (east, west) = (Site::start("east").await, Site::start("west").await);
    mesh(&[&east, &west], "py", "pypi").await;
    let bytes = wheel();
    let (content_type, body) = twine_form(&bytes);
    let uploaded = east
        .request("POST", "/artifactory/api/pypi/py")
        .header("content-type", content_type)
        .body(body)
        .send()
        .await
        .unwrap();
    let status = uploaded.status();
    assert!(status.is_success(), "{status}: {}", uploaded.text().await.unwrap());
    let index = west.eventually("/artifactory/api/pypi/py/simple/demo-pkg/").await;
    assert!(index.contains("demo_pkg-1.0-py3-none-any.whl#sha256="), "{index}");
    let href = index.split("href=\"").nth(1).unwrap().split('"').next().unwrap();
    let base = reqwest::Url::parse(&west.url("/artifactory/api/pypi/py/simple/demo-pkg/")).unwrap();
    let url = base.join(href).unwrap();
    assert!(west.get(url.path()).await.bytes().await.unwrap() == bytes, "{url}");
    let all = west.text("/artifactory/api/pypi/py/simple/").await;
    assert!(all.contains("demo-pkg"), "{all}");
}

#[tokio::test]
async fn a_maven_artifact_deployed_here_resolves_there() {
    let (east, west) = (Site::start("east").await, Site::start("west").await);
    mesh(&[&east, &west], "libs", "maven").await;
    let base = "/artifactory/libs/org/acme/lib";
    let pom = "<project xmlns=\"http://maven.apache.org/POM/4.0.0\"><modelVersion>4.0.0\
        </modelVersion><groupId>org.acme</groupId><artifactId>lib</artifactId>\
        <version>1.0</version></project>";
    east.deploy(&format!("{base}/1.0/lib-1.0.jar"), "a jar").await;
    east.deploy(&format!("{base}/1.0/lib-1.0.pom"), pom).await;
    assert_eq!(west.eventually(&format!("{base}/1.0/lib-1.0.jar")).await, "a jar");
    west.eventually(&format!("{base}/1.0/lib-1.0.pom")).await;
    let metadata = west.eventually(&format!("{base}/maven-metadata.xml")).await;
    assert!(metadata.contains("<version>1.0</version>"), "{metadata}");
    let sum = west.text(&format!("{base}/1.0/lib-1.0.jar.sha1")).await;
    assert_eq!(sum.len(), 40, "{sum}");
    let wrong = east.put(&format!("{base}/1.0/lib-1.0.jar.sha1"), "0".repeat(40)).await;
    assert_eq!(wrong.status(), 409);
    let right = east.put(&format!("{base}/1.0/lib-1.0.jar.sha1"), sum).await;
    assert_eq!(right.status(), 201);
    assert_eq!(east.status("DELETE", &format!("{base}/1.0")).await, 204);
    west.eventually_status(&format!("{base}/maven-metadata.xml"), 404).await;
}
