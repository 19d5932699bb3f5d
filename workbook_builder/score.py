"""Returns → scores: each section's self figures, and why any of them is still open.

Comes in: the rulebook and at most one adopted return per section. Goes out: `Assessment`s in the scheme's order.
No file is touched here, and nothing raises for what people filled in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workbook_builder import model as m
from workbook_builder import results as r
from workbook_builder.returns import SectionReturn
from workbook_builder.rules import sheet as sh
from workbook_builder.rules import slots as sl
from workbook_builder.rules.items import Rulebook, open_state

_REASONS = {sl.INVALID: r.HAS_ERRORS, sl.MISSING: r.NOT_ANSWERED, sl.PENDING: r.WAITING_CITY}


def assess(
    rules: Rulebook, adopted: Mapping[str, SectionReturn], undecided: frozenset[str]
) -> tuple[r.Assessment, ...]:
    """Every section of the scheme assessed; `undecided` are sections with different returns none of which is adopted."""
    return tuple(
        _assess(rules, section, adopted.get(section.name), section.name in undecided)
        for section in rules.scheme.sections
    )


def _assess(rules: Rulebook, section: m.Section, returned: SectionReturn | None, undecided: bool) -> r.Assessment:
    entries = returned.scored if returned is not None else {}
    score = sh.score_sheet(rules, section, entries)
    if returned is None:
        reason = r.NOT_DECIDED if undecided else r.NOT_RETURNED
        pending: tuple[r.Pending, ...] = (r.Pending(section.name, "", reason),)
        return r.Assessment(section, None, score, reason, (*pending, _review(section)))
    pending = tuple(_pending(section, score, returned))
    status = "完整" if not pending else "、".join(dict.fromkeys(p.reason for p in pending))
    return r.Assessment(section, returned, score, status, (*pending, _review(section)))


def _review(section: m.Section) -> r.Pending:
    """Before review nothing is final: 突破底线 and every self figure wait for it."""
    return r.Pending(section.name, "", r.NOT_REVIEWED)


def _pending(section: m.Section, score: sh.SheetScore, returned: SectionReturn) -> Iterator[r.Pending]:
    for key, item in score.section.items.items():
        reasons = {
            r.HAS_ERRORS if _refused(clause_id, returned) else _REASONS[open_state(points)]
            for clause_id, points in item.clauses.items()
            if points.value is None and item.figure.value is None
        }
        yield from (r.Pending(section.name, key, reason) for reason in sorted(reasons))
    if score.special.value is None and score.special_state:
        reason = r.HAS_ERRORS if _refused(sh.PROPOSED, returned) or _refused(sh.AWARD, returned) else ""
        yield r.Pending(section.name, m.SPECIAL, reason or _REASONS[score.special_state])


def _refused(stem: str, returned: SectionReturn) -> bool:
    return any(name == stem or name.startswith((f"{stem}@", f"{stem}#")) for name in returned.refused)
