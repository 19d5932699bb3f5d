"""The order of the sections as leaders read it: which columns it has at a stage, and what stands in each.

Comes in: facts. Goes out: plain values, for the first sheet of 汇总表.xlsx and for its printed copy. What is worked out
from other columns is worked out here once; the sheet lays a formula over it that gives the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from workbook_builder import model as m
from workbook_builder import results as r
from workbook_builder.problems import ERROR
from workbook_builder.rank import line_of_best
from workbook_builder.rules.clauses import OPEN_TEXT
from workbook_builder.rules.excel import number
from workbook_builder.rules.items import Figure
from workbook_builder.rules.sheet import SHEET_PARTS
from workbook_builder.summary import formulas as fm
from workbook_builder.summary.facts import COMPLETE, Facts, count_text

RANK, SECTION, GRADE, GAP, LINE, BASIS = "名次", "科室", "等次", "与下一名\n差距", "等次线", "名次依据"
SETTLED, LOWEST, HIGHEST, PROBLEMS, STATUS = "已定部分", "可能最低", "可能最高", "问题数", "状态"
#: Where there is nothing to compare with.
NONE = "—"


@dataclass(frozen=True, slots=True)
class Column:
    """`full`: the figure that fills its cell with a bar, None for no bar."""

    key: str
    head: str
    width: float
    full: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A section: its values by the key of their column, the names of what is open."""

    standing: r.Standing
    values: dict[str, Decimal | int | str]
    waits: bool
    best: bool


class Board:
    """Columns and rows of one stage, best first."""

    def __init__(self, facts: Facts) -> None:
        self.facts, self.scheme, self.standings = facts, facts.scheme, facts.results.standings
        self.final = facts.results.is_final
        #: Parts that this stage knows anything of.
        self.parts = tuple(m.PARTS) if self.final else tuple(SHEET_PARTS)
        self.ranked_by = BASIS if self.final and ranked_before_bottom(self.scheme) else m.TOTAL

    @cached_property
    def settled(self) -> bool:
        """Whether every figure that ranks is known."""
        return all(self._ranking(standing) is not None for standing in self.standings)

    @cached_property
    def line(self) -> Decimal | None:
        """The figure at which the best grade begins; None before review and while anything is open."""
        return line_of_best(self.scheme, self.standings) if self.final and self.settled else None

    @cached_property
    def best_grade(self) -> m.Grade | None:
        """The grade that goes by places; None before review."""
        return next((grade for grade in self.scheme.grades if grade.top), None) if self.final else None

    def total(self, standing: r.Standing) -> Decimal | None:
        return self.facts.known(standing.section.name, standing.total).value

    def part(self, standing: r.Standing, name: str) -> Figure:
        return self.facts.known(standing.section.name, standing.parts[name])

    def _ranking(self, standing: r.Standing) -> Decimal | None:
        return standing.basis.value if standing.basis is not None else self.total(standing)

    # --- columns ------------------------------------------------------------------------------------------------

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        return tuple(self._columns())

    def _columns(self) -> Iterator[Column]:
        yield Column(RANK, RANK, 9)
        yield Column(SECTION, SECTION, 31)
        if self.final:
            yield Column(GRADE, GRADE, 9)
        yield Column(m.TOTAL, m.TOTAL if self.final else "自评总分", 13, self._highest())
        if self.ranked_by == BASIS:
            yield Column(BASIS, "名次依据\n（扣底线前）", 12)
        yield Column(GAP, GAP, 10)
        if self.best_grade is not None:
            yield Column(LINE, f"与{self.best_grade.name}线\n差距", 10)
        for name in self.parts:
            full = self.scheme.part(name).full
            head = f"{name}\n扣分" if name == m.BOTTOM_LINE else name + _full(full, name)
            yield Column(name, head, 11, full)
        if self.final:
            weight = fm.weight_of_evaluation(self.scheme)
            yield Column(m.EVALUATION, f"{m.EVALUATION}\n（{f'按{number(weight)}计入' if weight else '另列'}）", 11)
        if not self.totals_known:
            yield from (Column(key, key, 10) for key in (SETTLED, LOWEST, HIGHEST))
        if not self.final:
            yield Column(PROBLEMS, "问题数\n（错误/提醒）", 12)
        yield Column(STATUS, STATUS, 35)

    def _highest(self) -> Decimal:
        """The most that the parts can earn."""
        fulls = (part.full for part in self.scheme.parts if part.sign == 1)
        return sum((full for full in fulls if full is not None), Decimal(0))

    @cached_property
    def totals_known(self) -> bool:
        """Whether every total is known; what ranks may be known before."""
        return all(self.total(standing) is not None for standing in self.standings)

    # --- rows ---------------------------------------------------------------------------------------------------

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        following = [*self.standings[1:], None]
        return tuple(self._row(one, other) for one, other in zip(self.standings, following, strict=True))

    def _row(self, standing: r.Standing, following: r.Standing | None) -> Row:
        name, facts = standing.section.name, self.facts
        values: dict[str, Decimal | int | str] = {
            RANK: standing.rank if standing.rank is not None else fm.rank_text(standing),
            SECTION: name,
            GRADE: standing.grade or OPEN_TEXT,
            m.TOTAL: _or_open(self.total(standing)),
            BASIS: _or_open(standing.basis.value) if standing.basis is not None else NONE,
            GAP: self._gap(standing, following),
            LINE: self._from_line(standing),
            **{part: self.part(standing, part).shown for part in self.parts},
            m.EVALUATION: standing.evaluation.shown if standing.evaluation is not None else OPEN_TEXT,
            SETTLED: standing.settled,
            LOWEST: fm.bound(standing.total.low),
            HIGHEST: fm.bound(standing.total.high),
            PROBLEMS: count_text(facts.counted(name)),
            STATUS: facts.state(name) if self.final else facts.results.assessments[name].status,
        }
        return Row(standing, values, self._waits(name), self._is_best(standing))

    def _waits(self, name: str) -> bool:
        if self.final:
            return any(pending.section == name for pending in self.facts.results.pending)
        return self.facts.results.assessments[name].status != COMPLETE

    def _is_best(self, standing: r.Standing) -> bool:
        return any(grade.top and grade.name == standing.grade for grade in self.scheme.grades)

    def wrong(self, standing: r.Standing) -> bool:
        """Whether something a section has sent must be mended."""
        return bool(self.facts.counted(standing.section.name)[ERROR])

    def _gap(self, standing: r.Standing, following: r.Standing | None) -> Decimal | str:
        if following is None:
            return NONE
        mine, other = self._ranking(standing), self._ranking(following)
        if mine is None or other is None or self._may_fall_between(mine, other):
            return OPEN_TEXT
        return mine - other

    def _may_fall_between(self, upper: Decimal, lower: Decimal) -> bool:
        """Whether a section whose figure is open may yet come between two known ones."""
        open_ = (s.basis or s.total for s in self.standings if self._ranking(s) is None)
        return any(figure.low < upper and figure.high > lower for figure in open_)

    def _from_line(self, standing: r.Standing) -> Decimal | str:
        if self.line is None:
            return OPEN_TEXT
        return (standing.basis or standing.total).value - self.line

    def place_of_line(self) -> int:
        """Which figure from the top stands on the line."""
        assert self.line is not None
        return 1 + sum((s.basis or s.total).value > self.line for s in self.standings)

    def figures(self) -> Iterator[Decimal | None]:
        """Everything shown with the same number of decimals."""
        for standing in self.standings:
            shown = [*(self.part(standing, name) for name in self.parts), standing.total, standing.basis]
            yield from (value for f in shown if f is not None for value in (f.value, f.low, f.high))


def ranked_before_bottom(scheme: m.Scheme) -> bool:
    return scheme.policy(m.P_RANK_BASIS) == "扣除突破底线前"


def _or_open(value: Decimal | None) -> Decimal | str:
    return OPEN_TEXT if value is None else value


def _full(full: Decimal | None, name: str) -> str:
    return "" if full is None else f"\n（{'≤' if name == m.SPECIAL else ''}{number(full)}）"
