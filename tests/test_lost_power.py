"""Lost power at any moment, a full disk, a folder that refuses, a file open elsewhere, two runs at once.

The same command run again ends as if nothing had happened, and nothing that a person entered is ever lost.
KAOPING_LONG=N makes every remainder run again (not a few of each command), every command meet every refusal, and N kills.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
import reliability_power as power
import small_year as sy
from openpyxl import load_workbook

from workbook_builder import commands
from workbook_builder.cli.app import main
from workbook_builder.commands.altering import batch_of
from workbook_builder.folder import Folder, disk, recover, run_lock
from workbook_builder.intake import read_book
from workbook_builder.problems import ERROR

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are stopped by fork and signals")
REPOSITORY = Path(__file__).resolve().parent.parent
LONG = bool(os.environ.get("KAOPING_LONG"))
NAMES = (*power.COMMANDS, "demo") if LONG else power.COMMANDS
REMAKE = "run scripts/make_reliability.py"
PERSONS = ("2回收/", "1下发/分科室/02-政治处.xlsx", "台账.xlsx", "市局反馈.xlsx", "测评/测评录入表.xlsx")
REFUSED = {errno.ENOSPC: {"DISK_FULL"}, errno.EROFS: {"FOLDER_READONLY"}, errno.EACCES: {"FOLDER_READONLY", "OUTPUT_IN_USE"}}
OF_FOLDERS = {"DISK_FULL", "FOLDER_READONLY", "OUTPUT_IN_USE", "OUTPUT_FAILED", "OUTPUT_READONLY", "UNREADABLE"}


@pytest.fixture(scope="module")
def worlds(tmp_path_factory):
    return power.worlds(tmp_path_factory.mktemp("worlds"), whole_demo=LONG)


@pytest.fixture
def root(tmp_path):
    return tmp_path / "2021考评"


def codes(outcome):
    return {p.code for p in outcome.problems}


def test_every_writing_command_is_here(worlds):
    assert {*NAMES, "demo"} == set(worlds)
    for name in NAMES:
        assert power.visible(worlds[name].before) != power.visible(worlds[name].after), name


# --- stopped at every file operation ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_stopped_anywhere_the_next_run_just_works(worlds, root, name):
    world = worlds[name]
    power.lay(root, world.before)
    remains = power.stops(root, world.work)
    assert power.visible(power.tree_of(root)) == power.visible(world.after)
    assert len(remains) >= 5
    if name != "demo":  # several publications one after another
        assert power.of_stops(remains) == power.counted()["stopped"][name], REMAKE
        for what, left in remains:
            assert (what, power.strangers(world, left), power.lost(world, left)) == (what, [], [])
            assert not power.mixed_without_journal(world, left), what
            assert_kept(world, left)
    again = power.NextRun(world, root)
    most = 10**6 if LONG else power.RUN_AGAIN.get(name, 1)
    # From both ends: the last remainders are those of the new outputs, the first those of the old.
    order = [place for pair in zip(range(len(remains)), reversed(range(len(remains))), strict=True) for place in pair]
    order = order[: len(remains)] if name != "demo" else order[len(remains) // 2 :]
    for place in order:
        what, left = remains[place]
        if again.runs < most:
            assert again.after(left) == power.visible(world.after), what
        elif name != "demo":
            power.lay(root, left)
            recover(Folder(root))
            found = power.visible(power.tree_of(root))
            assert found in (power.visible(world.before), power.visible(world.after)), what
    assert again.runs >= power.RUN_AGAIN.get(name, 1)


def assert_kept(world, left):
    """What people have entered lies there unchanged."""
    mine = {name: data for name, data in power.visible(world.before).items() if name.startswith(PERSONS)}
    files = power.visible(left)
    if world.name != "new":
        assert {name: files.get(name) for name in mine} == mine


def test_a_process_that_ends_leaves_what_the_stops_say(worlds, root):
    """The stops above are taken in a running process; a real one that ends at the same place leaves the same."""
    world = worlds["collect"]
    power.lay(root, world.before)
    remains = power.stops(root, world.work)
    places = range(0, 30, 3 if LONG else 13)
    for place in places:
        power.lay(root, world.before)
        assert power.ended(root, world.work, place) == 77
        assert power.visible(power.tree_of(root)) == power.visible(remains[place][1])
        assert power.tree_of(root).keys() == remains[place][1].keys()
    assert power.ended(root, world.work, 10**6) == 0


@pytest.mark.parametrize("seed", range(int(os.environ.get("KAOPING_LONG") or power.KILLS)))
def test_killed_at_a_random_moment(worlds, root, seed):
    source = next(random for number, random in enumerate(power.seeds(seed + 1)) if number == seed)
    world = worlds[source.choice(("build", "collect", "review", "summarize", "archive"))]
    publishing = source.random() < 0.7
    pause = source.uniform(0, 0.15 if publishing else 1.5)
    print(f"seed {seed}: {world.name} killed {pause:.3f} s after its {'first staged file' if publishing else 'start'}")
    power.lay(root, world.before)
    power.killed(root, world.work, pause, publishing)
    left = power.tree_of(root)
    assert (power.strangers(world, left), power.lost(world, left)) == ([], [])
    assert not power.mixed_without_journal(world, left)
    assert_kept(world, left)
    if world.name != "new":
        before = power.visible(left)
        assert commands.status(root).exit_code in (0, 1)
        assert power.visible(power.tree_of(root)) == before
    assert world.work(root).exit_code == world.exit_code
    assert power.visible(power.tree_of(root)) == power.visible(world.after)


def halfway(worlds, name, root):
    """A folder of which some outputs are old and some new."""
    world = worlds[name]
    power.lay(root, world.before)
    old, new = power.visible(world.before), power.visible(world.after)
    left = next(left for _, left in power.stops(root, world.work) if power.visible(left) not in (old, new))
    power.lay(root, left)
    return world, left


def test_in_between_status_says_so_and_changes_nothing(worlds, root):
    _, left = halfway(worlds, "summarize", root)
    outcome = commands.status(root)
    assert outcome.data["interrupted"] is True
    assert power.visible(power.tree_of(root)) == power.visible(left)
    commands.summarize(root)
    assert commands.status(root).data["interrupted"] is False


def test_in_between_the_batch_number_tells_old_from_new(worlds):
    world = worlds["summarize"]
    old, new = (batches(power.visible(tree)) for tree in (world.before, world.after))
    assert len(set(old.values())) == len(set(new.values())) == 1
    assert set(old.values()) != set(new.values())


def batches(files):
    """Output → the batch number in it."""
    book, _ = read_book(files["4汇总/汇总表.xlsx"], "汇总表.xlsx")
    found = {"汇总表": batch_of(book), "结果": json.loads(files["4汇总/结果.json"])["batch"]}
    if "4汇总/催办文字.txt" in files:
        found["催办"] = files["4汇总/催办文字.txt"].decode().split("批次号 ")[1].split("）")[0]
    return found


# --- what the next run may not take for granted ------------------------------------------------------------------------


def test_a_stop_before_the_summary_is_remembered_is_no_alteration(worlds, root):
    world = worlds["summarize"]
    power.lay(root, world.before)
    left = next(left for what, left in power.stops(root, world.work) if what == "open 汇总表.xlsx.tmp")
    assert power.visible(left) == power.visible(world.after)
    power.lay(root, left)
    assert not any(code.startswith("SUMMARY_") for code in codes(commands.summarize(root)))
    # The same, and the inputs have changed before the next run.
    power.lay(root, left)
    (root / "2回收" / "补充.txt").write_text("补充", encoding="utf-8")
    assert not any(code.startswith("SUMMARY_") for code in codes(commands.summarize(root)))
    assert not (root / "4汇总" / "留存").exists()


def test_what_is_altered_before_it_is_remembered_is_kept(worlds, root):
    """The copy is of an older batch, the inputs have changed: nobody can tell what was altered, so all of it is kept."""
    world = worlds["summarize"]
    power.lay(root, world.before)
    power.lay(root, next(left for what, left in power.stops(root, world.work) if what == "open 汇总表.xlsx.tmp"))
    path = root / "4汇总" / "汇总表.xlsx"
    book = load_workbook(path)
    book["汇总"]["A40"] = "某人的记录"
    book.save(path)
    mine = path.read_bytes()
    (root / "2回收" / "补充.txt").write_text("补充", encoding="utf-8")
    outcome = commands.summarize(root)
    assert [(p.code, p.where.file, p.where.cell) for p in outcome.problems if p.code.startswith("SUMMARY_")] == [
        ("SUMMARY_UNCOMPARED", "4汇总/汇总表.xlsx", "")
    ]
    assert [kept.read_bytes() for kept in (root / "4汇总" / "留存").iterdir()] == [mine]


def test_a_scheme_edited_after_an_interrupted_new_is_kept(worlds, root):
    world = worlds["new"]
    power.lay(root, world.before)
    left = next(left for what, left in reversed(power.stops(root, world.work)[:-1]) if what == "os.remove journal.json")
    power.lay(root, left)
    (root / "方案.xlsx").write_bytes(b"edited by hand")
    outcome = world.work(root)
    assert (outcome.exit_code, codes(outcome) - {"RUN_FINISHED"}) == (2, {"FOLDER_EXISTS"})
    assert (root / "方案.xlsx").read_bytes() == b"edited by hand"


def test_an_interrupted_archive_does_not_count_as_archived(worlds, root):
    world = worlds["archive"]
    power.lay(root, world.before)
    left = next(left for what, left in power.stops(root, world.work) if what == "open journal.json.tmp")
    power.lay(root, left)
    outcome = commands.status(root)
    assert (outcome.data["approved"], outcome.data["archived"]) == (True, False)
    assert "kaoping archive" in outcome.next_step
    world.work(root)
    assert commands.status(root).data["archived"] is True


def test_an_interrupted_demonstration_goes_on_but_keeps_what_somebody_saved(worlds, root):
    world = worlds["demo"]
    power.lay(root, world.before)
    remains = power.stops(root, world.work)
    left = next(left for what, left in remains if "2回收/政治处.xlsx" in left and "3核定/审定表.xlsx" not in left)
    power.lay(root, left)
    (root / "2回收" / "政治处.xlsx").write_bytes(b"edited by hand")
    outcome = world.work(root)
    assert "FOLDER_NOT_EMPTY" not in codes(outcome)
    assert (root / "2回收" / "政治处.xlsx").read_bytes() == b"edited by hand"
    assert "FOLDER_NOT_EMPTY" in codes(world.work(root))


# --- a full disk, a folder that refuses, a file in use ------------------------------------------------------------------


@pytest.mark.parametrize("how", power.REFUSALS)
@pytest.mark.parametrize("name", power.COMMANDS if LONG else power.REFUSED)
def test_refused_at_any_operation(worlds, root, name, how):
    """One clear line and exit code 1, or done all the same; then the next run ends as if nothing had happened."""
    world, (error, lasting) = worlds[name], power.REFUSALS[how]
    power.lay(root, world.before)
    found = power.refusals(root, world.work, error, lasting)
    assert len(found) > 1
    assert name not in power.REFUSED or len(found) == power.counted()["refused"][name][how], REMAKE
    again, told = power.NextRun(world, root), set()
    old, new = power.visible(world.before), power.visible(world.after)
    for one in found:
        files = {name: data for name, data in power.visible(one.tree).items() if not name.endswith(".xlsx.tmp")}
        said = [code for code in one.errors if code in OF_FOLDERS]
        told |= set(said)
        if files == new and not said:
            assert one.exit_code == world.exit_code, one.operation
        else:
            assert (one.exit_code, len(said)) == (1, 1), (one.operation, one.errors)
            assert set(said) <= REFUSED[error], one.operation
            assert files in (old, new) or "RUN_HALF" in one.errors, one.operation
        assert_kept(world, one.tree)
        assert power.strangers(world, one.tree) == []
        if again.runs < (10**6 if LONG else 3):
            assert again.after(one.tree) == new, one.operation
    assert told & REFUSED[error]


def in_child(work):
    """What `work` returns (JSON) in a process of its own."""
    ready, tell = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            # What the tests' own capture holds may be longer than a limit that `work` sets.
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            os.write(tell, json.dumps(work()).encode())
        finally:
            os._exit(0)
    os.close(tell)
    with open(ready, "rb") as file:
        found = file.read()
    os.waitpid(child, 0)
    return json.loads(found)


def spoken(arguments, capfd):
    """(exit code, lines) of the command line."""
    code = main([str(one) for one in arguments])
    return code, capfd.readouterr().out


def test_a_disk_that_takes_no_more_bytes(worlds, root):
    """The system itself refuses the bytes of a file, in the middle of it."""
    for name in ("new", "build"):
        world = worlds[name]
        power.lay(root, world.before)

        def limited(world=world):
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
            outcome = world.work(root)
            return [outcome.exit_code, [p.code for p in outcome.problems if p.severity == ERROR]]

        assert in_child(limited) == [1, ["DISK_FULL"]]
        assert power.visible(power.tree_of(root)) == power.visible(world.before)
        assert world.work(root).exit_code == world.exit_code
        assert power.visible(power.tree_of(root)) == power.visible(world.after)


@pytest.mark.skipif(not LONG or getattr(os, "geteuid", lambda: 1)() != 0, reason="mounts a small disk")
def test_a_small_disk(worlds, root):
    world = worlds["build"]
    for size in range(200, 1200, 100):
        root.mkdir(exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "none", root], check=True)
        try:
            with contextlib.suppress(OSError):
                power.lay(root, world.before)
                before = power.visible(power.tree_of(root))
                outcome = world.work(root)
                if outcome.exit_code:
                    assert [p.code for p in outcome.problems if p.severity == ERROR] == ["DISK_FULL"]
                    assert power.visible(power.tree_of(root)) == before
        finally:
            subprocess.run(["umount", root], check=True)


def test_it_is_one_line_of_chinese(worlds, root, monkeypatch, capfd):
    world = worlds["build"]
    power.lay(root, world.before)

    def full(path, data):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(disk, "write_synced", full)
    code, said = spoken(["build", root], capfd)
    assert code == 1
    assert said.count("磁盘空间不足，写不下新的输出") == 1
    assert "Traceback" not in said and "No space" not in said


@pytest.mark.parametrize("output", ["4汇总/汇总表.xlsx", "4汇总/问题清单.xlsx"])
def test_an_output_open_elsewhere_as_windows_says_it(worlds, root, monkeypatch, output):
    world = worlds["summarize"]
    power.lay(root, world.before)
    real = os.rename
    held = root / output

    def rename(source, target, **more):
        if Path(target) == held:
            raise PermissionError(errno.EACCES, "The process cannot access the file because it is being used by another process")
        return real(source, target, **more)

    monkeypatch.setattr(os, "rename", rename)
    outcome = commands.summarize(root)
    monkeypatch.undo()
    wrong = [(p.code, p.where.file) for p in outcome.problems if p.severity == ERROR]
    assert (outcome.exit_code, wrong, outcome.outputs) == (1, [("OUTPUT_IN_USE", output)], ())
    assert power.visible(power.tree_of(root)) == power.visible(world.before)
    commands.summarize(root)
    assert power.visible(power.tree_of(root)) == power.visible(world.after)


def test_the_mark_of_an_open_book_warns_and_stops_nothing(worlds, root):
    world = worlds["collect"]
    power.lay(root, world.before)
    mark = root / "4汇总" / "~$问题清单.xlsx"
    mark.write_bytes(b"owner")
    outcome = world.work(root)
    assert [(p.code, p.where.file) for p in outcome.problems if p.code == "OUTPUT_OPEN"] == [
        ("OUTPUT_OPEN", "4汇总/问题清单.xlsx")
    ]
    mark.unlink()
    assert power.visible(power.tree_of(root)) == power.visible(world.after)


# --- two at once ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["new", "templates", "build", "collect", "review", "summarize", "archive", "load"])
def test_the_second_of_two_runs_says_so(worlds, root, command, capfd):
    power.lay(root, worlds["load"].before)
    before = power.tree_of(root)
    arguments = {"load": ["load", root / "方案.yaml", "--force"]}.get(command, [command, root])
    with run_lock(Folder(root)) as lock:
        assert lock.held
        code, said = in_child(lambda: spoken(arguments, capfd))
    assert (code, said.count("另一个 kaoping 正在处理这个文件夹，本次没有运行")) == (1, 1)
    assert power.visible(power.tree_of(root)) == power.visible(before)


def test_two_real_processes(worlds, root):
    """The first stands still in the middle of its publication; the second is a program of its own."""
    world = worlds["collect"]
    power.lay(root, world.before)
    ready, tell = os.pipe()
    go, wait = os.pipe()
    first = os.fork()
    if first == 0:

        def pause(step):
            if step.startswith("rename:"):
                os.write(tell, b".")
                os.read(go, 1)

        disk.FAULT = pause
        os.close(wait)
        world.work(root)
        os._exit(0)
    os.close(go)
    os.read(ready, 1)
    between = power.visible(power.tree_of(root))
    line = [sys.executable, "-m", "workbook_builder", "summarize", str(root)]
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONIOENCODING": "utf-8"}
    second = subprocess.run(line, env=env, capture_output=True, encoding="utf-8", check=False)
    assert second.returncode == 1
    assert "另一个 kaoping 正在处理这个文件夹，本次没有运行" in second.stdout
    assert power.visible(power.tree_of(root)) == between
    os.close(wait)  # every further pause ends at once
    os.waitpid(first, 0)
    for end in (ready, tell):
        os.close(end)
    assert power.visible(power.tree_of(root)) == power.visible(world.after)


def test_the_small_year_is_a_year(worlds):
    """The worlds above reach the end of the year: otherwise nothing would be proved of letters and archive."""
    last = power.visible(worlds["archive"].after)
    assert "5归档/审定稿/校验清单.txt" in last and "4汇总/通报.docx" in last
    assert len([name for name in last if name.startswith("4汇总/反馈/")]) == len(sy.SECTIONS)
