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
from workbook_builder.excel.stable import stable_save
from workbook_builder.intake.refs import column_letters
from workbook_builder.layout.plan import LISTS_SHEET, MANIFEST_HEADER, MANIFEST_SHEET, META, address

HEI, FANG = "黑体", "仿宋"
NAVY, RED, GREEN, GREY = "1F3864", "C00000", "375623", "595959"
HEAD_FILL, INPUT_FILL, PALE_FILL, WRONG_FILL = "D9E2F3", "FFFBE6", "EEF3FA", "F8CBAD"


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell looks. `border`: "" none, else the colour of its thin lines."""

    font: str = FANG
    size: float = 12
    bold: bool = False
    color: str = "000000"
    fill: str = ""
    border: str = ""
    align: str = "left"
    valign: str = "center"
    unlocked: bool = False
    indent: int = 0


class Pen:
    """One workbook being written."""

    def __init__(self) -> None:
        from openpyxl import Workbook

        self.workbook = Workbook()
        self.workbook.remove(self.workbook.active)
        self.cached: dict[str, dict[str, object]] = {}
        self._styles: dict[Look, object] = {}
        self._lists: list[tuple[str, ...]] = []

    def sheet(self, name: str, widths: Mapping[int, float], landscape: bool):
        """A new A4 sheet, fitted to the page's width."""
        from openpyxl.worksheet.properties import PageSetupProperties

        ws = self.workbook.create_sheet(name)
        self.cached[name] = {}
        for col, width in widths.items():
            ws.column_dimensions[column_letters(col)].width = width
        ws.page_setup.paperSize = 9
        ws.page_setup.orientation = "landscape" if landscape else "portrait"
        ws.page_setup.fitToWidth, ws.page_setup.fitToHeight = 1, 0
        ws.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        ws.print_options.horizontalCentered = True
        ws.sheet_view.showGridLines = False
        return ws

    def put(self, ws, row: int, col: int, value: Decimal | str | None, look: Look):
        """A value, never a formula."""
        cell = ws.cell(row, col)
        self._dress(cell, look)
        if isinstance(value, Decimal):
            cell.value = int(value) if value == value.to_integral_value() else float(value)
        elif value:
            cell.value = _storable(value)
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
        height = measure.row_height([(text, width, look.size)], least)
        ws.row_dimensions[row].height = max(height, ws.row_dimensions[row].height or 0)

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
        from openpyxl.styles import Font, PatternFill

        look = {"fill": PatternFill(bgColor=fill, fill_type="solid")} if fill else {}
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


def _storable(text: str) -> str:
    """`text` without the characters that no workbook can hold."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    return ILLEGAL_CHARACTERS_RE.sub("", text)


def _apply(cell, look: Look) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

    cell.font = Font(name=look.font, size=look.size, bold=look.bold, color=look.color)
    cell.alignment = Alignment(horizontal=look.align, vertical=look.valign, wrap_text=True, indent=look.indent)
    cell.protection = Protection(locked=not look.unlocked)
    if look.fill:
        cell.fill = PatternFill("solid", fgColor=look.fill)
    if look.border:
        side = Side(style="thin", color=look.border)
        cell.border = Border(left=side, right=side, top=side, bottom=side)


def _protect(ws, password: str) -> None:
    """Widths and heights may be changed, nothing else outside the inputs."""
    ws.protection.sheet = ws.protection.objects = ws.protection.scenarios = True
    ws.protection.formatColumns = ws.protection.formatRows = False
    if password:
        ws.protection.set_password(password)
