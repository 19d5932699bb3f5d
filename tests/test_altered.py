"""Somebody has altered 汇总表.xlsx: the next summarize names cell, was and is, counts nothing of it and loses nothing."""

import hashlib
import io
import shutil

import openpyxl
import pytest
import small_year as sy

from workbook_builder import commands
from workbook_builder.commands import tally
from workbook_builder.commands.altering import MOST_NAMED, altered, batch_of
from workbook_builder.folder import Folder
from workbook_builder.intake import read_book

FIRST, TRIAL = "汇总", "试算"


@pytest.fixture(scope="module", autouse=True)
def quickly():
    """What other readings of the policies would do takes longest and has nothing to do with it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tally, "_other_readings", lambda *_: ())
        yield


@pytest.fixture(scope="module")
def year(quickly, tmp_path_factory):
    """Three sections after review, 汇总表 written."""
    root = tmp_path_factory.mktemp("altered") / "2021"
    scheme = root.parent / "方案.xlsx"
    scheme.write_bytes(sy.scheme_book())
    assert commands.new(root, scheme=scheme).exit_code == 0
    commands.build(root)
    sy.send_in(root)
    commands.review(root)
    sy.fill_reviews(root)
    assert not _told(commands.summarize(root))
    return root


@pytest.fixture
def folder(year, tmp_path):
    shutil.copytree(year, tmp_path / "2021")
    return Folder(tmp_path / "2021")


def _told(outcome):
    """(code, sheet, cell, value) of everything said about 汇总表."""
    found = [p for p in outcome.problems if p.code.startswith("SUMMARY_")]
    assert all(p.where.file == "4汇总/汇总表.xlsx" for p in found)
    return [(p.code, p.where.sheet, p.where.cell, p.value) for p in found]


def alter(folder, cells):
    """Overwrite cells {sheet: {A1: value}} and save, as somebody does after unlocking the sheet."""
    book = openpyxl.load_workbook(folder.summary_book)
    for sheet, values in cells.items():
        for ref, value in values.items():
            book[sheet][ref] = value
    book.save(folder.summary_book)
    return folder.summary_book.read_bytes()


def kept(folder, data):
    path = folder.kept_summary(hashlib.sha256(data).hexdigest()[:8])
    return path.is_file() and path.read_bytes() == data


def cell_of(folder, head, row=0):
    """The cell of the first table of 汇总 under a head."""
    ws = openpyxl.load_workbook(folder.summary_book)[FIRST]
    line = next(r for r in range(1, 20) if ws.cell(r, 1).value == "名次")
    column = next(c.column_letter for c in ws[line] if str(c.value).split("\n")[0] == head)
    return f"{column}{line + 1 + row}"


def test_nothing_was_altered(folder):
    new = folder.summary_book.read_bytes()
    assert _told(commands.summarize(folder.root)) == [] and folder.summary_book.read_bytes() == new


def test_an_altered_figure_is_named_and_the_file_kept(folder):
    new = folder.summary_book.read_bytes()
    part, total = cell_of(folder, "业务工作"), cell_of(folder, "总分", 1)
    was = openpyxl.load_workbook(folder.summary_book, data_only=True)[FIRST]
    shown = {ref: was[ref].value for ref in (part, total)}
    old = alter(folder, {FIRST: {part: 12.5, total: 99}})
    outcome = commands.summarize(folder.root)
    assert sorted(_told(outcome)) == sorted(
        [("SUMMARY_ALTERED", FIRST, part, "12.5"), ("SUMMARY_ALTERED", FIRST, total, "99")]
    )
    text = next(p.message for p in outcome.problems if p.where.cell == part)
    assert f"原为“{shown[part]:g}”，被改为“12.5”" in text and "以系统结果为准" in text
    assert kept(folder, old) and folder.summary_book.read_bytes() == new
    assert _told(commands.summarize(folder.root)) == []


def test_a_trial_is_kept_and_not_called_an_alteration(folder):
    ws = openpyxl.load_workbook(folder.summary_book)[TRIAL]
    head = next(row for row in ws.iter_rows() if row[0].value == "科室")
    place = next(c for c in head if c.value == "±")
    old = alter(folder, {TRIAL: {f"{place.column_letter}{place.row + 1}": 0.5}})
    assert _told(commands.summarize(folder.root)) == [("SUMMARY_TRIAL_KEPT", TRIAL, "", "1")]
    assert kept(folder, old)


def test_saved_by_an_office_program_is_not_altered(folder, office):
    saved = office.convert(folder.summary_book, "xlsx", folder.root.parent / "saved", hard=True)
    shutil.copyfile(saved, folder.summary_book)
    assert _told(commands.summarize(folder.root)) == []
    assert not folder.kept_summary("x").parent.exists()


def test_altered_in_libreoffice_only_what_was_typed_is_named(folder, office):
    """Totals, ranks and 核验 follow the altered part; only the part itself was typed."""
    part = cell_of(folder, "队伍建设", 2)
    saved = folder.root.parent / "saved.xlsx"
    office.fill_and_save(folder.summary_book, {FIRST: {part: 1.0}}, "xlsx", saved)
    shutil.copyfile(saved, folder.summary_book)
    assert _told(commands.summarize(folder.root)) == [("SUMMARY_ALTERED", FIRST, part, "1")]


def test_text_and_other_sheets_too(folder):
    name = sy.SECTIONS[1]
    ws = openpyxl.load_workbook(folder.summary_book)[name]
    place = next(c.coordinate for row in ws.iter_rows(min_row=6) for c in row if isinstance(c.value, int | float))
    alter(folder, {FIRST: {cell_of(folder, "等次"): "良好"}, name: {place: 77}})
    assert sorted(_told(commands.summarize(folder.root))) == sorted(
        [("SUMMARY_ALTERED", FIRST, cell_of(folder, "等次"), "良好"), ("SUMMARY_ALTERED", name, place, "77")]
    )


def test_a_sheet_is_gone(folder):
    book = openpyxl.load_workbook(folder.summary_book)
    del book["口径说明"]
    book.save(folder.summary_book)
    assert ("SUMMARY_ALTERED", "口径说明", "", "工作表已删除或改名") in _told(commands.summarize(folder.root))


def test_not_a_workbook_any_more(folder):
    folder.summary_book.write_bytes(b"not a workbook")
    assert _told(commands.summarize(folder.root)) == [("SUMMARY_ILLEGIBLE", "", "", "")]
    assert kept(folder, b"not a workbook")


def test_without_the_memory_the_same_inputs_still_tell(folder):
    shutil.rmtree(folder.state)
    part = cell_of(folder, "业务工作")
    alter(folder, {FIRST: {part: 1}})
    assert _told(commands.summarize(folder.root)) == [("SUMMARY_ALTERED", FIRST, part, "1")]


def test_new_inputs_are_no_alteration(folder):
    """Another batch differs everywhere: only what somebody changed in the old file is told."""
    part = cell_of(folder, "特色工作")
    alter(folder, {FIRST: {part: 9}})
    sy.type_in_ballots(folder.root)
    assert _told(commands.summarize(folder.root)) == [("SUMMARY_ALTERED", FIRST, part, "9")]


def test_many_alterations_are_counted(folder):
    ws = openpyxl.load_workbook(folder.summary_book)["口径说明"]
    cells = [c.coordinate for row in ws.iter_rows() for c in row if isinstance(c.value, str)][: MOST_NAMED + 7]
    alter(folder, {"口径说明": dict.fromkeys(cells, "改")})
    told = _told(commands.summarize(folder.root))
    assert len(told) == MOST_NAMED + 1 and ("SUMMARY_ALTERED_MORE", "", "", str(len(cells) - MOST_NAMED)) in told


def test_a_formula_overwritten_by_its_own_value_is_no_alteration(folder):
    data = folder.summary_book.read_bytes()
    made = read_book(data, "汇总表.xlsx")[0]
    total = cell_of(folder, "总分")
    value = openpyxl.load_workbook(io.BytesIO(data), data_only=True)[FIRST][total].value
    now = alter(folder, {FIRST: {total: value}})
    assert [one for one in altered(made, read_book(now, "汇总表.xlsx")[0]) if one.cell == total] == []
    assert len(batch_of(made)) == 12
