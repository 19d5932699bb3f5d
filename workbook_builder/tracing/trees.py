"""What is asked → the tree that answers it, at the stage the year has reached.

Comes in: a case, a section and an `Asked`. Goes out: a `Step`.
"""

from __future__ import annotations

from dataclasses import replace

from workbook_builder import model as m
from workbook_builder.records import ADJUST, CORRECT
from workbook_builder.rules import sheet as sh
from workbook_builder.tracing import evidence, standing
from workbook_builder.tracing.case import Case
from workbook_builder.tracing.fields import CLAUSE, GRADE, ITEM, RANK, Asked
from workbook_builder.tracing.items import clause_step, final_item, own_item
from workbook_builder.tracing.parts import evaluation, final_part, final_total, own_part, own_total
from workbook_builder.tracing.steps import ONE, Step


def traced(case: Case, section: str, what: Asked) -> Step:
    """The walk from this figure down to the cells."""
    if what.kind == CLAUSE:
        return _clause(case, section, case.scheme.clause_by_id[what.key])
    if what.kind == ITEM:
        return replace(_item(case, section, case.scheme.item_by_key[what.key]), factor=None)
    return replace(_figure(case, section, what.key), factor=None)


def _figure(case: Case, section: str, name: str) -> Step:
    final = section in case.results.finals
    if name == m.TOTAL:
        return final_total(case, section) if final else own_total(case, section)
    if name == sh.SELF_TOTAL:
        return own_total(case, section)
    if name == RANK:
        return standing.rank(case, section)
    if name == GRADE:
        return standing.grade(case, section)
    if name == m.EVALUATION:
        return evaluation(case, section)
    return final_part(case, section, name) if final else own_part(case, section, name)


def _item(case: Case, section: str, item: m.Item) -> Step:
    final = case.results.finals.get(section)
    if final is not None:
        return final_item(case, section, final.items[item.key])
    if item.part == m.BOTTOM_LINE:
        return replace(own_part(case, section, m.BOTTOM_LINE), name=f"第{item.no}项", label=f"{item.part}第{item.no}项")
    return own_item(case, section, item)


def _clause(case: Case, section: str, clause: m.Clause) -> Step:
    """A clause by itself: where its item tells of it, that; else with all that stands behind it."""
    item = case.scheme.item_by_key[clause.item]
    tree = _item(case, section, item)
    name, label = f"细则{clause.no}", f"{item.part}第{item.no}项细则{clause.no}　{' '.join(clause.text.split())}"
    found = next((step for step in tree.walk() if step.name == name and step.value is not None), None)
    found = found or next((step for step in tree.walk() if step.name == name), None)
    if found is None:
        found = _quiet(case, section, item, clause)
    return replace(found, label=label, factor=None, children=(*found.children, *_rows_of_item(case, section, item)))


def _rows_of_item(case: Case, section: str, item: m.Item) -> tuple[Step, ...]:
    """Decisions about the whole item: they may count in place of its clauses."""
    return tuple(case.decision_step(x) for x in case.decided(section, item.key, ADJUST, CORRECT))


def _quiet(case: Case, section: str, item: m.Item, clause: m.Clause) -> Step:
    """A clause that takes nothing off: its answer is told all the same."""
    final = case.results.finals.get(section)
    who = next((n for n in final.items[item.key].reviewers if case.done(n, section)), "") if final is not None else ""
    scored = case.scored(who, section) if who else None
    if item.part != m.BOTTOM_LINE and scored is not None:
        return clause_step(case, section, item, clause, scored.items[item.key].clauses[clause.id], who, ONE)
    assessment = case.results.assessments[section]
    if item.part != m.BOTTOM_LINE and assessment.returned is not None:
        return clause_step(case, section, item, clause, assessment.score.section.items[item.key].clauses[clause.id], "", ONE)
    return _nothing(case, section, item, clause)


def _nothing(case: Case, section: str, item: m.Item, clause: m.Clause) -> Step:
    """突破底线 that nobody found, or a section that has returned nothing."""
    name = f"细则{clause.no}"
    if item.part != m.BOTTOM_LINE:
        return Step(name, None, name, "没有采用任何考评表", children=case.open_steps(section, item.key, item.part, ""))
    said = []
    final = case.results.finals.get(section)
    for incident in final.incidents if final is not None else ():
        review = case.review(incident.reviewer, section)
        if incident.clause.id == clause.id and review is not None and review.values.get(clause.id) is not None:
            value = str(review.values[clause.id])
            said.append(Step("核定", value, "核定", f"核定者：{incident.reviewer}", case.source(review.where(clause.id))))
    beside = evidence.ledger_rows(case, section, clause.id)
    return Step(name, 0 if said and all(s.value == "无" for s in said) else None, name, children=(*said, *beside))
