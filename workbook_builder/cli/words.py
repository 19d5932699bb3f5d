"""Chinese text in a terminal: how wide it is, and where its lines may break.

Comes in: text. Goes out: numbers and lines. Programs that break at blanks do not know Chinese.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

#: Signs that no line may begin with, and that none may end with.
_NOT_FIRST = "，。；：、？！）”’》】…%)]},.;:"
_NOT_LAST = "（“‘《【([{"


def width_of(text: str) -> int:
    """Columns that `text` takes in a terminal."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def wrap(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` columns: Chinese breaks anywhere except around marks, Latin words stay whole."""
    lines = [""]
    for unit in _units(text):
        if lines[-1] and width_of(lines[-1] + unit.rstrip()) > width:
            lines[-1] = lines[-1].rstrip()
            unit = unit.lstrip()
            if not unit:
                continue
            lines.append("")
        while width_of(unit) > width:  # a path longer than a line
            cut = next(n for n in range(len(unit), 0, -1) if width_of(unit[:n]) <= width or n == 1)
            lines[-1] += unit[:cut]
            lines.append("")
            unit = unit[cut:]
        lines[-1] += unit
    return [line for line in lines if line] or [""]


def _units(text: str) -> Iterator[str]:
    """Pieces that must not be broken: a sign with the marks that belong to it, a Latin word."""
    unit = ""
    for sign in text:
        joined = unit and (
            sign in _NOT_FIRST
            or unit[-1] in _NOT_LAST
            or (_is_latin(unit[-1]) and _is_latin(sign))
            or (unit[-1].isdigit() and sign not in " 　")  # 2回收, 10个
        )
        if unit and not joined:
            yield unit
            unit = ""
        unit += sign
    if unit:
        yield unit


def _is_latin(sign: str) -> bool:
    return sign != " " and unicodedata.east_asian_width(sign) not in "WF"
