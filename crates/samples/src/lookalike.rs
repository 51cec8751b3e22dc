//! Activity that the package lists as false positives, or that looks like one.
//!
//! Most of it is a hit of the query: WinSCP at work, a deployment with curl, agents that talk to
//! their own machine, a scanner, a mail relay.

use crate::event::Event;
use crate::program::{self, Program};
use crate::sysmon::{Host, Logon, Process};
use crate::time::FileTime;

/// Everything, a few seconds apart.
pub fn all(host: &Host, at: FileTime) -> Vec<Event> {
    let later = |seconds: u64| at.after_millis(seconds * 1000);
    [
        file_transfer(host, at),
        deployment(host, later(40)),
        agents(host, later(80)),
        scanner(host, later(120)),
        mail_relay(host, later(160)),
    ]
    .concat()
}

/// WinSCP and FileZilla to a server inside, and sftp, which is encrypted.
pub fn file_transfer(host: &Host, at: FileTime) -> Vec<Event> {
    let (build, user) = (account("CORP\\svc_build"), account("CORP\\alice"));
    let line = "\"C:\\Program Files (x86)\\WinSCP\\WinSCP.exe\" /ini=nul /log=C:\\build\\up.log /command \
                \"open ftp://build@ftp.corp.example/\" \"put C:\\build\\out\\*.zip /drop/\" \"exit\"";
    let winscp = host.process(at, 9100, program::WINSCP, line, &build);
    let line = "\"C:\\Program Files\\FileZilla FTP Client\\filezilla.exe\"";
    let filezilla = host.process(at, 9120, program::FILEZILLA, line, &user);
    let sftp = host.process(at, 9140, program::SFTP, "sftp.exe ops@host.corp.example", &user);
    vec![
        host.process_create(at, &winscp, &service(host, program::TASKHOST)),
        host.network(at.after_millis(120), &winscp, &host.connect(52_011, "10.20.8.21", 21)),
        host.process_create(at.after_millis(900), &filezilla, &service(host, program::EXPLORER)),
        host.process_create(at.after_millis(1900), &sftp, &service(host, program::CMD)),
    ]
}

/// A build server that uploads to servers inside; both command lines score.
pub fn deployment(host: &Host, at: FileTime) -> Vec<Event> {
    let build = account("CORP\\svc_ci");
    let artifact = "artifactory.corp.example:8081/artifactory/libs/app-1.4.2.zip";
    let line = format!("curl.exe -u ci:TOKEN --upload-file build\\app-1.4.2.zip http://{artifact}");
    let upload = host.process(at, 9200, program::CURL, line, &build);
    let line = "curl --data-binary @dist.tgz http://staging.corp.example:8080/deploy";
    let deploy = host.process(at, 9220, program::CURL, line, &build);
    vec![
        host.process_create(at, &upload, &service(host, program::JAVA)),
        host.network(at.after_millis(80), &upload, &host.connect(52_020, "10.20.9.40", 8081)),
        host.process_create(at.after_millis(1000), &deploy, &service(host, program::CMD)),
    ]
}

/// A monitoring agent: only the private address is excluded by the query.
pub fn agents(host: &Host, at: FileTime) -> Vec<Event> {
    let agent = service(host, program::AGENT);
    let targets = [
        ("10.20.5.10", 8080),
        ("127.0.0.1", 8080),
        ("0:0:0:0:0:0:0:1", 8080),
        ("100.64.3.7", 8080),
        ("169.254.169.254", 80),
    ];
    let connect = |(ip, port)| host.network(at, &agent, &host.connect(52_200, ip, port));
    targets.into_iter().map(connect).collect()
}

/// An authorised scan of a documentation network.
pub fn scanner(host: &Host, at: FileTime) -> Vec<Event> {
    let line = "nmap -sT -p 21,25,80,8080 198.51.100.0/28";
    let nmap = host.process(at, 9400, program::NMAP, line, &account("CORP\\alice"));
    vec![
        host.process_create(at, &nmap, &service(host, program::CMD)),
        host.network(at.after_millis(400), &nmap, &host.connect(52_301, "198.51.100.4", 21)),
        host.network(at.after_millis(500), &nmap, &host.connect(52_302, "198.51.100.4", 80)),
    ]
}

/// Mail to a relay inside, and from the relay to the outside.
pub fn mail_relay(host: &Host, at: FileTime) -> Vec<Event> {
    let line = "powershell.exe -Command \"Send-MailMessage -From ops@corp.example -To team@corp.example \
                -Subject Nightly -Attachments C:\\ops\\report.csv -SmtpServer relay.corp.example\"";
    let report = host.process(at, 9500, program::POWERSHELL, line, &account("CORP\\svc_ops"));
    let billing = service(host, program::BILLING);
    let transport = service(host, program::EDGE_TRANSPORT);
    vec![
        host.network(at, &billing, &host.connect(52_400, "10.20.1.25", 25)),
        host.network(at.after_millis(300), &transport, &host.connect(52_401, "198.51.100.25", 25)),
        host.process_create(at.after_millis(600), &report, &service(host, program::TASKHOST)),
        host.network(at.after_millis(900), &report, &host.connect(52_402, "10.20.1.25", 25)),
    ]
}

fn account(user: &'static str) -> Logon {
    Logon { user: user.into(), id: 0x1_F00D, session: 0, integrity: "High" }
}

/// A process of SYSTEM that has been running since midnight.
fn service(host: &Host, program: Program) -> Process {
    let logon = Logon { user: "NT AUTHORITY\\SYSTEM".into(), id: 0x3E7, session: 0, integrity: "System" };
    let id = 2000 + crate::random::hash(&program.image) as u32 % 900 * 4;
    let line = program.image.clone();
    host.process(FileTime::MIDNIGHT, id, program, line, &logon)
}
