"""口径: would another reading of a policy change this year's self totals or their order?

Comes in: results and a function that scores the same returns under another reading. Goes out: `OtherReading`s. This
module reads no scheme and scores nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder.results import Results, Standing

#: (policy, value) → the standings under that reading; None where it cannot be worked out from these returns.
Rescore = Callable[[str, str], Sequence[Standing] | None]

#: Policies about figures that self-assessment does not have yet: 突破底线, 述职测评, 等次.
LATER = (
    m.P_TOTAL_FLOOR,
    m.P_RANK_BASIS,
    m.P_EVALUATION_WEIGHT,
    m.P_EVALUATION_SCALE,
    m.P_OWN_VOTE,
    m.P_PROMOTION,
)

SAME, LATER_TEXT, UNKNOWN = "本年自评分和排序不变", "自评阶段不涉及", "须重新下发、填报后才能比较"


@dataclass(frozen=True, slots=True)
class Change:
    """A section whose total or rank differs; None is 待定."""

    section: str
    total: tuple[Decimal | None, Decimal | None]
    rank: tuple[int | None, int | None]

    @property
    def moved(self) -> bool:
        return self.rank[0] != self.rank[1]


@dataclass(frozen=True, slots=True)
class OtherReading:
    """What a policy's other value would do. `changes` is None where that cannot be worked out."""

    policy: str
    value: str
    changes: tuple[Change, ...] | None
    later: bool = False

    @property
    def weight(self) -> int:
        """0 ranks move, 1 totals change, 2 nothing changes or nothing is known."""
        if not self.changes:
            return 2
        return 0 if any(change.moved for change in self.changes) else 1

    def text(self) -> str:
        if self.later:
            return LATER_TEXT
        if self.changes is None:
            return UNKNOWN
        return "；".join(_change_text(change) for change in self.changes) or SAME


def other_readings(results: Results, rescore: Rescore) -> tuple[OtherReading, ...]:
    """Every other reading of every policy that scores, in the scheme's order."""
    return tuple(
        _reading(results, policy, value, rescore)
        for policy in results.scheme.policies
        if policy.scores
        for value in policy.others
    )


def _reading(results: Results, policy: m.Policy, value: str, rescore: Rescore) -> OtherReading:
    if policy.name in LATER:
        return OtherReading(policy.name, value, (), later=True)
    found = rescore(policy.name, value)
    before = {standing.section.name: standing for standing in results.standings}
    if found is None or {standing.section.name for standing in found} != before.keys():
        return OtherReading(policy.name, value, None)
    after = {standing.section.name: standing for standing in found}
    changes = (_change(before[section.name], after[section.name]) for section in results.scheme.sections)
    return OtherReading(policy.name, value, tuple(change for change in changes if change is not None))


def _change(before: Standing, after: Standing) -> Change | None:
    change = Change(before.section.name, (before.total.value, after.total.value), (before.rank, after.rank))
    return change if change.moved or change.total[0] != change.total[1] else None


def _change_text(change: Change) -> str:
    text = f"{change.section} {_shown(change.total[0])}→{_shown(change.total[1])}分"
    return text + (f"、名次 {_shown(change.rank[0])}→{_shown(change.rank[1])}" if change.moved else "")


def _shown(value: Decimal | int | None) -> str:
    return "待定" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)
