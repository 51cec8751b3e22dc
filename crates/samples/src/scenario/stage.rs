//! A scenario on its machine, at its time.

use crate::event::Event;
use crate::sysmon::{Connection, Host, Logon, Process};
use crate::time::FileTime;
use crate::value::Value;

use super::{Connected, Platform, Protocol, Scenario, Started, resource};

/// Between two scenarios.
const APART: u64 = 10 * 60_000;

pub(super) struct Stage<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) number: usize,
    pub(super) host: Host,
    pub(super) running: Vec<Running>,
}

/// A process of the scenario.
pub(super) struct Running {
    pub(super) at: FileTime,
    pub(super) process: Process,
    pub(super) parent: Process,
}

impl<'a> Stage<'a> {
    pub(super) fn new(scenario: &'a Scenario, number: usize) -> Self {
        let host = Host::new(Self::host_name(scenario, number), Self::address(scenario, number));
        let mut stage = Stage { scenario, number, host, running: Vec::new() };
        for (at, started) in scenario.procs.iter().enumerate() {
            let running = stage.start(at, started);
            stage.running.push(running);
        }
        stage
    }

    pub(super) fn host_name(scenario: &Scenario, number: usize) -> String {
        match (&scenario.host, scenario.platform) {
            (Some(host), _) => host.clone(),
            (None, Platform::Windows) => format!("WS-{number:03}.corp.example"),
            (None, Platform::Linux) => format!("lin-{number:03}"),
        }
    }

    pub(super) fn address(scenario: &Scenario, number: usize) -> String {
        let own = || format!("10.20.{}.{}", 100 + number / 200, 10 + number % 200);
        scenario.ip.clone().unwrap_or_else(own)
    }

    pub(super) fn is_linux(&self) -> bool {
        self.scenario.platform == Platform::Linux
    }

    fn start(&self, at: usize, started: &Started) -> Running {
        let begins = FileTime::MIDNIGHT.after_millis(self.number as u64 * APART + 5000);
        let time = begins.after_millis(at as u64 * 900);
        let id = 4112 + 268 * at as u32;
        let program = resource::program(&started.image, &started.orig, started.desc.as_deref());
        let logon = self.logon(started);
        let process = self.host.process(time, id, program, started.cmd.clone(), &logon);
        let before = self.running.iter().rfind(|running| running.process.program.image == started.pimg);
        let parent = match before {
            Some(running) => running.process.clone(),
            None => self.standing(begins.before_millis(120_000), started, &logon),
        };
        Running { at: time, process, parent }
    }

    /// A parent that has been running before.
    fn standing(&self, at: FileTime, started: &Started, logon: &Logon) -> Process {
        let program = resource::program(&started.pimg, "", None);
        self.host.process(at, 2212, program, started.pcmd.clone(), logon)
    }

    fn logon(&self, started: &Started) -> Logon {
        let parent = started.pimg.rsplit(['\\', '/']).next().unwrap_or_default();
        match (self.is_linux(), parent) {
            (false, "services.exe" | "svchost.exe") => {
                Logon { user: "NT AUTHORITY\\SYSTEM".into(), id: 0x3E7, session: 0, integrity: "System" }
            }
            (false, _) => Logon { user: "CORP\\alice".into(), id: 0xD_3B4A, session: 1, integrity: "Medium" },
            (true, "cron") => Logon { user: "root".into(), id: 0, session: 1, integrity: "no level" },
            (true, _) => Logon { user: "alice".into(), id: 1000, session: 3, integrity: "no level" },
        }
    }

    /// A process of the scenario; the first one if there is none of this number.
    pub(super) fn process(&self, number: usize) -> Option<&Running> {
        self.running.get(number).or(self.running.first())
    }

    /// When a connection is made, in the order of the scenario.
    pub(super) fn connected_at(&self, number: usize) -> FileTime {
        let process = self.scenario.net.get(number).and_then(|net| self.process(net.p));
        let begins = process.map_or(FileTime::MIDNIGHT, |running| running.at);
        begins.after_millis(80 + 60 * number as u64)
    }

    /// The port on this machine of a connection.
    pub(super) fn own_port(&self, number: usize) -> u16 {
        51_000 + (self.number * 17 % 9000 + number) as u16
    }

    /// Events 1, 3, 11 and 22, in order.
    pub(super) fn sysmon_events(&self) -> Vec<Event> {
        let mut events: Vec<Event> = self
            .running
            .iter()
            .map(|running| self.host.process_create(running.at, &running.process, &running.parent))
            .collect();
        for (owner, path) in &self.scenario.files {
            events.extend(self.process(*owner).map(|running| {
                self.host.file_create(running.at.after_millis(20), &running.process, path.clone())
            }));
        }
        for (number, (owner, name, status, results)) in self.scenario.dns.iter().enumerate() {
            events.extend(self.process(*owner).map(|running| {
                let at = running.at.after_millis(50 + number as u64);
                let answer = (status.clone(), results.clone().into());
                self.host.dns_query(at, &running.process, name.clone(), answer)
            }));
        }
        let made = self.scenario.net.iter().enumerate().filter(|(_, net)| net.est);
        events.extend(made.filter_map(|(number, net)| self.network_event(number, net)));
        events.sort_by_key(|event| event.time);
        let first = 10_000 + 1000 * self.number as u64;
        events.iter_mut().zip(first..).for_each(|(event, id)| event.record_id = id);
        events
    }

    fn network_event(&self, number: usize, net: &Connected) -> Option<Event> {
        let process = &self.process(net.p)?.process;
        let connection = self.connection(number, net);
        let mut event = self.host.network(self.connected_at(number), process, &connection);
        for (name, value) in &mut event.data {
            if name == "DestinationHostname" && !matches!(net.host.as_str(), "" | "-") {
                *value = Value::text(net.host.clone());
            }
        }
        Some(event)
    }

    fn connection(&self, number: usize, net: &Connected) -> Connection {
        // Sysmon for Linux knows no address of a datagram: https://github.com/microsoft/SysmonForLinux/issues/126
        let is_lost = self.is_linux() && net.proto == Protocol::Udp;
        let other = if is_lost { "127.0.0.1" } else { net.ip.as_str() };
        let own = match other {
            "127.0.0.1" | "0:0:0:0:0:0:0:1" => other.to_owned(),
            _ if other.contains(':') => format!("fd00:0:0:0:0:0:1:{:x}", self.number + 1),
            _ => self.host.ip.to_string(),
        };
        let protocol = match net.proto {
            Protocol::Tcp => "tcp",
            Protocol::Udp => "udp",
        };
        // The fields of a connection that came in still say "destination" of the peer here: it is how Sysmon shows
        // one whose direction it learnt late, and what `Initiated=false` is there to tell.
        Connection {
            protocol,
            initiated: net.init,
            source: (own.into(), if net.init { self.own_port(number) } else { 80 }),
            destination: (other.to_owned().into(), net.port),
        }
    }
}
