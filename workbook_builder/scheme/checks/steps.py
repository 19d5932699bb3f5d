"""Checks of the tables that hold a clause's steps: 档次, 名次, 选项."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, pairwise

from workbook_builder import model as m
from workbook_builder.problems import Problem
from workbook_builder.scheme.checks.basics import basic
from workbook_builder.scheme.rows import RankRow, Tables, TierRow, shown

#: A label stands in a drop-down and in a column of counts.
LABEL_LIMIT = 100
_LABEL_RESERVED = {*m.NOT_APPLICABLE_WORDS, *m.NONE_WORDS, m.YES, m.UNRANKED, m.PENDING_CITY}


def _by_clause(rows: tuple) -> Iterator[list]:
    """The rows of one clause together, in the order of the file, wherever they stand."""
    named = sorted((row for row in rows if row.clause), key=lambda row: row.clause)
    for _, group in groupby(named, key=lambda row: row.clause):
        yield list(group)


def points(tables: Tables) -> Iterator[Problem]:
    """A tier costs something; a rank or an option may count for nothing, never for less."""
    for row in (*tables.tiers, *tables.ranks, *tables.options):
        lowest = "0" if isinstance(row, TierRow) else "或等于0"
        if row.points is not None and (row.points < 0 or isinstance(row, TierRow) and row.points == 0):
            yield row.problem("SCHEME_NOT_POSITIVE", "分值", low=lowest)


def tier_bounds(tables: Tables) -> Iterator[Problem]:
    for row in tables.tiers:
        if row.threshold is None and not row.reference and not row.bad & {"界限", "参照"}:
            yield row.problem("SCHEME_TIER_BOUND", "界限", reason="都没有填")
        elif row.threshold is not None and row.reference:
            yield row.problem("SCHEME_TIER_BOUND", "参照", reason="两个都填了")


def tier_order(tables: Tables) -> Iterator[Problem]:
    """From light to heavy: bounds move away from harmless while points rise, all compared the same way."""
    for rows in _by_clause(tables.tiers):
        first = rows[0]
        for row in rows[1:]:
            if row.reference != first.reference:
                column = "参照" if row.reference else "界限"
                facts = {"first": first.reference or shown(first.threshold)}
                yield row.problem("SCHEME_TIER_REFERENCE", column, row.reference or row.text("界限"), **facts)
        for before, row in pairwise(rows):
            if column := _out_of_order(before, row):
                yield row.problem("SCHEME_TIER_ORDER", column)


def _out_of_order(before: TierRow, row: TierRow) -> str:
    """The column in which `row` is not heavier than the one before it, or ""."""
    if not before.op or not row.op:
        return ""
    if before.op[0] != row.op[0]:
        return "比较"
    if before.threshold is not None and row.threshold is not None:
        further = row.threshold < before.threshold if row.op[0] == "<" else row.threshold > before.threshold
        if not further:
            return "界限"
    if before.points is not None and row.points is not None and row.points <= before.points:
        return "分值"
    return ""


def rank_bands(tables: Tables) -> Iterator[Problem]:
    """Bands cover the ranks from the first on without overlap or gap; what is left open may only be the tail."""
    total = basic(tables, "名次总数")
    for rows in _by_clause(tables.ranks):
        sound = [row for row in rows if row.first is not None and row.last is not None]
        for row in sound:
            if not 1 <= row.first <= row.last:
                yield row.problem("SCHEME_RANK_BAND", "起", last=row.last)
            elif row.last > total:
                yield row.problem("SCHEME_RANK_BEYOND", "止", total=total)
        if len(sound) == len(rows):
            yield from _between(sorted(sound, key=lambda row: (row.first, row.last)))


def _between(rows: list[RankRow]) -> Iterator[Problem]:
    reached = 0
    for row in rows:
        if row.first <= reached:
            yield row.problem("SCHEME_RANK_OVERLAP", "起", last=reached)
        elif row.first > reached + 1:
            yield row.problem("SCHEME_RANK_GAP", "起", low=reached + 1, high=row.first - 1)
        reached = max(reached, row.last)


def option_labels(tables: Tables) -> Iterator[Problem]:
    for row in tables.options:
        if len(row.label) > LABEL_LIMIT:
            yield row.problem("SCHEME_TEXT_LONG", "选项", length=len(row.label), limit=LABEL_LIMIT)
        if row.label in _LABEL_RESERVED:
            yield row.problem("SCHEME_OPTION_RESERVED", "选项")
