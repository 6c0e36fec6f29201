//! One block: stored, with the fixed code or with its own, whichever is shortest.

use std::ops::RangeInclusive;

use super::bits::Bits;
use super::code::Code;
use super::search::Token;

/// The symbol that ends a block.
const END: usize = 256;

/// How many bits the longest symbol of text takes, and of the code lengths themselves.
const LONGEST: usize = 15;
const LONGEST_OF_LENGTHS: usize = 7;

/// The shortest length of each length symbol from 257 on, and the shortest distance of each
/// distance symbol; how far it is above that follows in extra bits.
const LENGTHS: [u16; 29] = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
    163, 195, 227, 258,
];
const LENGTH_EXTRA: [u8; 29] =
    [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCES: [u16; 30] = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537,
    2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577,
];
const DISTANCE_EXTRA: [u8; 30] = [
    0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13,
    13,
];

/// The order in which the code of the code lengths is written.
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// How often each symbol occurs in a block.
struct Frequencies {
    text: [u32; END + 1 + LENGTHS.len()],
    distances: [u32; DISTANCES.len()],
}

/// The codes of a block: of text and lengths, and of distances.
struct Codes {
    text: Code,
    distances: Code,
}

/// Writes a block; `covered` is the text it stands for, where that is still known.
pub(super) fn write(bits: &mut Bits, tokens: &[Token], covered: Option<&[u8]>) {
    let frequencies = Frequencies::of(tokens);
    let extra = frequencies.extra_bits();
    let (fixed, own) = (Codes::fixed(), Codes::shortest(&frequencies));
    let preamble = Preamble::new(&own, &frequencies);
    let fixed_cost = 3 + fixed.cost(&frequencies) + extra;
    let own_cost = preamble.cost() + own.cost(&frequencies) + extra;
    let stored = covered.filter(|text| text.len() <= usize::from(u16::MAX));
    if let Some(text) = stored.filter(|text| (text.len() + 5) * 8 < fixed_cost.min(own_cost)) {
        return write_stored(bits, text, false);
    }
    if own_cost < fixed_cost {
        preamble.write(bits);
        own.write(bits, tokens);
    } else {
        bits.write(2, 3);
        fixed.write(bits, tokens);
    }
}

/// Writes text as it is, at most 65,535 bytes.
pub(super) fn write_stored(bits: &mut Bits, text: &[u8], last: bool) {
    let [low, high, ..] = text.len().to_le_bytes();
    bits.write(u16::from(last), 3);
    bits.align();
    bits.write_bytes(&[low, high, !low, !high]);
    bits.write_bytes(text);
}

/// The symbol whose range holds a length or a distance, and how far above its shortest that is.
fn symbol(shortest: &[u16], value: u16) -> (usize, u16) {
    let symbol = shortest.partition_point(|&one| one <= value) - 1;
    (symbol, value - shortest[symbol])
}

impl Frequencies {
    fn of(tokens: &[Token]) -> Self {
        let mut found = Self { text: [0; _], distances: [0; _] };
        found.text[END] = 1;
        for token in tokens {
            match *token {
                Token::Literal(byte) => found.text[usize::from(byte)] += 1,
                Token::Repeat { length, distance } => {
                    found.text[END + 1 + symbol(&LENGTHS, length).0] += 1;
                    found.distances[symbol(&DISTANCES, distance).0] += 1;
                }
            }
        }
        if found.distances == [0; _] {
            // A block with a code of its own has at least one distance.
            found.distances[0] = 1;
        }
        found
    }

    fn extra_bits(&self) -> usize {
        let lengths = self.text[END + 1..].iter().zip(LENGTH_EXTRA);
        let distances = self.distances.iter().zip(DISTANCE_EXTRA);
        lengths.chain(distances).map(|(&count, extra)| count as usize * usize::from(extra)).sum()
    }
}

impl Codes {
    fn fixed() -> Self {
        let of_text = |symbol| match symbol {
            0..144 | 280.. => 8,
            144..256 => 9,
            256..280 => 7,
        };
        let text = Code::with_lengths((0..288_u16).map(of_text).collect());
        Self { text, distances: Code::with_lengths(vec![5; DISTANCES.len()]) }
    }

    fn shortest(frequencies: &Frequencies) -> Self {
        Self {
            text: Code::shortest(&frequencies.text, LONGEST),
            distances: Code::shortest(&frequencies.distances, LONGEST),
        }
    }

    fn cost(&self, frequencies: &Frequencies) -> usize {
        self.text.cost(&frequencies.text) + self.distances.cost(&frequencies.distances)
    }

    fn write(&self, bits: &mut Bits, tokens: &[Token]) {
        for token in tokens {
            match *token {
                Token::Literal(byte) => self.text.write(bits, byte.into()),
                Token::Repeat { length, distance } => {
                    let (one, above) = symbol(&LENGTHS, length);
                    self.text.write(bits, END + 1 + one);
                    bits.write(above, LENGTH_EXTRA[one]);
                    let (one, above) = symbol(&DISTANCES, distance);
                    self.distances.write(bits, one);
                    bits.write(above, DISTANCE_EXTRA[one]);
                }
            }
        }
        self.text.write(bits, END);
    }
}

/// What stands before a block with codes of its own: the lengths of their symbols, themselves
/// shortened and coded.
struct Preamble {
    text_count: usize,
    distance_count: usize,
    runs: Vec<Run>,
    frequencies: [u32; ORDER.len()],
    code: Code,
}

/// A code length, or 16, 17 or 18: the last one or zero repeated, as often as `extra` says.
struct Run {
    symbol: u8,
    extra: usize,
}

impl Run {
    fn extra_bits(symbol: usize) -> u8 {
        match symbol {
            16 => 2,
            17 => 3,
            18 => 7,
            _ => 0,
        }
    }
}

/// How many symbols there are up to the last one that occurs.
fn used(frequencies: &[u32]) -> usize {
    frequencies.iter().rposition(|&count| count > 0).map_or(0, |last| last + 1)
}

impl Preamble {
    fn new(codes: &Codes, frequencies: &Frequencies) -> Self {
        let (text_count, distance_count) = (used(&frequencies.text), used(&frequencies.distances));
        let of_text = &codes.text.lengths()[..text_count];
        let runs = runs(&[of_text, &codes.distances.lengths()[..distance_count]].concat());
        let mut frequencies = [0; ORDER.len()];
        runs.iter().for_each(|run| frequencies[usize::from(run.symbol)] += 1);
        let code = Code::shortest(&frequencies, LONGEST_OF_LENGTHS);
        Self { text_count, distance_count, runs, frequencies, code }
    }

    /// How many lengths of its own code are written: at least four.
    fn code_count(&self) -> usize {
        used(&ORDER.map(|symbol| self.frequencies[symbol])).max(4)
    }

    fn cost(&self) -> usize {
        let extra = self.runs.iter().map(|run| usize::from(Run::extra_bits(run.symbol.into())));
        let counts = 3 + 5 + 5 + 4;
        counts + 3 * self.code_count() + self.code.cost(&self.frequencies) + extra.sum::<usize>()
    }

    #[expect(clippy::cast_possible_truncation, reason = "counts of symbols are below 300")]
    fn write(&self, bits: &mut Bits) {
        bits.write(4, 3);
        bits.write((self.text_count - 257) as u16, 5);
        bits.write((self.distance_count - 1) as u16, 5);
        bits.write((self.code_count() - 4) as u16, 4);
        for &symbol in &ORDER[..self.code_count()] {
            bits.write(self.code.lengths()[symbol].into(), 3);
        }
        for run in &self.runs {
            let symbol = usize::from(run.symbol);
            self.code.write(bits, symbol);
            bits.write(run.extra as u16, Run::extra_bits(symbol));
        }
    }
}

/// Shortens equal lengths after one another.
fn runs(lengths: &[u8]) -> Vec<Run> {
    let mut runs = Vec::new();
    for equal in lengths.chunk_by(|a, b| a == b) {
        let (length, mut left) = (equal[0], equal.len());
        if length == 0 {
            repeat(&mut runs, 18, 11..=138, &mut left);
            repeat(&mut runs, 17, 3..=10, &mut left);
        } else {
            runs.push(Run { symbol: length, extra: 0 });
            left -= 1;
            repeat(&mut runs, 16, 3..=6, &mut left);
        }
        runs.extend((0..left).map(|_| Run { symbol: length, extra: 0 }));
    }
    runs
}

/// Takes as many at once as a symbol can stand for, while there are enough.
fn repeat(runs: &mut Vec<Run>, symbol: u8, counts: RangeInclusive<usize>, left: &mut usize) {
    while *left >= *counts.start() {
        let count = (*counts.end()).min(*left);
        runs.push(Run { symbol, extra: count - counts.start() });
        *left -= count;
    }
}
