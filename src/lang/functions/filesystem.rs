//! Functions on files and on paths.

use std::io;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::arguments::{redacted, shown, text};
use super::{Call, Function, FunctionContext, FunctionError, Parameter, Returns, Shape, glob};
use crate::{Type, Value};

const STRING: Returns = Returns::Always(Shape::String);
const PATH: &[Parameter] = &[Parameter::string("path")];
const MARKED_PATH: &[Parameter] = &[Parameter::string("path").with_marks()];

pub(super) static ABSPATH: Function = Function::new(
    "abspath",
    PATH,
    STRING,
    |call| {
        let base = call.context.base.to_string_lossy();
        Ok(text(clean(&rooted(&base, call.text(0)))))
    },
    "Makes a path absolute.",
);

pub(super) static BASENAME: Function = Function::new(
    "basename",
    PATH,
    STRING,
    |call| Ok(text(basename(call.text(0)))),
    "Returns the last part of a path.",
);

pub(super) static DIRNAME: Function = Function::new(
    "dirname",
    PATH,
    STRING,
    |call| Ok(text(dirname(call.text(0)))),
    "Returns a path without its last part.",
);

pub(super) static FILE: Function = Function::new(
    "file",
    MARKED_PATH,
    STRING,
    |call| contents(call).map(|contents| text(contents).with_marks(call.arguments[0].marks)),
    "Reads a file of text in UTF-8.",
);

pub(super) static FILEBASE64: Function = Function::new(
    "filebase64",
    MARKED_PATH,
    STRING,
    |call| {
        let bytes = bytes(call)?;
        Ok(text(BASE64_STANDARD.encode(bytes)).with_marks(call.arguments[0].marks))
    },
    "Reads a file and encodes it as Base64.",
);

pub(super) static FILEEXISTS: Function = Function::new(
    "fileexists",
    MARKED_PATH,
    Returns::Always(Shape::Bool),
    file_exists,
    "Tells whether a file is there.",
);

pub(super) static FILESET: Function = Function::new(
    "fileset",
    &[Parameter::string("path").with_marks(), Parameter::string("pattern").with_marks()],
    Returns::Always(Shape::SetOfString),
    file_set,
    "Returns the files below a folder whose paths match a pattern.",
);

pub(super) static PATHEXPAND: Function = Function::new(
    "pathexpand",
    PATH,
    STRING,
    |call| expand(call.context, call.text(0)).map(text).map_err(FunctionError::failed),
    "Replaces `~` at the start of a path by the home folder.",
);

/// Reads the file at a path that may start with `~` or be relative to the base folder.
pub(super) fn open(context: &FunctionContext, path: &str) -> io::Result<Vec<u8>> {
    let path = located(context, path).map_err(io::Error::other)?;
    context.world.read(&path)
}

/// The text of the file that the first argument names.
pub(super) fn contents(call: &Call<'_>) -> Result<String, FunctionError> {
    String::from_utf8(bytes(call)?).map_err(|_| {
        let path = shown(call.text(0), call.arguments[0].marks);
        FunctionError::failed(format!(
            "contents of {path} are not valid UTF-8; use the filebase64 function to obtain the \
             Base64 encoded contents or the other file functions (e.g. filemd5, filesha256) to \
             obtain file hashing results instead"
        ))
    })
}

/// The reason for a failure of the system, in small letters and without a number.
pub(super) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "is a directory".to_owned(),
        io::ErrorKind::NotADirectory => "not a directory".to_owned(),
        _ => error.to_string(),
    }
}

fn bytes(call: &Call<'_>) -> Result<Vec<u8>, FunctionError> {
    let (path, marks) = (call.text(0), call.arguments[0].marks);
    open(call.context, path).map_err(|error| {
        let why = reason(&error);
        FunctionError::argument(0, match (error.kind(), redacted(marks)) {
            (io::ErrorKind::NotFound, _) => format!(
                "no file exists at {}; this function works only with files that are distributed \
                 as part of the configuration source code, so if this file will be created by a \
                 resource in this configuration you must instead obtain this result from an \
                 attribute of that resource",
                shown(path, marks)
            ),
            (io::ErrorKind::Other, _) => why,
            (_, Some(hidden)) => format!("failed to read file: read {hidden}: {why}"),
            (_, None) => format!("failed to read file: read {}: {why}", clean(path)),
        })
    })
}

fn expand(context: &FunctionContext, path: &str) -> Result<String, String> {
    let Some(rest) = path.strip_prefix('~') else { return Ok(path.to_owned()) };
    if !rest.is_empty() && !rest.starts_with('/') {
        return Err("cannot expand user-specific home dir".to_owned());
    }
    let home = context.world.home().ok_or("the home folder is not known")?;
    Ok(clean(&format!("{}{rest}", home.to_string_lossy())))
}

fn located(context: &FunctionContext, path: &str) -> Result<PathBuf, String> {
    let path = expand(context, path).map_err(|why| format!("failed to expand ~: {why}"))?;
    Ok(context.base.join(clean(&path)))
}

fn file_exists(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (path, marks) = (call.text(0), call.arguments[0].marks);
    let place = located(call.context, path).map_err(FunctionError::failed)?;
    let there = match call.context.world.is_file(&place) {
        Ok(there) => there,
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => {
            let path = shown(&clean(path), marks);
            return Err(FunctionError::failed(match error.kind() {
                io::ErrorKind::IsADirectory => format!("{path} is a directory, not a file"),
                io::ErrorKind::InvalidInput => format!("{path} is not a regular file"),
                _ => format!("failed to stat {path}"),
            }));
        }
    };
    Ok(Value::bool(there).with_marks(marks))
}

fn file_set(call: &Call<'_>) -> Result<Value, FunctionError> {
    let marks = call.arguments[0].marks | call.arguments[1].marks;
    let folder = clean(call.text(0));
    let pattern = clean(&format!("{}/{}", call.text(0), call.text(1)));
    let refuse = |why: &str| {
        let pattern = shown(&pattern, marks);
        FunctionError::failed(format!("failed to glob pattern {pattern}: {why}"))
    };
    let matcher = glob::Pattern::parse(&pattern).map_err(refuse)?;
    let start = matcher.folder();
    let files = match call.context.world.list(&call.context.base.join(start)) {
        Ok(files) => files,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(refuse(&reason(&error))),
    };
    let found = files
        .iter()
        .map(|file| if start.is_empty() { file.clone() } else { clean(&format!("{start}/{file}")) })
        .filter(|file| matcher.matches(file))
        .map(|file| text(relative(&folder, &file)))
        .collect::<Vec<_>>();
    Ok(Value::set(Type::String, found).with_marks(marks))
}

/// The path of a file as seen from a folder, both clean.
fn relative(folder: &str, file: &str) -> String {
    let folder: Vec<_> = Path::new(folder).iter().filter(|part| *part != ".").collect();
    let file: Vec<_> = Path::new(file).iter().collect();
    let same = folder.iter().zip(&file).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..".to_owned(), folder.len() - same);
    let down = file[same..].iter().map(|part| part.to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

fn rooted(base: &str, path: &str) -> String {
    if path.starts_with('/') { path.to_owned() } else { format!("{base}/{path}") }
}

fn basename(path: &str) -> &str {
    let trimmed = path.trim_end_matches('/');
    match (path, trimmed) {
        ("", _) => ".",
        (_, "") => "/",
        _ => trimmed.rsplit('/').next().unwrap_or(trimmed),
    }
}

fn dirname(path: &str) -> String {
    path.rfind('/').map_or_else(|| ".".to_owned(), |end| clean(&path[..=end]))
}

/// The shortest path that means the same: no empty parts, no `.`, no `..` that can be resolved.
pub(super) fn clean(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match (part, parts.last()) {
            ("" | ".", _) => {}
            ("..", Some(last)) if *last != ".." => {
                parts.pop();
            }
            ("..", None) if absolute => {}
            _ => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (absolute, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}
