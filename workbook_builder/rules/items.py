"""Items, parts and the total: how the clauses of one section add up (contract 6, notice 三（一）).

Comes in: the scheme, a section and its slot values. Goes out: `SectionScore`, every figure either known or with the
least and most still possible. The Excel form of each rule stands beside its Python form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder.rules import slots as sl
from workbook_builder.rules.clauses import (
    OPEN_TEXT,
    ZERO,
    ZERO_TEXT,
    ClausePoints,
    clause_points,
    round4,
)
from workbook_builder.rules.excel import number, quoted
from workbook_builder.rules.slots import Slot, SlotValue

#: clause id → slot suffix → value
Values = Mapping[str, Mapping[str, SlotValue]]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that is known (`value`), or open between `low` and `high` (which may be infinite)."""

    value: Decimal | None
    low: Decimal
    high: Decimal

    @classmethod
    def known(cls, value: Decimal) -> Figure:
        return cls(value, value, value)

    @property
    def shown(self) -> Decimal | str:
        return OPEN_TEXT if self.value is None else self.value


@dataclass(frozen=True, slots=True)
class ItemScore:
    item: m.Item
    figure: Figure
    clauses: Mapping[str, ClausePoints]

    @property
    def missing(self) -> int:
        """Rows of the item that are still 待填 or 有误."""
        return sum(
            state in (sl.MISSING, sl.INVALID) for points in self.clauses.values() for state in points.states.values()
        )


@dataclass(frozen=True, slots=True)
class SectionScore:
    """All figures of one section from one set of answers. `parts` is keyed by part name."""

    section: m.Section
    items: Mapping[str, ItemScore]
    parts: Mapping[str, Figure]


def open_state(points: ClausePoints) -> str:
    """Why a clause has no points: 有误 before 待填 before 待市局."""
    states = points.states.values()
    return next((s for s in (sl.INVALID, sl.MISSING, sl.PENDING) if s in states), sl.MISSING)


class Rulebook:
    """The rules of one scheme: slots per clause (computed once), policies as the values rules need."""

    def __init__(self, scheme: m.Scheme, doubt_fractions: bool = True):
        """`doubt_fractions`: on a sheet 0.95 where per cent are asked is refused; in Python it is 0.95 per cent."""
        self.scheme = scheme
        step = scheme.policy(m.P_STEP)
        self.step = None if step == "不限" else Decimal(step)
        self.unranked_deducts = scheme.policy(m.P_UNRANKED_DEDUCT) == "按末名扣分"
        self.floor = scheme.policy(m.P_ITEM_FLOOR) == "扣完为止"
        #: section name → clause id → fingerprint, filled by layout.
        self.prints: dict[str, dict[str, str]] = {}
        self.slots: dict[str, tuple[Slot, ...]] = {
            clause.id: sl.slots(clause, self.step, item.limit, doubt_fractions)
            for item in scheme.items
            for clause in item.clauses
        }

    def score_item(
        self, item: m.Item, values: Values, confirmed: bool, absent: frozenset[str] = frozenset()
    ) -> ItemScore:
        """Points of one item; nothing leaks into another item (open point 10)."""
        points: dict[str, ClausePoints] = {}
        for clause in item.clauses:
            base: tuple[SlotValue, Decimal, bool] = (None, ZERO, True)
            if clause.kind == m.DOUBLING:
                source = next(c for c in item.clauses if c.id == clause.depends_on)
                known = points[source.id].value is not None
                base = (values.get(source.id, {}).get(""), source.points or ZERO, known)
            points[clause.id] = clause_points(
                clause,
                self.slots[clause.id],
                values.get(clause.id, {}),
                confirmed,
                self.unranked_deducts,
                base,
                clause.id in absent,
            )
        return ItemScore(item, item_figure(item, points, self.floor), points)

    def score_section(
        self,
        section: m.Section,
        items: Iterable[m.Item],
        values: Values,
        confirmed: bool,
        absent: frozenset[str] = frozenset(),
    ) -> SectionScore:
        """Every item of `items`, and the parts they belong to. `absent`: clauses that were never asked."""
        scores = {item.key: self.score_item(item, values, confirmed, absent) for item in items}
        parts = {
            part.name: part_figure(part, [s.figure for s in scores.values() if s.item.part == part.name])
            for part in self.scheme.parts
        }
        return SectionScore(section, scores, parts)


# --- item ---------------------------------------------------------------------------------------------


def item_figure(item: m.Item, points: Mapping[str, ClausePoints], floor: bool) -> Figure:
    """Item = base ± clauses, then 0..分值. 本项不得分 makes it 0 whatever is unknown. 突破底线 counts as a positive deduction."""
    if any(p.zero for p in points.values()):
        return Figure.known(ZERO)
    low, high = _pooled(item, points)
    if item.part == m.BOTTOM_LINE:
        low, high = -high, -low
    else:
        low, high = (_clamp(item.base + bound, item.limit, floor) for bound in (low, high))
        if _may_be_zeroed(item, points):
            low = min(low, ZERO)
    known = all(p.value is not None for p in points.values())
    return Figure(low if known else None, low, high)


def item_formula(item: m.Item, first: str, last: str, cells: Mapping[str, str], floor: bool) -> str:
    """`item_figure` in Excel. `cells` maps clause id → its points cell; first..last spans all rows of the item."""
    span = f"{first}:{last}"
    total = _pooled_formula(item, cells)
    if item.part == m.BOTTOM_LINE:
        total = f"0-({total})"
    else:
        total = f"{number(item.base)}+{total}" if item.base else total
        if item.limit is not None:
            total = f"MIN({number(item.limit)},{total})"
        total = f"MAX(0,{total})" if floor else total
    known = f"IF(COUNTIF({span},{quoted(OPEN_TEXT)})>0,{quoted(OPEN_TEXT)},ROUND({total},4))"
    if not any(c.kind == m.ZERO_ITEM for c in item.clauses):
        return known
    return f"IF(COUNTIF({span},{quoted(ZERO_TEXT)})>0,0,{known})"


def _clamp(value: Decimal, limit: Decimal | None, floor: bool) -> Decimal:
    if limit is not None:
        value = min(limit, value)
    if floor:
        value = max(ZERO, value)
    return round4(value)


def _may_be_zeroed(item: m.Item, points: Mapping[str, ClausePoints]) -> bool:
    return any(c.kind == m.ZERO_ITEM and points[c.id].value is None for c in item.clauses)


def _pools(item: m.Item) -> dict[str, list[m.Clause]]:
    pools: dict[str, list[m.Clause]] = {}
    for clause in item.clauses:
        pools.setdefault(clause.pool or clause.id, []).append(clause)
    return pools


def _pooled(item: m.Item, points: Mapping[str, ClausePoints]) -> tuple[Decimal, Decimal]:
    """Sum of the clauses, of each 取高组 only the heaviest. An open 本项不得分 is judged apart."""
    low = high = ZERO
    for clauses in _pools(item).values():
        chosen = [points[c.id] for c in clauses if c.kind != m.ZERO_ITEM or points[c.id].value is not None]
        if not chosen:
            continue
        pick = min if clauses[0].direction == m.DEDUCT else max
        low += pick(p.low for p in chosen)
        high += pick(p.high for p in chosen)
    return low, high


def _pooled_formula(item: m.Item, cells: Mapping[str, str]) -> str:
    singles, heaviest = [], []
    for clauses in _pools(item).values():
        if clauses[0].kind == m.ZERO_ITEM:
            continue
        if len(clauses) == 1:
            singles.append(cells[clauses[0].id])
        else:
            pick = "MIN" if clauses[0].direction == m.DEDUCT else "MAX"
            heaviest.append(f"{pick}({','.join(cells[c.id] for c in clauses)})")
    terms = [f"SUM({','.join(singles)})"] if singles else []
    return "+".join([*terms, *heaviest]) or "0"


# --- part and total -------------------------------------------------------------------------------------


def part_figure(part: m.Part, figures: list[Figure]) -> Figure:
    """Sum of the items, at most 满分 (特色工作: 10, notice 三（一）3)."""
    low = sum((f.low for f in figures), ZERO)
    high = sum((f.high for f in figures), ZERO)
    if part.full is not None:
        low, high = min(low, part.full), min(high, part.full)
    known = all(f.value is not None for f in figures)
    return Figure(round4(low) if known else None, round4(low), round4(high))


def part_formula(part: m.Part, first: str, last: str) -> str:
    """`part_figure` in Excel over the column of item scores, which holds nothing else in these rows."""
    total = f"SUM({first}:{last})"
    if part.full is not None:
        total = f"MIN({number(part.full)},{total})"
    open_text = quoted(OPEN_TEXT)
    return f"IF(COUNTIF({first}:{last},{open_text})>0,{open_text},ROUND({total},4))"


def sum_figure(plus: list[Figure], minus: list[Figure]) -> Figure:
    """Parts to a total, rounded to 4 decimals; unknown while any part is."""
    low = sum((f.low for f in plus), ZERO) - sum((f.high for f in minus), ZERO)
    high = sum((f.high for f in plus), ZERO) - sum((f.low for f in minus), ZERO)
    known = all(f.value is not None for f in (*plus, *minus))
    return Figure(round4(low) if known else None, round4(low), round4(high))


def sum_formula(cells: list[str]) -> str:
    """`sum_figure` in Excel for the parts that add."""
    tests = ",".join(f"{cell}={quoted(OPEN_TEXT)}" for cell in cells)
    return f"IF(OR({tests}),{quoted(OPEN_TEXT)},ROUND({'+'.join(cells)},4))"
