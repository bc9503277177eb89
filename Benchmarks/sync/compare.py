"""Runs Galley and the other tools one after the other on the same work and prints a table.

usage: compare.py N FOLDER PYTHON IROH-PYTHON [TOOL …]

FOLDER holds the scripts of the other tools; the two Pythons have what those need from PyPI. A tool that is not
installed is named and left out.
"""

import json
import os
import shutil
import subprocess
import sys

count, folder, python, iroh_python, *chosen = sys.argv[1:]
here = os.path.dirname(os.path.abspath(__file__))


def has_module(interpreter, name):
    return subprocess.run([interpreter, "-c", f"import {name}"], capture_output=True).returncode == 0


def has_network():
    return subprocess.run(["unshare", "-n", "true"], capture_output=True).returncode == 0


def program(name):
    return lambda: shutil.which(name) is not None


def module(name):
    return lambda: has_module(python, name)


# For each tool what it is measured with, whether that is there, and where it comes from.
TOOLS = {
    "git": (program("git"), "Debian: git"),
    "rsync": (program("rsync"), "Debian: rsync"),
    "unison": (program("unison"), "Debian: unison"),
    "fossil": (program("fossil"), "Debian: fossil"),
    "sqlite3_rsync": (module("apsw.sqlite_extra"), "PyPI: apsw"),
    "syncthing": (program("syncthing"), "Debian: syncthing"),
    "postgres": (lambda: os.path.exists("/usr/lib/postgresql/15/bin/initdb") and os.getuid() == 0,
                 "Debian: postgresql-15; as root"),
    "anki": (module("anki.collection"), "PyPI: anki"),
    "yjs": (module("pycrdt"), "PyPI: pycrdt"),
    "etcd": (program("etcd"), "Debian: etcd-server, etcd-client"),
    "iroh": (lambda: has_module(iroh_python, "iroh") and has_network(),
             "PyPI: iroh==0.35.0; a network namespace of its own"),
}


def lines(command, limit):
    """The JSON lines a script prints; what it printed before it failed where it fails."""
    environment = dict(os.environ, PYTHONPATH=folder, PYTHONDONTWRITEBYTECODE="1")
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        output, errors = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        process.kill()
        output, errors = process.communicate()
        errors += f"\nnot done within {limit} s"
    if process.returncode != 0:
        print(f"{command[-2]}: {errors.strip().splitlines()[-1] if errors.strip() else 'failed'}", file=sys.stderr)
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


class Figures:
    """What one tool took for the three pieces of work."""

    def __init__(self, name, steps):
        self.name = name
        self.first = self.pick(steps, lambda step: step == "initial")
        self.edit = self.pick(steps, lambda step: step in ("edit1pct", "edit1pct pull"))
        self.idle = self.pick(steps, lambda step: step == "noop" or step.startswith("noop ("))
        self.disk = next((step["client"] for step in steps if step.get("step") == "disk"), None)

    @staticmethod
    def pick(steps, wanted):
        found = [step for step in steps if wanted(step.get("step", "")) and "error" not in step]
        # Of several the one in the middle.
        return sorted(found, key=lambda step: step["seconds"])[len(found) // 2] if found else {}


def number(value, digits=0):
    return "" if value is None else f"{value:,.{digits}f}"


def ratio(other, ours, key):
    if not other.get(key) or not ours.get(key):
        return ""
    return f"{ours[key] / other[key]:.2f}"


def table(title, header, rows):
    print(f"\n{title}")
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    for index, row in enumerate([header, *rows]):
        cells = [cell.ljust(width) if column == 0 else cell.rjust(width)
                 for column, (cell, width) in enumerate(zip(row, widths))]
        print(("  " + "  ".join(cells)).rstrip())
        if index == 0:
            print("  " + "  ".join("-" * width for width in widths))


def main():
    limit = 300 + int(count) // 100
    names = [name for name in (chosen or TOOLS) if name in TOOLS]
    steps = lines([sys.executable, f"{here}/galley.py", count], limit)
    ours = Figures("Galley", steps)
    rows = [ours]
    for name in names:
        is_there, origin = TOOLS[name]
        if not is_there():
            print(f"{name}: skipped, it is not installed ({origin})", file=sys.stderr)
            continue
        print(f"measuring {name}", file=sys.stderr)
        interpreter = iroh_python if name == "iroh" else python
        command = [interpreter, f"{folder}/peer_{name}.py", count]
        if name == "iroh":
            command = ["unshare", "-n", "sh", "-c", f"ip link set lo up; exec {' '.join(command)}"]
        rows.append(Figures(name, lines(command, limit)))
    for title, key in [("First sync", "first"), ("1 % edited, pulled", "edit"), ("Nothing to do", "idle")]:
        body = []
        for row in rows:
            step = getattr(row, key)
            own = getattr(ours, key)
            body.append([
                row.name, number(step.get("seconds"), 3), number(step.get("bytes")), number(step.get("turns")),
                "" if row is ours else ratio(step, own, "seconds"), "" if row is ours else ratio(step, own, "bytes"),
            ])
        table(f"{title}, {int(count):,} articles of 4.1 KB",
              ["", "seconds", "bytes", "turns", "Galley's time ÷", "Galley's bytes ÷"], body)
    table("Disk of the client afterwards", ["", "bytes", "Galley ÷"], [
        [row.name, number(row.disk), "" if row is ours or not row.disk or not ours.disk else f"{ours.disk / row.disk:.2f}"]
        for row in rows])
    indexed = ours.first.get("indexed_seconds")
    if indexed is not None:
        print(f"\n  Galley's first sync: until the log is durable and articles are listed and shown;"
              f" its search index took {indexed:.2f} s more.")
    print("  Galley over TLS 1.3 with both sides proven, every other tool over plain TCP but syncthing and iroh;"
          " bytes as a proxy counts them.")


main()
