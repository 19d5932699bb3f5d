"""Sheet 汇总 at 自评汇总: the order by self totals on one A4 page, and what is still open."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from workbook_builder import model as m
from workbook_builder import results as r
from workbook_builder.excel.report import Formula, Link, Page, Value
from workbook_builder.intake.refs import a1, column_letters
from workbook_builder.problems import ERROR, INFO, WARNING
from workbook_builder.rules.clauses import OPEN_TEXT
from workbook_builder.rules.excel import number
from workbook_builder.rules.sheet import SHEET_PARTS
from workbook_builder.summary.facts import COMPLETE, NOBODY, NOBODY_TEXT, Facts, count_text
from workbook_builder.summary.formulas import bound, digits_look, rank_value, rounded

if TYPE_CHECKING:
    from workbook_builder.summary.workbook import Parts

RANK, SECTION, FIRST_PART, TOTAL, STATUS, PROBLEMS = 1, 2, 3, 6, 11, 12
WIDTHS = (8, 26, 12, 12, 12, 11, 11, 10, 10, 11, 24, 12)
#: Lines of the list under the table; more would make the page too small to read.
MOST_WAITING = 12
GAP = 10


def ranking_page(parts: Parts, name: str) -> None:
    """自评排序（供核对）."""
    facts = parts.facts
    page = parts.report.page(name, WIDTHS, one_page=True, tab="#1F3864")
    page.wide(f"{facts.scheme.unit}{facts.scheme.title}", "title", least=28)
    page.wide(facts.label, "stage", least=34)
    parts.marked(page)
    page.wide(facts.summary(), "facts", least=20)
    page.wide("自评排序（供核对）", "heading", least=22)
    header = page.line(_heads(facts), "head", least=34)
    page.header(header)
    _table(page, parts, header + 1)
    page.gap()
    for text in _notes(facts):
        page.wide(text, "note")
    _waiting(page, facts)


def _heads(facts: Facts) -> list[str]:
    fulls = [facts.scheme.part(name).full for name in SHEET_PARTS]
    marks = [f"\n（{'≤' if n == m.SPECIAL else ''}{number(f)}）" if f is not None else "" for n, f in zip(SHEET_PARTS, fulls, strict=True)]
    heads = [name + mark for name, mark in zip(SHEET_PARTS, marks, strict=True)]
    tail = ["自评总分", "已定部分", "可能最低", "可能最高", "与下一名\n差距", "状态", "问题数\n（错误/提醒）"]
    return ["名次", "科室", *heads, *tail]


def _table(page: Page, parts: Parts, first: int) -> None:
    facts, standings = parts.facts, parts.facts.results.standings
    everyone_known = all(_total(facts, standing) is not None for standing in standings)
    last = first + len(standings) - 1
    digits = _digits(facts)
    for place, standing in enumerate(standings):
        row = first + place
        following = standings[place + 1] if place + 1 < len(standings) else None
        total = _total(facts, standing)
        values: list[Value] = [
            rank_value(standing, f"RANK({a1(row, TOTAL)},{_span(first, last)})" if everyone_known else ""),
            Link(parts.sheet_of[standing.section.name], standing.section.name),
            *(facts.known(standing.section.name, standing.parts[name]).shown for name in SHEET_PARTS),
            OPEN_TEXT if total is None else Formula(_total_formula(facts.scheme, row), total),
            standing.settled,
            bound(standing.total.low),
            bound(standing.total.high),
            _gap(facts, standing, following, row),
            facts.results.assessments[standing.section.name].status,
            count_text(facts.counted(standing.section.name)),
        ]
        page.line(values, _looks(facts, standing, values, digits), least=24)


def _digits(facts: Facts) -> str:
    return digits_look(
        facts.scheme,
        (
            value
            for standing in facts.results.standings
            for figure in (*(standing.parts[name] for name in SHEET_PARTS), standing.total)
            for value in (figure.value, figure.low, figure.high)
        ),
    )


def _span(first: int, last: int) -> str:
    letter = column_letters(TOTAL)
    return f"${letter}${first}:${letter}${last}"


def _total(facts: Facts, standing: r.Standing) -> Decimal | None:
    return facts.known(standing.section.name, standing.total).value


def _total_formula(scheme: m.Scheme, row: int) -> str:
    """The parts' sum rounded by policy; first to 4 decimals, since a tenth is no binary fraction."""
    parts = "+".join(a1(row, FIRST_PART + place) for place in range(len(SHEET_PARTS)))
    return rounded(scheme, f"ROUND({parts},4)")


def _gap(facts: Facts, standing: r.Standing, following: r.Standing | None, row: int) -> Value:
    if following is None:
        return "—"
    mine, other = _total(facts, standing), _total(facts, following)
    if mine is None or other is None or _may_fall_between(facts, mine, other):
        return OPEN_TEXT
    return Formula(f"ROUND({a1(row, TOTAL)}-{a1(row + 1, TOTAL)},4)", mine - other)


def _may_fall_between(facts: Facts, upper: Decimal, lower: Decimal) -> bool:
    """Whether a section whose total is open may yet come between two known totals."""
    return any(
        _total(facts, standing) is None and standing.total.low < upper and standing.total.high > lower
        for standing in facts.results.standings
    )


def _looks(facts: Facts, standing: r.Standing, values: list[Value], digits: str) -> list[str]:
    looks = ["number+open" if value == OPEN_TEXT else "number" for value in values]
    looks[FIRST_PART - 1 : GAP] = [f"{look}+{digits}" for look in looks[FIRST_PART - 1 : GAP]]
    looks[RANK - 1] = "center"
    looks[SECTION - 1] = "cell+link"
    looks[TOTAL - 1] += "+key"
    complete = facts.results.assessments[standing.section.name].status == COMPLETE
    looks[STATUS - 1] = "center" if complete else "center+open"
    looks[PROBLEMS - 1] = "center+bad" if facts.counted(standing.section.name)[ERROR] else "center"
    return looks


def _notes(facts: Facts) -> Iterator[str]:
    scheme = facts.scheme
    yield "说明：1. 本表按各科室自评分排列，仅供核对，不是考评名次。名次写成“2–4”的，表示尚有未定的分数，名次还可能在此范围内变动。"
    yield "2. 下列三项本稿都没有计入：突破底线由考评科室核定后，从总分中扣除；" + _evaluation(scheme) + "；等次待领导小组审定。"
    names = [m.P_DIGITS, m.P_ROUNDING, m.P_RANK_BASIS, m.P_PROMOTION]
    values = "；".join(f"{name}：{scheme.policy(name)}" for name in names)
    yield f"3. 现行口径——{values}。全部口径及其他读法见“口径说明”。"
    infos = sum(problem.severity == INFO for problem in facts.results.problems)
    nobody = facts.counted(NOBODY)
    others = f"；{NOBODY_TEXT}的另有 {count_text(nobody)}" if nobody[ERROR] or nobody[WARNING] else ""
    yield f"4. 问题数不含提示（共 {infos} 条）{others}，逐条见“问题清单”。点科室名称可看明细。"


def _evaluation(scheme: m.Scheme) -> str:
    weight = scheme.policy(m.P_EVALUATION_WEIGHT)
    counted = "单独列出，不计入总分" if Decimal(weight) == 0 else f"按 {weight} 计入总分"
    return f"述职测评另行统计（口径“{m.P_EVALUATION_WEIGHT}”取 {weight}，{counted}）"


def _waiting(page: Page, facts: Facts) -> None:
    """What is pending, a line per section, in words."""
    page.wide("尚待补齐或决定", "heading", least=22)
    lines = [f"{section}：{what}。" for section, what in facts.waiting()]
    for text in lines[:MOST_WAITING]:
        page.wide(text, "note")
    if len(lines) > MOST_WAITING:
        page.wide(f"……另有 {len(lines) - MOST_WAITING} 个科室，见“问题清单”。", "note")
    page.wide("全部科室：自评尚未核定，突破底线、述职测评、等次未定。", "note")
