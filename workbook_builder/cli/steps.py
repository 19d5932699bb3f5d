"""The steps of a year as the menu lists them: what each is called, which file to open, which is sensible next.

Comes in: a working folder and how the last command ended. Goes out: keys and lines of text; nothing is printed here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.text import Text

from workbook_builder.cli.pieces import STRONG, paragraph
from workbook_builder.cli.words import width_of
from workbook_builder.commands.steps import COMMANDS, ENTRIES, QUICK, YEAR, next_step

if TYPE_CHECKING:
    from workbook_builder.commands import Outcome
    from workbook_builder.folder import Folder


__all__ = ["ALWAYS", "COMMANDS", "ENTRIES", "INSIDE", "QUICK", "entry_hints", "key_of", "lines", "next_step"]
ALWAYS = (("9", "看进度"), ("10", "新建年度文件夹"), ("11", "演示"), ("12", "换文件夹"), ("13", "查一个数"))
#: Keys that need a working folder.
INSIDE = {*(step.key for step in YEAR), "9", "13"}
#: What people type in is listed by the menu.
_LISTED = f"；选 {ENTRIES} 看填哪几份"
_KEYS = {step.name: step.key for step in YEAR} | {name: key for key, name in ALWAYS}


def key_of(word: str) -> str | None:
    """The key of a step by its number or name."""
    return word if word in _KEYS.values() else _KEYS.get(word)


def lines(marked: str, width: int) -> Iterator[Text]:
    """The steps in their order, the next one marked."""
    column = max(width_of(step.name) for step in YEAR) + 2
    for step in YEAR:
        now = step.key == marked
        lead = f"{'>' if now else ' '} {step.key} {step.name}" + " " * (column - width_of(step.name))
        hint = step.hint + (_LISTED if step.key == ENTRIES else "")
        yield paragraph(hint, width, lead, style=STRONG if now else "", lead_style=STRONG if now else "")


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
