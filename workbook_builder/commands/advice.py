"""What to do next, in words. Every command ends with one such sentence, and it names the command to run.

Comes in: what a command found. Goes out: a Chinese sentence without full stop.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbook_builder import results as r
from workbook_builder.folder import Folder
from workbook_builder.pipeline import Collected, Prepared
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


@dataclass(frozen=True, slots=True)
class Place:
    """Where a folder stands, beside its results.

    issued     1下发 has forms
    current    4汇总 was made from what lies in the folder now
    reviewing  review books are out
    archived   the approved result lies in 5归档
    """

    issued: bool = True
    current: bool = False
    reviewing: bool = False
    archived: bool = False


def place_of(folder: Folder, prepared: Prepared, results: Results, written: bool = False) -> Place:
    """`written`: 4汇总 has just been made."""
    return Place(
        issued=folder.issued_book.is_file(),
        current=written or summarized(folder).get("batch") == prepared.batch,
        reviewing=bool(prepared.reviewed_files),
        archived=results.reached.approved and folder.archived_sums(results.reached.name).is_file(),
    )


def summarized(folder: Folder) -> Mapping[str, object]:
    """结果.json as it lies in 4汇总, empty if there is none."""
    try:
        found = json.loads(folder.result.read_bytes().decode("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def after_collect(
    collected: Collected, results: Results, needed: Sequence[Decision], place: Place, back: Sequence[str] = ()
) -> str:
    """What returns call for. `back`: sections whose workbook goes back to be mended."""
    if results.is_final:
        return after_summarize(results, needed, place) if place.current else _SUMMARIZE
    if not collected.received:
        return _nothing_came(place, "collect")
    steps = _chasing(collected)
    asked = bool(steps)
    if back and not has_errors(collected.problems) and not place.reviewing:
        steps.append(f"把 4汇总/退回修改 里的表发回{names(back)}核对")
    steps += _answers(needed)
    if not place.current:
        steps.append("运行 kaoping summarize 看目前的汇总" if steps else "都齐了，运行 kaoping summarize 生成汇总")
    else:
        steps.append("收到后再运行 kaoping summarize" if asked else f"都齐了，{_complete(place)}")
    return "；".join(steps)


def after_summarize(results: Results, needed: Sequence[Decision], place: Place) -> str:
    if results.is_final:
        return _after_review(results, needed, place)
    if not results.received:
        return _nothing_came(place, "summarize")
    steps = []
    if has_errors(results.problems):
        steps.append("按 4汇总/问题清单.xlsx 请科室更正")
    if refused := [name for name, found in results.assessments.items() if found.status == NOT_ADOPTED]:
        steps.append(_why(refused))
    if results.missing:
        steps.append(f"催报{names(results.missing)}")
    steps += _answers(needed)
    return "；".join([*steps, "收到后放进 2回收，再运行 kaoping summarize"]) if steps else _complete(place)


def after_review(results: Results, needed: Sequence[Decision], place: Place) -> str:
    """What the review books call for."""
    if results.reached.approved:
        return _approved(place)
    if not results.received:
        return _nothing_came(place, "review")
    # Errors of the returns are for collect to tell: reviewers cannot mend them.
    wrong = has_errors([p for p in results.problems if not p.where.file.startswith("2回收/")])
    steps = ["改正上面列出的错误"] if wrong else []
    if results.is_final:
        open_ = _unreviewed(results)
        if open_:
            steps.append(f"把 3核定 里没有核定完的表（{names(open_)}）交给核定人填写；填好后运行 kaoping summarize")
        else:
            steps.append("核定都已完成")
            steps.append(after_summarize(results, needed, place) if place.current else _SUMMARIZE)
        return "；".join(steps)
    late = [f"{names(results.missing)}交来后，再运行一次 kaoping review"] if results.missing else []
    return "；".join([*steps, _HAND_OUT, *late])


def unwritten(command: str, example: str = "") -> str:
    """Nothing was written: something stands in the way."""
    return f"先处理上面的错误{example}，再运行 kaoping {command}"


def _nothing_came(place: Place, command: str) -> str:
    if not place.issued:
        return "还没有生成下发表，先运行 kaoping build"
    return f"2回收 里还没有文件；各科室交回的表放进去，再运行 kaoping {command}"


def _complete(place: Place) -> str:
    """All self-assessments are there, without errors, and summed up."""
    if place.reviewing:
        return _HAND_OUT
    return "打开 4汇总/汇总表.xlsx 核对，再运行 kaoping review 生成核定表，交各核定人填写"


def _approved(place: Place) -> str:
    if place.archived:
        return "已审定并归档；以后有更正，在 决定.xlsx 写明，再运行 kaoping summarize"
    return "把 4汇总 里的通报、反馈印发，再运行 kaoping archive 归档"


_SUMMARIZE = "运行 kaoping summarize 生成汇总"
_HAND_OUT = "把 3核定 里的核定表交给各核定人填写，审定表打印上会后由政治处录入；填好后运行 kaoping summarize"


def _after_review(results: Results, needed: Sequence[Decision], place: Place) -> str:
    """From the first completed review to the archive."""
    if results.reached.approved:
        return _approved(place)
    steps = []
    if has_errors(results.problems):
        steps.append("按 4汇总/问题清单.xlsx 改正错误")
    steps += _answers(needed)
    if open_ := _unreviewed(results):
        steps.append(f"催核定表（{names(open_)}尚未核定完）")
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


def _unreviewed(results: Results) -> list[str]:
    """Sections of which a review is missing or wrong, in the scheme's order."""
    found = {p.section for p in results.pending if p.reason in _OF_REVIEW}
    return [section.name for section in results.scheme.sections if section.name in found]


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
