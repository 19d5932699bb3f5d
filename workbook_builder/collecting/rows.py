"""The rows of a returned sheet by their key, and answers that stand where nobody reads them.

Comes in: a sheet as read, and the section's form. Goes out: `Rows`; problems of strays and of merged answer cells,
with the fields whose blank cell therefore says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder.collecting.forms import SectionForm
from workbook_builder.intake import NO_CELL, Cell, Sheet, a1, parse_a1
from workbook_builder.layout import skeleton as section_layout
from workbook_builder.problems import Problem, Where, problem


@dataclass
class Rows:
    """The rows of a sheet by their key: key → row, and the keys that stand twice."""

    rows: dict[str, int]
    twice: dict[str, list[int]]
    by_row: dict[int, dict[int, Cell]]
    #: The last row with a key.
    last: int = 0

    @classmethod
    def of(cls, sheet: Sheet) -> Rows:
        rows: dict[str, int] = {}
        twice: dict[str, list[int]] = {}
        by_row: dict[int, dict[int, Cell]] = {}
        last = 0
        for (row, col), cell in sheet.cells.items():
            by_row.setdefault(row, {})[col] = cell
            if col == section_layout.KEY and isinstance(cell.value, str):
                key = cell.value.strip()
                last = max(last, row)
                if key in rows:
                    twice.setdefault(key, [rows[key]]).append(row)
                else:
                    rows[key] = row
        return cls(rows, twice, by_row, last)

    def cell(self, key: str, col: int) -> Cell:
        return self.by_row.get(self.rows[key], {}).get(col, NO_CELL)


def astray(
    form: SectionForm, rows: Rows, sheet: Sheet, place: Where, issued: Collection[str]
) -> tuple[list[Problem], set[str]]:
    """What was written beside the answer cells, or into one that is merged into another; the fields left in doubt.

    `issued`: the fields there were when the form was issued; an answer to one that is gone since is not astray.
    """
    fields = {(rows.rows[key], col): name for name, (key, col) in form.inputs.items() if key in rows.rows}
    keys = {row: key for key, row in rows.rows.items()}
    computed = {(rows.rows[key], col) for key, col in (*form.computed.values(), *form.formulas) if key in rows.rows}
    problems: list[Problem] = []
    doubtful: set[str] = set()
    for (row, col), cell in sheet.cells.items():
        if (row, col) in fields or (row, col) in computed or cell.formula is not None:
            continue
        key = keys.get(row, "")
        if key in issued and key not in form.inputs:
            continue
        blank = rows.by_row[row].get(section_layout.ANSWER, NO_CELL).value in (None, "")
        if not _stray(form, key, col, cell):
            continue
        if row > rows.last and not _as_short_as_an_answer(cell):
            problems.append(problem("ASTRAY_BESIDE", place.at(cell=a1(row, col)), cell.value, place="表格下面"))
            continue
        problems.append(problem("ANSWER_ASTRAY", place.at(cell=a1(row, col), field=key), cell.value))
        if blank and key in form.slots:
            doubtful.add(key)
    for row, key, col, cell in _beyond(form, rows):
        problems.append(problem("ANSWER_ASTRAY", place.at(cell=a1(row, col), field=key), cell.value))
        doubtful.add(key)
    for (row, col), area in covered(sheet, fields):
        name = fields[row, col]
        problems.append(problem("CELLS_MERGED", place.at(cell=a1(row, col), field=name), area))
        doubtful.add(name)
    return problems, doubtful


#: More overwritten formulas than this are no slip: the program that saved the file has dropped them all.
_MANY = 5


def overwritten(form: SectionForm, rows: Rows, place: Where) -> list[Problem]:
    """Figures and states that were typed over: what is printed and signed then differs from what is scored."""
    found = [
        (rows.rows[key], col, cell)
        for key, col in form.formulas
        if key in rows.rows and (cell := rows.cell(key, col)).formula is None and cell.value is not None
    ]
    if len(found) > _MANY:
        return [problem("FORMULAS_GONE", place, len(found))]
    return [problem("FORMULA_OVERWRITTEN", place.at(cell=a1(row, col)), cell.value) for row, col, cell in found]


#: Characters of an answer written as text.
_SHORT = 8
#: A number, perhaps with its unit.
_FIGURE = re.compile(r"[-－]?[\d.．]+\s*\D{0,2}")
#: Kind of a cell that holds a date.
_DATE = "d"
#: Columns of a clause's row in which nobody writes, save for the formulas there.
_BESIDE = (
    section_layout.FULL,
    section_layout.UNIT,
    section_layout.POINTS,
    section_layout.ITEM_SCORE,
    section_layout.STATE,
)


def _stray(form: SectionForm, key: str, col: int, cell: Cell) -> bool:
    """Whether a cell of the table that is no input looks like an answer. As issued, a row without key holds nothing."""
    if col == section_layout.ANSWER:
        return key != "@表头" and cell.value not in (None, "")
    if not key:
        return section_layout.KEY < col < section_layout.CODE and isinstance(cell.value, Decimal) and cell.kind != _DATE
    return col in _BESIDE and key in form.slots and _like_an_answer(cell.value)


def _beyond(form: SectionForm, rows: Rows) -> Iterator[tuple[int, str, int, Cell]]:
    """(row, key, column, cell) of what is as short as an answer, right of the table, beside a blank one.

    People keep columns of their own there, dates and sums: a column with something beside a given answer is one. Any
    other may hold the answers themselves, and a blank must not count as "did not happen" then.
    """
    found: list[tuple[int, str, int, Cell]] = []
    own: set[int] = set()
    for key, row in sorted(rows.rows.items(), key=lambda one: one[1]):
        if key not in form.slots:
            continue
        cells = rows.by_row[row]
        answered = cells.get(section_layout.ANSWER, NO_CELL).value not in (None, "")
        for col, cell in cells.items():
            if col <= section_layout.CODE or cell.value in (None, ""):
                continue
            if answered:
                own.add(col)
            elif _might_be_one(cell):
                found.append((row, key, col, cell))
    yield from (one for one in found if one[2] not in own)


def _might_be_one(cell: Cell) -> bool:
    short = cell.formula is None and cell.kind != _DATE and len(str(cell.value)) <= _SHORT
    return short and _like_an_answer(cell.value)


def _as_short_as_an_answer(cell: Cell) -> bool:
    """Of what stands below the table: a number or 是, not the line for a name or a date."""
    if cell.kind == _DATE or not isinstance(cell.value, str):
        return cell.kind != _DATE
    return cell.value.strip() in (m.YES, m.NO) or _FIGURE.fullmatch(cell.value.strip()) is not None


def _like_an_answer(value: object) -> bool:
    """A number, 是 or 否; a unit holds no digit."""
    if not isinstance(value, str):
        return value is not None
    return value.strip() in (m.YES, m.NO) or any(char.isdigit() for char in value)


def covered(sheet: Sheet, fields: dict[tuple[int, int], str]) -> Iterator[tuple[tuple[int, int], str]]:
    """(place, merged range) of every input that is merged into a cell before it: what stood there is gone."""
    for area in sheet.merged:
        first, _, last = area.partition(":")
        try:
            (top, left), (bottom, right) = parse_a1(first), parse_a1(last or first)
        except ValueError:
            continue
        for row, col in fields:
            if top <= row <= bottom and left <= col <= right and (row, col) != (top, left):
                yield (row, col), area
