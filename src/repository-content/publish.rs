//! Takes bytes in: staged, verified, named, and only then visible.

pub(crate) mod body;
pub(crate) mod checksum_deploy;
pub(crate) mod package;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use repository::{ArtifactPath, Checksums, Properties, RepositoryConfig};
use repository_catalog::{Change, NewFile, Node, Record};
use repository_formats::{ErrorKind, ExpectedChecksums, PackageRecord};
use repository_storage::SealedBlob;

use crate::clock::now_ms;
use crate::content::Content;
use crate::error::ContentError;
use crate::mime::media_type;
use body::BodyStream;

/// Who publishes.
#[derive(Debug, Clone)]
pub struct Author {
    /// The user's name.
    pub name: String,
    /// Whether what is there may be replaced by something else.
    pub may_overwrite: bool,
}

/// A deploy of one file by its path.
#[derive(Debug, Clone)]
pub struct DeployRequest {
    /// A local, writable repository: [`Content::deployment_target`] gives it.
    pub repository: Arc<RepositoryConfig>,
    /// Where to.
    pub path: ArtifactPath,
    /// Checksums that the client sent.
    pub expected: ExpectedChecksums,
    /// Properties that the client sent along.
    pub properties: Properties,
    /// Who deploys.
    pub author: Author,
}

/// What a deploy left behind.
#[derive(Debug, Clone)]
pub struct Deployed {
    /// The file as it is now.
    pub node: Node,
}

impl Content {
    /// Deploys the bytes of `body`. When this returns, the file is durable and visible; when it
    /// fails, nothing changed.
    pub async fn deploy(
        &self,
        request: DeployRequest,
        body: BodyStream,
    ) -> Result<Deployed, ContentError> {
        self.check_place(&request).await?;
        let sealed = self.stage(body).await?;
        verify(&request.expected, sealed.checksums())?;
        self.check_overwrite(&request, sealed.checksums()).await?;
        let (sealed, record) =
            self.inspect_sealed(&request.repository, &request.path, sealed).await?;
        let checksums = *sealed.checksums();
        sealed.keep().await?;
        self.commit_file(request, checksums, record).await
    }

    /// Writes a body into staging and makes it durable there.
    pub(crate) async fn stage(
        &self,
        mut body: BodyStream,
    ) -> Result<Box<dyn SealedBlob>, ContentError> {
        use futures::StreamExt;
        let mut staging = self.blobs.stage().await?;
        while let Some(piece) = body.next().await {
            staging.write(piece?).await?;
        }
        Ok(staging.seal().await?)
    }

    /// What can be refused before a single byte is read.
    async fn check_place(&self, request: &DeployRequest) -> Result<(), ContentError> {
        check_policy(&request.repository, &request.path)?;
        if !request.author.may_overwrite && request.expected.sha256.is_none() {
            self.refuse_overwrite(&request.repository, &request.path).await?;
        }
        Ok(())
    }

    async fn check_overwrite(
        &self,
        request: &DeployRequest,
        new: &Checksums,
    ) -> Result<(), ContentError> {
        if request.author.may_overwrite {
            return Ok(());
        }
        let key = request.repository.key.as_str();
        let node = self.catalog.node(key, request.path.as_str()).await?;
        // The same bytes once more are a retry, not a replacement.
        match node.and_then(|node| node.blob) {
            Some(known) if known.sha256 != new.sha256 => {
                Err(overwrite_refused(&request.repository, &request.path))
            }
            _ => Ok(()),
        }
    }

    async fn refuse_overwrite(
        &self,
        repository: &RepositoryConfig,
        path: &ArtifactPath,
    ) -> Result<(), ContentError> {
        let node = self.catalog.node(repository.key.as_str(), path.as_str()).await?;
        match node {
            Some(node) if !node.is_folder() => Err(overwrite_refused(repository, path)),
            _ => Ok(()),
        }
    }

    /// Asks the format what the file says of itself, on a thread of its own.
    async fn inspect_sealed(
        &self,
        repository: &RepositoryConfig,
        path: &ArtifactPath,
        sealed: Box<dyn SealedBlob>,
    ) -> Result<(Box<dyn SealedBlob>, Option<PackageRecord>), ContentError> {
        let (format, path) = (self.format(repository)?, path.clone());
        let _permit = self.inspections.acquire().await.map_err(|_| stopping())?;
        blocking(move || {
            let mut reader = sealed.reader()?;
            let record = format.inspect(&path, &mut reader)?;
            Ok((sealed, record))
        })
        .await
    }

    async fn commit_file(
        &self,
        request: DeployRequest,
        checksums: Checksums,
        record: Option<PackageRecord>,
    ) -> Result<Deployed, ContentError> {
        let key = request.repository.key.to_string();
        let path = request.path.to_string();
        let file = NewFile {
            mime: media_type(&path).to_owned(),
            path: path.clone(),
            blob: checksums,
            by: request.author.name,
            at: now_ms(),
            properties: request.properties,
            records: record.map(catalog_record).into_iter().collect(),
        };
        let change = Change::PutFile { repository: key.clone(), file: Box::new(file) };
        self.catalog.commit(vec![change]).await?;
        let node = self.catalog.node(&key, &path).await?;
        // Somebody may have deleted it in this very moment; then it was deployed all the same.
        let node = node.ok_or_else(|| ContentError::not_found(&key, &path))?;
        Ok(Deployed { node })
    }
}

fn overwrite_refused(repository: &RepositoryConfig, path: &ArtifactPath) -> ContentError {
    ContentError::new(
        ErrorKind::Forbidden,
        format!(
            "'{path}' is already in '{}' and replacing it needs the permission to delete.",
            repository.key
        ),
    )
}

/// Paths and versions that the repository's configuration does not take.
pub(crate) fn check_policy(
    repository: &RepositoryConfig,
    path: &ArtifactPath,
) -> Result<(), ContentError> {
    let conflict = |why: &str| {
        Err(ContentError::new(
            ErrorKind::AlreadyExists,
            format!("The repository '{}' rejected '{path}': {why}.", repository.key),
        ))
    };
    if repository.read_only {
        return Err(ContentError::read_only(repository));
    }
    if !repository.filter().accepts(path.as_str()) {
        return conflict("its include and exclude patterns do not take it");
    }
    if repository_formats::by_name(repository.package_type.as_str())
        .is_some_and(|format| format.name() == "maven")
    {
        let is_snapshot = path.segments().rev().skip(1).any(|part| part.ends_with("-SNAPSHOT"));
        if is_snapshot && !repository.handle_snapshots {
            return conflict("it takes no snapshots");
        }
        if !is_snapshot && !repository.handle_releases {
            return conflict("it takes no releases");
        }
    }
    Ok(())
}

pub(crate) fn verify(expected: &ExpectedChecksums, found: &Checksums) -> Result<(), ContentError> {
    let pairs = [
        ("sha256", expected.sha256.map(|sum| sum.to_hex()), found.sha256.to_hex()),
        ("sha1", expected.sha1.map(|sum| sum.to_hex()), found.sha1.to_hex()),
        ("md5", expected.md5.map(|sum| sum.to_hex()), found.md5.to_hex()),
    ];
    for (name, expected, found) in pairs {
        if let Some(expected) = expected.filter(|expected| *expected != found) {
            return Err(ContentError::new(
                ErrorKind::ChecksumMismatch,
                format!(
                    "Checksum error: the client sent the {name} '{expected}', but the content \
                     that arrived has '{found}'. Nothing was stored."
                ),
            ));
        }
    }
    Ok(())
}

pub(crate) fn catalog_record(record: PackageRecord) -> Record {
    Record { package: record.package, version: record.version, body: record.metadata.to_string() }
}

pub(crate) fn stopping() -> ContentError {
    ContentError::new(ErrorKind::Unavailable, "The server is stopping. Try again.")
}

/// Runs file work on a blocking thread.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ContentError> + Send + 'static,
) -> Result<T, ContentError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(ContentError {
            source: Some(Box::new(error)),
            ..ContentError::new(ErrorKind::Internal, "The upload could not be taken apart.")
        }),
    }
}
