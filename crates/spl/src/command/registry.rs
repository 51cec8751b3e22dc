//! The list of commands: what each says of itself, and the names by which it can be called.

use super::{
    accum, addcoltotals, addinfo, addtotals, append, appendcols, appendpipe, autoregress, bin, chart,
    contingency, convert, datamodel, dedup, delta, eval, eventstats, extract, fieldformat, fields, filldown,
    fillnull, foreach, format, from, fromjson, head, inputlookup, iplocation, join, lookup, makecontinuous,
    makemv, makeresults, map, multisearch, mvcombine, mvexpand, nomv, other, outputlookup, rangemap, rare,
    regex, reltime, rename, replace, require, r#return, reverse, rex, search, selfjoin, set, setfields, sort,
    spath, stats, strcat, streamstats, table, tail, timechart, timewrap, tojson, top, transaction, transpose,
    trendline, tstats, union, uniq, untable, r#where, xmlkv, xmlunescape, xpath, xyseries,
};

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
