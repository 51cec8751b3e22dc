//! A filter at work in one reader.

use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use hashbrown::{Equivalent, HashMap};

use super::course::{Answer, Course};
use super::{Field, Filter};
use crate::format::Format;

/// Values that are remembered a field.
const REMEMBERED: usize = 1_024;
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
    /// It has one, which passes these tests.
    Value(u64),
}

/// What was remembered of the values of a format, field by field. Other formats store them in other ways.
pub(super) type Spare = Mutex<Vec<(Format, Vec<Memory>)>>;

/// Checks events, and remembers what values gave.
pub(crate) struct Matcher {
    pub(super) filter: Arc<Filter>,
    format: Format,
    pub(super) memories: Vec<Memory>,
    course: Course,
}

/// The tests of one field, for values as they are stored.
pub(crate) struct Tests<'a> {
    pub(super) field: &'a Field,
    pub(super) memory: &'a mut Memory,
}

#[derive(Default)]
pub(super) struct Memory {
    known: HashMap<(u8, Box<[u8]>), u64>,
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

impl Matcher {
    /// For a reader of a format.
    pub(crate) fn new(filter: Arc<Filter>, format: Format) -> Self {
        let memories = take_spare(&filter.spare, format)
            .unwrap_or_else(|| filter.fields.iter().map(|_| Memory::default()).collect());
        let course = Course::new(filter.program(), filter.fields.len());
        Self { filter, format, memories, course }
    }

    /// The fields that are looked at; [`Matcher::passes`] asks for them by their place here.
    pub(crate) fn fields(&self) -> &[Field] {
        &self.filter.fields
    }

    /// Whether the event at hand may matter. `look` says what is known of a field, when it is needed.
    /// `is_certain` says whether what is seen is the field for sure, and not something that only looks like
    /// it: only then can a value speak against an event by passing a test.
    pub(crate) fn passes(
        &mut self,
        look: &mut dyn FnMut(usize, Tests<'_>) -> Seen,
        is_certain: &mut dyn FnMut(usize) -> bool,
    ) -> bool {
        let Self { filter, memories, course, .. } = self;
        // The filter is borrowed: to count one more owner an event would make the cores wait for each other.
        course.may_meet(filter.program(), |at| {
            let (Some(field), Some(memory)) = (filter.fields.get(at), memories.get_mut(at)) else {
                return Answer::Unknown;
            };
            match look(at, Tests { field, memory }) {
                Seen::Value(tests) => Answer::Passed { tests, is_certain: tests == 0 || is_certain(at) },
                Seen::Absent => Answer::Absent,
                Seen::Unknown => Answer::Unknown,
            }
        })
    }
}

impl Drop for Matcher {
    fn drop(&mut self) {
        let memories = std::mem::take(&mut self.memories);
        self.filter.spare.lock().unwrap_or_else(PoisonError::into_inner).push((self.format, memories));
    }
}

fn take_spare(spare: &Spare, format: Format) -> Option<Vec<Memory>> {
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
                *memory = Memory { is_off: true, ..Memory::default() };
            }
        }
        let passed = if is_plain && self.field.rules_out(stored) {
            0
        } else {
            let Some(text) = text() else { return Seen::Unknown };
            self.field.passed(text)
        };
        if is_remembered && !memory.is_off && memory.known.len() < REMEMBERED {
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
        Matcher::new(Arc::new(builder.finish(condition).unwrap()), Format::Json)
    }

    fn passes(a: Option<&str>, b: Option<&str>, is_certain: bool) -> bool {
        let look = &mut |field, tests: Tests<'_>| match if field == 0 { a } else { b } {
            Some("?") => Seen::Unknown,
            Some(text) => tests.of(0, text.as_bytes(), false, || Some(text)),
            None => Seen::Absent,
        };
        matcher().passes(look, &mut |_| is_certain)
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
            matcher.passes(
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
            matcher.passes(look, &mut |_| true);
            made
        };
        assert_eq!(check(first), 2);
        assert_eq!(check(Matcher::new(Arc::clone(&filter), Format::Json)), 2);
        assert_eq!(check(Matcher::new(Arc::clone(&filter), Format::WindowsXml)), 4);
    }
}
