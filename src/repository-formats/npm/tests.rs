//! Claims about the npm dialect as a whole.

use super::*;
use crate::archive::tests::tar_gz_of;
use crate::mutation::{BodySource, Conflict, Mutation, PutArtifact};
use crate::request::{Method, PublishTarget, Surface};
use crate::rows::{DocumentRow, RecordRow, RowScope};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use std::io::{Cursor, Read};

fn route(method: Method, raw_path: &str) -> Operation {
    Npm.route(&FormatRequest { method, ..FormatRequest::get(raw_path) })
}

fn tarball(name: &str, version: &str) -> Vec<u8> {
    let manifest = json!({"name": name, "version": version}).to_string();
    tar_gz_of(&[("package/index.js", "1"), ("package/package.json", &manifest)])
}

fn publish_body(name: &str, version: &str, edit: impl Fn(&mut Value)) -> Vec<u8> {
    let bytes = tarball(name, version);
    let integrity = format!("sha512-{}", STANDARD.encode(sha512(&bytes)));
    let file = format!("{name}-{version}.tgz");
    let mut body = json!({"_id": name, "name": name, "dist-tags": {"latest": version},
        "versions": {version: {"name": name, "version": version, "description": "d",
            "dist": {"integrity": integrity, "tarball": "http://elsewhere.example.com/x.tgz"}}},
        "access": null,
        "_attachments": {&file: {"content_type": "application/octet-stream",
            "data": STANDARD.encode(&bytes), "length": bytes.len()}}});
    edit(&mut body);
    body.to_string().into_bytes()
}

fn sha512(bytes: &[u8]) -> Vec<u8> {
    use sha2::Digest as _;
    sha2::Sha512::digest(bytes).to_vec()
}

fn publish(name: &str, kind: &'static str, body: Vec<u8>) -> Result<Vec<Mutation>, FormatError> {
    let target = PublishTarget { kind, package: name.to_owned(), detail: "beta".to_owned() };
    let length = body.len() as u64;
    let mut body = Cursor::new(body);
    let mut upload = Upload { target: &target, content_type: None, body: &mut body, length };
    Npm.publish(&mut upload).map(|publication| publication.mutations)
}

fn rows(packages: &[(&str, &str, i64)], documents: &[(&str, &str, &str)]) -> MemberRows {
    let row = |(name, version, created_ms): &(&str, &str, i64)| {
        let path = publish::canonical_path(name, version).unwrap();
        let content = &mut Cursor::new(tarball(name, version));
        let record = Npm.inspect(&path, content).unwrap().unwrap();
        let (created_ms, modified_ms) = (*created_ms, *created_ms);
        RecordRow { record, checksums: None, created_ms, modified_ms, origin: None }
    };
    let document = |(package, name, value): &(&str, &str, &str)| DocumentRow {
        package: (*package).to_owned(),
        name: (*name).to_owned(),
        value: json!(value),
        modified_ms: 0,
    };
    MemberRows {
        records: packages.iter().map(row).collect(),
        documents: documents.iter().map(document).collect(),
        ..MemberRows::default()
    }
}

fn packument(name: &str, variant: &'static str, members: &[MemberRows]) -> Value {
    let index = IndexRequest::of_package("packument", name).variant(variant);
    let found = Npm.render(&index, members, "http://h/artifactory/api/npm/v").unwrap().found();
    found.map_or(Value::Null, |found| serde_json::from_slice(&found.body).unwrap())
}

#[test]
fn scoped_names_are_read_in_every_spelling() {
    let expected = IndexRequest::of_package("packument", "@s/n").variant("full");
    for raw in ["@s/n", "@s%2fn", "@s%2Fn", "%40s%2fn", "/@s/n"] {
        assert_eq!(route(Method::Get, raw), Operation::Index(expected.clone()), "{raw}");
    }
    let path = ArtifactPath::parse("@s/n/-/n-1.0.0.tgz").unwrap();
    for raw in ["@s/n/-/n-1.0.0.tgz", "@s%2fn/-/n-1.0.0.tgz"] {
        assert_eq!(route(Method::Get, raw), Operation::Download { path: path.clone() }, "{raw}");
    }
    let version = IndexRequest::of_package("version", "@s/n").with("version", "1.0.0");
    assert_eq!(route(Method::Get, "@s%2fn/1.0.0"), Operation::Index(version));
}

#[test]
fn services_have_their_operations() {
    assert_eq!(route(Method::Get, "-/whoami"), Operation::WhoAmI);
    assert_eq!(route(Method::Put, "-/user/org.couchdb.user:ann"), Operation::LogIn);
    assert_eq!(route(Method::Post, "-/v1/login"), Operation::NotFound);
    let ping = Operation::Answer(Answer::json(200, &json!({})));
    assert_eq!(route(Method::Get, "-/ping"), ping);
    assert_eq!(route(Method::Post, "-/npm/v1/security/advisories/bulk"), ping);
    for raw in ["-/package/@s%2fn/dist-tags/beta", "-/package/@s/n/dist-tags/beta"] {
        let Operation::SetDocument { package, name, value: None, .. } = route(Method::Delete, raw)
        else {
            panic!("{raw}")
        };
        assert_eq!((package.as_str(), name.as_str()), ("@s/n", "dist-tags/beta"));
    }
    let Operation::Index(search) = route(Method::Get, "-/v1/search") else { panic!() };
    assert_eq!(search.scope, RowScope::PackageContaining(String::new()));
}

#[test]
fn the_unpublish_requests_delete_what_they_name() {
    let deleted = route(Method::Delete, "@s%2fn/-/n-1.0.0.tgz/-rev/3-abc");
    assert!(
        matches!(deleted, Operation::DeletePath { path, .. } if path.as_str() == "@s/n/-/n-1.0.0.tgz")
    );
    let deleted = route(Method::Delete, "@s%2fn/-rev/3-abc");
    assert!(matches!(deleted, Operation::DeletePackage { package, .. } if package == "@s/n"));
    assert!(matches!(route(Method::Put, "n/-rev/3-abc"), Operation::Publish(_)));
}

#[test]
fn accept_chooses_the_form() {
    let variant = |accept, query| {
        let request = FormatRequest { accept: Some(accept), query, ..FormatRequest::get("n") };
        match Npm.route(&request) {
            Operation::Index(index) => index.variant,
            other => panic!("{other:?}"),
        }
    };
    let npm = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*";
    assert_eq!(variant(npm, ""), "abbreviated");
    assert_eq!(variant(npm, "write=true"), "full");
    assert_eq!(variant("application/json", ""), "full");
    assert_eq!(variant("*/*", ""), "full");
}

#[test]
fn publishing_stores_the_tarball_and_its_tags() {
    let body = publish_body("n", "1.0.0", |_| {});
    let mutations = publish("n", "package", body.clone()).unwrap();
    let [Mutation::Put(put), Mutation::SetDocument { name, value, .. }] = mutations.as_slice()
    else {
        panic!("{mutations:?}")
    };
    let PutArtifact { path, source, record, on_conflict, .. } = put;
    assert_eq!(path.as_str(), "n/-/n-1.0.0.tgz");
    assert_eq!((name.as_str(), value), ("dist-tags/latest", &Some(json!("1.0.0"))));
    assert!(matches!(on_conflict, Conflict::Refuse { message } if message.contains("1.0.0")));
    assert!(matches!(source, BodySource::Base64 { .. }));
    let mut bytes = Vec::new();
    source.open(&mut Cursor::new(body)).unwrap().read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes, tarball("n", "1.0.0"));
    let record = record.as_ref().unwrap();
    assert_eq!(record.metadata["dist"].get("tarball"), None);
    let inspected = Npm.inspect(path, &mut Cursor::new(bytes)).unwrap().unwrap();
    assert_eq!(inspected.metadata["dist"]["integrity"], record.metadata["dist"]["integrity"]);
}

#[test]
fn uploads_that_contradict_themselves_are_refused() {
    type Edit = fn(&mut Value);
    let table: [(Edit, &str); 8] = [
        (|body| body["name"] = json!("other"), "the body names"),
        (|body| body["versions"]["1.0.0"]["version"] = json!("2.0.0"), "The manifest of version"),
        (|body| body["versions"]["1.0.0"]["dist"]["integrity"] = json!("sha512-AAAA"), "integrity"),
        (|body| body["versions"]["1.0.0"]["dist"]["shasum"] = json!("00"), "shasum"),
        (|body| body["_attachments"]["n-1.0.0.tgz"]["length"] = json!(1), "length"),
        (|body| body["_attachments"]["n-1.0.0.tgz"]["data"] = json!("!!"), "base64"),
        (|body| body["dist-tags"] = json!({"1.0.0": "1.0.0"}), "tag"),
        (|body| body["dist-tags"] = json!({"latest": "x"}), "semantic version"),
    ];
    for (edit, expected) in table {
        let error = publish("n", "package", publish_body("n", "1.0.0", edit)).unwrap_err();
        assert!(error.message.contains(expected), "{expected}: {error}");
    }
    let confused = publish_body("n", "1.0.0", |body| {
        let bytes = tarball("evil", "1.0.0");
        body["_attachments"]["n-1.0.0.tgz"]["data"] = json!(STANDARD.encode(&bytes));
        body["_attachments"]["n-1.0.0.tgz"]["length"] = json!(bytes.len());
        body["versions"]["1.0.0"]["dist"] = json!({});
    });
    let error = publish("n", "package", confused).unwrap_err();
    assert!(error.message.contains("inside the tarball"), "{error}");
}

#[test]
fn deprecation_and_tags_are_documents() {
    let body = json!({"name": "n", "versions": {"1.0.0": {"deprecated": "old"},
        "2.0.0": {"deprecated": ""}, "3.0.0": {}}, "dist-tags": {"latest": "1.0.0"}});
    let mutations = publish("n", "package", body.to_string().into_bytes()).unwrap();
    let set = |name: &str, value| Mutation::SetDocument {
        package: "n".to_owned(),
        name: name.to_owned(),
        value,
    };
    assert_eq!(
        mutations,
        [set("deprecated/1.0.0", Some(json!("old"))), set("deprecated/2.0.0", None)]
    );
    let mutations = publish("n", "dist-tag", b"\"1.0.0\"".to_vec()).unwrap();
    assert_eq!(mutations, [set("dist-tags/beta", Some(json!("1.0.0")))]);
    let members = [rows(&[("n", "1.0.0", 0)], &[("n", "deprecated/1.0.0", "old")])];
    assert_eq!(packument("n", "abbreviated", &members)["versions"]["1.0.0"]["deprecated"], "old");
}

#[test]
fn local_versions_win_and_urls_are_those_of_the_repository_asked() {
    let local = rows(&[("@s/n", "1.0.0", 1000)], &[("@s/n", "dist-tags/latest", "1.0.0")]);
    let upstream = json!({"name": "@s/n", "dist-tags": {"latest": "2.0.0", "next": "2.0.0"},
        "versions": {"1.0.0": {"dist": {"tarball": "https://up.example.com/evil.tgz"}},
            "2.0.0": {"dist": {"tarball": "https://up.example.com/n-2.0.0.tgz", "shasum": "aa"}}}});
    let index = IndexRequest::of_package("packument", "@s/n").variant("full");
    let remote = Npm.read_upstream(&index, upstream.to_string().as_bytes(), "").unwrap();
    assert_eq!(remote.records[1].origin.as_deref(), Some("https://up.example.com/n-2.0.0.tgz"));
    let body = packument("@s/n", "full", &[local, remote]);
    assert_eq!(
        body["versions"]["2.0.0"]["dist"]["tarball"],
        "http://h/artifactory/api/npm/v/@s/n/-/n-2.0.0.tgz"
    );
    assert!(body["versions"]["1.0.0"]["dist"]["integrity"].is_string());
    assert_eq!(body["dist-tags"], json!({"latest": "1.0.0", "next": "2.0.0"}));
    assert_eq!(body["time"]["1.0.0"], "1970-01-01T00:00:01.000Z");
    assert_eq!(packument("@s/n", "full", &[]), Value::Null);
}

#[test]
fn versions_are_in_semantic_order_and_latest_is_never_missing() {
    let members = [rows(
        &[("n", "1.10.0", 0), ("n", "1.9.0", 0), ("n", "2.0.0-rc.1", 0)],
        &[("n", "dist-tags/latest", "9.9.9")],
    )];
    let body = packument("n", "full", &members);
    let order: Vec<_> = body["versions"].as_object().unwrap().keys().collect();
    assert_eq!(order, ["1.9.0", "1.10.0", "2.0.0-rc.1"]);
    assert_eq!(body["dist-tags"]["latest"], "1.10.0");
}

#[test]
fn search_finds_words_of_name_and_description() {
    let members = [rows(&[("alpha", "1.0.0", 0), ("beta", "1.0.0", 0)], &[])];
    let find = |raw_query| {
        let request = FormatRequest { query: raw_query, ..FormatRequest::get("-/v1/search") };
        let Operation::Index(index) = Npm.route(&request) else { panic!() };
        let found = Npm.render(&index, &members, "").unwrap().found().unwrap();
        serde_json::from_slice::<Value>(&found.body).unwrap()
    };
    assert_eq!(find("text=alp&size=20")["total"], 1);
    assert_eq!(find("text=&size=1")["objects"].as_array().unwrap().len(), 1);
    assert_eq!(find("text=zzz")["total"], 0);
}

#[test]
fn errors_are_what_npm_shows() {
    let taken = ErrorDescriptor::new(ErrorKind::AlreadyExists, "You cannot publish over.");
    let body = Npm.error_body(&taken);
    assert_eq!(
        (body.status, body.body),
        (403, b"{\"error\":\"You cannot publish over.\"}".to_vec())
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_request_is_routed(raw in "\\PC{0,40}|[-@a-z/%2fF.]{0,40}", method in 0_usize..6) {
        let methods = [Method::Get, Method::Head, Method::Put, Method::Post, Method::Delete, Method::Other];
        for surface in [Surface::Api, Surface::Path] {
            let request = FormatRequest { method: methods[method], surface, ..FormatRequest::get(&raw) };
            let _ = Npm.route(&request);
        }
    }

    #[test]
    fn arbitrary_bodies_never_panic(text in "\\PC{0,80}|[{}\":,a-z_\\[\\]]{0,80}") {
        for kind in ["package", "dist-tag", "dist-tags", "revision"] {
            let _ = publish("n", kind, text.clone().into_bytes());
        }
        let index = IndexRequest::of_package("packument", "n");
        let _ = Npm.read_upstream(&index, text.as_bytes(), "");
    }
}
