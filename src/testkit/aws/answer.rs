//! Answers: what the emulator says, and what the proxy says in its place, in each protocol's own form.

use bytes::Bytes;
use hyper::{HeaderMap, StatusCode, header};

use super::call::{Call, Protocol};

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    /// An error as the service of this call would write it.
    #[must_use]
    pub fn error(call: &Call, status: u16, code: &str, message: &str) -> Self {
        let (kind, body) = match call.protocol {
            Protocol::Ec2 => ("text/xml", ec2(code, message)),
            Protocol::Query => ("text/xml", query(code, message)),
            Protocol::Json => ("application/x-amz-json-1.1", json(code, message)),
            Protocol::Rest => ("application/xml", rest(code, message)),
        };
        // An answer to HEAD has no body; the status must do.
        let body = if call.method == hyper::Method::HEAD { String::new() } else { body };
        Self::with(status, kind, body)
    }

    /// An answer of this kind of content.
    #[must_use]
    pub fn with(status: u16, kind: &'static str, body: impl Into<Bytes>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, headers, body: body.into() }
    }

    /// Whether the call did what it says.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.status.is_success()
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The same answer with another body.
    #[must_use]
    pub fn with_text(self, text: String) -> Self {
        Self { body: text.into(), ..self }
    }

    /// An unhandled mistake of the emulator: AWS never answers with a page.
    #[must_use]
    pub fn is_page(&self) -> bool {
        let kind = self.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        self.status.is_server_error() && kind.is_some_and(|kind| kind.starts_with("text/html"))
    }
}

fn ec2(code: &str, message: &str) -> String {
    format!(
        "<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>\
         <RequestID>proxy</RequestID></Response>"
    )
}

fn query(code: &str, message: &str) -> String {
    format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
         <RequestId>proxy</RequestId></ErrorResponse>"
    )
}

fn rest(code: &str, message: &str) -> String {
    format!(
        "<Error><Code>{code}</Code><Message>{message}</Message><RequestId>proxy</RequestId></Error>"
    )
}

fn json(code: &str, message: &str) -> String {
    serde_json::json!({"__type": code, "message": message}).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::call::tests::signed;

    #[test]
    fn an_error_has_the_form_of_its_service() {
        let text = |service, method| {
            let call = signed(method, "/", service, "Action=GetIt");
            Answer::error(&call, 400, "Code", "words").text()
        };
        assert!(text("ec2", "POST").starts_with("<Response><Errors><Error><Code>Code</Code>"));
        assert!(text("iam", "POST").starts_with("<ErrorResponse><Error>"));
        assert!(text("s3", "GET").starts_with("<Error><Code>Code</Code>"));
        assert_eq!(text("s3", "HEAD"), "");
    }

    #[test]
    fn a_page_is_no_answer_of_aws() {
        assert!(Answer::with(500, "text/html; charset=utf-8", "<html>").is_page());
        assert!(!Answer::with(500, "text/xml", "<Error>").is_page());
        assert!(!Answer::with(200, "text/html", "<html>").is_page());
    }
}
