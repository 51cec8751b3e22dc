"""What there is to steal: the same files in each run, made from a seed."""

import io
import pathlib
import random
import shutil
import tarfile
import zipfile

TOWNS = ["Aachen", "Basel", "Cork", "Delft", "Espoo", "Faro", "Ghent", "Halle"]


def fill(folder):
    """Makes the files."""
    folder.mkdir(parents=True)
    chance = random.Random(4711)
    rows = [f"{n},customer{n}@example.net,{chance.choice(TOWNS)},{chance.randrange(10**9)}" for n in range(12000)]
    customers = "\n".join(["id,mail,town,account", *rows]).encode()
    files = {
        "customers.csv": customers,
        "contracts.zip": _zip({f"contract{n}.pdf": chance.randbytes(300_000) for n in range(10)}),
        "hr.tar.gz": _tar({"hr/salaries.csv": customers, "hr/scans.bin": chance.randbytes(1_500_000)}),
        "mailbox.pst": chance.randbytes(32 << 20),
        "passwords.kdbx": chance.randbytes(3600),
        "plans.7z": b"7z\xbc\xaf\x27\x1c" + chance.randbytes(900_000),
        # What a usual day moves.
        "report.pdf": b"%PDF-1.4\n" + chance.randbytes(180_000),
        "build-1.4.2.jar": _zip({f"org/corp/C{n}.class": chance.randbytes(9000) for n in range(200)}),
        "crash.json": b'{"crash": "SIGSEGV", "version": "1.4.2"}\n' * 20,
        "points.influx": b"cpu,host=build21 usage=12.5\nmem,host=build21 free=2100\n" * 20,
    }
    for name, content in files.items():
        folder.joinpath(name).write_bytes(content)
    folder.chmod(0o777)


def fresh(stage, folder):
    """A copy for one session."""
    shutil.copytree(stage, folder)
    folder.chmod(0o777)
    return pathlib.Path(folder)


def _zip(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def _tar(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()
