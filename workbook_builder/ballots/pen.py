"""How the forms of 述职测评 are drawn: looks of cells, A4 pages, locks, lists, manifest.

Comes in: an openpyxl workbook being made. Goes out: its bytes, the same for the same scheme. Text of people never
becomes a formula, a formula never goes without its value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from decimal import Decimal

from workbook_builder.excel import measure
from workbook_builder.excel.pages import page_ends, page_room
from workbook_builder.excel.palette import FANG, INK, SONG
from workbook_builder.excel.stable import stable_save
from workbook_builder.excel.stored import as_stored
from workbook_builder.intake.refs import column_letters
from workbook_builder.layout.plan import APART, JOINED, LISTS_SHEET, MANIFEST_HEADER, MANIFEST_SHEET, META, address

#: Of a unit of width, in a workbook whose style 常规 is 宋体 12.
PIXELS = measure.unit_pixels(SONG, 12.0)


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell looks. `border`: "" none, else the colour of its thin lines."""

    font: str = FANG
    size: float = 12
    bold: bool = False
    color: str = INK
    fill: str = ""
    border: str = ""
    align: str = "left"
    valign: str = "center"
    unlocked: bool = False
    indent: int = 0


def row_height(texts: list[tuple[str, float, float]], least: float) -> float:
    """Height of a row of (text, width, size) in a workbook of the pen."""
    return measure.row_height(texts, least, PIXELS)


class Pen:
    """One workbook being written."""

    def __init__(self) -> None:
        from workbook_builder.excel import dress

        self.workbook = dress.empty_book()
        self.cached: dict[str, dict[str, object]] = {}
        self._styles: dict[Look, object] = {}
        self._lists: list[tuple[str, ...]] = []

    def sheet(self, name: str, widths: Mapping[int, float], landscape: bool):
        """A new A4 sheet, fitted to the page's width."""
        from workbook_builder.excel import dress

        ws = self.workbook.create_sheet(name)
        self.cached[name] = {}
        for col, width in widths.items():
            ws.column_dimensions[column_letters(col)].width = width
        dress.page(ws, landscape)
        return ws

    def put(self, ws, row: int, col: int, value: Decimal | str | None, look: Look):
        """A value, never a formula."""
        cell = ws.cell(row, col)
        self._dress(cell, look)
        if isinstance(value, Decimal):
            cell.value = int(value) if value == value.to_integral_value() else float(value)
        elif value:
            cell.value = as_stored(value)
            cell.data_type = "s"
        return cell

    def formula(self, ws, row: int, col: int, formula: str, value: object, look: Look) -> None:
        """A formula and the value it has now."""
        cell = ws.cell(row, col)
        self._dress(cell, look)
        cell.value = "=" + formula
        self.cached[ws.title][cell.coordinate] = value

    def span(self, ws, row: int, first: int, last: int, text: str, look: Look, least: float = 0) -> None:
        """A text over several columns; the row becomes as high as it needs."""
        for col in range(first, last + 1):
            self._dress(ws.cell(row, col), look)
        self.put(ws, row, first, text, look)
        if last > first:
            ws.merged_cells.add(f"{address(row, first)}:{address(row, last)}")
        width = sum(ws.column_dimensions[column_letters(col)].width for col in range(first, last + 1))
        height = row_height([(text, width, look.size)], least)
        ws.row_dimensions[row].height = max(height, ws.row_dimensions[row].height or 0)

    def pages(self, ws, last: int, col: int, head: int, kept: int) -> None:
        """What is printed: rows to `last`, columns to `col`, row `head` again on each page, the last `kept` rows on one."""
        from openpyxl.worksheet.pagebreak import Break

        ws.print_title_rows = f"{head}:{head}"
        ws.print_area = f"A1:{address(last, col)}"
        rows = [ws.row_dimensions[number] for number in range(1, last + 1)]
        heights = [0.0 if row.hidden else row.height for row in rows]
        bonds = [JOINED if number > last - kept else APART for number in range(1, last + 1)]
        widths = {number: ws.column_dimensions[column_letters(number)].width for number in range(1, col + 1)}
        for end in page_ends(heights, bonds, page_room(ws, widths, col, PIXELS), heights[head - 1]):
            ws.row_breaks.append(Break(end))

    def _dress(self, cell, look: Look) -> None:
        if look not in self._styles:
            _apply(cell, look)
            self._styles[look] = copy(cell._style)
        cell._style = copy(self._styles[look])

    # --- rules of inputs ----------------------------------------------------------------------------------------

    def choices(self, ws, ref: str, words: tuple[str, ...], title: str = "", prompt: str = "") -> str:
        """A drop-down over `ref`; the range that its words stand in, on a hidden sheet."""
        from openpyxl.worksheet.datavalidation import DataValidation

        if words not in self._lists:
            self._lists.append(words)
        letter = column_letters(self._lists.index(words) + 1)
        where = f"{LISTS_SHEET}!${letter}$1:${letter}${len(words)}"
        check = DataValidation(type="list", formula1=where, allow_blank=True, showErrorMessage=True, errorStyle="stop")
        check.errorTitle, check.error = "不能这样填", "请从下拉框中选择，或空着。"
        if prompt:
            check.showInputMessage, check.promptTitle, check.prompt = True, title, prompt
        check.add(ref)
        ws.add_data_validation(check)
        return where

    def numbers(self, ws, ref: str, high: str, error: str) -> None:
        """Only numbers from 0 to `high` in `ref`."""
        from openpyxl.worksheet.datavalidation import DataValidation

        check = DataValidation(
            type="decimal", operator="between", formula1="0", formula2=high, allow_blank=True, showErrorMessage=True
        )
        check.errorStyle, check.errorTitle, check.error = "stop", "不能这样填", error
        check.add(ref)
        ws.add_data_validation(check)

    def mark(self, ws, ref: str, condition: str, fill: str = "", color: str = "") -> None:
        """Another look of `ref` while `condition` holds."""
        from openpyxl.formatting.rule import FormulaRule
        from openpyxl.styles import Font

        from workbook_builder.excel import dress

        look = {"fill": dress.mark_fill(fill)} if fill else {}
        if color:
            look["font"] = Font(color=color, bold=True)
        ws.conditional_formatting.add(ref, FormulaRule(formula=[condition], **look))

    # --- the end ------------------------------------------------------------------------------------------------

    def bytes(
        self, meta: Iterable[tuple[str, str]], fields: Iterable[tuple[str, str, str, str]], password: str, active: str
    ) -> bytes:
        """The finished workbook; `fields` are (field, section, sheet, cell) of the manifest."""
        from openpyxl.workbook.protection import WorkbookProtection

        ws = self._hidden_sheet(MANIFEST_SHEET)
        ws.append(MANIFEST_HEADER)
        for name, value in meta:
            ws.append((name, None, None, None, META, value or None))
        for name, section, sheet, cell in fields:
            ws.append((name, section, sheet, cell, "input", None))
        if self._lists:
            lists = self._hidden_sheet(LISTS_SHEET)
            for col, words in enumerate(self._lists, 1):
                for row, word in enumerate(words, 1):
                    self.put(lists, row, col, word, Look())
        for ws in self.workbook.worksheets:
            _protect(ws, password)
            ws.sheet_view.tabSelected = ws.title == active
        self.workbook.active = self.workbook.sheetnames.index(active)
        self.workbook.security = WorkbookProtection(lockStructure=True)
        self.workbook.calculation.fullCalcOnLoad = True
        return stable_save(self.workbook, self.cached)

    def _hidden_sheet(self, name: str):
        ws = self.workbook.create_sheet(name)
        ws.sheet_state = "veryHidden"
        return ws


def _apply(cell, look: Look) -> None:
    from openpyxl.styles import Protection

    from workbook_builder.excel import dress

    cell.font = dress.font(look.font, look.size, look.color, look.bold)
    cell.alignment = dress.aligned(look.align, look.valign, indent=look.indent)
    cell.protection = Protection(locked=not look.unlocked)
    if look.fill:
        cell.fill = dress.fill(look.fill)
    if look.border:
        cell.border = dress.frame(look.border)


def _protect(ws, password: str) -> None:
    """Widths and heights may be changed, nothing else outside the inputs."""
    ws.protection.sheet = ws.protection.objects = ws.protection.scenarios = True
    ws.protection.formatColumns = ws.protection.formatRows = False
    if password:
        ws.protection.set_password(password)
