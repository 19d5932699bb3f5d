"""Texts → values, one function per type of column. The strict part of reading a scheme.

Comes in: a cleaned text. Goes out: a value, or a `PydanticCustomError` whose type is a code of the catalogue and
whose context fills that code's texts; pydantic carries it to `rows`, which knows the cell.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from workbook_builder.model import NO, YES
from workbook_builder.scheme.names import similar, split_names

#: Digits after the point, and before it, that a scheme may use.
DECIMALS = 4
WHOLE_DIGITS = 9

_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?", re.ASCII)
_ISO_DATE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?:[ T]0?0:00(?::00)?)?", re.ASCII)


def folded(text: str) -> str:
    """`text` with full-width digits and signs made half-width and without blanks: what numbers are read from."""
    return "".join(unicodedata.normalize("NFKC", text).replace("。", ".").replace("−", "-").split())


def refuse(code: str, **facts: Any) -> PydanticCustomError:
    return PydanticCustomError(code, code, facts)  # type: ignore[arg-type]


def parse_number(text: str) -> Decimal:
    """A finite decimal with at most 4 decimals."""
    plain = folded(text)
    if _ISO_DATE.fullmatch(plain) and not _NUMBER.fullmatch(plain):
        raise refuse("SCHEME_DATE_IN_NUMBER")
    if not _NUMBER.fullmatch(plain):
        raise refuse("SCHEME_NUMBER")
    whole, _, decimals = plain.partition(".")
    if len(whole.lstrip("+-0")) > WHOLE_DIGITS:
        raise refuse("SCHEME_NUMBER")
    if len(decimals.rstrip("0")) > DECIMALS:
        raise refuse("SCHEME_DECIMALS", decimals=DECIMALS)
    # Adding zero drops the minus of -0.
    return Decimal(f"{whole}.{decimals.rstrip('0')}" if decimals.rstrip("0") else whole) + 0


def parse_percent_points(text: str) -> Decimal:
    """A bound: percentages in points, so that 95% is 95."""
    return parse_number(folded(text).removesuffix("%"))


def parse_fraction(text: str) -> Decimal:
    """A weight: 0.6, also written 60%."""
    plain = folded(text)
    return parse_number(plain.removesuffix("%")) / 100 if plain.endswith("%") else parse_number(plain)


def parse_integer(text: str) -> int:
    number = parse_number(text)
    if number != number.to_integral_value():
        raise refuse("SCHEME_INTEGER")
    return int(number)


def parse_date(text: str) -> datetime.date:
    """2020-12-1, 2020/12/01 or 2020年12月1日."""
    match = _ISO_DATE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    try:
        return datetime.date(*(int(part) for part in match.groups()))  # type: ignore[union-attr]
    except (AttributeError, ValueError):
        raise refuse("SCHEME_DATE") from None


def parse_yes(text: str) -> bool:
    plain = folded(text)
    if plain not in (YES, NO):
        raise refuse("SCHEME_YESNO")
    return plain == YES


def choice(words: Mapping[str, Any]) -> Callable[[str], Any]:
    """A parser of one of `words`, giving what that word stands for."""

    def parse(text: str) -> Any:
        plain = folded(text)
        if plain not in words:
            raise refuse("SCHEME_CHOICE", choices="、".join(words), hint=similar(plain, words))
        return words[plain]

    return parse


def swap(labels: Mapping[str, str]) -> dict[str, str]:
    """value → label as label → value."""
    return {label: value for value, label in labels.items()}


def _skip_none(parse: Callable[[str], Any]) -> BeforeValidator:
    return BeforeValidator(lambda text: parse(text) if isinstance(text, str) else text)


Number = Annotated[Decimal | None, _skip_none(parse_number)]
Bound = Annotated[Decimal | None, _skip_none(parse_percent_points)]
Weight = Annotated[Decimal | None, _skip_none(parse_fraction)]
Integer = Annotated[int | None, _skip_none(parse_integer)]
Yes = Annotated[bool | None, _skip_none(parse_yes)]
Names = Annotated[tuple[str, ...], _skip_none(split_names)]


def choice_field(words: Mapping[str, Any]) -> Any:
    """The type of a column that holds one of `words`; "" while it is blank."""
    return Annotated[str, _skip_none(choice(words))]
