//! The sample logs in `samples/`.

use std::io::Cursor;
use std::path::Path;

use crate::attack::{Attacker, Sink};
use crate::event::Event;
use crate::evtx::{Error, Writer};
use crate::noise::Noise;
use crate::render;
use crate::sysmon::Host;
use crate::time::FileTime;
use crate::{linux, lookalike};

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A Windows event log.
    Evtx,
    /// One `Event` a line.
    XmlLines,
    /// All events in one `Events`, as Event Viewer saves them.
    XmlDocument,
    /// evtx_dump.
    EvtxDump,
    /// NXLog.
    Nxlog,
    /// Winlogbeat.
    Ecs,
    /// Sysmon for Linux in syslog.
    Syslog,
}

/// One sample log.
#[derive(Debug, Clone)]
pub struct SampleLog {
    /// The name of the file.
    pub name: &'static str,
    /// How it is written.
    pub format: Format,
    /// The events in the order of the file.
    pub events: Vec<Event>,
}

/// The sample logs, the same at every call.
pub fn logs() -> Vec<SampleLog> {
    vec![
        workstation("workstation.evtx", Format::Evtx, "WIN10-ALICE", 41, 500, Sink::External),
        server(),
        mailhost(),
        workstation("ecs.jsonl", Format::Ecs, "WIN11-BOB", 42, 60, Sink::External),
        workstation("nxlog.jsonl", Format::Nxlog, "WIN11-CAROL", 43, 80, Sink::External),
        workstation("events-wrapped.xml", Format::XmlDocument, "LAB-WIN10", 50, 40, Sink::Loopback),
        linux_server(),
    ]
}

/// Writes the sample logs into this folder.
pub fn write(folder: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(folder)?;
    logs().iter().try_for_each(|log| Ok(std::fs::write(folder.join(log.name), log.to_bytes()?)?))
}

impl SampleLog {
    /// The content of the file.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        match self.format {
            Format::Evtx => self.to_evtx(),
            Format::XmlLines => Ok(self.to_lines(render::to_xml_line)),
            Format::XmlDocument => Ok(self.to_document()),
            Format::EvtxDump => Ok(self.to_lines(render::to_evtx_dump_json)),
            Format::Nxlog => Ok(self.to_lines(render::to_nxlog_json)),
            Format::Ecs => Ok(self.to_lines(render::to_ecs_json)),
            Format::Syslog => Ok(self.to_lines(linux::to_syslog_line)),
        }
    }

    fn to_evtx(&self) -> Result<Vec<u8>, Error> {
        let mut writer = Writer::new(Cursor::new(Vec::new()))?;
        self.events.iter().try_for_each(|event| writer.write(event))?;
        Ok(writer.finish()?.into_inner())
    }

    fn to_lines(&self, render: fn(&Event) -> String) -> Vec<u8> {
        self.events.iter().flat_map(|event| [render(event), "\n".to_owned()]).collect::<String>().into_bytes()
    }

    fn to_document(&self) -> Vec<u8> {
        let head = b"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Events>\n";
        [head.as_slice(), &self.to_lines(render::to_xml_line), b"</Events>\n"].concat()
    }
}

/// A machine of a user, with all tests of Windows.
fn workstation(
    name: &'static str,
    format: Format,
    computer: &'static str,
    ip: u8,
    noise: usize,
    sink: Sink,
) -> SampleLog {
    let host = Host::new(format!("{computer}.corp.example"), format!("10.20.30.{ip}"));
    let attack = Attacker::new(&host, "alice", sink).all(FileTime::ATTACK);
    SampleLog { name, format, events: merge(quiet(&host, noise), attack, 157_301) }
}

/// A server with all tests, and everything that only looks like one.
fn server() -> SampleLog {
    let host = Host::new("SRV-BUILD01.corp.example", "10.20.30.60");
    let attack = Attacker::new(&host, "svc_build", Sink::External).all(FileTime::ATTACK);
    let other = lookalike::all(&host, FileTime::ATTACK.before_millis(600_000));
    let events = merge(quiet(&host, 200), [attack, other].concat(), 88_001);
    SampleLog { name: "server.xml", format: Format::XmlLines, events }
}

/// A mail server with all tests, and its mail.
fn mailhost() -> SampleLog {
    let host = Host::new("SRV-MAIL01.corp.example", "10.20.1.25");
    let attack = Attacker::new(&host, "alice", Sink::External).all(FileTime::ATTACK);
    let mail = lookalike::mail_relay(&host, FileTime::ATTACK.before_millis(300_000));
    let events = merge(quiet(&host, 200), [attack, mail].concat(), 640_001);
    SampleLog { name: "mailhost.jsonl", format: Format::EvtxDump, events }
}

/// Test 5 on a web server.
fn linux_server() -> SampleLog {
    let host = Host::new("web01", "10.20.40.12");
    let noise = linux::noise(&host, FileTime::ATTACK.before_millis(120_000), 60);
    let attack = linux::tar_and_curl(&host, FileTime::ATTACK);
    let events = merge(noise, attack, 1_926_571).into_iter().map(linux::relabel).collect();
    SampleLog { name: "linux-sysmon.log", format: Format::Syslog, events }
}

/// So many events over 50 minutes around the attack.
fn quiet(host: &Host, count: usize) -> Vec<Event> {
    let start = FileTime::ATTACK.before_millis(25 * 60_000);
    let gap = 2 * 50 * 60_000 / count.max(1) as u64;
    let mut noise = Noise::new(host.clone(), crate::random::hash(&host.computer), start, gap);
    (0..count).map(|_| noise.next()).collect()
}

/// Both in the order of time, with record ids from `first_id` on.
fn merge(noise: Vec<Event>, attack: Vec<Event>, first_id: u64) -> Vec<Event> {
    let mut events = [noise, attack].concat();
    events.sort_by_key(|event| event.time);
    events.iter_mut().zip(first_id..).for_each(|(event, id)| event.record_id = id);
    events
}
