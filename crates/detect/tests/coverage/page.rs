//! `docs/src/coverage.md`: what was measured, and why what is missed is missed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use sluice_samples::scenario::{Kind, Scenario, Telemetry};

use crate::measure::{Measured, Rank};
use crate::{SEED, Totals};

/// The columns of the tables.
pub(crate) const TELEMETRIES: [Telemetry; 4] =
    [Telemetry::Full, Telemetry::Host, Telemetry::Network, Telemetry::SysmonSwift];

/// Why attacks are missed, a line each: scenario, telemetry, reason.
const MISSES: &str = include_str!("misses.txt");

/// Whether the page is to be written.
pub(crate) fn is_wanted() -> bool {
    std::env::var_os("SLUICE_WRITE_DOCS").is_some()
}

/// Writes the page if asked to; its numbers and what it says of misses must be those of now. The rest of it needs all
/// telemetries, which takes long.
pub(crate) fn check(scenarios: &[Scenario], measured: &[(Telemetry, Measured)], five: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/src/coverage.md");
    if is_wanted() {
        std::fs::write(&file, page(scenarios, measured, five)).expect("the page can be written");
    }
    let written = std::fs::read_to_string(&file).expect("the page is there");
    let (numbers, missed) = (numbers(scenarios, measured), missed(scenarios, measured));
    for part in numbers.lines().chain([missed.as_str(), five]) {
        assert!(
            written.contains(part),
            "docs/src/coverage.md is not up to date, run scripts/coverage: {part}"
        );
    }
}

fn page(scenarios: &[Scenario], measured: &[(Telemetry, Measured)], five: &str) -> String {
    let mut page = String::from(HEAD);
    page.push_str(&numbers(scenarios, measured));
    page.push_str(SEED_HEAD);
    page.push_str(&seed(scenarios));
    page.push_str(FIVE);
    page.push_str(five);
    page.push_str(NOT_IN_FIVE);
    page.push_str(BY_DETECTION);
    page.push_str(&by_detection(scenarios, measured));
    page.push_str(ATTACKS);
    page.push_str(&table(scenarios, measured, Kind::Attack));
    page.push_str(MISSED);
    page.push_str(&missed(scenarios, measured));
    page.push_str(LOOKALIKES);
    page.push_str(&table(scenarios, measured, Kind::Lookalike));
    page.push_str(NEIGHBOURS);
    page.push_str(&table(scenarios, measured, Kind::Neighbour));
    page
}

const HEAD: &str = "\
# What the package finds

The package T1048.003 against scenarios: ways to do the technique (Atomic Red Team, LOLBAS, ways around known rules), what only
looks like it, and other techniques next to it. `crates/samples/scenarios` says what was done in each;
`sluice-samples scenarios` makes the logs that this leaves behind, and nothing that a machine would not log. Every detection runs
over all of them with the parameters as shipped. The scenarios were chosen to be hard, so shares compare rules and telemetry; they
do not say how often this happens; and the detections were written with them at hand.

This page is made by `scripts/coverage`; a test holds the package to it.

An attack is *found* if an alert or a risk detection says so, and found *right* if it names a channel that was used.

| telemetry | found | right | at alert | by a hunt alone | look-alikes at alert | at risk |
| --- | --- | --- | --- | --- | --- | --- |
";

const SEED_HEAD: &str = "
The query that the package started from, for comparison. Whatever it lists counts as found; *as meant* is with the parentheses
that its head lacks.

| query | telemetry | attacks | look-alikes |
| --- | --- | --- | --- |
";

const FIVE: &str = "
## The five tests

The tests of `packages/T1048.003/atomics.yaml` against a sink outside, each by what a single telemetry says of it: the finding
that says most, its method and its score. The logs are in the package's `tests/five`; with several telemetries findings join and
score higher.

1. FTP with the client of Windows and a script
2. HTTP upload with curl
3. Data in DNS names with nslookup and `Resolve-DnsName`
4. Mail with an attachment by `Send-MailMessage`
5. Archive and FTP upload with tar and curl, on Linux

";

const NOT_IN_FIVE: &str = "
A – has nothing to find: tests 1 to 4 are of Windows, test 5 is of Linux, and only 3 and 4 are PowerShell. Sysmon 3 of test 3 has a
resolver and no name. Sysmon 22 has the name that `Resolve-DnsName` asks for, not those of nslookup, and the other tests go to an
address. Sysmon 11 has names of files, of the script in test 1 and of the archive in test 5: it says nothing alone, and
`stage_then_upload` takes the archive from it. A connection that is refused is not in Sysmon 3, and a test on loopback is not
on the network; its start is found then, as risk, with 10 points off.
";

const BY_DETECTION: &str = "
## By detection

With all telemetry. Several detections may find the same scenario.

| detection | tier | attacks | look-alikes |
| --- | --- | --- | --- |
";

const ATTACKS: &str = "
## Attacks

The strongest tier, by telemetry; ≠ where no finding names the right channel; – where there is nothing.

";

const MISSED: &str = "
## What is missed, and why

With all telemetry, and with Sysmon as SwiftOnSecurity configures it.

";

const LOOKALIKES: &str = "
## Look-alikes

";

const NEIGHBOURS: &str = "
## Other techniques

Exfiltration that is encrypted, over DNS as command and control, and the like: findings here are neither counted as right nor as
wrong.

";

fn title(telemetry: Telemetry) -> &'static str {
    match telemetry {
        Telemetry::Full => "all",
        Telemetry::Host => "machine",
        Telemetry::Network => "network",
        Telemetry::Sysmon => "Sysmon, every connection",
        Telemetry::SysmonSwift => "Sysmon 1 and 3, SwiftOnSecurity",
        Telemetry::SysmonProcess => "Sysmon 1",
    }
}

fn key(telemetry: Telemetry) -> &'static str {
    match telemetry {
        Telemetry::Full => "full",
        Telemetry::Host => "host",
        Telemetry::Network => "network",
        Telemetry::Sysmon => "sysmon",
        Telemetry::SysmonSwift => "sysmon-swift",
        Telemetry::SysmonProcess => "sysmon-process",
    }
}

fn numbers(scenarios: &[Scenario], measured: &[(Telemetry, Measured)]) -> String {
    let mut text = String::new();
    for (telemetry, measured) in measured {
        let totals = Totals::of(scenarios, measured);
        let Totals { attacks, found, right, at_alert, only_hunts, lookalikes, alerts, risks } = totals;
        let _ = writeln!(
            text,
            "| {} | {found} of {attacks} | {right} | {at_alert} | {only_hunts} | {alerts} of {lookalikes} | {risks} |",
            title(*telemetry)
        );
    }
    text
}

fn seed(scenarios: &[Scenario]) -> String {
    let attacks = scenarios.iter().filter(|one| one.kind == Kind::Attack).count();
    let mut text = String::new();
    for (query, telemetry, found, lookalikes) in SEED {
        let query = if query == "seed" { "as written" } else { "as meant" };
        let _ =
            writeln!(text, "| {query} | {} | {found} of {attacks} | {lookalikes} of 33 |", title(telemetry));
    }
    text
}

/// What one detection finds, by the scenarios' places.
#[derive(Default)]
struct Share {
    attacks: BTreeSet<usize>,
    lookalikes: BTreeSet<usize>,
}

fn by_detection(scenarios: &[Scenario], measured: &[(Telemetry, Measured)]) -> String {
    let Some((_, all)) = measured.iter().find(|(telemetry, _)| *telemetry == Telemetry::Full) else {
        return String::new();
    };
    let mut found: BTreeMap<(&str, Rank), Share> = BTreeMap::new();
    for (at, scenario) in scenarios.iter().enumerate() {
        for finding in &all.0[at] {
            let share = found.entry((&finding.detection, finding.rank)).or_default();
            match scenario.kind {
                Kind::Attack => share.attacks.insert(at),
                Kind::Lookalike => share.lookalikes.insert(at),
                Kind::Seed | Kind::Neighbour => continue,
            };
        }
    }
    let mut text = String::new();
    found.retain(|_, share| !share.attacks.is_empty() || !share.lookalikes.is_empty());
    for ((detection, rank), Share { attacks, lookalikes }) in found {
        let _ =
            writeln!(text, "| `{detection}` | {} | {} | {} |", rank.name(), attacks.len(), lookalikes.len());
    }
    text
}

fn table(scenarios: &[Scenario], measured: &[(Telemetry, Measured)], kind: Kind) -> String {
    let is_attack = kind == Kind::Attack;
    let titles: Vec<&str> = measured.iter().map(|(telemetry, _)| title(*telemetry)).collect();
    let channel = if is_attack { " channel |" } else { "" };
    let mut text = format!("| | scenario |{channel} {} |\n", titles.join(" | "));
    let columns = 2 + usize::from(is_attack) + titles.len();
    let _ = writeln!(text, "|{}", " --- |".repeat(columns));
    for (at, scenario) in scenarios.iter().enumerate().filter(|(_, scenario)| scenario.kind == kind) {
        let _ = write!(text, "| {} | {} |", scenario.id, escaped(&scenario.title));
        if is_attack {
            let _ = write!(text, " {} |", scenario.channels.join(", "));
        }
        for (_, measured) in measured {
            let is_wrong = is_attack && !measured.is_right(at, scenario);
            let cell = match measured.rank(at) {
                None => "–".to_owned(),
                Some(Rank::Hunt) => Rank::Hunt.name().to_owned(),
                Some(rank) => format!("{}{}", rank.name(), if is_wrong { " ≠" } else { "" }),
            };
            let _ = write!(text, " {cell} |");
        }
        text.push('\n');
    }
    text
}

/// A list of what is not found right, with its reasons; each needs one, and none may be left over.
fn missed(scenarios: &[Scenario], measured: &[(Telemetry, Measured)]) -> String {
    let mut reasons: BTreeMap<(&str, &str), &str> = MISSES.lines().filter_map(reason).collect();
    let mut text = String::new();
    let mut unexplained = Vec::new();
    for (telemetry, measured) in measured {
        if !matches!(telemetry, Telemetry::Full | Telemetry::SysmonSwift) {
            continue;
        }
        let _ = writeln!(text, "**{}**\n", title(*telemetry));
        let before = text.len();
        for (at, scenario) in scenarios.iter().enumerate() {
            if scenario.kind != Kind::Attack || measured.is_right(at, scenario) {
                continue;
            }
            let why = reasons.remove(&(scenario.id.as_str(), key(*telemetry)));
            let Some(why) = why else {
                unexplained.push(format!("{} {}", scenario.id, key(*telemetry)));
                continue;
            };
            let _ = writeln!(text, "- {}, {}: {why}", scenario.id, escaped(&scenario.title));
        }
        if text.len() == before {
            text.push_str("Nothing.\n");
        }
        text.push('\n');
    }
    assert!(unexplained.is_empty(), "misses.txt does not say why these are missed: {unexplained:?}");
    assert!(reasons.is_empty(), "misses.txt has reasons of what is found now: {reasons:?}");
    text.trim_end().to_owned() + "\n"
}

fn reason(line: &'static str) -> Option<((&'static str, &'static str), &'static str)> {
    let mut words = line.splitn(3, ' ');
    let (id, telemetry, why) = (words.next()?, words.next()?, words.next()?);
    (!line.starts_with('#')).then_some(((id, telemetry), why))
}

/// Titles have pipes, brackets and backslashes in them.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '<' => escaped.push_str("&lt;"),
            '\\' | '|' | '*' | '_' | '`' | '[' | ']' => escaped.extend(['\\', character]),
            other => escaped.push(other),
        }
    }
    escaped
}
