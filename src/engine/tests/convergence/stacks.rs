//! Stacks made up for properties: a list of declarations, each of which may refer to earlier ones.

use std::fmt::Write;

use proptest::prelude::*;
use proptest::sample::Index;

/// One resource, or a module that holds one.
#[derive(Clone, Debug)]
pub(super) struct Declaration {
    /// It keeps its name when others come and go.
    pub(super) id: usize,
    kind: Kind,
    repetition: Repetition,
    /// What its literals say.
    level: u8,
    refers: Option<Index>,
    depends: Option<Index>,
    triggered: Option<Index>,
    create_before_destroy: bool,
    in_module: bool,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Data,
    /// Replaced by another value of its trigger.
    ReplacedData,
    /// Its name, which forces replacement, is known.
    Thing,
    /// Its name is made of what it refers to.
    NamedAfter,
    Random,
}

#[derive(Clone, Copy, Debug)]
enum Repetition {
    Single,
    Count(u8),
    ForEach(u8),
}

/// What becomes of a declaration in a changed stack.
#[derive(Clone, Debug)]
enum Change {
    Keep,
    Remove,
    Level,
    Repeat(Repetition),
    Refer(Option<Index>),
    Depend(Option<Index>),
    Lifecycle,
}

/// A stack, and what it is changed to.
pub(super) fn stack_and_change() -> impl Strategy<Value = (Vec<Declaration>, Vec<Declaration>)> {
    let declarations = prop::collection::vec((declaration(), change()), 1..7);
    declarations.prop_map(|list| {
        let numbered = list.into_iter().enumerate();
        let before: Vec<_> = numbered.map(|(id, (d, c))| (Declaration { id, ..d }, c)).collect();
        let after = before.iter().filter_map(|(declaration, change)| change.of(declaration));
        let after = after.collect();
        (before.into_iter().map(|(declaration, _)| declaration).collect(), after)
    })
}

fn declaration() -> impl Strategy<Value = Declaration> {
    let kind = prop::sample::select(vec![
        Kind::Data,
        Kind::ReplacedData,
        Kind::Thing,
        Kind::NamedAfter,
        Kind::Random,
    ]);
    let often = || prop::option::weighted(0.7, any::<Index>());
    let seldom = || prop::option::weighted(0.2, any::<Index>());
    let lifecycle = (any::<bool>(), prop::bool::weighted(0.3));
    let references = (often(), seldom(), seldom());
    (kind, repetition(), 0..3u8, references, lifecycle).prop_map(
        |(kind, repetition, level, (refers, depends, triggered), lifecycle)| {
            let (create_before_destroy, in_module) = lifecycle;
            let id = 0;
            Declaration {
                id,
                kind,
                repetition,
                level,
                refers,
                depends,
                triggered,
                create_before_destroy,
                in_module,
            }
        },
    )
}

fn repetition() -> impl Strategy<Value = Repetition> {
    prop_oneof![
        2 => Just(Repetition::Single),
        1 => (0..4u8).prop_map(Repetition::Count),
        1 => (0..4u8).prop_map(Repetition::ForEach),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    let reference = || prop::option::of(any::<Index>());
    prop_oneof![
        3 => Just(Change::Keep),
        1 => Just(Change::Remove),
        3 => Just(Change::Level),
        2 => repetition().prop_map(Change::Repeat),
        1 => reference().prop_map(Change::Refer),
        1 => reference().prop_map(Change::Depend),
        1 => Just(Change::Lifecycle),
    ]
}

impl Change {
    fn of(&self, declaration: &Declaration) -> Option<Declaration> {
        let mut changed = declaration.clone();
        match self {
            Self::Keep => {}
            Self::Remove => return None,
            Self::Level => changed.level += 1,
            Self::Repeat(repetition) => changed.repetition = *repetition,
            Self::Refer(index) => changed.refers = *index,
            Self::Depend(index) => changed.depends = *index,
            Self::Lifecycle => changed.create_before_destroy = !changed.create_before_destroy,
        }
        Some(changed)
    }
}

/// The files of a stack: names and texts.
pub(super) fn files(stack: &[Declaration]) -> Vec<(String, String)> {
    let mut main = String::new();
    let mut files = Vec::new();
    for (place, declaration) in stack.iter().enumerate() {
        let earlier = &stack[..place];
        if declaration.in_module {
            let text = declaration.module();
            files.push((format!("m{}/main.hcl", declaration.id), text));
            main.push_str(&declaration.call(earlier));
        } else {
            let lifecycle = declaration.lifecycle(earlier);
            let more =
                format!("{}{}{lifecycle}", declaration.repeated(), declaration.ordered(earlier));
            let name = format!("d{}", declaration.id);
            main.push_str(&declaration.resource(&name, &declaration.text(earlier), &more));
        }
        let (id, all) = (declaration.id, declaration.everything());
        // Writing to a string cannot fail.
        let _ = writeln!(main, "output \"o{id}\" {{\n  value = {all}\n}}");
    }
    files.push(("main.hcl".to_owned(), main));
    files
}

impl Declaration {
    fn type_name(&self) -> &'static str {
        match self.kind {
            Kind::Data | Kind::ReplacedData => "terraform_data",
            Kind::Thing | Kind::NamedAfter => "fake_thing",
            Kind::Random => "random_id",
        }
    }

    fn address(&self) -> String {
        if self.in_module { format!("module.d{}", self.id) } else { self.resource_address() }
    }

    fn resource_address(&self) -> String {
        format!("{}.d{}", self.type_name(), self.id)
    }

    /// The attribute that others refer to.
    fn attribute(&self) -> &'static str {
        match self.kind {
            _ if self.in_module => "out",
            Kind::Data | Kind::ReplacedData => "output",
            Kind::Thing | Kind::NamedAfter => "id",
            Kind::Random => "hex",
        }
    }

    /// An expression for the attribute of all instances, as one text.
    fn everything(&self) -> String {
        let (address, attribute) = (self.address(), self.attribute());
        match self.repetition {
            Repetition::Single => format!("{address}.{attribute}"),
            Repetition::Count(_) => format!("join(\",\", {address}[*].{attribute})"),
            Repetition::ForEach(_) => format!("join(\",\", values({address})[*].{attribute})"),
        }
    }

    /// What it is made of, as an expression.
    fn text(&self, earlier: &[Self]) -> String {
        let level = self.level;
        match chosen(self.refers, earlier) {
            Some(other) => format!("\"v{level}-${{{}}}\"", other.everything()),
            None => format!("\"v{level}\""),
        }
    }

    fn repeated(&self) -> String {
        match self.repetition {
            Repetition::Single => String::new(),
            Repetition::Count(count) => format!("  count = {count}\n"),
            Repetition::ForEach(count) => {
                let keys: Vec<String> = (0..count).map(|key| format!("\"k{key}\"")).collect();
                format!("  for_each = toset([{}])\n", keys.join(", "))
            }
        }
    }

    /// What tells the instances of one declaration apart, inside of a string.
    fn key(&self) -> &'static str {
        match self.repetition {
            Repetition::Single => "",
            Repetition::Count(_) => "-${count.index}",
            Repetition::ForEach(_) => "-${each.key}",
        }
    }

    fn ordered(&self, earlier: &[Self]) -> String {
        let other = chosen(self.depends, earlier);
        other.map_or_else(String::new, |other| format!("  depends_on = [{}]\n", other.address()))
    }

    fn lifecycle(&self, earlier: &[Self]) -> String {
        let resources: Vec<Self> = earlier.iter().filter(|d| !d.in_module).cloned().collect();
        let trigger = chosen(self.triggered, &resources).map_or_else(String::new, |other| {
            format!("    replace_triggered_by = [{}]\n", other.resource_address())
        });
        let before = self.create_before_destroy;
        format!("  lifecycle {{\n    create_before_destroy = {before}\n{trigger}  }}\n")
    }

    fn resource(&self, name: &str, text: &str, more: &str) -> String {
        let (id, key, level) = (self.id, self.key(), self.level);
        let arguments = match self.kind {
            Kind::Data => format!("  input = {text}\n"),
            Kind::ReplacedData => format!("  input = \"same\"\n  triggers_replace = {text}\n"),
            Kind::Thing => {
                format!("  name = \"d{id}{key}\"\n  size = {level}\n  refers = {text}\n")
            }
            Kind::NamedAfter => format!("  name = \"d{id}{key}-${{{text}}}\"\n"),
            Kind::Random => format!("  byte_length = 4\n  keepers = {{ text = {text} }}\n"),
        };
        format!("resource \"{}\" \"{name}\" {{\n{arguments}{more}}}\n", self.type_name())
    }

    fn module(&self) -> String {
        // Repeated is the module, so that what tells its instances apart comes in.
        let inside = Self { repetition: Repetition::Single, in_module: false, ..self.clone() };
        let resource = inside.resource("it", "var.text", &inside.lifecycle(&[]));
        let resource = resource.replace(&format!("\"d{}", self.id), "\"${var.name}");
        format!(
            "variable \"text\" {{}}\nvariable \"name\" {{}}\n{resource}output \"out\" {{\n  value = {}.it.{}\n}}\n",
            self.type_name(),
            inside.attribute(),
        )
    }

    fn call(&self, earlier: &[Self]) -> String {
        let (id, key, text) = (self.id, self.key(), self.text(earlier));
        let more = format!("{}{}", self.repeated(), self.ordered(earlier));
        format!(
            "module \"d{id}\" {{\n  source = \"./m{id}\"\n  text = {text}\n  name = \"d{id}{key}\"\n{more}}}\n"
        )
    }
}

fn chosen(index: Option<Index>, from: &[Declaration]) -> Option<&Declaration> {
    index.filter(|_| !from.is_empty()).map(|index| index.get(from))
}
