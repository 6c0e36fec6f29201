//! The upload form turned into mutations.

use super::filenames::{Distribution, is_name, normalise, same_version};
use super::inspection;
use super::multipart::{self, FilePart, Form};
use crate::hashing;
use crate::mutation::{
    BodySource, Conflict, ExpectedChecksums, Mutation, Publication, PutArtifact, Upload,
};
use crate::request::Answer;
use crate::window::Window;
use crate::{ErrorKind, FormatError};
use repository::{ArtifactPath, Checksums};

/// Carries out [`crate::Operation::Publish`].
pub fn publish(upload: &mut Upload<'_>) -> Result<Publication, FormatError> {
    let boundary = multipart::boundary(upload.content_type)?;
    let form = multipart::read(upload.body, &boundary)?;
    let action = form.field(":action");
    if action != "file_upload" {
        return Err(FormatError::invalid(format!(
            "The action {action:?} is not known. Upload files with \":action=file_upload\"."
        )));
    }
    let file =
        form.files.iter().find(|file| file.field == "content").ok_or_else(|| {
            FormatError::invalid("The form has no file in the field \"content\".")
        })?;
    let distribution = check_names(&form, file)?;
    let version = form.field("version");
    let path = format!("{}/{version}/{}", distribution.project, file.file_name);
    let path = ArtifactPath::parse(&path)?;
    let sums = hashing::checksums_of(&mut Window::new(upload.body, file.offset, file.length))?;
    check_sums(&form, &sums)?;
    let mut window = Window::new(upload.body, file.offset, file.length);
    let metadata = inspection::core_metadata(&distribution, &mut window)?;
    let mut record = inspection::record(&path, &distribution, metadata.as_deref())?;
    version.clone_into(&mut record.version);
    let requires = form.field("requires_python");
    if record.metadata["requiresPython"].is_null() && !requires.is_empty() {
        record.metadata["requiresPython"] = requires.into();
    }
    let put = PutArtifact {
        path,
        source: BodySource::Range { offset: file.offset, length: file.length },
        expected: ExpectedChecksums {
            sha256: Some(sums.sha256),
            sha1: Some(sums.sha1),
            md5: Some(sums.md5),
        },
        record: Some(record),
        on_conflict: Conflict::RefuseDifferent {
            message: format!(
                "File already exists: {:?} is there with other content. Upload a new version.",
                file.file_name
            ),
        },
    };
    Ok(Publication { mutations: vec![Mutation::Put(put)], answer: Answer::text(200, "OK\n") })
}

/// The name, the version and the file name must agree.
fn check_names(form: &Form, file: &FilePart) -> Result<Distribution, FormatError> {
    let (name, version) = (form.field("name"), form.field("version"));
    let file_name = &file.file_name;
    if !is_name(name) {
        return Err(FormatError::invalid(format!("The project name {name:?} is not valid.")));
    }
    if super::filenames::parse_version(version).is_none() {
        return Err(FormatError::invalid(format!(
            "The version {version:?} is not valid (PEP 440)."
        )));
    }
    let distribution = Distribution::parse(file_name).ok_or_else(|| {
        FormatError::invalid(format!(
            "The file name {file_name:?} is not that of a wheel or a source distribution."
        ))
    })?;
    let same =
        distribution.project == normalise(name) && same_version(&distribution.version, version);
    match same {
        true => Ok(distribution),
        false => Err(FormatError::invalid(format!(
            "The file name {file_name:?} does not belong to {name:?} {version:?}."
        ))),
    }
}

/// Compares the digests that were sent. That of blake2 is not computed here.
fn check_sums(form: &Form, sums: &Checksums) -> Result<(), FormatError> {
    let pairs = [("sha256_digest", sums.sha256.to_hex()), ("md5_digest", sums.md5.to_hex())];
    for (field, actual) in pairs {
        let sent = form.field(field);
        if !sent.is_empty() && !sent.eq_ignore_ascii_case(&actual) {
            let message = format!("The file does not match its {field}. Upload it again.");
            return Err(FormatError::new(ErrorKind::ChecksumMismatch, message));
        }
    }
    Ok(())
}
