//! Uploads in a format's own protocol: taken apart into artifacts and documents, then committed
//! together.

use std::io::Read;
use std::sync::Arc;

use bytes::Bytes;
use repository::{Checksums, Properties, RepositoryConfig};
use repository_catalog::{Change, NewFile, Record};
use repository_formats::{
    Answer, Conflict, ErrorKind, Mutation, PackageFormat, Publication, PublishTarget, PutArtifact,
    Upload,
};
use repository_storage::{BlobStore, SealedBlob};

use super::{
    Author, BodyStream, Content, ContentError, blocking, catalog_record, check_policy, stopping,
    verify,
};
use crate::clock::now_ms;
use crate::index::document_name;
use crate::mime::media_type;

/// Bytes that are moved out of an upload at a time.
const PIECE_BYTES: usize = 256 * 1024;

/// An upload in a format's own protocol.
#[derive(Debug, Clone)]
pub struct PublishRequest {
    /// What it is to become.
    pub target: PublishTarget,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
    /// Who publishes.
    pub author: Author,
}

/// An upload with every artifact in it staged.
struct Unpacked {
    answer: Answer,
    changes: Vec<Prepared>,
}

enum Prepared {
    Put(Box<PutArtifact>, Box<dyn SealedBlob>, Vec<Record>),
    Other(Box<Mutation>),
}

impl Content {
    /// Publishes an upload: all that it holds becomes visible at once, or nothing.
    pub async fn publish(
        &self,
        repository: &Arc<RepositoryConfig>,
        request: PublishRequest,
        body: BodyStream,
    ) -> Result<Answer, ContentError> {
        let PublishRequest { target, content_type, author } = request;
        let format = self.format(repository)?;
        let sealed = self.stage(body).await?;
        let unpacked = {
            let _permit = self.inspections.acquire().await.map_err(|_| stopping())?;
            let blobs = Arc::clone(&self.blobs);
            let runtime = tokio::runtime::Handle::current();
            blocking(move || {
                let unpacking = Unpacking { format, blobs, runtime };
                unpacking.run(sealed.as_ref(), &target, content_type.as_deref())
            })
            .await?
        };
        let mut changes = Vec::new();
        for prepared in unpacked.changes {
            self.add_changes(&mut changes, repository, &author, prepared).await?;
        }
        self.catalog.commit(changes).await?;
        Ok(unpacked.answer)
    }

    async fn add_changes(
        &self,
        changes: &mut Vec<Change>,
        repository: &RepositoryConfig,
        author: &Author,
        prepared: Prepared,
    ) -> Result<(), ContentError> {
        let (key, at) = (repository.key.to_string(), now_ms());
        match prepared {
            Prepared::Other(mutation) => changes.extend(plain_change(key, *mutation, at)),
            Prepared::Put(put, sealed, records) => {
                check_policy(repository, &put.path)?;
                let checksums = *sealed.checksums();
                match self.settle(repository, author, &put, &checksums).await? {
                    Settled::Same => return Ok(()),
                    Settled::Store(expectation) => changes.push(expectation),
                }
                sealed.keep().await?;
                let path = put.path.to_string();
                let file = NewFile {
                    mime: media_type(&path).to_owned(),
                    path,
                    blob: checksums,
                    by: author.name.clone(),
                    at,
                    properties: Properties::new(),
                    records,
                };
                changes.push(Change::PutFile { repository: key, file: Box::new(file) });
            }
        }
        Ok(())
    }

    /// Decides what happens where something lies already. The expectation that comes with it
    /// makes the decision hold until the commit.
    async fn settle(
        &self,
        repository: &RepositoryConfig,
        author: &Author,
        put: &PutArtifact,
        new: &Checksums,
    ) -> Result<Settled, ContentError> {
        let (key, path) = (repository.key.as_str(), put.path.as_str());
        let known = self.catalog.node(key, path).await?.and_then(|node| node.blob);
        if let Some(known) = known {
            let same = known.sha256 == new.sha256;
            let refused = |message: &str| ContentError::new(ErrorKind::AlreadyExists, message);
            match &put.on_conflict {
                Conflict::RefuseDifferent { .. } if same => return Ok(Settled::Same),
                Conflict::Refuse { message } | Conflict::RefuseDifferent { message } => {
                    return Err(refused(message));
                }
                Conflict::Replace if !author.may_overwrite && !same => {
                    return Err(super::overwrite_refused(repository, &put.path));
                }
                Conflict::Replace => {}
            }
        }
        Ok(Settled::Store(Change::ExpectPath {
            repository: key.to_owned(),
            path: path.to_owned(),
            digest: known.map(|known| known.sha256),
        }))
    }
}

/// The change that a mutation without content is.
fn plain_change(repository: String, mutation: Mutation, at: i64) -> Option<Change> {
    match mutation {
        Mutation::Delete { path } => {
            Some(Change::DeleteTree { repository, path: path.to_string(), at })
        }
        Mutation::SetDocument { package, name, value } => Some(Change::PutDocument {
            repository,
            name: document_name(&package, &name),
            body: value.map(|value| value.to_string()),
            at,
        }),
        // An artifact has content, so it is staged and never comes here.
        Mutation::Put(_) => None,
    }
}

enum Settled {
    /// The same content is there already: nothing to do.
    Same,
    /// To be stored, provided that this still holds.
    Store(Change),
}

/// What runs on a blocking thread.
struct Unpacking {
    format: &'static dyn PackageFormat,
    blobs: Arc<dyn BlobStore>,
    runtime: tokio::runtime::Handle,
}

impl Unpacking {
    fn run(
        &self,
        body: &dyn SealedBlob,
        target: &PublishTarget,
        content_type: Option<&str>,
    ) -> Result<Unpacked, ContentError> {
        let mut reader = body.reader()?;
        let length = body.checksums().size;
        let mut upload = Upload { target, content_type, body: &mut reader, length };
        let Publication { mutations, answer } = self.format.publish(&mut upload)?;
        let mut changes = Vec::with_capacity(mutations.len());
        for mutation in mutations {
            changes.push(match mutation {
                Mutation::Put(put) => self.stage_artifact(body, put)?,
                other => Prepared::Other(Box::new(other)),
            });
        }
        Ok(Unpacked { answer, changes })
    }

    fn stage_artifact(
        &self,
        body: &dyn SealedBlob,
        put: PutArtifact,
    ) -> Result<Prepared, ContentError> {
        let sealed = self.copy_out(body, &put)?;
        verify(&put.expected, sealed.checksums())?;
        let record = match &put.record {
            Some(record) => Some(record.clone()),
            None => self.format.inspect(&put.path, &mut sealed.reader()?)?,
        };
        let records = record.map(catalog_record).into_iter().collect();
        Ok(Prepared::Put(Box::new(put), sealed, records))
    }

    fn copy_out(
        &self,
        body: &dyn SealedBlob,
        put: &PutArtifact,
    ) -> Result<Box<dyn SealedBlob>, ContentError> {
        let broken = |error: std::io::Error| ContentError {
            source: Some(Box::new(error)),
            ..ContentError::new(ErrorKind::Invalid, "An artifact in the upload could not be read.")
        };
        let mut whole = body.reader()?;
        let mut source = put.source.open(&mut whole).map_err(broken)?;
        let mut staging = self.runtime.block_on(self.blobs.stage())?;
        loop {
            let mut piece = Vec::with_capacity(PIECE_BYTES);
            let length =
                source.by_ref().take(PIECE_BYTES as u64).read_to_end(&mut piece).map_err(broken)?;
            if length == 0 {
                break;
            }
            self.runtime.block_on(staging.write(Bytes::from(piece)))?;
        }
        Ok(self.runtime.block_on(staging.seal())?)
    }
}
