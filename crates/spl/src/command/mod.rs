//! The commands, one file each.
//!
//! A file holds the command's documentation ([`Doc`]), its grammar, how it prints and its tests. A command
//! that is one operation parses straight into that [`crate::ops::Op`]'s type; where the two differ, the file also says
//! what the command means.
//!
//! To add a command: its file, a variant of [`Command`], a line in [`ALL`], `Command::parse`,
//! `Command::print` and [`crate::to_ops`], and delete its line in [`other::OTHER`].

pub(crate) mod accum;
pub(crate) mod addcoltotals;
pub(crate) mod addinfo;
pub(crate) mod addtotals;
pub mod append;
pub mod appendcols;
pub(crate) mod appendpipe;
pub mod autoregress;
pub(crate) mod bin;
pub(crate) mod chart;
pub(crate) mod contingency;
pub(crate) mod convert;
pub mod datamodel;
pub(crate) mod dedup;
pub(crate) mod delta;
pub(crate) mod eval;
pub(crate) mod eventstats;
pub(crate) mod extract;
pub(crate) mod fieldformat;
pub(crate) mod fields;
pub(crate) mod filldown;
pub(crate) mod fillnull;
pub(crate) mod foreach;
pub(crate) mod format;
pub mod from;
pub(crate) mod fromjson;
pub mod generic;
pub(crate) mod head;
pub(crate) mod inputlookup;
pub(crate) mod iplocation;
pub mod join;
pub(crate) mod lookup;
pub(crate) mod makecontinuous;
pub(crate) mod makemv;
pub(crate) mod makeresults;
pub(crate) mod map;
pub(crate) mod multisearch;
pub(crate) mod mvcombine;
pub(crate) mod mvexpand;
pub(crate) mod nomv;
pub mod other;
pub(crate) mod outputlookup;
pub mod rangemap;
pub(crate) mod rare;
pub mod regex;
pub mod reltime;
pub(crate) mod rename;
pub(crate) mod replace;
pub(crate) mod require;
pub(crate) mod r#return;
pub(crate) mod reverse;
pub mod rex;
pub(crate) mod search;
pub(crate) mod selfjoin;
pub mod set;
pub(crate) mod setfields;
pub(crate) mod sort;
pub mod spath;
pub mod stats;
pub mod strcat;
pub(crate) mod streamstats;
pub(crate) mod table;
pub(crate) mod tail;
#[cfg(test)]
pub(crate) mod tests_support;
pub(crate) mod timechart;
pub(crate) mod timewrap;
pub(crate) mod tojson;
pub(crate) mod top;
pub(crate) mod transaction;
pub(crate) mod transpose;
pub(crate) mod trendline;
pub mod tstats;
pub mod union;
pub(crate) mod uniq;
pub(crate) mod untable;
pub(crate) mod values_data;
pub(crate) mod r#where;
pub(crate) mod xmlkv;
pub(crate) mod xmlunescape;
pub(crate) mod xpath;
pub(crate) mod xyseries;

use crate::cursor::{Cursor, Parse};
use crate::ops;
use crate::pivot;
use crate::span::Span;
use crate::tree::{Expr, Pipeline, Search, Subsearch};

/// A command with its arguments.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// `accum bytes AS total`
    Accum(ops::Derived),
    /// `addcoltotals labelfield=host`
    AddColTotals(ops::Totals),
    /// `addinfo`
    AddInfo,
    /// `addtotals col=true`
    AddTotals(ops::Totals),
    /// `append [ … ]`
    Append(append::Append),
    /// `appendcols [ … ]`
    AppendCols(appendcols::AppendCols),
    /// `appendpipe [ … ]`
    AppendPipe(Subsearch),
    /// `autoregress bytes p=1-3`
    AutoRegress(autoregress::AutoRegress),
    /// `bin _time span=1h`
    Bin(ops::Bin),
    /// `chart count OVER host BY user`
    Chart(Box<ops::Pivot>),
    /// `contingency host user`
    Contingency(Box<contingency::Contingency>),
    /// `convert ctime(first)`
    Convert(ops::Convert),
    /// `datamodel Endpoint Processes search`
    DataModel(datamodel::DataModel),
    /// `dedup host`
    Dedup(ops::Dedup),
    /// `delta _time`
    Delta(ops::Derived),
    /// `eval x=1`
    Eval(ops::Extend),
    /// `eventstats count BY host`
    EventStats(ops::Window),
    /// `extract pairdelim=";" kvdelim="="`
    Extract(ops::Extract),
    /// `fieldformat x=tostring(x, "commas")`
    FieldFormat(ops::Assignment),
    /// `fields a, b`
    Fields(ops::Project),
    /// `filldown user`
    FillDown(Vec<ops::Name>),
    /// `fillnull value=0 a`
    FillNull(ops::FillNull),
    /// `foreach a_* [ … ]`
    ForEach(ops::ForEach),
    /// `format`
    Format(ops::Format),
    /// `from datamodel:Endpoint.Processes`
    From(from::From),
    /// `fromjson data`
    FromJson(ops::Extract),
    /// `head 10`
    Head(ops::Limit),
    /// `inputlookup assets.csv`
    InputLookup(ops::ReadLookup),
    /// `iplocation src`
    IpLocation(ops::Locate),
    /// `join user [ … ]`
    Join(join::Join),
    /// `lookup assets ip AS src OUTPUT owner`
    Lookup(ops::Lookup),
    /// `makecontinuous _time span=5m`
    MakeContinuous(ops::Bin),
    /// `makemv delim="," a`
    MakeMv(ops::Split),
    /// `makeresults count=3`
    MakeResults(ops::Values),
    /// `map search="…"`
    Map(ops::Map),
    /// `multisearch [ … ] [ … ]`
    MultiSearch(Vec<Subsearch>),
    /// `mvcombine host`
    MvCombine(ops::Combine),
    /// `mvexpand a`
    MvExpand(ops::Expand),
    /// `nomv a`
    NoMv(ops::Name),
    /// `outputlookup seen.csv`
    OutputLookup(ops::WriteLookup),
    /// `rangemap field=count low=1-30`
    RangeMap(rangemap::RangeMap),
    /// `rare Image`
    Rare(ops::Top),
    /// `regex field="pattern"`
    Regex(regex::Regex),
    /// `reltime`
    RelTime(reltime::RelTime),
    /// `rename a AS b`
    Rename(ops::Rename),
    /// `replace a WITH b IN c`
    Replace(ops::Replace),
    /// `require`
    Require,
    /// `return user`
    Return(ops::Return),
    /// `reverse`
    Reverse,
    /// `rex field=x "pattern"`
    Rex(rex::RexCommand),
    /// `search a=1`
    Search(Search),
    /// `selfjoin user`
    SelfJoin(ops::SelfJoin),
    /// `set diff [ … ] [ … ]`
    Set(set::Set),
    /// `setfields a="b"`
    SetFields(ops::Extend),
    /// `sort - count`
    Sort(ops::Sort),
    /// `spath path=a.b`
    Spath(spath::Spath),
    /// `stats count BY host`
    Stats(stats::Stats),
    /// `strcat a "/" b c`
    StrCat(strcat::StrCat),
    /// `streamstats count`
    StreamStats(ops::Window),
    /// `table a, b`
    Table(ops::Project),
    /// `tail 10`
    Tail(u64),
    /// `timechart span=1h count BY host`
    TimeChart(Box<ops::Pivot>),
    /// `timewrap 1d`
    TimeWrap(ops::Wrap),
    /// `tojson auto(a)`
    ToJson(ops::ToJson),
    /// `top Image`
    Top(ops::Top),
    /// `transaction user maxspan=30m`
    Transaction(Box<ops::Session>),
    /// `transpose 0`
    Transpose(ops::Transpose),
    /// `trendline sma5(bytes)`
    TrendLine(Vec<ops::Derived>),
    /// `tstats count from datamodel=Endpoint.Processes`
    TStats(tstats::TStats),
    /// `union [ … ] [ … ]`
    Union(union::Union),
    /// `uniq`
    Uniq,
    /// `untable host user count`
    Untable(ops::Untable),
    /// `where a=1`
    Where(Expr),
    /// `xmlkv`
    XmlKv(ops::Extract),
    /// `xmlunescape`
    XmlUnescape,
    /// `xpath "//a/@b"`
    XPath(ops::Select),
    /// `xyseries host user count`
    XySeries(Box<ops::Pivot>),
    /// Any other command of Splunk.
    Generic(generic::Generic),
}

/// What `sluice help` says about a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doc {
    /// Its name.
    pub name: &'static str,
    /// Other names for it.
    pub aliases: &'static [&'static str],
    /// One sentence.
    pub summary: &'static str,
    /// Its arguments.
    pub syntax: &'static str,
    /// A query that uses it.
    pub example: &'static str,
    /// Options that change nothing here but how fast Splunk is, so they are read and dropped.
    pub hints: &'static [&'static str],
    /// What Splunk has and this does not do, or does in another way: an option (`allnum=`) or a case, and a
    /// note. The reference page shows them.
    pub differs: &'static [(&'static str, &'static str)],
}

/// The commands that run here, by name.
pub static ALL: &[Doc] = &[
    accum::DOC,
    addcoltotals::DOC,
    addinfo::DOC,
    addtotals::DOC,
    append::DOC,
    appendcols::DOC,
    appendpipe::DOC,
    autoregress::DOC,
    bin::DOC,
    chart::DOC,
    contingency::DOC,
    convert::DOC,
    datamodel::DOC,
    dedup::DOC,
    delta::DOC,
    eval::DOC,
    eventstats::DOC,
    extract::DOC,
    fieldformat::DOC,
    fields::DOC,
    filldown::DOC,
    fillnull::DOC,
    foreach::DOC,
    format::DOC,
    from::DOC,
    fromjson::DOC,
    head::DOC,
    inputlookup::DOC,
    iplocation::DOC,
    join::DOC,
    lookup::DOC,
    makecontinuous::DOC,
    makemv::DOC,
    makeresults::DOC,
    map::DOC,
    multisearch::DOC,
    mvcombine::DOC,
    mvexpand::DOC,
    nomv::DOC,
    outputlookup::DOC,
    rangemap::DOC,
    rare::DOC,
    regex::DOC,
    reltime::DOC,
    rename::DOC,
    replace::DOC,
    require::DOC,
    r#return::DOC,
    reverse::DOC,
    rex::DOC,
    search::DOC,
    selfjoin::DOC,
    set::DOC,
    setfields::DOC,
    sort::DOC,
    spath::DOC,
    stats::DOC,
    strcat::DOC,
    streamstats::DOC,
    table::DOC,
    tail::DOC,
    timechart::DOC,
    timewrap::DOC,
    tojson::DOC,
    top::DOC,
    transaction::DOC,
    transpose::DOC,
    trendline::DOC,
    tstats::DOC,
    union::DOC,
    uniq::DOC,
    untable::DOC,
    r#where::DOC,
    xmlkv::DOC,
    xmlunescape::DOC,
    xpath::DOC,
    xyseries::DOC,
];

/// Commands that make rows, and so stand first behind a `|`.
pub(crate) const GENERATING: [&str; 22] = [
    "datamodel",
    "dbinspect",
    "eventcount",
    "from",
    "gentimes",
    "history",
    "inputcsv",
    "inputlookup",
    "loadjob",
    "makeresults",
    "metadata",
    "metasearch",
    "mstats",
    "multisearch",
    "pivot",
    "rest",
    "savedsearch",
    "set",
    "tstats",
    "typeahead",
    "union",
    "walklex",
];

/// All names by which commands can be called.
pub fn names() -> impl Iterator<Item = &'static str> {
    let here = ALL.iter().flat_map(|doc| std::iter::once(doc.name).chain(doc.aliases.iter().copied()));
    here.chain(
        other::OTHER
            .iter()
            .flat_map(|other| std::iter::once(other.name).chain(other.aliases.iter().copied())),
    )
}

/// The canonical name of the command called `name`, in any case.
pub(crate) fn resolve(name: &str) -> Option<&'static str> {
    let called = |own: &str, aliases: &[&str]| {
        own.eq_ignore_ascii_case(name) || aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
    };
    let here = ALL.iter().find(|doc| called(doc.name, doc.aliases)).map(|doc| doc.name);
    here.or_else(|| {
        other::OTHER.iter().find(|other| called(other.name, other.aliases)).map(|other| other.name)
    })
}

impl Command {
    /// Reads the arguments of the command `name`, which stands at `span`.
    pub(crate) fn parse(name: &'static str, span: Span, cursor: &mut Cursor<'_>) -> Parse<Self> {
        match name {
            "accum" => accum::parse(cursor),
            "addcoltotals" => addcoltotals::parse(cursor),
            "addinfo" => addinfo::parse(),
            "addtotals" => addtotals::parse(cursor),
            "append" => append::parse(cursor),
            "appendcols" => appendcols::parse(cursor),
            "appendpipe" => appendpipe::parse(cursor),
            "autoregress" => autoregress::parse(cursor),
            "bin" => bin::parse(cursor),
            "chart" => chart::parse(cursor),
            "contingency" => contingency::parse(cursor),
            "convert" => convert::parse(cursor),
            "datamodel" => datamodel::parse(cursor),
            "dedup" => dedup::parse(cursor),
            "delta" => delta::parse(cursor),
            "eval" => eval::parse(cursor),
            "eventstats" => eventstats::parse(cursor),
            "extract" => extract::parse(cursor),
            "fieldformat" => fieldformat::parse(cursor),
            "fields" => fields::parse(cursor),
            "filldown" => filldown::parse(cursor),
            "fillnull" => fillnull::parse(cursor),
            "foreach" => foreach::parse(cursor, span),
            "format" => format::parse(cursor),
            "from" => from::parse(cursor),
            "fromjson" => fromjson::parse(cursor, span),
            "head" => head::parse(cursor),
            "inputlookup" => inputlookup::parse(cursor, span),
            "iplocation" => iplocation::parse(cursor),
            "join" => join::parse(cursor, span),
            "lookup" => lookup::parse(cursor, span),
            "makecontinuous" => makecontinuous::parse(cursor),
            "makemv" => makemv::parse(cursor),
            "makeresults" => makeresults::parse(cursor),
            "map" => map::parse(cursor, span),
            "multisearch" => multisearch::parse(cursor, span),
            "mvcombine" => mvcombine::parse(cursor),
            "mvexpand" => mvexpand::parse(cursor),
            "nomv" => nomv::parse(cursor),
            "outputlookup" => outputlookup::parse(cursor, span),
            "rangemap" => rangemap::parse(cursor),
            "rare" => rare::parse(cursor),
            "regex" => regex::parse(cursor),
            "reltime" => reltime::parse(cursor),
            "rename" => rename::parse(cursor),
            "replace" => replace::parse(cursor),
            "require" => require::parse(),
            "return" => r#return::parse(cursor),
            "reverse" => reverse::parse(),
            "rex" => rex::parse(cursor, span),
            "search" => search::parse(cursor),
            "selfjoin" => selfjoin::parse(cursor, span),
            "set" => set::parse(cursor, span),
            "setfields" => setfields::parse(cursor),
            "sort" => sort::parse(cursor),
            "spath" => spath::parse(cursor, span),
            "stats" => stats::parse(cursor),
            "strcat" => strcat::parse(cursor),
            "streamstats" => streamstats::parse(cursor),
            "table" => table::parse(cursor),
            "tail" => tail::parse(cursor),
            "timechart" => timechart::parse(cursor),
            "timewrap" => timewrap::parse(cursor),
            "tojson" => tojson::parse(cursor),
            "top" => top::parse(cursor),
            "transaction" => transaction::parse(cursor),
            "transpose" => transpose::parse(cursor),
            "trendline" => trendline::parse(cursor),
            "tstats" => tstats::parse(cursor),
            "union" => union::parse(cursor),
            "uniq" => uniq::parse(),
            "untable" => untable::parse(cursor),
            "where" => r#where::parse(cursor),
            "xmlkv" => xmlkv::parse(cursor),
            "xmlunescape" => xmlunescape::parse(cursor),
            "xpath" => xpath::parse(cursor, span),
            "xyseries" => xyseries::parse(cursor),
            _ => generic::parse(cursor),
        }
    }

    /// The arguments in canonical form.
    pub(crate) fn print(&self) -> String {
        match self {
            Command::Accum(derived) => accum::print(derived),
            Command::AddColTotals(totals) => addcoltotals::print(totals),
            Command::AddTotals(totals) => addtotals::print(totals),
            Command::Append(append) => append::print(append),
            Command::AppendCols(cols) => appendcols::print(cols),
            Command::AppendPipe(pipe) => appendpipe::print(pipe),
            Command::AutoRegress(command) => autoregress::print(command),
            Command::Bin(bin) => bin::print(bin),
            Command::Chart(pivot) | Command::TimeChart(pivot) => pivot::print(pivot),
            Command::Contingency(contingency) => contingency::print(contingency),
            Command::Convert(convert) => convert::print(convert),
            Command::DataModel(model) => datamodel::print(model),
            Command::Dedup(dedup) => dedup::print(dedup),
            Command::Delta(derived) => delta::print(derived),
            Command::Eval(extend) => eval::print(extend),
            Command::EventStats(window) => eventstats::print(window),
            Command::Extract(extract) => extract::print(extract),
            Command::FieldFormat(assignment) => fieldformat::print(assignment),
            Command::Fields(project) => fields::print(project),
            Command::FillDown(fields) => filldown::print(fields),
            Command::FillNull(fill) => fillnull::print(fill),
            Command::From(from) => from::print(from),
            Command::ForEach(each) => foreach::print(each),
            Command::Format(format) => format::print(format),
            Command::FromJson(extract) => fromjson::print(extract),
            Command::Head(limit) => head::print(limit),
            Command::InputLookup(read) => inputlookup::print(read),
            Command::IpLocation(locate) => iplocation::print(locate),
            Command::Join(join) => join::print(join),
            Command::Lookup(lookup) => lookup::print(lookup),
            Command::MakeContinuous(bin) => makecontinuous::print(bin),
            Command::MakeMv(split) => makemv::print(split),
            Command::MakeResults(values) => makeresults::print(values),
            Command::Map(map) => map::print(map),
            Command::MultiSearch(searches) => multisearch::print(searches),
            Command::MvCombine(combine) => mvcombine::print(combine),
            Command::MvExpand(expand) => mvexpand::print(expand),
            Command::NoMv(field) => nomv::print(field),
            Command::OutputLookup(write) => outputlookup::print(write),
            Command::RangeMap(command) => rangemap::print(command),
            Command::Rare(top) | Command::Top(top) => top::print(top),
            Command::Regex(regex) => regex::print(regex),
            Command::RelTime(command) => reltime::print(command),
            Command::Rename(rename) => rename::print(rename),
            Command::Replace(replace) => replace::print(replace),
            Command::AddInfo | Command::Require | Command::Reverse | Command::Uniq | Command::XmlUnescape => {
                String::new()
            }
            Command::Return(give) => r#return::print(give),
            Command::Rex(rex) => rex::print(rex),
            Command::Search(predicate) => search::print(predicate),
            Command::SelfJoin(join) => selfjoin::print(join),
            Command::Set(set) => set::print(set),
            Command::SetFields(extend) => setfields::print(extend),
            Command::Sort(sort) => sort::print(sort),
            Command::Spath(spath) => spath::print(spath),
            Command::Stats(stats) => stats::print(stats),
            Command::StrCat(command) => strcat::print(command),
            Command::StreamStats(window) => streamstats::print(window),
            Command::Table(project) => table::print(project),
            Command::Tail(count) => count.to_string(),
            Command::TimeWrap(wrap) => timewrap::print(wrap),
            Command::ToJson(json) => tojson::print(json),
            Command::Transaction(session) => transaction::print(session),
            Command::Transpose(transpose) => transpose::print(transpose),
            Command::TrendLine(trends) => trendline::print(trends),
            Command::TStats(tstats) => tstats::print(tstats),
            Command::Union(union) => union::print(union),
            Command::Untable(untable) => untable::print(untable),
            Command::Where(expr) => r#where::print(expr),
            Command::XmlKv(extract) => xmlkv::print(extract),
            Command::XPath(select) => xpath::print(select),
            Command::XySeries(pivot) => xyseries::print(pivot),
            Command::Generic(generic) => generic::print(generic),
        }
    }

    /// The subsearches among the arguments, predicates' included.
    pub(crate) fn subsearches(&self) -> Vec<&Pipeline> {
        match self {
            Command::Append(append) => vec![&append.subsearch.pipeline],
            Command::AppendCols(cols) => vec![&cols.subsearch.pipeline],
            Command::AppendPipe(pipe) => vec![&pipe.pipeline],
            Command::Eval(extend) => eval::subsearches(extend),
            Command::Generic(generic) => generic::subsearches(&generic.args),
            Command::Join(join) => vec![&join.subsearch.pipeline],
            Command::MultiSearch(searches) => searches.iter().map(|search| &search.pipeline).collect(),
            Command::Search(predicate) => search::subsearches(predicate),
            Command::Set(set) => set.sides.iter().map(|side| &side.pipeline).collect(),
            Command::TStats(tstats) => search::subsearches(&tstats.predicate),
            Command::Union(union) => union.datasets.iter().map(|dataset| &dataset.pipeline).collect(),
            Command::Where(expr) => expr.subsearches(),
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_complete() {
        let names: Vec<_> = ALL.iter().map(|doc| doc.name).collect();
        assert!(names.is_sorted());
        let others: Vec<_> = other::OTHER.iter().map(|other| other.name).collect();
        assert!(others.is_sorted(), "{others:?}");
        let mut all: Vec<_> = super::names().collect();
        all.sort_unstable();
        let count = all.len();
        all.dedup();
        assert_eq!(all.len(), count, "a name stands twice");
    }

    #[test]
    fn every_example_means_something() {
        for doc in ALL {
            let parsed = crate::parse(doc.example);
            assert_eq!(parsed.diagnostics, [], "{}", doc.name);
            assert!(parsed.pipeline.commands.iter().any(|call| call.name == doc.name), "{}", doc.name);
            crate::to_ops(&parsed.pipeline).unwrap();
        }
    }
}
