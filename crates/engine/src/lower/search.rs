//! Predicates of the `search` command → conditions: two-valued, values in any case, wildcards.

use std::net::IpAddr;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, StringViewArray};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::DataType;
use datafusion::common::Result as DataFusionResult;
use datafusion::logical_expr::{Expr, lit};
use ipnet::IpNet;
use sluice_events::field;
use sluice_spl::code;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::tree::{CompareOp, Search, SearchKind, SearchValue, ValueForm};

use super::scan;
use crate::kernel::{self, Arg, Context, Run, text_literal};
use crate::plan::{Rel, column};
use crate::value::{self, Cell, Values};
use crate::wildcard::Matcher;

/// The condition of a search. Subsearches have been run and replaced before.
pub(crate) fn lower(search: &Search, rel: &Rel, context: &Context) -> Result<Expr, Diagnostic> {
    Ok(match &search.kind {
        SearchKind::All => lit(true),
        SearchKind::And(parts) => balanced(parts, rel, context, Expr::and)?,
        SearchKind::Or(parts) => balanced(parts, rel, context, Expr::or)?,
        // Atoms are null where the field is absent; NOT must turn that into true.
        SearchKind::Not(inner) => Expr::IsNotTrue(Box::new(lower(inner, rel, context)?)),
        SearchKind::Group(inner) => lower(inner, rel, context)?,
        SearchKind::Term(term) => self::term(term, rel, context),
        SearchKind::Compare(_, op, value) if value.form == ValueForm::Time => {
            match scan::moment(&value.text, search.span, context)? {
                Some(time) if rel.kind(field::TIME).is_some() => {
                    ordering(column(field::TIME), *op, lit(time))
                }
                // All time; or rows without one, which no bound of the whole search leaves out either.
                _ => lit(true),
            }
        }
        SearchKind::Compare(name, op, value) => compare(name, *op, value, rel, context),
        SearchKind::In(name, values) => {
            let parts = values.iter().map(|value| compare(name, CompareOp::Equal, value, rel, context));
            parts.reduce(Expr::or).unwrap_or_else(|| lit(false))
        }
        SearchKind::Subsearch(_) | SearchKind::CompareSubsearch(..) => {
            return Err(Diagnostic::error(
                code::UNSUPPORTED_COMMAND,
                search.span,
                "a subsearch cannot stand here",
            ));
        }
    })
}

/// `a AND b AND c` as a balanced tree: a subsearch may bring thousands of terms.
fn balanced(
    parts: &[Search],
    rel: &Rel,
    context: &Context,
    join: fn(Expr, Expr) -> Expr,
) -> Result<Expr, Diagnostic> {
    match parts {
        [] => Ok(lit(true)),
        [one] => lower(one, rel, context),
        _ => {
            let (left, right) = parts.split_at(parts.len() / 2);
            Ok(join(balanced(left, rel, context, join)?, balanced(right, rel, context, join)?))
        }
    }
}

/// `_time` against the start or the end of a window.
fn ordering(time: Expr, op: CompareOp, bound: Expr) -> Expr {
    if op == CompareOp::Less { time.lt(bound) } else { time.gt_eq(bound) }
}

fn compare(name: &str, op: CompareOp, value: &SearchValue, rel: &Rel, context: &Context) -> Expr {
    let here = atom(name, op, value, rel, context);
    if name != field::SOURCETYPE || !matches!(op, CompareOp::Equal | CompareOp::NotEqual) {
        return here;
    }
    let join = if op == CompareOp::Equal { Expr::or } else { Expr::and };
    let here = match field::sourcetype_here(&value.text) {
        Some(text) => join(here, atom(name, op, &SearchValue { text, ..value.clone() }, rel, context)),
        None => here,
    };
    // Older add-ons used the Windows channel's long name as sourcetype; today it is the source.
    let long = atom(field::SOURCE, op, value, rel, context);
    join(here, if op == CompareOp::Equal { long_name(long, rel, context) } else { long })
}

/// Only a source that is a Windows channel's long name counts as a sourcetype.
fn long_name(condition: Expr, rel: &Rel, context: &Context) -> Expr {
    let windows = SearchValue { text: "XmlWinEventLog:*".to_owned(), quoted: true, form: ValueForm::Plain };
    atom(field::SOURCE, CompareOp::Equal, &windows, rel, context).and(condition)
}

fn atom(name: &str, op: CompareOp, value: &SearchValue, rel: &Rel, context: &Context) -> Expr {
    let Some(kind) = rel.kind(name) else { return lit(false) };
    let plain = *kind == value::TEXT && op == CompareOp::Equal && is_caseless(&value.text);
    if plain {
        return column(name).eq(text_literal(&value.text));
    }
    if *kind == value::TEXT && op == CompareOp::Equal && value.text == "*" {
        return column(name).is_not_null();
    }
    let (name_of, run) = kernel_of(op, value.form == ValueForm::Case);
    let args = vec![column(name), text_literal(&value.text)];
    kernel::call(name_of, DataType::Boolean, context, run, args)
}

/// Digits and punctuation that compare the same in any case and stand for themselves.
pub(crate) fn is_caseless(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b':' | b'.'))
}

fn kernel_of(op: CompareOp, case: bool) -> (&'static str, Run) {
    use CompareOp as Op;
    match (op, case) {
        (Op::Equal, false) => ("search=", |_, args, rows| equal(args, rows, false, false)),
        (Op::Equal, true) => ("search=case", |_, args, rows| equal(args, rows, true, false)),
        (Op::NotEqual, false) => ("search!=", |_, args, rows| equal(args, rows, false, true)),
        (Op::NotEqual, true) => ("search!=case", |_, args, rows| equal(args, rows, true, true)),
        (Op::Less, _) => ("search<", |_, args, rows| ordered(Op::Less, args, rows)),
        (Op::LessOrEqual, _) => ("search<=", |_, args, rows| ordered(Op::LessOrEqual, args, rows)),
        (Op::Greater, _) => ("search>", |_, args, rows| ordered(Op::Greater, args, rows)),
        (Op::GreaterOrEqual, _) => ("search>=", |_, args, rows| ordered(Op::GreaterOrEqual, args, rows)),
    }
}

/// Text equality in any case with wildcards; a network matches the addresses in it. A multivalue field
/// matches if any value does, and differs if none does.
fn equal(args: &[Arg], rows: usize, case: bool, negated: bool) -> DataFusionResult<ArrayRef> {
    let [field, wanted] = args else { return Ok(kernel::nulls(&DataType::Boolean, rows)) };
    let equal = Comparison::new(CompareOp::Equal, case, &wanted.text(0).unwrap_or_default());
    if let (Values::Text(texts), None) = (field.values(), field.constant()) {
        return Ok(Arc::new(equal_texts(texts, |text| equal.holds(text) != negated)));
    }
    Ok(kernel::conditions(rows, |row| match field.cell(row) {
        Cell::Text(text) => Some(equal.holds(text) != negated),
        cell if cell.is_null() => None,
        cell => Some(cell.texts().iter().any(|text| equal.holds(text)) != negated),
    }))
}

/// Whether texts pass, of which neighbours are often the same.
fn equal_texts(texts: &StringViewArray, holds: impl Fn(&str) -> bool) -> BooleanArray {
    // What events are called is mostly the same for all of a batch.
    if let [first, others @ ..] = &texts.views()[..]
        && others.iter().all(|view| view == first)
    {
        let passes = if holds(texts.value(0)) { BooleanBuffer::new_set } else { BooleanBuffer::new_unset };
        return BooleanArray::new(passes(texts.len()), texts.nulls().cloned());
    }
    let (mut view, mut last, mut passes) = (0, "", holds(""));
    let values = BooleanBuffer::collect_bool(texts.len(), |row| {
        let here = texts.views().get(row).copied().unwrap_or_default();
        if here != view {
            let text = texts.value(row);
            if text != last {
                (last, passes) = (text, holds(text));
            }
            view = here;
        }
        passes
    });
    BooleanArray::new(values, texts.nulls().cloned())
}

fn ordering_holds(op: CompareOp, cell: &Cell<'_>, wanted: &str) -> Option<bool> {
    value::compare(cell, &Cell::Text(wanted)).map(|found| value::satisfies(op, found))
}

/// A comparison with one wanted value.
pub(crate) struct Comparison {
    op: CompareOp,
    wanted: String,
    matcher: Matcher,
    network: Option<IpNet>,
}

impl Comparison {
    pub(crate) fn new(op: CompareOp, case: bool, wanted: &str) -> Self {
        Self {
            op,
            wanted: wanted.to_owned(),
            matcher: Matcher::new(wanted, case),
            network: wanted.contains('/').then(|| wanted.parse().ok()).flatten(),
        }
    }

    /// Whether a single value compares so.
    pub(crate) fn holds(&self, text: &str) -> bool {
        match self.op {
            CompareOp::Equal => self.equals(text),
            CompareOp::NotEqual => !self.equals(text),
            op => ordering_holds(op, &Cell::Text(text), &self.wanted) == Some(true),
        }
    }

    fn equals(&self, text: &str) -> bool {
        let is_inside =
            |network: IpNet| text.parse::<IpAddr>().is_ok_and(|address| network.contains(&address));
        self.matcher.matches(text) || self.network.is_some_and(is_inside)
    }
}

/// As numbers if both are, else as text.
fn ordered(op: CompareOp, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [field, wanted] = args else { return Ok(kernel::nulls(&DataType::Boolean, rows)) };
    let wanted = wanted.text(0).unwrap_or_default();
    let holds = |cell: &Cell<'_>| ordering_holds(op, cell, &wanted);
    Ok(kernel::conditions(rows, |row| match field.cell(row) {
        cell @ Cell::List(_) => {
            (!cell.is_null()).then(|| cell.texts().iter().any(|text| holds(&Cell::Text(text)) == Some(true)))
        }
        cell => holds(&cell),
    }))
}

fn term(term: &SearchValue, rel: &Rel, context: &Context) -> Expr {
    if rel.kind(field::RAW).is_none() {
        return lit(false);
    }
    let (name, run): (_, Run) = match term.form {
        ValueForm::Case => ("term_case", |_, args, rows| terms(args, rows, true, Edges::Minor)),
        ValueForm::Term => ("term_whole", |_, args, rows| terms(args, rows, false, Edges::Major)),
        ValueForm::Plain | ValueForm::Time => {
            ("term", |_, args, rows| terms(args, rows, false, Edges::Minor))
        }
    };
    kernel::call(name, DataType::Boolean, context, run, vec![column(field::RAW), text_literal(&term.text)])
}

/// Where a term may begin and end in the raw text.
#[derive(Debug, Clone, Copy)]
enum Edges {
    /// At any breaker.
    Minor,
    /// At major breakers only: `TERM(127.0.0.1)`.
    Major,
}

/// Splunk's major breakers (segmenters.conf): what separates tokens of raw text.
const MAJOR: &str = "\\[\\]<>(){}|!;,'\"*\\n\\r\\s\\t&?+";
/// Its minor breakers, which separate parts of tokens.
const MINOR: &str = "/:=@.\\-$#%\\\\_";

fn terms(args: &[Arg], rows: usize, case: bool, edges: Edges) -> DataFusionResult<ArrayRef> {
    let [raw, wanted] = args else { return Ok(kernel::nulls(&DataType::Boolean, rows)) };
    let pattern = term_pattern(&wanted.text(0).unwrap_or_default(), case, edges);
    let regex = regex::RegexBuilder::new(&pattern)
        .size_limit(50 << 20)
        .build()
        .map_err(|error| datafusion::common::DataFusionError::Execution(error.to_string()))?;
    Ok(kernel::conditions(rows, |row| raw.text(row).map(|text| regex.is_match(&text))))
}

/// A term as a regex: bounded by breakers where its own ends are no breakers; `*` runs within a token.
fn term_pattern(term: &str, case: bool, edges: Edges) -> String {
    let breakers = match edges {
        Edges::Minor => format!("{MAJOR}{MINOR}"),
        Edges::Major => MAJOR.to_owned(),
    };
    let is_word = |end: Option<char>| end.is_some_and(|end| end.is_alphanumeric());
    let mut pattern = String::from(if case { "(?s)" } else { "(?si)" });
    if is_word(term.chars().next()) {
        pattern.push_str(&format!("(?:^|[{breakers}])"));
    }
    for (at, part) in term.split('*').enumerate() {
        if at > 0 {
            pattern.push_str(&format!("[^{MAJOR}]*"));
        }
        pattern.push_str(&regex::escape(part));
    }
    if is_word(term.chars().last()) {
        pattern.push_str(&format!("(?:$|[{breakers}])"));
    }
    pattern
}
