//! Writes the sample logs and the benchmark set.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};
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
}

fn main() -> Result<()> {
    match Arguments::parse().command {
        Command::Samples { folder } => shipped::write(&folder)?,
        Command::Bench { folder, evtx_mb, json_mb, xml_mb, seed } => {
            let plan = bench::Plan { evtx: evtx_mb, json: json_mb, xml: xml_mb, seed };
            bench::write(&folder, plan, |summary| println!("{}", summary.to_json()))?;
        }
    }
    Ok(())
}
