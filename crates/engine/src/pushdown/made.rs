//! What a query makes of a field's text before it looks at it: functions, `rex` and `lookup`.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use sluice_events::filter::{MadeText, Make, Unclear};
use sluice_spl::ops::{Lookup, Rex};
use sluice_spl::tree::{Expr, ExprKind, UnaryOp};

use super::Test;
use crate::function::text::{split, substr};
use crate::lookup::{Definition, Index, Table};
use crate::lower::capture::{EXTRACT, Group};
use crate::value;

/// What is made of a field's text. A search that is given up is an error, which the row itself must meet: it never
/// speaks against it.
#[derive(Clone)]
pub(super) struct Found {
    /// Equal keys, equal texts.
    pub(super) key: String,
    pub(super) make: Make,
    /// What is made stands in the field's text, in whatever case.
    stands_in_it: bool,
    /// What is made is a number.
    pub(super) is_number: bool,
    /// A literal, and what is made of texts in which it does not stand.
    without: Option<(String, String)>,
}

impl Found {
    fn new(key: String, make: Make) -> Self {
        Self { key, make, stands_in_it: false, is_number: false, without: None }
    }

    fn number(key: String, make: impl Fn(&str) -> Option<f64> + Send + Sync + 'static) -> Self {
        let make: Make =
            Arc::new(move |text| Ok(make(text).map(|number| value::number_to_text(number).into())));
        Self { is_number: true, ..Self::new(key, make) }
    }

    /// What a function makes of a text that is its first argument. A field's tests are all made for each of its values,
    /// so what costs much, such as `replace`, is left to the rows.
    pub(super) fn of_call(function: &str, args: &[Expr]) -> Option<Self> {
        let args: Vec<Constant<'_>> = args.iter().map(Constant::of).collect::<Option<_>>()?;
        let key = format!("{function} {args:?}");
        Some(match (function, args.as_slice()) {
            (EXTRACT, [Constant::Text(regex), Constant::Text(group)]) => {
                let group = Group::new(regex, group).ok()?;
                let make: Make = Arc::new(move |text| {
                    group.find(text).map(|found| found.map(Cow::Borrowed)).map_err(|_| Unclear)
                });
                Self { stands_in_it: true, ..Self::new(key, make) }
            }
            // Whatever becomes a letter of ASCII in lower case, a search for literals in any case finds.
            ("lower", []) => Self {
                stands_in_it: true,
                ..Self::new(key, Arc::new(|text| Ok(Some(text.to_lowercase().into()))))
            },
            ("upper", []) => Self::new(key, Arc::new(|text| Ok(Some(text.to_uppercase().into())))),
            ("len" | "length", []) => Self::number(key, |text| Some(text.chars().count() as f64)),
            ("substr", [Constant::Number(start), length @ ..]) => {
                let length = match length {
                    [] => None,
                    [Constant::Number(length)] => Some(*length as i64),
                    _ => return None,
                };
                let start = *start as i64;
                let make: Make =
                    Arc::new(move |text| Ok(substr::part(text, start, length).map(Cow::Borrowed)));
                Self { stands_in_it: true, ..Self::new(key, make) }
            }
            _ => return None,
        })
    }

    /// How many pieces a text has between delimiters.
    pub(super) fn pieces(delimiter: &str) -> Self {
        let owned = delimiter.to_owned();
        let count = move |text: &str| Some(split::pieces(text, &owned).count() as f64);
        let without = (!delimiter.is_empty()).then(|| (delimiter.to_owned(), value::number_to_text(1.0)));
        Self { without, ..Self::number(format!("pieces {delimiter:?}"), count) }
    }

    /// The number that is made, and a number as it is written, or less it.
    pub(super) fn plus(self, is_less: bool, number: &str) -> Option<Self> {
        let other: f64 = number.parse().ok()?;
        let other = if is_less { -other } else { other };
        let sum = move |text: &str| Some(value::parse_number(text)? + other);
        self.is_number.then(|| Self::number(format!("plus {other:?}"), sum).after(Some(self)))
    }

    /// What the first match of a `rex` gives a field that had no value.
    pub(super) fn of_rex(rex: &Rex, field: &str) -> Option<Self> {
        let group = Group::new(&rex.pattern.text, field).ok().filter(|_| rex.max_match == 1)?;
        let make: Make = Arc::new(move |text| {
            group.first(text).map(|found| found.map(Cow::Borrowed)).map_err(|_| Unclear)
        });
        let key = format!("rex {:?} {field:?}", rex.pattern.text);
        Some(Self { stands_in_it: true, ..Self::new(key, make) })
    }

    /// The value of a lookup's column for a key; where there are several, which it is is not known.
    pub(super) fn of_lookup(
        lookup: &Lookup,
        column: &str,
        table: Arc<Table>,
        definition: Definition,
    ) -> Option<Self> {
        let [(name, _)] = lookup.keys.as_slice() else { return None };
        let (key, output) = (table.column(&name.text)?, table.column(column)?);
        // Tables of one name may differ from query to query.
        let called = format!("lookup {} {key} {output} {:p}", lookup.name.text, Arc::as_ptr(&table));
        let index = OnceLock::new();
        let found = move |text: &str| -> MadeText<'static> {
            let index = index.get_or_init(|| Index::new(&table, &[key], &definition));
            let rows = index.find(&[text], definition.max_matches);
            let cells = rows.iter().map(|row| table.cell(*row, output));
            let mut values = cells.chain([definition.given_for(rows.len())]).flatten();
            let first = values.next();
            // Of values that are alike, one says what all do.
            if values.any(|other| Some(other) != first) {
                Err(Unclear)
            } else {
                Ok(first.map(|text| text.to_owned().into()))
            }
        };
        Some(Self::new(called, Arc::new(move |text| found(text))))
    }

    /// What is made of what was made before.
    pub(super) fn after(self, before: Option<Self>) -> Self {
        let Some(before) = before else { return self };
        let (first, second) = (before.make, self.make);
        let without = before.without.and_then(|(literal, made)| {
            let made = second(&made).ok()??.into_owned();
            Some((literal, made))
        });
        let make: Make = Arc::new(move |text| {
            let Some(text) = first(text)? else { return Ok(None) };
            Ok(second(&text)?.map(|made| Cow::Owned(made.into_owned())))
        });
        Self {
            key: format!("{} of {}", self.key, before.key),
            make,
            stands_in_it: self.stands_in_it && before.stands_in_it,
            is_number: self.is_number,
            without,
        }
    }

    /// Literals of which one stands in every text of which something is made that passes a test; none: it is not known.
    pub(super) fn literals(&self, test: &Test) -> Vec<String> {
        match &self.without {
            _ if self.stands_in_it => test.literals.clone(),
            Some((literal, made)) if !(test.holds)(made) => vec![literal.clone()],
            _ => Vec::new(),
        }
    }
}

/// An argument that is the same for all events.
#[derive(Debug)]
enum Constant<'a> {
    Text(&'a str),
    Number(f64),
}

impl<'a> Constant<'a> {
    fn of(expr: &'a Expr) -> Option<Self> {
        Some(match &expr.kind {
            ExprKind::Text(text) => Self::Text(text),
            ExprKind::Number(number) => Self::Number(number.parse().ok()?),
            ExprKind::Unary(UnaryOp::Minus, inner) => match Self::of(inner)? {
                Self::Number(number) => Self::Number(-number),
                Self::Text(_) => return None,
            },
            _ => return None,
        })
    }
}
