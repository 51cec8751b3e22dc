//! The benchmark set: large logs in which one event in 10,000 is a hit.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::event::Event;
use crate::evtx::{Error, Writer};
use crate::noise::Noise;
use crate::random::Random;
use crate::sysmon::Host;
use crate::time::FileTime;
use crate::{hit, render};

/// One event in so many is a hit.
pub const HIT_EVERY: u64 = 10_000;
/// The machines whose events end in one JSON file.
const FLEET: u64 = 40;
/// The events of a machine are up to so many milliseconds apart.
const GAP: u64 = 2400;
const MEGABYTE: u64 = 1_000_000;

/// How large the set is, in megabytes of each format; 0 leaves a format out.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// The EVTX files together.
    pub evtx: u64,
    /// The file of flat JSON lines.
    pub json: u64,
    /// The file of XML lines.
    pub xml: u64,
    /// What the content follows from.
    pub seed: u64,
}

/// What one file has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// The file.
    pub file: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Its events.
    pub events: u64,
    /// The hits of the query as its author meant it, with events 1 and 3.
    pub hits: u64,
    /// The hits of the query as it is written, with events 3 only.
    pub hits_as_written: u64,
}

/// How an event becomes a line.
type Render = fn(&Event) -> String;

/// The events of several machines and the hits among them, without end.
pub struct Stream {
    fleet: Vec<Noise>,
    random: Random,
    ids: Vec<u64>,
    summary: Summary,
    next_hit: u64,
}

impl Stream {
    /// The machines from the `first` on, so many of them and at least one.
    pub fn new(seed: u64, first: u64, machines: u64) -> Self {
        let mut random = Random::new(seed ^ first.wrapping_mul(0x9E37_79B9));
        let mut machine = |number: u64| {
            let host = Host::new(
                format!("WS-{number:04}.corp.example"),
                format!("10.20.{}.{}", number / 200, 20 + number % 200),
            );
            Noise::new(host, random.next(), FileTime::MIDNIGHT, GAP)
        };
        let fleet: Vec<Noise> = (first..first + machines.max(1)).map(&mut machine).collect();
        let next_hit = random.below(HIT_EVERY);
        Stream { ids: vec![0; fleet.len()], fleet, random, summary: Summary::default(), next_hit }
    }

    /// The next event.
    #[expect(clippy::should_implement_trait, reason = "it never ends, so an Option would be in the way")]
    pub fn next(&mut self) -> Event {
        let at = self.behind();
        let machine = &mut self.fleet[at];
        let mut event = machine.next();
        if self.summary.events == self.next_hit {
            event = hit::event(machine.host(), machine.now(), self.summary.hits, &mut self.random);
            self.next_hit += HIT_EVERY;
            self.summary.hits += 1;
            self.summary.hits_as_written += u64::from(event.event_id == 3);
        }
        self.ids[at] += 1;
        event.record_id = self.ids[at];
        self.summary.events += 1;
        event
    }

    /// The machine whose time is least, so that the events are in order but for a second or two.
    fn behind(&self) -> usize {
        (0..self.fleet.len()).min_by_key(|at| self.fleet[*at].now()).unwrap_or(0)
    }

    /// What it has given so far, as the content of this file.
    pub fn summary(self, file: PathBuf, bytes: u64) -> Summary {
        Summary { file, bytes, ..self.summary }
    }
}

impl Summary {
    /// The summary for stdout.
    pub fn to_json(&self) -> Value {
        json!({
            "file": self.file.display().to_string(),
            "bytes": self.bytes,
            "events": self.events,
            "hits": self.hits,
            "hits_as_written": self.hits_as_written,
        })
    }
}

/// Writes the set into this folder and tells of each file when it is done.
pub fn write(folder: &Path, plan: Plan, mut tell: impl FnMut(&Summary)) -> Result<(), Error> {
    std::fs::create_dir_all(folder)?;
    if plan.evtx > 0 {
        for number in 1..=4 {
            let file = folder.join(format!("sysmon-{number}.evtx"));
            tell(&write_evtx(file, plan.evtx * MEGABYTE / 4, Stream::new(plan.seed, number, 1))?);
        }
    }
    let lines: [(&str, u64, u64, Render); 2] = [
        ("sysmon.jsonl", plan.json, 100, render::to_nxlog_json),
        ("sysmon.xml", plan.xml, 200, render::to_xml_line),
    ];
    for (name, megabytes, first, render) in lines.into_iter().filter(|(_, megabytes, ..)| *megabytes > 0) {
        let stream = Stream::new(plan.seed, first, FLEET);
        tell(&write_lines(folder.join(name), megabytes * MEGABYTE, stream, render)?);
    }
    Ok(())
}

fn write_evtx(path: PathBuf, bytes: u64, mut stream: Stream) -> Result<Summary, Error> {
    let mut writer = Writer::new(File::create(&path)?)?;
    while writer.size() < bytes {
        writer.write(&stream.next())?;
    }
    let size = writer.size();
    writer.finish()?;
    Ok(stream.summary(path, size))
}

fn write_lines(path: PathBuf, bytes: u64, mut stream: Stream, render: Render) -> io::Result<Summary> {
    let mut output = BufWriter::with_capacity(1 << 20, File::create(&path)?);
    let mut size = 0;
    while size < bytes {
        let mut line = render(&stream.next());
        line.push('\n');
        output.write_all(line.as_bytes())?;
        size += line.len() as u64;
    }
    output.flush()?;
    Ok(stream.summary(path, size))
}
