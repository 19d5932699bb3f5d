"""Checks of 基本信息, 等次, 测评组, of dates and of lengths of texts."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from pydantic_core import PydanticCustomError

from workbook_builder.model import SPECIAL
from workbook_builder.problems import Problem, problem
from workbook_builder.scheme import tables as t
from workbook_builder.scheme.document import CELL_LIMIT
from workbook_builder.scheme.fields import parse_date, parse_integer, parse_number
from workbook_builder.scheme.names import similar
from workbook_builder.scheme.rows import Tables, shown

#: Longest clause that is still a clause; longer ones would not fit a row of the sheet.
CLAUSE_LIMIT = 2000


@dataclass(frozen=True, slots=True)
class Basic:
    """How a row of 基本信息 is read: its parser, bounds, and what it is when blank."""

    parse: Any
    low: int | None = None
    high: int | None = None
    default: Any = None


BASICS: dict[str, Basic] = {
    "年度": Basic(parse_integer, 2000, 2100, 0),
    "周期起": Basic(parse_date, default=datetime.date.min),
    "周期止": Basic(parse_date, default=datetime.date.min),
    "申报表份数": Basic(parse_integer, 1, 9, 2),
    "名次总数": Basic(parse_integer, 2, 999, 16),
    "视情事件行数": Basic(parse_integer, 1, 20, 3),
    "特色获市局加分下限": Basic(parse_number, 0, 1000, Decimal(5)),
    "特色获市局加分上限": Basic(parse_number, 0, 1000, Decimal(10)),
    "特色未获加分下限": Basic(parse_number, 0, 1000, Decimal(1)),
    "特色未获加分上限": Basic(parse_number, 0, 1000, Decimal(5)),
}


def basic(tables: Tables, key: str) -> Any:
    """The value of a row of 基本信息; its default if it is blank or cannot be read; a text if it is not a number or date."""
    row = tables.basic_values.get(key)
    if key not in BASICS:
        return row.content if row is not None else ""
    if row is None or not row.content:
        return BASICS[key].default
    try:
        return BASICS[key].parse(row.content)
    except PydanticCustomError:
        return BASICS[key].default


def basics(tables: Tables) -> Iterator[Problem]:
    if not tables.has(t.BASICS):
        return
    named = tables.basic_values
    missing = [key for key in t.BASIC_KEYS if key not in named]
    for row in tables.basics:
        if row.key and row.key not in t.BASIC_KEYS:
            yield row.problem("SCHEME_BASIC_UNKNOWN", "项目", hint=similar(row.key, missing))
    for key, required in t.BASIC_KEYS.items():
        if required and key not in named:
            yield problem("SCHEME_BASIC_MISSING", tables.where(t.BASICS), "", name=key)
        elif required and not named[key].content:
            yield named[key].problem("SCHEME_BASIC_MISSING", "内容", name=key)


def basic_values(tables: Tables) -> Iterator[Problem]:
    for key, rule in BASICS.items():
        row = tables.basic_values.get(key)
        if row is None or not row.content:
            continue
        where = row.where("内容")
        try:
            value = rule.parse(row.content)
        except PydanticCustomError as error:
            yield problem(error.type, where, row.content, column=key, **dict(error.context or {}))
            continue
        if rule.low is not None and not rule.low <= value <= rule.high:
            yield problem("SCHEME_RANGE", where, row.content, column=key, low=rule.low, high=rule.high)


def period(tables: Tables) -> Iterator[Problem]:
    start, end, year = basic(tables, "周期起"), basic(tables, "周期止"), basic(tables, "年度")
    if datetime.date.min in (start, end):
        return
    if end < start:
        yield tables.basic_values["周期止"].problem("SCHEME_PERIOD", "内容", start=start)
    elif year and not start.year <= year <= end.year:
        yield tables.basic_values["年度"].problem("SCHEME_YEAR", "内容", start=start, end=end)


def special_bounds(tables: Tables) -> Iterator[Problem]:
    full = tables.part_full.get(SPECIAL)
    for name in ("获市局加分", "未获加分"):
        low, high = basic(tables, f"特色{name}下限"), basic(tables, f"特色{name}上限")
        if low <= high and (full is None or high <= full):
            continue
        row = tables.basic_values.get(f"特色{name}上限") or tables.basic_values.get(f"特色{name}下限")
        facts = {"low": shown(low), "high": shown(high), "full": shown(full)}
        if row is None:
            yield problem("SCHEME_SPECIAL_BOUNDS", tables.where(t.BASICS), "", **facts)
        else:
            yield row.problem("SCHEME_SPECIAL_BOUNDS", "内容", **facts)


def grades(tables: Tables) -> Iterator[Problem]:
    """From the best down: more ranks, fewer points."""
    for row in tables.grades:
        if row.top is not None and row.top < 1:
            yield row.problem("SCHEME_NOT_POSITIVE", "前几名", low=0)
    tops = [row for row in tables.grades if row.top is not None]
    for before, row in pairwise(tops):
        if row.top <= before.top:
            yield row.problem("SCHEME_GRADE_ORDER", "前几名")
    cutoffs = [row for row in tables.grades if row.cutoff is not None]
    for before, row in pairwise(cutoffs):
        if row.cutoff >= before.cutoff:
            yield row.problem("SCHEME_GRADE_ORDER", "最低分")


def raters(tables: Tables) -> Iterator[Problem]:
    for row in tables.raters:
        if row.weight is not None and row.weight <= 0:
            yield row.problem("SCHEME_NOT_POSITIVE", "权重", low=0)
    weights = [row.weight for row in tables.raters]
    if weights and None not in weights and sum(weights) != 1:
        yield tables.raters[0].problem("SCHEME_WEIGHTS", "权重", total=shown(sum(weights)))


def form(tables: Tables) -> Iterator[Problem]:
    for row in tables.form:
        if row.limit is not None and row.limit < 1:
            yield row.problem("SCHEME_NOT_POSITIVE", "字数上限", low=0)


def text_lengths(tables: Tables) -> Iterator[Problem]:
    for name in tables.MODELS:
        for record in getattr(tables, name):
            for column, text in record.source.values.items():
                limit = CLAUSE_LIMIT if column in ("细则原文", "引导语", "附注") else CELL_LIMIT
                if len(text) > limit:
                    yield record.problem("SCHEME_TEXT_LONG", column, length=len(text), limit=limit)
