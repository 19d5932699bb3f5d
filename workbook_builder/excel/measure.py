"""How high a row must be for its text: East Asian widths, so that Excel, WPS and LibreOffice all show every line.

Measured in ems of the cell's font: a Chinese character is one em, a Latin one about half. Heights are in points.
Office programs do not agree on the width of a column or on where a line may end; this is the worst of them.
"""

from __future__ import annotations

import math
import unicodedata
from functools import cache, lru_cache

#: Excel's ceiling of a row.
HIGHEST = 409.0
#: Screen pixels of a unit of column width, where the style 常规 (Normal) has Calibri 11.
PIXELS_PER_UNIT = 7.0
_PADDING_PIXELS = 8.0
#: Columns come out up to 5 % narrower than their number says.
_NARROWEST = 0.95
_LINE = 1.42
_MARGIN = 5.0
_NEVER_FIRST = frozenset("，。、；：？！）》〉”’』」】〕…—％%,.;:?!)]}")
_NEVER_LAST = frozenset("（《〈“‘『「【〔([{")


@cache
def em_width(char: str) -> float:
    """Width of one character in ems."""
    if unicodedata.east_asian_width(char) in "WFA":
        return 1.0
    return 0.56


def unit_pixels(font: str, size: float) -> float:
    """Screen pixels of a unit of column width in a workbook whose style 常规 has this font: its widest digit."""
    # Digits of the old Chinese typefaces are half an em wide; of others the least that is known.
    return size * 96 / 72 / 2 if font in ("宋体", "仿宋", "黑体", "楷体") else PIXELS_PER_UNIT


@lru_cache(maxsize=20_000)
def lines(text: str, width: float, size: float, pixels: float = PIXELS_PER_UNIT) -> int:
    """Lines that `text` takes in a column of `width` units of `pixels` each, in a font of `size` points."""
    room = max(1.0, (width * pixels * _NARROWEST - _PADDING_PIXELS) / (size * 96 / 72))
    return sum(_paragraph(paragraph, room) for paragraph in text.split("\n"))


def lines_within(text: str, room: float) -> int:
    """Lines that `text` takes where a line holds `room` ems."""
    return sum(_paragraph(paragraph, room) for paragraph in text.split("\n"))


def _paragraph(text: str, room: float) -> int:
    count, used = 1, 0.0
    for piece in _pieces(text):
        if piece == " " and used == 0.0 and count > 1:
            continue
        wide = sum(map(em_width, piece))
        if used + wide <= room:
            used += wide
        elif piece == " ":
            used = room  # a space at the end of a line takes no room
        elif wide <= room:
            count, used = count + 1, wide
        else:
            count, used = _split(piece, room, count, used)
    return count


def _split(piece: str, room: float, count: int, used: float) -> tuple[int, float]:
    """A word longer than a line is broken where the line ends; it begins on one of its own."""
    if used:
        count, used = count + 1, 0.0
    for char in piece:
        wide = em_width(char)
        if used + wide > room:
            count, used = count + 1, 0.0
        used += wide
    return count, used


def _pieces(text: str) -> list[str]:
    """What a line is never broken within: a character with its punctuation, a Latin word, a number."""
    pieces: list[str] = []
    for char in text:
        joined = bool(pieces) and pieces[-1] != " " and char != " " and (
            char in _NEVER_FIRST or pieces[-1][-1] in _NEVER_LAST or (_latin(char) and _latin(pieces[-1][-1]))
        )
        if joined:
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces


def _latin(char: str) -> bool:
    return char.isascii()


def least_width(text: str, size: float, pixels: float = PIXELS_PER_UNIT) -> int:
    """Units of column width, rounded up, in which `text` stands on one line."""
    ems = sum(map(em_width, text))
    return math.ceil((ems * size * 96 / 72 + _PADDING_PIXELS) / pixels / _NARROWEST)


def row_height(texts: list[tuple[str, float, float]], least: float, pixels: float = PIXELS_PER_UNIT) -> float:
    """Height for a row whose wrapped cells are (text, column width, font size); at least `least`, at most 409."""
    needed = [lines(text, width, size, pixels) * size * _LINE + _MARGIN for text, width, size in texts if text]
    return min(HIGHEST, round(max([least, *needed]) * 4) / 4)


def most_lines(size: float, height: float = HIGHEST) -> int:
    """Lines of a font of `size` points that a row of `height` can show."""
    return int((height - _MARGIN) // (size * _LINE))
