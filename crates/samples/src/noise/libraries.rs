//! Libraries that processes load.

use crate::program::{self, Program};

const fn library(image: &'static str, description: &'static str, original: &'static str) -> Program {
    program::library(image, "10.0.19041.5129 (WinBuild.160101.0800)", description, original)
}

/// The libraries, all of Windows.
pub(super) static LIBRARIES: [Program; 24] = [
    library("C:\\Windows\\System32\\ntdll.dll", "NT Layer DLL", "ntdll.dll"),
    library("C:\\Windows\\System32\\kernel32.dll", "Windows NT BASE API Client DLL", "kernel32.dll"),
    library("C:\\Windows\\System32\\KernelBase.dll", "Windows NT BASE API Client DLL", "KernelBase.dll"),
    library("C:\\Windows\\System32\\user32.dll", "Multi-User Windows USER API Client DLL", "user32.dll"),
    library("C:\\Windows\\System32\\advapi32.dll", "Advanced Windows 32 Base API", "advapi32.dll"),
    library("C:\\Windows\\System32\\combase.dll", "Microsoft COM for Windows", "combase.dll"),
    library("C:\\Windows\\System32\\rpcrt4.dll", "Remote Procedure Call Runtime", "rpcrt4.dll"),
    library("C:\\Windows\\System32\\ucrtbase.dll", "Microsoft C Runtime Library", "ucrtbase.dll"),
    library("C:\\Windows\\System32\\shell32.dll", "Windows Shell Common Dll", "shell32.dll"),
    library("C:\\Windows\\System32\\crypt32.dll", "Crypto API32", "crypt32.dll"),
    library("C:\\Windows\\System32\\bcrypt.dll", "Windows Cryptographic Primitives Library", "bcrypt.dll"),
    library("C:\\Windows\\System32\\ws2_32.dll", "Windows Socket 2.0 32-Bit DLL", "ws2_32.dll"),
    library("C:\\Windows\\System32\\dnsapi.dll", "DNS Client API DLL", "dnsapi.dll"),
    library("C:\\Windows\\System32\\winhttp.dll", "Windows HTTP Services", "winhttp.dll"),
    library("C:\\Windows\\System32\\wininet.dll", "Internet Extensions for Win32", "wininet.dll"),
    library("C:\\Windows\\System32\\urlmon.dll", "OLE32 Extensions for Win32", "urlmon.dll"),
    library("C:\\Windows\\System32\\amsi.dll", "Anti-Malware Scan Interface", "amsi.dll"),
    library("C:\\Windows\\System32\\taskschd.dll", "Task Scheduler COM API", "taskschd.dll"),
    library("C:\\Windows\\System32\\wbemprox.dll", "WMI", "wbemprox.dll"),
    library("C:\\Windows\\System32\\mscoree.dll", "Microsoft .NET Runtime Execution Engine", "mscoree.dll"),
    library("C:\\Windows\\System32\\dbghelp.dll", "Windows Image Helper", "dbghelp.dll"),
    library("C:\\Windows\\System32\\vaultcli.dll", "Credential Vault Client Library", "vaultcli.dll"),
    library("C:\\Windows\\System32\\samlib.dll", "SAM Library DLL", "samlib.dll"),
    library("C:\\Windows\\System32\\netapi32.dll", "Net Win32 API DLL", "netapi32.dll"),
];
