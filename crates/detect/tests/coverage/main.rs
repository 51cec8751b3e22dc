//! What the package finds of the scenarios, by telemetry, and what of that nobody wants.
//!
//! `SLUICE_WRITE_DOCS=1 cargo test --workspace --test coverage` (`scripts/coverage`) writes `docs/src/coverage.md`.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop")]

mod five;
mod measure;
mod page;

use sluice_detect::{Detection, select};
use sluice_samples::scenario::{self, Kind, Scenario, Telemetry};

use measure::{Measured, Rank, measure};

/// Attacks that are found at alert or risk under the right channel, with all telemetry and with Sysmon as
/// SwiftOnSecurity configures it.
const FLOOR_FULL: usize = 73;
const FLOOR_SWIFT: usize = 70;
/// Look-alikes at alert, and at risk, with all telemetry.
const LOOKALIKES: (usize, usize) = (0, 0);

/// What the seed query finds of attacks and of look-alikes, as worked out apart from this program.
const SEED: [(&str, Telemetry, usize, usize); 5] = [
    ("exfil_over_cleartext", Telemetry::SysmonProcess, 6, 15),
    ("exfil_over_cleartext", Telemetry::Sysmon, 38, 26),
    ("exfil_over_cleartext", Telemetry::SysmonSwift, 22, 20),
    ("seed", Telemetry::Sysmon, 38, 17),
    ("seed", Telemetry::SysmonSwift, 16, 8),
];

#[test]
fn the_package_finds_attacks_and_leaves_lookalikes_alone() {
    let scenarios = scenarios();
    let detections = select::for_scan(&["T1048.003".to_owned()]).expect("the package is there");
    let measured = measure_all(&scenarios, &detections);
    page::check(&scenarios, &measured, &five::table(&detections));

    let of = |wanted: Telemetry| {
        let (_, measured) = measured.iter().find(|(telemetry, _)| *telemetry == wanted).expect("measured");
        Totals::of(&scenarios, measured)
    };
    let (full, swift) = (of(Telemetry::Full), of(Telemetry::SysmonSwift));
    println!("full: {full:?}\nsysmon-swift: {swift:?}");
    assert!(full.right >= FLOOR_FULL, "{full:?}");
    assert!(swift.right >= FLOOR_SWIFT, "{swift:?}");
    assert_eq!((full.alerts, full.risks), LOOKALIKES, "{full:?}");
}

#[test]
fn the_seed_finds_what_was_worked_out_for_it() {
    let scenarios = scenarios();
    for (name, telemetry, attacks, lookalikes) in SEED {
        let detections = select::detections(&[name.to_owned()]).expect("the query is there");
        let measured = measure(&scenarios, telemetry, &detections);
        let found = |is_wanted: fn(&Scenario) -> bool| {
            let all = scenarios.iter().enumerate().filter(|(_, scenario)| is_wanted(scenario));
            all.filter(|(at, _)| measured.rank(*at).is_some()).count()
        };
        // The oracle counted an internal upload over IPv6 as neither.
        let found = (
            found(|one| one.kind == Kind::Attack),
            found(|one| one.kind == Kind::Lookalike && one.id != "Y44"),
        );
        assert_eq!(found, (attacks, lookalikes), "{name} {telemetry:?}");
    }
}

/// By telemetry, two at a time; all of them only for the page, as planning takes long without optimisation.
fn measure_all(scenarios: &[Scenario], detections: &[Detection]) -> Vec<(Telemetry, Measured)> {
    let one = |telemetry: Telemetry| (telemetry, measure(scenarios, telemetry, detections));
    let telemetries: &[Telemetry] =
        if page::is_wanted() { &page::TELEMETRIES } else { &[Telemetry::Full, Telemetry::SysmonSwift] };
    let (first, second) = telemetries.split_at(telemetries.len() / 2);
    std::thread::scope(|scope| {
        let first = scope.spawn(move || first.iter().map(|telemetry| one(*telemetry)).collect::<Vec<_>>());
        let second: Vec<_> = second.iter().map(|telemetry| one(*telemetry)).collect();
        let mut all = first.join().expect("the measure runs");
        all.extend(second);
        all
    })
}

fn scenarios() -> Vec<Scenario> {
    scenario::read(scenario::SHIPPED).expect("the scenarios are well-formed")
}

/// What was found, in numbers.
#[derive(Debug)]
struct Totals {
    /// Attacks, and those found at alert or risk, of these under the right channel, and at alert.
    attacks: usize,
    found: usize,
    right: usize,
    at_alert: usize,
    /// Attacks that only a hunt shows.
    only_hunts: usize,
    /// Look-alikes, those that give an alert, and those that add risk and no more.
    lookalikes: usize,
    alerts: usize,
    risks: usize,
}

impl Totals {
    fn of(scenarios: &[Scenario], measured: &Measured) -> Self {
        let count = |kind: Kind, holds: &dyn Fn(usize, &Scenario) -> bool| {
            let all = scenarios.iter().enumerate().filter(|(_, scenario)| scenario.kind == kind);
            all.filter(|(at, scenario)| holds(*at, scenario)).count()
        };
        let at = |rank: Rank| move |at: usize, _: &Scenario| measured.rank(at) == Some(rank);
        Totals {
            attacks: count(Kind::Attack, &|_, _| true),
            found: count(Kind::Attack, &|at, _| measured.rank(at) >= Some(Rank::Risk)),
            right: count(Kind::Attack, &|at, scenario| measured.is_right(at, scenario)),
            at_alert: count(Kind::Attack, &at(Rank::Alert)),
            only_hunts: count(Kind::Attack, &at(Rank::Hunt)),
            lookalikes: count(Kind::Lookalike, &|_, _| true),
            alerts: count(Kind::Lookalike, &at(Rank::Alert)),
            risks: count(Kind::Lookalike, &at(Rank::Risk)),
        }
    }
}
