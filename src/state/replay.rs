//! From the bytes of a snapshot and a journal to the state that they mean.

/// Something unusual that opening the state found and dealt with.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// The journal ended in a record that was never acknowledged; it was dropped.
    TornTail {
        /// Where the record would have started, in bytes.
        offset: usize,
        /// How many bytes of it there were.
        length: usize,
    },
    /// An earlier run ended without closing; its records were replayed.
    Replayed {
        /// How many records.
        records: u64,
    },
    /// A dead process still stood in the lock.
    LockTakenOver {
        /// Its lock info.
        holder: crate::LockInfo,
    },
    /// A key is configured, but the state is in the clear; the next write encrypts it.
    NotEncrypted,
    /// The state was written under another stack name.
    StackRenamed {
        /// The name in the snapshot.
        from: String,
    },
    /// The snapshot says that it followed a journal which is gone.
    JournalMissing,
}
