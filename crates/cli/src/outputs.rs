//! Where results go: stdout and files.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;

use jiff::tz::TimeZone;
use serde_json::{Map, Value};
use sluice_detect::output::{Block, Style, csv, jsonl, table, visible};

use crate::args::{Output, OutputFormat};
use crate::console::Console;
use crate::records;
use crate::stop::Stop;

/// The outputs of a run, opened before it starts.
#[derive(Debug)]
pub(crate) struct Outputs {
    sinks: Vec<(OutputFormat, Option<(PathBuf, File)>)>,
    console: Console,
    zone: TimeZone,
}

impl Outputs {
    /// Opens what was asked for; by default a table on a terminal, JSON lines in a pipe.
    pub(crate) fn open(asked: &[Output], console: Console, zone: TimeZone) -> Result<Self, Stop> {
        if asked.iter().filter(|output| output.file.is_none()).count() > 1 {
            return Err(Stop::usage(
                "two outputs go to stdout; name a file for one, for example `-o jsonl=FILE`",
            ));
        }
        let mut sinks = Vec::new();
        for output in asked {
            let file = match &output.file {
                Some(path) => Some((path.clone(), open(path)?)),
                None => None,
            };
            sinks.push((output.format, file));
        }
        if sinks.is_empty() {
            let format = if io::stdout().is_terminal() { OutputFormat::Table } else { OutputFormat::Jsonl };
            sinks.push((format, None));
        }
        Ok(Self { sinks, console, zone })
    }

    /// Whether a person reads stdout.
    pub(crate) fn shows_table(&self) -> bool {
        self.sinks.iter().any(|(format, file)| *format == OutputFormat::Table && file.is_none())
    }

    /// Writes rows to every output.
    pub(crate) fn rows(&mut self, blocks: &[Block<'_>]) -> Result<(), Stop> {
        let zone = self.zone.clone();
        self.write(|out, format, style| match format {
            OutputFormat::Table => table::write(out, blocks, style),
            OutputFormat::Jsonl => jsonl::write(out, blocks),
            OutputFormat::Csv => csv::write(out, blocks, &zone),
        })
    }

    /// Writes objects to every output; `table` draws them for people.
    pub(crate) fn objects(
        &mut self,
        objects: &[Map<String, Value>],
        table: impl Fn(&mut dyn Write, &Style) -> io::Result<()>,
    ) -> Result<(), Stop> {
        self.write(|out, format, style| match format {
            OutputFormat::Table => table(out, style),
            OutputFormat::Jsonl => records::jsonl(out, objects),
            OutputFormat::Csv => records::csv(out, objects),
        })
    }

    fn write(
        &mut self,
        each: impl Fn(&mut dyn Write, OutputFormat, &Style) -> io::Result<()>,
    ) -> Result<(), Stop> {
        for (format, file) in &mut self.sinks {
            match file {
                None => {
                    let stdout = io::stdout();
                    let mut out = Screen::new(stdout.lock(), *format);
                    each(&mut out, *format, &self.console.out_style(&self.zone))?;
                    out.flush()?;
                }
                Some((path, file)) => {
                    let style = Style { width: 80, colour: false, full: true, zone: self.zone.clone() };
                    let named = |error: io::Error| io::Error::other(format!("{}: {error}", path.display()));
                    // A device or pipe has no length to cut.
                    if file.metadata().map_err(named)?.is_file() {
                        file.set_len(0).map_err(named)?;
                    }
                    let mut out = BufWriter::new(&*file);
                    each(&mut out, *format, &style).and_then(|()| out.flush()).map_err(named)?;
                }
            }
        }
        Ok(())
    }
}

/// Opens a file to write, its old content kept until there is a new one.
fn open(path: &PathBuf) -> Result<File, Stop> {
    File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(|error| Stop::usage(format!("{}: {error}", path.display())))
}

/// Stdout, buffered. CSV goes to a terminal with what a terminal would obey made visible; to all else as it is.
struct Screen<W: Write> {
    out: BufWriter<W>,
    escapes: bool,
}

impl<W: Write> Screen<W> {
    fn new(out: W, format: OutputFormat) -> Self {
        Self { out: BufWriter::new(out), escapes: format == OutputFormat::Csv && io::stdout().is_terminal() }
    }
}

impl<W: Write> Write for Screen<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.escapes {
            return self.out.write(bytes);
        }
        for (at, line) in String::from_utf8_lossy(bytes).split('\n').enumerate() {
            if at > 0 {
                self.out.write_all(b"\n")?;
            }
            self.out.write_all(visible::visible(line.trim_end_matches('\r')).as_bytes())?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
