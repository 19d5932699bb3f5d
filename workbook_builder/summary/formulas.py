"""Live formulas of totals and ranks beside the values they have, and how open figures are shown.

Comes in: cells, figures, policies. Goes out: formula texts and cell values. The rules are those of `rank` and `final`;
every formula is written with the value worked out there and proven equal to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder import results as r
from workbook_builder.excel.report import MOST_DIGITS, Value
from workbook_builder.rules.clauses import OPEN_TEXT
from workbook_builder.rules.excel import number, quoted

#: Policy 舍入 → formula over {x} (a sum of 4 decimals), {n} digits, {d} = 10^n. The tiny terms are there because a tenth
#: is no binary fraction: 0.29*100 is a little less than 29.
_ROUND = {
    "四舍五入": "ROUND({x},{n})",
    "截尾": "ROUNDDOWN({x}+SIGN({x})*0.000001,{n})",
    "四舍六入五成双": "IF(ABS({x}*{d}-INT({x}*{d})-0.5)<0.000001,ROUND({x}*{d}/2,0)*2/{d},ROUND({x},{n}))",
}


def rounded(scheme: m.Scheme, exact: str) -> str:
    """`exact` (of 4 decimals) rounded by the policies 小数位数 and 舍入."""
    digits = int(scheme.policy(m.P_DIGITS))
    return _ROUND[scheme.policy(m.P_ROUNDING)].format(x=exact, n=digits, d=10**digits)


def weight_of_evaluation(scheme: m.Scheme) -> Decimal:
    return Decimal(scheme.policy(m.P_EVALUATION_WEIGHT))


def exact_total(scheme: m.Scheme, plus: Sequence[str], minus: Sequence[str], evaluation: str) -> str:
    """总分 before it is rounded by policy: parts, less 突破底线, with 述职测评 and the floor that the policies set."""
    exact = exact_sum(scheme, plus, minus, evaluation)
    return f"MAX(0,{exact})" if scheme.policy(m.P_TOTAL_FLOOR) == "0" else exact


def exact_sum(scheme: m.Scheme, plus: Sequence[str], minus: Sequence[str], evaluation: str) -> str:
    """The same without the floor; with no `minus` what ranks under 扣除突破底线前."""
    terms = "+".join(plus) + "".join(f"-{cell}" for cell in minus)
    weight = weight_of_evaluation(scheme)
    if weight:
        terms += f"+{number(weight)}*{evaluation}"
        # A mark times its weight may end in 5 behind the fourth decimal, where a binary fraction may lie below it.
        terms += f"+SIGN({terms})*0.000000001"
    return f"ROUND({terms},4)"


def exact_self_total(cells: Sequence[str]) -> str:
    """自评总分 before it is rounded by policy; to 4 decimals, since a tenth is no binary fraction."""
    return f"ROUND({'+'.join(cells)},4)"


def sheet_name(name: str) -> str:
    """A sheet's name as formulas write it."""
    return "'" + name.replace("'", "''") + "'"


def unless_open(cells: Iterable[str], formula: str) -> str:
    """`formula`, but 待定 while one of `cells` says so."""
    tests = ",".join(f"{cell}={quoted(OPEN_TEXT)}" for cell in cells)
    return f"IF(OR({tests}),{quoted(OPEN_TEXT)},{formula})"


# --- values ---------------------------------------------------------------------------------------------------------


def rank_text(standing: r.Standing) -> str:
    """The rank, or the ranks still possible, as one text."""
    return str(standing.rank) if standing.rank is not None else f"{standing.best}–{standing.worst}"


def bound(value: Decimal) -> Value:
    return value if value.is_finite() else "不限"


def digits_look(scheme: m.Scheme, figures: Iterable[Decimal | None]) -> str:
    """The look of all figures: the policy's decimals, more only where one has more, so that nothing is hidden."""
    known = [value for value in figures if value is not None and value.is_finite()]
    needed = max((-int(round(value, MOST_DIGITS).normalize().as_tuple().exponent) for value in known), default=0)
    return f"digits{min(MOST_DIGITS, max(needed, int(scheme.policy(m.P_DIGITS))))}"
