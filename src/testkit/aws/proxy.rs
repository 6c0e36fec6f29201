//! The proxy between a client and the emulator: it counts and records calls and passes each through its rules.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use super::answer::Answer;
use super::call::Call;
use super::record::Record;
use super::rule::{Exchange, Rule, pass_through};
use super::upstream::Upstream;
use crate::patience;

/// How long calls under way may take to end once their client is gone.
const SETTLED: Duration = Duration::from_secs(60);

/// A proxy on a port of 127.0.0.1; it ends when it is dropped.
pub struct Proxy {
    authority: String,
    traffic: Arc<Traffic>,
    runtime: Option<Runtime>,
}

/// What all connections share.
struct Traffic {
    upstream: Upstream,
    record: Record,
    /// Outermost first. Faults come before the overlay: what they refuse never happened.
    faults: Mutex<Vec<Arc<dyn Rule>>>,
    overlay: Vec<Arc<dyn Rule>>,
    gaps: Mutex<Vec<String>>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Proxy {
    /// Starts a proxy before `upstream`, with rules that stay.
    ///
    /// # Panics
    /// When it cannot listen.
    #[must_use]
    pub fn start(upstream: Upstream, overlay: Vec<Arc<dyn Rule>>) -> Self {
        let (faults, gaps, record) = (Mutex::default(), Mutex::default(), Record::default());
        let traffic = Arc::new(Traffic { upstream, record, faults, overlay, gaps });
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0))).expect("a free port");
        let authority = listener.local_addr().expect("an address").to_string();
        runtime.spawn(listen(listener, traffic.clone()));
        Self { authority, traffic, runtime: Some(runtime) }
    }

    /// `http://127.0.0.1:PORT`
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.authority)
    }

    /// Adds a fault, inside of those that are there.
    pub fn add(&self, rule: Arc<dyn Rule>) {
        self.traffic.faults.lock().unwrap_or_else(PoisonError::into_inner).push(rule);
    }

    /// Takes all faults away.
    pub fn heal(&self) {
        self.traffic.faults.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// What was called so far.
    #[must_use]
    pub fn record(&self) -> &Record {
        &self.traffic.record
    }

    /// Actions that the emulator answered with a page: it does not have them, or has a bug.
    #[must_use]
    pub fn gaps(&self) -> Vec<String> {
        self.traffic.gaps.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until no call is under way, so that what a dead client left behind has happened.
    ///
    /// # Panics
    /// When a call does not end.
    pub fn settle(&self) {
        let is_quiet = || (!self.record().is_busy()).then_some(());
        patience::within(SETTLED, "the calls under way have ended", is_quiet);
    }
}

async fn listen(listener: TcpListener, traffic: Arc<Traffic>) {
    while let Ok((stream, _)) = listener.accept().await {
        let traffic = traffic.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| serve(traffic.clone(), request));
            let connection = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service);
            // A dropped connection is what the client is tested with.
            let _ = connection.await;
        });
    }
}

/// The connection breaks where there is no answer.
async fn serve(
    traffic: Arc<Traffic>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, std::io::Error> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(std::io::Error::other)?.to_bytes();
    // A client that dies takes its connection along; its call goes on all the same, as it would in AWS.
    let handled = tokio::spawn(async move { traffic.handle(Call::read(parts, body)).await });
    let answer = handled.await.map_err(std::io::Error::other)?;
    answer.map(respond).ok_or_else(|| std::io::Error::other("the answer is withheld"))
}

fn respond(answer: Answer) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    if response.body().size_hint().exact() != Some(0) {
        // A rule may have changed the length; hyper writes the right one.
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    response
}

impl Traffic {
    async fn handle(&self, call: Call) -> Option<Answer> {
        let number = self.record.arrived(&call);
        let faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let rules = [faults, self.overlay.clone()].concat();
        let exchange = Exchange { call, number, upstream: self.upstream.clone() };
        let answer = pass_through(&rules, &exchange).await;
        let answer = answer.map(|answer| self.notice_gap(&exchange.call, answer));
        self.record.answered(number, answer.as_ref().map(|answer| answer.status.as_u16()));
        answer
    }

    /// An SDK would try a page again and then fail to read it; so that it is told by name instead.
    fn notice_gap(&self, call: &Call, answer: Answer) -> Answer {
        if !answer.is_page() {
            return answer;
        }
        let name = call.name();
        let message = format!("the emulator lacks {name}, or fails at it");
        self.gaps.lock().unwrap_or_else(PoisonError::into_inner).push(name);
        Answer::error(call, 400, "EmulatorGap", &message)
    }
}
