"""What stands behind one clause: own answer, the city's figure, 核定, the ledger, transfers — each with its cell.

Comes in: a case, a section, a clause. Goes out: steps that stand beside the points (they add nothing themselves).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder import records as rec
from workbook_builder import results as r
from workbook_builder.basis import city_counts
from workbook_builder.layout.book import clause_of
from workbook_builder.problems import Where
from workbook_builder.reviewing.score import ReviewedSection
from workbook_builder.rules import review as rv
from workbook_builder.rules import sheet as sh
from workbook_builder.rules import slots as sl
from workbook_builder.rules.excel import number
from workbook_builder.rules.slots import NOT_ACCEPTED, SlotValue
from workbook_builder.summary.answers import BLANK, DECLARATIONS
from workbook_builder.tracing.case import Case
from workbook_builder.tracing.steps import Step

UNREAD = "（未采用）"
SELF, REVIEW, CITY, LEDGER, NOTE = "自评", "核定", "市局反馈", "台账", "说明及佐证"


def of_clause(case: Case, section: str, clause: m.Clause, reviewer: str = "", scored: ReviewedSection | None = None) -> tuple[Step, ...]:
    """Everything about a clause; after review as `reviewer` left it, else the section's own word alone."""
    fields = [clause.id + slot.suffix for slot in case.rules.slots[clause.id]]
    steps = [*own_answers(case, section, fields)]
    steps += city_figures(case, section, clause.id)
    if scored is not None:
        steps += reviewed_answers(case, section, reviewer, fields)
    steps += _blank_means(case, section, clause, reviewer, scored)
    steps += ledger_rows(case, section, clause.id)
    steps += transferred(case, section, clause.id)
    kinds = (rec.RELEASE,)
    steps += [case.decision_step(x) for x in (*case.decided(section, clause.id, *kinds), *case.about(section, clause.id, *kinds))]
    return (*steps, *case.policy_steps(*_policies(case, section, clause)))


def changed(case: Case, section: str, clause: m.Clause) -> bool:
    """Whether anybody but the section has said anything about a clause."""
    final, base = case.results.finals.get(section), case.bases.get(section)
    if final is not None and any(clause_of(a.field) == clause.id for a in final.adjustments):
        return True
    if base is not None and (clause.id in base.figures or clause.id in base.ledger):
        return True
    return any(e.section == section and e.clause == clause.id for e in case.results.ledger)


# --- the section's own word --------------------------------------------------------------------------------------------


def own_answers(case: Case, section: str, fields: list[str]) -> Iterator[Step]:
    """Answers that were given or refused, the clause's own cell always; notes beside them."""
    returned = case.results.assessments[section].returned
    if returned is None:
        yield Step(SELF, None, SELF, f"没有采用任何考评表（{case.results.assessments[section].status}）")
        return
    for place, field in enumerate(fields):
        if returned.entries.get(field) is not None or field in returned.refused or place == 0:
            yield _own(case, section, field)
        note = field + sh.NOTE_SUFFIX
        if returned.entries.get(note) is not None:
            yield Step(NOTE, str(returned.entries[note]), NOTE, source=case.returned_source(section, note))


def _own(case: Case, section: str, field: str) -> Step:
    returned = case.results.assessments[section].returned
    source = case.returned_source(section, field)
    if field in returned.refused:
        return Step(SELF, None, f"{SELF}{_sub(case, field)}", f"写的是“{returned.refused[field]}”，{UNREAD[1:-1]}", source)
    value = returned.entries.get(field)
    how = "" if value is not None else "这一格空着"
    if source is not None and source.raw is not None and _differs(source.raw, value):
        how = f"格内写的是“{_text(source.raw)}”，读作 {answer(value)}"
    return Step(SELF, value, f"{SELF}{_sub(case, field)}", how, source)


def _sub(case: Case, field: str) -> str:
    """What a row below the clause's own says."""
    if field in DECLARATIONS:
        return f"·{DECLARATIONS[field]}"
    stem = clause_of(field)
    slot = next((s for s in case.rules.slots.get(stem, ()) if stem + s.suffix == field), None)
    return f"·{slot.label}" if slot is not None and slot.label else ""


def _differs(raw: object, value: SlotValue) -> bool:
    return raw != value if isinstance(raw, Decimal) else str(raw) != ("" if value is None else str(value))


def _text(raw: object) -> str:
    return number(raw) if isinstance(raw, Decimal) else str(raw)


def answer(value: SlotValue) -> str:
    """An answer as people read it."""
    if value is None:
        return BLANK
    if isinstance(value, str):
        return UNREAD if value == NOT_ACCEPTED else value
    return number(sh.tidy(value))


def _blank_means(
    case: Case, section: str, clause: m.Clause, reviewer: str, scored: ReviewedSection | None
) -> Iterator[Step]:
    """Whose confirmation makes a blank mean that nothing happened."""
    blank = [slot for slot in case.rules.slots[clause.id] if slot.blank == sl.NOT_HAPPENED]
    counts = scored.effective if scored is not None else case.results.assessments[section].returned
    if counts is None or not blank:
        return
    values = counts if scored is not None else counts.scored
    if any(values.get(clause.id + slot.suffix) is not None for slot in blank):
        return
    returned = case.results.assessments[section].returned
    if returned is not None and sh.confirmed(returned.scored):
        yield Step(sh.CONFIRM, m.YES, sh.CONFIRM, "空着的扣分细则没有发生", case.returned_source(section, sh.CONFIRM))
    review = case.review(reviewer, section)
    if review is not None and review.confirmed:
        yield Step(rv.CONFIRM, m.YES, rv.CONFIRM, f"核定者：{reviewer}", _review_source(case, review, rv.CONFIRM))


# --- the city, review, ledger, transfers ---------------------------------------------------------------------------------


def city_figures(case: Case, section: str, stem: str) -> Iterator[Step]:
    """Every figure of the city about a clause, counted or not."""
    base = case.bases.get(section)
    counts = "" if city_counts(case.scheme) else "不采用，只列出"
    for figure in base.figures.get(stem, ()) if base is not None else ():
        told = [figure.document, f"参照数据 {answer(figure.reference)}" if figure.reference is not None else "", figure.note, counts]
        told += [f"登记由{figure.bearer}承担"] if figure.transferred else []
        told += ["自评阶段不计，核定时采用"] if not case.results.is_final and not counts else []
        yield Step(CITY, figure.value, CITY, "；".join(filter(None, told)), case.source(figure.where))


def reviewed_answers(case: Case, section: str, reviewer: str, fields: list[str]) -> Iterator[Step]:
    """What the reviewer entered, with the reason; nothing where the basis was left to stand."""
    review = case.review(reviewer, section)
    if review is None:
        return
    for field in fields:
        source = _review_source(case, review, field)
        if field in review.refused:
            yield Step(REVIEW, None, REVIEW, f"核定者：{reviewer}；写的是“{review.refused[field]}”，{UNREAD[1:-1]}", source)
        elif review.values.get(field) is not None:
            reason = review.reasons.get(field, "")
            told = f"核定者：{reviewer}" + (f"；理由：{reason}" if reason else "")
            yield Step(REVIEW, review.values[field], f"{REVIEW}{_sub(case, field)}", told, source)
    if clause_of(fields[0]) in review.reopened:
        yield Step(REVIEW, None, REVIEW, f"核定之后填报或市局数据变了，等{reviewer}重新核定")


def _review_source(case: Case, review: rec.Review, field: str):
    where = review.where(field)
    return case.source(where) if where.cell else case.source(Where(review.file, review.sheets.get(field, review.section)))


def ledger_rows(case: Case, section: str, clause: str) -> Iterator[Step]:
    for entry in case.results.ledger:
        if entry.section == section and entry.clause == clause:
            told = [entry.date.isoformat() if entry.date else "日期未填"]
            told += [f"登记 {number(entry.amount)}" if entry.amount is not None else "没有写次数或分值"]
            yield Step(LEDGER, entry.facts, f"{LEDGER}（供核定参考）", "；".join(told), case.source(entry.where))


def transferred(case: Case, section: str, clause: str) -> Iterator[Step]:
    """Deductions of the clause that another section is to bear."""
    words = {True: "转由{}承担，本科室不计", False: "不转由{}承担", None: "等待决定是否由{}承担"}
    for transfer in case.moved:
        if (transfer.section, transfer.clause) == (section, clause):
            rows = case.decided(section, clause, rec.TRANSFER)
            steps = tuple(case.decision_step(x) for x in rows if x.decision.before == transfer.text)
            told = words[transfer.agreed].format(transfer.bearer)
            yield Step(r.BY_TRANSFER, transfer.points, f"{r.BY_TRANSFER}的扣分", told, children=steps)


# --- policies ----------------------------------------------------------------------------------------------------------


def _policies(case: Case, section: str, clause: m.Clause) -> list[str]:
    """Policies whose reading bears on the points of this clause now."""
    names = list(case.policies_of(clause.id))
    base, returned = case.bases.get(section), case.results.assessments[section].returned
    values = [v for source in (base.values if base else {}, returned.entries if returned else {}) for k, v in source.items() if clause_of(k) == clause.id]
    if base is not None and clause.id in base.figures:
        names.append(m.P_CITY)
    if m.UNRANKED in values and clause.direction == m.DEDUCT:
        names.append(m.P_UNRANKED_DEDUCT)
    if clause.kind in (m.DISCRETIONARY, m.DISCRETIONARY_EACH) and any(isinstance(v, Decimal) for v in values):
        names.append(m.P_STEP)
    return list(dict.fromkeys(names))
