//! Prefix codes of RFC 1951: the shortest ones for given frequencies, within a longest length.

use super::bits::Bits;

/// The bits of every symbol of an alphabet; a symbol that never occurs has none.
pub(super) struct Code {
    lengths: Vec<u8>,
    /// Reversed, as they are written.
    patterns: Vec<u16>,
}

impl Code {
    /// The code in which text of these frequencies is shortest.
    pub(super) fn shortest(frequencies: &[u32], longest: usize) -> Self {
        Self::with_lengths(shortest_lengths(frequencies, longest))
    }

    /// Symbols of one length have successive patterns, and shorter ones come first.
    pub(super) fn with_lengths(lengths: Vec<u8>) -> Self {
        let mut patterns = vec![0; lengths.len()];
        let mut next = 0_u16;
        for length in 1..=15 {
            next <<= 1;
            for symbol in (0..lengths.len()).filter(|&symbol| lengths[symbol] == length) {
                patterns[symbol] = next.reverse_bits() >> (16 - length);
                next = next.wrapping_add(1);
            }
        }
        Self { lengths, patterns }
    }

    pub(super) fn lengths(&self) -> &[u8] {
        &self.lengths
    }

    /// How many bits text of these frequencies takes.
    pub(super) fn cost(&self, frequencies: &[u32]) -> usize {
        let each = frequencies.iter().zip(&self.lengths);
        each.map(|(&frequency, &length)| frequency as usize * usize::from(length)).sum()
    }

    pub(super) fn write(&self, bits: &mut Bits, symbol: usize) {
        bits.write(self.patterns[symbol], self.lengths[symbol]);
    }
}

/// A symbol, or two items of the level below together.
#[derive(Clone, Copy)]
struct Item {
    weight: u64,
    is_symbol: bool,
}

/// Package-merge: each level holds the symbols and the pairs of the level below by weight, and a
/// symbol has one bit for each level among whose needed items it is.
fn shortest_lengths(frequencies: &[u32], longest: usize) -> Vec<u8> {
    let mut lengths = vec![0; frequencies.len()];
    let mut symbols: Vec<usize> = (0..lengths.len()).filter(|&one| frequencies[one] > 0).collect();
    if symbols.len() <= 2 {
        symbols.iter().for_each(|&symbol| lengths[symbol] = 1);
        return lengths;
    }
    symbols.sort_by_key(|&symbol| frequencies[symbol]);
    let weigh = |&symbol: &usize| Item { weight: frequencies[symbol].into(), is_symbol: true };
    let items: Vec<Item> = symbols.iter().map(weigh).collect();
    let mut levels = vec![items.clone()];
    for below in 1..longest.min(symbols.len() - 1) {
        levels.push(merged(&items, &levels[below - 1]));
    }
    let mut needed = 2 * symbols.len() - 2;
    for level in levels.iter().rev() {
        let counted = level[..needed].iter().filter(|item| item.is_symbol).count();
        symbols[..counted].iter().for_each(|&symbol| lengths[symbol] += 1);
        needed = 2 * (needed - counted);
    }
    lengths
}

/// Of equal weights the pair comes first, as in Go: this decides which of the shortest codes it is.
fn merged(symbols: &[Item], below: &[Item]) -> Vec<Item> {
    let mut symbols = symbols.iter().copied().peekable();
    let mut level = Vec::with_capacity(2 * symbols.len());
    for pair in below.chunks_exact(2) {
        let weight = pair[0].weight + pair[1].weight;
        while let Some(symbol) = symbols.next_if(|symbol| symbol.weight < weight) {
            level.push(symbol);
        }
        level.push(Item { weight, is_symbol: false });
    }
    level.extend(symbols);
    level
}
