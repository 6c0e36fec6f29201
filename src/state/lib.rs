//! What was applied: snapshot, journal, lock and backends.
