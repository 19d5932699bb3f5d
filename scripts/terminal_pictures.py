"""Screens of the command line as pictures: 80 columns of a terminal, drawn sign by sign.

Comes in: a command line and the folder it runs in. Goes out: a picture. A Chinese sign takes two columns, so that a
line that is too long, or a table out of step, is seen.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from typesetting import MONO, face_file  # noqa: E402

COLUMNS, SIZE, LINE, EDGE, BAR = 80, 22, 31, 24, 46
PAPER, INK, FRAME = "#1E1E1E", "#D4D4D4", "#3C3C3C"
#: The sixteen colours as Windows Terminal shows them.
COLOURS = ("#0C0C0C", "#E74856", "#16C60C", "#F9F1A5", "#3B78FF", "#B4009E", "#61D6D6", "#CCCCCC",
           "#767676", "#E74856", "#16C60C", "#F9F1A5", "#3B78FF", "#B4009E", "#61D6D6", "#F2F2F2")  # fmt: skip
_DIM = "#9A9A9A"


def screen(arguments: list[str], folder: Path, most: int = 60) -> Image.Image:
    """What `kaoping` with these arguments says in `folder`; at most so many lines of it."""
    environment = os.environ | {"FORCE_COLOR": "1", "COLUMNS": str(COLUMNS), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    environment |= {"TERM": "xterm-256color"}
    order = [sys.executable, "-m", "workbook_builder", *arguments]
    done = subprocess.run(
        order, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=180, check=False
    )
    said = done.stdout.decode("utf-8") + done.stderr.decode("utf-8")
    said = re.sub(re.escape(str(folder.resolve())), r"D:\\2021考评", said)
    lines = said.rstrip("\n").split("\n")
    return drawn(" ".join(["kaoping", *arguments]), [Text.from_ansi(line) for line in lines[:most]])


def drawn(command: str, lines: list[Text]) -> Image.Image:
    """Lines in a window under a prompt."""
    rows = [Text.assemble((r"D:\2021考评> ", "green"), (command, "bold")), Text(), *lines]
    size = (COLUMNS * SIZE // 2 + 2 * EDGE, BAR + len(rows) * LINE + EDGE)
    image = Image.new("RGB", size, PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, size[0], BAR - 8), fill=FRAME)
    pen.text((EDGE, 2), "命令提示符", font=_font(False), fill=INK)
    pen.text((size[0] - 6 * SIZE, 2), "—  □  ×", font=_font(False), fill=INK)
    for number, row in enumerate(rows):
        _line(pen, row, BAR + number * LINE)
    return image


def _line(pen: ImageDraw.ImageDraw, row: Text, top: int) -> None:
    column = 0
    for number, sign in enumerate(row.plain):
        style = row.get_style_at_offset(_console(), number)
        wide = 2 if unicodedata.east_asian_width(sign) in "WFA" and not _ruled(sign) else 1
        left = EDGE + column * SIZE // 2
        ink, paper = _colours(style)
        if paper:
            pen.rectangle((left, top, left + wide * SIZE // 2, top + LINE), fill=paper)
        pen.text((left, top), sign, font=_font(bool(style.bold)), fill=ink)
        column += wide


def _ruled(sign: str) -> bool:
    """Lines of tables and bars are of ambiguous width; a terminal gives them one column."""
    return "─" <= sign <= "▟"


def _colours(style) -> tuple[str, str | None]:
    ink = _colour(style.color) or (_DIM if style.dim else INK)
    paper = _colour(style.bgcolor)
    return (paper or PAPER, ink) if style.reverse else (ink, paper)


def _colour(colour) -> str | None:
    if colour is None or colour.is_default:
        return None
    if colour.number is not None and colour.number < len(COLOURS):
        return COLOURS[colour.number]
    return colour.get_truecolor().hex


_FONTS: dict[bool, ImageFont.FreeTypeFont] = {}
_CONSOLES: list = []


def _font(bold: bool) -> ImageFont.FreeTypeFont:
    if bold not in _FONTS:
        file, index = face_file(MONO, bold)
        _FONTS[bold] = ImageFont.truetype(file, SIZE, index=index)
    return _FONTS[bold]


def _console():
    from rich.console import Console

    if not _CONSOLES:
        _CONSOLES.append(Console(width=COLUMNS))
    return _CONSOLES[0]
