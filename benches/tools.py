"""The other tools: how each is run over the same logs, and which version is there.

Those that run Sigma rules get packages/T1048.003/sigma.yml, which has the logic of the package's detection.
"""
import itertools
import json
import os
import re
import shutil
import subprocess
import sys

from data import listing, quoted
from measure import Command

BENCHES = os.path.dirname(os.path.abspath(__file__))
LITERALS = os.path.join(BENCHES, "literals.txt")
PACKAGE = os.path.join(os.path.dirname(BENCHES), "packages", "T1048.003")
SIGMA = os.path.join(PACKAGE, "sigma.yml")


def there(name):
    return shutil.which(name) is not None


def file(folder, name, text):
    """The path of a new file."""
    path = os.path.join(folder, name)
    with open(path, "w") as out:
        out.write(text)
    return path


def shell(name, script, files):
    """A command of the shell; the files are its "$@"."""
    return Command(name, ["sh", "-c", script, "sh", *files])


def for_evtx(files, scratch):
    """The others over EVTX files, as far as they are there."""
    if there("evtx_dump"):
        yield evtx_dump(files, threads=1)
        yield evtx_dump(files, threads=2)
    if there("chainsaw") and "CHAINSAW_MAPPING" in os.environ:
        yield chainsaw(files, scratch)
    if there("hayabusa"):
        yield hayabusa(files, scratch)
    if zircolite_program():
        yield zircolite(files, scratch)
    yield cat(files)


def for_json(files):
    if there("rg"):
        yield rg(files, ignore_case=True)
        yield rg(files, ignore_case=False)
    if there("rsigma"):
        yield rsigma(files)
    yield Command("wc -l", ["wc", "-l", *files])
    yield cat(files)


def for_xml(files):
    if there("rg"):
        yield rg(files, ignore_case=True)
        yield rg(files, ignore_case=False)
    yield cat(files)


def cat(files):
    return Command("cat", ["cat", *files])


def evtx_dump(files, threads):
    script = f'for file; do evtx_dump -t {threads} -o jsonl "$file" || exit; done'
    return shell(f"evtx_dump -t {threads} -o jsonl", script, files)


def rg(files, ignore_case):
    flags = ["-c", "-i", "-F"] if ignore_case else ["-c", "-F"]
    # It ends with 1 where nothing is found.
    return Command(f"rg {' '.join(flags)} -f literals.txt", ["rg", *flags, "-f", LITERALS, "--", *files], good=(0, 1))


def chainsaw(files, scratch):
    rules, mapping = without_cased(scratch), os.path.abspath(os.environ["CHAINSAW_MAPPING"])
    argv = ["chainsaw", "--no-banner", "hunt", "-q", "-s", rules, "--mapping", mapping, "--jsonl", *files]
    return Command("chainsaw hunt", argv)


def hayabusa(files, scratch):
    """Hayabusa finds its configuration beside its program. Version 4 has one command for all formats."""
    output = os.path.join(scratch, "hayabusa.jsonl")
    folder = os.path.dirname(os.path.realpath(shutil.which("hayabusa")))
    newer = subprocess.run(["hayabusa", "dfir-timeline", "--help"], cwd=folder, capture_output=True).returncode == 0
    command = ["dfir-timeline", "-t", "jsonl"] if newer else ["json-timeline", "-L"]
    argv = ["hayabusa", *command, "-d", common(files), "-r", SIGMA, "-o", output, "-w", "-q", "-C"]
    return Command(f"hayabusa {command[0]}", argv, folder)


def rsigma(files):
    script = 'rule=$1; shift; cat "$@" | rsigma engine eval -r "$rule"'
    return shell("rsigma engine eval", script, [SIGMA, *files])


def zircolite(files, scratch):
    """Zircolite finds its configuration beside its script."""
    program = zircolite_program()
    output, log = os.path.join(scratch, "zircolite.json"), os.path.join(scratch, "zircolite.log")
    argv = [*starter(program), "-q", "-e", common(files), "-r", without_cased(scratch), "-o", output, "-l", log]
    return Command("zircolite", argv, os.path.dirname(os.path.realpath(program)))


def zircolite_program():
    named = os.environ.get("ZIRCOLITE")
    return os.path.abspath(named) if named else shutil.which("zircolite") or shutil.which("zircolite.py")


def detection():
    """The search of the package's detection."""
    with open(os.path.join(PACKAGE, "exfil_over_cleartext.yml")) as rule:
        block = rule.read().split("search: |-\n")[1]
    lines = itertools.takewhile(lambda line: line.startswith("  "), block.splitlines())
    return "\n".join(line[2:] for line in lines)


def duckdb(work):
    """DuckDB's program; if it is not there it is installed into this folder. `None` if it cannot be."""
    folder, program = os.path.join(work, "duckdb"), duckdb_program(work)
    if not there(program):
        subprocess.run([sys.executable, "-m", "venv", folder], stdout=sys.stderr)
        pip = [os.path.join(folder, "bin", "python"), "-m", "pip", "install", "-q", "duckdb-cli"]
        if not os.path.exists(pip[0]) or subprocess.run(pip, stdout=sys.stderr).returncode != 0:
            return None
    return program


def duckdb_program(work):
    """Where it is, or will be when it is installed."""
    return shutil.which("duckdb") or os.path.join(work, "duckdb", "bin", "duckdb")


def duckdb_detection(program, files):
    with open(os.path.join(BENCHES, "detection.sql")) as sql:
        query = sql.read().replace("?)", listing(files) + ")", 1)
    return Command("duckdb -jsonlines", [program, "-jsonlines", "-c", query])


def duckdb_query(program, query, events):
    """A query of DuckDB, over whatever its `{events}` are."""
    return Command("duckdb -jsonlines", [program, "-jsonlines", "-c", query.replace("{events}", events)])


def duckdb_lines(program, files, parquet):
    """JSON lines as DuckDB reads them best: it is told the columns and their types, which are those of the Parquet."""
    describe = f"SELECT column_name, column_type FROM (DESCRIBE FROM read_parquet({listing(parquet)}))"
    said = subprocess.run([program, "-jsonlines", "-c", describe], check=True, stdout=subprocess.PIPE)
    columns = [json.loads(line) for line in said.stdout.splitlines()]
    kinds = ", ".join(f"{quoted(each['column_name'])}: {quoted(each['column_type'])}" for each in columns)
    return f"read_json({listing(files)}, format = 'newline_delimited', columns = {{{kinds}}})"


def starter(program):
    return [sys.executable, program] if program.endswith(".py") else [program]


def common(files):
    """The folder that has all the files; these tools look in it for *.evtx themselves."""
    return os.path.commonpath([os.path.dirname(file) for file in files])


def without_cased(scratch):
    """The rule without the modifier `cased`, which not all know: it concerns one literal, `http://`."""
    path = os.path.join(scratch, "sigma.yml")
    with open(SIGMA) as rule, open(path, "w") as copy:
        copy.write(rule.read().replace("|cased", ""))
    return path


def versions(work):
    """Each tool and its version, or that it is not there."""
    program = zircolite_program()
    asked = {
        "evtx_dump": ["evtx_dump", "--version"],
        "ripgrep": ["rg", "--version"],
        "Chainsaw": ["chainsaw", "--version"],
        "Hayabusa": ["hayabusa", "help"],
        "RSigma": ["rsigma", "--version"],
        "Zircolite": [*starter(program), "-v"] if program else ["zircolite"],
        "DuckDB": [duckdb_program(work), "--version"],
        "gzip": ["gzip", "--version"],
        "zstd": ["zstd", "--version"],
    }
    answers = {name: version(argv) for name, argv in asked.items()}
    if there("chainsaw") and "CHAINSAW_MAPPING" not in os.environ:
        answers["Chainsaw"] += ", left out: CHAINSAW_MAPPING is not set"
    return answers


def version(argv):
    if not there(argv[0]):
        return "not there"
    said = subprocess.run(argv, capture_output=True, text=True, errors="replace")
    found = re.search(r"\d+\.\d+[\w.-]*", said.stdout + said.stderr)
    return found.group() if found else "version unknown"
