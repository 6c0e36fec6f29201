//! The one door to randomness: bytes, numbers below a bound, UUIDs.

use diagnostics::Diagnostic;

/// Fills a buffer of `length` bytes from the operating system.
pub(crate) fn bytes(length: usize) -> Result<Vec<u8>, Diagnostic> {
    let mut buffer = vec![0; length];
    getrandom::fill(&mut buffer).map_err(|error| {
        let detail = format!("The operating system gave no random bytes: {error}.");
        Diagnostic::error("Randomness is not available", detail)
    })?;
    Ok(buffer)
}

/// A number from 0 up to and without `bound`, each as likely as any other.
///
/// `bound` is at least 1.
pub(crate) fn below(bound: u64) -> Result<u64, Diagnostic> {
    // What lies above the last whole multiple of the bound is drawn again, since it would favour
    // small numbers.
    let excess = (u64::MAX % bound + 1) % bound;
    loop {
        let drawn = bytes(8)?;
        let drawn = drawn.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        if drawn <= u64::MAX - excess {
            return Ok(drawn % bound);
        }
    }
}

/// Puts the elements into a random order.
pub(crate) fn shuffle<T>(elements: &mut [T]) -> Result<(), Diagnostic> {
    for last in (1..elements.len()).rev() {
        let other = below(last as u64 + 1)?;
        elements.swap(last, usize::try_from(other).unwrap_or(last));
    }
    Ok(())
}

/// A random UUID (version 4) in lower-case text.
pub(crate) fn uuid() -> Result<String, Diagnostic> {
    let mut bytes = bytes(16)?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let parts = [&text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..]];
    Ok(parts.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_below_their_bound() {
        for bound in [1, 2, 3, 10, u64::MAX] {
            assert!((0..50).all(|_| below(bound).unwrap() < bound), "{bound}");
        }
        let mut seen = [false; 10];
        (0..1000).for_each(|_| seen[usize::try_from(below(10).unwrap()).unwrap()] = true);
        assert_eq!(seen, [true; 10]);
    }

    #[test]
    fn a_uuid_says_that_it_is_random() {
        let uuid = uuid().unwrap();
        assert_eq!((uuid.len(), &uuid[14..15]), (36, "4"));
        assert!("89ab".contains(&uuid[19..20]), "{uuid}");
    }
}
