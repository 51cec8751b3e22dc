"""What was measured, as the page shows it, and the commands of Sluice that many parts run."""
import sys
from dataclasses import dataclass, field

import content
import data
from measure import Command, Result

SCAN, ONE_THREAD = "sluice scan", "sluice scan --threads 1"


@dataclass
class Setting:
    sluice: str
    logs: data.Logs
    runs: int
    scratch: str
    published: content.Content = None
    """Published detections, if they were given."""


@dataclass
class Row:
    """A line of a table. `ratio` is the time of Sluice over the time of this command."""

    name: str
    seconds: float
    ratio: float
    bytes: int = 0
    peak: int = 0


@dataclass
class Target:
    what: str
    figure: str
    target: str
    met: bool


@dataclass
class Point:
    """The scan of so many bytes, and what the tool beside it did."""

    kind: str
    bytes: int
    scan: Result
    rival: Result = None


@dataclass
class Cost:
    """The scan with so many detections on so many cores."""

    detections: int
    threads: int
    seconds: float


@dataclass
class Measured:
    tables: dict = field(default_factory=dict)
    targets: list = field(default_factory=list)
    points: list = field(default_factory=list)
    costs: list = field(default_factory=list)
    notes: list = field(default_factory=list)

    def add(self, title, results, size=0, prefix=""):
        """Rows of the table with this title; the first result is Sluice's."""
        for each in results:
            row = Row(f"{prefix}`{each.name}`", each.seconds, results[0].seconds / each.seconds, size, each.peak)
            self.tables.setdefault(title, []).append(row)
            print(f"{title}: {row.name}  {each.seconds:.3f} s  {each.peak / 1e6:.0f} MB", file=sys.stderr)

    def at_most(self, what, results, one, other, most):
        """The time of the one over the time of the other; nothing where one of them was not run."""
        by_name = {result.name: result for result in results}
        if one in by_name and other in by_name:
            self.ratio_at_most(what, by_name[one].seconds / by_name[other].seconds, most)

    def memory_at_most(self, what, one, other, most):
        """The peak of the one over the peak of the other; nothing where that was too short to be seen."""
        if other.peak > 0:
            self.ratio_at_most(what, one.peak / other.peak, most)

    def ratio_at_most(self, what, ratio, most):
        self.targets.append(Target(what, f"{ratio:.2f} ×", f"≤ {most:g} ×", ratio <= most))

    def ratio_at_least(self, what, ratio, least):
        self.targets.append(Target(what, f"{ratio:.2f} ×", f"≥ {least:g} ×", ratio >= least))


def scan(sluice, files, threads=None):
    chosen = ["--threads", str(threads)] if threads else []
    return Command(ONE_THREAD if threads else SCAN, [sluice, "scan", "-p", "exfil_over_cleartext", *chosen, "--quiet", "-o", "jsonl", *files])


def search(sluice, query, files, *chosen):
    return Command(f"sluice search '{query}'", [sluice, "search", "--quiet", "-o", "jsonl", *chosen, query, *files])


def scan_with(name, setting, files, *chosen):
    """Many detections. What some of them find odd in the logs is no failure."""
    return Command(name, [setting.sluice, "scan", "--quiet", "-o", "jsonl", *chosen, *files], good=(0, 3))
