"""The same inputs and scheme give the same bytes: on any day, in any zone, locale, hash seed and umask, in any order.

The whole demonstration runs in processes of its own in which everything around it is different, twice, each time by other
values: issued workbooks, returned ones, problems, summary and result are those that the tests' own process has made. What
differs is then looked for in one circumstance at a time. Only the log in .kaoping may tell the runs apart.
"""

import hashlib
import inspect
import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from appraisals import ROOT


def found_in(root, outcome):
    """Every file and every problem, as JSON."""
    paths = sorted(path for path in Path(root).rglob("*") if path.is_file() and ".kaoping" not in path.parts)
    files = {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    return {"files": files, "problems": [problem.to_json() for problem in outcome.problems]}


RUN = f"""
import hashlib, json, os, sys
from pathlib import Path
from workbook_builder import commands

{inspect.getsource(found_in)}

os.umask(int(sys.argv[3], 8))
outcome = getattr(commands, sys.argv[1])(sys.argv[2])
print(json.dumps(found_in(sys.argv[2], outcome), ensure_ascii=False))
"""
USUAL = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}
UMASK, DAY = "umask", "day"
#: Two worlds in which every circumstance is another one.
CIRCUMSTANCES = (
    {"PYTHONHASHSEED": "4242", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", UMASK: "077", DAY: "2031-02-03 23:59:58"},
    {"PYTHONHASHSEED": "random", "TZ": "Asia/Shanghai", "LC_ALL": "POSIX", "LANG": "zh_CN.GB18030", UMASK: "007", DAY: "2020-02-29 00:00:01"},
)


def run(command, folder, circumstances=()):
    """Run one command in its own process; {"files", "problems"}."""
    around = dict(circumstances)
    umask, day = around.pop(UMASK, "022"), around.pop(DAY, "")
    env = {**os.environ, **USUAL, **around, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    line = [sys.executable, "-c", RUN, command, str(folder), umask]
    if day:
        line = [shutil.which("faketime"), day, *line]
    done = subprocess.run(line, env=env, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def usual(demonstration):
    """The demonstration as the tests' own process has made it: its folder and what came of it."""
    folder, outcome = demonstration
    return folder, json.loads(json.dumps(found_in(folder, outcome)))


def test_the_demonstration_makes_what_is_compared_here(usual):
    """Issued, returned, summarized; otherwise nothing would differ from nothing."""
    folder, outcome = usual
    files = set(outcome["files"])
    assert {"1下发/考评表.xlsx", "4汇总/汇总表.xlsx", "4汇总/结果.json", "4汇总/问题清单.xlsx", "方案.xlsx"} <= files
    assert sum(name.startswith("1下发/分科室/") for name in files) == 10
    assert sum(name.startswith("2回收/") for name in files) > 10
    assert outcome["problems"]
    assert (folder / "4汇总").is_dir()


@pytest.mark.parametrize("number", range(len(CIRCUMSTANCES)))
def test_circumstances_do_not_show(usual, tmp_path, number):
    """Every file and every problem is the same to the byte."""
    around = dict(CIRCUMSTANCES[number])
    if shutil.which("faketime") is None:
        assert os.environ.get("KAOPING_REQUIRE_OFFICE") != "1", "faketime is not installed"
        del around[DAY]
    _, expected = usual
    found = run("demo", tmp_path / "演示", around)
    if found != expected:
        shows = [one for one, value in around.items() if run("demo", tmp_path / one, {one: value}) != expected]
        other = {name for name in {*found["files"], *expected["files"]} if found["files"].get(name) != expected["files"].get(name)}
        pytest.fail(f"{shows} can be seen in {sorted(other)}, problems {found['problems'] == expected['problems']}")


def copied(source, target, order):
    """The inputs of a year copied file by file in `order`, every file with another date; no outputs, no history."""
    kept = [p for p in source.rglob("*") if p.is_file() and not {".kaoping", "4汇总"} & set(p.relative_to(source).parts)]
    for number, path in enumerate(order(sorted(kept))):
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
        os.utime(place, (1_500_000_000 - number, 1_600_000_000 - 86_400 * number))
    return target


def shuffled(paths):
    """Always the same other order."""
    return random.Random(7).sample(paths, len(paths))


def test_neither_order_nor_dates_nor_place_of_the_files_show(usual, tmp_path):
    """The inputs arrive in another order, with other dates, in a folder of another name."""
    folder, _ = usual
    first = run("summarize", copied(folder, tmp_path / "甲", list))
    second = run("summarize", copied(folder, tmp_path / "另一处" / "乙", shuffled))
    summary = [name for name in first["files"] if name.startswith("4汇总/")]
    assert len(summary) >= 3
    assert {name: second["files"][name] for name in summary} == {name: first["files"][name] for name in summary}
    assert first["problems"] == second["problems"]


def test_a_second_run_changes_nothing(usual, tmp_path):
    """Summarizing again gives the same files again."""
    folder = copied(usual[0], tmp_path / "演示", list)
    first = run("summarize", folder)
    assert run("summarize", folder, CIRCUMSTANCES[1])["files"] == first["files"]


def test_different_inputs_do_show(usual, tmp_path):
    """The comparison can fail: one return less is another result."""
    folder = copied(usual[0], tmp_path / "演示", list)
    first = run("summarize", folder)
    next(Path(folder / "2回收").glob("公服科考评表.xlsx")).unlink()
    second = run("summarize", folder)
    assert first["files"]["4汇总/结果.json"] != second["files"]["4汇总/结果.json"]
    assert first["files"]["4汇总/汇总表.xlsx"] != second["files"]["4汇总/汇总表.xlsx"]
