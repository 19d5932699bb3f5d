"""What is wrong with a workbook or letter as it is printed, found in the PDF that LibreOffice makes of it.

Comes in: the file, its PDF, how many pages its sheets may take. Goes out: findings, as of tests/looks.py. LibreOffice
names the first page of every sheet in the bookmarks of the PDF; poppler's programs read the text and draw the pages.
"""

from __future__ import annotations

import html
import io
import re
import subprocess
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from looks import Finding, Sheet
from PIL import Image, ImageChops
from typesetting import PIXELS

LOST, ERROR, PAGES, LONE_ROWS, LONE_SIGNATURE = "没有印出", "错误值", "页数不对", "末页太空", "签字单独成页"
EMPTY_CHART, BLANK_PAGE = "图是空的", "空白页"
#: What an office program shows instead of a value.
ERRORS = ("###", "#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#N/A", "#NUM!", "#NULL!", "Err:")
#: A table does not end with fewer rows than these on a page of their own.
LEAST_ROWS = 3
_SIGNATURE = re.compile(r"签字|签名|盖章")
#: A text cut by the end of a page is found in pieces of at least so many signs.
_PIECE = 4
_BOOKMARK = re.compile(rb"/Title\s*<FEFF([0-9A-F]+)>\s*/Dest\s*\[(\d+) 0 R")
_PAGE = re.compile(rb"(?m)^(\d+) 0 obj\s*<</Type/Page/")
_WORD = re.compile(r'<word xMin="([^"]+)" yMin="([^"]+)" xMax="([^"]+)" yMax="([^"]+)">(.*?)</word>')
_CHART_DPI = 60
#: What drawings are measured in, per pixel.
_EMU = 9525


#: Left, top, right, bottom.
Box = tuple[int, int, int, int]
#: Ink is darker than this, of 255.
_DARK = 160


class Printed:
    """A PDF, its pages and which sheet each of them belongs to."""

    def __init__(self, pdf: Path) -> None:
        self.pdf = pdf

    @cached_property
    def pages(self) -> list[str]:
        """The text of every page, cell by cell."""
        order = ["pdftotext", "-raw", str(self.pdf), "-"]
        return subprocess.run(order, check=True, capture_output=True).stdout.decode("utf-8").split("\f")[:-1]

    @cached_property
    def sheets(self) -> dict[str, range]:
        """Name of a sheet → its pages, counted from 0. A sheet that prints nothing is not there; letters have none."""
        data = self.pdf.read_bytes()
        numbers = {int(found): number for number, found in enumerate(_PAGE.findall(data))}
        marks = [
            (bytes.fromhex(title.decode()).decode("utf-16-be"), numbers[int(page)])
            for title, page in _BOOKMARK.findall(data)
        ]
        ends = [first for _, first in marks[1:]] + [len(self.pages)] * bool(marks)
        return {name: range(first, end) for (name, first), end in zip(marks, ends, strict=True)}

    @cached_property
    def words(self) -> list[list[tuple[str, Box]]]:
        """The words of every page with their places, in points from its upper left corner."""
        order = ["pdftotext", "-bbox", str(self.pdf), "-"]
        pages = subprocess.run(order, check=True, capture_output=True).stdout.decode("utf-8").split("<page ")[1:]
        return [[(html.unescape(word), _box(*box)) for *box, word in _WORD.findall(page)] for page in pages]

    def inked(self, page: int, sign: str) -> bool:
        """Whether a word with `sign` is seen on the page: LibreOffice also writes what it then clips, say of a hidden
        column."""
        boxes = [box for word, box in self.words[page] if sign in word]
        if not boxes:
            return False
        left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
        right, bottom = max(box[2] for box in boxes), max(box[3] for box in boxes)
        image = self.image(page, 72, (left, top, right - left, bottom - top)).convert("L")
        parts = [image.crop((box[0] - left, box[1] - top, box[2] - left, box[3] - top)) for box in boxes]
        return any(part.getextrema()[0] < _DARK for part in parts)

    def image(self, page: int, dpi: int, part: Box | None = None) -> Image.Image:
        """A page as a picture, or a part of it (left, top, width, height)."""
        number = str(page + 1)
        order = ["pdftoppm", "-r", str(dpi), "-f", number, "-l", number, "-png", str(self.pdf)]
        if part:
            order[1:1] = [text for name, size in zip("xyWH", part, strict=True) for text in (f"-{name}", str(size))]
        made = subprocess.run(order, check=True, capture_output=True).stdout
        return Image.open(io.BytesIO(made)).convert("RGB")


def _box(*edges: str) -> Box:
    """Without its rim, where the lines of the table run."""
    left, top, right, bottom = map(float, edges)
    return int(left) + 2, int(top) + 1, max(int(right) - 1, int(left) + 3), max(int(bottom) - 1, int(top) + 2)


def findings(sheets: Sequence[Sheet], pdf: Path, pages: Mapping[str, int] | None = None) -> list[Finding]:
    """Everything wrong with the print of a workbook's visible sheets. `pages`: sheet → how many it must take."""
    printed = Printed(pdf)
    found = [*_errors(sheets[0].file, printed)]
    for sheet in sheets:
        own = printed.sheets.get(sheet.ws.title, range(0))
        expected = (pages or {}).get(sheet.ws.title)
        if expected is not None and len(own) != expected:
            found.append(sheet.finding(PAGES, "A1", f"应为 {expected} 页，实为 {len(own)} 页"))
        found += _lost(sheet, printed, own)
        found += _last_page(sheet, printed, own)
        found += _charts(sheet, printed, own)
    return found


def letter_findings(path: Path, pdf: Path, pages: int | None = None) -> list[Finding]:
    """Everything wrong with the print of a letter; the cell of a finding is its page."""
    from docx import Document

    printed = Printed(pdf)
    found = [*_errors(path.name, printed)]
    if pages is not None and len(printed.pages) != pages:
        found.append(Finding(PAGES, path.name, "", "1", f"应为 {pages} 页，实为 {len(printed.pages)} 页"))
    for number, text in enumerate(printed.pages, 1):
        if len(_bare(text)) < 2 * LEAST_ROWS:
            found.append(Finding(BLANK_PAGE, path.name, "", str(number), text.strip()))
    document, whole = Document(str(path)), _bare("".join(printed.pages))
    texts = [p.text for p in document.paragraphs]
    texts += [p.text for table in document.tables for row in table.rows for cell in row.cells for p in cell.paragraphs]
    lost = [text for text in texts if not _stands(_bare(text), whole)]
    return found + [Finding(LOST, path.name, "", "1", text) for text in dict.fromkeys(lost)]


def _errors(file: str, printed: Printed) -> Iterator[Finding]:
    names = {page: name for name, own in printed.sheets.items() for page in own}
    for number, text in enumerate(printed.pages):
        found = [line for line in text.splitlines() if any(sign in line for sign in ERRORS)]
        if found and any(printed.inked(number, sign) for sign in ERRORS if sign in text):
            yield Finding(ERROR, file, names.get(number, ""), f"第{number + 1}页", found[0].strip())


# --- is everything there ----------------------------------------------------------------------------------------------


def _bare(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _lost(sheet: Sheet, printed: Printed, own: range) -> Iterator[Finding]:
    whole = _bare("".join(printed.pages[page] for page in own))
    for ref, (_, value, text) in sheet.shown.items():
        if isinstance(value, str) and not _stands(_bare(text), whole):
            yield sheet.finding(LOST, ref, text.replace("\n", "⏎")[:40])


def _stands(text: str, whole: str) -> bool:
    """Whether `text` stands in `whole`, in one piece or in a few long ones."""
    if text in whole:
        return True
    at = 0
    while at < len(text):
        end = len(text)
        while end > at and text[at:end] not in whole:
            end -= 1
        if end - at < min(_PIECE, len(text) - at):
            return False
        at = end
    return True


# --- the last page ----------------------------------------------------------------------------------------------------


def _last_page(sheet: Sheet, printed: Printed, own: range) -> Iterator[Finding]:
    """A last page must carry a few rows of the table, and more than the signatures."""
    if len(own) < 2:
        return
    last, before = _bare(printed.pages[own[-1]]), _bare(printed.pages[own[-2]])
    asked = sorted(one.id for one in sheet.ws.row_breaks.brk)
    if len(own) == len(asked) + 1:  # every page ends where it was asked to
        rows = [row for row in sorted(sheet.texts) if asked[-1] < row <= _last_row(sheet)]
    else:
        rows = _rows_at_end(sheet, last, before)
    if not rows:
        return
    first = sheet.ws.cell(rows[0], 1).coordinate
    signed = [row for row in rows if any(_SIGNATURE.search(text) for text in sheet.texts[row])]
    if signed and signed[0] - rows[0] < LEAST_ROWS:
        yield sheet.finding(LONE_SIGNATURE, first, f"末页从第 {rows[0]} 行起，签字在第 {signed[0]} 行")
    elif len(rows) < LEAST_ROWS:
        yield sheet.finding(LONE_ROWS, first, f"末页只有第 {rows[0]}—{rows[-1]} 行")


def _last_row(sheet: Sheet) -> int:
    """The last row that is printed."""
    found = re.search(r":\$?[A-Z]+\$?(\d+)$", sheet.ws.print_area or "")
    return int(found[1]) if found else sheet.ws.max_row


def _rows_at_end(sheet: Sheet, last: str, before: str) -> list[int]:
    """The rows whose texts stand on the last page and not on the one before, from the bottom up without a gap."""
    found: list[int] = []
    for row in sorted(sheet.texts, reverse=True):
        texts = [_bare(text) for text in sheet.texts[row]]
        telling = [text for text in texts if len(text) >= _PIECE] or texts
        if not all(_stands(text, last) for text in telling):
            break
        if all(text in before for text in telling) and any(len(text) >= _PIECE for text in telling):
            break
        found.insert(0, row)
    return found


# --- charts -----------------------------------------------------------------------------------------------------------


def _charts(sheet: Sheet, printed: Printed, own: range) -> Iterator[Finding]:
    """A chart is drawn: inside its frame, on the page, there is more than one colour of ink."""
    for chart in sheet.ws._charts:
        corner = chart.anchor._from
        cell = sheet.ws.cell(corner.row + 1, corner.col + 1).coordinate
        if not own:
            yield sheet.finding(EMPTY_CHART, cell, "没有印出")
            continue
        rows = _rows_of_page(sheet, corner.row)
        if len(own) != rows.pages:
            continue  # broken by the program that prints it: nobody knows where the chart stands
        region = _region(sheet, chart, rows, printed.image(own[rows.number], _CHART_DPI))
        colours = region.quantize(8).getcolors() or []
        dark = sum(count for count, _ in colours) - max((count for count, _ in colours), default=0)
        if dark < region.width * region.height * 0.01:
            yield sheet.finding(EMPTY_CHART, cell, f"{region.width}×{region.height} 像素中只有 {dark} 点有墨")


class _Rows(NamedTuple):
    """Rows `first`..`last` (from 1) of one printed page: its number among `pages` of the sheet."""

    first: int
    last: int
    number: int
    pages: int


def _rows_of_page(sheet: Sheet, row: int) -> _Rows:
    """The page between two asked-for breaks on which `row` (from 0) stands."""
    breaks = sorted(one.id for one in sheet.ws.row_breaks.brk)
    before = [one for one in breaks if one <= row]
    after = [one for one in breaks if one > row]
    return _Rows(before[-1] + 1 if before else 1, after[0] if after else sheet.ws.max_row, len(before), len(breaks) + 1)


def _region(sheet: Sheet, chart, rows: _Rows, page: Image.Image) -> Image.Image:
    """The part of the page where the chart stands, by its share of what is printed on it."""
    box = ImageChops.difference(page, Image.new("RGB", page.size, "white")).getbbox() or (0, 0, *page.size)
    left, top, right, bottom = frame(sheet, chart)
    ws = sheet.ws
    wide = max(right, sum(sheet.width(col) for col in range(1, ws.max_column + 1)))
    above = sum(_tall(sheet, row) for row in range(1, rows.first))
    top, bottom = top - above, bottom - above
    tall = max(bottom, sum(_tall(sheet, row) for row in range(rows.first, rows.last + 1)))
    across, down = (box[2] - box[0]) / wide, (box[3] - box[1]) / tall
    edges = (box[0] + left * across, box[1] + top * down, box[0] + right * across, box[1] + bottom * down)
    return page.crop(tuple(map(int, edges)))


def frame(sheet: Sheet, chart) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a chart on its sheet, in pixels."""
    anchor = chart.anchor
    left, top = _corner(sheet, anchor._from)
    if getattr(anchor, "to", None) is not None:
        return (left, top, *_corner(sheet, anchor.to))
    return left, top, left + anchor.ext.width / _EMU, top + anchor.ext.height / _EMU


def _corner(sheet: Sheet, mark) -> tuple[float, float]:
    left = sum(sheet.width(col) for col in range(1, mark.col + 1)) + mark.colOff / _EMU
    return left, sum(_tall(sheet, row) for row in range(1, mark.row + 1)) + mark.rowOff / _EMU


def _tall(sheet: Sheet, row: int) -> float:
    height = sheet.height(row)
    return (15.0 if height is None else height) * PIXELS
