//! The connection loop: accepts within a cap, gives slow clients a deadline, drains at the end.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt;

use crate::config::Limits;
use crate::state::App;

/// Headers of one request; more are refused.
const HEADERS_MAX: usize = 128;
/// HTTP/2 requests at the same time on one connection.
const STREAMS_MAX: u32 = 128;
/// How long to wait when the system has no more file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The address of whoever sent a request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// Serves until `stop` changes, then lets the requests under way finish.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    app: Arc<App>,
    mut stop: watch::Receiver<bool>,
) {
    let graceful = GracefulShutdown::new();
    let slots = Arc::new(Semaphore::new(app.config.limits.connections_max));
    let builder = Arc::new(connection_builder(&app.config.limits));
    loop {
        // A slot first: connections beyond the cap wait in the system's queue.
        let accepted = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => break,
            accepted = accept(&listener, &slots) => accepted,
        };
        let Some((stream, peer, slot)) = accepted else { continue };
        let (router, app) = (router.clone(), Arc::clone(&app));
        let (builder, watcher) = (Arc::clone(&builder), graceful.watcher());
        let mut stop = stop.clone();
        tokio::spawn(async move {
            app.meter.connection_opened();
            // A connection that has asked for nothing yet (clients keep such in reserve) delays no stop.
            let speaks = tokio::select! {
                speaks = wait_for_first_byte(&stream, &app.config.limits) => speaks,
                _ = stop.wait_for(|stop| *stop) => false,
            };
            if speaks {
                let service = service_fn(move |request: hyper::Request<Incoming>| {
                    handle(router.clone(), request, peer)
                });
                let connection =
                    builder.serve_connection(TokioIo::new(stream), service).into_owned();
                // Clients that go away in the middle are everyday business.
                let _ = watcher.watch(connection).await;
            }
            app.meter.connection_closed();
            drop(slot);
        });
    }
    drop(listener);
    let drain = Duration::from_secs(app.config.limits.drain_seconds_max);
    if tokio::time::timeout(drain, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests were still under way at the end of the drain time");
    }
}

async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit)> {
    let slot = Arc::clone(slots).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "a connection keeps its delay");
            }
            Some((stream, peer, slot))
        }
        Err(error) => {
            // Out of descriptors, most likely: others will close.
            tracing::warn!(%error, "a connection could not be accepted");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

fn connection_builder(limits: &Limits) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(limits.header_seconds_max))
        .max_headers(HEADERS_MAX)
        .max_buf_size(limits.header_bytes_max.max(8192));
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS_MAX)
        .max_header_list_size(u32::try_from(limits.header_bytes_max).unwrap_or(u32::MAX))
        .keep_alive_interval(Duration::from_secs(30))
        .keep_alive_timeout(Duration::from_secs(20));
    builder
}

/// Telling HTTP/1 from HTTP/2 reads the first bytes without a deadline, so there is one here.
async fn wait_for_first_byte(stream: &TcpStream, limits: &Limits) -> bool {
    let patience = Duration::from_secs(limits.header_seconds_max);
    let peeked = tokio::time::timeout(patience, stream.peek(&mut [0])).await;
    matches!(peeked, Ok(Ok(1)))
}

async fn handle(
    router: Router,
    request: hyper::Request<Incoming>,
    peer: SocketAddr,
) -> Result<axum::response::Response, Infallible> {
    let mut request: Request = request.map(Body::new);
    request.extensions_mut().insert(Peer(peer));
    router.oneshot(request).await
}
