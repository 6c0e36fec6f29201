//! Deploys content that the server has already, by its checksum, without a transfer.

use repository::{Checksums, Digest, HexError, Md5Sum, Sha1Sum};
use repository_catalog::{BlobKey, Node, NodeQuery};

use super::{Content, ContentError, DeployRequest, Deployed, blocking, stopping, verify};

/// A checksum by which known content is named.
pub type ChecksumKey = BlobKey;

/// Copies of the content that are looked at for one that the user may read.
const CANDIDATES_MAX: usize = 100;

impl Content {
    /// Deploys known content; `None` when the user can read no file that has it. A checksum alone
    /// never gives access: `may_read` is asked of each file that has the content.
    pub async fn deploy_known(
        &self,
        request: DeployRequest,
        key: ChecksumKey,
        may_read: impl Fn(&Node) -> bool,
    ) -> Result<Option<Deployed>, ContentError> {
        self.check_place(&request).await?;
        let query = NodeQuery { blob: Some(key), limit: CANDIDATES_MAX, ..NodeQuery::default() };
        let candidates = self.catalog.find(&query).await?;
        let Some(blob) = candidates.iter().find(|node| may_read(node)).and_then(|node| node.blob)
        else {
            return Ok(None);
        };
        if self.blobs.stat(&blob.sha256).await? != Some(blob.size) {
            return Ok(None);
        }
        verify(&request.expected, &blob)?;
        self.check_overwrite(&request, &blob).await?;
        let record = self.inspect_blob(&request, &blob).await?;
        self.commit_file(request, blob, record).await.map(Some)
    }

    async fn inspect_blob(
        &self,
        request: &DeployRequest,
        blob: &Checksums,
    ) -> Result<Option<repository_formats::PackageRecord>, ContentError> {
        let (format, path) = (self.format(&request.repository)?, request.path.clone());
        let _permit = self.inspections.acquire().await.map_err(|_| stopping())?;
        let mut reader = self.blobs.open_seekable(&blob.sha256).await?;
        blocking(move || Ok(format.inspect(&path, &mut reader)?)).await
    }
}

/// Reads a checksum of any of the three lengths.
pub fn parse_key(text: &str) -> Result<ChecksumKey, HexError> {
    match text.len() {
        32 => Md5Sum::parse(text).map(BlobKey::Md5),
        40 => Sha1Sum::parse(text).map(BlobKey::Sha1),
        _ => Digest::parse(text).map(BlobKey::Sha256),
    }
}
