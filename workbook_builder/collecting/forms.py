"""What a section was asked, worked out from the scheme once: fields, their rows and columns, texts, fingerprints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from workbook_builder import model as m
from workbook_builder.layout import form as form_layout
from workbook_builder.layout.book import clause_prints, section_print
from workbook_builder.layout.plan import INPUT, NOTE, Sheet
from workbook_builder.layout.section import plan_section
from workbook_builder.layout.skeleton import CODE, COUNTING, FULL, PROGRESS_CELLS, TEXT, UNIT
from workbook_builder.rules import sheet as sh
from workbook_builder.rules.items import Rulebook
from workbook_builder.rules.slots import Slot

#: Prototypes of the rows below the clauses that have an input.
_ASKING = ("自评", "文字")
#: Prototype row → what it prints of the rubric beside the clause's own text, and where.
_PRINTED = {
    "考评项": ((TEXT, "考评内容"), (FULL, "分值"), (COUNTING, "计分方式")),
    "细则": ((COUNTING, "计分办法"), (UNIT, "单位")),
    "分行": ((UNIT, "单位"),),
}


class Printed(NamedTuple):
    """A text of the rubric: the key of its row, its column, what it is and how it reads."""

    key: str
    col: int
    what: str
    text: str


@dataclass(frozen=True, slots=True)
class SectionForm:
    """The form of one section.

    inputs    field → (key of its row, column), answers and notes alike
    computed  field → (key of its row, column) of scores, totals and states
    slots     answer field → (clause, slot); fields of the declaration rows are not clauses and not here
    texts     key of a row → what it asks: a clause's verbatim text, the label of one of its sub-rows
    captions  key of a row below the clauses → what stands before its input
    annex     number of a 申报表 → its fields; `annex_slots`: those of them that are chosen from a list
    annex_captions  field of a 申报表 → what stands before it
    coded     inputs in order with their legal words, for the 校验码
    formulas  (key of its row, column) of every visible formula, save those that only say how far the sheet is
    printed  what the rows of items and clauses print beside the clause's text, a group for each prototype and column
    """

    section: m.Section
    inputs: Mapping[str, tuple[str, int]]
    computed: Mapping[str, tuple[str, int]]
    slots: Mapping[str, tuple[m.Clause, Slot]]
    texts: Mapping[str, str]
    captions: Mapping[str, str]
    annex: Mapping[int, tuple[str, ...]]
    annex_slots: Mapping[str, Slot]
    annex_captions: Mapping[str, str]
    prints: Mapping[str, str]
    fingerprint: str
    coded: tuple[tuple[str, tuple[str, ...]], ...]
    formulas: tuple[tuple[str, int], ...]
    printed: tuple[tuple[Printed, ...], ...]


def section_form(rules: Rulebook, section: m.Section) -> SectionForm:
    """Everything collect and validate need to know of the form of `section`."""
    scheme = rules.scheme
    plan = plan_section(rules, section, {})
    sheet = plan.sheet()
    inputs: dict[str, tuple[str, int]] = {}
    computed: dict[str, tuple[str, int]] = {}
    for row in sheet.rows:
        for cell in row.cells:
            if cell.field:
                target = inputs if cell.role in (INPUT, NOTE) else computed
                target[cell.field] = (row.key, cell.col)
    clauses = [clause for item in sh.sheet_items(scheme, section) for clause in item.clauses]
    return SectionForm(
        section=section,
        inputs=inputs,
        computed=computed,
        slots={c.id + slot.suffix: (c, slot) for c in clauses for slot in rules.slots[c.id]},
        texts={
            **{c.id: c.text for c in clauses},
            **{c.id + slot.suffix: slot.label for c in clauses for slot in rules.slots[c.id] if slot.label},
        },
        captions={row.key: row.texts[row.proto] for row in sheet.rows if row.proto in _ASKING},
        annex={number: _annex_fields(scheme, number) for number in range(1, scheme.form_copies + 1)},
        annex_slots={
            form_layout.review_name(number, what): slot
            for what, slot in form_layout.review_slots(scheme, section).items()
            for number in range(1, scheme.form_copies + 1)
        },
        annex_captions={
            row.key: row.texts["栏目"]
            for number in range(1, scheme.form_copies + 1)
            for row in form_layout.plan_form(scheme, section, number, {}).rows
            if "栏目" in row.texts
        },
        prints=clause_prints(rules, section),
        fingerprint=section_print(rules, section),
        coded=plan.coded,
        formulas=tuple(
            (row.key, cell.col)
            for row in sheet.rows
            for cell in row.cells
            if cell.formula and cell.col != CODE and (row.key, cell.col) not in PROGRESS_CELLS
        ),
        printed=_printed(sheet),
    )


def _printed(sheet: Sheet) -> tuple[tuple[Printed, ...], ...]:
    return tuple(
        tuple(Printed(row.key, col, what, row.texts[what]) for row in sheet.rows if row.proto == proto and row.texts[what])
        for proto, places in _PRINTED.items()
        for col, what in places
    )


def _annex_fields(scheme: m.Scheme, number: int) -> tuple[str, ...]:
    """What the section fills in on a 申报表: the notice's fields, then those for review."""
    fields = (form_layout.field_name(number, f) for f in scheme.form_fields if f.name != form_layout.OWNER_FIELD)
    return (*fields, *(form_layout.review_name(number, what) for what in form_layout.REVIEW))


def section_forms(rules: Rulebook) -> dict[str, SectionForm]:
    """Forms of all sections by name."""
    return {section.name: section_form(rules, section) for section in rules.scheme.sections}
