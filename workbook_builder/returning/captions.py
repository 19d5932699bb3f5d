"""What a field is called in front of people: 业务工作第1项第2条, and which of its cells.

Comes in: the rulebook and a field name. Goes out: its caption in Chinese.
"""

from __future__ import annotations

from workbook_builder.layout.book import clause_of
from workbook_builder.layout.form import REVIEW
from workbook_builder.layout.skeleton import FREE_TEXTS
from workbook_builder.rules import sheet as sh
from workbook_builder.rules.items import Rulebook

_DECLARATIONS = {sh.AWARD: "特色工作是否获市局加分", sh.PROPOSED: "特色工作自评分", sh.CONFIRM: "自评确认"}
_FORM = "申报/"


def caption(rules: Rulebook, field: str) -> str:
    """The caption of an input, a note, a declaration, a free text or a field of a 申报表."""
    if field.startswith(_FORM):
        number, _, what = field.removeprefix(_FORM).partition("#")
        return f"申报表第{number}份：{REVIEW[what][0].partition(chr(10))[0] if what in REVIEW else what}"
    if fixed := {**_DECLARATIONS, **FREE_TEXTS}.get(field):
        return fixed
    answer = field.removesuffix(sh.NOTE_SUFFIX)
    clause = rules.scheme.clause_by_id.get(clause_of(answer))
    if clause is None:
        item = rules.scheme.item_by_key.get(field)
        return f"{item.part}第{item.no}项" if item else field
    item = rules.scheme.item_by_key[clause.item]
    suffix = answer.removeprefix(clause.id)
    label = next((slot.label for slot in rules.slots[clause.id] if slot.suffix == suffix), "")
    note = "说明及佐证" if answer != field else ""
    return "：".join(filter(None, (f"{item.part}第{item.no}项第{clause.no}条", label, note)))
