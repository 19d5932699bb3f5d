"""Sheet 核定调整: everything that was changed on the way from self-assessment to the final figures, with its reason.

Comes in: finals. Goes out: a row per adjustment; totals per section stand on 自评与核定. Transfers stand with both sections.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from workbook_builder import model as m
from workbook_builder import results as r
from workbook_builder.excel.report import Page
from workbook_builder.layout.book import clause_of
from workbook_builder.rules.clauses import OPEN_TEXT
from workbook_builder.rules.excel import number
from workbook_builder.rules.items import Figure
from workbook_builder.rules.sheet import AWARD, PROPOSED, tidy
from workbook_builder.summary.answers import DECLARATIONS
from workbook_builder.summary.facts import Facts
from workbook_builder.summary.frame import framed, name_width, named
from workbook_builder.summary.origins import ORIGIN, told

if TYPE_CHECKING:
    from workbook_builder.summary.workbook import Parts

WIDTHS = (15, 38, 9, 14, 9, 9, 16, 32, 18, 26)
HEADS = ("科室", "考评项", "细则", "类别", "核定者\n（职务或机构）", "自评\n（原为）", "核定\n（改为）", "本项得分\n自评→核定", "理由", "依据", ORIGIN)
KINDS = (r.BY_REVIEW, r.BY_CITY, r.BY_DECISION, r.BY_TRANSFER)
_MOST_WORDS = 60


def adjustments_page(parts: Parts, name: str) -> None:
    """Every adjustment in the notice's order."""
    facts = parts.facts
    count = sum(len(final.adjustments) for final in facts.results.finals.values())
    lines = (
        f"批次号 {facts.results.batch}　　调整 {count} 处",
        "“本项得分”是整个考评项的变化；同一考评项有几处调整的，每处都列同一数字，不能相加",
        f"“{ORIGIN}”是“核定（改为）”所在的文件、工作表、单元格，其后为核定时对照的台账各行；文件的 SHA-256 见“收件登记”",
    )
    with framed(parts.report, name, (name_width(facts.order), *WIDTHS), f"核定调整 · {facts.label}", lines) as page:
        head = page.line(HEADS, "head", least=32)
        page.header(head)
        for final in facts.results.finals.values():
            for adjustment in final.adjustments:
                _row(page, parts, final, adjustment)
        page.filtered(head, page.row - 1)
        if not count:
            page.wide("没有调整。", "note")


def change(old: Figure | None, new: Figure | None) -> Decimal | str:
    """new − old, 待定 while either is open."""
    if old is None or new is None or old.value is None or new.value is None:
        return OPEN_TEXT
    return tidy(new.value - old.value)


# --- a row per adjustment -----------------------------------------------------------------------------------------------


def _row(page: Page, parts: Parts, final: r.Final, adjustment: r.Adjustment) -> None:
    facts = parts.facts
    values = (
        named(parts.sheet_of, adjustment.section),
        facts.place(adjustment.item),
        wording(facts, adjustment.field),
        adjustment.kind,
        adjustment.role or "—",
        adjustment.before or "—",
        adjustment.after,
        effect(final, adjustment),
        adjustment.reason,
        adjustment.basis,
        told(adjustment.origins),
    )
    looks = ["cell+link", "cell", "cell+small", *["center"] * 3, "center+key", "center+small", "cell", "cell+small", "cell+tiny+soft"]
    page.line(values, looks, least=18)


def wording(facts: Facts, field: str) -> str:
    """Id and short words of what was changed."""
    if field in (AWARD, PROPOSED):
        return DECLARATIONS[field]
    clause = facts.scheme.clause_by_id.get(clause_of(field))
    if clause is None:
        item = facts.scheme.item_by_key.get(field)
        return f"{field}　{item.title}" if item is not None else field
    slot = next((s for s in facts.rules.slots[clause.id] if s.suffix and clause.id + s.suffix == field), None)
    words = " ".join(clause.text.split())
    short = words if len(words) <= _MOST_WORDS else words[: _MOST_WORDS - 1] + "…"
    return f"{clause.id}　{short}" + (f"（{slot.label}）" if slot is not None and slot.label else "")


def effect(final: r.Final, adjustment: r.Adjustment) -> str:
    """What became of the item's score: 9→8（−1）; "" where a figure is not known."""
    before, after = _figures(final, adjustment)
    if before is None or after is None:
        return ""
    return f"{number(tidy(before))}→{number(tidy(after))}（{signed(after - before)}）"


def _figures(final: r.Final, adjustment: r.Adjustment) -> tuple[Decimal | None, Decimal | None]:
    if adjustment.kind == r.BY_DECISION:
        return _decimal(adjustment.before), _decimal(adjustment.after)
    if adjustment.item == m.SPECIAL:
        return _value(final.special[0]), _value(final.special[1])
    figures = final.items.get(adjustment.item)
    # Whoever bears a deduction for another section does so on the part, not on an item of their own.
    return (_value(figures.own), _value(figures.reviewed)) if figures is not None else (None, None)


def _value(figure: Figure | None) -> Decimal | None:
    return None if figure is None else figure.value


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def signed(value: Decimal) -> str:
    """A difference with its sign: +1, −0.5, 0."""
    value = tidy(value)
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{number(abs(value))}"


def by_field(final: r.Final) -> dict[str, tuple[r.Adjustment, ...]]:
    """Field → what the city, review and decisions made of it."""
    found: dict[str, list[r.Adjustment]] = {}
    for adjustment in final.adjustments:
        if adjustment.kind != r.BY_TRANSFER:
            found.setdefault(adjustment.field, []).append(adjustment)
    return {name: tuple(some) for name, some in found.items()}


def reasons(adjustments: tuple[r.Adjustment, ...]) -> Iterator[str]:
    """Who changed it and why, a line each."""
    for a in adjustments:
        by = "·".join(text for text in (a.kind, a.role) if text)
        yield f"{by}：{'；'.join(text for text in (a.reason, a.basis) if text) or '（未写理由）'}"
