"""What a person does to a workbook in Excel: cells, rows, columns and sheets changed, computed values kept.

openpyxl alone would lose the value of every formula on saving; `Edited` carries them along with their cells.
"""

import functools
import io
from decimal import Decimal

from openpyxl import load_workbook

from workbook_builder.excel.stable import stable_save


class Edited:
    """A workbook being edited: change `book` as you like, then take `bytes()`. Same edits, same bytes."""

    def __init__(self, data: bytes):
        self.book = load_workbook(io.BytesIO(data))
        shown = _shown_values(data)
        # By identity: a cell that is moved with its row or column keeps its value.
        self._kept = {
            id(cell): shown[sheet.title, cell.coordinate]
            for sheet in self.book
            for row in sheet.iter_rows()
            for cell in row
            if cell.data_type == "f"
        }

    def formula(self, sheet: str, ref: str, formula: str, value: object) -> None:
        """A formula that shows `value`."""
        cell = self.book[sheet][ref]
        cell.value = formula
        self._kept[id(cell)] = value

    def shown(self, cell) -> object:
        """What a formula shows."""
        return self._kept[id(cell)]

    def swap_shown(self, one, other) -> None:
        """Two cells have exchanged their formulas: what they show goes along."""
        kept = self._kept
        kept[id(one)], kept[id(other)] = kept.get(id(other), ""), kept.get(id(one), "")

    def copy(self, sheet: str):
        """The sheet copied within the workbook, as by dragging its tab with Ctrl held down."""
        original = self.book[sheet]
        twin = self.book.copy_worksheet(original)
        for row in original.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    self._kept[id(twin[cell.coordinate])] = self._kept[id(cell)]
        return twin

    def adopt(self, other: "Edited", sheet: str) -> None:
        """A sheet of another workbook moved into this one, as "移动或复制" does; only its contents matter here."""
        target = self.book.create_sheet(sheet)
        for row in other.book[sheet].iter_rows():
            for cell in row:
                if cell.value is not None:
                    twin = target.cell(cell.row, cell.column, cell.value)
                    if cell.data_type == "f":
                        self._kept[id(twin)] = other._kept[id(cell)]

    def forget_values(self) -> None:
        """As saved by a program that does not calculate."""
        self._kept = dict.fromkeys(self._kept, "")

    def bytes(self) -> bytes:
        cached = {
            sheet.title: {
                cell.coordinate: self._kept[id(cell)] for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
            }
            for sheet in self.book
        }
        return stable_save(self.book, cached)


@functools.lru_cache(maxsize=8)
def _shown_values(data: bytes) -> dict[tuple[str, str], object]:
    """(sheet, A1) → what it shows; remembered, since one workbook is often the start of many edits."""
    book = load_workbook(io.BytesIO(data), data_only=True)
    return {(sheet.title, cell.coordinate): _value(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}


def _value(value: object) -> object:
    if value is None:
        return ""
    return Decimal(repr(value)) if isinstance(value, float) else value
