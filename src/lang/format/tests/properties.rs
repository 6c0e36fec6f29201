//! Properties over random sources: formatting twice changes nothing, and only white space moves.

use crate::format::format;
use crate::format::scan::scan;
use crate::format::token::Kind;

/// A random source of small numbers (xorshift), so that a failing seed can be repeated.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap()
    }

    fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }
}

/// Writes random but valid HCL, with blanks, line breaks and comments in odd places.
struct Author {
    dice: Dice,
    text: String,
    arguments: usize,
}

impl Author {
    fn write(seed: u64) -> String {
        let dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let mut author = Self { dice, text: String::new(), arguments: 0 };
        author.body(3);
        author.text
    }

    fn put(&mut self, choices: &[&str]) {
        let choice = self.dice.pick(choices);
        self.text.push_str(choice);
    }

    fn blank(&mut self) {
        self.put(&["", "", " ", "   ", "\t", " /* c */ "]);
    }

    fn wide(&mut self) {
        self.put(&["", "", " ", "\n", "\n\n  ", " # c\n", "\t// c \n", "/* c */"]);
    }

    fn line_end(&mut self) {
        self.put(&["\n", "\n", "  \n", " # c\n", "// c  \n", "/* c */\n", "\n\n\n", "\r\n"]);
    }

    fn body(&mut self, depth: usize) {
        for _ in 0..=self.dice.below(4) {
            self.put(&["", "  ", "\t", "      "]);
            match self.dice.below(6) {
                0 => self.put(&["\n", "# c\n", "/* a\n b */\n"]),
                1 | 2 if depth > 0 => self.block(depth - 1),
                _ => {
                    self.argument(depth);
                    self.line_end();
                }
            }
        }
    }

    fn block(&mut self, depth: usize) {
        self.put(&["resource ", "variable\t", "b  "]);
        self.put(&["", "x ", "\"x\"", "\"a\" \"b\"  ", "\"é\""]);
        match self.dice.below(4) {
            0 => self.put(&["{}", "{ }", "{\n}"]),
            1 => {
                self.put(&["{only=", "{ only = "]);
                self.expression(depth);
                self.text.push('}');
            }
            _ => {
                self.text.push('{');
                self.line_end();
                self.body(depth);
                self.put(&["}", "   }"]);
            }
        }
        self.line_end();
    }

    fn argument(&mut self, depth: usize) {
        self.arguments += 1;
        self.put(&["a", "longer_name", "é", "x-y"]);
        self.text.push_str(&self.arguments.to_string());
        self.blank();
        self.text.push('=');
        self.blank();
        if self.dice.below(6) == 0 {
            self.put(&["<<EOT\n", "<<-EOT\n"]);
            self.template(depth, &["a\n", "  b\n", "\tc", "\n", "$${d}", "'\"\\", "é # {\n"]);
            self.put(&["\nEOT", "\n   EOT", "\n\tEOT "]);
            // The closing mark stands alone on its line.
            self.text.push('\n');
        } else {
            self.expression(depth);
        }
    }

    fn template(&mut self, depth: usize, literals: &[&str]) {
        for _ in 0..self.dice.below(4) {
            match self.dice.below(5) {
                0 if depth > 0 => self.sequence("%{if ", depth, "}x%{ else ~}%{endif}"),
                1 | 2 if depth > 0 => self.sequence("a${~ ", depth, " }"),
                _ => self.put(literals),
            }
        }
    }

    fn sequence(&mut self, open: &str, depth: usize, close: &str) {
        self.text.push_str(open);
        self.expression(depth - 1);
        self.wide();
        self.text.push_str(close);
    }

    fn expression(&mut self, depth: usize) {
        self.put(&["", "", "", "-", "!", "- "]);
        match self.dice.below(if depth == 0 { 2 } else { 9 }) {
            0 => self.put(&["1", "2.5e3", "true", "null", "\"s\"", "\"\\n$${x}\""]),
            1 => self.put(&["a", "in", "if", "var.x", "a .b", "f()", "a [0]", "b[ * ].c", "x.*.y"]),
            2 => self.enclosed(&["(", "f (", "p::f("], ")", depth),
            3 => self.enclosed(&["[", "[1,"], "]", depth),
            4 => self.object(depth),
            5 => self.enclosed(&["[for x in y:", "[ for k ,v in{}: k if "], "]", depth),
            6 => {
                let opens = ["{for x in y:x=>", "{ for k,v in [m]: k=>f(v)... if "];
                self.enclosed(&opens, "}", depth);
            }
            7 => {
                self.text.push('"');
                self.template(depth, &["a", " ", "é", "\\\"", "$", "%%{x}", "[{", "#"]);
                self.text.push('"');
            }
            _ => {
                self.expression(depth - 1);
                self.put(&[" + ", "*", " ==", "&& ", " ? x : ", "?1:", " - ", "/* c */<"]);
                self.expression(depth - 1);
            }
        }
    }

    fn enclosed(&mut self, open: &[&str], close: &str, depth: usize) {
        self.put(open);
        self.wide();
        self.expression(depth - 1);
        self.wide();
        self.text.push_str(close);
    }

    fn object(&mut self, depth: usize) {
        self.text.push('{');
        self.wide();
        for _ in 0..self.dice.below(3) {
            self.put(&["k", "longer", "\"q\"", "(c)", "1"]);
            self.put(&["=", " = ", ":", "  :"]);
            self.expression(depth - 1);
            self.put(&[",", "\n", ",\n", " # c\n", " , // c\n"]);
            self.wide();
        }
        self.text.push('}');
    }
}

/// The texts of the tokens of a source, line breaks included; without quotes, which labels gain.
fn significant(source: &str) -> Vec<String> {
    let tokens = scan(source).unwrap();
    tokens
        .iter()
        .filter(|token| !matches!(token.kind, Kind::End | Kind::QuoteOpen | Kind::QuoteClose))
        .map(|token| token.text.to_string())
        .collect()
}

#[test]
fn formatting_twice_is_formatting_once() {
    for seed in 1..3_000 {
        let source = Author::write(seed);
        let once = format(&source).unwrap_or_else(|mistake| panic!("{seed} {mistake:?}\n{source}"));
        let twice = format(&once).unwrap_or_else(|mistake| panic!("{seed} {mistake:?}\n{once}"));
        assert_eq!(once, twice, "seed {seed}:\n{source}");
    }
}

#[test]
fn only_white_space_moves() {
    for seed in 1..3_000 {
        let source = Author::write(seed);
        let once = format(&source).unwrap();
        assert_eq!(significant(&source), significant(&once), "seed {seed}:\n{source}");
    }
}

#[test]
fn damaged_source_never_panics() {
    for seed in 1..3_000 {
        let mut source = Author::write(seed);
        let mut dice = Dice(seed);
        for _ in 0..3 {
            let at = dice.below(source.chars().count() + 1);
            let at = source.char_indices().nth(at).map_or(source.len(), |(at, _)| at);
            let piece = dice.pick(&[
                "\"", "{", "}", "${", "%{", "~}", "<<E\n", "(", "]", "\\", "é", "\r", "/*",
            ]);
            source.insert_str(at, piece);
        }
        match format(&source) {
            Ok(once) => assert!(format(&once).is_ok(), "seed {seed}:\n{source}"),
            Err(mistake) => {
                let lines = source.matches('\n').count() + 1;
                assert!((1..=lines).contains(&mistake.line), "seed {seed}: {mistake:?}");
            }
        }
    }
}
