"""Sheet 特色工作: what each section has declared, what it gave itself, what was granted, and what annex 2 says for it.

Comes in: results. Goes out: one sheet with a chart over its table; the words of the declarations stand on the sections' pages.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from workbook_builder import model as m
from workbook_builder.excel import charts
from workbook_builder.excel.palette import NAVY, PART_FILLS
from workbook_builder.excel.report import Page, Value
from workbook_builder.rules import sheet as sh
from workbook_builder.rules.clauses import OPEN_TEXT
from workbook_builder.rules.excel import number
from workbook_builder.rules.items import Figure, part_figure
from workbook_builder.summary.answers import BLANK, declared_works, text_of
from workbook_builder.summary.board import NONE
from workbook_builder.summary.facts import Facts
from workbook_builder.summary.frame import framed, name_width, named, room, stays
from workbook_builder.summary.losses import figure_of

if TYPE_CHECKING:
    from workbook_builder.summary.workbook import Parts

NAME, OWN, FINAL = 1, 4, 5
_TITLE_FIELD = "特色工作名称"
NOTHING = "没有申报"
_CHART, _BAR = 56.0, 18.0


def special_page(parts: Parts, name: str) -> None:
    """A row per section."""
    facts = parts.facts
    final = facts.results.is_final
    full = facts.scheme.part(m.SPECIAL).full
    limit = f"不超过 {number(full)} 分" if full is not None else ""
    told = (f"批次号 {facts.results.batch}　　特色工作得分{limit}；附件2合计是核定的依据，不直接计入", _bands(facts.scheme))
    widths = (name_width(facts.order), 60 if final else 80, 13, 9, *((9, 11, 11) if final else (11,)), 50)
    heads = ["科室", "申报的特色工作", "市局\n是否加分", "自评分", *(("核定分", "附件2\n自评合计", "附件2\n核定合计") if final else ("附件2\n自评合计",)), "附件2得分的项目"]
    with framed(parts.report, name, widths, f"特色工作 · {facts.label}", told) as page:
        head = page.line(heads, "head", least=34)
        # Whoever is not in the chart stands below the others: a chart would draw a text as 0.
        order = sorted(facts.scheme.sections, key=lambda section: not _known(facts, section.name))
        for section in order:
            _row(page, parts, section)
        page.filtered(head, page.row - 1)
        stays(page, head)
        _chart(page, facts, head + 1)


def _bands(scheme: m.Scheme) -> str:
    (low, high), (least, most) = scheme.special_awarded, scheme.special_other
    return f"获市局加分的 {number(low)}–{number(high)} 分，其他 {number(least)}–{number(most)} 分"


def _row(page: Page, parts: Parts, section: m.Section) -> None:
    facts, name = parts.facts, section.name
    assessment, final = facts.results.assessments[name], facts.results.finals.get(name)
    own: Value = assessment.score.special.shown if assessment.returned is not None else NONE
    annex: Value = assessment.score.section.parts[m.SPECIAL].shown if assessment.returned is not None else NONE
    values: list[Value] = [named(parts.sheet_of, name), titles(facts, name), award(facts, name), own]
    if final is None:
        values += [annex]
    else:
        values += [final.parts[m.SPECIAL].shown, annex, _reviewed_annex(facts, name).shown]
    values.append(_earned(facts, section) or NONE)
    looks = ["cell+link", "cell", "center" + ("+open" if m.PENDING_CITY in award(facts, name) else "")]
    for place, value in enumerate(values[3:-1]):
        look = "center" if isinstance(value, str) else "number"
        looks.append(look + ("+open" if value == OPEN_TEXT else "") + ("+key" if place == (1 if final else 0) else ""))
    page.line(values, [*looks, "cell+small"], least=20)


def titles(facts: Facts, section: str) -> str:
    """The names of the declared works, numbered."""
    found = []
    for copy, texts in declared_works(facts.scheme, facts.results.assessments[section]):
        title = next((text.text for text in texts if text.caption == _TITLE_FIELD), "") or "（未写名称）"
        found.append(f"{copy}. {' '.join(title.split())}")
    if facts.results.assessments[section].returned is None:
        return NONE
    return "\n".join(found) or NOTHING


def award(facts: Facts, section: str) -> str:
    """Whether the city has recognised it: as answered, and as it was changed."""
    assessment, final = facts.results.assessments[section], facts.results.finals.get(section)
    said = (text_of(assessment.returned, sh.AWARD) or BLANK) if assessment.returned is not None else NONE
    changes = [a for a in final.adjustments if a.field == sh.AWARD] if final is not None else []
    return f"{said}→{changes[-1].after}" if changes and changes[-1].after != said else said


def _reviewed_annex(facts: Facts, section: str) -> Figure:
    final = facts.results.finals[section]
    evidence = [figures.final for figures in final.items.values() if figures.item.part == m.SPECIAL]
    return part_figure(facts.scheme.part(m.SPECIAL), evidence)


def _earned(facts: Facts, section: m.Section) -> str:
    """Items of annex 2 that give something, and those still open."""
    found = []
    for item in facts.scheme.section_items(section, m.SPECIAL):
        value = figure_of(facts, section.name, item).value
        if value is None:
            found.append(f"第{item.no}项 {OPEN_TEXT}")
        elif value:
            found.append(f"第{item.no}项 {number(value)}")
    return "；".join(found)


def _chart(page: Page, facts: Facts, first: int) -> None:
    sections = [section.name for section in facts.scheme.sections]
    known = [name for name in sections if _known(facts, name)]
    if len(known) < len(sections):
        left = "、".join(name for name in sections if name not in known)
        page.wide(f"分数待定或没有报送，不画入图中：{left}。", "note")
    if not any(value for name in known for value in _charted(facts, name)):
        return
    final, full = facts.results.is_final, facts.scheme.part(m.SPECIAL).full
    series = [charts.Series("自评分", OWN, PART_FILLS[1])]
    if final:
        series.append(charts.Series("核定分", FINAL, NAVY))
    title = "特色工作：自评分与核定分" if final else "特色工作自评分"
    table = charts.Table(first, first + len(known) - 1, NAME)
    chart = charts.bars(page, table, series, title=title, stacked=False, legend=final, highest=full, labels="General")
    kept = room(page, _CHART + _BAR * len(known))
    charts.place(page, chart, kept.row, 1, kept.width, kept.height, f"{title}，数字见上表")


def _known(facts: Facts, section: str) -> bool:
    return all(isinstance(value, Decimal) for value in _charted(facts, section))


def _charted(facts: Facts, section: str) -> list[Value]:
    assessment, final = facts.results.assessments[section], facts.results.finals.get(section)
    own: Value = assessment.score.special.shown if assessment.returned is not None else NONE
    return [own] if final is None else [own, final.parts[m.SPECIAL].shown]
