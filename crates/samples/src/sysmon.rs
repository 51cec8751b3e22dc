//! The events of Sysmon, with the fields and types of its manifest.

use crate::event::{Event, Field};
use crate::program::Program;
use crate::time::FileTime;
use crate::value::{Guid, Text, Value};

/// A machine.
#[derive(Debug, Clone)]
pub struct Host {
    /// The full name.
    pub computer: Text,
    /// The address.
    pub ip: Text,
    /// What Sysmon puts first in every GUID of this machine.
    pub id: u32,
}

/// A logon session.
#[derive(Debug, Clone)]
pub struct Logon {
    /// Domain and name.
    pub user: Text,
    /// LogonId.
    pub id: u64,
    /// TerminalSessionId.
    pub session: u32,
    /// IntegrityLevel.
    pub integrity: &'static str,
}

/// A process.
#[derive(Debug, Clone)]
pub struct Process {
    /// ProcessGuid.
    pub guid: Guid,
    /// ProcessId.
    pub id: u32,
    /// What it runs.
    pub program: Program,
    /// CommandLine.
    pub command_line: Text,
    /// Who runs it.
    pub logon: Logon,
}

/// A network connection, as the machine sees it.
#[derive(Debug, Clone)]
pub struct Connection {
    /// `tcp` or `udp`.
    pub protocol: &'static str,
    /// Whether this machine opened it.
    pub initiated: bool,
    /// The address and port of the side that opened it.
    pub source: (Text, u16),
    /// The address and port of the other side.
    pub destination: (Text, u16),
}

impl Host {
    /// A machine whose id follows from its name.
    pub fn new(computer: impl Into<Text>, ip: impl Into<Text>) -> Self {
        let computer = computer.into();
        let id = crate::random::hash(&computer) as u32;
        Host { computer, ip: ip.into(), id }
    }

    /// A process that starts now.
    pub fn process(
        &self,
        at: FileTime,
        id: u32,
        program: Program,
        line: impl Into<Text>,
        logon: &Logon,
    ) -> Process {
        let seconds = at.unix_seconds();
        let [high, low] = (id as u16).wrapping_mul(40_503).to_be_bytes();
        let rest = [high, low, 0, 0, 0, 0, 0x1F, 0];
        let guid = Guid { first: self.id, second: seconds as u16, third: (seconds >> 16) as u16, rest };
        Process { guid, id, program, command_line: line.into(), logon: logon.clone() }
    }

    /// A connection from this machine to that address.
    pub fn connect(&self, from_port: u16, ip: impl Into<Text>, port: u16) -> Connection {
        Connection {
            protocol: "tcp",
            initiated: true,
            source: (self.ip.clone(), from_port),
            destination: (ip.into(), port),
        }
    }

    /// Event 1: a process started.
    pub fn process_create(&self, at: FileTime, process: &Process, parent: &Process) -> Event {
        let Program { image, version, description, product, company, original } = process.program.clone();
        let logon = &process.logon;
        let logon_guid = Guid {
            first: self.id,
            second: 0x9B10,
            third: 0x6924,
            rest: logon.id.swap_bytes().rotate_left(32).to_le_bytes(),
        };
        let mut data = head(at, process);
        data.extend([
            ("Image", Value::Text(image)),
            ("FileVersion", Value::Text(version)),
            ("Description", Value::Text(description)),
            ("Product", Value::Text(product)),
            ("Company", Value::Text(company)),
            ("OriginalFileName", Value::Text(original)),
            ("CommandLine", Value::Text(process.command_line.clone())),
            ("CurrentDirectory", Value::text(directory(process))),
            ("User", Value::Text(logon.user.clone())),
            ("LogonGuid", Value::Guid(logon_guid)),
            ("LogonId", Value::Hex64(logon.id)),
            ("TerminalSessionId", Value::U32(logon.session)),
            ("IntegrityLevel", Value::text(logon.integrity)),
            ("Hashes", Value::text(process.program.hashes())),
            ("ParentProcessGuid", Value::Guid(parent.guid)),
            ("ParentProcessId", Value::U32(parent.id)),
            ("ParentImage", Value::Text(parent.program.image.clone())),
            ("ParentCommandLine", Value::Text(parent.command_line.clone())),
            ("ParentUser", Value::Text(parent.logon.user.clone())),
        ]);
        self.event(1, at, data)
    }

    /// Event 3: a process connected, or was connected to.
    pub fn network(&self, at: FileTime, process: &Process, connection: &Connection) -> Event {
        let Connection { protocol, initiated, source, destination } = connection;
        let mut data = head(at, process);
        data.extend([
            ("Image", Value::Text(process.program.image.clone())),
            ("User", Value::Text(process.logon.user.clone())),
            ("Protocol", Value::text(*protocol)),
            ("Initiated", Value::Bool(*initiated)),
            ("SourceIsIpv6", Value::Bool(source.0.contains(':'))),
            ("SourceIp", Value::Text(source.0.clone())),
            ("SourceHostname", Value::text("-")),
            ("SourcePort", Value::U16(source.1)),
            ("SourcePortName", Value::text(port_name(source.1))),
            ("DestinationIsIpv6", Value::Bool(destination.0.contains(':'))),
            ("DestinationIp", Value::Text(destination.0.clone())),
            ("DestinationHostname", Value::text("-")),
            ("DestinationPort", Value::U16(destination.1)),
            ("DestinationPortName", Value::text(port_name(destination.1))),
        ]);
        self.event(3, at, data)
    }

    /// Event 7: a process loaded a library, which is signed.
    pub fn image_load(&self, at: FileTime, process: &Process, library: &Program) -> Event {
        let mut data = head(at, process);
        data.extend([
            ("Image", Value::Text(process.program.image.clone())),
            ("ImageLoaded", Value::Text(library.image.clone())),
            ("FileVersion", Value::Text(library.version.clone())),
            ("Description", Value::Text(library.description.clone())),
            ("Product", Value::Text(library.product.clone())),
            ("Company", Value::Text(library.company.clone())),
            ("OriginalFileName", Value::Text(library.original.clone())),
            ("Hashes", Value::text(library.hashes())),
            ("Signed", Value::text("true")),
            ("Signature", Value::text("Microsoft Windows")),
            ("SignatureStatus", Value::text("Valid")),
            ("User", Value::Text(process.logon.user.clone())),
        ]);
        self.event(7, at, data)
    }

    /// Event 11: a process made a file.
    pub fn file_create(&self, at: FileTime, process: &Process, path: impl Into<Text>) -> Event {
        let mut data = head(at, process);
        data.extend([
            ("Image", Value::Text(process.program.image.clone())),
            ("TargetFilename", Value::text(path)),
            ("CreationUtcTime", Value::text(at.to_sysmon_text())),
            ("User", Value::Text(process.logon.user.clone())),
        ]);
        self.event(11, at, data)
    }

    /// Event 12, a process made a registry key; with details event 13, it set a value.
    pub fn registry(
        &self,
        at: FileTime,
        process: &Process,
        target: impl Into<Text>,
        details: Option<Text>,
    ) -> Event {
        let (code, kind) = if details.is_some() { (13, "SetValue") } else { (12, "CreateKey") };
        let mut data = head(at, process);
        // The manifest has EventType before UtcTime.
        data.insert(1, ("EventType", Value::text(kind)));
        data.push(("Image", Value::Text(process.program.image.clone())));
        data.push(("TargetObject", Value::text(target)));
        data.extend(details.map(|details| ("Details", Value::Text(details))));
        data.push(("User", Value::Text(process.logon.user.clone())));
        self.event(code, at, data)
    }

    /// Event 22: a process asked for a name.
    pub fn dns_query(
        &self,
        at: FileTime,
        process: &Process,
        name: impl Into<Text>,
        (status, results): (impl Into<Text>, Text),
    ) -> Event {
        let mut data = head(at, process);
        data.extend([
            ("QueryName", Value::text(name)),
            ("QueryStatus", Value::text(status)),
            ("QueryResults", Value::Text(results)),
            ("Image", Value::Text(process.program.image.clone())),
            ("User", Value::Text(process.logon.user.clone())),
        ]);
        self.event(22, at, data)
    }

    /// Sysmon logs an event a few milliseconds after it happened.
    fn event(&self, code: u16, at: FileTime, data: Vec<(&'static str, Value)>) -> Event {
        let data: Vec<Field> = data.into_iter().map(|(name, value)| (name.into(), value)).collect();
        Event::sysmon(code, at.after_millis(4), self.computer.clone(), data)
    }
}

/// What every event begins with.
fn head(at: FileTime, process: &Process) -> Vec<(&'static str, Value)> {
    let mut data = Vec::with_capacity(24);
    data.extend([
        ("RuleName", Value::text("-")),
        ("UtcTime", Value::text(at.to_sysmon_text())),
        ("ProcessGuid", Value::Guid(process.guid)),
        ("ProcessId", Value::U32(process.id)),
    ]);
    data
}

fn directory(process: &Process) -> Text {
    match process.logon.user.rsplit_once('\\') {
        Some(("CORP", user)) => format!("C:\\Users\\{user}\\").into(),
        Some(_) => "C:\\Windows\\system32\\".into(),
        None => format!("/home/{}", process.logon.user).into(),
    }
}

fn port_name(port: u16) -> &'static str {
    match port {
        21 => "ftp",
        22 => "ssh",
        25 => "smtp",
        53 => "domain",
        80 => "http",
        443 => "https",
        445 => "microsoft-ds",
        8080 => "http-alt",
        _ => "-",
    }
}
