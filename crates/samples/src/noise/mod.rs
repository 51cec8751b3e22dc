//! A busy machine that does nothing wrong: events of which none is a hit of the query.
//!
//! INVARIANT: no event here is a hit of the T1048.003 query; tests/noise.rs keeps it. There are
//! near misses, though: `http://` in the command lines of other programs, curl to https, browsers
//! on port 80, private addresses on every listed port.

mod commands;
mod libraries;
mod network;
mod places;

use crate::event::Event;
use crate::program::{self, Program};
use crate::random::Random;
use crate::sysmon::{Host, Logon, Process};
use crate::time::FileTime;

/// How many processes the machine remembers to have running.
const RUNNING: usize = 48;

/// The events of one machine, without end.
///
/// ```
/// use sluice_samples::noise::Noise;
/// use sluice_samples::sysmon::Host;
/// use sluice_samples::time::FileTime;
///
/// let mut noise = Noise::new(Host::new("WS-01.corp.example", "10.20.30.41"), 7, FileTime::MIDNIGHT, 100);
/// let (first, second) = (noise.next(), noise.next());
/// assert!(first.time <= second.time);
/// ```
pub struct Noise {
    host: Host,
    random: Random,
    now: FileTime,
    /// The longest time to the next event, in milliseconds.
    gap: u64,
    next_id: u32,
    running: Vec<Process>,
    talking: Vec<Process>,
    user: Logon,
    system: Logon,
}

impl Noise {
    /// A machine whose events follow from the seed; they are up to `gap` milliseconds apart.
    pub fn new(host: Host, seed: u64, start: FileTime, gap: u64) -> Self {
        let user = Logon { user: "CORP\\alice".into(), id: 0xD_3B4A, session: 1, integrity: "Medium" };
        let system =
            Logon { user: "NT AUTHORITY\\SYSTEM".into(), id: 0x3E7, session: 0, integrity: "System" };
        let mut noise = Noise {
            host,
            random: Random::new(seed),
            now: start,
            gap,
            next_id: 1000,
            running: Vec::with_capacity(RUNNING),
            talking: Vec::new(),
            user,
            system,
        };
        let parents = [program::SERVICES, program::SVCHOST, program::EXPLORER, program::CMD, program::CODE];
        noise.running.extend(parents.map(|program| noise.standing(program)));
        let talking = network::PROGRAMS.iter().map(|program| noise.standing(program.clone())).collect();
        noise.talking = talking;
        noise
    }

    /// The machine.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The time of the last event.
    pub fn now(&self) -> FileTime {
        self.now
    }

    /// The next event: 25 % are 1, 25 % are 3, 20 % are 7, the rest 11, 12, 13 and 22.
    #[expect(clippy::should_implement_trait, reason = "it never ends, so an Option would be in the way")]
    pub fn next(&mut self) -> Event {
        self.now = self.now.after_millis(self.random.below(self.gap));
        match self.random.below(100) {
            0..25 => self.process_create(),
            25..50 => self.network(),
            50..70 => self.image_load(),
            70..80 => self.file_create(),
            80..85 => self.registry(false),
            85..93 => self.registry(true),
            _ => self.dns_query(),
        }
    }

    fn process_create(&mut self) -> Event {
        let command = commands::pick(&mut self.random);
        let line = command.line(&mut self.random);
        self.next_id = 1000 + (self.next_id + 4 * self.random.between(1, 60)) % 28_000;
        let logon = if command.by_system { &self.system } else { &self.user };
        let process = self.host.process(self.now, self.next_id, command.program.clone(), line, logon);
        let parent = self.random.pick(&self.running).clone();
        let event = self.host.process_create(self.now, &process, &parent);
        self.remember(process);
        event
    }

    /// Keeps the process; the first few, which are always there, are never replaced.
    fn remember(&mut self, process: Process) {
        if self.running.len() < RUNNING {
            return self.running.push(process);
        }
        let at = 5 + self.random.below(RUNNING as u64 - 5) as usize;
        self.running[at] = process;
    }

    fn network(&mut self) -> Event {
        let process = self.random.pick(&self.talking).clone();
        let (ip, port) = network::destination(&mut self.random, &process.program);
        let from_port = self.random.between(49_152, 65_535) as u16;
        let mut connection = self.host.connect(from_port, ip, port);
        if connection.destination.0.contains(':') {
            connection.source.0 = "fe80:0:0:0:1c2d:3e4f:5a6b:7c8d".into();
        }
        if matches!(port, 53 | 123) {
            connection.protocol = "udp";
        }
        self.host.network(self.now, &process, &connection)
    }

    fn image_load(&mut self) -> Event {
        let library = self.random.pick(&libraries::LIBRARIES);
        self.host.image_load(self.now, self.random.pick(&self.running), library)
    }

    fn file_create(&mut self) -> Event {
        let path = places::file(&mut self.random);
        self.host.file_create(self.now, self.random.pick(&self.running), path)
    }

    fn registry(&mut self, has_details: bool) -> Event {
        let (target, details) = places::registry(&mut self.random);
        let process = self.random.pick(&self.running);
        self.host.registry(self.now, process, target, has_details.then_some(details))
    }

    fn dns_query(&mut self) -> Event {
        let (name, answer) = places::query(&mut self.random);
        self.host.dns_query(self.now, self.random.pick(&self.talking), name, answer)
    }

    /// A process that has been running since the machine started.
    fn standing(&self, program: Program) -> Process {
        let id = 400 + crate::random::hash(&program.image) as u32 % 400 * 4;
        let line = format!("\"{}\"", program.image);
        self.host.process(self.now.before_millis(3_600_000), id, program, line, &self.system)
    }
}
