"""Makes the recorded form of a run, which the repository holds: what detections read, and no more.

    record.py FROM TO

Left out are captures, flows of single DNS exchanges, and of auditd's records PATH, PROCTITLE and BPRM_FCAPS. Of a
command in a loop, and of work that is done each few minutes, only the first system calls stay in `auditd.log`.
"""

import collections
import json
import pathlib
import shutil
import sys

import audit

# Repeats what EXECVE and SYSCALL say.
LEFT_OUT = ("type=PATH ", "type=PROCTITLE ", "type=BPRM_FCAPS ")
CALLS = 12


def main():
    source, target = (pathlib.Path(argument) for argument in sys.argv[1:])
    manifest = json.loads((source / "manifest.json").read_text())
    shutil.rmtree(target, ignore_errors=True)
    for entry in manifest["played"]:
        folder = target / entry["folder"]
        folder.mkdir(parents=True)
        eve = [line for line in lines(source / entry["folder"] / "eve.json") if not is_flow_of_dns(line)]
        folder.joinpath("eve.json").write_text("".join(eve))
        entry["events"] = dict(collections.Counter(json.loads(line)["event_type"] for line in eve))
        if entry["audit_records"]:
            log = lines(source / entry["folder"] / "auditd.log")
            kept = first_calls(log, entry["runs"])
            folder.joinpath("auditd.log").write_text("".join(kept))
            entry["audit_records"] = len(kept)
        entry["runs"] = once_each(entry["runs"])
    (target / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


def lines(path):
    return path.read_text().splitlines(keepends=True)


def is_flow_of_dns(line):
    event = json.loads(line)
    return event["event_type"] == "flow" and event.get("app_proto") == "dns"


def first_calls(log, runs):
    """The first system calls of the first run of each command."""
    kept, calls = [], {}
    spans = [(run["began"] + run.get("moved", 0), run) for run in once_each(runs)]
    for line in log:
        found = audit.SERIAL.search(line)
        run = within(float(found[1]), spans)
        if run is None or any(kind in line for kind in LEFT_OUT):
            continue
        seen = calls.setdefault(run, set())
        if len(seen) < CALLS or found[2] in seen:
            seen.add(found[2])
            kept.append(line)
    return kept


def within(when, spans):
    """Which run this time is in."""
    for number, (began, run) in enumerate(spans):
        if began - 0.1 <= when <= began + run["seconds"] + 0.1:
            return number
    return None


def once_each(runs):
    """The first run of each command."""
    first = {}
    for run in runs:
        first.setdefault(run["run"], run)
    return list(first.values())


main()
