"""特色工作: the score a section proposes inside its band (notice 三（一）3, open points 51 and 52).

Recognised and awarded by the city: 5–10; not awarded: 1–5; nothing declared: 0. 5 lies in both bands. The annex-2
points are evidence; only under the policy 附件2合计 do they count directly.
"""

from __future__ import annotations

from decimal import Decimal

from workbook_builder import model as m
from workbook_builder.rules import slots as sl
from workbook_builder.rules.clauses import OPEN_TEXT, ZERO, round4
from workbook_builder.rules.excel import number, quoted
from workbook_builder.rules.items import Figure
from workbook_builder.rules.slots import Slot, SlotValue

AWARD_SLOT = Slot("", sl.YESNO, choices=(m.YES, m.NO), words=(m.PENDING_CITY,), blank=sl.EMPTY)


def score_slot(scheme: m.Scheme) -> Slot:
    """The input of the proposed score."""
    return Slot("", sl.NUMBER, high=scheme.special_awarded[1], words=(m.PENDING_CITY,), unit="分")


def bands(scheme: m.Scheme) -> tuple[tuple[Decimal, Decimal], tuple[Decimal, Decimal]]:
    """(awarded, other), each as (low, high)."""
    return scheme.special_awarded, scheme.special_other


def special_state(scheme: m.Scheme, award: SlotValue, proposed: SlotValue) -> str:
    """State of the proposed score given whether the city has awarded points."""
    if proposed is None:
        return sl.MISSING
    if proposed == m.PENDING_CITY:
        return sl.PENDING
    awarded, other = bands(scheme)
    if not isinstance(proposed, Decimal) or not 0 <= proposed <= awarded[1] or proposed != round(proposed, 4):
        return sl.INVALID
    if award == m.PENDING_CITY:
        fits = proposed == 0 or other[0] <= proposed <= awarded[1]
        return sl.PENDING if fits else sl.INVALID
    if award == m.YES:
        return sl.FILLED if awarded[0] <= proposed <= awarded[1] else sl.INVALID
    if award not in (None, m.NO):
        return sl.INVALID
    return sl.FILLED if proposed == 0 or other[0] <= proposed <= other[1] else sl.INVALID


def special_state_formula(scheme: m.Scheme, award: str, proposed: str) -> str:
    """`special_state` in Excel."""
    awarded, other = bands(scheme)
    p, good, bad, pending = proposed, quoted(sl.FILLED), quoted(sl.INVALID), quoted(sl.PENDING)
    city = quoted(m.PENDING_CITY)
    in_awarded = f"AND({p}>={number(awarded[0])},{p}<={number(awarded[1])})"
    in_other = f"OR({p}=0,AND({p}>={number(other[0])},{p}<={number(other[1])}))"
    in_either = f"OR({p}=0,AND({p}>={number(other[0])},{p}<={number(awarded[1])}))"
    no = f"OR({award}=\"\",{award}={quoted(m.NO)})"
    by_award = (
        f"IF({award}={city},IF({in_either},{pending},{bad}),"
        f"IF({award}={quoted(m.YES)},IF({in_awarded},{good},{bad}),IF({no},IF({in_other},{good},{bad}),{bad})))"
    )
    numeric = f"IF(ISERROR({award}),{bad},IF({p}=ROUND({p},4),{by_award},{bad}))"
    text = f"IF({p}={city},{pending},{bad})"
    return f"IF(ISERROR({p}),{bad},IF({p}=\"\",{quoted(sl.MISSING)},IF(ISNUMBER({p}),{numeric},{text})))"


def special_figure(scheme: m.Scheme, state: str, award: SlotValue, proposed: SlotValue) -> Figure:
    """The part's self figure: known only when the proposal is valid and the city's word is in."""
    if state == sl.FILLED and isinstance(proposed, Decimal):
        return Figure.known(round4(proposed))
    awarded, other = bands(scheme)
    if award == m.YES:
        return Figure(None, awarded[0], awarded[1])
    if award == m.NO:
        return Figure(None, ZERO, other[1])
    return Figure(None, ZERO, awarded[1])


def special_points_formula(state_cell: str, proposed: str) -> str:
    return f"IF({state_cell}={quoted(sl.FILLED)},ROUND({proposed},4),{quoted(OPEN_TEXT)})"
