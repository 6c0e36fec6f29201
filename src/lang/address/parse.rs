//! Text to addresses: `module.a["x"].data.aws_ami.b[0]`.

use std::str::FromStr;

use super::{Key, ModuleAddress, ModuleStep, ResourceAddress, ResourceMode};
use crate::Name;

/// Why a text is no address: a full sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressError(pub String);

impl std::fmt::Display for AddressError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for AddressError {}

impl FromStr for ResourceAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let mut reader = Reader { text, at: 0 };
        let module = reader.modules()?;
        let mut type_name = reader.name()?;
        let mut mode = ResourceMode::Managed;
        if &*type_name == "data" {
            mode = ResourceMode::Data;
            reader.expect('.')?;
            type_name = reader.name()?;
        }
        if !reader.take('.') {
            return Err(AddressError(format!(
                "A resource is named by its type and its name, such as aws_vpc.main; \"{text}\" has only one of them."
            )));
        }
        let name = reader.name()?;
        let key = reader.key()?;
        reader.end()?;
        Ok(Self { module, mode, type_name, name, key })
    }
}

impl FromStr for ModuleAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let mut reader = Reader { text, at: 0 };
        if text.is_empty() {
            return Ok(Self::default());
        }
        let module = reader.modules()?;
        reader.end()?;
        Ok(module)
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn error(&self, expected: &str) -> AddressError {
        let at = self.text[..self.at].chars().count() + 1;
        AddressError(format!(
            "Expected {expected} at character {at} of the address \"{}\".",
            self.text
        ))
    }

    fn take(&mut self, c: char) -> bool {
        let found = self.rest().starts_with(c);
        self.at += if found { c.len_utf8() } else { 0 };
        found
    }

    fn expect(&mut self, c: char) -> Result<(), AddressError> {
        if self.take(c) { Ok(()) } else { Err(self.error(&format!("\"{c}\""))) }
    }

    fn end(&self) -> Result<(), AddressError> {
        if self.rest().is_empty() { Ok(()) } else { Err(self.error("the end")) }
    }

    fn name(&mut self) -> Result<Name, AddressError> {
        let part_of_name = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
        let end = self.rest().find(|c| !part_of_name(c)).unwrap_or(self.rest().len());
        if end == 0 || self.rest().starts_with(|c: char| c.is_ascii_digit() || c == '-') {
            return Err(self.error("a name"));
        }
        let name = Name::from(&self.rest()[..end]);
        self.at += end;
        Ok(name)
    }

    /// `module.a["x"].module.b.`, or all of the text when it ends with a module.
    fn modules(&mut self) -> Result<ModuleAddress, AddressError> {
        let mut steps = Vec::new();
        loop {
            let topology = self.rest().starts_with("topology.");
            if !topology && !self.rest().starts_with("module.") {
                return Ok(ModuleAddress(steps));
            }
            self.at += if topology { "topology.".len() } else { "module.".len() };
            let name = self.name()?;
            let key = self.key()?;
            steps.push(ModuleStep { topology, name, key });
            if !self.take('.') {
                return Ok(ModuleAddress(steps));
            }
        }
    }

    fn key(&mut self) -> Result<Option<Key>, AddressError> {
        if !self.take('[') {
            return Ok(None);
        }
        let key = if self.rest().starts_with('"') {
            Key::String(self.quoted()?)
        } else {
            let end = self.rest().find(']').unwrap_or(self.rest().len());
            let index = self.rest()[..end].parse::<i64>().ok().filter(|index| *index >= 0);
            let index = index.ok_or_else(|| self.error("a whole number or a string in quotes"))?;
            self.at += end;
            Key::Int(index)
        };
        self.expect(']')?;
        Ok(Some(key))
    }

    /// Undoes what [`crate::display::quoted`] does.
    fn quoted(&mut self) -> Result<Name, AddressError> {
        self.at += 1;
        let mut unescaped = String::new();
        loop {
            let Some(c) = self.rest().chars().next() else {
                return Err(self.error("a closing quote"));
            };
            self.at += c.len_utf8();
            match c {
                '"' => return Ok(unescaped.into()),
                '\\' => unescaped.push(self.escape()?),
                '$' | '%' => {
                    unescaped.push(c);
                    let doubled = self.rest().starts_with(c) && self.rest()[1..].starts_with('{');
                    self.at += usize::from(doubled);
                }
                c => unescaped.push(c),
            }
        }
    }

    fn escape(&mut self) -> Result<char, AddressError> {
        let Some(c) = self.rest().chars().next() else { return Err(self.error("an escape")) };
        self.at += c.len_utf8();
        let digits = match c {
            'n' => return Ok('\n'),
            'r' => return Ok('\r'),
            't' => return Ok('\t'),
            '"' | '\\' => return Ok(c),
            'u' => 4,
            'U' => 8,
            _ => return Err(self.error("an escape")),
        };
        let code = self.rest().get(..digits).and_then(|hex| u32::from_str_radix(hex, 16).ok());
        let c = code.and_then(char::from_u32).ok_or_else(|| self.error("a code point"))?;
        self.at += digits;
        Ok(c)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_read_back_as_they_are_written() {
        for text in [
            "aws_vpc.main",
            "data.aws_ami.this[0]",
            "module.a[\"x\"].module.b[3].aws_vpc.main[\"k \\\"q\\\" $${x}\"]",
            "topology.artifacts.artiform_local_repository.libs[\"east\"]",
        ] {
            let address: ResourceAddress = text.parse().unwrap();
            assert_eq!(address.to_string(), text);
        }
    }

    #[test]
    fn what_is_no_address_says_where_it_fails() {
        let error = |text: &str| text.parse::<ResourceAddress>().unwrap_err().0;
        assert!(error("aws_vpc").contains("only one of them"));
        assert!(error("aws_vpc.a[x]").contains("character 11"));
        assert!(error("aws_vpc.a b").contains("the end"));
        assert!(error("module.a").contains("a name"));
    }
}
