"""The words around the order of the sections: what it is, what waits, what was decided, how to read it.

Comes in: facts. Goes out: (text, style) lines for the first sheet of 汇总表.xlsx and for its printed copy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder import records as rec
from workbook_builder.problems import ERROR, INFO, WARNING
from workbook_builder.rules.excel import number
from workbook_builder.summary import formulas as fm
from workbook_builder.summary.board import Board, ranked_before_bottom
from workbook_builder.summary.facts import NOBODY, NOBODY_TEXT, Facts, count_text

Line = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Most:
    """How many lines of each list are said; the rest is counted. More would make the page too small to read."""

    asked: int
    open: int
    decided: int
    sections: int


#: From as many as may be to as few as must be, for pages that would not hold more.
MOSTS = (Most(6, 8, 8, 12), Most(4, 6, 5, 9), Most(3, 4, 3, 6), Most(2, 2, 2, 4))
_MOST_REASON = 60
#: Kinds of decisions of which 原为 and 改为 are of one sort: a figure, a reading.
_FIGURES = (rec.ADJUST, rec.CORRECT, rec.POLICY_CHANGE)
#: Kinds of decisions that bear on ranks and grades.
_TELLING = (rec.RULING, rec.ADJUST, rec.CORRECT, rec.TRANSFER, rec.POLICY_CHANGE, rec.SUBMIT, rec.APPROVE)


def heading(facts: Facts) -> str:
    """What the table is."""
    if not facts.results.is_final:
        return "自评排序（供核对）"
    return "考评结果" if facts.results.reached.approved else "考评结果（未审定，供领导小组审议）"


def facts_lines(facts: Facts) -> Iterator[Line]:
    """By whom it was approved, how far the work has come, how it differs from the approved one."""
    decision = facts.results.reached.decision
    if decision is not None:
        yield _approval(decision), "facts"
    yield facts.summary(), "facts"
    if facts.corrected:
        count = len(facts.results.moved)
        text = f"与审定稿相比有 {count} 处变动，见“更正对照”。" if count else "与审定稿相比没有变动。"
        yield text, "facts+bad"


def _approval(decision: rec.Decision) -> str:
    parts = (decision.kind, decision.role, dated(decision), decision.basis)
    return "　".join(text for text in parts if text)


def dated(decision: rec.Decision) -> str:
    """The date of a decision, "" if none was typed."""
    return "" if decision.date is None else decision.date.isoformat()


def chart_title(board: Board) -> str:
    return "得分构成" if board.final else "自评得分构成"


# --- what waits and what was decided ------------------------------------------------------------------------------------


def waiting(facts: Facts, most: Most = MOSTS[0]) -> Iterator[Line]:
    """What the leaders must decide first, then what others must still do, then what made the result so."""
    yield "尚待补齐或决定", "heading"
    yield from _waiting_final(facts, most) if facts.results.is_final else _waiting_self(facts, most)


def _waiting_final(facts: Facts, most: Most) -> Iterator[Line]:
    asked = [f"{_asked(facts, applied.decision)}。" for applied in facts.asked()]
    yield from _clipped(asked, most.asked, "note+key", "件，见“决定”")
    open_ = facts.outstanding()
    yield from _clipped(open_, most.open, "note", "条，见各科室页")
    if not asked and not open_:
        yield "没有。", "note"
    found = [_decision_text(facts, applied.decision) for applied in facts.in_force(*_TELLING)]
    if found:
        yield "已生效、与名次和等次有关的决定", "heading"
        yield from _clipped(found, most.decided, "note", "项，见“决定”")


def _waiting_self(facts: Facts, most: Most) -> Iterator[Line]:
    lines = [f"{section}：{what}。" for section, what in facts.waiting()]
    yield from ((text, "note") for text in lines[: most.sections])
    if len(lines) > most.sections:
        yield f"……另有 {len(lines) - most.sections} 个科室，见“问题清单”。", "note"
    yield "全部科室：自评尚未核定，突破底线、述职测评、等次未定。", "note"


def _clipped(texts: Sequence[str], most: int, style: str, rest: str) -> Iterator[Line]:
    yield from ((text, style) for text in texts[:most])
    if len(texts) > most:
        yield f"……另有 {len(texts) - most} {rest}。", "note"


def _asked(facts: Facts, decision: rec.Decision) -> str:
    before = f"，原为：{_short(decision.before)}" if decision.before else ""
    return f"待决定　{decision.kind}（{facts.object_of(decision)}{before}）"


def _decision_text(facts: Facts, decision: rec.Decision) -> str:
    before, after = _short(decision.before), _short(decision.after)
    change = f"{before}→{after}" if decision.kind in _FIGURES else f"{f'{before}　' if before else ''}{after}"
    by = "，".join(text for text in (dated(decision), decision.role) if text)
    reason = f"　理由：{_short(decision.reason)}" if decision.reason else ""
    return f"{decision.kind}　{facts.object_of(decision)}：{change}{reason}" + (f"（{by}）" if by else "")


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _MOST_REASON else text[: _MOST_REASON - 1] + "…"


# --- how to read it -----------------------------------------------------------------------------------------------------


def notes(board: Board) -> Iterator[str]:
    yield from _notes_final(board) if board.final else _notes_self(board.facts)


def _notes_final(board: Board) -> Iterator[str]:
    scheme = board.scheme
    first = "说明：1. 总分＝业务工作＋队伍建设＋特色工作－突破底线扣分"
    weight = fm.weight_of_evaluation(scheme)
    first += f"＋述职测评×{number(weight)}" if weight else "；述职测评另列，不计入总分"
    ranked = "加回突破底线扣分后" if ranked_before_bottom(scheme) else ""
    yield f"{first}。名次按总分{ranked}从高到低排列，同分同名次。图中没有画出未定的部分和突破底线扣分。"
    top = board.best_grade
    if top is not None:
        barred = "，有突破底线扣分的不列入" if top.barred else ""
        others = "" if any(g.cutoff is not None for g in scheme.grades) else "其他等次没有分数线，记为“未定”。"
        line = f"{top.name}线为第 {top.top} 名的分数"
        line += f"（{number(board.line)}）" if board.line is not None else ""
        policy = f"（口径“{m.P_PROMOTION}”取“{scheme.policy(m.P_PROMOTION)}”）"
        yield f"2. 等次：名次在前 {top.top} 名的为{top.name}{barred}{policy}。{line}。{others}"
    values = _policies(scheme, (m.P_DIGITS, m.P_ROUNDING, m.P_RANK_BASIS, m.P_TOTAL_FLOOR))
    yield f"3. 现行口径——{values}。全部口径及其他读法见“口径说明”。点科室名称可看明细；想知道加减几分会怎样，用“试算”。"
    if not board.facts.settled:
        yield "4. 名次写成“2–4”的，表示尚有未定的分数，名次还可能在此范围内变动。"


def _notes_self(facts: Facts) -> Iterator[str]:
    scheme = facts.scheme
    yield "说明：1. 本表按各科室自评分排列，仅供核对，不是考评名次。名次写成“2–4”的，表示尚有未定的分数，名次还可能在此范围内变动。"
    yield (
        "2. 下列三项本稿都没有计入：突破底线由考评科室核定后，从总分中扣除；"
        + _evaluation(scheme)
        + "；等次待领导小组审定。"
    )
    values = _policies(scheme, (m.P_DIGITS, m.P_ROUNDING, m.P_RANK_BASIS, m.P_PROMOTION))
    yield f"3. 现行口径——{values}。全部口径及其他读法见“口径说明”。"
    infos = sum(problem.severity == INFO for problem in facts.results.problems)
    nobody = facts.counted(NOBODY)
    others = f"；{NOBODY_TEXT}的另有 {count_text(nobody)}" if nobody[ERROR] or nobody[WARNING] else ""
    yield f"4. 问题数不含提示（共 {infos} 条）{others}，逐条见“问题清单”。点科室名称可看明细。图中没有画出未定的部分。"


def _policies(scheme: m.Scheme, names: Sequence[str]) -> str:
    return "；".join(f"{name}：{scheme.policy(name)}" for name in names)


def _evaluation(scheme: m.Scheme) -> str:
    weight = scheme.policy(m.P_EVALUATION_WEIGHT)
    counted = "单独列出，不计入总分" if Decimal(weight) == 0 else f"按 {weight} 计入总分"
    return f"述职测评另行统计（口径“{m.P_EVALUATION_WEIGHT}”取 {weight}，{counted}）"
