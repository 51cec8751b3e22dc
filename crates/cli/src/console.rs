//! The terminal: its width, its colours, what may be said on stderr.

use std::io::{self, IsTerminal, Write};

use jiff::tz::TimeZone;
use sluice_detect::output::Style;

use crate::args::{Colour, Showing};

/// What a run knows of its terminal.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Console {
    /// Nothing but errors on stderr.
    pub(crate) quiet: bool,
    /// Everything.
    pub(crate) verbose: bool,
    colour: Colour,
}

/// Cells of a line where there is no terminal.
const WIDTH: usize = 80;

impl Console {
    pub(crate) fn new(showing: &Showing) -> Self {
        Self { quiet: showing.quiet, verbose: showing.verbose, colour: showing.color }
    }

    /// Whether a progress bar may be drawn.
    pub(crate) fn draws(self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }

    /// The style of stdout.
    pub(crate) fn out_style(self, zone: &TimeZone) -> Style {
        let is_terminal = io::stdout().is_terminal();
        Style {
            width: width(terminal_size::terminal_size_of(io::stdout())),
            colour: self.colours(is_terminal),
            full: self.verbose,
            zone: zone.clone(),
        }
    }

    /// The style of stderr.
    pub(crate) fn err_style(self) -> Style {
        let is_terminal = io::stderr().is_terminal();
        Style {
            width: width(terminal_size::terminal_size_of(io::stderr())),
            colour: self.colours(is_terminal),
            full: self.verbose,
            zone: TimeZone::UTC,
        }
    }

    /// Says a line on stderr unless told to be quiet. That stderr is gone is no reason to stop.
    pub(crate) fn say(self, line: &str) {
        if !self.quiet {
            let _ = writeln!(io::stderr(), "{line}");
        }
    }

    fn colours(self, is_terminal: bool) -> bool {
        match self.colour {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => {
                is_terminal && !anstyle_query::no_color() && anstyle_query::term_supports_ansi_color()
            }
        }
    }
}

fn width(terminal: Option<(terminal_size::Width, terminal_size::Height)>) -> usize {
    let named = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let width = named.or_else(|| terminal.map(|(width, _)| usize::from(width.0)));
    width.filter(|&width| width >= 20).unwrap_or(WIDTH)
}
