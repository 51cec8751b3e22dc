//! `rex mode=sed`: `s/regex/replacement/flags` and `y/from/to/`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use datafusion::common::{DataFusionError, Result as DataFusionResult};
use sluice_spl::code;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::ops::{Name, Sed};

use super::{expr, rex};
use crate::error::Result;
use crate::kernel::{self, Context};
use crate::operator::{RowOperator, RowState};
use crate::pattern::{LimitHit, Pattern, Replacement, Which};
use crate::plan::{Rel, column};
use crate::value::{self, Values, is_multivalue};

pub(crate) fn lower(sed: &Sed, rel: Rel, context: &Context) -> Result<Rel> {
    let edit = parse(&sed.expression)?;
    let field = &sed.field.text;
    let rel = match rel.kind(field).cloned() {
        None => return Ok(rel),
        Some(kind) if is_multivalue(&kind) || kind == value::TEXT => rel,
        Some(kind) => {
            let text = expr::to_text(column(field), &kind, context);
            rel.extend(vec![(field.clone(), text)])?
        }
    };
    rel.through(Arc::new(Editing { field: field.clone(), edit: Arc::new(edit) }))
}

/// One sed command.
#[derive(Debug)]
enum Edit {
    Substitute(Arc<Pattern>, Replacement, Which),
    Transliterate(HashMap<char, char>),
}

impl Edit {
    fn apply<'a>(&self, text: &'a str) -> Result<Cow<'a, str>, LimitHit> {
        match self {
            Self::Substitute(pattern, replacement, which) => pattern.replace(text, replacement, *which),
            Self::Transliterate(map) => {
                Ok(Cow::Owned(text.chars().map(|c| map.get(&c).copied().unwrap_or(c)).collect()))
            }
        }
    }
}

fn parse(written: &Name) -> Result<Edit, Diagnostic> {
    let bad = |message: String| {
        Diagnostic::error(code::BAD_REGEX, written.span, message)
            .with_help("for example \"s/regex/replacement/g\" or \"y/abc/xyz/\"")
    };
    let mut chars = written.text.trim().chars();
    let command = chars.next();
    let delimiter = chars.next().filter(|c| !c.is_alphanumeric() && !c.is_whitespace() && *c != '\\');
    let (Some(command @ ('s' | 'y')), Some(delimiter)) = (command, delimiter) else {
        return Err(bad(format!("expected a sed expression, found `{}`", written.text)));
    };
    let parts = split(chars.as_str(), delimiter);
    let [from, to, flags] = &parts[..] else {
        return Err(bad(format!("a sed expression has three `{delimiter}`, this one has {}", parts.len())));
    };
    if command == 'y' {
        return transliteration(from, to, flags).map_err(bad);
    }
    let (which, ignore_case) = read_flags(flags).map_err(bad)?;
    let regex = if ignore_case { format!("(?i){from}") } else { from.clone() };
    let pattern = rex::compile(&Name::new(regex, written.span))?;
    Ok(Edit::Substitute(pattern, Replacement::sed(to), which))
}

/// Cuts at the delimiter; an escaped delimiter is the character itself.
fn split(text: &str, delimiter: char) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == delimiter {
            parts.push(String::new());
            continue;
        }
        let Some(part) = parts.last_mut() else { continue };
        if c != '\\' {
            part.push(c);
            continue;
        }
        match chars.next() {
            // `\|` in `s|…|` is no alternation but the character; `\/` is the same either way.
            Some(next) if next == delimiter && (next == '/' || next == ',') => part.push(next),
            next => {
                part.push('\\');
                part.extend(next);
            }
        }
    }
    parts
}

fn read_flags(flags: &str) -> Result<(Which, bool), String> {
    let mut which = Which::Nth(1);
    let mut ignore_case = false;
    let mut number = String::new();
    for flag in flags.trim().chars() {
        match flag {
            'g' => which = Which::All,
            'i' | 'I' => ignore_case = true,
            digit if digit.is_ascii_digit() => number.push(digit),
            other => return Err(format!("expected `g`, `i` or a number as flag, found `{other}`")),
        }
    }
    if !number.is_empty() {
        match number.parse() {
            Ok(nth) if nth > 0 && which != Which::All => which = Which::Nth(nth),
            _ => return Err(format!("expected `g` or a number from 1 as flag, found `{flags}`")),
        }
    }
    Ok((which, ignore_case))
}

fn transliteration(from: &str, to: &str, flags: &str) -> Result<Edit, String> {
    let (from, to) = (unescape(from), unescape(to));
    if from.len() != to.len() {
        return Err(format!("`y` maps {} characters to {}: both must be as many", from.len(), to.len()));
    }
    if !flags.trim().is_empty() {
        return Err(format!("`y` takes no flags, found `{flags}`"));
    }
    let mut map = HashMap::new();
    for (from, to) in from.into_iter().zip(to) {
        map.entry(from).or_insert(to);
    }
    Ok(Edit::Transliterate(map))
}

fn unescape(text: &str) -> Vec<char> {
    let mut out = Vec::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.push(match c {
            '\\' => match chars.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some(other) => other,
                None => '\\',
            },
            other => other,
        });
    }
    out
}

#[derive(Debug, Clone)]
struct Editing {
    field: String,
    edit: Arc<Edit>,
}

impl RowOperator for Editing {
    fn name(&self) -> &'static str {
        "Sed"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        let edited = |field: &Arc<Field>| match field.name() == &self.field {
            true => Arc::new(Field::new(field.name(), field.data_type().clone(), true)),
            false => Arc::clone(field),
        };
        Arc::new(Schema::new(input.fields().iter().map(edited).collect::<Vec<_>>()))
    }

    fn parallel(&self) -> bool {
        true
    }

    fn start(&self, input: &SchemaRef) -> Box<dyn RowState> {
        Box::new(State { how: self.clone(), schema: self.schema(input) })
    }
}

struct State {
    how: Editing,
    schema: SchemaRef,
}

impl RowState for State {
    fn push(&mut self, batch: RecordBatch) -> DataFusionResult<Option<RecordBatch>> {
        let columns = self
            .schema
            .fields()
            .iter()
            .zip(batch.columns())
            .map(|(field, existing)| match field.name() == &self.how.field {
                true => self.edited(existing, field.data_type()),
                false => Ok(Arc::clone(existing)),
            })
            .collect::<DataFusionResult<Vec<_>>>()?;
        Ok(Some(RecordBatch::try_new(Arc::clone(&self.schema), columns)?))
    }
}

impl State {
    fn edited(&self, existing: &ArrayRef, kind: &DataType) -> DataFusionResult<ArrayRef> {
        let values = Values::new(existing)?;
        let rows = (0..existing.len())
            .map(|row| {
                let texts = values.cell(row).texts().into_iter();
                texts.map(|text| self.how.edit.apply(&text).map(Cow::into_owned)).collect()
            })
            .collect::<Result<Vec<Vec<String>>, LimitHit>>()
            .map_err(|hit| DataFusionError::Execution(hit.to_string()))?;
        let of_row = |row: usize| rows.get(row).map_or(&[][..], Vec::as_slice);
        Ok(if is_multivalue(kind) {
            kernel::lists(rows.len(), |row| of_row(row).iter().map(|text| Cow::Borrowed(&**text)).collect())
        } else {
            kernel::texts(rows.len(), |row| of_row(row).first().map(|text| Cow::Borrowed(&**text)))
        })
    }
}
