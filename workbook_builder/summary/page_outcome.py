"""Sheet 汇总 after review: the outcome for the leading group on one A4 page, what waits, which decisions made it so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from workbook_builder import model as m
from workbook_builder import records as rec
from workbook_builder import results as r
from workbook_builder.excel.report import Formula, Link, Page, Value
from workbook_builder.intake.refs import a1, column_letters
from workbook_builder.rules.clauses import OPEN_TEXT
from workbook_builder.rules.excel import number
from workbook_builder.rules.sheet import SHEET_PARTS
from workbook_builder.summary import formulas as fm
from workbook_builder.summary.facts import Facts

if TYPE_CHECKING:
    from workbook_builder.summary.workbook import Parts

RANK, SECTION, BASIS, GRADE, SELF, DIFFERENCE, GAP = "名次", "科室", "名次依据", "等次", "自评总分", "核定−自评", "与下一名\n差距"
SETTLED, LOWEST, HIGHEST, STATUS = "已定部分", "可能最低", "可能最高", "状态"
#: Lines under the table; more would make the page too small to read.
MOST_ASKED, MOST_OPEN, MOST_DECIDED = 6, 8, 8
_MOST_REASON = 60
#: Kinds of decisions of which 原为 and 改为 are of one sort: a figure, a reading.
_FIGURES = (rec.ADJUST, rec.CORRECT, rec.POLICY_CHANGE)
#: Kinds of decisions that bear on ranks and grades.
_TELLING = (rec.RULING, rec.ADJUST, rec.CORRECT, rec.TRANSFER, rec.POLICY_CHANGE, rec.SUBMIT, rec.APPROVE)


@dataclass(frozen=True, slots=True)
class _Column:
    key: str
    head: str
    width: float


def outcome_page(parts: Parts, name: str) -> None:
    """考评结果."""
    facts, reached = parts.facts, parts.facts.results.reached
    columns = _columns(facts)
    page = parts.report.page(name, [column.width for column in columns], one_page=True, tab="#1F3864")
    page.wide(f"{facts.scheme.unit}{facts.scheme.title}", "title", least=28)
    page.wide(facts.label, "stage", least=34)
    parts.marked(page)
    if reached.decision is not None:
        page.wide(_approval(reached.decision), "facts", least=20)
    page.wide(facts.summary(), "facts", least=20)
    if facts.corrected:
        page.wide(_correction(facts), "facts+bad", least=20)
    page.wide("考评结果" if reached.approved else "考评结果（未审定，供领导小组审议）", "heading", least=22)
    header = page.line([column.head for column in columns], "head", least=34)
    page.header(header)
    _Table(parts, page, columns).write(header + 1)
    page.gap()
    _waiting(page, facts)
    _decided(page, facts)
    for text in _notes(facts):
        page.wide(text, "note")


def _columns(facts: Facts) -> list[_Column]:
    scheme = facts.scheme
    weight = fm.weight_of_evaluation(scheme)
    found = [_Column(RANK, RANK, 8), _Column(SECTION, SECTION, 24)]
    found += [_Column(name, name + _full(scheme, name), 11) for name in SHEET_PARTS]
    found += [_Column(m.BOTTOM_LINE, f"{m.BOTTOM_LINE}\n扣分", 10), _Column(m.TOTAL, m.TOTAL, 10)]
    if ranked_before_bottom(scheme):
        found.append(_Column(BASIS, "名次依据\n（突破底线\n扣分前）", 11))
    found.append(_Column(GRADE, GRADE, 10))
    counted = f"按{number(weight)}计入" if weight else "另列"
    found.append(_Column(m.EVALUATION, f"{m.EVALUATION}\n（{counted}）", 11))
    found += [_Column(SELF, SELF, 10), _Column(DIFFERENCE, DIFFERENCE, 11), _Column(GAP, GAP, 10)]
    if not facts.settled:
        found += [_Column(key, key, 10) for key in (SETTLED, LOWEST, HIGHEST)]
    return [*found, _Column(STATUS, STATUS, 24)]


def ranked_before_bottom(scheme: m.Scheme) -> bool:
    return scheme.policy(m.P_RANK_BASIS) == "扣除突破底线前"


def _full(scheme: m.Scheme, name: str) -> str:
    full = scheme.part(name).full
    return "" if full is None else f"\n（{'≤' if name == m.SPECIAL else ''}{number(full)}）"


def _approval(decision: rec.Decision) -> str:
    parts = (decision.kind, decision.role, dated(decision), decision.basis)
    return "　".join(text for text in parts if text)


def dated(decision: rec.Decision) -> str:
    """The date of a decision, "" if none was typed."""
    return "" if decision.date is None else decision.date.isoformat()


def _correction(facts: Facts) -> str:
    count = len(facts.results.moved)
    return f"与审定稿相比有 {count} 处变动，见“更正对照”。" if count else "与审定稿相比没有变动。"


# --- the table --------------------------------------------------------------------------------------------------------


class _Table:
    """A row per section; totals, ranks and differences are formulas over the row."""

    def __init__(self, parts: Parts, page: Page, columns: Sequence[_Column]) -> None:
        self.parts, self.page, self.facts, self.columns = parts, page, parts.facts, columns
        self.at = {column.key: place for place, column in enumerate(columns, 1)}
        self.standings = parts.facts.results.standings
        self.digits = fm.digits_look(self.facts.scheme, self._figures())
        # A mark may have more decimals than any score: that is no reason to write them all behind every score.
        marks = [s.evaluation.value for s in self.standings if s.evaluation is not None]
        self.mark_digits = fm.digits_look(self.facts.scheme, marks)
        self.ranked_by = BASIS if BASIS in self.at else m.TOTAL

    def _figures(self) -> Iterator[Decimal | None]:
        for standing in self.standings:
            figures = [*standing.parts.values(), standing.total, standing.basis]
            yield from (value for f in figures if f is not None for value in (f.value, f.low, f.high))
            yield self.facts.self_total(standing.section.name)

    def write(self, first: int) -> None:
        last = first + len(self.standings) - 1
        for place, standing in enumerate(self.standings):
            following = self.standings[place + 1] if place + 1 < len(self.standings) else None
            values = self._row(standing, following, first, last)
            ordered = [values[column.key] for column in self.columns]
            self.page.line(ordered, [self._look(c.key, values[c.key], standing) for c in self.columns], least=24)

    def _row(
        self, standing: r.Standing, following: r.Standing | None, first: int, last: int
    ) -> dict[str, Value]:
        name, row = standing.section.name, self.page.row
        letter = column_letters(self.at[self.ranked_by])
        ranking = f"RANK({letter}{row},${letter}${first}:${letter}${last})" if self.facts.settled else ""
        own = self.facts.self_total_shown(name)
        return {
            RANK: fm.rank_value(standing, ranking),
            SECTION: Link(self.parts.sheet_of[name], name),
            **{part: figure.shown for part, figure in standing.parts.items()},
            m.TOTAL: self._total(standing, row),
            BASIS: self._basis(standing, row),
            GRADE: standing.grade or OPEN_TEXT,
            m.EVALUATION: standing.evaluation.shown if standing.evaluation is not None else OPEN_TEXT,
            SELF: own,
            DIFFERENCE: self._difference(standing, own, row),
            GAP: self._gap(standing, following, row),
            SETTLED: standing.settled,
            LOWEST: fm.bound(standing.total.low),
            HIGHEST: fm.bound(standing.total.high),
            STATUS: self.facts.state(name),
        }

    def _cells(self, row: int, sign: int) -> list[str]:
        return [a1(row, self.at[part.name]) for part in self.facts.scheme.parts if part.sign == sign]

    def _exact(self, row: int) -> str:
        evaluation = a1(row, self.at[m.EVALUATION])
        return fm.exact_total(self.facts.scheme, self._cells(row, 1), self._cells(row, -1), evaluation)

    def _total(self, standing: r.Standing, row: int) -> Value:
        value = standing.total.value
        return OPEN_TEXT if value is None else Formula(fm.rounded(self.facts.scheme, self._exact(row)), value)

    def _basis(self, standing: r.Standing, row: int) -> Value:
        """What ranks under the policy 扣除突破底线前: what was earned, before deduction and floor."""
        if standing.basis is None or standing.basis.value is None:
            return OPEN_TEXT
        earned = fm.exact_sum(self.facts.scheme, self._cells(row, 1), (), a1(row, self.at[m.EVALUATION]))
        return Formula(fm.rounded(self.facts.scheme, earned), standing.basis.value)

    def _difference(self, standing: r.Standing, own: Decimal | str, row: int) -> Value:
        if isinstance(own, str) or standing.total.value is None:
            return OPEN_TEXT if isinstance(own, Decimal) else own
        formula = f"ROUND({a1(row, self.at[m.TOTAL])}-{a1(row, self.at[SELF])},4)"
        return Formula(formula, standing.total.value - own)

    def _gap(self, standing: r.Standing, following: r.Standing | None, row: int) -> Value:
        if following is None:
            return "—"
        mine, other = _ranking(standing).value, _ranking(following).value
        if mine is None or other is None or self._may_fall_between(mine, other):
            return OPEN_TEXT
        column = self.at[self.ranked_by]
        return Formula(f"ROUND({a1(row, column)}-{a1(row + 1, column)},4)", mine - other)

    def _may_fall_between(self, upper: Decimal, lower: Decimal) -> bool:
        """Whether a section whose figure is open may yet come between two known ones."""
        figures = (_ranking(standing) for standing in self.standings)
        return any(f.value is None and f.low < upper and f.high > lower for f in figures)

    def _look(self, key: str, value: Value, standing: r.Standing) -> str:
        open_ = "+open" if value == OPEN_TEXT else ""
        if key == SECTION:
            return "cell+link"
        if key in (RANK, GRADE):
            return "center+key" + open_
        if key == STATUS:
            waits = any(p.section == standing.section.name for p in self.facts.results.pending)
            return "center+open" if waits else "center"
        digits = self.mark_digits if key == m.EVALUATION else self.digits
        look = f"number+{digits}{open_}"
        if key == m.TOTAL:
            look += "+key"
        deducted = standing.parts[m.BOTTOM_LINE].value
        return look + "+bad" if key == m.BOTTOM_LINE and deducted else look


def _ranking(standing: r.Standing):
    """The figure that ranks."""
    return standing.basis if standing.basis is not None else standing.total


# --- what waits and what was decided ------------------------------------------------------------------------------------


def _waiting(page: Page, facts: Facts) -> None:
    """What the leaders must decide first, then what others must still do."""
    page.wide("尚待补齐或决定", "heading", least=22)
    asked = [f"{_asked(facts, applied.decision)}。" for applied in facts.asked()]
    _clipped(page, asked, MOST_ASKED, "note+key", "件，见“决定”")
    open_ = facts.outstanding()
    _clipped(page, open_, MOST_OPEN, "note", "条，见各科室页")
    if not asked and not open_:
        page.wide("没有。", "note")


def _asked(facts: Facts, decision: rec.Decision) -> str:
    before = f"，原为：{_short(decision.before)}" if decision.before else ""
    return f"待决定　{decision.kind}（{facts.object_of(decision)}{before}）"


def _clipped(page: Page, texts: Sequence[str], most: int, style: str, rest: str) -> None:
    for text in texts[:most]:
        page.wide(text, style)
    if len(texts) > most:
        page.wide(f"……另有 {len(texts) - most} {rest}。", "note")


def _decided(page: Page, facts: Facts) -> None:
    found = [_decision_text(facts, applied.decision) for applied in facts.in_force(*_TELLING)]
    if found:
        page.wide("已生效、与名次和等次有关的决定", "heading", least=22)
        _clipped(page, found, MOST_DECIDED, "note", "项，见“决定”")


def _decision_text(facts: Facts, decision: rec.Decision) -> str:
    before, after = _short(decision.before), _short(decision.after)
    change = f"{before}→{after}" if decision.kind in _FIGURES else f"{f'{before}　' if before else ''}{after}"
    by = "，".join(text for text in (dated(decision), decision.role) if text)
    reason = f"　理由：{_short(decision.reason)}" if decision.reason else ""
    return f"{decision.kind}　{facts.object_of(decision)}：{change}{reason}" + (f"（{by}）" if by else "")


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _MOST_REASON else text[: _MOST_REASON - 1] + "…"


def _notes(facts: Facts) -> Iterator[str]:
    scheme = facts.scheme
    page = "说明：1. 总分＝业务工作＋队伍建设＋特色工作－突破底线扣分"
    weight = fm.weight_of_evaluation(scheme)
    page += f"＋述职测评×{number(weight)}" if weight else "；述职测评另列，不计入总分"
    ranked = "加回突破底线扣分后" if ranked_before_bottom(scheme) else ""
    yield f"{page}。名次按总分{ranked}从高到低排列，同分同名次。“核定−自评”为总分减自评总分。"
    top = next((grade for grade in scheme.grades if grade.top), None)
    if top is not None:
        barred = "，有突破底线扣分的不列入" if top.barred else ""
        others = "" if any(g.cutoff is not None for g in scheme.grades) else "其他等次没有分数线，记为“未定”。"
        yield f"2. 等次：名次在前 {top.top} 名的为{top.name}{barred}（口径“{m.P_PROMOTION}”取“{scheme.policy(m.P_PROMOTION)}”）。{others}"
    values = "；".join(f"{name}：{scheme.policy(name)}" for name in (m.P_DIGITS, m.P_ROUNDING, m.P_RANK_BASIS, m.P_TOTAL_FLOOR))
    yield f"3. 现行口径——{values}。全部口径及其他读法见“口径说明”。点科室名称可看明细。"
    if not facts.settled:
        yield "4. 名次写成“2–4”的，表示尚有未定的分数，名次还可能在此范围内变动。"
