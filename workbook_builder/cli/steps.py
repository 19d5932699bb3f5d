"""The steps of a year as the menu lists them: what each is called, which file to open, which is sensible next.

Comes in: a working folder and how the last command ended. Goes out: keys and lines of text; nothing is printed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from workbook_builder.cli.pieces import STRONG, paragraph
from workbook_builder.cli.words import width_of

if TYPE_CHECKING:
    from workbook_builder.commands import Outcome
    from workbook_builder.folder import Folder


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
    Step("6", "录入测评、决定", "", "会后填 测评录入表、决定.xlsx；选 6 看填哪几份"),
    Step("7", "再次汇总", "summarize", "看 4汇总/汇总表.xlsx；审定后有通报、反馈"),
    Step("8", "归档", "archive", "审定后存入 5归档"),
)
ALWAYS = (("9", "看进度"), ("10", "新建年度文件夹"), ("11", "演示"), ("12", "换文件夹"), ("13", "查一个数"))
ENTRIES, _FIRST, _AGAIN = "6", "4", "7"
COMMANDS = {step.key: step.command for step in YEAR if step.command}
#: Keys that need a working folder.
INSIDE = {*(step.key for step in YEAR), "9", "13"}
#: Commands that are done at once and tell no progress.
QUICK = ("check",)
_KEYS = {step.name: step.key for step in YEAR} | {name: key for key, name in ALWAYS}
_NAMED = re.compile(r"kaoping ([a-z]+)")
#: Begins the advice when a year is done.
_CORRECTIONS = "以后有更正"
#: Files that people type in; advice that names one waits for them.
_TYPED_IN = ("3核定", "测评录入表", "决定.xlsx", "市局反馈.xlsx")


def key_of(word: str) -> str | None:
    """The key of a step by its number or name."""
    return word if word in _KEYS.values() else _KEYS.get(word)


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
        return _AGAIN if _reviewing(last) else _FIRST
    return next((step.key for step in YEAR if step.command == named[1]), "")


def _reviewing(last: Outcome) -> bool:
    """Whether the year is past its self-assessments."""
    from workbook_builder.results import SELF_STAGE

    issued = any(row["file"] for row in last.data.get("reviewers") or ())
    return issued or last.data.get("stage", "") not in ("", SELF_STAGE)


def lines(marked: str, width: int) -> Iterator[Text]:
    """The steps in their order, the next one marked."""
    column = max(width_of(step.name) for step in YEAR) + 2
    for step in YEAR:
        now = step.key == marked
        lead = f"{'>' if now else ' '} {step.key} {step.name}" + " " * (column - width_of(step.name))
        yield paragraph(step.hint, width, lead, style=STRONG if now else "", lead_style=STRONG if now else "")


def entry_hints(folder: Folder, last: Outcome | None, width: int) -> Iterator[Text]:
    """Which workbooks to open and what to type in them."""
    from workbook_builder.cli.scores import waiting

    yield Text("打开要填的表，填好后保存、关闭，再选 7：", style=STRONG)
    for path, what in (
        (folder.review, "各核定者填好的表放回这里；审定表由政治处按会议结果录入"),
        (folder.ballot_entry, "测评票，两人各录一遍"),
        (folder.decisions, "等待答复的行，在“改为”填结论，写明理由、依据和日期"),
        (folder.city_feedback, "市局的数据、扣分、加分，到了就填"),
        (folder.ledger, "日常检查发现的，随时登记"),
    ):
        missing = "" if path.exists() else "（还没有，先选 2 生成）"
        yield paragraph(what + missing, width, f"  {folder.relative(path)}：", lead_style=STRONG)
    if last is not None and last.command in ("status", "summarize"):
        yield from waiting(last.data.get("waiting") or (), width)
