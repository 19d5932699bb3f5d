"""How wide and how high text is on paper, by the outlines of real typefaces.

Comes in: a text, the name of its typeface, its size. Goes out: widths in pixels of 96 to the inch, the lines that an
office program breaks it into, the height in points that they need. The faces are those of tests/data/fonts.conf: a
Chinese sign is as wide as it is high in every Chinese typeface, so that what fits here fits on an office PC.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from functools import cache

from PIL import ImageFont

SERIF, SANS, MONO = "Noto Serif CJK SC", "Noto Sans CJK SC", "Noto Sans Mono CJK SC"
_SANS_NAMES = ("黑体", "simhei", "微软雅黑", "microsoft yahei", "等线", "calibri", "arial")
_BOLD_NAMES = ("方正小标宋简体",)
#: Size at which the outlines are measured.
_EM = 200
#: Pixels per point.
PIXELS = 96 / 72
#: Blank that a Chinese typeface leaves above and below the signs of a line, in ems: cutting it cuts nothing.
BLANK_ABOVE, BLANK_BELOW = 0.27, 0.2
#: No line begins with these, none ends with those.
_CLOSING = set("，。、；：？！）》〉」』】〕”’…,.;:?!)]}%％")
_OPENING = set("（《〈「『【〔“‘([{")


@dataclass(frozen=True, slots=True)
class Face:
    """A typeface as a cell names it."""

    name: str = "宋体"
    size: float = 11.0
    bold: bool = False

    @property
    def em(self) -> float:
        """Pixels of one em."""
        return self.size * PIXELS

    def width(self, text: str) -> float:
        """Pixels of `text` on one line."""
        font = _font(*self._outline())
        return sum(_advance(font, sign) for sign in text) * self.em / _EM

    def line_height(self) -> float:
        """Points from one line to the next."""
        return sum(_font(*self._outline()).getmetrics()) / _EM * self.size

    def _outline(self) -> tuple[str, bool]:
        sans = any(name in self.name.lower() for name in _SANS_NAMES)
        return (SANS if sans else SERIF), self.bold or self.name in _BOLD_NAMES


@cache
def face_file(family: str, bold: bool = False) -> tuple[str, int]:
    """The file of a typeface and its number in it."""
    pattern = f"{family}:bold" if bold else family
    order = ["fc-match", "-f", "%{file}|%{index}|%{family}", pattern]
    file, index, found = subprocess.run(order, check=True, capture_output=True).stdout.decode().split("|")
    assert family in found, f"typeface {family} is not installed"
    return file, int(index)


@cache
def _font(family: str, bold: bool) -> ImageFont.FreeTypeFont:
    file, index = face_file(family, bold)
    return ImageFont.truetype(file, _EM, index=index)


@cache
def _advance(font: ImageFont.FreeTypeFont, sign: str) -> float:
    return font.getlength(sign)


def broken(text: str, face: Face, room: float) -> list[str]:
    """The lines of `text` in a column with `room` pixels for signs."""
    return [line for paragraph in text.split("\n") for line in _paragraph(paragraph, face, room)]


def _paragraph(text: str, face: Face, room: float) -> list[str]:
    lines, line, used = [], "", 0.0
    for piece in _pieces(text):
        width = face.width(piece)
        if line and used + face.width(piece.rstrip()) > room:
            line, carried = _carried(line, piece)
            lines.append(line)
            line, used = carried, face.width(carried)
        while not line and width > room and len(piece) > 1:
            fitting = _fitting(piece, face, room)
            lines.append(piece[:fitting])
            piece = piece[fitting:]
            width = face.width(piece)
        line, used = line + piece, used + width
    return [*lines, line]


def _carried(line: str, piece: str) -> tuple[str, str]:
    """What stays on a full line, and what of it goes down with `piece`: no comma begins a line, no bracket ends one."""
    cut = len(line)
    if piece[0] in _CLOSING:
        cut -= 1
    while cut > 1 and line[cut - 1] in _OPENING:
        cut -= 1
    return (line[:cut], line[cut:]) if cut > 0 else (line, "")


def _fitting(piece: str, face: Face, room: float) -> int:
    """How many signs of a word that is longer than a line fit on one; at least one."""
    count = 1
    while count < len(piece) and face.width(piece[: count + 1]) <= room:
        count += 1
    return count


def _pieces(text: str) -> list[str]:
    """What is never broken: a Chinese sign, a word of Latin letters or digits with the blanks after it."""
    pieces: list[str] = []
    for sign in text:
        latin = sign.isascii() and sign.isprintable()
        glued = pieces and pieces[-1][0].isascii() and latin and (sign == " " or pieces[-1][-1] not in " -")
        if glued:
            pieces[-1] += sign
        else:
            pieces.append(sign)
    return pieces


def needed_height(lines: int, face: Face, vertical: str | None) -> float:
    """Points that a row must have so that nothing of `lines` is cut; the blank at the cell's edges does not count."""
    spared = {"top": BLANK_BELOW, "center": 2 * BLANK_BELOW}.get(vertical or "bottom", BLANK_ABOVE)
    return lines * face.line_height() - spared * face.size
