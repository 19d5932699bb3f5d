"""One step of the walk from a figure to where it comes from, and how its children make it.

Comes in: nothing. Goes out: `Step` and `Source`, values only, and `combined`, which works a step out of its children again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder.rank import round_by_policy
from workbook_builder.rules.clauses import OPEN_TEXT, ZERO, round4
from workbook_builder.rules.excel import number
from workbook_builder.rules.sheet import tidy

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Source:
    """Where something stands: a cell of a file and the SHA-256 of that file's bytes.

    raw  what stands in the cell, None if the file could not be looked into again
    """

    file: str
    sheet: str
    cell: str
    sha256: str = ""
    raw: Decimal | str | bool | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A figure, an answer or a remark of the walk.

    name      what formulas call it (第1项); `label` says more
    value     a number, a word, or None: not known (of remarks: nothing to say)
    how       how it comes about, in words
    factor    what it is taken times in the sum of its parent; None: it only stands beside
    least, most, by_policy   the bounds of its own sum, and whether policies round it
    """

    name: str
    value: Decimal | int | str | None
    label: str = ""
    how: str = ""
    source: Source | None = None
    factor: Decimal | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    by_policy: bool = False
    children: tuple[Step, ...] = ()

    @property
    def counted(self) -> tuple[Step, ...]:
        """The children that make this figure."""
        return tuple(child for child in self.children if child.factor is not None)

    @property
    def title(self) -> str:
        return self.label or self.name

    def walk(self) -> Iterator[Step]:
        """This step and everything below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def combined(scheme: m.Scheme, step: Step) -> Decimal | None:
    """What the counted children of a step make together; None while one of them is unknown."""
    if step.least is not None and step.least == step.most:
        return tidy(step.least)
    values = [(child.factor, child.value) for child in step.counted]
    if not values or not all(isinstance(value, Decimal) for _, value in values):
        return None
    total = sum((factor * value for factor, value in values), ZERO)
    total = total if step.most is None else min(total, step.most)
    total = round4(total if step.least is None else max(total, step.least))
    return round_by_policy(scheme, total) if step.by_policy else tidy(total)


def in_words(scheme: m.Scheme, step: Step) -> str:
    """The sum in words: 业务工作54.9＋队伍建设19－突破底线0，保留2位小数（四舍五入）."""
    if step.least is not None and step.least == step.most:
        return ""
    counted = step.counted
    if len(counted) < 2 and all(child.factor == ONE for child in counted):
        return ""
    text = "".join(_term(child, first=place == 0) for place, child in enumerate(counted))
    bare = sum((child.factor * child.value for child in counted), ZERO) if _known(counted) else None
    if bare is not None and step.most is not None and bare > step.most:
        text += f"，最多{number(step.most)}分"
    if bare is not None and step.least is not None and bare < step.least:
        text += f"，最少{number(step.least)}分"
    if step.by_policy:
        text += f"，保留{scheme.policy(m.P_DIGITS)}位小数（{scheme.policy(m.P_ROUNDING)}）"
    return text


def _known(steps: tuple[Step, ...]) -> bool:
    return all(isinstance(step.value, Decimal) for step in steps)


def _term(child: Step, first: bool) -> str:
    """One term; of a clause that takes off the sign is its value's own."""
    factor, value = child.factor, child.value
    takes_off = factor < 0 if not isinstance(value, Decimal) else factor * value < 0 or (factor < 0 and value == 0)
    sign = "－" if takes_off else "" if first else "＋"
    shown = number(tidy(abs(value))) if isinstance(value, Decimal) else OPEN_TEXT
    shown = shown if abs(factor) == 1 else f"{shown}×{number(tidy(abs(factor)))}"
    # 细则2扣2分 must not read as 22.
    return f"{sign}{child.name}（{shown}）" if child.name[-1:].isdigit() else f"{sign}{child.name}{shown}"
