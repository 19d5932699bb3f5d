"""What is wrong with the looks of a workbook, found in the file itself: the sheets a person sees, cell by cell.

Comes in: the path of an .xlsx. Goes out: findings (kind, file, sheet, cell, what). Text is measured with real
typefaces (tests/typesetting.py), colours by WCAG 2.1; what is printed is looked at by tests/printed.py.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import tints
from openpyxl import load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.utils import get_column_letter, range_boundaries
from typesetting import PIXELS, Face, broken, needed_height

CUT_HEIGHT, CUT_WIDTH, HASHES, SHRUNK = "行高不够", "文字被截", "数字放不下", "缩得太小"
PALE, ALIKE, TALL, BEYOND, TINY = "对比度不足", "灰度分不开", "行高超限", "超出纸宽", "印得太小"
#: WCAG 2.1, level AA for ordinary text.
LEAST_CONTRAST = 4.5
#: Parts of one chart that touch differ by this much of lightness (0 to 100), so that a grey print tells them apart.
LEAST_STEP = 15.0
HIGHEST_ROW = 409.0
#: Points; smaller print is not read.
LEAST_PRINT, LEAST_SHRUNK = 5.5, 7.0
#: What a cell keeps free at its sides, and for each step of its indent; pixels.
SIDES, INDENT = 5, 9
#: Pixels of a digit of Calibri 11, in which the widths of columns are measured unless the first typeface is Chinese.
_CALIBRI_DIGIT = 7.0
_A4 = (210 / 25.4, 297 / 25.4)
_DEFAULT_WIDTH, _DEFAULT_HEIGHT = 8.43, 15.0
_SLACK = 0.6


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    kind: str
    file: str
    sheet: str
    cell: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind}\t{self.file}\t{self.sheet}!{self.cell}\t{self.what}"


def read(path: Path) -> list[Sheet]:
    """The sheets of a workbook that a person sees, in their order."""
    with warnings.catch_warnings():
        # openpyxl says that it leaves out the bars in cells that XlsxWriter draws.
        warnings.simplefilter("ignore", UserWarning)
        styled, values = load_workbook(path), load_workbook(path, data_only=True)
    theme = tints.theme(styled.loaded_theme)
    visible = [ws for ws in styled.worksheets if ws.sheet_state == "visible"]
    unit = digit_pixels(styled._fonts[0])
    return [Sheet(path.name, ws, values[ws.title], theme, unit) for ws in visible]


def digit_pixels(font) -> float:
    """What the widths of columns are measured in: a digit of the workbook's first typeface, half an em in Chinese ones."""
    chinese = any(not sign.isascii() for sign in font.name or "")
    return float(font.sz) * PIXELS / 2 if chinese else _CALIBRI_DIGIT


def findings(sheets: Iterable[Sheet]) -> list[Finding]:
    """Everything wrong with the looks of these sheets."""
    return [finding for sheet in sheets for look in CHECKS for finding in look(sheet)]


class Sheet:
    """A sheet with what is shown in its cells and the sizes of its rows and columns in pixels."""

    def __init__(self, file: str, ws, values, theme: tuple[str, ...], unit: float) -> None:
        self.file, self.ws, self.theme = file, ws, theme
        self.spans = {r.coord.split(":")[0]: r for r in ws.merged_cells.ranges}
        self._widths = _column_widths(ws, unit)
        self.shown = {}
        for row in values.iter_rows():
            for cell in row:
                if cell.value not in (None, "") and not isinstance(cell, MergedCell) and self.visible(cell):
                    text = shown(cell.value, cell.number_format)
                    if text.strip():
                        self.shown[cell.coordinate] = (ws[cell.coordinate], cell.value, text)
        #: Texts by row, numbers left out.
        self.texts: dict[int, list[str]] = {}
        for cell, value, text in self.shown.values():
            self.texts.setdefault(cell.row, []).extend([text] if isinstance(value, str) else [])

    def finding(self, kind: str, cell: str, what: str) -> Finding:
        return Finding(kind, self.file, self.ws.title, cell, what)

    def visible(self, cell) -> bool:
        return self.height(cell.row) != 0 and self.width(cell.column) != 0

    def width(self, col: int) -> float:
        """Pixels."""
        return self._widths.get(col, self._widths[0])

    def height(self, row: int) -> float | None:
        """Points; None lets the office program choose."""
        found = self.ws.row_dimensions.get(row)
        if found is None:
            return None
        return 0 if found.hidden else found.height

    def box(self, cell) -> tuple[float, float | None]:
        """Width in pixels and height in points of a cell, with what is merged into it."""
        span = self.spans.get(cell.coordinate)
        if span is None:
            return self.width(cell.column), self.height(cell.row)
        wide = sum(self.width(col) for col in range(span.min_col, span.max_col + 1))
        heights = [self.height(row) for row in range(span.min_row, span.max_row + 1)]
        default = self.ws.sheet_format.defaultRowHeight or _DEFAULT_HEIGHT
        return wide, sum(default if height is None else height for height in heights)

    def face(self, cell) -> Face:
        return Face(cell.font.name or "宋体", float(cell.font.sz or 11), bool(cell.font.b))


def _column_widths(ws, unit: float) -> dict[int, float]:
    """Pixels by number of the column; 0 for all others."""
    default = ws.sheet_format.defaultColWidth or ws.sheet_format.baseColWidth or _DEFAULT_WIDTH
    widths = {0: float(int(default * unit + 0.5))}
    for dimension in ws.column_dimensions.values():
        width = 0 if dimension.hidden else (dimension.width or default)
        for col in range(dimension.min or 1, min(dimension.max or 1, 400) + 1):
            widths[col] = float(int(width * unit + 0.5))
    return widths


# --- what a cell shows ------------------------------------------------------------------------------------------------


def shown(value: object, fmt: str) -> str:
    """A value as its number format shows it; enough of the formats for what we write."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime | date):
        return _date(value, fmt)
    if isinstance(value, int | float):
        return _number(value, fmt)
    return "" if fmt.endswith(";;;") else str(value)


def _number(value: float, fmt: str) -> str:
    parts = fmt.split(";")
    part = parts[0] if value > 0 or len(parts) == 1 else parts[1] if value < 0 else parts[min(2, len(parts) - 1)]
    signed = len(parts) > 1 and value < 0
    body = abs(value) if signed else value
    literal = re.sub(r'\\(.)|"([^"]*)"|_.|\[[^]]*\]', lambda m: m[1] or m[2] or "", part)
    number = re.search(r"[#0,?]+(?:\.[#0?]+)?", literal)
    if "General" in literal or "@" in literal:
        plain = format(Decimal(str(body)).normalize(), "f")
        return literal.replace("General", plain).replace("@", plain)
    if not number:
        return literal
    if literal.endswith("%"):
        body *= 100
    decimals = len(number[0].partition(".")[2])
    return literal.replace(number[0], f"{body:{',' if ',' in number[0] else ''}.{decimals}f}")


def _date(value: datetime | date, fmt: str) -> str:
    year, month, day = str(value.year), value.month, value.day
    text = fmt.split(";")[0].replace("\\", "").replace('"', "").lower()
    text = text.replace("yyyy", year).replace("mm", f"{month:02}").replace("dd", f"{day:02}")
    return text.replace("m", str(month)).replace("d", str(day))


# --- does it fit ------------------------------------------------------------------------------------------------------


def fitting(sheet: Sheet) -> Iterator[Finding]:
    """Texts and numbers against the room of their cells."""
    for ref, (cell, value, text) in sheet.shown.items():
        face, (width, height) = sheet.face(cell), sheet.box(cell)
        room = width - SIDES - INDENT * int(cell.alignment.indent or 0)
        number = not isinstance(value, str)
        if cell.alignment.textRotation:
            continue
        if cell.alignment.shrinkToFit and not cell.alignment.wrapText:
            size = face.size * min(1.0, room / max(1.0, face.width(text)))
            if size < LEAST_SHRUNK:
                yield sheet.finding(SHRUNK, ref, f"{size:.1f} 磅：{_short(text)}")
        elif number:
            least = text.split(".")[0] if cell.number_format == "General" else text
            if face.width(least) > room + _SLACK:
                yield sheet.finding(HASHES, ref, f"{text} 宽 {face.width(least):.0f}，格内 {room:.0f} 像素")
        elif cell.alignment.wrapText:
            yield from _wrapped(sheet, cell, text, room, height)
        else:
            yield from _unwrapped(sheet, cell, text, room, height)


def _wrapped(sheet: Sheet, cell, text: str, room: float, height: float | None) -> Iterator[Finding]:
    face = sheet.face(cell)
    if height is None:
        return
    lines = len(broken(text, face, room))
    needed = needed_height(lines, face, cell.alignment.vertical)
    if needed > height + _SLACK:
        what = f"{lines} 行要 {needed:.1f} 磅，只有 {height:.1f}：{_short(text)}"
        yield sheet.finding(CUT_HEIGHT, cell.coordinate, what)


def _unwrapped(sheet: Sheet, cell, text: str, room: float, height: float | None) -> Iterator[Finding]:
    face = sheet.face(cell)
    width = max(face.width(line) for line in text.split("\n"))
    room += _free(sheet, cell, cell.alignment.horizontal)
    if width > room + _SLACK:
        yield sheet.finding(CUT_WIDTH, cell.coordinate, f"宽 {width:.0f}，格内 {room:.0f} 像素：{_short(text)}")
    needed = needed_height(1, face, cell.alignment.vertical)
    if height is not None and needed > height + _SLACK:
        what = f"一行要 {needed:.1f} 磅，只有 {height:.1f}：{_short(text)}"
        yield sheet.finding(CUT_HEIGHT, cell.coordinate, what)


def _free(sheet: Sheet, cell, horizontal: str | None) -> float:
    """Pixels of empty cells beside `cell` over which its text may run."""
    if cell.coordinate in sheet.spans:
        return 0.0
    right = _empty(sheet, cell, 1) if horizontal != "right" else 0.0
    left = _empty(sheet, cell, -1) if horizontal in ("right", "center") else 0.0
    return 2 * min(left, right) if horizontal == "center" else left + right


def _empty(sheet: Sheet, cell, step: int) -> float:
    col, room = cell.column + step, 0.0
    last = sheet.ws.max_column
    while 1 <= col <= last:
        beside = sheet.ws.cell(cell.row, col)
        if isinstance(beside, MergedCell) or beside.coordinate in sheet.spans or beside.value not in (None, ""):
            break
        room += sheet.width(col)
        col += step
    return room


def rows(sheet: Sheet) -> Iterator[Finding]:
    """Rows that Excel cannot make so high."""
    for number, dimension in sheet.ws.row_dimensions.items():
        if dimension.height and dimension.height > HIGHEST_ROW:
            yield sheet.finding(TALL, f"A{number}", f"{dimension.height:g} 磅")


# --- colours ----------------------------------------------------------------------------------------------------------


def contrast(sheet: Sheet) -> Iterator[Finding]:
    """Every text against its ground, in colour and in grey, as it is and as conditions may colour it; one finding for
    each pair of colours, at the first cell that has it."""
    pairs: dict[tuple[str, str], list[str]] = {}
    for ref, (cell, _, _) in sheet.shown.items():
        pairs.setdefault((_ink(sheet, cell), _ground(sheet, cell)), []).append(ref)
    yield from _pale(sheet, pairs, "")
    for area in sheet.ws.conditional_formatting:
        for rule in area.rules:
            yield from _pale(sheet, _conditional(sheet, area.sqref, rule), "条件格式：")


def _pale(sheet: Sheet, pairs: dict[tuple[str, str], list[str]], when: str) -> Iterator[Finding]:
    for (ink, ground), cells in pairs.items():
        if (least := tints.contrast(ink, ground)) < LEAST_CONTRAST:
            yield sheet.finding(PALE, cells[0], f"{when}{ink} 在 {ground} 上只有 {least:.1f}:1，共 {len(cells)} 格")


def _ink(sheet: Sheet, cell) -> str:
    return tints.rgb(cell.font.color, sheet.theme) or "000000"


def _ground(sheet: Sheet, cell) -> str:
    fill = cell.fill
    if fill.patternType is None:
        return "FFFFFF"
    return tints.rgb(fill.fgColor if fill.patternType == "solid" else fill.bgColor, sheet.theme) or "FFFFFF"


def _conditional(sheet: Sheet, area, rule) -> dict[tuple[str, str], list[str]]:
    """The pairs of colours that a condition makes of the cells it holds for."""
    look = rule.dxf
    ink = tints.rgb(look.font.color, sheet.theme) if look is not None and look.font else None
    ground = tints.rgb(look.fill.bgColor, sheet.theme) if look is not None and look.fill else None
    pairs: dict[tuple[str, str], list[str]] = {}
    if (ink is None and ground is None) or (look.numFmt and look.numFmt.formatCode == ";;;"):
        return pairs
    ws = sheet.ws
    for piece in area.ranges:
        for row in ws.iter_rows(piece.min_row, min(piece.max_row, ws.max_row), piece.min_col, piece.max_col):
            for cell in row:
                if not isinstance(cell, MergedCell) and sheet.visible(cell):
                    pair = (ink or _ink(sheet, cell), ground or _ground(sheet, cell))
                    pairs.setdefault(pair, []).append(cell.coordinate)
    return pairs


def charts(sheet: Sheet) -> Iterator[Finding]:
    """Parts of a chart that touch must differ when printed grey."""
    for chart in sheet.ws._charts:
        fills = [_series_fill(series, sheet.theme) for series in chart.series]
        fills = [fill for fill in fills if fill]
        for first, second in zip(fills, fills[1:], strict=False):
            if abs(tints.lightness(first) - tints.lightness(second)) < LEAST_STEP:
                yield sheet.finding(ALIKE, _anchor(chart), f"{first} 与 {second}")


def _series_fill(series, theme: tuple[str, ...]) -> str | None:
    look = series.graphicalProperties
    colour = look.solidFill if look is not None else None
    named = getattr(colour, "srgbClr", None)
    return getattr(named, "val", named)


def _anchor(chart) -> str:
    corner = chart.anchor._from
    return f"{get_column_letter(corner.col + 1)}{corner.row + 1}"


# --- paper ------------------------------------------------------------------------------------------------------------


def paper(sheet: Sheet) -> Iterator[Finding]:
    """No column beyond the page, no print too small to read."""
    if not sheet.shown:
        return
    scale, page = print_scale(sheet), _page(sheet.ws)[0]
    area = _printed(sheet.ws)
    last = min(area[2], max(cell.column for cell, _, _ in sheet.shown.values()))
    total = sum(sheet.width(col) for col in range(area[0], last + 1)) / PIXELS
    if total * scale > page + 1 and not _wide_pages(sheet.ws):
        yield sheet.finding(BEYOND, f"{get_column_letter(last)}1", f"各列共 {total * scale:.0f} 磅，纸上 {page:.0f}")
    ref, (cell, _, text) = min(sheet.shown.items(), key=lambda item: (sheet.face(item[1][0]).size, item[0]))
    if (size := sheet.face(cell).size * scale) < LEAST_PRINT:
        yield sheet.finding(TINY, ref, f"印出来 {size:.1f} 磅（缩到 {scale:.0%}）：{_short(text)}")


def print_scale(sheet: Sheet) -> float:
    """How much smaller than on the screen the sheet is printed."""
    ws, (wide, high) = sheet.ws, _page(sheet.ws)
    if not (ws.sheet_properties.pageSetUpPr and ws.sheet_properties.pageSetUpPr.fitToPage):
        return (ws.page_setup.scale or 100) / 100
    min_col, min_row, max_col, max_row = _printed(ws)
    total = sum(sheet.width(col) for col in range(min_col, max_col + 1)) / PIXELS
    across, down = _fit(ws.page_setup.fitToWidth), _fit(ws.page_setup.fitToHeight)
    scale = min(1.0, across * wide / total) if across else 1.0
    if down:
        heights = (sheet.height(row) for row in range(min_row, max_row + 1))
        tall = sum(_DEFAULT_HEIGHT if height is None else height for height in heights)
        scale = min(scale, down * high / tall)
    return scale


def _fit(pages: int | None) -> int:
    """Absent means one."""
    return 1 if pages is None else int(pages)


def _wide_pages(ws) -> bool:
    """Whether the sheet is meant to go on over several pages to the right."""
    return bool(ws.print_title_cols) or bool(ws.col_breaks.brk)


def _printed(ws) -> tuple[int, int, int, int]:
    if ws.print_area:
        return range_boundaries(ws.print_area.split(",")[0].rpartition("!")[2].replace("$", ""))
    return 1, 1, ws.max_column, ws.max_row


def _page(ws) -> tuple[float, float]:
    """Points inside the margins of A4."""
    short, long = _A4
    wide, high = (long, short) if ws.page_setup.orientation == "landscape" else (short, long)
    margins = ws.page_margins
    return (wide - margins.left - margins.right) * 72, (high - margins.top - margins.bottom) * 72


def _short(text: str) -> str:
    text = text.replace("\n", "⏎")
    return text if len(text) <= 30 else f"{text[:18]}…{text[-10:]}"


CHECKS = (fitting, rows, contrast, charts, paper)
