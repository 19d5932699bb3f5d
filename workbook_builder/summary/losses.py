"""Where points were lost: by item and by clause, of the figures that count at this stage.

Comes in: facts. Goes out: plain values; what is not known is named and never counted. Lost is 分值 less the score: what
was taken off, and where points are earned, what was not earned. 特色工作 has nothing to lose, 突破底线 has its own page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from workbook_builder import model as m
from workbook_builder import results as r
from workbook_builder.rules.clauses import ClausePoints
from workbook_builder.rules.items import Figure
from workbook_builder.rules.sheet import nested, tidy
from workbook_builder.summary.answers import BLANK
from workbook_builder.summary.facts import Facts

PARTS = (m.BUSINESS, m.TEAM)


@dataclass(frozen=True, slots=True)
class Lost:
    """What one section lost on an item or a clause; None while its figure is open. `borne`: for another section."""

    section: str
    points: Decimal | None
    borne: bool = False


@dataclass(frozen=True, slots=True)
class Sum:
    """An item, or a clause of it, over all sections that answer it; `unsplit`: of which clauses cannot be told apart."""

    item: m.Item
    clause: m.Clause | None
    losses: tuple[Lost, ...]

    @property
    def known(self) -> tuple[Lost, ...]:
        return tuple(x for x in self.losses if x.points is not None)

    @property
    def losing(self) -> tuple[Lost, ...]:
        return tuple(sorted((x for x in self.known if x.points), key=lambda x: -x.points))

    @property
    def open(self) -> tuple[str, ...]:
        return tuple(x.section for x in self.losses if x.points is None)

    @property
    def total(self) -> Decimal:
        return tidy(sum((x.points for x in self.known), Decimal(0)))

    @property
    def most(self) -> Decimal:
        return tidy(max((x.points for x in self.known), default=Decimal(0)))


def figure_of(facts: Facts, section: str, item: m.Item) -> Figure:
    """The figure of an item that counts at this stage."""
    final = facts.results.finals.get(section)
    if final is not None:
        return final.items[item.key].final
    return facts.known(section, facts.results.assessments[section].score.section.items[item.key].figure)


def lost_of(facts: Facts, section: str, item: m.Item) -> Decimal | None:
    """分值 less the score; None while open, or where an item has no 分值."""
    figure = figure_of(facts, section, item)
    return None if figure.value is None or item.points is None else tidy(item.points - figure.value)


def by_item(facts: Facts) -> list[Sum]:
    """Every item of 业务工作 and 队伍建设, the heaviest first; deductions borne for another section count at their item."""
    found: dict[str, list[Lost]] = {}
    for section in facts.scheme.sections:
        for item in _items(facts, section):
            found.setdefault(item.key, []).append(Lost(section.name, lost_of(facts, section.name, item)))
    for final in facts.results.finals.values():
        for borne in final.borne:
            found.setdefault(borne.clause.item, []).append(Lost(final.section.name, borne.points, borne=True))
    sums = [Sum(facts.scheme.item_by_key[key], None, tuple(losses)) for key, losses in found.items()]
    return _heaviest_first(facts, sums)


def by_clause(facts: Facts) -> list[Sum]:
    """Every clause that takes points off, the heaviest first."""
    found: dict[str, list[Lost]] = {}
    for section in facts.scheme.sections:
        for item in _items(facts, section):
            for clause, points in clause_losses(facts, section.name, item).items():
                found.setdefault(clause, []).append(Lost(section.name, points))
    for final in facts.results.finals.values():
        for borne in final.borne:
            found.setdefault(borne.clause.id, []).append(Lost(final.section.name, borne.points, borne=True))
    clauses = facts.scheme.clause_by_id
    sums = [Sum(facts.scheme.item_by_key[clauses[key].item], clauses[key], tuple(some)) for key, some in found.items()]
    return _heaviest_first(facts, sums)


def _items(facts: Facts, section: m.Section) -> Iterator[m.Item]:
    for part in PARTS:
        yield from (item for item in facts.scheme.section_items(section, part) if item.points is not None)


def _heaviest_first(facts: Facts, sums: list[Sum]) -> list[Sum]:
    order = {item.key: place for place, item in enumerate(facts.scheme.items)}
    return sorted(sums, key=lambda s: (-s.total, -s.most, order[s.item.key], s.clause.no if s.clause else 0))


# --- clauses ------------------------------------------------------------------------------------------------------------


def clause_losses(facts: Facts, section: str, item: m.Item) -> dict[str, Decimal | None]:
    """Clause id → what it took off, None while open. Clauses that earn are left out: what they might have given is not told."""
    points = counted_points(facts, section, item)
    found: dict[str, Decimal | None] = {}
    for clause in item.clauses:
        if clause.direction != m.DEDUCT:
            continue
        one = points.get(clause.id) if points is not None else None
        found[clause.id] = None if one is None or one.value is None else _taken(item, clause, one)
    return found


def _taken(item: m.Item, clause: m.Clause, points: ClausePoints) -> Decimal:
    if points.zero:
        return item.points or Decimal(0)
    if clause.base is not None:
        return tidy(clause.base - points.value)
    return tidy(-points.value)


def counted_points(facts: Facts, section: str, item: m.Item) -> Mapping[str, ClausePoints] | None:
    """Points of each clause as they count at this stage; None unless together they give the figure that counts."""
    assessment, final = facts.results.assessments[section], facts.results.finals.get(section)
    if final is None:
        return assessment.score.section.items[item.key].clauses if assessment.returned is not None else None
    counted = final.items[item.key].final.value
    if counted is None:
        return None
    entries = _effective(final, item, dict(assessment.returned.entries) if assessment.returned is not None else {})
    # Once reviewed, a blank on a clause that deducts did not happen.
    scored = facts.rules.score_item(item, nested(facts.rules, (item,), entries), confirmed=True)
    return scored.clauses if scored.figure.value == counted else None


def _effective(final: r.Final, item: m.Item, entries: dict) -> dict:
    """The answers of an item after the city and review, as the list of adjustments tells them."""
    for change in final.adjustments:
        if change.item == item.key and change.kind in (r.BY_CITY, r.BY_REVIEW):
            entries[change.field] = None if change.after == BLANK else _typed(change.after)
    return entries


def _typed(text: str) -> Decimal | str:
    try:
        return Decimal(text)
    except InvalidOperation:
        return text
