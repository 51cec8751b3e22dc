"""Compares what the package's network rules find with what must be found.

    check.py SLUICE FOLDER [PACKAGE]

FOLDER is what `play.py` or `record.py` wrote. Each variant's `eve.json` must give a finding of the variant's channel,
the benign hour none. What endpoint rules find in `auditd.log` is shown beside it, and not judged.
"""

import json
import pathlib
import subprocess
import sys

PACKAGE = "T1048.003"
# WebDAV and BITS are HTTP to who looks at the network.
SAME = {"webdav": "http", "bits": "http"}


def main():
    sluice, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    package = sys.argv[3] if len(sys.argv) > 3 else PACKAGE
    played = json.loads((folder / "manifest.json").read_text())["played"]
    wrong = 0
    for entry in played:
        logs = folder / entry["folder"]
        network = scan(sluice, package, logs / "eve.json")
        endpoint = scan(sluice, package, logs / "auditd.log")
        ok = is_as_expected(entry, network)
        wrong += not ok
        print(f"{'ok  ' if ok else 'FAIL'} {entry['id']:26} {shown(network)}; auditd: {shown(endpoint)}")
    variants = sum(entry["kind"] == "malicious" for entry in played)
    print(f"{len(played) - wrong} of {len(played)} as expected: {variants} variants, and the benign hour")
    sys.exit(1 if wrong or not variants else 0)


def scan(sluice, package, log):
    """The findings in a log."""
    if not log.exists():
        return []
    ran = subprocess.run(
        [sluice, "scan", "--quiet", "-p", package, str(log), "-o", "jsonl"], capture_output=True, text=True, check=False
    )
    if ran.returncode != 0:
        sys.exit(f"{log}: {ran.stderr}")
    return [json.loads(line) for line in ran.stdout.splitlines()]


def is_as_expected(entry, findings):
    if entry["kind"] == "benign":
        return not findings
    return any(channel(finding) == entry["channel"] for finding in findings)


def channel(finding):
    named = finding.get("channel")
    return SAME.get(named, named)


def shown(findings):
    by = sorted({f"{finding['_detection']} ({channel(finding)})" for finding in findings})
    return f"{len(findings)} findings, " + ", ".join(by) if findings else "nothing"


main()
