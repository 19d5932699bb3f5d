"""Sheets 述职测评 and 突破底线: what the meeting marked (group means only) and what the assessors confirmed.

Comes in: finals. Goes out: two sheets. Of single ballots nothing is known here; where few have voted, counts and spread are not
even in the results.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from workbook_builder import model as m
from workbook_builder import results as r
from workbook_builder.excel.report import Formula, Page, Value
from workbook_builder.intake.refs import a1
from workbook_builder.records import Evaluation, GroupFigure
from workbook_builder.rules.bottom import REGISTERED
from workbook_builder.rules.clauses import OPEN_TEXT
from workbook_builder.rules.excel import number
from workbook_builder.rules.sheet import tidy
from workbook_builder.summary import formulas as fm
from workbook_builder.summary.facts import Facts

if TYPE_CHECKING:
    from workbook_builder.summary.workbook import Parts

FEW = "票数少，不列"
NO_VOTE = "没有有效票"
_SECTION_WIDTH, _FIGURE_WIDTH, _SHEET_WIDTH = 28, 23, 118
UNREVIEWED, DIFFERENT = "未核定", "意见不一"


# --- 述职测评 -------------------------------------------------------------------------------------------------------------


def evaluation_page(parts: Parts, name: str) -> None:
    """Means per group and the weighted result; below, votes and spread as far as they may be told."""
    facts = parts.facts
    groups = facts.scheme.rater_groups
    columns = max(3 * len(groups), 6)
    page = parts.report.page(name, [_SECTION_WIDTH, *[_FIGURE_WIDTH] * columns])
    page.wide(f"述职测评 · {facts.label}", "title", least=28)
    page.wide(f"批次号 {facts.results.batch}　　{_weight_note(facts.scheme)}", "facts")
    weights = (f"{group.name}\n平均分（{_percent(group.weight)}）" for group in groups)
    page.line(["科室", *weights, "测评结果"], "head", least=34)
    found = {section: final.evaluation for section, final in facts.results.finals.items()}
    looks = _digits(facts, found)
    for section, evaluation in found.items():
        _means(page, facts, section, evaluation, looks)
    page.gap()
    page.wide("票数和分差", "heading", least=22)
    page.line(["科室", *(f"{group.name}\n{head}" for group in groups for head in ("有效票", "最高与最低相差"))], "head", least=34)
    for section, evaluation in found.items():
        cells = [cell for group in groups for cell in _spread(_of(evaluation, group.name))]
        page.line([section, *cells], ["cell", *("center" if isinstance(c, str) else "number" for c in cells)])
    least = facts.scheme.policy(m.P_SMALL_GROUP)
    page.wide(f"同一组有效票少于 {least} 张的，不列票数和分差（口径“{m.P_SMALL_GROUP}”）。弃权不计入有效票。", "note")


def _weight_note(scheme: m.Scheme) -> str:
    weight, scale = fm.weight_of_evaluation(scheme), scheme.policy(m.P_EVALUATION_SCALE)
    counted = f"测评结果×{number(weight)}计入总分" if weight else "单独列出，不计入总分"
    return f"满分 {scale} 分；{counted}（口径“{m.P_EVALUATION_WEIGHT}”取 {number(weight)}）"


def _percent(weight: Decimal) -> str:
    return f"{number(tidy(weight * 100))}%"


def _of(evaluation: Evaluation | None, group: str) -> GroupFigure | None:
    return next((g for g in evaluation.groups if g.group == group), None) if evaluation is not None else None


def _digits(facts: Facts, found: dict[str, Evaluation | None]) -> str:
    some = [evaluation for evaluation in found.values() if evaluation is not None]
    means = [group.mean for evaluation in some for group in evaluation.groups]
    return fm.digits_look(facts.scheme, [*means, *(evaluation.result for evaluation in some)])


def _means(page: Page, facts: Facts, section: str, evaluation: Evaluation | None, digits: str) -> None:
    groups = facts.scheme.rater_groups
    means: list[Value] = []
    for group in groups:
        figure = _of(evaluation, group.name)
        means.append(figure.mean if figure is not None and figure.mean is not None else NO_VOTE)
    result = evaluation.result if evaluation is not None else None
    terms = "+".join(f"{number(g.weight)}*{a1(page.row, 2 + n)}" for n, g in enumerate(groups))
    # The tiny term: a product may end in 5 behind the fourth decimal, where a binary fraction may lie below it.
    last: Value = OPEN_TEXT if result is None else Formula(f"ROUND({terms}+0.000000001,4)", result)
    looks = [f"center+open+{digits}" if isinstance(v, str) else f"number+{digits}" for v in (*means, last)]
    page.line([section, *means, last], ["cell", *looks[:-1], looks[-1] + "+key"])


def _spread(group: GroupFigure | None) -> list[Value]:
    if group is None or group.mean is None:
        return [NO_VOTE, "—"]
    if group.small or group.votes is None:
        return [FEW, "—"]
    return [group.votes, group.spread]


# --- 突破底线 -------------------------------------------------------------------------------------------------------------


def bottom_line_page(parts: Parts, name: str) -> None:
    """Sections by clauses, then every event with its facts, then what the ledger holds about these clauses."""
    facts = parts.facts
    items = [item for item in facts.scheme.items if item.part == m.BOTTOM_LINE]
    clauses = [(item, clause) for item in items for clause in item.clauses]
    width = min(34.0, max(12.0, _SHEET_WIDTH / max(1, len(clauses))))
    page = parts.report.page(name, [_SECTION_WIDTH, *[width] * max(len(clauses), 4), 13])
    page.wide(f"突破底线 · {facts.label}", "title", least=28)
    barred = "、".join(grade.name for grade in facts.scheme.grades if grade.barred)
    page.wide(f"批次号 {facts.results.batch}　　扣分从总分中扣除" + (f"；有扣分的不得评为{barred}" if barred else ""), "facts")
    wide = max(len(clauses), 4)
    blank = [None] * (wide - len(clauses))
    heads = [f"第{item.no}项　{' '.join(clause.text.split())}" for item, clause in clauses]
    page.header(page.line(["科室", *heads, *blank, "扣分合计"], ["head", *["head+small+left"] * wide, "head"], least=34))
    for section, final in facts.results.finals.items():
        marks = [clause_mark(final, clause) for _, clause in clauses]
        total = final.parts[m.BOTTOM_LINE].shown
        looks = ["cell", *(_mark_look(mark) for mark in marks), *["center"] * len(blank)]
        page.line([section, *marks, *blank, total], [*looks, "number+key" + ("+open" if total == OPEN_TEXT else "")], least=20)
    _events(page, facts)
    _registered(page, facts, {clause.id for _, clause in clauses})


def clause_mark(final: r.Final, clause: m.Clause) -> str:
    """无, −5（1起）, 未核定, 已登记未定; joint assessors decide together."""
    marks = [_mark(incident) for incident in final.incidents if incident.clause.id == clause.id]
    if not marks or UNREVIEWED in marks:
        return UNREVIEWED
    return marks[0] if len(set(marks)) == 1 else DIFFERENT


def _mark(incident: r.Incident) -> str:
    if incident.present is None:
        return UNREVIEWED
    if not incident.present:
        return "无"
    if not any(incident.amounts):
        return REGISTERED
    return f"−{number(tidy(sum(incident.amounts, Decimal(0))))}（{sum(amount > 0 for amount in incident.amounts)}起）"


def _mark_look(mark: str) -> str:
    if mark in (UNREVIEWED, REGISTERED, DIFFERENT):
        return "center+open"
    return "center+bad+key" if mark.startswith("−") else "center"


def _events(page: Page, facts: Facts) -> None:
    found = [(final, x) for final in facts.results.finals.values() for x in final.incidents if x.present]
    page.gap()
    page.wide("已确认的情形", "heading", least=22)
    for final, incident in found:
        amounts = list(zip(incident.amounts, incident.facts, strict=False)) or [(None, "")]
        for place, (amount, fact) in enumerate(amounts, 1):
            shown = REGISTERED if not amount else f"扣 {number(amount)} 分"
            text = f"第{incident.item.no}项　第{place}起　{shown}　核定者：{incident.reviewer}\n事实：{fact or '（未写）'}"
            page.captioned(final.section.name, text, split=1)
    if not found:
        page.wide("没有。", "note")
    adjusted = [a for final in facts.results.finals.values() for a in final.adjustments if a.item == m.BOTTOM_LINE]
    for a in adjusted:
        page.captioned(a.section, f"{a.basis}：扣分合计 {a.before}→{a.after}　{a.role}\n理由：{a.reason}", split=1)


def _registered(page: Page, facts: Facts, clauses: set[str]) -> None:
    entries = [entry for entry in facts.results.ledger if entry.clause in clauses]
    if not entries:
        return
    page.gap()
    page.wide("日常检查台账中登记的情形（核定时参考）", "heading", least=22)
    for entry in entries:
        date = entry.date.isoformat() if entry.date is not None else "日期未填"
        page.captioned(entry.section or "（未定科室）", f"{facts.place(entry.clause)}　{date}　{entry.facts}", split=1)
