//! What a query means: a short list of relational operations. This is the contract with the
//! engine, which never sees a command's name.
//!
//! Field patterns stay patterns (`Processes.*`): the engine resolves them where fields are known.

mod aggregate;
mod choose;
mod fields;
mod lookup;
mod nested;
mod rows;
mod source;
mod table;
mod text;

pub use aggregate::{Aggregate, AggregateCall, Running, Top, Window};
pub use choose::{Dedup, Filter, Limit, Sort, SortKey, SortKind};
pub use fields::{Assignment, Bin, BinSize, Extend, FillNull, Project, ProjectMode, Rename};
pub use lookup::{Lookup, ReadLookup, WriteLookup};
pub use nested::{
    AppendCols, AppendPipe, ForEach, ForEachMode, Format, Join, JoinTime, Map, Return, ReturnItem, SelfJoin,
    Set, SetKind, Union,
};
pub use rows::{
    Boundary, Combine, Conversion, ConversionKind, Convert, Derived, Expand, Lists, Locate, Replace,
    Separator, Session, Split, Step, Weights,
};
pub use source::{Dataset, DatasetName, DescribeModel, OtherFields, Scan, Values, ValuesData};
pub use table::{
    Axis, Keep, Measure, Pivot, RankEnd, Series, TimeAxis, TotalRow, Totals, Transpose, Untable, Wrap,
    WrapNames,
};
pub use text::{Extract, JsonKind, Language, Pairs, Rex, Sed, Select, Structure, ToJson};

use crate::span::Span;
use crate::tree::TimeRange;

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
