"""裁定: a tie across the line of the best grade, broken by a decision and never by the program (open point 7).

Comes in: finals and decisions. Goes out: the order with its grades, and the tie that still waits.
"""

from __future__ import annotations

from collections.abc import Mapping

from workbook_builder import model as m
from workbook_builder import records as rec
from workbook_builder import results as r
from workbook_builder.final import Verdicts
from workbook_builder.problems import problem
from workbook_builder.rank import UNDETERMINED, Tie, final_standings, tie_across_the_line

#: What may stand between names.
_BETWEEN = "、，,；; 　"


def ruled_standings(
    scheme: m.Scheme, after: Mapping[str, r.Final], verdicts: Verdicts
) -> tuple[tuple[r.Standing, ...], Tie | None]:
    """The order, and a tie across the line of the best grade that no 裁定 has broken yet."""
    standings = final_standings(scheme, after, {})
    tie = tie_across_the_line(scheme, standings)
    for decision in verdicts.answered(rec.RULING):
        if tie is None or decision.before != tie.text:
            verdicts.stale(decision, tie.text if tie is not None else "没有并列")
            continue
        named = [] if decision.after == rec.NOBODY else [name.strip() for name in _split(decision.after, tie.sections)]
        if not set(named) <= set(tie.sections) or len(named) > tie.places:
            facts = {"names": "、".join(tie.sections), "places": tie.places}
            verdicts.refuse(decision, problem("RULING_UNKNOWN", decision.where, decision.after, **facts))
            continue
        verdicts.hold(decision)
        lower = _lower_grade(scheme, standings, tie)
        ruled = {name: tie.grade if name in named else lower[name] for name in tie.sections}
        return final_standings(scheme, after, ruled), None
    return standings, tie


def _split(text: str, names: tuple[str, ...]) -> list[str]:
    """Names separated by 、 or other marks; a name may itself hold 、 (秘书科、普法科), or another name (一科, 十一科)."""
    found, rest = set(), text
    for name in sorted(names, key=len, reverse=True):
        if name in rest:
            found.add(name)
            rest = rest.replace(name, _BETWEEN[0])
    strange = rest.strip(_BETWEEN)
    return [*(name for name in names if name in found), *([strange] if strange else [])]


def _lower_grade(scheme: m.Scheme, standings: tuple[r.Standing, ...], tie: Tie) -> dict[str, str]:
    """What those of a tie get who are not chosen: the next grade by cut-off, else 未定."""
    cut = [grade for grade in scheme.grades if grade.cutoff is not None and not grade.top]
    totals = {s.section.name: s.total.value for s in standings}
    return {name: next((g.name for g in cut if totals[name] >= g.cutoff), UNDETERMINED) for name in tie.sections}
