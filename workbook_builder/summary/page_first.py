"""Sheet 汇总: the outcome of a stage on one A4 page: order, margins, what waits, which decisions made it so, a chart.

Comes in: the parts of the workbook. Goes out: the page, and where its figures stand, for 试算 and 核验.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from workbook_builder import model as m
from workbook_builder.excel import charts, measure
from workbook_builder.excel.palette import NAVY, PART_FILLS
from workbook_builder.excel.report import Formula, Link, Page, Value
from workbook_builder.intake.refs import a1, column_letters
from workbook_builder.rules.clauses import OPEN_TEXT
from workbook_builder.rules.excel import quoted
from workbook_builder.summary import formulas as fm
from workbook_builder.summary import outcome_texts as words
from workbook_builder.summary.board import BASIS, GAP, GRADE, LINE, PROBLEMS, RANK, SECTION, STATUS, Board, Row
from workbook_builder.summary.page_check import ALTERED, Word

if TYPE_CHECKING:
    from workbook_builder.summary.workbook import Parts

#: The columns that a narrow screen shows first; the rest and the chart stand to their right.
_LEFT = (RANK, SECTION, GRADE, m.TOTAL, BASIS, GAP, LINE)
_TEXTS = (SECTION, STATUS, PROBLEMS)
_ROW, _BAR, _LEAST_CHART = 21.0, 15.5, 200.0
#: Points that the lists under the table may take.
_ROOM = 320.0
#: A column that holds the name of a page.
_LINK_WIDTH = 9.0


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the order stands on the first sheet: rows `first`..`last`, and the column of each key."""

    board: Board
    page: Page
    first: int
    last: int
    columns: dict[str, int]
    #: The cell that says whether a figure was altered.
    check_at: tuple[int, int]

    def words(self) -> Iterator[Word]:
        """Texts of the order that nobody may alter: which section has which grade."""
        keys = [key for key in (SECTION, GRADE, STATUS) if key in self.columns]
        for place, row in enumerate(self.board.rows, self.first):
            yield from (Word(self.page, place, self.columns[key], str(row.values[key])) for key in keys)


def state_whether_altered(placed: Placed, check: Formula) -> None:
    """Say near the top whether any figure of the workbook is no longer what it was."""
    page, (row, col) = placed.page, placed.check_at
    page.put(row, col, check, "facts+faint+right")
    altered = {"type": "cell", "criteria": "==", "value": quoted(ALTERED), "format": page.report.look("facts+alarm")}
    page.ws.conditional_format(row - 1, col - 1, row - 1, col - 1, altered)


def link_pages(placed: Placed, names: Sequence[str]) -> None:
    """The other pages, a click away: what stands behind the figures. On paper nothing can be clicked: not printed."""
    page, board = placed.page, placed.board
    page.ws.print_area(0, 0, page.row - 2, len(board.columns) - 1)
    page.gap(6)
    page.wide("其他各页（点名称前往，不打印）", "note+key", least=18)
    wide = [col for col, width in enumerate(page.widths, 1) if width >= _LINK_WIDTH]
    for start in range(0, len(names), len(wide)):
        values: list[Value] = [None] * len(board.columns)
        for col, name in zip(wide, names[start : start + len(wide)], strict=False):
            values[col - 1] = Link(name, name)
        page.line(values, "link", least=18)


def first_page(parts: Parts, name: str) -> Placed:
    """汇总, at any stage."""
    facts = parts.facts
    board = Board(facts)
    widths = [column.width for column in board.columns]
    page = parts.report.page(name, widths, one_page=True, tab=f"#{NAVY}")
    page.wide(f"{facts.scheme.unit}{facts.scheme.title}", "title", least=28)
    page.wide(facts.label, "stage" if facts.results.reached.approved else "stage+bad", least=32)
    parts.marked(page)
    for text, style in words.facts_lines(facts):
        page.wide(text, style, least=17)
    middle = len(widths) // 2
    check_at = page.row, middle + 1
    page.across([(middle, words.heading(facts), "heading"), (len(widths), None, "facts+faint+right")], least=21)
    header = page.line([column.head for column in board.columns], "head", least=32)
    page.header(header, frozen=False)
    columns = {column.key: place for place, column in enumerate(board.columns, 1)}
    placed = Placed(board, page, header + 1, header + len(board.rows), columns, check_at)
    _Table(parts, placed).write()
    page.gap(6)
    _below(placed)
    return placed


# --- the table --------------------------------------------------------------------------------------------------------


class _Table:
    """A row per section; totals, ranks and differences are formulas over the row."""

    def __init__(self, parts: Parts, placed: Placed) -> None:
        self.parts, self.placed, self.board, self.at = parts, placed, placed.board, placed.columns
        self.scheme = placed.board.scheme
        self.digits = fm.digits_look(self.scheme, self.board.figures())
        # A mark may have more decimals than any score: that is no reason to write them all behind every score.
        marks = [s.evaluation.value for s in self.board.standings if s.evaluation is not None]
        self.mark_digits = fm.digits_look(self.scheme, marks)

    def write(self) -> None:
        page = self.placed.page
        for row in self.board.rows:
            values = [self._value(row, column.key, page.row) for column in self.board.columns]
            looks = [self._look(row, column.key) for column in self.board.columns]
            page.line(values, looks, least=_ROW)
        for column in self.board.columns:
            if column.full is not None:
                place = self.at[column.key]
                charts.data_bars(page, self.placed.first, self.placed.last, place, column.full)

    def _value(self, row: Row, key: str, number: int) -> Value:
        value = row.values[key]
        if key == SECTION:
            return Link(self.parts.sheet_of[str(value)], str(value))
        if isinstance(value, str):
            return value
        text = self._formula(key, number)
        return Formula(text, Decimal(value)) if text else value

    def _formula(self, key: str, row: int) -> str:
        """The formula of a figure that follows from others; "" for one that does not."""
        mine = a1(row, self.at[self.board.ranked_by])
        if key == m.TOTAL:
            return fm.rounded(self.scheme, self._exact(row))
        if key == BASIS:
            return fm.rounded(self.scheme, fm.exact_sum(self.scheme, self._cells(row, 1), (), self._evaluation(row)))
        if key == GAP:
            return f"ROUND({mine}-{a1(row + 1, self.at[self.board.ranked_by])},4)"
        if not self.board.settled:
            return ""
        if key == RANK:
            return f"RANK({mine},{self._ranking()})"
        if key == LINE:
            return f"ROUND({mine}-LARGE({self._ranking()},{self.board.place_of_line()}),4)"
        return ""

    def _ranking(self) -> str:
        letter = column_letters(self.at[self.board.ranked_by])
        return f"${letter}${self.placed.first}:${letter}${self.placed.last}"

    def _exact(self, row: int) -> str:
        if not self.board.final:
            return fm.exact_self_total(self._cells(row, 1))
        return fm.exact_total(self.scheme, self._cells(row, 1), self._cells(row, -1), self._evaluation(row))

    def _cells(self, row: int, sign: int) -> list[str]:
        wanted = [part.name for part in self.scheme.parts if part.sign == sign]
        return [a1(row, self.at[name]) for name in wanted if name in self.at]

    def _evaluation(self, row: int) -> str:
        return a1(row, self.at[m.EVALUATION])

    def _look(self, row: Row, key: str) -> str:
        value = row.values[key]
        open_ = "+open" if value == OPEN_TEXT else ""
        best = "+best" if row.best and key in (RANK, SECTION, GRADE) else ""
        if key == SECTION:
            return f"cell+large+link{best}"
        if key in (RANK, GRADE):
            return f"center+large+key{open_}{best}"
        if key == STATUS:
            return "center+open" if row.waits else "center"
        if key == PROBLEMS:
            return "center+bad" if self.board.wrong(row.standing) else "center"
        signs = "signed" if key == LINE else "digits"
        look = f"number+{signs}{self._digits(key)}{open_}"
        if key == m.TOTAL:
            return look + "+large+key"
        return look + "+bad+key" if key == m.BOTTOM_LINE and row.standing.parts[key].value else look

    def _digits(self, key: str) -> str:
        return (self.mark_digits if key == m.EVALUATION else self.digits).removeprefix("digits")


# --- under the table ----------------------------------------------------------------------------------------------------


def _below(placed: Placed) -> None:
    """On the left what waits and what was decided, on the right the chart, under both the notes."""
    page, board = placed.page, placed.board
    left = sum(column.key in _LEFT for column in board.columns)
    top, depth = page.row, page.depth
    for text, style in _fitting(page, board, left):
        page.wide(text, style, last=left, least=_least(style))
    height = max(_LEAST_CHART, _BAR * len(board.rows) + 70, page.depth - depth)
    _chart(placed, top, left + 1, height - 8)
    page.down_to(depth + height)
    for text in words.notes(board):
        page.wide(text, "note+small", least=14)


def _fitting(page: Page, board: Board, left: int) -> list[words.Line]:
    """What waits and what was decided, in as many lines as leave the page legible."""
    width = sum(page.widths[:left])
    for most in words.MOSTS:
        lines = list(words.waiting(board.facts, most))
        sizes = [(text, width, page.report.size(style), _least(style)) for text, style in lines]
        if sum(measure.row_height([(text, w, size)], least) for text, w, size, least in sizes) <= _ROOM:
            break
    return lines


def _least(style: str) -> float:
    return 20.0 if style == "heading" else 15.0


def _chart(placed: Placed, row: int, column: int, height: float) -> None:
    page, board, at = placed.page, placed.board, placed.columns
    table = charts.Table(placed.first, placed.last, at[SECTION])
    earned = [part for part in board.scheme.parts if part.sign == 1 and part.name in at]
    series = [
        charts.Series(part.name, at[part.name], fill, light=place > 0)
        for place, (part, fill) in enumerate(zip(earned, PART_FILLS, strict=False))
    ]
    chart = charts.bars(page, table, series, title=words.chart_title(board), highest=None)
    alt = f"{words.chart_title(board)}，按名次从上到下"
    charts.place(page, chart, row, column, charts.across(page, column, len(board.columns)), height, alt)
