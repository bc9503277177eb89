"""Plants bugs in a copy of the sources, one at a time, and sees whether tests and simulator notice.

usage: mutants.py TOP [SEEDS=N] [BOTH=1] [LIST=1] [NAME …]

The files *.mutants beside this one describe the bugs. All of them are compiled into one copy of the
checkout, each behind a condition that one variable of the environment makes true (mutant schemata:
Untch, Offutt & Harrold, 1993), so the copy is built once. A mutant is killed where its tests fail, end by
a signal or do not end, or where the simulator finds a violation; the simulator is asked where no test
notices, with BOTH=1 about each. One that survives ends this with 1.

    mutant: NAME
    breaks: what of the product it breaks
    tests: filters of `swift test`, apart by spaces
    file: a path
    - lines as they stand there, without their indentation, once in the file
    + lines in their place; PLANTED stands for the condition
"""

import os
import re
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
# Nothing that is tried takes as long where nothing is wrong; all of it together may.
SECONDS_MAX = 300
ALL_SECONDS_MAX = 3600


class Mutant:
    def __init__(self, name):
        self.name = name
        self.breaks = ""
        self.tests = []
        self.edits = []


class Edit:
    def __init__(self, path):
        self.path = path
        self.old = []
        self.new = []


def fail(text):
    print(f"mutants: {text}", file=sys.stderr)
    sys.exit(2)


def read(path):
    """The mutants of one file."""
    mutants = []
    with open(path) as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            if not line or line.startswith("#"):
                continue
            key, _, value = line.partition(": ")
            if key == "mutant":
                mutants.append(Mutant(value))
            elif key == "breaks":
                mutants[-1].breaks = value
            elif key == "tests":
                mutants[-1].tests = value.split()
            elif key == "file":
                mutants[-1].edits.append(Edit(value))
            elif line[:2] in ("- ", "+ "):
                edits = mutants[-1].edits
                if line[0] == "-" and edits[-1].new:
                    edits.append(Edit(edits[-1].path))
                (edits[-1].old if line[0] == "-" else edits[-1].new).append(line[2:])
            else:
                fail(f"{path}:{number} is nothing this tool knows")
    return mutants


def planted(text, edit, condition):
    """`text` with one edit made in it."""
    lines = text.split("\n")
    stripped = [line.strip() for line in lines]
    old = [line.strip() for line in edit.old]
    places = [at for at in range(len(lines) - len(old) + 1) if stripped[at:at + len(old)] == old]
    if len(places) != 1:
        fail(f"{edit.path} has {len(places)} places with: {edit.old[0]}")
    at = places[0]
    indent = lines[at][:len(lines[at]) - len(lines[at].lstrip())]
    new = [indent + line.replace("PLANTED", condition) for line in edit.new]
    return "\n".join(lines[:at] + new + lines[at + len(old):])


def importing(text):
    """`text` with the module of the conditions imported; before all else, where nothing can be of more lines."""
    return "import Planted\n" + text


SWITCH = """import Glibc

/// The number of the mutant that is switched on in this process; 0 for none. Tests that start programs hand
/// on all variables but those of the product.
private let active: Int = getenv("PLANTED_MUTANT").flatMap { Int(String(cString: $0)) } ?? 0

public func isPlanted(_ number: Int) -> Bool { active == number }
"""


def manifest(text):
    """The package with that module below all others; what the compiler says of a mutant is no error."""
    text = text.replace(".strictMemorySafety(),", "").replace(".treatAllWarnings(as: .error),", "")
    text = text.replace("[.treatAllWarnings(as: .error)]", "[]")
    text = text.replace("dependencies: dependencies,", "dependencies: dependencies + planted(name),")
    text = text.replace('library("CBOR"),', 'library("Planted"),\n        library("CBOR"),')
    helper = 'func planted(_ name: String) -> [Target.Dependency] { name == "Planted" ? [] : ["Planted"] }\n\n'
    return text.replace("func wrapped(", helper + "func wrapped(", 1)


def copy(top, tree, mutants):
    """Makes the copy; a file that is as it was keeps its time, so that it is not compiled again."""
    names = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=top, check=True,
                           capture_output=True, text=True).stdout.splitlines()
    contents = {}
    for name in names:
        path = os.path.join(top, name)
        if os.path.isfile(path):
            with open(path, "rb") as file:
                contents[name] = file.read()
    edited = set()
    for number, mutant in enumerate(mutants, 1):
        for edit in mutant.edits:
            if edit.path not in contents:
                fail(f"{mutant.name}: there is no {edit.path}")
            text = planted(contents[edit.path].decode(), edit, f"isPlanted({number})")
            contents[edit.path] = text.encode()
            edited.add(edit.path)
    for name in edited:
        contents[name] = importing(contents[name].decode()).encode()
    contents["Package.swift"] = manifest(contents["Package.swift"].decode()).encode()
    contents["Sources/Planted/Planted.swift"] = SWITCH.encode()
    for folder, _, files in os.walk(tree):
        for name in files:
            path = os.path.join(folder, name)
            if os.path.relpath(path, tree) not in contents:
                os.remove(path)
    for name, content in contents.items():
        path = os.path.join(tree, name)
        if os.path.exists(path):
            with open(path, "rb") as file:
                if file.read() == content:
                    continue
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
        if os.access(os.path.join(top, name), os.X_OK):
            os.chmod(path, 0o755)


class Trial:
    """The built copy, to be run with one mutant switched on."""

    def __init__(self, tree, build, seeds, shared):
        self.build = ["-c", "release", "--scratch-path", build]
        self.tree = tree
        self.seeds = seeds
        self.environment = dict(os.environ, SWIFT_BACKTRACE="enable=no", GALLEY_SHARED=shared)

    def make(self):
        for words in (["--build-tests"], ["--product", "galley-simulate"]):
            done = subprocess.run(["swift", "build", *self.build, *words], cwd=self.tree, stdout=sys.stderr)
            if done.returncode != 0:
                fail("the copy with the planted bugs does not build")
        self.folder = subprocess.run(["swift", "build", *self.build, "--show-bin-path"], cwd=self.tree, check=True,
                                     capture_output=True, text=True).stdout.strip()

    def run(self, words, number):
        limit = SECONDS_MAX if number else ALL_SECONDS_MAX
        environment = dict(self.environment, PLANTED_MUTANT=str(number))
        process = subprocess.Popen(words, cwd=self.tree, env=environment, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True)
        try:
            output, _ = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.communicate()
            return None, ""
        return process.returncode, output

    def tests(self, filters, number):
        """What of the tests noticed; nil where none did."""
        words = ["swift", "test", *self.build, "--skip-build"]
        for name in filters:
            words += ["--filter", name]
        status, output = self.run(words, number)
        if status is None:
            return "does not end"
        if status == 0:
            return None if re.search(r"Test run with [1-9]\d* test", output) else fail(f"no test is named {filters}")
        found = re.search(r'^✘ Test (?:case passing .*? to )?(.+?) (?:with \d+ test cases )?(?:recorded|failed)', output, re.M)
        return found.group(1).strip('"') if found else "ends by a signal"

    def simulator(self, number):
        """The scenario or the first seed that noticed; nil where none did."""
        program = os.path.join(self.folder, "galley-simulate")
        status, output = self.run([program, "SCENARIOS=1", "QUIET=1"], number)
        if status is None:
            return "a scenario does not end"
        if status != 0:
            found = re.search(r"^FAILS\t(.+?): ", output, re.M)
            return found.group(1) if found else "a scenario ends by a signal"
        status, output = self.run([program, f"SEEDS=1-{self.seeds}", "QUIET=1"], number)
        if status is None:
            return "a seed does not end"
        if status != 0:
            found = re.search(r"^seed (\d+)", output, re.M)
            return f"seed {found.group(1)}" if found else "a seed ends by a signal"
        return None


def shortened(text, width):
    return text if len(text) <= width else text[:width - 1] + "…"


def main():
    top, *words = sys.argv[1:]
    seeds, names, lists, asks_both = 300, [], False, False
    for word in words:
        if word.startswith("SEEDS="):
            seeds = int(word[6:])
        elif word == "LIST=1":
            lists = True
        elif word == "BOTH=1":
            asks_both = True
        else:
            names.append(word)
    mutants = []
    for name in sorted(os.listdir(HERE)):
        if name.endswith(".mutants"):
            mutants += read(os.path.join(HERE, name))
    known = [mutant.name for mutant in mutants]
    unknown = [name for name in names if name not in known]
    if unknown or len(set(known)) != len(known):
        fail(f"no mutant, or two, are named {' '.join(unknown)}")
    if lists:
        for mutant in mutants:
            print(f"{mutant.name:34} {mutant.breaks}")
        return
    tree = os.path.join(top, ".build/mutants/tree")
    copy(top, tree, mutants)
    trial = Trial(tree, os.path.join(top, ".build/mutants/build"), seeds,
                  os.environ.get("GALLEY_SHARED", os.path.join(os.path.dirname(top), "shared")))
    trial.make()
    chosen = [(number, mutant) for number, mutant in enumerate(mutants, 1) if not names or mutant.name in names]
    print("nothing planted: looking whether all is well", file=sys.stderr)
    for noticed in (trial.tests(sorted({test for _, mutant in chosen for test in mutant.tests}), 0), trial.simulator(0)):
        if noticed is not None:
            fail(f"something fails where nothing is planted: {noticed}")
    print(f"{'mutant':34} {'tests':52} {'simulator':44} {'s':>4}")
    survivors = []
    for number, mutant in chosen:
        start = time.monotonic()
        tests = trial.tests(mutant.tests, number)
        simulator = trial.simulator(number) if asks_both or tests is None else None
        if tests is None and simulator is None:
            survivors.append(mutant)
        print(f"{mutant.name:34} {shortened(tests or '', 52):52} {shortened(simulator or '', 44):44}"
              f" {time.monotonic() - start:4.0f}{'' if tests or simulator else '  SURVIVES'}", flush=True)
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} mutants killed")
    for mutant in survivors:
        print(f"survives: {mutant.name}: {mutant.breaks}")
    sys.exit(1 if survivors else 0)


main()
