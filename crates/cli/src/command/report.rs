//! `sluice report`: what packages cover, measured by their tests.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use sluice_detect::coverage::{self, Entry, Verdict};
use sluice_detect::knowledge::Engines;
use sluice_detect::output::Style;
use sluice_detect::output::visible::{cut, pad, visible, width, wrap};
use sluice_detect::{Detection, select};
use sluice_engine::Settings;
use sluice_engine::lookup::Written;

use crate::args::Report;
use crate::console::Console;
use crate::outputs::Outputs;
use crate::records;
use crate::stop::{DONE, Exit, FAILURES, Stop};

/// Spaces before what belongs to an entry.
const INDENT: &str = "           ";

pub(crate) fn run(args: &Report) -> Exit {
    let console = Console::new(&args.showing);
    let mut outputs = Outputs::open(&args.showing.outputs, console, jiff::tz::TimeZone::UTC)?;
    let names: Vec<String> = args.names.iter().chain(&args.packages).cloned().collect();
    let mut detections: Vec<Detection> = select::detections(&names)?;
    detections.retain(|detection| !detection.tests.is_empty());
    if detections.is_empty() {
        return Err(Stop::usage(
            "nothing to measure with: expected `tests/NAME.yml` beside the detection, or `tests` in it",
        ));
    }
    let settings = Settings { provenance: true, ..Settings::default() };
    let options = settings.input.clone();
    let mut engines = Engines::new(settings, &args.apps, Written::Nowhere);
    let mut entries = Vec::new();
    for detection in &detections {
        let engine = engines.of(Some(&detection.home))?;
        entries.extend(coverage::measure(engine, detection, &options)?);
    }
    let objects: Vec<_> = entries.iter().map(records::object).collect();
    outputs.objects(&objects, |out, style| table(out, &entries, style))?;
    if let Some(file) = &args.navigator {
        write_layer(file, &entries)?;
    }
    Ok(if entries.iter().any(|entry| entry.verdict == Verdict::Failed) { FAILURES } else { DONE })
}

fn write_layer(file: &Path, entries: &[Entry]) -> Result<(), Stop> {
    let layer = format!("{:#}\n", coverage::layer(entries));
    std::fs::write(file, layer).map_err(|error| Stop::usage(format!("{}: {error}", file.display())))
}

fn table(out: &mut dyn Write, entries: &[Entry], style: &Style) -> io::Result<()> {
    let mut detection = "";
    for entry in entries {
        if entry.detection != detection {
            detection = &entry.detection;
            let title = format!("{}  {}", visible(detection), entry.tier);
            writeln!(out, "{}", style.paint("1", &title))?;
        }
        line(out, entry, style)?;
    }
    writeln!(out)?;
    totals(out, entries, style)
}

/// The verdict, the variant, the telemetry behind it where there is room, else below; then the reasons.
fn line(out: &mut dyn Write, entry: &Entry, style: &Style) -> io::Result<()> {
    let room = style.width.saturating_sub(INDENT.len());
    let telemetry = telemetry(entry);
    let mut variant = wrap(&visible(&entry.variant), room);
    let is_one_line = variant.len() == 1 && width(&variant[0]) + 2 + width(&telemetry) <= room;
    let verdict = style.paint(colour(entry.verdict), &pad(entry.verdict.name(), INDENT.len() - 2));
    let behind = if is_one_line { format!("  {}", style.paint("2", &telemetry)) } else { String::new() };
    let first = if variant.is_empty() { String::new() } else { variant.remove(0) };
    writeln!(out, "{}", format!("  {verdict}{first}{behind}").trim_end())?;
    for part in variant {
        writeln!(out, "{INDENT}{part}")?;
    }
    if !is_one_line && !telemetry.is_empty() {
        writeln!(out, "{INDENT}{}", style.paint("2", &cut(&telemetry, room)))?;
    }
    let mut reasons = entry.reasons.clone();
    reasons.dedup();
    for reason in &reasons {
        let reason = visible(reason);
        let parts = if style.full { wrap(&reason, room) } else { vec![cut(&reason, room).into_owned()] };
        for part in parts {
            writeln!(out, "{INDENT}{}", style.paint(colour(entry.verdict), &part))?;
        }
    }
    Ok(())
}

fn telemetry(entry: &Entry) -> String {
    let kinds: Vec<&str> = entry.telemetry.iter().map(String::as_str).collect();
    visible(&kinds.join(", ")).into_owned()
}

fn colour(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fires | Verdict::Silent => "32",
        Verdict::Gap | Verdict::Noise => "33",
        Verdict::Failed => "1;31",
        Verdict::Skipped => "2",
    }
}

/// How many variants each telemetry shows, to whatever detection; then all of it.
fn totals(out: &mut dyn Write, entries: &[Entry], style: &Style) -> io::Result<()> {
    let mut by_telemetry: BTreeMap<String, Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        by_telemetry.entry(telemetry(entry)).or_default().push(entry);
    }
    let label = by_telemetry.keys().map(|name| width(name)).max().unwrap_or(0).min(24);
    for (name, entries) in &by_telemetry {
        let text = counts(&together(entries));
        writeln!(out, "{}  {text}", pad(&cut(name, label), label))?;
    }
    let all: Vec<&Entry> = entries.iter().collect();
    let text = format!("{}  {}", pad("all", label), counts(&together(&all)));
    writeln!(out, "{}", style.paint("1", &text))
}

/// What all detections together do about each variant: one that fires is enough, and one that should not have is too much.
fn together(entries: &[&Entry]) -> Vec<Verdict> {
    let mut variants: BTreeMap<&str, Verdict> = BTreeMap::new();
    for entry in entries {
        let rank = |verdict: Verdict| match verdict {
            Verdict::Failed => 0,
            Verdict::Fires => 1,
            Verdict::Noise => 2,
            Verdict::Gap => 3,
            Verdict::Silent => 4,
            Verdict::Skipped => 5,
        };
        let kept = variants.entry(&entry.variant).or_insert(entry.verdict);
        if rank(entry.verdict) < rank(*kept) {
            *kept = entry.verdict;
        }
    }
    variants.into_values().collect()
}

fn counts(verdicts: &[Verdict]) -> String {
    let count = |verdict: Verdict| verdicts.iter().filter(|found| **found == verdict).count();
    let parts: Vec<String> = Verdict::ALL
        .iter()
        .filter(|verdict| count(**verdict) > 0)
        .map(|verdict| format!("{} {}", verdict.name(), count(*verdict)))
        .collect();
    parts.join(", ")
}
