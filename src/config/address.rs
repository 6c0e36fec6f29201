//! Addresses as blocks give them: what `moved`, `removed` and `import` name.

use diagnostics::{Diagnostic, Span};
use lang::{
    Expr, ExprKind, Key, ModuleAddress, ModuleStep, Name, ResourceAddress, ResourceMode, Step,
    Traversal,
};

use crate::{CallKey, MovedEndpoint, ResourceKey};

/// What an `import` block names; instance keys may be expressions of `each`.
#[derive(Clone, Debug)]
pub struct Target {
    pub module: Vec<TargetStep>,
    pub resource: ResourceKey,
    pub index: Option<Expr>,
    pub span: Span,
}

/// One module of a target's path.
#[derive(Clone, Debug)]
pub struct TargetStep {
    pub call: CallKey,
    pub index: Option<Expr>,
}

impl Target {
    /// The address in words where all its instance keys are literal.
    pub fn literal_name(&self) -> Option<String> {
        let mut name = String::new();
        for step in &self.module {
            name.push_str(&format!("{}{}.", step.call, key_text(step.index.as_ref())?));
        }
        Some(format!("{name}{}{}", self.resource, key_text(self.index.as_ref())?))
    }
}

fn key_text(index: Option<&Expr>) -> Option<String> {
    let Some(index) = index else { return Some(String::new()) };
    crate::constant::key(index).map(|key| format!("[{key}]"))
}

/// Reads `module.a["x"].aws_vpc.b[each.key]`.
pub fn target(expr: &Expr) -> Result<Target, Box<Diagnostic>> {
    let mut walk = Walk::of(expr)?;
    walk.not_reserved()?;
    let module = walk.modules();
    let (resource, index) = walk.resource()?.ok_or_else(|| {
        walk.wrong("The address names a module; it must name a resource or one of its instances.")
    })?;
    walk.end()?;
    Ok(Target { module, resource, index, span: expr.span })
}

/// Reads one end of a `moved` block, whose instance keys are literal.
pub fn endpoint(expr: &Expr) -> Result<MovedEndpoint, Box<Diagnostic>> {
    let walk = Walk::of(expr)?;
    walk.not_reserved()?;
    walk.endpoint(expr)
}

/// Reads what a `removed` block names, whose type may have any name.
pub fn removed(expr: &Expr) -> Result<MovedEndpoint, Box<Diagnostic>> {
    Walk::of(expr)?.endpoint(expr).map_err(|mut mistake| {
        if mistake.detail == KEY_NEEDS_BRACKETS {
            mistake.summary = "Resource instance keys not allowed".into();
        }
        mistake
    })
}

const KEY_NEEDS_BRACKETS: &str = "Resource instance key must be given in square brackets.";

impl Walk<'_> {
    fn endpoint(mut self, expr: &Expr) -> Result<MovedEndpoint, Box<Diagnostic>> {
        let walk = &mut self;
        let modules = walk.modules();
        let module = ModuleAddress(
            modules
                .into_iter()
                .map(|step| module_step(step, expr.span))
                .collect::<Result<_, _>>()?,
        );
        let resource = walk.resource()?;
        walk.end()?;
        let Some((resource, index)) = resource else {
            return Ok(MovedEndpoint::Module(module));
        };
        Ok(MovedEndpoint::Resource(ResourceAddress {
            module,
            mode: resource.mode,
            type_name: resource.type_name,
            name: resource.name,
            key: index.map(|index| literal_key_in(&index, expr.span)).transpose()?,
        }))
    }
}

fn module_step(step: TargetStep, whole: Span) -> Result<ModuleStep, Box<Diagnostic>> {
    let key = step.index.map(|index| literal_key_in(&index, whole)).transpose()?;
    Ok(ModuleStep { topology: step.call.topology, name: step.call.name, key })
}

/// The key of an instance in an address that stands at `whole`.
fn literal_key_in(expr: &Expr, whole: Span) -> Result<Key, Box<Diagnostic>> {
    crate::constant::key(expr).ok_or_else(|| not_static(whole))
}

/// Words that start a reference to something that has no address in the state.
const RESERVED: [&str; 10] =
    ["arg", "count", "each", "lazy", "local", "path", "self", "template", "terraform", "var"];

/// What is written is no address but something to be calculated.
fn not_static(span: Span) -> Box<Diagnostic> {
    let hint = "write an address without quotes, such as aws_vpc.main or module.network";
    Box::new(Diagnostic::error("Invalid expression", crate::decode::NOT_STATIC).at(span).hint(hint))
}

/// Walks over the words and keys of an address.
struct Walk<'a> {
    traversal: &'a Traversal,
    words: Vec<(Name, Span)>,
    /// For each word, the key that follows it.
    keys: Vec<Option<Expr>>,
    at: usize,
}

impl<'a> Walk<'a> {
    fn of(expr: &'a Expr) -> Result<Self, Box<Diagnostic>> {
        let ExprKind::Reference(traversal) = &expr.kind else {
            return Err(not_static(expr.span));
        };
        let mut words = vec![(traversal.root.clone(), traversal.root_span)];
        let mut keys = vec![None];
        for step in &traversal.steps {
            match step {
                Step::Attribute(name, span) => {
                    words.push((name.clone(), *span));
                    keys.push(None);
                }
                Step::Index(key, span) => {
                    let last = keys.last_mut().filter(|last| last.is_none());
                    let Some(last) = last else {
                        let detail =
                            "Module address prefix must be followed by dot and then a name.";
                        return Err(Box::new(
                            Diagnostic::error("Invalid address", detail).at(*span),
                        ));
                    };
                    *last = Some(key.clone());
                }
            }
        }
        Ok(Self { traversal, words, keys, at: 0 })
    }

    fn not_reserved(&self) -> Result<(), Box<Diagnostic>> {
        if RESERVED.contains(&&*self.traversal.root) {
            return Err(self.wrong(&format!(
                "The keyword \"{}\" is reserved and cannot be used to target a resource address. If you are targeting a resource type that uses a reserved keyword, please prefix your address with \"resource.\".",
                self.traversal.root
            )));
        }
        Ok(())
    }

    fn wrong(&self, detail: &str) -> Box<Diagnostic> {
        Box::new(Diagnostic::error("Invalid address", detail).at(self.traversal.span))
    }

    fn word(&self, ahead: usize) -> Option<&Name> {
        let plain = |i: usize| i == 0 || self.keys[self.at + i - 1].is_none();
        (0..=ahead).all(plain).then(|| self.words.get(self.at + ahead)).flatten().map(|w| &w.0)
    }

    fn modules(&mut self) -> Vec<TargetStep> {
        let mut steps = Vec::new();
        while let Some(kind @ ("module" | "topology")) = self.word(0).map(|w| &**w) {
            let topology = kind == "topology";
            let Some((name, _)) = self.words.get(self.at + 1) else { break };
            let call = CallKey { topology, name: name.clone() };
            steps.push(TargetStep { call, index: self.keys[self.at + 1].clone() });
            self.at += 2;
        }
        steps
    }

    fn resource(&mut self) -> Result<Option<(ResourceKey, Option<Expr>)>, Box<Diagnostic>> {
        let mode = match self.word(0).map(|w| &**w) {
            None => return Ok(None),
            Some("data") => ResourceMode::Data,
            Some(_) => ResourceMode::Managed,
        };
        let skip = usize::from(matches!(self.word(0).map(|w| &**w), Some("data" | "resource")));
        self.at += skip;
        let (Some(type_name), Some(name)) = (self.word(0).cloned(), self.word(1).cloned()) else {
            let prefix = self.word(0).is_some_and(|word| matches!(&**word, "module" | "topology"));
            return Err(self.wrong(if prefix && skip == 0 {
                "Prefix \"module.\" must be followed by a module name."
            } else {
                "Resource specification must include a resource type and name."
            }));
        };
        let index = self.keys[self.at + 1].clone();
        self.at += 2;
        Ok(Some((ResourceKey { mode, type_name, name }, index)))
    }

    fn end(&self) -> Result<(), Box<Diagnostic>> {
        if self.at >= self.words.len() {
            return Ok(());
        }
        let rest = self.words[self.at..].iter().map(|(_, span)| *span).reduce(Span::to);
        let diagnostic = Diagnostic::error("Invalid address", KEY_NEEDS_BRACKETS);
        Err(Box::new(diagnostic.at(rest.unwrap_or(self.traversal.span))))
    }
}
