//! From commands to operations. What a single command means stands in its file; here is only what depends
//! on its place in the pipeline.

use crate::code;
use crate::command::other::OTHER;
use crate::command::{
    Command, append, appendcols, appendpipe, autoregress, contingency, datamodel, eval, foreach, from, join,
    multisearch, rangemap, regex, reltime, rename, rex, set, spath, stats, strcat, tstats, union,
    xmlunescape,
};
use crate::diagnostic::Diagnostic;
use crate::ops::{Filter, Limit, Op, Scan};
use crate::time_range;
use crate::tree::{Call, Pipeline, Search, TimeRange};

/// The operations of a pipeline, or all its errors.
pub(crate) fn to_ops(pipeline: &Pipeline) -> Result<Vec<Op>, Vec<Diagnostic>> {
    Ok(to_ops_by_command(pipeline)?.concat())
}

/// The operations of each command of a pipeline, or all its errors.
pub(crate) fn to_ops_by_command(pipeline: &Pipeline) -> Result<Vec<Vec<Op>>, Vec<Diagnostic>> {
    all(pipeline, true)
}

/// The operations of a pipeline that goes on with rows, or all its errors.
pub(crate) fn to_piped_ops(pipeline: &Pipeline) -> Result<Vec<Op>, Vec<Diagnostic>> {
    Ok(all(pipeline, false)?.concat())
}

fn all(pipeline: &Pipeline, starts: bool) -> Result<Vec<Vec<Op>>, Vec<Diagnostic>> {
    let mut ops: Vec<Vec<Op>> = Vec::new();
    let mut errors = Vec::new();
    for (place, call) in pipeline.commands.iter().enumerate() {
        let begun = match ops.first().and_then(|ops| ops.first()) {
            Some(Op::Scan(scan)) => scan.time.clone(),
            _ => TimeRange::default(),
        };
        match lower(call, starts && place == 0, &begun) {
            Ok(found) => ops.push(found),
            Err(found) => errors.extend(found),
        }
    }
    if errors.is_empty() { Ok(ops) } else { Err(errors) }
}

/// What a command means: mostly one operation. `begun` is the time range that the pipeline's first command names.
fn lower(call: &Call, first: bool, begun: &TimeRange) -> Result<Vec<Op>, Vec<Diagnostic>> {
    let op = match &call.command {
        Command::Accum(derived) | Command::Delta(derived) => Op::Series(vec![derived.clone()]),
        Command::AddColTotals(totals) | Command::AddTotals(totals) => Op::Totals(totals.clone()),
        Command::AddInfo => Op::AddInfo(begun.clone()),
        Command::Append(append) => append::op(append)?,
        Command::AppendCols(cols) => appendcols::op(cols)?,
        Command::AppendPipe(pipe) => appendpipe::op(pipe)?,
        Command::AutoRegress(command) => autoregress::op(command),
        Command::Bin(bin) => Op::Bin(bin.clone()),
        Command::Chart(pivot) | Command::TimeChart(pivot) | Command::XySeries(pivot) => {
            Op::Pivot(pivot.clone())
        }
        Command::Contingency(contingency) => return Ok(contingency::ops(contingency)),
        Command::Convert(convert) => Op::Convert(convert.clone()),
        Command::DataModel(model) => datamodel::op(model),
        Command::Dedup(dedup) => Op::Dedup(dedup.clone()),
        Command::Eval(extend) => {
            mean_something(&eval::subsearches(extend))?;
            checked(eval::check(extend), Op::Extend(extend.clone()))?
        }
        Command::EventStats(window) | Command::StreamStats(window) => Op::Window(window.clone()),
        Command::Extract(extract) | Command::FromJson(extract) | Command::XmlKv(extract) => {
            Op::Extract(extract.clone())
        }
        Command::FieldFormat(format) => {
            checked(eval::check_one(format).into_iter().collect(), Op::Show(format.clone()))?
        }
        Command::Fields(project) | Command::Table(project) => Op::Project(project.clone()),
        Command::FillDown(fields) => Op::FillDown(fields.clone()),
        Command::FillNull(fill) => Op::FillNull(fill.clone()),
        Command::ForEach(each) => checked(foreach::check(each), Op::ForEach(each.clone()))?,
        Command::Format(format) => Op::Format(format.clone()),
        Command::From(from) => from::op(from),
        Command::Head(limit) => Op::Limit(limit.clone()),
        Command::InputLookup(read) => Op::ReadLookup(read.clone()),
        Command::IpLocation(locate) => Op::Locate(locate.clone()),
        Command::Join(join) => join::op(join)?,
        Command::Lookup(lookup) => Op::Lookup(lookup.clone()),
        Command::MakeContinuous(bin) => Op::Continuous(bin.clone()),
        Command::MakeMv(split) => Op::Split(split.clone()),
        Command::MakeResults(values) => Op::Values(values.clone()),
        Command::Map(map) => Op::Map(map.clone()),
        Command::MultiSearch(_) if !first => return Err(vec![misplaced(call)]),
        Command::MultiSearch(searches) => return multisearch::ops(searches),
        Command::MvCombine(combine) => Op::Combine(combine.clone()),
        Command::MvExpand(expand) => Op::Expand(expand.clone()),
        Command::NoMv(field) => Op::Single(field.clone()),
        Command::OutputLookup(write) => Op::WriteLookup(write.clone()),
        Command::RangeMap(command) => rangemap::op(command),
        Command::Rare(top) | Command::Top(top) => Op::Top(top.clone()),
        Command::Regex(regex) => Op::Filter(regex::filter(regex)),
        Command::RelTime(command) => reltime::op(command),
        Command::Rename(rename) => checked(rename::check(rename), Op::Rename(rename.clone()))?,
        Command::Replace(replace) => Op::Replace(replace.clone()),
        Command::Require => Op::Require,
        Command::Return(give) => Op::Return(give.clone()),
        // All the rows, last first.
        Command::Reverse => Op::Limit(Limit::Last(u64::MAX)),
        Command::Rex(rex) => rex::op(rex),
        Command::Search(predicate) => search(predicate, first)?,
        Command::SelfJoin(join) => Op::SelfJoin(join.clone()),
        Command::Set(set) => set::op(set)?,
        Command::SetFields(extend) => Op::Extend(extend.clone()),
        Command::Sort(sort) => Op::Sort(sort.clone()),
        Command::Spath(spath) => spath::op(spath),
        Command::Stats(stats) => return Ok(stats::ops(stats)),
        Command::StrCat(command) => strcat::op(command),
        Command::Tail(count) => Op::Limit(Limit::Last(*count)),
        Command::TimeWrap(wrap) => Op::Wrap(wrap.clone()),
        Command::ToJson(json) => Op::ToJson(json.clone()),
        Command::Transaction(session) => Op::Session(session.clone()),
        Command::Transpose(transpose) => Op::Transpose(transpose.clone()),
        Command::TrendLine(trends) => Op::Series(trends.clone()),
        Command::TStats(_) if !first => return Err(vec![misplaced(call)]),
        Command::TStats(tstats) => return tstats::ops(tstats),
        Command::Union(union) => return union::ops(union),
        Command::Uniq => Op::Uniq,
        Command::Untable(untable) => Op::Untable(untable.clone()),
        Command::Where(expr) => {
            mean_something(&expr.subsearches())?;
            Op::Filter(Filter::Where(expr.clone()))
        }
        Command::XmlUnescape => Op::Extend(xmlunescape::extend()),
        Command::XPath(select) => Op::Select(select.clone()),
        Command::Generic(_) => return Err(vec![unsupported(call)]),
    };
    if !first && generates(&op) { Err(vec![misplaced(call)]) } else { Ok(vec![op]) }
}

/// Whether an operation makes rows without rows before it.
fn generates(op: &Op) -> bool {
    match op {
        Op::Values(_) | Op::Set(_) | Op::Dataset(_) | Op::DescribeModel(_) | Op::SavedSearch(_) => true,
        Op::ReadLookup(read) => !read.append,
        _ => false,
    }
}

fn checked(errors: Vec<Diagnostic>, op: Op) -> Result<Op, Vec<Diagnostic>> {
    if errors.is_empty() { Ok(op) } else { Err(errors) }
}

/// At the start of a pipeline a search reads events, elsewhere it filters rows.
fn search(predicate: &Search, first: bool) -> Result<Op, Vec<Diagnostic>> {
    mean_something(&crate::command::search::subsearches(predicate))?;
    if !first {
        return Ok(Op::Filter(Filter::Search(predicate.clone())));
    }
    let (predicate, time) = time_range::split(predicate)?;
    Ok(Op::Scan(Scan { predicate, time }))
}

/// Subsearches are run, so each must be one that can be.
fn mean_something(subsearches: &[&Pipeline]) -> Result<(), Vec<Diagnostic>> {
    subsearches.iter().try_for_each(|subsearch| to_ops(subsearch).map(|_| ()))
}

fn unsupported(call: &Call) -> Diagnostic {
    let instead = OTHER.iter().find(|other| other.name == call.name).and_then(|other| other.instead);
    let help = match instead {
        Some(instead) => format!("it needs a Splunk server, and there is none; {instead}"),
        None => "the query is well formed, but this command has no meaning here yet".to_owned(),
    };
    Diagnostic::error(code::UNSUPPORTED_COMMAND, call.name_span, format!("`{}` is not run here", call.name))
        .with_label("not run here")
        .with_help(help)
}

fn misplaced(call: &Call) -> Diagnostic {
    let message = format!("`{}` makes rows, so it must be the first command", call.name);
    let error = Diagnostic::error(code::MISPLACED_COMMAND, call.name_span, message).with_label("not first");
    match call.name {
        "multisearch" | "set" => error.with_help("`union` takes subsearches in the middle of a query"),
        "inputlookup" => error.with_help("`inputlookup append=true` puts its rows behind the rows so far"),
        name => error.with_help(format!("`append [| {name} …]` puts its rows behind the rows so far")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<&'static str> {
        let parsed = crate::parse(text);
        assert_eq!(parsed.diagnostics, [], "{text}");
        to_ops(&parsed.pipeline).err().unwrap_or_default().iter().map(|error| error.code).collect()
    }

    #[test]
    fn a_search_reads_events_first_and_filters_later() {
        let parsed = crate::parse("a=1 earliest=-1h | search b=2");
        let ops = to_ops(&parsed.pipeline).unwrap();
        assert!(matches!(ops.as_slice(), [Op::Scan(scan), Op::Filter(Filter::Search(_))]
            if scan.time.earliest.as_deref() == Some("-1h")));
    }

    #[test]
    fn ops_hold_what_was_written_and_where() {
        let ops = to_ops(&crate::parse("a=1 | tail 2").pipeline).unwrap();
        insta::assert_snapshot!(
            format!("{ops:?}"),
            @r#"[Scan(Scan { predicate: Search { kind: Compare("a", Equal, SearchValue { text: "1", quoted: false, form: Plain }), span: Span { start: 0, end: 3 } }, time: TimeRange { earliest: None, latest: None } }), Limit(Last(2))]"#
        );
    }

    #[test]
    fn a_command_that_needs_a_server_says_what_to_do_instead() {
        let errors = to_ops(&crate::parse("| rest /services/x").pipeline).unwrap_err();
        let help = errors[0].help.as_deref().unwrap_or_default();
        assert!(help.ends_with("give its rows as a lookup file and read them with `inputlookup`"), "{help}");
    }

    #[test]
    fn every_error_is_reported() {
        let found = codes("a | kmeans b | rename b* as c | eval d=true() | makeresults | rest /x");
        assert_eq!(
            found,
            [
                code::UNSUPPORTED_COMMAND,
                code::WILDCARD_MISMATCH,
                code::BOOLEAN_IN_FIELD,
                code::MISPLACED_COMMAND,
                code::UNSUPPORTED_COMMAND,
            ]
        );
    }

    #[test]
    fn subsearches_are_checked_too() {
        assert_eq!(codes("a [search b | kmeans c]"), [code::UNSUPPORTED_COMMAND]);
        assert_eq!(codes("a | append [| kmeans b]"), [code::UNSUPPORTED_COMMAND]);
        assert_eq!(codes("| tstats count where [search b | kmeans c]"), [code::UNSUPPORTED_COMMAND]);
    }
}
