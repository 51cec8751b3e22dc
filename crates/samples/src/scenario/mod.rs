//! Scenarios: what someone did on a machine, and the logs that this leaves behind.
//!
//! `scenarios/scenarios.jsonl` has ways to do T1048.003, its neighbours, and what only looks like it; a line says which
//! processes ran, where they connected, which names they asked for. Each gets a machine and an address of its own, so
//! that a finding can be traced to it even where a detection shows no event but a sum.
//!
//! [`Scenario::logs`] gives the files of a [`Telemetry`]. Nothing is written that the machine would not log: a refused
//! connection gives no event 3, a program with a resolver of its own no event 22, a connection to loopback nothing on
//! the wire.

mod auditd;
mod linux;
mod resource;
mod stage;
mod suricata;
mod swift;
mod windows;
mod wire;
mod zeek;

use std::path::Path;

use serde::Deserialize;

use crate::linux::to_syslog_line;
use crate::render::to_xml_line;

use stage::Stage;

/// The scenarios that are shipped, a JSON object a line.
pub const SHIPPED: &str = include_str!("../../scenarios/scenarios.jsonl");

/// What someone did.
#[derive(Debug, Clone, Deserialize)]
pub struct Scenario {
    /// A short name: `Y03`.
    pub id: String,
    /// Whether it should be found.
    #[serde(default)]
    pub kind: Kind,
    /// What it is, in a line.
    pub title: String,
    /// Its ATT&CK technique; of a look-alike, the one that it looks like.
    #[serde(alias = "tech")]
    pub technique: String,
    /// The channels that a finding may name.
    #[serde(default)]
    pub channels: Vec<String>,
    #[serde(rename = "plat")]
    platform: Platform,
    host: Option<String>,
    ip: Option<String>,
    procs: Vec<Started>,
    #[serde(default)]
    net: Vec<Connected>,
    /// Process, name, status and results of a name that was asked for through the system's resolver.
    #[serde(default)]
    dns: Vec<(usize, String, String, String)>,
    /// Process and path of a file that was made.
    #[serde(default)]
    files: Vec<(usize, String)>,
    /// Script blocks of PowerShell.
    #[serde(default)]
    ps: Vec<String>,
    /// What a sensor on the wire sees.
    #[serde(default)]
    z: Vec<wire::Seen>,
}

/// Whether a scenario should be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// T1048.003.
    #[default]
    Attack,
    /// The tests of the seed query, to loopback.
    Seed,
    /// Another technique, such as exfiltration that is encrypted.
    Neighbour,
    /// Nothing bad.
    Lookalike,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Platform {
    #[serde(rename = "W")]
    Windows,
    #[serde(rename = "L")]
    Linux,
}

/// A process that started.
#[derive(Debug, Clone, Deserialize)]
struct Started {
    image: String,
    /// OriginalFileName.
    #[serde(default)]
    orig: String,
    cmd: String,
    /// The arguments where `cmd` does not tell them: Linux joins them with spaces.
    args: Option<Vec<String>>,
    /// The parent's image.
    pimg: String,
    /// The parent's command line.
    pcmd: String,
    /// Description.
    desc: Option<String>,
}

/// A connection of a process.
#[derive(Debug, Clone, Deserialize)]
struct Connected {
    /// The process.
    p: usize,
    ip: String,
    port: u16,
    proto: Protocol,
    /// The name that the address resolves to.
    #[serde(default)]
    host: String,
    /// Whether it was established; a refused one is logged by nobody.
    #[serde(default = "yes")]
    est: bool,
    /// Whether this machine opened it.
    #[serde(default = "yes")]
    init: bool,
    /// Bytes that left, and that came.
    #[serde(default = "some_bytes")]
    out: u64,
    #[serde(default = "some_bytes", rename = "in")]
    back: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Protocol {
    Tcp,
    Udp,
}

fn yes() -> bool {
    true
}

fn some_bytes() -> u64 {
    240
}

/// What is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Telemetry {
    /// All of the below
    Full,
    /// What the machine logs: Sysmon, Security 4688, PowerShell 4104; Sysmon for Linux, auditd
    Host,
    /// What a sensor logs: Zeek, Suricata
    Network,
    /// Sysmon alone, with every connection
    Sysmon,
    /// Sysmon 1 and 3 as the configuration of SwiftOnSecurity logs them
    SysmonSwift,
    /// Sysmon 1 alone
    SysmonProcess,
}

impl Telemetry {
    /// Which events of Sysmon are logged.
    fn logs_sysmon(self, event: &crate::event::Event) -> bool {
        match self {
            Self::Network => false,
            Self::SysmonProcess => event.event_id == 1,
            Self::SysmonSwift => event.event_id == 1 || event.event_id == 3 && swift::logs(event),
            Self::Full | Self::Host | Self::Sysmon => true,
        }
    }

    fn logs_other_host_logs(self) -> bool {
        matches!(self, Self::Full | Self::Host)
    }

    fn logs_network(self) -> bool {
        matches!(self, Self::Full | Self::Network)
    }
}

/// A log file: its name and its content.
pub type LogFile = (&'static str, String);

/// Scenarios from JSON lines, each with its place among them, which gives it its machine and time.
///
/// # Errors
/// When a line is no scenario.
pub fn read(text: &str) -> serde_json::Result<Vec<Scenario>> {
    text.lines().filter(|line| !line.trim().is_empty()).map(serde_json::from_str).collect()
}

/// Writes the logs of each scenario into a folder of its own.
///
/// # Errors
/// When a folder or file cannot be written.
pub fn write(scenarios: &[Scenario], folder: &Path, telemetry: Telemetry) -> std::io::Result<()> {
    for (number, scenario) in scenarios.iter().enumerate() {
        let own = folder.join(&scenario.id);
        std::fs::create_dir_all(&own)?;
        for (name, content) in scenario.logs(number, telemetry) {
            std::fs::write(own.join(name), content)?;
        }
    }
    Ok(())
}

impl Scenario {
    /// The machine's name; the number is the scenario's place among its like.
    pub fn host(&self, number: usize) -> String {
        Stage::host_name(self, number)
    }

    /// The machine's address.
    pub fn ip(&self, number: usize) -> String {
        Stage::address(self, number)
    }

    /// The files that are left behind; none is empty.
    pub fn logs(&self, number: usize, telemetry: Telemetry) -> Vec<LogFile> {
        let stage = Stage::new(self, number);
        let mut logs = match self.platform {
            Platform::Windows => windows_logs(&stage, telemetry),
            Platform::Linux => linux_logs(&stage, telemetry),
        };
        if telemetry.logs_network() {
            let flows = wire::flows(&stage);
            logs.extend(zeek::logs(&flows));
            logs.push(("eve.json", suricata::log(&flows)));
        }
        logs.retain(|(_, content)| !content.is_empty());
        logs
    }
}

fn windows_logs(stage: &Stage<'_>, telemetry: Telemetry) -> Vec<LogFile> {
    let logged = stage.sysmon_events().into_iter().filter(|event| telemetry.logs_sysmon(event));
    let mut logs = vec![("sysmon.xml", lines(logged.map(|event| to_xml_line(&event))))];
    if telemetry.logs_other_host_logs() {
        logs.push(("security.xml", lines(windows::security(stage).iter().map(to_xml_line))));
        logs.push(("powershell.xml", lines(windows::powershell(stage).iter().map(to_xml_line))));
    }
    logs
}

fn linux_logs(stage: &Stage<'_>, telemetry: Telemetry) -> Vec<LogFile> {
    let logged = linux::sysmon_events(stage).into_iter().filter(|event| telemetry.logs_sysmon(event));
    let mut logs = vec![("sysmon.log", lines(logged.map(|event| to_syslog_line(&event))))];
    if telemetry.logs_other_host_logs() {
        logs.push(("audit.log", lines(auditd::records(stage).into_iter())));
    }
    logs
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.flat_map(|line| [line, "\n".to_owned()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped() -> Vec<Scenario> {
        read(SHIPPED).unwrap()
    }

    fn logs(id: &str, telemetry: Telemetry) -> Vec<LogFile> {
        let all = shipped();
        let at = all.iter().position(|scenario| scenario.id == id).unwrap();
        all[at].logs(at, telemetry)
    }

    fn names(id: &str, telemetry: Telemetry) -> Vec<&'static str> {
        logs(id, telemetry).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn each_attack_says_its_channel_and_each_machine_is_its_own() {
        let all = shipped();
        assert_eq!(all.iter().filter(|scenario| scenario.kind == Kind::Attack).count(), 73);
        assert!(all.iter().all(|one| one.kind != Kind::Attack || !one.channels.is_empty()));
        let mut hosts: Vec<_> = all.iter().enumerate().map(|(at, one)| one.host(at)).collect();
        let mut addresses: Vec<_> = all.iter().enumerate().map(|(at, one)| one.ip(at)).collect();
        for list in [&mut hosts, &mut addresses] {
            list.sort();
            list.dedup();
            assert_eq!(list.len(), all.len());
        }
    }

    #[test]
    fn a_machine_leaves_what_its_platform_logs() {
        assert_eq!(
            names("Y21", Telemetry::Full),
            ["sysmon.xml", "security.xml", "powershell.xml", "conn.log", "http.log", "files.log", "eve.json"]
        );
        assert_eq!(names("Z05", Telemetry::Full), ["sysmon.log", "audit.log", "conn.log", "eve.json"]);
        assert_eq!(names("Y03", Telemetry::SysmonSwift), ["sysmon.xml"]);
    }

    #[test]
    fn nothing_is_on_the_wire_of_what_goes_to_loopback() {
        assert_eq!(names("S2", Telemetry::Network), Vec::<&str>::new());
    }

    #[test]
    fn swift_logs_powershell_on_any_port_and_curl_on_none() {
        let connections = |id: &str| {
            let logs = logs(id, Telemetry::SysmonSwift);
            logs[0].1.matches("<EventID>3</EventID>").count()
        };
        assert_eq!((connections("Y21"), connections("Y03"), connections("A4")), (1, 0, 0));
    }

    #[test]
    fn a_udp_datagram_of_linux_says_loopback() {
        let (_, sysmon) = logs("Z10", Telemetry::Sysmon).remove(0);
        assert!(sysmon.contains("<Data Name=\"DestinationIp\">127.0.0.1</Data>"), "{sysmon}");
    }
}
