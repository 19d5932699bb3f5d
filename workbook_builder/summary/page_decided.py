"""Sheets 决定 and 更正对照: every human decision with what became of it, and what moved against the approved result."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from workbook_builder import results as r
from workbook_builder.excel.report import Page, Value
from workbook_builder.rules.clauses import OPEN_TEXT
from workbook_builder.rules.sheet import tidy
from workbook_builder.summary.facts import Facts, plain_figure
from workbook_builder.summary.page_adjusted import wording
from workbook_builder.summary.page_outcome import GRADE, RANK, dated

if TYPE_CHECKING:
    from workbook_builder.summary.workbook import Parts

DECISION_HEADS = ("种类", "科室", "对象", "原为", "改为", "理由", "依据", "日期", "决定者\n（职务或机构）", "状态", "说明")
_DECISION_WIDTHS = (15, 18, 30, 19, 15, 32, 20, 11, 18, 8, 22)
_MOVED_HEADS = ("科室", "项目", "审定时", "现在", "变化")
_MOVED_WIDTHS = (28, 60, 18, 18, 14)
_FIRST = (RANK, GRADE)
#: In the place of a rank or grade that could not be given.
_NONE = "（无）"


def decisions_page(parts: Parts, name: str) -> None:
    """Every row of 决定, in its order."""
    facts = parts.facts
    page = parts.report.page(name, _DECISION_WIDTHS)
    page.wide(f"决定 · {facts.label}", "title", least=28)
    counts = "　　".join(
        f"{state} {sum(x.state == state for x in facts.results.decisions)}"
        for state in (r.IN_FORCE, r.WAITING, r.WITHOUT_EFFECT)
    )
    page.wide(f"批次号 {facts.results.batch}　　{counts}", "facts")
    head = page.line(DECISION_HEADS, "head", least=30)
    page.header(head)
    for applied in facts.results.decisions:
        decision_row(page, facts, applied)
    page.filtered(head, page.row - 1)
    if not facts.results.decisions:
        page.wide("没有决定。", "note")


def decision_row(page: Page, facts: Facts, applied: r.Applied) -> None:
    decision = applied.decision
    values = (
        decision.kind,
        decision.section,
        wording(facts, decision.object),
        decision.before,
        decision.after,
        decision.reason,
        decision.basis,
        dated(decision),
        decision.role,
        applied.state,
        applied.note,
    )
    state = {r.WAITING: "center+open", r.WITHOUT_EFFECT: "center+bad"}.get(applied.state, "center")
    page.line(values, ["center", "cell", "cell+small", "cell", "cell+key", "cell", "cell+small", "center", "cell", state, "cell+small"])


# --- 更正对照 -------------------------------------------------------------------------------------------------------------


def corrections_page(parts: Parts, name: str) -> None:
    """Ranks and grades first, then every other figure that moved, sections in the scheme's order."""
    facts = parts.facts
    page = parts.report.page(name, _MOVED_WIDTHS, tab="#C00000")
    page.wide(f"更正对照 · {facts.label}", "title", least=28)
    page.wide(f"批次号 {facts.results.batch}　　与审定稿相比变动 {len(facts.results.moved)} 处", "facts")
    head = page.line(_MOVED_HEADS, "head", least=20)
    page.header(head)
    for moved in sorted(facts.results.moved, key=lambda x: (x.figure not in _FIRST, _place(facts, x.section))):
        _moved(page, facts, moved)
    page.filtered(head, page.row - 1)
    if not facts.results.moved:
        page.wide("没有变动。", "note")


def _place(facts: Facts, section: str) -> int:
    # The approved result may name a section that the scheme no longer has.
    return facts.order.get(section, len(facts.order))


def _moved(page: Page, facts: Facts, moved: r.Moved) -> None:
    before, now = plain_figure(moved.before), plain_figure(moved.now)
    values: list[Value] = [moved.section, _figure_name(facts, moved.figure), _shown(moved, before), _shown(moved, now)]
    numeric = isinstance(before, Decimal) and isinstance(now, Decimal)
    # A rank that grows is no gain: the two numbers say enough.
    values.append(tidy(now - before) if numeric and moved.figure != RANK else "")
    first = "+key" if moved.figure in _FIRST else ""
    page.line(values, ["cell", f"cell{first}", "center", f"center{first}", "points"])


def _figure_name(facts: Facts, figure: str) -> str:
    item = facts.scheme.item_by_key.get(figure)
    return f"{facts.place(figure)}　{item.title}".strip("　") if item is not None else figure


def _shown(moved: r.Moved, value: Decimal | str | None) -> Value:
    if value is None:
        return _NONE if moved.figure in _FIRST else OPEN_TEXT
    return value
