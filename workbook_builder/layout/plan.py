"""The nouns of a planned workbook: sheets of rows of cells, and the fields that people and programs speak of.

Comes in: nothing. Goes out: frozen plans that build writes, fill refills and collect looks up. A plan holds no
style: `proto` names the prototype row of the template that a row copies its look from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from workbook_builder.intake.refs import a1, column_letters

INPUT, NOTE, SCORE, TOTAL_ROLE, STATUS, META = "input", "note", "score", "total", "status", "meta"
MANIFEST_SHEET = "_manifest"
LISTS_SHEET = "_lists"
MANIFEST_HEADER = ("field", "section", "sheet", "cell", "role", "value")

#: A page ends best before a row that stands APART, rather not before one that is NEAR the row above, never before one
#: that is JOINED to it.
APART, NEAR, JOINED = range(3)

CellValue = Decimal | str | bool | None


@dataclass(frozen=True, slots=True)
class Validation:
    """What Excel accepts in an input: a list of choices, or a condition; and what it says.

    kind     "list", "whole", "decimal", "custom" or "any" (only a prompt)
    low/high bounds for whole and decimal; `condition` for custom; `choices` for list
    """

    kind: str
    title: str
    prompt: str
    error: str
    choices: tuple[str, ...] = ()
    condition: str = ""
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell the program owns: a value, or a formula with the value it has now. `field` names what stands here."""

    col: int
    value: CellValue = None
    formula: str = ""
    unlocked: bool = False
    field: str = ""
    role: str = ""
    validation: Validation | None = None
    fmt: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: the key in its hidden first column, its prototype, texts for the placeholders, cells of the program.

    `bond` says how it hangs on the row above when pages are made. `reserve` is how many Chinese characters its input must have room for before anything is entered.
    """

    key: str
    proto: str
    texts: Mapping[str, str] = field(default_factory=dict)
    cells: tuple[Cell, ...] = ()
    reserve: int = 0
    bond: int = APART


@dataclass(frozen=True, slots=True)
class Face:
    """How a sheet wears its template sheet.

    hidden   columns that nobody sees; `last` the last column that is printed
    sample   column in which the template shows the looks of states
    locked   (prototype row, column) → column whose look a cell takes that is no input
    samples  prototype row → columns whose text in the template only shows what the program puts there
    columns  the template's column for each column of the sheet; () where they are the same
    """

    hidden: tuple[int, ...] = (1,)
    last: int = 4
    sample: int = 6
    locked: Mapping[tuple[str, int], int] = field(default_factory=dict)
    samples: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    columns: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet in plan. Row k of `rows` stands in row k+1. `freeze` is the first scrolling row; `proto` the template sheet.

    `print_last` is the last row that is printed (0: all of them).
    """

    name: str
    section: str
    proto: str
    rows: tuple[Row, ...]
    freeze: int = 0
    header_row: int = 0
    state_rules: tuple[StateRule, ...] = ()
    key: str = ""
    print_last: int = 0
    face: Face = field(default_factory=Face)


@dataclass(frozen=True, slots=True)
class StateRule:
    """Inputs whose look follows their state: the cells, and the condition of each named state."""

    ranges: str
    conditions: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """Where a field stands: what the manifest says of it."""

    name: str
    section: str
    sheet: str
    row: int
    col: int
    role: str
    value: str = ""


@dataclass(frozen=True)
class Book:
    """A workbook in plan: visible sheets, lists for drop-downs, manifest rows; `instructions` names its first sheet."""

    sheets: tuple[Sheet, ...]
    fields: tuple[FieldPlace, ...]
    meta: tuple[tuple[str, str, str], ...]
    active: str = ""
    lists: tuple[tuple[str, ...], ...] = ()
    instructions: str = "填表说明"


def address(row: int, col: int, absolute: bool = False) -> str:
    """The cell as A1 text, or as $A$1."""
    return f"${column_letters(col)}${row}" if absolute else a1(row, col)


def runs(rows: list[int], letter: str) -> str:
    """Cells of a column as ranges: [5, 6, 8] → F5:F6 F8."""
    found: list[list[int]] = []
    for row in rows:
        if found and row == found[-1][1] + 1:
            found[-1][1] = row
        else:
            found.append([row, row])
    return " ".join(f"{letter}{a}:{letter}{b}" if b > a else f"{letter}{a}" for a, b in found)
