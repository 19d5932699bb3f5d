"""Chinese text in a terminal: what of it is shown, how wide it is, and where its lines may break.

Comes in: text. Goes out: text, numbers and lines. Programs that break at blanks do not know Chinese.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

#: Signs that no line may begin with, and that none may end with.
_NOT_FIRST = "，。；：、？！）”’》】…%)]},.;:/"
_NOT_LAST = "（“‘《【([{"
#: Before the name of a command; the two are read as one word.
_PROGRAM = "kaoping"
#: Signs without a look of their own: a name must neither move the cursor nor turn the direction of a line.
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")


def clean(text: str) -> str:
    """`text` as it may be shown: blanks for tabs and line ends, "?" for signs that steer a terminal."""
    shown = (" " if c in "\t\r\n" else "?" if unicodedata.category(c) in _UNSEEN else c for c in text)
    return "".join(shown)


def width_of(text: str) -> int:
    """Columns that `text` takes at most: “”…— are two columns wide in Chinese consoles and one in others."""
    return sum(0 if _is_mark(c) else 2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def _is_mark(sign: str) -> bool:
    return unicodedata.category(sign) in ("Mn", "Me")


def wrap(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` columns: Chinese breaks anywhere except around marks, Latin words stay whole."""
    lines = [""]
    for unit in _units(clean(text)):
        if lines[-1] and width_of(lines[-1] + unit.rstrip()) > width:
            lines[-1] = lines[-1].rstrip()
            unit = unit.lstrip()
            if not unit:
                continue
            lines.append("")
        while width_of(unit) > width:  # a path longer than a line
            cut = _fitting(unit, width)
            lines[-1] += unit[:cut]
            lines.append("")
            unit = unit[cut:]
        lines[-1] += unit
    return [line.rstrip() for line in lines if line.rstrip()] or [""]


def _fitting(text: str, width: int) -> int:
    """How many signs of `text` fit `width`: at least one, and never a sign without the accents over it."""
    cut = next(n for n in range(len(text), 0, -1) if width_of(text[:n]) <= width or n == 1)
    while cut < len(text) and _is_mark(text[cut]):
        cut += 1
    return cut


def _units(text: str) -> Iterator[str]:
    """Pieces that must not be broken: a sign with the marks that belong to it, a Latin word, `kaoping build`."""
    unit = ""
    for sign in text:
        joined = unit and (
            sign in _NOT_FIRST
            or _is_mark(sign)
            or unit[-1] in _NOT_LAST
            or (_is_latin(unit[-1]) and _is_latin(sign))
            or (unit[-1].isdigit() and sign not in " 　")  # 2回收, 10个
            or unit + sign == _PROGRAM + " "
            or unit == _PROGRAM + " "
        )
        if unit and not joined:
            yield unit
            unit = ""
        unit += sign
    if unit:
        yield unit


def _is_latin(sign: str) -> bool:
    return sign != " " and unicodedata.east_asian_width(sign) not in "WFA"
