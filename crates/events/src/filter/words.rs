//! Finds a few words in bytes, fast.

use aho_corasick::{AhoCorasick, MatchKind, packed};

/// A search for any of several words.
pub(crate) enum Words {
    /// With the processor's vector instructions.
    Packed(packed::Searcher),
    /// Where there are none, or too many words.
    Automaton(AhoCorasick),
}

impl Words {
    /// A search for these words; `None` if it would be too large.
    pub(crate) fn new<W: AsRef<[u8]>>(words: &[W]) -> Option<Self> {
        let packed = packed::Config::new()
            .match_kind(packed::MatchKind::LeftmostLongest)
            .builder()
            .extend(words.iter().map(AsRef::as_ref))
            .build();
        packed.map(Self::Packed).or_else(|| {
            let words = words.iter().map(AsRef::as_ref);
            let automaton = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(words);
            automaton.ok().map(Self::Automaton)
        })
    }

    /// Calls `found` with the number, the start and the end of each word in `bytes`, from left to right, the longest
    /// at each place and without overlaps, until it says to stop.
    pub(crate) fn each(&self, bytes: &[u8], mut found: impl FnMut(usize, usize, usize) -> bool) {
        match self {
            Self::Packed(searcher) => {
                for word in searcher.find_iter(bytes) {
                    if !found(word.pattern().as_usize(), word.start(), word.end()) {
                        return;
                    }
                }
            }
            Self::Automaton(automaton) => {
                for word in automaton.find_iter(bytes) {
                    if !found(word.pattern().as_usize(), word.start(), word.end()) {
                        return;
                    }
                }
            }
        }
    }
}
