//! Patterns of paths: `*`, `?`, `[a-z]`, `{a,b}` within a part of a path, `**` across parts.

/// A pattern, as the list of the alternatives that its braces make.
pub(super) struct Pattern {
    alternatives: Vec<Vec<Part>>,
    folder: String,
}

enum Part {
    /// Any number of parts, none too.
    Any,
    Glob(Vec<Token>),
}

enum Token {
    Character(char),
    One,
    Many,
    Class { negated: bool, ranges: Vec<(char, char)> },
}

const SYNTAX: &str = "syntax error in pattern";
/// The most alternatives that the braces of one pattern make.
const ALTERNATIVES_MAX: usize = 1000;

impl Pattern {
    /// Reads a pattern that is a clean path.
    pub(super) fn parse(pattern: &str) -> Result<Self, &'static str> {
        let mut alternatives = Vec::new();
        for alternative in expand(pattern)? {
            alternatives.push(alternative.split('/').map(part).collect::<Result<_, _>>()?);
        }
        let plain = pattern.find(['*', '?', '[', '{', '\\']).unwrap_or(pattern.len());
        let folder = pattern[..plain].rfind('/').map_or("", |end| &pattern[..end.max(1)]);
        Ok(Self { alternatives, folder: folder.to_owned() })
    }

    /// The folder that every match lies below; empty for the one that paths start from.
    pub(super) fn folder(&self) -> &str {
        &self.folder
    }

    /// Tells whether a clean path matches.
    pub(super) fn matches(&self, path: &str) -> bool {
        let path: Vec<_> = path.split('/').collect();
        self.alternatives.iter().any(|parts| parts_match(parts, &path))
    }
}

fn parts_match(parts: &[Part], path: &[&str]) -> bool {
    match (parts, path) {
        ([], []) => true,
        ([Part::Any, rest @ ..], _) => {
            (0..=path.len()).any(|skipped| parts_match(rest, &path[skipped..]))
        }
        ([Part::Glob(tokens), rest @ ..], [first, others @ ..]) => {
            let first: Vec<_> = first.chars().collect();
            tokens_match(tokens, &first) && parts_match(rest, others)
        }
        _ => false,
    }
}

/// Matches with one place to come back to, so that time grows with the product of lengths only.
fn tokens_match(tokens: &[Token], text: &[char]) -> bool {
    let (mut token, mut at) = (0, 0);
    let mut retry = None;
    loop {
        match tokens.get(token) {
            Some(Token::Many) => {
                retry = Some((token + 1, at));
                token += 1;
                continue;
            }
            Some(single) if text.get(at).is_some_and(|character| one(single, *character)) => {
                token += 1;
                at += 1;
                continue;
            }
            None if at == text.len() => return true,
            _ => {}
        }
        match retry {
            Some((after, from)) if from < text.len() => {
                retry = Some((after, from + 1));
                (token, at) = (after, from + 1);
            }
            _ => return false,
        }
    }
}

fn one(token: &Token, character: char) -> bool {
    match token {
        Token::Character(wanted) => *wanted == character,
        Token::One => true,
        Token::Many => false,
        Token::Class { negated, ranges } => {
            ranges.iter().any(|(from, to)| (*from..=*to).contains(&character)) != *negated
        }
    }
}

fn part(text: &str) -> Result<Part, &'static str> {
    if text == "**" {
        return Ok(Part::Any);
    }
    let mut tokens = Vec::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        tokens.push(match character {
            '*' => Token::Many,
            '?' => Token::One,
            '[' => class(&mut characters)?,
            '\\' => Token::Character(characters.next().ok_or(SYNTAX)?),
            other => Token::Character(other),
        });
    }
    Ok(Part::Glob(tokens))
}

fn class(characters: &mut std::str::Chars<'_>) -> Result<Token, &'static str> {
    let mut ranges = Vec::new();
    let negated = characters.as_str().starts_with('^');
    if negated {
        characters.next();
    }
    let literal = |characters: &mut std::str::Chars<'_>| match characters.next() {
        Some('\\') => characters.next().ok_or(SYNTAX),
        Some(other) => Ok(other),
        None => Err(SYNTAX),
    };
    loop {
        if characters.as_str().starts_with(']') && !ranges.is_empty() {
            characters.next();
            return Ok(Token::Class { negated, ranges });
        }
        let from = literal(characters)?;
        let ranged = characters.as_str().starts_with('-');
        if ranged {
            characters.next();
        }
        let to = if ranged { literal(characters)? } else { from };
        ranges.push((from, to));
    }
}

/// Replaces the first braces by each of their alternatives, and so on.
fn expand(pattern: &str) -> Result<Vec<String>, &'static str> {
    let mut done = Vec::new();
    let mut open = vec![pattern.to_owned()];
    while let Some(next) = open.pop() {
        if open.len() + done.len() > ALTERNATIVES_MAX {
            return Err("too many alternatives in pattern");
        }
        match braces(&next)? {
            None => done.push(next),
            Some((start, end, choices)) => {
                let made = choices
                    .iter()
                    .map(|choice| format!("{}{choice}{}", &next[..start], &next[end..]));
                open.extend(made);
            }
        }
    }
    Ok(done)
}

type Braces<'a> = (usize, usize, Vec<&'a str>);

/// Where the first braces stand, and the alternatives between them.
fn braces(pattern: &str) -> Result<Option<Braces<'_>>, &'static str> {
    let mut start = None;
    let mut depth = 0_u32;
    let mut choice = 0;
    let mut choices = Vec::new();
    let mut escaped = false;
    for (at, character) in pattern.char_indices() {
        if escaped {
            escaped = false;
            continue;
        }
        match character {
            '\\' => escaped = true,
            '{' => {
                depth += 1;
                if depth == 1 {
                    start = Some(at);
                    choice = at + 1;
                }
            }
            ',' if depth == 1 => {
                choices.push(&pattern[choice..at]);
                choice = at + 1;
            }
            '}' if depth > 0 => {
                depth -= 1;
                if let (0, Some(start)) = (depth, start) {
                    choices.push(&pattern[choice..at]);
                    return Ok(Some((start, at + 1, choices)));
                }
            }
            _ => {}
        }
    }
    if depth > 0 { Err(SYNTAX) } else { Ok(None) }
}
