"""Writes what was measured as benches/README.md, with its plots."""
import datetime
import os
import platform
import subprocess

import data
import plot
import tools
from measure import RATIO_ROUNDS, SAMPLE_SECONDS
from parts import HEAD_ROUNDS, STARTS

INTRO = """\
Made by `benches/run`, which measures everything anew and rewrites this page; `benches/run --help` says how to
measure on other logs, or one part. `sluice scan` runs the detection `exfil_over_cleartext` of T1048.003 on all
cores.

Times are medians of {runs} rounds ({starts} for start-up) after one that warms the page cache. Each round runs all
commands that are compared, so only their ratios count; the speed of all cores against one, and the time of `head`
against a full pass, are the medians of the ratios of {threads} and {head} rounds in which nobody looks at memory.
MB/s are of the logs as they are when unpacked. Memory is the peak RssAnon of a run, children included, looked at
every {milliseconds} ms, and in the first quarter of a second five times as often: the median of the rounds too. With
and without a memory budget each query is run once.
"""


def write(folder, measured, setting):
    os.makedirs(folder, exist_ok=True)
    plots = plot.plots(measured)
    for name, svg in plots.items():
        with open(os.path.join(folder, name), "w") as out:
            out.write(svg)
    page = ["# Speed", "", introduction(setting), results(measured, plots)]
    page += [*machine(setting), *logs(setting.logs)]
    with open(os.path.join(folder, "README.md"), "w") as out:
        out.write("\n".join(page) + "\n")


def introduction(setting):
    milliseconds = round(SAMPLE_SECONDS * 1000)
    threads, head = RATIO_ROUNDS * setting.runs, HEAD_ROUNDS * setting.runs
    return INTRO.format(runs=setting.runs, starts=STARTS, threads=threads, head=head, milliseconds=milliseconds)


def results(measured, plots=()):
    """The targets, the plots and the tables."""
    lines = list(targets(measured.targets)) if measured.targets else []
    for name in plots:
        lines += [f"![{plot.TITLES[name]}]({name})", ""]
    for title, rows in measured.tables.items():
        lines += table(title, rows)
    return "\n".join(lines + [f"{note}\n" for note in measured.notes])


def targets(targets):
    yield from ["## Targets", "", "| what | figure | target | result |", "| --- | --: | --: | --- |"]
    for each in targets:
        yield f"| {cell(each.what)} | {each.figure} | {each.target} | {'met' if each.met else 'missed'} |"
    yield ""


def table(title, rows):
    yield from [f"## {title}", "", "| command | seconds | MB/s | `sluice` takes × its time | peak RssAnon |",
                "| --- | --: | --: | --: | --: |"]
    for row in rows:
        rate = f"{row.bytes / 1e6 / row.seconds:.0f}" if row.bytes else ""
        peak = f"{row.peak / 1e6:.0f} MB" if row.bytes else ""
        yield f"| {cell(row.name)} | {row.seconds:.3f} | {rate} | {row.ratio:.2f} | {peak} |"
    yield ""


def cell(text):
    return text.replace("|", "\\|")


def machine(setting):
    yield from ["## Machine and versions", ""]
    yield f"- {processor()}, {os.cpu_count()} cores, {memory_gigabytes()} GB of memory"
    yield f"- {platform.system()} {platform.release()}, {datetime.date.today()}"
    yield f"- Sluice {tools.version([setting.sluice, '--version'])}, commit {commit()}"
    for name, version in tools.versions(setting.logs.work).items():
        yield f"- {name} {version}" if version[0].isdigit() else f"- {name}: {version}"
    yield ""


def processor():
    with open("/proc/cpuinfo") as info:
        names = [line.split(":", 1)[1].strip() for line in info if line.startswith("model name")]
    return names[0] if names else platform.machine()


def memory_gigabytes():
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


def commit():
    said = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=tools.BENCHES, capture_output=True, text=True)
    return said.stdout.strip() or "unknown"


def logs(logs):
    yield from ["## Data", ""]
    for kind, files in logs.files.items():
        yield f"- {kind}: {data.size(files) / 1e6:.0f} MB in {len(files)} file{'s' if len(files) > 1 else ''}"
    if logs.facts:
        yield from ["", "What the generator says of its files:", "", "```json", logs.facts, "```"]
