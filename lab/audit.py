"""Records of auditd: what programs the sessions of the lab start, and where they connect to.

The rules name the login user of the lab's sessions, so nobody else on the machine is recorded.
"""

import pathlib
import re
import subprocess
import time

ETC = pathlib.Path(__file__).parent / "etc"
AUID = 4711
SERIAL = re.compile(r"msg=audit\((\d+\.\d+):(\d+)\)")
SESSION = re.compile(r"\bses=(\d+)\b")


class Audit:
    """A running auditd; `None` in `process` if the kernel does not let us."""

    def __init__(self, state, node):
        self.state = state
        self.node = node
        self.process = None

    def start(self):
        """Starts auditd and loads the rules. Returns why there is none, if so."""
        status = subprocess.run(["auditctl", "-s"], capture_output=True, text=True, check=False)
        owner = re.search(r"^pid (\d+)$", status.stdout, re.MULTILINE)
        if status.returncode != 0 or owner is None:
            return "the kernel gives no access to its audit system"
        if owner.group(1) != "0":
            return f"process {owner.group(1)} has the kernel's audit system already"
        config = self.state / "auditd"  # auditd closes the folder of its log to others
        config.mkdir()
        config.joinpath("auditd.conf").write_text(self._filled("auditd.conf"))
        config.joinpath("audit.rules").write_text(self._filled("audit.rules"))
        command = ["auditd", "-n", "-s", "enable", "-c", str(config)]
        with open(self.state / "servers.log", "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        for _ in range(50):
            time.sleep(0.1)
            if (self.state / "auditd" / "audit.log").exists():
                break
        subprocess.run(["auditctl", "-R", str(config / "audit.rules")], check=True, stdout=subprocess.DEVNULL)
        return None

    def stop(self):
        """Takes back the rules, and ends auditd."""
        if self.process is None:
            return
        for rule in self._filled("audit.rules").splitlines():
            if rule.startswith("-a "):
                remove = ["auditctl", "-d", *rule.split()[1:]]
                subprocess.run(remove, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        subprocess.run(["auditctl", "-e", "0"], check=False, stdout=subprocess.DEVNULL)
        self.process.terminate()
        self.process.wait()

    def of_sessions(self):
        """The lines that each session wrote: a system call has one serial for all its records, one has `ses`."""
        if self.process is None:
            return {}
        time.sleep(1)  # auditd writes behind
        lines = (self.state / "auditd" / "audit.log").read_text().splitlines()
        session_of = {}
        for line in lines:
            serial, session = SERIAL.search(line), SESSION.search(line)
            if serial and session and "type=SYSCALL" in line and 'key=(null)' not in line:
                session_of[serial.group(2)] = session.group(1)
        sessions = {}
        for line in lines:
            serial = SERIAL.search(line)
            if serial and serial.group(2) in session_of:
                sessions.setdefault(session_of[serial.group(2)], []).append(line)
        return sessions

    def _filled(self, name):
        text = (ETC / name).read_text()
        for key, value in {"@STATE@": self.state, "@AUID@": AUID, "@NODE@": self.node}.items():
            text = text.replace(key, str(value))
        return text


def moved(line, by):
    """The line with its time moved by so many seconds."""
    return SERIAL.sub(lambda found: f"msg=audit({float(found[1]) + by:.3f}:{found[2]})", line)
