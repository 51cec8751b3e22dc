//! What the operations of a query are called by people.

use sluice_spl::ops::{
    Extract, Filter, Keep, Language, Limit, Measure, Op, Pivot, Project, ProjectMode, Select, Step, Structure,
};

/// The command that an op comes from, as people know it.
pub(crate) fn of(op: &Op) -> &'static str {
    match op {
        Op::Scan(_) | Op::Filter(Filter::Search(_)) => "search",
        Op::Dataset(_) | Op::DescribeModel(_) => "datamodel",
        Op::SavedSearch(_) => "from",
        Op::Values(_) => "makeresults",
        Op::ReadLookup(_) => "inputlookup",
        Op::Filter(Filter::Where(_)) => "where",
        Op::Extend(_) => "eval",
        Op::Project(Project { mode: ProjectMode::Table, .. }) => "table",
        Op::Project(_) => "fields",
        Op::Rename(_) => "rename",
        Op::Aggregate(_) => "stats",
        Op::Window(window) if window.running.is_some() => "streamstats",
        Op::Window(_) => "eventstats",
        Op::Sort(_) => "sort",
        Op::Limit(Limit::Last(_)) => "tail",
        Op::Limit(_) => "head",
        Op::Dedup(_) => "dedup",
        Op::Rex(_) | Op::Sed(_) => "rex",
        Op::Extract(Extract { from: Structure::Document, .. }) => "spath",
        Op::Extract(Extract { from: Structure::Object { .. }, .. }) => "fromjson",
        Op::Extract(Extract { from: Structure::Elements, .. }) => "xmlkv",
        Op::Extract(Extract { from: Structure::Pairs(_), .. }) => "extract",
        Op::Select(Select { language: Language::Spath, .. }) => "spath",
        Op::Select(_) => "xpath",
        Op::ToJson(_) => "tojson",
        Op::Bin(_) => "bin",
        Op::FillNull(_) => "fillnull",
        Op::Lookup(_) => "lookup",
        Op::Union(union) if union.by_time => "union",
        Op::Union(_) => "append",
        Op::AppendPipe(_) => "appendpipe",
        Op::AppendCols(_) => "appendcols",
        Op::Join(_) => "join",
        Op::Set(_) => "set",
        Op::Map(_) => "map",
        Op::ForEach(_) => "foreach",
        Op::Format(_) => "format",
        Op::Return(_) => "return",
        Op::Require => "require",
        Op::SelfJoin(_) => "selfjoin",
        Op::WriteLookup(_) => "outputlookup",
        Op::Top(top) if top.rare => "rare",
        Op::Top(_) => "top",
        Op::Continuous(_) => "makecontinuous",
        Op::Pivot(pivot) if pivot.time.is_some() => "timechart",
        Op::Pivot(pivot) if is_of_cells(pivot) => "xyseries",
        Op::Pivot(_) => "chart",
        Op::Untable(_) => "untable",
        Op::Transpose(_) => "transpose",
        Op::Totals(totals) if totals.row.is_none() => "addcoltotals",
        Op::Totals(_) => "addtotals",
        Op::Wrap(_) => "timewrap",
        Op::Convert(_) => "convert",
        Op::Split(_) => "makemv",
        Op::Expand(_) => "mvexpand",
        Op::Combine(_) => "mvcombine",
        Op::Single(_) => "nomv",
        Op::Show(_) => "fieldformat",
        Op::Replace(_) => "replace",
        Op::FillDown(_) => "filldown",
        Op::Series(series) => match series.first().map(|derived| derived.step) {
            Some(Step::Difference(_)) => "delta",
            Some(Step::Earlier(_)) => "autoregress",
            Some(Step::Average(..)) => "trendline",
            Some(Step::Total) | None => "accum",
        },
        Op::Uniq => "uniq",
        Op::RelativeTime(_) => "reltime",
        Op::AddInfo(_) => "addinfo",
        Op::Locate(_) => "iplocation",
        Op::Session(_) => "transaction",
    }
}

/// Whether a pivot's cells are the values of single rows, as those of `xyseries` are.
fn is_of_cells(pivot: &Pivot) -> bool {
    !pivot.continuous
        && pivot.columns.as_ref().is_some_and(|columns| columns.keep == Keep::All && columns.null.is_none())
        && pivot
            .measures
            .iter()
            .all(|measure| matches!(measure, Measure::Call(call) if call.function == "last"))
}
