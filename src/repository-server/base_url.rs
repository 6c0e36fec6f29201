//! Under which URL a client sees this server, for the links that it is given.

use std::net::IpAddr;

use axum::http::{HeaderMap, Uri, header};

/// `http://host:port`, from the `Host` header. What a proxy says about the outside is believed
/// only from proxies that are configured: anybody can send these headers.
pub(crate) fn of_request(
    headers: &HeaderMap,
    uri: &Uri,
    peer: IpAddr,
    trusted: &[IpAddr],
) -> String {
    let from_proxy = |name: &str| {
        trusted
            .contains(&peer)
            .then(|| headers.get(name)?.to_str().ok()?.split(',').next().map(str::trim))
            .flatten()
    };
    let scheme = from_proxy("x-forwarded-proto").filter(|text| matches!(*text, "http" | "https"));
    let host = from_proxy("x-forwarded-host")
        .or_else(|| uri.authority().map(|authority| authority.as_str()))
        .or_else(|| headers.get(header::HOST)?.to_str().ok())
        .filter(|text| is_host(text))
        .unwrap_or("localhost");
    format!("{}://{host}", scheme.unwrap_or("http"))
}

/// Letters of host names, ports and IPv6 addresses: what else stands in a `Host` header could
/// break out of the places that links are written into.
fn is_host(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 255
        && text.bytes().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':' | b'[' | b']')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_are_believed() {
        let mut headers = HeaderMap::new();
        headers.insert("host", "repo.example.com:8081".parse().unwrap());
        headers.insert("x-forwarded-proto", "https".parse().unwrap());
        headers.insert("x-forwarded-host", "evil.example.com".parse().unwrap());
        let (uri, peer) = (Uri::from_static("/a"), IpAddr::from([10, 0, 0, 1]));
        let seen = |trusted: &[IpAddr]| of_request(&headers, &uri, peer, trusted);
        assert_eq!(seen(&[]), "http://repo.example.com:8081");
        assert_eq!(seen(&[peer]), "https://evil.example.com");
        let mut bad = HeaderMap::new();
        bad.insert("host", "a\"><script>".parse().unwrap());
        assert_eq!(of_request(&bad, &uri, peer, &[]), "http://localhost");
    }
}
