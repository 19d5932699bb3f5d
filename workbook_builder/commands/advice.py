"""What to do next, in words. Every command ends with one such sentence, and it names the command to run.

Comes in: what a command found. Goes out: a Chinese sentence without full stop.
"""

from __future__ import annotations

from collections.abc import Sequence

from workbook_builder import results as r
from workbook_builder.pipeline import Collected
from workbook_builder.problems import has_errors
from workbook_builder.records import APPROVE, SUBMIT, Decision
from workbook_builder.results import NOT_ADOPTED, Results

_SHOWN = 4


def names(sections: list[str] | tuple[str, ...]) -> str:
    """Sections by name, or the first few and their number."""
    if len(sections) <= _SHOWN:
        return joined(sections)
    return joined(sections[:_SHOWN]) + f"等{len(sections)}个科室"


def joined(names_: list[str] | tuple[str, ...]) -> str:
    """Names one after another; by commas where a name itself holds the usual mark (秘书科、普法科)."""
    return ("，" if any("、" in name for name in names_) else "、").join(names_)


def after_collect(collected: Collected, needed: Sequence[Decision] = (), back: Sequence[str] = ()) -> str:
    """What returns call for. `back`: sections whose workbook goes back to be mended."""
    if not collected.received:
        return "把各科室交回的表放进 2回收，再运行 kaoping collect"
    steps = _chasing(collected)
    if back and not has_errors(collected.problems):
        steps.append(f"把 4汇总/退回修改 里的表发回{names(back)}核对")
    steps += _answers(needed)
    steps.append("运行 kaoping summarize 看目前的汇总" if steps else "都齐了，运行 kaoping summarize 生成汇总")
    return "；".join(steps)


def after_summarize(results: Results, needed: Sequence[Decision], written: bool) -> str:
    if not written:
        return "先处理上面的错误（如关闭打开着的 汇总表.xlsx），再运行 kaoping summarize"
    if results.is_final:
        return _after_review(results, needed)
    if not results.received:
        return "2回收 里还没有文件；收到后放进去，再运行 kaoping summarize"
    steps = []
    if has_errors(results.problems):
        steps.append("按 4汇总/问题清单.xlsx 请科室更正")
    if refused := [name for name, found in results.assessments.items() if found.status == NOT_ADOPTED]:
        steps.append(_why(refused))
    if results.missing:
        steps.append(f"催报{names(results.missing)}")
    steps += _answers(needed)
    if not steps:
        return "打开 4汇总/汇总表.xlsx 核对，再运行 kaoping review 生成核定表，交各核定人填写"
    return "；".join([*steps, "收到后放进 2回收，再运行 kaoping summarize"])


def _after_review(results: Results, needed: Sequence[Decision]) -> str:
    """From the first completed review to the archive."""
    if results.reached.approved:
        return "把 4汇总 里的通报、反馈印发，再运行 kaoping archive 归档"
    steps = []
    if has_errors(results.problems):
        steps.append("按 4汇总/问题清单.xlsx 改正错误")
    steps += _answers(needed)
    reviewing = {p.section for p in results.pending if p.reason in _OF_REVIEW}
    if reviewing:
        order = [s.name for s in results.scheme.sections if s.name in reviewing]
        steps.append(f"催核定表（{names(order)}尚未核定完）")
    reasons = [p.reason for p in results.pending if p.reason not in _OF_REVIEW]
    if r.WAITING_CITY in reasons:
        steps.append("市局数据到后填入 市局反馈.xlsx")
    if r.NOT_EVALUATED in reasons:
        steps.append("测评会后把票录入 测评/测评录入表.xlsx")
    for decision in needed:
        if decision.kind == SUBMIT and not steps:
            steps.append("核对无误后，在 决定.xlsx 的“送审”一行填“同意”")
        if decision.kind == APPROVE:
            steps.append("领导小组审定后，在 决定.xlsx 的“审定”一行填“同意”")
    return "；".join([*(steps or ["看 4汇总/汇总表.xlsx 中尚待补齐或决定的事项"]), "再运行 kaoping summarize"])


def _answers(needed: Sequence[Decision]) -> list[str]:
    """Rows of 决定 that hold something up."""
    open_ = [decision.kind for decision in needed if decision.kind not in (SUBMIT, APPROVE)]
    return [f"在 决定.xlsx 答复{joined(tuple(dict.fromkeys(open_)))}共{len(open_)}行"] if open_ else []


_OF_REVIEW = (r.NOT_REVIEWED, r.REVIEW_WRONG, r.TO_REVIEW_AGAIN, r.DISAGREED, r.NOT_ANSWERED, r.UNSETTLED)


def _chasing(collected: Collected) -> list[str]:
    steps = []
    if has_errors(collected.problems):
        steps.append("按 4汇总/问题清单.xlsx 请科室更正，更正后的表放进 2回收")
    if collected.refused:
        steps.append(_why(collected.refused))
    if collected.missing:
        steps.append(f"催报{names(collected.missing)}")
    return steps


def _why(refused: list[str] | tuple[str, ...]) -> str:
    return f"{names(refused)}交来的文件没有采用，原因见 4汇总/问题清单.xlsx"
