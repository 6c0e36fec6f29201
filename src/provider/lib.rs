//! The contract between the engine and what it provisions: schemas, resource types, data sources, providers.
