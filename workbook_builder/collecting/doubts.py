"""Answers that are read as they stand, though the file gives reason to ask: struck out, or perhaps cut short.

Comes in: a section's raw sheet and the book it stands in. Goes out: warnings at the answers' cells.
"""

from __future__ import annotations

from collections.abc import Iterator

from workbook_builder.intake import Book, parse_a1
from workbook_builder.problems import Problem, problem
from workbook_builder.returns import RawSheet

#: Some programs write no more of a text than this into an .xls, in Excel's units, and say nothing.
_CUT_AT = 255


def doubts(raw: RawSheet, book: Book) -> Iterator[Problem]:
    """What to ask about single answers."""
    struck = {sheet.name: sheet.struck for sheet in book.sheets if sheet.struck}
    if not struck and book.kind != "xls":
        return
    for name, cell in raw.cells.items():
        if cell.value in (None, ""):
            continue
        where = raw.where(name)
        if parse_a1(where.cell) in struck.get(where.sheet, ()):
            yield problem("ANSWER_STRUCK", where, cell.value)
        if book.kind == "xls" and isinstance(cell.value, str) and _units(cell.value) == _CUT_AT:
            yield problem("TEXT_MAY_BE_CUT", where, cell.value, limit=_CUT_AT)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
