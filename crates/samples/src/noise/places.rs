//! Files, registry keys and names that come and go.

use super::network::outside;
use crate::random::Random;
use crate::value::Text;

const FILES: [(&str, &str); 10] = [
    ("C:\\Users\\alice\\AppData\\Local\\Temp\\", ".tmp"),
    ("C:\\Users\\alice\\AppData\\Local\\Google\\Chrome\\User Data\\Default\\Cache\\Cache_Data\\f_", ""),
    ("C:\\Users\\alice\\AppData\\Local\\Microsoft\\Edge\\User Data\\Default\\Code Cache\\js\\", "_0"),
    ("C:\\Users\\alice\\AppData\\Roaming\\Microsoft\\Windows\\Recent\\report-", ".lnk"),
    ("C:\\Users\\alice\\Downloads\\invoice-", ".pdf"),
    ("C:\\Windows\\Prefetch\\BACKGROUNDTASKHOST.EXE-", ".pf"),
    ("C:\\Windows\\SoftwareDistribution\\Download\\", ".cab"),
    ("C:\\Windows\\Temp\\", ".ps1"),
    ("C:\\ProgramData\\Microsoft\\Windows Defender\\Scans\\History\\Store\\", ""),
    ("C:\\src\\core\\build\\intermediate\\", ".obj"),
];

const KEYS: [&str; 7] = [
    "HKLM\\System\\CurrentControlSet\\Services\\bam\\State\\UserSettings\\S-1-5-21-3623811015-3361044348-30300820-1013\\",
    "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\Packages\\Package_for_KB",
    "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache\\Tasks\\",
    "HKLM\\System\\CurrentControlSet\\Services\\Tcpip\\Parameters\\Interfaces\\",
    "HKU\\S-1-5-21-3623811015-3361044348-30300820-1013\\Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\RecentDocs\\",
    "HKU\\S-1-5-21-3623811015-3361044348-30300820-1013\\Software\\Microsoft\\Office\\16.0\\Common\\Identity\\",
    "HKCR\\CLSID\\",
];

const NAMES: [&str; 8] = [
    "cdn.example.com",
    "updates.example.net",
    "telemetry.example.org",
    "static.example.com",
    "mail.example.net",
    "api.example.org",
    "intranet.corp.example",
    "dc01.corp.example",
];

/// A path.
pub(super) fn file(random: &mut Random) -> Text {
    let (before, after) = random.pick(&FILES);
    format!("{before}{}{after}", random.hex(12)).into()
}

/// A key and the value set in it.
pub(super) fn registry(random: &mut Random) -> (Text, Text) {
    let key = format!("{}{{{}}}\\Value", random.pick(&KEYS), random.hex(32));
    let details = match random.below(3) {
        0 => format!("DWORD (0x{})", random.hex(8).to_ascii_lowercase()),
        1 => "Binary Data".to_owned(),
        _ => format!("C:\\Program Files\\Example\\{}\\app.exe", random.hex(8)),
    };
    (key.into(), details.into())
}

/// A name and its answer.
pub(super) fn query(random: &mut Random) -> (Text, (&'static str, Text)) {
    let name = random.pick(&NAMES);
    let name =
        if random.percent(40) { format!("e{}.{name}", random.below(9999)) } else { (*name).to_owned() };
    let answer = match random.below(10) {
        0 => ("9003", "-".into()),
        _ => ("0", format!("::ffff:{};::ffff:{};", outside(random), outside(random)).into()),
    };
    (name.into(), answer)
}
