"""Scores → standings: totals rounded by policy, ranks 1-2-2-4, ranges while anything is open.

Comes in: assessments, or finals. Goes out: `Standing`s, best first. The order is fully determined by figures and the scheme's
order of sections; names, files and dates never decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from workbook_builder import model as m
from workbook_builder.final import before_deductions
from workbook_builder.results import Assessment, Final, Standing
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


def final_standings(scheme: m.Scheme, finals: Mapping[str, Final], ruled: Mapping[str, str]) -> tuple[Standing, ...]:
    """The order by reviewed totals, with 等次 once every total is known.

    `ruled`: section → grade that a 裁定 has given it where a tie lay across the line.
    """
    unranked = [_final_standing(scheme, final) for final in finals.values()]
    basis = {s.section.name: (s.basis or s.total).value for s in unranked}
    bottoms = {name: final.parts[m.BOTTOM_LINE].value for name, final in finals.items()}
    totals = {s.section.name: s.total.value for s in unranked}
    known = all(value is not None for value in (*basis.values(), *totals.values()))
    given = _graded(scheme, totals, basis, bottoms) if known else {}
    ranked = []
    for standing in unranked:
        grade = given.get(standing.section.name, "")
        if grade == UNDECIDED:
            grade = ruled.get(standing.section.name, UNDECIDED)
        ranked.append(replace(_ranked(standing, unranked), grade=str(grade)))
    order = {section.name: place for place, section in enumerate(scheme.sections)}
    return tuple(sorted(ranked, key=lambda s: (_sort_total(s), order[s.section.name])))


def _final_standing(scheme: m.Scheme, final: Final) -> Standing:
    total = _rounded(scheme, final.total)
    basis = None
    if scheme.policy(m.P_RANK_BASIS) == "扣除突破底线前":
        basis = _rounded(scheme, before_deductions(scheme, final.parts, final.evaluation))
    figures = [f for key, f in final.items.items() if f.item.part not in (m.SPECIAL, m.BOTTOM_LINE)]
    settled = sum((f.final.value for f in figures if f.final.value is not None), final.special[2].value or ZERO)
    settled -= sum((b.points for b in final.borne), ZERO)
    settled -= final.parts[m.BOTTOM_LINE].value or ZERO
    result = final.evaluation.result if final.evaluation is not None else None
    return Standing(
        section=final.section,
        parts=final.parts,
        evaluation=Figure.known(result) if result is not None else None,
        total=total,
        settled=tidy(settled),
        rank=None,
        best=1,
        worst=1,
        basis=basis,
    )


@dataclass(frozen=True, slots=True)
class Tie:
    """Sections tied across the line of the best grade: `places` are left for them, fewer than they are."""

    grade: str
    place: int
    sections: tuple[str, ...]
    places: int

    @property
    def text(self) -> str:
        """The 原为 of its 裁定."""
        return f"并列第{self.place}名：{'、'.join(self.sections)}；名额{self.places}个"


def tie_across_the_line(scheme: m.Scheme, standings: Iterable[Standing]) -> Tie | None:
    """The tie that a 裁定 must break (open point 7); None if there is none or not every total is known."""
    standings = tuple(standings)
    basis = {s.section.name: (s.basis or s.total).value for s in standings}
    top = next((grade for grade in scheme.grades if grade.top), None)
    if top is None or any(value is None for value in (*basis.values(), *(s.total.value for s in standings))):
        return None
    barred = {s.section.name for s in standings if (s.parts[m.BOTTOM_LINE].value or ZERO) > 0}
    given = _excellent(scheme, basis, barred)
    tied = [name for name, grade in given.items() if grade == UNDECIDED]
    if not tied:
        return None
    pool = _pool(scheme, basis, barred)
    place = 1 + sum(value > basis[tied[0]] for value in pool.values())
    order = {section.name: number for number, section in enumerate(scheme.sections)}
    return Tie(top.name, place, tuple(sorted(tied, key=order.__getitem__)), top.top - place + 1)


def line_of_best(scheme: m.Scheme, standings: Iterable[Standing]) -> Decimal | None:
    """The ranking figure of the last place that the best grade has (notice 四（五）: the third).

    Under 优秀递补 the barred hold no place. None if no grade goes by places, or while a ranking figure is open.
    """
    standings = tuple(standings)
    basis = {s.section.name: (s.basis or s.total).value for s in standings}
    top = next((grade for grade in scheme.grades if grade.top), None)
    if top is None or any(value is None for value in basis.values()):
        return None
    barred = {s.section.name for s in standings if (s.parts[m.BOTTOM_LINE].value or ZERO) > 0}
    held = sorted(_pool(scheme, basis, barred).values(), reverse=True)
    return held[min(top.top, len(held)) - 1] if held else None


def _sort_total(standing: Standing) -> tuple[int, Decimal, Decimal]:
    """Known totals first, from high to low; open ones by what is certain, so that who returned nothing comes last."""
    total = standing.basis or standing.total
    if total.value is None:
        return (1, -total.low, -total.high)
    return (0, -total.value, -total.value)


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
    mine = standing.basis or standing.total
    others = [other.basis or other.total for other in everyone if other is not standing]
    best = 1 + sum(other.low > mine.high for other in others)
    worst = 1 + sum(other.high > mine.low for other in others)
    known = mine.value is not None and best == worst
    return replace(standing, rank=best if known else None, best=best, worst=worst)


# --- the other components (contract 6 and 7) ---------------------------------------------------------------------


def evaluation(scheme: m.Scheme, leaders: list[object], units: list[object]) -> Decimal | None:
    """述职测评 (notice 三（二）): mean per group first, then the groups' weights (60/40).

    A ballot left blank (None) is 弃权 and does not count. A group without a single vote gives no result (open point 3).
    ValueError for a vote outside 0..测评满分.
    """
    scale = Decimal(scheme.policy(m.P_EVALUATION_SCALE))
    means = [
        group_mean(scheme, [_vote(vote, scale) for vote in votes if vote is not None]) for votes in (leaders, units)
    ]
    return weighted_means(scheme, means)


def group_mean(scheme: m.Scheme, votes: list[Decimal]) -> Decimal | None:
    """Mean of the votes that one rater group cast for one section, rounded by policy; None if there is none."""
    return round_by_policy(scheme, sum(votes, ZERO) / len(votes)) if votes else None


def weighted_means(scheme: m.Scheme, means: list[Decimal | None]) -> Decimal | None:
    """The groups' means, in the scheme's order, by their weights; None while one is missing (never re-weighted)."""
    if any(mean is None for mean in means):
        return None
    weighed = (group.weight * mean for group, mean in zip(scheme.rater_groups, means, strict=True))
    return tidy(sum(weighed, ZERO).quantize(Decimal("0.0001"), ROUND_HALF_UP))


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
    given = _graded(scheme, {name: t for name, t, _ in standings}, basis, {name: b for name, _, b in standings})
    return {name: {"名次": ranks[name], "等次": given[name]} for name, _, _ in standings}


def _graded(
    scheme: m.Scheme,
    totals: Mapping[str, Decimal],
    basis: Mapping[str, Decimal],
    deductions: Mapping[str, Decimal | None],
) -> dict[str, str]:
    """Section → grade, from 总分, from what ranks, and from the 突破底线 deductions (None: not known yet)."""
    barred = {name for name, deduction in deductions.items() if deduction is not None and deduction > 0}
    unknown = {name for name, deduction in deductions.items() if deduction is None}
    excellent = _excellent(scheme, basis, barred)
    return {name: _grade(scheme, name, value, excellent, unknown) for name, value in totals.items()}


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


def _excellent(scheme: m.Scheme, basis: Mapping[str, Decimal], barred: set[str]) -> dict[str, str]:
    """Section → 优秀 or 待裁定, for those in or tied across the line."""
    top = next((grade for grade in scheme.grades if grade.top), None)
    if top is None:
        return {}
    pool = _pool(scheme, basis, barred)
    places = {name: 1 + sum(other > value for other in pool.values()) for name, value in pool.items()}
    found: dict[str, str] = {}
    for name, place in places.items():
        if place > top.top or (top.barred and name in barred):
            continue
        tied = sum(value == pool[name] for value in pool.values())
        found[name] = top.name if place + tied - 1 <= top.top else UNDECIDED
    return found


def _pool(scheme: m.Scheme, basis: Mapping[str, Decimal], barred: set[str]) -> dict[str, Decimal]:
    """Who competes for the places: everybody, or under 优秀递补 only those who are not barred."""
    top = next(grade for grade in scheme.grades if grade.top)
    if scheme.policy(m.P_PROMOTION) == "递补":
        return {name: value for name, value in basis.items() if not (top.barred and name in barred)}
    return dict(basis)


def _grade(
    scheme: m.Scheme, name: str, value: Decimal, excellent: dict[str, str], unknown: set[str]
) -> str:
    if name in excellent:
        return UNDECIDED if name in unknown else excellent[name]
    cut = [grade for grade in scheme.grades if grade.cutoff is not None and not grade.top]
    return next((grade.name for grade in cut if value >= grade.cutoff), UNDETERMINED)
