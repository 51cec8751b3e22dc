//! What each stats function is for: the reference and `sluice help` show it.

/// One stats function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doc {
    /// Its canonical name.
    pub name: &'static str,
    /// Other names for it.
    pub aliases: &'static [&'static str],
    /// As it is called: `dc(X)`.
    pub syntax: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// Calls and what they give over [`EXAMPLE_ROWS`], several values joined by `|`, `null` for no value. Run by
    /// a test.
    pub examples: &'static [(&'static str, &'static str)],
}

/// `_time`, `user` and `bytes` of the rows that examples run over, newest first.
pub const EXAMPLE_ROWS: [(f64, &str, &str); 5] = [
    (1240.0, "eve", "40"),
    (1180.0, "ann", "-"),
    (1120.0, "bob", "10"),
    (1060.0, "eve", "20"),
    (1000.0, "bob", "10"),
];

/// All stats functions, sorted by name.
pub const ALL: &[Doc] = &[
    Doc {
        name: "avg",
        aliases: &["mean"],
        syntax: "avg(X)",
        summary: "The mean of the numbers; text that is none counts for nothing.",
        examples: &[("avg(bytes)", "20"), ("avg(user)", "null")],
    },
    Doc {
        name: "count",
        aliases: &["c"],
        syntax: "count | count(X)",
        summary: "How many rows there are, or values of a field; of a condition, how often it is true.",
        examples: &[("count", "5"), ("count(user)", "5"), ("count(eval(bytes>10))", "2")],
    },
    Doc {
        name: "dc",
        aliases: &["distinct_count"],
        syntax: "dc(X)",
        summary: "How many different values there are, compared as text.",
        examples: &[("dc(user)", "3"), ("dc(nosuch)", "0")],
    },
    Doc {
        name: "earliest",
        aliases: &[],
        syntax: "earliest(X)",
        summary: "The value of the row with the smallest `_time`.",
        examples: &[("earliest(user)", "bob"), ("earliest(nosuch)", "null")],
    },
    Doc {
        name: "earliest_time",
        aliases: &[],
        syntax: "earliest_time(X)",
        summary: "The `_time` of the earliest row that has a value.",
        examples: &[
            ("earliest_time(user)", "1000"),
            ("earliest_time(eval(if(user=\"eve\", 1, null())))", "1060"),
        ],
    },
    Doc {
        name: "estdc",
        aliases: &["estimated_dc"],
        syntax: "estdc(X)",
        summary: "How many different values there are. Splunk estimates it; here it is exact.",
        examples: &[("estdc(user)", "3"), ("estdc(bytes)", "4")],
    },
    Doc {
        name: "estdc_error",
        aliases: &[],
        syntax: "estdc_error(X)",
        summary: "How far `estdc` may be off, as a share: 0, since it is exact here.",
        examples: &[("estdc_error(user)", "0"), ("estdc_error(nosuch)", "0")],
    },
    Doc {
        name: "exactperc",
        aliases: &[],
        syntax: "exactperc<N>(X)",
        summary: "The value below which N percent of the numbers lie, between the two nearest; N may have a fraction.",
        examples: &[("exactperc50(bytes)", "15"), ("exactperc75.0(bytes)", "25")],
    },
    Doc {
        name: "first",
        aliases: &[],
        syntax: "first(X)",
        summary: "The value of the first row that has one; events come newest first.",
        examples: &[("first(user)", "eve"), ("first(nosuch)", "null")],
    },
    Doc {
        name: "last",
        aliases: &[],
        syntax: "last(X)",
        summary: "The value of the last row that has one.",
        examples: &[("last(user)", "bob"), ("last(bytes)", "10")],
    },
    Doc {
        name: "latest",
        aliases: &[],
        syntax: "latest(X)",
        summary: "The value of the row with the greatest `_time`.",
        examples: &[("latest(user)", "eve"), ("latest(bytes)", "40")],
    },
    Doc {
        name: "latest_time",
        aliases: &[],
        syntax: "latest_time(X)",
        summary: "The `_time` of the latest row that has a value.",
        examples: &[("latest_time(user)", "1240"), ("latest_time(nosuch)", "null")],
    },
    Doc {
        name: "list",
        aliases: &[],
        syntax: "list(X)",
        summary: "The values in order of the rows, the first hundred.",
        examples: &[("list(user)", "eve|ann|bob|eve|bob"), ("list(nosuch)", "null")],
    },
    Doc {
        name: "max",
        aliases: &[],
        syntax: "max(X)",
        summary: "The greatest value: of text and numbers the last text, of numbers alone the greatest number.",
        examples: &[
            ("max(eval(if(isnum(bytes), bytes, null())))", "40"),
            ("max(user)", "eve"),
            ("max(bytes)", "-"),
        ],
    },
    Doc {
        name: "median",
        aliases: &["med"],
        syntax: "median(X)",
        summary: "The number in the middle, or between the two there.",
        examples: &[("median(bytes)", "15"), ("median(user)", "null")],
    },
    Doc {
        name: "min",
        aliases: &[],
        syntax: "min(X)",
        summary: "The least value: the least number if there is one, else the first text.",
        examples: &[("min(bytes)", "10"), ("min(user)", "ann")],
    },
    Doc {
        name: "mode",
        aliases: &[],
        syntax: "mode(X)",
        summary: "The most frequent value; of several the first as text.",
        examples: &[("mode(bytes)", "10"), ("mode(user)", "bob")],
    },
    Doc {
        name: "perc",
        aliases: &["p", "percentile"],
        syntax: "perc<N>(X) | p<N>(X)",
        summary: "The value below which N percent of the numbers lie, between the two nearest. Splunk estimates it where there are many values; here it is exact.",
        examples: &[("perc50(bytes)", "15"), ("p25(bytes)", "10")],
    },
    Doc {
        name: "range",
        aliases: &[],
        syntax: "range(X)",
        summary: "The greatest number less the least.",
        examples: &[("range(bytes)", "30"), ("range(user)", "null")],
    },
    Doc {
        name: "rate",
        aliases: &[],
        syntax: "rate(X)",
        summary: "By how much a number changed a second, from its earliest row to its latest.",
        examples: &[("rate(bytes)", "0.125"), ("rate(user)", "null")],
    },
    Doc {
        name: "sparkline",
        aliases: &[],
        syntax: "sparkline | sparkline(FUNCTION(X), SPAN)",
        summary: "A function over time as a multivalue field for small charts: `##__SPARKLINE__##`, then a value for each span.",
        examples: &[
            ("sparkline(count, 1m)", "##__SPARKLINE__##|1|1|1|1|1"),
            ("sparkline(sum(bytes), 2m)", "##__SPARKLINE__##|30|10|40"),
        ],
    },
    Doc {
        name: "stdev",
        aliases: &[],
        syntax: "stdev(X)",
        summary: "The standard deviation of a sample.",
        examples: &[("stdev(bytes)", "14.142135623730951"), ("stdev(user)", "null")],
    },
    Doc {
        name: "stdevp",
        aliases: &[],
        syntax: "stdevp(X)",
        summary: "The standard deviation of a population.",
        examples: &[("stdevp(eval(if(user=\"bob\", bytes, null())))", "0"), ("stdevp(user)", "null")],
    },
    Doc {
        name: "sum",
        aliases: &[],
        syntax: "sum(X)",
        summary: "The sum of the numbers.",
        examples: &[("sum(bytes)", "80"), ("sum(eval(bytes*2))", "160"), ("sum(user)", "null")],
    },
    Doc {
        name: "sumsq",
        aliases: &[],
        syntax: "sumsq(X)",
        summary: "The sum of the squares of the numbers.",
        examples: &[("sumsq(bytes)", "2200"), ("sumsq(user)", "null")],
    },
    Doc {
        name: "upperperc",
        aliases: &[],
        syntax: "upperperc<N>(X)",
        summary: "The greater of the two numbers between which N percent of all lie.",
        examples: &[("upperperc50(bytes)", "20"), ("upperperc90(bytes)", "40")],
    },
    Doc {
        name: "values",
        aliases: &[],
        syntax: "values(X)",
        summary: "The different values in order of text.",
        examples: &[("values(user)", "ann|bob|eve"), ("values(bytes)", "-|10|20|40")],
    },
    Doc {
        name: "var",
        aliases: &[],
        syntax: "var(X)",
        summary: "The variance of a sample.",
        examples: &[("var(bytes)", "200"), ("var(user)", "null")],
    },
    Doc {
        name: "varp",
        aliases: &[],
        syntax: "varp(X)",
        summary: "The variance of a population.",
        examples: &[("varp(bytes)", "150"), ("varp(user)", "null")],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Engine, Given, Knowledge, Settings};
    use serde_json::json;

    fn run(call: &str) -> String {
        let rows: Vec<_> = EXAMPLE_ROWS
            .iter()
            .map(|(time, user, bytes)| json!({"_time": time, "user": user, "bytes": bytes}))
            .map(|row| row.as_object().cloned().unwrap())
            .collect();
        let engine = Engine::new(Settings { threads: 1, ..Settings::default() }, Knowledge::default());
        let query = format!("| stats {call} AS r");
        let answer = engine
            .run_on(&query, &Given::from_json(&rows).unwrap())
            .unwrap_or_else(|error| panic!("{query}: {error}"));
        let row = answer.rows.iter().next().unwrap().unwrap();
        let text = row.get("r").map(|cell| cell.texts().join("|")).filter(|text| !text.is_empty());
        text.unwrap_or_else(|| "null".to_owned())
    }

    #[test]
    fn examples_give_what_they_say() {
        for doc in ALL {
            assert!(doc.examples.len() >= 2, "`{}` needs two examples", doc.name);
            for (call, expected) in doc.examples {
                assert_eq!(run(call), *expected, "{call}");
            }
        }
    }

    #[test]
    fn names_are_sorted_and_aliases_mean_them() {
        assert!(ALL.is_sorted_by_key(|doc| doc.name));
        for doc in ALL.iter().filter(|doc| !doc.name.contains("perc")) {
            for alias in doc.aliases {
                assert_eq!(run(&format!("{alias}(bytes)")), run(&format!("{}(bytes)", doc.name)), "{alias}");
            }
        }
    }
}
