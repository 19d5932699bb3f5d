"""What a review starts from: a section's own answers, overlaid by the city's figures, with the ledger beside them.

Comes in: adopted returns, ledger entries, city figures and which transfers were agreed. Goes out: a `Base` per section
and the `Transfer`s. 市局反馈 wins over the self-answer (contract 6; policy 市局扣分与自报不一致), both stay visible.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder.records import CityFigure, LedgerEntry
from workbook_builder.returns import SectionReturn
from workbook_builder.rules import sheet as sh
from workbook_builder.rules import slots as sl
from workbook_builder.rules.clauses import clause_points
from workbook_builder.rules.excel import number
from workbook_builder.rules.items import Rulebook
from workbook_builder.rules.slots import NOT_ACCEPTED, SlotValue

#: Kinds whose figures add up, so that part of them can be borne by another section.
ADDITIVE = (m.PER_OCCURRENCE, m.DOUBLING, m.DISCRETIONARY, m.DISCRETIONARY_EACH)
TRANSFERABLE = (m.PER_OCCURRENCE, m.DISCRETIONARY, m.DISCRETIONARY_EACH, m.ONE_OFF)


@dataclass(frozen=True, slots=True)
class Base:
    """One section before review.

    own        the section's answers as scoring sees them (refused ones are NOT_ACCEPTED)
    city       field → the city's figure where it counts; `values` = `own` with those laid over
    ledger     clause id → entries of the ledger; `figures` clause id → every city figure, counted or not
    confirmed  the section has confirmed that its blank deduct clauses did not happen
    """

    section: m.Section
    returned: SectionReturn | None
    own: Mapping[str, SlotValue]
    city: Mapping[str, SlotValue]
    values: Mapping[str, SlotValue]
    ledger: Mapping[str, tuple[LedgerEntry, ...]]
    figures: Mapping[str, tuple[CityFigure, ...]]

    @property
    def confirmed(self) -> bool:
        return sh.confirmed(self.own)

    def seal(self, rules: Rulebook, stem: str) -> str:
        """Fingerprint of the answers to a clause (or of a 特色工作 field): what a reviewer of it has seen."""
        names = [stem + slot.suffix for slot in rules.slots[stem]] if stem in rules.slots else [stem]
        seen = [[name, _plain(self.values[name])] for name in names if self.values.get(name) is not None]
        text = json.dumps(seen, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:10]


@dataclass(frozen=True, slots=True)
class Transfer:
    """A deduction of the city's that another section is to bear. `agreed` is None until 决定 says so.

    value   what the city counts; `points` the positive deduction it makes on `clause` alone
    """

    section: str
    bearer: str
    clause: str
    value: SlotValue
    points: Decimal
    figures: tuple[CityFigure, ...]
    agreed: bool | None = None

    @property
    def text(self) -> str:
        """The 原为 of its decision."""
        shown = number(self.value) if isinstance(self.value, Decimal) else str(self.value)
        return f"{self.bearer}：{shown}"


#: Transfers that were decided: (section, clause, text) → agreed.
Decided = Mapping[tuple[str, str, str], bool]


@dataclass(frozen=True, slots=True)
class Beside:
    """Everything that came beside the returns and bears on them."""

    ledger: tuple[LedgerEntry, ...] = ()
    city: tuple[CityFigure, ...] = ()
    decided: Decided = field(default_factory=dict)


def bases(rules: Rulebook, returns: Mapping[str, SectionReturn], beside: Beside) -> dict[str, Base]:
    """A `Base` for every section of the scheme, in its order."""
    transfers_ = transfers(rules, beside)
    return {s.name: _base(rules, s, returns.get(s.name), beside, transfers_) for s in rules.scheme.sections}


def transfers(rules: Rulebook, beside: Beside) -> tuple[Transfer, ...]:
    """Figures that the city lays on one section's clause and 市局反馈 on another section, one per bearer.

    None where the city's figures do not count: what is not deducted here cannot be borne there.
    """
    if not city_counts(rules.scheme):
        return ()
    found = []
    for (section, clause_id, bearer), figures in _laid_elsewhere(rules.scheme, beside.city).items():
        points = _points(rules, clause_id, figures)
        if points is None:
            continue
        transfer = Transfer(section, bearer, clause_id, _summed(figures), points, tuple(figures))
        found.append(replace(transfer, agreed=beside.decided.get((section, clause_id, transfer.text))))
    return tuple(found)


def uncounted(rules: Rulebook, city: Iterable[CityFigure]) -> list[CityFigure]:
    """Figures laid on another section that together make no deduction anybody could count: they stay where they are."""
    groups = _laid_elsewhere(rules.scheme, city)
    return [figures[0] for (_, clause_id, _), figures in groups.items() if _points(rules, clause_id, figures) is None]


def _laid_elsewhere(scheme: m.Scheme, city: Iterable[CityFigure]) -> dict[tuple[str, str, str], list[CityFigure]]:
    groups: dict[tuple[str, str, str], list[CityFigure]] = {}
    for figure in city:
        if figure.transferred and transferable(scheme, figure):
            groups.setdefault((figure.section, figure.clause, figure.bearer), []).append(figure)
    return groups


def transferable(scheme: m.Scheme, figure: CityFigure) -> bool:
    """Whether part of the clause can be borne elsewhere: counts, amounts and 是/否 of 业务工作, never a rank or a rate.

    What is borne comes off 业务工作 (open point 17); 突破底线 is laid on its section by the assessors alone.
    """
    clause = scheme.clause_by_id.get(figure.clause)
    if clause is None or scheme.item_by_key[clause.item].part != m.BUSINESS:
        return False
    return clause.kind in TRANSFERABLE and clause.direction == m.DEDUCT


def city_counts(scheme: m.Scheme) -> bool:
    """Whether the city's figures win over the section's own (policy 市局扣分与自报不一致)."""
    return scheme.policy(m.P_CITY) == "以市局为准"


def _base(
    rules: Rulebook, section: m.Section, returned: SectionReturn | None, beside: Beside, moved: tuple[Transfer, ...]
) -> Base:
    own = returned.scored if returned is not None else {}
    ledger: dict[str, list[LedgerEntry]] = {}
    for entry in beside.ledger:
        if entry.section == section.name and entry.clause:
            ledger.setdefault(entry.clause, []).append(entry)
    figures: dict[str, list[CityFigure]] = {}
    for figure in beside.city:
        if figure.section == section.name:
            figures.setdefault(figure.clause, []).append(figure)
    gone = {id(f) for t in moved if t.agreed for f in t.figures}
    city: dict[str, SlotValue] = {}
    values: dict[str, SlotValue] = dict(own)
    if city_counts(rules.scheme):
        for clause_id, found in figures.items():
            laid = _overlay(rules, clause_id, [f for f in found if id(f) not in gone])
            for name in _overlaid(rules, clause_id):
                values.pop(name, None)
            city |= laid
            values |= laid
    return Base(
        section=section,
        returned=returned,
        own=own,
        city=city,
        values=values,
        ledger={clause: tuple(entries) for clause, entries in ledger.items()},
        figures={clause: tuple(found) for clause, found in figures.items()},
    )


def _overlaid(rules: Rulebook, clause_id: str) -> list[str]:
    """Fields that the city's word replaces. What it says nothing of (或-branch, exclusion) stays the section's own."""
    if clause_id not in rules.slots:
        return [clause_id]
    suffixes = [slot.suffix for slot in rules.slots[clause_id]]
    return [clause_id + suffix for suffix in suffixes if suffix not in (sl.BRANCH, sl.EXCLUSION)]


# --- laying the city's figures over a clause ---------------------------------------------------------------------


def _overlay(rules: Rulebook, clause_id: str, figures: Iterable[CityFigure]) -> dict[str, SlotValue]:
    """Field → value that `figures` of one clause make together. None left of a count is 0, of 是/否 否.

    More events than the clause has lines cannot be written down: the clause then stays open (NOT_ACCEPTED).
    """
    figures = list(figures)
    if clause_id not in rules.slots:
        return {clause_id: figures[-1].value} if figures else {}
    clause = rules.scheme.clause_by_id[clause_id]
    if clause.kind == m.DISCRETIONARY_EACH:
        if len(figures) > clause.events:
            return {f"{clause_id}@1": NOT_ACCEPTED}
        amounts = [f.value for f in figures] or [Decimal(0)]
        return {f"{clause_id}@{k}": amount for k, amount in enumerate(amounts, 1)}
    if clause.kind == m.OPTIONS and clause.several:
        labels = [option.label for option in clause.options]
        chosen = [f.value for f in figures]
        return {f"{clause_id}@{k}": Decimal(chosen.count(label)) for k, label in enumerate(labels, 1)}
    if clause.kind in ADDITIVE:
        return {clause_id: _summed(figures)}
    if not figures:
        return {clause_id: m.NO}
    last = figures[-1]
    found: dict[str, SlotValue] = {clause_id: last.value}
    if last.reference is not None:
        found[clause_id + sl.REFERENCE] = last.reference
    return found


def _summed(figures: list[CityFigure]) -> SlotValue:
    """Numbers add up; a single word (不适用, 是) stands as it is."""
    if len(figures) == 1:
        return figures[0].value
    numbers = [f.value for f in figures if isinstance(f.value, Decimal)]
    if numbers or not figures:
        return sh.tidy(sum(numbers, Decimal(0)))
    return figures[-1].value


def _points(rules: Rulebook, clause_id: str, figures: Iterable[CityFigure]) -> Decimal | None:
    """The deduction that `figures` of a clause make alone; None where the clause cannot hold them all."""
    values = _overlay(rules, clause_id, figures)
    clause = rules.scheme.clause_by_id[clause_id]
    slots = rules.slots[clause_id]
    given = {slot.suffix: values[clause_id + slot.suffix] for slot in slots if clause_id + slot.suffix in values}
    points = clause_points(clause, slots, given, True, rules.unranked_deducts)
    return None if points.value is None else sh.tidy(-points.value)


def _plain(value: SlotValue) -> object:
    return ["n", number(value)] if isinstance(value, Decimal) else ["t", value]
