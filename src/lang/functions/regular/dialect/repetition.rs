//! Repetition operators: `*`, `+`, `?` and counts.

use super::{Mistake, Operand, Translator};

/// The most that counts may repeat something, also one inside another.
const REPEAT_MAX: u32 = 1000;

/// A larger number than any that is allowed.
const TOO_MANY: u32 = REPEAT_MAX + 1;

/// How often a count repeats: at least, and at most, where there is a most.
type Count = (u32, Option<u32>);

impl Translator<'_> {
    /// Reads a repetition, if one stands here.
    pub(super) fn repetition(&mut self, operator: char) -> Result<bool, Mistake> {
        let start = self.rest;
        let (after, count) = match operator {
            '*' | '+' | '?' => (&start[1..], None),
            '{' => match count(&start[1..]) {
                Some((count, after)) => (after, Some(count)),
                None => return Ok(false),
            },
            _ => return Ok(false),
        };
        if let Some((least, most)) = count
            && (least > REPEAT_MAX || most.is_some_and(|most| most > REPEAT_MAX || most < least))
        {
            return Self::between("invalid repeat count", start, after);
        }
        let after = after.strip_prefix('?').unwrap_or(after);
        if let Some(before) = self.repeated {
            return Self::between("invalid nested repetition operator", before, after);
        }
        let Some(operand) = self.group.operand else {
            return Self::between("missing argument to repetition operator", start, after);
        };
        let repeats = repeats(operand.repeats, count);
        if count.is_some_and(|(least, most)| least.max(most.unwrap_or(0)) >= 2)
            && repeats > REPEAT_MAX
        {
            return Self::between("invalid repeat count", start, after);
        }
        // Flags may stand between the operand and its repetition.
        let text = &start[..start.len() - after.len()];
        self.out.insert_str(operand.end, text);
        self.group.operand = Some(Operand { end: operand.end + text.len(), repeats });
        self.group.repeats = self.group.repeats.max(repeats);
        self.repeated = Some(start);
        self.rest = after;
        Ok(true)
    }
}

/// How often something is repeated when what repeats it already so often is repeated itself.
fn repeats(inner: u32, count: Option<Count>) -> u32 {
    match count {
        None => inner,
        Some((_, Some(0))) => 0,
        Some((least, most)) => match most.unwrap_or(least) {
            0 => inner,
            times => times.saturating_mul(inner.max(1)),
        },
    }
}

/// Reads a count such as `2,5}`, and gives what stands after it. What is no count is a character like others.
fn count(text: &str) -> Option<(Count, &str)> {
    let (least, rest) = number(text)?;
    let (most, rest) = match rest.strip_prefix(',') {
        None => (Some(least), rest),
        Some(open) if open.starts_with('}') => (None, open),
        Some(rest) => {
            let (most, rest) = number(rest)?;
            (Some(most), rest)
        }
    };
    Some(((least, most), rest.strip_prefix('}')?))
}

fn number(text: &str) -> Option<(u32, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at(digits);
    if digits.is_empty() || (digits.len() > 1 && digits.starts_with('0')) {
        return None;
    }
    Some((digits.parse().unwrap_or(TOO_MANY), rest))
}
