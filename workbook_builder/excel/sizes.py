"""How wide the columns of a template's sheet are, as the programs will show them.

Comes in: a sheet of the template. Goes out: widths in units, and the pixels of a unit.
"""

from __future__ import annotations

from workbook_builder.excel import measure

#: What a column has that says nothing of its width.
WIDTH = 8.43
#: Units of width that a step of indentation takes.
_INDENT = 1.5


def widths(ws) -> dict[int, float]:
    """Column → width, of every column up to the last that has one. One dragged shut counts as not set."""
    from openpyxl.utils import column_index_from_string

    found = {}
    for letter, dimension in ws.column_dimensions.items():
        first = dimension.min or column_index_from_string(letter)
        for col in range(first, (dimension.max or first) + 1):
            found[col] = dimension.width or WIDTH
    return {col: found.get(col, WIDTH) for col in range(1, (max(found) if found else 1) + 1)}


def spans(ws) -> dict[tuple[int, int], tuple[int, int]]:
    """(row, column) where a merged area begins → its first and last column."""
    return {(area.min_row, area.min_col): (area.min_col, area.max_col) for area in ws.merged_cells.ranges}


def unit_pixels(book) -> float:
    """Pixels of a unit of width: programs take it from the typeface of the style 常规 (Normal)."""
    normal = next((style.font for style in book._named_styles if style.name == "Normal"), None)
    return measure.PIXELS_PER_UNIT if normal is None else measure.unit_pixels(normal.name or "", normal.sz or 11.0)


def type_of(cell) -> tuple[float, bool, float]:
    """Font size of a cell, whether its text wraps, the width that its indentation takes."""
    return cell.font.sz or 11.0, bool(cell.alignment.wrap_text), _INDENT * (cell.alignment.indent or 0)
