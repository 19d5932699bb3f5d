"""What every page behind the first has alike: the way back in its first row, its title, what is said beneath.

Comes in: a report and the words. Goes out: a page to be written on; the way back is for the screen, paper begins with
the title.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from workbook_builder.excel.measure import PIXELS_PER_UNIT, em_width
from workbook_builder.excel.pages import page_ends
from workbook_builder.excel.pages import room as paper_room
from workbook_builder.excel.report import Link, Page, Report
from workbook_builder.layout.plan import APART, JOINED, NEAR

HOME = "汇总"
#: Margins of a `Page` in inches, both together.
_SIDES, _ENDS = 1.0, 1.45
#: Rows that a last page has at least; how much of a page a chart may count on.
_TOGETHER, _SURE = 3, 0.95
#: Points above a chart.
_EDGE = 4.0
_NARROWEST_NAME, _WIDEST_NAME, _EM = 18.0, 34.0, 40 / 3
#: Five pixels in Excel units.
_BESIDE = 5 / PIXELS_PER_UNIT
BACK = f"← 返回{HOME}"


@contextmanager
def framed(
    report: Report, name: str, widths: Sequence[float], title: str, told: Sequence[str], *, home: bool = True, **options: object
) -> Iterator[Page]:
    """A page with its head; `told` are the lines beneath the title, `home` whether the workbook has a first sheet."""
    page = report.page(name, widths, **options)
    first = page.row
    if home:
        page.wide(Link(HOME, BACK), "note+link", last=min(2, page.last))
        first = page.row
        page.ws.freeze_panes(1, 0)
    page.wide(title, "title", least=30)
    for text in told:
        page.wide(text, "facts", least=18)
    yield page
    if page.heading is not None and not page.ws.hbreaks:
        bonds = Bonds(page, *page.heading)
        for row in range(page.row - _TOGETHER, page.row):
            bonds.joined(row)
        bonds.part(even=False)
    # Rows above the title are for the screen only.
    page.ws.print_area(first - 1, 0, max(first, page.row - 1) - 1, page.last - 1)


def named(sheet_of: Mapping[str, str], section: str) -> Link | str:
    """The name of a section, leading to its page where it has one."""
    return Link(sheet_of[section], section) if section in sheet_of else section


def name_look(sheet_of: Mapping[str, str], section: str) -> str:
    return "cell+link" if section in sheet_of else "cell"


@dataclass(slots=True)
class Room:
    """Room kept free on a page for a chart, from `row` on, as wide as the page."""

    page: Page
    row: int
    height: float

    @property
    def width(self) -> float:
        """As wide as the columns that show; each is some pixels wider than its number says."""
        return sum(width + _BESIDE for width in self.page.widths[: self.page.last])


def paper(page: Page) -> float:
    """Points of rows that a printed page holds, when its columns are fitted to the width of the paper."""
    wide = sum(width + _BESIDE for width in page.widths[: page.last]) * PIXELS_PER_UNIT * 72 / 96
    return paper_room(True, _SIDES, _ENDS, wide)


def stays(page: Page, row: int, rows: int = 1) -> None:
    """The heading of a table just written stays on the screen; it is printed again only where the table needs more pages."""
    if page.depth > paper(page):
        page.header(row, rows=rows)
    else:
        page.ws.freeze_panes(row + rows - 1, 0)


class Bonds:
    """Which rows of a long page belong together when it is printed: the rows above its heading, the rows of an item."""

    def __init__(self, page: Page, head: int, rows: int = 1) -> None:
        """`rows` from `head` on are the heading, printed again on every page."""
        self._page, self._head, self._rows = page, head, rows
        self._bonds = dict.fromkeys(range(2, head + rows + 1), JOINED)

    def joined(self, row: int) -> None:
        """`row` is never parted from the row above."""
        self._bonds[row] = JOINED

    def parted(self, row: int) -> None:
        """A page may end above `row`, although it stands above the heading."""
        self._bonds[row] = APART

    def near(self, first: int, last: int) -> None:
        """Rows that are parted from those above only if need be."""
        for row in range(first, last + 1):
            self._bonds.setdefault(row, NEAR)

    def part(self, even: bool = True) -> None:
        """The page is finished: say where printed pages end, all about as full or (not `even`) one after the other."""
        page = self._page
        heights = [0.0, *page.heights[1:]]  # the way back is not printed
        repeated = sum(heights[self._head - 1 : self._head - 1 + self._rows])
        bonds = [self._bonds.get(row, APART) for row in range(1, page.row)]
        page.ws.set_h_pagebreaks(page_ends(heights, bonds, paper(page), repeated, even))


def name_width(sections: Iterable[str]) -> float:
    """Width of a column of sections' names: the longest on one line, as far as that is bearable."""
    longest = max((sum(map(em_width, name)) for name in sections), default=0.0)
    return min(_WIDEST_NAME, max(_NARROWEST_NAME, (longest * _EM + 14) / PIXELS_PER_UNIT / 0.95))


def room(page: Page, height: float) -> Room:
    """Empty rows for a chart; on a new printed page where the rest of this one is too low for it."""
    used = (page.depth - page.broken_at) % paper(page)
    if used and used + height + _EDGE > paper(page) * _SURE:
        page.page_break()
    # A frame on the very edge of a page would show on the page before.
    page.gap(_EDGE)
    kept = Room(page, page.row, height)
    page.down_to(page.depth + height + 6)
    return kept
