"""Colours of a workbook: what a style names, how light it is, how well one is read on another."""

from __future__ import annotations

import colorsys
import re

from openpyxl.styles.colors import COLOR_INDEX

#: Order in which styles number the colours of a theme, and the names of those colours in the theme's own part.
_THEME = ("lt1", "dk1", "lt2", "dk2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6", "hlink")
_OFFICE = ("FFFFFF", "000000", "E7E6E6", "44546A", "4472C4", "ED7D31", "A5A5A5", "FFC000", "5B9BD5", "70AD47", "0563C1")


def theme(part: bytes | None) -> tuple[str, ...]:
    """The colours of a workbook's theme as RRGGBB, in the order in which styles number them."""
    if not part:
        return _OFFICE
    xml = part.decode("utf-8", "replace")
    found = []
    for name, fallback in zip(_THEME, _OFFICE, strict=True):
        body = re.search(rf"<a:{name}>(.*?)</a:{name}>", xml, re.DOTALL)
        value = re.search(r'(?:lastClr|srgbClr val)="([0-9A-Fa-f]{6})"', body[1]) if body else None
        found.append(value[1].upper() if value else fallback)
    return tuple(found)


def rgb(colour, themed: tuple[str, ...] = _OFFICE) -> str | None:
    """RRGGBB of a colour in a style; None where it names none."""
    if colour is None or (colour.type == "auto"):
        return None
    if colour.type == "rgb":
        return None if colour.rgb == "00000000" else colour.rgb[-6:].upper()
    if colour.type == "indexed":
        return COLOR_INDEX[colour.indexed][-6:] if colour.indexed < len(COLOR_INDEX) else None
    return _tinted(themed[colour.theme], colour.tint or 0.0)


def _tinted(value: str, tint: float) -> str:
    hue, light, strength = colorsys.rgb_to_hls(*_parts(value))
    light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
    return "".join(f"{round(part * 255):02X}" for part in colorsys.hls_to_rgb(hue, light, strength))


def _parts(value: str) -> tuple[float, float, float]:
    red, green, blue = (int(value[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return red, green, blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def luminance(value: str) -> float:
    """Relative luminance of WCAG, 0 to 1."""
    red, green, blue = map(_linear, _parts(value))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def grey(value: str) -> str:
    """What a black-and-white printer makes of a colour (ITU-R BT.601)."""
    red, green, blue = _parts(value)
    return f"{round((0.299 * red + 0.587 * green + 0.114 * blue) * 255):02X}" * 3


def lightness(value: str) -> float:
    """L* of CIELAB, 0 to 100."""
    light = luminance(value)
    return 116 * light ** (1 / 3) - 16 if light > 0.008856 else 903.3 * light


def contrast(ink: str, ground: str) -> float:
    """The worse of the contrast in colour and in grey, 1 to 21."""
    return min(_ratio(ink, ground), _ratio(grey(ink), grey(ground)))


def _ratio(first: str, second: str) -> float:
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)
