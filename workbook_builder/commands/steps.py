"""The steps of a year by the names people know them by, and which of them is sensible next.

Comes in: how the last command ended. Goes out: a step. The menu and the console show the same steps.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from workbook_builder.commands.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the menu: `command` it runs, "" if people do it; `hint` says which file to open."""

    key: str
    name: str
    command: str
    hint: str


YEAR = (
    Step("1", "核对方案", "check", "对照通知改 方案.xlsx，改完在这里检查"),
    Step("2", "生成下发表", "build", "发 1下发/分科室 的表；打印 口径确认表、测评票"),
    Step("3", "收集校验", "collect", "交回的表放进 2回收；看 4汇总/问题清单.xlsx"),
    Step("4", "汇总", "summarize", "看 4汇总/汇总表.xlsx"),
    Step("5", "核定", "review", "把 3核定 的表交核定者填；4汇总/核对稿 发科室"),
    Step("6", "录入测评、决定", "", "会后填 测评录入表、决定.xlsx"),
    Step("7", "再次汇总", "summarize", "看 4汇总/汇总表.xlsx；审定后有通报、反馈"),
    Step("8", "归档", "archive", "审定后存入 5归档"),
)
ENTRIES, _FIRST, AGAIN = "6", "4", "7"
COMMANDS = {step.key: step.command for step in YEAR if step.command}
#: Commands that are done at once and tell no progress.
QUICK = ("check",)
_NAMED = re.compile(r"kaoping ([a-z]+)")
#: Begins the advice when a year is done.
_CORRECTIONS = "以后有更正"
#: Files that people type in; advice that names one waits for them.
_TYPED_IN = ("3核定", "测评录入表", "决定.xlsx", "市局反馈.xlsx")


def next_step(last: Outcome | None) -> str:
    """The key of the step that the last command's advice names, "" if there is nothing more to do."""
    if last is None or _CORRECTIONS in last.next_step:
        return ""
    named = _NAMED.search(last.next_step)
    if named is None:
        return ""
    if named[1] == "summarize":
        if any(file in last.next_step for file in _TYPED_IN):
            return ENTRIES
        return AGAIN if _reviewing(last) else _FIRST
    return next((step.key for step in YEAR if step.command == named[1]), "")


def _reviewing(last: Outcome) -> bool:
    """Whether the year is past its self-assessments."""
    from workbook_builder.results import SELF_STAGE

    issued = any(row["file"] for row in last.data.get("reviewers") or ())
    return issued or last.data.get("stage", "") not in ("", SELF_STAGE)
