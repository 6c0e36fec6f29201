//! One call of an AWS API as it comes over the wire: which service, region and action, with which parameters.

pub mod s3;

use bytes::Bytes;
use hyper::HeaderMap;
use hyper::http::request::Parts;

/// How a service writes its requests, answers and errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// `Action=` in a form, errors in `<Response><Errors>`: EC2.
    Ec2,
    /// `Action=` in a form, errors in `<ErrorResponse>`: IAM, STS.
    Query,
    /// `X-Amz-Target`, bodies in JSON: SSM, KMS.
    Json,
    /// Method and path, errors in `<Error>`: S3.
    Rest,
}

/// A call, read but not yet answered.
#[derive(Clone, Debug)]
pub struct Call {
    /// The name it is signed for: `ec2`, `s3`, `iam`; `unsigned` where it is not signed.
    pub service: String,
    /// The region it is signed for.
    pub region: String,
    /// `CreateVpc`; for what is not known by name, method and path.
    pub action: String,
    pub protocol: Protocol,
    /// What a form or the top of a JSON object holds, and the query of the URL.
    pub parameters: Vec<(String, String)>,
    pub method: hyper::Method,
    /// Path and query, encoded.
    pub target: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Call {
    /// Reads a request.
    #[must_use]
    pub fn read(parts: Parts, body: Bytes) -> Self {
        let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let (path, query) = (parts.uri.path().to_owned(), parts.uri.query().unwrap_or_default());
        let query = form(query);
        let (region, service) = scope(header("authorization"), &query);
        let mut call = Self {
            service,
            region,
            action: String::new(),
            protocol: Protocol::Rest,
            parameters: query,
            method: parts.method,
            target: parts.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned(),
            headers: HeaderMap::new(),
            body,
        };
        let target = header("x-amz-target").map(str::to_owned);
        call.headers = parts.headers;
        call.name_action(target, &path);
        call
    }

    fn name_action(&mut self, target: Option<String>, path: &str) {
        if let Some(target) = target {
            self.protocol = Protocol::Json;
            self.action = target.rsplit('.').next().unwrap_or_default().to_owned();
            self.parameters.extend(json_parameters(&self.body));
            return;
        }
        if self.service != "s3" && self.method == hyper::Method::POST {
            self.parameters.extend(form(&String::from_utf8_lossy(&self.body)));
        }
        if let Some(action) = self.parameter("Action").map(str::to_owned) {
            self.protocol = if self.service == "ec2" { Protocol::Ec2 } else { Protocol::Query };
            self.action = action;
        } else if self.service == "s3" {
            self.action = s3::action(self.method.as_str(), path, &self.parameters, &self.headers);
        } else {
            self.action = format!("{} {path}", self.method);
        }
    }

    /// `ec2:CreateVpc`
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}:{}", self.service, self.action)
    }

    /// The first parameter of this name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Whether it changes something.
    #[must_use]
    pub fn is_write(&self) -> bool {
        const READS: [&str; 5] = ["Describe", "Get", "Head", "List", "Assume"];
        !READS.iter().any(|verb| self.action.starts_with(verb))
    }
}

/// Region and service of a SigV4 credential scope, `KEY/DATE/REGION/SERVICE/aws4_request`.
fn scope(authorization: Option<&str>, query: &[(String, String)]) -> (String, String) {
    let header =
        authorization.and_then(|text| text.split_once("Credential=")).map(|(_, rest)| rest);
    let presigned = query.iter().find(|(name, _)| name == "X-Amz-Credential");
    let credential = header.or(presigned.map(|(_, value)| value.as_str())).unwrap_or_default();
    let mut parts = credential.split([',', ' ']).next().unwrap_or_default().rsplit('/').skip(1);
    match (parts.next(), parts.next()) {
        (Some(service), Some(region)) => (region.to_owned(), service.to_owned()),
        _ => ("none".to_owned(), "unsigned".to_owned()),
    }
}

fn json_parameters(body: &[u8]) -> Vec<(String, String)> {
    let object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(body).unwrap_or_default();
    let text = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    };
    object.into_iter().map(|(name, value)| (name, text(value))).collect()
}

/// Names and values of `application/x-www-form-urlencoded` text.
#[must_use]
pub fn form(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = (*first == b'%').then(|| tail.get(..2)).flatten();
        let escaped = escaped.and_then(|digits| std::str::from_utf8(digits).ok());
        match (first, escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (_, Some(byte)) => {
                bytes.push(byte);
                rest = &tail[2..];
                continue;
            }
            (b'+', None) => bytes.push(b' '),
            (other, None) => bytes.push(*other),
        }
        rest = tail;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A request as an SDK would sign it.
    pub(crate) fn signed(method: &str, target: &str, service: &str, body: &str) -> Call {
        with_target(method, target, service, body, None)
    }

    fn with_target(
        method: &str,
        uri: &str,
        service: &str,
        body: &str,
        target: Option<&str>,
    ) -> Call {
        let credential = format!(
            "AWS4-HMAC-SHA256 Credential=KEY/20260101/eu-west-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
        );
        let mut request =
            hyper::Request::builder().method(method).uri(uri).header("authorization", credential);
        if let Some(target) = target {
            request = request.header("x-amz-target", target);
        }
        let (parts, body) = request.body(body.to_owned()).expect("a request").into_parts();
        Call::read(parts, Bytes::from(body))
    }

    #[test]
    fn a_form_names_its_action() {
        let call = signed("POST", "/", "ec2", "Action=CreateVpc&CidrBlock=10.0.0.0%2F16&Name=a+b");
        assert_eq!((call.name().as_str(), call.region.as_str()), ("ec2:CreateVpc", "eu-west-1"));
        assert_eq!(call.protocol, Protocol::Ec2);
        assert_eq!(call.parameter("CidrBlock"), Some("10.0.0.0/16"));
        assert_eq!(call.parameter("Name"), Some("a b"));
        assert_eq!(signed("POST", "/", "iam", "Action=GetRole").protocol, Protocol::Query);
    }

    #[test]
    fn a_target_header_names_its_action() {
        let body = r#"{"Name": "/a", "Tier": {"x": 1}}"#;
        let call = with_target("POST", "/", "ssm", body, Some("AmazonSSM.PutParameter"));
        assert_eq!((call.name().as_str(), call.protocol), ("ssm:PutParameter", Protocol::Json));
        assert_eq!(call.parameter("Name"), Some("/a"));
        assert_eq!(call.parameter("Tier"), Some(r#"{"x":1}"#));
    }

    #[test]
    fn what_has_no_name_is_named_by_method_and_path() {
        assert_eq!(
            signed("GET", "/2020/things?a=1", "lambda", "").name(),
            "lambda:GET /2020/things"
        );
    }

    #[test]
    fn reads_and_writes_are_told_apart() {
        let is_write =
            |action: &str| signed("POST", "/", "ec2", &format!("Action={action}")).is_write();
        assert!(is_write("CreateVpc") && is_write("ModifyVpcAttribute"));
        assert!(!is_write("DescribeVpcs") && !is_write("GetCallerIdentity"));
    }

    #[test]
    fn a_request_that_is_not_signed_is_read_all_the_same() {
        let (parts, ()) = hyper::Request::get("/x%2").body(()).expect("a request").into_parts();
        let call = Call::read(parts, Bytes::new());
        assert_eq!((call.service.as_str(), call.region.as_str()), ("unsigned", "none"));
    }
}
