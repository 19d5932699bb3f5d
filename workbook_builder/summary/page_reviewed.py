"""A sheet per section after review: every clause with its answer, what review made of it and why, and the final scores.

Comes in: a `Final` and the section's assessment. Goes out: one sheet. Own points and scores stay beside the final ones; parts
and totals are live formulas over the final item scores.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from workbook_builder import model as m
from workbook_builder import results as r
from workbook_builder.excel.palette import RED
from workbook_builder.excel.report import Formula, Page, Value
from workbook_builder.layout.book import clause_of
from workbook_builder.layout.plan import address
from workbook_builder.problems import Where
from workbook_builder.records import ABSENT, Decision, LedgerEntry, Review
from workbook_builder.rules import slots as sl
from workbook_builder.rules.clauses import OPEN_TEXT
from workbook_builder.rules.excel import number
from workbook_builder.rules.items import Figure, item_formula, part_figure, part_formula
from workbook_builder.rules.sheet import PROPOSED, SHEET_PARTS, tidy
from workbook_builder.summary import formulas as fm
from workbook_builder.summary.answers import (
    CONFIRMED_BLANK,
    Line,
    clause_lines,
    declaration_lines,
    lines_without_answers,
)
from workbook_builder.summary.frame import Bonds, framed
from workbook_builder.summary.origins import Sources
from workbook_builder.summary.outcome_texts import dated
from workbook_builder.summary.page_adjusted import by_field, reasons
from workbook_builder.summary.page_judged import clause_mark, mark_look
from workbook_builder.summary.page_section import (
    band,
    brief,
    item_title,
    quiet,
    section_problems,
    short,
    source,
    told,
    written,
)
from workbook_builder.summary.section_head import boxes, final_boxes, lost_table

if TYPE_CHECKING:
    from workbook_builder.summary.workbook import Parts

NUMBER, TEXT, ANSWER, REVIEWED, UNIT, POINTS, OWN, FINAL, LEDGER, STATE, REASON, NOTE, CELL, ORIGIN = range(1, 15)
HEADS = (
    "序号", "评分细则（照录通知）", "填报", "核定\n（改动的）", "单位", "自评\n扣/得分", "自评\n本项", "核定\n本项",
    "台账\n（条）", "填报\n状态", "核定理由", "说明及佐证", "原表\n单元格", "核定\n出处",
)  # fmt: skip
WIDTHS = (6, 72, 10, 12, 6, 8.5, 8, 8, 7.5, 10, 27, 22, 7.5, 9.5)
_BOXES, _LOST = (2, 5, 8, 10, 11, 14), (2, 3, 4, 6, 8, 14)


def reviewed_page(parts: Parts, final: r.Final) -> None:
    """The page of one section."""
    name, facts = final.section.name, parts.facts
    assessment = facts.results.assessments[name]
    waits = [p for p in facts.results.pending if p.section == name]
    tab = f"#{RED}" if waits else ""
    with framed(parts.report, parts.sheet_of[name], WIDTHS, f"{name}　核定明细 · {facts.label}", (), tab=tab) as page:
        page.ws.freeze_panes(page.row - 1, 0)
        boxes(page, final_boxes(facts, final, _BOXES))
        if waits:
            page.wide("未定事项：" + "；".join(f"{facts.place(p.item)}{p.reason}" for p in waits), "note+bad")
        lost_table(page, facts, name, _LOST)
        for text in source(assessment):
            page.wide(text, "plain+small+faint")
        table = _Table(page, parts, final)
        table.write()
        _beside(page, parts, final, table.sources)
        written(page, facts.scheme, assessment)
        section_problems(page, parts, name)
        _origins(page, table.sources)
        table.bonds.part()


class _Table:
    """The table of one section, top to bottom."""

    def __init__(self, page: Page, parts: Parts, final: r.Final) -> None:
        self.page, self.facts, self.final = page, parts.facts, final
        self.assessment = parts.facts.results.assessments[final.section.name]
        self.changed = by_field(final)
        self.ledger = Counter(e.clause for e in self.facts.results.ledger if e.section == final.section.name)
        self.plus: list[str] = []
        self.sources = Sources(self.facts.results)

    def write(self) -> None:
        page, scheme = self.page, self.facts.scheme
        head = page.line(HEADS, "head", least=30)
        page.header(head, frozen=False)
        self.bonds = Bonds(page, head)
        by_annex = scheme.policy(m.P_SPECIAL_BASIS) == "附件2合计"
        for name in SHEET_PARTS:
            self._part(scheme.part(name), counted=name != m.SPECIAL or by_annex)
        self._declarations(by_annex)
        bottom = self._bottom_line()
        self._total(bottom)

    # --- parts ------------------------------------------------------------------------------------------------------

    def _part(self, part: m.Part, counted: bool) -> None:
        page = self.page
        full = f"（满分 {number(part.full)}）" if part.full is not None else ""
        first = band(page, part.name + full, HEADS, again=part.name != SHEET_PARTS[0])
        self.bonds.joined(first + 1)
        items = self.facts.scheme.section_items(self.final.section, part.name)
        for item in items:
            self._item(item)
        caption = f"{part.name}小计" + ("" if counted else "（附件2合计，供核定参考）")
        span = (address(first, FINAL, True), address(page.row - 1, FINAL, True))
        figures = [self.final.items[item.key].final for item in items]
        row = self._sum_row(caption, part_formula(part, *span), part_figure(part, figures))
        own = (address(first, OWN, True), address(page.row - 2, OWN, True))
        if self.assessment.returned is not None:
            figure = self.assessment.score.section.parts[part.name]
            page.put(row, OWN, Formula(part_formula(part, *own), figure.shown), _sum_look(figure))
        if counted:
            self.plus.append(self._less_borne(part, row))

    def _less_borne(self, part: m.Part, row: int) -> str:
        """The cell that counts for a part: its sum, less what the section bears for others."""
        borne = self.final.borne if part.name == m.BUSINESS else ()
        cells = [address(row, FINAL)]
        for b in borne:
            text = f"替{b.section}承担：{self.facts.place(b.clause.id)}（{b.clause.id}）"
            values, looks = self._row(text)
            values[FINAL - 1], values[REASON - 1], values[NOTE - 1] = -b.points, b.reason, b.document
            values[ORIGIN - 1] = self.sources.quoted(b.origins)
            looks[FINAL - 1] = "points"
            cells.append(address(self.page.line(values, looks), FINAL))
        if not borne:
            return cells[0]
        exact = f"ROUND({'+'.join(cells)},4)"
        exact = f"MAX(0,{exact})" if self.facts.rules.floor else exact
        formula = fm.unless_open(cells[:1], exact)
        return address(self._sum_row(f"{part.name}合计（减去承担部分）", formula, self.final.parts[part.name]), FINAL)

    def _item(self, item: m.Item) -> None:
        page, figures = self.page, self.final.items[item.key]
        looks = _looks("cell+group")
        values: list[Value] = [f"{item.no}", item_title(item), *[None] * (len(HEADS) - 2)]
        values[FINAL - 1] = figures.final.shown
        values[REASON - 1] = "\n".join(reasons(self.changed.get(item.key, ())))
        values[ORIGIN - 1] = self._decided(item.key)
        looks[FINAL - 1] += "+key" + ("+open" if figures.final.value is None else "")
        if figures.own is not None and figures.own != figures.final:
            looks[FINAL - 1] += "+bad"
        row = page.line(values, looks, least=18)
        self.bonds.joined(row + 1)
        cells: dict[str, str] = {}
        for line in self._lines(item):
            place = self._line(line)
            if not line.main:
                self.bonds.joined(place)
            if line.main:
                cells[line.clause.id] = address(place, POINTS)
        self.bonds.near(row + 1, page.row - 1)
        if self.assessment.returned is not None:
            own = self.assessment.score.section.items[item.key].figure
            span = (address(row + 1, POINTS, True), address(page.row - 1, POINTS, True))
            formula = item_formula(item, *span, cells, self.facts.rules.floor)
            look = "number+group" + ("+open" if own.value is None else "")
            page.put(row, OWN, Formula(formula, own.shown), look)

    def _lines(self, item: m.Item) -> Iterator[Line]:
        if self.assessment.returned is None:
            return lines_without_answers(self.facts.rules, item, self.changed)
        return clause_lines(self.facts.rules, self.assessment, item, self.changed)

    def _line(self, line: Line) -> int:
        values, looks = self._row(line.label)
        if line.main:
            still = self._quiet(line)
            values[:2] = [f"{line.item.no}.{line.clause.no}", brief(line.clause) if still else told(line.clause)]
            values[LEDGER - 1] = self.ledger[line.clause.id] or None
        else:
            looks[TEXT - 1] = "cell+right"
        values[UNIT - 1], values[POINTS - 1] = line.unit, line.points
        values[ORIGIN - 1] = self._reviewed(line)
        self._answered(line, values, looks)
        if line.points == OPEN_TEXT:
            looks[POINTS - 1] += "+open"
        elif line.points:
            looks[POINTS - 1] += "+key"
        if self._quiet(line):
            looks = [f"{look}+faint+small" for look in looks]
        return self.page.line(values, looks)

    def _reviewed(self, line: Line) -> str:
        """The cells of the city and of whoever reviewed a row; of a clause without an input of its own that of its first event."""
        name = line.field
        if line.main and not any(name in review.places for review in self.final.reviews):
            name += self.facts.rules.slots[name][0].suffix
        city = [f.where for f in self.final.figures.get(line.clause.id, ())] if line.main else []
        city += [place for a in self.changed.get(line.field, ()) if a.kind == r.BY_CITY for place in a.origins]
        return self.sources.quoted([*city, *(review.where(name) for review in self._counted(name))])

    def _counted(self, name: str) -> Iterator[Review]:
        """Reviews that say something of a field, if only that it stands."""
        return (x for x in self.final.reviews if name in x.places and (x.done or name in x.values))

    def _decided(self, key: str) -> str:
        return self.sources.quoted(place for a in self.changed.get(key, ()) for place in a.origins)

    def _quiet(self, line: Line) -> bool:
        """Whether neither the section nor anybody else has anything to say on a row."""
        said = self.ledger[line.clause.id] or any(clause_of(field) == line.clause.id for field in self.changed)
        return quiet(line) and not said

    def _answered(self, line: Line, values: list[Value], looks: list[str]) -> None:
        """Answer, state, note and place, and beside them what review made of the answer."""
        values[ANSWER - 1], values[STATE - 1] = line.shown, line.state
        values[NOTE - 1], values[CELL - 1] = line.note, line.cell
        if isinstance(line.shown, str) and len(line.shown) > 8 and line.shown != CONFIRMED_BLANK:
            looks[ANSWER - 1] = "cell+small"
        values[ANSWER - 1] = short(line.shown)
        if line.refused:
            looks[ANSWER - 1] += "+bad"
        if line.state in (*sl.OPEN_STATES, sl.GROUP_INVALID):
            looks[STATE - 1] += "+open"
        changes = self.changed.get(line.field, ())
        if changes:
            values[REVIEWED - 1] = changes[0].after if len(changes) == 1 else "\n".join(f"{c.kind} {c.after}" for c in changes)
            values[REASON - 1] = "\n".join(reasons(changes))
            looks[REVIEWED - 1] += "+key+bad"

    # --- 特色工作, 突破底线, 总分 --------------------------------------------------------------------------------------

    def _declarations(self, by_annex: bool) -> None:
        """特色工作's declarations and the confirmation; the special score is one figure, decided as a whole."""
        scored = None
        for line in declaration_lines(self.facts.scheme, self.assessment):
            values, looks = self._row(line.label)
            self._answered(line, values, looks)
            city = [f.where for f in self.final.figures.get(line.field, ())]
            values[ORIGIN - 1] = self.sources.quoted([*city, *(x.where(line.field) for x in self._counted(line.field))])
            if line.field == PROPOSED:
                values[OWN - 1] = line.points
                self._special_figure(values, looks)
                scored = self.page.line(values, looks)
            else:
                self.page.line(values, looks)
        if scored is None and not by_annex:
            values, looks = self._row("特色工作得分")
            self._special_figure(values, looks)
            scored = self.page.line(values, looks)
        if scored is not None:
            self.plus.append(address(scored, FINAL))

    def _special_figure(self, values: list[Value], looks: list[str]) -> None:
        figure, decided = self.final.parts[m.SPECIAL], self.changed.get(m.SPECIAL, ())
        values[FINAL - 1] = figure.shown
        looks[FINAL - 1] = "number+key" + ("+open" if figure.value is None else "")
        told = [str(values[REASON - 1] or ""), *reasons(decided)]
        values[REASON - 1] = "\n".join(text for text in told if text)
        values[ORIGIN - 1] = " ".join(filter(None, [str(values[ORIGIN - 1] or ""), self._decided(m.SPECIAL)]))

    def _bottom_line(self) -> str:
        """A row per clause of 突破底线 as the assessors confirmed it, then the deduction; the cell of the deduction."""
        scheme = self.facts.scheme
        first = band(self.page, f"{m.BOTTOM_LINE}（从总分中扣除）", HEADS, again=True)
        for item in scheme.section_items(self.final.section, m.BOTTOM_LINE):
            for clause in item.clauses:
                mark = clause_mark(self.final, clause)
                values, looks = self._row(brief(clause) if mark == ABSENT else told(clause))
                values[NUMBER - 1] = f"{item.no}.{clause.no}"
                values[REVIEWED - 1] = mark
                looks[REVIEWED - 1] += mark_look(mark)
                values[LEDGER - 1] = self.ledger[clause.id] or None
                mine = [x for x in self.final.incidents if x.clause.id == clause.id]
                values[REASON - 1] = "\n".join(f"{x.reviewer}：{'；'.join(filter(None, x.facts)) or '（未写事实）'}" for x in mine if x.present)
                values[ORIGIN - 1] = self.sources.quoted(place for x in mine for place in (x.where, *x.places))
                silent = mark == ABSENT and not values[LEDGER - 1]
                self.page.line(values, [f"{look}+faint+small" for look in looks] if silent else looks)
        figure = self.final.parts[m.BOTTOM_LINE]
        values, looks = self._row(f"{m.BOTTOM_LINE}扣分", "cell+group")
        values[FINAL - 1] = figure.shown
        values[REASON - 1] = "\n".join(reasons(self.changed.get(m.BOTTOM_LINE, ())))
        values[ORIGIN - 1] = self._decided(m.BOTTOM_LINE)
        looks[FINAL - 1] = _sum_look(figure)
        row = self.page.line(values, looks, least=20)
        self.bonds.joined(first + 1)
        self.bonds.near(first + 1, row)
        return address(row, FINAL)

    def _total(self, bottom: str) -> None:
        scheme, page = self.facts.scheme, self.page
        standing = self.facts.standing_of[self.final.section.name]
        weight = fm.weight_of_evaluation(scheme)
        evaluation, plus = "", ["业务工作", "队伍建设", "特色工作"]
        if weight:
            result = self.final.evaluation.result if self.final.evaluation is not None else None
            figure = Figure.known(result) if result is not None else Figure(None, Decimal(0), Decimal(0))
            values, looks = self._row(f"述职测评（按{number(weight)}计入总分）", "cell+group")
            values[FINAL - 1], looks[FINAL - 1] = figure.shown, _sum_look(figure)
            evaluation = address(page.line(values, looks, least=20), FINAL)
            plus.append(f"述职测评×{number(weight)}")
        cells = [*self.plus, bottom, *([evaluation] if evaluation else [])]
        exact = fm.exact_total(scheme, self.plus, [bottom], evaluation)
        formula = fm.unless_open(cells, fm.rounded(scheme, exact))
        row = self._sum_row(f"总分（{'＋'.join(plus)}－突破底线扣分）", formula, standing.total, "band")
        own = self.facts.self_total_shown(self.final.section.name)
        page.put(row, OWN, own, "band+right" + ("+open" if own == OPEN_TEXT else ""))

    # --- rows -------------------------------------------------------------------------------------------------------

    @staticmethod
    def _row(text: str, style: str = "cell") -> tuple[list[Value], list[str]]:
        values: list[Value] = [None] * len(HEADS)
        values[TEXT - 1] = text
        return values, _looks(style)

    def _sum_row(self, caption: str, formula: str, figure: Figure, style: str = "cell+group") -> int:
        values: list[Value] = [None] * len(HEADS)
        values[TEXT - 1] = caption
        row = self.page.line(values, [style] * len(HEADS), least=20)
        self.bonds.joined(row)
        self.page.put(row, FINAL, Formula(formula, figure.shown), _sum_look(figure, style))
        return row


def _sum_look(figure: Figure, style: str = "cell+group") -> str:
    return f"{style}+right+key" + ("+open" if figure.value is None else "")


def _looks(base: str) -> list[str]:
    looks = [base] * len(HEADS)
    middle = base.replace("cell", "center", 1)
    for place in (NUMBER, ANSWER, REVIEWED, UNIT, LEDGER, STATE, CELL):
        looks[place - 1] = middle
    for place in (REASON, NOTE, CELL):
        looks[place - 1] += "+small"
    looks[ORIGIN - 1] += "+small+soft"
    looks[OWN - 1] = looks[FINAL - 1] = base.replace("cell", "number", 1)
    looks[POINTS - 1] = base.replace("cell", "points", 1)
    return looks


# --- below the table ------------------------------------------------------------------------------------------------------


def _beside(page: Page, parts: Parts, final: r.Final, sources: Sources) -> None:
    """Transfers, entries of the ledger and decisions that concern the section, each with the cells it stands in."""
    facts, name = parts.facts, final.section.name
    transfers = [_transfer(parts, b, f"替{b.section}承担") + _cells(sources, b.origins) for b in final.borne]
    transfers += [_transfer(parts, b, f"转由{b.bearer}承担") + _cells(sources, b.origins) for b in final.handed_on]
    entries = [e for e in facts.results.ledger if e.section == name]
    ledger = [
        f"{e.date.isoformat() if e.date else '日期未填'}　{facts.place(e.clause) if e.clause else '细则未定'}"
        f"{_amount(parts, e)}　{e.facts}{_cells(sources, [e.where])}"
        for e in entries
    ]
    decisions = [_decision(parts, x) + _decided_in(sources, x.decision) for x in facts.decisions_of(name)]
    for heading, texts in (("扣分转承", transfers), ("日常检查台账", ledger), ("有关决定", decisions)):
        if texts:
            page.gap()
            page.wide(heading, "heading", least=20)
            for text in texts:
                page.wide(text, "note")


def _cells(sources: Sources, places: Iterable[Where]) -> str:
    found = sources.quoted(places)
    return f"　［{found}］" if found else ""


def _decided_in(sources: Sources, decision: Decision) -> str:
    # A row that waits is written into 决定.xlsx by the very run that first shows it here.
    return _cells(sources, [decision.where]) if decision.answered else ""


def _origins(page: Page, sources: Sources) -> None:
    """What the numbers of the column 核定出处 stand for."""
    lines = list(sources.lines())
    if lines:
        page.gap()
        page.wide("核定出处（编号所指的文件和工作表，编号后面是单元格）", "heading", least=20)
        for text in lines:
            page.wide(text, "plain+small+soft")


def _amount(parts: Parts, entry: LedgerEntry) -> str:
    """How often or how much, in the clause's unit."""
    clause = parts.facts.scheme.clause_by_id.get(entry.clause)
    unit = clause.unit if clause is not None else ""
    return "" if entry.amount is None else f"　{number(tidy(entry.amount))}{unit}"


def _transfer(parts: Parts, borne: r.Borne, words: str) -> str:
    told = "；".join(text for text in (borne.reason, borne.document) if text)
    return f"{words}　{parts.facts.place(borne.clause.id)}　{number(borne.points)} 分" + (f"　{told}" if told else "")


def _decision(parts: Parts, applied: r.Applied) -> str:
    decision = applied.decision
    change = f"{decision.before or '（空）'}→{decision.after or '（待答复）'}"
    by = "，".join(text for text in (dated(decision), decision.role, applied.state, applied.note) if text)
    reason = f"　理由：{decision.reason}" if decision.reason else ""
    return f"{decision.kind}　{parts.facts.place(decision.object)}：{change}{reason}（{by}）"
