"""Galley on the work of the other tools: the real programs, TLS 1.3, a hub behind the counting proxy.

Prints one JSON line a step, as the scripts of the other tools do. Needs `galley` and `galleyd` on PATH and
the folder of those scripts (for `common.py`: corpus, proxy, clock) on PYTHONPATH.
"""

import json
import os
import subprocess

from common import Corpus, Proxy, Step, args, du, emit, free_port, path_of, workdir, write_files

count = args()
work = workdir("galley")
corpus = Corpus(count)
articles = f"{work}/articles"


def environment(machine):
    home = f"{work}/{machine}"
    names = {"HOME": "", "XDG_DATA_HOME": "/data", "XDG_CONFIG_HOME": "/config", "XDG_STATE_HOME": "/state",
             "XDG_CACHE_HOME": "/cache", "XDG_RUNTIME_DIR": "/run"}
    return dict(os.environ, NO_COLOR="1", **{name: home + place for name, place in names.items()})


def galley(machine, *words):
    done = subprocess.run(["galley", *words], env=environment(machine), capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"galley {' '.join(words)} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def galleyd(*words):
    return json.loads(subprocess.run(["galleyd", *words, "--json"], check=True, capture_output=True, text=True).stdout)


def edited(machine, texts):
    """Replaces the bodies of articles, each by a change set of its own."""
    for handle, text in texts:
        path = f"{work}/draft.md"
        with open(path, "w") as file:
            file.write(text)
        galley(machine, "edit", handle, "--from", path)


write_files(articles, corpus)
made = galleyd("init", "--data", f"{work}/hub", "--listen", "127.0.0.1:0")
port = free_port()
hub = subprocess.Popen(["galleyd", "run", "--data", f"{work}/hub"], stdout=subprocess.PIPE,
                       stderr=subprocess.DEVNULL, text=True)
try:
    target = int("".join(filter(str.isdigit, hub.stdout.readline().rsplit(":", 1)[1])))
    proxy = Proxy(port, target)
    galley("laptop", "init", "--user", "ada", "--device", "laptop")
    with Step("galley", "import, each article signed", None, count):
        galley("laptop", "import", articles)
    with Step("galley", "upload", proxy, count):
        galley("laptop", "remote", "add", f"127.0.0.1:{port}", "--key", made["hub_key"], "--claim", made["claim_code"])
    invitation = json.loads(galley("laptop", "invite", "ben", "--role", "editor", "--json"))["invitation"]
    with Step("galley", "initial", proxy, count, note="log durable, articles listed and shown") as step:
        said = json.loads(galley("tower", "join", invitation, "--device", "tower", "--json"))
        step.extra["indexed_seconds"] = said["indexed_ms"] / 1000
        step.t0 += (said["indexed_ms"] + said["checked_ms"]) / 1000
    handles = {}
    for line in json.loads(galley("laptop", "list", "--json"))["articles"]:
        handles[int(f"{line['title']} {line['excerpt']}".split("Article ", 1)[1].split(":", 1)[0])] = line["id"]
    changed = []
    for number in corpus.edit_ids():
        with open(path_of(articles, number)) as file:
            changed.append((handles[number], corpus.edit(file.read())))
    edited("laptop", changed)
    with Step("galley", "edit1pct push", proxy, count):
        galley("laptop", "sync")
    with Step("galley", "edit1pct pull", proxy, count):
        galley("tower", "sync")
    for _ in range(3):
        with Step("galley", "noop", proxy, count):
            galley("tower", "sync")
    place = f"{work}/tower/data/galley"
    emit("galley", step="disk", client=du(place), server=du(f"{work}/hub"))
finally:
    hub.terminate()
    hub.wait()
