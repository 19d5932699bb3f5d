"""What people mean when they type a number as text: ２次, "3 次", 两次, 0。5, 95％, blanks around.

Comes in: text. Goes out: the number and what unit or percent sign stood behind it, or None where it is not certain.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_NUMBER = re.compile(r"([+-]?)([0-9]+(?:[.。．][0-9]+)?)([^0-9]*)", re.ASCII)
_DIGITS = {**{c: i for i, c in enumerate("零一二三四五六七八九")}, "〇": 0, "两": 2, "兩": 2}
_UNITS = {"十": 10, "百": 100}
#: Two numbers in one cell, or a small raised one as of a footnote: run together they would be a third number.
_TWO_NUMBERS = re.compile(r"\d\s+[\d.。．]|[.。．]\s+\d")
_CHINESE = re.compile(r"(第?)([零〇一二三四五六七八九两兩十百]+)(点[零〇一二三四五六七八九]+)?([^零〇一二三四五六七八九两兩十百点]*)")
#: Units people write behind a number whatever the clause counts.
COUNT_UNITS = ("次", "件", "起", "项", "个", "人", "人次", "例", "种", "月", "条", "篇", "名", "分", "位", "家")


@dataclass(frozen=True, slots=True)
class Meant:
    """A number read from text. `unit` is what stood behind it ("" if nothing), "%" for a percent sign."""

    number: Decimal
    unit: str


def clean(text: str) -> str:
    """Text without what cannot be seen: surrounding and inner blanks, invisible characters; full width made half."""
    text = unicodedata.normalize("NFKC", text.translate(_INVISIBLE))
    return re.sub(r"\s+", "", text)


def meant_number(text: str) -> Meant | None:
    """The number that `text` certainly means, or None. Thousands separators, ranges and sums are never guessed."""
    if _TWO_NUMBERS.search(text.strip()) or any(unicodedata.category(char) == "No" for char in text):
        return None
    text = clean(text)
    match = _NUMBER.fullmatch(text.removeprefix("第"))
    if match:
        sign, digits, unit = match.groups()
        if unit not in ("", "%", *COUNT_UNITS) or sign == "+":
            return None
        number = Decimal(digits.replace("。", ".").replace("．", "."))
        return Meant(-number if sign else number, unit)
    return _chinese(text)


def _chinese(text: str) -> Meant | None:
    match = _CHINESE.fullmatch(text)
    if not match:
        return None
    _, whole, fraction, unit = match.groups()
    if unit not in ("", *COUNT_UNITS):
        return None
    number = _chinese_whole(whole)
    if number is None:
        return None
    if fraction:
        number = Decimal(f"{number}." + "".join(str(_DIGITS[c]) for c in fraction[1:]))
    return Meant(Decimal(number), unit)


def _chinese_whole(text: str) -> int | None:
    """两 → 2, 十二 → 12, 一百零三 → 103; None for anything irregular, as 两百五 (205 or 250?)."""
    if not any(c in _UNITS for c in text):
        return _DIGITS[text] if len(text) == 1 else None
    total, digit = 0, None
    last_unit = 1000
    for char in text:
        if char in _UNITS:
            unit = _UNITS[char]
            if unit >= last_unit or (digit is None and total == 0 and unit != 10):
                return None
            total += (1 if digit is None else digit) * unit
            digit, last_unit = None, unit
        elif _DIGITS[char] == 0:
            if digit is not None:
                return None
        else:
            if digit is not None:
                return None
            digit = _DIGITS[char]
    if digit and last_unit == 100 and text[-2] == "百":
        return None
    return total + (digit or 0)
