//! The layers of every request, outermost first, each with the reason for its place.

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use repository_content::now_ms;
use repository_formats::ErrorKind;
use repository_formats::time::iso8601;
use serde_json::json;
use tower_http::catch_panic::CatchPanicLayer;

use crate::access::{Identity, authenticate};
use crate::listener::Peer;
use crate::reply::ApiError;
use crate::state::App;

/// Wraps the routes. `Router::layer` puts each layer around those before it, so the list reads
/// from the innermost to the outermost.
pub(crate) fn wrap(routes: Router<Arc<App>>, app: &Arc<App>) -> Router {
    routes
        // Innermost, because only the routes need to know who asks; what is refused here is
        // still measured and logged by the layers around.
        .layer(from_fn_with_state(Arc::clone(app), identify))
        // Around everything that can have a mistake in it, so that a panic costs one answer and
        // the layers outside still see that answer.
        .layer(CatchPanicLayer::custom(|_| -> Response {
            ApiError::new(ErrorKind::Internal, "The server made a mistake.").into_response()
        }))
        // Around the answer to a panic too: these headers belong on every response.
        .layer(from_fn_with_state(Arc::clone(app), add_headers))
        // Outermost: what is logged and measured is what the client saw, and for how long.
        .layer(from_fn_with_state(Arc::clone(app), observe))
        .with_state(Arc::clone(app))
}

async fn identify(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    match authenticate(&app.access, request.headers()).await {
        Ok(identity) => {
            request.extensions_mut().insert(identity.clone());
            let mut response = next.run(request).await;
            response.extensions_mut().insert(identity);
            response
        }
        Err(error) => {
            let refused = Identity { name: "(refused)".to_owned(), ..Identity::default() };
            app.audit(&refused, "authenticate", request.uri().path(), error.status.as_u16());
            let (parts, body) = request.into_parts();
            if !parts.headers.contains_key(header::EXPECT) {
                crate::body::discard(body).await;
            }
            error.into_response()
        }
    }
}

async fn add_headers(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(
        header::SERVER,
        HeaderValue::from_static(concat!("artiform/", env!("CARGO_PKG_VERSION"))),
    );
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(site) = HeaderValue::from_str(&app.config.site) {
        headers.insert("x-artiform-site", site);
    }
    response
}

async fn observe(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    // The query can hold what people take for private, so it is not logged.
    let path = request.uri().path().to_owned();
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0.ip().to_string());
    let response = next.run(request).await;
    let (status, took) = (response.status().as_u16(), started.elapsed());
    app.meter.request(method.as_str(), status, took);
    let user = response.extensions().get::<Identity>().map(|identity| identity.name.clone());
    app.access_log.write(&json!({
        "at": iso8601(now_ms()),
        "peer": peer,
        "user": user,
        "method": method.as_str(),
        "path": path,
        "status": status,
        "bytes": response.headers().get(header::CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse::<u64>().ok()),
        "ms": u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
    }));
    response
}
