//! The emulator as the proxy calls it: over TCP, or a function in the proxy's own tests.

use std::sync::Arc;

use bytes::Bytes;
use futures::future::BoxFuture;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::answer::Answer;
use super::call::{Call, Protocol};

/// Answers calls.
pub trait Backend: Send + Sync {
    /// Answers one call; none where the connection broke.
    fn answer<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Option<Answer>>;
}

/// A backend together with whose world is meant.
#[derive(Clone)]
pub struct Upstream(Arc<dyn Backend>);

impl Upstream {
    /// A server on 127.0.0.1 that takes the account from moto's own header.
    #[must_use]
    pub fn server(authority: &str, account: &str) -> Self {
        Self(Arc::new(Server { authority: authority.to_owned(), account: account.to_owned() }))
    }

    /// Any backend.
    pub fn backend(backend: impl Backend + 'static) -> Self {
        Self(Arc::new(backend))
    }

    /// Passes a call on.
    pub async fn forward(&self, call: &Call) -> Option<Answer> {
        self.0.answer(call).await
    }

    /// Asks EC2 on the proxy's own account; the answer's XML, empty where there is none.
    pub async fn ask_ec2(&self, region: &str, action: &str, parameters: &[(&str, &str)]) -> String {
        let call = ec2_call(region, action, parameters);
        self.forward(&call)
            .await
            .filter(Answer::is_success)
            .map(|answer| answer.text())
            .unwrap_or_default()
    }
}

fn ec2_call(region: &str, action: &str, parameters: &[(&str, &str)]) -> Call {
    let mut body = format!("Action={action}&Version=2016-11-15");
    for (name, value) in parameters {
        body.push_str(&format!("&{name}={value}"));
    }
    let credential = format!(
        "AWS4-HMAC-SHA256 Credential=proxy/20260101/{region}/ec2/aws4_request, SignedHeaders=host, Signature=0"
    );
    let mut headers = HeaderMap::new();
    let form = HeaderValue::from_static("application/x-www-form-urlencoded");
    headers.insert(header::CONTENT_TYPE, form);
    headers.insert(header::HOST, HeaderValue::from_static("ec2.amazonaws.com"));
    headers.extend(HeaderValue::from_str(&credential).map(|value| (header::AUTHORIZATION, value)));
    Call {
        service: "ec2".into(),
        region: region.into(),
        action: action.into(),
        protocol: Protocol::Ec2,
        parameters: parameters.iter().map(|(n, v)| ((*n).into(), (*v).into())).collect(),
        method: Method::POST,
        target: "/".into(),
        headers,
        body: body.into(),
    }
}

struct Server {
    authority: String,
    account: String,
}

impl Backend for Server {
    fn answer<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Option<Answer>> {
        Box::pin(async move { self.exchange(call).await.ok() })
    }
}

/// What belongs to one connection and not to the message.
const HOP_BY_HOP: [HeaderName; 3] = [header::CONNECTION, header::TRANSFER_ENCODING, header::EXPECT];

impl Server {
    async fn exchange(
        &self,
        call: &Call,
    ) -> Result<Answer, Box<dyn std::error::Error + Send + Sync>> {
        // moto closes every connection after its answer, so each call has its own.
        let stream = TcpStream::connect(&self.authority).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let mut request = Request::builder().method(call.method.clone()).uri(&call.target);
        if let Some(headers) = request.headers_mut() {
            headers.extend(call.headers.clone());
            HOP_BY_HOP.iter().for_each(|name| drop(headers.remove(name)));
            headers.insert("x-moto-account-id", HeaderValue::from_str(&self.account)?);
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(call.body.len()));
        }
        let response = sender.send_request(request.body(Full::new(call.body.clone()))?).await?;
        let (mut parts, body) = response.into_parts();
        HOP_BY_HOP.iter().for_each(|name| drop(parts.headers.remove(name)));
        let body: Bytes = body.collect().await?.to_bytes();
        Ok(Answer { status: parts.status, headers: parts.headers, body })
    }
}
