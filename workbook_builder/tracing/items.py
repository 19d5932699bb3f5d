"""Items of a section: own, and after review, each out of its clauses.

Comes in: a case, a section, an item. Goes out: `Step`s whose clauses add up to the item exactly as the rules have it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder import records as rec
from workbook_builder import results as r
from workbook_builder.layout.words import how_it_counts, item_mode
from workbook_builder.rules.clauses import ZERO, ClausePoints
from workbook_builder.rules.excel import number
from workbook_builder.rules.items import Figure
from workbook_builder.rules.sheet import tidy
from workbook_builder.tracing import evidence
from workbook_builder.tracing.case import Case
from workbook_builder.tracing.evidence import answer
from workbook_builder.tracing.steps import ONE, Step, combined

START = "起始分"
_NOT_BY_CLAUSE = "没有逐条的核定记录，以此数为准"


def known(value: Decimal | None) -> Decimal | None:
    return None if value is None else tidy(value)


# --- own -------------------------------------------------------------------------------------------------------------------


def own_item(case: Case, section: str, item: m.Item, factor: Decimal | None = ONE) -> Step:
    """The item as the section itself reports it."""
    assessment = case.results.assessments[section]
    if assessment.returned is None:
        waits = case.open_steps(section, item.key, item.part, "", factor=ONE)
        return Step(f"第{item.no}项", None, _title(item), assessment.status, factor=factor, children=waits or (_lacking(section),))
    points = assessment.score.section.items[item.key].clauses
    made = _by_clauses(case, section, item, points, "", Step(f"第{item.no}项", None, _title(item), factor=factor))
    return fitted(case, made, assessment.score.section.items[item.key].figure)


def _lacking(section: str) -> Step:
    return Step("尚缺", None, "尚缺", f"{r.NOT_RETURNED}；等{section}", factor=ONE)


def _title(item: m.Item) -> str:
    words = f"附件2第{item.no}项" if item.part == m.SPECIAL else " ".join(item.title.split())
    return f"{item.part}第{item.no}项" + (f"　{words}" if words else "")


def _by_clauses(case: Case, section: str, item: m.Item, points: Mapping[str, ClausePoints], reviewer: str, head: Step) -> Step:
    """The item with its clauses below it, those of which nothing is to be said left out."""
    zero = any(p.zero for p in points.values())
    takes = item.part == m.BOTTOM_LINE
    counted = _representatives(item, points)
    steps = [] if takes else [Step(START, item.base, how=_start(item), factor=ONE)]
    quiet = 0
    for clause in item.clauses:
        one = points[clause.id]
        if one.value == 0 and not one.zero and not evidence.changed(case, section, clause):
            quiet += 1
            continue
        factor = (-ONE if takes else ONE) if clause.id in counted else None
        steps.append(clause_step(case, section, item, clause, one, reviewer, factor))
    least = ZERO if zero else (ZERO if case.rules.floor and not takes else None)
    most = ZERO if zero else (None if takes else item.limit)
    said = [head.how, "有一条“本项不得分”成立" if zero else "", f"其余 {quiet} 条细则计 0 分" if quiet else ""]
    policies = (*case.policies_of(item.key), *((m.P_ITEM_FLOOR,) if _floors(item, points) else ()))
    children = (*steps, *case.policy_steps(*policies))
    return replace(head, how="；".join(filter(None, said)), least=least, most=most, children=children)


def _start(item: m.Item) -> str:
    full = f"分值 {number(item.points)}，" if item.points is not None else ""
    return full + item_mode(item)


def _floors(item: m.Item, points: Mapping[str, ClausePoints]) -> bool:
    values = [p.value for p in points.values()]
    return item.part != m.BOTTOM_LINE and None not in values and item.base + sum(values, ZERO) < 0


def _representatives(item: m.Item, points: Mapping[str, ClausePoints]) -> set[str]:
    """Clauses that count: of each 取高组 one alone, the open one before the heaviest."""
    pools: dict[str, list[m.Clause]] = {}
    for clause in item.clauses:
        pools.setdefault(clause.pool or clause.id, []).append(clause)
    found = set()
    for clauses in pools.values():
        open_ = next((c.id for c in clauses if points[c.id].value is None), None)
        pick = min if clauses[0].direction == m.DEDUCT else max
        found.add(open_ or pick(clauses, key=lambda c: points[c.id].value).id)
    return found


def clause_step(
    case: Case,
    section: str,
    item: m.Item,
    clause: m.Clause,
    points: ClausePoints,
    reviewer: str = "",
    factor: Decimal | None = None,
) -> Step:
    """A clause: its points, how it counts, and what stands behind it."""
    scored = case.scored(reviewer, section) if reviewer else None
    values = scored.effective if scored is not None else case.results.assessments[section].returned.scored
    counts = [answer(values[name]) for slot in case.rules.slots[clause.id] if values.get(name := clause.id + slot.suffix) is not None]
    how = f"{how_it_counts(clause)}；按{'、'.join(counts) if counts else '空白'}计"
    pooled = "；与同组细则只计最重一条，这条没有计" if clause.pool and factor is None and points.value else ""
    label = f"细则{clause.no}　{' '.join(clause.text.split())}"
    children = evidence.of_clause(case, section, clause, reviewer, scored)
    waits = case.open_steps(section, item.key) if points.value is None else ()
    return Step(f"细则{clause.no}", known(points.value), label, how + pooled, factor=factor, children=(*children, *waits))


def fitted(case: Case, step: Step, figure: Figure) -> Step:
    """The step with the figure that counts. What does not make it is set beside: no sum is claimed that is none."""
    value = known(figure.value)
    if combined(case.scheme, step) == value:
        return replace(step, value=value)
    below = tuple(replace(child, factor=None) for child in step.children)
    given = Step("计入", value, "计入", "" if value is None else _NOT_BY_CLAUSE, factor=ONE)
    return replace(step, value=value, least=None, most=None, children=(given, *below))


# --- final -----------------------------------------------------------------------------------------------------------------


def final_item(case: Case, section: str, figures: r.ItemFigures, factor: Decimal | None = ONE) -> Step:
    """The item as it counts: own, reviewed, decided."""
    item = figures.item
    head = Step(f"第{item.no}项", None, _title(item), "核定者：" + "、".join(figures.reviewers) if figures.reviewers else "", factor=factor)
    made = _bottom(case, section, figures, head) if item.part == m.BOTTOM_LINE else _reviewed(case, section, figures, head)
    return decided(case, section, item.key, made, figures.final)


def _reviewed(case: Case, section: str, figures: r.ItemFigures, head: Step) -> Step:
    """What the reviewers made of the item; where they have not finished or differ, that."""
    item = figures.item
    found = {name: scored for name in figures.reviewers if (scored := case.scored(name, section)) is not None}
    done = [name for name in found if case.done(name, section)]
    scores = [found[name].items[item.key] for name in done]
    if done and len(done) == len(figures.reviewers) and all(s.figure == scores[0].figure for s in scores):
        made = _by_clauses(case, section, item, scores[0].clauses, done[0], head)
        own = (Step("自评", known(figures.own.value), "自评得分"),) if figures.own is not None and figures.own != scores[0].figure else ()
        return replace(made, children=(*made.children, *own))
    beside = [
        replace(
            _by_clauses(case, section, item, score.clauses, name, Step("核定", known(score.figure.value), f"{name}的核定")),
            factor=None,
        )
        for name, score in zip(done, scores, strict=True)
    ]
    if figures.reviewed is not None and figures.reviewed.value is not None and not found:
        beside.insert(0, Step("核定", known(figures.reviewed.value), "核定得分", _NOT_BY_CLAUSE, factor=ONE))
    own = own_item(case, section, item, None)
    return replace(head, children=(*beside, replace(own, name="自评", label=f"自评　{_title(item)}")))


def decided(case: Case, section: str, key: str, made: Step, figure: Figure) -> Step:
    """The step after the decisions about it; each keeps what it changed below it."""
    value, decisions = known(figure.value), case.decided(section, key, rec.ADJUST, rec.CORRECT)
    waiting = tuple(case.decision_step(x) for x in case.about(section, key, rec.ADJUST, rec.CORRECT))
    if decisions and Decimal(decisions[-1].decision.after.removesuffix("分")) == value:
        rows = [case.decision_step(x, value=Decimal(x.decision.after.removesuffix("分"))) for x in decisions]
        last = replace(rows[-1], factor=ONE)
        before = replace(made, name="决定前", label=f"决定之前的{made.name}", value=combined(case.scheme, made), factor=None)
        told = "以决定为准"
        return Step(made.name, value, made.label, told, factor=made.factor, children=(last, *rows[:-1], before, *waiting))
    rest = tuple(case.decision_step(x) for x in decisions)
    made = replace(made, children=(*made.children, *rest, *waiting))
    if combined(case.scheme, made) == value and (value is not None or made.counted):
        return replace(made, value=value)
    if value is None:
        return unknown(case, section, key, made)
    return fitted(case, made, figure)


def unknown(case: Case, section: str, key: str, made: Step) -> Step:
    """A figure that is not known yet: what is there stands beside, what lacks is said first."""
    part = case.scheme.item_by_key[key].part if key in case.scheme.item_by_key else key
    waits = case.open_steps(section, key, part, factor=ONE) or (Step("尚缺", None, "尚缺", r.NOT_REVIEWED, factor=ONE),)
    below = tuple(replace(child, factor=None) for child in made.children)
    return replace(made, value=None, children=(*waits, *below))


# --- 突破底线 ---------------------------------------------------------------------------------------------------------------


def _bottom(case: Case, section: str, figures: r.ItemFigures, head: Step) -> Step:
    """A positive deduction, the sum of what was confirmed; joint assessors count once, where they agree."""
    final = case.results.finals[section]
    mine = [x for x in final.incidents if x.item.key == figures.item.key]
    by_reviewer: dict[str, list[r.Incident]] = {}
    for incident in mine:
        by_reviewer.setdefault(incident.reviewer, []).append(incident)
    columns = [tuple(_incident(case, section, x) for x in found) for found in by_reviewer.values()]
    sums = [None if any(s.value is None for s in column) else sum((s.value for s in column), ZERO) for column in columns]
    agreed = bool(sums) and all(s == sums[0] for s in sums)
    steps: list[Step] = []
    for place, column in enumerate(columns):
        counts = agreed and place == 0
        shown = [s for s in column if s.value != 0 or s.children or counts and len(column) == 1]
        steps += [replace(s, factor=ONE if counts else None) for s in shown]
    absent = agreed and sums[0] == 0
    how = "；".join(filter(None, [head.how, "都核定为“无”" if absent else ""]))
    if absent and not any(s.factor is not None for s in steps):
        steps.append(Step("扣分", ZERO, "扣分", "没有确认的情形", factor=ONE))
    return replace(head, how=how, children=tuple(steps))


def _incident(case: Case, section: str, incident: r.Incident) -> Step:
    """One clause as one reviewer confirmed it, an event each below it."""
    clause, review = incident.clause, case.review(incident.reviewer, section)
    events = []
    for place, amount in enumerate(incident.amounts):
        fact = incident.facts[place] if place < len(incident.facts) else ""
        field = _event_fields(clause, review)[place] if review is not None else ""
        source = case.source(review.where(field)) if field else None
        events.append(Step(f"第{place + 1}起", amount, f"第{place + 1}起", fact, source, factor=ONE))
    state = {None: r.NOT_REVIEWED, False: rec.ABSENT, True: rec.PRESENT}[incident.present]
    settled = incident.present is False or (incident.present and any(incident.amounts) and _whole(case, section, incident))
    value = sum(incident.amounts, ZERO) if settled else None
    waits = () if settled else (Step("尚缺", None, "尚缺", f"{r.NOT_REVIEWED if incident.present is None else r.UNSETTLED}；等{incident.reviewer}", factor=ONE),)
    source = case.source(review.where(clause.id)) if review is not None and incident.present is not None else None
    said = Step("核定", None if incident.present is None else state, "核定", f"核定者：{incident.reviewer}", source)
    beside = (*evidence.ledger_rows(case, section, clause.id), *evidence.city_figures(case, section, clause.id))
    told = said if incident.present or beside else None
    label = f"细则{clause.no}　{' '.join(clause.text.split())}"
    children = (*events, *waits, *((told,) if told is not None else ()), *beside)
    how = f"{how_it_counts(clause)}；{incident.reviewer}核定：{state}"
    return Step(f"细则{clause.no}", known(value), label, how, factor=ONE, children=children)


def _event_fields(clause: m.Clause, review: rec.Review) -> list[str]:
    """The cells of the events that were entered, in the order of their amounts."""
    names = (f"{clause.id}@{k}" for k in range(1, clause.events + 1))
    return [name for name in names if isinstance(review.values.get(name), Decimal)]


def _whole(case: Case, section: str, incident: r.Incident) -> bool:
    """Whether the deduction counts: amounts that were refused or lack their facts keep it open."""
    scored = case.scored(incident.reviewer, section)
    found = scored.bottom.get(incident.clause.id) if scored is not None else None
    return found is None or found.figure.value is not None
