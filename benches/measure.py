"""Runs commands and says how long they took and how much memory they had."""
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from dataclasses import dataclass

SAMPLE_SECONDS = 0.005
START_SECONDS = 0.25
"""Until then memory is looked at five times as often: short runs have few moments to be seen in."""

RATIO_ROUNDS = 3
"""For the speed of all cores against one, so many times the rounds of other figures."""


@dataclass
class Command:
    """What is measured: its name in the tables, and how to run it."""

    name: str
    argv: list
    folder: str = None
    """Where it runs, for tools that look for their files there."""
    good: tuple = (0,)
    """The exit codes of success."""


@dataclass
class Result:
    """The medians of the rounds: wall seconds, and the greatest RssAnon that was seen in a run."""

    name: str
    seconds: float
    peak: int


@dataclass
class Attempt(Result):
    """One run that may have failed, and what it wrote: so many rows, and the sum of their checksums, in any order."""

    code: int
    said: str
    """The last line of its errors."""
    rows: int
    checksum: int


def rounds(commands, runs, watch=True):
    """Every round runs all commands, so that noise hits all alike. The first warms up and is not counted."""
    seen = [[] for _ in commands]
    for round_ in range(runs + 1):
        for at, command in enumerate(commands):
            once = run(command, watch)
            if round_ > 0:
                seen[at].append(once)
    medians = [[statistics.median(figures) for figures in zip(*runs)] for runs in seen]
    return [Result(command.name, *median) for command, median in zip(commands, medians)]


def ratio(one, other, runs):
    """The time of the one over that of the other, which run in turns with nobody watching: the median of the rounds.

    Neighbours in time meet the same noise, so their ratio is steadier than the ratio of two medians.
    """
    ratios = []
    for round_ in range(runs + 1):
        pair = [run(command, watch=False)[0] for command in (one, other)]
        if round_ > 0:
            ratios.append(pair[0] / pair[1])
    return statistics.median(ratios)


def output_lines(command):
    """How many lines a command writes."""
    with subprocess.Popen(command.argv, cwd=command.folder, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE) as process:
        lines = sum(chunk.count(b"\n") for chunk in iter(lambda: process.stdout.read(1 << 20), b""))
    if process.returncode not in command.good:
        sys.exit(f"`{command.name}` ended with {process.returncode}")
    return lines


def output(command):
    """What a command writes."""
    said = subprocess.run(command.argv, cwd=command.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    if said.returncode not in command.good:
        sys.exit(f"`{command.name}` ended with {said.returncode}")
    return said.stdout


def user_seconds_beyond(command, other, runs):
    """The median of what the processor did for a command, outside the kernel, beyond what it did for the other right
    before: the speed of a machine drifts. And what its last run ended with."""
    def spend(command):
        process = subprocess.Popen(command.argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        return usage.ru_utime, os.waitstatus_to_exitcode(status)

    beyond = []
    for _ in range(runs):
        least, _ = spend(other)
        spent, code = spend(command)
        beyond.append(spent - least)
    return statistics.median(beyond), code


def run(command, watch=True):
    """Wall seconds and peak RssAnon of one run, its children included. Failure ends everything."""
    with tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(command.argv, cwd=command.folder, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=errors)
        watcher = Watcher(process.pid) if watch else None
        code = process.wait()
        seconds = time.perf_counter() - start
        peak = watcher.stop() if watcher else 0
        if code not in command.good:
            errors.seek(0)
            sys.exit(f"`{command.name}` ended with {code}:\n{errors.read().decode(errors='replace')}")
    return seconds, peak


def attempt(command):
    """One run, whose failure ends nothing. Its output is looked at as it comes, so that nothing must hold it."""
    rows = checksum = 0
    with tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(command.argv, cwd=command.folder, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=errors)
        watcher = Watcher(process.pid)
        for line in process.stdout:
            rows, checksum = rows + 1, checksum + zlib.crc32(line)
        code = process.wait()
        seconds, peak = time.perf_counter() - start, watcher.stop()
        errors.seek(0)
        said = errors.read().decode(errors="replace").strip().splitlines()
    return Attempt(command.name, seconds, peak, code, said[-1] if said else "", rows, checksum)


class Watcher:
    """Looks at the memory of a process and its children now and then, in a thread of its own."""

    def __init__(self, pid):
        self.pid, self.peak, self.done = pid, 0, threading.Event()
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()

    def watch(self):
        end_of_start = time.perf_counter() + START_SECONDS
        while not self.done.wait(SAMPLE_SECONDS / 5 if time.perf_counter() < end_of_start else SAMPLE_SECONDS):
            self.peak = max(self.peak, anonymous(self.pid))

    def stop(self):
        self.done.set()
        self.thread.join()
        return self.peak


def anonymous(pid):
    """RssAnon of a process and all below it, in bytes. A process that has just ended counts as nothing."""
    total = 0
    try:
        with open(f"/proc/{pid}/status", "rb") as status:
            text = status.read()
        at = text.find(b"RssAnon:")
        if at >= 0:
            total = int(text[at + 8:text.index(b"kB", at)]) * 1024
        with open(f"/proc/{pid}/task/{pid}/children", "rb") as children:
            total += sum(anonymous(int(child)) for child in children.read().split())
    except OSError:
        pass
    return total
