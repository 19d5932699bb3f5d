"""Sheet 部分与项目: every item's self score by section, its 分值 beneath."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from workbook_builder import model as m
from workbook_builder.excel.report import Link, Page, Value
from workbook_builder.results import Assessment
from workbook_builder.rules.clauses import OPEN_TEXT
from workbook_builder.rules.excel import number
from workbook_builder.summary.facts import Facts
from workbook_builder.summary.tables import item_matrix

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
    blocks = (_earned(facts), _special(facts))
    columns = max(len(block.heads) for block in blocks) or 1
    width = min(_WIDEST, max(_NARROWEST, _ALL / columns))
    page = parts.report.page(name, [_NAME_WIDTH, *[_SUM_WIDTH] * 2, *[width] * columns])
    page.wide(f"部分与项目得分 · {facts.label}", "title", least=28)
    page.wide(f"批次号 {facts.results.batch}　　每格上为自评得分、下为分值；空格表示该科室没有这一项", "facts")
    for place, block in enumerate(blocks):
        if place and len(facts.scheme.sections) > _ONE_PAGE:
            page.page_break()
        _write(page, parts, block)


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
    return _Block(caption, parts, tuple(f"{part}\n小计" for part in parts), heads, cells)


def _special(facts: Facts) -> _Block:
    heads, cells = item_matrix(facts, m.SPECIAL)
    caption = m.SPECIAL + _full(facts, m.SPECIAL)
    return _Block(caption, (m.SPECIAL,), ("附件2合计\n（供核定参考）", "自评分"), heads, cells)


def _full(facts: Facts, part: str) -> str:
    full = facts.scheme.part(part).full
    return f"（满分 {number(full)}）" if full is not None else ""


def _write(page: Page, parts: Parts, block: _Block) -> None:
    page.wide(block.caption, "heading", least=20)
    page.line(["科室", *block.sums, *block.heads], "head", least=20)
    for section in parts.facts.scheme.sections:
        sums = _sums(parts.facts, parts.facts.results.assessments[section.name], block.parts)
        cells = block.cells.get(section.name, [None] * len(block.heads))
        values = [Link(parts.sheet_of[section.name], section.name), *sums, *(_text(cell) for cell in cells)]
        looks = ["cell+link", *(_look(value) for value in sums), *("center+open" if _is_open(c) else "center" for c in cells)]
        page.line(values, looks, least=28)


def _sums(facts: Facts, assessment: Assessment, parts: Sequence[str]) -> list[Value]:
    figures = [assessment.score.section.parts[part] for part in parts]
    if m.SPECIAL in parts:
        figures.append(assessment.score.special)
    return [facts.known(assessment.section.name, figure).shown for figure in figures]


def _text(cell: tuple[object, object] | None) -> Value:
    """得分 above 分值: one text, since the two belong together."""
    if cell is None:
        return None
    score, full = cell
    shown = number(score) if isinstance(score, Decimal) else str(score)
    return f"{shown}\n/{number(full)}" if isinstance(full, Decimal) else shown


def _is_open(cell: tuple[object, object] | None) -> bool:
    return cell is not None and cell[0] == OPEN_TEXT


def _look(value: Value) -> str:
    return "number+open" if value == OPEN_TEXT else "number"
