//! Clients that are slow, loud or broken do not harm the others.

use std::time::{Duration, Instant};

use repository_server::{Limits, Running, ServerConfig, start};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::site::{TOKEN, config};

async fn strict() -> (TempDir, Running) {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits {
        header_seconds_max: 1,
        body_idle_seconds_max: 1,
        header_bytes_max: 8192,
        upload_bytes_max: 1000,
        drain_seconds_max: 1,
        ..Limits::default()
    };
    let config = ServerConfig { limits, ..config("east", folder.path(), "127.0.0.1:0") };
    let running = start(config).await.unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let created = client
        .put(format!("{}/artifactory/api/repositories/files", running.url()))
        .bearer_auth(TOKEN)
        .json(&serde_json::json!({"rclass": "local", "packageType": "generic"}))
        .send()
        .await
        .unwrap();
    assert_eq!(created.status(), 200);
    (folder, running)
}

/// Sends bytes, and reads until the server closes.
async fn exchange(running: &Running, bytes: &[u8]) -> (String, Duration) {
    let started = Instant::now();
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    let reading = tokio::time::timeout(Duration::from_secs(8), stream.read_to_end(&mut answer));
    // A reset is a way of closing too.
    let _ = reading.await.expect("the server never closed the connection");
    (String::from_utf8_lossy(&answer).into_owned(), started.elapsed())
}

#[tokio::test]
async fn clients_that_never_finish_their_head_are_closed() {
    let (_folder, running) = strict().await;
    for start in ["", "GET / HT", "GET / HTTP/1.1\r\nhost: a\r\nx-slow: "] {
        let (_, took) = exchange(&running, start.as_bytes()).await;
        assert!(took < Duration::from_secs(5), "{start:?} took {took:?}");
    }
    running.stop().await;
}

#[tokio::test]
async fn a_body_that_stands_still_or_grows_too_large_stores_nothing() {
    let (folder, running) = strict().await;
    let head = format!(
        "PUT /artifactory/files/x HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {TOKEN}\r\n"
    );
    let stalled = format!("{head}content-length: 500\r\n\r\nonly this");
    let (answer, _) = exchange(&running, stalled.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    let large =
        format!("{head}connection: close\r\ncontent-length: 2000\r\n\r\n{}", "x".repeat(2000));
    let (answer, _) = exchange(&running, large.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    let chunked = format!(
        "{head}connection: close\r\ntransfer-encoding: chunked\r\n\r\n7d0\r\n{}\r\n0\r\n\r\n",
        "x".repeat(2000)
    );
    let (answer, _) = exchange(&running, chunked.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    let broken = format!("{head}transfer-encoding: chunked\r\n\r\nzz\r\n");
    let (answer, _) = exchange(&running, broken.as_bytes()).await;
    assert!(!answer.starts_with("HTTP/1.1 2"), "{answer}");
    let staged = std::fs::read_dir(folder.path().join("blobs/staging")).unwrap().count();
    assert_eq!(staged, 0);
    running.stop().await;
}

#[tokio::test]
async fn oversized_heads_are_refused() {
    let (_folder, running) = strict().await;
    let long = format!("GET / HTTP/1.1\r\nhost: a\r\nx-long: {}\r\n\r\n", "x".repeat(100_000));
    let (answer, _) = exchange(&running, long.as_bytes()).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    let many: String = (0..300).map(|n| format!("x-{n}: 1\r\n")).collect();
    let many = format!("GET / HTTP/1.1\r\nhost: a\r\n{many}\r\n");
    let (answer, _) = exchange(&running, many.as_bytes()).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    running.stop().await;
}

#[tokio::test]
async fn requests_under_way_finish_when_the_server_stops() {
    let (_folder, running) = strict().await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    let head = format!(
        "PUT /artifactory/files/late HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {TOKEN}\r\n\
         content-length: 10\r\n\r\n01234"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let stopping = tokio::spawn(running.stop());
    tokio::time::sleep(Duration::from_millis(200)).await;
    stream.write_all(b"56789").await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    stopping.await.unwrap();
}
