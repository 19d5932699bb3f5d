"""No command ever overwrites what a person has entered: every workbook filled in place, every command run again."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import openpyxl
import pytest
from appraisals import ROOT
from openpyxl.cell.cell import MergedCell
from openpyxl.utils.cell import range_boundaries

from workbook_builder import commands
from workbook_builder.folder import Folder
from workbook_builder.intake import read_book

COMMANDS = (commands.build, commands.collect, commands.review, commands.summarize, commands.review, commands.build)
RETURNS = ("办公室考评表.xlsx", "公服科考评表.xlsx")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A working folder in the middle of the year, two sections returned."""
    root = tmp_path_factory.mktemp("年度") / "2021考评"
    assert commands.new(root).exit_code == 0
    assert commands.build(root).exit_code == 0
    for name in RETURNS:
        shutil.copy(ROOT / "samples" / "demo" / "2回收" / name, root / "2回收" / name)
    assert commands.summarize(root).outputs and commands.review(root).outputs
    return Folder(root)


def person_filled(folder: Folder) -> list[Path]:
    """Every workbook that people fill in, wherever it lies."""
    places = [folder.root, folder.issued, folder.issued_sections, folder.review, folder.ballots]
    return [path for place in places for path in sorted(place.glob("*.xlsx")) if path.name not in ("方案.xlsx", "口径确认表.xlsx")]


def free_cells(sheet) -> list:
    """Cells a person may enter something in: unlocked inputs, or the rows below the heading of a register."""
    if sheet.protection.sheet:
        cells = (cell for row in sheet.iter_rows() for cell in row if not isinstance(cell, MergedCell))
        return [cell for cell in cells if not cell.protection.locked and cell.value is None]
    table = next(iter(sheet.tables.values()), None)
    if table is None:
        return []
    left, top, right, _ = range_boundaries(table.ref)
    row = next(row for row in range(top + 1, top + 400) if all(cell.value is None for cell in sheet[row]))
    return [sheet.cell(row, col) for col in range(left, right + 1)]


def fill(path: Path) -> dict[str, str]:
    """Write a text of its own into every free cell, as Excel would save it; sheet!cell → text."""
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    written = {}
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        for cell in free_cells(sheet)[:120]:
            cell.value = text = f"留{len(written)}在{path.stem}"
            written[f"{sheet.title}!{cell.coordinate}"] = text
    book.save(path)
    return written


def texts(folder: Folder) -> set[str]:
    """Every text in every workbook of the folder that people fill in."""
    found = set()
    for path in person_filled(folder):
        book, _ = read_book(path.read_bytes(), path.name)
        found |= {str(cell.value) for sheet in book.sheets for cell in sheet.cells.values() if isinstance(cell.value, str)}
    return found


def test_whatever_is_entered_is_found_after_every_command(folder, tmp_path):
    root = tmp_path / "2021考评"
    shutil.copytree(folder.root, root)
    mine = Folder(root)
    entered = {path: fill(path) for path in person_filled(mine)}
    assert len(entered) >= 20 and all(entered.values()), [path.name for path, written in entered.items() if not written]
    wanted = {text for written in entered.values() for text in written.values()}
    for command in COMMANDS:
        command(root)
        present = "\n".join(texts(mine))
        lost = sorted(text for text in wanted if text not in present)
        assert not lost, (command.__name__, lost[:5])


def test_a_saved_but_unchanged_book_is_no_obstacle(folder, tmp_path):
    """Somebody opened the review workbook and saved it without an entry: the next run may renew it."""
    root = tmp_path / "2021考评"
    shutil.copytree(folder.root, root)
    book = Folder(root).review / "核定表-政治处.xlsx"
    opened = openpyxl.load_workbook(io.BytesIO(book.read_bytes()))
    opened.save(book)
    outcome = commands.review(root)
    assert "REVIEW_BOOK_KEPT" not in {p.code for p in outcome.problems}
