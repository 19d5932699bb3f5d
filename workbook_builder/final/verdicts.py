"""Decisions as they are looked up: which rows hold, which are stale, which still wait.

Comes in: the rows of 决定.xlsx in their order. Goes out: answers to questions, and at the end an `Applied` for every
row. A row whose 原为 no longer holds has no effect and is a problem (contract 3).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from workbook_builder import records as rec
from workbook_builder import results as r
from workbook_builder.problems import Problem, problem
from workbook_builder.rules.clauses import OPEN_TEXT
from workbook_builder.rules.excel import number
from workbook_builder.rules.sheet import tidy


class Verdicts:
    """The rows of 决定, and what has become of each so far."""

    def __init__(self, decisions: tuple[rec.Decision, ...]) -> None:
        self.decisions = decisions
        self._applied: dict[int, r.Applied] = {}
        self.problems: list[Problem] = []

    def of(self, *kinds: str) -> Iterator[rec.Decision]:
        """Rows of these kinds in the order of the sheet, answered or not."""
        return (decision for decision in self.decisions if decision.kind in kinds)

    def answered(self, *kinds: str) -> Iterator[rec.Decision]:
        return (decision for decision in self.of(*kinds) if decision.answered)

    def hold(self, decision: rec.Decision, note: str = "") -> None:
        """The decision is in force."""
        self._applied[id(decision)] = r.Applied(decision, r.IN_FORCE, note)

    def drop(self, decision: rec.Decision, note: str) -> None:
        """The decision has no effect, and nobody need mend it."""
        self._applied[id(decision)] = r.Applied(decision, r.WITHOUT_EFFECT, note)

    def stale(self, decision: rec.Decision, now: str) -> None:
        """What the decision starts from no longer holds."""
        found = problem("DECISION_STALE", decision.where, decision.before, kind=decision.kind, now=now or "（空）")
        self.refuse(decision, found)

    def supersede(self, decision: rec.Decision, now: str) -> None:
        """The result has changed since it was submitted or approved; a fresh row is waiting."""
        found = problem("DECISION_SUPERSEDED", decision.where, decision.before, kind=decision.kind, now=now)
        self.refuse(decision, found)

    def refuse(self, decision: rec.Decision, found: Problem) -> None:
        """The decision cannot take effect; `found` says why."""
        self.problems.append(found)
        self.drop(decision, found.message)

    def applied(self) -> tuple[r.Applied, ...]:
        """Every row with what became of it. A row nobody asked about had nothing to decide."""
        return tuple(self._became(decision) for decision in self.decisions)

    def _became(self, decision: rec.Decision) -> r.Applied:
        if not decision.answered:
            return r.Applied(decision, r.WAITING)
        return self._applied.get(id(decision)) or r.Applied(decision, r.WITHOUT_EFFECT, "没有对应的事项")

    def idle(self) -> Iterator[Problem]:
        """Answered rows that met nothing to decide: perhaps the object is misspelt, or the matter is gone."""
        for decision in self.decisions:
            if decision.answered and id(decision) not in self._applied:
                yield problem("DECISION_IDLE", decision.where, decision.object, kind=decision.kind)


def figure_text(value: Decimal | None) -> str:
    """A figure as 原为 and 改为 write it."""
    return OPEN_TEXT if value is None else number(tidy(value))


def same_figure(text: str, value: Decimal | None) -> bool:
    """Whether `text`, as a person may have typed it, is the figure `value`; blank or 待定 is an open one."""
    text = text.strip().removesuffix("分")
    if text in ("", OPEN_TEXT):
        return value is None
    try:
        return value is not None and Decimal(text) == value
    except InvalidOperation:
        return False
