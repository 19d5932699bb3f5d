"""Cell addresses: A1 text ⇄ (row, column), both 1-based."""

from __future__ import annotations

import re

_A1 = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})", re.ASCII)


def column_letters(col: int) -> str:
    """Letters of a 1-based column: 1 → A, 27 → AA. ValueError below 1."""
    if col < 1:
        raise ValueError(f"column {col}")
    letters = ""
    while col:
        col, digit = divmod(col - 1, 26)
        letters = chr(65 + digit) + letters
    return letters


def a1(row: int, col: int) -> str:
    """The address of a cell: (3, 28) → AB3. ValueError below 1."""
    if row < 1:
        raise ValueError(f"row {row}")
    return f"{column_letters(col)}{row}"


def parse_a1(ref: str) -> tuple[int, int]:
    """(row, column) of an A1 address; dollar signs and small letters are understood. ValueError otherwise."""
    match = _A1.fullmatch(ref)
    row = int(match[2]) if match else 0
    if not match or row < 1:
        raise ValueError(f"cell address {ref!r}")
    col = 0
    for letter in match[1].upper():
        col = col * 26 + ord(letter) - 64
    return row, col
