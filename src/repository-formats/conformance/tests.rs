//! Every format of the list conforms, and the checks find what is wrong with one that does not.

use super::*;
use crate::archive::tests::{tar_gz_of, zip_of};
use crate::rows::RenderedIndex;
use crate::{Answer, FormatError, IndexRequest, PackageRecord, ReadSeek};
use proptest::prelude::*;

fn samples(name: &str) -> Vec<Sample> {
    let sample = |path, content, index, named| {
        let surface = if name == "maven" { Surface::Path } else { Surface::Api };
        Sample { path, content, index, surface, named }
    };
    match name {
        "generic" => vec![sample("a/b.bin", b"content".to_vec(), "", "")],
        "maven" => {
            let pom = b"<project><packaging>jar</packaging></project>".to_vec();
            let snapshot = "g/a/1-SNAPSHOT/a-1-20260102.030405-6.jar";
            vec![
                sample("g/a/1.0/a-1.0.pom", pom, "g/a/maven-metadata.xml", "<version>1.0<"),
                sample(snapshot, zip_of(&[]), "g/a/1-SNAPSHOT/maven-metadata.xml", "030405-6"),
            ]
        }
        "npm" => {
            let manifest = r#"{"name":"@s/n","version":"1.0.0"}"#;
            let tarball = tar_gz_of(&[("package/package.json", manifest)]);
            let path = "@s/n/-/n-1.0.0.tgz";
            vec![
                sample(path, tarball.clone(), "@s%2fn", "n-1.0.0.tgz"),
                sample(path, tarball, "@s%2fn/1.0.0", "n-1.0.0.tgz"),
            ]
        }
        "pypi" => {
            let metadata = "Name: foo\nVersion: 1.0\n";
            let wheel = zip_of(&[("foo-1.0.dist-info/METADATA", metadata)]);
            let path = "foo/1.0/foo-1.0-py3-none-any.whl";
            let of_metadata = "packages/foo/1.0/foo-1.0-py3-none-any.whl.metadata";
            vec![
                sample(path, wheel.clone(), "simple/foo/", "foo-1.0-py3-none-any.whl"),
                sample(path, wheel.clone(), "pypi/foo/json", "foo-1.0-py3-none-any.whl"),
                sample(path, wheel, of_metadata, "Name: foo"),
            ]
        }
        other => panic!("the format {other:?} has no samples here; add some"),
    }
}

#[test]
fn every_listed_format_conforms() {
    for format in crate::ALL {
        let findings = check(*format, &samples(format.name()));
        assert!(findings.is_empty(), "{}: {findings:#?}", format.name());
    }
}

/// A format that does everything wrong.
struct Broken;

impl PackageFormat for Broken {
    fn name(&self) -> &'static str {
        "broken-format"
    }

    fn route(&self, request: &FormatRequest<'_>) -> Operation {
        match request.raw_path {
            "index" => Operation::Index(IndexRequest::of_package("index", "p")),
            "list" => {
                Operation::DeletePackage { package: "p".to_owned(), answer: Answer::empty(200) }
            }
            _ if request.method == Method::Head => Operation::NotFound,
            _ => Operation::WhoAmI,
        }
    }

    fn inspect(
        &self,
        path: &ArtifactPath,
        _content: &mut dyn ReadSeek,
    ) -> Result<Option<PackageRecord>, FormatError> {
        let (package, version) = ("p".to_owned(), "1".to_owned());
        let metadata = serde_json::Value::Null;
        Ok(Some(PackageRecord { package, version, path: path.join("x")?, metadata }))
    }

    fn render(
        &self,
        _index: &IndexRequest,
        members: &[MemberRows],
        _base_url: &str,
    ) -> Result<Rendered, FormatError> {
        let rows = members.iter().flat_map(|member| &member.records);
        let text: String = rows.map(|row| row.record.package.clone()).collect();
        Ok(Rendered::Found(RenderedIndex::new("text/plain", text.into_bytes(), 0)))
    }

    fn class_of(&self, _path: &ArtifactPath) -> PathClass {
        PathClass::Generated
    }
}

#[test]
fn the_checks_find_what_is_broken() {
    let sample = |index| Sample {
        path: "a",
        content: b"x".to_vec(),
        index,
        surface: Surface::Api,
        named: "nothing names this",
    };
    let findings = check(&Broken, &[sample("index"), sample("list")]).join("\n");
    for expected in [
        "is not lower-case letters",
        "is not in repository_formats::ALL",
        "would change something",
        "means something else than GET",
        "is stored, yet generated",
        "is recorded at a/x",
        "does not name",
        "a second member has the same row",
        "depends on the order of rows",
        "is no index",
    ] {
        assert!(findings.contains(expected), "{expected}\n{findings}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_format_panics_on_any_request_or_content(
        raw_path in "\\PC{0,40}|[-@a-z0-9./%;2fF]{0,40}",
        query in "\\PC{0,20}|[a-z=&%+]{0,20}",
        content in proptest::collection::vec(any::<u8>(), 0..100),
    ) {
        for format in crate::ALL {
            for method in METHODS {
                let accept = Some(query.as_str());
                let request = FormatRequest { method, query: &query, accept, ..FormatRequest::get(&raw_path) };
                if let Operation::Index(index) = format.route(&request) {
                    let _ = format.render(&index, &[MemberRows::default()], "");
                    let _ = format.upstream(&index);
                    let _ = format.read_upstream(&index, &content, "http://127.0.0.1/");
                }
            }
            if let Ok(path) = ArtifactPath::from_encoded(&raw_path) {
                let _ = format.class_of(&path);
                let _ = format.index_of(&path);
                let _ = format.inspect(&path, &mut Cursor::new(content.clone()));
            }
        }
    }
}
