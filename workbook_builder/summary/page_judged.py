"""Sheets 述职测评 and 突破底线: what the meeting marked (group means only) and what the assessors confirmed.

Comes in: finals. Goes out: two sheets. Of single ballots nothing is known here; where few have voted, counts and spread are not
even in the results.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import cycle, zip_longest
from typing import TYPE_CHECKING

from workbook_builder import model as m
from workbook_builder import results as r
from workbook_builder.excel import charts
from workbook_builder.excel.report import Formula, Page, Value
from workbook_builder.intake.refs import a1
from workbook_builder.records import Evaluation, GroupFigure
from workbook_builder.rules.bottom import REGISTERED
from workbook_builder.rules.clauses import OPEN_TEXT
from workbook_builder.rules.excel import number
from workbook_builder.rules.sheet import tidy
from workbook_builder.summary import formulas as fm
from workbook_builder.summary.facts import Facts
from workbook_builder.summary.frame import framed, name_width, named, room, stays
from workbook_builder.summary.origins import ORIGIN, beside

if TYPE_CHECKING:
    from workbook_builder.summary.workbook import Parts

FEW = "票数少，不列"
NO_VOTE = "没有有效票"
_FIGURE_WIDTH, _SHEET_WIDTH, _CHART = 19, 112, 150.0
_OF_GROUP = ("平均分", "有效票", "最高与最低相差")
UNREVIEWED, DIFFERENT = "未核定", "意见不一"


# --- 述职测评 -------------------------------------------------------------------------------------------------------------


def evaluation_page(parts: Parts, name: str) -> None:
    """Means per group and the weighted result; below, votes and spread as far as they may be told."""
    facts = parts.facts
    groups = facts.scheme.rater_groups
    told = (f"批次号 {facts.results.batch}　　{_weight_note(facts.scheme)}",)
    marks = {section: final.evaluation for section, final in facts.results.finals.items()}
    # Whoever is not in the chart stands below the others: a chart would draw a text as 0.
    found = dict(sorted(marks.items(), key=lambda mark: not _complete(mark[1])))
    widths = [name_width(found), *[_FIGURE_WIDTH] * (len(_OF_GROUP) * len(groups) + 1)]
    with framed(parts.report, name, widths, f"述职测评 · {facts.label}", told) as page:
        first = _means_table(page, parts, found)
        least = facts.scheme.policy(m.P_SMALL_GROUP)
        page.wide(f"同一组有效票少于 {least} 张的，不列票数和分差（口径“{m.P_SMALL_GROUP}”）。弃权不计入有效票。", "note")
        _chart(page, facts, first, found)


def _means_table(page: Page, parts: Parts, found: dict[str, Evaluation | None]) -> int:
    """Two rows of headings, then the sections; the number of the first row of figures."""
    groups = parts.facts.scheme.rater_groups
    spans = [text for group in groups for text in (f"{group.name}（{_percent(group.weight)}）", *[None] * (len(_OF_GROUP) - 1))]
    # Texts come with the joined cells: one narrow cell alone would make the row higher than they need.
    top = page.line([None] * (len(spans) + 2), "head", least=22)
    below = page.line([None, *[head for _ in groups for head in _OF_GROUP], None], "head", least=22)
    for column, text in ((1, "科室"), (2 + len(spans), "测评结果")):
        page.joined((top, column, below, column), text, "head")
    for start in range(2, 2 + len(spans), len(_OF_GROUP)):
        page.joined((top, start, top, start + len(_OF_GROUP) - 1), spans[start - 2], "head")
    digits = _digits(parts.facts, found)
    for section, evaluation in found.items():
        _means(page, parts, section, evaluation, digits)
    stays(page, top, rows=2)
    return below + 1


def _chart(page: Page, facts: Facts, first: int, found: dict[str, Evaluation | None]) -> None:
    """A dot per group and section: means only, which the table above shows as well."""
    groups = facts.scheme.rater_groups
    complete = [evaluation for evaluation in found.values() if _complete(evaluation)]
    left = [section for section, evaluation in found.items() if not _complete(evaluation)]
    if left:
        page.wide(f"没有测评或一组没有有效票，不画入图中：{'、'.join(left)}。", "note")
    if not complete:
        return
    known = [group.mean for evaluation in complete for group in evaluation.groups]
    series = [charts.Series(group.name, 2 + len(_OF_GROUP) * n, fill) for n, (group, fill) in enumerate(zip(groups, cycle(charts.DOT_FILLS), strict=False))]
    chart = charts.dots(
        page,
        charts.Table(first, first + len(complete) - 1, 1),
        series,
        title=f"各组平均分（满分 {facts.scheme.policy(m.P_EVALUATION_SCALE)}，纵轴不从 0 起）",
        lowest=(min(known) - 1).to_integral_value(ROUND_FLOOR),
        highest=(max(known) + 1).to_integral_value(ROUND_CEILING),
    )
    kept = room(page, _CHART)
    charts.place(page, chart, kept.row, 1, kept.width, kept.height, "各科室各组平均分，数字见上表")


def _complete(evaluation: Evaluation | None) -> bool:
    """Whether every group has a mean."""
    return evaluation is not None and all(group.mean is not None for group in evaluation.groups)


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


def _means(page: Page, parts: Parts, section: str, evaluation: Evaluation | None, digits: str) -> None:
    groups = parts.facts.scheme.rater_groups
    values: list[Value] = []
    looks: list[str] = []
    for group in groups:
        figure = _of(evaluation, group.name)
        mean = figure.mean if figure is not None else None
        values += [NO_VOTE if mean is None else mean, *_spread(figure)]
        looks.append(f"center+open+{digits}" if mean is None else f"number+{digits}")
        looks += ["center" if isinstance(value, str) else "number" for value in values[-2:]]
    result = evaluation.result if evaluation is not None else None
    terms = "+".join(f"{number(g.weight)}*{a1(page.row, 2 + len(_OF_GROUP) * n)}" for n, g in enumerate(groups))
    # The tiny term: a product may end in 5 behind the fourth decimal, where a binary fraction may lie below it.
    last: Value = OPEN_TEXT if result is None else Formula(f"ROUND({terms}+0.000000001,4)", result)
    final = f"center+open+{digits}" if result is None else f"number+{digits}+key"
    page.line([named(parts.sheet_of, section), *values, last], ["cell+link", *looks, final], least=18)


def _spread(group: GroupFigure | None) -> list[Value]:
    if group is None or group.mean is None:
        return ["—", "—"]
    if group.small or group.votes is None:
        return [FEW, "—"]
    return [group.votes, group.spread]


# --- 突破底线 -------------------------------------------------------------------------------------------------------------


def bottom_line_page(parts: Parts, name: str) -> None:
    """Sections by clauses, then every event with its facts, then what the ledger holds about these clauses."""
    facts = parts.facts
    items = [item for item in facts.scheme.items if item.part == m.BOTTOM_LINE]
    clauses = [(item, clause) for item in items for clause in item.clauses]
    barred = "、".join(grade.name for grade in facts.scheme.grades if grade.barred)
    barring = f"；有扣分的不得评为{barred}" if barred else ""
    lines = (f"批次号 {facts.results.batch}　　扣分从总分中扣除{barring}；各格的出处，见各科室页“核定{ORIGIN}”列",)
    wide = max(len(clauses), 4)
    widths = [name_width(facts.results.finals), *_shares([clause for _, clause in clauses], wide), 12]
    with framed(parts.report, name, widths, f"突破底线 · {facts.label}", lines) as page:
        page.ws.freeze_panes(1, 1)
        blank = [None] * (wide - len(clauses))
        heads = [f"第{item.no}项　{' '.join(clause.text.split())}" for item, clause in clauses]
        page.header(page.line(["科室", *heads, *blank, "扣分合计"], ["head", *["head+small+left"] * wide, "head"], least=34), frozen=False)
        for section, final in facts.results.finals.items():
            marks = [clause_mark(final, clause) for _, clause in clauses]
            total = final.parts[m.BOTTOM_LINE].shown
            looks = ["cell+link", *(f"center{mark_look(mark)}" for mark in marks), *["center"] * len(blank)]
            last = "number+key" + ("+open" if total == OPEN_TEXT else "")
            page.line([named(parts.sheet_of, section), *marks, *blank, total], [*looks, last], least=20)
        _events(page, facts)
        _registered(page, facts, {clause.id for _, clause in clauses})


def _shares(clauses: Sequence[m.Clause], wide: int) -> list[float]:
    """Widths of the columns of clauses: more for more words, so that the heading is not needlessly high."""
    weights = [max(16, len(clause.text)) ** 0.5 for clause in clauses] + [4.0] * (wide - len(clauses))
    return [_SHEET_WIDTH * weight / sum(weights) for weight in weights]


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


def mark_look(mark: str) -> str:
    """What is laid over the look of a mark."""
    if mark in (UNREVIEWED, REGISTERED, DIFFERENT):
        return "+open"
    return "+bad+key" if mark.startswith("−") else ""


def _events(page: Page, facts: Facts) -> None:
    found = [(final, x) for final in facts.results.finals.values() for x in final.incidents if x.present]
    page.gap()
    page.wide("已确认的情形", "heading", least=22)
    for final, incident in found:
        amounts = list(zip_longest(incident.amounts, incident.facts, incident.places)) or [(None, "", None)]
        for place, (amount, fact, cell) in enumerate(amounts, 1):
            shown = REGISTERED if not amount else f"扣 {number(amount)} 分"
            text = f"第{incident.item.no}项　第{place}起　{shown}　核定者：{incident.reviewer}\n事实：{fact or '（未写）'}"
            text += beside([cell or incident.where])
            page.captioned(final.section.name, text, split=1)
    if not found:
        page.wide("没有。", "note")
    adjusted = [a for final in facts.results.finals.values() for a in final.adjustments if a.item == m.BOTTOM_LINE]
    for a in adjusted:
        page.captioned(a.section, f"{a.basis}：扣分合计 {a.before}→{a.after}　{a.role}\n理由：{a.reason}{beside(a.origins)}", split=1)


def _registered(page: Page, facts: Facts, clauses: set[str]) -> None:
    entries = [entry for entry in facts.results.ledger if entry.clause in clauses]
    if not entries:
        return
    page.gap()
    page.wide("日常检查台账中登记的情形（核定时参考）", "heading", least=22)
    for entry in entries:
        date = entry.date.isoformat() if entry.date is not None else "日期未填"
        page.captioned(entry.section or "（未定科室）", f"{facts.place(entry.clause)}　{date}　{entry.facts}{beside([entry.where])}", split=1)
