"""Stored texts and number formats → values and flags. Shared by the xlsx and the xls reader."""

from __future__ import annotations

import re
from decimal import Decimal

#: Number formats that the file only names by id. 27-36 and 50-58 are dates in Chinese Excel.
_DATE_IDS = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
_PERCENT_IDS = frozenset([9, 10])

#: Quoted text, escaped, padding and fill characters: shown as they stand, without meaning.
_LITERAL = re.compile(r'"[^"]*"?|\\.|_.|\*.', re.DOTALL)
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_BRACKET = re.compile(r"\[[^\]]*\]")
_DATE_LETTER = re.compile(r"[ymdhs]", re.IGNORECASE)
_DATE_WORD = re.compile(r"[年月日时時分秒]")
_DIGIT = re.compile(r"[0#?]")

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SURROGATE = re.compile("[\ud800-\udfff]")

_INFINITE = float("inf")


def to_decimal(text: str) -> Decimal:
    """The number a program stored as `text`, as the shortest decimal of that double; whole numbers have no exponent.

    A double is what Excel holds, whatever digits the file spells: 59.7 written as 59.699999999999996 is another
    double and stays visible as such. ValueError if it is not a finite number.
    """
    number = float(text)
    # float() is more generous than any file: underscores, other scripts' digits, nan and infinity.
    if not text.isascii() or "_" in text or not -_INFINITE < number < _INFINITE:
        raise ValueError(f"number {text!r}")
    return Decimal(int(number)) if number.is_integer() else Decimal(repr(number))


def format_flags(number_id: int, code: str | None) -> tuple[bool, bool]:
    """(percent, date) of a number format, by its code or, where the file gives none, by its builtin id."""
    if code is None:
        return number_id in _PERCENT_IDS, number_id in _DATE_IDS
    bare = _LITERAL.sub("", code)
    elapsed = _ELAPSED.search(bare) is not None
    bare = _BRACKET.sub("", bare)
    if bare.strip().lower().startswith("general"):
        return False, False
    date = elapsed or _DATE_LETTER.search(bare) is not None
    # WPS lets people type 0.0分 without quotes: a score, not minutes. A date word alone makes a date only where
    # the format shows no digits of its own.
    date = date or (_DATE_WORD.search(bare) is not None and _DIGIT.search(bare) is None)
    return "%" in bare, date


def unescape(text: str) -> str:
    """Excel's _x000D_ style escapes as the characters they stand for."""
    if "_x" not in text:
        return text
    text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    if _SURROGATE.search(text):
        # Half a pair on its own cannot be written to any file of ours.
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
