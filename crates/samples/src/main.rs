//! Writes the sample logs, the benchmark set and the logs of scenarios.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use sluice_samples::scenario::{self, Telemetry};
use sluice_samples::{bench, shipped};

/// Writes logs whose content is known.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write the sample logs that are checked in.
    Samples {
        /// The folder, usually `samples`.
        folder: PathBuf,
    },
    /// Write the benchmark set and tell on stdout, a JSON line a file, what it has.
    Bench {
        /// The folder.
        folder: PathBuf,
        /// Megabytes of EVTX, in four files.
        #[arg(long, default_value_t = 500)]
        evtx_mb: u64,
        /// Megabytes of flat JSON lines, in one file.
        #[arg(long, default_value_t = 1000)]
        json_mb: u64,
        /// Megabytes of XML lines, in one file; none if not asked for.
        #[arg(long, default_value_t = 0)]
        xml_mb: u64,
        /// What the content follows from.
        #[arg(long, default_value_t = 1048)]
        seed: u64,
    },
    /// Write the logs that scenarios leave behind, a folder each
    Scenarios {
        /// The scenarios, a JSON object a line; the shipped ones are in `crates/samples/scenarios`.
        file: PathBuf,
        /// The folder.
        folder: PathBuf,
        /// What is logged.
        #[arg(long, value_enum, default_value_t = Telemetry::Full)]
        telemetry: Telemetry,
    },
}

fn main() -> Result<()> {
    match Arguments::parse().command {
        Command::Samples { folder } => shipped::write(&folder)?,
        Command::Bench { folder, evtx_mb, json_mb, xml_mb, seed } => {
            let plan = bench::Plan { evtx: evtx_mb, json: json_mb, xml: xml_mb, seed };
            bench::write(&folder, plan, |summary| println!("{}", summary.to_json()))?;
        }
        Command::Scenarios { file, folder, telemetry } => {
            let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
            let scenarios = scenario::read(&text).with_context(|| file.display().to_string())?;
            scenario::write(&scenarios, &folder, telemetry)?;
        }
    }
    Ok(())
}
