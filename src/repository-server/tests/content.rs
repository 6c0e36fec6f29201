//! Artifacts by path: deployed, read in parts and under conditions, listed, deleted.

use serde_json::json;

use crate::site::{Site, TOKEN};

const HELLO_SHA256: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
const HELLO_SHA1: &str = "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d";

#[tokio::test]
async fn a_deployed_file_comes_back_with_its_checksums() {
    let site = Site::start("east").await;
    site.local("files", "generic").await;
    let answer = site.put("/artifactory/files/a/hello.txt;k=v1;k=v2", "hello").await;
    assert_eq!(answer.status(), 201);
    assert!(answer.headers()["location"].to_str().unwrap().ends_with("/files/a/hello.txt"));
    let body: serde_json::Value = answer.json().await.unwrap();
    assert_eq!((&body["repo"], &body["path"]), (&json!("files"), &json!("/a/hello.txt")));
    assert_eq!((&body["size"], &body["mimeType"]), (&json!("5"), &json!("text/plain")));
    assert_eq!(body["checksums"]["sha256"], HELLO_SHA256);
    let answer = site.get("/artifactory/files/a/hello.txt").await;
    let headers = answer.headers().clone();
    assert_eq!(headers["x-checksum-sha256"], HELLO_SHA256);
    assert_eq!(headers["x-checksum-sha1"], HELLO_SHA1);
    assert_eq!(headers["accept-ranges"], "bytes");
    assert_eq!(headers["content-length"], "5");
    assert!(headers["server"].to_str().unwrap().starts_with("artiform/"));
    assert_eq!(answer.text().await.unwrap(), "hello");
    let head = site.request("HEAD", "/artifactory/files/a/hello.txt").send().await.unwrap();
    assert_eq!(
        (head.status().as_u16(), &head.headers()["content-length"]),
        (200, &"5".parse().unwrap())
    );
    let properties = site.json("/artifactory/api/storage/files/a/hello.txt?properties").await;
    assert_eq!(properties["properties"], json!({"k": ["v1", "v2"]}));
    assert_eq!(site.status("GET", "/artifactory/files/a/hello.txt;k=v2").await, 200);
    assert_eq!(site.status("GET", "/artifactory/files/a/hello.txt;k=v3").await, 404);
}

#[tokio::test]
async fn ranges_and_conditions_are_honoured() {
    let site = Site::start("east").await;
    site.local("files", "generic").await;
    let path = "/artifactory/files/hello.txt";
    site.deploy(path, "hello").await;
    let ask = |name: &'static str, value: String| site.request("GET", path).header(name, value);
    for (range, status, body, content_range) in [
        ("bytes=1-3", 206, "ell", "bytes 1-3/5"),
        ("bytes=3-", 206, "lo", "bytes 3-4/5"),
        ("bytes=-2", 206, "lo", "bytes 3-4/5"),
        ("bytes=0-99", 206, "hello", "bytes 0-4/5"),
        ("bytes=9-", 416, "", "bytes */5"),
    ] {
        let answer = ask("range", range.to_owned()).send().await.unwrap();
        assert_eq!(answer.status(), status, "{range}");
        assert_eq!(answer.headers()["content-range"], content_range, "{range}");
        assert_eq!(answer.text().await.unwrap(), body, "{range}");
    }
    let first = site.get(path).await;
    let header = |name: &str| first.headers()[name].to_str().unwrap().to_owned();
    let (tag, modified) = (header("etag"), header("last-modified"));
    for (name, value, status) in [
        ("if-none-match", tag.clone(), 304),
        ("if-none-match", HELLO_SHA1.to_owned(), 304),
        ("if-none-match", "\"other\"".to_owned(), 200),
        ("if-modified-since", modified, 304),
        ("if-modified-since", "Sun, 06 Nov 1994 08:49:37 GMT".to_owned(), 200),
    ] {
        let answer = ask(name, value.clone()).send().await.unwrap();
        assert_eq!(answer.status(), status, "{name}: {value}");
    }
    let stale = ask("range", "bytes=0-1".into()).header("if-range", "\"old\"");
    assert_eq!(stale.send().await.unwrap().status(), 200);
    let fresh = ask("range", "bytes=0-1".into()).header("if-range", tag);
    assert_eq!(fresh.send().await.unwrap().status(), 206);
}

#[tokio::test]
async fn a_wrong_checksum_stores_nothing() {
    let site = Site::start("east").await;
    site.local("files", "generic").await;
    for name in ["x-checksum-sha256", "x-checksum-sha1", "x-checksum-md5"] {
        let digits = match name {
            "x-checksum-sha256" => 64,
            "x-checksum-sha1" => 40,
            _ => 32,
        };
        let answer = site
            .request("PUT", "/artifactory/files/x")
            .header(name, "0".repeat(digits))
            .body("hello")
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 409, "{name}");
        assert_eq!(site.status("GET", "/artifactory/files/x").await, 404);
    }
    let right = site
        .request("PUT", "/artifactory/files/x")
        .header("x-checksum-sha256", HELLO_SHA256)
        .body("hello");
    assert_eq!(right.send().await.unwrap().status(), 201);
}

#[tokio::test]
async fn known_content_is_deployed_by_checksum_and_unknown_content_is_asked_for() {
    let site = Site::start("east").await;
    site.local("files", "generic").await;
    let deploy = |name: &'static str, sum: &'static str| {
        site.request("PUT", "/artifactory/files/copy")
            .header("x-checksum-deploy", "true")
            .header(name, sum)
            .send()
    };
    assert_eq!(deploy("x-checksum-sha256", HELLO_SHA256).await.unwrap().status(), 404);
    site.deploy("/artifactory/files/original", "hello").await;
    assert_eq!(deploy("x-checksum-sha256", HELLO_SHA256).await.unwrap().status(), 201);
    assert_eq!(deploy("x-checksum", HELLO_SHA1).await.unwrap().status(), 201);
    assert_eq!(deploy("x-checksum-sha1", "junk").await.unwrap().status(), 404);
    assert_eq!(site.text("/artifactory/files/copy").await, "hello");
}

#[tokio::test]
async fn a_checksum_alone_gives_no_access_to_content() {
    let site = Site::start("east").await;
    site.local("secret", "generic").await;
    site.local("open", "generic").await;
    site.deploy("/artifactory/secret/s", "hello").await;
    let user = json!({"email": "u@example.com", "password": "pw"});
    site.put_json("/artifactory/api/security/users/ann", user).await;
    let permission = json!({"repo": {"repositories": ["open"], "include-patterns": ["**"],
        "actions": {"users": {"ann": ["read", "write"]}}}});
    site.put_json("/artifactory/api/v2/security/permissions/p", permission).await;
    let answer = site
        .client
        .put(site.url("/artifactory/open/stolen"))
        .basic_auth("ann", Some("pw"))
        .header("x-checksum-deploy", "true")
        .header("x-checksum-sha256", HELLO_SHA256)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 404);
    let read = site.client.get(site.url("/artifactory/secret/s")).basic_auth("ann", Some("pw"));
    assert_eq!(read.send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn virtual_repositories_resolve_in_order_and_deploy_to_their_default() {
    let site = Site::start("east").await;
    site.local("one", "generic").await;
    site.local("two", "generic").await;
    let body =
        json!({"rclass": "virtual", "packageType": "generic", "repositories": ["two", "one"]});
    site.repository("all", body).await;
    site.deploy("/artifactory/one/both", "from one").await;
    site.deploy("/artifactory/two/both", "from two").await;
    site.deploy("/artifactory/one/only", "one").await;
    assert_eq!(site.text("/artifactory/all/both").await, "from two");
    assert_eq!(site.text("/artifactory/all/only").await, "one");
    let refused = site.put("/artifactory/all/new", "x").await;
    assert_eq!(
        (refused.status().as_u16(), &refused.headers()["allow"]),
        (405, &"GET, HEAD".parse().unwrap())
    );
    let default = json!({"defaultDeploymentRepo": "one"});
    let update = site.request("POST", "/artifactory/api/repositories/all").json(&default);
    assert_eq!(update.send().await.unwrap().status(), 200);
    site.deploy("/artifactory/all/new", "x").await;
    assert_eq!(site.text("/artifactory/one/new").await, "x");
    let page = site.text("/artifactory/all/").await;
    for name in ["both", "only", "new"] {
        assert!(page.contains(&format!("./{name}\"")), "{name} in {page}");
    }
}

#[tokio::test]
async fn folders_are_made_listed_and_deleted_whole() {
    let site = Site::start("east").await;
    site.local("files", "generic").await;
    assert_eq!(site.status("PUT", "/artifactory/files/empty/").await, 201);
    assert_eq!(site.status("MKCOL", "/artifactory/files/empty").await, 405);
    assert_eq!(site.status("MKCOL", "/artifactory/files/more").await, 201);
    site.deploy("/artifactory/files/a/b/1.txt", "1").await;
    site.deploy("/artifactory/files/a/2.txt", "22").await;
    let info = site.json("/artifactory/api/storage/files").await;
    let children: Vec<_> = info["children"]
        .as_array()
        .unwrap()
        .iter()
        .map(|child| (child["uri"].as_str().unwrap(), child["folder"].as_bool().unwrap()))
        .collect();
    assert_eq!(children, [("/a", true), ("/empty", true), ("/more", true)]);
    let list = site.json("/artifactory/api/storage/files/a?list&deep=1&listFolders=1").await;
    let uris: Vec<_> =
        list["files"].as_array().unwrap().iter().map(|f| f["uri"].as_str().unwrap()).collect();
    assert_eq!(uris, ["/2.txt", "/b", "/b/1.txt"]);
    let redirect = site.get("/artifactory/files/a").await;
    assert_eq!(redirect.status(), 302);
    assert_eq!(redirect.headers()["location"], "/artifactory/files/a/");
    assert!(site.text("/artifactory/files/a/").await.contains("2.txt"));
    let clash = site.put("/artifactory/files/a/2.txt/below", "x").await;
    assert_eq!(clash.status(), 409);
    assert_eq!(site.status("DELETE", "/artifactory/files/a").await, 204);
    assert_eq!(site.status("DELETE", "/artifactory/files/a").await, 404);
    let gone = site.get("/artifactory/files/a/2.txt").await;
    assert_eq!(gone.status(), 404);
    assert!(gone.text().await.unwrap().contains("Unable to find item"));
}

#[tokio::test]
async fn properties_are_set_read_and_removed() {
    let site = Site::start("east").await;
    site.local("files", "generic").await;
    site.deploy("/artifactory/files/a/x", "x").await;
    let storage = "/artifactory/api/storage/files/a/x?properties";
    let none = site.get(storage).await;
    assert_eq!(none.status(), 404);
    assert!(none.text().await.unwrap().contains("No properties could be found."));
    assert_eq!(site.status("PUT", &format!("{storage}=a=1,2;b=3")).await, 204);
    assert_eq!(site.json(storage).await["properties"], json!({"a": ["1", "2"], "b": ["3"]}));
    assert_eq!(site.status("DELETE", &format!("{storage}=a")).await, 204);
    let patch = json!({"props": {"b": null, "c": ["x", "y"]}});
    let answer = site.request("PATCH", "/artifactory/api/metadata/files/a/x").json(&patch);
    assert_eq!(answer.send().await.unwrap().status(), 204);
    assert_eq!(site.json(storage).await["properties"], json!({"c": ["x", "y"]}));
    let found = site.json("/artifactory/api/search/prop?c=y&repos=files").await;
    assert_eq!(found["results"].as_array().unwrap().len(), 1);
    let found = site.json("/artifactory/api/search/artifact?name=x&repos=files").await;
    assert!(found["results"][0]["uri"].as_str().unwrap().ends_with("/storage/files/a/x"));
}

#[tokio::test]
async fn no_path_leaves_its_repository() {
    let site = Site::start("east").await;
    site.local("files", "generic").await;
    site.deploy("/artifactory/files/inside", "x").await;
    let address = site.url("");
    let address = address.trim_start_matches("http://");
    for path in [
        "/artifactory/files/../../etc/passwd",
        "/artifactory/files/%2e%2e/%2e%2e/lock",
        "/artifactory/files/..%2f..%2flock",
        "/artifactory/files/a/%2e%2e%2f%2e%2e%2fcatalog.sqlite",
        "/artifactory/files/a%5c..%5clock",
        "/artifactory/files/a%00b",
        "/artifactory/files/.",
        "/artifactory/api/storage/files/../../lock",
    ] {
        for method in ["GET", "PUT", "DELETE"] {
            let status = raw_status(address, method, path).await;
            let refused = matches!(status, 400 | 404 | 405);
            assert!(refused, "{method} {path} gave {status}");
        }
    }
    let list = site.json("/artifactory/api/storage/files?list&deep=1").await;
    assert_eq!(list["files"].as_array().unwrap().len(), 1, "{list}");
}

/// Sends a path as it is: clients tidy it up before they send it.
async fn raw_status(address: &str, method: &str, path: &str) -> u16 {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {TOKEN}\r\n\
         content-length: 0\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let text = String::from_utf8_lossy(&answer);
    text.split(' ').nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn patterns_and_overwriting_are_enforced() {
    let site = Site::start("east").await;
    let body = json!({"rclass": "local", "packageType": "generic", "includesPattern": "ok/**",
        "excludesPattern": "ok/not/**"});
    site.repository("some", body).await;
    assert_eq!(site.put("/artifactory/some/ok/a", "1").await.status(), 201);
    assert_eq!(site.put("/artifactory/some/ok/not/a", "1").await.status(), 409);
    assert_eq!(site.put("/artifactory/some/elsewhere", "1").await.status(), 409);
    let user = json!({"email": "u@example.com", "password": "pw"});
    site.put_json("/artifactory/api/security/users/ann", user).await;
    let permission = json!({"repo": {"repositories": ["some"], "include-patterns": ["**"],
        "actions": {"users": {"ann": ["read", "write"]}}}});
    site.put_json("/artifactory/api/v2/security/permissions/p", permission).await;
    let put = |path: &str, body: &'static str| {
        site.client.put(site.url(path)).basic_auth("ann", Some("pw")).body(body).send()
    };
    assert_eq!(put("/artifactory/some/ok/b", "1").await.unwrap().status(), 201);
    let overwrite = put("/artifactory/some/ok/a", "2").await.unwrap();
    assert_eq!(overwrite.status(), 403, "replacing needs the right to delete");
    assert_eq!(site.text("/artifactory/some/ok/a").await, "1");
}
