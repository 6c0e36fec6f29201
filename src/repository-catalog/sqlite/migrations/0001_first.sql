CREATE TABLE site (
    name TEXT NOT NULL,
    incarnation TEXT NOT NULL
);

CREATE TABLE blob (
    sha256 TEXT NOT NULL PRIMARY KEY,
    sha1 TEXT NOT NULL,
    md5 TEXT NOT NULL,
    size INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX blob_sha1 ON blob (sha1);
CREATE INDEX blob_md5 ON blob (md5);

-- A folder is a row without a blob. Folders that only follow from paths have no row.
CREATE TABLE node (
    repository TEXT NOT NULL,
    path TEXT NOT NULL,
    name TEXT NOT NULL,
    blob TEXT REFERENCES blob (sha256),
    mime TEXT NOT NULL,
    created INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    modified INTEGER NOT NULL,
    modified_by TEXT NOT NULL,
    updated INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    -- The owner's incarnation for what was replicated here; empty for what was published here.
    incarnation TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (repository, path)
) WITHOUT ROWID;
CREATE INDEX node_blob ON node (blob);

CREATE TABLE property (
    repository TEXT NOT NULL,
    path TEXT NOT NULL,
    key TEXT NOT NULL,
    position INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (repository, path, key, position)
) WITHOUT ROWID;
CREATE INDEX property_value ON property (key, value);

CREATE TABLE record (
    repository TEXT NOT NULL,
    path TEXT NOT NULL,
    package TEXT NOT NULL,
    version TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (repository, path, package, version)
) WITHOUT ROWID;
CREATE INDEX record_package ON record (repository, package, version);

CREATE TABLE document (
    repository TEXT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    modified INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    incarnation TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (repository, name)
) WITHOUT ROWID;

-- Never deleted with its repository, so that no number is ever used twice.
CREATE TABLE counter (
    repository TEXT NOT NULL PRIMARY KEY,
    seq INTEGER NOT NULL,
    version INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE event (
    repository TEXT NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (repository, seq)
) WITHOUT ROWID;

-- What a replica was told is gone, so that an older message cannot bring it back.
CREATE TABLE tombstone (
    repository TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    incarnation TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (repository, kind, subject)
) WITHOUT ROWID;

CREATE TABLE target (
    target TEXT NOT NULL PRIMARY KEY,
    repository TEXT NOT NULL,
    acknowledged INTEGER NOT NULL,
    acknowledged_at INTEGER,
    snapshot_after TEXT,
    -- Which making of the target's repository has what was delivered.
    holder TEXT
) WITHOUT ROWID;

CREATE TABLE statistic (
    repository TEXT NOT NULL,
    path TEXT NOT NULL,
    downloads INTEGER NOT NULL,
    last INTEGER NOT NULL,
    last_by TEXT NOT NULL,
    PRIMARY KEY (repository, path)
) WITHOUT ROWID;

CREATE TABLE object (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (kind, name)
) WITHOUT ROWID;

CREATE TABLE token (
    id TEXT NOT NULL PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    subject TEXT NOT NULL,
    scope TEXT NOT NULL,
    description TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER,
    refresh TEXT UNIQUE
) WITHOUT ROWID;
