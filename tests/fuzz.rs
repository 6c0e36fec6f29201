//! The fuzz targets' bodies on a stable compiler: each for a bounded number of inputs, drawn from the
//! language's own pieces, from damaged cases of the repository, and from any bytes.

#[path = "fuzz/bodies.rs"]
mod bodies;

use proptest::prelude::*;

/// Pieces of the language, of JSON and of state, so that random text often gets far.
const PIECES: &[&str] = &[
    "a",
    "b",
    "s",
    "u",
    "for",
    "in",
    "if",
    "else",
    "endif",
    "endfor",
    "true",
    "null",
    "1",
    "2.5",
    "1e3",
    "\"",
    "${",
    "%{",
    "~}",
    "}",
    "{",
    "[",
    "]",
    "(",
    ")",
    "=",
    "==",
    "=>",
    "?",
    ":",
    ",",
    ".",
    "...",
    "*",
    "-",
    "+",
    "/",
    "%",
    "!",
    "&&",
    "||",
    "<",
    "<<EOT\n",
    "<<-EOT\n",
    "EOT\n",
    "\n",
    "  ",
    "\\",
    "\\n",
    "é",
    "e\u{301}",
    "#",
    "//",
    "/*",
    "*/",
    "upper",
    "format",
    "try",
    "regex",
    "\r\n",
    "toset",
    "\u{feff}",
    ".0",
    "[*]",
    ".*",
    "locals",
    "resource \"a\" \"b\"",
    "dynamic",
    "\"version\":4",
    "\"resources\":",
    "\"instances\":",
    "\"format_version\":1",
    "\"attributes\":",
    "\"//\":",
];

fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(PIECES);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat().into_bytes())
}

/// The repository's own files of a kind: what people really write.
fn seeds(folders: &[&str]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut open: Vec<_> =
        folders.iter().map(|folder| testkit::binary::repository().join(folder)).collect();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of cases") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(std::fs::read(&path).expect("a case"));
            }
        }
    }
    found.sort();
    assert!(!found.is_empty());
    found
}

/// A seed with a part of another one in place of a part of its own.
fn damaged(folders: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let seeds = seeds(folders);
    let index = any::<prop::sample::Index>;
    (index(), index(), [index(), index(), index(), index()]).prop_map(move |(one, other, cuts)| {
        let (one, other) = (one.get(&seeds), other.get(&seeds));
        let cut = |cut: &prop::sample::Index, bytes: &[u8]| cut.index(bytes.len() + 1);
        let (start, end) = (cut(&cuts[0], one), cut(&cuts[1], one));
        let (from, to) = (cut(&cuts[2], other), cut(&cuts[3], other));
        let part = &other[from.min(to)..from.max(to)];
        let part = &part[..part.len().min(200)];
        [&one[..start.min(end)], part, &one[start.max(end)..]].concat()
    })
}

fn inputs(folders: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => damaged(folders),
        3 => pieces(),
        1 => prop::collection::vec(any::<u8>(), 0..200),
    ]
}

macro_rules! bounded {
    ($($body:ident from $folders:expr;)*) => {
        proptest! {
            #![proptest_config(ProptestConfig { cases: 800, failure_persistence: None, ..Default::default() })]

            $(
                #[test]
                fn $body(bytes in inputs($folders)) {
                    bodies::$body(&bytes);
                }
            )*
        }

        #[test]
        fn every_target_is_run_here_too() {
            let folder = testkit::binary::repository().join("tests/fuzz/targets");
            let mut targets: Vec<String> = std::fs::read_dir(folder)
                .expect("the targets")
                .map(|file| file.expect("a target").path())
                .map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned())
                .collect();
            targets.sort();
            assert_eq!(targets, [$(stringify!($body)),*]);
        }
    };
}

bounded! {
    evaluator from &["tests/cases/format", "tests/cases/lang"];
    formatter from &["tests/cases/format", "tests/cases/config"];
    json_syntax from &["tests/cases/config/json", "tests/cases/config/json_mistakes"];
    parser from &["tests/cases/format", "tests/cases/config"];
    plan_reader from &["tests/cases/plan/checks/expected", "tests/cases/plan/modules/expected", "tests/cases/plan_file"];
    state_reader from &["tests/cases/config/json", "tests/cases/lang"];
}
