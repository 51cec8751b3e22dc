//! Tables as text.

use super::FORMAT;
use super::series::{DEFAULT_LIMIT, NULL, OTHER};
use crate::aggregate;
use crate::command::bin::print_options;
use crate::ops::{AggregateCall, Axis, BinSize, Keep, Measure, Pivot, RankEnd, Series};
use crate::printer;
use crate::printer::name::{field, value};

/// The arguments of `chart` or `timechart` as text.
pub(crate) fn print(pivot: &Pivot) -> String {
    let mut out = options(pivot);
    out += &pivot.measures.iter().map(measure).collect::<Vec<_>>().join(", ");
    if let (Some(rows), None) = (&pivot.rows, pivot.time) {
        out += &format!(" OVER {}", axis(rows));
    }
    if let Some(columns) = &pivot.columns {
        out += &format!(" BY {}{}", axis(&columns.split), clause(&columns.keep));
    }
    out
}

fn options(pivot: &Pivot) -> String {
    let mut out = Vec::new();
    if let (Some(_), Some(Axis { bin: Some(bin), .. })) = (pivot.time, &pivot.rows) {
        let options = print_options(bin);
        let default =
            bin.size == BinSize::Count(100, None) && bin.align.is_none() && bin.range == (None, None);
        out.extend((!default).then(|| options.trim_start().to_owned()));
    }
    if pivot.format != FORMAT {
        out.push(format!("format={}", value(&pivot.format)));
    }
    if let Some(series) = &pivot.columns {
        out.extend(series_options(series));
    }
    let flags = [
        ("cont=false", !pivot.continuous),
        ("fixedrange=false", pivot.time.is_some_and(|time| !time.fixed_range)),
        ("partial=false", pivot.time.is_some_and(|time| !time.partial)),
        ("dedup_splitvals=true", pivot.dedup_splitvals),
    ];
    out.extend(flags.iter().filter(|(_, set)| *set).map(|(flag, _)| (*flag).to_owned()));
    out.iter().map(|option| format!("{option} ")).collect()
}

fn series_options(series: &Series) -> Vec<String> {
    let mut out = Vec::new();
    match &series.keep {
        Keep::All => out.push("limit=0".to_owned()),
        Keep::Ranked { by: None, count, end, .. } if (*count, *end) != (DEFAULT_LIMIT, RankEnd::Top) => {
            out.push(format!("limit={}", rank(*count, *end).trim_start_matches("top")));
        }
        _ => {}
    }
    out.extend(named("usenull", "nullstr", series.null.as_deref(), NULL));
    out.extend(named("useother", "otherstr", series.other.as_deref(), OTHER));
    out
}

fn named(used: &str, option: &str, name: Option<&str>, default: &str) -> Option<String> {
    match name {
        None => Some(format!("{used}=false")),
        Some(name) if name == default => None,
        Some(name) => Some(format!("{option}={}", value(name))),
    }
}

fn rank(count: u64, end: RankEnd) -> String {
    match end {
        RankEnd::Top => format!("top{count}"),
        RankEnd::Bottom => format!("bottom{count}"),
    }
}

fn clause(keep: &Keep) -> String {
    match keep {
        Keep::Ranked { by: Some(by), count, end, outside } => {
            let within = if *outside { "notin" } else { "in" };
            format!(" where {} {within} {}", function(by), rank(*count, *end))
        }
        Keep::Compared { by, above, number } => {
            format!(" where {} {} {number}", function(by), if *above { '>' } else { '<' })
        }
        _ => String::new(),
    }
}

fn function(call: &AggregateCall) -> String {
    let percentile = call.percentile.map(|p| p.to_string()).unwrap_or_default();
    format!("{}{percentile}", call.function)
}

fn measure(measure: &Measure) -> String {
    match measure {
        Measure::Call(call) => aggregate::print_call(call),
        Measure::Eval { written, name, .. } => {
            let text = format!("eval({})", printer::expr::expr(written));
            if name.text == text { text } else { format!("{text} AS {}", field(&name.text)) }
        }
    }
}

fn axis(axis: &Axis) -> String {
    let options = axis.bin.as_ref().map(print_options).unwrap_or_default();
    format!("{}{options}", field(&axis.field.text))
}
