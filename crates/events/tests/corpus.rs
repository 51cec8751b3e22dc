//! Real logs, where they are at hand: `SLUICE_CORPUS` names the folder.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, AsArray};
use sluice_events::field;
use sluice_events::format::Format;
use sluice_events::inputs::{Input, Options, discover};
use sluice_events::request::{Request, Wanted};
use sluice_events::tally::Tally;

fn corpus(folder: &str) -> Option<String> {
    let Ok(corpus) = std::env::var("SLUICE_CORPUS") else {
        println!("skipped: SLUICE_CORPUS is not set");
        return None;
    };
    Some(Path::new(&corpus).join("corpus").join(folder).display().to_string())
}

/// Events of an input, and how many of them have a value for each field.
fn count(input: Input, fields: &[&str]) -> (usize, Vec<usize>, Arc<Tally>) {
    let request =
        Request { fields: fields.iter().map(|name| Wanted::one(*name)).collect(), ..Request::default() };
    let (request, tally) = (Arc::new(request), Arc::new(Tally::default()));
    let (mut events, mut filled) = (0, vec![0; fields.len()]);
    for split in Arc::new(input).splits(8 << 20) {
        let mut reader =
            split.open(Arc::clone(&request), Arc::clone(&tally), &Options::default(), 0).expect("opens");
        while let Some(batch) = reader.next_batch().expect("reads") {
            events += batch.num_rows();
            for (filled, column) in filled.iter_mut().zip(batch.columns()) {
                *filled += column.len() - column.null_count();
            }
        }
    }
    (events, filled, tally)
}

#[test]
fn every_line_of_the_recordings_is_an_event() {
    let Some(folder) = corpus("otrf") else { return };
    let found = discover(&[folder], &Options::default());
    assert_eq!(found.problems, []);
    let mut formats: Vec<_> = found.inputs.iter().map(|input| input.format.name()).collect();
    formats.sort_unstable();
    formats.dedup();
    assert_eq!(formats, ["auditd", "json", "unknown", "zeek"]);
    let wanted =
        [field::TIME, field::HOST, "EventCode", "Channel", field::SOURCE, field::RAW, "Level", "Name"];
    for input in found.inputs.into_iter().filter(|input| input.format == Format::Json) {
        let name = input.name.clone();
        let (events, filled, tally) = count(input, &wanted);
        println!("{name}: {events} events, {filled:?}");
        assert_eq!(tally.losses().1, 0, "{:?}", tally.losses());
        assert!(events > 4_000, "{name}: {events}");
        assert!(
            filled.iter().zip(wanted).all(|(filled, name)| *filled == events || name == "Level"),
            "{filled:?}"
        );
    }
}

#[test]
fn an_unpacked_recording_gives_the_same_events_in_splits() {
    let Some(folder) = corpus("otrf") else { return };
    let found = discover(&[folder], &Options::default());
    let input = found.inputs.into_iter().find(|input| input.format == Format::Json).unwrap();
    let all = Request { fields: vec![Wanted::one(field::RAW)], ..Request::default() };
    let mut reader = Arc::new(input.clone()).splits(u64::MAX)[0]
        .open(Arc::new(all), Arc::default(), &Options::default(), 0)
        .unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut lines = 0;
    while let Some(batch) = reader.next_batch().unwrap() {
        for raw in batch.column(0).as_string_view().iter().flatten() {
            std::io::Write::write_all(&mut file.as_file(), format!("{raw}\n").as_bytes()).unwrap();
            lines += 1;
        }
    }
    let found = discover(&[file.path().display().to_string()], &Options::default());
    let plain = found.inputs.into_iter().next().unwrap();
    assert!(Arc::new(plain.clone()).splits(8 << 20).len() > 1);
    assert_eq!(count(plain, &["EventCode"]).0, lines);
}
