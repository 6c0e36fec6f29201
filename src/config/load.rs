//! Loading: a folder becomes a module, its calls become modules in turn.

mod source;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use diagnostics::{Diagnostic, Diagnostics, SourceMap, Span};
use indexmap::IndexMap;
use lang::{Block, Body, Name};

use crate::decode::{Declarations, Decoder};
use crate::files::{self, ModuleFile};
use crate::package::{LockFile, Package, PackageState, PackageUse};
use crate::{
    CallKey, Config, Module, ModuleCall, RegionBlock, Stack, overrides, topology, validate,
};

/// A tree and every mistake in it; with errors the tree holds what could be read.
#[derive(Debug)]
pub struct Loaded {
    pub config: Config,
    /// In place order: file after file, from top to bottom.
    pub diagnostics: Diagnostics,
    /// Those of the diagnostics that were found before references were checked.
    pub while_reading: Diagnostics,
    /// What can be valid and still cannot be planned, such as a move of what is still declared.
    pub when_planning: Diagnostics,
    /// The packages that modules come from, in the order in which they are called.
    pub packages: Vec<PackageUse>,
}

/// Reads the stack in `folder` with all its modules, and checks everything that needs no values.
pub fn load(folder: &Path) -> Loaded {
    load_beside(folder, SourceMap::new())
}

/// Reads a stack as [`load`] does, so that its places and those of other files are in one map.
pub fn load_beside(folder: &Path, sources: SourceMap) -> Loaded {
    let stack_folder = folder.to_path_buf();
    let mut loader = Loader { stack_folder, sources, ..Loader::default() };
    let root = loader.module(folder, Vec::new(), None);
    let packages = std::mem::take(&mut loader.packages);
    let Loader { sources, mut diagnostics, stack, regions, .. } = loader;
    let folder = folder.to_path_buf();
    let mut config = Config { root, stack, regions, sources, folder, damaged: Vec::new() };
    if !diagnostics.has_errors() {
        diagnostics.extend(loader.versions_unsupported);
    }
    let mistakes = diagnostics.iter().filter(|found| found.is_error());
    let mistaken: Vec<Span> = mistakes.filter_map(|found| found.subject).collect();
    let around = |place: &Span| loader.items.iter().find(|item| item.touches(*place)).copied();
    config.damaged = mistaken.iter().map(|place| around(place).unwrap_or(*place)).collect();
    let while_reading = diagnostics.clone().sorted();
    let mut findings = validate::Findings::default();
    findings.when_planning.extend(loader.state_unopened);
    validate::config(&config, &mut findings);
    // What seems wrong in a block that could not be read whole may only follow from that.
    let follows = |found: &Diagnostic| found.subject.is_some_and(|place| config.is_damaged(place));
    diagnostics.extend(findings.at_once.into_iter().filter(|found| !follows(found)));
    let when_planning = findings.when_planning.sorted();
    Loaded { config, diagnostics: diagnostics.sorted(), while_reading, when_planning, packages }
}

/// Reads folder after folder.
#[derive(Default)]
struct Loader {
    sources: SourceMap,
    diagnostics: Diagnostics,
    /// Where the blocks of all files stand, and what stands beside them.
    items: Vec<Span>,
    /// Modules that were read already, by their real folder; a folder is read once.
    loaded: HashMap<PathBuf, Arc<Module>>,
    /// The real folders of the modules whose calls are being read, outermost first.
    open: Vec<PathBuf>,
    stack: Stack,
    regions: IndexMap<Name, RegionBlock>,
    /// Blocks that ask for another version; see [`Declarations::versions_unsupported`].
    versions_unsupported: Vec<Diagnostic>,
    /// See [`Declarations::state_unopened`].
    state_unopened: Vec<Diagnostic>,
    stack_folder: PathBuf,
    /// Read when the first package is met.
    lock: Option<LockFile>,
    packages: Vec<PackageUse>,
}

/// The call that asks for a module.
#[derive(Clone)]
struct Caller {
    name: Name,
    source_span: Span,
}

impl Loader {
    /// Reads a folder as the module at `path`; what cannot be read gives an incomplete module.
    fn module(&mut self, folder: &Path, path: Vec<CallKey>, caller: Option<Caller>) -> Arc<Module> {
        let real = files::real_path(folder);
        if self.open.contains(&real) {
            self.report_cycle(&real, caller);
            return incomplete(folder, path);
        }
        if let Some(module) = self.loaded.get(&real) {
            return rebased(module, path);
        }
        let Some(files) = self.list(folder, caller.as_ref()) else {
            return incomplete(folder, path);
        };
        let (blocks, complete) = self.blocks(files);
        let mut declared = self.declare(blocks, caller.is_none());
        declared.module.path = path;
        declared.module.folder = folder.to_path_buf();
        declared.module.incomplete = !complete;
        self.versions_unsupported.append(&mut declared.versions_unsupported);
        self.state_unopened.append(&mut declared.state_unopened);
        if caller.is_none() {
            self.stack = std::mem::take(&mut declared.stack);
            self.regions = std::mem::take(&mut declared.regions);
        }
        self.open.push(real.clone());
        let module = Arc::new(self.resolve_calls(declared));
        self.open.pop();
        self.loaded.insert(real, module.clone());
        module
    }

    fn declare(&mut self, blocks: Vec<Block>, root: bool) -> Declarations {
        let mut decoder = Decoder::new(&self.sources, &mut self.diagnostics, root);
        blocks.into_iter().for_each(|block| decoder.block(block));
        decoder.declared
    }

    /// Lists the files of a module; a folder without any is a mistake.
    fn list(&mut self, folder: &Path, caller: Option<&Caller>) -> Option<Vec<ModuleFile>> {
        let shown = folder.display();
        let span = caller.map(|caller| caller.source_span);
        let diagnostic = match (files::module_files(folder), caller) {
            (Ok(files), _) if !files.is_empty() => return Some(files),
            (Ok(_), Some(caller)) => Diagnostic::error(
                "No configuration files",
                format!(
                    "The directory {shown} of module \"{}\" contains no .hcl or .tf files.",
                    caller.name
                ),
            ),
            (Ok(_), None) => Diagnostic::error(
                "No configuration files",
                format!(
                    "The directory {shown} contains no .hcl or .tf files, so there is no stack to work on."
                ),
            )
            .hint("change into the folder of a stack, or name it"),
            (Err(error), Some(caller)) => Diagnostic::error(
                "Unreadable module directory",
                format!(
                    "The directory {shown} could not be read for module \"{}\": {error}.",
                    caller.name
                ),
            ),
            (Err(error), None) => Diagnostic::error(
                "Unreadable stack directory",
                format!("The directory {shown} could not be read: {error}."),
            ),
        };
        self.diagnostics.push(diagnostic.at_or(span));
        None
    }

    /// Reads the blocks of all files, with overrides applied; false when a file could not be read.
    fn blocks(&mut self, files: Vec<ModuleFile>) -> (Vec<Block>, bool) {
        let mut blocks = Vec::new();
        let mut overriding = Vec::new();
        let mut complete = true;
        for file in files {
            let Some(body) = self.parse(&file, &mut complete) else { continue };
            let mut decoder = Decoder::new(&self.sources, &mut self.diagnostics, true);
            body.attributes.values().for_each(|attribute| decoder.stray_attribute(attribute));
            let target = if file.overrides { &mut overriding } else { &mut blocks };
            target.extend(body.blocks);
        }
        overrides::merge(&mut blocks, overriding, &mut self.diagnostics);
        (blocks, complete)
    }

    fn parse(&mut self, file: &ModuleFile, complete: &mut bool) -> Option<Body> {
        let text = match files::read_text(&file.path) {
            Ok(text) => text,
            Err(diagnostic) => {
                *complete = false;
                self.diagnostics.push(*diagnostic);
                return None;
            }
        };
        let id = self.sources.add(file.path.to_string_lossy(), text.as_str());
        let parse = if file.json { lang::parse::json_file } else { lang::parse::file };
        let (body, diagnostics) = parse(&text, id);
        // A topology checks its parts one by one, and nothing in it follows from the rest.
        let blocks = body.blocks.iter().filter(|block| &*block.kind != "topology");
        self.items.extend(blocks.map(|block| block.span));
        self.items.extend(body.attributes.values().map(|attribute| attribute.span));
        self.diagnostics.extend(diagnostics);
        Some(body)
    }

    /// Gives every call its module, and every topology its lowering.
    fn resolve_calls(&mut self, declared: Declarations) -> Module {
        let Declarations { mut module, topologies, versions, .. } = declared;
        for (key, call) in &mut module.calls {
            let caller = Caller { name: call.name.clone(), source_span: call.source_span };
            let mut path = module.path.clone();
            path.push(key.clone());
            call.module = match self.folder_of(call, &module.folder) {
                // A missing source was reported when the block was read.
                Ok(_) if call.source.is_empty() => incomplete(&module.folder, path),
                Ok(folder) => {
                    let version = versions.iter().find(|(name, _)| *name == key.name);
                    let useless =
                        version.map(|(name, _)| source::useless_version(name, call.source_span));
                    self.diagnostics.extend(useless);
                    self.module(&folder, path, Some(caller))
                }
                Err(diagnostic) => {
                    self.diagnostics.push(diagnostic.at(call.source_span));
                    incomplete(&module.folder, path)
                }
            };
        }
        for block in topologies {
            let mut path = module.path.clone();
            let lowering = topology::lower(&block, &mut self.sources, &mut self.diagnostics);
            let key = CallKey::topology(lowering.name.clone());
            path.push(key.clone());
            let mut call = lowering;
            let mut lowered = (*call.module).clone();
            lowered.path = path;
            lowered.folder = module.folder.clone();
            call.module = Arc::new(lowered);
            module.calls.insert(key, call);
        }
        module
    }

    /// The folder of a called module: in the project, or in a package that was installed.
    fn folder_of(&mut self, call: &ModuleCall, calling: &Path) -> Result<PathBuf, Box<Diagnostic>> {
        let Some(package) = Package::parse(&call.source)? else {
            return source::resolve(&call.source, calling);
        };
        if self.lock.is_none() {
            let read = LockFile::read(&self.stack_folder, &mut self.sources);
            self.lock = Some(self.diagnostics.absorb(read).unwrap_or_default());
        }
        let lock = self.lock.get_or_insert_default();
        let state = package.state(&self.stack_folder, lock);
        let home = package.home(&self.stack_folder);
        let folder = files::join(&home, &package.folder);
        let inner = package.folder.clone();
        let (module, span) = (call.name.to_string(), call.source_span);
        self.packages.push(PackageUse { package, module, state, span });
        match state {
            PackageState::Ready if !files::is_folder(&folder) => Err(source::no_folder(&inner)),
            PackageState::Ready => Ok(folder),
            PackageState::Missing => Err(source::not_installed(&call.name)),
            PackageState::Changed => Err(source::not_locked(&call.name)),
        }
    }

    fn report_cycle(&mut self, real: &Path, caller: Option<Caller>) {
        let from = self.open.iter().position(|folder| folder == real).unwrap_or(0);
        let name = |folder: &PathBuf| {
            folder.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
        };
        let mut names: Vec<String> = self.open[from..].iter().map(name).collect();
        names.extend(names.first().cloned());
        let detail = format!(
            "A module cannot call itself, not even by way of others, since it would never end. The folders call each other so: {}.",
            names.join(" -> ")
        );
        let diagnostic = Diagnostic::error("Module cycle", detail);
        self.diagnostics.push(diagnostic.at_or(caller.map(|caller| caller.source_span)));
    }
}

fn incomplete(folder: &Path, path: Vec<CallKey>) -> Arc<Module> {
    let folder = folder.to_path_buf();
    Arc::new(Module { path, folder, incomplete: true, ..Module::default() })
}

/// The same module at another place of the tree.
fn rebased(module: &Arc<Module>, path: Vec<CallKey>) -> Arc<Module> {
    if module.path == path {
        return module.clone();
    }
    let mut moved = (**module).clone();
    for (key, call) in &mut moved.calls {
        let mut inner = path.clone();
        inner.push(key.clone());
        call.module = rebased(&call.module, inner);
    }
    moved.path = path;
    Arc::new(moved)
}
