"""Sheet 部分与项目: every item's score by section, its 分值 beneath; after review the final one, with the self score where it differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from workbook_builder import model as m
from workbook_builder.excel.report import Link, Page, Value
from workbook_builder.rules.clauses import OPEN_TEXT
from workbook_builder.rules.excel import number
from workbook_builder.rules.items import Figure, part_figure
from workbook_builder.summary.facts import Facts
from workbook_builder.summary.tables import Cell, item_matrix

if TYPE_CHECKING:
    from workbook_builder.summary.workbook import Parts

_NAME_WIDTH, _SUM_WIDTH, _NARROWEST, _WIDEST, _ALL = 24.0, 11.0, 6.5, 10.0, 120.0
#: Sections up to which both blocks fit one printed page.
_ONE_PAGE = 11


@dataclass(frozen=True)
class _Block:
    """Parts side by side: sums first, then a column per item."""

    caption: str
    parts: tuple[str, ...]
    sums: tuple[str, ...]
    heads: tuple[str, ...]
    cells: dict[str, list]


def items_page(parts: Parts, name: str) -> None:
    """业务工作 and 队伍建设 side by side, 特色工作 below: a row per section, a column per item."""
    facts = parts.facts
    final = facts.results.is_final
    blocks = (_earned(facts), _special(facts))
    columns = max(len(block.heads) for block in blocks) or 1
    width = min(_WIDEST, max(_NARROWEST, _ALL / columns))
    page = parts.report.page(name, [_NAME_WIDTH, *[_SUM_WIDTH] * len(blocks[0].sums), *[width] * columns])
    page.wide(f"部分与项目得分 · {facts.label}", "title", least=28)
    told = "每格上为核定后得分、下为分值，与自评不同的另列自评分" if final else "每格上为自评得分、下为分值"
    page.wide(f"批次号 {facts.results.batch}　　{told}；空格表示该科室没有这一项", "facts")
    for place, block in enumerate(blocks):
        # Self scores that differ take a third line.
        if place and (final or len(facts.scheme.sections) > _ONE_PAGE):
            page.page_break()
        _write(page, parts, block)
    for text in _borne(facts):
        page.wide(text, "note")


def _borne(facts: Facts) -> Iterator[str]:
    """业务工作 is less than its items where a section bears a deduction for another."""
    for final in facts.results.finals.values():
        for borne in final.borne:
            text = f"{final.section.name}的业务工作小计已减去替{borne.section}承担的 {number(borne.points)} 分"
            yield f"{text}（{facts.place(borne.clause.id)}），见“核定调整”。"


def _earned(facts: Facts) -> _Block:
    parts = (m.BUSINESS, m.TEAM)
    found = [item_matrix(facts, part) for part in parts]
    heads = tuple(f"{part[:2]}\n{head}" for part, (some, _) in zip(parts, found, strict=True) for head in some)
    cells = {
        section.name: [
            cell for some, rows in found for cell in rows.get(section.name, [None] * len(some))
        ]
        for section in facts.scheme.sections
    }
    caption = "、".join(part + _full(facts, part) for part in parts)
    sums = tuple(f"{part}\n{word}" for part in parts for word in (("小计", "自评") if facts.results.is_final else ("小计",)))
    return _Block(caption, parts, sums, heads, cells)


def _special(facts: Facts) -> _Block:
    heads, cells = item_matrix(facts, m.SPECIAL)
    caption = m.SPECIAL + _full(facts, m.SPECIAL)
    if facts.results.is_final:
        sums = ("附件2合计\n（核定）", "附件2合计\n（自评）", "核定分", "自评分")
    else:
        sums = ("附件2合计\n（供核定参考）", "自评分")
    return _Block(caption, (m.SPECIAL,), sums, heads, cells)


def _full(facts: Facts, part: str) -> str:
    full = facts.scheme.part(part).full
    return f"（满分 {number(full)}）" if full is not None else ""


def _write(page: Page, parts: Parts, block: _Block) -> None:
    page.wide(block.caption, "heading", least=20)
    page.line(["科室", *block.sums, *block.heads], "head", least=20)
    for section in parts.facts.scheme.sections:
        sums = _sums(parts.facts, section.name, block.parts)
        cells = block.cells.get(section.name, [None] * len(block.heads))
        values = [Link(parts.sheet_of[section.name], section.name), *sums, *(_text(cell) for cell in cells)]
        looks = ["cell+link", *(_look(value) for value in sums), *("center+open" if _is_open(c) else "center" for c in cells)]
        page.line(values, looks, least=28)


def _sums(facts: Facts, section: str, parts: Sequence[str]) -> list[Value]:
    assessment, final = facts.results.assessments[section], facts.results.finals.get(section)
    own = [assessment.score.section.parts[part] for part in parts]
    if m.SPECIAL in parts:
        own.append(assessment.score.special)
    if final is None:
        return [facts.known(section, figure).shown for figure in own]
    if m.SPECIAL in parts:
        evidence = [figures.final for figures in final.items.values() if figures.item.part == m.SPECIAL]
        reviewed = [part_figure(facts.scheme.part(m.SPECIAL), evidence), final.parts[m.SPECIAL]]
    else:
        reviewed = [final.parts[part] for part in parts]
    mine: list[Figure | None] = list(own) if assessment.returned is not None else [None] * len(own)
    return [value for new, old in zip(reviewed, mine, strict=True) for value in (new.shown, old.shown if old else "—")]


def _text(cell: Cell | None) -> Value:
    """得分 above 分值, and the self score where it differs: one text, since they belong together."""
    if cell is None:
        return None
    score, full, own = (number(part) if isinstance(part, Decimal) else part for part in cell)
    texts = [score, f"/{full}" if full else "", f"自评{own}" if own is not None else ""]
    return "\n".join(text for text in texts if text)


def _is_open(cell: Cell | None) -> bool:
    return cell is not None and cell[0] == OPEN_TEXT


def _look(value: Value) -> str:
    return "number+open" if value == OPEN_TEXT else "number"
