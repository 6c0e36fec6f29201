//! Bits in the order of RFC 1951: the lowest bit of a byte comes first.

pub(super) struct Bits {
    bytes: Vec<u8>,
    /// Fewer than eight bits, which wait for a whole byte.
    waiting: u32,
    count: u32,
}

impl Bits {
    /// Goes on after whole bytes.
    pub(super) fn after(bytes: Vec<u8>) -> Self {
        Self { bytes, waiting: 0, count: 0 }
    }

    /// Writes the lowest `count` bits of a value, at most 16.
    pub(super) fn write(&mut self, value: u16, count: u8) {
        self.waiting |= u32::from(value) << self.count;
        self.count += u32::from(count);
        while self.count >= 8 {
            self.bytes.push(self.waiting.to_le_bytes()[0]);
            self.waiting >>= 8;
            self.count -= 8;
        }
    }

    /// Fills the byte that was begun with zeros.
    pub(super) fn align(&mut self) {
        if self.count > 0 {
            self.bytes.push(self.waiting.to_le_bytes()[0]);
            (self.waiting, self.count) = (0, 0);
        }
    }

    /// Writes whole bytes; only after `align`.
    pub(super) fn write_bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub(super) fn into_bytes(mut self) -> Vec<u8> {
        self.align();
        self.bytes
    }
}
