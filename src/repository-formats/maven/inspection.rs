//! What a deployed Maven file says of itself: coordinates by its path, the rest by its content.

use super::coordinates::Coordinates;
use crate::archive;
use crate::mutation::limits::MANIFEST_BYTES_MAX;
use crate::mutation::read_bounded;
use crate::{FormatError, PackageRecord, ReadSeek};
use quick_xml::Reader;
use quick_xml::events::Event;
use repository::ArtifactPath;
use serde_json::{Map, Value, json};
use std::io::SeekFrom;

/// Where a plugin's jar names its prefix.
const PLUGIN_DESCRIPTOR: &str = "META-INF/maven/plugin.xml";
/// How deep elements are followed.
const XML_DEPTH_MAX: usize = 64;

/// Reads the record of a file; none for files outside the layout.
pub fn inspect(
    path: &ArtifactPath,
    content: &mut dyn ReadSeek,
) -> Result<Option<PackageRecord>, FormatError> {
    let Some(coordinates) = Coordinates::parse(path) else { return Ok(None) };
    let mut metadata = Map::new();
    metadata.insert("extension".to_owned(), json!(coordinates.extension));
    metadata.insert("classifier".to_owned(), json!(coordinates.classifier));
    metadata.insert("fileVersion".to_owned(), json!(coordinates.file_version));
    if let Some((timestamp, build)) = &coordinates.snapshot {
        metadata.insert("snapshot".to_owned(), json!({"timestamp": timestamp, "build": build}));
    }
    if coordinates.classifier.is_empty() {
        match coordinates.extension.as_str() {
            "pom" => read_pom(content, &mut metadata)?,
            "jar" => read_plugin(content, &mut metadata),
            _ => {}
        }
    }
    Ok(Some(PackageRecord {
        package: coordinates.package(),
        version: coordinates.version,
        path: path.clone(),
        metadata: Value::Object(metadata),
    }))
}

fn read_pom(
    content: &mut dyn ReadSeek,
    metadata: &mut Map<String, Value>,
) -> Result<(), FormatError> {
    content.seek(SeekFrom::Start(0))?;
    let bytes = read_bounded(content, MANIFEST_BYTES_MAX, "POM")?;
    // A POM that does not parse is stored all the same: it is the client that must read it.
    let wanted = ["project/packaging", "project/name", "project/description"];
    for (element, text) in texts_of(&bytes, &wanted) {
        metadata.insert(element["project/".len()..].to_owned(), Value::String(text));
    }
    Ok(())
}

/// Jars that are damaged or hold no descriptor are no plugins, which is no mistake.
fn read_plugin(content: &mut dyn ReadSeek, metadata: &mut Map<String, Value>) {
    let found = archive::find_in_zip(content, |name| name == PLUGIN_DESCRIPTOR);
    let Ok(Some(bytes)) = found else { return };
    let wanted = ["plugin/name", "plugin/goalPrefix"];
    let texts = texts_of(&bytes, &wanted);
    let text_of = |wanted: &str| texts.iter().find(|(element, _)| *element == wanted);
    if let Some((_, prefix)) = text_of("plugin/goalPrefix") {
        let name = text_of("plugin/name").map_or("", |(_, name)| name);
        metadata.insert("plugin".to_owned(), json!({"prefix": prefix, "name": name}));
    }
}

/// The first text of each wanted element, given by its path of local names. Reading stops at
/// the first mistake of the document.
pub fn texts_of<'a>(bytes: &[u8], wanted: &[&'a str]) -> Vec<(&'a str, String)> {
    let mut found: Vec<(&str, String)> = Vec::new();
    walk(bytes, |path, text| {
        if let Some(element) = wanted.iter().find(|element| **element == path)
            && !found.iter().any(|(known, _)| known == element)
        {
            found.push((element, text.to_owned()));
        }
    });
    found
}

/// Calls `take` at the end of every element with its path of local names and its own text.
pub fn walk(bytes: &[u8], mut take: impl FnMut(&str, &str)) {
    let mut reader = Reader::from_reader(bytes);
    let (mut path, mut text) = (Vec::<String>::new(), String::new());
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                path.push(start.local_name().as_ref().to_owned());
                text.clear();
                if path.len() > XML_DEPTH_MAX {
                    return;
                }
            }
            Ok(Event::Text(part)) => text.push_str(&part),
            Ok(Event::CData(part)) => text.push_str(&part),
            Ok(Event::GeneralRef(name)) => {
                text.push('&');
                text.push_str(&name);
                text.push(';');
            }
            Ok(Event::End(_)) => {
                let plain = crate::links::unescape_markup(text.trim());
                take(&path.join("/"), &plain);
                path.pop();
                text.clear();
            }
            Ok(Event::Eof) | Err(_) => return,
            Ok(_) => {}
        }
    }
}
