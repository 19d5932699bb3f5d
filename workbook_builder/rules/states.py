"""The state of every row of a clause (已填, 待填, 有误 …), in Python and as Excel text.

Comes in: a clause, its slots and the values in them. Goes out: a state per row. `Refs` says where a clause's cells
stand; it serves the formulas of states and of points alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder.rules import slots as sl
from workbook_builder.rules.excel import numeric, quoted
from workbook_builder.rules.slots import Slot, SlotValue


@dataclass(frozen=True, slots=True)
class Refs:
    """Where a clause's cells stand, as Excel expressions: inputs through blocks, states and points as cells.

    `own` is the input of whichever row a formula stands in, `above` that of the row before; `v` maps slot suffix →
    the input as seen from the clause's own row; `state` and `points` map it to cells. `base_v`, `base_state` are
    those of the clause a doubling depends on; `confirmed` the locked cell that says the section has confirmed.
    """

    own: str
    above: str
    v: Mapping[str, str]
    state: Mapping[str, str]
    points: Mapping[str, str]
    confirmed: str
    base_v: str = ""
    base_state: str = ""


def clause_states(
    clause: m.Clause, slots: tuple[Slot, ...], values: Mapping[str, SlotValue], confirmed: bool, base: SlotValue
) -> dict[str, str]:
    """State of every slot and, under "", of the clause's own row. `base` answers the clause a doubling depends on."""
    states = {slot.suffix: sl.state(slot, values.get(slot.suffix), confirmed) for slot in slots}
    if clause.kind == m.DISCRETIONARY_EACH:
        return {**states, "": _events_state(clause, states, values, confirmed)}
    if clause.kind == m.OPTIONS and clause.several:
        return {**states, "": _several_state(list(states.values()))}
    if clause.kind == m.DOUBLING and states[""] == sl.FILLED and _exceeds(values.get(""), base):
        return {**states, "": sl.INVALID}
    if clause.branch and values.get("") is None and sl.says_yes(values.get(sl.BRANCH)):
        return {**states, "": sl.FILLED}
    if clause.exclusion and values.get("") is None and sl.says_yes(values.get(sl.EXCLUSION)):
        return {**states, "": sl.FILLED}
    follower = _follower(clause)
    if follower and values.get(follower) is None and _settles(clause, values.get("")):
        return {**states, follower: sl.EMPTY}
    return states


def _exceeds(doubled: SlotValue, base: SlotValue) -> bool:
    return isinstance(doubled, Decimal) and doubled > sl.number_of(base)


def state_formulas(clause: m.Clause, slots: tuple[Slot, ...], refs: Refs) -> dict[str, str]:
    """`clause_states` as Excel expressions, one per row."""
    own = {slot.suffix: sl.state_formula(slot, refs.own, refs.confirmed) for slot in slots}
    if clause.kind == m.DISCRETIONARY_EACH:
        return {**own, "": _events_state_formula(clause, refs)}
    if clause.kind == m.OPTIONS and clause.several:
        return {**own, "": _several_state_formula(clause, refs)}
    if clause.kind == m.DOUBLING:
        v, base = numeric(refs.v[""]), numeric(refs.base_v)
        return {"": f"IF(IF(ISNUMBER({refs.v['']}),{v}>{base},FALSE),{quoted(sl.INVALID)},{own['']})"}
    condition = sl.BRANCH if clause.branch else sl.EXCLUSION if clause.exclusion else ""
    # AND evaluates every argument, so an error value in one input would spread: each is asked for errors first.
    if condition:
        main, other = refs.v[""], refs.v[condition]
        yes = f"IF(ISERROR({other}),FALSE,AND({main}=\"\",{other}={quoted(m.YES)}))"
        own[""] = f"IF(ISERROR({main}),{quoted(sl.INVALID)},IF({yes},{quoted(sl.FILLED)},{own['']}))"
    follower = _follower(clause)
    if follower:
        blank = f"IF(ISERROR({refs.own}),FALSE,{refs.own}=\"\")"
        own[follower] = f"IF(IF({blank},{_settles_formula(clause, refs.above)},FALSE),\"\",{own[follower]})"
    return own


def _follower(clause: m.Clause) -> str:
    """The sub-slot that need not be filled once the main answer settles the matter."""
    return sl.REFERENCE if clause.reference else sl.EXCLUSION if clause.exclusion else ""


def _settles(clause: m.Clause, value: SlotValue) -> bool:
    if clause.reference:
        return isinstance(value, str)
    return value is not None and value != m.YES


def _settles_formula(clause: m.Clause, v: str) -> str:
    settled = f"IF(ISNUMBER({v}),FALSE,{v}<>\"\")" if clause.reference else f"AND({v}<>\"\",{v}<>{quoted(m.YES)})"
    return f"IF(ISERROR({v}),TRUE,{settled})"


def _events_state(clause: m.Clause, states: Mapping[str, str], values: Mapping[str, SlotValue], confirmed: bool) -> str:
    """More events than lines is 有误 even while lines are blank: the lines alone are never all that happened."""
    filled = any(state == sl.FILLED for suffix, state in states.items() if suffix.startswith("@"))
    if sl.GROUP_INVALID in states.values() or sl.says_yes(values.get(sl.MORE)):
        return sl.INVALID
    if filled:
        return sl.FILLED
    return sl.NOT_HAPPENED if clause.direction == m.DEDUCT and confirmed else sl.MISSING


def _events_state_formula(clause: m.Clause, refs: Refs) -> str:
    events = event_range(refs.state)
    every = f"{events.split(':')[0]}:{refs.state[sl.MORE]}"
    blank = quoted(sl.MISSING)
    if clause.direction == m.DEDUCT:
        blank = f"IF({refs.confirmed},{quoted(sl.NOT_HAPPENED)},{blank})"
    filled = f"COUNTIF({events},{quoted(sl.FILLED)})"
    more = f"{refs.v[sl.MORE]}={quoted(m.YES)}"
    return (
        f"IF(COUNTIF({every},{quoted(sl.GROUP_INVALID)})>0,{quoted(sl.INVALID)},"
        f"IF({more},{quoted(sl.INVALID)},IF({filled}>0,{quoted(sl.FILLED)},{blank})))"
    )


def event_range(cells: Mapping[str, str]) -> str:
    events = [cell for suffix, cell in cells.items() if suffix.startswith("@")]
    return f"{events[0]}:{events[-1]}"


#: State of one count → state of the whole clause, worst first.
_SEVERAL = ((sl.GROUP_INVALID, sl.INVALID), (sl.EMPTY, sl.MISSING), (sl.PENDING, sl.PENDING))


def _several_state(states: list[str]) -> str:
    return next((whole for one, whole in _SEVERAL if one in states), sl.FILLED)


def _several_state_formula(clause: m.Clause, refs: Refs) -> str:
    counts = event_range(refs.state)
    text = quoted(sl.FILLED)
    for one, whole in reversed(_SEVERAL):
        # A blank state is a formula's "", which COUNTIF does not find reliably in every program: count the rest.
        found = f"COUNTIF({counts},{quoted(one)})>0" if one else _some_blank(clause, counts)
        text = f"IF({found},{quoted(whole)},{text})"
    return text


def _some_blank(clause: m.Clause, counts: str) -> str:
    known = "+".join(f"COUNTIF({counts},{quoted(s)})" for s in (sl.FILLED, sl.PENDING, sl.GROUP_INVALID))
    return f"{known}<{len(clause.options)}"
