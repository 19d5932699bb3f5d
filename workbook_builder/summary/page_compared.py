"""Sheet 自评与核定: what each section had said of itself beside what counts, by part, the greatest change first.

Comes in: finals. Goes out: one sheet with two charts over its table. Where a figure is open there is neither a difference nor
a dot; such sections stand last, and the line below the charts names them.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

from workbook_builder import model as m
from workbook_builder import results as r
from workbook_builder.excel import charts
from workbook_builder.excel.palette import NAVY, PART_FILLS
from workbook_builder.excel.report import Formula, Page, Value
from workbook_builder.intake.refs import a1
from workbook_builder.rules.clauses import OPEN_TEXT
from workbook_builder.rules.items import Figure
from workbook_builder.rules.sheet import SHEET_PARTS
from workbook_builder.summary import formulas as fm
from workbook_builder.summary.board import NONE
from workbook_builder.summary.facts import Facts
from workbook_builder.summary.frame import framed, name_width, named, room, stays
from workbook_builder.summary.page_adjusted import KINDS, change

if TYPE_CHECKING:
    from workbook_builder.summary.workbook import Parts

NAME, RANK, OWN, FINAL, DIFFERENCE, FIRST_PART = 1, 2, 3, 4, 5, 6
_WIDTHS = (7, 10, 10, 10, *(8.5,) * 9, 9, 6, 26)
_DOTS, _BAR = 170.0, 26.0


def compared_page(parts: Parts, name: str) -> None:
    """A row per section; a dot each for 自评 and 核定, and bars of what moved in each part."""
    facts = parts.facts
    order = sorted(facts.results.finals, key=lambda section: _weight(facts, section))
    told = (f"批次号 {facts.results.batch}　　变化从大到小排列；变化＝核定－自评，正数为核定增加", _how_many(facts))
    with framed(parts.report, name, (name_width(order), *_WIDTHS), f"自评与核定 · {facts.label}", told) as page:
        first = _table(page, parts, order)
        page.wide("总分的变化等于三部分变化之和减突破底线扣分（按口径取整后可能略有出入）；述职测评计入总分时，还含测评所得。", "note")
        known = [section for section in order if _difference(facts, section) is not None]
        left = [section for section in order if section not in known]
        if left:
            page.wide(f"尚有未定的分数或没有自评，不画入图中：{'、'.join(left)}。", "note")
        _charts(page, facts, first, known)


def _how_many(facts: Facts) -> str:
    found = [a for final in facts.results.finals.values() for a in final.adjustments]
    kinds = "　".join(f"{kind} {sum(a.kind == kind for a in found)}" for kind in KINDS if any(a.kind == kind for a in found))
    return f"调整 {len(found)} 处" + (f"（{kinds}），逐项见“核定调整”" if found else "")


# --- the table ----------------------------------------------------------------------------------------------------------


def _table(page: Page, parts: Parts, order: list[str]) -> int:
    """Two rows of headings, then the sections; the number of the first row of figures."""
    facts = parts.facts
    heads: list[Value] = ["科室", "名次", *["总分"] * 3]
    for part in SHEET_PARTS:
        heads += [part] * 3
    tail = ["突破底线\n扣分", "调整\n处数", "其中"]
    # Texts come with the joined cells: one narrow cell alone would make the row higher than they need.
    top = page.line([None] * (len(heads) + len(tail)), "head", least=20)
    words = ["自评", "核定", "变化"]
    below = page.line([None, None, *words * 4, None, None, None], "head", least=20)
    for column, text in [(1, "科室"), (2, "名次"), *zip((15, 16, 17), tail, strict=True)]:
        page.joined((top, column, below, column), text, "head")
    for start in (3, 6, 9, 12):
        page.joined((top, start, top, start + 2), heads[start - 1], "head")
    digits = fm.digits_look(facts.scheme, _figures(facts))
    for section in order:
        _row(page, parts, section, digits)
    stays(page, top, rows=2)
    return below + 1


def _figures(facts: Facts):
    for name, final in facts.results.finals.items():
        yield facts.self_total(name)
        yield facts.standing_of[name].total.value
        for part in SHEET_PARTS:
            yield final.parts[part].value
            own = own_parts(facts, name)[part]
            yield own.value if own is not None else None


def _row(page: Page, parts: Parts, section: str, digits: str) -> None:
    facts, row = parts.facts, page.row
    final, standing = facts.results.finals[section], facts.standing_of[section]
    own = own_parts(facts, section)
    pairs: list[tuple[Value, Value]] = [(facts.self_total_shown(section), standing.total.shown)]
    pairs += [(own[part].shown if own[part] is not None else NONE, final.parts[part].shown) for part in SHEET_PARTS]
    values: list[Value] = [named(parts.sheet_of, section), fm.rank_text(standing)]
    for place, (mine, counted) in enumerate(pairs):
        column = OWN + 3 * place
        values += [mine, counted, _minus(mine, counted, a1(row, column), a1(row, column + 1))]
    bottom = final.parts[m.BOTTOM_LINE].shown
    values += [bottom, len(final.adjustments), _kinds(final)]
    page.line(values, _looks(values, digits), least=22)


def _minus(mine: Value, counted: Value, old: str, new: str) -> Value:
    if not isinstance(mine, Decimal) or not isinstance(counted, Decimal):
        return NONE if mine == NONE else OPEN_TEXT
    return Formula(f"ROUND({new}-{old},4)", counted - mine)


def _looks(values: list[Value], digits: str) -> list[str]:
    looks = ["cell+link", "center"]
    for place, value in enumerate(values[2:15]):
        changed = place % 3 == 2 and place < 12
        look = f"number+{digits.replace('digits', 'signed') if changed else digits}"
        if value in (OPEN_TEXT, NONE):
            look = "center" + ("+open" if value == OPEN_TEXT else "")
        elif changed and isinstance(value, Formula) and value.value:
            look += "+key" + ("+bad" if value.value < 0 else "")
        elif changed or (place == 12 and not value):
            look += "+faint"
        elif place == 12 and value:
            look += "+bad+key"
        looks.append(look)
    return [*looks, "center", "cell+small"]


def _kinds(final: r.Final) -> str:
    counts = [(kind, sum(a.kind == kind for a in final.adjustments)) for kind in KINDS]
    return "　".join(f"{kind} {count}" for kind, count in counts if count) or NONE


def own_parts(facts: Facts, section: str) -> dict[str, Figure | None]:
    """What a section had given itself by part; None where nothing was returned."""
    assessment = facts.results.assessments[section]
    if assessment.returned is None:
        return dict.fromkeys(SHEET_PARTS)
    parts = assessment.score.section.parts
    return {m.BUSINESS: parts[m.BUSINESS], m.TEAM: parts[m.TEAM], m.SPECIAL: assessment.score.special}


def _difference(facts: Facts, section: str) -> Decimal | None:
    total, own = facts.standing_of[section].total.value, facts.self_total(section)
    return None if total is None or own is None else total - own


def _weight(facts: Facts, section: str) -> tuple[bool, Decimal, Decimal, int]:
    """Known changes first, the greatest at the top; then what moved most within, then the scheme's order."""
    difference = _difference(facts, section)
    own, final = own_parts(facts, section), facts.results.finals[section]
    moved = [change(own[part], final.parts[part]) for part in SHEET_PARTS]
    within = sum((abs(x) for x in moved if isinstance(x, Decimal)), Decimal(0))
    return difference is None, -abs(difference or Decimal(0)), -within, facts.order[section]


# --- charts -------------------------------------------------------------------------------------------------------------


def _charts(page: Page, facts: Facts, first: int, known: list[str]) -> None:
    if not known:
        page.wide("总分都还没有定，暂不画图。", "note")
        return
    table = charts.Table(first, first + len(known) - 1, NAME)
    totals = [value for s in known for value in (facts.self_total(s), facts.standing_of[s].total.value)]
    series = (charts.Series("自评总分", OWN, PART_FILLS[1]), charts.Series("核定后总分", FINAL, NAVY))
    chart = charts.dots(
        page,
        table,
        series,
        title="总分：自评（圆点）与核定（菱形）；纵轴不从 0 起",
        lowest=(min(totals) - 1).to_integral_value(ROUND_FLOOR),
        highest=(max(totals) + 1).to_integral_value(ROUND_CEILING),
    )
    kept = room(page, _DOTS)
    charts.place(page, chart, kept.row, 1, kept.width, kept.height, f"{'、'.join(known)}的自评总分和核定后总分")
    moved = [charts.Series(part, FIRST_PART + 3 * n + 2, fill, light=True) for n, (part, fill) in enumerate(zip(SHEET_PARTS, PART_FILLS, strict=True))]
    below = room(page, 80 + _BAR * len(known))
    chart = charts.bars(page, table, moved, title="三部分的变化（核定－自评）", stacked=False, lowest=None, labels="+General;-General;;")
    charts.place(page, chart, below.row, 1, below.width, below.height, f"{'、'.join(known)}三部分核定与自评之差")
