"""One section's sheet as a whole: every figure it shows, from the flat fields a person filled.

Comes in: a `Rulebook`, a section and entries (field name → value, names as in contract 5). Goes out: `SheetScore`.
Build writes these figures as cached values; collect recomputes them and compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder.rules import slots as sl
from workbook_builder.rules import special
from workbook_builder.rules.items import Figure, Rulebook, SectionScore, sum_figure
from workbook_builder.rules.slots import SlotValue

Entries = Mapping[str, SlotValue]

CONFIRM = "自评确认"
AWARD = f"{m.SPECIAL}#市局加分"
PROPOSED = f"{m.SPECIAL}#自评分"
SELF_TOTAL = "自评总分"
READY = "可报送"
CHECKSUM = "校验码"
READY_TEXT = "可以报送"
NOTE_SUFFIX = "#说明"
#: Parts that stand on a section's own sheet, in the notice's order.
SHEET_PARTS = (m.BUSINESS, m.TEAM, m.SPECIAL)


@dataclass(frozen=True, slots=True)
class SheetScore:
    """Figures of one sheet. `missing` counts rows that are 待填 or 有误; 0 means 可以报送."""

    section: SectionScore
    special_state: str
    award_state: str
    special: Figure
    total: Figure
    missing: int

    @property
    def ready(self) -> bool:
        return self.missing == 0

    @property
    def ready_text(self) -> str:
        return READY_TEXT if self.ready else f"还缺{self.missing}项"


def sheet_items(scheme: m.Scheme, section: m.Section) -> tuple[m.Item, ...]:
    """The items of a section's sheet: its 业务, 队伍 and 特色, in the notice's order."""
    return tuple(item for part in SHEET_PARTS for item in scheme.section_items(section, part))


def nested(rules: Rulebook, items: tuple[m.Item, ...], entries: Entries) -> dict[str, dict[str, SlotValue]]:
    """Flat entries → clause id → slot suffix → value."""
    return {
        clause.id: {
            slot.suffix: entries[clause.id + slot.suffix]
            for slot in rules.slots[clause.id]
            if entries.get(clause.id + slot.suffix) is not None
        }
        for item in items
        for clause in item.clauses
    }


def confirmed(entries: Entries) -> bool:
    """Whether the section has confirmed that blank deduct clauses did not happen."""
    return entries.get(CONFIRM) == m.YES


def score_sheet(rules: Rulebook, section: m.Section, entries: Entries) -> SheetScore:
    """Every figure of the section's sheet holding `entries`."""
    scheme = rules.scheme
    items = sheet_items(scheme, section)
    scored = rules.score_section(section, items, nested(rules, items, entries), confirmed(entries))
    award, proposed = entries.get(AWARD), entries.get(PROPOSED)
    award_state = sl.state(special.AWARD_SLOT, award, True)
    by_annex = scheme.policy(m.P_SPECIAL_BASIS) == "附件2合计"
    if by_annex:
        special_state, figure = sl.EMPTY, scored.parts[m.SPECIAL]
    else:
        special_state = special.special_state(scheme, award, proposed)
        figure = special.special_figure(scheme, special_state, award, proposed)
    total = sum_figure([scored.parts[m.BUSINESS], scored.parts[m.TEAM], figure], [])
    states = [special_state, award_state, sl.FILLED if confirmed(entries) else sl.MISSING]
    missing = sum(item.missing for item in scored.items.values()) + sum(
        state in (sl.MISSING, sl.INVALID) for state in states
    )
    return SheetScore(scored, special_state, award_state, figure, total, missing)


def tidy(value: Decimal) -> Decimal:
    """A number without superfluous zeros, exponent or a sign before zero: 9.5000 → 9.5, 1E+1 → 10, −0 → 0."""
    value = value.normalize() + 0
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value
