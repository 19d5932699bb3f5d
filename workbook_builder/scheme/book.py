"""document → 方案.xlsx, the workbook a clerk edits.

Comes in: a document. Goes out: bytes, the same for the same document. Nothing is locked; everything that helps
editing is there: explanations, drop-downs, hints, frozen headings, heights that show the whole text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from workbook_builder.excel.measure import row_height, unit_pixels
from workbook_builder.excel.palette import BLUE, FANG, HEI, NAVY, SOFT_INK, SONG
from workbook_builder.excel.palette import TITLE as TITLE_FACE
from workbook_builder.excel.stable import stable_save
from workbook_builder.intake.refs import column_letters
from workbook_builder.model import NO, YES
from workbook_builder.scheme.document import (
    FIRST_ROW,
    GUIDE_SHEET,
    HEADING_ROW,
    HINT_ROW,
    TITLE_ROW,
    VERSION_KEY,
    VERSION_SHEET,
    Document,
    column_places,
    is_shortest_number,
)
from workbook_builder.scheme.guide import HEAD, LINE, TITLE, guide_lines
from workbook_builder.scheme.names import split_names
from workbook_builder.scheme.tables import CHOICE, FORMAT_VERSION, POLICIES, TABLES, YESNO, Column, Table

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

#: Points of what is typed and of the grey hints above it.
SIZE, HINT_SIZE = 11.0, 10.0
#: Excel's limits: characters of a list written into a drop-down, of a prompt.
LIST_LIMIT, PROMPT_LIMIT = 255, 255
#: Drop-downs reach this far below the last row, for rows to come.
SPARE_ROWS = 500
#: Width in characters that an A4 page still shows legibly; the clause tables go over several pages side by side.
PAGE_WIDTH = 200
LISTS_SHEET = "_列表"
GUIDE_WIDTHS = (18, 110)

_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def write_book(document: Document) -> bytes:
    """方案.xlsx of the document."""

    from openpyxl import Workbook

    book = Workbook()
    styles = Styles()
    book._named_styles["Normal"].font = styles.normal
    guide = book.active
    guide.title = GUIDE_SHEET
    _write_guide(guide, styles)
    lists = Lists(book)
    for table in TABLES:
        _write_table(book.create_sheet(table.name), table, document, styles, lists)
    lists.write()
    version = book.create_sheet(VERSION_SHEET)
    version.sheet_state = "veryHidden"
    version.append([VERSION_KEY, FORMAT_VERSION])
    version.protection.sheet = True
    return stable_save(book, {})


class Styles:
    """The few looks of the workbook, made once per book."""

    def __init__(self) -> None:
        import workbook_builder.excel.dress as dress

        self.normal = dress.font(SONG, SIZE)
        self.title = dress.font(TITLE_FACE, dress.TITLE_SIZE)
        self.table = dress.font(TITLE_FACE, 14.0)
        self.block = dress.font(HEI, dress.HEAD_SIZE, NAVY)
        self.head = dress.font(HEI, SIZE)
        self.text = dress.font(FANG, SIZE)
        self.hint = dress.font(FANG, HINT_SIZE, SOFT_INK)
        self.border = dress.SOFT_BOX
        self.fill = dress.fill(BLUE)
        self.left = dress.aligned(v="top")
        self.line = dress.aligned(wrap=False)
        self.middle = dress.aligned("center")


class Lists:
    """Choices of drop-downs: written into the rule where Excel allows, else a column of a hidden sheet."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.columns: dict[tuple[str, ...], str] = {}

    def formula(self, choices: tuple[str, ...]) -> str:
        literal = ",".join(choices)
        if len(literal) <= LIST_LIMIT and not any("," in choice or '"' in choice for choice in choices):
            return f'"{literal}"'
        letter = self.columns.setdefault(choices, column_letters(len(self.columns) + 1))
        return f"'{LISTS_SHEET}'!${letter}$1:${letter}${len(choices)}"

    def write(self) -> None:
        if not self.columns:
            return
        sheet = self.book.create_sheet(LISTS_SHEET)
        sheet.sheet_state = "hidden"
        for choices, letter in self.columns.items():
            for row, choice in enumerate(choices, start=1):
                put(sheet[f"{letter}{row}"], choice)


def put(cell: Any, text: str) -> None:
    """A text into a cell: a number where it is the plain text of one, otherwise never anything but text."""
    if is_shortest_number(text):
        cell.value = float(text) if "." in text else int(text)
        return
    # Excel would take _x0041_ for an A.
    cell.value = _ESCAPED.sub("_x005F_", text)
    cell.data_type = "s"
    if text[:1] in ("=", "+", "-", "@"):
        cell.quotePrefix = True


def row_points(cells: list[tuple[str, float]], size: float = SIZE, least: float = 20.0) -> float:
    """Height that shows every (text, column width)."""
    texts = [(text, width, size) for text, width in cells]
    return row_height(texts, least, unit_pixels(SONG, SIZE))


def _write_guide(sheet: Worksheet, styles: Styles) -> None:
    for number, width in enumerate(GUIDE_WIDTHS, start=1):
        sheet.column_dimensions[column_letters(number)].width = width
    fonts = {TITLE: styles.title, HEAD: styles.block, LINE: styles.text}
    for row, (style, *texts) in enumerate(guide_lines(), start=1):
        for column, text in enumerate(texts, start=1):
            if text:
                cell = sheet.cell(row, column)
                put(cell, text)
                cell.font = fonts[style]
                cell.alignment = styles.left
        if style == LINE:
            sheet.cell(row, 1).font = styles.head
            sheet.row_dimensions[row].height = row_points(list(zip(texts, GUIDE_WIDTHS, strict=True)))
        else:
            sheet.cell(row, 1).alignment = styles.line
            sheet.row_dimensions[row].height = 40 if style == TITLE else 28
    import workbook_builder.excel.dress as dress

    dress.page(sheet, landscape=False, one_page=True)


def _write_table(sheet: Worksheet, table: Table, document: Document, styles: Styles, lists: Lists) -> None:
    widths = {column.name: float(column.width) for column in table.columns}
    for number, column in enumerate(table.columns, start=1):
        look = sheet.column_dimensions[column_letters(number)]
        look.width = column.width
        look.alignment = styles.left
        look.font = styles.normal
    _write_heading(sheet, table, styles)
    rows = document.get(table.name, [])
    for row, record in enumerate(rows, start=FIRST_ROW):
        for number, column in enumerate(table.columns, start=1):
            cell = sheet.cell(row, number)
            cell.font, cell.border, cell.alignment = styles.normal, styles.border, styles.left
            if column.name in record.values:
                put(cell, record.values[column.name])
        sheet.row_dimensions[row].height = row_points([(text, widths[name]) for name, text in record.values.items()])
    last = max(FIRST_ROW + len(rows) - 1, FIRST_ROW)
    end = column_letters(len(table.columns))
    sheet.auto_filter.ref = f"A{HEADING_ROW}:{end}{last}"
    sheet.freeze_panes = f"B{FIRST_ROW}"
    _drop_downs(sheet, table, document, last, lists)
    _page(sheet, repeat=f"{HEADING_ROW}:{HEADING_ROW}", across=max(1, round(sum(widths.values()) / PAGE_WIDTH)))


def _write_heading(sheet: Worksheet, table: Table, styles: Styles) -> None:
    title = sheet.cell(TITLE_ROW, 1)
    put(title, f"{table.name}——{table.about}")
    title.font, title.alignment = styles.table, styles.line
    hints, heads = [], []
    for number, column in enumerate(table.columns, start=1):
        hint, head = sheet.cell(HINT_ROW, number), sheet.cell(HEADING_ROW, number)
        text = _hint(column)
        if text:
            put(hint, text)
        hint.font, hint.alignment = styles.hint, styles.left
        put(head, column.name)
        _dress_head(head, column, styles)
        hints.append((text, float(column.width)))
        heads.append((column.name, float(column.width)))
    sheet.row_dimensions[TITLE_ROW].height = 32
    sheet.row_dimensions[HINT_ROW].height = row_points(hints, HINT_SIZE, 16.0)
    sheet.row_dimensions[HEADING_ROW].height = row_points(heads, least=26.0)


def _hint(column: Column) -> str:
    """What stands above a head: whether it must be filled in, and how."""
    return "；".join(filter(None, ("必填" if column.required else "", column.hint)))


def _dress_head(cell: Any, column: Column, styles: Styles) -> None:
    """A column that must be filled in has the dark head; the word stands above it."""
    import workbook_builder.excel.dress as dress

    dress.head(cell, SIZE)
    if not column.required:
        cell.font, cell.fill = styles.head, styles.fill


def _drop_downs(sheet: Worksheet, table: Table, document: Document, last: int, lists: Lists) -> None:
    for number, column in enumerate(table.columns, start=1):
        choices = column.choices or ((YES, NO) if column.type == YESNO else ())
        if column.type in (CHOICE, YESNO) and choices:
            letter = column_letters(number)
            _list_rule(sheet, f"{letter}{FIRST_ROW}:{letter}{last + SPARE_ROWS}", lists.formula(choices), column)
    if table is POLICIES:
        _readings_rules(sheet, document)


def _readings_rules(sheet: Worksheet, document: Document) -> None:
    """Each policy offers its own readings; another one may still be typed."""
    letter = column_letters(column_places(POLICIES)["取值"])
    for row, record in enumerate(document.get(POLICIES.name, []), start=FIRST_ROW):
        readings = (record.values.get("取值", ""), *split_names(record.values.get("其他读法", "")))
        literal = ",".join(readings)
        plain = literal.count(",") == len(readings) - 1 and '"' not in literal and "\n" not in literal
        if len(readings) > 1 and len(literal) <= LIST_LIMIT and plain:
            _list_rule(sheet, f"{letter}{row}", f'"{literal}"', POLICIES.column("取值"), style="warning")


def _list_rule(sheet: Worksheet, area: str, formula: str, column: Column, style: str = "stop") -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    rule = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=True, errorStyle=style)
    rule.errorTitle, rule.error = column.name[:32], "请从下拉列表中选择。"
    if column.hint:
        rule.showInputMessage = True
        rule.promptTitle, rule.prompt = column.name[:32], column.hint[:PROMPT_LIMIT]
    rule.add(area)
    sheet.add_data_validation(rule)


def _page(sheet: Worksheet, repeat: str, across: int) -> None:
    """A4 landscape, as wide as `across` pages, headings on every page."""
    import workbook_builder.excel.dress as dress

    dress.page(sheet, landscape=True, repeat=repeat, across=across)
    if across > 1:
        sheet.print_title_cols = "A:A"
