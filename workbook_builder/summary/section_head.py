"""What a section's page says first: its place and parts in boxes, then where points were lost and what was changed.

Comes in: a page, the facts, a section. Goes out: rows of boxes and a short table; the table of all clauses follows them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder import results as r
from workbook_builder.excel.report import Page, Value
from workbook_builder.rules.clauses import OPEN_TEXT
from workbook_builder.rules.excel import number
from workbook_builder.rules.items import Figure
from workbook_builder.rules.sheet import SHEET_PARTS, tidy
from workbook_builder.summary import formulas as fm
from workbook_builder.summary.board import NONE
from workbook_builder.summary.facts import Facts
from workbook_builder.summary.losses import PARTS, clause_losses, figure_of, lost_of
from workbook_builder.summary.page_adjusted import change, signed
from workbook_builder.summary.page_compared import own_parts

#: Rows of the short table.
MOST_ITEMS = 7


@dataclass(frozen=True, slots=True)
class Box:
    """A caption, a figure, and what is said of it; `last` the last column it covers."""

    last: int
    caption: str
    value: Value
    note: str = ""


def boxes(page: Page, found: Sequence[Box]) -> None:
    page.across([(box.last, box.caption, "boxhead") for box in found], least=20)
    page.across([(box.last, box.value, "boxvalue" + ("+hatched" if box.value == OPEN_TEXT else "")) for box in found], least=30)
    page.across([(box.last, box.note, "boxnote+soft") for box in found], least=18)
    page.gap(6)


def caption(facts: Facts, part: str) -> str:
    """业务工作（60）, 特色工作（≤10）."""
    full = facts.scheme.part(part).full
    return part + (f"（{'≤' if part == m.SPECIAL else ''}{number(full)}）" if full is not None else "")


def own_boxes(facts: Facts, section: str, lasts: Sequence[int]) -> list[Box]:
    """Before review: the order and the parts as the section sees itself."""
    standing = facts.standing_of[section]
    total = facts.known(section, standing.total)
    place = f"自评排序第 {fm.rank_text(standing)}"
    first = Box(lasts[0], "自评总分（名次、等次待核定后确定）", _text(total), place)
    fulls = [caption(facts, part) for part in SHEET_PARTS]
    figures = [facts.known(section, standing.parts[part]) for part in SHEET_PARTS]
    notes = [_lost_note(facts, section, part) for part in SHEET_PARTS]
    return [first, *(Box(*parts) for parts in zip(lasts[1:], fulls, (f.shown for f in figures), notes, strict=True))]


def _lost_note(facts: Facts, section: str, part: str) -> str:
    if part == m.SPECIAL:
        return "自评分"
    found = [lost_of(facts, section, item) for item in _items(facts, section, part)]
    if any(lost is None for lost in found):
        return "有未定的考评项"
    return f"失分 {number(tidy(sum(found, Decimal(0))))}"


def final_boxes(facts: Facts, final: r.Final, lasts: Sequence[int]) -> list[Box]:
    """After review: rank, grade and total; each part beside what the section had given itself; the meeting's mark."""
    name = final.section.name
    standing, own = facts.standing_of[name], facts.self_total_shown(name)
    total = _text(standing.total)
    rank = f"第 {fm.rank_text(standing)} 名　{standing.grade or '等次' + OPEN_TEXT}　{'总分' + total if total == OPEN_TEXT else total + ' 分'}"
    if isinstance(own, Decimal):
        moved = change(Figure.known(own), standing.total)
        told = f"自评总分 {number(own)}" + (f"，核定后 {signed(moved)}" if isinstance(moved, Decimal) else "")
    else:
        told = f"自评总分 {own}"
    found = [Box(lasts[0], "名次　等次　总分", rank, f"{told}　　状态：{facts.state(name)}")]
    mine = own_parts(facts, name)
    for part, last in zip(SHEET_PARTS, lasts[1:4], strict=True):
        found.append(Box(last, caption(facts, part), final.parts[part].shown, _moved_note(mine[part], final.parts[part])))
    bottom = final.parts[m.BOTTOM_LINE]
    note = "没有扣分" if bottom.value == 0 else "从总分中扣除"
    found.append(Box(lasts[4], f"{m.BOTTOM_LINE}扣分", bottom.shown, note))
    result = final.evaluation.result if final.evaluation is not None else None
    weight = fm.weight_of_evaluation(facts.scheme)
    counted = f"按{number(weight)}计入总分" if weight else "另列，不计入总分"
    found.append(Box(lasts[5], m.EVALUATION, OPEN_TEXT if result is None else result, counted))
    return found


def _moved_note(own: Figure | None, final: Figure) -> str:
    if own is None:
        return "没有自评"
    moved = change(own, final)
    told = "不变" if moved == 0 else signed(moved) if isinstance(moved, Decimal) else OPEN_TEXT
    return f"自评 {_text(own)}，{told}"


def _text(figure: Figure) -> str:
    return OPEN_TEXT if figure.value is None else number(tidy(figure.value))


# --- where points were lost ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    place: str
    full: Value
    own: Value
    counted: Value
    lost: Decimal | str
    why: str


def lost_table(page: Page, facts: Facts, section: str, lasts: Sequence[int]) -> None:
    """Items that lost something or were changed, the heaviest first; `lasts` are the last columns of its six columns."""
    found = sorted(_rows(facts, section), key=lambda row: -row.lost if isinstance(row.lost, Decimal) else Decimal(0))
    final = facts.results.is_final
    heads = ("失分和改动的考评项", "分值", "自评", "核定", "失分", "扣在哪里") if final else ("失分的考评项", "分值", "自评", "失分", "扣在哪里")
    page.across([(last, text, "boxhead") for last, text in zip(lasts, heads, strict=True)], least=18)
    for row in found[:MOST_ITEMS]:
        values: list[Value] = [row.place, row.full, row.own, *([row.counted] if final else []), row.lost, row.why]
        looks = ["cell", *["center" + ("+open" if value == OPEN_TEXT else "") for value in values[1:-1]], "cell+small"]
        looks[-2] += "+key" if isinstance(row.lost, Decimal) and row.lost else ""
        page.across(list(zip(lasts, values, looks, strict=True)), least=17)
    if len(found) > MOST_ITEMS:
        page.wide(f"……另有 {len(found) - MOST_ITEMS} 项，见下表。", "note")
    if not found:
        page.wide("没有失分。", "note")
    page.gap(6)


def _items(facts: Facts, section: str, part: str) -> tuple[m.Item, ...]:
    own = facts.results.assessments[section].section
    return tuple(item for item in facts.scheme.section_items(own, part) if item.points is not None)


def _rows(facts: Facts, section: str) -> Iterator[_Row]:
    final = facts.results.finals.get(section)
    for part in PARTS:
        for item in _items(facts, section, part):
            counted, lost = figure_of(facts, section, item), lost_of(facts, section, item)
            own = _own(facts, section, item)
            same = own is None or own.shown == counted.shown
            if lost == 0 and same:
                continue
            title = " ".join((item.title or item.note).split())
            place = f"{part[:2]}第{item.no}项　{title}".strip("　")
            own_shown = own.shown if own is not None else NONE
            yield _Row(place, item.points, own_shown, counted.shown, OPEN_TEXT if lost is None else lost, _why(facts, section, item))
    for borne in final.borne if final is not None else ():
        place = f"替{borne.section}承担　{facts.place(borne.clause.id)}"
        yield _Row(place, NONE, NONE, NONE, borne.points, borne.reason)


def _own(facts: Facts, section: str, item: m.Item) -> Figure | None:
    assessment = facts.results.assessments[section]
    return assessment.score.section.items[item.key].figure if assessment.returned is not None else None


def _why(facts: Facts, section: str, item: m.Item) -> str:
    """Which clauses took how much; what is earned or was decided as a whole has none."""
    taken = {key: points for key, points in clause_losses(facts, section, item).items() if points}
    clauses = facts.scheme.clause_by_id
    texts = [f"细则{clauses[key].no} 扣{number(points)}" for key, points in taken.items()]
    final = facts.results.finals.get(section)
    decision = final.items[item.key].decision if final is not None else None
    if decision is not None:
        texts.append(f"{decision.kind}：{decision.reason}")
    if not texts and item.mode != "deduct":
        texts.append(f"{m.MODE_LABELS[item.mode]}，没有得到的分")
    if not texts and lost_of(facts, section, item):
        texts.append("不能分到细则，见下表和“核定调整”")
    return "；".join(texts)
