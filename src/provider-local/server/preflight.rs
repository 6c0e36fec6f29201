//! Looks at all servers of a plan together, and at this machine, before anything is done.

use std::collections::HashMap;
use std::path::Path as FilePath;

use diagnostics::Diagnostic;
use lang::{Path, Value};
use provider::{Finding, PreflightItem};
use rustix::fs::{Access, access};

use super::settings;
use crate::home::Home;
use crate::port::{self, Obstacle};
use crate::text;

/// Finds servers that would collide with each other or with what this machine has already.
pub(crate) async fn check(items: &[PreflightItem]) -> Vec<(usize, Finding)> {
    let mut findings = shared_ports(items);
    findings.extend(shared_folders(items));
    for (index, item) in items.iter().enumerate().filter(|(_, item)| !item.unchanged) {
        findings.extend(unusable_folder(item).map(|finding| (index, finding)));
        let twice = findings.iter().any(|(i, f)| *i == index && f.path == Path::attribute("port"));
        if !twice && let Some(finding) = unusable_port(items, item).await {
            findings.push((index, finding));
        }
    }
    findings
}

fn endpoint(object: &Value) -> Option<(&str, u16)> {
    Some((text(object, "host")?, settings::port(object)?))
}

/// Tells whether two servers at these hosts collide when they take one port.
fn overlap(a: &str, b: &str) -> bool {
    let everywhere = |host: &str| matches!(host, "0.0.0.0" | "::" | "[::]");
    let plain = |host: &str| if host == "localhost" { "127.0.0.1".to_owned() } else { host.into() };
    everywhere(a) || everywhere(b) || plain(a) == plain(b)
}

fn shared_ports(items: &[PreflightItem]) -> Vec<(usize, Finding)> {
    let mut by_port: HashMap<u16, Vec<(usize, &str)>> = HashMap::new();
    let mut findings = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let Some((host, port)) = endpoint(&item.planned) else { continue };
        let holders = by_port.entry(port).or_default();
        if let Some((other, _)) = holders.iter().find(|(_, other)| overlap(host, other)) {
            // The finding stands at the server that changes, when only one of them does.
            let (at, with) = if item.unchanged { (*other, index) } else { (index, *other) };
            let detail = format!(
                "Port {port} is used by {} too. Two servers on one machine need two ports.",
                items[with].address
            );
            let path = Path::attribute("port");
            findings.push((at, Finding::error(path, "Port is used twice", detail)));
        }
        holders.push((index, host));
    }
    findings
}

fn shared_folders(items: &[PreflightItem]) -> Vec<(usize, Finding)> {
    let mut holders: HashMap<std::path::PathBuf, usize> = HashMap::new();
    let mut findings = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let Some(path) = settings::data_path(&item.planned) else { continue };
        let path = path.canonicalize().unwrap_or(path);
        match holders.get(&path) {
            Some(other) => {
                let detail = format!(
                    "The data folder {} is used by {} too. Every server needs a folder of its own.",
                    path.display(),
                    items[*other].address
                );
                let at = Path::attribute("data_dir");
                findings.push((index, Finding::error(at, "Data folder is used twice", detail)));
            }
            None => {
                holders.insert(path, index);
            }
        }
    }
    findings
}

/// Tries the port of a server that will be started, unless its present holder is about to leave.
async fn unusable_port(items: &[PreflightItem], item: &PreflightItem) -> Option<Finding> {
    let (host, port) = endpoint(&item.planned)?;
    let found = port::try_listen(host, port).await.err()?;
    if found == Obstacle::Taken && items.iter().any(|other| leaves(other, item, (host, port))) {
        return None;
    }
    let (attribute, diagnostic) = obstacle(&found, host, port);
    Some(Finding { path: Path::attribute(attribute), diagnostic })
}

/// Tells whether `other` holds the endpoint now and gives it to `item`: it is the same server, or
/// one that moves to another port.
fn leaves(other: &PreflightItem, item: &PreflightItem, at: (&str, u16)) -> bool {
    let Some(prior) = &other.prior else { return false };
    let held = endpoint(prior).is_some_and(|(host, port)| port == at.1 && overlap(host, at.0));
    let itself = std::ptr::eq(other, item);
    let moves = endpoint(&other.planned).is_none_or(|planned| planned.1 != at.1);
    let runs =
        || settings::data_path(prior).is_some_and(|path| Home::new(path).process().is_some());
    held && (itself || moves) && runs()
}

/// Why a server cannot listen there, and which attribute is to blame.
pub(crate) fn obstacle(obstacle: &Obstacle, host: &str, port: u16) -> (&'static str, Diagnostic) {
    match obstacle {
        Obstacle::Taken => {
            let detail = format!(
                "Port {port} on {host} is taken by another process, so that the server could not listen there. Stop that process or choose another port."
            );
            let hint = format!("See who listens with: ss -ltnp 'sport = :{port}'");
            ("port", Diagnostic::error("Port is in use", detail).hint(hint))
        }
        Obstacle::Forbidden => {
            let detail = format!(
                "This user may not listen on port {port} of {host}. Choose a port from 1024 up, or run as a user who may."
            );
            ("port", Diagnostic::error("Port is not permitted", detail))
        }
        Obstacle::Host(why) => {
            let detail = format!(
                "A server could not listen at the host \"{host}\": {why}. The host must be an address of this machine."
            );
            ("host", Diagnostic::error("Host is not usable", detail))
        }
    }
}

/// Looks whether the data folder can be made and written, without touching it.
fn unusable_folder(item: &PreflightItem) -> Option<Finding> {
    let path = settings::data_path(&item.planned)?;
    let nearest = path.ancestors().find(|folder| folder.symlink_metadata().is_ok())?;
    let why = folder_obstacle(nearest)?;
    let detail = if nearest == path {
        format!("The data folder {} {why}.", path.display())
    } else {
        format!(
            "The data folder {} cannot be made, since {} {why}.",
            path.display(),
            nearest.display()
        )
    };
    let detail = format!("{detail} Choose another data_dir, or mend the permissions.");
    let at = Path::attribute("data_dir");
    Some(Finding::error(at, "Data folder is not usable", detail))
}

fn folder_obstacle(folder: &FilePath) -> Option<String> {
    if !folder.is_dir() {
        return Some("is not a folder".to_owned());
    }
    let writable = access(folder, Access::WRITE_OK | Access::EXEC_OK);
    writable.err().map(|error| format!("cannot be written: {}", std::io::Error::from(error)))
}
