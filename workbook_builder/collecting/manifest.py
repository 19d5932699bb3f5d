"""The manifest of a returned workbook: which form this claims to be. Claims only; the scheme decides.

Comes in: the cells of the sheet `_manifest`. Goes out: a `Manifest`, or None if there is none to be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbook_builder.intake import Book, Sheet, parse_a1
from workbook_builder.layout.plan import INPUT, MANIFEST_HEADER, MANIFEST_SHEET, META


@dataclass(frozen=True, slots=True)
class Manifest:
    """meta: (name, section) → value. inputs: section → field → (sheet, row, column); prints: section → field → fingerprint."""

    meta: Mapping[tuple[str, str], str]
    places: Mapping[str, Mapping[str, tuple[str, int, int]]]
    prints: Mapping[str, Mapping[str, str]]

    def get(self, name: str, section: str = "") -> str:
        return self.meta.get((name, section), "")

    @property
    def sections(self) -> tuple[str, ...]:
        """Sections this workbook was issued for."""
        return tuple(section for name, section in self.meta if name == "@fingerprint")


def read_manifest(book: Book) -> Manifest | None:
    """The manifest, found by the sheet's name whatever its visibility, or by its heading if it was renamed."""
    sheet = book.sheet(MANIFEST_SHEET) or next((s for s in book.sheets if _is_manifest(s)), None)
    if sheet is None or not _is_manifest(sheet):
        return None
    meta: dict[tuple[str, str], str] = {}
    places: dict[str, dict[str, tuple[str, int, int]]] = {}
    prints: dict[str, dict[str, str]] = {}
    last = max((row for row, _ in sheet.cells), default=1)
    for row in range(2, last + 1):
        name, section, where, cell, role, value = (_text(sheet, row, col) for col in range(1, 7))
        if not name:
            continue
        if role == META:
            meta[name, section] = value
            continue
        try:
            place = parse_a1(cell)
        except ValueError:
            continue
        places.setdefault(section, {})[name] = (where, *place)
        if role == INPUT:
            prints.setdefault(section, {})[name] = value
    return Manifest(meta, places, prints)


def _is_manifest(sheet: Sheet) -> bool:
    return tuple(_text(sheet, 1, col) for col in range(1, 7)) == MANIFEST_HEADER


def _text(sheet: Sheet, row: int, col: int) -> str:
    value = sheet.cell(row, col).value
    return "" if value is None else str(value)
