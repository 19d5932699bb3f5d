"""Colours of a cell as they are seen: text and ground, and how well one is read on the other.

Comes in: an openpyxl cell. Goes out: RRGGBB, or None where a colour cannot be known; contrast as WCAG reckons it.
"""

from __future__ import annotations

import colorsys
import re

_WHITE, _BLACK = "FFFFFF", "000000"
#: Order in which styles number the colours of a theme.
_THEMED = ("lt1", "dk1", "lt2", "dk2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6", "hlink")


def drawn(cell) -> tuple[str | None, str | None]:
    """(colour of the text, colour of the ground) of a cell; a pattern that is not solid leaves the ground unknown."""
    theme = cell.parent.parent.loaded_theme
    ink = _rgb(cell.font.color, theme, _BLACK)
    if cell.fill.fill_type is None:
        return ink, _WHITE
    return ink, _rgb(cell.fill.fgColor, theme, None) if cell.fill.fill_type == "solid" else None


def contrast(one: str, other: str) -> float:
    """1 (the same) to 21 (black on white)."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _rgb(colour, theme: bytes | None, otherwise: str | None) -> str | None:
    from openpyxl.styles.colors import COLOR_INDEX

    if colour is None or colour.type == "auto":
        return otherwise
    if colour.type == "rgb":
        return colour.rgb[-6:].upper()
    if colour.type == "indexed":
        return COLOR_INDEX[colour.indexed][-6:] if colour.indexed < len(COLOR_INDEX) else otherwise
    base = _of_theme(colour.theme, theme)
    return None if base is None else _tinted(base, colour.tint or 0.0)


def _of_theme(number: int, theme: bytes | None) -> str | None:
    if number < 2:
        return (_WHITE, _BLACK)[number]
    if theme is None or number >= len(_THEMED):
        return None
    text = theme.decode("utf-8", "replace") if isinstance(theme, bytes) else theme
    name = _THEMED[number]
    found = re.search(rf'<a:{name}>\s*<a:s(?:rgbClr val|ysClr val="\w+" lastClr)="([0-9A-Fa-f]{{6}})"', text)
    return found[1].upper() if found else None


def _tinted(rgb: str, tint: float) -> str:
    hue, light, full = colorsys.rgb_to_hls(*_parts(rgb))
    light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
    return "".join(f"{round(part * 255):02X}" for part in colorsys.hls_to_rgb(hue, light, full))


def _parts(rgb: str) -> tuple[float, float, float]:
    red, green, blue = (int(rgb[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return red, green, blue


def _luminance(rgb: str) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _parts(rgb)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
