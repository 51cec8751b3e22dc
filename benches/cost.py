"""What detections cost: each one that is added, on one core and on all, and over more data."""
import os

import content
import data
import measure
from measured import Cost, scan_with

FEW, MANY = 10, 100
SHARES = (0.25, 1)


def cost(measured, setting):
    """Scans of the EVTX files with ever more of the published detections, for the plot too."""
    files = setting.logs.files.get("EVTX")
    if not files or not setting.published:
        measured.notes.append("No published detections were given (`--content`): nothing was measured on their cost.")
        return
    rules(files, measured, setting)
    gigabytes(measured, setting)


def rules(files, measured, setting):
    """The time against the number of detections. What grows as their number does has the ratio 1."""
    scans = [(count, threads) for threads in (os.cpu_count(), 1) for count in content.COUNTS]
    results = measure.rounds([detections(setting, count, files, threads) for count, threads in scans], setting.runs)
    measured.add("Cost of detections over EVTX", results, data.size(files))
    seconds = {scan: result.seconds for scan, result in zip(scans, results)}
    measured.costs += [Cost(*scan, spent) for scan, spent in seconds.items()]
    one, few, many = (seconds[count, os.cpu_count()] for count in (1, FEW, MANY))
    what = f"EVTX: time each added detection takes, from {FEW} to {MANY} against from 1 to {FEW}"
    measured.ratio_at_most(what, (many - few) / (MANY - FEW) / ((few - one) / (FEW - 1)), 1)
    alone, together = (detections(setting, MANY, files, threads) for threads in (1, os.cpu_count()))
    what = f"EVTX: speed of {MANY} detections on {os.cpu_count()} cores against one"
    measured.ratio_at_least(what, measure.ratio(alone, together, measure.RATIO_ROUNDS * setting.runs), 1.7)


def gigabytes(measured, setting):
    """The time a gigabyte, of a part of the data and of all."""
    shares = [setting.logs.part("EVTX", share) for share in SHARES]
    sizes = [data.size(files) for files in shares]
    commands = [
        detections(setting, FEW, files, os.cpu_count(), f", {size / 1e6:.0f} MB") for files, size in zip(shares, sizes)
    ]
    each = []
    for size, result in zip(sizes, measure.rounds(commands, setting.runs)):
        measured.add("Cost of detections over growing EVTX", [result], size)
        each.append(result.seconds / size)
    what = f"EVTX: time a gigabyte with {FEW} detections, of {sizes[1] / 1e6:.0f} MB against {sizes[0] / 1e6:.0f} MB"
    measured.ratio_at_most(what, each[1] / each[0], 1.1)


def detections(setting, count, files, threads, note=""):
    """A scan with the first of the published detections."""
    name = f"sluice scan --threads {threads}, {count} detection{'s' if count > 1 else ''}{note}"
    published = setting.published
    chosen = ["--threads", str(threads), "--app", published.app, "-p", published.first[count]]
    return scan_with(name, setting, files, *chosen)
