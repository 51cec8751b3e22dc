//! What a query means: a short list of relational operations. This is the contract with the
//! engine, which never sees a command's name.
//!
//! Field patterns stay patterns (`Processes.*`): the engine resolves them where fields are known.

mod rows;

pub use rows::{
    Boundary, Combine, Conversion, ConversionKind, Convert, Derived, Expand, Lists, Locate, Replace,
    Separator, Session, Split, Step, Weights,
};

use crate::span::Span;
use crate::tree::{Expr, Search, TimeRange};

/// A name with its place, for messages.
#[derive(Debug, Clone, PartialEq)]
pub struct Name {
    /// The field's name, or a pattern with `*`.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

impl Name {
    /// A name at a place.
    pub fn new(text: impl Into<String>, span: Span) -> Self {
        Self { text: text.into(), span }
    }

    /// Whether it holds a wildcard.
    pub fn is_pattern(&self) -> bool {
        self.text.contains('*')
    }
}

/// One operation on rows.
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    /// Events of the inputs that match a search.
    Scan(Scan),
    /// Events of a data model's dataset: `tstats … from datamodel=`, `datamodel … search`, `from datamodel:`.
    Dataset(Dataset),
    /// Data models as JSON: `datamodel`.
    DescribeModel(DescribeModel),
    /// The rows of a saved search: `from savedsearch:`.
    SavedSearch(Name),
    /// Rows made from nothing: `makeresults`.
    Values(Values),
    /// A lookup table as rows: `inputlookup`.
    ReadLookup(ReadLookup),
    /// The rows as a lookup table: `outputlookup`.
    WriteLookup(WriteLookup),
    /// Rows that match.
    Filter(Filter),
    /// New or replaced fields, each seeing the ones before.
    Extend(Extend),
    /// Which fields stay.
    Project(Project),
    /// Fields under other names.
    Rename(Rename),
    /// Groups with their aggregates: `stats`.
    Aggregate(Aggregate),
    /// Aggregates written to each row: `eventstats`, `streamstats`.
    Window(Window),
    /// Order.
    Sort(Sort),
    /// The first or last rows.
    Limit(Limit),
    /// One (or some) of each combination of values.
    Dedup(Dedup),
    /// Fields from a regular expression's groups: `rex`.
    Rex(Rex),
    /// Replacement by a sed expression: `rex mode=sed`.
    Sed(Sed),
    /// Fields from the structure of a text: `spath`, `fromjson`, `xmlkv`, `extract`.
    Extract(Extract),
    /// One field from a text by a path: `spath path=…`, `xpath`.
    Select(Select),
    /// A JSON object of fields: `tojson`.
    ToJson(ToJson),
    /// Numbers put in buckets: `bin`.
    Bin(Bin),
    /// Numbers put in buckets, with a row for each bucket that has none: `makecontinuous`.
    Continuous(Bin),
    /// A value for null: `fillnull`.
    FillNull(FillNull),
    /// Fields from a lookup table.
    Lookup(Lookup),
    /// The rows of another query behind these: `append`, `union`, `multisearch`.
    Union(Union),
    /// The rows that a pipeline makes of these, behind these: `appendpipe`.
    AppendPipe(AppendPipe),
    /// The fields of another query's rows beside these: `appendcols`.
    AppendCols(AppendCols),
    /// The fields of another query's rows that have the same keys: `join`.
    Join(Join),
    /// The rows that two queries share, or do not share: `set`.
    Set(Set),
    /// A query for each row: `map`.
    Map(Map),
    /// A pipeline for each field or value: `foreach`.
    ForEach(ForEach),
    /// The rows as the text of a search: `format`.
    Format(Format),
    /// The first rows as the text of a search: `return`.
    Return(Return),
    /// The fields of later rows that have the same keys: `selfjoin`.
    SelfJoin(SelfJoin),
    /// An error where there are no rows: `require`.
    Require,
    /// Most or least frequent values: `top`, `rare`.
    Top(Top),
    /// What the search itself is, given what its beginning says of time: `addinfo`.
    AddInfo(TimeRange),
    /// Rows that differ in one field become one: `mvcombine`.
    Combine(Combine),
    /// Values to numbers or times: `convert`.
    Convert(Convert),
    /// A row for each value: `mvexpand`.
    Expand(Expand),
    /// The last value where there is none, in these fields or patterns, or in all: `filldown`.
    FillDown(Vec<Name>),
    /// How a field is shown: `fieldformat`.
    Show(Assignment),
    /// The place of an address: `iplocation`.
    Locate(Locate),
    /// Aggregates as a table, the values of one field as its columns: `chart`, `timechart`, `xyseries`.
    Pivot(Box<Pivot>),
    /// How long ago a time was, in words; the time's field and that of the words: `reltime`.
    RelativeTime(Vec<(Name, Name)>),
    /// Values for values: `replace`.
    Replace(Replace),
    /// Fields computed from the rows so far: `accum`, `delta`, `autoregress`, `trendline`.
    Series(Vec<Derived>),
    /// Rows that belong together become one: `transaction`.
    Session(Box<Session>),
    /// Several values become one: `nomv`.
    Single(Name),
    /// One value becomes several: `makemv`.
    Split(Split),
    /// Sums of rows and of columns: `addtotals`, `addcoltotals`.
    Totals(Totals),
    /// Rows turned into columns: `transpose`.
    Transpose(Transpose),
    /// Rows that are not the one before once more: `uniq`.
    Uniq,
    /// A row for each cell of a table: `untable`.
    Untable(Untable),
    /// Periods of a table over time side by side: `timewrap`.
    Wrap(Wrap),
}

/// See [`Op::Scan`].
#[derive(Debug, Clone, PartialEq)]
pub struct Scan {
    /// Which events.
    pub predicate: Search,
    /// `earliest=`, `latest=` as written in the search.
    pub time: TimeRange,
}

/// See [`Op::Dataset`].
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// Which one.
    pub name: DatasetName,
    /// `nodename=`: only events of this dataset below it, by its lineage (`All_Changes.Account_Management`).
    pub node: Option<Name>,
    /// `earliest=`, `latest=` as written in the `where` of `tstats`.
    pub time: TimeRange,
    /// Its fields have the lineage of their dataset before their names: `Processes.user`.
    pub prefixed: bool,
    /// Which other fields events keep.
    pub others: OtherFields,
}

/// Fields that an event has besides those of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherFields {
    /// Those of every event that are known before it is read: time, host, source, sourcetype, index; and
    /// `_raw`.
    Default,
    /// All.
    All,
}

/// A data model and a dataset in it.
#[derive(Debug, Clone, PartialEq)]
pub struct DatasetName {
    /// The data model.
    pub model: Name,
    /// The dataset, by its name or its lineage; `None` is the model's only root dataset.
    pub dataset: Option<Name>,
}

/// See [`Op::DescribeModel`].
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeModel {
    /// This one; else all.
    pub model: Option<Name>,
    /// This dataset of it; else all.
    pub dataset: Option<Name>,
}

/// See [`Op::Values`].
#[derive(Debug, Clone, PartialEq)]
pub struct Values {
    /// How many rows.
    pub count: u64,
    /// `annotate=true`: also `_raw`, `host`, `source`, `sourcetype`, `splunk_server` … as nulls.
    pub annotate: bool,
    /// `format=csv|json data="…"`: rows in place of empty ones.
    pub data: Option<ValuesData>,
}

/// Rows written in the query: fields and rows of text; `None` where a row lacks the field.
#[derive(Debug, Clone, PartialEq)]
pub struct ValuesData {
    /// Field names.
    pub fields: Vec<String>,
    /// One entry a field.
    pub rows: Vec<Vec<Option<String>>>,
}

/// See [`Op::ReadLookup`].
#[derive(Debug, Clone, PartialEq)]
pub struct ReadLookup {
    /// Lookup definition or file name.
    pub name: Name,
    /// `where …`
    pub predicate: Option<Search>,
    /// `append=true`: behind the rows so far.
    pub append: bool,
    /// `start=`, `max=`
    pub start: u64,
    /// `max=`, default 1,000,000,000.
    pub max: u64,
}

/// See [`Op::WriteLookup`].
#[derive(Debug, Clone, PartialEq)]
pub struct WriteLookup {
    /// Lookup definition or file name.
    pub name: Name,
    /// `append=true`: behind the rows of the table, in its columns.
    pub append: bool,
    /// `create_empty=true`: no rows give an empty file.
    pub create_empty: bool,
    /// `override_if_empty=false`: no rows leave the table as it is.
    pub override_if_empty: bool,
    /// `max=`: at most so many rows.
    pub max: Option<u64>,
}

/// See [`Op::Filter`].
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// `search` in the middle of a pipeline: two-valued, case-insensitive.
    Search(Search),
    /// `where`, `regex`: an eval expression that must be true.
    Where(Expr),
}

/// See [`Op::Extend`].
#[derive(Debug, Clone, PartialEq)]
pub struct Extend {
    /// Assignments in order.
    pub assignments: Vec<Assignment>,
}

/// `target = expr`
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    /// The field. `{name}` parts take the value of that field as (part of) the name.
    pub target: Name,
    /// Its value.
    pub expr: Expr,
}

/// See [`Op::Project`].
#[derive(Debug, Clone, PartialEq)]
pub struct Project {
    /// Which way.
    pub mode: ProjectMode,
    /// Names or patterns.
    pub fields: Vec<Name>,
}

/// What a projection does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProjectMode {
    /// `table`: these and no others, in this order; a missing one is a column without values.
    Table,
    /// `fields +`: these, and `_time` and `_raw`.
    Keep,
    /// `fields -`: all but these.
    Drop,
}

/// See [`Op::Rename`].
#[derive(Debug, Clone, PartialEq)]
pub struct Rename {
    /// From, to; both may hold the same number of `*`.
    pub pairs: Vec<(Name, Name)>,
}

/// See [`Op::Aggregate`].
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    /// What is computed.
    pub calls: Vec<AggregateCall>,
    /// BY fields.
    pub by: Vec<Name>,
    /// A bucketed BY field, as `timechart span=1h` has.
    pub dedup_splitvals: bool,
    /// `allnum=true`
    pub allnum: bool,
    /// `delim="…"` between multivalue results when shown as one.
    pub delim: Option<String>,
}

/// One stats function: `sum(bytes) AS total`, `count(eval(x=1))`, `perc95(y)`.
#[derive(Debug, Clone, PartialEq)]
pub struct AggregateCall {
    /// Canonical name in lower case: `distinct_count` is `dc`, `mean` is `avg`, `perc95` is `perc`.
    pub function: String,
    /// `95` of `perc95`.
    pub percentile: Option<f64>,
    /// What it is computed from; `None` is `count` of rows. Of `sparkline(avg(x), 1h)` it is the call of `avg`,
    /// with the seconds of the span as its last argument. A field pattern is [`crate::tree::ExprKind::Wildcard`].
    pub argument: Option<Expr>,
    /// The result's name: as written after AS, else as Splunk names it (`count`, `sum(bytes)`).
    pub name: Name,
    /// The whole call.
    pub span: Span,
}

/// See [`Op::Window`].
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// What is computed.
    pub calls: Vec<AggregateCall>,
    /// BY fields.
    pub by: Vec<Name>,
    /// `None` for `eventstats`; the running window for `streamstats`.
    pub running: Option<Running>,
    /// `allnum=true`
    pub allnum: bool,
}

/// The window of `streamstats`.
#[derive(Debug, Clone, PartialEq)]
pub struct Running {
    /// `current=f` leaves the row itself out.
    pub current: bool,
    /// `window=N` rows; 0 is all so far.
    pub window: u64,
    /// `global=f`: the window counts rows of the group, not of all.
    pub global: bool,
    /// `time_window=`, seconds.
    pub time_window: Option<f64>,
    /// `reset_on_change=t`
    pub reset_on_change: bool,
    /// `reset_before="(…)"`
    pub reset_before: Option<Expr>,
    /// `reset_after="(…)"`
    pub reset_after: Option<Expr>,
}

/// See [`Op::Sort`].
#[derive(Debug, Clone, PartialEq)]
pub struct Sort {
    /// Keys in order of weight.
    pub keys: Vec<SortKey>,
    /// `None` is no limit (`sort 0`); Splunk's default is 10,000.
    pub limit: Option<u64>,
    /// The trailing `d`/`desc`: turns the whole order round.
    pub reverse: bool,
}

/// One sort key.
#[derive(Debug, Clone, PartialEq)]
pub struct SortKey {
    /// The field.
    pub field: Name,
    /// `-`
    pub descending: bool,
    /// `ip(f)`, `num(f)`, `str(f)`
    pub kind: SortKind,
}

/// How a key's values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortKind {
    /// Numbers as numbers, addresses as addresses, else text.
    Auto,
    /// As IP addresses.
    Ip,
    /// As numbers.
    Number,
    /// As text.
    Text,
}

/// See [`Op::Limit`].
#[derive(Debug, Clone, PartialEq)]
pub enum Limit {
    /// `head n`
    First(u64),
    /// `tail n`: the last ones, last first.
    Last(u64),
    /// `head (expr)`: rows until the expression is not true.
    While {
        /// The condition.
        expr: Expr,
        /// Also the row that ended it.
        keep_last: bool,
        /// Go on where the expression is null.
        null: bool,
        /// At most so many.
        limit: Option<u64>,
    },
}

/// See [`Op::Dedup`].
#[derive(Debug, Clone, PartialEq)]
pub struct Dedup {
    /// How many of each combination stay.
    pub count: u64,
    /// The fields.
    pub fields: Vec<Name>,
    /// Rows that lack a field stay.
    pub keep_empty: bool,
    /// Duplicates stay, without the fields.
    pub keep_events: bool,
    /// Only neighbours are duplicates.
    pub consecutive: bool,
    /// `sortby`
    pub sort_by: Vec<SortKey>,
}

/// See [`Op::Rex`].
#[derive(Debug, Clone, PartialEq)]
pub struct Rex {
    /// The field that is searched, default `_raw`.
    pub field: Name,
    /// The pattern with named groups.
    pub pattern: Name,
    /// 1: the first match. More, or 0 for all: multivalue fields.
    pub max_match: u64,
    /// The field that gets the groups' positions.
    pub offset_field: Option<Name>,
}

/// See [`Op::Sed`].
#[derive(Debug, Clone, PartialEq)]
pub struct Sed {
    /// The field that is changed.
    pub field: Name,
    /// `s/…/…/flags` or `y/…/…/`.
    pub expression: Name,
}

/// See [`Op::Extract`].
#[derive(Debug, Clone, PartialEq)]
pub struct Extract {
    /// The field that holds the text.
    pub input: Name,
    /// What is looked for in it.
    pub from: Structure,
}

/// Structure in a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Structure {
    /// Every value of a JSON or XML document, named by its path.
    Document,
    /// The members of a JSON object, named by their keys behind a prefix.
    Object {
        /// Before each key.
        prefix: String,
    },
    /// XML elements that hold text alone.
    Elements,
    /// Keys and values.
    Pairs(Pairs),
}

/// Keys and values as `extract` looks for them.
#[derive(Debug, Clone, PartialEq)]
pub struct Pairs {
    /// `auto=f`: `key=value` is not looked for without delimiters.
    pub auto: bool,
    /// `pairdelim=`: characters between pairs; empty: as Splunk finds pairs by itself.
    pub between: String,
    /// `kvdelim=`: characters between key and value.
    pub within: String,
    /// `limit=`: at most so many pairs.
    pub limit: u64,
    /// `maxchars=`: of so many characters.
    pub max_chars: u64,
    /// `mv_add=t`: a key that comes again adds a value.
    pub adds: bool,
    /// `clean_keys=t`: keys are made names of letters, digits and `_`.
    pub cleans: bool,
}

/// See [`Op::Select`].
#[derive(Debug, Clone, PartialEq)]
pub struct Select {
    /// The field that holds the text.
    pub input: Name,
    /// The field that gets the values.
    pub output: Name,
    /// Where they are.
    pub path: Name,
    /// What the path is written in.
    pub language: Language,
    /// The value where the path leads to none.
    pub default: Option<String>,
}

/// What a path is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// `a.b{}.c`
    Spath,
    /// `//a/b[@c]`
    XPath,
}

/// See [`Op::ToJson`].
#[derive(Debug, Clone, PartialEq)]
pub struct ToJson {
    /// Names or patterns, with their kind; empty: all fields.
    pub fields: Vec<(Name, Option<JsonKind>)>,
    /// The kind of fields that have none of their own.
    pub default: JsonKind,
    /// A value that does not fit its kind is null, and not left out.
    pub fill_null: bool,
    /// Also fields whose names start with `_`.
    pub include_internal: bool,
    /// The field that gets the object.
    pub output: Name,
}

/// How a value is written in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonKind {
    /// As what it looks like: number, Boolean, null, JSON, else text.
    Auto,
    /// As true or false.
    Bool,
    /// As the JSON that it is.
    Json,
    /// As a number if it looks like one, else as text.
    None,
    /// As a number.
    Number,
    /// As text.
    Text,
}

/// See [`Op::Bin`].
#[derive(Debug, Clone, PartialEq)]
pub struct Bin {
    /// The field.
    pub field: Name,
    /// The field that gets the result.
    pub target: Name,
    /// The width.
    pub size: BinSize,
    /// `aligntime=`: `earliest`, `latest` or a time.
    pub align: Option<String>,
    /// `start=`, `end=`
    pub range: (Option<f64>, Option<f64>),
}

/// How wide buckets are.
#[derive(Debug, Clone, PartialEq)]
pub enum BinSize {
    /// `span=10`, `span=5m`, `span=1d`: number and unit as written (`""` for plain numbers).
    Span(f64, String),
    /// `span=2log10`: coefficient and base.
    Log(f64, f64),
    /// `bins=100`, with `minspan=`.
    Count(u64, Option<(f64, String)>),
}

/// See [`Op::FillNull`].
#[derive(Debug, Clone, PartialEq)]
pub struct FillNull {
    /// The value, default `0`.
    pub value: String,
    /// These fields; empty: all fields that have a value anywhere.
    pub fields: Vec<Name>,
}

/// See [`Op::Lookup`].
#[derive(Debug, Clone, PartialEq)]
pub struct Lookup {
    /// Lookup definition or file name.
    pub name: Name,
    /// Lookup column, event field.
    pub keys: Vec<(Name, Name)>,
    /// Lookup column, event field; empty: all columns that are no keys.
    pub outputs: Vec<(Name, Name)>,
    /// `OUTPUTNEW`: existing values stay.
    pub keep_existing: bool,
}

/// See [`Op::Union`].
#[derive(Debug, Clone, PartialEq)]
pub struct Union {
    /// The other query.
    pub ops: Vec<Op>,
    /// Where it stands.
    pub span: Span,
    /// `maxout=`: at most so many of its rows; 0 is all. Splunk's default is 50,000.
    pub max: Option<u64>,
    /// Events are put in the order of their time, if both sides are events still.
    pub by_time: bool,
    /// There are no rows before it.
    pub first: bool,
}

/// See [`Op::AppendPipe`].
#[derive(Debug, Clone, PartialEq)]
pub struct AppendPipe {
    /// What is done with the rows.
    pub ops: Vec<Op>,
}

/// See [`Op::AppendCols`].
#[derive(Debug, Clone, PartialEq)]
pub struct AppendCols {
    /// The other query.
    pub ops: Vec<Op>,
    /// Where it stands.
    pub span: Span,
    /// `maxout=`, as that of [`Union`].
    pub max: Option<u64>,
    /// `override=t`: its values beat the existing ones.
    pub overwrite: bool,
}

/// See [`Op::Join`].
#[derive(Debug, Clone, PartialEq)]
pub struct Join {
    /// Fields of the rows and of the other query that must be equal; empty: all that both have.
    pub keys: Vec<(Name, Name)>,
    /// `left=L right=R`: what the fields of either side are called, `L.user`.
    pub aliases: Option<(String, String)>,
    /// Rows without a match stay: `type=left`.
    pub keep_unmatched: bool,
    /// Matches a row; 0 is all.
    pub max: u64,
    /// The other query's values beat the existing ones.
    pub overwrite: bool,
    /// `usetime=t`
    pub time: Option<JoinTime>,
    /// The other query.
    pub ops: Vec<Op>,
    /// Where it stands.
    pub span: Span,
}

/// Which rows of the other query count in `join usetime=t`, beside those of the same second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinTime {
    /// `earlier=t`
    Earlier,
    /// `earlier=f`
    Later,
}

/// See [`Op::SelfJoin`].
#[derive(Debug, Clone, PartialEq)]
pub struct SelfJoin {
    /// Fields that must be equal.
    pub fields: Vec<Name>,
    /// Matches a row; 0 is all.
    pub max: u64,
    /// The later row's values beat those of the row.
    pub overwrite: bool,
    /// Rows whose keys no other row has stay.
    pub keep_single: bool,
}

/// See [`Op::Set`].
#[derive(Debug, Clone, PartialEq)]
pub struct Set {
    /// Which rows.
    pub kind: SetKind,
    /// The two queries and where they stand.
    pub sides: [(Vec<Op>, Span); 2],
}

/// Which rows of two queries `set` gives, each once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetKind {
    /// Those of both.
    Union,
    /// Those that only one has.
    Diff,
    /// Those that both have.
    Intersect,
}

/// See [`Op::Map`].
#[derive(Debug, Clone, PartialEq)]
pub struct Map {
    /// The query's text with `$field$` where a value of the row goes. Its macros are not expanded.
    pub search: Name,
    /// `maxsearches=`
    pub max: u64,
}

/// See [`Op::ForEach`].
#[derive(Debug, Clone, PartialEq)]
pub struct ForEach {
    /// What is gone through.
    pub mode: ForEachMode,
    /// Fields or patterns; with a mode of values, the one field.
    pub fields: Vec<Name>,
    /// The text that stands for what is gone through, in the order of `fieldstr`, `matchstr`, `matchseg1`,
    /// `matchseg2`, `matchseg3`; of a mode of values only the first, `itemstr`.
    pub tokens: Vec<String>,
    /// The commands, as text.
    pub template: Name,
}

/// What `foreach` goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForEachMode {
    /// Fields.
    MultiField,
    /// The values of a multivalue field.
    MultiValue,
    /// The elements of a JSON array.
    JsonArray,
    /// Elements if the field holds a JSON array, else values.
    Auto,
}

/// See [`Op::Format`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format {
    /// Before and after all, before and after each row, between fields, between rows: `row prefix`, `column
    /// prefix`, `column separator`, `column end`, `row separator`, `row end`.
    pub strings: [String; 6],
    /// `mvsep=`, between the values of a multivalue field.
    pub value_separator: String,
    /// `maxresults=`; 0 is all.
    pub max: u64,
    /// `emptystr=`: what no rows give.
    pub empty: String,
}

impl Default for Format {
    fn default() -> Self {
        Self {
            strings: ["(", "(", "AND", ")", "OR", ")"].map(str::to_owned),
            value_separator: "OR".to_owned(),
            max: 0,
            empty: "NOT( )".to_owned(),
        }
    }
}

/// See [`Op::Return`].
#[derive(Debug, Clone, PartialEq)]
pub struct Return {
    /// How many rows.
    pub count: u64,
    /// What is said of each.
    pub items: Vec<ReturnItem>,
}

/// One argument of `return`.
#[derive(Debug, Clone, PartialEq)]
pub struct ReturnItem {
    /// The field whose value it is.
    pub field: Name,
    /// The name before `=`; `None`: the value alone (`$field`).
    pub name: Option<String>,
}

/// See [`Op::Top`].
#[derive(Debug, Clone, PartialEq)]
pub struct Top {
    /// Whose combinations are counted.
    pub fields: Vec<Name>,
    /// Within each of these.
    pub by: Vec<Name>,
    /// Rows a group; 0 is all.
    pub limit: u64,
    /// `rare`: the least frequent.
    pub rare: bool,
    /// `countfield=`; `None` with `showcount=f`.
    pub count_field: Option<String>,
    /// `percentfield=`; `None` with `showperc=f`.
    pub percent_field: Option<String>,
    /// `useother=t`: the rest as one row of this name.
    pub other: Option<String>,
}

/// See [`Op::Pivot`].
#[derive(Debug, Clone, PartialEq)]
pub struct Pivot {
    /// What is computed for each cell.
    pub measures: Vec<Measure>,
    /// The field whose values are the rows; `None`: there is one row.
    pub rows: Option<Axis>,
    /// The field whose values are the columns; `None`: a column for each measure.
    pub columns: Option<Series>,
    /// The name of a column of several measures: `$AGG$` is the measure, `$VAL$` the value of the field.
    pub format: String,
    /// A row also for each empty bucket between the first and the last.
    pub continuous: bool,
    /// The rows are the buckets of time.
    pub time: Option<TimeAxis>,
    /// Rows as they come, not sorted.
    pub grouped: bool,
    /// Equal values of a multivalue field of one event count once.
    pub dedup_splitvals: bool,
}

/// A value of each cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Measure {
    /// `avg(bytes) AS mean`
    Call(AggregateCall),
    /// `eval(max(a) - min(a)) AS spread`
    Eval {
        /// The expression as written.
        written: Expr,
        /// The expression with fields in place of its aggregates.
        expr: Expr,
        /// Those aggregates, under the names of those fields.
        calls: Vec<AggregateCall>,
        /// The result's name.
        name: Name,
    },
}

/// A field, and the buckets that its values are put in.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// The field.
    pub field: Name,
    /// `None`: each value for itself.
    pub bin: Option<Bin>,
}

/// The rows of `timechart`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeAxis {
    /// From the start to the end of the search's time range, not only of its events.
    pub fixed_range: bool,
    /// Also a first and a last bucket that the time range cuts.
    pub partial: bool,
}

/// The columns of a pivot.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// The field whose values they are.
    pub split: Axis,
    /// Which of them.
    pub keep: Keep,
    /// The column of the rows that lack the field; `None`: they do not count.
    pub null: Option<String>,
    /// The column of the values that are not kept; `None`: they do not count.
    pub other: Option<String>,
}

/// Which columns stay.
#[derive(Debug, Clone, PartialEq)]
pub enum Keep {
    /// All.
    All,
    /// `limit=5`, `where max in bottom3`
    Ranked {
        /// What ranks them, an aggregate of their cells; `None` is their sum, or where there are several
        /// measures how many events they have.
        by: Option<AggregateCall>,
        /// How many.
        count: u64,
        /// From which end.
        end: RankEnd,
        /// `notin`: all but these.
        outside: bool,
    },
    /// `where sum > 100`
    Compared {
        /// An aggregate of their cells.
        by: AggregateCall,
        /// `true` is `>`, `false` is `<`.
        above: bool,
        /// The number.
        number: f64,
    },
}

/// An end of a ranking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RankEnd {
    /// The greatest.
    Top,
    /// The least.
    Bottom,
}

/// See [`Op::Untable`].
#[derive(Debug, Clone, PartialEq)]
pub struct Untable {
    /// The field that stays.
    pub row: Name,
    /// The field that gets the names of the others.
    pub column: Name,
    /// The field that gets their values.
    pub value: Name,
}

/// See [`Op::Transpose`].
#[derive(Debug, Clone, PartialEq)]
pub struct Transpose {
    /// How many rows; `None`: all.
    pub limit: Option<u64>,
    /// The field that gets the names of the fields.
    pub column_name: Name,
    /// The field whose values name the new fields; `None`: `row 1`, `row 2` …
    pub header_field: Option<Name>,
    /// Also fields that have no value in these rows.
    pub include_empty: bool,
}

/// See [`Op::Totals`].
#[derive(Debug, Clone, PartialEq)]
pub struct Totals {
    /// These fields; empty: all that hold numbers.
    pub fields: Vec<Name>,
    /// All but this one.
    pub except: Option<Name>,
    /// The field that gets the sum of its row.
    pub row: Option<Name>,
    /// A last row with the sum of each column.
    pub column: Option<TotalRow>,
}

/// The row of totals.
#[derive(Debug, Clone, PartialEq)]
pub struct TotalRow {
    /// The field that says that it is the row of totals.
    pub label_field: Option<Name>,
    /// What it says.
    pub label: String,
}

/// See [`Op::Wrap`].
#[derive(Debug, Clone, PartialEq)]
pub struct Wrap {
    /// The length of a period: number and short unit.
    pub period: (u64, String),
    /// Periods end now, not where the rows end.
    pub align_now: bool,
    /// How the columns are named.
    pub names: WrapNames,
}

/// Names of periods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WrapNames {
    /// `latest_week`, `1week_before`
    Relative,
    /// `s0`, `s1`
    Short,
    /// The period's start in this time format.
    Exact(String),
}
