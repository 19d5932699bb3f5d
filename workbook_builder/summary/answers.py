"""Every answer of a section in the notice's order, with its points, state and place: what pages and tables list.

Comes in: an assessment. Goes out: `Line`s. A field whose entry was refused shows its raw text; a blank says whether
the section has confirmed that nothing happened.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder.layout.form import field_name, sheet_name
from workbook_builder.layout.skeleton import FREE_TEXTS
from workbook_builder.results import Assessment
from workbook_builder.returns import SectionReturn
from workbook_builder.rules import sheet as sh
from workbook_builder.rules import slots as sl
from workbook_builder.rules.clauses import ClausePoints
from workbook_builder.rules.items import Rulebook
from workbook_builder.rules.slots import Slot, SlotValue

BLANK = "（空）"
NO_RETURN = "—"
CONFIRMED_BLANK = "未发生（已确认）"
BELOW = "见下"
REFUSED_MARK = "（未采用）"
UNREAD = "（没有读到）"
DECLARATIONS = {sh.AWARD: "特色工作是否获市局加分", sh.PROPOSED: "特色工作自评分", sh.CONFIRM: "自评确认"}



@dataclass(frozen=True, slots=True)
class Line:
    """One row of a clause, or one declaration.

    label    what a row below the clause's own says; "" on the clause's own row
    value    the accepted answer, None if blank or `refused`
    shown    the answer as people read it; of a refused entry its raw text, marked
    points   what the points column shows: a number, 待定, 不得分, or None where the row has no points of its own
    note     说明及佐证; `cell` the A1 address in the returned sheet
    """

    field: str
    label: str
    value: SlotValue
    refused: bool
    shown: Decimal | str
    points: Decimal | str | None
    state: str
    note: str
    sheet: str
    cell: str
    item: m.Item | None = None
    clause: m.Clause | None = None
    unit: str = ""

    @property
    def main(self) -> bool:
        """Whether this is the clause's own row, which carries its points."""
        return self.clause is not None and self.field == self.clause.id


def clause_lines(
    rules: Rulebook, assessment: Assessment, item: m.Item, also: Container[str] = ()
) -> Iterator[Line]:
    """The rows of every clause of `item`. Rows for events and counts that were not used are left out, save those `also`."""
    returned = assessment.returned
    if returned is None:
        return
    for clause in item.clauses:
        points = assessment.score.section.items[item.key].clauses[clause.id]
        slots = {slot.suffix: slot for slot in rules.slots[clause.id]}
        if "" not in slots:
            yield _line(returned, item, clause, None, points)
        for suffix, slot in slots.items():
            name = clause.id + suffix
            if suffix in ("", sl.REFERENCE, sl.BRANCH, sl.EXCLUSION) or name in also or _used(returned, name):
                yield _line(returned, item, clause, slot, points)


def lines_without_answers(rules: Rulebook, item: m.Item, also: Container[str]) -> Iterator[Line]:
    """The same rows of a section of which no return could be adopted: reviewers may have answered in its stead."""
    for clause in item.clauses:
        slots = {slot.suffix: slot for slot in rules.slots[clause.id]}
        for suffix in ("", *(s for s in slots if s and clause.id + s in also)):
            slot = slots.get(suffix)
            label, unit = (slot.label, slot.unit) if slot is not None else ("", "")
            yield Line(clause.id + suffix, label, None, False, NO_RETURN, None, "", "", "", "", item, clause, unit)


def _used(returned: SectionReturn, name: str) -> bool:
    names = (name, name + sh.NOTE_SUFFIX)
    return any(returned.entries.get(n) is not None or n in returned.refused for n in names)


def _line(
    returned: SectionReturn, item: m.Item, clause: m.Clause, slot: Slot | None, points: ClausePoints
) -> Line:
    suffix = "" if slot is None else slot.suffix
    name = clause.id + suffix
    refused = name in returned.refused
    state = sl.INVALID if refused else points.states[suffix]
    return Line(
        field=name,
        label="" if slot is None else slot.label,
        value=None if refused else returned.entries.get(name),
        refused=refused,
        shown=BELOW if slot is None and state != sl.NOT_HAPPENED else shown_answer(returned, name, state),
        points=points.shown if suffix == "" else points.subs.get(suffix),
        state=state,
        note=note_of(returned, name),
        sheet=returned.sheet,
        cell=_cell_of(returned, name, points),
        item=item,
        clause=clause,
        unit="" if slot is None else slot.unit,
    )


def _cell_of(returned: SectionReturn, name: str, points: ClausePoints) -> str:
    """The cell of an answer; of a clause that has none of its own that of its first event."""
    names = [name, *(name + suffix for suffix in points.states)]
    return next((returned.places[n] for n in names if n in returned.places), "")


def shown_answer(returned: SectionReturn, name: str, state: str) -> Decimal | str:
    """An answer as people read it: the accepted value, the refused text marked, or what its blank means."""
    if name in returned.refused:
        return text_of(returned, name)
    value = returned.entries.get(name)
    if value is not None:
        return value if isinstance(value, Decimal) else str(value)
    return CONFIRMED_BLANK if state == sl.NOT_HAPPENED else BLANK


def note_of(returned: SectionReturn, name: str) -> str:
    """说明及佐证 beside the answer `name`."""
    return text_of(returned, name + sh.NOTE_SUFFIX)


def text_of(returned: SectionReturn, name: str) -> str:
    """A free text as it was written; one that was refused is marked."""
    if name in returned.refused:
        return returned.refused[name] + REFUSED_MARK if returned.refused[name] else UNREAD
    text = returned.entries.get(name)
    return "" if text is None else str(text)


def declaration_lines(scheme: m.Scheme, assessment: Assessment) -> Iterator[Line]:
    """特色工作's two declarations (where the policy asks for them) and the confirmation."""
    returned, score = assessment.returned, assessment.score
    if returned is None:
        return
    confirmed = sl.FILLED if sh.confirmed(returned.entries) else sl.MISSING
    states = {sh.AWARD: score.award_state, sh.PROPOSED: score.special_state, sh.CONFIRM: confirmed}
    if scheme.policy(m.P_SPECIAL_BASIS) == "附件2合计":
        del states[sh.AWARD], states[sh.PROPOSED]
    for name, state in states.items():
        refused = name in returned.refused
        yield Line(
            field=name,
            label=DECLARATIONS[name],
            value=None if refused else returned.entries.get(name),
            refused=refused,
            shown=shown_answer(returned, name, state),
            points=score.special.shown if name == sh.PROPOSED else None,
            state=sl.INVALID if refused else state,
            note="",
            sheet=returned.sheet,
            cell=returned.places.get(name, ""),
        )


@dataclass(frozen=True, slots=True)
class Text:
    """A free text or a field of a 申报表: its name, caption, words and place."""

    field: str
    caption: str
    text: str
    sheet: str
    cell: str


def free_texts(assessment: Assessment) -> Iterator[Text]:
    """意见建议, 填表人, 电话, as far as they were filled in."""
    returned = assessment.returned
    for name, caption in FREE_TEXTS.items():
        if returned is not None and (text := text_of(returned, name)):
            yield Text(name, caption, text, returned.sheet, returned.places.get(name, ""))


def declared_works(scheme: m.Scheme, assessment: Assessment) -> Iterator[tuple[int, tuple[Text, ...]]]:
    """The 申报表 of a section that hold anything: number → every field of it, blank ones too."""
    returned = assessment.returned
    if returned is None:
        return
    for number in range(1, scheme.form_copies + 1):
        sheet = sheet_name(number, assessment.section)
        fields = [(field_name(number, form_field), form_field.name) for form_field in scheme.form_fields]
        texts = tuple(
            Text(name, caption, text_of(returned, name), sheet, returned.places.get(name, ""))
            for name, caption in fields
        )
        if any(text.text for text in texts):
            yield number, texts
