"""How far a section's sheet is filled in, part by part: texts, their formulas and when they look done.

Comes in: how many rows are missing, and the cells that say so. Goes out: what the sheet shows, as value and as formula.
"""

from __future__ import annotations

from workbook_builder.layout.plan import StateRule
from workbook_builder.rules import sheet as sh
from workbook_builder.rules import slots as sl
from workbook_builder.rules.excel import quoted

DONE = "已填齐"
_GAP = "　"


def missing_formula(states: str) -> str:
    """Rows of the range `states` that still want something."""
    return f"(COUNTIF({states},{quoted(sl.MISSING)})+COUNTIF({states},{quoted(sl.INVALID)}))"


def lacking(count: int) -> str:
    return f"还缺{count}项" if count else DONE


def lacking_formula(states: str, done: str = DONE) -> str:
    missing = missing_formula(states)
    return f'IF({missing}=0,{quoted(done)},"还缺"&{missing}&"项")'


def said_of(name: str, shown: str) -> str:
    """业务工作　还缺3项: one part in the line that never scrolls away."""
    return f"{name}{_GAP}{shown}"


def said_formula(name: str, cell: str) -> str:
    return f"{quoted(name + _GAP)}&{cell}"


def done_rule(range_: str, cell: str, done: str) -> StateRule:
    """`range_` looks done where `cell` says `done`, and like an empty input where it does not."""
    ready = f"{cell}={quoted(done)}"
    return StateRule(range_, ((sh.READY_TEXT, ready), (sl.MISSING, f"NOT({ready})")))
