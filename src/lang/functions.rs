//! The functions of the language: one file a family, one visible list.

use std::path::PathBuf;
use std::sync::Arc;

mod arguments;
mod call;
mod collection;
mod conversion;
mod csv;
mod date_time;
mod definition;
pub mod duration;
mod encoding;
mod filesystem;
mod format;
mod format_list;
mod glob;
mod gzip;
mod hash;
mod json;
mod list;
mod map;
mod network;
mod numeric;
mod random;
mod regular;
mod rsa;
mod sensitive;
mod set;
mod signature;
mod string;
mod template;
mod text_encoding;
mod tfvars;
mod timestamp;
mod yaml_decode;
mod yaml_encode;
mod yaml_scalar;

#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;

pub use call::{ArityError, arity, call};
pub use definition::{Body, Call, Function, FunctionError, Parameter, Returns, Shape};
pub use signature::{Signature, called, signatures};

/// What impure functions may see and do; everything else in `lang` is pure.
#[derive(Clone)]
pub struct FunctionContext {
    /// The folder that relative paths start from.
    pub base: PathBuf,
    /// The time of the plan, as RFC 3339 in UTC (`plantimestamp`).
    pub plan_time: Arc<str>,
    /// The door to files, clock and randomness.
    pub world: Arc<dyn World>,
    /// A console is answered, which alone knows `type`.
    pub console: bool,
}

impl FunctionContext {
    /// The folder that the command was called from, or the base where nobody called.
    pub fn called_from(&self) -> String {
        let folder = self.world.called_from().unwrap_or_else(|| self.base.clone());
        folder.to_string_lossy().into_owned()
    }
}

/// The door to the world for the functions that need one (`file`, `timestamp`, `uuid`, `bcrypt`).
pub trait World: Send + Sync {
    /// Reads a whole file.
    fn read(&self, path: &std::path::Path) -> std::io::Result<Vec<u8>>;
    /// Tells whether a path is a regular file; `false` where nothing is. What is there but is no
    /// regular file is an error: `IsADirectory` for a folder, `InvalidInput` for anything else.
    fn is_file(&self, path: &std::path::Path) -> std::io::Result<bool>;
    /// Lists every regular file below a folder, as slash-separated relative paths; a folder that
    /// is not there is an error of the kind `NotFound`.
    fn list(&self, folder: &std::path::Path) -> std::io::Result<Vec<String>>;
    /// The home folder, for `~`.
    fn home(&self) -> Option<PathBuf>;
    /// The folder that the command was called from, absolute (`path.cwd`).
    fn called_from(&self) -> Option<PathBuf>;
    /// The time now as RFC 3339 in UTC; `None` leaves `timestamp()` unknown (while planning).
    fn now(&self) -> Option<String>;
    /// Random bytes; `None` leaves `uuid()` and `bcrypt()` unknown (while planning).
    fn random(&self, length: usize) -> Option<Vec<u8>>;
}

/// Every function but `can` and `try`, which the evaluator answers because they see mistakes.
pub static ALL: &[&Function] = &[
    &numeric::ABS,
    &filesystem::ABSPATH,
    &collection::ALLTRUE,
    &collection::ANYTRUE,
    &encoding::BASE64DECODE,
    &encoding::BASE64ENCODE,
    &gzip::BASE64GZIP,
    &hash::BASE64SHA256,
    &hash::BASE64SHA512,
    &filesystem::BASENAME,
    &random::BCRYPT,
    &numeric::CEIL,
    &string::CHOMP,
    &list::CHUNKLIST,
    &network::CIDRHOST,
    &network::CIDRNETMASK,
    &network::CIDRSUBNET,
    &network::CIDRSUBNETS,
    &collection::COALESCE,
    &collection::COALESCELIST,
    &list::COMPACT,
    &list::CONCAT,
    &collection::CONTAINS,
    &csv::CSVDECODE,
    &filesystem::DIRNAME,
    &list::DISTINCT,
    &list::ELEMENT,
    &string::ENDSWITH,
    &sensitive::EPHEMERALASNULL,
    &filesystem::FILE,
    &filesystem::FILEBASE64,
    &hash::FILEBASE64SHA256,
    &hash::FILEBASE64SHA512,
    &filesystem::FILEEXISTS,
    &hash::FILEMD5,
    &filesystem::FILESET,
    &hash::FILESHA1,
    &hash::FILESHA256,
    &hash::FILESHA512,
    &list::FLATTEN,
    &numeric::FLOOR,
    &format::FORMAT,
    &date_time::FORMATDATE,
    &format_list::FORMATLIST,
    &string::INDENT,
    &list::INDEX,
    &sensitive::ISSENSITIVE,
    &string::JOIN,
    &json::JSONDECODE,
    &json::JSONENCODE,
    &map::KEYS,
    &collection::LENGTH,
    &numeric::LOG,
    &map::LOOKUP,
    &string::LOWER,
    &list::MATCHKEYS,
    &numeric::MAX,
    &hash::MD5,
    &map::MERGE,
    &numeric::MIN,
    &sensitive::NONSENSITIVE,
    &collection::ONE,
    &numeric::PARSEINT,
    &filesystem::PATHEXPAND,
    &date_time::PLANTIMESTAMP,
    &numeric::POW,
    &list::RANGE,
    &regular::REGEX,
    &regular::REGEXALL,
    &regular::REPLACE,
    &list::REVERSE,
    &rsa::RSADECRYPT,
    &sensitive::SENSITIVE,
    &set::SETINTERSECTION,
    &set::SETPRODUCT,
    &set::SETSUBTRACT,
    &set::SETUNION,
    &hash::SHA1,
    &hash::SHA256,
    &hash::SHA512,
    &numeric::SIGNUM,
    &list::SLICE,
    &list::SORT,
    &string::SPLIT,
    &string::STARTSWITH,
    &string::STRCONTAINS,
    &string::STRREV,
    &string::SUBSTR,
    &collection::SUM,
    &template::TEMPLATEFILE,
    &template::TEMPLATESTRING,
    &text_encoding::TEXTDECODEBASE64,
    &text_encoding::TEXTENCODEBASE64,
    &date_time::TIMEADD,
    &date_time::TIMECMP,
    &date_time::TIMESTAMP,
    &string::TITLE,
    &conversion::TOBOOL,
    &conversion::TOLIST,
    &conversion::TOMAP,
    &conversion::TONUMBER,
    &conversion::TOSET,
    &conversion::TOSTRING,
    &map::TRANSPOSE,
    &string::TRIM,
    &string::TRIMPREFIX,
    &string::TRIMSPACE,
    &string::TRIMSUFFIX,
    &conversion::TYPE,
    &string::UPPER,
    &encoding::URLENCODE,
    &random::UUID,
    &random::UUIDV5,
    &map::VALUES,
    &yaml_decode::YAMLDECODE,
    &yaml_encode::YAMLENCODE,
    &map::ZIPMAP,
];

/// The functions of Terraform's own provider, `provider::terraform::NAME`.
static PROVIDED: &[&Function] =
    &[&tfvars::DECODE_TFVARS, &tfvars::ENCODE_EXPR, &tfvars::ENCODE_TFVARS];

/// The provider and the function that `provider::a::b` names.
pub fn provided(name: &str) -> Option<(&str, &str)> {
    let (provider, function) = name.strip_prefix("provider::")?.split_once("::")?;
    (!function.contains("::")).then_some((provider, function))
}

/// Finds a function by its name, plain or as `core::name`.
pub fn lookup(name: &str) -> Option<&'static Function> {
    if let Some((_, name)) = provided(name) {
        return PROVIDED.iter().find(|function| function.name == name).copied();
    }
    let name = name.strip_prefix("core::").unwrap_or(name);
    ALL.binary_search_by(|function| function.name.cmp(name)).ok().map(|index| ALL[index])
}
