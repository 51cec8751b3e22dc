//! What holds for every text: nothing panics, and what is printed reads as the same tree.

use proptest::prelude::*;

use crate::tree::Pipeline;
use crate::{Macros, expand, lint, parse, print, to_ops};

/// Pieces of queries; strung together they reach every grammar.
const PIECES: &[&str] = &[
    "|",
    "|",
    "|",
    " ",
    " ",
    " ",
    ",",
    "(",
    ")",
    "[",
    "]",
    "\"",
    "'",
    "\"a b\"",
    "'c d'",
    "\"x\\\\y\\\"z\"",
    "=",
    "==",
    "!=",
    "<",
    ">=",
    "+",
    "-",
    "*",
    "/",
    "%",
    ".",
    "!",
    "\\",
    "`",
    "```",
    "&gt;",
    "&quot;",
    "{}",
    "<<FIELD>>",
    "$x$",
    "a",
    "b",
    "_time",
    "a.b",
    "a*",
    "1",
    "2.5",
    "10",
    "5m",
    "é",
    "AND",
    "OR",
    "NOT",
    "XOR",
    "IN",
    "in",
    "like",
    "AS",
    "BY",
    "by",
    "OUTPUT",
    "sortby",
    "where",
    "desc",
    "d",
    "t",
    "f",
    "CASE(",
    "TERM(",
    "if(",
    "match(",
    "eval(",
    "sum(",
    "count",
    "p95(",
    "limit=",
    "span=",
    "field=",
    "value=",
    "mode=sed",
    "format=json",
    "data=",
    "earliest=-1h",
    "search ",
    "eval ",
    "where ",
    "table ",
    "fields ",
    "rename ",
    "sort ",
    "stats ",
    "eventstats ",
    "streamstats ",
    "dedup ",
    "head ",
    "tail ",
    "rex ",
    "regex ",
    "bin ",
    "fillnull ",
    "top ",
    "rare ",
    "chart ",
    "timechart ",
    "xyseries ",
    "transpose ",
    "addtotals ",
    "timewrap ",
    "limit=top5",
    "where max in bottom3",
    "lookup ",
    "inputlookup ",
    "makeresults ",
    "append ",
    "reverse",
    "tstats ",
    "foreach ",
    "join ",
];

/// Whole commands, with `F` where fields and `V` where values go.
const COMMANDS: &[&str] = &[
    "search V=V (V OR NOT V) V IN (V, V)",
    "search [search V | fields F] V!=V",
    "eval F=F + F * (F - F), F=if(F=F AND F < F, F, F) . F",
    "where NOT F IN (F, F) OR F LIKE F XOR F AND (F OR F)",
    "table F, F",
    "fields - F",
    "rename F AS F",
    "sort 0 - F, num(F) desc",
    "stats count, sum(F) AS F, p95(F) BY F, F",
    "streamstats window=3 current=f reset_after=(F=F) dc(F)",
    "dedup 2 F keepempty=t sortby - F",
    "head (F=F) limit=3",
    "rex field=F max_match=0 \"(?<n>V)\"",
    "regex F!=\"V\"",
    "bin F span=5m AS F",
    "fillnull value=0 F",
    "accum F AS F",
    "addinfo",
    "autoregress F p=1-3",
    "convert timeformat=V ctime(F) num(F) AS F",
    "delta F AS F p=2",
    "fieldformat F=F . F",
    "filldown F, F",
    "iplocation prefix=V allfields=t F",
    "makemv delim=\";\" F",
    "mvcombine delim=V F",
    "mvexpand F limit=3",
    "nomv F",
    "rangemap field=F low=-5--1 high=1-5 default=\"V\"",
    "reltime timefield=F prefix=V",
    "replace \"V\" WITH \"V\", \"*\" WITH \"V\" IN F",
    "setfields a=\"V\", b=\"V\"",
    "strcat F \"V\" F F",
    "transaction F, F maxspan=2m startswith=(V NOT a=V) endswith=eval(F < F) mvlist=t delim=V",
    "trendline sma5(F) AS F, ema3(F)",
    "uniq",
    "stats count BY F span=1h, F",
    "top limit=3 F BY F showperc=f",
    "chart limit=bottom3 count, sum(F) AS F over F span=2log10 BY F where max > 3",
    "timechart span=1h eval(max(F) - min(F)) AS F BY F usenull=f otherstr=V",
    "xyseries grouped=t F F F F sep=V",
    "untable F F F",
    "contingency F F maxrows=3 usetotal=f totalstr=V",
    "transpose 3 header_field=F column_name=V",
    "addtotals col=t labelfield=F label=V F F",
    "makecontinuous F span=5m",
    "timewrap 2w series=short",
    "lookup assets F AS F OUTPUTNEW F",
    "append [| inputlookup assets where V=V]",
    "tstats fillnull_value=V count, dc(F) AS F from datamodel=a.b where V=V (V OR V) by F, _time span=1h, F",
    "datamodel a b search",
    "from datamodel:a.b",
];

/// Values and fields that need care.
const FIELDS: &[&str] =
    &["a", "a.b", "'c d'", "'e{}.f'", "'by'", "'3'", "'x\\'y'", "Desc", "é", "'q\"r'", "'-z'"];
const VALUES: &[&str] = &[
    "a",
    "w*",
    "\"b c\"",
    "C:\\\\d\\e",
    "\"x\\\\\"",
    "1.50",
    "\"\"",
    "x@y:z",
    "\"a|b\"",
    "p\\|q",
    "a=b&c",
    "don't",
];

fn pieces() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..40).prop_map(|pieces| pieces.concat())
}

fn command() -> impl Strategy<Value = String> {
    let fields = prop::collection::vec(prop::sample::select(FIELDS), 12);
    let values = prop::collection::vec(prop::sample::select(VALUES), 12);
    (prop::sample::select(COMMANDS), fields, values).prop_map(|(command, fields, values)| {
        let (mut fields, mut values) = (fields.into_iter().cycle(), values.into_iter().cycle());
        let quoted = command.contains('"');
        let fill = |c: char| match c {
            'F' => fields.next().unwrap_or("a").to_owned(),
            'V' if quoted => "v".to_owned(),
            'V' => values.next().unwrap_or("a").to_owned(),
            c => c.to_string(),
        };
        command.chars().map(fill).collect()
    })
}

fn pipeline() -> impl Strategy<Value = String> {
    prop::collection::vec(command(), 1..5).prop_map(|commands| format!("| {}", commands.join(" | ")))
}

/// The tree without its places.
fn shape(pipeline: &Pipeline) -> String {
    let text = format!("{pipeline:?}");
    let mut parts = text.split("Span { ");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(part.split_once('}').map_or("", |(_, rest)| rest));
    }
    out
}

fn reads_back(text: &str) -> Result<(), TestCaseError> {
    let parsed = parse(text);
    if parsed.diagnostics.iter().any(crate::Diagnostic::is_error) {
        return Ok(());
    }
    let printed = print(&parsed.pipeline);
    let again = parse(&printed);
    let errors: Vec<_> = again.diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).collect();
    prop_assert!(errors.is_empty(), "{text}\n{printed}\n{errors:?}");
    prop_assert_eq!(shape(&again.pipeline), shape(&parsed.pipeline), "{}\n{}", text, printed);
    prop_assert_eq!(print(&again.pipeline), printed);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics(text in "\\PC{0,60}") {
        let parsed = parse(&text);
        lint(&parsed.pipeline);
        let _ = (to_ops(&parsed.pipeline), print(&parsed.pipeline), expand(&text, &Macros::default()));
    }

    #[test]
    fn no_string_of_pieces_panics_and_what_parses_reads_back(text in pieces()) {
        let parsed = parse(&text);
        lint(&parsed.pipeline);
        let _ = (to_ops(&parsed.pipeline), expand(&text, &Macros::default()));
        reads_back(&text)?;
    }

    #[test]
    fn every_pipeline_parses_and_reads_back(text in pipeline()) {
        let errors: Vec<_> = parse(&text).diagnostics.into_iter().filter(crate::Diagnostic::is_error).collect();
        prop_assert!(errors.is_empty(), "{text}\n{errors:?}");
        reads_back(&text)?;
    }
}

#[test]
fn deep_nesting_is_an_error_not_a_crash() {
    for text in [
        "(",
        "[",
        "a | append [",
        "| eval x=(",
        "| eval x=f(",
        "| eval x=-",
        "NOT ",
        "| tstats (",
        "| table a(",
    ] {
        parse(&text.repeat(20_000));
    }
}
