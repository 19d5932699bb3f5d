"""Read-only workbooks (汇总表, 问题清单): rows of values written by XlsxWriter, heights worked out, bytes repeatable.

Comes in: values row by row. Goes out: the bytes of an .xlsx. Text is always text, whatever it begins with; a formula
cannot be written without the value it has now. Sheets are locked, each prints on A4 and says in its margins what it is.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from workbook_builder.excel import measure
from workbook_builder.excel.looks import BASE, MOST_DIGITS, STYLES
from workbook_builder.excel.palette import SONG
from workbook_builder.excel.stable import write_part
from workbook_builder.excel.stored import fitting
from workbook_builder.intake.refs import a1

#: Rows are cut here, long before Excel's 409 points: a printed page fills up better with lower rows.
TALLEST = 240.0
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t")
_BARE_SHEET = re.compile(r"(<definedName[^>]*>)([^'<>!]+)!")
_CREATED = datetime.datetime(2000, 1, 1)
#: Excel takes 255 signs in all for a header; the title is one of three parts.
_MARGIN_LIMIT = 100
_PROTECTION = {"format_columns": True, "format_rows": True, "autofilter": True}


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula (without "=") and the value it has now; the value is a number or a text that is not empty."""

    text: str
    value: Decimal | str


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads to the top of another sheet of the same workbook."""

    sheet: str
    text: str


Value = Decimal | int | str | Formula | Link | None


def plain_number(value: Decimal) -> int | float:
    """A figure as a file holds it: whole numbers whole, others to at most 4 decimals."""
    value = round(value, 4)
    return int(value) if value == value.to_integral_value() else float(value)


def pieces(text: str, width: float, size: float) -> list[str]:
    """`text` in pieces, each of which fits a row of `TALLEST`; nothing is dropped."""
    most = measure.most_lines(size, TALLEST)
    found = []
    while measure.lines(text, width, size) > most:
        low, high = 1, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if measure.lines(text[:middle], width, size) <= most else (low, middle - 1)
        found.append(text[:low])
        text = text[low:]
    return [*found, text]


class Report:
    """One read-only workbook. `margin` is said in the header of every page, `batch` in its footer."""

    def __init__(self, margin: str, batch: str = "") -> None:
        from xlsxwriter import Workbook

        self._out = io.BytesIO()
        self.margin, self.batch = fitting(margin)[:_MARGIN_LIMIT], batch
        self.workbook = Workbook(
            self._out,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "default_format_properties": {"font_name": SONG, "font_size": 10},
            },
        )
        self.pages: list[Page] = []
        self.workbook.set_properties({"created": _CREATED, "author": ""})
        self._formats: dict[tuple[str, bool], object] = {}

    def page(self, name: str, widths: Sequence[float], **options: object) -> Page:
        """A new sheet; `widths` of its columns in Excel units."""
        self.pages.append(Page(self, name, widths, **options))
        return self.pages[-1]

    def look(self, style: str, quote: bool = False):
        """The format called `style`; `quote` marks a text that looks like a formula as text for good."""
        if (style, quote) not in self._formats:
            made: dict[str, object] = dict(BASE)
            for part in style.split("+"):
                made |= STYLES[part]
            if quote:
                made["quote_prefix"] = True
            self._formats[style, quote] = self.workbook.add_format(made)
        return self._formats[style, quote]

    @staticmethod
    def size(style: str) -> float:
        """Font size of a style."""
        found = [STYLES[part]["font_size"] for part in style.split("+") if "font_size" in STYLES[part]]
        return float(found[-1] if found else BASE["font_size"])

    def bytes(self) -> bytes:
        """The finished file: the same bytes for the same rows, whatever the clock or the place."""
        self.workbook.close()
        out = io.BytesIO()
        with zipfile.ZipFile(self._out) as source, zipfile.ZipFile(out, "w") as target:
            for name in sorted(source.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
                data = source.read(name)
                write_part(target, name, _quote_sheets(data) if name == "xl/workbook.xml" else data)
        return out.getvalue()


class Page:
    """One sheet, written from the top down. `row` is the number of the next free row, counted from 1.

    `margin` is said in the margins of this sheet in the place of the report's. Only a sheet that a program writes on later is not `locked`.
    """

    def __init__(
        self,
        report: Report,
        name: str,
        widths: Sequence[float],
        *,
        one_page: bool = False,
        tab: str = "",
        margin: str = "",
        locked: bool = True,
    ) -> None:
        self.report, self.name, self.widths = report, name, tuple(widths)
        self.margin = fitting(margin) or report.margin
        self.ws = report.workbook.add_worksheet(name)
        self.row = 1
        #: Points from the top of the sheet to the next free row, and to where a new printed page was last asked for.
        self.depth = self.broken_at = 0.0
        self.heights: list[float] = []
        self.heading: tuple[int, int] | None = None
        #: What stands in each cell that holds a figure, by (row, column), both from 1.
        self.figures: dict[tuple[int, int], Decimal] = {}
        self._breaks = list[int]()
        for col, width in enumerate(self.widths):
            self.ws.set_column(col, col, width)
        self._print_setup(one_page)
        self.ws.hide_gridlines(2)
        if tab:
            self.ws.set_tab_color(tab)
        if locked:
            self.ws.protect("", dict(_PROTECTION))

    def _print_setup(self, one_page: bool) -> None:
        ws, report = self.ws, self.report
        ws.set_landscape()
        ws.set_paper(9)
        ws.fit_to_pages(1, 1 if one_page else 0)
        # What must fit one page gets as much of it as headers and footers leave.
        top, bottom = (0.6, 0.55) if one_page else (0.75, 0.7)
        ws.set_margins(left=0.5, right=0.5, top=top, bottom=bottom)
        ws.center_horizontally()
        left = f"批次号 {report.batch}" if report.batch else ""
        ws.set_header(_margin("", self.margin, self.name))
        ws.set_footer(_margin(left, self.margin, "第 &P 页，共 &N 页"))

    # --- rows -------------------------------------------------------------------------------------------------

    @property
    def last(self) -> int:
        """Number of columns."""
        return len(self.widths)

    def line(self, values: Sequence[Value], styles: str | Sequence[str], least: float = 16.0) -> int:
        """One row of values, a style for all or one each; further rows where a text needs them. The row's number."""
        looks = [styles] * len(values) if isinstance(styles, str) else list(styles)
        parts = [
            pieces(text, self.widths[col], self.report.size(looks[col])) if (text := _text_of(value)) else [""]
            for col, value in enumerate(values)
        ]
        first = self.row
        for number in range(max(len(part) for part in parts)):
            measured = []
            for col, value in enumerate(values):
                text = parts[col][number] if number < len(parts[col]) else ""
                whole = number == 0 and len(parts[col]) == 1
                self._put(self.row, col, value if whole else (text or None), looks[col])
                measured.append((text, self.widths[col], self.report.size(looks[col])))
            self._end_row(measure.row_height(measured, least))
        return first

    def wide(self, value: Value, style: str, *, first: int = 1, last: int = 0, least: float = 16.0) -> int:
        """One value across columns `first`..`last` (all of them unless told); further rows where it needs them."""
        last = last or self.last
        width = sum(self.widths[first - 1 : last])
        size = self.report.size(style)
        text = _text_of(value)
        start = self.row
        found = pieces(text, width, size)
        for part in found:
            shown = value if len(found) == 1 else part
            if last > first:
                self.ws.merge_range(self.row - 1, first - 1, self.row - 1, last - 1, "", self.report.look(style))
            self._put(self.row, first - 1, shown, style)
            self._end_row(measure.row_height([(part, width, size)], least))
        return start

    def captioned(self, caption: str, value: Value, style: str = "cell", *, split: int = 2, least: float = 16.0) -> int:
        """A caption over the columns up to `split`, and a value over the rest; the row's number."""
        width = sum(self.widths[split:])
        found = pieces(_text_of(value), width, self.report.size(style))
        start = self.row
        for number, part in enumerate(found):
            self._span(1, split, caption if number == 0 else None, "cell+group")
            self._span(split + 1, self.last, value if len(found) == 1 else part, style)
            needed = [(part, width, self.report.size(style)), (caption, sum(self.widths[:split]), 10.0)]
            self._end_row(measure.row_height(needed, least))
        return start

    def across(self, cells: Sequence[tuple[int, Value, str]], least: float = 16.0) -> int:
        """One row of merged cells, each (its last column, value, style), from the left on; the row's number."""
        first, measured = 1, []
        for last, value, style in cells:
            self._span(first, last, value, style)
            measured.append((_text_of(value), sum(self.widths[first - 1 : last]), self.report.size(style)))
            first = last + 1
        self._end_row(measure.row_height(measured, least))
        return self.row - 1

    def _span(self, first: int, last: int, value: Value, style: str) -> None:
        if last > first:
            self.ws.merge_range(self.row - 1, first - 1, self.row - 1, last - 1, "", self.report.look(style))
        self._put(self.row, first - 1, value, style)

    def joined(self, area: tuple[int, int, int, int], value: Value, style: str) -> None:
        """One value over rows and columns already written: first row and column, last row and column; heights stay."""
        top, left, bottom, right = (number - 1 for number in area)
        self.ws.merge_range(top, left, bottom, right, "", self.report.look(style))
        self._put(top + 1, left, value, style)

    def passage(self, caption: str, text: str, *, short: int = 60) -> None:
        """A captioned text: beside its caption if it is short, else below it over the whole width."""
        if len(text) <= short and "\n" not in text:
            self.captioned(caption, text)
            return
        self.wide(caption, "cell+group")
        self.wide(text, "cell")

    def page_break(self) -> None:
        """What follows is printed on a new page."""
        self._breaks.append(self.row - 1)
        self.broken_at = self.depth
        self.ws.set_h_pagebreaks(self._breaks)

    def gap(self, height: float = 8.0) -> None:
        self._end_row(height)

    def down_to(self, depth: float) -> None:
        """Empty rows until `depth` points from the top: room for a chart."""
        while self.depth < depth:
            self._end_row(min(measure.HIGHEST, max(4.0, depth - self.depth)))

    def _end_row(self, height: float) -> None:
        self.ws.set_row(self.row - 1, height)
        self.heights.append(height)
        self.depth += height
        self.row += 1

    def put(self, ref_row: int, col: int, value: Value, style: str) -> None:
        """A value into a row already written (`col` from 1); the row keeps its height."""
        self._put(ref_row, col - 1, value, style)

    def _put(self, row: int, col: int, value: Value, style: str) -> None:
        ws, look = self.ws, self.report.look(style)
        if value is None or value == "":
            ws.write_blank(row - 1, col, None, look)
        elif isinstance(value, Formula):
            self._formula(row, col, value, look)
        elif isinstance(value, Link):
            target = value.sheet.replace("'", "''")
            ws.write_url(row - 1, col, f"internal:'{target}'!A1", look, string=fitting(value.text))
        elif isinstance(value, Decimal | int):
            self.figures[row, col + 1] = round(Decimal(value), MOST_DIGITS)
            ws.write_number(row - 1, col, plain_number(Decimal(value)), look)
        else:
            text = fitting(value)
            ws.write_string(row - 1, col, text, self.report.look(style, text.startswith(_FORMULA_SIGNS)))

    def _formula(self, row: int, col: int, formula: Formula, look) -> None:
        """The only place where a formula is written: XlsxWriter would otherwise claim that its value is 0."""
        value = formula.value
        if value is None or value == "":
            raise ValueError(f"formula without a value: {self.name}!{a1(row, col + 1)}")
        shown = plain_number(value) if isinstance(value, Decimal) else value
        if isinstance(value, Decimal):
            self.figures[row, col + 1] = round(value, MOST_DIGITS)
        self.ws.write_formula(row - 1, col, "=" + formula.text, look, value=shown)

    # --- what a reader needs on long sheets ----------------------------------------------------------------------

    def header(self, row: int, frozen: bool = True, rows: int = 1) -> None:
        """`rows` from `row` on are the heading: they stay on the screen (if `frozen`) and are printed again on every page."""
        if frozen:
            self.ws.freeze_panes(row + rows - 1, 0)
        self.heading = (row, rows)
        self.ws.repeat_rows(row - 1, row + rows - 2)

    def filtered(self, first: int, last: int) -> None:
        """A filter over heading row `first` and the rows down to `last`."""
        if last > first:
            self.ws.autofilter(first - 1, 0, last - 1, len(self.widths) - 1)


def _quote_sheets(workbook: bytes) -> bytes:
    """Names of sheets quoted in the defined names (print titles, filters); XlsxWriter leaves Chinese ones bare."""
    return _BARE_SHEET.sub(r"\1'\2'!", workbook.decode("utf-8")).encode("utf-8")


def _text_of(value: Value) -> str:
    if isinstance(value, Link):
        return fitting(value.text)
    if isinstance(value, Formula):
        value = value.value
    return fitting(value) if isinstance(value, str) else ""


def _margin(left: str, middle: str, right: str) -> str:
    """A header or footer in 宋体 9; "&" of our texts is no code there."""
    font = f'&"{SONG},常规"&9'
    right_text = right if right.startswith("第 &P") else right.replace("&", "&&")
    parts = (("&L", left.replace("&", "&&")), ("&C", middle.replace("&", "&&")), ("&R", right_text))
    return "".join(f"{place}{font} {text}" for place, text in parts if text)


def names_unlike(taken: Sequence[str], names: Sequence[str], suffix: str) -> Mapping[str, str]:
    """name → sheet name; one that is `taken` (Excel ignores case) gets `suffix`, cut to the 31 signs Excel allows."""
    known = {name.casefold() for name in taken}
    found: dict[str, str] = {}
    for name in names:
        sheet, number = name[:31], 0
        while sheet.casefold() in known:
            number += 1
            mark = suffix + (str(number) if number > 1 else "")
            sheet = name[: 31 - len(mark)] + mark
        known.add(sheet.casefold())
        found[name] = sheet
    return found
