"""Whole workbooks in plan: 考评表.xlsx (every section) and the per-section workbooks, with their manifest.

Comes in: a `Rulebook`, the sections and their entries. Goes out: a `Book` in plan. The manifest says what stands
where; fingerprints say on which form a return was filled.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace

from workbook_builder import model as m
from workbook_builder.layout.form import form_fields, plan_form, review_choices
from workbook_builder.layout.plan import INPUT, Book, FieldPlace
from workbook_builder.layout.section import plan_section
from workbook_builder.rules.excel import number
from workbook_builder.rules.items import Rulebook
from workbook_builder.rules.sheet import Entries, sheet_items

WHOLE_BOOK = "考评表"
SECTION_BOOK = "分科室"


def plan_book(
    rules: Rulebook,
    sections: tuple[m.Section, ...],
    kind: str,
    entries: Mapping[str, Entries] | None = None,
    round_no: int = 0,
    parent: str = "",
) -> Book:
    """The workbook for `sections`. `entries`: section name → field → value, for forms that come filled in."""
    entries = entries or {}
    sheets, forms, fields = [], [], []
    for section in sections:
        planned = plan_section(rules, section, entries.get(section.name, {}))
        sheets.append(planned.sheet())
        prints = clause_prints(rules, section)
        fields.extend(_with_print(place, prints) for place in planned.fields())
    for section in sections:
        for copy in range(1, rules.scheme.form_copies + 1):
            form = plan_form(rules.scheme, section, copy, entries.get(section.name, {}))
            forms.append(form)
            fields.extend(form_fields(form))
    meta = _meta(rules, sections, kind, round_no, parent)
    return Book(tuple(sheets + forms), tuple(fields), meta, active=sections[0].name)


def _with_print(place: FieldPlace, prints: Mapping[str, str]) -> FieldPlace:
    """An input carries the fingerprint of its clause, so that a return on an older form can be read clause by clause."""
    if place.role != INPUT:
        return place
    return replace(place, value=prints.get(clause_of(place.name), ""))


def clause_of(field: str) -> str:
    """The clause id (or other stem) of a field name: without @k and #…"""
    return field.split("#", 1)[0].split("@", 1)[0]


def _meta(
    rules: Rulebook, sections: tuple[m.Section, ...], kind: str, round_no: int, parent: str
) -> tuple[tuple[str, str, str], ...]:
    scheme = rules.scheme
    recipient = sections[0].name if kind == SECTION_BOOK else m.EVERY_SECTION
    general = [
        ("@scheme", "", scheme.id),
        ("@year", "", str(scheme.year)),
        ("@version", "", scheme.version),
        ("@kind", "", kind),
        ("@recipient", "", recipient),
        ("@policies", "", policies_print(scheme)),
        ("@round", "", str(round_no)),
        ("@parent", "", parent),
    ]
    return (*general, *(("@fingerprint", s.name, section_print(rules, s)) for s in sections))


# --- fingerprints -----------------------------------------------------------------------------------------


def _hash(value: object, length: int) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def _plain(value: object) -> object:
    return number(value) if hasattr(value, "as_tuple") else value


def clause_prints(rules: Rulebook, section: m.Section) -> dict[str, str]:
    """Clause id → fingerprint over what was issued of it: wording, kind, points, inputs.

    Policies that only change how answers count (caps, factors, pools) stay out: they never invalidate a return.
    Worked out once per rulebook.
    """
    if section.name not in rules.prints:
        rules.prints[section.name] = _clause_prints(rules, section)
    return rules.prints[section.name]


def _clause_prints(rules: Rulebook, section: m.Section) -> dict[str, str]:
    prints = {}
    for item in sheet_items(rules.scheme, section):
        for clause in item.clauses:
            slots = [
                [s.suffix, s.type, _plain(s.low), _plain(s.high), list(s.choices), list(s.words), s.label]
                for s in rules.slots[clause.id]
            ]
            points = [
                _plain(clause.points),
                [[t.op, _plain(t.threshold), t.reference, _plain(t.points)] for t in clause.tiers],
                [[b.first, b.last, _plain(b.points)] for b in clause.ranks],
                [[o.label, _plain(o.points)] for o in clause.options],
            ]
            prints[clause.id] = _hash([clause.id, clause.text, clause.kind, clause.direction, points, slots], 12)
    return prints


def section_print(rules: Rulebook, section: m.Section) -> str:
    """Fingerprint of the whole form of a section."""
    items = [
        [item.key, item.title, _plain(item.points), item.mode] for item in sheet_items(rules.scheme, section)
    ]
    form = [*([f.name, f.limit] for f in rules.scheme.form_fields), *review_choices(rules.scheme, section)]
    scheme = rules.scheme
    return _hash([scheme.id, scheme.year, section.name, items, form, clause_prints(rules, section)], 16)


def policies_print(scheme: m.Scheme) -> str:
    """Fingerprint of the policies in force that change numbers."""
    return _hash(sorted((p.name, p.value) for p in scheme.policies if p.scores), 12)
