//! The dialect of regular expressions that Terraform users write, RE2's as Go has it, put into the engine's own.
//!
//! The whole pattern is parsed by RE2's rules, so that what it refuses is refused in its words, and what the
//! engine would read otherwise (classes such as `\d`, set operations, names of groups) is written in another way.

use regex::{Regex, RegexBuilder};

mod class;
mod escape;
mod expand;
mod repetition;

/// A pattern that can be matched, and the names of its groups.
pub(super) struct Pattern {
    pub(super) regex: Regex,
    /// One for each group, from the first on. A name may stand there twice.
    pub(super) names: Vec<Option<String>>,
}

/// What is wrong with a pattern, and the part of it that is meant.
pub(super) struct Mistake {
    pub(super) what: &'static str,
    pub(super) part: String,
}

/// So many bytes may a compiled pattern take.
const SIZE_MAX: usize = 1 << 27;

/// Compiles a pattern.
pub(super) fn compile(pattern: &str) -> Result<Pattern, Mistake> {
    let mut translator = Translator::new(pattern);
    translator.run()?;
    let Translator { out, names, .. } = translator;
    let regex = RegexBuilder::new(&out).size_limit(SIZE_MAX).build().map_err(|error| {
        // Every mistake of syntax was told already: what is left are the engine's limits.
        let deep = error.to_string().contains("nest");
        let what = if deep { "expression nests too deeply" } else { "expression too large" };
        Mistake { what, part: pattern.to_owned() }
    })?;
    Ok(Pattern { regex, names })
}

/// What a repetition operator repeats.
#[derive(Clone, Copy)]
struct Operand {
    /// Where it ends in what was written.
    end: usize,
    /// So often do the counts inside it repeat something, multiplied.
    repeats: u32,
}

/// A group that is open; the pattern itself is the outermost.
#[derive(Default)]
struct Group {
    operand: Option<Operand>,
    /// The most that counts inside it repeat something.
    repeats: u32,
}

struct Translator<'p> {
    pattern: &'p str,
    rest: &'p str,
    out: String,
    names: Vec<Option<String>>,
    outer: Vec<Group>,
    group: Group,
    /// Where the repetition began that stands directly before.
    repeated: Option<&'p str>,
}

impl<'p> Translator<'p> {
    fn new(pattern: &'p str) -> Self {
        Self {
            pattern,
            rest: pattern,
            out: String::new(),
            names: Vec::new(),
            outer: Vec::new(),
            group: Group::default(),
            repeated: None,
        }
    }

    fn run(&mut self) -> Result<(), Mistake> {
        while let Some(character) = self.rest.chars().next() {
            if self.repetition(character)? {
                continue;
            }
            self.repeated = None;
            match character {
                '\\' => self.escape()?,
                '[' => {
                    let class = self.class()?;
                    self.operand(&class);
                }
                '(' => self.open()?,
                ')' => self.close()?,
                '|' => {
                    self.skip(1);
                    self.out.push('|');
                    self.group.operand = None;
                }
                '^' | '$' | '.' => {
                    self.skip(1);
                    self.operand(character.encode_utf8(&mut [0; 4]));
                }
                literal => {
                    self.skip(literal.len_utf8());
                    self.literal(literal);
                }
            }
        }
        if self.outer.is_empty() { Ok(()) } else { self.whole("missing closing )") }
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = &self.rest[bytes..];
    }

    /// Writes what a repetition may repeat.
    fn operand(&mut self, text: &str) {
        self.out.push_str(text);
        self.group.operand = Some(Operand { end: self.out.len(), repeats: 0 });
    }

    fn literal(&mut self, literal: char) {
        self.operand(&regex::escape(literal.encode_utf8(&mut [0; 4])));
    }

    fn whole<T>(&self, what: &'static str) -> Result<T, Mistake> {
        Err(Mistake { what, part: self.pattern.to_owned() })
    }

    /// A mistake in what stands from `start` to `end`, both the rest of the pattern there.
    fn between<T>(what: &'static str, start: &str, end: &str) -> Result<T, Mistake> {
        Err(Mistake { what, part: start[..start.len() - end.len()].to_owned() })
    }

    fn open(&mut self) -> Result<(), Mistake> {
        let Some(options) = self.rest.strip_prefix("(?") else {
            self.skip(1);
            self.enter("(", Some(None));
            return Ok(());
        };
        let named = options.strip_prefix('P').unwrap_or(options);
        match named.strip_prefix('<') {
            Some(name) => self.named_group(name),
            None => self.flags(options),
        }
    }

    /// A group begins; `capturing` tells its name where it is one that is remembered.
    fn enter(&mut self, opening: &str, capturing: Option<Option<String>>) {
        self.out.push_str(opening);
        self.names.extend(capturing);
        self.outer.push(std::mem::take(&mut self.group));
    }

    fn named_group(&mut self, name: &'p str) -> Result<(), Mistake> {
        const WRONG: &str = "invalid named capture";
        let Some((name, after)) = name.split_once('>') else {
            return Self::between(WRONG, self.rest, "");
        };
        let word = |character: char| character.is_ascii_alphanumeric() || character == '_';
        if name.is_empty() || !name.chars().all(word) {
            return Self::between(WRONG, self.rest, after);
        }
        self.rest = after;
        self.enter("(", Some(Some(name.to_owned())));
        Ok(())
    }

    /// Flags for what follows, `(?i)`, or for a group, `(?i:`.
    fn flags(&mut self, options: &'p str) -> Result<(), Mistake> {
        let (mut negated, mut any) = (false, false);
        let mut characters = options.chars();
        while let Some(character) = characters.next() {
            match character {
                'i' | 'm' | 's' | 'U' => any = true,
                '-' if !negated => (negated, any) = (true, false),
                ':' | ')' if any || !negated => {
                    let after = characters.as_str();
                    let text = &self.rest[..self.rest.len() - after.len()];
                    self.rest = after;
                    if character == ':' {
                        self.enter(text, None);
                    } else if text != "(?)" {
                        self.out.push_str(text);
                    }
                    return Ok(());
                }
                _ => break,
            }
        }
        Self::between("invalid or unsupported Perl syntax", self.rest, characters.as_str())
    }

    fn close(&mut self) -> Result<(), Mistake> {
        let Some(outer) = self.outer.pop() else { return self.whole("unexpected )") };
        self.skip(1);
        self.out.push(')');
        let inner = std::mem::replace(&mut self.group, outer);
        self.group.operand = Some(Operand { end: self.out.len(), repeats: inner.repeats });
        self.group.repeats = self.group.repeats.max(inner.repeats);
        Ok(())
    }
}
