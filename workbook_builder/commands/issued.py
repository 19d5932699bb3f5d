"""May a workbook in 1下发 be replaced? Only if nobody has entered anything in it.

Comes in: the bytes that are there, and the bytes that are to take their place. Goes out: "" (replace it), or the code of
the problem that says why it stays. In doubt it stays.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from workbook_builder.collecting.manifest import Manifest, read_manifest
from workbook_builder.excel.template import INSTRUCTIONS_SHEET, lost_features
from workbook_builder.intake import Book, Cell, Sheet, read_book
from workbook_builder.layout import form
from workbook_builder.layout import skeleton as section
from workbook_builder.layout.plan import LISTS_SHEET, MANIFEST_SHEET

FILLED, UNREADABLE = "KEPT_FILLED", "KEPT_UNREADABLE"
_CORE = "docProps/core.xml"
_KEY = section.KEY
_OURS = (MANIFEST_SHEET, LISTS_SHEET, INSTRUCTIONS_SHEET)


def form_verdict(old: bytes, new: bytes | None, name: str) -> str:
    """Whether the form `old` may give way to `new` (None: to nothing). "" if it may."""
    book, _ = read_book(old, name)
    manifest = None if book is None else read_manifest(book)
    if book is None or manifest is None or book.kind != "xlsx":
        return UNREADABLE
    # Comments, pictures, drawings: our forms have none.
    if lost_features(old) or _entered(book, manifest, new, saved_since(old, new)):
        return FILLED
    return ""


def print_verdict(old: bytes, new: bytes) -> str:
    """The same for a workbook that is only printed: it stays if any office program has saved it since."""
    return FILLED if saved_since(old, new) else ""


def saved_since(old: bytes, new: bytes | None) -> bool:
    """Whether an office program has saved `old`: they all write their own name and date where we write constants."""
    core = _core(old)
    return core is None or new is None or core != _core(new)


def _core(data: bytes) -> bytes | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return package.read(_CORE)
    except (KeyError, OSError, ValueError, zipfile.BadZipFile):
        return None


def _entered(book: Book, manifest: Manifest, new: bytes | None, saved: bool) -> bool:
    fresh = read_book(new, "")[0] if new is not None else None
    fresh_rows = _rows_by_key(fresh) if fresh is not None else {}
    return (
        any(_field_entered(book, manifest))
        or any(_sheet_entered(sheet, manifest, fresh_rows, saved) for sheet in book.sheets if sheet.name not in _OURS)
    )


def _filled(cell: Cell) -> bool:
    return cell.formula is None and cell.value not in (None, "")


def _field_entered(book: Book, manifest: Manifest) -> Iterator[bool]:
    """The cells the manifest names. Scores and totals are formulas; typing over one counts as an entry too."""
    sheets = {sheet.name: sheet for sheet in book.sheets}
    for owner, places in manifest.places.items():
        inputs = manifest.prints.get(owner, {})
        for name, (where, row, col) in places.items():
            if where in sheets:
                cell = sheets[where].cell(row, col)
                yield _filled(cell) or (name in inputs and cell.formula is not None)


def _sheet_entered(sheet: Sheet, manifest: Manifest, fresh: dict[tuple[str, str], dict[int, Cell]], saved: bool) -> bool:
    """Entries beyond the manifest's cells: in rows that were moved or added, beside the table, on a sheet of one's own."""
    identity = _text(sheet.cell(1, _KEY))
    if not identity.startswith((section.SHEET_KEY, form.SHEET_KEY)):
        return any(_filled(cell) for cell in sheet.cells.values())
    for (row, col), cell in sheet.cells.items():
        key = _text(sheet.cell(row, _KEY))
        if col == _KEY or not _filled(cell):
            continue
        if not key or col > section.CODE:
            return True
        issued = fresh.get((identity, key))
        if issued is None:
            # The row is no longer in the scheme: its inputs are known by their columns.
            if key.count("/") >= 3 and col in (section.ANSWER, section.REMARK):
                return True
        elif saved and not _has_content(issued.get(col)):
            return True
    return False


def _has_content(cell: Cell | None) -> bool:
    # A score is a formula in the fresh form; a number typed over it was found through the manifest.
    return cell is not None and (cell.formula is not None or cell.value not in (None, ""))


def _rows_by_key(book: Book) -> dict[tuple[str, str], dict[int, Cell]]:
    """(sheet identity, row key) → column → cell."""
    rows: dict[tuple[str, str], dict[int, Cell]] = {}
    for sheet in book.sheets:
        identity = _text(sheet.cell(1, _KEY))
        for (row, col), cell in sheet.cells.items():
            rows.setdefault((identity, _text(sheet.cell(row, _KEY))), {})[col] = cell
    return rows


def _text(cell: Cell) -> str:
    return cell.value.strip() if isinstance(cell.value, str) else ""
