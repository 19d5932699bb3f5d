"""Sheets 失分分析 and 失分细则: on which items and by which clauses points were lost, the heaviest first, over all sections.

Comes in: figures that count at this stage. Goes out: two sheets, one of items with a chart of the first ten, one
of clauses. Only what is known is counted; what is open is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from workbook_builder import model as m
from workbook_builder.excel import charts
from workbook_builder.excel.palette import PART_FILLS
from workbook_builder.excel.report import Page, Value
from workbook_builder.rules.excel import number
from workbook_builder.rules.sheet import tidy
from workbook_builder.summary.board import NONE
from workbook_builder.summary.facts import Facts
from workbook_builder.summary.frame import Room, framed, room
from workbook_builder.summary.losses import Sum, by_clause, by_item, counted_points, lost_of

if TYPE_CHECKING:
    from workbook_builder.summary.workbook import Parts

NAME, TOTAL = 2, 7
ITEM_HEADS = ("序", "考评项", "内容", "分值", "参评\n科室", "失分\n科室", "失分\n合计", "单科\n最多", "失分率", "失分的科室和分数")
CLAUSE_HEADS = ("序", "细则", "内容", "参评\n科室", "失分\n科室", "失分\n合计", "单科\n最多", "失分的科室和分数")
_ITEM_WIDTHS = (5, 36, 46, 7, 7, 7, 8, 8, 8.5, 42)
_CLAUSE_WIDTHS = (5, 34, 66, 7, 7, 8, 8, 42)
_LOOKS = ("center", "cell+key", "cell+small", *["center"] * 3, "number+key", "number", "center", "cell+small")
#: Which columns of an item a clause has not: 分值, 失分率.
_OF_ITEMS = (3, 8)
CHARTED = 10
_CHART = 215.0
_MOST_WORDS = 120


def losses_page(parts: Parts, name: str) -> None:
    """Items, and a chart of the first ten."""
    facts = parts.facts
    items = by_item(facts)
    losing = [one for one in items if one.total]
    told = (_told(facts), "得分制、折算的考评项，没有得到的分也算失分；特色工作、突破底线不在此列。按细则看，见“失分细则”")
    with framed(parts.report, name, _ITEM_WIDTHS, f"失分分析 · {facts.label}", told) as page:
        above = room(page, _CHART) if losing else None
        page.wide("全部失分的考评项", "heading", least=22)
        head = page.line(ITEM_HEADS, "head", least=32)
        page.header(head, frozen=False)
        for place, one in enumerate(losing, 1):
            page.line(_row(facts, one, place), _LOOKS, least=18)
        page.filtered(head, page.row - 1)
        if above is None:
            page.wide("没有失分。", "note")
        else:
            _chart(page, above, head + 1, losing)
        page.wide("失分率＝失分合计÷（分值×分数已定的参评科室数）。", "note")
        open_ = [f"{label(facts, one)}（{'、'.join(one.open)}）" for one in items if one.open]
        if open_:
            page.wide(f"分数待定、没有计入的：{'；'.join(open_)}。", "note")


def lost_clauses_page(parts: Parts, name: str) -> None:
    """Clauses that took points off."""
    facts = parts.facts
    clauses = [one for one in by_clause(facts) if one.total]
    told = (_told(facts), "只列扣分的细则；有封顶、取高、扣完为止的，各条失分之和可能大于考评项的失分")
    with framed(parts.report, name, _CLAUSE_WIDTHS, f"失分细则 · {facts.label}", told) as page:
        head = page.line(CLAUSE_HEADS, "head", least=32)
        page.header(head)
        looks = [look for place, look in enumerate(_LOOKS) if place not in _OF_ITEMS]
        for number_, one in enumerate(clauses, 1):
            values = [value for place, value in enumerate(_row(facts, one, number_)) if place not in _OF_ITEMS]
            page.line(values, looks, least=18)
        page.filtered(head, page.row - 1)
        if not clauses:
            page.wide("没有按细则扣分的。", "note")
        unsplit = [f"{section}{facts.place(item.key)}" for section, item in _unsplit(facts)]
        if unsplit:
            page.wide(f"分数不能分到细则的（如经领导小组决定调整），只列入“失分分析”：{'、'.join(unsplit)}。", "note")


def _told(facts: Facts) -> str:
    basis = "核定后的得分" if facts.results.is_final else "自评得分"
    return f"批次号 {facts.results.batch}　　失分＝分值－{basis}，从大到小排列"


def _row(facts: Facts, one: Sum, place: int) -> list[Value]:
    who = "、".join(f"{x.section} {number(x.points)}{'（替承担）' if x.borne else ''}" for x in one.losing)
    if one.open:
        who += ("；" if who else "") + f"待定：{'、'.join(one.open)}"
    asked = [x for x in one.losses if not x.borne]
    return [
        place,
        label(facts, one),
        _words(one),
        one.item.points,
        len(asked),
        len({x.section for x in one.losing}),
        one.total,
        one.most,
        _rate(one),
        who,
    ]


def _rate(one: Sum) -> str:
    """Lost of what could be lost, in per cent; clauses have no such measure."""
    known = [x for x in one.known if not x.borne]
    if one.clause is not None or not one.item.points or not known:
        return NONE
    share = tidy(round(100 * one.total / (one.item.points * len(known)), 1))
    return f"{number(share)}%"


def label(facts: Facts, one: Sum) -> str:
    """队伍建设第3项, 办公室 业务第2项; of a clause with the number it has on the sheets: 业务2.4."""
    item = one.item
    part = item.part if item.part != m.BUSINESS else f"{item.owner}　业务"
    return f"{part}第{item.no}项" if one.clause is None else f"{part}{item.no}.{one.clause.no}"


def _words(one: Sum) -> str:
    text = one.item.title or one.item.note if one.clause is None else one.clause.text
    text = " ".join(text.split())
    return text if len(text) <= _MOST_WORDS else text[: _MOST_WORDS - 1] + "…"


def _chart(page: Page, above: Room, first: int, losing: Sequence[Sum]) -> None:
    shown = min(CHARTED, len(losing))
    table = charts.Table(first, first + shown - 1, NAME)
    series = (charts.Series("失分合计", TOTAL, PART_FILLS[1]),)
    title = f"失分最多的{shown}个考评项（分）"
    chart = charts.bars(page, table, series, title=title, stacked=False, legend=False)
    charts.place(page, chart, above.row, 1, above.width, above.height, f"{title}，数字见下表前{shown}行")


def _unsplit(facts: Facts) -> Iterator[tuple[str, m.Item]]:
    """Items whose figure is known and lacks something that their clauses do not explain."""
    for section in facts.scheme.sections:
        for part in (m.BUSINESS, m.TEAM):
            for item in facts.scheme.section_items(section, part):
                lost = lost_of(facts, section.name, item)
                if lost and counted_points(facts, section.name, item) is None:
                    yield section.name, item
