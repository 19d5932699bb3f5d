"""The inputs found on a section's review sheet → a `Review`: reasons, clauses to be reviewed again, what is open.

Comes in: what stands in the inputs, the basis as it is now, which clauses have changed. Goes out: the `Review` and
its problems.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder.basis import Base
from workbook_builder.collecting.rows import Rows
from workbook_builder.duties import Task
from workbook_builder.intake import a1
from workbook_builder.layout import review_rows as at
from workbook_builder.layout.plan import SCORE, TOTAL_ROLE
from workbook_builder.layout.review import plan_review
from workbook_builder.problems import Problem, Where, problem
from workbook_builder.records import Review
from workbook_builder.reviewing.cells import Found
from workbook_builder.reviewing.desk import desk, scored_inputs, subject
from workbook_builder.rules import review as rv
from workbook_builder.rules import sheet as sh
from workbook_builder.rules import slots as sl
from workbook_builder.rules import special
from workbook_builder.rules.excel import number
from workbook_builder.rules.items import Rulebook
from workbook_builder.rules.slots import Slot, SlotValue

#: Cells named in one problem.
_MOST_CELLS = 5
_NEAR = Decimal("0.00001")


def empty(reviewer: str, section: str, file: str, done: bool) -> Review:
    """A review in which nobody has entered anything."""
    return Review(reviewer, section, file, done, False, {}, {}, {}, frozenset(), {}, {})


def fields_of(rules: Rulebook, stem: str) -> list[str]:
    """The answer fields of a clause, or the 特色工作 field."""
    return [stem + slot.suffix for slot in rv.stem_slots(rules, stem)]


def slots_of(rules: Rulebook, what: rv.Subject) -> dict[str, tuple[Slot, m.Clause | None]]:
    """How every input of the sheet is read."""
    clauses = rules.scheme.clause_by_id
    found: dict[str, tuple[Slot, m.Clause | None]] = {
        stem + slot.suffix + at.REVIEW_SUFFIX: (slot, clauses.get(stem))
        for stem in what.stems
        for slot in rv.stem_slots(rules, stem)
    }
    return {**found, rv.CONFIRM: (rv.CONFIRM_SLOT, None), rv.DONE: (rv.DONE_SLOT, None)}


def answer_text(values: list[object]) -> str:
    """Answers of one clause in a line."""
    words = ("（未采用）" if v == sl.NOT_ACCEPTED else v for v in values if v not in (None, ""))
    shown = [number(v) if isinstance(v, Decimal) else str(v) for v in words]
    return "、".join(shown) or "空白"


@dataclass
class Sheet:
    """What was found on one section's sheet, and what it means.

    changed  stem → what its basis was when the reviewer saw it; `flagged` stems with the flag 重核
    """

    rules: Rulebook
    task: Task
    base: Base
    found: Found
    where: Where
    changed: Mapping[str, str]
    flagged: set[str]
    rows: Rows

    def __post_init__(self):
        self.subject = subject(self.rules, self.task, self.base)
        self.done = self.found.values.get(rv.DONE) == m.YES

    def review(self, reviewer: str, sheet: str) -> Review:
        """Everything accepted; what is to be reviewed again keeps its old decision in its reason."""
        values: dict[str, SlotValue] = {}
        reasons: dict[str, str] = {}
        refused = {name: self.found.refused[name] for name in (rv.CONFIRM, rv.DONE) if name in self.found.refused}
        reopened = set()
        for stem in self.subject.stems:
            again = self._reopened(stem)
            if again:
                reopened.add(stem)
            for slot in rv.stem_slots(self.rules, stem):
                name = stem + slot.suffix
                self._take(name, slot, again and stem in self.changed, values, reasons, refused)
        places = {_answer(name): place for name, place in self.found.places.items() if not name.endswith(at.REASON_SUFFIX)}
        return Review(
            reviewer=reviewer,
            section=self.subject.section.name,
            file=self.where.file,
            done=self.done,
            confirmed=self.found.values.get(rv.CONFIRM) == m.YES,
            values=values,
            reasons=reasons,
            refused=refused,
            reopened=frozenset(reopened),
            places=places,
            sheets=dict.fromkeys(places, sheet),
        )

    def _take(self, name: str, slot: Slot, again: bool, values, reasons, refused) -> None:
        field = name + at.REVIEW_SUFFIX
        reason = self.found.texts.get(name + at.REASON_SUFFIX)
        value = self.found.values.get(field)
        raw = self.found.refused.get(field)
        if again:
            if value is not None or raw:
                reason = rv.kept(raw or value, reason)
        elif raw is not None:
            refused[name] = raw
        elif value is not None:
            if rv.check(slot, self.base.values.get(name), value, reason, False) == rv.NO_REASON:
                refused[name] = number(value) if isinstance(value, Decimal) else value
            else:
                values[name] = value
        if reason is not None:
            reasons[name] = reason

    def _reopened(self, stem: str) -> bool:
        if stem in self.flagged:
            first = rv.first_field(self.rules, stem) + at.REVIEW_SUFFIX
            return first not in self.found.values and first not in self.found.refused
        if stem not in self.changed:
            return False
        names = fields_of(self.rules, stem)
        given = [name + suffix for name in names for suffix in (at.REVIEW_SUFFIX, at.REASON_SUFFIX)]
        return self.done or self.found.filled(given) or any(name in self.found.texts for name in given)

    # --- problems --------------------------------------------------------------------------------------------

    def problems(self, review: Review) -> Iterator[Problem]:
        """What is wrong with the review, beside what is wrong with single cells."""
        yield from self._reasons(review)
        yield from self._again(review)
        yield from self._together(review)
        yield from self._incomplete(review)

    def _at(self, name: str) -> Where:
        cell = self.found.places.get(name + at.REVIEW_SUFFIX, self.found.places.get(name, ""))
        return self.where.at(cell=cell, field=name + at.REVIEW_SUFFIX)

    def _reasons(self, review: Review) -> Iterator[Problem]:
        for name, raw in review.refused.items():
            if name + at.REVIEW_SUFFIX in self.found.values:
                base = self.base.values.get(name)
                shown = "未采用的填报" if base == sl.NOT_ACCEPTED else answer_text([base])
                yield problem("REVIEW_REASON_MISSING", self._at(name), raw, base=shown)

    def _again(self, review: Review) -> Iterator[Problem]:
        for stem in sorted(review.reopened & set(self.changed)):
            first = rv.first_field(self.rules, stem)
            new = answer_text([self.base.values.get(name) for name in fields_of(self.rules, stem)])
            yield problem("REVIEW_REOPENED", self._at(first), old=self.changed[stem] or "（原表没有这一条）", new=new)

    def _together(self, review: Review) -> Iterator[Problem]:
        """What several decisions say together."""
        score = rv.score_review(self.rules, self.subject, scored_inputs(review))
        for item in self.subject.items:
            for clause in item.clauses:
                doubled = score.effective.get(clause.id)
                base = sl.number_of(score.effective.get(clause.depends_on)) if clause.kind == m.DOUBLING else Decimal(0)
                if clause.kind == m.DOUBLING and clause.id in review.values and sl.number_of(doubled) > base:
                    yield problem("DOUBLING_EXCEEDS", self._at(clause.id), number(doubled), base=number(base))
                if review.values.get(clause.id + sl.MORE) == m.YES:
                    yield problem("MORE_EVENTS", self._at(clause.id + sl.MORE), m.YES, count=clause.events)
        proposed = review.values.get(sh.PROPOSED)
        if proposed is not None and score.special_states.get(sh.PROPOSED) == sl.INVALID:
            awarded, other = (f"{number(low)}–{number(high)}" for low, high in special.bands(self.rules.scheme))
            shown = number(proposed) if isinstance(proposed, Decimal) else proposed
            yield problem("REVIEW_SPECIAL_BAND", self._at(sh.PROPOSED), shown, awarded=awarded, other=other)

    def _incomplete(self, review: Review) -> Iterator[Problem]:
        if not review.done:
            return
        score = rv.score_review(self.rules, self.subject, scored_inputs(review))
        waiting = [name for name, state in score.states.items() if state in (*rv.WRONG, *rv.WAITING)]
        if not waiting:
            return
        cells = [self._at(name).cell or self._at(self._first(name)).cell for name in waiting]
        named = "、".join(cell for cell in cells[:_MOST_CELLS] if cell) + ("等" if len(cells) > _MOST_CELLS else "")
        cell = self.found.places.get(rv.DONE, "")
        yield problem("REVIEW_INCOMPLETE", self.where.at(cell=cell, field=rv.DONE), m.YES, count=len(waiting), cells=named)

    def _first(self, name: str) -> str:
        return rv.first_field(self.rules, name) if name in self.rules.slots else name


def _answer(field: str) -> str:
    return field.removesuffix(at.REVIEW_SUFFIX)


def figures_differ(sheet: Sheet, reviewer: str) -> Iterator[Problem]:
    """One problem if the figures of the sheet are not what its own inputs give; a cached figure is never used."""
    texts = {name.removesuffix(at.REASON_SUFFIX): text for name, text in sheet.found.texts.items()}
    raw = {_answer(name): value for name, value in sheet.found.raw.items()}
    seen = rv.Inputs(raw, texts, frozenset(sheet.flagged))
    plan = plan_review(sheet.rules, desk(sheet.rules, reviewer, sheet.task, sheet.base, seen))
    roles = (TOTAL_ROLE, SCORE)
    shown = [
        (row.key, cell)
        for role in roles
        for row in plan.sheet().rows
        for cell in row.cells
        if cell.role == role and row.key in sheet.rows.rows
    ]
    for key, cell in shown:
        cached = sheet.rows.cell(key, cell.col)
        if cached.value not in (None, "") and not _same(cached.value, cell.value):
            where = sheet.where.at(cell=a1(sheet.rows.rows[key], cell.col), field=cell.field)
            expected = f"{sh.tidy(cell.value):f}" if isinstance(cell.value, Decimal) else cell.value
            yield problem("FIGURE_DIFFERS", where, cached.value, expected=expected)
            return


def _same(cached: object, expected: object) -> bool:
    if isinstance(cached, Decimal) and isinstance(expected, Decimal):
        return abs(cached - expected) < _NEAR
    return str(cached) == str(expected)
