"""Sheets 决定 and 更正对照: every human decision with what became of it, and what moved against the approved result."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from workbook_builder import results as r
from workbook_builder.excel.palette import RED
from workbook_builder.excel.report import Page, Value
from workbook_builder.inputs import APPROVED
from workbook_builder.rules.clauses import OPEN_TEXT
from workbook_builder.rules.sheet import tidy
from workbook_builder.summary.board import GRADE, RANK
from workbook_builder.summary.facts import Facts, plain_figure
from workbook_builder.summary.frame import framed, name_look, name_width, named
from workbook_builder.summary.origins import ORIGIN, told
from workbook_builder.summary.outcome_texts import dated
from workbook_builder.summary.page_adjusted import wording

if TYPE_CHECKING:
    from workbook_builder.summary.workbook import Parts

DECISION_HEADS = ("种类", "科室", "对象", "原为", "改为", "理由", "依据", "日期", "决定者\n（职务或机构）", "状态", "说明", ORIGIN)
_DECISION_WIDTHS = (28, 18, 14, 28, 18, 11, 15, 8, 16, 15)
_MOVED_HEADS = ("科室", "项目", "审定时", "现在", "变化")
_MOVED_WIDTHS = (60, 18, 18, 14)
_FIRST = (RANK, GRADE)
#: In the place of a rank or grade that could not be given.
_NONE = "（无）"


def decisions_page(parts: Parts, name: str) -> None:
    """Every row of 决定, in its order."""
    facts = parts.facts
    counts = "　　".join(
        f"{state} {sum(x.state == state for x in facts.results.decisions)}"
        for state in (r.IN_FORCE, r.WAITING, r.WITHOUT_EFFECT)
    )
    lines = (f"批次号 {facts.results.batch}　　{counts}",)
    with framed(parts.report, name, (12, name_width(facts.order), *_DECISION_WIDTHS), f"决定 · {facts.label}", lines) as page:
        head = page.line(DECISION_HEADS, "head", least=32)
        page.header(head)
        for applied in facts.results.decisions:
            decision_row(page, parts, applied)
        page.filtered(head, page.row - 1)
        if not facts.results.decisions:
            page.wide("没有决定。", "note")


def decision_row(page: Page, parts: Parts, applied: r.Applied) -> None:
    facts, decision = parts.facts, applied.decision
    values = (
        decision.kind,
        named(parts.sheet_of, decision.section),
        wording(facts, decision.object),
        decision.before,
        decision.after,
        decision.reason,
        decision.basis,
        dated(decision),
        decision.role,
        applied.state,
        applied.note,
        # A row that waits is written into 决定.xlsx by the very run that first shows it here.
        told((decision.where,) if decision.answered else ()),
    )
    state = {r.WAITING: "center+open", r.WITHOUT_EFFECT: "center+bad"}.get(applied.state, "center")
    name = name_look(parts.sheet_of, decision.section)
    looks = ["center", name, "cell+small", "cell+small", "cell+key", "cell", "cell+small", "center+small", "cell", state, "cell+small", "cell+tiny+soft"]
    page.line(values, looks, least=18)


# --- 更正对照 -------------------------------------------------------------------------------------------------------------


def corrections_page(parts: Parts, name: str) -> None:
    """Ranks and grades first, then every other figure that moved, sections in the scheme's order."""
    facts = parts.facts
    earlier = "、".join(x.file for x in facts.results.inputs if x.kind == APPROVED)
    lines = [f"批次号 {facts.results.batch}　　与审定稿相比变动 {len(facts.results.moved)} 处；名次、等次的变动列在最前"]
    lines += [f"“审定时”的数出自 {earlier}，其 SHA-256 见“收件登记”"] if earlier else []
    with framed(parts.report, name, (name_width(facts.order), *_MOVED_WIDTHS), f"更正对照 · {facts.label}", lines, tab=f"#{RED}") as page:
        head = page.line(_MOVED_HEADS, "head", least=22)
        page.header(head)
        for moved in sorted(facts.results.moved, key=lambda x: (x.figure not in _FIRST, _place(facts, x.section))):
            _moved(page, parts, moved)
        page.filtered(head, page.row - 1)
        if not facts.results.moved:
            page.wide("没有变动。", "note")


def _place(facts: Facts, section: str) -> int:
    # The approved result may name a section that the scheme no longer has.
    return facts.order.get(section, len(facts.order))


def _moved(page: Page, parts: Parts, moved: r.Moved) -> None:
    facts = parts.facts
    before, now = plain_figure(moved.before), plain_figure(moved.now)
    values: list[Value] = [named(parts.sheet_of, moved.section), _figure_name(facts, moved.figure), _shown(moved, before), _shown(moved, now)]
    numeric = isinstance(before, Decimal) and isinstance(now, Decimal)
    # A rank that grows is no gain: the two numbers say enough.
    values.append(tidy(now - before) if numeric and moved.figure != RANK else "")
    first = "+key" if moved.figure in _FIRST else ""
    page.line(values, [name_look(parts.sheet_of, moved.section), f"cell{first}", "center", f"center{first}", "points"], least=20)


def _figure_name(facts: Facts, figure: str) -> str:
    item = facts.scheme.item_by_key.get(figure)
    return f"{facts.place(figure)}　{item.title}".strip("　") if item is not None else figure


def _shown(moved: r.Moved, value: Decimal | str | None) -> Value:
    if value is None:
        return _NONE if moved.figure in _FIRST else OPEN_TEXT
    return value
