"""Sheet 核验 (hidden): a sum over every column of figures in the workbook, as it was made and as it is now.

Comes in: the finished pages. Goes out: the sheet, and the formula by which the first sheet says whether a figure was
altered. A lock without a password keeps nobody out; this makes an altered figure show. It is no proof against someone
who alters this sheet too: `summarize` compares every cell with what it had written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from workbook_builder.excel.report import Formula, Page, Report, Value
from workbook_builder.intake.refs import a1, column_letters
from workbook_builder.rules.excel import quoted
from workbook_builder.summary.formulas import sheet_name

UNTOUCHED, ALTERED = "数据核验：未见改动", "已被改动，以系统结果为准"
SAME, DIFFERENT = "相符", "不符"
_HEADS, _WIDTHS = ("工作表", "列", "现值", "原值", "核验", "行号"), (24, 8, 20, 20, 10, 8)
#: Less than the smallest figure (4 decimals) times the smallest weight.
_TOLERANCE = "0.00001"


@dataclass(frozen=True, slots=True)
class _Column:
    page: Page
    column: int
    first: int
    last: int
    count: int
    sum: Decimal


@dataclass(frozen=True, slots=True)
class Word:
    """A cell whose text must stay: a section's name, its grade."""

    page: Page
    row: int
    column: int
    text: str


def check_sheet(report: Report, name: str, pages: Iterable[Page], words: Iterable[Word]) -> Formula:
    """Write the sheet; the formula (with its value) that tells whether everything is still as it was made."""
    columns = [column for page in pages for column in _columns(page)]
    longest = max((one.last for one in columns), default=0)
    page = report.page(name, _WIDTHS)
    page.ws.hide()
    page.wide("各页数字的核验：每列数字乘以行号后相加，与制表时比较；科室、等次逐格比较。请勿改动。", "note")
    first = page.line(_HEADS, "head") + 1
    lines = [_sum_line(one, first - 1, row) for row, one in enumerate(columns, first)]
    lines += [_word_line(one, row) for row, one in enumerate(words, first + len(lines))]
    for number in range(max(len(lines), longest)):
        line = lines[number] if number < len(lines) else (None,) * (len(_HEADS) - 1)
        page.line([*line, number + 1 if number < longest else None], "cell")
    test = f"COUNTIF({sheet_name(name)}!$E${first}:$E${first + len(lines)},{quoted(SAME)})={len(lines)}"
    return Formula(f"IF({test},{quoted(UNTOUCHED)},{quoted(ALTERED)})", UNTOUCHED)


def _columns(page: Page) -> Iterator[_Column]:
    """Each column of a page that holds figures; the weights make a swap of two figures show."""
    found: dict[int, list[tuple[int, Decimal]]] = {}
    for (row, column), value in page.figures.items():
        found.setdefault(column, []).append((row, value))
    for column, cells in sorted(found.items()):
        total = sum((row * value for row, value in cells), Decimal(0))
        rows = [row for row, _ in cells]
        yield _Column(page, column, min(rows), max(rows), len(rows), total)


def _sum_line(one: _Column, above: int, row: int) -> tuple[Value, ...]:
    """From the first figure to the last: above them, in the same column, may stand the cell that reads this sheet."""
    letter = column_letters(one.column)
    area = f"{sheet_name(one.page.name)}!{letter}${one.first}:{letter}${one.last}"
    now = Formula(f"SUMPRODUCT({area},$F${above + one.first}:$F${above + one.last})", one.sum)
    # A figure that is 0 adds nothing to the sum: that it is there at all is counted.
    test = f"AND(ABS(C{row}-D{row})<{_TOLERANCE},COUNT({area})={one.count})"
    return one.page.name, letter, now, one.sum, _verdict(test)


def _word_line(one: Word, row: int) -> tuple[Value, ...]:
    cell = a1(one.row, one.column)
    now = Formula(f"{sheet_name(one.page.name)}!{cell}", one.text)
    return one.page.name, cell, now, one.text, _verdict(f"EXACT(C{row},D{row})")


def _verdict(test: str) -> Formula:
    return Formula(f"IF({test},{quoted(SAME)},{quoted(DIFFERENT)})", SAME)
