//! The snapshot as the bytes of `state.json`, in the clear or sealed.
//!
//! ```text
//! in the clear                                sealed
//! {                                           {
//!   "format_version": 1,                        "format_version": 1,
//!   "stack": "artifacts",                       "stack": "artifacts",
//!   "lineage": "7c0f...",                       "lineage": "7c0f...",
//!   "serial": 3,                                "serial": 3,
//!   "sequence": 17,                             "encryption": {"method": "passphrase"},
//!   "outputs": {                                "sealed": "<base64 of what stands on the left>"
//!     "url": {"value": ..., "type": ...}      }
//!   },
//!   "instances": {
//!     "aws_lb.web": {...},          one line for each instance, so that files can be compared
//!   }
//! }
//! ```

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::{Cipher, FORMAT_VERSION, SealContext, Snapshot, StateError};

/// What was read, and whether it was sealed.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) snapshot: Snapshot,
    pub(crate) sealed: bool,
}

/// Why bytes are no snapshot: a ready error, or words for one that names the recovery.
#[derive(Debug)]
pub(crate) enum Refusal {
    Error(StateError),
    Unreadable(String),
}

#[derive(Serialize, Deserialize)]
struct Envelope {
    format_version: u64,
    stack: String,
    lineage: String,
    serial: u64,
    encryption: Encryption,
    sealed: String,
}

#[derive(Serialize, Deserialize)]
struct Encryption {
    method: String,
}

/// The fields that tell what a file is, when it is not what was expected.
#[derive(Deserialize)]
struct Probe {
    format_version: Option<u64>,
    version: Option<u64>,
    terraform_version: Option<serde::de::IgnoredAny>,
    sealed: Option<serde::de::IgnoredAny>,
}

/// The bytes of a snapshot, sealed when there is a cipher.
pub(crate) fn encode(
    snapshot: &Snapshot,
    cipher: Option<&dyn Cipher>,
) -> Result<Vec<u8>, StateError> {
    let plain = write_plain(snapshot).map_err(|error| StateError::io("encode", "state", error))?;
    let Some(cipher) = cipher else { return Ok(plain) };
    let sealed = cipher.seal(&context(&snapshot.lineage, snapshot.serial), &plain)?;
    let envelope = Envelope {
        format_version: FORMAT_VERSION,
        stack: snapshot.stack.clone(),
        lineage: snapshot.lineage.clone(),
        serial: snapshot.serial,
        encryption: Encryption { method: cipher.method().into() },
        sealed: STANDARD.encode(sealed),
    };
    let mut bytes = serde_json::to_vec_pretty(&envelope)
        .map_err(|error| StateError::io("encode", "state", error.into()))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// The snapshot in these bytes.
pub(crate) fn decode(bytes: &[u8], cipher: Option<&dyn Cipher>) -> Result<Read, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::Unreadable("it is empty".into()));
    }
    match serde_json::from_slice::<Snapshot>(bytes) {
        Ok(snapshot) => Ok(Read { snapshot: verify(snapshot)?, sealed: false }),
        Err(error) => decode_other(bytes, cipher, &error),
    }
}

/// What is no snapshot in the clear: a sealed one, one of a newer version, Terraform's, or nothing.
fn decode_other(
    bytes: &[u8],
    cipher: Option<&dyn Cipher>,
    error: &serde_json::Error,
) -> Result<Read, Refusal> {
    let probe: Probe = serde_json::from_slice(bytes).map_err(|_| describe(bytes, error))?;
    if probe.format_version.is_none()
        && (probe.terraform_version.is_some() || probe.version.is_some())
    {
        return Err(Refusal::Unreadable(
            "it is a state of Terraform, which has to be imported".into(),
        ));
    }
    check_version(probe.format_version.unwrap_or(0))?;
    if probe.sealed.is_none() {
        return Err(describe(bytes, error));
    }
    let envelope: Envelope = serde_json::from_slice(bytes).map_err(|e| describe(bytes, &e))?;
    let snapshot = unseal(&envelope, cipher)?;
    Ok(Read { snapshot: verify(snapshot)?, sealed: true })
}

fn unseal(envelope: &Envelope, cipher: Option<&dyn Cipher>) -> Result<Snapshot, Refusal> {
    let Some(cipher) = cipher else {
        return Err(Refusal::Error(StateError::KeyMissing { what: "The state".into() }));
    };
    let sealed = STANDARD
        .decode(&envelope.sealed)
        .map_err(|_| Refusal::Unreadable("its sealed part is not base64".into()))?;
    let plain = cipher
        .open(&context(&envelope.lineage, envelope.serial), &sealed)
        .map_err(Refusal::Error)?;
    let snapshot: Snapshot = serde_json::from_slice(&plain).map_err(|e| describe(&plain, &e))?;
    if (&snapshot.lineage, snapshot.serial) != (&envelope.lineage, envelope.serial) {
        return Err(Refusal::Unreadable("its sealed part has another lineage or serial".into()));
    }
    Ok(snapshot)
}

fn context(lineage: &str, serial: u64) -> SealContext<'_> {
    SealContext { kind: "snapshot", lineage, number: serial }
}

fn check_version(version: u64) -> Result<(), Refusal> {
    match version {
        FORMAT_VERSION => Ok(()),
        newer if newer > FORMAT_VERSION => Err(Refusal::Error(StateError::NewerFormat {
            what: "The state".into(),
            found: newer,
            supported: FORMAT_VERSION,
        })),
        _ => Err(Refusal::Unreadable("it has no valid \"format_version\"".into())),
    }
}

fn verify(snapshot: Snapshot) -> Result<Snapshot, Refusal> {
    check_version(snapshot.format_version)?;
    if snapshot.lineage.is_empty() {
        return Err(Refusal::Unreadable("its \"lineage\" is empty".into()));
    }
    match snapshot.instances.iter().find(|(key, instance)| **key != instance.address) {
        Some((key, instance)) => Err(Refusal::Unreadable(format!(
            "the instance under \"{key}\" says that its address is \"{}\"",
            instance.address
        ))),
        None => Ok(snapshot),
    }
}

/// What is wrong with JSON, without its content, which may be secret.
fn describe(bytes: &[u8], error: &serde_json::Error) -> Refusal {
    let what = match error.classify() {
        serde_json::error::Category::Eof => "it ends too early",
        serde_json::error::Category::Data => {
            "it is JSON, but a field is missing or of another kind"
        }
        _ if bytes.iter().all(|byte| *byte == 0) => "it holds only zero bytes",
        _ => "it is not JSON",
    };
    Refusal::Unreadable(format!("{what} (line {}, column {})", error.line(), error.column()))
}

fn write_plain(snapshot: &Snapshot) -> std::io::Result<Vec<u8>> {
    let mut out = Vec::new();
    writeln!(out, "{{\n  \"format_version\": {},", snapshot.format_version)?;
    writeln!(out, "  \"stack\": {},", serde_json::to_string(&snapshot.stack)?)?;
    writeln!(out, "  \"lineage\": {},", serde_json::to_string(&snapshot.lineage)?)?;
    writeln!(out, "  \"serial\": {},", snapshot.serial)?;
    writeln!(out, "  \"sequence\": {},", snapshot.sequence)?;
    write_map(&mut out, "outputs", snapshot.outputs.iter())?;
    out.extend_from_slice(b",\n");
    if !snapshot.check_results.is_empty() {
        writeln!(out, "  \"check_results\": {},", serde_json::to_string(&snapshot.check_results)?)?;
    }
    write_map(&mut out, "instances", snapshot.instances.iter())?;
    out.extend_from_slice(b"\n}\n");
    Ok(out)
}

/// One line for each entry; `{}` for none.
fn write_map<'a, T: Serialize + 'a>(
    out: &mut Vec<u8>,
    name: &str,
    entries: impl Iterator<Item = (&'a String, &'a T)>,
) -> std::io::Result<()> {
    write!(out, "  \"{name}\": {{")?;
    let mut separator = "\n    ";
    for (key, value) in entries {
        out.extend_from_slice(separator.as_bytes());
        serde_json::to_writer(&mut *out, key)?;
        out.extend_from_slice(b": ");
        serde_json::to_writer(&mut *out, value)?;
        separator = ",\n    ";
    }
    let end = if separator.starts_with(',') { "\n  }" } else { "}" };
    out.extend_from_slice(end.as_bytes());
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::{InstanceState, OutputState, PathStep, Status};

    /// The format of version 1. Files like this are out there: it may be read in more ways, never in fewer.
    const VERSION_1: &str = r#"{
  "format_version": 1,
  "stack": "artifacts",
  "lineage": "7c0f",
  "serial": 3,
  "sequence": 17,
  "outputs": {
    "url": {"value":"https://a","type":"string","sensitive":true}
  },
  "instances": {
    "aws_lb.web[0]": {"address":"aws_lb.web[0]","type":"aws_lb","name":"web","index":0,"provider":"aws","region":"eu-west-1","attributes":{"arn":"a","secret":["s"]},"sensitive":[["secret",0]],"dependencies":["aws_subnet.a"],"prevent_destroy":true},
    "t.b": {"address":"t.b","type":"t","name":"b","provider":"builtin","status":{"configuring":{"done":["made"]}},"attributes":{}}
  }
}
"#;

    fn example() -> Snapshot {
        let web = InstanceState {
            address: "aws_lb.web[0]".into(),
            type_name: "aws_lb".into(),
            name: "web".into(),
            index: Some(json!(0)),
            provider: "aws".into(),
            region: Some("eu-west-1".into()),
            attributes: json!({"arn": "a", "secret": ["s"]}),
            sensitive: vec![vec![PathStep::Name("secret".into()), PathStep::Index(0)]],
            dependencies: vec!["aws_subnet.a".into()],
            prevent_destroy: true,
            ..InstanceState::default()
        };
        let half = InstanceState {
            address: "t.b".into(),
            type_name: "t".into(),
            name: "b".into(),
            provider: "builtin".into(),
            status: Status::Configuring { done: vec!["made".into()] },
            attributes: json!({}),
            ..InstanceState::default()
        };
        let output =
            OutputState { value: json!("https://a"), value_type: json!("string"), sensitive: true };
        Snapshot {
            lineage: "7c0f".into(),
            serial: 3,
            sequence: 17,
            outputs: [("url".into(), output)].into(),
            instances: [web, half].map(|i| (i.address.clone(), Arc::new(i))).into(),
            ..Snapshot::new("artifacts")
        }
    }

    #[test]
    fn version_1_stays_readable() {
        assert_eq!(String::from_utf8(encode(&example(), None).unwrap()).unwrap(), VERSION_1);
        let read = decode(VERSION_1.as_bytes(), None).unwrap();
        assert_eq!((read.snapshot, read.sealed), (example(), false));
    }
}
