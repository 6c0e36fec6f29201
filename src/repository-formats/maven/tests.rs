//! Claims about routing, rendering and reading Maven metadata.

use super::*;
use crate::archive::tests::zip_of;
use crate::request::{Method, Surface};
use crate::rows::RecordRow;
use proptest::prelude::*;
use std::io::Cursor;

fn path(text: &str) -> ArtifactPath {
    ArtifactPath::parse(text).unwrap()
}

fn route(method: Method, raw_path: &str) -> Operation {
    Maven.route(&FormatRequest { method, surface: Surface::Path, ..FormatRequest::get(raw_path) })
}

fn index_at(raw_path: &str) -> IndexRequest {
    match route(Method::Get, raw_path) {
        Operation::Index(index) => index,
        other => panic!("{other:?}"),
    }
}

fn rows(files: &[(&str, &[u8], i64)]) -> MemberRows {
    let row = |(text, content, moment): &(&str, &[u8], i64)| RecordRow {
        record: Maven.inspect(&path(text), &mut Cursor::new(content.to_vec())).unwrap().unwrap(),
        checksums: None,
        created_ms: *moment,
        modified_ms: *moment,
        origin: None,
    };
    MemberRows { records: files.iter().map(row).collect(), ..MemberRows::default() }
}

fn render(raw_path: &str, members: &[MemberRows]) -> String {
    let rendered = Maven.render(&index_at(raw_path), members, "").unwrap();
    rendered.found().map_or("none".to_owned(), |found| String::from_utf8(found.body).unwrap())
}

#[test]
fn requests_mean_what_the_layout_says() {
    let jar = path("g/a/1/a-1.jar");
    assert_eq!(route(Method::Get, "g/a/1/a-1.jar"), Operation::Download { path: jar.clone() });
    let algorithm = ChecksumAlgorithm::Sha1;
    let of = ChecksumTarget::Path(jar.clone());
    assert_eq!(route(Method::Get, "g/a/1/a-1.jar.sha1"), Operation::Checksum { of, algorithm });
    assert_eq!(
        route(Method::Put, "g/a/1/a-1.jar.sha1"),
        Operation::VerifyChecksum { path: jar.clone(), algorithm }
    );
    assert_eq!(route(Method::Put, "g/a/1/a-1.jar"), Operation::Deploy { path: jar });
    assert_eq!(route(Method::Put, "g/a/maven-metadata.xml"), Operation::Ignore { status: 202 });
    assert_eq!(route(Method::Put, "g/a/maven-metadata.xml.md5"), Operation::Ignore { status: 200 });
    let sum = route(Method::Get, "g/a/maven-metadata.xml.sha256");
    assert!(matches!(sum, Operation::Checksum { of: ChecksumTarget::Index(_), .. }), "{sum:?}");
    assert_eq!(index_at("g/a/1-SNAPSHOT/maven-metadata.xml").index, "snapshot");
    assert_eq!(index_at("org/g/maven-metadata.xml").index, "versions");
}

#[test]
fn ages_follow_from_paths() {
    let table = [
        ("g/a/1/a-1.jar", PathClass::Immutable),
        ("g/a/1/a-1.jar.sha1", PathClass::Immutable),
        ("g/a/1-SNAPSHOT/a-1-20260101.000000-1.jar", PathClass::Immutable),
        ("g/a/1-SNAPSHOT/a-1-SNAPSHOT.jar", PathClass::Revalidated),
        ("g/a/maven-metadata.xml", PathClass::Generated),
        ("g/a/maven-metadata.xml.sha1", PathClass::Generated),
        ("archetype-catalog.xml", PathClass::Revalidated),
    ];
    for (text, expected) in table {
        assert_eq!(Maven.class_of(&path(text)), expected, "{text}");
    }
}

#[test]
fn versions_are_merged_sorted_and_named() {
    let first = rows(&[("g/a/1.10/a-1.10.jar", b"", 1000), ("g/a/1.9/a-1.9.jar", b"", 2000)]);
    let second =
        rows(&[("g/a/1.9/a-1.9.jar", b"", 9000), ("g/a/2-SNAPSHOT/a-2-SNAPSHOT.jar", b"", 3000)]);
    let text = render("g/a/maven-metadata.xml", &[first, second]);
    let versions: Vec<_> = text.split("<version>").skip(1).collect();
    assert_eq!(versions.len(), 3, "{text}");
    assert!(text.find("1.9<").unwrap() < text.rfind("1.10<").unwrap());
    assert!(text.contains("<latest>2-SNAPSHOT</latest>"), "{text}");
    assert!(text.contains("<release>1.10</release>"), "{text}");
    assert!(text.contains("<lastUpdated>19700101000009</lastUpdated>"), "{text}");
    assert_eq!(render("g/a/maven-metadata.xml", &[MemberRows::default()]), "none");
}

#[test]
fn the_newest_snapshot_of_each_file_is_named() {
    let members = [rows(&[
        ("g/a/1-SNAPSHOT/a-1-20260101.000000-1.jar", b"", 0),
        ("g/a/1-SNAPSHOT/a-1-20260102.000000-2.jar", b"", 0),
        ("g/a/1-SNAPSHOT/a-1-20260101.000000-1-sources.jar", b"", 0),
        ("g/a/1-SNAPSHOT/a-1-SNAPSHOT.pom", b"", 0),
        ("g/a/2-SNAPSHOT/a-2-20260103.000000-9.jar", b"", 0),
    ])];
    let text = render("g/a/1-SNAPSHOT/maven-metadata.xml", &members);
    assert_eq!(text.matches("<snapshotVersion>").count(), 3, "{text}");
    assert!(text.contains("<buildNumber>2</buildNumber>"), "{text}");
    assert!(text.contains("<value>1-20260102.000000-2</value>"), "{text}");
    assert!(text.contains("<value>1-20260101.000000-1</value>"), "{text}");
    assert!(!text.contains("000000-9"), "{text}");
}

#[test]
fn plugin_prefixes_are_listed_for_their_group() {
    let descriptor = "<plugin><name>My &amp; Plugin</name><goalPrefix>my</goalPrefix></plugin>";
    let jar = zip_of(&[("META-INF/maven/plugin.xml", descriptor)]);
    let members = [rows(&[("org/g/my-maven-plugin/1/my-maven-plugin-1.jar", &jar, 0)])];
    let text = render("org/g/maven-metadata.xml", &members);
    assert!(text.contains("<prefix>my</prefix>"), "{text}");
    assert!(text.contains("<name>My &amp; Plugin</name>"), "{text}");
    assert!(!text.contains("versioning"), "{text}");
}

#[test]
fn what_is_rendered_reads_back_as_the_same_rows() {
    let members = [rows(&[
        ("g/a/1-SNAPSHOT/a-1-20260101.000000-1.jar", b"", 0),
        ("g/a/1-SNAPSHOT/a-1-20260101.000000-1-sources.jar", b"", 0),
        ("g/a/1.0/a-1.0.pom", b"", 5000),
    ])];
    for at in ["g/a/maven-metadata.xml", "g/a/1-SNAPSHOT/maven-metadata.xml"] {
        let text = render(at, &members);
        let read = Maven.read_upstream(&index_at(at), text.as_bytes(), "").unwrap();
        assert_eq!(render(at, &[read]), text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_documents_never_panic(text in "[<>/&;a-z\"= ]{0,200}|\\PC{0,100}") {
        let wrapped = format!("<metadata><versioning>{text}</versioning></metadata>");
        for at in ["g/a/maven-metadata.xml", "g/a/1-SNAPSHOT/maven-metadata.xml"] {
            let _ = Maven.read_upstream(&index_at(at), text.as_bytes(), "");
            let _ = Maven.read_upstream(&index_at(at), wrapped.as_bytes(), "");
        }
        for name in ["g/a/1/a-1.pom", "g/a/1/a-1.jar"] {
            let _ = Maven.inspect(&path(name), &mut Cursor::new(text.clone().into_bytes()));
        }
    }
}
