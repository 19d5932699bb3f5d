"""Looks of the cells of read-only workbooks, by name: typefaces and colours of the palette, frames, number formats.

Comes in: the palette. Goes out: looks as XlsxWriter wants them, for `excel/report.py`.
"""

from __future__ import annotations

from workbook_builder.excel import palette
from workbook_builder.excel.palette import FANG, HEI, SONG, TITLE

#: Decimals that a figure may be shown with.
MOST_DIGITS = 4


def _digits(n: int) -> str:
    return "0." + "0" * n if n else "0"


def _padded(plus: str, minus: str, zero: str = "") -> str:
    """A number format that keeps figures and words off the cell's right edge by the width of a bracket."""
    return ";".join(f"{part}_)" for part in (plus, minus, zero or plus, "@"))


#: Letters are white from this shade on.
_DARK = 4

_BOX = {"border": 1, "border_color": f"#{palette.LINE}"}
#: What every cell has unless its look says otherwise.
BASE = {"font_name": SONG, "font_size": 10, "font_charset": palette.CHARSET, "valign": "vcenter", "text_wrap": True}
_MID = {"align": "center"}
#: Looks by name. A name may be extended where it is used: "cell+bad" lays one over the other.
STYLES: dict[str, dict[str, object]] = {
    "plain": {},
    "title": {"font_name": TITLE, "font_size": 18, **_MID},
    "stage": {"font_name": HEI, "font_size": 22, "font_color": f"#{palette.NAVY}", **_MID},
    "heading": {"font_name": HEI, "font_size": 12, "font_color": f"#{palette.NAVY}"},
    "note": {"font_name": FANG, "font_size": 11},
    "facts": {"font_name": FANG, "font_size": 11, **_MID},
    "head": {
        **_BOX,
        "font_name": HEI,
        "font_color": f"#{palette.WHITE}",
        "bg_color": f"#{palette.NAVY}",
        **_MID,
    },
    "cell": dict(_BOX),
    "center": {**_BOX, **_MID},
    "number": {**_BOX, "align": "right", "text_wrap": False, "num_format": _padded("General", "-General")},
    "points": {**_BOX, "align": "right", "text_wrap": False, "num_format": _padded("+General", "-General", "0")},
    "key": {"bold": True},
    "band": {**_BOX, "font_name": HEI, "font_size": 11, "bg_color": f"#{palette.BLUE}"},
    "group": {"font_name": HEI, "bg_color": f"#{palette.GREY}"},
    "small": {"font_size": 9},
    "faint": {"font_color": f"#{palette.FAINT}"},
    "bad": {"font_color": f"#{palette.RED}"},
    "alarm": {"font_color": f"#{palette.RED}", "bg_color": f"#{palette.WRONG}", "bold": True},
    "open": {"bg_color": f"#{palette.TO_DO}"},
    "link": {"font_color": f"#{palette.LINK}", "underline": 1},
    "best": {"bg_color": f"#{palette.GOOD}"},
    "large": {"font_size": 12},
    # A box of few words: its caption, the figure, what is said of it.
    "boxhead": {**_BOX, **_MID, "font_name": palette.HEI, "bg_color": f"#{palette.BLUE}"},
    "boxvalue": {**_BOX, **_MID, "font_name": palette.HEI, "font_size": 16},
    "boxnote": {**_BOX, **_MID, "font_size": 9},
    # How much of a figure is lacking, from nothing to most.
    **{
        f"heat{n}": {"bg_color": f"#{fill}", "font_color": f"#{palette.INK if n < _DARK else palette.WHITE}"}
        for n, fill in enumerate(palette.HEAT)
    },
    # Striped: open. No shade of the same hue, so that it is not taken for a figure.
    "hatched": {"pattern": 14, "fg_color": f"#{palette.LINE}", "bg_color": f"#{palette.TO_DO}"},
    # What may be typed into: on the sheet 试算 alone.
    "input": {
        **_BOX,
        **_MID,
        "bg_color": f"#{palette.INPUT}",
        "border_color": f"#{palette.INPUT_LINE}",
        "locked": False,
    },
    # Two lines of one thing: no rule between them.
    "upper": {"bottom": 0, "valign": "bottom"},
    "lower": {"top": 0, "valign": "top"},
    "mid": dict(_MID),
    "tiny": {"font_size": 8},
    "soft": {"font_color": f"#{palette.SOFT_INK}"},
    "left": {"align": "left"},
    "right": {"align": "right"},
    # Figures of one column with the same number of decimals: digits0 … digits4.
    **{f"digits{n}": {"num_format": _padded(_digits(n), f"-{_digits(n)}")} for n in range(MOST_DIGITS + 1)},
    # The same with their sign: differences.
    **{
        f"signed{n}": {"num_format": _padded(f"+{_digits(n)}", f"-{_digits(n)}", _digits(n))}
        for n in range(MOST_DIGITS + 1)
    },
}
