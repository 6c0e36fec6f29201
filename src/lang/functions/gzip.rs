//! Gzip, byte for byte as Terraform writes it: another encoder's bytes, though they mean the same,
//! would replace every machine whose user data were compressed by Terraform before.
//!
//! No encoder at hand chooses as Go's does, so the blocks are made here: `search` finds what
//! repeats, `block` writes it in the cheapest way, with the codes of `code` and the bits of `bits`.

mod bits;
mod block;
mod code;
mod search;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bits::Bits;

use super::arguments::text;
use super::{Function, Parameter, Returns, Shape};

pub(super) static BASE64GZIP: Function = Function::new(
    "base64gzip",
    &[Parameter::string("str")],
    Returns::Always(Shape::String),
    |call| Ok(text(BASE64_STANDARD.encode(compress(call.text(0).as_bytes())))),
    "Compresses text with gzip and encodes the result as Base64.",
);

/// No name, no time, an unknown system: the same text always gives the same bytes.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

/// Compresses with level 6. As Terraform flushes before it closes, an empty stored block comes
/// before the empty stored block that ends the stream.
fn compress(plain: &[u8]) -> Vec<u8> {
    let mut bits = Bits::after(HEADER.to_vec());
    search::blocks(plain, |tokens, covered| block::write(&mut bits, tokens, covered));
    block::write_stored(&mut bits, &[], false);
    block::write_stored(&mut bits, &[], true);
    let mut bytes = bits.into_bytes();
    let mut sum = flate2::Crc::new();
    sum.update(plain);
    bytes.extend(sum.sum().to_le_bytes());
    bytes.extend(sum.amount().to_le_bytes());
    bytes
}
