//! `sluice inputs`: what each file is taken for.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Instant;

use serde::Serialize;
use sluice_detect::output::visible::visible;
use sluice_detect::output::{Style, time};
use sluice_detect::summary::Summary;
use sluice_engine::{Engine, Knowledge};
use sluice_events::inputs::Input;
use sluice_events::tally::Tally;

use crate::args::InputsArgs;
use crate::console::Console;
use crate::explored::{self, Names};
use crate::outputs::Outputs;
use crate::progress::Progress;
use crate::stop::{DONE, Exit};
use crate::{records, report, setup};

pub(crate) fn run(args: &InputsArgs) -> Exit {
    let console = Console::new(&args.showing);
    let settings = setup::reading_settings(&args.reading);
    let mut outputs = Outputs::open(&args.showing.outputs, console, settings.zone.clone())?;
    let found = setup::inputs(&args.paths, &settings.input, console);
    let engine = Engine::new(settings, Knowledge::default());

    let mut summary = Summary::of_inputs(&found);
    let started = Instant::now();
    let tally = Arc::new(Tally::default());
    let progress = Progress::start(console, setup::bytes(&found));
    progress.watch(&tally);
    let explored = explored::explore(&engine, &found, &tally);
    drop(progress);
    summary.seconds = started.elapsed().as_secs_f64();
    summary.add_pass(&tally);
    let mut explored = explored.unwrap_or_else(|error| {
        summary.errors.push(error.to_string());
        std::collections::BTreeMap::new()
    });
    let files: Vec<File> =
        found.inputs.iter().map(|input| File::of(input, explored.remove(&input.name), &summary)).collect();
    let objects: Vec<_> = files.iter().map(records::object).collect();
    outputs.objects(&objects, |out, style| files.iter().try_for_each(|file| file.draw(out, style)))?;
    report::settle(&mut summary, false, DONE);
    report::print(&summary, console, None);
    Ok(summary.exit)
}

/// What a file is taken for, and what it holds.
#[derive(Debug, Serialize)]
struct File {
    file: String,
    format: &'static str,
    /// What it was taken for that by.
    because: &'static str,
    status: &'static str,
    size: u64,
    events: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    earliest: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest: Option<f64>,
    lost: usize,
    names: Vec<Names>,
}

impl File {
    fn of(input: &Input, names: Option<Vec<Names>>, summary: &Summary) -> Self {
        let names = names.unwrap_or_default();
        let lost = summary.losses.iter().filter(|loss| loss.file == input.name).count();
        Self {
            file: input.name.clone(),
            format: input.format.name(),
            because: input.format.sign(),
            status: match (input.format.opener(), lost) {
                (None, _) => "not read",
                (Some(_), 0) => "read",
                (Some(_), _) => "read in part",
            },
            size: input.size,
            events: names.iter().map(|names| names.events).sum(),
            earliest: names.iter().filter_map(|names| names.earliest).min_by(f64::total_cmp),
            latest: names.iter().filter_map(|names| names.latest).max_by(f64::total_cmp),
            lost,
            names,
        }
    }

    fn draw(&self, out: &mut dyn Write, style: &Style) -> io::Result<()> {
        writeln!(out, "{}", style.paint("1", &visible(&self.file)))?;
        let mut parts = vec![self.format.to_owned(), report::size(self.size as f64)];
        match self.status {
            "not read" => parts.push("not read".to_owned()),
            status => {
                parts.push(report::counted(self.events, "event"));
                parts.extend(self.range(style));
                parts.extend(
                    (status != "read")
                        .then(|| format!("{} lost", report::counted(self.lost as u64, "record"))),
                );
            }
        }
        writeln!(out, "  {}", parts.join("  "))?;
        writeln!(out, "  {}", style.paint("2", self.because))?;
        for names in &self.names {
            writeln!(
                out,
                "  index={}  sourcetype={}  host={}",
                visible(&names.index),
                visible(&names.sourcetype),
                visible(&names.host)
            )?;
            writeln!(out, "  source={}", visible(&names.source))?;
        }
        Ok(())
    }

    fn range(&self, style: &Style) -> Option<String> {
        let first = time::short(self.earliest?, &style.zone)?;
        let last = time::short(self.latest?, &style.zone)?;
        Some(format!("{first} to {last}"))
    }
}
