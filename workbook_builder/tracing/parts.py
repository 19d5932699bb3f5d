"""Parts, 述职测评 and the total of a section: own, and after review.

Comes in: a case and a section. Goes out: `Step`s down to the cells.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder import results as r
from workbook_builder.duties import reviewers
from workbook_builder.records import TRANSFER, GroupFigure
from workbook_builder.rules import sheet as sh
from workbook_builder.rules.clauses import ZERO
from workbook_builder.rules.excel import number
from workbook_builder.rules.items import Figure
from workbook_builder.rules.sheet import tidy
from workbook_builder.tracing import evidence
from workbook_builder.tracing.case import Case
from workbook_builder.tracing.items import decided, final_item, fitted, known, own_item
from workbook_builder.tracing.steps import ONE, Step, combined

FEW, NO_VOTE = "票数少，不列", "没有有效票"
_ANNEX = "附件2合计"


# --- own -------------------------------------------------------------------------------------------------------------------


def own_total(case: Case, section: str) -> Step:
    """自评总分, rounded as a total."""
    head = Step(sh.SELF_TOTAL, None, sh.SELF_TOTAL, "各部分自评得分之和，未扣突破底线", by_policy=True)
    if case.results.assessments[section].returned is None:
        return replace(head, how=_status(case, section), children=_waits(case, section))
    parts = tuple(own_part(case, section, name) for name in sh.SHEET_PARTS)
    made = replace(head, children=(*parts, *case.policy_steps(m.P_DIGITS, m.P_ROUNDING)))
    total = case.facts.self_total(section)
    return fitted(case, made, Figure(total, ZERO, ZERO))


def own_part(case: Case, section: str, name: str, factor: Decimal | None = ONE) -> Step:
    """A part as the section reports it."""
    assessment = case.results.assessments[section]
    if name == m.BOTTOM_LINE:
        return Step(name, None, name, "自评不含突破底线，由考评科室在核定时确认", factor=factor)
    if assessment.returned is None:
        return Step(name, None, name, _status(case, section), factor=factor, children=_waits(case, section))
    if name == m.SPECIAL and case.scheme.policy(m.P_SPECIAL_BASIS) != _ANNEX:
        return _own_special(case, section, factor)
    part = case.scheme.part(name)
    items = tuple(own_item(case, section, item) for item in case.scheme.section_items(assessment.section, name))
    made = Step(name, None, f"{name}自评", factor=factor, most=part.full, children=(*items, *_special_policy(case, name)))
    return fitted(case, made, assessment.score.section.parts[name])


def _status(case: Case, section: str) -> str:
    return f"还没有可以采用的考评表（{case.results.assessments[section].status}）"


def _waits(case: Case, section: str) -> tuple[Step, ...]:
    found = case.open_steps(section, "", factor=ONE)
    return found or (Step("尚缺", None, "尚缺", f"{case.results.assessments[section].status}；等{section}", factor=ONE),)


def _special_policy(case: Case, name: str) -> tuple[Step, ...]:
    return case.policy_steps(m.P_SPECIAL_BASIS) if name == m.SPECIAL else ()


def _own_special(case: Case, section: str, factor: Decimal | None) -> Step:
    score = case.results.assessments[section].score
    given = _declared(case, section)
    value = known(score.special.value)
    counts = Step("自评分", value, "特色工作自评分", _band(case), case.returned_source(section, sh.PROPOSED), factor=ONE)
    children = (counts, *given, *_annex(case, section), *case.policy_steps(m.P_SPECIAL_BASIS))
    return Step(m.SPECIAL, value, f"{m.SPECIAL}自评", factor=factor, children=children)


def _declared(case: Case, section: str) -> tuple[Step, ...]:
    return tuple(evidence.own_answers(case, section, [sh.AWARD]))


def _band(case: Case) -> str:
    (low, high), (other_low, other_high) = case.scheme.special_awarded, case.scheme.special_other
    return f"获市局加分的 {number(low)}–{number(high)} 分，其他 {number(other_low)}–{number(other_high)} 分，没有的 0 分"


def _annex(case: Case, section: str) -> tuple[Step, ...]:
    """The points of annex 2 as evidence; they stand beside the score."""
    assessment = case.results.assessments[section]
    if assessment.returned is None:
        return ()
    items = [own_item(case, section, item, None) for item in case.scheme.section_items(assessment.section, m.SPECIAL)]
    return tuple(replace(item, label=f"{item.label}（附件2分数，供核定参考）") for item in items if item.value != 0)


# --- final -----------------------------------------------------------------------------------------------------------------


def final_part(case: Case, section: str, name: str, factor: Decimal | None = ONE) -> Step:
    """A part as it counts; 突破底线 a positive deduction."""
    final, part = case.results.finals[section], case.scheme.part(name)
    if name == m.SPECIAL and case.scheme.policy(m.P_SPECIAL_BASIS) != _ANNEX:
        return _final_special(case, section, factor)
    figures = [f for f in final.items.values() if f.item.part == name]
    items = tuple(final_item(case, section, f) for f in figures)
    if name == m.BOTTOM_LINE:
        items = tuple(i for i in items if i.value != 0 or any(s.name == evidence.LEDGER for s in i.walk()))
        none = (Step("扣分", ZERO, "扣分", "各考评科室都核定为“无”", factor=ONE),) if all(i.factor is None for i in items) else ()
        made = Step(name, None, name, "从总分中扣除", factor=factor, children=(*items, *none))
        return decided(case, section, name, made, final.parts[name])
    made = Step(name, None, name, factor=factor, most=part.full, children=(*items, *_special_policy(case, name)))
    if name == m.BUSINESS and _laid_on(case, final):
        made = _less_borne(case, final, made)
    return decided(case, section, name, made, final.parts[name])


def _laid_on(case: Case, final: r.Final) -> bool:
    return bool(final.borne) or any(t.agreed is None and t.bearer == final.section.name for t in case.moved)


def _less_borne(case: Case, final: r.Final, made: Step) -> Step:
    """What the section bears for others comes off its own items."""
    own = replace(made, name="各项小计", label="各项小计", value=combined(case.scheme, made), factor=ONE)
    borne = [_borne(case, b) for b in final.borne]
    borne += [
        Step("替人承担", None, f"替{t.section}承担　{case.facts.place(t.clause)}", "等待决定由谁承担", factor=-ONE)
        for t in case.moved
        if t.agreed is None and t.bearer == final.section.name
    ]
    least = ZERO if case.rules.floor else None
    return Step(made.name, None, made.label, "减去替其他科室承担的扣分", factor=made.factor, least=least, children=(own, *borne))


def _borne(case: Case, borne: r.Borne) -> Step:
    rows = tuple(case.decision_step(x) for x in case.decided(borne.section, borne.clause.id, TRANSFER))
    figures = tuple(evidence.city_figures(case, borne.section, borne.clause.id))
    told = "；".join(filter(None, (borne.reason, borne.document)))
    label = f"替{borne.section}承担　{case.facts.place(borne.clause.id)}"
    return Step(f"替{borne.section}承担", tidy(borne.points), label, told, factor=-ONE, children=(*rows, *figures))


def _final_special(case: Case, section: str, factor: Decimal | None) -> Step:
    """The score that the reviewer has left or set, then decisions."""
    final = case.results.finals[section]
    _, review, figure = final.special
    who = reviewers(case.scheme, final.section, m.SPECIAL)[0]
    steps: list[Step] = []
    if review is not None:
        entered = tuple(evidence.reviewed_answers(case, section, who, [sh.PROPOSED]))
        given = next((step for step in entered if step.value is not None), None)
        source = given.source if given is not None else case.returned_source(section, sh.PROPOSED)
        told = given.how if given is not None else f"核定者：{who}；同自报"
        steps.append(Step("核定分", known(review.value), "特色工作核定分", told, source, factor=ONE))
        steps += evidence.reviewed_answers(case, section, who, [sh.AWARD])
    for field in (sh.PROPOSED, sh.AWARD):
        steps += evidence.own_answers(case, section, [field]) if _returned(case, section) else ()
    steps += [*evidence.city_figures(case, section, sh.AWARD), *_annex(case, section), *case.policy_steps(m.P_SPECIAL_BASIS)]
    made = Step(m.SPECIAL, None, m.SPECIAL, _band(case), factor=factor, children=tuple(steps))
    return decided(case, section, m.SPECIAL, made, figure)


def _returned(case: Case, section: str) -> bool:
    return case.results.assessments[section].returned is not None


def final_total(case: Case, section: str) -> Step:
    """总分 of the stage after review."""
    scheme = case.scheme
    standing = case.facts.standing_of[section]
    parts = [final_part(case, section, part.name, Decimal(part.sign)) for part in scheme.parts]
    weight = Decimal(scheme.policy(m.P_EVALUATION_WEIGHT))
    evaluated = (evaluation(case, section, weight),) if weight else ()
    floor = scheme.policy(m.P_TOTAL_FLOOR) == "0"
    names = (m.P_DIGITS, m.P_ROUNDING, m.P_EVALUATION_WEIGHT, m.P_TOTAL_FLOOR)
    children = (*parts, *evaluated, *case.policy_steps(*names))
    made = Step(m.TOTAL, None, m.TOTAL, least=ZERO if floor else None, by_policy=True, children=children)
    if standing.total.value is None:
        low, high = (_bound(bound) for bound in (standing.total.low, standing.total.high))
        return replace(made, how=f"还有未定的，最低 {low}、最高 {high}")
    return fitted(case, made, standing.total)


def _bound(value: Decimal) -> str:
    return number(tidy(value)) if value.is_finite() else "不定"


# --- 述职测评 ---------------------------------------------------------------------------------------------------------------


def evaluation(case: Case, section: str, factor: Decimal | None = None) -> Step:
    """The groups' means and counts, as far as they may be told; nothing of a single ballot."""
    name = m.EVALUATION
    final = case.results.finals.get(section)
    if final is None:
        return Step(name, None, name, "核定稿起列出", factor=factor)
    found = final.evaluation
    policies = case.policy_steps(m.P_EVALUATION_SCALE, m.P_OWN_VOTE, m.P_SMALL_GROUP, m.P_EVALUATION_WEIGHT)
    if found is None:
        waits = case.open_steps(section, m.EVALUATION, factor=ONE)
        return Step(name, None, name, r.NOT_EVALUATED, factor=factor, children=(*waits, *policies))
    weights = {group.name: group.weight for group in case.scheme.rater_groups}
    told = all(group.mean is not None for group in found.groups)
    groups = tuple(_group(case, group, weights[group.group] if told or found.result is None else None) for group in found.groups)
    waits = case.open_steps(section, m.EVALUATION) if found.result is None else ()
    how = "先算各组平均分，再按各组比重相加" + ("" if factor else "；单独列出，不计入总分")
    return Step(name, known(found.result), name, how, factor=factor, children=(*groups, *waits, *policies))


def _group(case: Case, group: GroupFigure, weight: Decimal | None) -> Step:
    if group.small:
        told = FEW
    elif group.mean is None:
        told = NO_VOTE
    else:
        told = f"有效票 {group.votes} 张，最高与最低相差 {number(group.spread)}"
    return Step(f"{group.group}平均", known(group.mean), f"{group.group}平均分", told, factor=weight)
