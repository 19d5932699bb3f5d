"""samples/问题故事: every mistake of the story is found, at its cell, and nothing else; no problem code is idle."""

import re
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest
import story

from workbook_builder import pipeline, reading
from workbook_builder import returns as nouns
from workbook_builder.folder import Folder
from workbook_builder.problems import CATALOGUE, ERROR, answers, files, returns

EXPECTED = (story.STORY / "expected.txt").read_text(encoding="utf-8")
PARTS = story.told()["收集"]
OUTCOMES = (
    nouns.ADOPTED,
    nouns.IDENTICAL,
    nouns.REPLACED,
    nouns.CONFLICT,
    nouns.ATTACHMENT,
    nouns.IGNORED,
    nouns.REFUSED,
    nouns.UNTOUCHED,
    nouns.ARCHIVE,
)
#: Codes that no file in 2回收 can bring about here; each is held by the test named.
ELSEWHERE = {
    "FILE_IS_ARCHIVE": "test_intake_hostile: collect opens archives before reading workbooks",
    "FILE_IS_DOCUMENT": "test_intake_hostile: collect registers documents as attachments",
    "FORMULAS_GONE": "test_attack: only a program that drops every formula does this",
    "FILE_NOT_ARCHIVE": "test_intake_archive: collect unpacks only what is a zip",
    "TOO_MANY_CELLS": "test_intake_hostile: takes half a million cells",
    "TOO_MANY_STRINGS": "test_intake_hostile: takes a fifth of a million texts",
    "READER_CRASHED": "test_intake_programs: the .xls child is killed there",
    "READER_TIMEOUT": "test_intake_programs: as above",
    "READER_OUT_OF_MEMORY": "test_intake_programs: as above",
    "FORMULAS_UNSEEN": "test_demo_samples: needs a true .xls, as LibreOffice saves it",
    "COMMENTS_UNREAD": "test_any_hand: no form of ours has comments",
    "FILE_NAMED_OTHERWISE": "test_any_hand: no file of the story is named for another section",
    "ASTRAY_BESIDE": "test_any_hand: nobody in the story writes beside the table",
    "PRINT_CHANGED": "test_any_hand: nobody in the story unlocks the sheet for that",
    "ANSWER_STRUCK": "test_any_hand: nobody in the story strikes a cell out",
    "TEXT_MAY_BE_CUT": "test_any_hand: needs a true .xls",
    "ARCHIVE_EMPTY": "test_hostile_folder",
    "SHEET_TWICE": "test_hostile_folder",
    "XML_TOO_DEEP": "test_hostile_folder: takes a part of 2 MB",
    "TOO_MANY_STYLES": "test_hostile_folder: takes a hundred thousand styles",
    "CELL_TEXT_TOO_LONG": "test_hostile_folder: takes a text of 100,000 characters",
    "READER_FAILED": "test_a_file_that_kills_its_reader, below",
}


@pytest.fixture(scope="module")
def rounds(tmp_path_factory):
    """What each 收集 of the story finds."""
    return [story.collect_round(part, tmp_path_factory.mktemp(f"{n}")) for n, part in enumerate(PARTS)]


@pytest.mark.parametrize("number", range(len(PARTS)), ids=[part["名称"] for part in PARTS])
def test_exactly_what_is_expected(rounds, number):
    blocks = EXPECTED.split("== ")[1:]
    assert len(blocks) == len(PARTS) == 5
    found = "\n".join(story.report(PARTS[number], rounds[number]))
    assert found.removeprefix("== ").strip() == blocks[number].strip()


def test_story_is_long_enough(rounds):
    """At least 30 kinds of mistakes, and a file of the story for each outcome a file can have."""
    found = {p.code for collected in rounds for p in collected.problems}
    assert len([code for code in found if CATALOGUE[code].severity == ERROR]) >= 30
    outcomes = {receipt.outcome for collected in rounds for receipt in collected.received}
    assert outcomes == set(OUTCOMES)


def test_no_code_is_idle(rounds):
    found = {p.code for collected in rounds for p in collected.problems}
    known = {*returns.ENTRIES, *answers.ENTRIES, *files.ENTRIES}
    assert known - found == set(ELSEWHERE)
    assert not found & set(ELSEWHERE)
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    for code, where in ELSEWHERE.items():
        assert len(re.findall(code, tests)) > 1, (code, where)


def test_messages_are_whole(rounds):
    """Every text is Chinese, without a placeholder left over or a bare Python value."""
    for collected in rounds:
        for p in collected.problems:
            assert p.message
            assert p.fix
            assert not re.search(r"[{}]|None|Decimal|\bTrue\b", p.message + p.fix), p


def test_same_story_same_files(tmp_path):
    for name in ("a", "b"):
        story.write_round(PARTS[1], tmp_path / name)
    made = [sorted((tmp_path / name).rglob("*.*")) for name in ("a", "b")]
    assert len(made[0]) == 20
    assert [path.read_bytes() for path in made[0]] == [path.read_bytes() for path in made[1]]


# --- beside the story ------------------------------------------------------------------------------------------------


def test_a_replaced_return_leaves_no_errors_behind(rounds):
    """The mistakes of a sheet that came back corrected are settled: they must not keep the run at exit code 1."""
    parent = next(p for p in PARTS[3]["文件"] if p["名称"] == "复议应诉科.xlsx")
    assert parent["填"]["业务/复议应诉科/3/1"] == "一二件"
    codes = [p.code for p in rounds[3].problems if p.where.file == "2回收/复议应诉科.xlsx"]
    assert codes == ["REPLACED_BY_ROUND"]


def test_members_of_archives_are_named_with_their_archive(rounds):
    names = {receipt.file for receipt in rounds[3].received}
    assert {"2回收/律公科.zip", "2回收/律公科.zip/律公科考评表.xlsx"} <= names
    assert all(name.startswith("2回收/") for name in names)


def test_a_file_that_kills_its_reader(monkeypatch, tmp_path):
    """It costs that file alone; the others are read."""

    class Pool:
        def __init__(self, *_, **__):
            reading._start_worker(story.rulebook().scheme, {})

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        def map(self, *_, **__):
            raise BrokenProcessPool
            yield

        def submit(self, task, job):
            if "坏" in job[0]:
                raise BrokenProcessPool
            return type("Done", (), {"result": staticmethod(lambda: task(job))})

    monkeypatch.setattr(reading, "_POOL_FROM", 1)
    monkeypatch.setattr(reading, "ProcessPoolExecutor", Pool)
    good = {"名称": "好.xlsx", "科室": "律公科"}
    story.write_round({"文件": [good, {"名称": "坏.xlsx", "同": "好.xlsx"}]}, tmp_path)
    collected = pipeline.collect(Folder(tmp_path), story.rulebook().scheme)
    assert [p.where.file for p in collected.problems if p.code == "READER_FAILED"] == ["2回收/坏.xlsx"]
    assert "律公科" in collected.adopted.returns
