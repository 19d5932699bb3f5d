"""What a workbook that goes back has beside the form: the sheet 退回说明, marked cells, a column 退回意见.

Comes in: the openpyxl workbook of the form, its plan and the letter. The column stands right of everything that is
collected or printed, so the signed pages stay the form's and the additions say nothing when the workbook returns.
Plain cells and borders only: they survive Excel, WPS and LibreOffice, and no conditional format hides a border.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass

from workbook_builder.excel import measure
from workbook_builder.excel.palette import FANG, INK, LINK, RED, SOFT_INK, SONG, TITLE, WRONG
from workbook_builder.excel.stored import as_stored
from workbook_builder.intake.refs import column_letters
from workbook_builder.layout import skeleton
from workbook_builder.layout.plan import Book, address

LETTER_SHEET = "退回说明"
_NOWHERE = "—"
COLUMN_HEAD = "退回意见"
#: The column of the notes: right of the hidden 校验列, and right of the counts of a 申报表.
_SECTION_COLUMN, _FORM_COLUMN = skeleton.CODE + 1, 5
_NOTE_WIDTH = 46.0
_HEADS = (("序号", 6.0), ("内容", 30.0), ("位置", 13.0), ("原来填的", 26.0), ("问题", 38.0), ("怎么办", 40.0))
_SHEET_WIDTH = sum(width for _, width in _HEADS)
#: Longest text of people that is quoted beside its cell, and in the letter; a cell may hold 32,767 characters.
_LONGEST, _QUOTED = 300, 80


@dataclass(frozen=True, slots=True)
class Mend:
    """One thing to mend: what the place is called, where it is (sheet, row, column), what stood there, what to do.

    `kept`: what stood there was accepted and stands there still.
    """

    name: str
    place: tuple[str, int, int] | None
    was: str
    message: str
    fix: str
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """What the sheet 退回说明 says."""

    title: str
    steps: tuple[str, ...]
    origin: str
    mends: tuple[Mend, ...]
    mark: str = ""


def finish(workbook, book: Book, letter: Letter) -> None:
    """Add the letter, the marks and the notes to the workbook of the form."""
    by_row: dict[tuple[str, int], list[Mend]] = {}
    for mend in letter.mends:
        if mend.place is not None:
            _mark(workbook[mend.place[0]], mend.place[1], mend.place[2])
            by_row.setdefault(mend.place[:2], []).append(mend)
    for (sheet, row), mends in by_row.items():
        ws = workbook[sheet]
        _note(ws, row, _SECTION_COLUMN if sheet == book.active else _FORM_COLUMN, mends)
    for planned in book.sheets:
        if any(sheet == planned.name for sheet, _ in by_row):
            _head(workbook[planned.name], planned.header_row or 1, planned.name == book.active)
    _letter(workbook, book, letter)


# --- on the sheets of the form ---------------------------------------------------------------------------------------


def _mark(ws, row: int, col: int) -> None:
    """A thick red frame round the cell, or round all that it is merged with."""
    from openpyxl.styles import Border, Side

    from workbook_builder.excel import dress

    cells = [ws.cell(row, col)]
    for area in ws.merged_cells.ranges:
        if cells[0].coordinate in area:
            cells = [ws.cell(row, c) for c in range(area.min_col, area.max_col + 1)]
            break
    side = Side("thick", color=RED)
    for cell in cells:
        # The writer lets all cells of one look share one style; this cell alone is to change.
        cell._style = copy(cell._style)
        left = side if cell is cells[0] else cell.border.left
        right = side if cell is cells[-1] else cell.border.right
        cell.border = Border(left=left, right=right, top=side, bottom=side)
        cell.fill = dress.fill(WRONG)


def _note(ws, row: int, col: int, mends: list[Mend]) -> None:
    text = "\n".join(_note_text(mend) for mend in mends)
    _put(ws.cell(row, col), text, size=10, color=RED)
    height = ws.row_dimensions[row].height or 18.0
    ws.row_dimensions[row].height = measure.row_height([(text, _NOTE_WIDTH, 10)], height)


def _note_text(mend: Mend) -> str:
    was = "" if mend.kept else f"原填：{_short(mend.was)}　"
    return f"{was}问题：{mend.message}　怎么办：{mend.fix}"


def _head(ws, row: int, section: bool) -> None:
    col = _SECTION_COLUMN if section else _FORM_COLUMN
    _column_head(ws.cell(row, col), COLUMN_HEAD)
    ws.column_dimensions[column_letters(col)].width = _NOTE_WIDTH


# --- the letter ------------------------------------------------------------------------------------------------------


def _letter(workbook, book: Book, letter: Letter) -> None:
    from workbook_builder.excel import dress

    ws = workbook.create_sheet(LETTER_SHEET, 0)
    for number, (_, width) in enumerate(_HEADS, 1):
        ws.column_dimensions[column_letters(number)].width = width
    _line(ws, 1, letter.title, 40.0, name=TITLE, size=18, centre=True)
    _line(ws, 2, letter.origin, 22.0, color=SOFT_INK, centre=True)
    for row, text in enumerate(letter.steps, 3):
        _line(ws, row, text, 24.0, size=12)
    header = len(letter.steps) + 3
    for col, (head, _) in enumerate(_HEADS, 1):
        _column_head(ws.cell(header, col), head)
    ws.row_dimensions[header].height = 26.0
    for number, mend in enumerate(letter.mends, 1):
        _row(ws, header + number, number, mend, book.active)
    ws.freeze_panes = address(header + 1, 1)
    dress.page(ws, landscape=True, repeat=f"{header}:{header}")
    ws.print_area = f"A1:{address(header + len(letter.mends), len(_HEADS))}"
    dress.head_mark(ws, letter.mark)
    ws.sheet_properties.tabColor = RED
    ws.protection = copy(workbook[book.active].protection)
    workbook.active = 0
    for other in workbook.worksheets:
        other.sheet_view.tabSelected = other is ws


def _line(ws, row: int, text: str, least: float, size: int = 11, name: str = FANG, **look) -> None:
    _put(ws.cell(row, 1), text, size=size, name=name, framed=False, **look)
    ws.merge_cells(start_row=row, start_column=1, end_row=row, end_column=len(_HEADS))
    ws.row_dimensions[row].height = measure.row_height([(text, _SHEET_WIDTH, size)], least)


def _row(ws, row: int, number: int, mend: Mend, section: str) -> None:
    """A row of the table. A link does not wrap in every program, so it is short: F12, 申报1 C4."""
    from openpyxl.worksheet.hyperlink import Hyperlink

    target = address(*mend.place[1:]) if mend.place else _NOWHERE
    form = mend.place[0].partition("-")[0] + " " if mend.place and mend.place[0] != section else ""
    texts = (mend.name, form + target, _short(mend.was, _QUOTED), mend.message, mend.fix)
    first = ws.cell(row, 1, number)
    _look(first, centre=True)
    for col, text in enumerate(texts, 2):
        _put(ws.cell(row, col), text)
    if mend.place is not None:
        cell = ws.cell(row, 3)
        sheet = mend.place[0].replace("'", "''")
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{sheet}'!{target}")
        _look(cell, color=LINK, underlined=True, centre=True)
    measured = [(text, width, 11) for text, (_, width) in zip(texts, _HEADS[1:], strict=True)]
    ws.row_dimensions[row].height = measure.row_height(measured, 24.0)


# --- cells -----------------------------------------------------------------------------------------------------------


def _put(cell, text: str, **look) -> None:
    """A text that never becomes a formula, whatever it begins with."""
    cell.value = as_stored(text)
    cell.data_type = "s"
    _look(cell, **look)


def _column_head(cell, text: str) -> None:
    from workbook_builder.excel import dress

    _put(cell, text)
    dress.head(cell)


def _look(
    cell,
    size: int = 11,
    name: str = SONG,
    color: str = INK,
    centre: bool = False,
    framed: bool = True,
    underlined: bool = False,
) -> None:
    from workbook_builder.excel import dress

    cell.font = dress.font(name, size, color, underlined=underlined)
    cell.alignment = dress.aligned("center" if centre else "left")
    if framed:
        cell.border = dress.BOX


def _short(text: str, most: int = _LONGEST) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
