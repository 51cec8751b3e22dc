//! What an event must say to matter: a condition on a few of its fields, that a reader can check
//! before it decodes the rest.
//!
//! The condition is necessary, not sufficient: an event that fails it would give no row, one that
//! passes is decoded and looked at again. So whoever checks may always answer "maybe", which is what
//! happens where a field has several values or its text cannot be told cheaply.
//!
//! [`Filter`] is made once a query, [`Matcher`] once a reader.

mod course;
mod matcher;
mod program;
mod rows;
mod sets;
mod several;
mod sorter;
mod words;

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use hashbrown::HashMap;

use crate::field;

use matcher::Spare;
pub(crate) use matcher::{Matcher, Met, Seen, Tests};
use program::Program;
pub(crate) use rows::Passed;
use sets::Sets;
pub use sorter::Sorter;
pub(crate) use words::Words;

/// Characters beyond ASCII that are a letter of ASCII in another case. Where one of them is, anything may match.
const FOLDED: [&str; 3] = ["\u{212a}", "\u{17f}", "\u{130}"];

/// Tests on one field of a query; further ones are answered with "maybe".
const MAX_TESTS: usize = 64;
/// Tests that a word of bits tells of.
const WORD: usize = u64::BITS as usize;

/// Whether a field's value passes.
pub type Holds = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// A condition on fields, and the tests it is made of; or those of several queries, of which an event that matters
/// meets one.
pub struct Filter {
    fields: Vec<Field>,
    /// `None` if it is of several queries, each with a condition of its own in `program`, so that readers can tell of each
    /// event which of them it may meet.
    condition: Option<Condition>,
    /// The condition made ready when the first reader begins: most filters become part of another.
    program: OnceLock<Program>,
    /// The sets of conditions that events may meet.
    met: Mutex<Sets<u32>>,
    /// Only events from the first time on and before the second matter, those without a time never; if it is known.
    times: Option<(f64, f64)>,
    /// What matchers that are gone remembered, for the next.
    spare: Spare,
}

/// One field and the tests on its value.
pub(crate) struct Field {
    pub(crate) name: String,
    tests: Vec<Test>,
    /// Of each test, which values alone may pass, if that is known.
    only: Vec<Option<Only>>,
    /// How values are searched: built when the first is, since most filters become part of another.
    search: OnceLock<Search>,
}

#[derive(Clone)]
struct Test {
    /// Equal keys on one field, equal tests.
    key: String,
    /// What is tested in place of the value, and what the test gives where that is not known.
    of: Option<(Arc<Made>, bool)>,
    holds: Holds,
    literals: Vec<String>,
    /// A value of ASCII passes if it holds one of the literals.
    is_told: bool,
}

/// A text that is made of a field's value, as the name of a program is of its path.
pub struct Made {
    /// Equal keys, equal texts.
    pub key: String,
    /// Makes it.
    pub make: Make,
}

/// Makes a text of another, or nothing. An error: what it makes is not known.
pub type Make = Arc<dyn for<'t> Fn(&'t str) -> MadeText<'t> + Send + Sync>;

/// What was made of a text: another, or nothing.
pub type MadeText<'t> = Result<Option<Cow<'t, str>>, Unclear>;

/// What is made of a text takes too long to find out.
#[derive(Debug, Clone, Copy)]
pub struct Unclear;

/// What was made of one value so far: many tests look at the same.
#[derive(Default)]
struct Making<'t>(Vec<(&'t Made, MadeText<'t>)>);

impl<'t> Making<'t> {
    /// Whether the value passes a test.
    fn passes(&mut self, value: &'t str, test: &'t Test) -> bool {
        let Some((made, if_unclear)) = &test.of else { return (test.holds)(value) };
        let known = self.0.iter().position(|(known, _)| std::ptr::eq(*known, made.as_ref()));
        let known = known.unwrap_or_else(|| {
            self.0.push((made, (made.make)(value)));
            self.0.len() - 1
        });
        match self.0.get(known) {
            Some((_, Ok(text))) => text.as_ref().is_some_and(|text| (test.holds)(text)),
            _ => *if_unclear,
        }
    }
}

/// The search for the literals of a field's tests.
struct Search {
    /// Tests that can pass without any of the literals, of which a word has [`WORD`].
    always: Box<[u64]>,
    /// Tests that a value of ASCII passes if it holds one of their literals.
    told: Box<[u64]>,
    literals: Option<Literals>,
    /// Of `_raw`: the same in UTF-16.
    wide: Option<AhoCorasick>,
}

/// Literals in any case of ASCII, and the tests that need one of them.
struct Literals {
    search: AhoCorasick,
    tests: Vec<Box<[u64]>>,
    /// None has a character that JSON or XML may write in another way.
    are_plain: bool,
}

/// The values that alone may pass a test.
#[derive(Debug, Clone, PartialEq)]
pub enum Only {
    /// One of these texts, letter by letter.
    Texts(Vec<String>),
    /// Of numbers, those of this range with its ends; of other values, any.
    Numbers(f64, f64),
}

/// A test of a [`FilterBuilder`]: a field and one of its tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TestId {
    field: usize,
    test: usize,
}

/// A condition on an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Any event may matter.
    Always,
    /// No event does.
    Never,
    /// The field has a value that passes the test.
    Holds(TestId),
    /// The field has no value, or one that does not pass.
    Fails(TestId),
    /// All of these.
    All(Vec<Self>),
    /// One of these.
    Any(Vec<Self>),
}

impl Condition {
    /// All of `parts`.
    pub fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Self::Always => {}
                Self::Never => return Self::Never,
                Self::All(inner) => kept.extend(inner),
                part => kept.push(part),
            }
        }
        match kept.len() {
            0 => Self::Always,
            1 => kept.remove(0),
            _ => Self::All(kept),
        }
    }

    /// One of `parts`.
    pub fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Self::Never => {}
                Self::Always => return Self::Always,
                Self::Any(inner) => kept.extend(inner),
                part => kept.push(part),
            }
        }
        match kept.len() {
            0 => Self::Never,
            1 => kept.remove(0),
            _ => Self::Any(kept),
        }
    }
}

/// Gathers the tests of a filter.
#[derive(Default)]
pub struct FilterBuilder {
    fields: Vec<Draft>,
    times: Option<(f64, f64)>,
}

#[derive(Default)]
struct Draft {
    name: String,
    tests: Vec<Test>,
    only: Vec<Option<Only>>,
}

impl Draft {
    /// The same text as another test is made for, if there is one.
    fn shared(&self, made: Arc<Made>) -> Arc<Made> {
        let mut known = self.tests.iter().filter_map(|test| Some(&test.of.as_ref()?.0));
        known.find(|known| known.key == made.key).map_or(made, Arc::clone)
    }
}

impl FilterBuilder {
    /// The test called `key` on a field; the same field and key are the same test. If `literals` is not
    /// empty, a value passes only if it holds one of them, in any case. `None`: too many tests.
    pub fn test(&mut self, field: &str, key: String, literals: Vec<String>, holds: Holds) -> Option<TestId> {
        self.add(field, Test { key, of: None, holds, literals, is_told: false })
    }

    /// The same test of what is made of the field's value; `if_unclear` is what it gives where that is not known.
    /// Literals must stand in the value itself.
    pub fn test_of(
        &mut self,
        field: &str,
        (made, if_unclear): (Made, bool),
        key: &str,
        literals: Vec<String>,
        holds: Holds,
    ) -> Option<TestId> {
        let key = format!("{if_unclear} {} {key}", made.key);
        let at = self.field(field);
        let made = self.fields.get_mut(at)?.shared(Arc::new(made));
        self.add(field, Test { key, of: Some((made, if_unclear)), holds, literals, is_told: false })
    }

    fn add(&mut self, field: &str, test: Test) -> Option<TestId> {
        let at = self.field(field);
        let draft = self.fields.get_mut(at)?;
        if let Some(test) = draft.tests.iter().position(|known| known.key == test.key) {
            return Some(TestId { field: at, test });
        }
        if draft.tests.len() >= MAX_TESTS {
            return None;
        }
        draft.tests.push(test);
        draft.only.push(None);
        Some(TestId { field: at, test: draft.tests.len() - 1 })
    }

    fn field(&mut self, name: &str) -> usize {
        self.fields.iter().position(|known| known.name == name).unwrap_or_else(|| {
            self.fields.push(Draft { name: name.to_owned(), ..Draft::default() });
            self.fields.len() - 1
        })
    }

    /// Says of a test which values alone may pass, for readers that know what values there are before they read them.
    pub fn only(&mut self, test: TestId, only: Only) {
        let place = self.fields.get_mut(test.field).and_then(|draft| draft.only.get_mut(test.test));
        place.into_iter().for_each(|place| *place = Some(only.clone()));
    }

    /// Says of a test that a value of ASCII passes it if it holds one of its literals, in any case.
    pub fn told_by_literals(&mut self, test: TestId) {
        let place = self.fields.get_mut(test.field).and_then(|draft| draft.tests.get_mut(test.test));
        place.into_iter().for_each(|test| test.is_told = true);
    }

    /// Only events with a time from `from` on and before `to` matter, in seconds since 1970.
    pub fn within(&mut self, from: f64, to: f64) {
        self.times = Some((from, to));
    }

    /// The filter of a condition; `None` if it lets every event pass.
    pub fn finish(self, condition: Condition) -> Option<Filter> {
        if condition == Condition::Always && self.times.is_none() {
            return None;
        }
        let condition = self.with_names_last(condition);
        let fields = self.fields.into_iter().map(Field::new).collect();
        Some(Filter::new(fields, condition, self.times))
    }

    /// What an event is called is asked last: mostly it is called as it should be.
    fn with_names_last(&self, condition: Condition) -> Condition {
        let Condition::All(mut parts) = condition else { return condition };
        parts.sort_by_key(|part| self.asks_for_name(part));
        Condition::All(parts)
    }

    // Recursion is bounded by the depth of the query's expressions.
    fn asks_for_name(&self, condition: &Condition) -> bool {
        match condition {
            Condition::Always | Condition::Never => false,
            Condition::Holds(test) | Condition::Fails(test) => self
                .fields
                .get(test.field)
                .is_some_and(|field| matches!(field.name.as_str(), field::SOURCE | field::SOURCETYPE)),
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter().any(|part| self.asks_for_name(part))
            }
        }
    }
}

impl Filter {
    fn new(fields: Vec<Field>, condition: Condition, times: Option<(f64, f64)>) -> Self {
        let (program, spare) = (OnceLock::new(), Spare::default());
        let met = Mutex::new(Sets::of_all(&[0]));
        Self { fields, condition: Some(condition), program, met, times, spare }
    }

    fn program(&self) -> &Program {
        self.program.get_or_init(|| Program::new(&self.condition))
    }

    /// The fields that it looks at.
    pub(crate) fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Whether its condition, without the time, lets every event pass.
    pub(crate) fn is_of_time_alone(&self) -> bool {
        match &self.condition {
            Some(condition) => *condition == Condition::Always,
            None => self.program().are_always().any(|is_always| is_always),
        }
    }

    /// The times that matter.
    pub(crate) fn times(&self) -> Option<(f64, f64)> {
        self.times
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields: Vec<&str> = self.fields.iter().map(|field| field.name.as_str()).collect();
        out.debug_struct("Filter").field("fields", &fields).field("condition", &self.condition).finish()
    }
}

impl Field {
    fn new(draft: Draft) -> Self {
        Self { name: draft.name, tests: draft.tests, only: draft.only, search: OnceLock::new() }
    }

    /// Of each test, which values alone may pass, if that is known.
    pub(crate) fn only(&self) -> &[Option<Only>] {
        &self.only
    }

    fn search(&self) -> &Search {
        self.search.get_or_init(|| Search::new(&self.name, &self.tests))
    }

    /// Whether no test passes, seen from a value as JSON or XML writes it; the caller has made sure that
    /// letters, digits and slashes stand there as they are.
    pub(crate) fn rules_out(&self, written: &[u8]) -> bool {
        let literals = self.search().literals.as_ref();
        literals.is_some_and(|literals| literals.are_plain && !literals.search.is_match(written))
    }

    /// The same for bytes in which text is UTF-16. Other values than text are not looked at: that they give none
    /// of the literals when they are rendered is certain.
    pub(crate) fn rules_out_wide(&self, stored: &[u8]) -> bool {
        self.search().wide.as_ref().is_some_and(|wide| !wide.is_match(stored))
    }

    /// Leaves in `passed` a bit for each test that a value passes.
    fn pass(&self, value: &str, passed: &mut Vec<u64>) {
        passed.resize(self.words(), 0);
        let search = self.search();
        search.candidates(value.as_bytes(), passed);
        let is_ascii = value.is_ascii();
        let mut making = Making::default();
        for (at, (word, told)) in passed.iter_mut().zip(&search.told).enumerate() {
            let mut left = if is_ascii { *word & !told } else { *word };
            while left != 0 {
                let bit = left.trailing_zeros();
                left &= left - 1;
                let test = self.tests.get(at * WORD + bit as usize);
                if test.is_none_or(|test| !making.passes(value, test)) {
                    *word &= !(1 << bit);
                }
            }
        }
    }

    /// How many words of bits its tests take.
    fn words(&self) -> usize {
        self.tests.len().div_ceil(WORD)
    }
}

impl Search {
    fn new(field: &str, tests: &[Test]) -> Self {
        let none: Box<[u64]> = vec![0; tests.len().div_ceil(WORD)].into();
        let set = |bits: &mut [u64], at: usize| {
            bits.iter_mut().skip(at / WORD).take(1).for_each(|bits| *bits |= 1 << (at % WORD));
        };
        let mut words: HashMap<String, Box<[u64]>> = HashMap::new();
        let (mut always, mut told) = (none.clone(), none.clone());
        for (at, Test { literals, is_told, .. }) in tests.iter().enumerate() {
            if literals.is_empty() || literals.iter().any(|literal| literal.is_empty() || !literal.is_ascii())
            {
                set(&mut always, at);
                continue;
            }
            if *is_told {
                set(&mut told, at);
            }
            for literal in literals {
                set(words.entry(literal.to_ascii_lowercase()).or_insert_with(|| none.clone()), at);
            }
        }
        let needs_none = always.iter().any(|bits| *bits != 0);
        let words: Vec<(String, Box<[u64]>)> = words.into_iter().collect();
        let wide = (field == field::RAW && !needs_none).then(|| wide(&words)).flatten();
        let mut literals = Literals::new(words);
        match &mut literals {
            Some(literals) => literals.are_plain &= !needs_none,
            // Without a search nothing is known of any value.
            None => {
                (0..tests.len()).for_each(|at| set(&mut always, at));
                told.fill(0);
            }
        }
        Self { always, told, literals, wide }
    }

    /// Leaves in `bits` the tests that a value may pass, by its literals.
    fn candidates(&self, value: &[u8], bits: &mut [u64]) {
        bits.copy_from_slice(&self.always);
        let Some(literals) = &self.literals else { return };
        for found in literals.search.find_overlapping_iter(value) {
            match literals.tests.get(found.pattern().as_usize()) {
                Some(tests) => bits.iter_mut().zip(tests).for_each(|(bits, tests)| *bits |= tests),
                None => bits.fill(u64::MAX),
            }
        }
    }
}

impl Literals {
    fn new(words: Vec<(String, Box<[u64]>)>) -> Option<Self> {
        if words.is_empty() {
            return None;
        }
        let are_plain = words.iter().all(|(word, _)| word.bytes().all(is_plain));
        let search = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(words.iter().map(|(word, _)| word.as_str()).chain(FOLDED))
            .ok()?;
        Some(Self { search, tests: words.into_iter().map(|(_, tests)| tests).collect(), are_plain })
    }
}

/// What text is escaped with in XML.
const ENTITIES: [&str; 5] = ["amp", "apos", "gt", "lt", "quot"];

/// A search for words in UTF-16; `None` if a word may come from a number, a GUID, a time and the like, or from
/// the name of an entity.
fn wide(words: &[(String, Box<[u64]>)]) -> Option<AhoCorasick> {
    // `true`, `false`, `inf`, `NaN`, `S-1-5`, `0x1f`, `2026-11-24T00:00:00Z`, `1e9` have none of these.
    let is_text = |word: &str| {
        word.bytes().any(|byte| b"ghjkmopqvwy".contains(&byte))
            && !ENTITIES.iter().any(|entity| entity.contains(word))
    };
    if !words.iter().all(|(word, _)| is_text(word)) {
        return None;
    }
    let words = words.iter().map(|(word, _)| word.as_str()).chain(FOLDED);
    let words = words.map(|word| word.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::DFA))
        // It would look for NUL, which is rare elsewhere and half of all bytes here.
        .prefilter(false)
        .build(words)
        .ok()
}

/// Written as itself in JSON and in XML, but for `\u…`, `\/` and `&#…`.
fn is_plain(byte: u8) -> bool {
    !byte.is_ascii_control() && !matches!(byte, b'"' | b'\\' | b'&' | b'<' | b'>' | b'\'')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(word: &'static str) -> Holds {
        Arc::new(move |value| value.contains(word))
    }

    fn passed(literals: &[&str], word: &'static str, value: &str) -> u64 {
        let mut builder = FilterBuilder::default();
        let literals = literals.iter().map(|literal| (*literal).to_owned()).collect();
        let test = builder.test("a", "one".to_owned(), literals, contains(word)).unwrap();
        let mut passed = Vec::new();
        builder.finish(Condition::Holds(test)).unwrap().fields()[0].pass(value, &mut passed);
        passed[0]
    }

    #[test]
    fn a_test_is_only_made_where_its_literal_is() {
        assert_eq!(passed(&[], "x", "axb"), 1);
        assert_eq!(passed(&["X"], "x", "axb"), 1);
        assert_eq!(passed(&["y"], "x", "axb"), 0, "the literal is trusted");
        assert_eq!(passed(&["y"], "x", "ax\u{212a}"), 1, "but not where case is another matter");
    }

    #[test]
    fn conditions_are_made_simple() {
        let test = Condition::Holds(TestId { field: 0, test: 0 });
        assert_eq!(Condition::all([Condition::Always, test.clone()]), test);
        assert_eq!(Condition::all([Condition::Never, test.clone()]), Condition::Never);
        assert_eq!(Condition::any([Condition::Never, test.clone()]), test);
        assert_eq!(Condition::any([Condition::Always, test]), Condition::Always);
        assert_eq!(Condition::all([]), Condition::Always);
    }
}
