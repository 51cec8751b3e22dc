//! Regular expressions as PCRE means them.
//!
//! A pattern is translated once. What a finite automaton can match runs in linear time (`regex`);
//! look-around, backreferences and the like backtrack (`fancy-regex`) within a limit, and hitting
//! the limit is an error, never a silent "no match".

mod last;
mod replacement;
mod translate;

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use regex_syntax::hir::{Hir, HirKind};
use sluice_spl::code;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::span::Span;

pub(crate) use last::Last;
pub(crate) use replacement::Replacement;

/// Bytes that one compiled pattern may take.
const SIZE_LIMIT: usize = 16 << 20;
/// Bytes that a pattern is written with, and times that a part of it is repeated, so that it stays below that.
const SMALL_PATTERN: usize = 1_500;
const FEW_REPETITIONS: u32 = 10;
/// Steps back that one search may take.
const BACKTRACK_LIMIT: usize = 1_000_000;
/// Patterns that are kept compiled.
const CACHE_LIMIT: usize = 1_024;

/// A compiled regular expression.
#[derive(Debug)]
pub(crate) struct Pattern {
    written: String,
    /// Group number and name, in the order of the groups.
    names: Vec<(usize, String)>,
    /// The numbers of the engine's groups, if they are not its own.
    numbers: Option<Vec<usize>>,
    engine: Engine,
}

/// Engines are built when a text is searched: most detections have patterns that no event comes to.
#[derive(Debug)]
enum Engine {
    Linear(Linear),
    /// Linear, but `$` also matches before a final newline: texts that end with one backtrack.
    LinearToEnd(Linear, String, OnceLock<Result<fancy_regex::Regex, String>>),
    /// With a linear one that finds something wherever it does, in texts that end with no newline: most have none.
    Backtracking(fancy_regex::Regex, Option<Linear>),
}

/// A regular expression that a finite automaton matches.
#[derive(Debug)]
struct Linear {
    hir: Hir,
    text: String,
    regex: OnceLock<Result<regex::Regex, String>>,
}

impl Linear {
    /// Built at once if it may turn out to be too large.
    fn new(text: String) -> Result<Self, String> {
        let hir = regex_syntax::Parser::new().parse(&text).map_err(|error| last_line(&error.to_string()))?;
        let linear = Self { hir, text, regex: OnceLock::new() };
        if linear.text.len() > SMALL_PATTERN || repeats_much(&linear.hir) {
            linear.built().map_err(Clone::clone)?;
        }
        Ok(linear)
    }

    fn built(&self) -> Result<&regex::Regex, &String> {
        self.regex.get_or_init(|| linear(&self.text)).as_ref()
    }
}

/// Whether something is repeated so often that the compiled pattern may be large.
// Recursion is bounded by the regex parser's limit on nesting.
fn repeats_much(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Repetition(repetition) => {
            repetition.min.max(repetition.max.unwrap_or(0)) > FEW_REPETITIONS || repeats_much(&repetition.sub)
        }
        HirKind::Capture(capture) => repeats_much(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(repeats_much),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => false,
    }
}

/// A search that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LimitHit {
    pattern: String,
    why: String,
}

impl fmt::Display for LimitHit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "the regular expression `{}` was given up: {}", self.pattern, self.why)
    }
}

impl std::error::Error for LimitHit {}

/// Where a match and its groups lie, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Captures(Vec<Option<Range<usize>>>);

impl Captures {
    /// The whole match.
    pub(crate) fn all(&self) -> Range<usize> {
        self.get(0).unwrap_or(0..0)
    }

    /// A group by number; `None` if it took no part in the match.
    pub(crate) fn get(&self, group: usize) -> Option<Range<usize>> {
        self.0.get(group).cloned().flatten()
    }
}

static CACHE: Mutex<Option<HashMap<String, Arc<Pattern>>>> = Mutex::new(None);

/// The error about a pattern in a query, and why it is one.
pub(crate) fn does_not_compile(span: Span, why: &str) -> Diagnostic {
    Diagnostic::error(code::BAD_REGEX, span, format!("the regular expression does not compile: {why}"))
        .with_help("a character that stands for itself is written with a backslash, for example `\\(`")
}

/// Compiles, once a pattern.
///
/// # Errors
/// What the pattern is wrong about.
pub(crate) fn compile(text: &str) -> Result<Arc<Pattern>, String> {
    let known = |cache: &mut Option<HashMap<String, Arc<Pattern>>>| {
        cache.get_or_insert_default().get(text).map(Arc::clone)
    };
    if let Some(found) = known(&mut CACHE.lock().unwrap_or_else(PoisonError::into_inner)) {
        return Ok(found);
    }
    let pattern = Arc::new(Pattern::new(text)?);
    let mut cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
    let cache = cache.get_or_insert_default();
    if cache.len() >= CACHE_LIMIT {
        cache.clear();
    }
    cache.insert(text.to_owned(), Arc::clone(&pattern));
    Ok(pattern)
}

impl Pattern {
    fn new(text: &str) -> Result<Self, String> {
        let plan = translate::translate(text)?;
        let engine = if plan.backtracks {
            let before = if plan.is_beyond { None } else { Linear::new(plan.linear).ok() };
            Engine::Backtracking(backtracking(&plan.fancy)?, before)
        } else if plan.dollar {
            Engine::LinearToEnd(Linear::new(plan.linear)?, plan.fancy, OnceLock::new())
        } else {
            Engine::Linear(Linear::new(plan.linear)?)
        };
        Ok(Self { written: text.to_owned(), names: plan.names, numbers: plan.numbers, engine })
    }

    /// The named groups: number and name. With `(?J)` a name may stand more than once.
    pub(crate) fn names(&self) -> impl Iterator<Item = (usize, &str)> {
        self.names.iter().map(|(group, name)| (*group, name.as_str()))
    }

    /// How many groups it has.
    pub(crate) fn groups(&self) -> usize {
        match &self.engine {
            Engine::Linear(linear) | Engine::LinearToEnd(linear, ..) => {
                linear.hir.properties().explicit_captures_len()
            }
            Engine::Backtracking(regex, _) => regex.captures_len().saturating_sub(1),
        }
    }

    /// What a finite automaton matches, if one does.
    pub(crate) fn linear(&self) -> Option<&Hir> {
        match &self.engine {
            Engine::Linear(linear) | Engine::LinearToEnd(linear, ..) => Some(&linear.hir),
            Engine::Backtracking(..) => None,
        }
    }

    /// The same, or what one matches wherever this pattern does.
    pub(crate) fn necessary(&self) -> Option<&Hir> {
        match &self.engine {
            Engine::Backtracking(_, before) => before.as_ref().map(|before| &before.hir),
            _ => self.linear(),
        }
    }

    /// Whether it is certain that nothing of a text matches.
    fn rules_out(&self, text: &str) -> bool {
        match &self.engine {
            Engine::Backtracking(_, Some(before)) if !text.ends_with('\n') => {
                before.built().is_ok_and(|before| !before.is_match(text))
            }
            _ => false,
        }
    }

    /// Whether it matches anywhere.
    ///
    /// # Errors
    /// When the search takes too long.
    pub(crate) fn is_match(&self, text: &str) -> Result<bool, LimitHit> {
        if self.rules_out(text) {
            return Ok(false);
        }
        match self.choose(text)? {
            Chosen::Linear(regex) => Ok(regex.is_match(text)),
            Chosen::Backtracking(regex) => regex.is_match(text).map_err(|why| self.hit(why.to_string())),
        }
    }

    /// The first match at or after a byte.
    ///
    /// # Errors
    /// When the search takes too long.
    pub(crate) fn captures(&self, text: &str, at: usize) -> Result<Option<Captures>, LimitHit> {
        if at == 0 && self.rules_out(text) {
            return Ok(None);
        }
        let found: Option<Vec<_>> = match self.choose(text)? {
            Chosen::Linear(regex) => regex
                .captures_at(text, at)
                .map(|found| found.iter().map(|group| group.map(|group| group.range())).collect()),
            Chosen::Backtracking(regex) => {
                let found = regex.captures_from_pos(text, at).map_err(|why| self.hit(why.to_string()))?;
                found.map(|found| {
                    (0..found.len()).map(|group| found.get(group).map(|group| group.range())).collect()
                })
            }
        };
        Ok(found.map(|groups| self.numbered(groups)))
    }

    /// The engine's groups under their numbers: of those that share one, that which took part.
    fn numbered(&self, groups: Vec<Option<Range<usize>>>) -> Captures {
        let Some(numbers) = &self.numbers else { return Captures(groups) };
        let most = numbers.iter().copied().max().unwrap_or(0);
        let mut captures = vec![None; most + 1];
        for (group, number) in groups.into_iter().zip(std::iter::once(&0).chain(numbers)) {
            if let Some(place) = captures.get_mut(*number).filter(|place| place.is_none()) {
                *place = group;
            }
        }
        Captures(captures)
    }

    /// All matches from left to right. An empty match right behind another is none.
    pub(crate) fn matches<'a>(&'a self, text: &'a str) -> Matches<'a> {
        Matches { pattern: self, text, at: 0, last_end: None }
    }

    /// The text with matches replaced.
    ///
    /// # Errors
    /// When the search takes too long.
    pub(crate) fn replace<'t>(
        &self,
        text: &'t str,
        replacement: &Replacement,
        which: Which,
    ) -> Result<Cow<'t, str>, LimitHit> {
        let mut out: Option<String> = None;
        let mut copied = 0;
        let (skip, take) = match which {
            Which::All => (0, usize::MAX),
            Which::Nth(number) => (number.max(1) - 1, 1),
        };
        for (at, found) in self.matches(text).enumerate() {
            let found = found?;
            if at < skip {
                continue;
            }
            let all = found.all();
            let out = out.get_or_insert_default();
            out.push_str(text.get(copied..all.start).unwrap_or_default());
            replacement.write(&found, text, out);
            copied = all.end;
            if at + 1 - skip == take {
                break;
            }
        }
        let Some(mut out) = out else { return Ok(Cow::Borrowed(text)) };
        out.push_str(text.get(copied..).unwrap_or_default());
        Ok(Cow::Owned(out))
    }

    /// The text with all matches replaced.
    ///
    /// # Errors
    /// When the search takes too long.
    pub(crate) fn replace_all<'t>(&self, text: &'t str, by: &Replacement) -> Result<Cow<'t, str>, LimitHit> {
        self.replace(text, by, Which::All)
    }

    fn choose(&self, text: &str) -> Result<Chosen<'_>, LimitHit> {
        match &self.engine {
            Engine::Linear(linear) => self.chosen(linear),
            Engine::LinearToEnd(linear, _, _) if !text.ends_with('\n') => self.chosen(linear),
            Engine::LinearToEnd(_, fancy, compiled) => match compiled.get_or_init(|| backtracking(fancy)) {
                Ok(regex) => Ok(Chosen::Backtracking(regex)),
                Err(why) => Err(self.hit(why.clone())),
            },
            Engine::Backtracking(regex, _) => Ok(Chosen::Backtracking(regex)),
        }
    }

    fn chosen<'a>(&self, linear: &'a Linear) -> Result<Chosen<'a>, LimitHit> {
        linear.built().map(Chosen::Linear).map_err(|why| self.hit(why.clone()))
    }

    fn hit(&self, why: String) -> LimitHit {
        LimitHit { pattern: self.written.clone(), why }
    }
}

enum Chosen<'a> {
    Linear(&'a regex::Regex),
    Backtracking(&'a fancy_regex::Regex),
}

fn linear(text: &str) -> Result<regex::Regex, String> {
    regex::RegexBuilder::new(text)
        .size_limit(SIZE_LIMIT)
        .build()
        .map_err(|error| last_line(&error.to_string()))
}

fn backtracking(text: &str) -> Result<fancy_regex::Regex, String> {
    fancy_regex::RegexBuilder::new(text)
        .backtrack_limit(BACKTRACK_LIMIT)
        .delegate_size_limit(SIZE_LIMIT)
        .build()
        .map_err(|error| last_line(&error.to_string()))
}

/// The complaint alone; the lines before it show the translated pattern, which nobody wrote.
fn last_line(message: &str) -> String {
    let line = message.lines().last().unwrap_or(message).trim();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}

/// See [`Pattern::matches`].
#[derive(Debug)]
pub(crate) struct Matches<'a> {
    pattern: &'a Pattern,
    text: &'a str,
    at: usize,
    last_end: Option<usize>,
}

impl Iterator for Matches<'_> {
    type Item = Result<Captures, LimitHit>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.at <= self.text.len() {
            let found = match self.pattern.captures(self.text, self.at) {
                Ok(found) => found,
                Err(hit) => {
                    self.at = usize::MAX;
                    return Some(Err(hit));
                }
            };
            let Some(found) = found else {
                self.at = usize::MAX;
                return None;
            };
            let all = found.all();
            let behind_last = all.is_empty() && self.last_end == Some(all.end);
            self.at = if all.is_empty() { next_char(self.text, all.end) } else { all.end };
            if !behind_last {
                self.last_end = Some(all.end);
                return Some(Ok(found));
            }
        }
        None
    }
}

fn next_char(text: &str, at: usize) -> usize {
    at + text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
}

/// Which matches are replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// Every one.
    All,
    /// One, counted from 1.
    Nth(usize),
}

#[cfg(test)]
mod tests;
