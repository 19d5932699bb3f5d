"""Several review workbooks of one reviewer → at most one that counts, and a word on the others.

Comes in: what every file yielded, and which file a person has chosen. Goes out: the reviews adopted, problems, the
reviewers of whom nothing counts yet. File dates decide nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from workbook_builder import model as m
from workbook_builder.duties import tasks
from workbook_builder.problems import Problem, Where, problem
from workbook_builder.records import Review

Reading = tuple[str, str, tuple[Review, ...]]


def adopt_reviews(
    scheme: m.Scheme, readings: Sequence[Reading], chosen: Mapping[str, str] | None = None
) -> tuple[dict[tuple[str, str], Review], list[Problem], set[str]]:
    """(reviewer, section) → review; problems; reviewers with different files, none of them chosen.

    `chosen`: reviewer → file, from the decision 采用哪份.
    """
    chosen = chosen or {}
    candidates: dict[str, list[Reading]] = {}
    for reading in sorted(readings, key=lambda r: (r[0], r[1])):
        if reading[2]:
            candidates.setdefault(reading[2][0].reviewer, []).append(reading)
    adopted: dict[tuple[str, str], Review] = {}
    problems: list[Problem] = []
    undecided: set[str] = set()
    for reviewer in tasks(scheme):
        found = candidates.get(reviewer, [])
        distinct = _distinct(found, problems)
        if reviewer in chosen:
            distinct = _chosen(reviewer, found, distinct, chosen[reviewer], problems)
        if len(distinct) == 1:
            adopted |= {(reviewer, review.section): review for review in distinct[0][2]}
        elif distinct:
            undecided.add(reviewer)
            files = "、".join(file for file, _, _ in distinct)
            problems += [
                problem("REVIEW_CONFLICT", Where(file), reviewer=reviewer, count=len(distinct), files=files)
                for file, _, _ in distinct
            ]
    return adopted, problems, undecided


def _chosen(
    reviewer: str, found: list[Reading], distinct: list[Reading], name: str, problems: list[Problem]
) -> list[Reading]:
    """The file that a person has decided on: by its whole name, else by the last part of it if only one is so called.

    A twin means the one it equals.
    """
    spoken = [r for r in found if r[0] == name] or [r for r in found if r[0].rpartition("/")[2] == name]
    meant = [_content(reading) for reading in spoken]
    named = [reading for reading in distinct if _content(reading) in meant]
    if len(named) != 1:
        files = "、".join(file for file, _, _ in distinct) or "（没有收到）"
        facts = {"section": f"{reviewer}的核定表", "known": f"待定的只有：{files}"}
        problems.append(problem("CHOICE_UNKNOWN", Where(field=reviewer), name, **facts))
        return distinct
    others = "、".join(file for file, _, _ in distinct if file != named[0][0])
    if others:
        problems.append(problem("CHOSEN_BY_DECISION", Where(named[0][0]), others=others))
    return named


def _distinct(found: list[Reading], problems: list[Problem]) -> list[Reading]:
    """The readings that differ. A copy in which nobody has entered anything says nothing beside one that has."""
    filled = [reading for reading in found if any(map(touched, reading[2]))]
    distinct: list[Reading] = []
    for reading in filled:
        twin = next((other for other in distinct if _content(other) == _content(reading)), None)
        if twin is None:
            distinct.append(reading)
            continue
        same = twin[1] == reading[1]
        problems.append(problem("FILE_IDENTICAL" if same else "ANSWERS_IDENTICAL", Where(reading[0]), other=twin[0]))
    return distinct or found[:1]


def touched(review: Review) -> bool:
    """Whether a person has entered anything."""
    only_bottom = not review.sheets or set(review.sheets.values()) == {m.BOTTOM_LINE}
    return bool(review.values or review.reasons or review.refused or review.confirmed or (review.done and not only_bottom))


def _content(reading: Reading) -> tuple[Review, ...]:
    """What was decided, whatever file it stands in."""
    return tuple(replace(review, file="", places={}, sheets={}) for review in reading[2])
