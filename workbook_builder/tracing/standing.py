"""名次 and 等次 of a section: who stands before and behind it, ties, the line of the best grade, rulings.

Comes in: a case and a section. Goes out: `Step`s. Nothing is ranked here; the order is read off the standings.
"""

from __future__ import annotations

from workbook_builder import model as m
from workbook_builder import records as rec
from workbook_builder import results as r
from workbook_builder.rank import UNDECIDED, line_of_best
from workbook_builder.rules.excel import number
from workbook_builder.rules.items import Figure
from workbook_builder.tracing.case import Case
from workbook_builder.tracing.fields import GRADE, RANK
from workbook_builder.tracing.items import known
from workbook_builder.tracing.steps import Step

_NEIGHBOURS = 2


def rank(case: Case, section: str) -> Step:
    """名次, or the ranks still possible, with the neighbours' figures."""
    mine = case.facts.standing_of[section]
    figure, word = _ranking(mine), "总分" if mine.basis is None else "扣除突破底线前的总分"
    word = word if case.results.is_final else "自评总分（自评排序，供核对）"
    told = [f"按{word}从高到低排"]
    if not _told(case, mine):
        told.append("本科室的数还没有定")
    else:
        others = [s for s in case.results.standings if s is not mine]
        above = [s for s in others if _ranking(s).low > figure.high]
        same = [s.section.name for s in others if _told(case, s) and _ranking(s).value == figure.value]
        unsettled = sum(not _told(case, s) for s in above)
        told.append(f"有 {len(above)} 个科室比它高" + (f"（其中 {unsettled} 个还没有定，最低也比它高）" if unsettled else ""))
        told += [f"与{'、'.join(same)}相同，并列"] if same else []
    if mine.rank is None:
        told.append(f"名次还没有定，可能是第 {mine.best} 至第 {mine.worst} 名")
    waits = case.open_steps(section, *_everything(case, section)) if not _told(case, mine) else _others_open(case, mine)
    policies = case.policy_steps(m.P_RANK_BASIS, m.P_DIGITS, m.P_ROUNDING)
    return Step(RANK, mine.rank, RANK, "；".join(told), children=(*_around(case, mine), *waits, *policies))


def _ranking(standing: r.Standing) -> Figure:
    return standing.basis or standing.total


def _told(case: Case, standing: r.Standing) -> bool:
    return case.facts.known(standing.section.name, _ranking(standing)).value is not None


def _around(case: Case, mine: r.Standing) -> tuple[Step, ...]:
    """The section itself, who is level with it, and the next ones above and below, in their order."""
    everyone = [s for s in case.results.standings if _told(case, s)]
    if mine not in everyone:
        return ()
    value = _ranking(mine).value
    above = [s for s in everyone if _ranking(s).value > value][-_NEIGHBOURS:]
    level = [s for s in everyone if _ranking(s).value == value]
    below = [s for s in everyone if _ranking(s).value < value][:_NEIGHBOURS]
    return tuple(_place(s, mine) for s in (*above, *level, *below))


def _place(standing: r.Standing, mine: r.Standing) -> Step:
    name = standing.section.name
    rank_ = f"第 {standing.rank} 名" if standing.rank is not None else f"第 {standing.best} 至第 {standing.worst} 名"
    gap = _ranking(standing).value - _ranking(mine).value
    said = "就是它" if standing is mine else "并列" if gap == 0 else f"{'高' if gap > 0 else '低'} {number(abs(gap))} 分"
    return Step(name, known(_ranking(standing).value), name, f"{rank_}；{said}")


def _everything(case: Case, section: str) -> tuple[str, ...]:
    found = [p.item for p in case.results.pending if p.section in (section, m.EVERY_SECTION)]
    return tuple(item for item in dict.fromkeys(found) if item != m.EVALUATION or case.scheme.policy(m.P_EVALUATION_WEIGHT) != "0")


def _others_open(case: Case, mine: r.Standing) -> tuple[Step, ...]:
    if mine.rank is not None:
        return ()
    names = [s.section.name for s in case.results.standings if not _told(case, s)]
    return (Step("尚缺", None, "尚缺", f"这些科室的数还没有定：{'、'.join(names)}"),) if names else ()


# --- 等次 ------------------------------------------------------------------------------------------------------------------


def grade(case: Case, section: str) -> Step:
    """等次 with what gave it, or what keeps it open."""
    if not case.results.is_final:
        return Step(GRADE, None, GRADE, "自评阶段不评等次，核定后总分都定了才有")
    mine, top = case.facts.standing_of[section], next((g for g in case.scheme.grades if g.top), None)
    told = [f"{top.name}评前 {top.top} 名" + ("，有突破底线扣分的除外" if top.barred else "")] if top is not None else []
    line = line_of_best(case.scheme, case.results.standings)
    told += [f"第 {top.top} 名的分数是 {number(known(line))}"] if top is not None and line is not None else []
    told += [f"{g.name}不低于 {number(g.cutoff)} 分" for g in case.scheme.grades if g.cutoff is not None]
    if mine.grade == "":
        open_ = [s.section.name for s in case.results.standings if s.total.value is None]
        told.append(f"还有科室的总分没有定（{'、'.join(open_)}），不评等次" if open_ else "还没有评")
    elif mine.grade == UNDECIDED:
        told.append("并列跨过名额，等领导小组裁定（在 决定.xlsx 答复）")
    bottom = case.results.finals[section].parts[m.BOTTOM_LINE]
    barred = top is not None and top.barred and bool(bottom.value)
    steps = [rank(case, section)]
    said = f"从总分中扣除；有扣分的不得评为{top.name}" if barred else "没有突破底线扣分" if bottom.value == 0 else ""
    steps.append(Step(m.BOTTOM_LINE, known(bottom.value), m.BOTTOM_LINE, said))
    steps += [case.decision_step(x) for x in case.results.decisions if x.decision.kind == rec.RULING]
    steps += case.policy_steps(m.P_PROMOTION, "名次并列", "其他等次的分数线")
    return Step(GRADE, mine.grade or None, GRADE, "；".join(told), children=tuple(steps))
