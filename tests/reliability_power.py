"""Lost power, full disks and refused files: every file operation of a command as a place where it may end.

    world.before                    the folder as the command finds it, {name: bytes, or None for a folder}
    stops(root, work)               the folder as it stood before each file operation of `work`
    refusals(root, work, error)     what came of `work` when the system refused one operation, once or from then on

Operations are seen through Python's audit hook, so no write can be forgotten: not those of the journal, nor of history,
of what is remembered, of the lock. A stop between two operations is what `kill -9` leaves; a torn file is added for each
file that was being written.
"""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import small_year as sy

from workbook_builder import commands, resources
from workbook_builder.commands import year as year_module
from workbook_builder.folder import Folder, recover
from workbook_builder.problems import ERROR
from workbook_builder.scheme import read_document, write_book, write_text

Tree = dict[str, bytes | None]
STATE = ".kaoping"
_TOUCHING = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link", "os.symlink")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_watching: list[Callable[[str, tuple], None]] = []
_installed: list[bool] = []


@dataclass(frozen=True)
class World:
    """A folder before a command, the command, and the folder after an undisturbed run."""

    name: str
    before: Tree
    work: Callable[[Path], commands.Outcome]
    after: Tree
    codes: frozenset[str]
    exit_code: int


@dataclass(frozen=True)
class Refusal:
    """What came of a run of which one file operation was refused."""

    operation: str
    exit_code: int
    errors: tuple[str, ...]
    tree: Tree


# --- trees ----------------------------------------------------------------------------------------------------------


def tree_of(root: Path) -> Tree:
    """Everything below `root`."""
    found: Tree = {}
    for path in root.rglob("*") if root.is_dir() else ():
        found[path.relative_to(root).as_posix()] = None if path.is_dir() else path.read_bytes()
    return found


def lay(root: Path, tree: Tree) -> None:
    """Make `root` hold `tree` and nothing else; what is right already is not touched."""
    root.mkdir(parents=True, exist_ok=True)
    now = tree_of(root)
    for name in sorted(now, reverse=True):
        if name not in tree or (now[name] is None) != (tree[name] is None):
            shutil.rmtree(root / name) if now[name] is None else (root / name).unlink(missing_ok=True)
    for name in sorted(tree):
        data = tree[name]
        if data is None:
            (root / name).mkdir(parents=True, exist_ok=True)
        elif now.get(name) != data:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(data)


def visible(tree: Tree) -> dict[str, bytes]:
    """The files that people see."""
    return {name: data for name, data in tree.items() if data is not None and name.split("/")[0] != STATE}


def _remembered(tree: Tree) -> frozenset[tuple[str, bytes]]:
    """Everything that may bear on the next run: all files but log and lock."""
    passing = (f"{STATE}/日志.txt", f"{STATE}/lock")
    return frozenset((name, data) for name, data in tree.items() if data is not None and name not in passing)


# --- watching file operations -------------------------------------------------------------------------------------


def _hook(event: str, arguments: tuple) -> None:
    if _watching and event in _TOUCHING:
        _watching[-1](event, arguments)


def _below(root: str, event: str, arguments: tuple) -> str:
    """Which operation on `root` this is; "" if it is none, or does not write."""
    if event == "open" and not (isinstance(arguments[2], int) and arguments[2] & _WRITING):
        return ""
    try:
        paths = [os.fsdecode(one) for one in arguments[: 2 if event == "os.rename" else 1]]
    except TypeError:  # a descriptor
        return ""
    inside = [path for path in paths if os.path.abspath(path) == root or os.path.abspath(path).startswith(root + os.sep)]
    held = event in ("os.remove", "os.rmdir") and arguments[-1] not in (-1, None)
    return f"{event} {os.path.basename(paths[-1])}" if inside or held else ""


def watched(root: Path, work: Callable[[Path], object], seen: Callable[[str, tuple], None]) -> object:
    """`work`, with `seen` called just before each of its file operations on `root`."""
    if not _installed:
        sys.addaudithook(_hook)
        _installed.append(True)
    top = os.path.abspath(root)

    def told(event: str, arguments: tuple) -> None:
        what = _below(top, event, arguments)
        if what:
            quiet, _watching[:] = _watching[:], []
            try:
                seen(what, arguments)
            finally:
                _watching[:] = quiet

    _watching.append(told)
    try:
        return work(root)
    finally:
        _watching.clear()


def stops(root: Path, work: Callable[[Path], object]) -> list[tuple[str, Tree]]:
    """(operation, the folder as it stood just before it), and torn ones: the same with the last file half or not written."""
    found: list[tuple[str, Tree]] = []

    def seen(what: str, _: tuple) -> None:
        found.append((what, tree_of(root)))

    watched(root, work, seen)
    found.append(("end", tree_of(root)))
    return [*found, *_torn(found)]


def _torn(found: list[tuple[str, Tree]]) -> Iterator[tuple[str, Tree]]:
    for (what, before), (_, after) in zip(found, found[1:], strict=False):
        if what.startswith("open "):
            for name in (n for n, data in after.items() if data and before.get(n) != data):
                yield f"torn {what}", {**before, name: after[name][: len(after[name]) // 2]}
                yield f"empty {what}", {**before, name: b""}


def refusals(root: Path, work: Callable[[Path], commands.Outcome], error: int, lasting: bool) -> list[Refusal]:
    """One run of `work` per file operation, each with that operation (and, if `lasting`, all later ones) refused.

    What is worked out before is worked out once: at every operation the process forks, the child meets the refusal
    and ends the run, the parent puts the folder back and goes on.
    """
    results = Path(tempfile.mkdtemp(prefix="refusal-"))
    found: list[Refusal] = []
    mine = os.getpid()
    refusing: list[bool] = []

    def seen(what: str, arguments: tuple) -> None:
        if refusing:
            raise OSError(error, os.strerror(error))
        if os.getpid() != mine:
            return
        before = tree_of(root)
        child = os.fork()
        if child == 0:
            refusing[:] = [True] if lasting else []
            raise OSError(error, os.strerror(error))
        os.waitpid(child, 0)
        told = json.loads((results / "told").read_text(encoding="utf-8"))
        (results / "told").unlink()
        found.append(Refusal(what, told["exit_code"], tuple(told["errors"]), tree_of(root)))
        lay(root, before)

    told = {"exit_code": -1, "errors": ["no outcome"]}
    try:
        outcome = watched(root, work, seen)
        told = {"exit_code": outcome.exit_code, "errors": [p.code for p in outcome.problems if p.severity == ERROR]}
    except BaseException as raised:
        if os.getpid() == mine:
            raise
        told["errors"] = [repr(raised)]
    finally:
        if os.getpid() != mine:
            (results / "told").write_text(json.dumps(told), encoding="utf-8")
            os._exit(0)
        shutil.rmtree(results, ignore_errors=True)
    return found


# --- ends of processes ------------------------------------------------------------------------------------------------


def ended(root: Path, work: Callable[[Path], object], at: int) -> int:
    """A process of its own that ends without a word just before file operation number `at`; its exit code."""
    child = os.fork()
    if child == 0:
        left = [at]

        def seen(_: str, __: tuple) -> None:
            left[0] -= 1
            if left[0] < 0:
                os._exit(77)

        code = 1
        try:
            watched(root, work, seen)
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed(root: Path, work: Callable[[Path], object], pause: float, from_first_write: bool) -> int:
    """A process of its own, killed after `pause` seconds (counted from its first staged file if wanted); its exit code."""
    ready, tell = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ready)
        code = 1
        try:
            watched(root, work, lambda what, _: os.write(tell, b".") if what == "open 0000" else None)
            code = 0
        finally:
            os._exit(code)
    os.close(tell)
    if from_first_write:
        os.read(ready, 1)
    time.sleep(pause)
    os.kill(child, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.close(ready)
    return code


# --- what the next run makes of it ----------------------------------------------------------------------------------


class NextRun:
    """Runs the command again on what was left; the same remains are gone through once."""

    def __init__(self, world: World, root: Path) -> None:
        self.world, self.root = world, root
        self._known: dict[frozenset, dict[str, bytes]] = {}

    def after(self, left: Tree, whole: bool = False) -> dict[str, bytes]:
        """The visible files once the next run is done. The first thing it does is to recover: remains that recover
        to the same folder are told apart only if `whole`."""
        lay(self.root, left)
        if not whole:
            recover(Folder(self.root))
        key = _remembered(tree_of(self.root))
        if key not in self._known:
            self.world.work(self.root)
            self._known[key] = visible(tree_of(self.root))
        return self._known[key]

    @property
    def runs(self) -> int:
        return len(self._known)


def mixed_without_journal(world: World, left: Tree) -> bool:
    """Outputs of two batches without anything that says so."""
    files = {name: data for name, data in visible(left).items() if not name.endswith(".xlsx.tmp")}
    neither = files not in (visible(world.before), visible(world.after))
    return neither and f"{STATE}/journal.json" not in left


def strangers(world: World, left: Tree) -> list[str]:
    """Files that are neither as before nor as after: cut off, half written, or left over.

    Beside a text outside any year folder an unfinished 方案.xlsx.tmp may be left, which the next run replaces.
    """
    old, new = visible(world.before), visible(world.after)
    files = visible(left).items()
    return [name for name, data in files if data not in (old.get(name), new.get(name)) and not name.endswith(".xlsx.tmp")]


def lost(world: World, left: Tree) -> list[str]:
    """Files there before and after, and gone in between."""
    files = visible(left)
    return [name for name in visible(world.before) if name in visible(world.after) and name not in files]


# --- the worlds -------------------------------------------------------------------------------------------------------


def worlds(place: Path, whole_demo: bool = True) -> dict[str, World]:
    """Every writing command on a small year, in the middle of which earlier outputs lie.

    Unless `whole_demo`, it is not said what the demonstration leaves: it takes as long as all others together.
    """
    found: dict[str, World] = {}
    root = place / "2021考评"
    source = place / "方案.xlsx"
    source.write_bytes(sy.scheme_book())

    def keep(name: str, work: Callable[[Path], commands.Outcome], at: Path = root) -> None:
        before = tree_of(at)
        outcome = work(at)
        found[name] = World(
            name, before, work, tree_of(at), frozenset(p.code for p in outcome.problems), outcome.exit_code
        )

    root.mkdir()
    keep("new", lambda at: commands.new(at, scheme=source))
    keep("templates", commands.templates)
    for path in root.glob("*模板.*"):
        path.unlink()
    commands.build(root)
    sy.send_in(root)
    late = root / "2回收" / f"{sy.SECTIONS[2]}.xlsx"
    entered = late.read_bytes()
    late.unlink()
    (root / "1下发/分科室/02-政治处.xlsx").write_bytes((root / "2回收/政治处.xlsx").read_bytes())
    document, _ = read_document((root / "方案.xlsx").read_bytes(), "方案.xlsx")
    document["基本信息"][3].values["内容"] = "某区司法局"
    (root / "方案.xlsx").write_bytes(write_book(document))
    keep("build", commands.build)
    commands.collect(root)
    commands.review(root)
    sy.fill_reviews(root)
    commands.summarize(root)
    late.write_bytes(entered)
    keep("collect", commands.collect)
    keep("review", commands.review)
    shutil.rmtree(root / "3核定")
    commands.review(root)
    sy.fill_reviews(root)
    sy.type_in_ballots(root)
    commands.summarize(root)
    sy.decide(root, "送审")
    commands.summarize(root)
    sy.decide(root, "审定")
    keep("summarize", commands.summarize)
    keep("archive", commands.archive)
    bundle = _bundle(place, root)
    (root / "方案.yaml").write_text(write_text(document).replace("某区司法局", "某市司法局"), encoding="utf-8")
    keep("load", lambda at: commands.load(at / "方案.yaml", force=True))
    beside = place / "文本"
    beside.mkdir()
    shutil.copy(root / "方案.yaml", beside)
    keep("load beside", lambda at: commands.load(at / "方案.yaml"), beside)
    shown = place / "演示"
    shown.mkdir()
    if whole_demo:
        keep("demo", lambda at: _demo(at, bundle), shown)
    else:
        found["demo"] = World("demo", {}, lambda at: _demo(at, bundle), {}, frozenset(), 0)
    return found


def _bundle(place: Path, root: Path) -> dict[str, Path]:
    """The approved small year as what comes with the program."""
    there = place / "自带"
    shutil.copytree(root, there, ignore=lambda *_: {STATE, "1下发", "4汇总", "5归档"})
    for path in (there / "测评").glob("测评票*"):
        path.unlink()
    return {resources.DEMO: there, resources.SCHEME_2021: root / "方案.xlsx"}


def _demo(at: Path, bundle: dict[str, Path]) -> commands.Outcome:
    real = resources.path
    year_module.resources.path = lambda name: bundle.get(name) or real(name)
    try:
        return commands.demo(at)
    finally:
        year_module.resources.path = real


# --- numbers for docs/可靠性.md -----------------------------------------------------------------------------------------

#: What was counted when the page was made; test_lost_power holds each figure to what it meets itself.
COUNTED = Path(__file__).resolve().parent / "data" / "lost_power.json"
COMMANDS = ("new", "templates", "build", "collect", "review", "summarize", "archive", "load", "load beside")
#: Of how many different remainders the command is run again; from the others it is only recovered. Of cheap commands all.
RUN_AGAIN = {"new": 5, "templates": 5, "load": 5, "load beside": 5, "collect": 2}
KILLS = 6
#: Commands each of whose file operations is refused, and how: (error, whether everything after it is refused too).
REFUSED = ("new", "load", "load beside")
REFUSALS = {
    "磁盘满，不再好": (errno.ENOSPC, True),
    "磁盘满，一次": (errno.ENOSPC, False),
    "只读，不再好": (errno.EROFS, True),
    "文件被占用，一次": (errno.EACCES, False),
}


def counted() -> dict:
    """{"stopped": command → [stops, of which with a torn file], "refused": command → how → operations refused}."""
    return json.loads(COUNTED.read_text(encoding="utf-8"))


def of_stops(remains: list[tuple[str, Tree]]) -> list[int]:
    """The figures of `stops`."""
    return [len(remains), sum(what.startswith(("torn ", "empty ")) for what, _ in remains)]


def count() -> dict:
    """What `counted` gives, counted anew."""
    found: dict = {"stopped": {}, "refused": {}}
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as apart:
        made, root = worlds(Path(name), whole_demo=False), Path(apart) / "2021考评"
        for command in COMMANDS:
            lay(root, made[command].before)
            found["stopped"][command] = of_stops(stops(root, made[command].work))
        for command in REFUSED:
            row = found["refused"][command] = {}
            for how, (error, lasting) in REFUSALS.items():
                lay(root, made[command].before)
                row[how] = len(refusals(root, made[command].work, error, lasting))
    return found


def seeds(default: int, variable: str = "KAOPING_LONG") -> Iterator[random.Random]:
    """Random sources with known seeds: a few, or as many as the environment asks for."""
    for number in range(int(os.environ.get(variable, 0)) or default):
        yield random.Random(number)
