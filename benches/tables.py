"""Queries of tables: Sluice and DuckDB over the same events, as JSON lines and as Parquet, on all cores."""
import json
import sys
from dataclasses import dataclass

import data
import measure
import tools
from measured import search

SHARE = 0.2
"""Of the JSON lines, which these queries are run over."""
MOST = 1.5
OURS, THEIRS = "sluice search", "duckdb -jsonlines"


@dataclass
class Query:
    """A query, and the SQL that gives the same over `{events}`, with the columns that NXLog writes."""

    name: str
    spl: str
    sql: str
    whole: bool = False
    """Whether the rows are whole events: of them only the number is compared."""


QUERIES = [
    Query(
        "stats count by Image, host",
        "* | stats count by Image, host",
        "SELECT Image, Hostname AS host, count(*) AS count FROM {events} WHERE Image IS NOT NULL GROUP BY ALL",
    ),
    Query(
        "stats dc(DestinationIp) by host",
        "* | stats dc(DestinationIp) AS dc by host",
        "SELECT Hostname AS host, count(DISTINCT DestinationIp) AS dc FROM {events} GROUP BY ALL",
    ),
    Query(
        "timechart span=1h count by EventCode",
        "* | timechart span=1h count by EventCode",
        "SELECT date_trunc('hour', EventTime) AS _time, EventID AS _code, count(*) AS count FROM {events} GROUP BY ALL"
        " ORDER BY ALL",
    ),
    # The rows of Sluice have `_raw` beside the fields, those of DuckDB a null for each field that is not there.
    Query("sort 0 _time", "* | sort 0 _time", "SELECT * FROM {events} ORDER BY EventTime", whole=True),
    # The sum makes the result small on both sides, and needs what stands in every row.
    Query(
        "eventstats count by Image",
        "* | eventstats count AS seen by Image | stats sum(seen) AS sum",
        "SELECT sum(seen) AS sum FROM (SELECT count(*) OVER (PARTITION BY Image) AS seen FROM {events}"
        " WHERE Image IS NOT NULL)",
    ),
    # It keeps the newest event of each, for events come newest first.
    Query(
        "dedup Image, host",
        "* | dedup Image, host",
        "SELECT * FROM {events} WHERE Image IS NOT NULL"
        " QUALIFY row_number() OVER (PARTITION BY Image, Hostname ORDER BY EventTime DESC) = 1",
        whole=True,
    ),
    # Not by `join`: its subsearch is cut at 50,000 rows, as in Splunk, and there are more starts of processes.
    Query(
        "EventCode 1 and 3 by ProcessGuid",
        "EventCode IN (1, 3) | stats count(eval(EventCode=1)) AS starts count(eval(EventCode=3)) AS connections"
        " by ProcessGuid | stats count sum(connections) AS connections",
        "WITH chosen AS MATERIALIZED (SELECT EventID, ProcessGuid FROM {events} WHERE EventID IN (1, 3))"
        " SELECT count(*) AS count, sum(connections) AS connections FROM"
        " (SELECT ProcessGuid FROM chosen WHERE EventID = 1) FULL JOIN"
        " (SELECT ProcessGuid, count(*) AS connections FROM chosen WHERE EventID = 3 GROUP BY ALL) USING (ProcessGuid)",
    ),
    # Starts of one program are few enough for `join`. Connections are of processes that run since before the logs,
    # so what is joined here are libraries that were loaded.
    Query(
        "join type=inner ProcessGuid",
        "EventCode=7 | join type=inner ProcessGuid [search EventCode=1 Image=*powershell.exe] | stats count",
        "WITH chosen AS MATERIALIZED (SELECT EventID, ProcessGuid, Image FROM {events} WHERE EventID IN (1, 7))"
        " SELECT count(*) AS count FROM (SELECT ProcessGuid FROM chosen WHERE EventID = 7) JOIN"
        " (SELECT ProcessGuid FROM chosen WHERE EventID = 1 AND Image ILIKE '%powershell.exe') USING (ProcessGuid)",
    ),
    # The events of these numbers have the tags of the dataset; so says knowledge/default/eventtypes.conf.
    Query(
        "tstats … from datamodel=Endpoint.Processes",
        "| tstats count from datamodel=Endpoint.Processes by Processes.process_name, Processes.dest",
        r"SELECT regexp_extract(Image, '[^\\/]+$') AS process_name, Hostname AS dest, count(*) AS count FROM {events}"
        " WHERE Channel = 'Microsoft-Windows-Sysmon/Operational' AND EventID IN (1, 5, 6, 8, 9, 10, 15, 17, 18, 25)"
        " GROUP BY ALL",
    ),
]


def tables(measured, setting):
    """Each query over a share of the JSON lines and over the same events as Parquet, beside DuckDB's SQL."""
    if "JSON lines" not in setting.logs.files:
        return
    duckdb = tools.duckdb(setting.logs.work)
    if not duckdb:
        measured.notes.append("DuckDB is not there and cannot be installed: nothing was measured on tables.")
        return
    lines = setting.logs.part("JSON lines", SHARE)
    parquet = data.parquet(duckdb, lines, setting.logs.work)
    sources = {
        "JSON lines": (lines, tools.duckdb_lines(duckdb, lines, parquet)),
        "Parquet": (parquet, f"read_parquet({data.listing(parquet)})"),
    }
    for kind, (files, events) in sources.items():
        for query in QUERIES:
            ours, theirs = search(setting.sluice, query.spl, files), tools.duckdb_query(duckdb, query.sql, events)
            ours.name = OURS
            agree(query, ours, theirs, kind)
            results = measure.rounds([ours, theirs], setting.runs)
            measured.add(f"Tables of {kind}", results, data.size(files), f"`{query.name}`: ")
            what = f"{kind}: time of `{query.name}` against DuckDB's SQL"
            measured.at_most(what, results, OURS, THEIRS, MOST)


def agree(query, ours, theirs, kind):
    """Both must give as much: as many events, or the same numbers in whatever order."""
    look = measure.output_lines if query.whole else numbers
    found, expected = look(ours), look(theirs)
    if found != expected:
        sys.exit(f"`{query.spl}` over {kind}: Sluice and DuckDB differ:\n{said(found)}\n{said(expected)}")


def numbers(command):
    """The numbers in a command's JSON lines, but for 0 and those of columns whose names start with `_`."""
    rows = [json.loads(line) for line in measure.output(command).splitlines()]
    values = [str(value) for row in rows for name, value in row.items() if not name.startswith("_")]
    return sorted(int(value) for value in values if value.isdigit() and value != "0")


def said(found):
    """The number of events, or how many numbers there are, their sum and the first of them."""
    if isinstance(found, int):
        return f"{found} rows"
    return f"{len(found)} numbers, together {sum(found)}: {found[:10]} …"
