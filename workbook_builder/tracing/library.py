"""The files that figures come from, looked into once more: what stands in a cell, and the SHA-256 of the whole file.

Comes in: a function file name → bytes. Goes out: `Source`s. Files of 测评 are never opened here (no cell, name or hash of a
ballot leaves the program).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from workbook_builder.intake import NO_CELL, Book, a1, parse_a1, read_book
from workbook_builder.intake.model import Cell, Sheet
from workbook_builder.problems import Where
from workbook_builder.tracing.steps import Source

_BALLOTS = "测评/"
_POLICIES, _POLICY, _VALUE = "口径", "口径", "取值"
_HEAD_ROWS = 12


class Library:
    """Files by name, each read at most once. What cannot be read again has no SHA-256 and no cells."""

    def __init__(self, load: Callable[[str], bytes | None] = lambda name: None) -> None:
        self._load = load
        self._known: dict[str, tuple[str, Book | None]] = {}

    def sha256(self, file: str) -> str:
        return self._file(file)[0]

    def source(self, where: Where, sha256: str = "") -> Source | None:
        """The place with what stands in it. `sha256`: of the bytes that were read; where the file differs now, no cell is told."""
        if not where.file or where.file.startswith(_BALLOTS):
            return None
        now = self.sha256(where.file)
        same = sha256 in ("", now)
        raw = self.cell(where.file, where.sheet, where.cell).value if same and where.cell else None
        return Source(where.file, where.sheet, where.cell, sha256 or now, raw)

    def cell(self, file: str, sheet: str, place: str) -> Cell:
        found = self._sheet(file, sheet)
        return found.cell(*parse_a1(place)) if found is not None and place else NO_CELL

    def policy(self, file: str, name: str) -> Source | None:
        """The cell of 方案.xlsx that holds the value of a policy."""
        sheet = self._sheet(file, _POLICIES)
        if sheet is None:
            return None
        for row in range(1, _HEAD_ROWS):
            heads = {cell.value: col for (r, col), cell in sheet.cells.items() if r == row}
            if _POLICY in heads and _VALUE in heads:
                rows = [r for (r, col), cell in sheet.cells.items() if col == heads[_POLICY] and cell.value == name and r > row]
                if rows:
                    return self.source(Where(file, sheet.name, a1(rows[0], heads[_VALUE])))
        return None

    def _sheet(self, file: str, name: str) -> Sheet | None:
        book = self._file(file)[1]
        return None if book is None else book.sheet(name)

    def _file(self, name: str) -> tuple[str, Book | None]:
        if name not in self._known:
            data = None if name.startswith(_BALLOTS) else self._load(name)
            book = None if data is None else read_book(data, name)[0]
            self._known[name] = ("" if data is None else hashlib.sha256(data).hexdigest(), book)
        return self._known[name]

