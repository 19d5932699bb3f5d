"""Sheet 部分与项目: every item's score by section, a block per part; the darker a cell, the more of its 分值 is lacking.

Comes in: results. Goes out: one sheet of figures that stand as they are. Open figures are striped and say so, an item that a
section does not have is an empty cell, and 特色工作, which has nothing to lose, has no shades.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from workbook_builder import model as m
from workbook_builder.excel.report import Page, Value
from workbook_builder.rules.clauses import OPEN_TEXT
from workbook_builder.rules.excel import number
from workbook_builder.rules.items import Figure, part_figure
from workbook_builder.summary.facts import Facts
from workbook_builder.summary.frame import framed, name_look, name_width, named, paper
from workbook_builder.summary.losses import figure_of

if TYPE_CHECKING:
    from workbook_builder.summary.workbook import Parts

_SUM, _NARROWEST, _WIDEST, _ALL = 10.0, 8.0, 13.0, 110.0
_TITLE, _TWO_LINES = 30, 36.0
#: Least share of 分值 lacking → shade; beyond the last the darkest.
STEPS = ((Decimal("0.1"), 1), (Decimal("0.2"), 2), (Decimal("0.4"), 3))
_DARKEST = 4
LEGEND = ("得满分值", "失分不到10%", "失分10%至不到20%", "失分20%至不到40%", "失分40%以上", "待定（有未定事项）")
_ABOUT_ANNEX = (
    "附件2的加分项目是核定特色工作得分的依据，不直接相加计入总分。",
    "特色工作每格下行为附件2的项号和分值上限；加粗的为得分的项目，灰字为没有得分的项目。",
)


@dataclass(frozen=True, slots=True)
class _Block:
    """A part: captions of its sums, headings of its items, and per section the item of each column."""

    part: m.Part
    sums: tuple[str, ...]
    heads: tuple[str, ...]
    items: dict[str, tuple[m.Item | None, ...]]

    @property
    def shaded(self) -> bool:
        return self.part.name != m.SPECIAL


def items_page(parts: Parts, name: str) -> None:
    """业务工作, 队伍建设 and 特色工作, each on a printed page of its own: a row per section, a column per item."""
    facts = parts.facts
    blocks = [_block(facts, facts.scheme.part(part)) for part in (m.BUSINESS, m.TEAM, m.SPECIAL)]
    columns = max(len(block.heads) for block in blocks) or 1
    width = min(_WIDEST, max(_NARROWEST, _ALL / columns))
    told = "大字为核定后得分，下行为分值，与自评不同的另列自评分" if facts.results.is_final else "大字为自评得分，下行为分值"
    lines = (f"批次号 {facts.results.batch}　　{told}；空格表示该科室没有这一项",)
    with framed(parts.report, name, [name_width(facts.order), _SUM, _SUM, *[width] * columns], f"部分与项目得分 · {facts.label}", lines) as page:
        page.ws.freeze_panes(1, 1)
        for place, block in enumerate(blocks):
            if place:
                page.page_break()
            _write(page, parts, block)
        page.gap()
        for text in (*_borne(facts), *_ABOUT_ANNEX):
            page.wide(text, "note")


def _block(facts: Facts, part: m.Part) -> _Block:
    scheme = facts.scheme
    found = {section.name: scheme.section_items(section, part.name) for section in scheme.sections}
    if part.name == m.TEAM:
        keys = list(dict.fromkeys(item for items in found.values() for item in items))
        heads = tuple(_team_head(item) for item in keys)
        items = {name: tuple(item if item in some else None for item in keys) for name, some in found.items()}
        return _Block(part, _sums(facts, part), heads, items)
    most = max((len(some) for some in found.values()), default=0)
    heads = tuple(f"第{n}项" if part.name == m.BUSINESS else f"加分{n}" for n in range(1, most + 1))
    items = {name: (*some, *[None] * (most - len(some))) for name, some in found.items()}
    return _Block(part, _sums(facts, part), heads, items)


def _team_head(item: m.Item) -> str:
    title = " ".join((item.title or item.note).split()).rstrip("。")
    full = f"（{number(item.points)}分）" if item.points is not None else ""
    return f"第{item.no}项{full}\n{title if len(title) <= _TITLE else title[: _TITLE - 1] + '…'}"


def _sums(facts: Facts, part: m.Part) -> tuple[str, ...]:
    final = facts.results.is_final
    if part.name == m.SPECIAL:
        return ("附件2合计\n（核定）", "附件2合计\n（自评）") if final else ("附件2合计\n（自评）", "特色工作\n自评分")
    return ("小计\n（核定）", "小计\n（自评）") if final else ("小计", "")


def _write(page: Page, parts: Parts, block: _Block) -> None:
    facts, part = parts.facts, block.part
    full = f"（满分 {number(part.full)}）" if part.full is not None else ""
    page.wide(part.name + full, "heading", least=22)
    if block.shaded:
        _legend(page)
    used = 1 + len([text for text in block.sums if text]) + len(block.heads)
    heads: list[Value] = ["科室", *(text for text in block.sums if text), *block.heads]
    page.line(heads, ["head"] * used, least=34)
    for section in facts.scheme.sections:
        if page.depth - page.broken_at + _TWO_LINES > paper(page):
            page.page_break()
            page.line(heads, ["head"] * used, least=34)
        _section(page, parts, block, section.name)


def _legend(page: Page) -> None:
    """A box per shade; the boxes are columns of the table, so that widths need not be found twice."""
    looks = [f"center+small+heat{n}" for n in range(_DARKEST + 1)] + ["center+small+hatched"]
    cells: list[tuple[int, Value, str]] = [(1, "颜色越深，失分占分值越多", "plain+small+right")]
    places = page.last - 1
    for n, (text, look) in enumerate(zip(LEGEND, looks, strict=True)):
        last = 1 + max(n + 1, places * (n + 1) // len(LEGEND))
        cells.append((last, text, look))
    page.across(cells, least=16)
    page.gap(4)


def _section(page: Page, parts: Parts, block: _Block, section: str) -> None:
    """The scores, and below them 分值 and what the section itself had said."""
    facts = parts.facts
    sums = [figure.shown if figure is not None else "—" for figure in _sum_figures(facts, section, block)]
    items = block.items[section]
    scores = [None if item is None else figure_of(facts, section, item) for item in items]
    beneath = [None if item is None else _beneath(facts, section, item, block) for item in items]
    shades = [_shade(block, item, figure) for item, figure in zip(items, scores, strict=True)]
    name, look = named(parts.sheet_of, section), name_look(parts.sheet_of, section)
    sum_looks = ["center+large+key" + ("+hatched" if value == OPEN_TEXT else "") for value in sums]
    shown = [None if figure is None else figure.shown for figure in scores]
    if not any(beneath):
        page.line([name, *sums, *shown], [look, *sum_looks, *(_or_plain(f"center+large{s}", s) for s in shades)], least=26)
        return
    page.line([name, *sums, *shown], [look, *sum_looks, *(_or_plain(f"center+large+upper{s}", s) for s in shades)], least=18)
    lower = [_or_plain(f"center+tiny+lower{s}", s) for s in shades]
    page.line([None, *[None] * len(sums), *beneath], [look, *sum_looks, *lower], least=15)
    _joined(page, [name, *sums], [look, *sum_looks])
    for column, (value, below, shade) in enumerate(zip(shown, beneath, shades, strict=True), 2 + len(sums)):
        if value is not None and not below:
            page.joined((page.row - 2, column, page.row - 1, column), value, f"center+large{shade}")


def _or_plain(look: str, shade: str | None) -> str:
    """Without a frame where the section has no such item."""
    return "plain" if shade is None else look


def _joined(page: Page, values: Sequence[Value], looks: Sequence[str]) -> None:
    """Name and sums stand over both lines of a section."""
    for column, (value, look) in enumerate(zip(values, looks, strict=True), 1):
        page.joined((page.row - 2, column, page.row - 1, column), value, look)


def _shade(block: _Block, item: m.Item | None, figure: Figure | None) -> str | None:
    if item is None or figure is None:
        return None
    if figure.value is None:
        return "+hatched"
    if not block.shaded:
        return "+key" if figure.value else "+faint"
    return f"+heat{shade_of(item, figure.value)}" if item.points else ""


def shade_of(item: m.Item, score: Decimal) -> int:
    """0 where nothing of 分值 is lacking, else darker the more is."""
    share = (item.points - score) / item.points
    if share <= 0:
        return 0
    return next((shade for below, shade in STEPS if share < below), _DARKEST)


def _beneath(facts: Facts, section: str, item: m.Item, block: _Block) -> str:
    full = f"/{number(item.points)}" if item.points is not None else ""
    # 分值 of 队伍建设 is the same for everybody and stands in the heading.
    texts = [{m.SPECIAL: f"第{item.no}项{full}", m.BUSINESS: full}.get(block.part.name, "")]
    final = facts.results.finals.get(section)
    own = final.items[item.key].own if final is not None else None
    if own is not None and own.shown != final.items[item.key].final.shown:
        value = own.shown
        texts.append(f"自评{number(value) if isinstance(value, Decimal) else value}")
    return " ".join(text for text in texts if text)


def _sum_figures(facts: Facts, section: str, block: _Block) -> Iterator[Figure | None]:
    part = block.part.name
    assessment, final = facts.results.assessments[section], facts.results.finals.get(section)
    own = facts.known(section, assessment.score.section.parts[part])
    if final is None:
        yield own
        if part == m.SPECIAL:
            yield facts.known(section, assessment.score.special)
        return
    if part == m.SPECIAL:
        evidence = [figures.final for figures in final.items.values() if figures.item.part == m.SPECIAL]
        yield part_figure(block.part, evidence)
    else:
        yield final.parts[part]
    yield own if assessment.returned is not None else None


def _borne(facts: Facts) -> Iterator[str]:
    """业务工作 is less than its items where a section bears a deduction for another."""
    for final in facts.results.finals.values():
        for borne in final.borne:
            text = f"{final.section.name}的业务工作小计已减去替{borne.section}承担的 {number(borne.points)} 分"
            yield f"{text}（{facts.place(borne.clause.id)}），见“核定调整”。"
