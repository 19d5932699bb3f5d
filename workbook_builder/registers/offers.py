"""What drop-downs offer: sections, clauses by section, objects of decisions by kind and section.

Comes in: a scheme. Goes out: `Choices`, and the keys that are legal in each place. A choice shows its key, a blank and
some words; only the key counts.
"""

from __future__ import annotations

from workbook_builder import model as m
from workbook_builder import records as r
from workbook_builder.duties import tasks
from workbook_builder.layout.words import item_title
from workbook_builder.registers.spec import Choices
from workbook_builder.rules import sheet as sh

#: Words of a clause that a drop-down shows behind its id.
_WORDS = 36
#: Kinds whose object belongs to one section.
SECTION_KINDS = (r.ADOPT, r.RELEASE, r.TRANSFER, r.ADJUST, r.CORRECT)
WHOLE_YEAR_KINDS = (r.POLICY_CHANGE, r.SUBMIT, r.APPROVE)

_FIXED = {
    r.ADOPT: (r.SECTION_BOOK,),
    r.RULING: (r.EXCELLENT,),
    r.SUBMIT: (r.WHOLE_YEAR,),
    r.APPROVE: (r.WHOLE_YEAR,),
}


def section_choices(scheme: m.Scheme) -> Choices:
    return Choices("kp_sections", tuple(section.name for section in scheme.sections))


def section_clauses(scheme: m.Scheme, section: m.Section) -> tuple[m.Clause, ...]:
    """Every clause that may be counted against or for the section, 突破底线 too."""
    items = (item for part in m.PARTS for item in scheme.section_items(section, part))
    return tuple(clause for item in items for clause in item.clauses)


def clause_choices(scheme: m.Scheme, award: bool) -> Choices:
    """Clauses by section; `award` puts the question whether the city awarded points before them."""
    first = (f"{sh.AWARD} 特色工作是否获市局加分",) if award else ()
    groups = tuple(
        (section.name, (*first, *(_label(c.id, c.text) for c in section_clauses(scheme, section))))
        for section in scheme.sections
    )
    return Choices("kp_clauses", groups=groups, on=("科室",))


def _label(key: str, words: str) -> str:
    words = " ".join(words.split())
    short = words if len(words) <= _WORDS else words[: _WORDS - 1] + "…"
    return f"{key} {short}".rstrip()


# --- objects of decisions ---------------------------------------------------------------------------------------------------


def objects(scheme: m.Scheme, kind: str, section: m.Section | None) -> dict[str, str]:
    """Legal objects of a kind of decision → what the drop-down shows; `section` None: those of every section."""
    if kind in _FIXED:
        books = [f"{r.REVIEW_BOOK}-{reviewer}" for reviewer in tasks(scheme)] if kind == r.ADOPT else []
        return {key: key for key in (*_FIXED[kind], *books)}
    if kind == r.POLICY_CHANGE:
        return {policy.name: policy.name for policy in scheme.policies}
    sections = scheme.sections if section is None else (section,)
    if kind in (r.RELEASE, r.TRANSFER):
        clauses = {c.id: _label(c.id, c.text) for s in sections for c in section_clauses(scheme, s)}
        return {**clauses, sh.AWARD: sh.AWARD}
    items = {i.key: _label(i.key, item_title(i)) for s in sections for i in sh.sheet_items(scheme, s)}
    return {**items, m.SPECIAL: m.SPECIAL, m.BOTTOM_LINE: m.BOTTOM_LINE}


def object_choices(scheme: m.Scheme) -> Choices:
    """Objects by kind, and by kind and section where the object belongs to one."""
    groups = [(kind, tuple(objects(scheme, kind, None).values())) for kind in r.KINDS]
    groups += [
        (f"{kind}/{section.name}", tuple(objects(scheme, kind, section).values()))
        for kind in SECTION_KINDS
        if kind not in _FIXED
        for section in scheme.sections
    ]
    return Choices("kp_objects", groups=tuple(groups), on=("种类", "科室"))


def object_label(scheme: m.Scheme, kind: str, key: str) -> str:
    """The object as the drop-down shows it."""
    return objects(scheme, kind, None).get(key, key)
