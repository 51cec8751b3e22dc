//! The `sluice` binary: arguments, progress, rendering of diagnostics, exit codes. No logic of its own.
//!
//! Start with `args.rs`: what can be asked. One file per subcommand in `command/`.

mod allocator;
mod args;
mod command;
mod console;
mod diagnostic;
mod explored;
mod interrupt;
mod outputs;
mod progress;
mod records;
mod report;
mod setup;
mod stop;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};
use stop::Stop;

fn main() -> ExitCode {
    // Legacy Windows consoles obey escape sequences only when asked to.
    anstyle_query::windows::enable_ansi_colors();
    let cli = Cli::parse();
    let result = match &cli.command {
        Command::Scan(args) => command::scan::run(args),
        Command::Search(args) => command::search::run(args),
        Command::Check(args) => command::check::run(args),
        Command::Test(args) => command::test::run(args),
        Command::Report(args) => command::report::run(args),
        Command::Inputs(args) => command::inputs::run(args),
        Command::Help(args) => command::help::run(args),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(Stop::BrokenPipe) => ExitCode::SUCCESS,
        Err(Stop::Failed { code, message }) => {
            for line in message.lines() {
                eprintln!("sluice: {}", sluice_detect::output::visible::visible(line));
            }
            ExitCode::from(code)
        }
    }
}
