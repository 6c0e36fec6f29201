//! Claims about the dialect of the Python package index as a whole.

use super::*;
use crate::archive::tests::{tar_gz_of, zip_of};
use crate::hashing;
use crate::mutation::{BodySource, Conflict, Mutation};
use crate::request::{Method, PublishTarget};
use crate::rows::{DocumentRow, RecordRow};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::io::Cursor;

const METADATA: &str = "Metadata-Version: 2.1\nName: Foo_Bar\nVersion: 1.0\nSummary: A <b> & c\nRequires-Python: >=3.8,<4\nRequires-Dist: x\n\nText: not a header\n";

fn wheel() -> Vec<u8> {
    zip_of(&[("foo_bar/__init__.py", ""), ("foo_bar-1.0.dist-info/METADATA", METADATA)])
}

fn path(text: &str) -> ArtifactPath {
    ArtifactPath::parse(text).unwrap()
}

fn route(method: Method, raw_path: &str, accept: Option<&str>) -> Operation {
    Pypi.route(&FormatRequest { method, accept, ..FormatRequest::get(raw_path) })
}

fn index_at(raw_path: &str, accept: &str) -> IndexRequest {
    match route(Method::Get, raw_path, Some(accept)) {
        Operation::Index(index) => index,
        other => panic!("{other:?}"),
    }
}

fn form(fields: &[(&str, &str)], file: &str, content: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part =
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let head = format!(
        "--b\r\nContent-Disposition: form-data; name=\"content\"; filename=\"{file}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(content);
    body.extend_from_slice(b"\r\n--b--\r\n");
    body
}

fn publish(
    fields: &[(&str, &str)],
    file: &str,
    content: &[u8],
) -> Result<Vec<Mutation>, FormatError> {
    let base = [(":action", "file_upload"), ("name", "Foo.Bar"), ("version", "1.0")];
    let all: Vec<_> = base
        .into_iter()
        .filter(|(key, _)| !fields.iter().any(|(k, _)| k == key))
        .chain(fields.iter().copied())
        .collect();
    let body = form(&all, file, content);
    let target =
        PublishTarget { kind: "file_upload", package: String::new(), detail: String::new() };
    let length = body.len() as u64;
    let mut body = Cursor::new(body);
    let content_type = Some("multipart/form-data; boundary=b");
    let mut upload = Upload { target: &target, content_type, body: &mut body, length };
    Pypi.publish(&mut upload).map(|publication| publication.mutations)
}

fn row(at: &str, content: &[u8]) -> RecordRow {
    let mut content = Cursor::new(content.to_vec());
    let checksums = Some(hashing::checksums_of(&mut content).unwrap());
    let record = Pypi.inspect(&path(at), &mut content).unwrap().unwrap();
    RecordRow { record, checksums, created_ms: 1000, modified_ms: 1000, origin: None }
}

fn member(rows: Vec<RecordRow>) -> MemberRows {
    MemberRows { records: rows, ..MemberRows::default() }
}

fn render(raw_path: &str, accept: &str, members: &[MemberRows]) -> String {
    let found = Pypi.render(&index_at(raw_path, accept), members, "").unwrap().found();
    found.map_or("none".to_owned(), |found| String::from_utf8(found.body).unwrap())
}

const WHEEL_PATH: &str = "foo-bar/1.0/foo_bar-1.0-py3-none-any.whl";
const JSON: &str = "application/vnd.pypi.simple.v1+json";

#[test]
fn names_are_redirected_to_their_normal_form() {
    let to = |location: &str| Operation::Redirect { status: 301, location: location.to_owned() };
    for raw in ["simple/Foo_Bar/", "simple/foo-bar", "simple/Foo.Bar"] {
        assert_eq!(route(Method::Get, raw, None), to("simple/foo-bar/"), "{raw}");
    }
    assert_eq!(route(Method::Get, "simple", None), to("simple/"));
    assert_eq!(route(Method::Get, "simple/../x/", None), Operation::NotFound);
    assert_eq!(index_at("simple/foo-bar/", "*/*").package(), "foo-bar");
}

#[test]
fn accept_chooses_the_form() {
    let pip = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01";
    for (accept, expected) in [
        (pip, "json"),
        ("text/html", "html"),
        ("*/*", "html"),
        ("application/vnd.pypi.simple.latest+json", "json"),
        ("application/vnd.pypi.simple.v1+html", "html-v1"),
        ("image/png", "html"),
    ] {
        assert_eq!(index_at("simple/foo/", accept).variant, expected, "{accept}");
    }
}

#[test]
fn files_and_uploads_are_routed() {
    let file = format!("packages/{WHEEL_PATH}");
    assert_eq!(route(Method::Get, &file, None), Operation::Download { path: path(WHEEL_PATH) });
    let metadata = index_at(&format!("{file}.metadata"), "*/*");
    assert_eq!((metadata.index, metadata.parameter("file")), ("metadata", WHEEL_PATH));
    for raw in ["", "/", "legacy/", "legacy"] {
        assert!(matches!(route(Method::Post, raw, None), Operation::Publish(_)), "{raw}");
    }
}

#[test]
fn a_wheel_is_published_with_its_metadata() {
    let wheel = wheel();
    let digest = hashing::sha256_hex(&wheel);
    let mutations =
        publish(&[("sha256_digest", &digest)], "foo_bar-1.0-py3-none-any.whl", &wheel).unwrap();
    let [Mutation::Put(put)] = mutations.as_slice() else { panic!("{mutations:?}") };
    assert_eq!(put.path, path(WHEEL_PATH));
    assert!(matches!(put.source, BodySource::Range { length, .. } if length == wheel.len() as u64));
    assert!(
        matches!(&put.on_conflict, Conflict::RefuseDifferent { message } if message.contains("File already exists"))
    );
    let record = put.record.as_ref().unwrap();
    assert_eq!(record.metadata["requiresPython"], ">=3.8,<4");
    assert_eq!(record, &row(WHEEL_PATH, &wheel).record);
}

#[test]
fn uploads_that_contradict_themselves_are_refused() {
    let (wheel, file) = (wheel(), "foo_bar-1.0-py3-none-any.whl");
    type Fields = &'static [(&'static str, &'static str)];
    let table: [(Fields, &str, &str); 8] = [
        (&[(":action", "submit")], file, "action"),
        (&[("name", "other")], file, "does not belong"),
        (&[("version", "2.0")], file, "does not belong"),
        (&[("version", "x")], file, "not valid"),
        (&[("sha256_digest", "00")], file, "sha256_digest"),
        (&[("md5_digest", "00")], file, "md5_digest"),
        (&[], "../../foo_bar-1.0-py3-none-any.whl", "not that of a wheel"),
        (&[("name", "baz")], "baz-1.0.tar.gz", "could not be read"),
    ];
    for (fields, file, expected) in table {
        let error = publish(fields, file, &wheel).unwrap_err();
        assert!(error.message.contains(expected), "{expected}: {error}");
    }
    let lying = zip_of(&[("foo_bar-1.0.dist-info/METADATA", "Name: evil\nVersion: 1.0\n")]);
    let error = publish(&[], file, &lying).unwrap_err();
    assert!(error.message.contains("metadata names"), "{error}");
}

#[test]
fn html_is_escaped_and_complete() {
    let page = render("simple/foo-bar/", "text/html", &[member(vec![row(WHEEL_PATH, &wheel())])]);
    assert!(page.contains("data-requires-python=\"&gt;=3.8,&lt;4\""), "{page}");
    assert!(page.contains(&format!("href=\"../../packages/{WHEEL_PATH}#sha256=")), "{page}");
    let sum = hashing::sha256_hex(METADATA.as_bytes());
    assert!(page.contains(&format!("data-core-metadata=\"sha256={sum}\"")), "{page}");
    assert_eq!(render("simple/none/", "text/html", &[member(vec![])]), "none");
}

#[test]
fn metadata_is_given_byte_for_byte() {
    let members = [member(vec![row(WHEEL_PATH, &wheel())])];
    assert_eq!(render(&format!("packages/{WHEEL_PATH}.metadata"), "*/*", &members), METADATA);
    assert_eq!(render("packages/foo-bar/1.0/x.whl.metadata", "*/*", &members), "none");
}

#[test]
fn source_distributions_are_read_too() {
    let info = "Name: foo-bar\nVersion: 2.0\nRequires-Python: >=3\n";
    let at = "foo-bar/2.0/foo_bar-2.0.tar.gz";
    let found =
        row(at, &tar_gz_of(&[("foo_bar-2.0/src/PKG-INFO", "x"), ("foo_bar-2.0/PKG-INFO", info)]));
    assert_eq!(found.record.metadata["requiresPython"], ">=3");
    assert_eq!(found.record.metadata.get("metadata"), None);
    assert_eq!(row(at, b"damaged").record.version, "2.0");
}

#[test]
fn the_first_member_gives_the_file_and_yanks_are_shown() {
    let mut local = member(vec![row(WHEEL_PATH, &wheel())]);
    local.documents.push(DocumentRow {
        package: "foo-bar".to_owned(),
        name: "yanked/1.0".to_owned(),
        value: json!("broken"),
        modified_ms: 0,
    });
    let upstream = json!({"files": [
        {"filename": "foo_bar-1.0-py3-none-any.whl", "url": "evil.whl", "hashes": {"sha256": "0".repeat(64)}},
        {"filename": "foo_bar-1.10.tar.gz", "url": "/p/foo_bar-1.10.tar.gz", "hashes": {}, "size": 7},
        {"filename": "foo_bar-1.9.tar.gz", "url": "foo_bar-1.9.tar.gz", "hashes": {"sha256": "x"}},
        {"filename": "other-1.0.tar.gz", "url": "other-1.0.tar.gz", "hashes": {}}]});
    let index = index_at("simple/foo-bar/", JSON);
    let url = "https://up.example.com/simple/foo-bar/";
    let remote = Pypi.read_upstream(&index, upstream.to_string().as_bytes(), url).unwrap();
    assert_eq!(
        remote.records[1].origin.as_deref(),
        Some("https://up.example.com/p/foo_bar-1.10.tar.gz")
    );
    let page: Value =
        serde_json::from_str(&render("simple/foo-bar/", JSON, &[local, remote])).unwrap();
    assert_eq!(page["versions"], json!(["1.0", "1.9", "1.10"]));
    let first = page["files"].as_array().unwrap().iter().find(|file| file["yanked"] == "broken");
    assert_eq!(first.unwrap()["hashes"]["sha256"], hashing::sha256_hex(&wheel()));
    assert_eq!(page["files"].as_array().unwrap().len(), 3);
}

#[test]
fn html_of_an_upstream_reads_as_its_json() {
    let members = [member(vec![row(WHEEL_PATH, &wheel())])];
    let url = "https://up.example.com/simple/foo-bar/";
    let read = |accept| {
        let page = render("simple/foo-bar/", accept, &members);
        let rows = Pypi.read_upstream(&index_at("simple/foo-bar/", accept), page.as_bytes(), url);
        rows.unwrap().records.remove(0)
    };
    let (html, json) = (read("text/html"), read(JSON));
    assert_eq!(html.origin, json.origin);
    assert_eq!(html.record.metadata["sha256"], json.record.metadata["sha256"]);
    assert_eq!(html.record.metadata["requiresPython"], ">=3.8,<4");
    assert_eq!(html.record.path, path(WHEEL_PATH));
    assert_eq!(Pypi.index_of(&html.record.path), Some(index_at("simple/foo-bar/", JSON)));
}

#[test]
fn the_root_lists_projects_once() {
    let mut members = [MemberRows::default(), MemberRows::default()];
    members[0].packages = vec!["b".to_owned(), "a".to_owned()];
    members[1].packages = vec!["b".to_owned()];
    let page = render("simple/", "text/html", &members);
    assert_eq!(page.matches("<a ").count(), 2, "{page}");
    let page: Value = serde_json::from_str(&render("simple/", JSON, &members)).unwrap();
    assert_eq!(page["projects"], json!([{"name": "a"}, {"name": "b"}]));
}

#[test]
fn errors_are_what_twine_looks_for() {
    let taken = ErrorDescriptor::new(ErrorKind::AlreadyExists, "File already exists: x.");
    let body = Pypi.error_body(&taken);
    assert_eq!((body.status, body.body), (400, b"400 File already exists: x.\n".to_vec()));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_pages_and_files_never_panic(text in "\\PC{0,80}|[<>a='\" /&;#x0-9{}:]{0,80}") {
        let index = index_at("simple/foo/", JSON);
        let _ = Pypi.read_upstream(&index, text.as_bytes(), "http://h/simple/foo/");
        let page = format!("<a href=\"foo-1.0.tar.gz#{text}\" {text}>");
        let _ = Pypi.read_upstream(&index, page.as_bytes(), "http://h/simple/foo/");
        for file in ["foo/1/foo-1.tar.gz", "foo/1/foo-1-py3-none-any.whl", "foo/1/foo-1.zip"] {
            let _ = Pypi.inspect(&path(file), &mut Cursor::new(text.clone().into_bytes()));
        }
        let _ = inspection::headers_of(&text);
        let _ = route(Method::Get, &text, Some(&text));
    }
}
