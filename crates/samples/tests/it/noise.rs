//! The noise is never a hit, and has the mix it promises.

use std::collections::{BTreeMap, HashSet};

use crate::seed::{Reading, Seed};
use sluice_samples::event::Event;
use sluice_samples::noise::Noise;
use sluice_samples::sysmon::Host;
use sluice_samples::time::FileTime;

fn sample(count: usize) -> Vec<Event> {
    let mut noise = Noise::new(Host::new("WS-01.corp.example", "10.20.30.41"), 42, FileTime::MIDNIGHT, 100);
    (0..count).map(|_| noise.next()).collect()
}

#[test]
fn no_noise_is_a_hit() {
    let seed = Seed::new();
    for event in sample(40_000) {
        let verdict = seed.verdict(&event, Reading::AsIntended);
        assert_eq!(verdict, None, "{event:?}");
    }
}

#[test]
fn a_quarter_of_the_events_are_process_starts_and_a_quarter_connections() {
    let mut counts = BTreeMap::new();
    sample(20_000).iter().for_each(|event| *counts.entry(event.event_id).or_insert(0) += 1);
    let share = |code: u16, percent: i32| {
        let count = counts[&code];
        assert!((count - 200 * percent).abs() < 400, "{count} of event {code}");
    };
    share(1, 25);
    share(3, 25);
    share(7, 20);
    share(11, 10);
    share(12, 5);
    share(13, 8);
    share(22, 7);
}

#[test]
fn more_than_a_third_of_the_command_lines_are_distinct() {
    let lines: Vec<String> = sample(20_000).iter().filter_map(|event| event.text("CommandLine")).collect();
    let distinct: HashSet<&String> = lines.iter().collect();
    assert!(distinct.len() * 3 > lines.len(), "{} of {}", distinct.len(), lines.len());
}

#[test]
fn there_are_near_misses() {
    let events = sample(20_000);
    let has = |is: &dyn Fn(&Event) -> bool| assert!(events.iter().any(is));
    let text = |event: &Event, name: &str| event.text(name).unwrap_or_default();
    has(&|event| {
        text(event, "CommandLine").contains("http://") && text(event, "Image").ends_with("firefox.exe")
    });
    has(&|event| text(event, "CommandLine").contains("--data-binary"));
    has(&|event| text(event, "DestinationPort") == "80" && text(event, "DestinationIp").starts_with("203."));
    has(&|event| text(event, "DestinationPort") == "8080" && text(event, "DestinationIp").starts_with("10."));
}
