"""校验码: five digits over all answers of a sheet, a plain formula there and the same sum here.

It ties the signed paper to the returned file (contract 5); it is no secret and proves nothing against intent.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from workbook_builder.rules.excel import is_word
from workbook_builder.rules.slots import SlotValue

_MODULUS = 99991
_OTHER_TEXT = 3


def weight(position: int) -> int:
    """Weight of the `position`-th input of a sheet; distinct inputs weigh differently, so swapped answers show."""
    return position * 7919 % 9973 + 1


def code(value: SlotValue, words: tuple[str, ...], position: int) -> int:
    """Contribution of one input."""
    if isinstance(value, Decimal):
        raw = int((abs(value) * 10000).to_integral_value(ROUND_HALF_UP)) + 11
    elif value is None:
        raw = 0
    else:
        raw = (words.index(value) + 1) * 7 if value in words else _OTHER_TEXT
    return raw % _MODULUS * weight(position) % _MODULUS


def code_formula(v: str, words: tuple[str, ...], position: int) -> str:
    """`code` in Excel over the input expression `v`."""
    text = str(_OTHER_TEXT)
    for index in range(len(words), 0, -1):
        text = f"IF({is_word(v, words[index - 1])},{index * 7},{text})"
    raw = f"IF(ISNUMBER({v}),ROUND(ABS({v})*10000,0)+11,IF({v}=\"\",0,{text}))"
    raw = f"IF(ISERROR({v}),{_OTHER_TEXT},{raw})"
    return f"MOD(MOD({raw},{_MODULUS})*{weight(position)},{_MODULUS})"


def total(codes: list[int]) -> str:
    return f"{sum(codes) % _MODULUS:05d}"


def total_formula(first: str, last: str) -> str:
    return f'TEXT(MOD(SUM({first}:{last}),{_MODULUS}),"00000")'
