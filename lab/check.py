"""Compares what the package's network rules find with what must be found.

    check.py SLUICE FOLDER [--auditd]

FOLDER is what `play.py` or `record.py` wrote. Each variant's `eve.json` must give a finding of the variant's channel,
the benign hour none. With --auditd what is found in `auditd.log` is shown, too; it is not judged.
"""

import argparse
import json
import pathlib
import subprocess
import sys

PACKAGE = "packages/T1048.003"
# WebDAV and BITS are HTTP to who looks at the network.
SAME = {"webdav": "http", "bits": "http"}


def main():
    options = argparse.ArgumentParser(description="compares findings with what was played")
    options.add_argument("sluice")
    options.add_argument("folder", type=pathlib.Path)
    options.add_argument("--auditd", action="store_true")
    arguments = options.parse_args()
    played = json.loads((arguments.folder / "manifest.json").read_text())["played"]
    wrong = 0
    for entry in played:
        logs = arguments.folder / entry["folder"]
        findings = scan(arguments.sluice, logs / "eve.json")
        ok = is_as_expected(entry, findings)
        wrong += not ok
        print(f"{'ok  ' if ok else 'FAIL'} {entry['id']:22} {shown(findings)}", flush=True)
        if arguments.auditd and (logs / "auditd.log").exists():
            print(f"     {'':22} auditd: {shown(scan(arguments.sluice, logs / 'auditd.log'))}", flush=True)
    variants = sum(entry["kind"] == "malicious" for entry in played)
    print(f"{len(played) - wrong} of {len(played)} as expected: {variants} variants, and the benign hour")
    sys.exit(1 if wrong or not variants else 0)


def scan(sluice, log):
    """The findings in a log."""
    command = [sluice, "scan", "--quiet", "-p", PACKAGE, str(log), "-o", "jsonl"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
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
    return f"{len(findings)}: {', '.join(by)}" if findings else "nothing"


main()
