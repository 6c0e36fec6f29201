//! Lays tokens out: indentation, blanks between tokens, and columns that line up.
//!
//! A line has up to three cells: the lead, the assignment (from `=`) and the trailing comment.
//! The assignments of neighbouring lines start in one column, and so do their comments.

use std::ops::Range;

use super::columns::columns;
use super::spacing::is_spaced;
use super::token::{Kind, Token};

/// Writes `tokens`, the last of which is [`Kind::End`], in canonical layout.
pub(super) fn layout(tokens: &[Token<'_>]) -> String {
    let Some((end, content)) = tokens.split_last() else { return String::new() };
    let mut page =
        Page { tokens: content, blanks: vec![0; content.len()], lines: lines_of(content) };
    page.indent();
    page.space();
    page.align_assignments();
    page.align_comments();
    page.write(end.text.len())
}

/// Token indexes of one line, in three cells that follow each other; the last two may be empty.
#[derive(Debug, Clone)]
struct Line {
    lead: Range<usize>,
    assignment: Range<usize>,
    comment: Range<usize>,
}

/// Splits the tokens into lines and those into cells.
fn lines_of(tokens: &[Token<'_>]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    while start < tokens.len() {
        let length = tokens[start..]
            .iter()
            .position(Token::ends_line)
            .map_or(tokens.len() - start, |at| at + 1);
        let line = start..start + length;
        start = line.end;
        lines.push(cells_of(tokens, line));
    }
    lines
}

fn cells_of(tokens: &[Token<'_>], line: Range<usize>) -> Line {
    let has_comment = line.len() > 1 && tokens[line.end - 1].kind == Kind::Comment;
    let comment = line.end - usize::from(has_comment)..line.end;
    let content = line.start..comment.start;
    // Only what is complete on its line is an assignment that lines up with its neighbours.
    let assignment = content
        .clone()
        .skip(1)
        .find(|index| tokens[*index].kind == Kind::Assign)
        .filter(|start| nesting(&tokens[*start..content.end]) == 0)
        .unwrap_or(content.end);
    Line { lead: content.start..assignment, assignment: assignment..content.end, comment }
}

fn nesting(tokens: &[Token<'_>]) -> isize {
    tokens.iter().map(|token| token.kind.nesting()).sum()
}

struct Page<'t, 'a> {
    tokens: &'t [Token<'a>],
    /// Blanks before each token.
    blanks: Vec<usize>,
    lines: Vec<Line>,
}

impl Page<'_, '_> {
    /// Indents each line by two blanks per line that opened brackets and has not seen them closed.
    fn indent(&mut self) {
        let mut openers: Vec<isize> = Vec::new();
        for line in &self.lines {
            let Some(first) = self.tokens.get(line.lead.start) else { continue };
            if first.kind == Kind::Newline {
                continue;
            }
            let change = indent_change(&self.tokens[line.lead.start..line.comment.start]);
            let mut closed = -change;
            while closed > 0 {
                let Some(top) = openers.last_mut() else { break };
                let taken = closed.min(*top);
                closed -= taken;
                *top -= taken;
                if *top == 0 {
                    openers.pop();
                }
            }
            self.blanks[line.lead.start] = 2 * openers.len();
            if change > 0 {
                openers.push(change);
            }
        }
    }

    /// Sets the blanks between the tokens of each cell.
    fn space(&mut self) {
        for line in &self.lines {
            for cell in [&line.lead, &line.assignment] {
                for right in cell.start + 1..cell.end {
                    let before = (right - 1 > cell.start).then(|| &self.tokens[right - 2]);
                    let spaced = is_spaced(before, &self.tokens[right - 1], &self.tokens[right]);
                    self.blanks[right] = usize::from(spaced);
                }
            }
        }
    }

    fn align_assignments(&mut self) {
        self.align(|line| (line.lead.clone(), line.assignment.clone()));
    }

    fn align_comments(&mut self) {
        self.align(|line| (line.lead.start..line.comment.start, line.comment.clone()));
    }

    /// Starts the second of the two cells in one column on all neighbouring lines that have it.
    fn align(&mut self, cells: impl Fn(&Line) -> (Range<usize>, Range<usize>)) {
        let lines = std::mem::take(&mut self.lines);
        for chain in lines.split(|line| cells(line).1.is_empty()) {
            let widths: Vec<usize> = chain.iter().map(|line| self.width(cells(line).0)).collect();
            let widest = widths.iter().max().copied().unwrap_or(0);
            for (line, width) in chain.iter().zip(widths) {
                self.blanks[cells(line).1.start] = widest - width + 1;
            }
        }
        self.lines = lines;
    }

    /// Columns that the tokens take, with the blanks before each.
    fn width(&self, cell: Range<usize>) -> usize {
        cell.map(|index| self.blanks[index] + columns(&self.tokens[index].text)).sum()
    }

    fn write(&self, final_blanks: usize) -> String {
        let length: usize = self.tokens.iter().map(|token| token.text.len()).sum();
        let mut page =
            String::with_capacity(length + self.blanks.iter().sum::<usize>() + final_blanks);
        for (token, blanks) in self.tokens.iter().zip(&self.blanks) {
            page.extend(std::iter::repeat_n(' ', *blanks));
            page.push_str(&token.text);
        }
        page.extend(std::iter::repeat_n(' ', final_blanks));
        page
    }
}

/// Change of nesting over a line, up to where a heredoc begins: what follows is its text.
fn indent_change(line: &[Token<'_>]) -> isize {
    let end = line.iter().position(|token| token.kind == Kind::HeredocOpen).unwrap_or(line.len());
    nesting(&line[..end])
}
