"""Published detections as Sluice runs them: one file each, and a Splunk app with their macros and lookups."""
import json
import os
import shutil
from dataclasses import dataclass

COUNTS = (1, 10, 25, 50, 100)
"""How many of the listed detections there are folders for."""
LIST = os.path.join(os.path.dirname(os.path.abspath(__file__)), "detections.txt")


@dataclass
class Content:
    """Folders: the app, the first of the listed detections by how many they are, and all detections."""

    app: str
    first: dict
    all: str
    count: int


def written(folder, scratch):
    """The content of `folder`, written out: detections.jsonl (name, id, search, in_scope), macros.jsonl (name,
    arguments, definition), lookups.jsonl (name, and what transforms.conf says of it) and lookups/. What applies a
    trained model needs a server, so it is left out."""
    detections = [each for each in lines(folder, "detections.jsonl") if each["in_scope"] and "| apply " not in each["search"]]
    app = os.path.join(scratch, "app")
    os.makedirs(os.path.join(app, "default"))
    shutil.copytree(os.path.join(folder, "lookups"), os.path.join(app, "lookups"))
    write(os.path.join(app, "default", "macros.conf"), macros(folder, detections))
    write(os.path.join(app, "default", "transforms.conf"), transforms(folder))
    by_id = {each["id"]: each for each in detections}
    with open(LIST) as names:
        chosen = [by_id[line.split()[0]] for line in names if not line.startswith("#")]
    first = {count: files(chosen[:count], os.path.join(scratch, str(count))) for count in COUNTS}
    return Content(app, first, files(detections, os.path.join(scratch, "all")), len(detections))


def files(detections, folder):
    """The folder, with a file for each detection."""
    os.makedirs(folder)
    for each in detections:
        said = {key: each[key] for key in ("name", "id", "search")}
        write(os.path.join(folder, each["id"] + ".yml"), json.dumps({**said, "type": "TTP"}))
    return folder


def macros(folder, detections):
    conf = ["[drop_dm_object_name(1)]\nargs = X\ndefinition = rename $X$.* as *"]
    known = set()
    for each in lines(folder, "macros.jsonl"):
        known.add(each["name"])
        args = each["arguments"]
        head = f"[{each['name']}({len(args)})]\nargs = {', '.join(args)}" if args else f"[{each['name']}]"
        conf.append(f"{head}\ndefinition = {continued(each['definition'])}")
    filters = {name for each in detections for name in each["search"].split("`") if name.endswith("_filter")}
    conf += [f"[{name}]\ndefinition = search *" for name in sorted(filters - known)]
    return "\n".join(conf) + "\n"


def transforms(folder):
    conf = []
    for each in lines(folder, "lookups.jsonl"):
        conf.append(f"[{each['name']}]")
        for key, value in each.items():
            if key not in ("name", "description"):
                conf.append(f"{key} = {continued(value if isinstance(value, str) else json.dumps(value))}")
        if "collection" in each:
            conf.append("external_type = kvstore")
    return "\n".join(conf) + "\n"


def continued(text):
    """A value of several lines as .conf files have it."""
    return text.replace("\n", "\\\n")


def lines(folder, name):
    with open(os.path.join(folder, name)) as file:
        return [json.loads(line) for line in file]


def write(path, text):
    with open(path, "w") as file:
        file.write(text)
