"""Where the printed pages of a long sheet end, so that what belongs together stays together.

Comes in: the heights of the rows in points, how each hangs on the row above, and the sheet's paper. Goes out:
the rows after which a page ends; and the sheet set up so, beginning at its first input. Office programs end a page
earlier only where the paper is full, so it never is.
"""

from __future__ import annotations

from itertools import accumulate

from workbook_builder.intake.refs import column_letters
from workbook_builder.layout.plan import APART, JOINED, Sheet, address

#: A4 in points, upright.
_A4 = (595.0, 842.0)
_POINTS = 72.0
#: A column may come out narrower than its number says; what is fitted to the paper's width then grows, rows too.
_NARROWEST = 0.97
#: What a page costs, and an item that is not whole on one; a page that is not full costs the square of what is free.
_PAGE, _SPLIT = 10.0, 0.05


def page_room(ws, widths: dict[int, float], last: int, pixels: float) -> float:
    """Points of row heights that a page of `ws` holds, when its columns up to `last` are fitted to the paper's width."""
    margins = ws.page_margins
    hidden = {col for col in widths if ws.column_dimensions[column_letters(col)].hidden}
    wide = sum(width for col, width in widths.items() if col <= last and col not in hidden) * pixels * 72 / 96
    landscape = ws.page_setup.orientation == "landscape"
    return room(landscape, margins.left + margins.right, margins.top + margins.bottom, wide)


def room(landscape: bool, sides: float, ends: float, wide: float) -> float:
    """The same for A4 with these margins (inches, both together) and columns of `wide` points in all."""
    across, down = _A4[::-1] if landscape else _A4
    across, down = across - sides * _POINTS, down - ends * _POINTS
    return down / min(1.0, across / max(1.0, wide * _NARROWEST))


def page_ends(
    heights: list[float], bonds: list[int], room: float, repeated: float = 0.0, even: bool = True
) -> list[int]:
    """Rows (from 1) after which a page ends: as few pages as can be, all about as full, items whole where it costs little.

    `repeated`: height of what is printed again at the head of every page after the first. Not `even`: every page is
    filled and the last takes what is left, as a plain list is printed. A block higher than a page stands alone and is
    left to the program.
    """
    starts = [row for row, bond in enumerate(bonds) if row == 0 or bond != JOINED]
    tops = [0.0, *accumulate(heights)]
    #: Start of a page → (cost of everything before it, start of the page before).
    best: dict[int, tuple[float, int]] = {0: (0.0, 0)}
    for place, end in enumerate([*starts[1:], len(heights)], 1):
        split = _SPLIT if end < len(heights) and bonds[end] != APART else 0.0
        found = []
        for first in reversed(starts[:place]):
            used = tops[end] - tops[first] + (repeated if first else 0.0)
            if used - repeated > room and first != starts[place - 1]:
                break
            if used > room and first != starts[place - 1]:  # the first page repeats nothing: it may hold one more
                continue
            free = max(0.0, 1 - used / room) if even or end < len(heights) else 0.0
            found.append((best[first][0] + _PAGE + split + free**2, first))
        best[end] = min(found)
    ends, end = [], len(heights)
    while best[end][1]:
        end = best[end][1]
        ends.append(end)
    return ends[::-1]


def set_pages(ws, plan: Sheet, widths: dict[int, float], pixels: float) -> None:
    """What of `ws` is printed, what again on every page, and where pages end."""
    from openpyxl.worksheet.pagebreak import Break

    last = plan.print_last or len(plan.rows)
    ws.print_area = f"A1:{address(last, plan.face.last)}"
    if plan.header_row:
        ws.print_title_rows = f"{plan.header_row}:{plan.header_row}"
    bonds = [row.bond for row in plan.rows[:last]]
    if not any(bonds):
        return
    heights = [ws.row_dimensions[number].height for number in range(1, last + 1)]
    repeated = heights[plan.header_row - 1] if plan.header_row else 0.0
    for end in page_ends(heights, bonds, page_room(ws, widths, plan.face.last, pixels), repeated):
        ws.row_breaks.append(Break(end))


def begin(ws, plan: Sheet) -> None:
    """The head stays in sight, and the first input is where typing begins."""
    if plan.freeze:
        ws.freeze_panes = address(plan.freeze, 1)
    places = ((number, cell.col) for number, row in enumerate(plan.rows, 1) for cell in row.cells if cell.unlocked)
    first = next(places, None)
    if first is not None:
        for view in ws.sheet_view.selection:
            if view.pane in (None, "bottomLeft"):
                view.activeCell = view.sqref = address(*first)
