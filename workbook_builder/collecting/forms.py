"""What a section was asked, worked out from the scheme once: fields, their rows and columns, texts, fingerprints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbook_builder import model as m
from workbook_builder.layout import form as form_layout
from workbook_builder.layout.book import clause_prints, section_print
from workbook_builder.layout.plan import INPUT, NOTE
from workbook_builder.layout.section import plan_section
from workbook_builder.layout.skeleton import CODE, PROGRESS_CELLS
from workbook_builder.rules import sheet as sh
from workbook_builder.rules.items import Rulebook
from workbook_builder.rules.slots import Slot


@dataclass(frozen=True, slots=True)
class SectionForm:
    """The form of one section.

    inputs    field → (key of its row, column), answers and notes alike
    computed  field → (key of its row, column) of scores, totals and states
    slots     answer field → (clause, slot); fields of the declaration rows are not clauses and not here
    texts     key of a row → what it asks: a clause's verbatim text, the label of one of its sub-rows
    annex     number of a 申报表 → its fields; `annex_slots`: those of them that are chosen from a list
    coded     inputs in order with their legal words, for the 校验码
    formulas  (key of its row, column) of every visible formula, save those that only say how far the sheet is
    """

    section: m.Section
    inputs: Mapping[str, tuple[str, int]]
    computed: Mapping[str, tuple[str, int]]
    slots: Mapping[str, tuple[m.Clause, Slot]]
    texts: Mapping[str, str]
    annex: Mapping[int, tuple[str, ...]]
    annex_slots: Mapping[str, Slot]
    prints: Mapping[str, str]
    fingerprint: str
    coded: tuple[tuple[str, tuple[str, ...]], ...]
    formulas: tuple[tuple[str, int], ...]


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
        annex={number: _annex_fields(scheme, number) for number in range(1, scheme.form_copies + 1)},
        annex_slots={
            form_layout.review_name(number, what): slot
            for what, slot in form_layout.review_slots(scheme, section).items()
            for number in range(1, scheme.form_copies + 1)
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
    )


def _annex_fields(scheme: m.Scheme, number: int) -> tuple[str, ...]:
    """What the section fills in on a 申报表: the notice's fields, then those for review."""
    fields = (form_layout.field_name(number, f) for f in scheme.form_fields if f.name != form_layout.OWNER_FIELD)
    return (*fields, *(form_layout.review_name(number, what) for what in form_layout.REVIEW))


def section_forms(rules: Rulebook) -> dict[str, SectionForm]:
    """Forms of all sections by name."""
    return {section.name: section_form(rules, section) for section in rules.scheme.sections}
