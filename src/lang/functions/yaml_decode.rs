//! `yamldecode`: a value from a YAML document.

use std::collections::{BTreeMap, HashMap};

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};

use super::arguments::quoted;
use super::yaml_scalar::{self, CORE};
use super::{Call, Function, FunctionError, Parameter, Returns};
use crate::convert::convert;
use crate::display::friendly_type;
use crate::{Data, Name, Type, Value};

pub(super) static YAMLDECODE: Function = Function::new(
    "yamldecode",
    &[Parameter::string("src")],
    Returns::Rule(|arguments| {
        let decoded = arguments[0].as_str().map(decode);
        decoded.map_or(Ok(Type::Dynamic), |value| value.map(|value| value.type_of()))
    }),
    |call: &Call<'_>| decode(call.text(0)),
    "Reads a value from YAML.",
)
.maybe_null();

fn decode(source: &str) -> Result<Value, FunctionError> {
    if let Some(refusal) = refusal(source) {
        return Err(FunctionError::failed(refusal));
    }
    let mut reader =
        Reader { source, parser: Parser::new_from_str(source), anchors: HashMap::new(), depth: 0 };
    reader.document().map_err(FunctionError::failed)
}

/// What Terraform's reader refuses and ours would take: directives of other versions, control characters.
fn refusal(source: &str) -> Option<&'static str> {
    let directive = source.lines().next().and_then(|line| line.strip_prefix('%'));
    match directive.map(|directive| directive.split_whitespace().collect::<Vec<_>>()).as_deref() {
        Some(["YAML", "1.1", ..] | ["TAG", ..]) | None => {}
        Some(["YAML", ..]) => return Some("found incompatible YAML document"),
        Some(_) => return Some("found unknown directive name"),
    }
    let refused = |c: char| c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r');
    source.contains(refused).then_some("control characters are not allowed")
}

/// Deeper nesting is refused, so that no input can exhaust the stack.
const DEPTH_MAX: usize = 250;

struct Reader<'a> {
    source: &'a str,
    parser: Parser<'a, StrInput<'a>>,
    /// The value of each anchor; none while it is still being read.
    anchors: HashMap<usize, Option<Value>>,
    depth: usize,
}

/// A mistake with its place as Terraform tells it: lines before it, none on the first, and the column.
fn at(marker: &Marker, message: &str) -> String {
    match marker.line() {
        0 | 1 => message.to_owned(),
        line => format!("on line {}, column {}: {message}", line - 1, marker.col() + 1),
    }
}

/// A mistake in characters, not in structure: its line is counted from one and its column is not told.
fn at_character(marker: &Marker, message: &str) -> String {
    match marker.line() {
        0 | 1 => message.to_owned(),
        line => format!("on line {line}, column 1: {message}"),
    }
}

/// What our reader finds amiss in characters, and how Terraform says it.
const CHARACTERS: &[(&str, &str)] = &[
    ("did not find expected hexadecimal number", "did not find expected hexdecimal number"),
    (
        "content cannot start with a tab",
        "found a tab character where an indentation space is expected",
    ),
    ("found unexpected end of stream", "found unexpected end of stream"),
    ("found unknown escape character", "found unknown escape character"),
    ("mapping values are not allowed", "mapping values are not allowed in this context"),
    ("simple key expected", "could not find expected ':'"),
    ("tabs disallowed", "found character that cannot start any token"),
    ("unexpected character", "found character that cannot start any token"),
];

/// What our reader finds amiss in structure, and how Terraform says it.
const STRUCTURE: &[(&str, &str)] = &[
    ("expected ',' or ']'", "did not find expected ',' or ']'"),
    ("illegal placement of ':'", "did not find expected ',' or ']'"),
    ("invalid trailing content", "did not find expected key"),
    ("misplaced bracket", "did not find expected node content"),
];

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<Value, String> {
        let value = loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentStart(_) | Event::Nothing => {}
                Event::StreamEnd => {
                    let line = span.start.line().saturating_sub(1).max(1);
                    return Err(format!("on line {line}, column 1: missing start of document"));
                }
                event => break self.node(event, span)?,
            }
        };
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => return Ok(value),
                (Event::DocumentEnd | Event::Nothing, _) => {}
                (_, span) => return Err(at(&span.start, "unexpected extra content after value")),
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'a>, Span), String> {
        match self.parser.next_event() {
            Some(Ok(found)) => Ok(found),
            Some(Err(error)) => Err(self.complaint(&error)),
            None => Err("unexpected end of the document".to_owned()),
        }
    }

    fn complaint(&self, error: &ScanError) -> String {
        let info = error.info();
        if info.contains("unknown anchor") {
            let name = self.anchor_at(error.marker());
            return at(error.marker(), &format!("reference to undefined anchor {}", quoted(&name)));
        }
        let said = |list: &[(&str, &'static str)]| {
            list.iter().find(|(ours, _)| info.contains(ours)).map(|(_, said)| *said)
        };
        if let Some(message) = said(CHARACTERS) {
            return at_character(error.marker(), message);
        }
        let plain = info.split_once(", ").map_or(info, |(_, plain)| plain);
        at(error.marker(), said(STRUCTURE).unwrap_or(plain))
    }

    /// A block whose last line the document does not end has no line break at its end either.
    fn unended<'t>(&self, text: &'t str, style: ScalarStyle, span: &Span) -> &'t str {
        let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        let last = block
            && !self.source.ends_with(['\n', '\r'])
            && self.source.chars().skip(span.end.index()).all(char::is_whitespace);
        if last { text.strip_suffix('\n').unwrap_or(text) } else { text }
    }

    /// The name of the anchor that is written at a place.
    fn anchor_at(&self, marker: &Marker) -> String {
        let rest = self.source.chars().skip(marker.index());
        rest.skip_while(|first| "*&".contains(*first))
            .take_while(|next| !next.is_whitespace() && !",[]{}".contains(*next))
            .collect()
    }

    fn node(&mut self, event: Event<'a>, span: Span) -> Result<Value, String> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let text = self.unended(&text, style, &span);
                let value =
                    scalar(text, style, tag.as_deref()).map_err(|error| at(&span.start, &error))?;
                self.remember(anchor, &value);
                Ok(value)
            }
            Event::Alias(anchor) => self.alias(anchor, &span),
            Event::SequenceStart(anchor, tag) => {
                expect("sequence", "seq", tag.as_deref())
                    .map_err(|error| at(&span.start, &error))?;
                self.nested(anchor, &span, Self::sequence)
            }
            Event::MappingStart(anchor, tag) => {
                expect("mapping", "map", tag.as_deref())
                    .map_err(|error| at(&span.start, &error))?;
                self.nested(anchor, &span, Self::mapping)
            }
            _ => Err(at(&span.start, "expecting value but found end of stream")),
        }
    }

    fn nested(
        &mut self,
        anchor: usize,
        span: &Span,
        read: fn(&mut Self) -> Result<Value, String>,
    ) -> Result<Value, String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(at(&span.start, "the document is nested too deeply"));
        }
        if anchor > 0 {
            self.anchors.insert(anchor, None);
        }
        let value = read(self)?;
        self.remember(anchor, &value);
        self.depth -= 1;
        Ok(value)
    }

    fn remember(&mut self, anchor: usize, value: &Value) {
        if anchor > 0 {
            self.anchors.insert(anchor, Some(value.clone()));
        }
    }

    fn alias(&self, anchor: usize, span: &Span) -> Result<Value, String> {
        if let Some(Some(value)) = self.anchors.get(&anchor) {
            return Ok(value.clone());
        }
        let name = quoted(&self.anchor_at(&span.start));
        let message = format!("cannot refer to anchor {name} from inside its own definition");
        Err(at(&span.start, &message))
    }

    fn sequence(&mut self) -> Result<Value, String> {
        let mut values = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Value::tuple(values)),
                (event, span) => values.push(self.node(event, span)?),
            }
        }
    }

    fn mapping(&mut self) -> Result<Value, String> {
        let mut entries = BTreeMap::new();
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::MappingEnd => return Ok(Value::object(entries)),
                Event::Scalar(text, style, anchor, tag) => {
                    if is_merge(&text, tag.as_deref()) {
                        let (event, inner) = self.next()?;
                        let merged = self.node(event, inner)?;
                        merge(&merged, &mut entries).map_err(|error| at(&span.start, &error))?;
                        continue;
                    }
                    let key = key(&text, style, tag.as_deref())
                        .map_err(|error| at(&span.start, &error))?;
                    self.remember(anchor, &Value::text(&key));
                    let (event, inner) = self.next()?;
                    entries.insert(key, self.node(event, inner)?);
                }
                _ => return Err(at(&span.start, "only strings are allowed as mapping keys")),
            }
        }
    }
}

/// The full name of a tag; empty where there is none.
fn tag_name(tag: Option<&Tag>) -> String {
    tag.map(|tag| format!("{}{}", tag.handle, tag.suffix)).unwrap_or_default()
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<Value, String> {
    let name = tag_name(tag);
    yaml_scalar::resolve(&name, text, style == ScalarStyle::Plain)
}

fn expect(what: &str, kind: &str, tag: Option<&Tag>) -> Result<(), String> {
    let name = tag_name(tag);
    if name.is_empty() || name == "!" || name.strip_prefix(CORE) == Some(kind) {
        return Ok(());
    }
    Err(format!("can't interpret {what} as {name}"))
}

fn is_merge(text: &str, tag: Option<&Tag>) -> bool {
    match tag_name(tag).as_str() {
        "" => text == "<<",
        name => name.strip_prefix(CORE) == Some("merge"),
    }
}

fn key(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<Name, String> {
    let value = scalar(text, style, tag)?;
    if value.is_null() {
        return Err("mapping key cannot be null".to_owned());
    }
    convert(&value, &Type::String)
        .ok()
        .and_then(|value| value.as_str().map(Name::from))
        .ok_or_else(|| "only strings are allowed as mapping keys".to_owned())
}

fn merge(value: &Value, entries: &mut BTreeMap<Name, Value>) -> Result<(), String> {
    let mut lay = |map: &BTreeMap<Name, Value>| {
        entries.extend(map.iter().map(|(key, value)| (key.clone(), value.clone())));
    };
    match &value.data {
        Data::Object(map) => lay(map),
        Data::Tuple(values) => {
            for value in values.iter() {
                let Data::Object(map) = &value.data else {
                    let name = friendly_type(&value.type_of());
                    return Err(format!("cannot merge {name} (from sequence) into mapping"));
                };
                lay(map);
            }
        }
        _ => return Err(format!("cannot merge {} into mapping", friendly_type(&value.type_of()))),
    }
    Ok(())
}
