"""What is measured: each part adds its table, its targets and its points of the plots."""
import os
import sys

import budget
import cost
import data
import measure
import tables
import tools
from measure import Command
from measured import ONE_THREAD, SCAN, Point, Target, scan, scan_with, search

EVTX_DUMP, RG_ANY_CASE, RG_EXACT = "evtx_dump -t 2 -o jsonl", "rg -c -i -F -f literals.txt", "rg -c -F -f literals.txt"
SHARES = (0.1, 0.25, 0.5, 1)
STARTS = 50
EVALS = 80
ROWS = 10_000
HEAD_ROUNDS = 2
PACKERS = (("gzip", "-1", ".gz", "zcat"), ("zstd", "-3", ".zst", "zstdcat"))


def one_format(kind, others, measured, setting):
    """Scans of the files of a kind beside the other tools."""
    files = setting.logs.files.get(kind)
    if not files:
        return []
    commands = [scan(setting.sluice, files), scan(setting.sluice, files, threads=1), *others(files)]
    results = measure.rounds(commands, setting.runs)
    measured.add(kind, results, data.size(files))
    return results


def evtx(measured, setting):
    results = one_format("EVTX", lambda files: tools.for_evtx(files, setting.scratch), measured, setting)
    measured.at_most("EVTX: time of `sluice scan` against `evtx_dump -t 2`", results, SCAN, EVTX_DUMP, 1)
    measured.at_most("EVTX, stretch: the same", results, SCAN, EVTX_DUMP, 0.5)


def json_lines(measured, setting):
    results = one_format("JSON lines", tools.for_json, measured, setting)
    measured.at_most("JSON lines: time of `sluice scan` against `rg -c -i -F -f`", results, SCAN, RG_ANY_CASE, 0.5)
    measured.at_most("JSON lines, stretch: against `rg -c -F -f`", results, SCAN, RG_EXACT, 2)


def xml_lines(measured, setting):
    results = one_format("XML lines", tools.for_xml, measured, setting)
    measured.at_most("XML lines: time of `sluice scan` against `rg -c -i -F -f`", results, SCAN, RG_ANY_CASE, 1)


def threads(measured, setting):
    """The speed on all cores over that on one."""
    for kind, files in setting.logs.files.items():
        one, all_ = scan(setting.sluice, files, threads=1), scan(setting.sluice, files)
        ratio = measure.ratio(one, all_, measure.RATIO_ROUNDS * setting.runs)
        what = f"{kind}: speed of `{SCAN}` on {os.cpu_count()} cores against one"
        measured.ratio_at_least(what, ratio, 1.7)


def compressed(measured, setting):
    for program, level, suffix, reader in PACKERS:
        if not tools.there(program):
            measured.notes.append(f"{program} is not there: nothing was measured on its files.")
            continue
        for kind, files in setting.logs.files.items():
            packed = data.packed(program, level, suffix, files, setting.logs.work)
            commands = [scan(setting.sluice, packed), Command(reader, [reader, *packed])]
            results = measure.rounds(commands, setting.runs)
            measured.add("Compressed", results, data.size(files), f"{kind}, `{program} {level}`: ")
            measured.at_most(f"{kind}, {program}: time of `sluice scan` against `{reader}`", results, SCAN, reader, 2)


def head(measured, setting):
    """`head` gives the newest events, so it must see all. The full pass has the same fields and finds nothing."""
    files = setting.logs.files.get("JSON lines")
    if not files:
        return
    queries = ("* | head 10", "* | where _time < 0", "* | stats count")
    newest, full, count = (search(setting.sluice, query, files) for query in queries)
    small = search(setting.sluice, queries[0], setting.logs.part("JSON lines", 0.1))
    *results, tenth = measure.rounds([newest, full, count, small], setting.runs)
    measured.add("Newest events of the JSON lines", results, data.size(files))
    what = "JSON lines: time of `* | head 10` against a full pass"
    measured.ratio_at_most(what, measure.ratio(newest, full, HEAD_ROUNDS * setting.runs), 1.05)
    what = "JSON lines: memory of `* | head 10`, all against a tenth"
    measured.memory_at_most(what, results[0], tenth, 1.2)


def parquet(measured, setting):
    """The package's detection over the JSON lines as Parquet, beside DuckDB's equivalent."""
    lines = setting.logs.files.get("JSON lines")
    duckdb = tools.duckdb(setting.logs.work) if lines else None
    if not duckdb:
        measured.notes.append("DuckDB is not there and cannot be installed: nothing was measured on Parquet.")
        return
    files = data.parquet(duckdb, lines, setting.logs.work)
    ours = search(setting.sluice, tools.detection(), files)
    ours.name, theirs = "sluice search", tools.duckdb_detection(duckdb, files)
    counts = [measure.output_lines(command) for command in (ours, theirs)]
    if counts[0] != counts[1]:
        sys.exit(f"the detection finds {counts[0]} rows in Parquet, DuckDB {counts[1]}")
    count = search(setting.sluice, "* | stats count by Image", files)
    results = measure.rounds([ours, theirs, count], setting.runs)
    measured.add("Parquet, zstd", results, data.size(files))
    ratio = measure.ratio(ours, theirs, measure.RATIO_ROUNDS * setting.runs)
    measured.ratio_at_most("Parquet: time of `sluice search` with the detection against DuckDB's SQL", ratio, 1)


def detections(measured, setting):
    """Many detections at once over the EVTX files: published ones, and the whole package."""
    files, sets = setting.logs.files.get("EVTX"), setting.published
    if not files or not sets:
        measured.notes.append("No published detections were given (`--content`): nothing was measured on many at once.")
        return
    def published(count, folder, files=files):
        return scan_with(f"sluice scan, {count} detections", setting, files, "--app", sets.app, "-p", folder)

    ten, hundred = (published(count, sets.first[count]) for count in (10, 100))
    package = scan_with("sluice scan, the package", setting, files, "-p", tools.PACKAGE)
    results = measure.rounds([ten, hundred, package, scan(setting.sluice, files), *rival("EVTX", files)], setting.runs)
    measured.add("Many detections over EVTX", results, data.size(files))
    for command, most in ((ten, 1.3), (hundred, 5), (package, 5)):
        what = f"EVTX: time of `{command.name}` against `evtx_dump -t 2`"
        measured.at_most(what, results, command.name, EVTX_DUMP, most)
    everything, nothing = published(sets.count, sets.all), published(sets.count, sets.all, [tools.file(setting.scratch, "empty.jsonl", "")])
    nothing.name += ", of an empty file"
    results = measure.rounds([everything, nothing, scan(setting.sluice, files)], max(1, setting.runs // 2))
    measured.add("All published detections over EVTX", results, data.size(files))
    what = f"EVTX: time of {sets.count} detections against that of one"
    measured.at_most(what, results, everything.name, SCAN, 25)
    what = f"EVTX: planning of {sets.count} detections, of all their time"
    measured.at_most(what, results, nothing.name, everything.name, 0.33)


def planning(measured, setting):
    """User time of `sluice check`, a query: beyond that of a query of one word, for which all knowledge is read too.
    A subsearch is run before the query is planned, so its query is run, over one event."""
    word = tools.file(setting.scratch, "word.spl", "| makeresults\n")

    def check(path, *chosen):
        return Command("sluice check", [setting.sluice, "check", *chosen, path])

    def each(what, count, path, *chosen):
        beyond(measured, what, check(path, *chosen), check(word, *chosen), count)

    each("the seed's query", 1, os.path.join(tools.PACKAGE, "seed.spl"))
    if setting.published:
        each("a published detection, mean of 100", 100, setting.published.first[100], "--app", setting.published.app)
    chain = tools.file(setting.scratch, "chain.spl", chained(EVALS))
    beyond(measured, f"{EVALS} evals, each of the one before", check(chain), check(word), most=1000)
    event = [tools.file(setting.scratch, "event.jsonl", '{"ProcessId":"0"}\n')]
    rows = f"[| makeresults count={ROWS} | streamstats count AS ProcessId | fields ProcessId | format]"
    searches = [search(setting.sluice, f"ProcessId=* {more} | stats count", event) for more in (rows, "")]
    beyond(measured, f"a subsearch of {ROWS} rows", *searches, most=1000)


def chained(count):
    """So many evals, the first of a field of the events."""
    evals = [f"| eval a{number}=a{number - 1}+1" for number in range(2, count + 1)]
    return " ".join(["EventCode=1 | eval a1=ProcessId+1", *evals, f"| table a{count}\n"])


def beyond(measured, what, command, other, count=1, most=3):
    """The user time of a command beyond that of the other, for each of so many queries. Failure is a miss."""
    beyond, code = measure.user_seconds_beyond(command, other, STARTS)
    milliseconds = beyond / count * 1000
    figure = f"exit code {code}" if code else f"{milliseconds:.2f} ms"
    met = milliseconds <= most and not code
    measured.targets.append(Target(f"User time of planning {what}", figure, f"≤ {most} ms", met))


def startup(measured, setting):
    commands = [search(setting.sluice, "| makeresults", [])]
    if tools.there("rg"):
        commands.append(Command("rg --version", ["rg", "--version"]))
    results = measure.rounds(commands, STARTS, watch=False)
    measured.add("Start-up", results)
    what = "Start-up: time of `| makeresults` against `rg --version`"
    measured.at_most(what, results, commands[0].name, "rg --version", 10)


def memory(measured, setting):
    """Scans of growing shares of each kind, for the plots too; memory must not grow with them."""
    for kind in setting.logs.files:
        shares = growing(kind, setting.logs)
        groups = [[scan(setting.sluice, files), *rival(kind, files)] for _, files in shares]
        results = iter(measure.rounds([command for group in groups for command in group], setting.runs))
        scans = []
        for (size, _), group in zip(shares, groups):
            pair = [next(results) for _ in group]
            measured.add("Growing data", pair, size, f"{kind}, {size / 1e6:.0f} MB: ")
            measured.points.append(Point(kind, size, *pair))
            scans.append(pair[0])
        if len(scans) > 1:
            what = f"{kind}: memory of `sluice scan`, all against {shares[0][0] / 1e6:.0f} MB"
            measured.memory_at_most(what, scans[-1], scans[0], 1.2)
        peak = scans[-1].peak / 1e6
        measured.targets.append(Target(f"{kind}: memory of `sluice scan`", f"{peak:.0f} MB", "< 200 MB", peak < 200))


def growing(kind, logs):
    """Shares of the files, as size and files. Few files of EVTX have few shares."""
    shares = {}
    for share in SHARES:
        files = logs.part(kind, share)
        shares[data.size(files)] = files
    return sorted(shares.items())


def rival(kind, files):
    """The tool beside the scan, if it is there."""
    if kind == "EVTX" and tools.there("evtx_dump"):
        yield tools.evtx_dump(files, threads=2)
    if kind != "EVTX" and tools.there("rg"):
        yield tools.rg(files, ignore_case=True)


PARTS = {
    "evtx": evtx,
    "json": json_lines,
    "xml": xml_lines,
    "threads": threads,
    "compressed": compressed,
    "head": head,
    "parquet": parquet,
    "tables": tables.tables,
    "budget": budget.budget,
    "detections": detections,
    "cost": cost.cost,
    "planning": planning,
    "startup": startup,
    "memory": memory,
}
