"""The logs that are measured on: generated or found, in part, and compressed."""
import glob
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field

KINDS = {"EVTX": "*.evtx", "JSON lines": "*.jsonl", "XML lines": "*.xml"}


@dataclass
class Logs:
    """Files of each kind; a kind without files is not there."""

    files: dict
    work: str
    """A folder for what is made of them."""
    facts: str = None
    """What the generator said of its files."""
    generator: list = field(default_factory=list)
    """The program, and the megabytes of EVTX and of JSON lines, to generate others; empty for real logs."""

    def part(self, kind, share):
        """Files with this share of the data, for example 0.1."""
        if share == 1:
            return self.files[kind]
        if kind != "EVTX":
            return first_lines(self.files[kind], share, self.work)
        return self.smaller_evtx(share) if self.generator else first_files(self.files[kind], share)

    def smaller_evtx(self, share):
        folder = os.path.join(self.work, f"evtx-{share}")
        if not os.path.exists(folder):
            program, megabytes, _ = self.generator
            generate(program, folder, evtx=max(1, round(megabytes * share)), json=0, xml=0)
        return glob.glob(os.path.join(folder, "*.evtx"))

    def more_json(self, times):
        """So many times as many JSON lines; real ones as they are."""
        if not self.generator:
            return self.files.get("JSON lines")
        folder = os.path.join(self.work, f"json-{times}")
        if not os.path.exists(folder):
            program, _, megabytes = self.generator
            generate(program, folder, evtx=0, json=megabytes * times, xml=0)
        return glob.glob(os.path.join(folder, "*.jsonl"))


def found(folder, work):
    files = listed(os.path.abspath(folder))
    if not files:
        sys.exit(f"{folder} has none of {', '.join(KINDS.values())}")
    return Logs(files, work)


def generated(program, args):
    """The generator's logs of these sizes. They stay in the temporary folder for the next time."""
    folder = os.path.join(tempfile.gettempdir(), f"sluice-bench-{args.evtx_mb}-{args.json_mb}-{args.xml_mb}")
    logs, note = os.path.join(folder, "logs"), os.path.join(folder, "facts")
    if not os.path.exists(note):
        facts = generate(program, logs, args.evtx_mb, args.json_mb, args.xml_mb)
        with open(note, "w") as out:
            out.write(facts)
    with open(note) as text:
        facts = text.read().replace(logs + os.sep, "").strip()
    return Logs(listed(logs), folder, facts, [program, args.evtx_mb, args.json_mb])


def generate(program, folder, evtx, json, xml):
    """Writes the logs into this folder and says what they have. Half of them are never left there."""
    partial = folder + ".partial"
    for old in (folder, partial):
        shutil.rmtree(old, ignore_errors=True)
    sizes = ["--evtx-mb", str(evtx), "--json-mb", str(json), "--xml-mb", str(xml)]
    made = subprocess.run([program, "bench", partial, *sizes], check=True, stdout=subprocess.PIPE, text=True)
    os.rename(partial, folder)
    return made.stdout.replace(partial, folder)


def listed(folder):
    kinds = {
        kind: sorted(glob.glob(os.path.join(glob.escape(folder), "**", pattern), recursive=True))
        for kind, pattern in KINDS.items()
    }
    return {kind: files for kind, files in kinds.items() if files}


def size(files):
    return sum(os.path.getsize(file) for file in files)


def first_files(files, share):
    """So many of the files that they have at least this share of the bytes."""
    chosen, wanted = [], size(files) * share
    while size(chosen) < wanted:
        chosen.append(files[len(chosen)])
    return chosen


def first_lines(files, share, work):
    """The first lines of all files together, as one file, with this share of the bytes."""
    path = os.path.join(work, f"share-{share}{os.path.splitext(files[0])[1]}")
    if os.path.exists(path):
        return [path]
    left = int(size(files) * share)
    with open(path + ".partial", "wb") as out:
        for file in files:
            with open(file, "rb") as source:
                while left > 0 and (lines := source.readlines(min(left, 1 << 20))):
                    out.writelines(lines)
                    left -= sum(map(len, lines))
    os.rename(path + ".partial", path)
    return [path]


def packed(program, level, suffix, files, work):
    """The files compressed by this program, made once."""
    folder = os.path.join(work, program)
    os.makedirs(folder, exist_ok=True)
    paths = []
    for number, file in enumerate(files):
        path = os.path.join(folder, f"{number}-{os.path.basename(file)}{suffix}")
        if not os.path.exists(path):
            with open(path + ".partial", "wb") as out:
                subprocess.run([program, level, "-c", file], stdout=out, check=True)
            os.rename(path + ".partial", path)
        paths.append(path)
    return paths


def parquet(duckdb, files, work):
    """The files as DuckDB writes them as Parquet, made once."""
    folder = os.path.join(work, "parquet")
    os.makedirs(folder, exist_ok=True)
    paths = []
    for number, file in enumerate(files):
        path = os.path.join(folder, f"{number}-{os.path.basename(file)}.parquet")
        if not os.path.exists(path):
            rows = f"read_json({quoted(file)}, format = 'newline_delimited', sample_size = -1)"
            copy = f"COPY (FROM {rows}) TO {quoted(path + '.partial')} (FORMAT parquet, COMPRESSION zstd)"
            subprocess.run([duckdb, "-c", copy], check=True)
            os.rename(path + ".partial", path)
        paths.append(path)
    return paths


def sessions(count, work):
    """So many small events, each of a session of its own, in no order."""
    path = os.path.join(work, f"sessions-{count}.jsonl")
    if not os.path.exists(path):
        with open(path + ".partial", "w") as out:
            for number in range(count):
                # A factor without a divisor in common with the count gives each number once.
                out.write(f'{{"session":"s{number * 7_368_787 % count:08}","bytes":{number % 1500}}}\n')
        os.rename(path + ".partial", path)
    return [path]


def listing(files):
    """As a list of SQL."""
    return "[" + ", ".join(map(quoted, files)) + "]"


def quoted(text):
    """As text of SQL."""
    return "'" + text.replace("'", "''") + "'"
