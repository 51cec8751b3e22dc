"""The servers of the lab: those outside take what is sent, those inside serve a company's usual day."""

import pathlib
import subprocess
import time

import network

ETC = pathlib.Path(__file__).parent / "etc"
SMTPD = ["/usr/bin/python3", "-m", "aiosmtpd", "-n", "-c", "aiosmtpd.handlers.Sink", "-s", "67108864", "-l"]
LISTEN = {
    "outside": ["203.0.113.80:80", "203.0.113.80:8080", "203.0.113.80:443 ssl", "198.51.100.80:80"]
    + ["[2001:db8:113::80]:80"],
    "servers": ["10.30.0.80:80", "10.30.0.80:8081", "10.30.0.90:8086", "169.254.169.254:80"],
}


class Servers:
    """The processes, which end with `stop`."""

    def __init__(self, state):
        self.state = state
        self.processes = []
        self.log = open(state / "servers.log", "ab")

    def start(self):
        """Starts all; returns once each of them listens."""
        for host in ["outside", "servers"]:
            (self.state / host / "www").mkdir(parents=True)
            (self.state / host / "tftp").mkdir()
        self._certificate()
        self._sites()
        self._outside()
        self._servers()
        self._wait_until_they_listen("outside", tcp=13, udp=3)
        self._wait_until_they_listen("servers", tcp=7, udp=2)

    def stop(self):
        """Ends them."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
        self.log.close()

    def _outside(self):
        self._nginx("outside")
        self._dnsmasq("outside")
        self._ftp("outside", "203.0.113.21", 21)
        self._ftp("outside", "203.0.113.21", 2121)
        self._tftp("outside", "203.0.113.69")
        for port in [25, 587, 2525]:
            self._run("outside", [*SMTPD, f"198.51.100.25:{port}"])
        for port in [4444, 5353]:
            self._run("outside", ["socat", "-u", f"TCP-LISTEN:{port},fork,reuseaddr", "OPEN:/dev/null"])
        for address in ["203.0.113.44:80", "203.0.113.44:443"]:
            at, port = address.split(":")
            self._run("outside", ["socat", "-u", f"TCP-LISTEN:{port},bind={at},fork,reuseaddr", "OPEN:/dev/null"])
        tunnel = ["iodined", "-f", "-c", "-P", "lab", "-l", "198.51.100.53", "10.99.0.1/27", "t.example.org"]
        self._run("outside", tunnel)

    def _servers(self):
        self._nginx("servers")
        self._dnsmasq("servers")
        self._ftp("servers", "10.30.0.21", 21)
        self._tftp("servers", "10.30.0.69")
        self._run("servers", [*SMTPD, "10.30.0.25:25"])

    def _nginx(self, host):
        listen = "\n        ".join(f"listen {address};" for address in LISTEN[host])
        text = (ETC / "nginx.conf").read_text()
        for name, value in {"@STATE@": str(self.state), "@HOST@": host, "@LISTEN@": listen}.items():
            text = text.replace(name, value)
        config = self.state / f"nginx.{host}.conf"
        config.write_text(text)
        self._run(host, ["nginx", "-c", str(config), "-e", str(self.state / f"nginx.{host}.error.log")])

    def _dnsmasq(self, host):
        config = ETC / f"dnsmasq.{host}.conf"
        self._run(host, ["dnsmasq", "--keep-in-foreground", "--user=root", "--pid-file", "-C", str(config)])

    def _ftp(self, host, address, port):
        home = self.state / host / "ftp"
        users = self.state / f"ftp.{host}.passwd"
        if not home.is_dir():
            home.mkdir()
            home.chmod(0o777)
            # pure-pw's own hash takes seconds to check.
            hashed = subprocess.run(
                ["openssl", "passwd", "-6", "Lab-4711"], check=True, capture_output=True, text=True
            ).stdout.strip()
            users.write_text(f"depot:{hashed}:4711:4711::{home}/./::::::::::::\n")
            subprocess.run(["pure-pw", "mkdb", f"{users}.pdb", "-f", str(users)], check=True)
        login = ["-l", f"puredb:{users}.pdb", "-E", "-u", "1000", "-H"]
        pid = ["-g", str(self.state / f"ftp.{host}.{port}.pid")]
        self._run(host, ["pure-ftpd", "-S", f"{address},{port}", "-p", "30000:30100", *login, *pid])

    def _tftp(self, host, address):
        folder = str(self.state / host / "tftp")
        self._run(host, ["in.tftpd", "-L", "-c", "-p", "-u", "root", "-a", f"{address}:69", "-s", folder])

    def _sites(self):
        """What the web and FTP servers have to give."""
        block = bytes(range(256)) * 4096
        for host in ["outside", "servers"]:
            www = self.state / host / "www"
            www.joinpath("index.html").write_text("<html><body>Hello.</body></html>\n")
            www.joinpath("metrics").write_text("node_load1 0.21\nnode_memory_MemFree_bytes 2.1e+09\n" * 40)
            www.joinpath("tool.deb").write_bytes(block * 6)
            self.state.joinpath(host, "tftp", "switch.cfg").write_text("hostname sw1\n" * 300)

    def _certificate(self):
        key = ["-newkey", "rsa:2048", "-nodes", "-keyout", str(self.state / "key.pem")]
        cert = ["-x509", "-days", "2", "-subj", "/CN=cloud.example.net", "-out", str(self.state / "cert.pem")]
        subprocess.run(["openssl", "req", *key, *cert], check=True, stdout=self.log, stderr=self.log)

    def _run(self, host, command):
        process = subprocess.Popen(
            network.inside(host, command), stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log
        )
        self.processes.append(process)

    def _wait_until_they_listen(self, host, tcp, udp):
        for _ in range(100):
            time.sleep(0.1)
            there = {kind: self._listening(host, kind) for kind in "tu"}
            if there["t"] >= tcp and there["u"] >= udp:
                return
        raise RuntimeError(f"not all servers of `{host}` listen ({there}); see {self.state}/servers.log")

    def _listening(self, host, kind):
        listing = subprocess.run(
            network.inside(host, ["ss", "-Hln" + kind]), check=True, capture_output=True, text=True
        )
        return len(listing.stdout.splitlines())
