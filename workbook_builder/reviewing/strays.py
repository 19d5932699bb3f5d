"""What stands on a review sheet where it should not: rows under another's text, entries where nobody reads them.

Comes in: a sheet as read and as it would be issued now. Goes out: problems, and the keys of rows that cannot be trusted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from workbook_builder.collecting.rows import Rows
from workbook_builder.intake import NO_CELL, Book, a1
from workbook_builder.layout import review_rows as at
from workbook_builder.layout.plan import INPUT, LISTS_SHEET, MANIFEST_SHEET
from workbook_builder.layout.plan import Row as PlannedRow
from workbook_builder.layout.plan import Sheet as PlannedSheet
from workbook_builder.problems import Problem, Where, problem
from workbook_builder.reviewing.cells import Found, Place
from workbook_builder.validate.values import is_blank

#: Prototype row → the text that says what the row is about.
_LABELS = {"细则": "细则", "分行": "分行", "特色": "核定项", "核定": "核定项", "科室": "被核科室", "条款": "细则"}
#: Texts of the notice and names of sections; the others are words of the program's own, which may change.
_FIXED = ("细则", "科室", "条款")
#: Rows that take no entry at all.
_CLOSED = ("考评项", "引导", "小计", "条款")


def displaced(
    planned: PlannedSheet, rows: Rows, where: Where, shown_at: int, skip: Collection[str] = ()
) -> tuple[list[Problem], set[str]]:
    """Rows whose own text is gone, and of these the keys that stand beside another row's: rows sorted without their keys.

    `skip`: keys whose text the scheme itself has changed; `shown_at` the column in which the text is issued.
    """
    spoken = [row for row in planned.rows if _takes_entries(row)]
    labels = {row.key: row.texts[_LABELS[row.proto]] for row in spoken}
    fixed = {row.key for row in spoken if row.proto in _FIXED}
    known = set(labels.values())
    problems: list[Problem] = []
    wrong: set[str] = set()
    for key, text in labels.items():
        number = rows.rows.get(key)
        if number is None or key in skip or any(_says(cell.value, text) for cell in rows.by_row[number].values()):
            continue
        found = rows.by_row[number].get(shown_at, NO_CELL).value
        anothers = any(_says(found, other) for other in known)
        if key not in fixed and not anothers:
            continue
        problems.append(problem("RUBRIC_CHANGED", where.at(cell=a1(number, shown_at), field=key), found or "", expected=text[:40]))
        if anothers:
            wrong.add(key)
    return problems, wrong


def _says(value: object, text: str) -> bool:
    """A clause of 突破底线 stands in one cell with the way it counts; every other text stands alone."""
    return value == text or (isinstance(value, str) and value.startswith(f"{text}\u3000（"))


def _takes_entries(row: PlannedRow) -> bool:
    return row.proto in _LABELS and (row.proto == "条款" or any(cell.role == INPUT for cell in row.cells))


def distrust(found: Found, places: Iterable[Place], keys: Collection[str]) -> None:
    """Whatever was entered in the rows `keys` is neither taken nor taken for blank."""
    for place in places:
        if place.key in keys:
            for held in (found.values, found.texts, found.raw):
                held.pop(place.field, None)
            found.refused[place.field] = ""


def astray(
    planned: PlannedSheet, rows: Rows, where: Where, columns: Collection[int], edges: tuple[int, int]
) -> Iterator[Problem]:
    """Entries in rows that take none, each row once: `columns` of rows of the form, anything that is seen elsewhere.

    `edges`: the last column that is seen, and the last of all; nothing stands beyond that. A row that has lost its key
    still holds what was issued.
    """
    last, end = edges
    protos = {row.key: row.proto for row in planned.rows}
    issued: set[object] = {text for row in planned.rows for text in row.texts.values()}
    issued |= {cell.value for row in planned.rows for cell in row.cells if not cell.unlocked}
    keys = {number: key for key, number in rows.rows.items()}
    for number, cells in sorted(rows.by_row.items()):
        key = keys.get(number, "")
        proto = protos.get(key, "")
        looked: Iterable[int] = columns if key else range(at.KEY + 1, last + 1)
        if proto and proto not in _CLOSED or key.startswith("@"):
            looked = ()
        for col in (*looked, *(col for col in sorted(cells) if col > end)):
            cell = cells.get(col, NO_CELL)
            ours = not key and col not in columns and cell.value in issued
            if not is_blank(cell) and cell.formula is None and not ours:
                yield problem("ANSWER_ASTRAY", where.at(cell=a1(number, col), field=key), cell.value)
                break


def unknown_sheets(book: Book, known: Collection[str], where: Where) -> Iterator[Problem]:
    """Sheets with entries that are none of the form's. `known`: sheets that were read, or told of already."""
    ours = {*known, MANIFEST_SHEET, LISTS_SHEET, at.GUIDE_SHEET}
    for sheet in book.sheets:
        if sheet.name not in ours and any(not is_blank(cell) for cell in sheet.cells.values()):
            yield problem("REVIEW_SHEET_UNKNOWN", where.at(sheet=sheet.name), sheet.name)
