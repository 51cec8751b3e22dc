//! Which values of the split field make columns: `limit=bottom5 useother=f`, `where max in top3`.

use crate::aggregate;
use crate::args::OptionArg;
use crate::cursor::{Cursor, Parse};
use crate::ops::{AggregateCall, Keep, Name, RankEnd};

/// Columns where no number of them is given.
pub(super) const DEFAULT_LIMIT: u64 = 10;
/// The name of the column of rows that lack the field.
pub(super) const NULL: &str = "NULL";
/// The name of the column of the values that are not kept.
pub(super) const OTHER: &str = "OTHER";

/// What has been read of it.
pub(super) struct Options {
    limit: (u64, RankEnd),
    by: Option<AggregateCall>,
    clause: Option<Keep>,
    null: (bool, String),
    other: (bool, String),
}

impl Default for Options {
    fn default() -> Self {
        Self {
            limit: (DEFAULT_LIMIT, RankEnd::Top),
            by: None,
            clause: None,
            null: (true, NULL.to_owned()),
            other: (true, OTHER.to_owned()),
        }
    }
}

impl Options {
    /// Takes an option; false if it says nothing of columns.
    pub(super) fn set(&mut self, option: &OptionArg, cursor: &mut Cursor<'_>) -> Parse<bool> {
        match option.name.text.as_str() {
            "limit" => self.limit = limit(option, cursor)?,
            "agg" => self.by = Some(ranking(&option.value, cursor)?),
            "usenull" => self.null.0 = option.boolean()?,
            "nullstr" => self.null.1.clone_from(&option.value.text),
            "useother" => self.other.0 = option.boolean()?,
            "otherstr" => self.other.1.clone_from(&option.value.text),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Reads what comes after `where`.
    pub(super) fn read_where(&mut self, cursor: &mut Cursor<'_>) -> Parse<()> {
        cursor.skip_space();
        let start = cursor.place();
        let word = cursor.take_until(|c| c.is_whitespace() || matches!(c, '<' | '>' | '(' | '|' | ']'));
        if word.is_empty() {
            return Err(cursor.expected("a stats function"));
        }
        let by = ranking(&Name::new(word, cursor.span_from(start)), cursor)?;
        let keep = if cursor.keyword("in") {
            ranked(by, false, cursor)?
        } else if cursor.keyword("notin") {
            ranked(by, true, cursor)?
        } else {
            compared(by, cursor)?
        };
        self.clause = Some(keep);
        Ok(())
    }

    /// The columns, and the names of those of null and of the others. A clause beats `limit` and `agg`.
    pub(super) fn finish(self) -> (Keep, Option<String>, Option<String>) {
        let (count, end) = self.limit;
        let keep = match self.clause {
            Some(clause) => clause,
            None if count == 0 => Keep::All,
            None => Keep::Ranked { by: self.by, count, end, outside: false },
        };
        let named = |(used, name): (bool, String)| used.then_some(name);
        (keep, named(self.null), named(self.other))
    }
}

fn limit(option: &OptionArg, cursor: &mut Cursor<'_>) -> Parse<(u64, RankEnd)> {
    let (end, digits) = rank(&option.value.text);
    let count = if digits.is_empty() { cursor.count() } else { digits.parse().ok() };
    match count {
        Some(count) => Ok((count, end)),
        None => Err(option.bad("a number such as `10` or `bottom5`")),
    }
}

/// `bottom 5`: the end, and what follows it.
fn rank(text: &str) -> (RankEnd, &str) {
    let after = |word: &str| match text.get(..word.len()) {
        Some(start) if start.eq_ignore_ascii_case(word) => text.get(word.len()..).map(str::trim_start),
        _ => None,
    };
    match (after("top"), after("bottom")) {
        (Some(rest), _) => (RankEnd::Top, rest),
        (_, Some(rest)) => (RankEnd::Bottom, rest),
        _ => (RankEnd::Top, text),
    }
}

/// An aggregate of a column's cells; what stands in its parentheses is what the column shows anyway.
fn ranking(word: &Name, cursor: &mut Cursor<'_>) -> Parse<AggregateCall> {
    if cursor.peek() == Some('(') {
        cursor.bracketed(|cursor| Ok(cursor.take_until(|c| matches!(c, ')' | '|'))))?;
    }
    let (function, percentile) = aggregate::function(&word.text);
    Ok(AggregateCall { function, percentile, argument: None, name: word.clone(), span: word.span })
}

fn ranked(by: AggregateCall, outside: bool, cursor: &mut Cursor<'_>) -> Parse<Keep> {
    let expected = "`top` or `bottom` with a number";
    let word = cursor.word().ok_or_else(|| cursor.expected(expected))?;
    let (end, digits) = rank(&word.text);
    let count = if digits.is_empty() { cursor.count() } else { digits.parse().ok() };
    let count = count.ok_or_else(|| cursor.expected(expected))?;
    Ok(Keep::Ranked { by: Some(by), count, end, outside })
}

fn compared(by: AggregateCall, cursor: &mut Cursor<'_>) -> Parse<Keep> {
    let above = cursor.eat_after_space('>');
    if !above && !cursor.eat_after_space('<') {
        return Err(cursor.expected("`in`, `notin`, `<` or `>`"));
    }
    let place = cursor.place();
    let number = cursor.word().and_then(|word| word.text.parse().ok()).filter(|n: &f64| n.is_finite());
    match number {
        Some(number) => Ok(Keep::Compared { by, above, number }),
        None => {
            cursor.back_to(place);
            Err(cursor.expected("a number"))
        }
    }
}
