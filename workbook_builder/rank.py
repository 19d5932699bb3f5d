"""Scores → standings: totals rounded by policy, ranks 1-2-2-4, ranges while anything is open.

Comes in: assessments. Goes out: `Standing`s, best first. The order is fully determined by figures and the scheme's
order of sections; names, files and dates never decide.
"""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from workbook_builder import model as m
from workbook_builder.results import Assessment, Standing
from workbook_builder.rules.clauses import ZERO
from workbook_builder.rules.items import Figure
from workbook_builder.rules.sheet import tidy

_ROUNDING = {"四舍五入": ROUND_HALF_UP, "四舍六入五成双": ROUND_HALF_EVEN, "截尾": ROUND_DOWN}


def round_by_policy(scheme: m.Scheme, value: Decimal) -> Decimal:
    """`value` by the policies 小数位数 and 舍入 (contract 6: applied once, to group means and totals)."""
    if not value.is_finite():
        return value
    places = Decimal(1).scaleb(-int(scheme.policy(m.P_DIGITS)))
    return tidy(value.quantize(places, _ROUNDING[scheme.policy(m.P_ROUNDING)]))


def self_standings(scheme: m.Scheme, assessments: tuple[Assessment, ...]) -> tuple[Standing, ...]:
    """自评排序（供核对）: by self totals, no grades. 突破底线 is unknown before review and not in the total."""
    unranked = [_standing(scheme, assessment) for assessment in assessments]
    ranked = [_ranked(standing, unranked) for standing in unranked]
    order = {section.name: place for place, section in enumerate(scheme.sections)}
    return tuple(sorted(ranked, key=lambda s: (_sort_total(s), order[s.section.name])))


def _sort_total(standing: Standing) -> tuple[int, Decimal, Decimal]:
    """Known totals first, from high to low; open ones by what is certain, so that who returned nothing comes last."""
    if standing.total.value is None:
        return (1, -standing.total.low, -standing.total.high)
    return (0, -standing.total.value, -standing.total.value)


def _standing(scheme: m.Scheme, assessment: Assessment) -> Standing:
    score = assessment.score
    parts = {
        m.BUSINESS: score.section.parts[m.BUSINESS],
        m.TEAM: score.section.parts[m.TEAM],
        m.SPECIAL: score.special,
        m.BOTTOM_LINE: Figure(None, ZERO, Decimal("Infinity")),
    }
    settled = sum(
        (
            item.figure.value
            for item in score.section.items.values()
            if item.figure.value is not None and item.item.part != m.SPECIAL
        ),
        score.special.value or ZERO,
    )
    return Standing(
        section=assessment.section,
        parts=parts,
        evaluation=None,
        total=_rounded(scheme, score.total),
        settled=tidy(settled if assessment.returned is not None else ZERO),
        rank=None,
        best=1,
        worst=1,
    )


def _rounded(scheme: m.Scheme, figure: Figure) -> Figure:
    value = None if figure.value is None else round_by_policy(scheme, figure.value)
    return Figure(value, round_by_policy(scheme, figure.low), round_by_policy(scheme, figure.high))


def _ranked(standing: Standing, everyone: list[Standing]) -> Standing:
    others = [other for other in everyone if other is not standing]
    best = 1 + sum(other.total.low > standing.total.high for other in others)
    worst = 1 + sum(other.total.high > standing.total.low for other in others)
    known = standing.total.value is not None and best == worst
    return Standing(
        section=standing.section,
        parts=standing.parts,
        evaluation=standing.evaluation,
        total=standing.total,
        settled=standing.settled,
        rank=best if known else None,
        best=best,
        worst=worst,
        grade=standing.grade,
    )


# --- the other components (contract 6 and 7) ---------------------------------------------------------------------


def evaluation(scheme: m.Scheme, leaders: list[object], units: list[object]) -> Decimal | None:
    """述职测评 (notice 三（二）): mean per group first, then the groups' weights (60/40).

    A ballot left blank (None) is 弃权 and does not count. A group without a single vote gives no result (open point 3).
    ValueError for a vote outside 0..测评满分.
    """
    scale = Decimal(scheme.policy(m.P_EVALUATION_SCALE))
    result = ZERO
    for group, votes in zip(scheme.rater_groups, (leaders, units), strict=True):
        cast = [_vote(vote, scale) for vote in votes if vote is not None]
        if not cast:
            return None
        result += group.weight * round_by_policy(scheme, sum(cast, ZERO) / len(cast))
    return tidy(result.quantize(Decimal("0.0001"), ROUND_HALF_UP))


def _vote(vote: object, scale: Decimal) -> Decimal:
    number = _number(vote)
    if number is None or not 0 <= number <= scale:
        raise ValueError(f"测评分应在 0 至 {scale} 之间：{vote!r}")
    return number


def _number(value: object) -> Decimal | None:
    """A plain number as a Decimal, 0.1 as 0.1; None for anything else, infinities included."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = Decimal(repr(value))
    return value if isinstance(value, Decimal) and value.is_finite() else None


def total(scheme: m.Scheme, components: dict[str, object]) -> Decimal | None:
    """总分 from the parts (突破底线 a positive deduction) and, if the policy gives it weight, 述职测评.

    None while a component that counts is None or absent. Rounded once, by policy. ValueError for an unknown component
    or a negative part.
    """
    unknown = set(components) - {*m.PARTS, m.EVALUATION}
    if unknown:
        raise ValueError(f"不认识的部分：{'、'.join(sorted(unknown))}")
    signs = {part.name: Decimal(part.sign) for part in scheme.parts}
    weight = Decimal(scheme.policy(m.P_EVALUATION_WEIGHT))
    if weight:
        signs[m.EVALUATION] = weight
    result = ZERO
    for name, sign in signs.items():
        value = components.get(name)
        if value is None:
            return None
        number = _number(value)
        if number is None or number < 0:
            raise ValueError(f"{name} 不能是 {value!r}")
        result += sign * number
    if scheme.policy(m.P_TOTAL_FLOOR) == "0":
        result = max(ZERO, result)
    return round_by_policy(scheme, result)


UNDECIDED, UNDETERMINED = "待裁定", "未定"


def grades(
    scheme: m.Scheme, standings: list[tuple[str, Decimal | None, Decimal | None]]
) -> dict[str, dict[str, int | str | None]]:
    """等次 from (section, 总分, 突破底线 deduction): section → {"名次", "等次"}.

    Ranks 1-2-2-4. 优秀: the first three, those with a confirmed deduction removed, their places left empty unless the
    policy 优秀递补 fills them (notice 四（五）, open points 4 to 7). A tie across the line is 待裁定, never broken here.
    Other grades only by cut-offs in the scheme, else 未定. While any total is unknown nobody has a rank or grade.
    """
    standings = [(name, _known(name, t), _known(name, b)) for name, t, b in standings]
    if any(t is None for _, t, _ in standings):
        return {name: {"名次": None, "等次": None} for name, _, _ in standings}
    basis = {name: _basis(scheme, t, b) for name, t, b in standings}
    ranks = {name: 1 + sum(other > value for other in basis.values()) for name, value in basis.items()}
    barred = {name for name, _, deduction in standings if deduction is not None and deduction > 0}
    unknown = {name for name, _, deduction in standings if deduction is None}
    excellent = _excellent(scheme, basis, ranks, barred)
    return {
        name: {"名次": ranks[name], "等次": _grade(scheme, name, value, excellent, unknown)}
        for name, value, _ in standings
    }


def _basis(scheme: m.Scheme, value: Decimal, deduction: Decimal | None) -> Decimal:
    """What ranks: the total, or by policy 名次依据 the total before 突破底线 deductions; rounded, so that equals tie."""
    if scheme.policy(m.P_RANK_BASIS) == "扣除突破底线前":
        value += deduction or ZERO
    return round_by_policy(scheme, value)


def _known(name: str, value: object) -> Decimal | None:
    number = _number(value)
    if number is None and value is not None:
        raise ValueError(f"{name} 的得分不能是 {value!r}")
    return number


def _excellent(
    scheme: m.Scheme, basis: dict[str, Decimal], ranks: dict[str, int], barred: set[str]
) -> dict[str, str]:
    """Section → 优秀 or 待裁定, for those in or tied across the line."""
    top = next((grade for grade in scheme.grades if grade.top), None)
    if top is None:
        return {}
    pool = dict(basis)
    if scheme.policy(m.P_PROMOTION) == "递补":
        pool = {name: value for name, value in basis.items() if not (top.barred and name in barred)}
    places = {name: 1 + sum(other > value for other in pool.values()) for name, value in pool.items()}
    found: dict[str, str] = {}
    for name, place in places.items():
        if place > top.top or (top.barred and name in barred):
            continue
        tied = sum(value == pool[name] for value in pool.values())
        found[name] = top.name if place + tied - 1 <= top.top else UNDECIDED
    return found


def _grade(
    scheme: m.Scheme, name: str, value: Decimal, excellent: dict[str, str], unknown: set[str]
) -> str:
    if name in excellent:
        return UNDECIDED if name in unknown else excellent[name]
    cut = [grade for grade in scheme.grades if grade.cutoff is not None and not grade.top]
    return next((grade.name for grade in cut if value >= grade.cutoff), UNDETERMINED)
