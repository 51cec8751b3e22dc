//! Programs that run on the machines of the samples, with what their version resource says.

use std::borrow::Cow;

use crate::random::{Random, hash};
use crate::value::Text;

/// One program. Its hashes follow from its path, so that they are the same everywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The path.
    pub image: Text,
    /// FileVersion.
    pub version: Text,
    /// Description.
    pub description: Text,
    /// Product.
    pub product: Text,
    /// Company.
    pub company: Text,
    /// OriginalFileName.
    pub original: Text,
}

impl Program {
    /// `MD5=…,SHA256=…,IMPHASH=…`; a program of Linux has none.
    pub fn hashes(&self) -> String {
        if self.image.starts_with('/') {
            return "-".to_owned();
        }
        let mut random = Random::new(hash(&self.image));
        format!("MD5={},SHA256={},IMPHASH={}", random.hex(32), random.hex(64), random.hex(32))
    }

    /// The name without the folder.
    pub fn file_name(&self) -> &str {
        self.image.rsplit(['\\', '/']).next().unwrap_or(&self.image)
    }
}

/// A part of Windows.
const fn windows(image: &'static str, description: &'static str, original: &'static str) -> Program {
    library(image, "10.0.19041.1 (WinBuild.160101.0800)", description, original)
}

/// A part of Windows in this version.
pub(crate) const fn library(
    image: &'static str,
    version: &'static str,
    description: &'static str,
    original: &'static str,
) -> Program {
    Program {
        image: Cow::Borrowed(image),
        version: Cow::Borrowed(version),
        description: Cow::Borrowed(description),
        product: Cow::Borrowed("Microsoft® Windows® Operating System"),
        company: Cow::Borrowed("Microsoft Corporation"),
        original: Cow::Borrowed(original),
    }
}

/// A program that was installed: its product is also its description.
const fn installed(
    image: &'static str,
    version: &'static str,
    product: &'static str,
    company: &'static str,
    original: &'static str,
) -> Program {
    Program {
        image: Cow::Borrowed(image),
        version: Cow::Borrowed(version),
        description: Cow::Borrowed(product),
        product: Cow::Borrowed(product),
        company: Cow::Borrowed(company),
        original: Cow::Borrowed(original),
    }
}

/// A program of Linux, where Sysmon knows the path only.
const fn linux(image: &'static str) -> Program {
    const NONE: Text = Cow::Borrowed("-");
    Program {
        image: Cow::Borrowed(image),
        version: NONE,
        description: NONE,
        product: NONE,
        company: NONE,
        original: NONE,
    }
}

/// Windows Command Processor.
pub const CMD: Program = windows("C:\\Windows\\System32\\cmd.exe", "Windows Command Processor", "Cmd.Exe");

/// Windows PowerShell.
pub const POWERSHELL: Program = windows(
    "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
    "Windows PowerShell",
    "PowerShell.EXE",
);

/// File Transfer Program.
pub const FTP: Program = windows("C:\\Windows\\System32\\ftp.exe", "File Transfer Program", "ftp.exe");

/// nslookup.
pub const NSLOOKUP: Program = windows("C:\\Windows\\System32\\nslookup.exe", "nslookup", "nslookup.exe");

/// The curl executable.
pub const CURL: Program = installed(
    "C:\\Windows\\System32\\curl.exe",
    "8.9.1",
    "The curl executable",
    "curl, https://curl.se/",
    "curl.exe",
);

/// Host Process for Windows Services.
pub const SVCHOST: Program =
    windows("C:\\Windows\\System32\\svchost.exe", "Host Process for Windows Services", "svchost.exe");

/// Services and Controller app.
pub const SERVICES: Program =
    windows("C:\\Windows\\System32\\services.exe", "Services and Controller app", "services.exe");

/// Windows Explorer.
pub const EXPLORER: Program = windows("C:\\Windows\\explorer.exe", "Windows Explorer", "EXPLORER.EXE");

/// Console Window Host.
pub const CONHOST: Program =
    windows("C:\\Windows\\System32\\conhost.exe", "Console Window Host", "CONHOST.EXE");

/// Host Process for Windows Tasks.
pub const TASKHOST: Program =
    windows("C:\\Windows\\System32\\taskhostw.exe", "Host Process for Windows Tasks", "taskhostw.exe");

/// Runtime Broker.
pub const RUNTIME_BROKER: Program =
    windows("C:\\Windows\\System32\\RuntimeBroker.exe", "Runtime Broker", "RuntimeBroker.exe");

/// Background Task Host.
pub const BACKGROUND_TASK: Program = windows(
    "C:\\Windows\\System32\\backgroundTaskHost.exe",
    "Background Task Host",
    "backgroundTaskHost.exe",
);

/// Microsoft Windows Search Protocol Host.
pub const SEARCH_PROTOCOL: Program = windows(
    "C:\\Windows\\System32\\SearchProtocolHost.exe",
    "Microsoft Windows Search Protocol Host",
    "SearchProtocolHost.exe",
);

/// WMI Provider Host.
pub const WMI_PROVIDER: Program =
    windows("C:\\Windows\\System32\\wbem\\WmiPrvSE.exe", "WMI Provider Host", "Wmiprvse.exe");

/// Registry Console Tool.
pub const REG: Program = windows("C:\\Windows\\System32\\reg.exe", "Registry Console Tool", "reg.exe");

/// Lists the current running tasks.
pub const TASKLIST: Program =
    windows("C:\\Windows\\System32\\tasklist.exe", "Lists the current running tasks", "tasklist.exe");

/// Microsoft Robocopy.
pub const ROBOCOPY: Program =
    windows("C:\\Windows\\System32\\Robocopy.exe", "Microsoft Robocopy", "robocopy.exe");

/// OpenSSH for Windows.
pub const SFTP: Program =
    windows("C:\\Windows\\System32\\OpenSSH\\sftp.exe", "OpenSSH for Windows", "sftp.exe");

/// Google Chrome.
pub const CHROME: Program = installed(
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    "131.0.6778.86",
    "Google Chrome",
    "Google LLC",
    "chrome.exe",
);

/// Microsoft Edge.
pub const EDGE: Program = installed(
    "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
    "131.0.2903.63",
    "Microsoft Edge",
    "Microsoft Corporation",
    "msedge.exe",
);

/// Firefox.
pub const FIREFOX: Program = installed(
    "C:\\Program Files\\Mozilla Firefox\\firefox.exe",
    "132.0.2",
    "Firefox",
    "Mozilla Corporation",
    "firefox.exe",
);

/// Microsoft OneDrive.
pub const ONEDRIVE: Program = installed(
    "C:\\Program Files\\Microsoft OneDrive\\OneDrive.exe",
    "24.216.1027.0003",
    "Microsoft OneDrive",
    "Microsoft Corporation",
    "OneDrive.exe",
);

/// Microsoft Outlook.
pub const OUTLOOK: Program = installed(
    "C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE",
    "16.0.18129.20158",
    "Microsoft Outlook",
    "Microsoft Corporation",
    "Outlook.exe",
);

/// Microsoft Office.
pub const EXCEL: Program = installed(
    "C:\\Program Files\\Microsoft Office\\root\\Office16\\EXCEL.EXE",
    "16.0.18129.20158",
    "Microsoft Office",
    "Microsoft Corporation",
    "Excel.exe",
);

/// Microsoft Teams.
pub const TEAMS: Program = installed(
    "C:\\Program Files\\WindowsApps\\MSTeams_24295.605.3225.8804_x64__8wekyb3d8bbwe\\ms-teams.exe",
    "24295.605.3225.8804",
    "Microsoft Teams",
    "Microsoft Corporation",
    "ms-teams.exe",
);

/// Microsoft Malware Protection Command Line Utility.
pub const DEFENDER: Program = installed(
    "C:\\Program Files\\Windows Defender\\MpCmdRun.exe",
    "4.18.24090.11",
    "Microsoft Malware Protection Command Line Utility",
    "Microsoft Corporation",
    "MpCmdRun.exe",
);

/// Git.
pub const GIT: Program = installed(
    "C:\\Program Files\\Git\\cmd\\git.exe",
    "2.47.0.2",
    "Git",
    "The Git Development Community",
    "git.exe",
);

/// Python.
pub const PYTHON: Program = installed(
    "C:\\Program Files\\Python312\\python.exe",
    "3.12.7",
    "Python",
    "Python Software Foundation",
    "python.exe",
);

/// OpenJDK Platform binary.
pub const JAVA: Program = installed(
    "C:\\Program Files\\Eclipse Adoptium\\jdk-21.0.5.11-hotspot\\bin\\java.exe",
    "21.0.5.0",
    "OpenJDK Platform binary",
    "Eclipse Adoptium",
    "java.exe",
);

/// Microsoft Build Tools.
pub const MSBUILD: Program = installed(
    "C:\\Program Files\\Microsoft Visual Studio\\2022\\Community\\MSBuild\\Current\\Bin\\MSBuild.exe",
    "17.12.6.51805",
    "Microsoft Build Tools",
    "Microsoft Corporation",
    "MSBuild.exe",
);

/// Visual Studio Code.
pub const CODE: Program = installed(
    "C:\\Program Files\\Microsoft VS Code\\Code.exe",
    "1.95.3",
    "Visual Studio Code",
    "Microsoft Corporation",
    "electron.exe",
);

/// WinSCP.
pub const WINSCP: Program = installed(
    "C:\\Program Files (x86)\\WinSCP\\WinSCP.exe",
    "6.3.5.15145",
    "WinSCP",
    "Martin Prikryl",
    "winscp.exe",
);

/// FileZilla FTP Client.
pub const FILEZILLA: Program = installed(
    "C:\\Program Files\\FileZilla FTP Client\\filezilla.exe",
    "3.67.1",
    "FileZilla FTP Client",
    "Tim Kosse",
    "filezilla.exe",
);

/// Monitoring Agent.
pub const AGENT: Program = installed(
    "C:\\Program Files\\Agent\\agent.exe",
    "7.4.2",
    "Monitoring Agent",
    "Example Monitoring Ltd",
    "agent.exe",
);

/// Nmap.
pub const NMAP: Program =
    installed("C:\\Program Files (x86)\\Nmap\\nmap.exe", "7.94", "Nmap", "Insecure.Org", "nmap.exe");

/// Microsoft Exchange.
pub const EDGE_TRANSPORT: Program = installed(
    "C:\\Program Files\\Microsoft\\Exchange Server\\V15\\Bin\\EdgeTransport.exe",
    "15.02.1544.009",
    "Microsoft Exchange",
    "Microsoft Corporation",
    "EdgeTransport.exe",
);

/// Billing.
pub const BILLING: Program =
    installed("C:\\Apps\\Billing\\billing.exe", "2.1.0", "Billing", "Example Corp", "billing.exe");

/// updater.
pub const UPDATER: Program =
    installed("C:\\Users\\Public\\updater.exe", "1.0.0", "updater", "-", "updater.exe");

/// `/usr/bin/bash`.
pub const BASH: Program = linux("/usr/bin/bash");

/// `/usr/bin/tar`.
pub const TAR: Program = linux("/usr/bin/tar");

/// `/usr/bin/curl`.
pub const LINUX_CURL: Program = linux("/usr/bin/curl");

/// `/usr/sbin/sshd`.
pub const SSHD: Program = linux("/usr/sbin/sshd");

/// `/usr/bin/ls`.
pub const LS: Program = linux("/usr/bin/ls");

/// `/usr/bin/apt-get`.
pub const APT: Program = linux("/usr/bin/apt-get");

/// `/usr/sbin/cron`.
pub const CRON: Program = linux("/usr/sbin/cron");

/// `/usr/bin/python3.11`.
pub const LINUX_PYTHON: Program = linux("/usr/bin/python3.11");

/// `/usr/sbin/nginx`.
pub const NGINX: Program = linux("/usr/sbin/nginx");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_follow_from_the_path() {
        assert_eq!(CURL.hashes(), CURL.hashes());
        assert_ne!(CURL.hashes(), FTP.hashes());
        assert_eq!(CURL.hashes().len(), "MD5=,SHA256=,IMPHASH=".len() + 32 + 64 + 32);
        assert_eq!(LINUX_CURL.hashes(), "-");
    }
}
