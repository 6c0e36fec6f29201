//! The language: values, types, expressions, functions and addresses. Pure.
//!
//! Text becomes a [`body::Body`] of [`expr::Expr`] trees by [`parse`]; [`eval::evaluate`] turns an
//! expression into a [`Value`] with the help of a [`scope::Scope`], which knows what names mean.

/// The version of Terraform whose language this is; programs that read it decide by it what they may use.
pub const TERRAFORM_VERSION: &str = "1.11.4";

pub mod address;
pub mod body;
pub mod constraint;
pub mod convert;
pub mod display;
pub mod eval;
pub mod expr;
pub mod format;
pub mod functions;
mod graphemes;
pub mod json;
pub mod number;
pub mod operate;
pub mod parse;
pub mod path;
pub mod scope;
pub mod types;
pub mod value;

pub use address::{Key, ModuleAddress, ModuleStep, ResourceAddress, ResourceMode};
pub use body::{Attribute, Block, Body, Label};
pub use expr::{Expr, ExprKind, Step, Traversal};
pub use number::Number;
pub use path::{Path, PathStep};
pub use scope::{Resolved, Scope};
pub use types::Type;
pub use value::{Data, Marks, Value};

/// An interned-like cheap name: clones share the text.
pub type Name = std::sync::Arc<str>;

#[cfg(test)]
mod console_tests;
#[cfg(test)]
mod eval_tests;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod second_reader_tests;
#[cfg(test)]
mod syntax_tests;
#[cfg(test)]
mod testing;
