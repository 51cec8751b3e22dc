//! A filter at work in one reader.

use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use hashbrown::{Equivalent, HashMap};

use super::course::{Answer, Course, Event};
use super::sets::{self, Sets};
use super::{Field, Filter, TestId, WORD};
use crate::format::Format;

/// Values that are remembered a field, for each 64 of its tests.
const REMEMBERED: usize = 1_024;
/// And at most.
const MOST_REMEMBERED: usize = 8_192;
/// Longer values are not.
const LONGEST: usize = 512;
/// After so many values it is seen whether remembering pays.
const TRIAL: u32 = 1_024;

/// What is known of a field of the event at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    /// It has no value.
    Absent,
    /// It may have any.
    Unknown,
    /// It has one, which passes these tests: a bit for each of at most 64, else the number of a set of them, and 0 for
    /// none.
    Value(u64),
}

/// Any tests may be passed.
pub(super) const ANY: u64 = u64::MAX;

/// Which conditions of a filter an event may meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Met {
    /// Those of the set of this number.
    pub(super) set: u32,
    /// All was known that it took to tell.
    pub(super) is_clear: bool,
}

impl Met {
    /// It is not known which.
    pub(crate) const UNCLEAR: Self = Self { set: sets::ALL, is_clear: false };

    /// Whether the event does not matter.
    pub(crate) fn is_none(self) -> bool {
        self.set == sets::NONE
    }

    /// For a [`Sorter`](super::Sorter), if it need not look at the event again.
    pub(crate) fn known(self) -> Option<i64> {
        self.is_clear.then_some(self.set.into())
    }
}

/// What was remembered of the values of a format, field by field. Other formats store them in other ways. `None`: of
/// columns.
pub(super) type Spare = Mutex<Vec<(Option<Format>, Remembered)>>;

#[derive(Default)]
pub(super) struct Remembered {
    pub(super) fields: Vec<Memory>,
    course: Course,
}

/// Checks events, and remembers what values gave.
pub(crate) struct Matcher {
    pub(super) filter: Arc<Filter>,
    format: Option<Format>,
    pub(super) remembered: Remembered,
}

/// The tests of one field, for values as they are stored.
pub(crate) struct Tests<'a> {
    pub(super) field: &'a Field,
    pub(super) memory: &'a mut Memory,
}

#[derive(Default)]
pub(super) struct Memory {
    known: HashMap<(u8, Box<[u8]>), u64>,
    /// The sets of tests that were passed, where there are too many for the bits of a word.
    sets: Option<Sets<u64>>,
    passed: Vec<u64>,
    asked: u32,
    found: u32,
    is_off: bool,
}

#[derive(Hash)]
struct Stored<'a>(u8, &'a [u8]);

impl Equivalent<(u8, Box<[u8]>)> for Stored<'_> {
    fn equivalent(&self, key: &(u8, Box<[u8]>)) -> bool {
        self.0 == key.0 && *self.1 == *key.1
    }
}

impl Memory {
    /// Tests that are passed, as [`Seen::Value`] has them; `None`: there are too many sets of them.
    fn number(&mut self) -> Option<u64> {
        match self.passed.as_slice() {
            [] => Some(0),
            [word] => Some(*word),
            words if words.iter().all(|word| *word == 0) => Some(0),
            words => {
                let sets = self.sets.get_or_insert_with(|| Sets::of_all(&vec![u64::MAX; words.len()]));
                sets.number(words).map(u64::from)
            }
        }
    }

    /// Whether what was passed has a test among it.
    pub(super) fn passes(&self, passed: u64, test: usize) -> bool {
        let word = match &self.sets {
            Some(_) if passed == 0 => Some(0),
            Some(sets) if passed != ANY => {
                let set = u32::try_from(passed).ok().and_then(|number| sets.get(number));
                set.and_then(|words| words.get(test / WORD)).copied()
            }
            _ => Some(passed),
        };
        word.is_none_or(|word| word >> (test % WORD) & 1 == 1)
    }

    /// Adds to bits of tests those that were passed.
    fn add(&self, passed: u64, bits: &mut [u64]) {
        let number = u32::try_from(passed).ok().filter(|_| passed != 0);
        match (&self.sets, number.and_then(|number| self.sets.as_ref()?.get(number))) {
            (Some(_), Some(words)) => bits.iter_mut().zip(words).for_each(|(bits, word)| *bits |= word),
            _ => bits.iter_mut().for_each(|bits| *bits |= passed),
        }
    }
}

/// An event that is looked at.
struct Looked<'a> {
    filter: &'a Filter,
    memories: &'a mut [Memory],
    look: &'a mut dyn FnMut(usize, Tests<'_>) -> Seen,
    is_certain: &'a mut dyn FnMut(usize) -> bool,
}

impl Event for Looked<'_> {
    fn look(&mut self, at: usize) -> Answer {
        let (Some(field), Some(memory)) = (self.filter.fields.get(at), self.memories.get_mut(at)) else {
            return Answer::Unknown;
        };
        match (self.look)(at, Tests { field, memory }) {
            Seen::Value(tests) => Answer::Passed { tests, is_certain: tests == 0 || (self.is_certain)(at) },
            Seen::Absent => Answer::Passed { tests: 0, is_certain: true },
            Seen::Unknown => Answer::Unknown,
        }
    }

    fn passes(&self, tests: u64, test: TestId) -> bool {
        self.memories.get(test.field).is_none_or(|memory| memory.passes(tests, test.test))
    }

    fn set(&self, met: &[u32]) -> u32 {
        let mut sets = self.filter.met.lock().unwrap_or_else(PoisonError::into_inner);
        sets.number(met).unwrap_or(sets::ALL)
    }
}

impl Matcher {
    /// For a reader of a format, or for columns.
    pub(crate) fn new(filter: Arc<Filter>, format: Option<Format>) -> Self {
        let remembered = take_spare(&filter.spare, format).unwrap_or_else(|| {
            let fields = filter.fields.iter().map(|_| Memory::default()).collect();
            Remembered { fields, course: Course::default() }
        });
        Self { filter, format, remembered }
    }

    /// The fields that are looked at; [`Matcher::met`] asks for them by their place here.
    pub(crate) fn fields(&self) -> &[Field] {
        &self.filter.fields
    }

    /// Which conditions the event at hand may meet. `look` says what is known of a field, when it is needed.
    /// `is_certain` says whether what is seen is the field for sure, and not something that only looks like
    /// it: only then can a value speak against an event by passing a test.
    pub(crate) fn met(
        &mut self,
        look: &mut dyn FnMut(usize, Tests<'_>) -> Seen,
        is_certain: &mut dyn FnMut(usize) -> bool,
    ) -> Met {
        // The filter is borrowed: to count one more owner an event would make the cores wait for each other.
        let Self { filter, remembered: Remembered { fields: memories, course }, .. } = self;
        let mut event = Looked { filter, memories, look, is_certain };
        let (set, is_clear) = course.met(filter.program(), &mut event);
        Met { set, is_clear }
    }

    /// Bits of all tests that one of these values of a field passes.
    pub(crate) fn passed_by_any(&self, field: usize, values: impl Iterator<Item = u64>) -> Box<[u64]> {
        let words = self.filter.fields.get(field).map_or(0, Field::words);
        let mut bits = vec![0; words];
        if let Some(memory) = self.remembered.fields.get(field) {
            values.for_each(|passed| memory.add(passed, &mut bits));
        }
        bits.into()
    }
}

impl Drop for Matcher {
    fn drop(&mut self) {
        let remembered = std::mem::take(&mut self.remembered);
        let mut spare = self.filter.spare.lock().unwrap_or_else(PoisonError::into_inner);
        spare.push((self.format, remembered));
    }
}

fn take_spare(spare: &Spare, format: Option<Format>) -> Option<Remembered> {
    let mut spare = spare.lock().unwrap_or_else(PoisonError::into_inner);
    let at = spare.iter().position(|(of, _)| *of == format)?;
    Some(spare.swap_remove(at).1)
}

impl Tests<'_> {
    /// The field's name.
    pub(crate) fn name(&self) -> &str {
        &self.field.name
    }

    /// What is known of an event's text that holds no literal, if `bytes` are all it is made from.
    pub(crate) fn of_raw(self, bytes: &[u8]) -> Seen {
        if self.field.rules_out(bytes) { Seen::Value(0) } else { Seen::Unknown }
    }

    /// What a value gives that is `stored` in a way that `kind` names, where `text` makes its text or
    /// `None`. `is_plain`: letters and digits are stored as they are.
    pub(crate) fn of<'t>(
        self,
        kind: u8,
        stored: &[u8],
        is_plain: bool,
        text: impl FnOnce() -> Option<&'t str>,
    ) -> Seen {
        let memory = self.memory;
        let is_remembered = !memory.is_off && stored.len() <= LONGEST;
        if is_remembered {
            memory.asked += 1;
            if let Some(&passed) = memory.known.get(&Stored(kind, stored)) {
                memory.found += 1;
                return Seen::Value(passed);
            }
            if memory.asked == TRIAL && memory.found < TRIAL / 2 {
                (memory.is_off, memory.known) = (true, HashMap::new());
            }
        }
        let passed = if is_plain && self.field.rules_out(stored) {
            0
        } else {
            let Some(text) = text() else { return Seen::Unknown };
            self.field.pass(text, &mut memory.passed);
            let Some(passed) = memory.number() else { return Seen::Unknown };
            passed
        };
        let most = (REMEMBERED * self.field.words()).min(MOST_REMEMBERED);
        if is_remembered && !memory.is_off && memory.known.len() < most {
            memory.known.insert((kind, stored.into()), passed);
        }
        Seen::Value(passed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::{Condition, FilterBuilder};

    /// `a` holds "x" and not `b` holds "y".
    fn matcher() -> Matcher {
        let mut builder = FilterBuilder::default();
        let has =
            |word: &'static str| -> super::super::Holds { Arc::new(move |value: &str| value.contains(word)) };
        let a = builder.test("a", "x".to_owned(), Vec::new(), has("x")).unwrap();
        let b = builder.test("b", "y".to_owned(), Vec::new(), has("y")).unwrap();
        let condition = Condition::all([Condition::Holds(a), Condition::Fails(b)]);
        Matcher::new(Arc::new(builder.finish(condition).unwrap()), Some(Format::Json))
    }

    fn passes(a: Option<&str>, b: Option<&str>, is_certain: bool) -> bool {
        let look = &mut |field, tests: Tests<'_>| match if field == 0 { a } else { b } {
            Some("?") => Seen::Unknown,
            Some(text) => tests.of(0, text.as_bytes(), false, || Some(text)),
            None => Seen::Absent,
        };
        !matcher().met(look, &mut |_| is_certain).is_none()
    }

    #[test]
    fn only_what_is_known_speaks_against_an_event() {
        assert!(passes(Some("x"), None, true));
        assert!(passes(Some("x"), Some("z"), true));
        assert!(!passes(Some("x"), Some("y"), true));
        assert!(passes(Some("x"), Some("y"), false));
        assert!(passes(Some("?"), Some("?"), true));
        assert!(!passes(None, None, true));
        assert!(!passes(Some("z"), None, true));
    }

    #[test]
    fn a_value_is_tested_once() {
        let mut matcher = matcher();
        let mut made = 0;
        for _ in 0..10 {
            matcher.met(
                &mut |_, tests| {
                    tests.of(0, b"x", false, || {
                        made += 1;
                        Some("x")
                    })
                },
                &mut |_| true,
            );
        }
        assert_eq!(made, 2, "once for either field");
    }

    #[test]
    fn the_next_reader_of_the_same_format_knows_the_values() {
        let first = matcher();
        let filter = Arc::clone(&first.filter);
        let mut made = 0;
        let mut check = |mut matcher: Matcher| {
            let look = &mut |_, tests: Tests<'_>| {
                tests.of(0, b"x", false, || {
                    made += 1;
                    Some("x")
                })
            };
            matcher.met(look, &mut |_| true);
            made
        };
        assert_eq!(check(first), 2);
        assert_eq!(check(Matcher::new(Arc::clone(&filter), Some(Format::Json))), 2);
        assert_eq!(check(Matcher::new(Arc::clone(&filter), Some(Format::WindowsXml))), 4);
    }
}
