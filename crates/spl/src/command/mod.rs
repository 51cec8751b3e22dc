//! The commands, one file each.
//!
//! A file holds the command's documentation ([`Doc`]), its grammar, how it prints and its tests. A command
//! that is one operation parses straight into that [`crate::ops::Op`]'s type; where the two differ, the file also says
//! what the command means.
//!
//! To add a command: its file, a variant of [`Command`], a line in [`ALL`] (`registry.rs`), `Command::parse` and
//! `Command::print` (`grammar.rs`), [`crate::to_ops`], and delete its line in [`other::OTHER`].

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
mod grammar;
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
mod registry;
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

use crate::ops;
use crate::tree::{Expr, Search, Subsearch};

pub use registry::{ALL, Doc, names};
pub(crate) use registry::{GENERATING, resolve};

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
