//! What can be asked on the command line.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::tz::TimeZone;
use sluice_detect::Severity;

/// Runs Splunk detections over raw logs, without Splunk.
#[derive(Debug, Parser)]
#[command(name = "sluice", version, disable_help_subcommand = true, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 done; 1 failures found (check, test, --fail-on); 2 the command line or query is \
    wrong, or a named path is missing; 3 something could not be read in full; 4 a budget or an error stopped the run."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run detections over logs and show the findings
    Scan(Scan),
    /// Run one SPL query over logs
    Search(Search),
    /// Say whether queries can run here, without data
    Check(Check),
    /// Run the tests of detection packages
    Test(Test),
    /// Say what detection packages cover, measured by their tests
    Report(Report),
    /// Say what each file is taken for
    Inputs(InputsArgs),
    /// Show the reference of an SPL command or function, or the help of a subcommand
    Help(Help),
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example: sluice scan /var/log/evtx exports/*.json.gz -o table -o jsonl=findings.jsonl"
)]
pub(crate) struct Scan {
    /// Files, folders, globs, archives; `-` is standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<String>,
    /// Which detections: a package (T1048.003), a detection's file stem, name or id, or a path. May be repeated.
    /// Without it all shipped alerts and risk detections run
    #[arg(short = 'p', long = "package", value_name = "WHAT")]
    pub(crate) packages: Vec<String>,
    /// Exit with 1 if a finding has this severity or a worse one, for example `high`
    #[arg(long, value_name = "LEVEL", value_parser = severity)]
    pub(crate) fail_on: Option<Severity>,
    #[command(flatten)]
    pub(crate) running: Running,
    #[command(flatten)]
    pub(crate) reading: Reading,
    #[command(flatten)]
    pub(crate) showing: Showing,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  sluice search 'EventCode=3 | top DestinationPort' logs\n  \
    sluice search -f hunt.spl logs --earliest 2026-11-24\n  sluice search '| makeresults | eval x=1'")]
pub(crate) struct Search {
    /// The query (not with -f), then files, folders, globs, archives; `-` is standard input. A query that starts
    /// with a generating command (`| makeresults`) needs no path
    #[arg(value_name = "SPL | PATH", allow_hyphen_values = false)]
    pub(crate) words: Vec<String>,
    /// Read the query from a file, for example `-f hunt.spl`
    #[arg(short = 'f', long = "file", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// A package whose macros and lookups the query uses: its id (T1048.003) or folder
    #[arg(short = 'p', long = "package", value_name = "WHAT")]
    pub(crate) package: Option<String>,
    /// Rows also say where their event is: `_file`, `_record`, `_offset`
    #[arg(long)]
    pub(crate) provenance: bool,
    #[command(flatten)]
    pub(crate) running: Running,
    #[command(flatten)]
    pub(crate) reading: Reading,
    #[command(flatten)]
    pub(crate) showing: Showing,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: sluice check ~/splunk/etc/apps/my_app -o jsonl=check.jsonl")]
pub(crate) struct Check {
    /// `.spl`, detection `.yml`, `savedsearches.conf`, a Splunk app's folder, JSON lines with `name` and `search`;
    /// without a path, and without -p, the shipped packages
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Check these detections: a package, a detection's file stem, name or id, or a path. May be repeated
    #[arg(short = 'p', long = "package", value_name = "WHAT")]
    pub(crate) packages: Vec<String>,
    /// A Splunk app's folder, whose macros and lookups the queries use. May be repeated
    #[arg(long = "app", value_name = "DIR")]
    pub(crate) apps: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) showing: Showing,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: sluice test T1048.003")]
pub(crate) struct Test {
    /// Packages or detections, as for -p; without any, the shipped packages
    #[arg(value_name = "PACKAGE")]
    pub(crate) names: Vec<String>,
    /// The same as PACKAGE. May be repeated
    #[arg(short = 'p', long = "package", value_name = "WHAT")]
    pub(crate) packages: Vec<String>,
    /// A Splunk app's folder, whose macros and lookups the queries use. May be repeated
    #[arg(long = "app", value_name = "DIR")]
    pub(crate) apps: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) showing: Showing,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: sluice report T1048.003 -o jsonl=coverage.jsonl --navigator layer.json")]
pub(crate) struct Report {
    /// Packages or detections, as for -p; without any, the shipped packages
    #[arg(value_name = "PACKAGE")]
    pub(crate) names: Vec<String>,
    /// The same as PACKAGE. May be repeated
    #[arg(short = 'p', long = "package", value_name = "WHAT")]
    pub(crate) packages: Vec<String>,
    /// Also write a layer for the ATT&CK Navigator: each technique's score is the share of its variants that are found
    #[arg(long, value_name = "FILE")]
    pub(crate) navigator: Option<PathBuf>,
    /// A Splunk app's folder, whose macros and lookups the queries use. May be repeated
    #[arg(long = "app", value_name = "DIR")]
    pub(crate) apps: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) showing: Showing,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: sluice inputs evidence/ -o jsonl")]
pub(crate) struct InputsArgs {
    /// Files, folders, globs, archives; `-` is standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<String>,
    #[command(flatten)]
    pub(crate) reading: Reading,
    #[command(flatten)]
    pub(crate) showing: Showing,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples: sluice help stats; sluice help match; sluice help scan")]
pub(crate) struct Help {
    /// An SPL command, an eval function, or a subcommand of sluice
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,
}

/// How queries run.
#[derive(Debug, Args)]
pub(crate) struct Running {
    /// A Splunk app's folder, whose macros and lookups the queries use. May be repeated
    #[arg(long = "app", value_name = "DIR")]
    pub(crate) apps: Vec<PathBuf>,
    /// The folder for the tables that `outputlookup` writes; queries also read the tables that are there, before those
    /// of apps. Without it `outputlookup` is an error
    #[arg(long, value_name = "DIR")]
    pub(crate) lookup_out: Option<PathBuf>,
    /// The MaxMind DB file that tells `iplocation` where addresses are, for example `GeoLite2-City.mmdb`
    #[arg(long, value_name = "FILE")]
    pub(crate) geoip: Option<PathBuf>,
    /// Events at or after this time: a time modifier or ISO 8601, for example `-24h@h` or `2026-11-24`
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(crate) earliest: Option<String>,
    /// Events before this time, for example `now` or `2026-11-25T06:00:00Z`
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(crate) latest: Option<String>,
    /// The moment that `now()` and relative times count from, for example `2026-11-24T12:00:00Z`
    #[arg(long, value_name = "TIME")]
    pub(crate) now: Option<String>,
    /// Memory for sorts and aggregates, beyond which they spill to disk, for example `2G`
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) memory: Option<u64>,
    /// Stop after this time, for example `90s` or `10m`
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) timeout: Option<Duration>,
    /// Give at most so many rows, for example `1000`
    #[arg(long, value_name = "N")]
    pub(crate) max_rows: Option<usize>,
    /// Write what was read, found and lost to a file as JSON, for example `summary.json`
    #[arg(long, value_name = "FILE")]
    pub(crate) summary: Option<PathBuf>,
}

/// How inputs are read.
#[derive(Debug, Args)]
pub(crate) struct Reading {
    /// What the events' `index` is called, whatever they say, for example `wineventlog`
    #[arg(long, value_name = "NAME")]
    pub(crate) index: Option<String>,
    /// What their `sourcetype` is called, for example `XmlWinEventLog`
    #[arg(long, value_name = "NAME")]
    pub(crate) sourcetype: Option<String>,
    /// What their `source` is called, for example `WinEventLog:Security`
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<String>,
    /// What their `host` is called, for example `DC01`
    #[arg(long, value_name = "NAME")]
    pub(crate) host: Option<String>,
    /// The time zone of what is shown and of `strftime`, for example `Europe/Berlin` or `+02:00` [default: UTC]
    #[arg(long, value_name = "ZONE", value_parser = zone, allow_hyphen_values = true)]
    pub(crate) tz: Option<TimeZone>,
    /// The zone of timestamps that name none, for example `America/New_York` [default: UTC]
    #[arg(long, value_name = "ZONE", value_parser = zone, allow_hyphen_values = true)]
    pub(crate) input_tz: Option<TimeZone>,
    /// An archive member may expand to at most this size, for example `16G` [default: 64G]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) max_archive: Option<u64>,
    /// How many cores to use, for example `4` [default: all]
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Decode every event, also those that the query's conditions rule out from a few bytes. For finding faults: the
    /// result is the same, later
    #[arg(long)]
    pub(crate) no_pushdown: bool,
}

/// How results are shown.
#[derive(Debug, Args)]
pub(crate) struct Showing {
    /// Output format, and where to: `table`, `jsonl`, `csv`, `jsonl=FILE`. May be repeated. By default `table` on a
    /// terminal, `jsonl` in a pipe
    #[arg(short = 'o', long = "output", value_name = "FORMAT[=FILE]", value_parser = output)]
    pub(crate) outputs: Vec<Output>,
    /// Say nothing on stderr but errors
    #[arg(long)]
    pub(crate) quiet: bool,
    /// Show long values whole, and all warnings
    #[arg(short = 'v', long)]
    pub(crate) verbose: bool,
    /// With colours: `auto` does on a terminal unless NO_COLOR is set
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Colour::Auto)]
    pub(crate) color: Colour,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    Auto,
    Always,
    Never,
}

/// A format, and the file it goes to; stdout if none is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Output {
    pub(crate) format: OutputFormat,
    pub(crate) file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OutputFormat {
    Table,
    Jsonl,
    Csv,
}

fn output(text: &str) -> Result<Output, String> {
    let (format, file) = match text.split_once('=') {
        Some((_, "")) => return Err("a file name goes after `=`".to_owned()),
        Some((format, file)) => (format, Some(PathBuf::from(file))),
        None => (text, None),
    };
    let format = match format {
        "table" => OutputFormat::Table,
        "jsonl" => OutputFormat::Jsonl,
        "csv" => OutputFormat::Csv,
        other => return Err(format!("no format `{other}`; expected table, jsonl or csv")),
    };
    Ok(Output { format, file })
}

fn severity(text: &str) -> Result<Severity, String> {
    Severity::named(text).ok_or_else(|| {
        let names: Vec<&str> = Severity::ALL.iter().map(|severity| severity.name()).collect();
        format!("expected one of {}", names.join(", "))
    })
}

fn size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = match text[digits.len()..].to_ascii_uppercase().trim_end_matches("IB").trim_end_matches('B') {
        "" => 0,
        "K" => 10,
        "M" => 20,
        "G" => 30,
        "T" => 40,
        _ => return Err("expected a number and K, M, G or T, for example `2G`".to_owned()),
    };
    let number: u64 = digits.parse().map_err(|_| "expected a size, for example `2G`".to_owned())?;
    number.checked_mul(1 << unit).filter(|&size| size > 0).ok_or_else(|| "expected a size above 0".to_owned())
}

fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "" | "s" => 1.0,
        "ms" => 0.001,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return Err("expected a number and ms, s, m or h, for example `90s`".to_owned()),
    };
    let number: f64 = digits.parse().map_err(|_| "expected a time, for example `90s`".to_owned())?;
    Duration::try_from_secs_f64(number * unit)
        .ok()
        .filter(|time| !time.is_zero())
        .ok_or_else(|| "expected a time above 0".to_owned())
}

fn zone(text: &str) -> Result<TimeZone, String> {
    if text.eq_ignore_ascii_case("utc") || text == "Z" {
        return Ok(TimeZone::UTC);
    }
    if text.eq_ignore_ascii_case("local") {
        return Ok(TimeZone::system());
    }
    if text.starts_with(['+', '-']) {
        return offset(text).ok_or_else(|| "expected an offset such as `+02:00`".to_owned());
    }
    TimeZone::get(text)
        .map_err(|_| "no such time zone; expected a name such as `Europe/Berlin`, or `+02:00`".to_owned())
}

fn offset(text: &str) -> Option<TimeZone> {
    let (sign, rest) = text.split_at_checked(1)?;
    let (hours, minutes) = rest.split_once(':').or_else(|| rest.split_at_checked(2)).unwrap_or((rest, "0"));
    let minutes = if minutes.is_empty() { "0" } else { minutes };
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    if !(0..=25).contains(&hours) || !(0..60).contains(&minutes) {
        return None;
    }
    let seconds = (hours * 60 + minutes) * 60 * if sign == "-" { -1 } else { 1 };
    jiff::tz::Offset::from_seconds(seconds).ok().map(TimeZone::fixed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn sizes_and_times_have_units() {
        assert_eq!(size("2G"), Ok(2 << 30));
        assert_eq!(size("512"), Ok(512));
        assert_eq!(size("64MiB"), Ok(64 << 20));
        assert!(
            size("0").is_err() && size("G").is_err() && size("1X").is_err() && size("99999999T").is_err()
        );
        assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("1.5m"), Ok(Duration::from_secs(90)));
        assert!(duration("0").is_err() && duration("-1s").is_err() && duration("x").is_err());
    }

    #[test]
    fn zones_are_names_or_offsets() {
        assert!(zone("Europe/Berlin").is_ok());
        assert!(zone("+02:00").is_ok() && zone("-0530").is_ok() && zone("+2").is_ok());
        assert!(zone("Mars/Base").is_err() && zone("+99").is_err());
    }

    #[test]
    fn an_output_may_name_a_file() {
        assert_eq!(output("csv=a=b.csv").unwrap().file, Some(PathBuf::from("a=b.csv")));
        assert!(output("html").is_err() && output("csv=").is_err());
    }
}
