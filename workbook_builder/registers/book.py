"""A new register: its sheet as a real table, the page that explains it, the hidden lists.

Comes in: a `Register` and its rows. Goes out: the bytes of an .xlsx, the same for the same rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy

from openpyxl import Workbook
from openpyxl.worksheet.table import Table, TableStyleInfo

from workbook_builder.excel import dress, measure
from workbook_builder.excel.palette import FANG, HEI, NAVY, SOFT_INK, TITLE
from workbook_builder.excel.stable import stable_save
from workbook_builder.intake import column_letters
from workbook_builder.layout.plan import address
from workbook_builder.registers import look
from workbook_builder.registers.spec import (
    DATE,
    FIRST_ROW,
    GUIDE_HEAD,
    GUIDE_HEADS,
    GUIDE_LINE,
    GUIDE_ROW,
    GUIDE_SHEET,
    GUIDE_TITLE,
    HEAD_ROW,
    HINT_ROW,
    NUMBER,
    TITLE_ROW,
    Record,
    Register,
)

_GUIDE_WIDTHS = (18.0, 20.0, 28.0, 16.0, 36.0)
_GUIDE_FONTS = {
    GUIDE_TITLE: dress.font(TITLE, dress.TITLE_SIZE),
    GUIDE_HEAD: dress.font(HEI, dress.HEAD_SIZE, NAVY),
    GUIDE_LINE: dress.font(FANG, look.SIZE),
}
_SUBJECT = dress.font(HEI, look.SIZE)


def new_book(register: Register, rows: Sequence[Record]) -> bytes:
    """The workbook holding `rows`."""
    book = Workbook()
    book._named_styles["Normal"].font = copy(look.CELL_FONT)
    ws = book.active
    ws.title = register.kind
    places = {head: col for col, head in enumerate(register.heads, 1)}
    _columns(ws, register)
    _top(ws, register)
    _rows(ws, register, rows)
    last = HEAD_ROW + max(1, len(rows))
    look.dress_columns(ws, register, places, last)
    _table(ws, register, last)
    dress.page(ws, landscape=True, repeat=f"{HEAD_ROW}:{HEAD_ROW}")
    ws.freeze_panes = f"A{FIRST_ROW}"
    for selection in ws.sheet_view.selection:
        selection.activeCell = selection.sqref = f"A{FIRST_ROW + len(rows)}"
    ws.sheet_properties.tabColor = NAVY
    _guide(book.create_sheet(GUIDE_SHEET), register)
    look.write_lists(book, register)
    look.write_manifest(book, register, places)
    # There is nothing to calculate: nobody is asked to save what they have only looked at.
    book.calculation.fullCalcOnLoad = False
    return stable_save(book, {})


def _columns(ws, register: Register) -> None:
    """Widths and the look of rows to come: a column's own style makes no cells and prints no empty pages."""
    for col, column in enumerate(register.columns, 1):
        dimension = ws.column_dimensions[column_letters(col)]
        dimension.width, dimension.hidden = column.width, column.hidden
        dimension.font, dimension.border = look.CELL_FONT, dress.SOFT_BOX
        dimension.alignment = look.CENTRED if column.type in (DATE, NUMBER) else look.WRAPPED
        if column.type == DATE:
            dimension.number_format = look.DATE_FORMAT


def _top(ws, register: Register) -> None:
    """Title and hint stand unmerged and run over to the right: merged cells would keep people from moving columns."""
    title, hint = dress.font(TITLE, dress.TITLE_SIZE), dress.font(FANG, look.SIZE, SOFT_INK)
    for row, text, height, font in ((TITLE_ROW, register.title, 38.0, title), (HINT_ROW, register.hint, 24.0, hint)):
        dimension, cell = ws.row_dimensions[row], ws.cell(row, 1)
        dimension.height = height
        look.put(cell, text)
        # The whole row has the look, so that the borders of the columns begin below it.
        dimension.font = cell.font = font
        dimension.alignment = cell.alignment = dress.aligned(wrap=False)
    for col, column in enumerate(register.columns, 1):
        cell = ws.cell(HEAD_ROW, col)
        look.put(cell, column.head)
        dress.head(cell)
    heads = [(column.head, column.width - 2.5, look.SIZE) for column in register.columns if not column.hidden]
    ws.row_dimensions[HEAD_ROW].height = measure.row_height(heads, 30.0)


def _rows(ws, register: Register, rows: Sequence[Record]) -> None:
    widths = {col: column.width for col, column in enumerate(register.columns, 1) if not column.hidden}
    for number, record in enumerate(rows or [{}], FIRST_ROW):
        for col, column in enumerate(register.columns, 1):
            cell = ws.cell(number, col)
            look.dress_cell(cell, column)
            look.put(cell, record.get(column.head))
        look.grow_row(ws, number, widths)


def _table(ws, register: Register, last: int) -> None:
    """A table of Excel's own: filters, and rows typed beneath it become part of it."""
    table = Table(displayName=register.table, ref=f"A{HEAD_ROW}:{address(last, len(register.columns))}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    ws.add_table(table)


# --- 说明 --------------------------------------------------------------------------------------------------------------


def _guide(ws, register: Register) -> None:
    for col, width in enumerate(_GUIDE_WIDTHS, 1):
        ws.column_dimensions[column_letters(col)].width = width
    for row, (style, *texts) in enumerate(register.guide, 1):
        if style in (GUIDE_HEADS, GUIDE_ROW):
            _example(ws, row, texts, style == GUIDE_HEADS)
        else:
            _sentence(ws, row, style, texts)
    dress.page(ws, landscape=True, one_page=True)


def _sentence(ws, row: int, style: str, texts: list[str]) -> None:
    """A title or heading over the whole width; a line as its subject and what is said of it."""
    start = 2 if style == GUIDE_LINE and len(texts) == 2 else 1
    ws.merge_cells(f"{address(row, start)}:{address(row, len(_GUIDE_WIDTHS))}")
    plain = style == GUIDE_LINE
    for col, text in ((1, texts[0]), (start, texts[-1])):
        cell = ws.cell(row, col)
        look.put(cell, text)
        cell.font = _SUBJECT if plain and col < start else _GUIDE_FONTS[style]
        cell.alignment = dress.aligned(v="top" if plain else "center")
    width, size = sum(_GUIDE_WIDTHS[start - 1 :]), _GUIDE_FONTS[style].sz
    least = {GUIDE_TITLE: 38.0, GUIDE_HEAD: 28.0}.get(style, 20.0)
    ws.row_dimensions[row].height = measure.row_height([(texts[-1], width, size)], least)


def _example(ws, row: int, texts: list[str], heads: bool) -> None:
    for col, text in enumerate(texts, 1):
        cell = ws.cell(row, col)
        look.put(cell, text)
        if heads:
            dress.head(cell)
        else:
            cell.font, cell.border, cell.alignment = look.CELL_FONT, dress.SOFT_BOX, look.WRAPPED
    texts_of = list(zip(texts, _GUIDE_WIDTHS, (look.SIZE,) * len(texts), strict=False))
    ws.row_dimensions[row].height = measure.row_height(texts_of, 24.0)
