"""A register that people have filled in, changed in place: what they entered stays cell for cell.

Comes in: the bytes of a workbook and what a reading found in it. Goes out: bytes, or the reason why it is left alone.
openpyxl carries over values, looks, comments-free sheets and rules; whatever it would lose keeps the file as it is.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.cell_range import CellRange

from workbook_builder.excel.stable import stable_save
from workbook_builder.excel.template import lost_features
from workbook_builder.layout.plan import address
from workbook_builder.registers import look
from workbook_builder.registers.reading import Sheet, read_rows
from workbook_builder.registers.spec import Record, Register, Value

#: Lost without harm: our own drop-downs are written anew, and no person has put anything there.
_HARMLESS = ("自定义 XML", "引用其他工作表的数据验证")


@dataclass
class Editing:
    """An open workbook and the sheet of the register in it. `formulas`: rows must not move, something may point at them."""

    book: Any
    ws: Any
    register: Register
    sheet: Sheet
    cached: dict[str, dict[str, object]]

    @property
    def formulas(self) -> bool:
        return any(self.cached.values())

    def write(self, row: int, record: Record) -> None:
        """A record into `row`, dressed like every other."""
        for column in self.register.columns:
            col = self.sheet.places.get(column.head)
            if col is not None:
                cell = self.ws.cell(row, col)
                look.dress_cell(cell, column)
                look.put(cell, record.get(column.head))
        look.grow_row(self.ws, row, self._widths())

    def put(self, row: int, head: str, value: Value) -> None:
        """One cell; its look stays."""
        look.put(self.ws.cell(row, self.sheet.places[head]), value)

    def remove(self, row: int) -> None:
        """The row out of the table; where something may point at rows below, it is only emptied."""
        if self.formulas or any(area.max_row >= row for area in self.ws.merged_cells.ranges):
            for col in self.sheet.places.values():
                self.ws.cell(row, col).value = None
            return
        heights = dict(self.ws.row_dimensions.items())
        self.ws.delete_rows(row)
        for number in [number for number in heights if number >= row]:
            del self.ws.row_dimensions[number]
        for number, old in heights.items():
            if number > row:
                moved = copy(old)
                moved.index = number - 1
                self.ws.row_dimensions[number - 1] = moved

    def bytes(self, last: int) -> bytes:
        """The workbook whose table ends in row `last`, with the rules, lists and manifest of the present scheme."""
        head_row, places = self.sheet.head_row, self.sheet.places
        last = max(last, head_row + 1)
        for table in self.ws.tables.values():
            area = CellRange(table.ref)
            if area.min_row == head_row:
                area.max_row = last
                table.ref = area.coord
                if table.autoFilter is not None:
                    table.autoFilter.ref = area.coord
        self._free_heights(head_row)
        look.dress_columns(self.ws, self.register, places, last, head_row + 1)
        look.write_lists(self.book, self.register)
        look.write_manifest(self.book, self.register, places, head_row)
        return stable_save(self.book, self.cached)

    def _free_heights(self, head_row: int) -> None:
        """openpyxl would fix every height it has read, and what a person types later would be cut."""
        for number, old in list(self.ws.row_dimensions.items()):
            if number > head_row and old.ht is not None:
                fresh = look.GrowingRow(self.ws, index=number, ht=old.ht, hidden=old.hidden)
                self.ws.row_dimensions[number] = fresh

    def _widths(self) -> dict[int, float]:
        return {self.sheet.places[c.head]: c.width for c in self.register.columns if c.head in self.sheet.places and not c.hidden}


def opened(register: Register, data: bytes, sheet: Sheet) -> tuple[Editing | None, str]:
    """The workbook opened for change; None and what would be lost otherwise."""
    if sheet.kind != "xlsx":
        return None, f"{sheet.kind} 格式"
    lost = [what for what in lost_features(data) if what not in _HARMLESS]
    if lost:
        return None, "、".join(lost)
    book = load_workbook(io.BytesIO(data))
    if book.vba_archive or len(book.sheetnames) != len(book.worksheets):
        return None, "宏或图表工作表"
    cached = _cached(book, load_workbook(io.BytesIO(data), data_only=True))
    if cached is None:
        return None, "不能照搬的公式"
    return Editing(book, book[sheet.name], register, sheet, cached), ""


def _cached(book, values) -> dict[str, dict[str, object]] | None:
    """Sheet → cell → the value its formula shows; None if one has none, or is no plain formula."""
    found: dict[str, dict[str, object]] = {}
    for ws in book.worksheets:
        for row in ws.iter_rows():
            for cell in row:
                if cell.data_type != "f":
                    continue
                value = _plain(values[ws.title][cell.coordinate])
                if value is None or not isinstance(cell.value, str):
                    return None
                found.setdefault(ws.title, {})[cell.coordinate] = value
    return found


def _plain(cell) -> object:
    value = cell.value
    if cell.data_type == "e":
        return None
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        value = to_excel(value)
    return Decimal(repr(value)) if isinstance(value, float) else value


def is_current(register: Register, meta: Mapping[str, str]) -> bool:
    """Whether the drop-downs of a workbook are those of the present scheme."""
    return all(meta.get(name) == value for name, value in register.meta)


def refreshed(register: Register, data: bytes, name: str) -> bytes | None:
    """The workbook with the present drop-downs, every entry kept; None if nothing is to be done, or nothing can be."""
    sheet, _ = read_rows(register, data, name)
    if sheet is None or is_current(register, sheet.meta):
        return None
    editing, _ = opened(register, data, sheet)
    return None if editing is None else editing.bytes(sheet.last)


def place(editing: Editing, row: int, head: str) -> str:
    """A1 address of a cell of the register."""
    return address(row, editing.sheet.places[head])
