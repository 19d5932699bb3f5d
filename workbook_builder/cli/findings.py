"""Problems and output files as a person reads them at the end of a command.

Comes in: an outcome. Goes out: rich renderables; nothing is printed here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rich.text import Text

from workbook_builder.cli.pieces import ASIDE, STRONG, WRONG, paragraph, sentence
from workbook_builder.cli.words import width_of
from workbook_builder.commands.outcome import Outcome
from workbook_builder.problems import ERROR, INFO, SEVERITY_LABELS, WARNING, Problem

#: More problems than this are not listed; 问题清单.xlsx has all.
LISTED = 20
#: More output files of one folder than this are not named one by one.
_NAMED = 6
_STYLES = {ERROR: WRONG, WARNING: STRONG, INFO: ""}
_ORDER = (ERROR, WARNING, INFO)
_LIST_FILE, _RETURNED = "4汇总/问题清单.xlsx", "2回收/"
#: Told in a sentence of their own, where the sections are listed.
_SUMMED_UP = {"SECTION_NOT_RETURNED"}
#: About returns, though there is no file to name.
_OF_RETURNS = {"SECTION_NOT_RETURNED", "MATERIAL_MISSING"}
_NOTHING_TO_DO = ("无须处理", "无需处理", "不需要处理")
_WITH_RECEIPTS = ("collect", "receive", "summarize", "demo", "review")
#: What a workbook is for, said where it is first made.
_PURPOSES = {
    "方案.xlsx": "考什么、怎么算，先核对它",
    "决定.xlsx": "要由人决定的事，一行一件",
    "台账.xlsx": "日常检查发现的，随时登记",
    "市局反馈.xlsx": "市局的数据、扣分、加分",
    "测评/测评录入表.xlsx": "测评会后录票，两人各录一遍",
}
_EXPLAINED = ("new", "build")


def problem_list(outcome: Outcome, width: int) -> Iterator[object]:
    """Problems grouped by file: the heaviest ones, at most LISTED, and how many more there are."""
    if not outcome.problems:
        if outcome.command == "check":
            yield Text("没有发现问题。", style=STRONG)
        return
    if outcome.misuse and not any(p.where.file for p in outcome.problems):
        for p in outcome.problems:
            yield from _one(p, width, outcome.next_step)
        return
    counts = Counter(p.severity for p in outcome.problems)
    yield Text()
    yield Text("发现：" + "、".join(f"{SEVERITY_LABELS[s]} {counts[s]} 条" for s in _ORDER if counts[s]), style=STRONG)
    if outcome.command == "status" and not outcome.misuse:
        return
    listed = [p for p in outcome.problems if p.code not in _SUMMED_UP or outcome.command not in _WITH_RECEIPTS]
    if outcome.command == "review":
        listed, of_returns = _beside_returns(listed)
        if of_returns:
            yield paragraph(f"其中填报的问题 {of_returns} 条这里不列，见 {_LIST_FILE}（kaoping collect）。", width, style=ASIDE)
    whole = {p.where.file for p in listed if _of_whole_file(p)}
    by_file = sorted(listed, key=lambda p: (p.where.file not in whole, p.where.file, not _of_whole_file(p)))
    chosen = set(sorted(by_file, key=lambda p: (_ORDER.index(p.severity), not _of_whole_file(p)))[:LISTED])
    last = None
    for p in by_file:
        if p not in chosen:
            continue
        if p.where.file != last:
            last = p.where.file
            yield paragraph(last or "总体", width, style=STRONG)
        yield from _one(p, width)
    more = len(listed) - len(chosen)
    if more > 0:
        where = f"，全部见 {_LIST_FILE}" if _LIST_FILE in outcome.outputs else "，用 --json 可看全部"
        yield paragraph(f"……另有 {more} 条{where}。", width, style=STRONG)


def _beside_returns(problems: list[Problem]) -> tuple[list[Problem], int]:
    """What is not about the returns, and how many are: collect has told them, and reviewers cannot mend them."""
    kept = [p for p in problems if not p.where.file.startswith(_RETURNED) and p.code not in _OF_RETURNS]
    return kept, len(problems) - len(kept)


def _of_whole_file(p: Problem) -> bool:
    """Errors that concern more than a cell: mended first, and often the cause of others."""
    return p.severity == ERROR and not p.where.cell


def _one(p: Problem, width: int, told: str = "") -> Iterator[object]:
    """A problem: where, what, and how to mend it unless the next step has `told` it."""
    place = " ".join(part for part in (p.where.sheet, p.where.cell) if part)
    label = f"  {SEVERITY_LABELS[p.severity]}  "
    text = f"{place}：{p.message}" if place else p.message
    yield paragraph(sentence(text), width, label, lead_style=_STYLES[p.severity])
    if p.fix and not p.fix.startswith(_NOTHING_TO_DO) and not told.startswith(p.fix.removesuffix("。")):
        yield paragraph(sentence(p.fix), width, " " * width_of(label))


# --- outputs --------------------------------------------------------------------------------------------------------


def output_list(outcome: Outcome, width: int) -> Iterator[object]:
    """Where the files are: a few by name, the numbered forms of the sections as a range."""
    if not outcome.outputs:
        return
    yield Text()
    place = f"（在 {outcome.folder.root} 中）" if outcome.folder is not None else ""
    yield paragraph(f"输出 {len(outcome.outputs)} 个文件{place}：", width)
    purposes = _PURPOSES if outcome.command in _EXPLAINED else {}
    for lead, names in _groups(outcome.outputs):
        if len(names) <= 3 or (len(names) <= _NAMED and not all(name[0].isdigit() for name in names)):
            yield from (_file(lead + name, purposes.get(lead + name, ""), width) for name in names)
        else:
            yield paragraph(f"{len(names)} 个：{names[0]} …… {names[-1]}", width, f"  {lead} ")


def _file(name: str, purpose: str, width: int) -> Text:
    return paragraph(f"{name}　{purpose}" if purpose else name, width, "  ")


def _groups(outputs: tuple[str, ...]) -> list[tuple[str, list[str]]]:
    """Outputs by folder; a folder with many of them in many sub-folders as one."""
    by_top: dict[str, list[str]] = {}
    for name in outputs:
        by_top.setdefault(name.partition("/")[0] if "/" in name else "", []).append(name)
    groups: list[tuple[str, list[str]]] = []
    for top, names in by_top.items():
        parents = dict.fromkeys(name.rpartition("/")[0] for name in names)
        if not top or len(parents) > 3:
            parents = {top: None}
        for parent in parents:
            lead = f"{parent}/" if parent else ""
            inside = [name for name in names if name.startswith(lead) and (len(parents) == 1 or name.rpartition("/")[0] == parent)]
            groups.append((lead, [name.removeprefix(lead) for name in inside]))
    return groups
