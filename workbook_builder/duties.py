"""谁核: who reviews which item of which section (谁填谁核 of the scheme, notice 四（四）, contract 6).

Comes in: a scheme. Goes out: names of reviewers and, per reviewer, what stands in their review workbook. Nobody reviews
themselves: where the table would have it so, the leading group decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workbook_builder import model as m

#: 核定 by the 考评科室 that annex 3 prints beside each item.
ASSESSORS = "考评科室"
LEADING_GROUP = "考评工作领导小组"


@dataclass(frozen=True, slots=True)
class Task:
    """What one reviewer reviews of one section, in the notice's order.

    items    of the section's own sheet; `special` whether the special-work score itself is among it
    bottom   突破底线 items that this reviewer confirms for the section
    """

    section: m.Section
    items: tuple[m.Item, ...]
    special: bool
    bottom: tuple[m.Item, ...]


def leading_group(scheme: m.Scheme) -> str:
    """The body that decides where no section may: the first reviewer of 谁填谁核 that is no section."""
    named = (duty.reviewer for duty in scheme.duties)
    return next((name for name in named if name != ASSESSORS and scheme.section(name) is None), LEADING_GROUP)


def is_section(scheme: m.Scheme, reviewer: str) -> bool:
    """Whether `reviewer` is a section, which fills in its own workbook, or the group, whose meeting the clerk types in."""
    return scheme.section(reviewer) is not None


def reviewers(scheme: m.Scheme, section: m.Section, part: str, item: m.Item | None = None) -> tuple[str, ...]:
    """Who reviews `item` (or the part as such) of `section`: one name, or several assessors who decide jointly.

    Sections go by their canonical names (普法治理科 → 秘书科、普法科, open point B).
    """
    duty = _duty(scheme, section, part)
    named = (duty.reviewer,) if duty is not None else ()
    if duty is not None and duty.reviewer == ASSESSORS:
        named = item.assessors if item is not None else ()
    found: list[str] = []
    for name in named:
        known = scheme.section(name)
        if known is None:
            found.append(name)
        elif known.name != section.name:
            found.append(known.name)
    return tuple(dict.fromkeys(found)) or (leading_group(scheme),)


def _duty(scheme: m.Scheme, section: m.Section, part: str) -> m.Duty | None:
    """The row of 谁填谁核 for this very section, else the row for all."""
    rows = [duty for duty in scheme.duties if duty.part == part]
    own = next((duty for duty in rows if section.answers_to(duty.section)), None)
    return own or next((duty for duty in rows if duty.section == m.EVERY_SECTION), None)


def tasks(scheme: m.Scheme) -> dict[str, tuple[Task, ...]]:
    """Reviewer → tasks, reviewers and sections in the scheme's order, the leading group last."""
    found: dict[str, list[Task]] = {}
    for section in scheme.sections:
        for reviewer in dict.fromkeys(_named(scheme, section)):
            found.setdefault(reviewer, []).append(_task(scheme, section, reviewer))
    order = {section.name: place for place, section in enumerate(scheme.sections)}
    names = sorted(found, key=lambda name: (order.get(name, len(order)), name))
    return {name: tuple(found[name]) for name in names}


def _named(scheme: m.Scheme, section: m.Section) -> Iterator[str]:
    for part in m.PARTS:
        for item in scheme.section_items(section, part):
            yield from reviewers(scheme, section, part, item)
    yield from reviewers(scheme, section, m.SPECIAL)


def _task(scheme: m.Scheme, section: m.Section, reviewer: str) -> Task:
    def mine(part: str) -> tuple[m.Item, ...]:
        items = scheme.section_items(section, part)
        return tuple(item for item in items if reviewer in reviewers(scheme, section, part, item))

    special = reviewer in reviewers(scheme, section, m.SPECIAL)
    items = tuple(item for part in (m.BUSINESS, m.TEAM, m.SPECIAL) for item in mine(part))
    return Task(section, items, special, mine(m.BOTTOM_LINE))
