//! Indexes are functions of rows: rendered when they are read, kept while no row changes.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use repository::{ArtifactPath, RepositoryClass, RepositoryConfig};
use repository_catalog::{Catalog, Document, RecordRow as CatalogRow};
use repository_formats::{
    DocumentRow, ErrorKind, IndexRequest, MemberRows, PackageRecord, RecordRow, Rendered,
    RenderedIndex, RowScope,
};

use crate::content::Content;
use crate::error::ContentError;

/// Bytes of rendered indexes that are kept.
const CACHE_BYTES_MAX: usize = 128 * 1024 * 1024;
/// Separates the package from the document's name; package names hold no line break.
const DOCUMENT_SEPARATOR: char = '\n';

/// The name in the catalog of a package's document.
pub(crate) fn document_name(package: &str, name: &str) -> String {
    format!("{package}{DOCUMENT_SEPARATOR}{name}")
}

/// What the names of all documents of a package begin with.
pub(crate) fn document_prefix(package: &str) -> String {
    document_name(package, "")
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    repository: String,
    request: IndexRequest,
    base_url: String,
}

struct Kept {
    /// The members that it was rendered from, each with its version.
    made_of: Vec<(String, i64)>,
    index: Option<Arc<RenderedIndex>>,
}

impl Kept {
    fn bytes(&self) -> usize {
        self.index.as_ref().map_or(64, |index| index.body.len())
    }
}

#[derive(Default)]
pub(crate) struct IndexCache {
    kept: Mutex<HashMap<Key, Kept>>,
}

impl IndexCache {
    fn get(&self, key: &Key, made_of: &[(String, i64)]) -> Option<Option<Arc<RenderedIndex>>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(key).filter(|found| found.made_of == made_of).map(|found| found.index.clone())
    }

    fn put(&self, key: Key, value: Kept) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes: usize = kept.values().map(Kept::bytes).sum();
        if bytes + value.bytes() > CACHE_BYTES_MAX {
            // Rendering again is cheap and rare; which half goes does not matter.
            let mut keep = false;
            kept.retain(|_, _| {
                keep = !keep;
                keep
            });
        }
        if value.bytes() <= CACHE_BYTES_MAX / 4 {
            kept.insert(key, value);
        }
    }
}

impl Content {
    /// Renders an index of a repository; `None` when no member has a row for it. `base_url` is
    /// the URL under which the repository was asked, without a trailing slash.
    pub async fn index(
        &self,
        repository: &Arc<RepositoryConfig>,
        request: &IndexRequest,
        base_url: &str,
    ) -> Result<Option<Arc<RenderedIndex>>, ContentError> {
        let members: Vec<_> = self
            .repositories
            .members(repository)
            .into_iter()
            .filter(|member| member.rclass == RepositoryClass::Local)
            .collect();
        // Versions are read before rows: what changes in between makes the entry stale at once.
        let mut made_of = Vec::with_capacity(members.len());
        for member in &members {
            let key = member.key.to_string();
            let version = self.catalog.version(&key).await?;
            made_of.push((key, version));
        }
        let key = Key {
            repository: repository.key.to_string(),
            request: request.clone(),
            base_url: base_url.to_owned(),
        };
        if let Some(index) = self.indexes.get(&key, &made_of) {
            return Ok(index);
        }
        let mut rows = Vec::with_capacity(members.len());
        for member in &members {
            rows.push(self.rows(member, &request.scope).await?);
        }
        let index = self.render(repository, request, base_url, rows).await?;
        self.indexes.put(key, Kept { made_of, index: index.clone() });
        Ok(index)
    }

    async fn render(
        &self,
        repository: &RepositoryConfig,
        request: &IndexRequest,
        base_url: &str,
        rows: Vec<MemberRows>,
    ) -> Result<Option<Arc<RenderedIndex>>, ContentError> {
        let format = self.format(repository)?;
        let (request, base_url) = (request.clone(), base_url.to_owned());
        let rendering =
            tokio::task::spawn_blocking(move || format.render(&request, &rows, &base_url));
        let rendered = rendering.await.map_err(|error| ContentError {
            source: Some(Box::new(error)),
            ..ContentError::new(ErrorKind::Internal, "The index could not be rendered.")
        })??;
        Ok(match rendered {
            Rendered::Found(index) => Some(Arc::new(index)),
            Rendered::NotFound => None,
        })
    }

    async fn rows(
        &self,
        member: &RepositoryConfig,
        scope: &RowScope,
    ) -> Result<MemberRows, ContentError> {
        let key = member.key.as_str();
        let mut rows = MemberRows { repository: key.to_owned(), ..MemberRows::default() };
        let mut seen = Seen::default();
        for scope in flatten(scope) {
            match scope {
                RowScope::PackageNames => rows.packages = self.catalog.packages(key).await?,
                RowScope::Package(package) => {
                    let found = self.catalog.records(key, Some(package)).await?;
                    let documents = self.catalog.documents(key, &document_prefix(package)).await?;
                    seen.add(&mut rows, found, documents)?;
                }
                other => {
                    let found = all_rows(self.catalog.as_ref(), key, other).await?;
                    seen.add(&mut rows, found.0, found.1)?;
                }
            }
        }
        Ok(rows)
    }
}

fn flatten(scope: &RowScope) -> Vec<&RowScope> {
    match scope {
        RowScope::AnyOf(scopes) => scopes.iter().flat_map(flatten).collect(),
        other => vec![other],
    }
}

/// Rows of all packages whose name the scope accepts.
async fn all_rows(
    catalog: &dyn Catalog,
    key: &str,
    scope: &RowScope,
) -> Result<(Vec<CatalogRow>, Vec<Document>), ContentError> {
    let accepts: Box<dyn Fn(&str) -> bool + Send + Sync> = match scope {
        RowScope::PackagePrefix(prefix) => Box::new(|name| name.starts_with(prefix.as_str())),
        RowScope::PackageContaining(text) => {
            let text = text.to_lowercase();
            Box::new(move |name| name.to_lowercase().contains(&text))
        }
        _ => Box::new(|_| false),
    };
    let mut records = catalog.records(key, None).await?;
    records.retain(|row| accepts(&row.record.package));
    let mut documents = catalog.documents(key, "").await?;
    documents.retain(|document| {
        document.name.split_once(DOCUMENT_SEPARATOR).is_some_and(|(package, _)| accepts(package))
    });
    Ok((records, documents))
}

/// Keeps rows that several scopes give from being listed twice.
#[derive(Default)]
struct Seen {
    records: BTreeSet<(String, String, String)>,
    documents: BTreeSet<String>,
}

impl Seen {
    fn add(
        &mut self,
        rows: &mut MemberRows,
        records: Vec<CatalogRow>,
        documents: Vec<Document>,
    ) -> Result<(), ContentError> {
        for row in records {
            let id =
                (row.node.path.clone(), row.record.package.clone(), row.record.version.clone());
            if self.records.insert(id) {
                rows.records.push(format_row(row)?);
            }
        }
        for document in documents {
            if self.documents.insert(document.name.clone()) {
                rows.documents.extend(format_document(&document)?);
            }
        }
        Ok(())
    }
}

fn unreadable(what: &str, error: impl std::fmt::Display) -> ContentError {
    ContentError::new(ErrorKind::Internal, format!("A row of {what} could not be read: {error}"))
}

fn format_row(row: CatalogRow) -> Result<RecordRow, ContentError> {
    let metadata = serde_json::from_str(&row.record.body)
        .map_err(|error| unreadable(&row.record.package, error))?;
    let path = ArtifactPath::parse(&row.node.path)
        .map_err(|error| unreadable(&row.record.package, error))?;
    Ok(RecordRow {
        record: PackageRecord {
            package: row.record.package,
            version: row.record.version,
            path,
            metadata,
        },
        checksums: row.node.blob,
        created_ms: row.node.created,
        modified_ms: row.node.modified,
        origin: None,
    })
}

fn format_document(document: &Document) -> Result<Option<DocumentRow>, ContentError> {
    let Some((package, name)) = document.name.split_once(DOCUMENT_SEPARATOR) else {
        return Ok(None);
    };
    let value = serde_json::from_str(&document.body).map_err(|error| unreadable(package, error))?;
    Ok(Some(DocumentRow {
        package: package.to_owned(),
        name: name.to_owned(),
        value,
        modified_ms: document.modified,
    }))
}
