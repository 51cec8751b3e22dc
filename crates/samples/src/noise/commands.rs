//! Processes that start, and their command lines.
//!
//! About half of the command lines have a number in them that does not come twice.

use crate::program::{self, Program};
use crate::random::Random;
use crate::value::Text;

/// A program and how its command line is made.
pub(super) struct Command {
    /// The program.
    pub(super) program: Program,
    /// Whether SYSTEM runs it.
    pub(super) by_system: bool,
    line: Line,
}

enum Line {
    Fixed(&'static str),
    Made(fn(&mut Random) -> String),
}

impl Command {
    /// A command line.
    pub(super) fn line(&self, random: &mut Random) -> Text {
        match self.line {
            Line::Fixed(line) => line.into(),
            Line::Made(make) => make(random).into(),
        }
    }
}

/// One of the commands; those of SYSTEM and of the user come equally often.
pub(super) fn pick(random: &mut Random) -> &'static Command {
    random.pick(&COMMANDS)
}

const fn system(program: Program, line: &'static str) -> Command {
    Command { program, by_system: true, line: Line::Fixed(line) }
}

const fn user(program: Program, line: &'static str) -> Command {
    Command { program, by_system: false, line: Line::Fixed(line) }
}

const fn made(program: Program, make: fn(&mut Random) -> String) -> Command {
    Command { program, by_system: false, line: Line::Made(make) }
}

static COMMANDS: [Command; 34] = [
    system(program::SVCHOST, "C:\\Windows\\system32\\svchost.exe -k netsvcs -p -s Schedule"),
    system(program::SVCHOST, "C:\\Windows\\system32\\svchost.exe -k netsvcs -p -s wuauserv"),
    system(
        program::SVCHOST,
        "C:\\Windows\\system32\\svchost.exe -k LocalServiceNetworkRestricted -p -s Dhcp",
    ),
    system(program::SVCHOST, "C:\\Windows\\System32\\svchost.exe -k NetworkService -p -s Dnscache"),
    system(program::CONHOST, "\\??\\C:\\Windows\\system32\\conhost.exe 0xffffffff -ForceV1"),
    system(program::TASKHOST, "taskhostw.exe SYSTEM"),
    system(program::WMI_PROVIDER, "C:\\Windows\\system32\\wbem\\wmiprvse.exe -secured -Embedding"),
    system(
        program::DEFENDER,
        "\"C:\\Program Files\\Windows Defender\\MpCmdRun.exe\" SignatureUpdate -ScheduleJob -RestrictPrivileges",
    ),
    system(
        program::AGENT,
        "\"C:\\Program Files\\Agent\\agent.exe\" --smtp-relay relay.corp.example --report http://monitor.corp.example:8080/status",
    ),
    system(program::BILLING, "C:\\Apps\\Billing\\billing.exe --smtp 10.20.1.25:25 --nightly"),
    user(program::EXCEL, "\"C:\\Program Files\\Microsoft Office\\root\\Office16\\EXCEL.EXE\" /dde"),
    user(program::TASKLIST, "tasklist  /svc /fo csv"),
    user(program::CMD, "C:\\Windows\\system32\\cmd.exe /c ver"),
    user(
        program::JAVA,
        "java -server -Xmx2g -Dproxy=http://proxy.corp.example:3128 -jar C:\\tools\\jenkins-agent.jar",
    ),
    user(program::GIT, "git.exe fetch --all --prune http://git.corp.example/platform/core.git"),
    made(program::CHROME, renderer),
    made(program::CHROME, renderer),
    made(program::EDGE, renderer_of_edge),
    made(program::FIREFOX, tab),
    made(program::FIREFOX, page),
    made(program::BACKGROUND_TASK, background_task),
    made(program::RUNTIME_BROKER, broker),
    made(program::SEARCH_PROTOCOL, search),
    made(program::POWERSHELL, download),
    made(program::POWERSHELL, encoded),
    made(program::CURL, curl_download),
    made(program::CURL, curl_secure),
    made(program::PYTHON, python),
    made(program::GIT, git),
    made(program::MSBUILD, build),
    made(program::CODE, extension),
    made(program::REG, reg),
    made(program::ROBOCOPY, robocopy),
    made(program::OUTLOOK, open_mail),
];

fn renderer(random: &mut Random) -> String {
    browser_child("C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe", random)
}

fn renderer_of_edge(random: &mut Random) -> String {
    browser_child("C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe", random)
}

fn browser_child(image: &str, random: &mut Random) -> String {
    let (client, handle, ticks) = (random.below(9000), random.below(99_999), random.next() >> 16);
    format!(
        "\"{image}\" --type=renderer --lang=en-US --device-scale-factor=1 --num-raster-threads=4 \
         --enable-main-frame-before-activation --renderer-client-id={client} --time-ticks-at-unix-epoch=-{ticks} \
         --field-trial-handle={handle},i,{ticks},262144 --variations-seed-version --mojo-platform-channel-handle={handle} \
         /prefetch:1"
    )
}

fn tab(random: &mut Random) -> String {
    let (child, parent, id) = (random.below(900), random.below(90_000), random.hex(8));
    format!(
        "\"C:\\Program Files\\Mozilla Firefox\\firefox.exe\" -contentproc --channel={child} -childID {child} -isForBrowser \
         -prefsHandle {parent} -prefsLen 36588 -parentBuildID 20241119120000 -win32kLockedDown - {{{id}}} tab"
    )
}

fn page(random: &mut Random) -> String {
    let article = random.hex(10).to_ascii_lowercase();
    format!(
        "\"C:\\Program Files\\Mozilla Firefox\\firefox.exe\" -osint -url http://intranet.corp.example/wiki/{article}"
    )
}

fn background_task(random: &mut Random) -> String {
    format!(
        "\"C:\\Windows\\system32\\backgroundTaskHost.exe\" -ServerName:App.AppX{}.mca",
        random.hex(26).to_ascii_lowercase()
    )
}

fn broker(random: &mut Random) -> String {
    format!("C:\\Windows\\System32\\RuntimeBroker.exe -Embedding {{{}}}", random.hex(32))
}

fn search(random: &mut Random) -> String {
    let (pipe, first) = (random.below(99_999), random.below(999));
    format!(
        "\"C:\\Windows\\system32\\SearchProtocolHost.exe\" Global\\UsGthrFltPipeMssGthrPipe{pipe}_ \
         Global\\UsGthrCtrlFltPipeMssGthrPipe{pipe} {first} -2147483646 \"Software\\Microsoft\\Windows Search\" \
         \"Mozilla/4.0 (compatible; MSIE 6.0; Windows NT; MS Search 4.0 Robot)\" \"DownLevelDaemon\""
    )
}

fn download(random: &mut Random) -> String {
    let package = random.hex(12).to_ascii_lowercase();
    format!(
        "powershell.exe -NoProfile -Command \"Invoke-WebRequest -Uri http://packages.corp.example/{package}.nupkg \
         -OutFile C:\\ProgramData\\cache\\{package}.nupkg\""
    )
}

fn encoded(random: &mut Random) -> String {
    format!(
        "powershell.exe -NonInteractive -ExecutionPolicy RemoteSigned -File \"C:\\ProgramData\\Management\\Scripts\\{}.ps1\" \
         -Policy {}",
        random.hex(32),
        random.below(500)
    )
}

fn curl_download(random: &mut Random) -> String {
    format!(
        "curl.exe -fsSL -o C:\\Temp\\setup-{0}.msi http://packages.corp.example/setup-{0}.msi",
        random.hex(8)
    )
}

fn curl_secure(random: &mut Random) -> String {
    format!(
        "curl.exe --data-binary @C:\\Temp\\metrics-{}.json https://metrics.example.com/v1/push",
        random.hex(8)
    )
}

fn python(random: &mut Random) -> String {
    format!(
        "python.exe -m pytest tests\\test_{}.py -q --junitxml=out\\{}.xml",
        random.below(400),
        random.hex(8)
    )
}

fn git(random: &mut Random) -> String {
    format!("git.exe -c core.quotepath=false show -s --format=%H {}", random.hex(40).to_ascii_lowercase())
}

fn build(random: &mut Random) -> String {
    format!(
        "\"C:\\Program Files\\Microsoft Visual Studio\\2022\\Community\\MSBuild\\Current\\Bin\\MSBuild.exe\" /nologo \
         /nodemode:1 /nodeReuse:true /low:false /id:{}",
        random.hex(16)
    )
}

fn extension(random: &mut Random) -> String {
    format!(
        "\"C:\\Program Files\\Microsoft VS Code\\Code.exe\" --type=utility --utility-sub-type=node.mojom.NodeService \
         --lang=en-US --service-sandbox-type=none --inspect-port=0 --mojo-platform-channel-handle={} /prefetch:8",
        random.next() >> 40
    )
}

fn reg(random: &mut Random) -> String {
    format!("reg  query HKCU\\Software\\Example\\Sessions\\{} /v State", random.hex(16))
}

fn robocopy(random: &mut Random) -> String {
    let day = random.hex(6);
    format!(
        "robocopy  D:\\Data\\{day} \\\\SRV-FILE01.corp.example\\backup\\{day} /MIR /R:2 /W:5 /NP /LOG:C:\\Logs\\{day}.log"
    )
}

fn open_mail(random: &mut Random) -> String {
    format!(
        "\"C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE\" /f \"C:\\Users\\alice\\AppData\\Local\\Temp\\{}.msg\"",
        random.hex(8)
    )
}
