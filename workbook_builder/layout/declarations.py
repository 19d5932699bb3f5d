"""What a section declares at the end of its sheet: the city's award, its own score, that blanks did not happen.

Comes in: the scheme. Goes out: caption, hint and what Excel accepts, each an `Asked`.
"""

from __future__ import annotations

from dataclasses import dataclass

from workbook_builder import model as m
from workbook_builder.layout import words
from workbook_builder.layout.plan import Validation
from workbook_builder.rules import slots as sl
from workbook_builder.rules import special
from workbook_builder.rules.excel import number, quoted


@dataclass(frozen=True, slots=True)
class Asked:
    """A declaration: what stands before its input, what stands beside it, what it accepts."""

    caption: str
    hint: str
    check: Validation


def award() -> Asked:
    slot = special.AWARD_SLOT
    prompt = "特色工作被市局考核认可并获得加分的选“是”；没有的选“否”。"
    check = Validation("list", "市局加分", prompt, "这里选“是”“否”或“待市局反馈”", (*slot.choices, *slot.words))
    return Asked("特色工作是否被市局考核认可并获得市局加分", "自评分超过5分时必须选“是”", check)


def proposed(scheme: m.Scheme, v: str) -> Asked:
    """The score a section proposes, read through the block expression `v`."""
    high, low = scheme.special_awarded, scheme.special_other
    rule = (
        f"获市局加分的填{number(high[0])}–{number(high[1])}分，"
        f"未获加分的填{number(low[0])}–{number(low[1])}分，没有申报填0"
    )
    check = words.validation(special.score_slot(scheme), v)
    check = Validation(check.kind, "特色工作自评分", rule, f"这里{rule}", condition=check.condition)
    return Asked("特色工作自评分", rule, check)


def confirmation() -> Asked:
    check = Validation("list", "自评确认", "逐条核对后选“是”。选“是”之前，空白一律按没有填处理。", "这里选“是”", (m.YES,))
    return Asked("自评确认：本科室已逐条核对，没有填写的扣分细则均为“没有发生”", "核对完毕选“是”", check)


def confirmation_state(v: str) -> str:
    done = f"IF({v}={quoted(m.YES)},{quoted(sl.FILLED)},{quoted(sl.MISSING)})"
    return f"IF(ISERROR({v}),{quoted(sl.MISSING)},{done})"
