"""A sheet per section at 自评汇总: every clause with its answer, points, state and place, then works, texts and problems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from workbook_builder import model as m
from workbook_builder import results as r
from workbook_builder.excel.report import Formula, Link, Page, Value
from workbook_builder.layout.plan import address
from workbook_builder.layout.words import how_it_counts
from workbook_builder.problems import ERROR, INFO, SEVERITY_LABELS
from workbook_builder.rules import slots as sl
from workbook_builder.rules.clauses import OPEN_TEXT
from workbook_builder.rules.excel import number
from workbook_builder.rules.items import Figure, item_formula, part_formula, sum_formula
from workbook_builder.rules.sheet import PROPOSED, SHEET_PARTS
from workbook_builder.summary.answers import (
    Line,
    clause_lines,
    declaration_lines,
    declared_works,
    free_texts,
)
from workbook_builder.summary.facts import by_weight, count_text
from workbook_builder.summary.formulas import rank_text

if TYPE_CHECKING:
    from workbook_builder.summary.workbook import Parts

NUMBER, TEXT, COUNTING, ANSWER, UNIT, POINTS, SCORE, STATE, NOTE, CELL = range(1, 11)
HEADS = ("序号", "评分细则（照录通知）", "计分办法", "填报", "单位", "扣分\n得分", "本项\n得分", "状态", "说明及佐证", "原表\n单元格")
WIDTHS = (6, 52, 24, 15, 6, 8, 8, 8, 34, 8)


def section_page(parts: Parts, assessment: r.Assessment, back: str) -> None:
    """The page of one section; `back` is the sheet its first link returns to."""
    name = assessment.section.name
    page = parts.report.page(parts.sheet_of[name], WIDTHS, tab="" if assessment.returned else "#C00000")
    page.wide(f"{name}　自评明细（{r.UNAPPROVED}）", "title", least=28)
    page.wide(Link(back, "← 返回汇总"), "note+link")
    for text in (*_facts(parts, assessment), *source(assessment)):
        page.wide(text, "note")
    if assessment.returned is not None:
        _Detail(page, parts, assessment).write()
    section_problems(page, parts, name)


def _facts(parts: Parts, assessment: r.Assessment) -> Iterator[str]:
    facts = parts.facts
    standing = next(s for s in facts.results.standings if s.section.name == assessment.section.name)
    counted = count_text(facts.counted(assessment.section.name))
    total = facts.known(assessment.section.name, standing.total).shown
    shown = number(total) if isinstance(total, Decimal) else total
    yield f"自评总分：{shown}　　自评排序：{rank_text(standing)}　　状态：{assessment.status}　　错误/提醒：{counted}"


def source(assessment: r.Assessment) -> Iterator[str]:
    """Which file the answers come from."""
    returned = assessment.returned
    if returned is None:
        yield "还没有可以采用的考评表，没有自评明细。"
        return
    yield f"出自：{returned.file} › {returned.sheet}　　SHA-256：{returned.sha256[:12]}…　　校验码：{returned.checksum or '—'}"
    if returned.round_no:
        yield f"退回修改第 {returned.round_no} 次的回收件"


class _Detail:
    """The table of one section, top to bottom; item, part and total cells are live formulas over it."""

    def __init__(self, page: Page, parts: Parts, assessment: r.Assessment) -> None:
        self.page, self.facts, self.assessment = page, parts.facts, assessment
        self.totals: list[str] = []

    def write(self) -> None:
        page, scheme = self.page, self.facts.scheme
        page.header(page.line(HEADS, "head", least=30))
        by_annex = scheme.policy(m.P_SPECIAL_BASIS) == "附件2合计"
        for name in SHEET_PARTS:
            self._part(scheme.part(name), counted=name != m.SPECIAL or by_annex)
        self._declarations()
        self._total()
        written(page, scheme, self.assessment)

    def _part(self, part: m.Part, counted: bool) -> None:
        page = self.page
        full = f"（满分 {number(part.full)}）" if part.full is not None else ""
        first = page.line([None, part.name + full, *[None] * 8], "band", least=20)
        for item in self.facts.scheme.section_items(self.assessment.section, part.name):
            self._item(item)
        caption = f"{part.name}小计" + ("" if counted else "（附件2合计，供核定参考）")
        cells = (address(first, SCORE, True), address(page.row - 1, SCORE, True))
        figure = self.assessment.score.section.parts[part.name]
        row = self._sum_row(caption, figure, part_formula(part, *cells))
        if counted:
            self.totals.append(address(row, SCORE))

    def _item(self, item: m.Item) -> None:
        page, score = self.page, self.assessment.score.section.items[item.key]
        full = "" if item.points is None else f"分值 {number(item.points)} 分"
        row = page.line([f"{item.no}", item.title or item.note, full, *[None] * 7], _row_looks("cell+group"), least=18)
        cells: dict[str, str] = {}
        for line in clause_lines(self.facts.rules, self.assessment, item):
            place = self._line(line)
            if line.main:
                cells[line.clause.id] = address(place, POINTS)
        span = (address(row + 1, POINTS, True), address(page.row - 1, POINTS, True))
        formula = item_formula(item, *span, cells, self.facts.rules.floor)
        look = "number+group" + ("+open" if score.figure.value is None else "")
        page.put(row, SCORE, Formula(formula, score.figure.shown), look)

    def _line(self, line: Line) -> int:
        values: list[Value] = [None, line.label, "", line.shown, line.unit, line.points, None, line.state, line.note, line.cell]
        looks = _row_looks("cell")
        if line.main:
            values[:3] = [f"{line.item.no}.{line.clause.no}", wording(line.clause), how_it_counts(line.clause)]
        else:
            looks[TEXT - 1] = "cell+right"
        if isinstance(line.shown, str) and len(line.shown) > 10:
            looks[ANSWER - 1] = "cell"
        if line.refused:
            looks[ANSWER - 1] += "+bad"
        if line.state in (*sl.OPEN_STATES, sl.GROUP_INVALID):
            looks[STATE - 1] += "+open"
        if line.points == OPEN_TEXT:
            looks[POINTS - 1] += "+open"
        return self.page.line(values, looks)

    def _declarations(self) -> None:
        for line in declaration_lines(self.facts.scheme, self.assessment):
            values: list[Value] = [None, line.label, "", line.shown, "", None, line.points, line.state, None, line.cell]
            looks = _row_looks("cell")
            if line.refused:
                looks[ANSWER - 1] += "+bad"
            row = self.page.line(values, looks)
            if line.field == PROPOSED:
                self.totals.append(address(row, SCORE))

    def _total(self) -> None:
        caption = "自评总分（业务工作＋队伍建设＋特色工作，未扣突破底线）"
        self._sum_row(caption, self.assessment.score.total, sum_formula(self.totals), "band")

    def _sum_row(self, caption: str, figure: Figure, formula: str, style: str = "cell+group") -> int:
        values: list[Value] = [None] * len(HEADS)
        values[TEXT - 1] = caption
        looks = [style] * len(HEADS)
        looks[SCORE - 1] = f"{style}+right+key" + ("+open" if figure.value is None else "")
        row = self.page.line(values, looks, least=20)
        self.page.put(row, SCORE, Formula(formula, figure.shown), looks[SCORE - 1])
        return row


def written(page: Page, scheme: m.Scheme, assessment: r.Assessment) -> None:
    """The 申报表 and the free texts of a section."""
    for copy, texts in declared_works(scheme, assessment):
        page.gap()
        place = next((text.sheet for text in texts if text.cell), "")
        page.wide(f"特色工作申报（{copy}）" + (f"　原表：{place}" if place else ""), "heading", least=20)
        for text in texts:
            if text.text or text.cell:
                page.passage(text.caption, text.text or "（空）")
    for text in free_texts(assessment):
        page.passage(text.caption, text.text)


def wording(clause: m.Clause) -> str:
    """The clause as printed, with what the notice prints before and after it."""
    before = f"{clause.heading}{clause.lead}"
    return "\n".join(text for text in (before, clause.text, clause.remark) if text)


def _row_looks(base: str) -> list[str]:
    looks = [base] * len(HEADS)
    middle = base.replace("cell", "center", 1)
    looks[NUMBER - 1] = looks[ANSWER - 1] = looks[UNIT - 1] = looks[STATE - 1] = looks[CELL - 1] = middle
    looks[COUNTING - 1] = looks[NOTE - 1] = f"{base}+small"
    looks[SCORE - 1] = base.replace("cell", "number", 1)
    looks[POINTS - 1] = base.replace("cell", "points", 1)
    return looks


def section_problems(page: Page, parts: Parts, section: str) -> None:
    """Errors and reminders one by one; remarks of one kind together, with their cells."""
    found = parts.facts.by_section[section]
    if not found:
        return
    page.gap()
    page.wide("问题", "heading", least=20)
    for problem in by_weight(found):
        if problem.severity != INFO:
            place = f"{problem.where.text()}：" if problem.where.text() else ""
            text = f"{SEVERITY_LABELS[problem.severity]}　{place}{problem.message}。{problem.fix}"
            page.wide(text, "note+bad" if problem.severity == ERROR else "note")
    remarks = Counter(problem.message for problem in found if problem.severity == INFO)
    for message, count in remarks.items():
        cells = "、".join(p.where.cell for p in found if p.severity == INFO and p.message == message and p.where.cell)
        page.wide(f"{SEVERITY_LABELS[INFO]}　{message}（{count} 处{'：' + cells if cells else ''}）", "note+faint")
