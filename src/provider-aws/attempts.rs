//! What the attempts of a call teach: how many there are, whether anybody answers, and whether they are throttled.

use std::sync::atomic::{AtomicBool, Ordering};

use aws_config::retry::RetryConfig;
use aws_sdk_ec2::config::interceptors::{
    BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextMut,
};
use aws_sdk_ec2::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::config_bag::{Storable, StoreReplace};

use crate::calls::Calls;
use crate::failure::{THROTTLED, chain, is_connection_failure};

/// How often an endpoint that never answered is tried: a mistyped one has to be told soon.
const FIRST_CONNECTIONS: u32 = 3;

/// Watches the attempts of one client.
#[derive(Debug)]
pub(crate) struct Attempts {
    region: String,
    calls: Calls,
    /// Whether the endpoint has ever answered.
    answered: AtomicBool,
}

impl Attempts {
    /// Watches a client of this region.
    pub(crate) fn of(region: &str, calls: &Calls) -> Self {
        Self { region: region.to_owned(), calls: calls.clone(), answered: AtomicBool::new(false) }
    }
}

impl Intercept for Attempts {
    fn name(&self) -> &'static str {
        "Attempts"
    }

    /// A request that is under way is no longer seen, so that its endpoint is kept.
    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.calls.count(&self.region);
        config.interceptor_state().store_put(Endpoint(endpoint(context.request().uri())));
        Ok(())
    }

    fn modify_before_attempt_completion(
        &self,
        context: &mut FinalizerInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(response) = context.response() {
            self.answered.store(true, Ordering::Relaxed);
            if is_throttled(response) {
                provider::throttled();
            }
            return Ok(());
        }
        let endpoint = config.load::<Endpoint>().map(|endpoint| endpoint.0.clone());
        let Some(Err(error)) = context.output_or_error_mut() else { return Ok(()) };
        let failed = error.as_connector_error().is_some_and(|e| is_connection_failure(&chain(e)));
        if let Some(endpoint) = endpoint.filter(|_| failed) {
            *error = OrchestratorError::connector(Unreachable::at(endpoint, &chain(&*error)));
            if !self.answered.load(Ordering::Relaxed) {
                let few = RetryConfig::standard().with_max_attempts(FIRST_CONNECTIONS);
                config.interceptor_state().store_put(few);
            }
        }
        Ok(())
    }
}

/// An answer that asks for fewer calls, by its code or, where it has no body, by its status.
fn is_throttled(response: &HttpResponse) -> bool {
    let status = response.status().as_u16();
    if status < 400 {
        return false;
    }
    let body = response.body().bytes().map(String::from_utf8_lossy).unwrap_or_default();
    status == 429
        || (status == 503 && body.is_empty())
        || THROTTLED.iter().any(|code| body.contains(code))
}

/// Scheme, host and port of an address.
fn endpoint(uri: &str) -> String {
    let (scheme, rest) = uri.split_once("://").unwrap_or(("https", uri));
    let host = rest.split(['/', '?']).next().unwrap_or(rest);
    format!("{scheme}://{host}")
}

/// The endpoint that a call goes to.
#[derive(Debug)]
struct Endpoint(String);

impl Storable for Endpoint {
    type Storer = StoreReplace<Self>;
}

/// Nobody could be reached at an endpoint.
#[derive(Debug)]
struct Unreachable {
    endpoint: String,
    why: String,
}

impl Unreachable {
    fn at(endpoint: String, causes: &str) -> ConnectorError {
        // The innermost cause says it; what stands before it are the layers of the client.
        let why = causes.rsplit(": ").next().unwrap_or(causes).to_owned();
        ConnectorError::io(Box::new(Self { endpoint, why }))
    }
}

impl std::fmt::Display for Unreachable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "no connection to {}: {}", self.endpoint, self.why)
    }
}

impl std::error::Error for Unreachable {}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_smithy_runtime_api::http::StatusCode;
    use aws_smithy_types::body::SdkBody;

    fn answer(status: u16, body: &str) -> HttpResponse {
        HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body))
    }

    #[test]
    fn throttling_is_told_by_code_and_by_status() {
        let ec2 = "<Response><Errors><Error><Code>RequestLimitExceeded</Code></Error></Errors>";
        assert!(is_throttled(&answer(503, ec2)));
        assert!(is_throttled(&answer(400, r#"{"__type":"ThrottlingException"}"#)));
        assert!(is_throttled(&answer(503, "")) && is_throttled(&answer(429, "later")));
        assert!(!is_throttled(&answer(500, "<Code>InternalError</Code>")));
        assert!(!is_throttled(&answer(200, "Throttling")));
    }

    #[test]
    fn an_endpoint_is_scheme_host_and_port() {
        assert_eq!(endpoint("http://127.0.0.1:9/bucket?tagging"), "http://127.0.0.1:9");
        assert_eq!(
            endpoint("https://ec2.eu-west-1.amazonaws.com/"),
            "https://ec2.eu-west-1.amazonaws.com"
        );
    }
}
