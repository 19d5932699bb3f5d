"""Different returns of one section side by side: the fields in which they differ.

Comes in: the rulebook and the returns. Goes out: a row per field, in the order of the form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from workbook_builder.collecting.forms import section_form
from workbook_builder.returning.captions import caption
from workbook_builder.returns import SectionReturn
from workbook_builder.rules.items import Rulebook

BLANK, REFUSED = "（空）", "（未采用）"


@dataclass(frozen=True, slots=True)
class Difference:
    """A field with what each return says there, and the cell; both in the order of the returns."""

    field: str
    caption: str
    values: tuple[str, ...]
    cells: tuple[str, ...]


def differences(rules: Rulebook, returns: Sequence[SectionReturn]) -> list[Difference]:
    """The fields in which `returns`, all of one section, differ."""
    section = rules.scheme.section(returns[0].section) if returns else None
    if section is None:
        return []
    form = section_form(rules, section)
    order = [*form.inputs, *(name for fields in form.annex.values() for name in fields)]
    rows = (
        Difference(
            name,
            caption(rules, name),
            tuple(_said(returned, name) for returned in returns),
            tuple(returned.where(name).cell for returned in returns),
        )
        for name in order
    )
    return [row for row in rows if len(set(row.values)) > 1]


def _said(returned: SectionReturn, name: str) -> str:
    if name in returned.refused:
        return returned.refused[name] + REFUSED
    value = returned.entries.get(name)
    if value is None:
        return BLANK
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
