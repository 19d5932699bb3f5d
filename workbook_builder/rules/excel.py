"""Small pieces of Excel text used by every rule. Old functions only (Excel 2007 and WPS know them all)."""

from __future__ import annotations

from decimal import Decimal


def quoted(text: str) -> str:
    """`text` as a string literal of a formula."""
    return '"' + text.replace('"', '""') + '"'


def number(value: Decimal) -> str:
    """`value` as a number literal: no exponent, no superfluous zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def is_word(v: str, word: str) -> str:
    """Condition: the expression `v` is exactly `word`. "=" alone would take a级 for A级."""
    return f"{v}={quoted(word)}" if word.lower() == word.upper() else f"EXACT({v},{quoted(word)})"


def any_of(v: str, words) -> str:
    """Condition: the expression `v` is one of `words`."""
    tests = [is_word(v, word) for word in words]
    return tests[0] if len(tests) == 1 else f"OR({','.join(tests)})"


def numeric(v: str) -> str:
    """The number in `v`; 0 for text and blank."""
    return f"IF(ISNUMBER({v}),{v},0)"


def block(column: str, first: int, last: int, offset: int = 0) -> str:
    """The input in this row (or `offset` rows away), read through a block between two locked rows.

    A plain reference follows a cell that is cut and pasted elsewhere; a block with ROW() does not (contract 5).
    """
    row = "ROW()" if offset == 0 else f"ROW(){offset:+d}"
    return f"INDEX(${column}${first}:${column}${last},{row})"
