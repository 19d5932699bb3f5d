"""突破底线: 有 or 无 per section and clause, with an amount and its facts per event (notice 三（一）4, annex 3).

Comes in: what stands in one row of the sheet. Goes out: its state and the positive deduction it makes, known or open,
and both as Excel expressions. A case that is registered without an amount leaves the deduction open, never 0.
"""

from __future__ import annotations

from workbook_builder import model as m
from workbook_builder.rules import slots as sl
from workbook_builder.rules.clauses import INFINITE, OPEN_TEXT, ZERO, round4
from workbook_builder.rules.excel import any_of, numeric, quoted
from workbook_builder.rules.items import Figure
from workbook_builder.rules.review import TO_REVIEW, blank_reason, blank_reason_formula
from workbook_builder.rules.slots import Slot, SlotValue

PRESENT, ABSENT = "有", "无"
PRESENT_SLOT = Slot("", sl.CHOICE, choices=(PRESENT, ABSENT))
MORE_SLOT = Slot(sl.MORE, sl.YESNO, choices=(m.YES, m.NO), blank=sl.EMPTY)
#: Registered, but no amount decided yet: the section's grade stays provisional.
REGISTERED = "已登记未定"
NO_FACTS = "缺事实"


def bottom_clause(
    slots: tuple[Slot, ...],
    present: SlotValue,
    amounts: tuple[SlotValue, ...],
    facts: tuple[str | None, ...],
    more: SlotValue = None,
) -> tuple[str, Figure]:
    """State and deduction of one row. `slots`: the events of the clause, `amounts` and `facts` in their order."""
    state = _state(slots, present, amounts, facts, more)
    total = round4(sum(map(sl.number_of, amounts), ZERO))
    if state == sl.NOT_HAPPENED:
        return state, Figure.known(ZERO)
    if state == sl.FILLED:
        return state, Figure.known(total)
    return state, Figure(None, total if present == PRESENT and state in (REGISTERED, NO_FACTS) else ZERO, INFINITE)


def _state(slots, present, amounts, facts, more) -> str:
    if present not in (None, PRESENT, ABSENT) or more not in (None, m.NO):
        return sl.INVALID
    if any(amount is not None and sl.state(slot, amount, True) != sl.FILLED for slot, amount in zip(slots, amounts, strict=True)):
        return sl.INVALID
    given = [sl.number_of(amount) > 0 for amount in amounts]
    if present is None:
        return TO_REVIEW
    if present == ABSENT:
        return sl.INVALID if any(given) else sl.NOT_HAPPENED
    if not any(given):
        return REGISTERED
    lacking = any(some and blank_reason(fact) for some, fact in zip(given, facts, strict=True))
    return NO_FACTS if lacking else sl.FILLED


def bottom_state_formula(slots: tuple[Slot, ...], present: str, amounts: list[str], facts: list[str], more: str) -> str:
    """The state of `bottom_clause` in Excel over the inputs of the row."""
    bad = quoted(sl.INVALID)
    legal = f'IF(ISERROR({present}),FALSE,OR({present}="",{any_of(present, (PRESENT, ABSENT))}))'
    legal = f'AND({legal},IF(ISERROR({more}),FALSE,OR({more}="",{more}={quoted(m.NO)})))'
    for slot, amount in zip(slots, amounts, strict=True):
        # AND evaluates every argument, so each is guarded against error values by its own rule.
        legal = f'AND({legal},OR({_blank(amount)},{sl.state_formula(slot, amount, "TRUE")}={quoted(sl.FILLED)}))'
    given = "+".join(f"({numeric(amount)}>0)" for amount in amounts)
    lacking = "+".join(
        f"({numeric(amount)}>0)*({blank_reason_formula(fact)})" for amount, fact in zip(amounts, facts, strict=True)
    )
    absent = f"IF({given}>0,{bad},{quoted(sl.NOT_HAPPENED)})"
    settled = f"IF({given}=0,{quoted(REGISTERED)},IF({lacking}>0,{quoted(NO_FACTS)},{quoted(sl.FILLED)}))"
    chosen = f'IF({present}="",{quoted(TO_REVIEW)},IF({present}={quoted(ABSENT)},{absent},{settled}))'
    return f"IF({legal},{chosen},{bad})"


def _blank(v: str) -> str:
    return f'IF(ISERROR({v}),FALSE,{v}="")'


def bottom_points_formula(state: str, amounts: list[str]) -> str:
    """The deduction of `bottom_clause` in Excel; `state` is the cell of its state."""
    total = "+".join(numeric(amount) for amount in amounts)
    filled = f"IF({state}={quoted(sl.FILLED)},ROUND({total},4),{quoted(OPEN_TEXT)})"
    return f"IF({state}={quoted(sl.NOT_HAPPENED)},0,{filled})"
