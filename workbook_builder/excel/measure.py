"""How high a row must be for its text: East Asian widths, so that Excel, WPS and LibreOffice all show every line.

Measured in ems of the cell's font: a Chinese character is one em, a Latin one about half. Heights are in points.
"""

from __future__ import annotations

import math
import unicodedata
from functools import cache

#: Excel's ceiling of a row.
HIGHEST = 409.0
_PIXELS_PER_UNIT = 7.0
_PADDING_PIXELS = 8.0
_LINE = 1.42
_MARGIN = 5.0


@cache
def em_width(char: str) -> float:
    """Width of one character in ems."""
    if unicodedata.east_asian_width(char) in "WFA":
        return 1.0
    return 0.56


def lines(text: str, width: float, size: float) -> int:
    """Lines that `text` takes in a column of `width` Excel units, in a font of `size` points."""
    room = max(1.0, (width * _PIXELS_PER_UNIT - _PADDING_PIXELS) / (size * 96 / 72))
    count = 0
    for paragraph in text.split("\n"):
        # Each line may end up to one character short, since a character is never split.
        used = sum(map(em_width, paragraph))
        count += max(1, math.ceil(used / max(1.0, math.floor(room * 2) / 2 - 0.25)))
    return count


def row_height(texts: list[tuple[str, float, float]], least: float) -> float:
    """Height for a row whose wrapped cells are (text, column width, font size); at least `least`, at most 409."""
    needed = [lines(text, width, size) * size * _LINE + _MARGIN for text, width, size in texts if text]
    return min(HIGHEST, round(max([least, *needed]) * 4) / 4)


def most_lines(size: float, height: float = HIGHEST) -> int:
    """Lines of a font of `size` points that a row of `height` can show."""
    return int((height - _MARGIN) // (size * _LINE))
