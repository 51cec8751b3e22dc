//! `sluice search`: one query over logs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sluice_detect::knowledge::Engines;
use sluice_detect::output::Block;
use sluice_detect::output::visible::visible;
use sluice_detect::place::Place;
use sluice_detect::select;
use sluice_detect::summary::Summary;
use sluice_engine::{Engine, Error, Rows};
use sluice_events::inputs::Inputs;
use sluice_events::tally::Tally;

use crate::allocator;
use crate::args::Search;
use crate::console::Console;
use crate::interrupt::Interrupt;
use crate::outputs::Outputs;
use crate::progress::Progress;
use crate::stop::{DONE, Exit, Stop};
use crate::{diagnostic, explored, report, setup};

/// A search that took longer and found nothing is not followed by a second pass to say why.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn run(args: &Search) -> Exit {
    let console = Console::new(&args.showing);
    let (query, paths) = query(args)?;
    let mut settings = setup::settings(&args.running, &args.reading, args.provenance)?;
    let mut outputs = Outputs::open(&args.showing.outputs, console, settings.zone.clone())?;
    let options = settings.input.clone();
    let interrupt = Interrupt::listen(&mut settings)?;
    let mut engines = Engines::new(settings, &args.running.apps, setup::written(&args.running)?);
    let engine = engines.of(home(args.package.as_deref())?.as_ref())?;
    if args.running.memory.is_some() || !engine.groups_events(&query.text) {
        allocator::keep_flat();
    }
    let reads = engine.needs_inputs(&query.text);
    if reads && paths.is_empty() {
        return Err(Stop::usage("the query reads events: name files or folders after it, or `-` for stdin"));
    }
    let inputs = setup::inputs(paths, &options, console);

    let mut summary = Summary::of_inputs(&inputs);
    let started = Instant::now();
    let tally = Arc::new(Tally::default());
    let progress = Progress::start(console, setup::bytes(&inputs));
    progress.watch(&tally);
    interrupt.watch(&progress);
    let result = engine.run(&query.text, &inputs, &tally);
    interrupt.ended();
    drop(progress);
    let elapsed = started.elapsed();
    summary.seconds = elapsed.as_secs_f64();
    summary.add_pass(&tally);

    let mut wrong_query = false;
    match result {
        Ok(answer) => {
            if !console.quiet {
                query.print(&answer.warnings, console);
            }
            summary.rows = answer.rows.len();
            outputs.rows(&[Block { rows: &answer.rows, marks: Vec::new(), title: None }])?;
            if reads && !console.quiet && (console.verbose || answer.rows.is_empty()) {
                explain(engine, &query.text, &inputs, &answer.rows, elapsed, console);
            }
        }
        Err(Error::Query(diagnostics)) => {
            wrong_query = true;
            query.print(&diagnostics, console);
        }
        Err(other) => summary.errors.push(other.to_string()),
    }
    report::settle(&mut summary, wrong_query, DONE);
    interrupt.settle(&mut summary);
    if !wrong_query {
        report::print(&summary, console, Some("row"));
    }
    report::save(&summary, args.running.summary.as_deref())?;
    Ok(summary.exit)
}

/// The package whose macros and lookups the query uses; `None`: those of apps alone.
fn home(name: Option<&str>) -> Result<Option<Place>, Stop> {
    let Some(name) = name else { return Ok(None) };
    let detections = select::detections(&[name.to_owned()])?;
    Ok(detections.into_iter().next().map(|detection| detection.home))
}

/// A query and the file it stands in.
struct Query {
    text: String,
    file: Option<String>,
}

impl Query {
    fn print(&self, diagnostics: &[sluice_spl::diagnostic::Diagnostic], console: Console) {
        diagnostic::print(diagnostics, &self.text, self.file.as_deref(), &console.err_style());
    }
}

/// The query and the paths among the words of the command line.
fn query(args: &Search) -> Result<(Query, &[String]), Stop> {
    if let Some(path) = &args.file {
        let bytes =
            std::fs::read(path).map_err(|error| Stop::usage(format!("{}: {error}", path.display())))?;
        let text = String::from_utf8_lossy(&bytes).trim_start_matches('\u{feff}').trim_end().to_owned();
        return Ok((Query { text, file: Some(path.display().to_string()) }, &args.words));
    }
    match args.words.split_first() {
        Some((text, paths)) => Ok((Query { text: text.clone(), file: None }, paths)),
        None => {
            Err(Stop::usage("no query; for example `sluice search 'EventCode=3' logs`, or `-f FILE.spl`"))
        }
    }
}

/// How many events each input holds, what they are called, and how many rows each command let through.
fn explain(engine: &Engine, query: &str, inputs: &Inputs, rows: &Rows, elapsed: Duration, console: Console) {
    if elapsed > PATIENCE {
        return console.say("`sluice inputs` says what the events are called");
    }
    let Ok(found) = explored::explore(engine, inputs, &Arc::default()) else { return };
    if rows.is_empty() {
        console.say("nothing was found in these events:");
    }
    for (file, all) in &found {
        for names in all {
            console.say(&format!(
                "  {}: {}, index={} sourcetype={} source={}",
                visible(file),
                report::counted(names.events, "event"),
                quoted(&names.index),
                quoted(&names.sourcetype),
                quoted(&names.source),
            ));
        }
    }
    if found.is_empty() {
        console.say("  there are no events in the inputs");
    }
    if let Ok(counts) = engine.passed(query, inputs) {
        passed(&counts, console);
    }
}

/// How many rows each command let through.
fn passed(passed: &[(&'static str, u64)], console: Console) {
    let steps: Vec<String> = passed.iter().map(|(command, rows)| format!("{command} {rows}")).collect();
    console.say(&format!("rows that each command let through: {}", steps.join(" | ")));
}

fn quoted(value: &str) -> String {
    let value = visible(value);
    if value.contains([' ', '"', ':', '/', '\\']) { format!("\"{value}\"") } else { value.into_owned() }
}
