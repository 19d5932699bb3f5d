"""What a foreign workbook is once it has been read: sparse cells, free of meaning.

`Refusal` is how a reader inside this package says that a file cannot be taken; it never leaves the package,
`read_book` turns it into one Problem.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from workbook_builder.problems import Problem

NUMBER = "n"
TEXT = "s"
BOOL = "b"
ERROR = "e"
DATE = "d"
EMPTY = ""


class Cell(NamedTuple):
    """One cell. A NamedTuple and not a dataclass: a book makes thousands, and a tuple is made in half the time.

    `value`: Decimal for numbers, text, bool, error text such as "#N/A", None when there is none. A date (kind "d")
    is its raw serial in the 1900 system, or ISO text where the file stores that.
    `formula`: text without the leading "="; "" when a formula is there but cannot be read (a shared formula's
    other cells, .xls); None when there is none.
    `percent`: the number is formatted as a percentage; the value stays the fraction that is stored.
    """

    value: str | Decimal | bool | None
    kind: str
    formula: str | None = None
    percent: bool = False


NO_CELL = Cell(None, EMPTY)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet. `cells` holds only cells with a value, a formula or an error; keys are 1-based (row, column).

    `state` is visible, hidden or veryHidden; `merged` holds A1 ranges; `struck` the cells that are struck out as a
    whole (not known of an .xls).
    """

    name: str
    state: str = "visible"
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    protected: bool = False
    merged: tuple[str, ...] = ()
    struck: frozenset[tuple[int, int]] = frozenset()

    def cell(self, row: int, col: int) -> Cell:
        """The cell at 1-based (row, col), or an empty one."""
        return self.cells.get((row, col), NO_CELL)


@dataclass(frozen=True, slots=True)
class Book:
    """One workbook, worksheets in workbook order (chart and dialog sheets are left out)."""

    sheets: tuple[Sheet, ...]
    kind: str
    has_macros: bool = False
    external_links: bool = False
    comments: bool = False
    notices: tuple[Problem, ...] = ()

    def sheet(self, name: str) -> Sheet | None:
        """The sheet of that exact name."""
        return next((sheet for sheet in self.sheets if sheet.name == name), None)


class Refusal(Exception):
    """This file cannot be read: a catalogue code, the place and value found, and the facts its texts need."""

    def __init__(self, code: str, value: object = "", *, sheet: str = "", cell: str = "", **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.value = value
        self.sheet = sheet
        self.cell = cell
        self.facts = facts
