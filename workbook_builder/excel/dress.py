"""How a cell and a page look in every workbook that openpyxl writes: the palette as fonts, fills, frames, A4 pages.

Comes in: names of the palette. Goes out: openpyxl styles; a sheet set up to be printed. Registers, ballots, the scheme's
workbook, what goes back to a section and the template are all drawn with these, so that they stay one family.
"""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils.indexed_list import IndexedList
from openpyxl.worksheet.properties import PageSetupProperties

from workbook_builder.excel.palette import CHARSET, FANG, HAIR, HEI, INK, INPUT_LINE, LINE, NAVY, SONG, WHITE

#: Sizes in points: the title of a sheet, of its blocks, and of what stands in its tables.
TITLE_SIZE, HEAD_SIZE, TEXT_SIZE = 18.0, 12.0, 11.0
#: Of the style 常规, by which columns are measured.
NORMAL_SIZE = 12.0
PAGE_NUMBER = "第 &P 页，共 &N 页"
_MARGIN_FONT, _MARGIN_SIZE = f"{SONG},常规", 9
_A4 = 9
#: Inches. The foot leaves room for the page number, the head for a mark such as 演示数据.
_SIDES, _TOP, _BOTTOM, _EDGE = 0.45, 0.6, 0.7, 0.3


def empty_book() -> Workbook:
    """A workbook without sheets whose columns are as wide in every program: a unit is half an em of its style 常规."""
    book = Workbook()
    book.remove(book.active)
    normal = font(SONG, NORMAL_SIZE)
    book._fonts = IndexedList([normal])
    book._named_styles["Normal"].font = normal
    return book


def font(name: str = FANG, size: float = TEXT_SIZE, color: str = INK, bold: bool = False, underlined: bool = False) -> Font:
    """A Chinese typeface; the set of signs lets an office program without it choose another Chinese one."""
    line = "single" if underlined else None
    return Font(name=name, size=size, bold=bold, color=color, charset=CHARSET, underline=line)


def fill(color: str) -> PatternFill:
    return PatternFill("solid", fgColor=color)


def mark_fill(color: str) -> PatternFill:
    """The fill of a conditional format, which office programs read from the other of the two colours."""
    return PatternFill("solid", bgColor=color)


def frame(color: str = LINE, style: str = "thin") -> Border:
    """Four equal lines."""
    side = Side(style=style, color=color)
    return Border(left=side, right=side, top=side, bottom=side)


def aligned(h: str = "left", v: str = "center", wrap: bool = True, indent: int = 0) -> Alignment:
    return Alignment(horizontal=h, vertical=v, wrap_text=wrap, indent=indent)


BOX, SOFT_BOX, INPUT_BOX = frame(), frame(HAIR), frame(INPUT_LINE)


def head(cell, size: float = TEXT_SIZE) -> None:
    """The head of a column: white on dark blue, which a print without colours shows as well."""
    cell.font, cell.fill, cell.border, cell.alignment = font(HEI, size, WHITE), fill(NAVY), BOX, aligned("center")


def page(ws, landscape: bool, repeat: str = "", across: int = 1, one_page: bool = False) -> None:
    """A4, as wide as `across` pages, rows `repeat` (as "4:4") on each, pages numbered, no gridlines on the screen."""
    ws.page_setup.paperSize = _A4
    ws.page_setup.orientation = "landscape" if landscape else "portrait"
    ws.page_setup.fitToWidth, ws.page_setup.fitToHeight = across, int(one_page)
    ws.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    margins = ws.page_margins
    margins.left = margins.right = _SIDES
    margins.top, margins.bottom = _TOP, _BOTTOM
    margins.header = margins.footer = _EDGE
    ws.print_options.horizontalCentered = True
    ws.sheet_view.showGridLines = False
    if repeat:
        ws.print_title_rows = repeat
    # The page number keeps its size however small the table is printed.
    ws.HeaderFooter.scaleWithDoc = False
    _margin(ws.oddFooter.center, PAGE_NUMBER)


def head_mark(ws, mark: str) -> None:
    """What the scheme marks its papers with (演示数据), at the head of every page."""
    if mark:
        _margin(ws.oddHeader.center, mark)


def _margin(part, text: str) -> None:
    part.text, part.font, part.size = text, _MARGIN_FONT, _MARGIN_SIZE
