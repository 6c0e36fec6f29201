//! Finds what repeats, with the choices that Go's encoder makes at level 6.

/// What a block is made of: a byte, or bytes from `distance` before again.
#[derive(Clone, Copy, Debug)]
pub(super) enum Token {
    Literal(u8),
    Repeat { length: u16, distance: u16 },
}

/// How far back a repeat reaches, and how often a new stretch of text is taken in.
const WINDOW: usize = 1 << 15;
const SHORTEST: usize = 4;
const LONGEST: usize = 258;
/// Among the shortest repeats only those near by are worth their distance.
const NEAR: usize = 4096;
/// A repeat of this length is taken without looking whether the next byte begins a longer one.
const LAZY: usize = 16;
/// A repeat of this length ends the search.
const NICE: usize = 128;
/// How many earlier places are looked at.
const TRIES: usize = 128;
/// A block has at most this many tokens.
const BLOCK: usize = 1 << 14;
const HASH_BITS: u32 = 17;

/// A repeat that was found; the length `SHORTEST - 1` means none.
#[derive(Clone, Copy)]
struct Repeat {
    length: usize,
    distance: usize,
}

const NONE: Repeat = Repeat { length: SHORTEST - 1, distance: 0 };

struct Search<'a, Emit> {
    text: &'a [u8],
    /// The last place of each hash, and before each place of the window the one before; all are
    /// one too high, so that zero is nowhere.
    heads: Vec<usize>,
    before: Vec<usize>,
    /// Where the text begins that is still at hand, and where the text ends that was taken in.
    start: usize,
    end: usize,
    at: usize,
    /// The repeat that begins at the byte before `at`.
    found: Repeat,
    /// The byte before `at` has not become a token yet.
    is_waiting: bool,
    tokens: Vec<Token>,
    block_start: usize,
    emit: Emit,
}

/// Turns text into blocks of tokens; with each goes the text it stands for, unless a part of that
/// was no longer at hand, when a block is never stored as it is.
pub(super) fn blocks(text: &[u8], emit: impl FnMut(&[Token], Option<&[u8]>)) {
    let mut search = Search {
        text,
        heads: vec![0; 1 << HASH_BITS],
        before: vec![0; WINDOW],
        start: 0,
        end: text.len().min(2 * WINDOW),
        at: 0,
        found: NONE,
        is_waiting: false,
        tokens: Vec::with_capacity(BLOCK),
        block_start: 0,
        emit,
    };
    while search.at < text.len() {
        search.take_in();
        search.step();
    }
    search.finish();
}

impl<Emit: FnMut(&[Token], Option<&[u8]>)> Search<'_, Emit> {
    /// Moves the window on when what was taken in might end within a repeat.
    fn take_in(&mut self) {
        if self.end < self.text.len() && self.end - self.at < SHORTEST + LONGEST {
            self.start += WINDOW;
            self.end = self.text.len().min(self.start + 2 * WINDOW);
        }
    }

    /// Looks at one place: a repeat at the byte before is taken unless a longer one begins here.
    fn step(&mut self) {
        let earlier = self.remember(self.at);
        let last = std::mem::replace(&mut self.found, NONE);
        if last.length < LAZY && self.text.len() - self.at > last.length {
            self.found = self.longest(earlier);
        }
        if last.length >= SHORTEST && self.found.length <= last.length {
            self.take(last);
        } else {
            self.take_waiting_byte();
            self.is_waiting = true;
            self.at += 1;
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "neither is above 32,768")]
    fn take(&mut self, repeat: Repeat) {
        let Repeat { length, distance } = repeat;
        let after = self.at + length - 1;
        (self.at + 1..after).for_each(|at| _ = self.remember(at));
        self.at = after;
        self.is_waiting = false;
        self.found = NONE;
        self.push(Token::Repeat { length: length as u16, distance: distance as u16 });
    }

    fn take_waiting_byte(&mut self) {
        if self.is_waiting {
            self.push(Token::Literal(self.text[self.at - 1]));
        }
    }

    fn push(&mut self, token: Token) {
        self.tokens.push(token);
        if self.tokens.len() == BLOCK {
            self.end_block();
        }
    }

    fn end_block(&mut self) {
        let is_at_hand = self.block_start >= self.start;
        let covered = is_at_hand.then(|| &self.text[self.block_start..self.at]);
        (self.emit)(&self.tokens, covered);
        self.tokens.clear();
        self.block_start = self.at;
    }

    fn finish(&mut self) {
        if self.is_waiting {
            self.tokens.push(Token::Literal(self.text[self.at - 1]));
        }
        if !self.tokens.is_empty() {
            self.end_block();
        }
    }

    /// Enters a place into its chain and answers with the place before it in the chain.
    fn remember(&mut self, at: usize) -> Option<usize> {
        let four: [u8; SHORTEST] = *self.text[at..].first_chunk()?;
        let hash = u32::from_be_bytes(four).wrapping_mul(0x1e35_a7bd) >> (32 - HASH_BITS);
        let head = std::mem::replace(&mut self.heads[hash as usize], at + 1);
        self.before[at % WINDOW] = head;
        head.checked_sub(1)
    }

    /// The longest repeat at the present place; of equal ones the nearest.
    fn longest(&self, earlier: Option<usize>) -> Repeat {
        let at = self.at;
        let text = &self.text[..self.text.len().min(at + LONGEST)];
        let oldest = self.start.max(at.saturating_sub(WINDOW));
        let nice = NICE.min(text.len() - at);
        let mut best = NONE;
        let mut next = earlier;
        for _ in 0..TRIES {
            let Some(place) = next.filter(|&place| place >= oldest) else { break };
            let length = common_prefix(&text[place..], &text[at..]);
            let is_worth = length > SHORTEST || at - place <= NEAR;
            if length > best.length && is_worth {
                best = Repeat { length, distance: at - place };
            }
            // The entry of the oldest place has been overwritten by the present one's.
            if best.length >= nice || at - place == WINDOW {
                break;
            }
            next = self.before[place % WINDOW].checked_sub(1);
        }
        best
    }
}

fn common_prefix(one: &[u8], other: &[u8]) -> usize {
    one.iter().zip(other).take_while(|(a, b)| a == b).count()
}
