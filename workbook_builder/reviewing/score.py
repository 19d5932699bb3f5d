"""What one review makes of one section: the figures that the final score and the review sheet share.

Comes in: a `Task`, the section's `Base` and the `Review`, or None. Goes out: a `ReviewedSection`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbook_builder import model as m
from workbook_builder.basis import Base
from workbook_builder.duties import Task
from workbook_builder.records import Review
from workbook_builder.reviewing.desk import bottom_line, scored_inputs, subject
from workbook_builder.rules import bottom as bt
from workbook_builder.rules import review as rv
from workbook_builder.rules.items import Figure, ItemScore, Rulebook
from workbook_builder.rules.slots import SlotValue


@dataclass(frozen=True, slots=True)
class BottomFigure:
    """One 突破底线 clause of a section. `present` is 有, 无 or None while nobody has said."""

    clause: m.Clause
    state: str
    figure: Figure
    present: SlotValue


@dataclass(frozen=True, slots=True)
class ReviewedSection:
    """The figures of one section as one reviewer has them now.

    done       the reviewer has finished; before that a blank 核定 is only a preview of the basis
    items      item key → score over the answers that count; a clause that is refused, without reason or to be
               reviewed again is open
    special    the special-work score, None if this reviewer does not set it
    states     field → what its row shows; `wrong` and `waiting` count them
    effective  field → the answer that counts, NOT_ACCEPTED where none does
    bottom     clause id → 突破底线
    """

    section: m.Section
    done: bool
    items: Mapping[str, ItemScore]
    parts: Mapping[str, Figure]
    special: Figure | None
    states: Mapping[str, str]
    effective: Mapping[str, SlotValue]
    wrong: int
    waiting: int
    bottom: Mapping[str, BottomFigure]


def complete(task: Task, review: Review | None) -> bool:
    """Whether the reviewer has said everything: 核定完成 for the sheet, 有 or 无 in every 突破底线 row."""
    if review is None:
        return False
    said = all(review.values.get(clause.id) is not None for item in task.bottom for clause in item.clauses)
    return said and (review.done or not (task.items or task.special))


def reviewed(rules: Rulebook, task: Task, base: Base, review: Review | None) -> ReviewedSection:
    """Figures and states of `task`, the same that the review sheet shows."""
    score = rv.score_review(rules, subject(rules, task, base), scored_inputs(review))
    bottom = {}
    for item in task.bottom:
        for clause in item.clauses:
            values = scored_inputs(review).values
            line = bottom_line(task.section, clause, base, values, review.reasons if review else {})
            state, figure = line.judged(rules)
            present = values.get(clause.id)
            present = present if present in (bt.PRESENT, bt.ABSENT) else None
            bottom[clause.id] = BottomFigure(clause, state, figure, present)
    return ReviewedSection(
        section=task.section,
        done=review is not None and review.done,
        items=score.items,
        parts=score.parts,
        special=score.special,
        states=score.states,
        effective=score.effective,
        wrong=score.wrong,
        waiting=score.waiting,
        bottom=bottom,
    )
