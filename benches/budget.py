"""Queries that keep much, under a memory budget: they end, within it, and give the rows that they give without it."""
from dataclasses import dataclass

import data
import measure
from measured import Target, search

LIMIT = "256MB"
MOST = 320 * 2**20
TIMEOUT = "300s"
GROUPS = 10_000_000
"""Sessions, each a line of JSON and a group of `stats`."""
TIMES = 2
"""How much larger than the JSON lines of the other parts the logs are."""


@dataclass
class Query:
    spl: str
    files: list
    over: str
    """What the files are, in words."""


def budget(measured, setting):
    """Peak RssAnon under the limit. What fails is missed, and the next query is run."""
    lines = setting.logs.more_json(TIMES)
    if not lines:
        return
    size = f"JSON lines, {data.size(lines) / 1e6:.0f} MB"
    sessions = data.sessions(GROUPS, setting.logs.work)
    for query in (
        Query("* | sort 0 Image, _time", lines, size),
        Query("* | stats count sum(bytes) by session", sessions, f"{GROUPS / 1e6:.0f} million sessions"),
        Query("* | eventstats count AS seen by Image | table _time host Image CommandLine Hashes seen", lines, size),
        # The subsearch is cut at 50,000 rows, as in Splunk: the newest, which `join` keeps in memory.
        Query("EventCode=7 | join type=left overwrite=false ProcessGuid [search EventCode=1 | fields ProcessGuid ParentImage CommandLine]", lines, size),
    ):
        one(query, measured, setting)


def one(query, measured, setting):
    free = search(setting.sluice, query.spl, query.files, "--timeout", TIMEOUT)
    tight = search(setting.sluice, query.spl, query.files, "--timeout", TIMEOUT, "--memory", LIMIT)
    tight.name += f" --memory {LIMIT}"
    attempts = [measure.attempt(command) for command in (free, tight)]
    ended = [attempt for attempt in attempts if attempt.code == 0]
    measured.add("Memory budget", ended, data.size(query.files), f"{query.over}: ")
    for attempt in attempts:
        if attempt.code != 0:
            measured.notes.append(f"`{attempt.name}` ended with {attempt.code}: {attempt.said}")
    figure, met = judged(*attempts)
    what = f"{query.over}: peak RssAnon of `{tight.name}`, with the rows it gives without"
    measured.targets.append(Target(what, figure, f"≤ {MOST // 2**20} MiB", met))


def judged(free, tight):
    """What the attempt under the limit came to, beside the one without, and whether that is as it should be."""
    if tight.code != 0:
        return f"exit code {tight.code}", False
    peak = f"{tight.peak / 2**20:.0f} MiB"
    if free.code != 0:
        return f"{peak}; without: exit code {free.code}", False
    if (tight.rows, tight.checksum) != (free.rows, free.checksum):
        return f"{peak}; {tight.rows} rows, not the {free.rows} without", False
    return peak, tight.peak <= MOST
