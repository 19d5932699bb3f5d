"""A formula that fills several cells: all of them show what it gives, though the file says so at the first alone.

Comes in: the cells of a sheet, and the ranges that such formulas fill. Goes out: the same cells, marked.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import product

from workbook_builder.intake.limits import LIMITS
from workbook_builder.intake.model import NO_CELL, Cell, Refusal
from workbook_builder.intake.refs import parse_a1

#: How often all cells of a sheet are gone through for areas too large to go through themselves.
_ROUNDS = 50


def mark_filled(cells: dict[tuple[int, int], Cell], areas: Collection[str], room: int) -> None:
    """Give every cell within `areas` (A1 ranges) an unreadable formula, if it has none of its own. Raises Refusal.

    An area may be a whole column: it counts as far as the sheet is used. `room`: how many cells may be added.
    """
    if not areas or not cells:
        return
    used_bottom, used_right = max(row for row, _ in cells), max(col for _, col in cells)
    steps, rounds, most = LIMITS.cells, _ROUNDS, len(cells) + room
    for area in dict.fromkeys(areas):
        first, _, last = area.partition(":")
        try:
            (top, left), (bottom, right) = parse_a1(first), parse_a1(last or first)
        except ValueError:
            continue
        bottom, right = min(bottom, used_bottom), min(right, used_right)
        size = max(0, bottom - top + 1) * max(0, right - left + 1)
        if size <= steps:
            steps -= size
            places = product(range(top, bottom + 1), range(left, right + 1))
        elif rounds:
            rounds -= 1
            places = [(row, col) for row, col in cells if top <= row <= bottom and left <= col <= right]
        else:
            raise Refusal("TOO_MANY_CELLS", limit=LIMITS.cells)
        for place in places:
            cell = cells.get(place, NO_CELL)
            if cell.formula is None and (cell is not NO_CELL or len(cells) < most):
                cells[place] = cell._replace(formula="")
