//! Arguments → an engine and its inputs.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use sluice_detect::output::visible::visible;
use sluice_engine::Settings;
use sluice_engine::lookup::Written;
use sluice_events::batch::Overrides;
use sluice_events::inputs::{self, Inputs, Options};

use crate::args::{Reading, Running};
use crate::console::Console;
use crate::stop::Stop;

/// The logs under the paths that were named; says so where there are none.
pub(crate) fn inputs(paths: &[String], options: &Options, console: Console) -> Inputs {
    let found = inputs::discover(paths, options);
    if !paths.is_empty() && found.inputs.is_empty() && found.problems.is_empty() {
        let paths: Vec<_> = paths.iter().map(|path| visible(path)).collect();
        console.say(&format!("there are no files in {}", paths.join(", ")));
    }
    found
}

/// How inputs are read.
pub(crate) fn options(reading: &Reading) -> Options {
    let mut options = Options {
        overrides: Overrides {
            index: reading.index.clone(),
            sourcetype: reading.sourcetype.clone(),
            source: reading.source.clone(),
            host: reading.host.clone(),
        },
        ..Options::default()
    };
    if let Some(zone) = &reading.input_tz {
        options.input_zone = zone.clone();
    }
    if let Some(size) = reading.max_archive {
        options.max_archive = size;
    }
    options
}

/// The zone of what is shown.
pub(crate) fn zone(reading: &Reading) -> TimeZone {
    reading.tz.clone().unwrap_or(TimeZone::UTC)
}

/// Settings for reading, with no budget and no time range.
pub(crate) fn reading_settings(reading: &Reading) -> Settings {
    let mut settings = Settings {
        zone: zone(reading),
        input: options(reading),
        pushdown: !reading.no_pushdown,
        ..Settings::default()
    };
    if let Some(threads) = reading.threads {
        settings.threads = threads.get();
    }
    settings
}

/// Settings for a query.
pub(crate) fn settings(running: &Running, reading: &Reading, provenance: bool) -> Result<Settings, Stop> {
    let mut settings = reading_settings(reading);
    if let Some(now) = &running.now {
        settings.now = moment(now, &settings.zone)?;
        settings.input.now = settings.now;
    }
    for (option, time) in [("--earliest", &running.earliest), ("--latest", &running.latest)] {
        let checked = time.as_deref().map_or(Ok(()), |time| settings.check_time(time));
        checked.map_err(|why| Stop::usage(format!("{option}: {why}")))?;
    }
    settings.memory = running.memory.map(|size| usize::try_from(size).unwrap_or(usize::MAX));
    settings.timeout = running.timeout;
    settings.max_rows = running.max_rows;
    settings.geoip.clone_from(&running.geoip);
    settings.earliest.clone_from(&running.earliest);
    settings.latest.clone_from(&running.latest);
    settings.provenance = provenance;
    Ok(settings)
}

/// The folder that `outputlookup` writes to.
pub(crate) fn written(running: &Running) -> Result<Written, Stop> {
    match &running.lookup_out {
        None => Ok(Written::Refused),
        Some(folder) if folder.is_dir() => Ok(Written::Folder(folder.clone())),
        Some(folder) => Err(Stop::usage(format!("--lookup-out: {}: no such folder", folder.display()))),
    }
}

/// Stored bytes of the inputs that have a reader.
pub(crate) fn bytes(inputs: &Inputs) -> u64 {
    inputs.inputs.iter().filter(|input| input.format.opener().is_some()).map(|input| input.size).sum()
}

/// A moment: ISO 8601, in the user's zone where it names none, or seconds since 1970.
fn moment(text: &str, zone: &TimeZone) -> Result<Timestamp, Stop> {
    let of_seconds = || {
        let seconds: f64 = text.parse().ok()?;
        Timestamp::from_microsecond((seconds * 1e6) as i64).ok()
    };
    let of_civil = || {
        let date: jiff::civil::DateTime = text.parse().ok()?;
        zone.to_timestamp(date).ok()
    };
    text.parse().ok().or_else(of_seconds).or_else(of_civil).ok_or_else(|| {
        Stop::usage(format!("--now expected a time such as `2026-11-24T12:00:00Z`, found `{text}`"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_iso_or_epoch() {
        let wanted: Timestamp = "2023-11-14T22:13:20Z".parse().unwrap();
        for text in ["2023-11-14T22:13:20Z", "1700000000", "2023-11-14T22:13:20"] {
            assert_eq!(moment(text, &TimeZone::UTC).unwrap(), wanted, "{text}");
        }
        assert!(moment("yesterday", &TimeZone::UTC).is_err());
    }
}
