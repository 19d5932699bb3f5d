"""What a clause takes or gives: every kind of contract 6 once, its Python and its Excel form side by side.

Comes in: a clause, its slots and the values in them. Goes out: `ClausePoints` — signed points (deductions
negative), or the least and most still possible while an answer is open — and the formulas of the same rows.

A pair of functions `_x` and `_x_formula` states one rule twice; tests/test_rules.py proves each pair equal in
Python, ironcalc and LibreOffice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from workbook_builder import model as m
from workbook_builder.rules import slots as sl
from workbook_builder.rules.excel import any_of, is_word, number, numeric, quoted
from workbook_builder.rules.slots import Slot, SlotValue
from workbook_builder.rules.states import Refs, clause_states, event_range

OPEN_TEXT = "待定"
ZERO_TEXT = "不得分"
ZERO = Decimal(0)
INFINITE = Decimal("Infinity")


def round4(value: Decimal) -> Decimal:
    """Contract 5: every clause, item, part and total is rounded to 4 decimals, so that 60−0.1−0.2 ties 60−0.3."""
    return value.quantize(Decimal("0.0001"), ROUND_HALF_UP) if value.is_finite() else value


@dataclass(frozen=True, slots=True)
class ClausePoints:
    """What one clause does to its item.

    value      signed points, None while open (待填, 有误, 待市局)
    low, high  the least and most it can still do; both equal `value` once that is known; may be infinite
    zero       本项不得分 applies: the item is 0 whatever else
    states     slot suffix → state; "" is the state of the clause's own row
    subs       slot suffix → what the points column of that sub-row shows (None: nothing)
    """

    value: Decimal | None
    low: Decimal
    high: Decimal
    zero: bool = False
    states: Mapping[str, str] = field(default_factory=dict)
    subs: Mapping[str, Decimal | None] = field(default_factory=dict)

    @property
    def state(self) -> str:
        return self.states[""]

    @property
    def shown(self) -> Decimal | str:
        """What the points column of the clause's row shows."""
        if self.value is None:
            return OPEN_TEXT
        return ZERO_TEXT if self.zero else self.value


# --- points -----------------------------------------------------------------------------------------


def clause_points(
    clause: m.Clause,
    slots: tuple[Slot, ...],
    values: Mapping[str, SlotValue],
    confirmed: bool,
    unranked_deducts: bool,
    base: tuple[SlotValue, Decimal, bool] = (None, ZERO, True),
    absent: bool = False,
) -> ClausePoints:
    """Points of `clause` answered by `values` (slot suffix → value).

    `absent`: the clause was never asked; it did not happen or was not earned (contract 7).
    `confirmed`: blanks on deduct clauses mean "did not happen". `unranked_deducts`: policy 未排名的扣分.
    `base`: for a doubling, the base clause's value, points per event, and whether it is settled.
    """
    states = clause_states(clause, slots, values, confirmed, base[0])
    subs = _sub_points(clause, slots, values, states)
    size = ZERO if absent else _size(clause, values, states, subs, unranked_deducts, base)
    least, most = _bounds(clause, base[1]) if size is None else (size, size)
    low, high = _signed(clause, least), _signed(clause, most)
    zero = clause.kind == m.ZERO_ITEM and size is not None and sl.says_yes(values.get(""))
    value = low if size is not None else None
    return ClausePoints(value, min(low, high), max(low, high), zero, states, subs)


def points_formulas(
    clause: m.Clause, slots: tuple[Slot, ...], refs: Refs, unranked_deducts: bool, base_points: Decimal = ZERO
) -> dict[str, str]:
    """`clause_points` as Excel expressions: "" for the clause's row, and one for each sub-row that shows points."""
    formulas = _sub_formulas(clause, slots, refs)
    if clause.kind == m.ZERO_ITEM:
        size = f"IF({refs.v['']}={quoted(m.YES)},{quoted(ZERO_TEXT)},0)"
        return {"": f"IF({_is_open(refs.state[''])},{quoted(OPEN_TEXT)},{size})"}
    size = _size_formula(clause, slots, refs, unranked_deducts, base_points)
    rounded = f"ROUND({_signed_formula(clause, size)},4)"
    formulas[""] = f"IF({_open_formula(clause, refs)},{quoted(OPEN_TEXT)},{rounded})"
    return formulas


def _signed(clause: m.Clause, size: Decimal) -> Decimal:
    """Sub-cap first, then the clause's own box or the sign (open point 26)."""
    if clause.cap is not None and clause.base is None:
        size = min(size, clause.cap)
    if clause.base is not None:
        return round4(max(ZERO, clause.base - size))
    return round4(-size if clause.direction == m.DEDUCT and size else size)


def _signed_formula(clause: m.Clause, size: str) -> str:
    if clause.cap is not None and clause.base is None:
        size = f"MIN({number(clause.cap)},{size})"
    if clause.base is not None:
        return f"MAX(0,{number(clause.base)}-({size}))"
    return f"0-({size})" if clause.direction == m.DEDUCT else size


def _open(clause: m.Clause, states: Mapping[str, str], values: Mapping[str, SlotValue]) -> bool:
    main = states[""]
    if clause.branch:
        if sl.says_yes(values.get(sl.BRANCH)):
            return main == sl.INVALID
        return main in sl.OPEN_STATES or states[sl.BRANCH] in sl.OPEN_STATES
    if clause.exclusion:
        if sl.INVALID in states.values():
            return True
        if sl.says_yes(values.get(sl.EXCLUSION)):
            return False
        return main in sl.OPEN_STATES or states[sl.EXCLUSION] in sl.OPEN_STATES
    if clause.reference:
        return main in sl.OPEN_STATES or states[sl.REFERENCE] in sl.OPEN_STATES
    return main in sl.OPEN_STATES


def _open_formula(clause: m.Clause, refs: Refs) -> str:
    main = refs.state[""]
    if clause.branch:
        yes = f"IF(ISERROR({refs.v[sl.BRANCH]}),FALSE,{refs.v[sl.BRANCH]}={quoted(m.YES)})"
        either = f"OR({_is_open(main)},{_is_open(refs.state[sl.BRANCH])})"
        return f"IF({yes},{main}={quoted(sl.INVALID)},{either})"
    if clause.exclusion:
        sub = refs.state[sl.EXCLUSION]
        yes = f"{refs.v[sl.EXCLUSION]}={quoted(m.YES)}"
        invalid = f"OR({main}={quoted(sl.INVALID)},{sub}={quoted(sl.INVALID)})"
        return f"IF({invalid},TRUE,IF({yes},FALSE,OR({_is_open(main)},{_is_open(sub)})))"
    if clause.reference:
        return f"OR({_is_open(main)},{_is_open(refs.state[sl.REFERENCE])})"
    if clause.kind == m.DOUBLING:
        return f"OR({_is_open(main)},{_is_open(refs.base_state)})"
    return _is_open(main)


def _is_open(state_cell: str) -> str:
    return any_of(state_cell, sl.OPEN_STATES)


def _sub_points(clause, slots, values, states) -> dict[str, Decimal | None]:
    """What the sub-rows of events and of counts per label show in the points column."""
    shown: dict[str, Decimal | None] = {}
    sign = -1 if clause.direction == m.DEDUCT else 1
    for slot in slots:
        if not slot.suffix.startswith("@"):
            continue
        if states[slot.suffix] != sl.FILLED:
            shown[slot.suffix] = None
            continue
        amount = sl.number_of(values.get(slot.suffix))
        if clause.kind == m.OPTIONS:
            points = clause.options[int(slot.suffix[1:]) - 1].points
            amount = (points if amount > 0 else ZERO) if clause.best_only else amount * points
        shown[slot.suffix] = round4(sign * amount if amount else ZERO)
    return shown


def _sub_formulas(clause: m.Clause, slots: tuple[Slot, ...], refs: Refs) -> dict[str, str]:
    sign = "0-" if clause.direction == m.DEDUCT else ""
    formulas: dict[str, str] = {}
    for slot in slots:
        if not slot.suffix.startswith("@"):
            continue
        amount = numeric(refs.own)
        if clause.kind == m.OPTIONS:
            points = number(clause.options[int(slot.suffix[1:]) - 1].points)
            amount = f"IF({amount}>0,{points},0)" if clause.best_only else f"{amount}*{points}"
        filled = f"{refs.state[slot.suffix]}={quoted(sl.FILLED)}"
        formulas[slot.suffix] = f"IF({filled},ROUND({sign}({amount}),4),\"\")"
    return formulas


def _size(clause, values, states, subs, unranked_deducts, base) -> Decimal | None:
    """Points of the clause without sign, None while open."""
    if _open(clause, states, values) or (clause.kind == m.DOUBLING and not base[2]):
        return None
    main = values.get("")
    if clause.kind == m.PER_OCCURRENCE:
        return sl.number_of(main) * clause.points
    if clause.kind == m.DOUBLING:
        return sl.number_of(main) * base[1] * (clause.factor - 1)
    if clause.kind == m.ONE_OFF:
        earned = sl.says_yes(main) and not sl.says_yes(values.get(sl.EXCLUSION))
        return clause.points if earned else ZERO
    if clause.kind == m.ZERO_ITEM:
        return ZERO
    if clause.kind in (m.DISCRETIONARY, m.CONVERTED, m.DISCRETIONARY_MAX):
        return sl.number_of(main)
    if clause.kind == m.DISCRETIONARY_EACH:
        # Through Python there may be more events than the sheet has rows.
        return sum((sl.number_of(value) for suffix, value in values.items() if suffix.startswith("@")), ZERO)
    if clause.kind == m.OPTIONS:
        return _option_size(clause, main, subs)
    if clause.kind == m.RANK:
        return _rank_size(clause, main, unranked_deducts)
    return _tier_size(clause, values)


def _size_formula(clause, slots, refs: Refs, unranked_deducts: bool, base_points: Decimal) -> str:
    v = refs.v.get("", "")
    if clause.kind == m.PER_OCCURRENCE:
        return f"{numeric(v)}*{number(clause.points)}"
    if clause.kind == m.DOUBLING:
        return f"{numeric(v)}*{number(base_points * (clause.factor - 1))}"
    if clause.kind == m.ONE_OFF:
        yes = f"{v}={quoted(m.YES)}"
        if clause.exclusion:
            yes = f"AND({yes},{refs.v[sl.EXCLUSION]}<>{quoted(m.YES)})"
        return f"IF({yes},{number(clause.points)},0)"
    if clause.kind in (m.DISCRETIONARY, m.CONVERTED, m.DISCRETIONARY_MAX):
        return numeric(v)
    if clause.kind == m.DISCRETIONARY_EACH:
        return f"ABS(SUM({event_range(refs.points)}))"
    if clause.kind == m.OPTIONS:
        return _option_size_formula(clause, v, refs)
    if clause.kind == m.RANK:
        return _rank_size_formula(clause, v, unranked_deducts)
    return _tier_size_formula(clause, refs)


def _option_size(clause: m.Clause, main: SlotValue, subs) -> Decimal:
    if not clause.several:
        return next((o.points for o in clause.options if o.label == main), ZERO)
    sizes = [abs(p) for p in subs.values() if p is not None]
    return max(sizes, default=ZERO) if clause.best_only else sum(sizes, ZERO)


def _option_size_formula(clause: m.Clause, v: str, refs: Refs) -> str:
    if not clause.several:
        return "+".join(f"({is_word(v, o.label)})*{number(o.points)}" for o in clause.options)
    labels = event_range(refs.points)
    if not clause.best_only:
        return f"ABS(SUM({labels}))"
    return f"MAX({labels})" if clause.direction == m.ADD else f"0-MIN({labels})"


def _rank_size(clause: m.Clause, main: SlotValue, unranked_deducts: bool) -> Decimal:
    if main == m.UNRANKED:
        worst = clause.direction == m.DEDUCT and unranked_deducts
        return max(band.points for band in clause.ranks) if worst else ZERO
    if not isinstance(main, Decimal):
        return ZERO
    return next((b.points for b in clause.ranks if b.first <= main <= b.last), ZERO)


def _rank_size_formula(clause: m.Clause, v: str, unranked_deducts: bool) -> str:
    bands = [
        f"({v}={b.first})*{number(b.points)}"
        if b.first == b.last
        else f"({v}>={b.first})*({v}<={b.last})*{number(b.points)}"
        for b in clause.ranks
        if b.points
    ]
    worst = clause.direction == m.DEDUCT and unranked_deducts
    unranked = number(max(b.points for b in clause.ranks)) if worst else "0"
    otherwise = f"IF({v}={quoted(m.UNRANKED)},{unranked},0)"
    return f"IF(ISNUMBER({v}),{'+'.join(bands) or '0'},{otherwise})"


_COMPARE = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def _tier_size(clause: m.Clause, values: Mapping[str, SlotValue]) -> Decimal:
    """The heaviest (deduct) or highest (add) matching tier alone: tiers replace, they never add (open point 30)."""
    if clause.branch and sl.says_yes(values.get(sl.BRANCH)):
        return max(tier.points for tier in clause.tiers)
    metric = values.get("")
    if not isinstance(metric, Decimal):
        return ZERO
    sizes = []
    for tier in clause.tiers:
        bound = sl.number_of(values.get(sl.REFERENCE)) if tier.reference else tier.threshold
        if bound is not None and _COMPARE[tier.op](metric, bound):
            sizes.append(tier.points)
    return max(sizes, default=ZERO)


def _tier_size_formula(clause: m.Clause, refs: Refs) -> str:
    v = refs.v[""]
    text = "0"
    for tier in sorted(clause.tiers, key=lambda t: t.points):
        bound = numeric(refs.v[sl.REFERENCE]) if tier.reference else number(tier.threshold)
        text = f"IF({v}{tier.op}{bound},{number(tier.points)},{text})"
    text = f"IF(ISNUMBER({v}),{text},0)"
    if clause.branch:
        best = number(max(tier.points for tier in clause.tiers))
        text = f"IF({refs.v[sl.BRANCH]}={quoted(m.YES)},{best},{text})"
    return text


def _bounds(clause: m.Clause, base_points: Decimal) -> tuple[Decimal, Decimal]:
    """Least and most size an open clause can still reach."""
    if clause.kind == m.ONE_OFF:
        return ZERO, clause.points
    if clause.kind == m.DISCRETIONARY:
        return ZERO, clause.high
    if clause.kind == m.TIERS:
        return ZERO, max(tier.points for tier in clause.tiers)
    if clause.kind == m.RANK:
        return ZERO, max(band.points for band in clause.ranks)
    if clause.kind == m.OPTIONS and (not clause.several or clause.best_only):
        return ZERO, max(option.points for option in clause.options)
    return ZERO, INFINITE if clause.cap is None else clause.cap
