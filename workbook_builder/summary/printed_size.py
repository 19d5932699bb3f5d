"""How large the type of 汇总首页 may be so that everything stays on one page, and what gives way where nothing helps.

Comes in: the page's texts. Goes out: the page with its size. Measures are those of the program's own template, which
scripts/make_outcome_template.py draws from the same numbers; millimetres for widths, points for type and heights.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from workbook_builder.excel.measure import lines_within
from workbook_builder.letters import OUTCOME_COLUMNS, OutcomeLine, OutcomePage


@dataclass(frozen=True, slots=True)
class Style:
    """Type size, height of a line, white above and below."""

    size: float
    line: float
    before: float = 0.0
    after: float = 0.0


#: A4 across; the text's width and height between the margins.
PAPER, MARGINS, WIDTH, HEIGHT = (297.0, 210.0), (17.0, 14.0, 15.0, 15.0), 267.0, 179.0
TITLE = Style(18, 26)
STAGE = Style(20, 27)
FACT = Style(10.5, 15)
HEADING = Style(12, 17, 3, 2)
HEAD = Style(9.5, 12.5, 2, 2)
CELL = Style(10.5, 14, 1.5, 1.5)
SMALL_CELL = Style(9.5, 12.5, 1.5, 1.5)
LIST_HEADING = Style(11, 15, 0, 2)
LIST = Style(9.5, 13, 0, 1.5)
NOTE = Style(9, 12.5)
#: Columns of words; those of figures stand to the right.
MIDDLE, LEFT = ("名次", "等次", "问题数", "状态"), ("科室",)
#: White between the table, the lists and the notes.
GAP = 7.0
#: Least height of a row of the table, of its head.
ROW, HEAD_ROW = 18.0, 32.0
#: Column → its share of the width; what is left out gives its share to the others.
SHARES = dict(
    zip(OUTCOME_COLUMNS, (20, 54, 18, 24, 24, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 30, 52), strict=True)
)
#: White at the left and right of a cell of the table; between the two lists, and the share of the first.
PADDING, BETWEEN, FIRST = 0.8, 6.0, 0.45
#: White to the right of figures.
INDENT = 1.5
#: Per cent, the first that fits is taken; below the last, lists are cut instead.
SIZES = tuple(range(120, 77, -2))
#: What a page of many sections has, that cannot be on one page anyway.
SEVERAL_PAGES = 90
MORE = "……其余见汇总表.xlsx首页。"
_POINTS = 72 / 25.4
#: Typefaces and office programs do not agree on the width of a line.
_SURE = 0.97
#: Lines of the table's grid, and what office programs do otherwise than was worked out.
_GRID, _SPARE = 0.6, 8.0


def fitted(page: OutcomePage) -> OutcomePage:
    """`page` in the largest type that keeps it on one page; lists end earlier where the smallest is too large."""
    for size in SIZES:
        if _fits(page, size):
            return replace(page, size=size)
    shorter = page
    while len(shorter.waiting) > 1 or len(shorter.decided) > 1:
        shorter = _shorter(shorter)
        if _fits(shorter, SIZES[-1]):
            return replace(shorter, size=SIZES[-1])
    return replace(page, size=SEVERAL_PAGES)


def _shorter(page: OutcomePage) -> OutcomePage:
    """`page` with a line less in the higher of its lists, or in the one that still has lines to lose."""
    waiting, decided = _list_heights(page, 100 / SIZES[-1])
    if len(page.decided) < 2 or (waiting >= decided and len(page.waiting) > 1):
        return replace(page, waiting=_cut(page.waiting))
    return replace(page, decided=_cut(page.decided))


def _cut(some: tuple[OutcomeLine, ...]) -> tuple[OutcomeLine, ...]:
    kept = some[: -2 if some[-1].text == MORE else -1]
    return (*kept, OutcomeLine(MORE))


def _fits(page: OutcomePage, size: int) -> bool:
    return height(page, size) <= HEIGHT * _POINTS


def height(page: OutcomePage, size: int) -> float:
    """Points that the page takes at `size` per cent."""
    # Type that is smaller by a tenth has a tenth more room in its line.
    room = 100 / size
    top = [(page.title, TITLE), (page.label, STAGE), *((line.text, FACT) for line in page.facts), (page.heading, HEADING)]
    notes = _block(((text, NOTE) for text in page.notes), WIDTH * room)
    scaled = _block(top, WIDTH * room) + _table(page, room) + max(_list_heights(page, room)) + notes + 2 * GAP
    return scaled * size / 100 + _GRID * (len(page.rows) + 2) + _SPARE


def _list_heights(page: OutcomePage, room: float) -> tuple[float, float]:
    """What waits, what was decided."""
    first = FIRST if page.decided else 1.0
    waiting = [(page.waiting_heading, LIST_HEADING), *((line.text, LIST) for line in page.waiting)]
    decided = [(page.decided_heading, LIST_HEADING), *((line.text, LIST) for line in page.decided)]
    return _block(waiting, (WIDTH * first - BETWEEN) * room), _block(decided, (WIDTH * (1 - FIRST) - BETWEEN) * room)


def _table(page: OutcomePage, room: float) -> float:
    whole = sum(SHARES[name] for name in page.heads)
    width = {name: (WIDTH * SHARES[name] / whole - 2 * PADDING) * room for name in page.heads}
    heads = (_one(text, HEAD, width[name]) for name, text in page.heads.items())
    rows = (
        max(ROW, *(_one(row.texts[name], style_of(name), width[name] - _indent(name) * room) for name in page.heads))
        for row in page.rows
    )
    return max(HEAD_ROW, *heads) + sum(rows)


def _indent(name: str) -> float:
    return 0.0 if name in MIDDLE + LEFT else INDENT


def style_of(name: str) -> Style:
    """How a cell of this column is set."""
    return SMALL_CELL if name in ("状态", "问题数") else CELL


def _block(paragraphs: Iterable[tuple[str, Style]], width: float) -> float:
    return sum(_one(text, style, width) for text, style in paragraphs)


def _one(text: str, style: Style, width: float) -> float:
    count = lines_within(text, max(1.0, width * _POINTS * _SURE / style.size))
    return style.before + count * style.line + style.after
