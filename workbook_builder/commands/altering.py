"""Whether somebody has altered 汇总表.xlsx since this program wrote it, before a new one takes its place.

Comes in: the old file, what was written then, and the new one. Goes out: problems that name cell, was and is, and the old
file kept beside: a person's numbers and trials are never lost, and never counted. Only values are compared: an office
program that opens and saves the book changes nothing of what it says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from workbook_builder.commands.issued import saved_since
from workbook_builder.commands.placing import Placing
from workbook_builder.folder import remembered_summary
from workbook_builder.intake import a1, read_book
from workbook_builder.intake.model import NO_CELL, Book, Cell, Sheet
from workbook_builder.problems import Problem, Where, problem
from workbook_builder.summary.workbook import CHECK, TRIAL

#: Cells that are named one by one.
MOST_NAMED = 200
_TINY = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Altered:
    """A cell whose value is not what was written."""

    sheet: str
    cell: str
    was: str
    now: str


def keep_altered(placing: Placing, new: bytes) -> None:
    """Plan to keep the old 汇总表 if somebody has altered it, and say what was altered."""
    folder = placing.folder
    name = folder.relative(folder.summary_book)
    old = placing.read(name)
    written = remembered_summary(folder)
    if old is None or old in (written, new):
        return
    kept = folder.relative(folder.kept_summary(hashlib.sha256(old).hexdigest()[:8]))
    problems = _compared(old, written, new, name, kept)
    placing.problems += problems
    if problems:
        placing.outputs.add(kept, old)


def _compared(old: bytes, written: bytes | None, new: bytes, name: str, kept: str) -> list[Problem]:
    book = _book(old)
    if book is None:
        return [problem("SUMMARY_ILLEGIBLE", Where(name), kept=kept)]
    made = _comparable(book, written, new)
    problems = _unknown(old, new, name, kept) if made is None else _named(altered(made, book), name, kept)
    trials = _trials(book, made or _book(new))
    if trials:
        problems.append(problem("SUMMARY_TRIAL_KEPT", Where(name, TRIAL), str(trials), kept=kept))
    return problems


def _comparable(book: Book, written: bytes | None, new: bytes) -> Book | None:
    """What `book` was when it was written; None if nobody knows.

    The copy is older than the file where a run was cut off in between, and it is gone where somebody has deleted
    .kaoping: then the new book will do, if it is of the same inputs and has the same sheets.
    """
    made = _book(written) if written is not None else None
    if made is not None and batch_of(made) == batch_of(book):
        return made
    made = _book(new)
    same = [sheet.name for sheet in made.sheets] == [sheet.name for sheet in book.sheets]
    return made if same and batch_of(made) == batch_of(book) else None


def _unknown(old: bytes, new: bytes, name: str, kept: str) -> list[Problem]:
    """Nobody knows what was written: a file that an office program has saved may hold somebody's numbers."""
    return [problem("SUMMARY_UNCOMPARED", Where(name), kept=kept)] if saved_since(old, new) else []


def _named(found: list[Altered], name: str, kept: str) -> list[Problem]:
    problems = [
        problem("SUMMARY_ALTERED", Where(name, one.sheet, one.cell), one.now, was=one.was, kept=kept)
        for one in found[:MOST_NAMED]
    ]
    if len(found) > MOST_NAMED:
        problems.append(problem("SUMMARY_ALTERED_MORE", Where(name), str(len(found) - MOST_NAMED), kept=kept))
    return problems


def _book(data: bytes) -> Book | None:
    return read_book(data, "汇总表.xlsx")[0]


def batch_of(book: Book) -> str:
    """The 批次号 on the first sheet, "" if it is not there."""
    for cell in book.sheets[0].cells.values() if book.sheets else ():
        if isinstance(cell.value, str) and cell.value.startswith("批次号 "):
            return cell.value.split()[1]
    return ""


def altered(made: Book, book: Book) -> list[Altered]:
    """Cells of `book` whose value is not that of `made`, 试算 and 核验 left out.

    A formula follows what it is made from: it is named only if it was overwritten, or if nothing else was altered.
    """
    typed: list[Altered] = []
    followed: list[Altered] = []
    for sheet in made.sheets:
        if sheet.name in (TRIAL, CHECK):
            continue
        other = book.sheet(sheet.name)
        if other is None:
            typed.append(Altered(sheet.name, "", "有此工作表", "工作表已删除或改名"))
            continue
        for place, was, now in _differing(sheet, other):
            found = Altered(sheet.name, a1(*place), _shown(was), _shown(now))
            (followed if was.formula is not None and now.formula is not None else typed).append(found)
    return typed or followed


def _differing(sheet: Sheet, other: Sheet) -> Iterator[tuple[tuple[int, int], Cell, Cell]]:
    for place in sorted(sheet.cells.keys() | other.cells.keys()):
        was, now = sheet.cells.get(place, NO_CELL), other.cells.get(place, NO_CELL)
        # A program that does not calculate stores formulas without values: nothing is altered by that.
        unworked = now.formula is not None and now.value is None and was.formula is not None
        if not unworked and not _equal(was.value, now.value):
            yield place, was, now


def _equal(was: object, now: object) -> bool:
    if isinstance(was, Decimal) and isinstance(now, Decimal):
        return abs(was - now) < _TINY
    return (was or "") == (now or "") if isinstance(was, str | None) and isinstance(now, str | None) else was == now


def _shown(cell: Cell) -> str:
    return "（空白）" if cell.value in (None, "") else str(cell.value)


def _trials(book: Book, made: Book) -> int:
    """How many cells of 试算 somebody has filled in: those without a formula where the program writes nothing."""
    sheet = book.sheet(TRIAL)
    blank = made.sheet(TRIAL)
    if sheet is None or blank is None:
        return 0
    return sum(place not in blank.cells for place, cell in sheet.cells.items() if cell.value is not None)
