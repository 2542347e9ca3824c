"""Runs as the program makes them, in a folder that is removed at the end."""
import atexit
import functools
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

PROGRAM = os.environ["FAULTLINE_PROGRAM"]
SCRATCH = pathlib.Path(tempfile.mkdtemp(prefix="faultline-browser-"))
atexit.register(shutil.rmtree, SCRATCH, ignore_errors=True)
OUTCOMES = ("ok", "fail", "info")


def program(*words, code=0):
    """Runs the program, which must end with `code`, if there is one; returns what it prints."""
    ended = subprocess.run([PROGRAM, *words], cwd=SCRATCH, capture_output=True, timeout=240,
                           text=True, errors="replace", check=False)
    if code is not None and ended.returncode != code:
        raise AssertionError(f"{' '.join(words)} ended with {ended.returncode}, not {code}: "
                             f"{ended.stdout[-2000:]} {ended.stderr[-2000:]}")
    return ended.stdout


class Run:
    """A run's directory."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.id = "/".join(self.path.parts[-2:])
        self.url = "file://" + str(self.path / "report.html")

    def json(self, name):
        return json.loads((self.path / name).read_text(encoding="utf-8"))

    @functools.cached_property
    def events(self):
        """The history's lines, without the header, and without a last one that is torn."""
        text = (self.path / "history.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.split("\n")[1:-1]]

    @functools.cached_property
    def ops(self):
        """The clients' operations in the order of their invocation, put together anew from what
        is stored, so that the page can be held against it."""
        ops = []
        open_ops = {}
        for index, (time, process, kind, f, *rest) in enumerate(self.events):
            if not isinstance(process, int):
                continue
            key, value = (rest + [None, None])[:2]
            if kind == "invoke":
                open_ops[process] = op = {"process": str(process), "f": f, "outcome": "info",
                                          "key": "nil" if key is None else str(key),
                                          "argument": value, "line": index + 2, "start": time}
                ops.append(op)
            else:
                open_ops.pop(process).update(outcome=kind, result=value, end=time)
        return ops


def test(*words, code=0):
    """A run of `faultline test`."""
    out = program("test", *words, code=code)
    report = [line.split()[1] for line in out.splitlines() if line.split()[:1] == ["report"]]
    return Run((SCRATCH / report[-1]).parent)


def stored(name, events, like, logs=None, code=0):
    """A run whose history somebody else wrote, judged and reported by the program. It has the
    options of the run `like`. `events`: as in history.jsonl."""
    path = SCRATCH / "results" / name / "20260101T000000.000Z"
    path.mkdir(parents=True)
    shutil.copy(like.path / "test.json", path)
    write_history(path / "history.jsonl", events)
    for log, data in (logs or {}).items():
        (path / log).write_bytes(data)
    program("analyze", str(path), code=code)
    return Run(path)


def write_history(path, events):
    columns = ["time", "process", "type", "f", "key", "value", "error"]
    with open(path, "w", encoding="utf-8") as file:
        for line in [{"faultline": "history", "version": 1, "columns": columns}, *events]:
            file.write(json.dumps(line) + "\n")


@functools.cache
def invalid():
    return test("--bug", "stale-read", "--seed", "1", code=1)


@functools.cache
def valid():
    return test("--seed", "1", "--time-limit", "3")


@functools.cache
def traced():
    return test("--bug", "stale-read", "--seed", "1", "--trace", code=1)
