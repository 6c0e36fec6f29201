//! Comma-separated values, as RFC 4180 has them.

use std::collections::BTreeMap;

use super::arguments::{quoted, text};
use super::{Call, Function, FunctionError, Parameter, Returns};
use crate::{Name, Type, Value};

pub(super) static CSVDECODE: Function = Function::new(
    "csvdecode",
    &[Parameter::string("str")],
    Returns::Rule(returns),
    csv_decode,
    "Reads a table of comma-separated values, whose first line names the columns.",
);

fn returns(arguments: &[Value]) -> Result<Type, FunctionError> {
    let Some(source) = arguments[0].as_str() else { return Ok(Type::Dynamic) };
    let headers = Reader::new(source)
        .record()
        .map_err(FunctionError::failed)?
        .ok_or_else(|| FunctionError::failed("missing header line"))?;
    let mut columns: BTreeMap<Name, Type> = BTreeMap::new();
    for header in headers.fields {
        if columns.insert(header.as_str().into(), Type::String).is_some() {
            let message = format!("duplicate column name {}", quoted(&header));
            return Err(FunctionError::failed(message));
        }
    }
    Ok(Type::list(Type::object(columns)))
}

fn csv_decode(call: &Call<'_>) -> Result<Value, FunctionError> {
    let mut reader = Reader::new(call.text(0));
    let headers = reader.record().map_err(FunctionError::failed)?.unwrap_or_default().fields;
    let mut rows = Vec::new();
    while let Some(record) = reader.record().map_err(FunctionError::failed)? {
        if record.fields.len() != headers.len() {
            return Err(FunctionError::failed(complaint(record.line, "wrong number of fields")));
        }
        let row = headers.iter().zip(&record.fields);
        rows.push(Value::object(row.map(|(name, field)| (name.as_str().into(), text(field)))));
    }
    Ok(Value::list(super::arguments::element_type(call.returns), rows))
}

fn complaint(line: usize, why: &str) -> String {
    format!("CSV parse error on line {line}: {why}")
}

#[derive(Default)]
struct Record {
    fields: Vec<String>,
    /// The line that it starts on.
    line: usize,
}

struct Reader<'a> {
    lines: std::str::SplitInclusive<'a, char>,
    /// The number of the line read last.
    line: usize,
}

impl<'a> Reader<'a> {
    fn new(source: &'a str) -> Self {
        Self { lines: source.split_inclusive('\n'), line: 0 }
    }

    /// The next line, of which the end is always a single newline character.
    fn next_line(&mut self) -> Option<String> {
        let line = self.lines.next()?;
        self.line += 1;
        Some(match line.strip_suffix("\r\n") {
            Some(content) => format!("{content}\n"),
            None => line.to_owned(),
        })
    }

    /// The next line that is not empty, read as fields.
    fn record(&mut self) -> Result<Option<Record>, String> {
        let mut line = loop {
            match self.next_line() {
                None => return Ok(None),
                Some(line) if line == "\n" => {}
                Some(line) => break line,
            }
        };
        let mut record = Record { fields: Vec::new(), line: self.line };
        loop {
            let (field, rest) = match line.strip_prefix('"') {
                Some(quoted) => self.quoted_field(quoted.to_owned())?,
                None => self.plain_field(&line)?,
            };
            record.fields.push(field);
            match rest {
                Some(rest) => line = rest,
                None => return Ok(Some(record)),
            }
        }
    }

    /// A field, and what follows after the comma, if one does.
    fn plain_field(&self, line: &str) -> Result<(String, Option<String>), String> {
        let content = line.strip_suffix('\n').unwrap_or(line);
        let (field, rest) = match content.split_once(',') {
            Some((field, _)) => (field, Some(line[field.len() + 1..].to_owned())),
            None => (content, None),
        };
        if field.contains('"') {
            return Err(complaint(self.line, "bare \" in non-quoted-field"));
        }
        Ok((field.to_owned(), rest))
    }

    fn quoted_field(&mut self, mut line: String) -> Result<(String, Option<String>), String> {
        let mut field = String::new();
        let wrong = |line| complaint(line, "extraneous or missing \" in quoted-field");
        loop {
            let Some((before, after)) = line.split_once('"') else {
                field.push_str(&line);
                let at = self.line;
                line = self.next_line().ok_or_else(|| wrong(at))?;
                continue;
            };
            field.push_str(before);
            if let Some(rest) = after.strip_prefix('"') {
                field.push('"');
                line = rest.to_owned();
            } else if let Some(rest) = after.strip_prefix(',') {
                return Ok((field, Some(rest.to_owned())));
            } else if after.is_empty() || after == "\n" {
                return Ok((field, None));
            } else {
                return Err(wrong(self.line));
            }
        }
    }
}
