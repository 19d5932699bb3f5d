"""Runs of rich text whose look changes what they say: 3 struck out before 5 is not 35, a raised 2 is a footnote.

Comes in: the properties of a run. Goes out: how its text is to be written so that plain text shows the same.
"""

from __future__ import annotations

from collections.abc import Callable

_OFF = ("0", "false", "off")
_DIGITS = "0123456789"
_RAISED = str.maketrans(_DIGITS, "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LOWERED = str.maketrans(_DIGITS, "₀₁₂₃₄₅₆₇₈₉")
#: Combining: a stroke through the letter before it.
_STROKE = "\u0336"

Look = Callable[[str], str]


def struck(text: str) -> str:
    return "".join(letter if letter.isspace() else letter + _STROKE for letter in text)


def raised(text: str) -> str:
    return text.translate(_RAISED)


def lowered(text: str) -> str:
    return text.translate(_LOWERED)


def look_of(name: str, attributes: dict[str, str]) -> Look | None:
    """What the property `name` of a run makes of its text; None if it leaves it as it is."""
    value = attributes.get("val", "")
    if name == "strike" and value not in _OFF:
        return struck
    if name == "vertAlign":
        return {"superscript": raised, "subscript": lowered}.get(value)
    return None
