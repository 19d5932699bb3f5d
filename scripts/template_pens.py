"""How the template's cells are drawn: styles, prototype rows, samples of states, pages of explanation, A4 paper."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.styles import Border, Side
from openpyxl.utils import get_column_letter
from openpyxl.utils.indexed_list import IndexedList

from workbook_builder.excel import dress, measure
from workbook_builder.excel.dress import BOX, INPUT_BOX
from workbook_builder.excel.palette import BLUE, FAINT, FANG, GREY, HAIR, HEI, INK, INPUT, LINE, NAVY, PALE, SONG, TITLE
from workbook_builder.excel.template import STATE_KEY

__all__ = [
    "BAND",
    "BLUE",
    "BOX",
    "FANG",
    "GREY",
    "HEI",
    "INPUT",
    "INPUT_BOX",
    "ITEM",
    "NAVY",
    "PALE",
    "SOFT",
    "TITLE",
    "empty_template",
    "heading",
    "instructions_sheet",
    "page",
    "passage",
    "row",
    "states",
    "style",
]

_THIN = Side(style="thin", color=LINE)
_HAIR = Side(style="hair", color=HAIR)
_STRONG = Side(style="medium", color=NAVY)
#: Within an item; around a band of text; above an item, so that the eye finds where it begins.
SOFT = Border(left=_THIN, right=_THIN, top=_HAIR, bottom=_HAIR)
BAND = Border(top=_THIN, bottom=_THIN)
ITEM = Border(top=_STRONG, bottom=_THIN)

#: Columns of a page of explanation: the number of a paragraph, the paragraph.
_NUMBER_WIDTH, _TEXT_WIDTH = 4, 78


def empty_template():
    """A workbook whose columns are as wide in every program: a unit of width is half an em of the style 常规, 8 pixels."""
    workbook = Workbook()
    normal = dress.font(SONG, 12)
    workbook._fonts = IndexedList([normal])
    workbook._named_styles["Normal"].font = normal
    return workbook


def style(
    cell,
    font=FANG,
    size=11,
    bold=False,
    color=INK,
    fill=None,
    border=None,
    h="left",
    v="center",
    wrap=True,
    indent=0,
):
    cell.font = dress.font(font, size, color, bold)
    cell.alignment = dress.aligned(h, v, wrap, indent)
    if fill:
        cell.fill = dress.fill(fill)
    if border:
        cell.border = border


def row(ws, number, key, height, texts, last, **base):
    """One prototype row: key, height, texts by column letter, one base style for all its cells."""
    ws.cell(number, 1, key)
    ws.row_dimensions[number].height = height
    style(ws.cell(number, 1), size=9, color=FAINT, wrap=False)
    for col in range(2, last + 1):
        style(ws.cell(number, col), **base)
    for letter, text in texts.items():
        ws[f"{letter}{number}"] = text


def states(ws, first, looks, col):
    for number, (state, (fill, color, bold)) in enumerate(looks.items(), first):
        style(ws.cell(number, 1, STATE_KEY + state), size=9, color=FAINT, wrap=False)
        cell = ws.cell(number, col, state)
        style(cell, size=11, fill=fill, color=color, bold=bold, border=INPUT_BOX, h="center")


def instructions_sheet(ws, lines):
    """A page of headings and numbered paragraphs: ("title" | "head" | "text", text)."""
    ws.column_dimensions["A"].width, ws.column_dimensions["B"].width = _NUMBER_WIDTH, _TEXT_WIDTH
    for number, (kind, text) in enumerate(lines, 1):
        if kind == "title":
            style(ws.cell(number, 1, text), font=TITLE, size=18, h="center")
            ws.merge_cells(start_row=number, start_column=1, end_row=number, end_column=2)
            ws.row_dimensions[number].height = 44
        elif kind == "head":
            heading(ws, number, text, 2)
        else:
            passage(ws, number, text, 2)
    page(ws, "portrait")


def heading(ws, number, text, last):
    """一、… over a thin line."""
    for col in range(1, last + 1):
        style(ws.cell(number, col), font=HEI, size=13, color=NAVY, v="bottom", border=Border(bottom=_THIN))
    ws.cell(number, 1, text)
    ws.merge_cells(start_row=number, start_column=1, end_row=number, end_column=last)
    ws.row_dimensions[number].height = 30


def passage(ws, number, text, last, size=12, color=INK):
    """A paragraph; one that begins with a number hangs beside it."""
    mark, _, rest = text.partition(" ")
    numbered = mark.endswith(".") and mark[:-1].isdigit()
    style(ws.cell(number, 1, mark if numbered else None), size=size, color=color, h="right", v="top", wrap=False)
    style(ws.cell(number, 2, rest if numbered else text), size=size, color=color, v="top")
    if last > 2:
        ws.merge_cells(start_row=number, start_column=2, end_row=number, end_column=last)
    width = sum(ws.column_dimensions[get_column_letter(col)].width for col in range(2, last + 1))
    ws.row_dimensions[number].height = measure.row_height([(rest if numbered else text, width, size)], 21, 8.0)


def page(ws, orientation):
    dress.page(ws, orientation == "landscape")
