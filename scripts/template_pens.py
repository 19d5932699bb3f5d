"""How the template's cells are drawn: styles, prototype rows, samples of states, A4 pages."""

from __future__ import annotations

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.properties import PageSetupProperties

from workbook_builder.excel.palette import (
    BLUE,
    CHARSET,
    FANG,
    GREY,
    HAIR,
    HEI,
    INPUT,
    INPUT_LINE,
    LINE,
    NAVY,
    PALE,
    TITLE,
)
from workbook_builder.excel.template import STATE_KEY

__all__ = [
    "BLUE",
    "BOX",
    "FANG",
    "GREY",
    "HEI",
    "INPUT",
    "INPUT_BOX",
    "NAVY",
    "PALE",
    "SOFT",
    "TITLE",
    "instructions_sheet",
    "page",
    "row",
    "states",
    "style",
]

_THIN = Side(style="thin", color=LINE)
_HAIR = Side(style="hair", color=HAIR)
_INPUT_SIDE = Side(style="thin", color=INPUT_LINE)
BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
SOFT = Border(left=_THIN, right=_THIN, top=_HAIR, bottom=_HAIR)
INPUT_BOX = Border(left=_INPUT_SIDE, right=_INPUT_SIDE, top=_INPUT_SIDE, bottom=_INPUT_SIDE)


def style(
    cell, font=FANG, size=11, bold=False, color="000000", fill=None, border=None, h="left", v="center", wrap=True
):
    cell.font = Font(name=font, size=size, bold=bold, color=color, charset=CHARSET)
    cell.alignment = Alignment(horizontal=h, vertical=v, wrap_text=wrap)
    if fill:
        cell.fill = PatternFill("solid", fgColor=fill)
    if border:
        cell.border = border


def row(ws, number, key, height, texts, last, **base):
    """One prototype row: key, height, texts by column letter, one base style for all its cells."""
    ws.cell(number, 1, key)
    ws.row_dimensions[number].height = height
    for col in range(1, last + 1):
        style(ws.cell(number, col), **base)
    for letter, text in texts.items():
        ws[f"{letter}{number}"] = text


def states(ws, first, looks, col):
    for number, (state, (fill, color, bold)) in enumerate(looks.items(), first):
        ws.cell(number, 1, STATE_KEY + state)
        cell = ws.cell(number, col, state)
        style(cell, size=11, fill=fill, color=color, bold=bold, border=INPUT_BOX, h="center")


def instructions_sheet(ws, lines):
    ws.column_dimensions["A"].width = 80
    looks = {
        "title": dict(font=HEI, size=18, h="center"),
        "head": dict(font=HEI, size=13, color=NAVY),
        "text": dict(font=FANG, size=12),
    }
    for number, (kind, text) in enumerate(lines, 1):
        ws.cell(number, 1, text)
        style(ws.cell(number, 1), **looks[kind])
        ws.row_dimensions[number].height = {"title": 40, "head": 26, "text": 20}[kind]
    page(ws, "portrait")


def page(ws, orientation):
    ws.page_setup.paperSize = 9
    ws.page_setup.orientation = orientation
    ws.page_setup.fitToWidth, ws.page_setup.fitToHeight = 1, 0
    ws.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    ws.page_margins.left = ws.page_margins.right = 0.4
    ws.page_margins.top, ws.page_margins.bottom = 0.5, 0.75
    ws.page_margins.header = ws.page_margins.footer = 0.3
    ws.oddFooter.center.text = "第 &P 页，共 &N 页"
    ws.print_options.horizontalCentered = True
    ws.sheet_view.showGridLines = False
