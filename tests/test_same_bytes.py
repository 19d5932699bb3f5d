"""The same inputs and scheme give the same bytes: on any day, in any zone, locale, hash seed and umask, in any order.

The whole demonstration runs in a process of its own under each circumstance: issued workbooks, returned ones, problems,
summary and result. Only the log in .kaoping may tell the runs apart.
"""

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from appraisals import ROOT

RUN = """
import hashlib, json, os, sys
from pathlib import Path
from workbook_builder import commands

def hashes(root):
    paths = sorted(path for path in Path(root).rglob("*") if path.is_file() and ".kaoping" not in path.parts)
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}

os.umask(int(sys.argv[3], 8))
outcome = getattr(commands, sys.argv[1])(sys.argv[2])
told = [problem.to_json() for problem in outcome.problems]
print(json.dumps({"files": hashes(sys.argv[2]), "problems": told}, ensure_ascii=False))
"""
USUAL = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}
CIRCUMSTANCES = {
    "another hash seed": {"PYTHONHASHSEED": "4242"},
    "another time zone": {"TZ": "Pacific/Kiritimati"},
    "another locale": {"LC_ALL": "C"},
    "another umask": {},
    "another day": {},
    "everything else": {"PYTHONHASHSEED": "random", "TZ": "Asia/Shanghai", "LC_ALL": "POSIX", "LANG": "zh_CN.GB18030"},
}


def run(command, folder, circumstance="", faketime=""):
    """Run one command in its own process; {"files", "problems"}."""
    env = {**os.environ, **USUAL, **CIRCUMSTANCES.get(circumstance, {}), "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    umask = "077" if circumstance in ("another umask", "everything else") else "022"
    line = [sys.executable, "-c", RUN, command, str(folder), umask]
    if faketime:
        line = [shutil.which("faketime"), faketime, *line]
    done = subprocess.run(line, env=env, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    """The demonstration under ordinary circumstances: its folder and what came of it."""
    folder = tmp_path_factory.mktemp("usual") / "演示"
    return folder, run("demo", folder)


def test_the_demonstration_makes_what_is_compared_here(usual):
    """Issued, returned, summarized; otherwise nothing would differ from nothing."""
    folder, outcome = usual
    files = set(outcome["files"])
    assert {"1下发/考评表.xlsx", "4汇总/汇总表.xlsx", "4汇总/结果.json", "4汇总/问题清单.xlsx", "方案.xlsx"} <= files
    assert sum(name.startswith("1下发/分科室/") for name in files) == 10
    assert sum(name.startswith("2回收/") for name in files) > 10
    assert outcome["problems"]
    assert (folder / "4汇总").is_dir()


@pytest.mark.parametrize("circumstance", CIRCUMSTANCES)
def test_circumstances_do_not_show(usual, tmp_path, circumstance):
    """Every file and every problem is the same to the byte."""
    faketime = "2031-02-03 23:59:58" if circumstance in ("another day", "everything else") else ""
    if faketime and shutil.which("faketime") is None:
        faketime = ""
        if circumstance == "another day":
            (pytest.fail if os.environ.get("KAOPING_REQUIRE_OFFICE") == "1" else pytest.skip)("faketime is not installed")
    _, expected = usual
    found = run("demo", tmp_path / "演示", circumstance, faketime)
    assert found["files"] == expected["files"]
    assert found["problems"] == expected["problems"]


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
    assert run("summarize", folder, "everything else")["files"] == first["files"]


def test_different_inputs_do_show(usual, tmp_path):
    """The comparison can fail: one return less is another result."""
    folder = copied(usual[0], tmp_path / "演示", list)
    first = run("summarize", folder)
    next(Path(folder / "2回收").glob("公服科考评表.xlsx")).unlink()
    second = run("summarize", folder)
    assert first["files"]["4汇总/结果.json"] != second["files"]["4汇总/结果.json"]
    assert first["files"]["4汇总/汇总表.xlsx"] != second["files"]["4汇总/汇总表.xlsx"]
