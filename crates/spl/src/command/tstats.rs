//! `tstats`: aggregates of a data model's dataset, or of what is known of events before they are read.

use super::{Command, Doc, bin};
use crate::args::OptionArg;
use crate::cursor::{Cursor, Parse};
use crate::diagnostic::Diagnostic;
use crate::ops::{
    Aggregate, AggregateCall, Bin, BinSize, Dataset, DatasetName, FillNull, Filter, Name, Op, OtherFields,
    Project, ProjectMode, Rename, Scan,
};
use crate::printer::name::{field, value};
use crate::tree::{CompareOp, Expr, ExprKind, Search, SearchKind, TimeRange};
use crate::{aggregate, code, dataset, meaning, predicate, printer, time_range};

/// For `sluice help tstats`.
pub(crate) const DOC: Doc = Doc {
    name: "tstats",
    aliases: &[],
    summary: "Computes aggregates over a data model's dataset, or over host, source, sourcetype, index and time.",
    syntax: "tstats [fillnull_value=<text>] <function>(<field>) [AS <field>], … [from datamodel=<model>[.<dataset>]] \
             [where <search> [nodename=<dataset>]] [BY <field>, … [_time span=<span>]]",
    example: "| tstats count min(_time) AS first from datamodel=Endpoint.Processes \
              where Processes.process_name=net.exe by Processes.dest Processes.user",
    hints: &[
        "allow_old_summaries",
        "chunk_size",
        "include_reduced_buckets",
        "local",
        "summariesonly",
        "use_summary_index_values",
    ],
    differs: &[
        ("summaries", "there are none, so all events are read, with `summariesonly=true` too"),
        ("prestats=", "an error if true: rows for another command to go on with are not made"),
        ("append=", "an error if true: it goes with `prestats=true`"),
        ("sid=", "an error, as a namespace is: both are files of a Splunk server"),
        ("PREFIX()", "an error: words of raw text are not indexed"),
        ("by nodename", "an error: `nodename` chooses a dataset in `where`, outside OR and NOT"),
        (
            "fields of structured data",
            "without `from`, fields that Splunk would index from JSON or CSV have no value",
        ),
    ],
};

const OPTIONS: [&str; 10] = [
    "allow_old_summaries",
    "append",
    "chunk_size",
    "fillnull_value",
    "include_reduced_buckets",
    "local",
    "prestats",
    "span",
    "summariesonly",
    "use_summary_index_values",
];

/// Stats functions that Splunk does not compute from an index.
const NOT_HERE: [&str; 2] = ["list", "sparkline"];

/// What is known of an event before it is read: the fields that `tstats` sees without `from`.
pub(crate) const INDEXED: [&str; 10] = [
    "_indextime",
    "_raw",
    "_time",
    "host",
    "index",
    "linecount",
    "punct",
    "source",
    "sourcetype",
    "splunk_server",
];

/// The start of an event's span while `_time` itself is still to be aggregated. No query can write this name.
const SPAN: &str = "\0span";

/// The arguments of `tstats`.
#[derive(Debug, Clone, PartialEq)]
pub struct TStats {
    /// What is computed.
    pub calls: Vec<AggregateCall>,
    /// `from datamodel=`
    pub from: Option<DatasetName>,
    /// `where …`
    pub predicate: Search,
    /// BY fields.
    pub by: Vec<Name>,
    /// `span=` of `_time`: number and unit.
    pub span: Option<(f64, String)>,
    /// `fillnull_value=`: for BY fields without a value.
    pub fill: Option<String>,
}

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let end = cursor.span_from(cursor.place());
    let mut tstats = TStats {
        calls: Vec::new(),
        from: None,
        predicate: Search { kind: SearchKind::All, span: end },
        by: Vec::new(),
        span: None,
        fill: None,
    };
    options(cursor, &mut tstats)?;
    tstats.calls = aggregate::calls_until(cursor, "tstats", &["from", "where", "by", "groupby"])?;
    while !cursor.at_command_end() {
        if cursor.keyword("from") {
            tstats.from = Some(from(cursor)?);
        } else if cursor.keyword("where") {
            let more = predicate::parse_until(cursor, &["where", "by", "groupby"])?;
            tstats.predicate = both(tstats.predicate, more);
        } else if cursor.keyword("by") || cursor.keyword("groupby") {
            tstats.by = cursor.fields(&["from", "where", "by", "groupby"])?;
        } else if cursor.at_option() {
            options(cursor, &mut tstats)?;
            // `BY _time span=1h host`
            if !tstats.by.is_empty() && !cursor.at_command_end() && !cursor.at_keyword("where") {
                tstats.by.extend(cursor.fields(&["from", "where"])?);
            }
        } else {
            break;
        }
    }
    check(&tstats)?;
    Ok(Command::TStats(tstats))
}

fn options(cursor: &mut Cursor<'_>, tstats: &mut TStats) -> Parse<()> {
    while let Some(option) = cursor.option()? {
        cursor.commas();
        set(tstats, &option)?;
    }
    Ok(())
}

fn set(tstats: &mut TStats, option: &OptionArg) -> Parse<()> {
    match option.name.text.as_str() {
        "fillnull_value" => tstats.fill = Some(option.value.text.clone()),
        "span" => tstats.span = Some(bin::span(option)?),
        "prestats" | "append" if option.boolean()? => return Err(not_honoured(option)),
        "prestats" | "append" => {}
        name if DOC.hints.contains(&name) => {}
        _ => return Err(option.unknown("tstats", &OPTIONS)),
    }
    Ok(())
}

fn not_honoured(option: &OptionArg) -> Diagnostic {
    let name = &option.name.text;
    Diagnostic::error(code::BAD_OPTION, option.name.span, format!("`{name}=true` is not run here"))
        .with_label("rows for a later command to go on with")
        .with_help("leave it out, and use `stats` with the same functions on the rows of `tstats`")
}

/// What stands behind `from`.
fn from(cursor: &mut Cursor<'_>) -> Parse<DatasetName> {
    let Some(word) = cursor.word() else { return Err(cursor.expected("`datamodel=`")) };
    if word.text.eq_ignore_ascii_case("datamodel") {
        cursor.eat_after_space('=');
        return dataset::name(cursor);
    }
    let message = match word.text.to_ascii_lowercase().as_str() {
        "sid" => "`sid=` reads what a Splunk server has collected".to_owned(),
        _ => format!("`{}` is a namespace of a Splunk server", word.text),
    };
    Err(Diagnostic::error(code::UNSUPPORTED_COMMAND, word.span, message)
        .with_label("there is no server")
        .with_help("write `from datamodel=Endpoint.Processes`, or leave `from` out"))
}

/// Both predicates.
fn both(first: Search, second: Search) -> Search {
    match (&first.kind, &second.kind) {
        (SearchKind::All, _) => second,
        (_, SearchKind::All) => first,
        _ => {
            let span = first.span.to(second.span);
            Search { kind: SearchKind::And(vec![group(first), group(second)]), span }
        }
    }
}

fn group(search: Search) -> Search {
    let span = search.span;
    Search { kind: SearchKind::Group(Box::new(search)), span }
}

fn check(tstats: &TStats) -> Parse<()> {
    for call in &tstats.calls {
        check_call(call)?;
    }
    for name in &tstats.by {
        check_name(&name.text, name)?;
    }
    let has_time = tstats.by.iter().any(|name| name.text == "_time");
    if let (Some(_), false, Some(name)) = (&tstats.span, has_time, tstats.by.first().or(first_name(tstats))) {
        return Err(Diagnostic::error(
            code::BAD_OPTION,
            name.span,
            "`span=` needs `_time` among the BY fields",
        )
        .with_label("no `_time` here")
        .with_help("for example `by _time span=1h`"));
    }
    Ok(())
}

fn first_name(tstats: &TStats) -> Option<&Name> {
    tstats.calls.first().map(|call| &call.name)
}

fn check_call(call: &AggregateCall) -> Parse<()> {
    if NOT_HERE.contains(&call.function.as_str()) {
        let message = format!("`tstats` has no function `{}`", call.function);
        return Err(Diagnostic::error(code::UNKNOWN_AGGREGATE, call.span, message)
            .with_label("not for indexed fields")
            .with_help("`values` gives the distinct values; `list` is a function of `stats`"));
    }
    match &call.argument {
        None => Ok(()),
        Some(Expr { kind: ExprKind::Field(name) | ExprKind::Wildcard(name), span }) => {
            check_name(name, &Name::new(name, *span))
        }
        Some(expr) => {
            Err(Diagnostic::error(code::TYPE_MISMATCH, expr.span, "`tstats` takes fields, no expressions")
                .with_label("an expression")
                .with_help("compute it with `eval` and `stats` on the rows of `tstats`"))
        }
    }
}

/// Neither a wildcard nor `PREFIX(…)` nor `nodename`.
fn check_name(text: &str, name: &Name) -> Parse<()> {
    if text.starts_with("PREFIX(") {
        return Err(Diagnostic::error(code::UNSUPPORTED_FUNCTION, name.span, "`PREFIX` is not run here")
            .with_label("finds words in an index")
            .with_help("search for events and take the field with `rex`"));
    }
    if text == "nodename" {
        return Err(Diagnostic::error(
            code::UNSUPPORTED_FUNCTION,
            name.span,
            "`nodename` is no field here, it only chooses a dataset in `where`",
        )
        .with_label("the datasets of an event")
        .with_help(
            "run a search for each dataset, for example `where nodename=All_Changes.Account_Management`",
        ));
    }
    if text.contains('*') {
        return Err(Diagnostic::error(
            code::UNEXPECTED_TOKEN,
            name.span,
            "`tstats` takes no wildcards in field names",
        )
        .with_label("a pattern")
        .with_help("name each field"));
    }
    Ok(())
}

/// What it means.
pub(crate) fn ops(tstats: &TStats) -> Result<Vec<Op>, Vec<Diagnostic>> {
    for subsearch in super::search::subsearches(&tstats.predicate) {
        meaning::to_ops(subsearch)?;
    }
    let (predicate, time) = time_range::split(&tstats.predicate)?;
    let mut ops = match &tstats.from {
        Some(name) => of_dataset(name, predicate, time).map_err(|error| vec![error])?,
        None => of_events(predicate, time),
    };
    if let Some((number, unit)) = &tstats.span {
        let time = Name::new("_time", Default::default());
        let size = BinSize::Span(*number, unit.clone());
        let target = Name::new(SPAN, time.span);
        ops.push(Op::Bin(Bin { field: time, target, size, align: None, range: (None, None) }));
    }
    if let Some(value) = tstats.fill.clone().filter(|_| !tstats.by.is_empty()) {
        let fields = tstats.by.iter().filter(|name| name.text != "_time").cloned().collect::<Vec<_>>();
        if !fields.is_empty() {
            ops.push(Op::FillNull(FillNull { value, fields }));
        }
    }
    ops.extend(aggregated(tstats));
    Ok(ops)
}

fn aggregated(tstats: &TStats) -> Vec<Op> {
    let spanned = |name: &Name| tstats.span.is_some() && name.text == "_time";
    let by = |name: &Name| if spanned(name) { Name::new(SPAN, name.span) } else { name.clone() };
    let mut ops = vec![Op::Aggregate(Aggregate {
        calls: tstats.calls.clone(),
        by: tstats.by.iter().map(by).collect(),
        dedup_splitvals: false,
        allnum: false,
        delim: None,
    })];
    if let Some(time) = tstats.by.iter().find(|name| spanned(name)) {
        ops.push(Op::Rename(Rename { pairs: vec![(Name::new(SPAN, time.span), time.clone())] }));
    }
    ops
}

fn of_dataset(name: &DatasetName, predicate: Search, time: TimeRange) -> Result<Vec<Op>, Diagnostic> {
    let (node, rest) = take_node(predicate);
    if let Some(span) = rest.as_ref().and_then(names_node) {
        return Err(Diagnostic::error(
            code::BAD_OPTION,
            span,
            "`nodename` chooses the dataset of the whole search",
        )
        .with_label("not for all events")
        .with_help("move `nodename=…` out of OR and NOT, or run a search for each dataset"));
    }
    let mut ops = vec![Op::Dataset(Dataset {
        name: name.clone(),
        node,
        time,
        prefixed: true,
        others: OtherFields::Default,
    })];
    ops.extend(rest.map(|rest| Op::Filter(Filter::Search(rest))));
    Ok(ops)
}

/// Events with what is known of them before they are read.
fn of_events(predicate: Search, time: TimeRange) -> Vec<Op> {
    let all = Search { kind: SearchKind::All, span: predicate.span };
    let fields = INDEXED.iter().map(|name| Name::new(*name, predicate.span)).collect();
    vec![
        Op::Scan(Scan { predicate: all, time }),
        Op::Project(Project { mode: ProjectMode::Keep, fields }),
        Op::Filter(Filter::Search(predicate)),
    ]
}

/// Takes `nodename=…` out of a conjunction; the last one counts.
fn take_node(search: Search) -> (Option<Name>, Option<Search>) {
    let span = search.span;
    match search.kind {
        SearchKind::Compare(field, CompareOp::Equal, value) if field == "nodename" => {
            (Some(Name::new(value.text, span)), None)
        }
        SearchKind::And(parts) => {
            let (mut node, mut kept) = (None, Vec::new());
            for part in parts {
                let (found, rest) = take_node(part);
                node = found.or(node);
                kept.extend(rest);
            }
            let rest = match kept.len() {
                0 => None,
                1 => kept.pop(),
                _ => Some(Search { kind: SearchKind::And(kept), span }),
            };
            (node, rest)
        }
        SearchKind::Group(inner) => {
            let (node, rest) = take_node(*inner);
            (node, rest.map(group))
        }
        SearchKind::All => (None, None),
        kind => (None, Some(Search { kind, span })),
    }
}

/// Where `nodename` still stands.
fn names_node(search: &Search) -> Option<crate::span::Span> {
    match &search.kind {
        SearchKind::And(parts) | SearchKind::Or(parts) => parts.iter().find_map(names_node),
        SearchKind::Not(inner) | SearchKind::Group(inner) => names_node(inner),
        SearchKind::Compare(field, ..) | SearchKind::In(field, _) if field == "nodename" => Some(search.span),
        _ => None,
    }
}

/// The arguments as text.
pub(crate) fn print(tstats: &TStats) -> String {
    let mut out =
        tstats.fill.as_ref().map(|fill| format!("fillnull_value={} ", value(fill))).unwrap_or_default();
    out += &aggregate::print(&tstats.calls, &[]);
    if let Some(from) = &tstats.from {
        out += &format!(" from datamodel={}", dataset::print(from));
    }
    if tstats.predicate.kind != SearchKind::All {
        out += &format!(" where {}", printer::search::search(&tstats.predicate));
    }
    if !tstats.by.is_empty() {
        out += &format!(" BY {}", print_by(tstats));
    }
    out
}

fn print_by(tstats: &TStats) -> String {
    let print = |name: &Name| match &tstats.span {
        Some((number, unit)) if name.text == "_time" => format!("_time span={number}{unit}"),
        _ => field(&name.text),
    };
    tstats.by.iter().map(print).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn clauses_and_options() {
        prints("tstats count", "tstats count");
        prints(
            "tstats summariesonly=false allow_old_summaries=true fillnull_value=null count min(_time) as first \
             FROM datamodel = \"Endpoint\".\"Processes\" where Processes.process_name=net.exe OR Processes.user!=x \
             groupby Processes.dest, Processes.user",
            "tstats fillnull_value=null count, min(_time) AS first from datamodel=Endpoint.Processes \
             where Processes.process_name=net.exe OR Processes.user!=x BY Processes.dest Processes.user",
        );
        prints(
            "tstats count from datamodel Web by _time span=1h Web.src",
            "tstats count from datamodel=Web BY _time span=1h Web.src",
        );
        prints(
            "tstats count where index=* by host _time span=5m",
            "tstats count where index=* BY host _time span=5m",
        );
        prints("tstats prestats=f count where a=1 where b=2 OR c=3", "tstats count where (a=1) (b=2 OR c=3)");
        prints("tstats count where by=1 by source", "tstats count where by=1 BY source");
    }

    #[test]
    fn what_is_not_run_is_named() {
        fails("tstats prestats=t count", "`prestats=true` is not run here");
        fails("tstats count from sid=123", "`sid=` reads what a Splunk server has collected");
        fails("tstats count from mine", "`mine` is a namespace of a Splunk server");
        fails("tstats count by PREFIX(user=)", "`PREFIX` is not run here");
        fails("tstats avg(PREFIX(len=))", "`PREFIX` is not run here");
        fails("tstats values(Web.*) from datamodel=Web", "`tstats` takes no wildcards in field names");
        fails("tstats count(eval(a=1))", "`tstats` takes fields, no expressions");
        fails(
            "tstats count from datamodel=A by nodename",
            "`nodename` is no field here, it only chooses a dataset in `where`",
        );
        fails("tstats list(host)", "`tstats` has no function `list`");
        fails("tstats count by host span=1h", "`span=` needs `_time` among the BY fields");
        fails(
            "tstats count from datamodel=A where nodename=A.b OR nodename=A.c",
            "`nodename` chooses the dataset of the whole search",
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        fails("tstats", "expected a stats function, found end of query");
        fails("tstats summaryonly=t count", "`tstats` has no option `summaryonly`");
        fails("tstats count from", "expected `datamodel=`, found end of query");
        fails("tstats count from datamodel=", "expected a data model, found end of query");
        fails("tstats count by", "expected a field, found end of query");
    }

    #[test]
    fn the_dataset_and_the_time_are_taken_out_of_the_search() {
        let text =
            "| tstats count from datamodel=A.B where earliest=-1d nodename=B.C (B.x=1) by _time span=1h";
        let ops = crate::to_ops(&crate::parse(text).pipeline).unwrap();
        let [Op::Dataset(dataset), Op::Filter(_), Op::Bin(_), Op::Aggregate(_), Op::Rename(_)] =
            ops.as_slice()
        else {
            panic!("{ops:?}")
        };
        assert_eq!(dataset.node.as_ref().map(|node| node.text.as_str()), Some("B.C"));
        assert_eq!(dataset.time.earliest.as_deref(), Some("-1d"));
    }
}
