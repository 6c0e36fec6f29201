//! Classes of characters: in brackets, by property and by letter.

use super::escape::escaped;
use super::{Mistake, Translator};

const RANGE: &str = "invalid character class range";

/// Classes that brackets know by name.
const NAMED: &[&str] = &[
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
    "space", "upper", "word", "xdigit",
];

/// The general categories; other properties are the names of scripts.
const CATEGORIES: &[&str] = &[
    "Cc", "Cf", "Co", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl",
    "No", "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl",
    "Zp", "Zs",
];

/// A class by property, as it is written, and what stands after it.
pub(super) struct UnicodeClass<'p> {
    pub(super) text: String,
    pub(super) rest: &'p str,
}

/// The class that nothing belongs to.
pub(super) const fn never() -> &'static str {
    r"[^\x{0}-\x{10FFFF}]"
}

/// What a letter after a backslash stands for inside of brackets. These classes know ASCII only.
pub(super) fn perl_class(letter: char) -> Option<&'static str> {
    Some(match letter {
        'd' => "0-9",
        'D' => "[^0-9]",
        's' => r"\t\n\f\r\x20",
        'S' => r"[^\t\n\f\r\x20]",
        'w' => "0-9A-Za-z_",
        'W' => "[^0-9A-Za-z_]",
        _ => return None,
    })
}

impl<'p> Translator<'p> {
    /// Reads a class in brackets, and gives it as it is written.
    pub(super) fn class(&mut self) -> Result<String, Mistake> {
        let whole = self.rest;
        self.skip(1);
        let negated = self.rest.starts_with('^');
        self.skip(usize::from(negated));
        let mut items = String::new();
        let mut first = true;
        while first || !self.rest.starts_with(']') {
            first = false;
            self.class_item(whole, &mut items)?;
        }
        self.skip(1);
        Ok(match (items.as_str(), negated) {
            ("", false) => never().to_owned(),
            ("", true) => r"[\x{0}-\x{10FFFF}]".to_owned(),
            (items, false) => format!("[{items}]"),
            (items, true) => format!("[^{items}]"),
        })
    }

    fn class_item(&mut self, whole: &'p str, items: &mut String) -> Result<(), Mistake> {
        if self.named_class(items)? {
            return Ok(());
        }
        if self.rest.starts_with("\\p") || self.rest.starts_with("\\P") {
            let UnicodeClass { text, rest } = unicode_class(self.rest)?;
            self.rest = rest;
            items.push_str(&text);
            return Ok(());
        }
        let letter = self.rest.strip_prefix('\\').and_then(|rest| rest.chars().next());
        if let Some(class) = letter.and_then(perl_class) {
            self.skip(2);
            items.push_str(class);
            return Ok(());
        }
        let start = self.rest;
        let low = self.class_character(whole)?;
        let mut high = low;
        // A dash before the closing bracket stands for itself.
        if let Some(after) = self.rest.strip_prefix('-')
            && !after.is_empty()
            && !after.starts_with(']')
        {
            self.rest = after;
            high = self.class_character(whole)?;
            if high < low {
                return Self::between(RANGE, start, self.rest);
            }
        }
        push_range(items, low, high);
        Ok(())
    }

    fn class_character(&mut self, whole: &'p str) -> Result<u32, Mistake> {
        let Some(character) = self.rest.chars().next() else {
            return Self::between("missing closing ]", whole, "");
        };
        if character == '\\' {
            let (point, rest) = escaped(self.rest)?;
            self.rest = rest;
            return Ok(point);
        }
        self.skip(character.len_utf8());
        Ok(u32::from(character))
    }

    /// Reads a class such as `[:alpha:]`, if one stands here.
    fn named_class(&mut self, items: &mut String) -> Result<bool, Mistake> {
        let Some((name, rest)) =
            self.rest.strip_prefix("[:").and_then(|rest| rest.split_once(":]"))
        else {
            return Ok(false);
        };
        if !NAMED.contains(&name.strip_prefix('^').unwrap_or(name)) {
            return Self::between(RANGE, self.rest, rest);
        }
        items.push_str(&format!("[:{name}:]"));
        self.rest = rest;
        Ok(true)
    }
}

/// Code points that are no characters (surrogates) belong to no text, and the engine has no way to write them.
fn push_range(items: &mut String, low: u32, high: u32) {
    let surrogate = |point| char::from_u32(point).is_none();
    let low = if surrogate(low) { 0xE000 } else { low };
    let high = if surrogate(high) { 0xD7FF } else { high };
    if low <= high {
        items.push_str(&format!("\\x{{{low:x}}}-\\x{{{high:x}}}"));
    }
}

/// Reads a property, whose name may stand in braces.
pub(super) fn unicode_class(text: &str) -> Result<UnicodeClass<'_>, Mistake> {
    let after = &text[2..];
    let (name, rest) = match after.strip_prefix('{') {
        Some(braced) => match braced.split_once('}') {
            Some(parts) => parts,
            None => return Translator::between(RANGE, text, ""),
        },
        None => after.split_at(after.chars().next().map_or(0, char::len_utf8)),
    };
    let (negated, name) = match name.strip_prefix('^') {
        Some(name) => (true, name),
        None => (false, name),
    };
    let negated = negated != text.starts_with("\\P");
    let Some(items) = property(name) else { return Translator::between(RANGE, text, rest) };
    let text = if negated { format!("[^{items}]") } else { format!("[{items}]") };
    Ok(UnicodeClass { text, rest })
}

/// A property as the engine writes it inside of brackets.
fn property(name: &str) -> Option<String> {
    match name {
        "Any" => return Some(r"\x{0}-\x{10FFFF}".to_owned()),
        "C" => return Some(r"\p{Cc}\p{Cf}\p{Co}".to_owned()),
        "Cs" => return Some(never().to_owned()),
        _ if CATEGORIES.contains(&name) => return Some(format!("\\p{{{name}}}")),
        _ => {}
    }
    let capitalised = |word: &str| word.starts_with(|c: char| c.is_ascii_uppercase());
    if name.len() < 3 || !name.split('_').all(capitalised) || !name.is_ascii() {
        return None;
    }
    let script = format!("\\p{{sc={name}}}");
    regex::Regex::new(&script).is_ok().then_some(script)
}
