"""Results of the stages after self-assessment, made by hand: what review, the city, the meeting and decisions left.

`made` turns self-assessments and a few chosen figures into `Results`; no review workbook, ballot or register is read.
"""

import datetime
from dataclasses import replace
from decimal import Decimal as D

from workbook_builder import model as m
from workbook_builder import records as rec
from workbook_builder import results as r
from workbook_builder.duties import reviewers
from workbook_builder.problems import Where
from workbook_builder.rank import final_standings
from workbook_builder.rules import sheet as sh
from workbook_builder.rules.items import Figure, part_figure, sum_figure

INFINITE = D("Infinity")
DAY = datetime.date(2021, 12, 24)
CODE = "5F3A9C01"
GROUP = "考评工作领导小组"


def evaluation(section, leaders, units, small=False):
    """Group means weighted 60/40."""
    some = (None, None, None) if small else (6, leaders - 4, leaders + 3)
    groups = (
        rec.GroupFigure("局领导", leaders, *some, small),
        rec.GroupFigure("局属各单位、各部门", units, 21, units - 12, units + 6),
    )
    return rec.Evaluation(section, groups, sh.tidy(D("0.6") * leaders + D("0.4") * units))


def incidents(scheme, section, bottom):
    """Every clause as every assessor left it; `bottom`: clause id → None, False, or [(points, facts)]."""
    for item in scheme.section_items(section, m.BOTTOM_LINE):
        for clause in item.clauses:
            found = (bottom or {}).get(clause.id, False)
            for reviewer in reviewers(scheme, section, m.BOTTOM_LINE, item):
                present = None if found is None else found is not False
                events = found if isinstance(found, list) else []
                yield r.Incident(clause, item, reviewer, present, tuple(p for p, _ in events), tuple(f for _, f in events))


def bottom_figure(some):
    """The deduction of one clause."""
    figures = []
    for incident in some:
        if incident.present is None:
            figures.append(Figure(None, D(0), INFINITE))
        elif incident.present and not incident.amounts:
            figures.append(Figure(None, D(0), INFINITE))
        else:
            figures.append(Figure.known(sum(incident.amounts, D(0))))
    return figures[0] if all(f == figures[0] for f in figures) else Figure(None, D(0), INFINITE)


def final(rules, assessment, *, scores=None, special=None, bottom=None, evaluated=None, reviewed=True, weight=None, **more):
    """One section: `scores` item key → final figure (None: open), the rest as reported or in full."""
    scheme, section = rules.scheme, assessment.section
    scores, returned = scores or {}, assessment.returned is not None
    items = {}
    for item in sh.sheet_items(scheme, section):
        own = assessment.score.section.items[item.key].figure if returned else None
        value = own.value if own is not None else item.points or D(0)
        known = Figure.known(scores.get(item.key, value)) if reviewed and scores.get(item.key, value) is not None else None
        open_ = Figure(None, D(0), item.limit or INFINITE)
        items[item.key] = r.ItemFigures(item, own, known, known or open_, reviewers(scheme, section, item.part, item))
    some = tuple(incidents(scheme, section, bottom or {}))
    for item in scheme.section_items(section, m.BOTTOM_LINE):
        figure = sum_figure([bottom_figure([x for x in some if x.clause.id == c.id]) for c in item.clauses], [])
        items[item.key] = r.ItemFigures(item, None, figure if figure.value is not None else None, figure, ())
    parts = {p.name: part_figure(p, [f.final for f in items.values() if f.item.part == p.name]) for p in scheme.parts}
    own = assessment.score.special if returned else None
    chosen = special if special is not None else own.value if own is not None else D(0)
    mine = Figure.known(chosen) if reviewed else Figure(None, D(0), D(10))
    parts[m.SPECIAL] = mine
    borne = more.get("borne", ())
    if borne:
        parts[m.BUSINESS] = sum_figure([parts[m.BUSINESS]], [Figure.known(sum((b.points for b in borne), D(0)))])
    plus = [parts[name] for name in sh.SHEET_PARTS]
    weight = D(scheme.policy(m.P_EVALUATION_WEIGHT))
    if weight:
        result = evaluated.result if evaluated is not None else None
        plus.append(Figure.known(result * weight) if result is not None else Figure(None, D(0), 100 * weight))
    total = sum_figure(plus, [parts[m.BOTTOM_LINE]])
    if scheme.policy(m.P_TOTAL_FLOOR) == "0":
        total = Figure(None if total.value is None else max(D(0), total.value), max(D(0), total.low), max(D(0), total.high))
    pending = [] if evaluated is not None and evaluated.result is not None else [r.Pending(section.name, m.EVALUATION, r.NOT_EVALUATED)]
    pending += [r.Pending(section.name, m.BUSINESS, r.NOT_REVIEWED)] if not reviewed else []
    return r.Final(
        section=section,
        items=items,
        special=(own, mine if reviewed else None, mine),
        parts=parts,
        evaluation=evaluated,
        total=total,
        incidents=some,
        borne=borne,
        handed_on=more.get("handed_on", ()),
        adjustments=more.get("adjustments", ()),
        pending=(*more.get("pending", ()), *pending),
    )


def made(results, finals, stage, ruled=None, **more):
    """`results` of 自评汇总 at a later stage."""
    return replace(
        results,
        reached=stage,
        finals=finals,
        standings=final_standings(results.scheme, finals, ruled or {}),
        pending=tuple(p for f in finals.values() for p in f.pending),
        **more,
    )


def decided(kind, section, thing, before, after, reason="", state=r.IN_FORCE, note="", row=4):
    """A row of 决定.xlsx."""
    answered = state != r.WAITING
    decision = rec.Decision(
        kind, section, thing, before, after if answered else "", reason, "领导小组会议纪要〔2021〕3号" if answered else "",
        DAY if answered else None, GROUP if answered else "", Where("决定.xlsx", "决定", f"E{row}", thing),
    )  # fmt: skip
    return r.Applied(decision, state, note)
