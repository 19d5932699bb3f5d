"""A register that people have filled in, changed in place: what they entered stays cell for cell.

Comes in: the bytes of a workbook and what a reading found in it. Goes out: bytes, or the reason why it is left alone.
openpyxl carries over values, looks, rules and other sheets; where it would lose something the file stays as it is.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.cell_range import CellRange

from workbook_builder.excel.stable import stable_save
from workbook_builder.excel.template import lost_features
from workbook_builder.intake import Book, read_book
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

    def remove(self, row: int) -> bool:
        """The row out of the table, and whether the rows below moved up: where something may point at them they stay."""
        if self.formulas or any(area.max_row >= row for area in self.ws.merged_cells.ranges):
            for col in self.sheet.places.values():
                self.ws.cell(row, col).value = None
            return False
        below = [(number, old) for number, old in self.ws.row_dimensions.items() if number >= row]
        self.ws.delete_rows(row)
        for number, _ in below:
            del self.ws.row_dimensions[number]
        for number, old in below:
            if number > row:
                self._height(number - 1, old)
        return True

    def _height(self, row: int, old) -> None:
        """The height of `old` for `row`, free to grow: openpyxl would fix it, and what a person types later be cut."""
        fresh = look.GrowingRow(self.ws, index=row, ht=old.ht, hidden=old.hidden)
        fresh._style = copy(old._style)
        self.ws.row_dimensions[row] = fresh

    def bytes(self, last: int) -> bytes:
        """The workbook whose table ends in row `last`, with the rules, lists and manifest of the present scheme."""
        head_row, places = self.sheet.head_row, self.sheet.places
        last = max(last, head_row + 1)
        for table in self.ws.tables.values():
            if CellRange(table.ref).min_row == head_row:
                self._stretch(table, last)
        for number, old in list(self.ws.row_dimensions.items()):
            if number > head_row:
                self._height(number, old)
        look.dress_columns(self.ws, self.register, places, last, head_row + 1)
        look.write_lists(self.book, self.register)
        look.write_manifest(self.book, self.register, places, head_row)
        # What people's own formulas show of the register may have changed with its rows.
        self.book.calculation.fullCalcOnLoad = self.formulas
        return stable_save(self.book, self.cached)

    def _stretch(self, table, last: int) -> None:
        """The table down to row `last`; its columns named as their heads are, which is what Excel insists on."""
        area = CellRange(table.ref)
        area.max_row = last
        table.ref = area.coord
        if table.autoFilter is not None:
            table.autoFilter.ref = area.coord
        heads = [self.ws.cell(area.min_row, col).value for col in range(area.min_col, area.max_col + 1)]
        if len(set(heads)) == len(table.tableColumns) and all(isinstance(head, str) for head in heads):
            for column, head in zip(table.tableColumns, heads, strict=True):
                column.name = head

    def _widths(self) -> dict[int, float]:
        places = self.sheet.places
        return {places[c.head]: c.width for c in self.register.columns if c.head in places and not c.hidden}


def opened(register: Register, data: bytes, sheet: Sheet) -> tuple[Editing | None, str]:
    """The workbook opened for change; None and what would be lost otherwise."""
    if sheet.kind != "xlsx":
        return None, f"{sheet.kind} 格式"
    lost = [what for what in lost_features(data) if what not in _HARMLESS]
    if lost:
        return None, "、".join(lost)
    try:
        with warnings.catch_warnings():
            # What openpyxl warns of was looked for above, and is told to the person in their own language.
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(data))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        # Our own reader takes much that openpyxl does not understand.
        return None, "别的软件写的特殊内容"
    if len(book.sheetnames) != len(book.worksheets):
        return None, "图表工作表"
    if any(table.totalsRowCount for table in book[sheet.name].tables.values()):
        return None, "表格的汇总行"
    cached = _cached(book, read_book(data, "")[0])
    if cached is None:
        return None, "没有计算结果或不能照搬的公式"
    return Editing(book, book[sheet.name], register, sheet, cached), ""


def _cached(book, raw: Book) -> dict[str, dict[str, object]] | None:
    """Sheet → cell → the value its formula shows; None if one has none, or is no plain formula."""
    found: dict[str, dict[str, object]] = {}
    for ws in book.worksheets:
        cells = raw.sheet(ws.title).cells
        for cell in ws._cells.values():
            if cell.data_type != "f":
                continue
            shown = cells.get((cell.row, cell.column))
            if shown is None or shown.value is None or shown.kind == "e" or not isinstance(cell.value, str):
                return None
            found.setdefault(ws.title, {})[cell.coordinate] = shown.value
    return found


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
