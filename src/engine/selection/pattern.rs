//! What a selector names: an address, whose missing keys stand for every key, or a glob of addresses.

use config::MovedEndpoint;
use diagnostics::FileId;
use lang::{Key, ModuleAddress, ModuleStep, ResourceAddress};

use crate::options::Selector;
use crate::tree::{ModuleId, Tree};

/// A selector, read once and compared with many addresses.
#[derive(Clone, Debug)]
pub(crate) enum Pattern {
    /// A module, a resource or an instance; what it leaves out (a key) may be anything.
    Address(MovedEndpoint),
    /// `*` stands for any run of characters, `?` for one.
    Glob(String),
    /// It does not read as an address and names nothing.
    Unreadable,
}

impl Pattern {
    pub(crate) fn new(selector: &Selector) -> Self {
        if selector.is_glob() {
            return Self::Glob(selector.0.clone());
        }
        let expression = lang::parse::expression(&selector.0, FileId(0)).ok();
        let endpoint = expression.and_then(|e| config::address::endpoint(&e).ok());
        endpoint.map_or(Self::Unreadable, Self::Address)
    }

    pub(crate) fn is_glob(&self) -> bool {
        matches!(self, Self::Glob(_))
    }

    /// Tells whether it names an instance, or a module or resource that holds the instance.
    pub(crate) fn matches(&self, address: &ResourceAddress) -> bool {
        match self {
            Self::Address(endpoint) => covers(endpoint, address),
            Self::Glob(glob) => {
                containers(address).iter().any(|text| is_match(glob.as_bytes(), text.as_bytes()))
            }
            Self::Unreadable => false,
        }
    }

    /// Tells whether it can name an instance of a declared resource, whatever keys there will be.
    pub(crate) fn may_match(&self, declared: &Declared) -> bool {
        match self {
            Self::Address(endpoint) => covers(&without_keys(endpoint), &declared.address),
            Self::Glob(glob) => {
                let overlaps = |text: &String| overlap(glob.as_bytes(), text.as_bytes());
                declared.globs.iter().any(overlaps)
            }
            Self::Unreadable => false,
        }
    }

    /// Tells whether it names every instance of a declared resource, whatever keys there will be.
    pub(crate) fn must_match(&self, declared: &Declared) -> bool {
        match self {
            Self::Address(endpoint) => {
                without_keys(endpoint) == *endpoint && covers(endpoint, &declared.address)
            }
            Self::Glob(glob) => {
                let fixed = declared.globs.iter().filter(|text| !text.contains('*'));
                fixed.into_iter().any(|text| is_match(glob.as_bytes(), text.as_bytes()))
            }
            Self::Unreadable => false,
        }
    }
}

/// A declared resource before its `count` or `for_each`, and that of its modules, is evaluated.
#[derive(Clone, Debug)]
pub(crate) struct Declared {
    /// Without any keys.
    pub address: ResourceAddress,
    /// Every module that holds it, the resource and its instances; `[*]` where there will be a key.
    globs: Vec<String>,
}

impl Declared {
    pub(crate) fn new(tree: &Tree, module: ModuleId, key: &config::ResourceKey) -> Self {
        let mut path = Vec::new();
        let mut at = module;
        while let Some((parent, call)) = tree.call_of(at) {
            path.push((call.topology, call.name.clone(), is_repeated(&call.count, &call.for_each)));
            at = parent;
        }
        path.reverse();
        let steps = path.iter().map(|(topology, name, _)| ModuleStep {
            topology: *topology,
            name: name.clone(),
            key: None,
        });
        let address = ResourceAddress {
            module: ModuleAddress(steps.collect()),
            mode: key.mode,
            type_name: key.type_name.clone(),
            name: key.name.clone(),
            key: None,
        };
        let resource = tree.module(module).config.resources.get(key);
        let repeated = resource.is_some_and(|r| is_repeated(&r.count, &r.for_each));
        let mut globs = Vec::new();
        let mut text = String::new();
        for (step, (_, _, repeated)) in address.module.0.iter().zip(&path) {
            text.push_str(&step.to_string());
            hold(&mut globs, &mut text, *repeated);
            text.push('.');
        }
        text.push_str(&key.to_string());
        hold(&mut globs, &mut text, repeated);
        Self { address, globs }
    }
}

fn hold(globs: &mut Vec<String>, text: &mut String, repeated: bool) {
    globs.push(text.clone());
    if repeated {
        text.push_str("[*]");
        globs.push(text.clone());
    }
}

fn is_repeated(count: &Option<lang::Expr>, for_each: &Option<lang::Expr>) -> bool {
    count.is_some() || for_each.is_some()
}

/// Tells whether an address is the endpoint, an instance of it or inside of it.
fn covers(endpoint: &MovedEndpoint, address: &ResourceAddress) -> bool {
    let fits = |own: &Option<Key>, key: &Option<Key>| own.is_none() || own == key;
    let holds = |module: &ModuleAddress| {
        module.0.len() <= address.module.0.len()
            && module.0.iter().zip(&address.module.0).all(|(own, step)| {
                (own.topology, &own.name) == (step.topology, &step.name)
                    && fits(&own.key, &step.key)
            })
    };
    match endpoint {
        MovedEndpoint::Module(module) => holds(module),
        MovedEndpoint::Resource(resource) => {
            resource.module.0.len() == address.module.0.len()
                && holds(&resource.module)
                && (resource.mode, &resource.type_name, &resource.name)
                    == (address.mode, &address.type_name, &address.name)
                && fits(&resource.key, &address.key)
        }
    }
}

fn without_keys(endpoint: &MovedEndpoint) -> MovedEndpoint {
    let bare = |module: &ModuleAddress| {
        let steps = module.0.iter().map(|step| ModuleStep { key: None, ..step.clone() });
        ModuleAddress(steps.collect())
    };
    match endpoint {
        MovedEndpoint::Module(module) => MovedEndpoint::Module(bare(module)),
        MovedEndpoint::Resource(resource) => MovedEndpoint::Resource(ResourceAddress {
            module: bare(&resource.module),
            key: None,
            ..resource.clone()
        }),
    }
}

/// The address itself, its resource, and every module and module instance that holds it.
fn containers(address: &ResourceAddress) -> Vec<String> {
    let mut found = vec![address.to_string()];
    if address.key.is_some() {
        found.push(ResourceAddress { key: None, ..address.clone() }.to_string());
    }
    for length in 1..=address.module.0.len() {
        let mut module = ModuleAddress(address.module.0[..length].to_vec());
        found.push(module.to_string());
        if let Some(last) = module.0.last_mut().filter(|last| last.key.is_some()) {
            last.key = None;
            found.push(module.to_string());
        }
    }
    found
}

/// `*` matches any run of characters, `?` any single one. Linear in practice: one backtrack point.
fn is_match(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == b'?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((star_p, star_t)) = star else { return false };
                star = Some((star_p, star_t + 1));
                p = star_p + 1;
                t = star_t + 1;
            }
        }
    }
    pattern[p..].iter().all(|c| *c == b'*')
}

/// Tells whether some text matches both globs.
fn overlap(a: &[u8], b: &[u8]) -> bool {
    // By how much of `b` is used: whether the part of `a` that is used so far can match it.
    let skips_stars = |row: &mut Vec<bool>| {
        for (j, c) in b.iter().enumerate() {
            row[j + 1] |= row[j] && *c == b'*';
        }
    };
    let mut row = vec![false; b.len() + 1];
    row[0] = true;
    skips_stars(&mut row);
    for own in a {
        let mut next = vec![false; b.len() + 1];
        for j in 0..=b.len() {
            let step = b.get(j);
            if *own == b'*' {
                // It takes nothing, or what `b` has here.
                next[j] |= row[j];
                if j < b.len() {
                    next[j + 1] |= next[j];
                }
            } else if let Some(other) = step {
                let same = own == other || *own == b'?' || *other == b'?';
                next[j + 1] |= row[j] && same && *other != b'*';
                next[j] |= row[j] && *other == b'*';
            }
        }
        skips_stars(&mut next);
        row = next;
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(selector: &str, address: &str) -> bool {
        Pattern::new(&Selector(selector.into())).matches(&address.parse().unwrap())
    }

    #[test]
    fn an_address_names_itself_its_instances_and_what_is_inside() {
        assert!(matches("module.a", "module.a[\"x\"].local_server.this"));
        assert!(matches("module.a.local_server.this", "module.a[\"x\"].local_server.this[0]"));
        assert!(matches("aws_vpc.b", "aws_vpc.b[0]"));
        assert!(matches("aws_vpc.b[0]", "aws_vpc.b[0]"));
        assert!(!matches("aws_vpc.b[1]", "aws_vpc.b[0]"));
        assert!(!matches("aws_vpc.b", "aws_vpc.bc"));
        assert!(!matches("aws_vpc.b", "module.a.aws_vpc.b"));
        assert!(!matches("aws_vpc.b", "data.aws_vpc.b"));
    }

    #[test]
    fn a_glob_names_addresses_and_what_they_hold() {
        assert!(matches("module.*.local_server.*", "module.a[\"x\"].local_server.this"));
        assert!(matches("aws_*.b", "aws_vpc.b[0]"));
        assert!(matches("module.s?te", "module.site[\"a\"].aws_vpc.b"));
        assert!(matches("*[\"eu\"]*", "module.site[\"eu\"].aws_vpc.b"));
        assert!(!matches("module.?.x", "module.ab.x.y"));
        assert!(!matches("*_vpc", "aws_vpc.b"));
    }

    #[test]
    fn globs_overlap_where_some_text_matches_both() {
        let overlap = |a: &str, b: &str| super::overlap(a.as_bytes(), b.as_bytes());
        assert!(overlap("module.a[\"x\"].*", "module.a[*].t.n"));
        assert!(overlap("a*", "*b"));
        assert!(overlap("*", ""));
        assert!(overlap("t.n[?]", "t.n[*]"));
        assert!(!overlap("t.m*", "t.n[*]"));
        assert!(!overlap("module.b*", "module.a[*]"));
        assert!(!overlap("a?", "a"));
    }
}
