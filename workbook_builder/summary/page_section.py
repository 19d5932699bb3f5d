"""A sheet per section at 自评汇总: every clause with its answer, points, state and place, then works, texts and problems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from workbook_builder import model as m
from workbook_builder import results as r
from workbook_builder.excel.palette import RED
from workbook_builder.excel.report import Formula, Page, Value
from workbook_builder.layout.plan import address
from workbook_builder.layout.words import how_it_counts
from workbook_builder.problems import ERROR, INFO, SEVERITY_LABELS
from workbook_builder.rules import slots as sl
from workbook_builder.rules.clauses import OPEN_TEXT
from workbook_builder.rules.excel import number
from workbook_builder.rules.items import Figure, item_formula, part_formula, sum_formula
from workbook_builder.rules.sheet import PROPOSED, SHEET_PARTS
from workbook_builder.summary.answers import (
    CONFIRMED_BLANK,
    NO_RETURN,
    Line,
    clause_lines,
    declaration_lines,
    declared_works,
    free_texts,
)
from workbook_builder.summary.facts import by_weight, count_text
from workbook_builder.summary.frame import Bonds, framed
from workbook_builder.summary.section_head import boxes, lost_table, own_boxes

if TYPE_CHECKING:
    from workbook_builder.summary.workbook import Parts

NUMBER, TEXT, ANSWER, UNIT, POINTS, SCORE, STATE, NOTE, CELL = range(1, 10)
HEADS = ("序号", "评分细则（照录通知）", "填报", "单位", "扣分\n得分", "本项\n得分", "填报\n状态", "说明及佐证", "原表\n单元格")
WIDTHS = (6, 82, 14, 6, 8, 8, 9, 36, 8)
_BOXES, _LOST = (2, 4, 7, 9), (2, 3, 5, 7, 9)


def section_page(parts: Parts, assessment: r.Assessment) -> None:
    """The page of one section."""
    facts, name = parts.facts, assessment.section.name
    tab = "" if assessment.returned else f"#{RED}"
    with framed(parts.report, parts.sheet_of[name], WIDTHS, f"{name}　自评明细（{r.UNAPPROVED}）", (), tab=tab) as page:
        page.ws.freeze_panes(page.row - 1, 0)
        boxes(page, own_boxes(facts, name, _BOXES))
        counted = count_text(facts.counted(name))
        page.wide(f"状态：{assessment.status}　　错误/提醒：{counted}", "note")
        if assessment.returned is not None:
            lost_table(page, facts, name, _LOST)
        for text in source(assessment):
            page.wide(text, "plain+small+faint")
        if assessment.returned is not None:
            detail = _Detail(page, parts, assessment)
            detail.write()
        section_problems(page, parts, name)
        if assessment.returned is not None:
            detail.bonds.part()


def source(assessment: r.Assessment) -> Iterator[str]:
    """Which file the answers come from."""
    returned = assessment.returned
    if returned is None:
        yield "还没有可以采用的考评表，没有自评明细。"
        return
    yield f"出自：{returned.file} › {returned.sheet}　　SHA-256：{returned.sha256}　　校验码：{returned.checksum or '—'}"
    if returned.round_no:
        yield f"退回修改第 {returned.round_no} 次的回收件"


class _Detail:
    """The table of one section, top to bottom; item, part and total cells are live formulas over it."""

    def __init__(self, page: Page, parts: Parts, assessment: r.Assessment) -> None:
        self.page, self.facts, self.assessment = page, parts.facts, assessment
        self.totals: list[str] = []

    def write(self) -> None:
        page, scheme = self.page, self.facts.scheme
        head = page.line(HEADS, "head", least=30)
        page.header(head, frozen=False)
        self.bonds = Bonds(page, head)
        by_annex = scheme.policy(m.P_SPECIAL_BASIS) == "附件2合计"
        for name in SHEET_PARTS:
            self._part(scheme.part(name), counted=name != m.SPECIAL or by_annex)
        self._declarations()
        self._total()
        written(page, scheme, self.assessment)

    def _part(self, part: m.Part, counted: bool) -> None:
        page = self.page
        full = f"（满分 {number(part.full)}）" if part.full is not None else ""
        first = band(page, part.name + full, HEADS, again=part.name != SHEET_PARTS[0])
        self.bonds.joined(first + 1)
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
        row = page.line([f"{item.no}", item_title(item), *[None] * (len(HEADS) - 2)], _row_looks("cell+group"), least=18)
        self.bonds.joined(row + 1)
        cells: dict[str, str] = {}
        for line in clause_lines(self.facts.rules, self.assessment, item):
            place = self._line(line)
            if not line.main:
                self.bonds.joined(place)
            if line.main:
                cells[line.clause.id] = address(place, POINTS)
        span = (address(row + 1, POINTS, True), address(page.row - 1, POINTS, True))
        self.bonds.near(row + 1, page.row - 1)
        formula = item_formula(item, *span, cells, self.facts.rules.floor)
        look = "number+group" + ("+open" if score.figure.value is None else "")
        page.put(row, SCORE, Formula(formula, score.figure.shown), look)

    def _line(self, line: Line) -> int:
        values: list[Value] = [None, line.label, line.shown, line.unit, line.points, None, line.state, line.note, line.cell]
        looks = _row_looks("cell")
        still = quiet(line)
        if line.main:
            values[:2] = [f"{line.item.no}.{line.clause.no}", brief(line.clause) if still else told(line.clause)]
        else:
            looks[TEXT - 1] = "cell+right"
        if still:
            looks = [f"{look}+faint+small" for look in looks]
            values[ANSWER - 1] = short(line.shown)
        if isinstance(line.shown, str) and len(line.shown) > 10 and not still:
            looks[ANSWER - 1] = "cell"
        if line.refused:
            looks[ANSWER - 1] += "+bad"
        if line.state in (*sl.OPEN_STATES, sl.GROUP_INVALID):
            looks[STATE - 1] += "+open"
        if line.points == OPEN_TEXT:
            looks[POINTS - 1] += "+open"
        elif line.points:
            looks[POINTS - 1] += "+key"
        return self.page.line(values, looks)

    def _declarations(self) -> None:
        for line in declaration_lines(self.facts.scheme, self.assessment):
            values: list[Value] = [None, line.label, line.shown, "", None, line.points, line.state, None, line.cell]
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
        self.bonds.joined(row)
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


def band(page: Page, caption: str, heads: Sequence[str], again: bool) -> int:
    """The head of a part; from the second part on it says again what the columns hold, for whoever scrolls."""
    values = [None, caption, *(heads[2:] if again else [None] * (len(heads) - 2))]
    looks = ["band", "band", *["band+small+mid"] * (len(heads) - 2)]
    return page.line(values, looks, least=22)


def item_title(item: m.Item) -> str:
    full = "" if item.points is None else f"（分值 {number(item.points)}，{m.MODE_LABELS[item.mode]}）"
    return f"{' '.join((item.title or item.note).split())}{full}"


def quiet(line: Line) -> bool:
    """Whether nothing is to be seen on a row: a clause that takes nothing off, or of annex 2 gives nothing, and is settled."""
    open_ = line.shown == NO_RETURN or line.refused or line.state in (*sl.OPEN_STATES, sl.GROUP_INVALID)
    if open_ or line.points not in (None, 0) or line.note:
        return False
    lacks = line.clause is not None and line.clause.direction != m.DEDUCT and line.item.part != m.SPECIAL
    return not lacks and line.value in (None, 0, m.NO, m.NO_OPTION, m.NOT_APPLICABLE, *m.NOT_APPLICABLE_WORDS)


def short(shown: Decimal | str) -> Decimal | str:
    """未发生 says enough where the column 状态 stands beside it."""
    return sl.NOT_HAPPENED if shown == CONFIRMED_BLANK else shown


def told(clause: m.Clause) -> str:
    """A clause that matters: its words, then how it counts, where the words do not say so themselves."""
    words, counting = wording(clause), how_it_counts(clause)
    said = _bare(counting) in _bare(words)
    return words if said else f"{words}\n［计分］{counting}"


def _bare(text: str) -> str:
    return "".join(text.split()).replace("–", "-")


def brief(clause: m.Clause) -> str:
    """A clause of which nothing is to be said: its words without a break."""
    return " ".join(wording(clause).split())


def wording(clause: m.Clause) -> str:
    """The clause as printed, with what the notice prints before and after it."""
    before = f"{clause.heading}{clause.lead}"
    return "\n".join(text for text in (before, clause.text, clause.remark) if text)


def _row_looks(base: str) -> list[str]:
    looks = [base] * len(HEADS)
    middle = base.replace("cell", "center", 1)
    for place in (NUMBER, ANSWER, UNIT, STATE, CELL):
        looks[place - 1] = middle
    looks[NOTE - 1] = f"{base}+small"
    looks[CELL - 1] += "+small"
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
