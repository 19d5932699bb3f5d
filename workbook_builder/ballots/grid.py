"""A sheet read by its keys: column keys in a hidden row, row keys in the column below the sheet's own key.

Comes in: a sheet of a workbook that came back. Goes out: its cells by (row, column key), wherever they were moved to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder.ballots.forms import parse_id, section_of
from workbook_builder.intake import Book, Cell, Sheet

#: The key cell stands at the top; rows inserted above it are tolerated up to here.
_SEARCHED = 20


@dataclass(frozen=True, slots=True)
class Grid:
    """One keyed sheet.

    columns  key → column; `rows` (row, text of its key), from top to bottom
    doubled  a column key stands twice: nobody can say which of them is meant
    """

    group: str
    which: str
    sheet: Sheet
    columns: Mapping[str, int]
    rows: tuple[tuple[int, str], ...]
    doubled: bool

    def cell(self, row: int, key: str) -> Cell:
        return self.sheet.cell(row, self.columns[key])


def grids(book: Book) -> list[Grid]:
    """Every keyed sheet of `book`."""
    found = (_grid(sheet) for sheet in book.sheets)
    return [grid for grid in found if grid is not None]


def _grid(sheet: Sheet) -> Grid | None:
    for (row, col), cell in sorted(sheet.cells.items()):
        if row > _SEARCHED:
            return None
        identity = parse_id(text_of(cell))
        if identity is not None:
            return _keyed(sheet, row, col, *identity)
    return None


def _keyed(sheet: Sheet, top: int, left: int, group: str, which: str) -> Grid:
    heads = [(col, text_of(cell)) for (row, col), cell in sheet.cells.items() if row == top and col > left]
    last = max(row for row, _ in sheet.cells)
    rows = tuple((row, text_of(sheet.cell(row, left))) for row in range(top + 1, last + 1))
    columns = {key: col for col, key in heads if key}
    return Grid(group, which, sheet, columns, rows, len(columns) < sum(bool(key) for _, key in heads))


def names_another(scheme: m.Scheme, key: str, shown: Cell) -> bool:
    """Whether what people see beside the key of a section is the name of another section."""
    section = scheme.section(text_of(shown))
    return section is not None and section_of(scheme, key) not in (None, section.name)


def text_of(cell: Cell) -> str:
    """The text of a key; a whole number without its decimals."""
    if isinstance(cell.value, Decimal):
        return f"{cell.value.normalize():f}"
    return cell.value.strip() if isinstance(cell.value, str) else ""
