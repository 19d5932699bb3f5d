"""Checks of numbers against the words beside them: what a change of year or of a clause's text left behind.

Both only remind: a notice may have been issued in another year, or say a number in a way not read here (二分,
三分之一). Ranks and references are left out, because notices state them by rule, not one by one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from decimal import Decimal

from pydantic_core import PydanticCustomError

from workbook_builder import model as m
from workbook_builder.problems import Problem, clip
from workbook_builder.scheme.checks.basics import BASICS, basic
from workbook_builder.scheme.fields import parse_number, parse_percent_points
from workbook_builder.scheme.rows import ClauseRow, Record, Tables

#: Rows of 基本信息 that usually name the year.
DATED = ("方案编号", "标题", "文号", "申报表标题")

_YEAR = re.compile(r"(?<![0-9])20[0-9]{2}(?![0-9])")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_Parser = Callable[[str], Decimal]

#: Kind → the columns of the clause itself that the notice prints as numbers.
_PRINTED = {
    m.PER_OCCURRENCE: ("分值",),
    m.ONE_OFF: ("分值",),
    m.DISCRETIONARY: ("下限", "上限"),
    m.DISCRETIONARY_EACH: ("下限", "上限"),
}


def year_left(tables: Tables) -> Iterator[Problem]:
    """A title or number that names years, but not the scheme's."""
    year, rule = basic(tables, "年度"), BASICS["年度"]
    if not rule.low <= year <= rule.high:
        return
    for key in DATED:
        row = tables.basic_values.get(key)
        years = dict.fromkeys(_YEAR.findall(_plain(row.content))) if row is not None else {}
        if years and str(year) not in years:
            yield row.problem("SCHEME_YEAR_LEFT", "内容", key=key, found="、".join(years), year=year)


def numbers(tables: Tables) -> Iterator[Problem]:
    """Points and bounds as typed, before any policy changes them, stand in the clause's own words."""
    for clause in tables.clauses:
        for column in _PRINTED.get(clause.kind, ()):
            yield from _sought(clause, clause, column, parse_number)
    for kind, rows in ((m.TIERS, tables.tiers), (m.OPTIONS, tables.options)):
        for row in rows:
            clause = tables.clause_by_id.get(row.clause)
            if clause is None or clause.kind != kind:
                continue
            if kind == m.TIERS:
                yield from _sought(clause, row, "界限", parse_percent_points)
            yield from _sought(clause, row, "分值", parse_number)


def _sought(clause: ClauseRow, row: Record, column: str, parse: _Parser) -> Iterator[Problem]:
    """The problem of a number of `row` that the words lack; nothing is asked of zero, which is said in words (不得分)."""
    try:
        number = parse(row.text(column))
    except PydanticCustomError:
        return
    if clause.words and number > 0 and number not in _numbers(clause.words):
        yield row.problem("SCHEME_TEXT_NUMBER", column, words=clip(clause.words))


def _numbers(words: str) -> frozenset[Decimal]:
    return frozenset(Decimal(number) for number in _NUMBER.findall(_plain(words)))


def _plain(words: str) -> str:
    """Half width and without blanks; ① or ½ are signs, not digits to be joined to the number after them."""
    kept = "".join("、" if unicodedata.category(sign) == "No" else sign for sign in words)
    return "".join(unicodedata.normalize("NFKC", kept).split())
