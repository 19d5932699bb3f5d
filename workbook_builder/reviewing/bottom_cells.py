"""The sheet 突破底线 of a returned review workbook, row by row.

Comes in: the sheet as read. Goes out: per section what was said of its clauses, and problems.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from workbook_builder import model as m
from workbook_builder.basis import Base
from workbook_builder.collecting.manifest import Manifest
from workbook_builder.collecting.rows import Rows
from workbook_builder.duties import tasks
from workbook_builder.intake import Sheet, a1
from workbook_builder.layout import review_rows as at
from workbook_builder.layout.review_bottom import BottomLine, BottomPlan, event_slots
from workbook_builder.problems import Problem, Where, problem
from workbook_builder.records import Review
from workbook_builder.reviewing import strays
from workbook_builder.reviewing.books import bottom_rows
from workbook_builder.reviewing.cells import Found, planned_places, read_inputs
from workbook_builder.reviewing.desk import bottom_line, signature, title
from workbook_builder.rules import bottom as bt
from workbook_builder.rules import slots as sl
from workbook_builder.rules.items import Rulebook
from workbook_builder.rules.slots import Slot, SlotValue


@dataclass
class Said:
    """What the rows of one section say."""

    sheet: str
    values: dict[str, SlotValue] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)


def read_lines(
    rules: Rulebook, bases: Mapping[str, Base], manifest: Manifest, sheet: Sheet | None, where: Where, reviewer: str
) -> tuple[dict[str, Said], list[Problem]]:
    """Section → what is said of it."""
    scheme = rules.scheme
    lines = tuple(
        bottom_line(task.section, clause, bases[task.section.name], {}, {})
        for clause, task in bottom_rows(scheme, tasks(scheme)[reviewer])
    )
    if not lines:
        return {}, []
    where = where.at(sheet=sheet.name if sheet is not None else at.BOTTOM_NAME)
    if sheet is None:
        return {}, [problem("REVIEW_SHEET_MISSING", where, at.BOTTOM_NAME)]
    rows = Rows.of(sheet)
    plan = BottomPlan(rules, lines, reviewer, title(scheme, reviewer), signature(scheme, reviewer))
    if at.HEADING not in rows.rows or rows.cell(at.HEADING, plan.columns.mark).value != at.COLUMN_MARK:
        return {}, [problem("COLUMNS_MOVED", where.at(cell=a1(rows.rows.get(at.HEADING, 1), plan.columns.mark)))]
    planned = planned_places(plan.sheet(), {}, "")
    said: dict[str, Said] = {}
    problems, moved = strays.displaced(plan.sheet(), rows, where, at.BOTTOM_SECTION)
    columns = plan.columns
    inputs = range(at.PRESENT, columns.more + 1)
    problems += strays.astray(plan.sheet(), rows, where, inputs, (columns.state, columns.mark))
    for line in lines:
        slots = _slots(rules, line)
        mine = [replace(p, slot=slots.get(p.field), clause=line.clause) for p in planned if p.key == line.key]
        found = read_inputs(mine, rows, sheet, where, manifest.places.get(line.section.name, {}))
        strays.distrust(found, mine, moved if line.clause.id not in moved else {line.key})
        problems += found.problems
        problems += _take(rules, line, found, where, said.setdefault(line.section.name, Said(sheet.name)))
    return said, problems


def _slots(rules: Rulebook, line: BottomLine) -> dict[str, Slot]:
    name = line.clause.id
    found = {name: bt.PRESENT_SLOT, name + sl.MORE: bt.MORE_SLOT}
    found |= {name + slot.suffix: slot for slot in event_slots(rules, line.clause)}
    return {field + at.REVIEW_SUFFIX: slot for field, slot in found.items()}


def _take(rules: Rulebook, line: BottomLine, found: Found, where: Where, said: Said) -> Iterator[Problem]:
    name = line.clause.id
    values = {_answer(f): v for f, v in found.values.items()}
    reasons = {f.removesuffix(at.REASON_SUFFIX): text for f, text in found.texts.items()}
    refused = {_answer(f): raw for f, raw in found.refused.items() if not f.endswith(at.REASON_SUFFIX)}
    places = {_answer(f): place for f, place in found.places.items() if not f.endswith(at.REASON_SUFFIX)}
    said.places |= places
    said.reasons |= reasons
    at_cell = {field: where.at(cell=place, field=field + at.REVIEW_SUFFIX) for field, place in places.items()}
    paid = [event for event in line.events() if sl.number_of(values.get(event)) > 0]
    present = values.get(name)
    if present == bt.ABSENT and paid:
        refused[name] = values.pop(name)
        yield problem("BOTTOM_CONTRADICTION", at_cell[name], bt.ABSENT)
    if present is None and name not in refused and (paid or reasons):
        yield problem("BOTTOM_UNSAID", at_cell[name]) if name in at_cell else problem("BOTTOM_UNSAID", where)
    if present == bt.PRESENT and not paid and not any(event in refused for event in line.events()):
        yield problem("BOTTOM_NO_AMOUNT", at_cell[name], bt.PRESENT)
    if present == bt.PRESENT:
        for event in paid:
            if bt.blank_reason(reasons.get(event)):
                facts = found.places.get(event + at.REASON_SUFFIX, "")
                yield problem("BOTTOM_NO_FACTS", where.at(cell=facts, field=event + at.REASON_SUFFIX))
    if values.get(name + sl.MORE) == m.YES:
        refused[name + sl.MORE] = values.pop(name + sl.MORE)
        yield problem("BOTTOM_MORE", at_cell[name + sl.MORE], m.YES, count=line.clause.events)
    said.values |= values
    said.refused |= refused


def _answer(name: str) -> str:
    return name.removesuffix(at.REVIEW_SUFFIX)


def merged(review: Review, said: Said | None) -> Review:
    """The review of a section with what the sheet 突破底线 says of it."""
    if said is None:
        return review
    return replace(
        review,
        values={**review.values, **said.values},
        reasons={**review.reasons, **said.reasons},
        refused={**review.refused, **said.refused},
        places={**review.places, **said.places},
        sheets={**review.sheets, **dict.fromkeys(said.places, said.sheet)},
    )
