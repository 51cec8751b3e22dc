//! What a program's version resource says, by its OriginalFileName.

use crate::program::Program;

/// OriginalFileName, FileVersion, Description, Product and Company of programs that are no part of Windows.
const KNOWN: [(&str, [&str; 4]); 20] = [
    ("curl.exe", ["8.9.1", "The curl executable", "The curl executable", "curl, https://curl.se/"]),
    ("wget.exe", ["1.21.4", "-", "-", "-"]),
    ("winscp.exe", ["6.3.5", "WinSCP: SFTP, FTP, WebDAV, S3 and SCP client", "WinSCP", "Martin Prikryl"]),
    ("filezilla.exe", ["3.67.1", "FileZilla FTP Client", "FileZilla", "FileZilla Project"]),
    ("rclone.exe", ["1.66.0", "Rclone", "Rclone", "https://rclone.org"]),
    ("python.exe", ["3.11.9", "Python", "Python", "Python Software Foundation"]),
    ("java.exe", ["17.0.13", "OpenJDK Platform binary", "OpenJDK Platform 17", "Eclipse Adoptium"]),
    ("node.exe", ["20.18.0", "Node.js JavaScript Runtime", "Node.js", "Node.js"]),
    ("nmap.exe", ["7.95", "Nmap", "Nmap", "Insecure.Org"]),
    ("chrome.exe", ["131.1.73.91", "Brave Browser", "Brave Browser", "Brave Software, Inc."]),
    ("nessusd.exe", ["10.8.3", "Nessus", "Nessus", "Tenable, Inc."]),
    ("zabbix_agentd.exe", ["6.0.36", "Zabbix agent", "Zabbix", "Zabbix SIA"]),
    ("amazon-ssm-agent.exe", ["3.3.1230.0", "amazon-ssm-agent", "Amazon SSM Agent", "Amazon Web Services"]),
    (
        "WindowsAzureGuestAgent.exe",
        [
            "2.7.41491.1121",
            "WindowsAzureGuestAgent",
            "Microsoft Azure® Windows Guest Agent",
            "Microsoft Corporation",
        ],
    ),
    (
        "EdgeTransport.exe",
        ["15.02.1544.011", "EdgeTransport", "Microsoft® Exchange", "Microsoft Corporation"],
    ),
    ("blat.exe", ["3.2.24", "Blat - A Win32 command line eMail tool", "Blat", "http://www.blat.net"]),
    ("psftp", ["Release 0.81", "Command-line interactive SFTP client", "PuTTY suite", "Simon Tatham"]),
    ("updater.exe", ["4.2.0.0", "Vendor Updater", "Vendor Updater", "Vendor"]),
    ("agent.exe", ["2.1.0.0", "Monitoring agent", "Agent", "Example Corp"]),
    ("billing.exe", ["3.4.0.0", "Billing", "Billing", "Example Corp"]),
];

/// The program at this path. `original` may be empty or `-`: a program of Linux has no resource, nor has an implant.
pub(super) fn program(image: &str, original: &str, description: Option<&str>) -> Program {
    let original = match original {
        "" if is_part_of_windows(image) => image.rsplit('\\').next().unwrap_or_default(),
        "" => "-",
        original => original,
    };
    let [version, known, product, company] = resource(image, original);
    Program {
        image: image.to_owned().into(),
        version: version.into(),
        description: description.unwrap_or(known).to_owned().into(),
        product: product.into(),
        company: company.into(),
        original: original.to_owned().into(),
    }
}

fn resource(image: &str, original: &str) -> [&'static str; 4] {
    let known = KNOWN.iter().find(|(name, _)| *name == original).map(|(_, resource)| *resource);
    // A tool of Windows keeps its resource when it is copied under another name.
    let is_renamed_part = matches!(original, "ftp.exe" | "svchost.exe");
    match known {
        Some(resource) => resource,
        None if is_part_of_windows(image) && original != "-" || is_renamed_part => [
            "10.0.19041.1 (WinBuild.160101.0800)",
            "-",
            "Microsoft® Windows® Operating System",
            "Microsoft Corporation",
        ],
        None => ["-"; 4],
    }
}

fn is_part_of_windows(image: &str) -> bool {
    image.get(..11).is_some_and(|folder| folder.eq_ignore_ascii_case("C:\\Windows\\"))
}
