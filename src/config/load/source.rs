//! Where the folder of a called module is.

use std::path::{Path, PathBuf};

use diagnostics::{Diagnostic, Span, did_you_mean};

use crate::files;

/// Resolves a module source against the folder of the calling module.
///
/// `./x` and `../x` are relative to it; a bare name is looked up in `modules/` of the nearest
/// parent folder that has one.
pub(super) fn resolve(source: &str, folder: &Path) -> Result<PathBuf, Box<Diagnostic>> {
    let local = ["./", "../", "/"].iter().any(|start| source.starts_with(start));
    if local || matches!(source, "." | ".." | "") {
        let target = files::join(folder, source);
        return if files::is_folder(&target) { Ok(target) } else { Err(missing(source, &target)) };
    }
    if !is_bare(source) {
        return Err(unsupported(source));
    }
    let Some(modules) = project_modules(folder) else { return Err(unsupported(source)) };
    let target = files::join(&modules, source);
    if files::is_folder(&target) {
        Ok(target)
    } else if source.contains('/') {
        Err(unsupported(source))
    } else {
        Err(missing(source, &target))
    }
}

/// A name, or a path of names, that can be a folder in `modules/`.
fn is_bare(source: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    source.split('/').all(|part| !part.is_empty() && part.chars().all(plain))
}

/// The nearest folder `modules`, beside the calling module or above.
fn project_modules(folder: &Path) -> Option<PathBuf> {
    let depth = files::real_path(folder).components().count();
    (0..depth)
        .map(|up| files::join(folder, &format!("{}modules", "../".repeat(up))))
        .find(|candidate| files::is_folder(candidate))
}

fn missing(source: &str, target: &Path) -> Box<Diagnostic> {
    let detail = format!("The module directory {} does not exist.", target.display());
    let mut diagnostic = Diagnostic::error("Unreadable module directory", detail);
    let parent = target.parent().map(Path::to_path_buf).unwrap_or_default();
    let name = target.file_name().map(|name| name.to_string_lossy().into_owned());
    let siblings = files::folder_names(&parent);
    let near =
        name.as_deref().and_then(|name| did_you_mean(name, siblings.iter().map(String::as_str)));
    if let Some(near) = near {
        let folder = source.rfind('/').map_or("", |slash| &source[..=slash]);
        diagnostic = diagnostic.hint(format!("did you mean \"{folder}{near}\"?"));
    }
    Box::new(diagnostic)
}

fn unsupported(source: &str) -> Box<Diagnostic> {
    let kind = if source.contains("::") || source.contains("://") || source.contains("github.com") {
        "a repository or an archive"
    } else {
        "a module registry or a folder that does not exist"
    };
    let detail = format!(
        "The module source \"{source}\" names {kind}. artiform reads modules from local folders (a path that starts with \"./\" or \"../\", or the name of a folder in the project's modules folder), from git (git::https://...) and from archives (https://.../x.zip)."
    );
    let hint = "copy the module into the modules folder and name it there";
    Box::new(Diagnostic::error("Invalid module source address", detail).hint(hint))
}

/// A module whose package is not there.
pub(super) fn not_installed(name: &str) -> Box<Diagnostic> {
    let detail = format!(
        "The package of module \"{name}\" is not yet installed. Run \"artiform init\" to install all modules required by this configuration."
    );
    Box::new(Diagnostic::error("Module not installed", detail).hint("run `artiform init`"))
}

/// A module whose package is another than the one that was locked.
pub(super) fn not_locked(name: &str) -> Box<Diagnostic> {
    let detail = format!(
        "The installed package of module \"{name}\" is not the one of the lock file .artiform.lock.hcl: it was changed after it was installed, or the lock file does not know it."
    );
    let hint = "run `artiform init` to install it again, or `artiform init -upgrade` to lock what its source has now";
    Box::new(Diagnostic::error("Installed module has changed", detail).hint(hint))
}

/// A package that does not have the folder that a source names.
pub(super) fn no_folder(folder: &str) -> Box<Diagnostic> {
    let detail = format!("The package of this module has no folder \"{folder}\".");
    let diagnostic = Diagnostic::error("Unreadable module subdirectory", detail);
    Box::new(diagnostic.hint("look at the package: the folder follows `//` in the source"))
}

/// A local module has no versions to choose from.
pub(super) fn useless_version(name: &str, source: Span) -> Diagnostic {
    let detail = format!(
        "A version constraint cannot be applied to module \"{name}\", because its source is a local folder, which has one version: only the modules of a registry have versions to choose from."
    );
    let found = Diagnostic::error("Invalid registry module source address", detail);
    found.at(source).hint("remove the argument \"version\"")
}
