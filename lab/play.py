"""Plays the variants and the benign hour, and keeps the logs that they made.

    play.py OUT [--only ID …]      without --only all; `benign` is the hour

    OUT/malicious/ID/{eve.json,auditd.log,traffic.pcap}
    OUT/benign/{eve.json,auditd.log,traffic.pcap}
    OUT/manifest.json       what was run, and what must be found
"""

import argparse
import collections
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib

import audit
import network
import sensor
import servers
import stage

HERE = pathlib.Path(__file__).parent
TECHNIQUE = "T1048.003"
HOUR = 60
LONGEST = 90


def main():
    options = argparse.ArgumentParser(description="plays the lab")
    options.add_argument("out", type=pathlib.Path)
    options.add_argument("--only", nargs="*", default=[], metavar="ID")
    arguments = options.parse_args()
    variants = tomllib.loads((HERE / "variants.toml").read_text())["variant"]
    unknown = set(arguments.only) - {variant["id"] for variant in variants} - {"benign"}
    if unknown:
        sys.exit(f"no variant {', '.join(sorted(unknown))}; see lab/variants.toml")
    if os.geteuid() != 0:
        sys.exit("the lab makes network namespaces: run it as root")
    state = pathlib.Path(tempfile.mkdtemp(prefix="sluice-lab."))
    state.chmod(0o755)
    for made_before in ["malicious", "benign"]:
        shutil.rmtree(arguments.out / made_before, ignore_errors=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    lab = Lab(state, arguments.out)
    try:
        lab.up()
        lab.play(variants, arguments.only)
    finally:
        lab.down()
    if lab.write():
        sys.exit(f"not all was done; see {state}")
    shutil.rmtree(state)


class Lab:
    """The lab as it runs."""

    def __init__(self, state, out):
        self.state = state
        self.out = out
        self.servers = servers.Servers(state)
        self.audit = audit.Audit(state, node="lab")
        self.unaudited = None
        self.played = []
        self.sessions = 0

    def up(self):
        network.down()
        network.up()
        self.servers.start()
        self.unaudited = self.audit.start()
        stage.fill(self.state / "stage")
        if self.unaudited:
            print(f"no records of auditd: {self.unaudited}", file=sys.stderr)

    def down(self):
        self.audit.stop()
        self.servers.stop()
        network.down()

    def play(self, variants, only):
        for variant in variants:
            if not only or variant["id"] in only:
                self.played.append(self.variant(variant))
        if not only or "benign" in only:
            self.played.append(self.benign(tomllib.loads((HERE / "benign.toml").read_text())["work"]))

    def variant(self, variant):
        """Runs one variant while the sensor listens."""
        folder = self.out / "malicious" / variant["id"]
        folder.mkdir(parents=True, exist_ok=True)
        capture = sensor.Capture(folder / "traffic.pcap")
        session = self.session(variant)
        capture.stop()
        print(f"{variant['id']}: {'played' if session['ok'] else 'FAILED'}, {session['seconds']:.1f} s", flush=True)
        return {
            "id": variant["id"],
            "kind": "malicious",
            "channel": variant["channel"],
            "technique": variant.get("technique", TECHNIQUE),
            "of": variant.get("of"),
            "folder": f"malicious/{variant['id']}",
            "runs": [session],
        }

    def benign(self, work):
        """Does the hour's work without the pauses, then moves each minute's packets to where they belong."""
        folder = self.out / "benign"
        folder.mkdir(parents=True, exist_ok=True)
        self._published()
        capture = sensor.Capture(folder / "traffic.pcap")
        began = time.time() - HOUR * 60
        moves, runs = [], []
        for minute in range(HOUR):
            due = [task for task in work if is_due(task, minute)]
            if due:
                time.sleep(0.1)
                now = time.time()
                moves.append((now, int(began + minute * 60 - now)))
                runs += [{**self.session(task), "id": task["id"], "minute": minute} for task in due]
        capture.stop()
        sensor.stretch(folder / "traffic.pcap", moves)
        for run in runs:
            run["moved"] = sensor.move_at(run["began"], moves)
        done = sum(run["ok"] for run in runs)
        print(f"benign: {done} of {len(runs)} pieces of work done", flush=True)
        return {"id": "benign", "kind": "benign", "folder": "benign", "runs": runs}

    def session(self, task):
        """Runs a command as its user on its host, and what `outside` or `inside` do meanwhile."""
        self.sessions += 1
        home = stage.fresh(self.state / "stage", self.state / f"home{self.sessions}")
        note = self.state / f"session{self.sessions}"
        user = task.get("user", "analyst")
        login = ["/usr/bin/python3", str(HERE / "login.py"), str(note), str(audit.AUID), user, str(home), task["run"]]
        began = time.time()
        with open(self.state / "sessions.log", "ab") as log:
            others = [
                subprocess.Popen(network.inside(host, ["bash", "-c", task[key]]), stdout=log, stderr=log)
                for key, host in [("outside", "outside"), ("inside", "ws12")]
                if key in task
            ]
            ok = run_to_end(network.inside(task.get("host", "ws11"), login), log)
            ok = all([finished(other) for other in others]) and ok
        shutil.rmtree(home)
        return {
            "run": task["run"].strip(),
            "host": task.get("host", "ws11"),
            "user": user,
            "began": round(began, 3),
            "seconds": round(time.time() - began, 3),
            "ok": ok,
            "session": note.read_text() if note.exists() else "0",
        }

    def write(self):
        """Writes the logs and the manifest. Returns whether anything failed."""
        records = self._records
        for entry in self.played:
            folder = self.out / entry["folder"]
            eve = sensor.eve(folder / "traffic.pcap", self.state / "suricata" / entry["id"])
            folder.joinpath("eve.json").write_text("\n".join(eve) + "\n")
            audited = [audit.moved(line, run.get("moved", 0)) for run in entry["runs"] for line in records(run)]
            if audited:
                folder.joinpath("auditd.log").write_text("\n".join(audited) + "\n")
            entry["events"] = dict(collections.Counter(json.loads(line)["event_type"] for line in eve))
            entry["audit_records"] = len(audited)
        failed = [run for entry in self.played for run in entry["runs"] if not run["ok"]]
        for run in failed:
            print(f"failed: {run['run']}", file=sys.stderr)
        manifest = {"made_with": versions(), "unaudited": self.unaudited, "played": self.played}
        (self.out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
        return bool(failed)

    @property
    def _records(self):
        sessions = self.audit.of_sessions()
        return lambda run: sessions.get(run.pop("session"), [])

    def _published(self):
        """What the benign hour finds on the servers."""
        release = self.state / "outside" / "ftp" / "release.tgz"
        shutil.copy(self.state / "stage" / "build-1.4.2.jar", release)
        release.chmod(0o644)


def is_due(task, minute):
    return minute % task["every"] == 0 if "every" in task else minute in task["minutes"]


def run_to_end(command, log):
    try:
        ran = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=LONGEST, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return ran.returncode == 0


def finished(process):
    try:
        return process.wait(timeout=LONGEST) == 0
    except subprocess.TimeoutExpired:
        process.kill()
        return False


def versions():
    """What wrote the logs."""
    suricata = subprocess.run(["suricata", "-V"], capture_output=True, text=True, check=True).stdout
    auditd = subprocess.run(["auditctl", "-v"], capture_output=True, text=True, check=False).stdout
    return {"suricata": suricata.split()[-2], "auditd": auditd.split()[-1]}


main()
