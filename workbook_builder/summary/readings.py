"""口径: would another reading of a policy change this year's totals, their order or a grade?

Comes in: results and a function that works out the same year under another reading. Goes out: `OtherReading`s. This
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

#: Policies about figures that self-assessment does not have yet: 突破底线, 述职测评, 名次, 等次.
LATER = (
    m.P_TOTAL_FLOOR,
    m.P_RANK_BASIS,
    m.P_EVALUATION_WEIGHT,
    m.P_EVALUATION_SCALE,
    m.P_OWN_VOTE,
    m.P_PROMOTION,
)

SAME, SAME_SELF = "本年总分、名次和等次不变", "本年自评分和排序不变"
LATER_TEXT, UNKNOWN = "自评阶段不涉及", "须重新下发、填报后才能比较"


@dataclass(frozen=True, slots=True)
class Change:
    """A section whose total, rank or grade differs; None is 待定, and so is a grade that is ""."""

    section: str
    total: tuple[Decimal | None, Decimal | None]
    rank: tuple[int | None, int | None]
    grade: tuple[str, str] = ("", "")

    @property
    def moved(self) -> bool:
        """Whether a rank or a grade moves."""
        return self.rank[0] != self.rank[1] or self.grade[0] != self.grade[1]


@dataclass(frozen=True, slots=True)
class OtherReading:
    """What a policy's other value would do. `changes` is None where that cannot be worked out; `final`: after review."""

    policy: str
    value: str
    changes: tuple[Change, ...] | None
    later: bool = False
    final: bool = False

    @property
    def weight(self) -> int:
        """0 ranks or grades move, 1 totals change, 2 nothing changes or nothing is known."""
        if not self.changes:
            return 2
        return 0 if any(change.moved for change in self.changes) else 1

    def text(self) -> str:
        if self.later:
            return LATER_TEXT
        if self.changes is None:
            return UNKNOWN
        return "；".join(_change_text(change) for change in self.changes) or (SAME if self.final else SAME_SELF)


def other_readings(results: Results, rescore: Rescore) -> tuple[OtherReading, ...]:
    """Every other reading of every policy that scores, in the scheme's order."""
    return tuple(
        _reading(results, policy, value, rescore)
        for policy in results.scheme.policies
        if policy.scores
        for value in policy.others
    )


def _reading(results: Results, policy: m.Policy, value: str, rescore: Rescore) -> OtherReading:
    final = results.is_final
    if not final and policy.name in LATER:
        return OtherReading(policy.name, value, (), later=True)
    standings = rescore(policy.name, value)
    before = {standing.section.name: standing for standing in results.standings}
    if standings is None or {standing.section.name for standing in standings} != before.keys():
        return OtherReading(policy.name, value, None, final=final)
    after = {standing.section.name: standing for standing in standings}
    changes = (_change(before[section.name], after[section.name]) for section in results.scheme.sections)
    found = tuple(change for change in changes if change is not None)
    return OtherReading(policy.name, value, found, final=final)


def _change(before: Standing, after: Standing) -> Change | None:
    change = Change(
        before.section.name,
        (before.total.value, after.total.value),
        (before.rank, after.rank),
        (before.grade, after.grade),
    )
    return change if change.moved or change.total[0] != change.total[1] else None


def _change_text(change: Change) -> str:
    texts = []
    if change.total[0] != change.total[1]:
        texts.append(f"{_shown(change.total[0])}→{_shown(change.total[1])}分")
    if change.rank[0] != change.rank[1]:
        texts.append(f"名次 {_shown(change.rank[0])}→{_shown(change.rank[1])}")
    if change.grade[0] != change.grade[1]:
        texts.append(f"等次 {change.grade[0] or '待定'}→{change.grade[1] or '待定'}")
    return f"{change.section} {'、'.join(texts)}"


def _shown(value: Decimal | int | None) -> str:
    return "待定" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)
