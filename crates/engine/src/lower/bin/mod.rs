//! `bin`: numbers and times put in buckets.

mod continuous;
mod width;

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use arrow::record_batch::RecordBatch;
use datafusion::common::Result as DataFusionResult;
use datafusion::logical_expr::Expr;
use sluice_events::field;
use sluice_spl::code;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::ops::{Bin, BinSize};

use super::expr;
use super::scan::TimeRange;
use crate::error::Result;
use crate::function::time::modifier;
use crate::kernel::{self, Arg, Context};
use crate::plan::{Rel, column};
use crate::planner::Planner;
use crate::stage;
use crate::value::{self, Cell, NUMBER, Values, is_mixed, is_multivalue, is_numeric};

pub(crate) use continuous::lower as continuous;
pub(crate) use width::Width;

pub(crate) async fn lower(bin: &Bin, rel: Rel, range: TimeRange, planner: &Planner<'_>) -> Result<Rel> {
    let context = planner.context();
    let Some(kind) = rel.kind(&bin.field.text).cloned() else { return Ok(rel) };
    let (rel, width) = width_of(bin, rel, range, planner).await?;
    let number = expr::to_number(column(&bin.field.text), &kind, context);
    let bucket =
        if width.is_time() { starts(number, width, context) } else { labels(number, width, context) };
    let bucket = match kind {
        kind if is_numeric(&kind) || is_multivalue(&kind) || bin.field.text == field::TIME => bucket,
        kind => or_as_it_is(bucket, column(&bin.field.text), is_mixed(&kind) || width.is_time(), context),
    };
    rel.extend(vec![(bin.target.text.clone(), bucket)])
}

/// The bucket, or the value that has none because it is no number: such a value stays as it is.
fn or_as_it_is(bucket: Expr, value: Expr, mixed: bool, context: &Context) -> Expr {
    fn chosen<'a>(args: &'a [Arg], row: usize) -> Cell<'a> {
        let cell = |at: usize| args.get(at).map_or(Cell::Null, |arg| arg.cell(row));
        Some(cell(0)).filter(|bucket| !bucket.is_null()).unwrap_or_else(|| cell(1))
    }
    let args = vec![bucket, value];
    if mixed {
        let run: kernel::Run = |_, args, rows| Ok(kernel::mixed(rows, |row| chosen(args, row)));
        return kernel::call("bin_or_value", value::mixed(), context, run, args);
    }
    let run: kernel::Run = |_, args, rows| Ok(kernel::texts(rows, |row| chosen(args, row).text()));
    kernel::call("bin_or_value", value::TEXT, context, run, args)
}

/// The width of the buckets; where it depends on all values, the rows are run and held.
pub(super) async fn width_of(
    bin: &Bin,
    rel: Rel,
    range: TimeRange,
    planner: &Planner<'_>,
) -> Result<(Rel, Width)> {
    let is_time = bin.field.text == field::TIME;
    let origin = origin(bin, range, planner.context())?;
    let size = match &bin.size {
        BinSize::Span(number, unit) if unit.is_empty() && is_time => &BinSize::Span(*number, "s".to_owned()),
        size => size,
    };
    if let Some(width) = Width::of(size, origin) {
        return Ok((rel, width));
    }
    let BinSize::Count(bins, least) = size else { return Err(no_width(bin).into()) };
    let (rel, batches) = stage::held(rel, planner).await?;
    let (low, high) = extent(&bin.field.text, &batches)?.unwrap_or((0.0, 0.0));
    let low = bin.range.0.map_or(low, |start| start.min(low));
    let high = bin.range.1.map_or(high, |end| end.max(high));
    let width = if is_time {
        Width::of_time((low, high), *bins, least.as_ref(), origin.unwrap_or(0.0))
    } else {
        Width::of_numbers((low, high), *bins, least.as_ref())
    };
    Ok((rel, width))
}

fn no_width(bin: &Bin) -> Diagnostic {
    Diagnostic::error(code::BAD_OPTION, bin.field.span, "the buckets have no width")
}

/// The least and the greatest number of a field.
pub(super) fn extent(name: &str, batches: &[RecordBatch]) -> Result<Option<(f64, f64)>> {
    let mut extent: Option<(f64, f64)> = None;
    for batch in batches {
        let Some(array) = batch.column_by_name(name) else { continue };
        let values = Values::new(array)?;
        for number in (0..batch.num_rows()).filter_map(|row| values.cell(row).number()) {
            let (low, high) = extent.unwrap_or((number, number));
            extent = Some((low.min(number), high.max(number)));
        }
    }
    Ok(extent)
}

/// The time that buckets are counted from; with no start of the time range that is 1970.
pub(super) fn origin(bin: &Bin, range: TimeRange, context: &Context) -> Result<Option<f64>> {
    let Some(text) = &bin.align else { return Ok(None) };
    if let Some(number) = value::parse_number(text) {
        return Ok(Some(number));
    }
    match text.as_str() {
        "earliest" => return Ok(range.earliest),
        "latest" => return Ok(range.latest.or(Some(context.now.as_second() as f64))),
        _ => {}
    }
    match modifier::apply(context.now, &context.zone.0, text) {
        Some(time) => Ok(Some(time.as_second() as f64)),
        None => Err(Diagnostic::error(
            code::BAD_OPTION,
            bin.field.span,
            format!("`aligntime` expected a time, found `{text}`"),
        )
        .with_help("for example `aligntime=@d+3h` or `aligntime=earliest`")
        .into()),
    }
}

/// Where the bucket of each number starts.
pub(super) fn starts(number: Expr, width: Width, context: &Context) -> Expr {
    call("bin_start", NUMBER, number, width, context, |context, args, rows| {
        let Some((number, width)) = parts(args) else { return Ok(kernel::nulls(&NUMBER, rows)) };
        Ok(kernel::numbers(rows, |row| width.start(number.number(row)?, &context.zone.0)))
    })
}

/// The bucket of each number as text: `10-20`.
pub(super) fn labels(number: Expr, width: Width, context: &Context) -> Expr {
    call("bin_label", value::TEXT, number, width, context, label_all)
}

fn label_all(context: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let Some((number, width)) = parts(args) else { return Ok(kernel::nulls(&value::TEXT, rows)) };
    let zone = &context.zone.0;
    Ok(kernel::texts(rows, |row| {
        let start = width.start(number.number(row)?, zone)?;
        width.label(start, zone).map(Into::into)
    }))
}

fn call(
    name: &'static str,
    returns: DataType,
    number: Expr,
    width: Width,
    context: &Context,
    run: kernel::Run,
) -> Expr {
    let args = std::iter::once(number).chain(width.to_args()).collect();
    kernel::call(name, returns, context, run, args)
}

fn parts(args: &[Arg]) -> Option<(&Arg, Width)> {
    let (number, width) = args.split_first()?;
    Some((number, Width::of_args(width)?))
}
