//! Random numbers that are the same on every machine and in every version.

/// A generator of the xoshiro256++ kind, seeded by splitmix64.
///
/// No crate is used because the samples are checked in: the numbers must never change.
///
/// ```
/// use sluice_samples::random::Random;
/// assert_eq!(Random::new(7).next(), Random::new(7).next());
/// ```
#[derive(Debug, Clone)]
pub struct Random([u64; 4]);

impl Random {
    /// The generator of this seed.
    pub fn new(seed: u64) -> Self {
        let mut state = seed;
        Random(std::array::from_fn(|_| split_mix(&mut state)))
    }

    /// The next 64 bits.
    #[expect(clippy::should_implement_trait, reason = "it never ends, so an Option would be in the way")]
    pub fn next(&mut self) -> u64 {
        let [a, b, c, d] = self.0;
        let result = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let (c, d) = (c ^ a, d ^ b);
        self.0 = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        result
    }

    /// A number below `limit`, or 0 if the limit is 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        // The high half of a product; the bias is far below what a sample could show.
        ((u128::from(self.next()) * u128::from(limit)) >> 64) as u64
    }

    /// A number from `low` to below `high`.
    pub fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(u64::from(high.saturating_sub(low))) as u32
    }

    /// True so many times in a hundred.
    pub fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }

    /// One of these. INVARIANT: callers pass constant tables, which are not empty.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len() as u64) as usize]
    }

    /// So many upper-case hexadecimal digits.
    pub fn hex(&mut self, digits: usize) -> String {
        let mut text = String::with_capacity(digits + 16);
        while text.len() < digits {
            push_hex(&mut text, self.next());
        }
        text.truncate(digits);
        text
    }
}

fn push_hex(text: &mut String, number: u64) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    text.extend((0..16).map(|at| char::from(DIGITS[(number >> (4 * at)) as usize & 15])));
}

fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

/// A hash of text that never changes, to derive hashes and GUIDs from names.
pub fn hash(text: &str) -> u64 {
    let fold = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
    text.bytes().fold(0xCBF2_9CE4_8422_2325, fold)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_below_their_limit() {
        let mut random = Random::new(1);
        assert!((0..1000).all(|_| random.below(7) < 7 && (3..5).contains(&random.between(3, 5))));
        assert_eq!(random.below(0), 0);
    }

    #[test]
    fn the_hash_of_nothing_is_the_basis_of_fnv() {
        assert_eq!(hash(""), 0xCBF2_9CE4_8422_2325);
    }
}
