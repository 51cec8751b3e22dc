//! `rex`: fields from the named groups of a regular expression.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use datafusion::common::{DataFusionError, Result as DataFusionResult};
use sluice_spl::code;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::ops::{Name, Rex};

use crate::error::Result;
use crate::kernel;
use crate::operator::{RowOperator, RowState};
use crate::pattern::{self, Captures, Pattern};
use crate::plan::Rel;
use crate::value::{self, Cell, Values, is_multivalue};

pub(crate) fn lower(rex: &Rex, rel: Rel) -> Result<Rel> {
    let pattern = compile(&rex.pattern)?;
    if pattern.names().next().is_none() {
        return Err(Diagnostic::error(
            code::BAD_REGEX,
            rex.pattern.span,
            "expected a named group in the regular expression, found none",
        )
        .with_help("a group that becomes a field is written `(?<name>…)`")
        .into());
    }
    let mut fields: Vec<String> = Vec::new();
    for (_, name) in pattern.names() {
        if !fields.iter().any(|field| field == name) {
            fields.push(name.to_owned());
        }
    }
    rel.through(Arc::new(Extracting {
        pattern,
        source: rex.field.text.clone(),
        fields,
        max_match: match rex.max_match {
            0 => usize::MAX,
            most => usize::try_from(most).unwrap_or(usize::MAX),
        },
        offset_field: rex.offset_field.as_ref().map(|field| field.text.clone()),
    }))
}

/// A pattern as written in a query.
pub(super) fn compile(written: &Name) -> Result<Arc<Pattern>, Diagnostic> {
    pattern::compile(&written.text).map_err(|why| pattern::does_not_compile(written.span, &why))
}

#[derive(Debug, Clone)]
struct Extracting {
    pattern: Arc<Pattern>,
    source: String,
    fields: Vec<String>,
    max_match: usize,
    offset_field: Option<String>,
}

impl Extracting {
    fn is_offset(&self, name: &str) -> bool {
        self.offset_field.as_deref() == Some(name)
    }

    /// Whether and as what this operator writes a field.
    fn writes(&self, name: &str) -> bool {
        self.is_offset(name) || self.fields.iter().any(|field| field == name)
    }

    fn kind(&self, name: &str, existing: Option<&DataType>) -> DataType {
        let several = self.max_match != 1 && !self.is_offset(name);
        if several || existing.is_some_and(is_multivalue) { value::multivalue() } else { value::TEXT }
    }
}

impl RowOperator for Extracting {
    fn name(&self) -> &'static str {
        "Rex"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        let mut fields: Vec<Arc<Field>> = input.fields().iter().cloned().collect();
        for name in self.fields.iter().chain(&self.offset_field) {
            let known = fields.iter_mut().find(|known| known.name() == name);
            let kind = self.kind(name, known.as_ref().map(|known| known.data_type()));
            let field = Arc::new(Field::new(name, kind, true));
            match known {
                Some(known) => *known = field,
                None => fields.push(field),
            }
        }
        Arc::new(Schema::new(fields))
    }

    fn parallel(&self) -> bool {
        true
    }

    fn start(&self, input: &SchemaRef) -> Box<dyn RowState> {
        Box::new(State { how: self.clone(), schema: self.schema(input) })
    }
}

struct State {
    how: Extracting,
    schema: SchemaRef,
}

/// A row's matches, each with the value it lies in.
type Found<'a> = Vec<(Cow<'a, str>, Captures)>;

impl RowState for State {
    fn push(&mut self, batch: RecordBatch) -> DataFusionResult<Option<RecordBatch>> {
        let rows = batch.num_rows();
        let source = batch.column_by_name(&self.how.source).map(Values::new).transpose()?;
        let found = match &source {
            Some(source) => {
                (0..rows).map(|row| self.find(source, row)).collect::<DataFusionResult<Vec<_>>>()?
            }
            None => vec![Vec::new(); rows],
        };
        let columns = self
            .schema
            .fields()
            .iter()
            .map(|field| {
                let existing = batch.column_by_name(field.name());
                match existing {
                    Some(kept) if !self.how.writes(field.name()) => Ok(Arc::clone(kept)),
                    existing => self.output(field, existing, &found),
                }
            })
            .collect::<DataFusionResult<Vec<_>>>()?;
        Ok(Some(RecordBatch::try_new(Arc::clone(&self.schema), columns)?))
    }
}

impl State {
    /// Each value of a multivalue field is searched, until there are enough matches.
    fn find<'a>(&self, source: &'a Values, row: usize) -> DataFusionResult<Found<'a>> {
        let mut found = Vec::new();
        for text in source.cell(row).texts() {
            let wanted = self.how.max_match - found.len();
            for captures in self.how.pattern.matches(&text).take(wanted) {
                let captures = captures.map_err(|hit| DataFusionError::Execution(hit.to_string()))?;
                found.push((text.clone(), captures));
            }
            if found.len() >= self.how.max_match {
                break;
            }
        }
        Ok(found)
    }

    fn output(
        &self,
        field: &Field,
        existing: Option<&ArrayRef>,
        found: &[Found<'_>],
    ) -> DataFusionResult<ArrayRef> {
        let existing = existing.map(Values::new).transpose()?;
        let new = |row: usize| -> Vec<String> {
            let matches = found.get(row).map_or(&[][..], Vec::as_slice);
            if self.how.is_offset(field.name()) {
                return self.offsets(matches).into_iter().collect();
            }
            matches.iter().filter_map(|(text, captures)| self.group(field.name(), text, captures)).collect()
        };
        let kept = |row: usize| existing.as_ref().map_or(Cell::Null, |existing| existing.cell(row));
        if is_multivalue(field.data_type()) {
            return Ok(kernel::lists(found.len(), |row| match new(row) {
                none if none.is_empty() => kept(row).texts(),
                texts => texts.into_iter().map(Cow::Owned).collect(),
            }));
        }
        Ok(kernel::texts(found.len(), |row| match new(row).into_iter().next() {
            Some(text) => Some(Cow::Owned(text)),
            None => kept(row).text(),
        }))
    }

    /// The first group of this name that took part.
    fn group(&self, field: &str, text: &str, captures: &Captures) -> Option<String> {
        let mut groups = self.how.pattern.names().filter(|(_, name)| *name == field);
        let range = groups.find_map(|(group, _)| captures.get(group))?;
        text.get(range).map(str::to_owned)
    }

    /// `name=first-last&…`, counted in characters from 0.
    fn offsets(&self, found: &[(Cow<'_, str>, Captures)]) -> Option<String> {
        let mut parts = Vec::new();
        for (text, captures) in found {
            for (group, name) in self.how.pattern.names() {
                let Some(range) = captures.get(group) else { continue };
                let place = |byte: usize| text.get(..byte).map_or(0, |before| before.chars().count());
                let (start, end) = (place(range.start), place(range.end));
                parts.push(format!("{name}={start}-{}", end.saturating_sub(1)));
            }
        }
        (!parts.is_empty()).then(|| parts.join("&"))
    }
}

#[cfg(test)]
mod tests {
    use crate::{Engine, Error, Knowledge, Settings};

    /// The field `r` after a query, its values joined by `|`.
    fn run(query: &str) -> Result<String, Error> {
        let engine = Engine::new(Settings { threads: 1, ..Settings::default() }, Knowledge::default());
        let answer = engine.run(query, &Default::default(), &Default::default())?;
        let row = answer.rows.iter().next().unwrap().unwrap();
        Ok(row.get("r").map_or_else(String::new, |cell| cell.texts().join("|")))
    }

    fn after(rex: &str) -> String {
        run(&format!("| makeresults | eval s=\"a1 b2 c3\", n=10.5, r=\"old\" | rex {rex} | table r")).unwrap()
    }

    #[test]
    fn groups_become_fields() {
        assert_eq!(after(r#"field=s "(?<r>\d)""#), "1");
        assert_eq!(after(r#"field=s max_match=2 "(?<r>\d)""#), "1|2");
        assert_eq!(after(r#"field=s max_match=0 "(?<r>\d)""#), "1|2|3");
        assert_eq!(after(r#"field=s "(?<r>zzz)""#), "old");
        assert_eq!(after(r#"field=s "a(?<r>x)?1""#), "old");
        assert_eq!(after(r#"field=nosuch "(?<r>.)""#), "old");
        assert_eq!(after(r#"field=n "\.(?<r>\d)""#), "5");
        assert_eq!(after(r#"field=s offset_field=r "(?<x>b.) (?<y>c)""#), "x=3-4&y=6-6");
    }

    #[test]
    fn multivalue_sources_are_searched_value_by_value() {
        let query = r#"| makeresults | eval s="1 2" | rex field=s max_match=0 "(?<m>\d)" | rex field=m max_match=0 "(?<r>^.$)" | table r"#;
        assert_eq!(run(query).unwrap(), "1|2");
    }

    #[test]
    fn sed_rewrites() {
        assert_eq!(after(r#"field=r mode=sed "s/o(.)/\1&/""#), "lold");
        assert_eq!(after(r#"field=r mode=sed "y/old/abc/""#), "abc");
        assert_eq!(after(r#"field=r mode=sed "s#O#x#i""#), "xld");
        assert_eq!(after(r#"field=r mode=sed "s/[a-z]/-/2""#), "o-d");
        assert_eq!(after(r#"field=r mode=sed "s/l\/?/\//g""#), "o/d");
    }

    #[test]
    fn wrong_patterns_are_query_errors() {
        for rex in
            [r#""\d""#, r#""(?<a>""#, r#"mode=sed "s/a/""#, r#"mode=sed "y/a/bc/""#, r#"mode=sed "s/a/b/q""#]
        {
            let error = run(&format!("| makeresults | rex {rex}")).unwrap_err();
            let Error::Query(diagnostics) = error else { panic!("{rex}: {error}") };
            assert_eq!(diagnostics[0].code, sluice_spl::code::BAD_REGEX, "{rex}");
        }
    }
}
