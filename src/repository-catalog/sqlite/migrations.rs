//! The schema, as numbered steps that each run once.
//!
//! A step that has been released is never edited: a change is a new file and a new line here.

use rusqlite::{Connection, TransactionBehavior};

use crate::CatalogError;

/// In order; the number of a step is its place, from 1.
const STEPS: &[&str] = &[include_str!("migrations/0001_first.sql")];

/// Brings the database to the newest schema. A database of a newer program is refused.
pub(super) fn run(connection: &mut Connection) -> Result<(), CatalogError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done: usize = transaction.pragma_query_value(None, "user_version", |row| {
        row.get::<_, i64>(0).map(|version| usize::try_from(version).unwrap_or(usize::MAX))
    })?;
    if done > STEPS.len() {
        return Err(CatalogError::Unavailable(format!(
            "its schema has version {done} and this program knows {}. Start the newer program \
             that wrote it.",
            STEPS.len()
        )));
    }
    for step in STEPS.iter().skip(done) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", i64::try_from(STEPS.len()).unwrap_or(0))?;
    transaction.commit()?;
    Ok(())
}
