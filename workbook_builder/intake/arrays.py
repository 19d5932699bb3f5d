"""A formula that fills several cells: all of them show what it gives, though the file says so at the first alone.

Comes in: the cells of a sheet, and the ranges that such formulas fill. Goes out: the same cells, marked.
"""

from __future__ import annotations

from collections.abc import Iterable

from workbook_builder.intake.limits import LIMITS
from workbook_builder.intake.model import NO_CELL, Cell, Refusal
from workbook_builder.intake.refs import parse_a1


def mark_filled(cells: dict[tuple[int, int], Cell], areas: Iterable[str]) -> None:
    """Give every cell within `areas` (A1 ranges) an unreadable formula, if it has none of its own. Raises Refusal."""
    room = LIMITS.cells
    for area in areas:
        first, _, last = area.partition(":")
        try:
            (top, left), (bottom, right) = parse_a1(first), parse_a1(last or first)
        except ValueError:
            continue
        room -= max(0, bottom - top + 1) * max(0, right - left + 1)
        if room < 0:
            raise Refusal("TOO_MANY_CELLS", limit=LIMITS.cells)
        for row in range(top, bottom + 1):
            for col in range(left, right + 1):
                cell = cells.get((row, col), NO_CELL)
                if cell.formula is None:
                    cells[row, col] = cell._replace(formula="")
