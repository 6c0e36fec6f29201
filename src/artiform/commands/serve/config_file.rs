//! The server's configuration file: HCL, or JSON, with the fields of [`ServerConfig`].

use std::path::Path;

use config::Config;
use diagnostics::{Diagnostic, Diagnostics, SourceMap};
use indexmap::IndexMap;
use lang::{Body, json};
use repository_server::ServerConfig;
use serde_json::{Map, Value};

use crate::context::Failure;
use crate::stack;

/// Reads a configuration file; `data_dir` stands in for the one of the file.
pub fn read(path: &Path, data_dir: Option<&Path>) -> Result<ServerConfig, Box<Failure>> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| {
        let detail = format!("The configuration {shown} could not be read: {error}.");
        Failure::error("Failed to read file", detail)
    })?;
    let is_json = path.extension().is_some_and(|extension| extension == "json");
    let mut fields = if is_json { from_json(&text) } else { from_hcl(path, &text) }?;
    match data_dir {
        Some(folder) => {
            fields.insert("data_dir".into(), folder.to_string_lossy().into());
        }
        None => settle_data_folder(path, &mut fields),
    }
    serde_json::from_value(Value::Object(fields)).map_err(|error| {
        let detail = format!("The configuration {shown} does not fit: {error}.");
        Failure::error("Invalid server configuration", detail)
    })
}

/// A relative data folder starts from the file that names it, not from wherever the server is started.
fn settle_data_folder(path: &Path, fields: &mut Map<String, Value>) {
    let base = path.parent().unwrap_or(Path::new(""));
    if let Some(Value::String(folder)) = fields.get_mut("data_dir") {
        *folder = base.join(&*folder).to_string_lossy().into_owned();
    }
}

fn from_json(text: &str) -> Result<Map<String, Value>, Box<Failure>> {
    serde_json::from_str(text).map_err(|error| {
        let detail = format!("The configuration is no JSON object: {error}.");
        Failure::error("Invalid server configuration", detail)
    })
}

fn from_hcl(path: &Path, text: &str) -> Result<Map<String, Value>, Box<Failure>> {
    let mut sources = SourceMap::new();
    let file = sources.add(path.to_string_lossy(), text);
    let (body, mut mistakes) = lang::parse::file(text, file);
    let config = empty_config(path, &sources);
    let fields = object(&body, &config, &mut mistakes);
    if mistakes.has_errors() { Err(Failure::new(mistakes, &sources)) } else { Ok(fields) }
}

/// A configuration without declarations: in a server's file nothing can be referred to.
fn empty_config(path: &Path, sources: &SourceMap) -> Config {
    Config {
        root: std::sync::Arc::default(),
        stack: config::Stack::default(),
        regions: IndexMap::new(),
        sources: sources.clone(),
        folder: path.parent().unwrap_or(Path::new(".")).to_path_buf(),
        damaged: Vec::new(),
    }
}

fn object(body: &Body, config: &Config, mistakes: &mut Diagnostics) -> Map<String, Value> {
    let scope = stack::variable_scope(config, IndexMap::new());
    let mut fields = Map::new();
    for attribute in body.attributes.values() {
        let value = mistakes.absorb(lang::eval::evaluate(&attribute.value, &scope));
        if let Some(value) = value {
            fields.insert(attribute.name.to_string(), json::to_json(&value));
        }
    }
    for block in &body.blocks {
        if !block.labels.is_empty() || fields.contains_key(&*block.kind) {
            let detail = "A block of a server's configuration has no label and stands once.";
            mistakes.push(Diagnostic::error("Invalid block", detail).at(block.header_span));
            continue;
        }
        let inner = object(&block.body, config, mistakes);
        fields.insert(block.kind.to_string(), Value::Object(inner));
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_gives_the_servers_fields_and_its_folder_is_the_base() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.hcl");
        let text = "site = \"eu\"\ndata_dir = \"data\"\nlimits {\n  connections_max = 2\n}\n";
        std::fs::write(&path, text).unwrap();
        let config = read(&path, None).unwrap();
        assert_eq!((config.site.as_str(), config.limits.connections_max), ("eu", 2));
        assert_eq!(config.data_dir, folder.path().join("data"));
    }

    #[test]
    fn an_unknown_field_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.hcl");
        std::fs::write(&path, "data_dir = \"data\"\ntypo = 1\n").unwrap();
        let failure = read(&path, None).unwrap_err();
        assert!(failure.diagnostics.iter().next().unwrap().detail.contains("typo"));
    }
}
