"""Bytes of a register → its rows, each cell under the head of its column.

Comes in: a `Register`, the bytes and the name of a file. Goes out: a `Sheet` of rows in the order of the file, and
problems. Columns are found by their heads, wherever they stand; what a cell means is for others to say.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder.collecting.manifest import read_manifest
from workbook_builder.intake import NO_CELL, Book, Cell, a1, read_book
from workbook_builder.intake import Sheet as RawSheet
from workbook_builder.problems import Problem, Where, problem
from workbook_builder.registers.spec import GUIDE_SHEET, Register
from workbook_builder.rules.excel import number
from workbook_builder.scheme.names import similar
from workbook_builder.validate.text import clean
from workbook_builder.validate.values import is_blank, shown

#: Heads are looked for no further down than this; a row is the heads' if it holds this share of them.
_DEEPEST_HEAD, _SHARE = 40, 0.5
_EPOCH, _MOST_DAYS = datetime.date(1899, 12, 30), 2_958_466
_DATE = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?")
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells by head. `extra`: something stands in a column that is not the program's."""

    number: int
    cells: Mapping[str, Cell]
    places: Mapping[str, int]
    sheet: Where
    extra: bool = False

    def cell(self, head: str) -> Cell:
        return self.cells.get(head, NO_CELL)

    def blank(self, head: str) -> bool:
        return is_blank(self.cell(head))

    def where(self, head: str, name: str = "") -> Where:
        return self.sheet.at(cell=a1(self.number, self.places.get(head, 1)), field=name)

    def text(self, head: str, problems: list[Problem]) -> str:
        """The cell as text, without blanks around it; a formula or an error is refused."""
        cell = self.cell(head)
        if is_blank(cell):
            return ""
        if cell.formula is not None or cell.kind == "e":
            problems.append(problem("FORMULA_IN_TEXT", self.where(head), shown(cell)))
            return ""
        return plain_text(cell)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The register as it stands in a file."""

    name: str
    head_row: int
    places: Mapping[str, int]
    rows: tuple[Row, ...]
    last: int
    meta: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""


def plain_text(cell: Cell) -> str:
    """What a person reads in the cell."""
    if isinstance(cell.value, Decimal) and cell.kind != "d" and not cell.percent:
        return number(cell.value)
    return shown(cell).strip()


def read_rows(register: Register, data: bytes, name: str) -> tuple[Sheet | None, list[Problem]]:
    """The rows of the register in `data`; None if there is no telling which columns are which."""
    book, problems = read_book(data, name)
    if book is None:
        return None, problems
    wrong_year = _other_year(register, book, name)
    if wrong_year is not None:
        return None, [*problems, wrong_year]
    found = _find(register, book)
    if found is None:
        heads = "、".join(column.head for column in register.columns if not column.hidden)
        return None, [*problems, problem("REGISTER_NO_HEADS", Where(name), register.kind, heads=heads)]
    raw, head_row = found
    places, wrong = _places(register, raw, head_row, Where(name, raw.name))
    if wrong:
        return None, [*problems, *wrong]
    return _sheet(book, raw, head_row, places, name), [*problems, *_ignored(register, book, raw, name)]


def _other_year(register: Register, book: Book, name: str) -> Problem | None:
    manifest = read_manifest(book)
    if manifest is None or not manifest.get("@kind"):
        return None
    found = (manifest.get("@scheme"), manifest.get("@year"))
    if found == (register.scheme_id, str(register.year)):
        return None
    expected = f"{register.year} 年度 {register.scheme_id}"
    return problem("REGISTER_OTHER_YEAR", Where(name), f"{found[1]} 年度 {found[0]}", expected=expected)


def _find(register: Register, book: Book) -> tuple[RawSheet, int] | None:
    """The sheet of the register's name first, then any other that has its heads."""
    sheets = [sheet for sheet in book.sheets if sheet.name != GUIDE_SHEET]
    for sheet in sorted(sheets, key=lambda s: s.name != register.kind):
        head_row = _head_row(register, sheet)
        if head_row:
            return sheet, head_row
    return None


def _ignored(register: Register, book: Book, read: RawSheet, name: str) -> list[Problem]:
    """Other sheets that hold rows under the same heads: a copy, or a second part of the register."""
    problems = []
    for sheet in book.sheets:
        head_row = 0 if sheet is read or sheet.name == GUIDE_SHEET else _head_row(register, sheet)
        if head_row and any(row > head_row and not is_blank(cell) for (row, _), cell in sheet.cells.items()):
            problems.append(problem("REGISTER_SHEET_IGNORED", Where(name, sheet.name), sheet.name, kept=read.name))
    return problems


def _head_row(register: Register, sheet: RawSheet) -> int:
    wanted = {clean(column.head) for column in register.columns if not column.hidden}
    found = Counter(
        row for (row, _), cell in sheet.cells.items() if row <= _DEEPEST_HEAD and _head(cell) in wanted
    )
    enough = [row for row, count in sorted(found.items()) if count >= len(wanted) * _SHARE]
    return enough[0] if enough else 0


def _head(cell: Cell) -> str:
    return clean(cell.value) if isinstance(cell.value, str) else ""


def _places(register: Register, raw: RawSheet, head_row: int, where: Where) -> tuple[dict[str, int], list[Problem]]:
    heads = {clean(head): head for head in register.heads}
    places: dict[str, int] = {}
    problems = []
    for (row, col), cell in sorted(raw.cells.items()):
        head = heads.get(_head(cell)) if row == head_row else None
        if head is None:
            continue
        if head in places:
            problems.append(problem("REGISTER_HEAD_TWICE", where.at(cell=a1(row, col)), head))
        places.setdefault(head, col)
    for column in register.columns:
        if column.must and column.head not in places:
            problems.append(problem("REGISTER_HEAD_MISSING", where.at(cell=a1(head_row, 1)), column.head))
    return places, problems


def _sheet(book: Book, raw: RawSheet, head_row: int, places: dict[str, int], name: str) -> Sheet:
    heads = {col: head for head, col in places.items()}
    by_row: dict[int, dict[str, Cell]] = {}
    extra: set[int] = set()
    for (row, col), cell in raw.cells.items():
        if row <= head_row or is_blank(cell):
            continue
        by_row.setdefault(row, {})
        if col in heads:
            by_row[row][heads[col]] = cell
        else:
            extra.add(row)
    where = Where(name, raw.name)
    rows = tuple(
        Row(row, cells, places, where, row in extra) for row, cells in sorted(by_row.items()) if cells
    )
    manifest = read_manifest(book)
    meta = {key: value for (key, _), value in manifest.meta.items()} if manifest else {}
    last = max((row.number for row in rows), default=head_row)
    return Sheet(raw.name, head_row, places, rows, last, meta, book.kind)


# --- what several registers ask of a cell ----------------------------------------------------------------------------------


def read_date(row: Row, head: str, problems: list[Problem]) -> datetime.date | None:
    """The date in the cell: a date of Excel's, or a text that certainly is one. None if blank or refused."""
    cell = row.cell(head)
    if is_blank(cell):
        return None
    found = None if cell.formula is not None or cell.kind == "e" else _date(cell)
    if found is None:
        problems.append(problem("REGISTER_DATE", row.where(head), shown(cell)))
    return found


def _date(cell: Cell) -> datetime.date | None:
    if isinstance(cell.value, bool) or cell.value is None:
        return None
    if cell.kind == "d" and isinstance(cell.value, Decimal) and 1 <= cell.value < _MOST_DAYS:
        return _EPOCH + datetime.timedelta(days=int(cell.value))
    text = unicodedata.normalize("NFKC", str(cell.value)).strip()
    match = _DATE.fullmatch(text) or _DIGITS.fullmatch(text)
    if match is None:
        return None
    try:
        return datetime.date(*(int(part) for part in match.groups()))
    except ValueError:
        return None


def read_section(row: Row, head: str, scheme: m.Scheme, problems: list[Problem]) -> m.Section | None:
    """The section named in the cell, by its name or an alias; None if blank or unknown."""
    text = row.text(head, problems)
    if not text:
        return None
    wanted = clean(text)
    for section in scheme.sections:
        if wanted in (clean(section.name), *map(clean, section.aliases)):
            return section
    names = [name for section in scheme.sections for name in (section.name, *section.aliases)]
    problems.append(problem("REGISTER_SECTION", row.where(head), text, hint=similar(text, names)))
    return None


def key_of(text: str, keys: Iterable[str]) -> str:
    """The key that `text` is, or begins with as a drop-down shows it (key, blank, words); "" if it is none."""
    known = {clean(key): key for key in keys}
    parts = text.split()
    return known.get(clean(text)) or (known.get(clean(parts[0]), "") if parts else "")
